// SPDX-License-Identifier: GPL-2.0
/*
 * Packets of established flows. See relay.h.
 */
#include <linux/netfilter_ipv6.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/netfilter/nf_conntrack.h>

#include "compat.h"
#include "core/xfam.h"
#include "obj/health.h"
#include "obj/pool.h"
#include "obj/service.h"
#include "obj/stats.h"
#include "path/dress.h"
#include "path/enter.h"
#include "path/forward.h"
#include "path/handshake.h"
#include "path/relay.h"
#include "path/rewrite.h"
#include "path/route.h"
#include "path/router.h"
#include "path/secpath.h"
#include "path/seg.h"
#include "trace.h"

/* How it is counted that the sender of @half has ended its flow. */
static int relay_ending(struct slc_half *half, u8 state)
{
	if (state != SLUICE_FLOW_STATE_RESET)
		return SLUICE_STAT_FLOWS_CLOSED;
	if (READ_ONCE(slc_half_flow(half)->state) != SLUICE_FLOW_STATE_CONNECT)
		return SLUICE_STAT_FLOWS_RESET;
	return half->dir == SLC_IN ? SLUICE_STAT_CONNECT_ABANDONED :
				     SLUICE_STAT_CONNECT_REFUSED;
}

void slc_relay_state(struct slc_half *half, u8 state)
{
	struct slc_flow *flow = slc_half_flow(half);

	if (READ_ONCE(flow->state) == state)
		return;
	if (state >= SLUICE_FLOW_STATE_CLOSING &&
	    slc_flow_end(flow, state, relay_ending(half, state)))
		return;
	WRITE_ONCE(flow->state, state);
	trace_sluice_flow(flow, state, 0);
}

static void relay_backend_ended(struct slc_flow *flow, int why)
{
	slc_backend_count(flow->backend, why);
	/* One that has answered was made to refuse by what came then. */
	if (why == SLUICE_STAT_CONNECT_REFUSED &&
	    !test_bit(SLC_FLOW_REPLIED, &flow->flags))
		slc_health_failed(flow);
	else if (why == SLUICE_STAT_CONNECT_TIMEOUT &&
		 !test_bit(SLC_FLOW_DIRECT, &flow->flags) &&
		 atomic64_read(&flow->half[SLC_IN].packets))
		slc_health_silent(flow);
}

void slc_flow_ended(struct slc_flow *flow, int why)
{
	slc_count(flow->sn, flow->service, why);
	if (flow->backend)
		relay_backend_ended(flow, why);
	trace_sluice_flow(flow, READ_ONCE(flow->state), why);
}

/* FIN and RST move a flow towards its end. Nothing here stops a packet: the
 * two TCPs judge; we only want to know when to forget.
 *
 * Off-path resets are guesses, and an application that has not accepted a
 * connection yet resets what it takes for a guess, and lives. So only those are
 * believed that their peer will believe (RFC 5961 3.2): at what it acknowledged,
 * or at the end of what was sent, which it may have without saying so. A SYN that
 * nothing has answered yet is refused by its own number (RFC 9293 3.10.7.3).
 */
static bool relay_rst_exact(const struct slc_pkt *pkt, struct slc_half *half)
{
	struct slc_flow *flow = slc_half_flow(half);
	u32 seq = pkt->seg.seq;

	if (half->dir == SLC_OUT &&
	    READ_ONCE(flow->state) == SLUICE_FLOW_STATE_CONNECT &&
	    !test_bit(SLC_FLOW_REPLIED, &flow->flags))
		return pkt->seg.flags & SLC_TCP_ACK &&
		       pkt->seg.ack == READ_ONCE(flow->half[SLC_IN].seq_end);
	return seq == READ_ONCE(half->seq_end) ||
	       seq + half->xlate.seq_add ==
	       READ_ONCE(slc_half_other(half)->ack);
}

static bool relay_rst(const struct slc_pkt *pkt, struct slc_half *half)
{
	if (!relay_rst_exact(pkt, half))
		return false;
	slc_relay_state(half, SLUICE_FLOW_STATE_RESET);
	return true;
}

