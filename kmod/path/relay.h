/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packets of established flows: the fast path. No lock, no allocation.
 *
 * Locking: RCU held, softirq or bh disabled.
 */
#ifndef SLC_PATH_RELAY_H
#define SLC_PATH_RELAY_H

#include <net/netfilter/nf_conntrack.h>
#include "obj/flow.h"
#include "obj/pool.h"
#include "obj/service.h"
#include "obj/stats.h"
#include "path/pkt.h"
#include "path/route.h"
#include "path/udp.h"

/**
 * slc_relay_in() - A sender's packet of a flow, on to the application.
 * @pkt: the packet, in PRE_ROUTING
 * @half: its half, SLC_IN
 *
 * Return: a netfilter verdict.
 */
unsigned int slc_relay_in(struct slc_pkt *pkt, struct slc_half *half);

/**
 * slc_relay_out() - An application's packet of a flow, on to the sender.
 * @pkt: the packet, in POST_ROUTING
 * @half: its half, SLC_OUT
 *
 * Return: a netfilter verdict.
 */
unsigned int slc_relay_out(struct slc_pkt *pkt, struct slc_half *half);

/**
 * slc_relay_reply() - The same, whatever the protocol is.
 * @pkt: the packet, in POST_ROUTING or LOCAL_IN
 * @half: its half, SLC_OUT
 *
 * Return: a netfilter verdict.
 */
static inline unsigned int slc_relay_reply(struct slc_pkt *pkt,
					   struct slc_half *half)
{
	return unlikely(pkt->tuple.proto == IPPROTO_UDP) ?
	       slc_udp_out(pkt, half) : slc_relay_out(pkt, half);
}

/**
 * slc_relay_across() - A packet that leaves by a route of its flow's own.
 * @pkt: the packet, in LOCAL_IN or POST_ROUTING
 * @half: its half, SLC_OUT, of a flow that was bound by its first packet
 *
 * Leaves as an application's does: nobody can route it in its own family to a client
 * of the other, or to a sender whom only its header has named.
 *
 * Return: a netfilter verdict.
 */
unsigned int slc_relay_across(struct slc_pkt *pkt, struct slc_half *half);

/**
 * slc_relay_deliver() - The same, for this host, as full NAT has it come.
 * @pkt: the packet, in LOCAL_IN
 * @half: its half, SLC_OUT
 *
 * It is no socket's, but on its way: it is let through, and has a hop less, as if it
 * were forwarded.
 *
 * Return: a netfilter verdict.
 */
unsigned int slc_relay_deliver(struct slc_pkt *pkt, struct slc_half *half);

/**
 * slc_relay_requeue() - On by the backlog rather than by this hook.
 * @pkt: a packet of the sender's, rewritten
 * @flow: its flow
 * @dst: its input route, under RCU
 *
 * Because it is of the other family now, or because it must not overtake our ACK,
 * which is in there and without which the application does not take it yet.
 *
 * Return: NF_STOLEN.
 */
unsigned int slc_relay_requeue(struct slc_pkt *pkt, const struct slc_flow *flow,
			       struct dst_entry *dst);

/**
 * slc_relay_route() - Find the way that a sender's packets go on by.
 * @pkt: the packet, in PRE_ROUTING, as it came
 * @half: its half, SLC_IN, which remembers it
 *
 * Return: the route, under RCU, or ERR_PTR as slc_route_in().
 */
struct dst_entry *slc_relay_route(struct slc_pkt *pkt, struct slc_half *half);

/**
 * slc_relay_way_in() - The same, if it is not known yet.
 * @pkt: the packet, in PRE_ROUTING, as it came
 * @half: its half, SLC_IN
 *
 * Return: as slc_relay_route().
 */
static inline struct dst_entry *slc_relay_way_in(struct slc_pkt *pkt,
						 struct slc_half *half)
{
	struct dst_entry *dst = slc_route_cached(half, pkt->skb->dev->ifindex);

	return likely(dst) ? dst : slc_relay_route(pkt, half);
}

/**
 * slc_relay_track() - Note what a packet tells of its connection.
 * @pkt: the packet, as its sender sent it
 * @half: its half
 */
void slc_relay_track(const struct slc_pkt *pkt, struct slc_half *half);

