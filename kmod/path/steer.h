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
struct slc_tuple;

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

/* Sources that a flow may try: others have them by accident, if at all. */
#define SLC_STEER_SOURCES	8

/**
 * slc_steer_taken() - Has a socket of this host an address and port lent to a flow?
 * @pkt: the flow's first packet
 * @inner: tuple of what its backend would be sent
 *
 * Return: true if one has.
 */
bool slc_steer_taken(const struct slc_pkt *pkt, const struct slc_tuple *inner);

#endif /* SLC_PATH_STEER_H */