static void relay_fin(struct slc_half *half)
{
	struct slc_flow *flow = slc_half_flow(half);
	bool in = half->dir == SLC_IN;

	if (test_and_set_bit(in ? SLC_FLOW_FIN_IN : SLC_FLOW_FIN_OUT,
			     &flow->flags) || slc_flow_over(flow))
		return;
	slc_relay_state(half, in ? SLUICE_FLOW_STATE_FIN_IN :
			       SLUICE_FLOW_STATE_FIN_OUT);
	/* Asked last: of two CPUs with a FIN each, one sees both. */
	if (test_bit(SLC_FLOW_FIN_IN, &flow->flags) &&
	    test_bit(SLC_FLOW_FIN_OUT, &flow->flags))
		slc_relay_state(half, SLUICE_FLOW_STATE_CLOSING);
}

/* Is it what the sender may send now, and does it acknowledge what it has been
 * sent and had not acknowledged, or at most @older bytes more? The application's
 * TCP will judge for itself; but what we remember, and later reset a connection
 * by, must not be for an off-path guess to say. The application itself is
 * believed. A FIN needs no room in the window: Linux takes it right behind.
 */
static __always_inline bool
relay_plausible(const struct slc_pkt *pkt, const struct slc_half *half,
		u32 older)
{
	const struct slc_half *out = half + 1;	/* @half is SLC_IN */
	u32 end = pkt->seg.seq + pkt->seg.len;
	u32 sent = READ_ONCE(out->seq_end) + out->xlate.seq_add;

	return pkt->seg.flags & SLC_TCP_ACK &&
	       end - READ_ONCE(out->ack) <= READ_ONCE(out->win) &&
	       sent - pkt->seg.ack <= sent - READ_ONCE(half->ack) + older;
}

static __always_inline void relay_track(const struct slc_pkt *pkt,
					struct slc_half *half, enum slc_dir dir)
{
	u8 flags = pkt->seg.flags;
	u32 end = pkt->seg.seq + pkt->seg.len + !!(flags & SLC_TCP_FIN);
	u32 now = (u32)jiffies;
	bool believed = true;

	/* First: if it is the last, the event of that has it. */
	atomic64_inc(&half->packets);
	atomic64_add(pkt->skb->len, &half->bytes);
	if (unlikely(flags & SLC_TCP_RST)) {
		believed = relay_rst(pkt, half);
	} else if (dir == SLC_OUT || likely(relay_plausible(pkt, half, 0))) {
		if (slc_seq_after(end, half->seq_end)) {
			WRITE_ONCE(half->seq_end, end);
			if (dir == SLC_OUT && pkt->seg.len)
				slc_half_began(half);
		}
		if (half->ack != pkt->seg.ack)
			WRITE_ONCE(half->ack, pkt->seg.ack);
		WRITE_ONCE(half->win, (u32)pkt->seg.win << half->wscale);
		if (unlikely(flags & SLC_TCP_FIN))
			relay_fin(half);
	} else if (flags & SLC_TCP_FIN &&
		   (pkt->seg.seq == half->seq_end || end == half->seq_end) &&
		   relay_plausible(pkt, half, READ_ONCE(half->win))) {
		/* Overtaken by a later acknowledgment, but the last byte. It
		 * moves the end no further than by itself: a guess must not
		 * say where a reset will be believed.
		 */
		WRITE_ONCE(half->seq_end, end);
		relay_fin(half);
	} else {
		believed = false;
	}
	/* Guesses must not keep what is over. */
	if (unlikely(!believed) && slc_flow_over(slc_half_flow(half)))
		return;
	if (half->last_seen != now)
		WRITE_ONCE(half->last_seen, now);
}

void slc_relay_track(const struct slc_pkt *pkt, struct slc_half *half)
{
	if (half->dir == SLC_IN)
		relay_track(pkt, half, SLC_IN);
	else
		relay_track(pkt, half, SLC_OUT);
}

/* A SYN for a connection that lives, as far as we know. The application would
 * challenge it (RFC 5961 4.2); but if it has forgotten the connection it would
 * take the SYN for a new one of the old client's. So we do: a sender that did
 * start anew resets the old connection by the exact number.
 */
