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
 * slc_direct_nat() - A client's packet of a flow by dsr-nat.
 * @pkt: the packet, not yet changed, in PRE_ROUTING or LOCAL_OUT
 * @half: its half, SLC_IN, of a flow that has SLC_FLOW_DIRECT, but not SLC_FLOW_KEPT
 * @dst: the route to the backend
 *
 * It is noted.
 *
 * Return: NF_ACCEPT for it to go on, or a verdict: what this host makes with an address of
 * its own for the service is refused, as by dsr.
 */
unsigned int slc_direct_nat(struct slc_pkt *pkt, struct slc_half *half,
			    const struct dst_entry *dst);

/**
 * slc_direct_enter() - Let the stack have such a packet by its route.
 * @pkt: the packet, rewritten, in PRE_ROUTING
 * @flow: its flow
 * @dst: its input route, under RCU
 * @ipsec: it came through IPsec
 *
 * Untracked, where the backend is elsewhere: conntrack would see one direction of it.
 *
 * Return: a netfilter verdict.
 */
unsigned int slc_direct_enter(struct slc_pkt *pkt, const struct slc_flow *flow,
			      struct dst_entry *dst, bool ipsec);

/**
 * slc_direct_untrack() - Keep a packet from conntrack.
 * @skb: the packet, before conntrack
 */
void slc_direct_untrack(struct sk_buff *skb);

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
