// SPDX-License-Identifier: GPL-2.0
/*
 * A backend does not take a connection whose handshake is ours: another one is
 * asked. See handshake.h.
 *
 * What packets read of a flow never changes, so each backend has a flow of its own.
 * The one that is left goes; but if its backend was silent it stays for a while,
 * over: what that backend yet says is answered by a reset, and the port that full NAT
 * has lent for it is nobody else's.
 */
#include <linux/netdevice.h>
#include <net/dst.h>

#include "obj/pool.h"
#include "path/handshake.h"
#include "path/route.h"
#include "path/secpath.h"
#include "path/send.h"
#include "trace.h"

/* The way to another backend is looked up for the sender, who says nothing now. */
static struct slc_flow *retry_flow(struct slc_early *e,
				   struct dst_entry **route)
{
	const struct nf_hook_state state = { .hook = NF_INET_PRE_ROUTING };
	struct slc_pkt pkt = { .sn = e->sn, .state = &state, .tuple = e->key };
	struct net_device *dev;
	struct slc_flow *flow;

	dev = dev_get_by_index_rcu(e->sn->net, e->ifindex);
	if (!dev)
		return NULL;
	pkt.skb = slc_seg_stand_in(e->sn, &e->key, dev, e->mark);
	if (!pkt.skb)
		return NULL;
	slc_secpath_set(pkt.skb, e->flow->secpath);
	flow = slc_connect_again(e, &pkt, route);
	consume_skb(pkt.skb);
	return flow;
}

/* A silent backend may have a socket, or get a SYN that is still under way. */
static void retry_leave_silent(const struct slc_early *e, struct slc_flow *flow,
			       u32 first, u32 end, struct slc_todo *todo)
{
	u32 now = (u32)jiffies;

	slc_route_set(&flow->half[SLC_IN], dst_clone(e->route_in), e->cookie_in,
		      e->ifindex);
	slc_rst_inner(flow, first, todo);
	if (end != first)
		slc_rst_inner(flow, end, todo);
	WRITE_ONCE(flow->half[SLC_IN].last_seen, now);
	WRITE_ONCE(flow->half[SLC_OUT].last_seen, now);
	slc_flow_end(flow, SLUICE_FLOW_STATE_RESET, 0);
}

void slc_retry(struct slc_early *e, struct slc_hs_out *out,
	       struct slc_todo *todo)
{
	bool silent = slc_hs_is_silent(out->why);
	struct slc_flow *left = e->flow, *flow;
	struct dst_entry *route;
	u32 first, end;

	slc_send_expected(&e->hs, &first, &end);

	flow = retry_flow(e, &route);
	if (!flow) {
		slc_hs_last(&e->hs, out);
		return;
	}
	slc_early_count(e, SLUICE_STAT_CONNECT_RETRIED);
	trace_sluice_handshake(e->sn->net, &e->key, &e->hs,
			       SLUICE_STAT_CONNECT_RETRIED);
	if (silent)
		retry_leave_silent(e, left, first, end, todo);

	e->flow = flow;
	dst_release(e->route_in);
	e->route_in = route;
	e->cookie_in = slc_route_cookie(route,
					flow->half[SLC_OUT].key.family);
	/* Who finds the former one by now, and by it this handshake, sees under
	 * the lock that it has another. Pairs with slc_relay_out().
	 */
	smp_store_release(&left->early, NULL);
	if (!silent)
		slc_flow_kill(left);
	slc_hs_retried(&e->hs, out, slc_now_ms());
}

unsigned int slc_retry_late(struct slc_pkt *pkt, const struct slc_flow *flow)
{
	struct slc_todo todo;

	/* An answer to what we asked: it has a socket for it now. */
	if ((pkt->seg.flags & (SLC_TCP_ACK | SLC_TCP_RST)) == SLC_TCP_ACK) {
		slc_todo_init(&todo, pkt->sn);
		slc_rst_inner(flow, pkt->seg.ack, &todo);
		slc_todo_run(&todo);
	}
	return slc_pkt_refuse(pkt, flow->service, SLUICE_STAT_NO_FLOW);
}