static unsigned int relay_challenge(struct slc_pkt *pkt, struct slc_half *half)
{
	struct slc_flow *flow = slc_half_flow(half);
	const struct slc_half *out = slc_half_other(half);
	struct dst_entry *dst;
	struct slc_todo todo;
	struct slc_tuple t;
	struct slc_seg seg = {
		.tuple = &t,
		.seq = READ_ONCE(out->seq_end) + out->xlate.seq_add,
		.ack = READ_ONCE(out->ack),
		/* The window as it is: this must not close it. */
		.win = min_t(u32, READ_ONCE(out->win) >>
				  (out->wscale - out->xlate.win_shift), U16_MAX),
		.flags = SLC_TCP_ACK,
	};

	if (slc_pkt_challenge(&flow->challenged)) {
		slc_tuple_reverse(&t, &half->key);
		dst = slc_route_sender(flow);
		if (!IS_ERR(dst)) {
			slc_todo_init(&todo, pkt->sn);
			slc_seg_out(&todo, &seg, dst);
			dst_release(dst);
			slc_todo_run(&todo);
		}
	}
	return slc_pkt_refuse(pkt, flow->service, SLUICE_STAT_SEQ_INVALID);
}

/* The application repeats its SYN-ACK: our ACK got lost, or its queue of
 * accepted connections is full. The sender has long had an answer, and would
 * answer this one with times from before there were two legs.
 */
static unsigned int relay_reack(struct slc_pkt *pkt, struct slc_half *half)
{
	struct slc_flow *flow = slc_half_flow(half);
	struct dst_entry *dst = rcu_dereference(flow->half[SLC_IN].dst);
	struct net_device *dev;
	struct slc_tcpopts o;
	struct slc_todo todo;
	struct slc_tuple t;

	dev = slc_seg_dev(pkt->sn->net, &half->key.src, flow->ifindex);
	if (!dst || !dev || !slc_pkt_options(pkt, &o))
		return slc_pkt_refuse(pkt, flow->service,
				      SLUICE_STAT_BAD_PACKET);
	slc_tuple_reverse(&t, &half->key);
	slc_todo_init(&todo, pkt->sn);
	slc_seg_in(&todo, &(struct slc_seg) {
		.tuple = &t,
		.seq = pkt->seg.ack,
		.ack = pkt->seg.seq + 1,
		.flags = SLC_TCP_ACK,
		.secpath = flow->secpath,
		.win = flow->inner_win,
		.opts = {
			.has_ts = o.has_ts,
			.tsval = o.tsecr,
			.tsecr = o.tsval,
		},
	}, dst, dev, flow->mark);
	slc_todo_run(&todo);
	return slc_pkt_consume(pkt);
}

/* An application's SYN: its SYN-ACK again, or it calls the client from its
 * service's port, which it may once the old connection is over.
 */
static unsigned int relay_syn_out(struct slc_pkt *pkt, struct slc_half *half)
{
	struct slc_flow *flow = slc_half_flow(half);

	if (pkt->seg.flags & SLC_TCP_ACK)
		return relay_reack(pkt, half);
	if (!slc_flow_spent(flow))
		return slc_pkt_refuse(pkt, flow->service,
				      SLUICE_STAT_SEQ_INVALID);
	slc_flow_kill(flow);
	return NF_ACCEPT;
}

int slc_relay_rewrite_first(struct slc_pkt *pkt, const struct slc_half *half)
{
	const struct slc_flow *flow = container_of(half, struct slc_flow,
						   half[SLC_IN]);
	struct slc_xlate xlate = half->xlate;
	struct slc_tcpopts o;

	if (!slc_pkt_options(pkt, &o))
		return -EINVAL;
	xlate.tsecr_add = flow->inner_tsval - o.tsecr;
	return slc_rewrite(pkt, half, &xlate);
}

unsigned int slc_relay_requeue(struct slc_pkt *pkt,
			       const struct slc_flow *flow,
			       struct dst_entry *dst)
{
	struct sk_buff *skb = pkt->skb;
	struct net_device *dev;
	struct slc_todo todo;

	dev = slc_seg_dev(pkt->sn->net, &flow->half[SLC_OUT].key.src,
			  skb->dev->ifindex);
	slc_relay_mark(skb, flow);
	slc_todo_init(&todo, pkt->sn);
	slc_seg_requeue(&todo, skb, dst, dev ?: skb->dev);
	slc_todo_run(&todo);
	return NF_STOLEN;
}

static unsigned int relay_unwritable(const struct slc_pkt *pkt,
				     struct slc_half *half, int err)
{
	return slc_pkt_refuse(pkt, slc_half_flow(half)->service,
			      slc_relay_stat(err));
}

