// SPDX-License-Identifier: GPL-2.0
/*
 * Packets of flows that have a backend. See forward.h.
 */
#include <linux/ipv6.h>
#include <net/ip.h>
#include <net/netfilter/nf_conntrack.h>

#include "compat.h"
#include "obj/health.h"
#include "obj/persist.h"
#include "obj/pool.h"
#include "obj/service.h"
#include "obj/stats.h"
#include "path/direct.h"
#include "path/dress.h"
#include "path/enter.h"
#include "path/forward.h"
#include "path/handshake.h"
#include "path/hook.h"
#include "path/relay.h"
#include "path/rewrite.h"
#include "path/route.h"
#include "path/secpath.h"
#include "path/seg.h"
#include "path/train.h"
#include "trace.h"

/* What a client has waited when it says its SYN the third time, after 1 and 2 s */
#define FORWARD_SILENT	(5 * HZ / 2)

/* On by the route it has: the next packet of the batch must not take that for a
 * hint, nor is anybody to be told of a better way.
 */
static void forward_routed(struct sk_buff *skb)
{
	slc_pkt_set_own(skb);
	if (skb->protocol == htons(ETH_P_IP)) {
		IPCB(skb)->flags |= IPSKB_MULTIPATH;
		IPCB(skb)->flags &= ~IPSKB_DOREDIRECT;
	} else {
		IP6CB(skb)->flags |= IP6SKB_MULTIPATH;
		slc_forward_own6(skb);
	}
}

void slc_forward_preset(struct sk_buff *skb, struct dst_entry *dst)
{
	skb_dst_drop(skb);
	skb_dst_set_noref(skb, dst);
	forward_routed(skb);
}

void slc_forward_by(struct sk_buff *skb, struct dst_entry *dst)
{
	skb_dst_drop(skb);
	skb_dst_set(skb, dst);
	forward_routed(skb);
}

/* Of a conversation, or of a connection that had not begun, nothing is lost: it
 * may leave a backend that is down.
 */
static bool forward_leaves(const struct slc_flow *flow, bool udp, u8 flags)
{
	if (!flow->backend || !READ_ONCE(flow->backend->is_down) ||
	    test_bit(SLC_FLOW_PROBE, &flow->flags))
		return false;
	return udp || (flags & SLC_TCP_SYN &&
		       READ_ONCE(flow->state) == SLUICE_FLOW_STATE_CONNECT &&
		       !test_bit(SLC_FLOW_REPLIED, &flow->flags));
}

/* It begins anew. */
static unsigned int forward_again(struct slc_pkt *pkt, struct slc_flow *flow)
{
	/* A connection had not begun. */
	if (pkt->tuple.proto == IPPROTO_UDP)
		slc_flow_end(flow, READ_ONCE(flow->state),
			     SLUICE_STAT_FLOWS_MOVED);
	slc_flow_kill(flow);
	return slc_pkt_is_made(pkt) ? slc_made(pkt) : slc_open_anew(pkt);
}

/* The backend has answered: how fast? */
static void forward_answered(struct slc_flow *flow)
{
	u32 syn_us = READ_ONCE(flow->syn_us), rtt_us;

	if (!syn_us || READ_ONCE(flow->rtt_us))
		return;
	rtt_us = slc_now_us() - syn_us ?: 1;
	WRITE_ONCE(flow->rtt_us, rtt_us);
	slc_health_rtt(flow, rtt_us);
}

/* Does a SYN-ACK acknowledge the client's SYN? Of data that came with that as much
 * as the backend likes (RFC 7413).
 */
static bool forward_answers(const struct slc_pkt *pkt, const struct slc_half *in)
{
	u32 first = READ_ONCE(in->ack) + 1;

	return pkt->seg.ack - first <= READ_ONCE(in->seq_end) - first;
}

/* Whatever SYN-ACK a backend sends, to whomever, it is there. A client that repeats
 * its SYN misses an answer.
 */
static void forward_health(const struct slc_pkt *pkt, const struct slc_half *half,
			   struct slc_flow *flow)
{
	if (half->dir == SLC_OUT && pkt->seg.flags & SLC_TCP_ACK)
		slc_health_answered(flow);
	else if (half->dir == SLC_IN &&
		 !test_bit(SLC_FLOW_REPLIED, &flow->flags) &&
		 jiffies - flow->created >= FORWARD_SILENT)
		slc_health_silent(flow);
}