/**
 * slc_relay_state() - A packet takes its flow to another state.
 * @half: the packet's half
 * @state: enum sluice_flow_state; one that is over is counted as ended
 */
void slc_relay_state(struct slc_half *half, u8 state);

/**
 * slc_relay_rewrite_first() - Rewrite a packet for an application that may not
 *	have seen an answer to its SYN-ACK yet.
 * @pkt: the packet
 * @half: its half, SLC_IN
 *
 * It is such an answer itself, and so has to echo the time in the SYN-ACK; the
 * sender, who has not seen that, could not.
 *
 * Return: as slc_rewrite(); -EINVAL for options that cannot be read.
 */
int slc_relay_rewrite_first(struct slc_pkt *pkt, const struct slc_half *half);

/**
 * slc_relay_stat() - The counter for a packet that cannot be rewritten.
 * @err: of slc_rewrite() or slc_relay_rewrite_first()
 *
 * What is too big for the other family's header is BIG TCP: who switched it on
 * for this device has to know. A way still to go, and other headers between IP
 * and TCP, have no counterpart at all.
 *
 * Return: enum sluice_stat.
 */
static inline int slc_relay_stat(int err)
{
	return err == -ENOMEM ? SLUICE_STAT_NO_MEMORY :
	       err == -EMSGSIZE ? SLUICE_STAT_TOO_BIG : SLUICE_STAT_BAD_PACKET;
}

/**
 * slc_relay_count() - Count a packet for its service and, if it has one, backend.
 * @flow: its flow
 * @packets: SLUICE_STAT_PACKETS_IN or _OUT
 * @bytes: SLUICE_STAT_BYTES_IN or _OUT
 * @len: its network layer bytes, as it came
 */
static inline void slc_relay_count(const struct slc_flow *flow,
				   enum sluice_stat packets,
				   enum sluice_stat bytes, unsigned int len)
{
	if (unlikely(test_bit(SLC_FLOW_PROBE, &flow->flags)))
		return;
	slc_stats_add2(flow->service->stats, packets, 1, bytes, len);
	if (flow->backend)
		slc_stats_add2(flow->backend->stats, packets, 1, bytes, len);
}

/**
 * slc_relay_mark() - Give an inner packet its firewall mark.
 * @skb: the packet
 * @flow: its flow
 */
static inline void slc_relay_mark(struct sk_buff *skb,
				  const struct slc_flow *flow)
{
	if (flow->mark_mask)
		skb->mark = (skb->mark & ~flow->mark_mask) |
			    (flow->mark & flow->mark_mask);
}

/**
 * slc_relay_ct_reset() - Let conntrack see a packet as one of the inner leg.
 * @skb: a packet of the sender's, rewritten
 *
 * What it knew of the outer leg, over lo, is not true of the inner one. A template
 * says in which zone to look and stays.
 */
static inline void slc_relay_ct_reset(struct sk_buff *skb)
{
#if IS_ENABLED(CONFIG_NF_CONNTRACK)
	enum ip_conntrack_info ctinfo;
	const struct nf_conn *ct = nf_ct_get(skb, &ctinfo);

	if (ct && nf_ct_is_template(ct))
		return;
#endif
	nf_reset_ct(skb);
}

/**
 * slc_relay_ct_mark() - Give the firewall's entry of a connection its mark.
 * @skb: a packet of the application's or the backend's
 * @flow: its flow
 *
 * The mark belongs to the connection as the firewall knows it: that of the inner
 * leg, whose entry the first reply still has.
 */
static inline void slc_relay_ct_mark(const struct sk_buff *skb,
				     struct slc_flow *flow)
{
#if IS_ENABLED(CONFIG_NF_CONNTRACK) && defined(CONFIG_NF_CONNTRACK_MARK)
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct;

	if (!flow->mark_mask || test_bit(SLC_FLOW_MARKED, &flow->flags))
		return;
	ct = nf_ct_get(skb, &ctinfo);
	if (!ct)
		return;
	WRITE_ONCE(ct->mark, (READ_ONCE(ct->mark) & ~flow->mark_mask) |
			     (flow->mark & flow->mark_mask));
	set_bit(SLC_FLOW_MARKED, &flow->flags);
#endif
}

#endif /* SLC_PATH_RELAY_H */
