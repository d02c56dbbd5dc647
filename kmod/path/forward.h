/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packets of flows that have a backend, on another host or on this one. They go
 * on through the stack's own forwarding, which judges hop limit and size and
 * shows them to the firewall; we set their route and change their headers.
 *
 * Locking: RCU held, softirq or bh disabled. No lock, no allocation.
 */
#ifndef SLC_PATH_FORWARD_H
#define SLC_PATH_FORWARD_H

#include <net/netfilter/nf_conntrack.h>
#include "obj/flow.h"
#include "path/pkt.h"
#include "path/route.h"

/* slc_half.wscale of one who has not said how his windows are to be read, until
 * the other has
 */
#define SLC_FORWARD_UNSCALED	15

/**
 * slc_forward_in() - A client's packet, on to the backend.
 * @pkt: the packet, in PRE_ROUTING, or in LOCAL_OUT if this host is the client
 * @half: its half, SLC_IN
 *
 * Return: a netfilter verdict.
 */
unsigned int slc_forward_in(struct slc_pkt *pkt, struct slc_half *half);

/**
 * slc_forward_on() - The same, of a flow that was made for this very packet.
 * @pkt: the packet, in PRE_ROUTING, or in LOCAL_OUT if this host is the client
 * @half: its half, SLC_IN
 *
 * It does not leave its backend, however that is by now: a packet is steered once.
 *
 * Return: a netfilter verdict.
 */
unsigned int slc_forward_on(struct slc_pkt *pkt, struct slc_half *half);

/**
 * slc_forward_reply() - A backend's packet comes in: its way to the client.
 * @pkt: the packet, in PRE_ROUTING; it is not changed yet
 * @half: its half, SLC_OUT
 *
 * The firewall is to see backend and client.
 *
 * Return: a netfilter verdict.
 */
unsigned int slc_forward_reply(struct slc_pkt *pkt, struct slc_half *half);

/**
 * slc_forward_out() - A backend's packet goes out: it becomes the service's.
 * @pkt: the packet, in POST_ROUTING, or in LOCAL_IN if this host is the client
 * @half: its half, SLC_OUT
 *
 * Return: a netfilter verdict.
 */
unsigned int slc_forward_out(struct slc_pkt *pkt, struct slc_half *half);

/**
 * slc_forward_track() - Note what a packet tells of its flow.
 * @pkt: the packet, as its sender sent it
 * @half: its half
 */
void slc_forward_track(struct slc_pkt *pkt, struct slc_half *half);

/**
 * slc_forward_untaken() - Let flowtables leave a connection alone.
 * @skb: a packet of one that has a backend, in POST_ROUTING
 *
 * If conntrack has no entry yet but is about to make one, that is to stay out of
 * flowtables of nftables: they would send the backend's answers past us. They take
 * no entry that had to be changed to be unique. Else such an entry differs from
 * others in that of a conversation over UDP: it does not become an assured one, and
 * may go early where conntrack's table is full.
 */
static inline void slc_forward_untaken(const struct sk_buff *skb)
{
#if IS_ENABLED(CONFIG_NF_CONNTRACK)
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct = nf_ct_get(skb, &ctinfo);

	if (ct && !nf_ct_is_confirmed(ct) && !nf_ct_is_template(ct))
		set_bit(IPS_NAT_CLASH_BIT, &ct->status);
#endif
}

/**
 * slc_forward_sent() - A packet goes out by its route.
 * @skb: the packet, in POST_ROUTING
 *
 * What we have given its way leaves as any other.
 */
static inline void slc_forward_sent(struct sk_buff *skb)
{
	if (!slc_pkt_is_own(skb))
		return;
	slc_forward_untaken(skb);
	/* Over lo it comes in again; elsewhere the mark means something else. */
	if (!(skb_dst(skb)->dev->flags & IFF_LOOPBACK))
		slc_pkt_clear_own(skb);
}

/**
 * slc_forward_leave() - Let what was for a client go there, after its rewrite.
 * @pkt: the packet, in POST_ROUTING or LOCAL_IN
 * @flow: its flow
 *
 * What this host says to the inner leg of full NAT, as a backend or a router, is for
 * this host itself: it has a route over lo, which does not lead to the client.
 *
 * Return: a netfilter verdict.
 */
unsigned int slc_forward_leave(struct slc_pkt *pkt, struct slc_flow *flow);

/**
 * slc_forward_begun() - A flow has begun: count it and tell of it.
 * @flow: in the table with both halves
 *
 * No lock held.
 */
void slc_forward_begun(struct slc_flow *flow);

/**
 * slc_forward_replied() - A conversation has had its first answer.
 * @flow: the flow
 *
 * So its client is there, and is remembered if its pool is to.
 */
void slc_forward_replied(struct slc_flow *flow);

/**
 * slc_forward_own6() - Let nobody be told of a better way than a route of ours.
 * @skb: an IPv6 packet in PRE_ROUTING, its route set
 *
 * Nobody is redirected who has chosen the way himself, by a routing header; there
 * is no other switch. Who gets the packet here would look for that header.
 */
static inline void slc_forward_own6(struct sk_buff *skb)
{
	if (!slc_route_is_local(skb_dst(skb), SLC_FAMILY_IPV6))
		IP6CB(skb)->srcrt = sizeof(struct ipv6hdr);
}

/**
 * slc_forward_preset() - Let the stack send a packet by a route of ours.
 * @skb: the packet, in PRE_ROUTING
 * @dst: an input route, cached by a half under RCU
 *
 * The route is not what the header asks for: the next packet of the batch must
 * not take it for a hint, and whoever sent this one must not be told of a better
 * way.
 */
void slc_forward_preset(struct sk_buff *skb, struct dst_entry *dst);

/**
 * slc_forward_by() - Let the stack send a packet by a route that no flow has.
 * @skb: the packet, in PRE_ROUTING
 * @dst: an input route; its reference is taken over
 *
 * As slc_forward_preset().
 */
void slc_forward_by(struct sk_buff *skb, struct dst_entry *dst);

#endif /* SLC_PATH_FORWARD_H */