/* A SYN says how the windows of its sender are to be read: scaled if both say
 * so. What it says of a connection that has begun is for the two ends to judge.
 */
static void forward_syn(struct slc_pkt *pkt, struct slc_half *half)
{
	struct slc_flow *flow = slc_half_flow(half);
	struct slc_half *in = &flow->half[SLC_IN];
	struct slc_tcpopts o;
	u8 wscale;

	if (READ_ONCE(flow->state) == SLUICE_FLOW_STATE_CONNECT)
		forward_health(pkt, half, flow);
	if (READ_ONCE(flow->state) != SLUICE_FLOW_STATE_CONNECT ||
	    (half == in && test_bit(SLC_FLOW_REPLIED, &flow->flags)) ||
	    (half != in && !forward_answers(pkt, in)) ||
	    !slc_pkt_options(pkt, &o))
		return;
	WRITE_ONCE(half->seq_end, pkt->seg.seq + 1 + pkt->seg.len);
	wscale = o.has_wscale ? min_t(u8, o.wscale, SLC_FORWARD_UNSCALED - 1) :
				SLC_FORWARD_UNSCALED;
	if (half == in) {
		/* An answer to one that came twice may be to either. */
		WRITE_ONCE(flow->syn_us, atomic64_read(&in->packets) ? 0 : slc_now_us());
		WRITE_ONCE(in->wscale, wscale);
		WRITE_ONCE(in->win, pkt->seg.win);
		/* Nothing is acknowledged yet: our note of the first number */
		WRITE_ONCE(in->ack, pkt->seg.seq);
		return;
	}
	forward_answered(flow);
	if (wscale == SLC_FORWARD_UNSCALED ||
	    in->wscale == SLC_FORWARD_UNSCALED) {
		WRITE_ONCE(in->wscale, 0);
		wscale = 0;
	}
	WRITE_ONCE(half->wscale, wscale);
	WRITE_ONCE(half->ack, pkt->seg.ack);
	/* What the client may acknowledge next */
	WRITE_ONCE(in->ack, pkt->seg.seq);
	set_bit(SLC_FLOW_REPLIED, &flow->flags);
}

/* The client has answered the backend's SYN-ACK: from here on there is a
 * connection.
 */
static void forward_established(const struct slc_pkt *pkt,
				struct slc_flow *flow)
{
	u32 first = READ_ONCE(flow->half[SLC_IN].ack) + 1;

	/* The backend may have said more since (RFC 7413). */
	if (!test_bit(SLC_FLOW_REPLIED, &flow->flags) ||
	    !(pkt->seg.flags & SLC_TCP_ACK) ||
	    pkt->seg.ack - first >
	    READ_ONCE(flow->half[SLC_OUT].seq_end) - first)
		return;
	if (cmpxchg(&flow->state, SLUICE_FLOW_STATE_CONNECT,
		    SLUICE_FLOW_STATE_ESTABLISHED) == SLUICE_FLOW_STATE_CONNECT) {
		slc_flow_proven(flow);
		slc_forward_begun(flow);
	}
}

void slc_forward_begun(struct slc_flow *flow)
{
	if (unlikely(test_bit(SLC_FLOW_PROBE, &flow->flags)))
		return;
	slc_count(flow->sn, flow->service, SLUICE_STAT_FLOWS_OPENED);
	if (flow->backend)
		slc_backend_count(flow->backend, SLUICE_STAT_FLOWS_OPENED);
	if (flow->dress) {
		slc_count(flow->sn, flow->service, SLUICE_STAT_HEADER_SENT);
		slc_backend_count(flow->backend, SLUICE_STAT_HEADER_SENT);
	}
	trace_sluice_flow(flow, READ_ONCE(flow->state), 0);
	slc_flow_begun(flow);
}

void slc_forward_replied(struct slc_flow *flow)
{
	set_bit(SLC_FLOW_REPLIED, &flow->flags);
	if (slc_flow_proven(flow))
		slc_persist_keep(flow);
}

static_assert(SLC_MAX_MSS_LEAST == SLC_HS_MIN_MSS);

/* Without memory it stays as large as it is. */
static noinline void forward_mss(const struct slc_pkt *pkt, u16 max)
{
	struct sk_buff *skb = pkt->skb;
	struct slc_csum delta = { };
	struct tcphdr *th;

	if (skb_ensure_writable(skb, pkt->thoff + pkt->thlen))
		return;
	th = (struct tcphdr *)(skb->data + pkt->thoff);
	slc_xlate_mss((u8 *)th, pkt->thlen, max, &delta);
	/* What is left to a device is a sum over the pseudo-header alone. */
	if (skb->ip_summed != CHECKSUM_PARTIAL)
		th->check = slc_csum_apply(th->check, &delta);
}

