// SPDX-License-Identifier: GPL-2.0
/*
 * Client and application, from the header: may they meet? See handshake.h.
 */
#include <linux/slab.h>
#include <net/inet_timewait_sock.h>
#include <net/l3mdev.h>

#include "compat.h"
#include "mode/mode.h"
#include "obj/config.h"
#include "obj/flow.h"
#include "obj/pick.h"
#include "obj/pool.h"
#include "obj/service.h"
#include "path/client.h"
#include "path/handshake.h"
#include "path/rewrite.h"
#include "path/route.h"
#include "path/secpath.h"
#include "path/send.h"
#include "path/steer.h"

int slc_socket_find(struct net_device *dev, const struct slc_tuple *t,
		    bool recycle)
{
	struct net *net = dev_net(dev);
	int master, dif, sdif;
	struct sock *sk;

	/* As slc_seg_dev() does it */
	if (t->family == SLC_FAMILY_IPV6 && slc_addr_is_loopback(&t->dst))
		dev = net->loopback_dev;
	master = l3mdev_master_ifindex_rcu(dev);
	dif = master ? master : dev->ifindex;
	sdif = master ? dev->ifindex : 0;

	if (t->family == SLC_FAMILY_IPV4)
		sk = slc_inet_lookup_established(net, slc_addr_v4_get(&t->src),
						 t->sport,
						 slc_addr_v4_get(&t->dst),
						 ntohs(t->dport), dif, sdif);
	else
		sk = slc_inet6_lookup_established(net, (const void *)&t->src,
						  t->sport,
						  (const void *)&t->dst,
						  ntohs(t->dport), dif, sdif);
	if (!sk)
		return 0;
	if (recycle && sk->sk_state == TCP_TIME_WAIT) {
		inet_twsk_deschedule_put(inet_twsk(sk));
		return 1;
	}
	sock_gen_put(sk);
	return -EADDRINUSE;
}

bool slc_socket_is(const struct slc_pkt *pkt)
{
	const struct slc_tuple *t = &pkt->tuple;
	const struct sock *sk = pkt->skb->sk;

	if (!sk || sk->sk_num != ntohs(t->sport) ||
	    (sk_fullsock(sk) && sk->sk_protocol != IPPROTO_TCP))
		return false;
	/* These three are where request sockets and those in TIME_WAIT have
	 * them, too.
	 */
	if (sk->sk_dport != t->dport)
		return false;
	if (t->family == SLC_FAMILY_IPV4)
		return sk->sk_rcv_saddr == slc_addr_v4_get(&t->src) &&
		       sk->sk_daddr == slc_addr_v4_get(&t->dst);
	return !memcmp(&sk->sk_v6_rcv_saddr, &t->src, sizeof(t->src)) &&
	       !memcmp(&sk->sk_v6_daddr, &t->dst, sizeof(t->dst));
}

/**
 * struct slc_connect_to - where a connection goes
 * @inner: tuple of what its application or backend is to be sent
 * @choice: the backend, if it is one
 * @route: to it; referenced
 */
struct slc_connect_to {
	struct slc_tuple inner;
	struct slc_choice choice;
	struct dst_entry *route;
};

/* Has the application no socket any more for a flow that had one? It may have
 * gone without a word: after a time in FIN_WAIT2, or of silence.
 */
static bool connect_forgotten(const struct slc_pkt *pkt,
			      const struct slc_flow *old,
			      const struct slc_tuple *inner)
{
	struct net_device *dev;

	/* As long as it is being made, its other half may yet go into the
	 * table. Pairs with slc_early_finish().
	 */
	if (smp_load_acquire(&old->early) ||
	    !test_bit(SLC_FLOW_SOCKET, &old->flags))
		return false;
	smp_rmb(); /* the flag before the socket, see slc_flow_has_socket() */
	/* Its socket may be bound to the device that it came in by. */
	dev = dev_get_by_index_rcu(pkt->sn->net, old->ifindex);
	return dev && slc_socket_find(dev, inner, true) >= 0;
}

/* Put the application's half into the table. A connection that is over, or
 * that the application has forgotten, makes room; a live one does not.
 */
static int connect_claim(const struct slc_pkt *pkt, struct slc_flow *flow,
			 const struct slc_tuple *inner)
{
	struct slc_net *sn = pkt->sn;
	struct slc_half *half = &flow->half[SLC_OUT];
	struct slc_half *found;
	struct slc_flow *old;
	int tries = 2;
	int err;

	while ((err = slc_flow_insert(half)) == -EEXIST && tries--) {
		found = slc_flow_lookup(sn, &half->key);
		if (!found)
			continue;
		old = slc_half_flow(found);
		if (!slc_flow_spent(old)) {
			if (!connect_forgotten(pkt, old, inner))
				return -EADDRINUSE;
			slc_flow_end(old, SLUICE_FLOW_STATE_RESET,
				     SLUICE_STAT_FLOWS_EXPIRED);
		}
		/* Its sender hears of it when it next says something. */
		slc_flow_kill(old);
	}
	return err == -EEXIST ? -EADDRINUSE : err;
}

