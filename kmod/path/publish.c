// SPDX-License-Identifier: GPL-2.0
/*
 * The application's part in a handshake, and the flow that it ends in. See
 * handshake.h.
 */
#include <linux/netdevice.h>
#include <net/tcp.h>

#include "obj/flow.h"
#include "obj/health.h"
#include "obj/service.h"
#include "path/handshake.h"
#include "path/relay.h"
#include "path/rewrite.h"
#include "path/route.h"
#include "path/send.h"
#include "trace.h"

/* Make a packet that was held the application's: 0; -ENODATA if it is all
 * header; or an error for slc_relay_stat().
 */
static int publish_unhold(const struct slc_early *e, struct slc_flow *flow,
			  struct slc_pkt *pkt)
{
	u32 end = e->hs.irs + 1 + e->hs.header_len;
	int err;

	if (slc_pkt_parse(pkt, e->key.family, false) != SLC_PKT_TCP)
		return -EINVAL;
	if (slc_seq_before(pkt->seg.seq, end)) {
		err = slc_rewrite_cut(pkt, end - pkt->seg.seq);
		if (err)
			return err;
	}
	slc_relay_track(pkt, &flow->half[SLC_IN]);
	return slc_relay_rewrite_first(pkt, &flow->half[SLC_IN]);
}

/* Give the application what the sender sent meanwhile. */
static bool publish_release(struct slc_early *e, struct slc_flow *flow,
			    struct sk_buff_head *held,
			    struct slc_todo *todo)
{
	struct net_device *dev = slc_handshake_dev(e, flow);
	struct sk_buff *skb;
	bool any = false;

	while ((skb = __skb_dequeue(held))) {
		struct slc_pkt pkt = { .skb = skb, .sn = e->sn };
		int err = dev ? publish_unhold(e, flow, &pkt) : -ENODEV;

		if (!err) {
			slc_relay_mark(skb, flow);
			slc_seg_requeue(todo, skb, e->route_in, dev);
			any = true;
		} else if (err == -ENODATA) {
			consume_skb(skb);
		} else {
			slc_handshake_refuse(e, slc_relay_stat(err));
			kfree_skb(skb);
		}
	}
	return any;
}

/* Of a sender whose header is all it has to say, as where the server speaks first, each
 * side wants to know that it was heard.
 */
static void publish_acks(struct slc_early *e, const struct slc_hs_seg *synack,
			 const struct slc_tcpopts *o, u32 now_ms,
			 struct slc_todo *todo)
{
	struct slc_hs *hs = &e->hs;
	struct slc_seg seg = {
		.seq = hs->inner_iss + 1,
		.ack = synack->seq + 1,
		.flags = SLC_TCP_ACK,
		.win = e->flow->inner_win,
		.opts.has_ts = hs->opts & SLC_HS_TS,
		.opts.tsval = hs->inner_ts,
		.opts.tsecr = o->tsval,
	};

	/* A header of ours has said so. */
	if (!hs->added)
		slc_handshake_seg_in(e, todo, &seg);
	if (!hs->header_len)
		return;
	hs->rcv_acked = hs->irs + 1 + hs->header_len;
	hs->rcv_wnd = synack->win;
	/* By the same clock, or what the application says next goes back. */
	slc_handshake_send(e, todo, SLC_TCP_ACK, now_ms);
}

/* The application has answered: freeze the numbers, publish the flow. */
static bool publish_flow(struct slc_early *e, const struct slc_pkt *pkt,
			 const struct slc_hs_seg *synack,
			 const struct slc_tcpopts *o, struct slc_todo *todo)
{
	struct slc_flow *flow = e->flow;
	struct slc_half *in = &flow->half[SLC_IN];
	struct slc_half *out = &flow->half[SLC_OUT];
	const struct slc_hs *hs = &e->hs;
	u32 end = hs->irs + 1 + hs->header_len;
	u32 now_ms = slc_now_ms();
	struct sk_buff_head held;

	if (!slc_hs_freeze(hs, synack, o, now_ms, &in->xlate, &out->xlate))
		slc_count(e->sn, e->service, SLUICE_STAT_DOWNGRADED);
	if (hs->opts & SLC_HS_WSCALE && o->has_wscale)
		WRITE_ONCE(e->service->learned, 0x100 | o->wscale);

	flow->inner_win = slc_win_scale(hs->peer_win, in->xlate.win_shift);
	flow->inner_tsval = o->tsval;
	slc_flow_has_socket(flow, pkt);
	in->seq_end = end;
	in->ack = hs->iss + 1;
	in->wscale = hs->peer_wscale;
	in->win = (u32)hs->peer_win << hs->peer_wscale;
	out->seq_end = synack->seq + 1;
	out->ack = end;
	out->wscale = out->xlate.win_shift + hs->our_wscale;
	/* What came before it answered counts against our offer. */
	out->win = max_t(u32, synack->win, SLC_HS_SYN_WINDOW);
	slc_route_set(in, dst_clone(e->route_in), e->cookie_in, e->ifindex);
	slc_route_set(out, dst_clone(e->route_out), e->cookie_out, 0);

	WRITE_ONCE(flow->state, SLUICE_FLOW_STATE_ESTABLISHED);
	if (slc_flow_insert(in))
		return false;
	slc_early_count(e, SLUICE_STAT_FLOWS_OPENED);
	trace_sluice_flow(flow, SLUICE_FLOW_STATE_ESTABLISHED, 0);

	__skb_queue_head_init(&held);
	skb_queue_splice_init(&e->held, &held);
	if (!publish_release(e, flow, &held, todo))
		publish_acks(e, synack, o, now_ms, todo);
	return true;
}