void slc_forward_track(struct slc_pkt *pkt, struct slc_half *half)
{
	u32 now = (u32)jiffies;

	if (pkt->tuple.proto == IPPROTO_TCP) {
		if (unlikely(pkt->seg.flags & SLC_TCP_SYN)) {
			u16 mss = slc_half_flow(half)->max_mss;

			if (mss)
				forward_mss(pkt, mss);
			forward_syn(pkt, half);
		}
		slc_relay_track(pkt, half);
		/* Windows of SYNs are not scaled (RFC 7323 2.2). A client's that
		 * is none of its first may be anybody's.
		 */
		if (unlikely(pkt->seg.flags & SLC_TCP_SYN) &&
		    half->dir == SLC_OUT)
			WRITE_ONCE(half->win, pkt->seg.win);
		return;
	}
	if (half->dir == SLC_OUT)
		slc_half_began(half);
	atomic64_inc(&half->packets);
	atomic64_add(pkt->skb->len, &half->bytes);
	if (half->last_seen != now)
		WRITE_ONCE(half->last_seen, now);
}

static struct dst_entry *forward_route(struct slc_pkt *pkt,
				       struct slc_half *half,
				       const struct slc_addr *to)
{
	int ifindex = pkt->skb->dev->ifindex;
	struct dst_entry *dst;
	u32 cookie;

	dst = slc_route_cached(half, ifindex);
	if (likely(dst))
		return dst;
	dst = slc_half_flow(half)->backend ? slc_route_forward(pkt, to) :
					     slc_route_in(pkt, to);
	if (IS_ERR(dst))
		return dst;
	cookie = slc_route_cookie(dst, slc_addr_family(to));
	slc_route_set(half, dst, cookie, ifindex);
	return dst;
}

/* What this host sends takes an output route, with the mark that it has; nobody
 * judges its source.
 */
static struct dst_entry *forward_route_made(const struct slc_pkt *pkt,
					    struct slc_half *half)
{
	struct dst_entry *dst = slc_route_cached(half, 0);
	struct slc_tuple t;

	if (likely(dst))
		return dst;
	slc_tuple_reverse(&t, &slc_half_other(half)->key);
	dst = slc_route_out(pkt->sn, &t, 0, pkt->skb->mark);
	if (IS_ERR(dst))
		return dst;
	/* An application is nowhere else. */
	if (!slc_half_flow(half)->backend && !slc_route_is_local(dst, t.family)) {
		dst_release(dst);
		return ERR_PTR(-EHOSTUNREACH);
	}
	slc_route_set(half, dst, slc_route_cookie(dst, t.family), 0);
	return dst;
}

/* On by its new route, to another host or, over lo, to this one. */
static unsigned int forward_made(struct slc_pkt *pkt, struct slc_half *half,
				 struct dst_entry *dst)
{
	struct slc_flow *flow = slc_half_flow(half);
	struct sk_buff *skb = pkt->skb;

	/* Who called us may be past RCU when it is sent. */
	skb_dst_drop(skb);
	skb_dst_set_noref(skb, dst);
	if (!skb_dst_force(skb))
		return slc_pkt_refuse(pkt, flow->service,
				      SLUICE_STAT_CONNECT_UNREACHABLE);
	slc_pkt_set_own(skb);
	slc_relay_mark(skb, flow);
	if (likely(!pkt->apart))
		return NF_ACCEPT;
	/* All hooks see it when it comes again, and of ours its mark. */
	if (pkt->tuple.family == SLC_FAMILY_IPV4)
		ip_local_out(pkt->sn->net, pkt->state->sk, skb);
	else
		ip6_local_out(pkt->sn->net, pkt->state->sk, skb);
	return NF_STOLEN;
}

unsigned int slc_forward_in(struct slc_pkt *pkt, struct slc_half *half)
{
	struct slc_flow *flow = container_of(half, struct slc_flow,
					     half[SLC_IN]);
	u8 flags = pkt->seg.flags;

	if (unlikely(forward_leaves(flow, pkt->tuple.proto == IPPROTO_UDP,
				    flags)) ||
	    unlikely((flags & (SLC_TCP_SYN | SLC_TCP_ACK)) == SLC_TCP_SYN &&
		     slc_flow_spent(flow)))
		return forward_again(pkt, flow);
	return slc_forward_on(pkt, half);
}

