// SPDX-License-Identifier: GPL-2.0
/*
 * Resets: of both legs of a flow, and in answer to strays.
 */
#include <linux/netdevice.h>
#include <net/dst.h>

#include "mode/mode.h"
#include "obj/flow.h"
#include "obj/service.h"
#include "path/early.h"
#include "path/handshake.h"
#include "path/route.h"
#include "path/seg.h"

void slc_rst_reply(struct slc_pkt *pkt)
{
	const struct slc_hs_seg *s = &pkt->seg;
	struct slc_tuple rev;
	struct slc_seg seg = {
		.tuple = &rev,
	};
	struct dst_entry *dst;
	struct slc_todo todo;

	if (s->flags & SLC_TCP_RST)
		return;
	if (s->flags & SLC_TCP_ACK) {
		seg.seq = s->ack;
		seg.flags = SLC_TCP_RST;
	} else {
		seg.ack = s->seq + s->len + !!(s->flags & SLC_TCP_SYN) +
			  !!(s->flags & SLC_TCP_FIN);
		seg.flags = SLC_TCP_RST | SLC_TCP_ACK;
	}

	slc_tuple_reverse(&rev, &pkt->tuple);
	dst = slc_route_out(pkt->sn, &rev, pkt->skb->dev->ifindex,
			    pkt->skb->mark);
	if (IS_ERR(dst))
		return;
	slc_todo_init(&todo, pkt->sn);
	slc_seg_out(&todo, &seg, dst);
	dst_release(dst);
	slc_todo_run(&todo);
}

/* A reset must bear the number that its receiver expects next. That is what
 * it acknowledged last, or what it was sent last, whichever arrived.
 */
static void reset_out(struct slc_flow *flow, struct slc_todo *todo)
{
	const struct slc_half *in = &flow->half[SLC_IN];
	const struct slc_half *out = &flow->half[SLC_OUT];
	u32 acked = READ_ONCE(in->ack);
	u32 end = test_bit(SLC_FLOW_DIRECT, &flow->flags) ? acked :
		  READ_ONCE(out->seq_end) + out->xlate.seq_add;
	struct slc_tuple t;
	struct slc_seg seg = {
		.tuple = &t,
		.seq = end,
		.ack = READ_ONCE(in->seq_end),
		.flags = SLC_TCP_RST | SLC_TCP_ACK,
	};
	struct dst_entry *dst;

	slc_tuple_reverse(&t, &in->key);
	dst = slc_route_sender(flow);
	if (IS_ERR(dst))
		return;
	slc_seg_out(todo, &seg, dst);
	if (acked != end) {
		seg.seq = acked;
		slc_seg_out(todo, &seg, dst);
	}
	dst_release(dst);
}

/* As the client's packets go, in the tunnel that they are in. */
static void reset_direct(const struct slc_flow *flow, const struct slc_seg *seg,
			 struct dst_entry *dst, struct slc_todo *todo)
{
	struct sk_buff *skb;

	if (!dst || !slc_seg_out(todo, seg, dst) || !flow->mode->wrap)
		return;
	skb = __skb_dequeue_tail(&todo->out);
	if (flow->mode->wrap(skb, flow, dst))
		kfree_skb(skb);
	else
		__skb_queue_tail(&todo->out, skb);
}

static void reset_in(struct slc_flow *flow, struct slc_todo *todo)
{
	const struct slc_half *in = &flow->half[SLC_IN];
	const struct slc_half *out = &flow->half[SLC_OUT];
	struct dst_entry *dst = rcu_dereference(in->dst);
	bool direct = test_bit(SLC_FLOW_DIRECT, &flow->flags);
	u32 end = READ_ONCE(in->seq_end);
	u32 acked = direct ? end : READ_ONCE(out->ack);
	struct slc_tuple t;
	struct slc_seg seg = {
		.tuple = &t,
		.secpath = flow->secpath,
		.seq = end,
		.ack = direct ? READ_ONCE(in->ack) : READ_ONCE(out->seq_end),
		.flags = SLC_TCP_RST | SLC_TCP_ACK,
	};
	struct net_device *dev;

	/* An output route is one to a backend that gets packets as they are. */
	if (test_bit(SLC_FLOW_KEPT, &flow->flags)) {
		t = in->key;
		if (!READ_ONCE(in->dst_ifindex)) {
			reset_direct(flow, &seg, dst, todo);
			return;
		}
	} else {
		slc_tuple_reverse(&t, &out->key);
	}
	dev = slc_seg_dev(flow->sn->net, &t.dst, flow->ifindex);
	/* The device may be gone; the connection is to end all the same. */
	if (!dev)
		dev = flow->sn->net->loopback_dev;
	if (!dst)
		return;
	/* A client on this host speaks to its backend by an output route. */
	if (test_bit(SLC_FLOW_NAT, &flow->flags) && !flow->ifindex) {
		slc_seg_out(todo, &seg, dst);
		if (acked != end) {
			seg.seq = acked;
			slc_seg_out(todo, &seg, dst);
		}
		return;
	}
	slc_seg_in(todo, &seg, dst, dev, flow->mark);
	if (acked != end) {
		seg.seq = acked;
		slc_seg_in(todo, &seg, dst, dev, flow->mark);
	}
}

void slc_rst_inner(const struct slc_flow *flow, u32 seq, struct slc_todo *todo)
{
	const struct slc_half *out = &flow->half[SLC_OUT];
	struct dst_entry *dst = rcu_dereference(flow->half[SLC_IN].dst);
	struct net_device *dev;
	struct slc_tuple t;
	struct slc_seg seg = {
		.tuple = &t,
		.secpath = flow->secpath,
		.seq = seq,
		.flags = SLC_TCP_RST,
	};

	slc_tuple_reverse(&t, &out->key);
	dev = slc_seg_dev(flow->sn->net, &t.dst, flow->ifindex);
	if (dst && dev)
		slc_seg_in(todo, &seg, dst, dev, flow->mark);
}

bool slc_flow_reset(struct slc_flow *flow, int why)
{
	/* Pairs with the release in slc_early_finish(). */
	struct slc_early *e = smp_load_acquire(&flow->early);
	struct slc_todo todo;
	bool ended;

	/* Unless it was published, or left for another, before we had its lock. */
	if (e && slc_early_drop(e, flow, why))
		return true;
	slc_todo_init(&todo, flow->sn);
	ended = slc_flow_end(flow, SLUICE_FLOW_STATE_RESET, why);
	/* Datagrams have nothing to say it with. */
	if (ended && flow->half[SLC_IN].key.proto == IPPROTO_TCP) {
		reset_out(flow, &todo);
		reset_in(flow, &todo);
	}
	slc_flow_kill(flow);
	slc_todo_run_task(&todo);
	return ended;
}