struct dst_entry *slc_relay_route(struct slc_pkt *pkt, struct slc_half *half)
{
	const struct slc_flow *flow = slc_half_flow(half);
	const struct slc_tuple *key = &flow->half[SLC_OUT].key;
	struct dst_entry *dst;

	dst = test_bit(SLC_FLOW_BACKEND, &flow->flags) ?
	      slc_route_forward(pkt, &key->src) : slc_route_in(pkt, &key->src);
	if (!IS_ERR(dst))
		slc_route_set(half, dst, slc_route_cookie(dst, key->family),
			      pkt->skb->dev->ifindex);
	return dst;
}

unsigned int slc_relay_in(struct slc_pkt *pkt, struct slc_half *half)
{
	struct slc_flow *flow = container_of(half, struct slc_flow,
					     half[SLC_IN]);
	struct sk_buff *skb = pkt->skb;
	struct slc_service *svc = flow->service;
	unsigned int len = skb->len;
	struct dst_entry *dst;
	bool ipsec;
	int err;

	if (unlikely((pkt->seg.flags & (SLC_TCP_SYN | SLC_TCP_ACK)) ==
		     SLC_TCP_SYN)) {
		if (!slc_pkt_checksum_ok(pkt))
			return slc_pkt_refuse(pkt, svc, SLUICE_STAT_BAD_PACKET);
		if (!slc_flow_spent(flow))
			return relay_challenge(pkt, half);
		/* A new connection need not wait for the end of an old one. */
		slc_flow_kill(flow);
		return slc_open_anew(pkt);
	}
	ipsec = skb_sec_path(skb);
	slc_secpath_forget(skb, flow->secpath);

	dst = slc_relay_way_in(pkt, half);
	if (IS_ERR(dst))
		return slc_pkt_refuse(pkt, svc, SLUICE_STAT_RP_FILTERED);

	relay_track(pkt, half, SLC_IN);
	slc_relay_count(flow, SLUICE_STAT_PACKETS_IN, SLUICE_STAT_BYTES_IN,
			len);
	if (unlikely(!test_bit(SLC_FLOW_CONFIRMED, &flow->flags))) {
		err = slc_relay_rewrite_first(pkt, half);
		if (err)
			return relay_unwritable(pkt, half, err);
		return slc_relay_requeue(pkt, flow, dst);
	}
	err = slc_rewrite(pkt, half, &half->xlate);
	if (unlikely(err))
		return relay_unwritable(pkt, half, err);
	if (unlikely(flow->half[SLC_OUT].key.family != pkt->tuple.family))
		return slc_relay_requeue(pkt, flow, dst);
	return slc_enter(pkt, flow, dst, ipsec);
}

/* Does it fit the outer leg? */
static __always_inline bool relay_fits(struct slc_pkt *pkt,
				       const struct slc_half *half)
{
	const struct slc_flow *flow = container_of(half, struct slc_flow,
						   half[SLC_OUT]);
	u8 family = flow->half[SLC_IN].key.family;
	unsigned int mtu = READ_ONCE(half->mtu) - slc_dress_grows(flow);

	/* As it is now it may differ in size from what it will be. */
	if (unlikely(family != pkt->tuple.family)) {
		mtu += pkt->thoff;
		mtu -= family == SLC_FAMILY_IPV4 ? SLC_XFAM_IPV4_LEN :
						   SLC_XFAM_IPV6_LEN;
	}
	return likely(slc_router_size(pkt) <= mtu) ||
	       slc_router_exceeds(pkt, family, mtu);
}

static noinline struct dst_entry *relay_route_out(struct slc_half *half)
{
	u8 family = slc_half_other(half)->key.family;
	struct dst_entry *dst;

	dst = slc_route_sender(slc_half_flow(half));
	if (!IS_ERR(dst))
		slc_route_set(half, dst, slc_route_cookie(dst, family), 0);
	return dst;
}

/* The route to the sender, if the packet fits there; or NULL, it is refused. */
static __always_inline struct dst_entry *relay_way_out(struct slc_pkt *pkt,
						       struct slc_half *half)
{
	const struct slc_flow *flow = container_of(half, struct slc_flow,
						   half[SLC_OUT]);
	struct dst_entry *dst;