/* Up to 4 kB of a sender whose application has not answered: of its budget. */
static int connect_header(struct slc_early *e, struct slc_flow *flow,
			  const struct slc_pp *pp, const u8 *hdr)
{
	int err = slc_client_keep(flow, pp, hdr + pp->tlv_off);

	if (flow->header)
		slc_early_charge(e, struct_size(flow->header, tlv,
						flow->header->len));
	return err;
}

/* The same, of the flow that another one is to take the place of. */
static int connect_header_again(struct slc_flow *flow,
				const struct slc_flow *old)
{
	const struct slc_header *header = old->header;

	flow->version = old->version;
	flow->is_local = old->is_local;
	if (!header)
		return 0;
	flow->header = kmemdup(header, struct_size(header, tlv, header->len),
			       GFP_ATOMIC | __GFP_NOWARN);
	return flow->header ? 0 : -ENOMEM;
}

/* The route by which the inner leg goes, instead of the one that was known. */
static void connect_route(struct slc_early *e, struct dst_entry *dst, u8 family)
{
	dst_release(e->route_in);
	e->route_in = dst;
	e->cookie_in = slc_route_cookie(dst, family);
}

/* Where it goes on this host: as the service says, or in the client's family. */
static int connect_here(struct slc_early *e, struct slc_pkt *pkt,
			const struct slc_pp *pp, struct slc_tuple *inner)
{
	const struct slc_service_cfg *cfg = &e->rules->cfg;
	const struct slc_addr *to = cfg->has_to ? &cfg->to_addr : &e->key.dst;
	struct dst_entry *dst;
	int found, why;

	/* What the header says of its destination is the sender's affair:
	 * the application is where the service says.
	 */
	inner->dst = *to;
	if (cfg->to_port)
		inner->dport = htons(cfg->to_port);
	if (pp->has_addr && !slc_client_ok(pkt, inner))
		return SLUICE_STAT_CLIENT_REFUSED;
	if (!slc_client_meets(pkt, pp, inner))
		return SLUICE_STAT_FAMILY_REFUSED;
	/* The handshake has a route to where the service says. */
	if (!slc_addr_eq(&inner->dst, to)) {
		dst = slc_route_in(pkt, &inner->dst);
		if (IS_ERR(dst))
			return SLUICE_STAT_FAMILY_REFUSED;
		connect_route(e, dst, inner->family);
	}
	why = slc_client_back(pkt, inner, pp->has_addr);
	if (why)
		return why;

	/* A live connection that bears this tuple would be the one to suffer. */
	found = slc_socket_find(pkt->skb->dev, inner, true);
	if (found < 0)
		return SLUICE_STAT_CLIENT_IN_USE;
	if (found)
		slc_count(e->sn, e->service, SLUICE_STAT_TIME_WAIT_RECYCLED);
	return 0;
}

/* The service's pool, as that is now */
static const struct slc_pool_entry *connect_pool_of(const struct slc_early *e)
{
	const struct slc_service_entry *svc;

	svc = slc_config_service_rcu(e->sn, e->service->id);
	return svc ? svc->pool : NULL;
}

/* Where it goes by the service's pool, as that is now: to the first backend to which
 * there is a way.
 *
 * Return: 0 or enum sluice_stat.
 */
static int connect_pool(struct slc_early *e, struct slc_pkt *pkt,
			const struct slc_tuple *client, bool named,
			struct slc_connect_to *to)
{
	const struct slc_pool_entry *pool = connect_pool_of(e);
	int why = 0, back;

	for (;;) {
		to->inner = *client;
		to->choice = slc_pick(e->sn, pool, client, e->tried, true);
		/* The handshake may be older than what the pool does now. */
		if (to->choice.backend && to->choice.mode->caps & SLC_MODE_DIRECT) {
			slc_pick_untry(&to->choice);
			to->choice.backend = NULL;
		}
		if (!to->choice.backend)
			return why ?: slc_client_nobody(pool, client->family,
							e->key.family);
		slc_steer_to(&to->inner, to->choice.backend);
		if (named && !slc_client_ok(pkt, &to->inner))
			return SLUICE_STAT_CLIENT_REFUSED;
		back = slc_client_pool_back(pkt, &to->inner, to->choice.mode);
		if (back)
			return back;
		to->route = slc_route_forward(pkt, &to->inner.dst);
		if (!IS_ERR(to->route))
			return 0;
		why = SLUICE_STAT_CONNECT_UNREACHABLE;
		if (!e->hs.spare ||
		    !slc_early_tried(e, to->choice.backend->id))
			return why;
		e->hs.spare--;
	}
}

/* How often may it be another one? */
static u8 connect_spare(const struct slc_early *e)
{
	const struct slc_pool_entry *pool = connect_pool_of(e);

	return pool ? pool->rules->cfg.retries : 0;
}

/* The client of a handshake: the sender, or whom a header names instead */
static struct slc_tuple connect_client(const struct slc_early *e,
				       const struct slc_endpoint *named)
{
	struct slc_tuple client = e->key;

	if (named) {
		client.src = named->addr;
		client.sport = named->port;
		client.family = slc_addr_family(&client.src);
	}
	return client;
}

