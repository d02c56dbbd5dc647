// SPDX-License-Identifier: GPL-2.0
/*
 * Doing what the handshake's state machine says. See handshake.h, core/hs.h.
 */
#include <linux/netdevice.h>
#include <net/tcp.h>

#include "compat.h"
#include "core/cookie.h"
#include "obj/config.h"
#include "obj/flow.h"
#include "obj/health.h"
#include "obj/service.h"
#include "path/handshake.h"
#include "path/relay.h"
#include "path/rewrite.h"
#include "path/route.h"
#include "path/secpath.h"
#include "path/send.h"
#include "trace.h"

void slc_handshake_refuse(const struct slc_early *e, int why)
{
	slc_early_count(e, why);
	trace_sluice_handshake(e->sn->net, &e->key, &e->hs, why);
}

void slc_handshake_send(const struct slc_early *e, struct slc_todo *todo,
			u8 flags, u32 now_ms)
{
	const struct slc_hs *hs = &e->hs;
	struct slc_tuple t;
	struct slc_seg seg = {
		.tuple = &t,
		.seq = hs->iss + 1,
		.ack = hs->rcv_acked,
		.flags = flags,
		.win = hs->rcv_wnd >> hs->our_wscale,
		.opts.has_ts = hs->opts & SLC_HS_TS,
		.opts.tsval = now_ms + hs->ts_off,
		.opts.tsecr = hs->ts_recent,
	};

	slc_tuple_reverse(&t, &e->key);
	if (flags & SLC_TCP_SYN) {
		seg.seq = hs->iss;
		seg.ack = hs->irs + 1;
		seg.win = SLC_HS_SYN_WINDOW;
		seg.opts.mss = dst_metric_advmss(e->route_out);
		seg.opts.has_wscale = hs->opts & SLC_HS_WSCALE;
		seg.opts.wscale = hs->our_wscale;
		seg.opts.sack_perm = hs->opts & SLC_HS_SACK;
		if (hs->opts & SLC_HS_ECN)
			seg.flags |= SLC_TCP_ECE;
	}
	if (flags & SLC_TCP_RST) {
		seg.ack = hs->rcv_nxt;
		seg.win = 0;
		seg.opts.has_ts = false;
	}
	if (slc_seg_out(todo, &seg, e->route_out) && flags & SLC_TCP_SYN)
		slc_count(e->sn, e->service, SLUICE_STAT_SYN_ACK_SENT);
}

struct net_device *slc_handshake_dev(const struct slc_early *e,
				     const struct slc_flow *flow)
{
	return slc_seg_dev(e->sn->net, &flow->half[SLC_OUT].key.src,
			   e->ifindex);
}

void slc_handshake_seg_in(const struct slc_early *e, struct slc_todo *todo,
			  struct slc_seg *seg)
{
	const struct slc_flow *flow = e->flow;
	struct net_device *dev = slc_handshake_dev(e, flow);
	struct slc_tuple t;

	if (!dev)
		return;
	slc_tuple_reverse(&t, &flow->half[SLC_OUT].key);
	seg->tuple = &t;
	seg->secpath = flow->secpath;
	slc_seg_in(todo, seg, e->route_in, dev, flow->mark);
}

static void handshake_syn(const struct slc_early *e, struct slc_todo *todo)
{
	const struct slc_hs *hs = &e->hs;
	unsigned int hlen = (e->key.family == SLC_FAMILY_IPV4 ?
			     sizeof(struct iphdr) : sizeof(struct ipv6hdr)) +
			    sizeof(struct tcphdr);
	u32 mtu = dst_mtu(e->route_out);
	struct slc_seg seg = {
		.seq = hs->inner_iss,
		.flags = SLC_TCP_SYN,
		.win = min_t(u32, (u32)hs->peer_win << hs->peer_wscale,
			     U16_MAX),
		.opts = {
			/* What the application sends has to fit the outer leg. */
			.mss = clamp_t(u32, mtu - hlen, SLC_HS_MIN_MSS,
				       hs->peer_mss),
			.has_wscale = hs->opts & SLC_HS_WSCALE,
			.wscale = hs->peer_wscale,
			.sack_perm = hs->opts & SLC_HS_SACK,
			.has_ts = hs->opts & SLC_HS_TS,
			.tsval = hs->inner_ts,
		},
	};

	if (hs->opts & SLC_HS_ECN)
		seg.flags |= SLC_TCP_ECE | SLC_TCP_CWR;
	slc_handshake_seg_in(e, todo, &seg);
}

/* Its half-open socket, or the one that may have our header, goes by an exact reset. */
static void handshake_rst_inner(const struct slc_early *e,
				struct slc_todo *todo)
{
	struct slc_seg seg = { .flags = SLC_TCP_RST };
	u32 first;