/* Somebody before us has made it one of the inner leg's. What is for the outer one's
 * address is on its way there.
 */
static noinline unsigned int forward_comes(struct slc_pkt *pkt,
					   struct slc_half *half)
{
	struct slc_flow *flow = slc_half_flow(half);
	struct dst_entry *dst;

	if (slc_pkt_is_made(pkt) ||
	    !slc_pkt_is_to(pkt, &flow->half[SLC_OUT].key.src))
		return NF_ACCEPT;
	/* Not for this packet, which asks for its own: a reset goes by it. */
	dst = forward_route(pkt, half, &flow->half[SLC_OUT].key.src);
	if (IS_ERR(dst))
		return slc_pkt_refuse(pkt, flow->service, slc_route_stat(PTR_ERR(dst)));
	if (READ_ONCE(flow->state) == SLUICE_FLOW_STATE_CONNECT)
		forward_established(pkt, flow);
	slc_forward_track(pkt, half);
	slc_relay_count(flow, SLUICE_STAT_PACKETS_IN, SLUICE_STAT_BYTES_IN,
			pkt->skb->len);
	slc_relay_mark(pkt->skb, flow);
	return NF_ACCEPT;
}

static unsigned int forward_on_each(struct slc_pkt *pkt, void *data)
{
	return slc_forward_on(pkt, data);
}

unsigned int slc_forward_on(struct slc_pkt *pkt, struct slc_half *half)
{
	struct slc_flow *flow = container_of(half, struct slc_flow,
					     half[SLC_IN]);
	struct slc_service *svc = flow->service;
	struct sk_buff *skb = pkt->skb;
	bool made = slc_pkt_is_made(pkt);
	unsigned int len = skb->len, verdict;
	struct dst_entry *dst;
	bool ipsec;
	bool dress = slc_dress_wanted(flow);
	bool direct;
	int err = 0;

	if (unlikely(test_bit(SLC_FLOW_KEPT, &flow->flags)))
		return slc_direct_in(pkt, half);
	if (unlikely(test_bit(SLC_FLOW_COMES, &flow->flags)))
		return forward_comes(pkt, half);
	if (unlikely(dress) && slc_train_is(skb))
		return slc_train_split(pkt, forward_on_each, half);
	ipsec = !made && skb_sec_path(skb);
	if (!made)
		slc_secpath_forget(skb, flow->secpath);

	dst = made ? forward_route_made(pkt, half) :
		     forward_route(pkt, half, &flow->half[SLC_OUT].key.src);
	if (IS_ERR(dst))
		return slc_pkt_refuse(pkt, svc, slc_route_stat(PTR_ERR(dst)));

	direct = test_bit(SLC_FLOW_DIRECT, &flow->flags);
	if (unlikely(direct)) {
		verdict = slc_direct_nat(pkt, half, dst);
		if (verdict != NF_ACCEPT)
			return verdict;
	} else {
		if (unlikely(READ_ONCE(flow->state) == SLUICE_FLOW_STATE_CONNECT))
			forward_established(pkt, flow);
		slc_forward_track(pkt, half);
	}
	slc_relay_count(flow, SLUICE_STAT_PACKETS_IN, SLUICE_STAT_BYTES_IN,
			len);
	if (unlikely(dress))
		err = slc_dress_on(pkt, flow, dst);
	if (likely(!err))
		err = slc_rewrite(pkt, half, &half->xlate);
	if (unlikely(err))
		return slc_pkt_refuse(pkt, svc, slc_relay_stat(err));

	if (unlikely(made))
		return forward_made(pkt, half, dst);
	if (unlikely(pkt->apart || slc_half_crosses(half)))
		return slc_relay_requeue(pkt, flow, dst);
	if (unlikely(direct))
		return slc_direct_enter(pkt, flow, dst, ipsec);
	return slc_enter(pkt, flow, dst, ipsec);
}

/* Of a flow whose legs are of two families: what is for an address of this host is
 * met there, in LOCAL_IN, and what is for a client, on its way to where that one
 * is; nobody is to be told of a better one.
 */
static noinline unsigned int forward_reply_across(struct slc_pkt *pkt,
						  const struct slc_flow *flow)
{
	struct dst_entry *dst;

	if (flow->port)
		return NF_ACCEPT;
	dst = slc_route_forward(pkt, &flow->half[SLC_OUT].key.dst);
	if (!IS_ERR(dst))
		slc_forward_by(pkt->skb, dst);
	return NF_ACCEPT;
}

