/* SPDX-License-Identifier: GPL-2.0 */
/*
 * New flows that are bound by their first packet: a backend is chosen and the
 * flow is made.
 *
 * Locking: RCU held, softirq or bh disabled.
 */
#ifndef SLC_PATH_STEER_H
#define SLC_PATH_STEER_H

#include "path/pkt.h"

struct slc_service_entry;

/**
 * slc_steer() - A packet to a service with a pool that belongs to nothing yet.
 * @pkt: the packet, in PRE_ROUTING, or in LOCAL_OUT if this host makes it
 * @svc: the service it is addressed to, its rules and pool
 *
 * A SYN, or any datagram, begins a flow. Other segments are answered by a reset,
 * unless a socket of this host has them.
 *
 * Return: a netfilter verdict.
 */
unsigned int slc_steer(struct slc_pkt *pkt, const struct slc_service_entry *svc);

#endif /* SLC_PATH_STEER_H */
