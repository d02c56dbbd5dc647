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

struct slc_backend;
struct slc_choice;
struct slc_flow;
struct slc_service_entry;

/**
 * slc_steer() - A packet to a service that its first packet is bound by.
 * @pkt: the packet, in PRE_ROUTING, or in LOCAL_OUT if this host makes it
 * @svc: the service it is addressed to, its rules and pool
 *
 * It belongs to nothing yet. A SYN, or any datagram, begins a flow: to a backend of
 * the service's pool, or to this host where it has none. Other segments are answered
 * by a reset, unless a socket of this host has them, or the service adopts connections
 * that another balancer has begun.
 *
 * Return: a netfilter verdict.
 */
unsigned int slc_steer(struct slc_pkt *pkt, const struct slc_service_entry *svc);

/**
 * slc_steer_to() - Let a tuple lead to a backend.
 * @inner: the tuple; keeps its port where the backend has none, and is of that
 *	one's family then, for a method to give it a source
 * @backend: the backend
 */
void slc_steer_to(struct slc_tuple *inner, const struct slc_backend *backend);

/**
 * slc_steer_bind() - Bind a flow to its backend, and claim its inner leg.
 * @pkt: the packet that it is bound by
 * @flow: the flow, in no table yet
 * @to: its backend, and how that is reached
 * @outer: tuple of what its sender or client sends
 * @inner: tuple of what the backend is to be sent; its source may be changed
 * @claim: puts the flow into the table; -EADDRINUSE if another has @inner. Where
 *	its source is this host's to choose, some are tried
 *
 * Return: 0, or as slc_mode.bind() or @claim; then @flow is to be killed.
 */
int slc_steer_bind(const struct slc_pkt *pkt, struct slc_flow *flow,
		   const struct slc_choice *to, const struct slc_tuple *outer,
		   struct slc_tuple *inner,
		   int (*claim)(const struct slc_pkt *pkt, struct slc_flow *flow,
				const struct slc_tuple *inner));

/**
 * slc_steer_stat() - The counter for a flow that is not bound.
 * @err: of slc_flow_alloc() or slc_steer_bind()
 *
 * Return: enum sluice_stat.
 */
int slc_steer_stat(int err);

#endif /* SLC_PATH_STEER_H */