unsigned int slc_forward_reply(struct slc_pkt *pkt, struct slc_half *half)
{
	struct slc_flow *flow = container_of(half, struct slc_flow,
					     half[SLC_OUT]);
	struct dst_entry *dst;

	if (unlikely(slc_half_crosses(half)))
		return forward_reply_across(pkt, flow);
	dst = forward_route(pkt, half, &flow->half[SLC_IN].key.src);
	/* Whom the stack does not let go there, it tells so; but what is
	 * addressed to this host it would take for its own.
	 */
	if (IS_ERR(dst) && flow->port)
		return slc_pkt_refuse(pkt, flow->service,
				      SLUICE_STAT_CLIENT_NO_ROUTE);
	if (IS_ERR(dst))
		return NF_ACCEPT;
	if (unlikely(slc_route_is_local(dst, pkt->tuple.family))) {
		/* It becomes the service's in LOCAL_IN, which passes ours. */
		skb_dst_drop(pkt->skb);
		skb_dst_set_noref(pkt->skb, dst);
		return NF_ACCEPT;
	}
	if (unlikely(test_bit(SLC_FLOW_DIRECT, &flow->flags)))
		slc_direct_untrack(pkt->skb);
	slc_forward_preset(pkt->skb, dst);
	return NF_ACCEPT;
}

unsigned int slc_forward_leave(struct slc_pkt *pkt, struct slc_flow *flow)
{
	struct sk_buff *skb = pkt->skb;
	struct dst_entry *dst;

	if (likely(!flow->port || !flow->ifindex ||
		   pkt->state->hook != NF_INET_POST_ROUTING ||
		   !slc_route_is_local(skb_dst(skb), pkt->tuple.family))) {
		if (likely(!pkt->apart))
			return NF_ACCEPT;
		/* As the hook would have let it go on */
		pkt->state->okfn(pkt->sn->net, pkt->state->sk, skb);
		return NF_STOLEN;
	}
	dst = slc_route_sender(flow);
	if (IS_ERR(dst))
		return slc_pkt_refuse(pkt, flow->service,
				      SLUICE_STAT_CLIENT_NO_ROUTE);
	skb_dst_drop(skb);
	skb_dst_set(skb, dst);
	slc_output(pkt->sn->net, skb);
	return NF_STOLEN;
}

static unsigned int forward_out_each(struct slc_pkt *pkt, void *data)
{
	return slc_forward_out(pkt, data);
}

/* Of a connection that began elsewhere, whatever its backend has to say but that it knows
 * of none; of one that begins here, its SYN-ACK is looked at.
 */
static bool forward_is_answer(const struct slc_pkt *pkt, const struct slc_flow *flow)
{
	return pkt->tuple.proto == IPPROTO_UDP ||
	       (READ_ONCE(flow->state) != SLUICE_FLOW_STATE_CONNECT &&
		!(pkt->seg.flags & SLC_TCP_RST));
}

unsigned int slc_forward_out(struct slc_pkt *pkt, struct slc_half *half)
{
	struct slc_flow *flow = container_of(half, struct slc_flow,
					     half[SLC_OUT]);
	struct slc_service *svc = flow->service;
	unsigned int len = pkt->skb->len;
	bool strips = slc_dress_strips(flow);
	int err = 0;

	if (unlikely(!test_bit(SLC_FLOW_REPLIED, &flow->flags)) &&
	    forward_is_answer(pkt, flow))
		slc_forward_replied(flow);
	slc_relay_ct_mark(pkt->skb, flow);
	if (unlikely(strips) && slc_train_is(pkt->skb))
		return slc_train_split(pkt, forward_out_each, half);
	if (unlikely(slc_half_crosses(half)))
		return slc_relay_across(pkt, half);
	slc_forward_track(pkt, half);
	slc_forward_untaken(pkt->skb);
	if (unlikely(strips))
		err = slc_dress_off(pkt, flow);
	if (likely(!err))
		err = slc_rewrite(pkt, half, &half->xlate);
	if (unlikely(err))
		return slc_pkt_refuse(pkt, svc, slc_relay_stat(err));
	slc_relay_count(flow, SLUICE_STAT_PACKETS_OUT, SLUICE_STAT_BYTES_OUT,
			len);
	return slc_forward_leave(pkt, flow);
}
