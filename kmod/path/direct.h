/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packets of flows whose backends answer the client themselves: what a client sends goes
 * on as it is, by a route of ours, to the backend on a link or through a tunnel. Nobody
 * here sees what the backend says, so that what the client says has to do.
 *
 * Locking: RCU held, softirq or bh disabled. No lock; nothing is allocated but for a route
 * that is looked up, and where a packet has no room for the headers of a tunnel.
 */
#ifndef SLC_PATH_DIRECT_H
#define SLC_PATH_DIRECT_H

#include "obj/flow.h"
#include "path/pkt.h"

/**
 * slc_direct_in() - A client's packet, on to the backend as it is.
 * @pkt: the packet, in PRE_ROUTING, or in LOCAL_OUT if this host is the client
 * @half: its half, SLC_IN, of a flow that has SLC_FLOW_KEPT
 *
 * Return: a netfilter verdict.
 */
unsigned int slc_direct_in(struct slc_pkt *pkt, struct slc_half *half);

/**
 * slc_direct_icmp() - An error about what the backend has sent the client, on to it.
 * @pkt: the error, in PRE_ROUTING
 * @flow: what it is about, a flow that has SLC_FLOW_KEPT
 *
 * Return: a netfilter verdict.
 */
unsigned int slc_direct_icmp(struct slc_pkt *pkt, struct slc_flow *flow);

/**
 * slc_direct_track() - Note what a client's packet tells of its flow.
 * @pkt: the packet
 * @half: its half, SLC_IN, of a flow that has SLC_FLOW_DIRECT
 */
void slc_direct_track(struct slc_pkt *pkt, struct slc_half *half);

#endif /* SLC_PATH_DIRECT_H */