	slc_send_expected(&e->hs, &first, &seg.seq);
	slc_handshake_seg_in(e, todo, &seg);
	if (first == seg.seq)
		return;
	seg.seq = first;
	slc_handshake_seg_in(e, todo, &seg);
}

/* A timer that runs out sooner is left to do so and then set anew, which in a
 * handshake that succeeds never happens.
 */
void slc_handshake_rearm(struct slc_early *e)
{
	u32 age = jiffies_to_msecs(jiffies - e->since);
	u32 ms = slc_hs_timeout_ms(&e->hs, e->rules->cfg.header_timeout_ms,
				   age);

	e->deadline = jiffies + msecs_to_jiffies(ms);
	if (!timer_pending(&e->timer) ||
	    time_before(e->deadline, e->timer.expires))
		mod_timer(&e->timer, e->deadline);
}

/* Nobody can tell which of two is answered (RFC 6298 3). */
static void handshake_repeats(const struct slc_early *e,
			      const struct slc_hs_out *out)
{
	if (out->act & SLC_HS_DO_CONNECT)
		e->flow->syn_us = 0;
}

/* Do what @out says, but for taking and holding. @e->lock held; afterwards
 * the entry may be dead.
 */
static void handshake_act(struct slc_early *e, const struct slc_hs_out *out,
			  struct slc_todo *todo)
{
	if (out->act & SLC_HS_DO_SYNACK) {
		slc_handshake_send(e, todo, SLC_TCP_SYN | SLC_TCP_ACK, slc_now_ms());
		/* Nobody can tell which one is answered (RFC 6298 3). */
		e->synack_us = 0;
	}
	/* One that answers something odd is a challenge, and has a limit. */
	if (out->act & SLC_HS_DO_ACK &&
	    (out->why == SLC_HS_FINE || slc_pkt_challenge(&e->challenged)))
		slc_handshake_send(e, todo, SLC_TCP_ACK, slc_now_ms());
	if (out->act & SLC_HS_DO_CONNECT)
		handshake_syn(e, todo);
	if (out->act & SLC_HS_DO_SEND)
		slc_send_header(e, todo);
	if (out->act & SLC_HS_DO_RESET)
		slc_handshake_send(e, todo, SLC_TCP_RST | SLC_TCP_ACK, slc_now_ms());
	if (out->act & (SLC_HS_DO_RESET | SLC_HS_DO_FORGET)) {
		/* Where the firewall refused there is no socket. */
		if (e->flow && out->why != SLC_HS_REFUSED &&
		    out->why != SLC_HS_IN_USE && out->why != SLC_HS_UNREACHABLE)
			handshake_rst_inner(e, todo);
		slc_early_finish(e, SLC_HS_DEAD);
	}
}

void slc_handshake_failed(struct slc_early *e, struct slc_hs_out *out,
			  struct slc_todo *todo)
{
	if (e->flow && out->why == SLC_HS_REFUSED)
		slc_health_failed(e->flow);
	if (e->flow && slc_hs_is_silent(out->why))
		slc_health_silent(e->flow);
	if (out->act & SLC_HS_DO_RETRY)
		slc_retry(e, out, todo);
	if (out->why != SLC_HS_FINE)
		slc_handshake_refuse(e, slc_early_stat(&e->hs, out->why));
	handshake_act(e, out, todo);
	if (out->act & (SLC_HS_DO_SYNACK | SLC_HS_DO_CONNECT | SLC_HS_DO_SEND))
		slc_handshake_rearm(e);
}

/* Is it time? If not, the timer is set for when it is. */
static bool handshake_due(struct slc_early *e)
{
	if (e->hs.state >= SLC_HS_DONE)
		return false;
	if (!time_before(jiffies, e->deadline))
		return true;
	if (!timer_pending(&e->timer))
		mod_timer(&e->timer, e->deadline);
	return false;
}

static void handshake_timeout(struct timer_list *timer)
{
	struct slc_early *e = container_of(timer, struct slc_early, timer);
	struct slc_hs_out out;
	struct slc_todo todo;

	slc_todo_init(&todo, e->sn);
	rcu_read_lock();
	spin_lock(&e->lock);
	if (handshake_due(e)) {
		slc_hs_timer(&e->hs, &out);
		handshake_repeats(e, &out);
		slc_handshake_failed(e, &out, &todo);
	}
	spin_unlock(&e->lock);
	slc_todo_run(&todo);
	rcu_read_unlock();
}

