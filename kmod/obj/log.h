/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kernel's log is told: that something has run out which only an administrator
 * can give more of. Whatever strangers can bring about is a counter; of these, the first
 * in ten minutes of a namespace is a line as well.
 */
#ifndef SLC_OBJ_LOG_H
#define SLC_OBJ_LOG_H

struct slc_net;

/**
 * enum slc_log - what has run out
 * @SLC_LOG_FLOWS: connections that may live at once
 * @SLC_LOG_HALF_OPEN: memory for handshakes
 * @SLC_LOG_PORTS: ports for full NAT
 * @SLC_LOG_MEMORY: the kernel's memory
 * @SLC_LOG_NR: how many there are
 */
enum slc_log {
	SLC_LOG_FLOWS,
	SLC_LOG_HALF_OPEN,
	SLC_LOG_PORTS,
	SLC_LOG_MEMORY,
	SLC_LOG_NR
};

/**
 * slc_log() - Say that something has run out, if it was not said of late.
 * @sn: the namespace
 * @what: what has
 *
 * Context: Any.
 */
void slc_log(struct slc_net *sn, enum slc_log what);

#endif /* SLC_OBJ_LOG_H */