	dst = slc_route_cached(half, 0);
	if (unlikely(!dst)) {
		dst = relay_route_out(half);
		if (IS_ERR(dst)) {
			slc_pkt_refuse(pkt, flow->service,
				       SLUICE_STAT_CONNECT_UNREACHABLE);
			return NULL;
		}
	}
	if (likely(relay_fits(pkt, half)))
		return dst;
	slc_pkt_refuse(pkt, flow->service, SLUICE_STAT_TOO_BIG);
	return NULL;
}

/* By that route, as the service's. */
static __always_inline unsigned int relay_leave(struct slc_pkt *pkt,
						struct slc_half *half,
						struct dst_entry *dst)
{
	const struct slc_flow *flow = container_of(half, struct slc_flow,
						   half[SLC_OUT]);
	struct sk_buff *skb = pkt->skb;
	unsigned int len = skb->len;
	int err;

	err = slc_rewrite(pkt, half, &half->xlate);
	if (unlikely(err))
		return relay_unwritable(pkt, half, err);

	slc_relay_count(flow, SLUICE_STAT_PACKETS_OUT, SLUICE_STAT_BYTES_OUT,
			len);

	skb_dst_drop(skb);
	skb_dst_set_noref(skb, dst);
	slc_output(pkt->sn->net, skb);
	return NF_STOLEN;
}

unsigned int slc_relay_out(struct slc_pkt *pkt, struct slc_half *half)
{
	struct slc_flow *flow = container_of(half, struct slc_flow,
					     half[SLC_OUT]);
	struct slc_early *early;
	struct dst_entry *dst;

	slc_relay_ct_mark(pkt->skb, flow);

	/* Pairs with the release in slc_early_finish(). */
	early = smp_load_acquire(&flow->early);
	if (unlikely(early))
		return slc_handshake_inner(pkt, early, flow);
	if (unlikely(!test_bit(SLC_FLOW_HAS_IN, &flow->flags)))
		return slc_retry_late(pkt, flow);
	if (unlikely(pkt->seg.flags & SLC_TCP_SYN))
		return relay_syn_out(pkt, half);
	if (unlikely(!test_bit(SLC_FLOW_CONFIRMED, &flow->flags))) {
		slc_flow_has_socket(flow, pkt);
		set_bit(SLC_FLOW_CONFIRMED, &flow->flags);
	}

	/* A backend's of another host has its route, and has been found to fit,
	 * unless that was in another family.
	 */
	if (unlikely(pkt->state->in && test_bit(SLC_FLOW_BACKEND, &flow->flags))) {
		if (!slc_half_crosses(half))
			return slc_forward_out(pkt, half);
		slc_pkt_clear_own(pkt->skb);
	}

	dst = relay_way_out(pkt, half);
	if (unlikely(!dst))
		return NF_DROP;
	relay_track(pkt, half, SLC_OUT);
	return relay_leave(pkt, half, dst);
}

unsigned int slc_relay_across(struct slc_pkt *pkt, struct slc_half *half)
{
	struct slc_flow *flow = slc_half_flow(half);
	struct dst_entry *dst = relay_way_out(pkt, half);
	int err;

	if (!dst)
		return NF_DROP;
	slc_forward_track(pkt, half);
	err = slc_dress_strips(flow) ? slc_dress_off(pkt, flow) : 0;
	if (!err && slc_dress_backs(flow))
		err = slc_dress_back(pkt, flow);
	return err ? relay_unwritable(pkt, half, err) :
		     relay_leave(pkt, half, dst);
}

unsigned int slc_relay_deliver(struct slc_pkt *pkt, struct slc_half *half)
{
	struct slc_flow *flow = slc_half_flow(half);
	struct sk_buff *skb = pkt->skb;

	if (!slc_pkt_policy_ok(pkt))
		return slc_pkt_refuse(pkt, flow->service,
				      SLUICE_STAT_XFRM_DENIED);
	if (!slc_router_hop(pkt))
		return NF_DROP;
	/* A socket may have been found for it; its time is that of arrival. */
	skb_orphan(skb);
	skb_clear_tstamp(skb);
	return test_bit(SLC_FLOW_NAT, &flow->flags) ?
	       slc_forward_out(pkt, half) : slc_relay_reply(pkt, half);
}