/* The application has taken our SYN, and is to have a header of ours first. */
static void publish_begin_send(struct slc_early *e, const struct slc_pkt *pkt,
			       const struct slc_tcpopts *o,
			       struct slc_todo *todo)
{
	e->send->synack = pkt->seg;
	e->send->opts = *o;
	slc_early_count(e, SLUICE_STAT_HEADER_SENT);
	slc_send_header(e, todo);
	slc_handshake_rearm(e);
	trace_sluice_handshake(e->sn->net, &e->key, &e->hs, 0);
}

static bool publish(struct slc_early *e, const struct slc_pkt *pkt,
		    const struct slc_tcpopts *o, struct slc_todo *todo)
{
	const struct slc_hs_seg *synack = &pkt->seg;

	slc_health_answered(e->flow);
	if (e->hs.added) {
		synack = &e->send->synack;
		o = &e->send->opts;
	}
	if (!publish_flow(e, pkt, synack, o, todo))
		return false;
	slc_early_finish(e, SLC_HS_DONE);
	return true;
}

/* A packet of the application's, by what the machine says of it. @e->lock held.
 *
 * Return: true if the flow begins.
 */
static bool publish_inner(struct slc_early *e, const struct slc_pkt *pkt,
			  const struct slc_tcpopts *o, struct slc_todo *todo)
{
	bool asked = e->hs.state == SLC_HS_CONNECT;
	struct slc_hs_out out;

	slc_hs_inner(&e->hs, &pkt->seg, &out);
	if (asked && e->hs.state > SLC_HS_CONNECT && e->flow->syn_us)
		slc_health_rtt(e->flow, slc_now_us() - e->flow->syn_us);
	if (out.act & SLC_HS_DO_SEND) {
		if (asked)
			publish_begin_send(e, pkt, o, todo);
		else
			slc_send_header(e, todo);
	}
	if (out.act & SLC_HS_DO_PUBLISH) {
		if (publish(e, pkt, o, todo))
			return true;
		slc_handshake_refuse(e, SLUICE_STAT_NO_MEMORY);
		out.act = SLC_HS_DO_RESET;
	}
	if (out.why != SLC_HS_FINE || out.act & SLC_HS_DO_RESET)
		slc_handshake_failed(e, &out, todo);
	return false;
}

unsigned int slc_handshake_inner(struct slc_pkt *pkt, struct slc_early *e,
				 struct slc_flow *flow)
{
	bool begun = false, sent, done, says;
	struct slc_tcpopts o;
	struct slc_todo todo;

	/* A backend's is acted on here, and its numbers are kept. */
	if (!slc_pkt_checksum_ok(pkt) || !slc_pkt_options(pkt, &o))
		return slc_pkt_refuse(pkt, e->service, SLUICE_STAT_BAD_PACKET);

	slc_todo_init(&todo, pkt->sn);
	spin_lock(&e->lock);
	if (e->flow && e->flow != flow) {
		spin_unlock(&e->lock);
		return slc_retry_late(pkt, flow);
	}
	sent = e->hs.state == SLC_HS_SENT;
	/* Another CPU has been faster: this packet is the flow's. */
	done = e->hs.state == SLC_HS_DONE;
	if (sent || e->hs.state == SLC_HS_CONNECT)
		begun = publish_inner(e, pkt, &o, &todo);
	spin_unlock(&e->lock);

	if (begun)
		slc_flow_begun(flow);
	slc_todo_run(&todo);
	/* What acknowledges our header may say something, too. */
	says = pkt->seg.len || pkt->seg.flags & SLC_TCP_FIN;
	return done || (begun && sent && says) ?
	       slc_relay_out(pkt, &flow->half[SLC_OUT]) : slc_pkt_consume(pkt);
}