bool slc_early_drop(struct slc_early *e, const struct slc_flow *flow, int why)
{
	const struct slc_hs_out out = { .act = SLC_HS_DO_RESET };
	struct slc_todo todo;
	bool dropped;

	slc_todo_init(&todo, e->sn);
	spin_lock(&e->lock);
	dropped = e->hs.state < SLC_HS_DONE && e->flow == flow;
	if (dropped) {
		slc_handshake_refuse(e, why);
		handshake_act(e, &out, &todo);
	}
	spin_unlock(&e->lock);
	slc_todo_run(&todo);
	return dropped;
}

void slc_handshake_unreachable(struct slc_early *e, const struct slc_flow *flow,
			       u32 seq, bool gone)
{
	struct slc_hs_out out = { };
	struct slc_todo todo;

	slc_todo_init(&todo, e->sn);
	spin_lock(&e->lock);
	if (e->flow == flow)
		slc_hs_unreachable(&e->hs, seq, &out);
	/* As one that was silent, but nobody has waited for it. */
	if (out.why != SLC_HS_FINE && gone)
		slc_health_failed(e->flow);
	if (out.why != SLC_HS_FINE)
		slc_handshake_failed(e, &out, &todo);
	spin_unlock(&e->lock);
	slc_todo_run(&todo);
}

unsigned int slc_handshake_begin(struct slc_pkt *pkt,
				 const struct slc_tcpopts *o,
				 const struct slc_service_entry *svc,
				 const struct slc_hs *cookie)
{
	const struct slc_service_cfg *cfg = &svc->rules->cfg;
	const struct slc_addr *to = cfg->has_to ? &cfg->to_addr :
						  &pkt->tuple.dst;
	struct slc_service *service = svc->service;
	struct slc_net *sn = pkt->sn;
	struct dst_entry *in, *out;
	struct slc_todo todo;
	struct slc_tuple rev;
	struct slc_early *e;
	int err;

	/* The sender is judged; which backend it will be is not known yet. */
	in = svc->pool ? slc_route_forward(pkt, to) : slc_route_in(pkt, to);
	if (IS_ERR(in))
		return slc_pkt_refuse(pkt, service,
				      PTR_ERR(in) == -EXDEV ?
				      SLUICE_STAT_RP_FILTERED :
				      SLUICE_STAT_NOT_LOCAL);
	slc_tuple_reverse(&rev, &pkt->tuple);
	out = slc_route_out(sn, &rev, pkt->skb->dev->ifindex, pkt->skb->mark);
	if (IS_ERR(out)) {
		dst_release(in);
		return slc_pkt_refuse(pkt, service, SLUICE_STAT_RP_FILTERED);
	}

	e = slc_early_alloc(sn, svc, &pkt->tuple, out, handshake_timeout);
	if (IS_ERR(e)) {
		dst_release(in);
		return slc_pkt_refuse(pkt, service,
				      slc_alloc_stat(PTR_ERR(e)));
	}
	e->route_in = in;
	e->cookie_in = slc_route_cookie(in, slc_addr_family(to));
	e->cookie_out = slc_route_cookie(out, pkt->tuple.family);
	e->mark = pkt->skb->mark;
	e->ifindex = pkt->skb->dev->ifindex;

	slc_todo_init(&todo, sn);
	spin_lock(&e->lock);
	if (cookie) {
		e->hs = *cookie;
	} else {
		struct slc_hs_offer offer;

		slc_handshake_offer(service, &offer);
		slc_hs_listen(&e->hs, &pkt->seg, o, &offer,
			      slc_isn(&sn->key[0], &pkt->tuple,
				      (u32)(ktime_get_ns() >> 6)),
			      slc_now_ms(), slc_ts_offset(&sn->key[1],
							  &pkt->tuple));
	}
	e->hs.bare = cfg->accept_proxy == SLUICE_ACCEPT_PROXY_NONE;
	err = slc_early_insert(e);
	if (!err) {
		if (!cookie) {
			slc_handshake_send(e, &todo, SLC_TCP_SYN | SLC_TCP_ACK,
					   slc_now_ms());
			e->synack_us = slc_now_us();
		}
		slc_handshake_rearm(e);
		trace_sluice_handshake(sn->net, &e->key, &e->hs, 0);
	}
	spin_unlock(&e->lock);
	if (err && err != -EEXIST)
		return slc_pkt_refuse(pkt, service, SLUICE_STAT_NO_MEMORY);

	/* Another CPU that had the same SYN answers it. */
	slc_todo_run(&todo);
	if (!cookie)
		return slc_pkt_consume(pkt);

	/* The ACK that brought a cookie back may bear the header too. Where
	 * another CPU was faster it is for that handshake: unless that is over,
	 * or a late SYN's, which would reset whom a cookie has answered.
	 */
	if (err) {
		e = slc_early_lookup(sn, &pkt->tuple);
		if (!e || e->hs.iss != cookie->iss)
			return slc_pkt_consume(pkt);
	}
	return slc_handshake(pkt, e);
}