/* A sender that has this very address is live, too. */
static bool connect_is_sender(const struct slc_early *e,
			      const struct slc_tuple *inner)
{
	struct slc_tuple t = *inner;
	struct slc_half *other;

	t.side = SLC_SIDE_OUTER;
	if (slc_tuple_eq(&t, &e->key))
		return false;
	if (slc_early_lookup(e->sn, &t))
		return true;
	other = slc_flow_lookup(e->sn, &t);
	return other && !slc_flow_spent(slc_half_flow(other));
}

/* A flow of this handshake, all but its legs and its header. */
static struct slc_flow *connect_flow(struct slc_early *e,
				     const struct slc_pkt *pkt,
				     const struct slc_tuple *inner)
{
	struct slc_flow *flow;

	flow = slc_flow_alloc(e->sn, e->service, &e->rules->cfg);
	if (IS_ERR(flow))
		return flow;
	flow->state = SLUICE_FLOW_STATE_CONNECT;
	flow->ifindex = e->ifindex;
	flow->rtt_us = e->rtt_us;
	flow->outer_mark = e->mark;
	flow->early = e;
	flow->secpath = slc_secpath_get(pkt->skb, &e->key, inner);
	return flow;
}

/* Into the table with it: SYNs may go. */
static int connect_bind(struct slc_early *e, struct slc_pkt *pkt,
			struct slc_flow *flow, struct slc_connect_to *to)
{
	const struct slc_choice *choice = &to->choice;
	struct slc_send *send;
	int err;

	if (!choice->backend) {
		slc_rewrite_legs(flow, &e->key, &to->inner);
		return connect_claim(pkt, flow, &to->inner);
	}
	if (choice->sched->feedback)
		flow->sched = choice->sched;
	flow->syn_us = slc_now_us();
	err = slc_send_make(e, flow, choice, &send);
	if (err)
		return err;
	err = slc_steer_bind(pkt, flow, choice, &e->key, &to->inner,
			     connect_claim);
	if (err)
		kfree(send);
	else
		slc_send_begin(e, send);
	return err;
}

int slc_connect(struct slc_early *e, struct slc_pkt *pkt,
		const struct slc_pp *pp, const u8 *hdr)
{
	bool named = pp && pp->has_addr;
	struct slc_connect_to to = { };
	struct slc_tuple client;
	struct slc_flow *flow;
	int why, err;

	if (pp)
		slc_count(e->sn, e->service, slc_client_stat(pp));

	client = connect_client(e, named ? &pp->src : NULL);
	if (!e->rules->cfg.pool) {
		to.inner = client;
		why = connect_here(e, pkt, pp, &to.inner);
	} else {
		e->hs.spare = connect_spare(e);
		why = connect_pool(e, pkt, &client, named, &to);
	}
	if (why)
		return why;
	if (to.route)
		connect_route(e, to.route, to.inner.family);
	if (connect_is_sender(e, &to.inner))
		return SLUICE_STAT_CLIENT_IN_USE;

	flow = connect_flow(e, pkt, &to.inner);
	if (IS_ERR(flow))
		return slc_alloc_stat(PTR_ERR(flow));
	err = pp ? connect_header(e, flow, pp, hdr) : 0;
	if (!err)
		err = connect_bind(e, pkt, flow, &to);
	if (err) {
		slc_flow_kill(flow);
		return slc_steer_stat(err);
	}
	e->flow = flow;
	slc_early_charge(e, sizeof(*flow));
	return 0;
}

/* By the next backend of those that are left: the flow, or NULL if it is none. */
static struct slc_flow *connect_next(struct slc_early *e, struct slc_pkt *pkt,
				     struct slc_connect_to *to)
{
	const struct slc_flow *old = e->flow;
	bool named = old->version && !old->is_local;
	struct slc_tuple client;
	struct slc_flow *flow;

	client = connect_client(e, named ? &old->header->src : NULL);
	e->hs.spare--;
	if (connect_pool(e, pkt, &client, named, to))
		return NULL;
	if (connect_is_sender(e, &to->inner))
		goto err_route;
	flow = connect_flow(e, pkt, &to->inner);
	if (IS_ERR(flow))
		goto err_route;
	if (!connect_header_again(flow, old) && !connect_bind(e, pkt, flow, to))
		return flow;
	slc_flow_kill(flow);
err_route:
	dst_release(to->route);
	return NULL;
}

struct slc_flow *slc_connect_again(struct slc_early *e, struct slc_pkt *pkt,
				   struct dst_entry **route)
{
	struct slc_connect_to to = { };
	struct slc_flow *flow = NULL;
	u32 id = e->flow->backend->id;

	while (!flow && e->hs.spare && slc_early_tried(e, id)) {
		to.choice.backend = NULL;
		flow = connect_next(e, pkt, &to);
		if (!to.choice.backend)
			break;
		id = to.choice.backend->id;
	}
	*route = to.route;
	return flow;
}