/* The gatherer's part: look for the header, and when it is whole make the
 * flow. Takes @out further.
 */
static void handshake_take(struct slc_early *e, struct slc_pkt *pkt,
			   struct slc_hs_out *out)
{
	u8 small[SLC_GATHER_SMALL] slc_uninitialized;
	struct slc_pp pp = { };
	const u8 *hdr = NULL;
	int why = 0;
	int len;

	len = slc_gather(e, pkt, out->skip, out->take, small, &pp, &hdr);
	if (len == -ENOMEM)
		why = SLUICE_STAT_NO_MEMORY;
	else if (len < 0)
		why = slc_gather_stat(pp.err);
	else if (len > 0)
		why = slc_connect(e, pkt, &pp, hdr);

	slc_hs_gathered(&e->hs, &pkt->seg, out, why ? -1 : len, slc_now_ms());
	if (why)
		slc_handshake_refuse(e, why);
}

/* The same, where no header is awaited. */
static void handshake_choose(struct slc_early *e, struct slc_pkt *pkt,
			     struct slc_hs_out *out)
{
	int why = slc_connect(e, pkt, NULL, NULL);

	slc_hs_chosen(&e->hs, &pkt->seg, out, !why, slc_now_ms());
	if (why)
		slc_handshake_refuse(e, why);
}

/* Keep a packet until the application has answered. */
static bool handshake_hold(struct slc_early *e, struct sk_buff *skb)
{
	if (e->charged + skb->truesize >
	    sizeof(*e) + e->buf_size + SLC_EARLY_HOLD_MAX)
		return false;
	/* The route it came with is not the one it will take. */
	skb_dst_drop(skb);
	slc_secpath_forget(skb, e->flow->secpath);
	nf_reset_ct(skb);
	slc_early_charge(e, skb->truesize);
	__skb_queue_tail(&e->held, skb);
	return true;
}

unsigned int slc_handshake(struct slc_pkt *pkt, struct slc_early *e)
{
	struct slc_net *sn = pkt->sn;
	struct slc_hs_out out;
	struct slc_tcpopts o;
	bool held = false;
	struct slc_todo todo;
	u8 state;

	if (!slc_pkt_checksum_ok(pkt) || !slc_pkt_options(pkt, &o))
		return slc_pkt_refuse(pkt, NULL, SLUICE_STAT_BAD_PACKET);

	slc_todo_init(&todo, sn);
	spin_lock(&e->lock);
	state = e->hs.state;
	if (state >= SLC_HS_DONE) {
		struct slc_half *half;

		spin_unlock(&e->lock);
		/* Between our two lookups it was published, or given up. */
		half = slc_flow_lookup(sn, &pkt->tuple);
		if (!half)
			return slc_pkt_refuse(pkt, NULL, SLUICE_STAT_NO_FLOW);
		return slc_relay_in(pkt, half);
	}

	slc_hs_outer(&e->hs, &pkt->seg, slc_now_ms(), &out);
	handshake_repeats(e, &out);
	if (e->synack_us && state == SLC_HS_HALF_OPEN &&
	    e->hs.state == SLC_HS_GATHER)
		e->rtt_us = slc_now_us() - e->synack_us ?: 1;
	if (out.act & SLC_HS_DO_TAKE)
		handshake_take(e, pkt, &out);
	if (out.act & SLC_HS_DO_CHOOSE)
		handshake_choose(e, pkt, &out);
	if (out.why != SLC_HS_FINE)
		slc_handshake_refuse(e, slc_early_stat(&e->hs, out.why));
	if (out.act & SLC_HS_DO_HOLD) {
		held = handshake_hold(e, pkt->skb);
		if (!held)
			slc_handshake_refuse(e, SLUICE_STAT_HOLD_LIMIT);
	}
	handshake_act(e, &out, &todo);
	if (e->hs.state < SLC_HS_DONE && e->hs.state != state) {
		if (state == SLC_HS_HALF_OPEN)
			e->since = jiffies;
		slc_handshake_rearm(e);
		trace_sluice_handshake(sn->net, &e->key, &e->hs, 0);
	}
	spin_unlock(&e->lock);

	if (out.act & SLC_HS_DO_RST_REPLY)
		slc_rst_reply(pkt);
	slc_todo_run(&todo);
	slc_early_shrink(sn);
	if (held)
		return NF_STOLEN;
	return out.why == SLC_HS_FINE ? slc_pkt_consume(pkt) : NF_DROP;
}
