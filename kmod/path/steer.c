// SPDX-License-Identifier: GPL-2.0
/*
 * New flows that are bound by their first packet. See steer.h.
 */
#include <net/tcp.h>

#include "mode/mode.h"
#include "obj/config.h"
#include "obj/flow.h"
#include "obj/pick.h"
#include "obj/pool.h"
#include "obj/service.h"
#include "path/dress.h"
#include "path/forward.h"
#include "path/handshake.h"
#include "path/probe.h"
#include "path/rewrite.h"
#include "path/steer.h"

/* Sources that a flow may try: others have them by accident, if at all. */
#define STEER_SOURCES	8

static bool steer_is_first(const struct slc_pkt *pkt)
{
	return pkt->tuple.proto == IPPROTO_UDP || slc_pkt_is_syn(pkt);
}

/* A connection that nobody knows of, here: it may have been another balancer's,
 * or from before a reload. Whoever has it is to know that it is over.
 */
static unsigned int steer_stray(struct slc_pkt *pkt,
				const struct slc_service *svc)
{
	/* Connections older than the service live on. */
	if (slc_pkt_is_made(pkt) ||
	    slc_socket_find(pkt->skb->dev, &pkt->tuple, false))
		return NF_ACCEPT;
	slc_rst_reply(pkt);
	return slc_pkt_refuse(pkt, svc, SLUICE_STAT_NO_FLOW);
}

/* A connection that another balancer has begun, or this one before it was started anew,
 * and that the hash of a pool leads to the backend that it has. Anybody could make up a
 * segment, so it counts as half open until more of it has been seen.
 */
static void steer_adopt(const struct slc_pkt *pkt, struct slc_flow *flow)
{
	struct slc_half *out = &flow->half[SLC_OUT];
	struct slc_half *in = &flow->half[SLC_IN];

	flow->state = SLUICE_FLOW_STATE_ESTABLISHED;
	in->seq_end = pkt->seg.seq;
	in->ack = pkt->seg.ack;
	/* Scales were said to somebody else. */
	in->wscale = TCP_MAX_WSCALE;
	in->win = (u32)pkt->seg.win << TCP_MAX_WSCALE;
	out->wscale = TCP_MAX_WSCALE;
	out->seq_end = pkt->seg.ack;
	out->ack = pkt->seg.seq;
}

static bool steer_adopts(const struct slc_pkt *pkt,
			 const struct slc_service_entry *svc)
{
	return svc->rules->cfg.adopt == SLUICE_ADOPT_HASH &&
	       !slc_pkt_is_made(pkt) && pkt->seg.flags & SLC_TCP_ACK &&
	       !(pkt->seg.flags & (SLC_TCP_SYN | SLC_TCP_RST)) &&
	       !slc_socket_find(pkt->skb->dev, &pkt->tuple, false);
}

static unsigned int steer_refuse(struct slc_pkt *pkt,
				 const struct slc_service *svc, int why)
{
	/* A socket of this host's can be told without a packet. */
	if (slc_pkt_is_made(pkt)) {
		slc_pkt_refuse(pkt, svc, why);
		return NF_DROP_ERR(-ECONNREFUSED);
	}
	if (pkt->tuple.proto == IPPROTO_TCP)
		slc_rst_reply(pkt);
	return slc_pkt_refuse(pkt, svc, why);
}

/* Has a socket of this host an address and port that were lent to a flow? */
static bool steer_taken(const struct slc_pkt *pkt, const struct slc_tuple *inner)
{
	struct net_device *dev = slc_pkt_is_made(pkt) ?
				 pkt->sn->net->loopback_dev : pkt->skb->dev;
	struct slc_tuple t;

	if (inner->proto != IPPROTO_TCP)
		return false;
	slc_tuple_reverse(&t, inner);
	return slc_socket_find(dev, &t, true) < 0;
}

void slc_steer_to(struct slc_tuple *inner, const struct slc_backend *backend)
{
	inner->dst = backend->addr;
	inner->family = slc_addr_family(&backend->addr);
	if (backend->port)
		inner->dport = htons(backend->port);
}

int slc_steer_bind(const struct slc_pkt *pkt, struct slc_flow *flow,
		   const struct slc_choice *to, const struct slc_tuple *outer,
		   struct slc_tuple *inner,
		   int (*claim)(const struct slc_pkt *pkt, struct slc_flow *flow,
				const struct slc_tuple *inner))
{
	bool again = to->mode->caps & SLC_MODE_OWN_SOURCE;
	unsigned int tries = again ? STEER_SOURCES : 1;
	int err;

	if (outer->proto == IPPROTO_UDP) {
		err = slc_dress_make(to, flow, outer);
		if (err)
			return err;
	}
	slc_flow_bind(flow, to->backend);
	flow->pool_id = to->pool_id;
	flow->persist_s = to->persist_s;
	do {
		err = to->mode->bind(flow, pkt, to, inner);
		if (err)
			return err;
		err = -EADDRINUSE;
		if (again && steer_taken(pkt, inner))
			continue;
		slc_rewrite_legs(flow, outer, inner);
		err = claim(pkt, flow, inner);
	} while (err == -EADDRINUSE && --tries);
	return err;
}

int slc_steer_stat(int err)
{
	switch (err) {
	case -EADDRINUSE:
		return SLUICE_STAT_CLIENT_IN_USE;
	case -EADDRNOTAVAIL:
		return SLUICE_STAT_NO_PORT;
	case -EHOSTUNREACH:
		return SLUICE_STAT_CONNECT_UNREACHABLE;
	case -E2BIG:
		return SLUICE_STAT_HEADER_TOO_LONG;
	default:
		return slc_alloc_stat(err);
	}
}

/* Into the table, the backend's half first. Another client's flow may have the
 * same inner leg, by another service. Of a backend whose answers do not come this way
 * there is none to be found.
 */
static int steer_claim(const struct slc_pkt *pkt, struct slc_flow *flow,
		       const struct slc_tuple *inner)
{
	struct slc_half *out = &flow->half[SLC_OUT];
	struct slc_half *found;
	int err;

	if (test_bit(SLC_FLOW_KEPT, &flow->flags))
		return slc_flow_insert(&flow->half[SLC_IN]);
	err = slc_flow_insert(out);
	if (err == -EEXIST) {
		found = slc_flow_lookup(pkt->sn, &out->key);
		if (found && slc_tuple_eq(&slc_half_flow(found)->half[SLC_IN].key,
					  &pkt->tuple))
			return -EEXIST;
		if (found && !slc_flow_spent(slc_half_flow(found)))
			return -EADDRINUSE;
		if (found)
			slc_flow_kill(slc_half_flow(found));
		err = slc_flow_insert(out);
	}
	return err ?: slc_flow_insert(&flow->half[SLC_IN]);
}

/* Let a flow lead to the application that its service is for. */
static int steer_here(const struct slc_pkt *pkt, struct slc_flow *flow,
		      const struct slc_service_cfg *cfg, struct slc_tuple *inner)
{
	if (cfg->has_reply) {
		__set_bit(SLC_FLOW_COMES, &flow->flags);
		inner->dst = cfg->addr;
		if (cfg->reply_port)
			inner->dport = htons(cfg->port_lo);
	} else {
		inner->dst = cfg->to_addr;
		if (cfg->to_port)
			inner->dport = htons(cfg->to_port);
	}
	slc_rewrite_legs(flow, &pkt->tuple, inner);
	return steer_claim(pkt, flow, inner);
}

/* A flow by one backend, or to this host for none, in the table, or an error. */
static struct slc_flow *steer_flow(struct slc_pkt *pkt,
				   const struct slc_service_entry *svc,
				   const struct slc_choice *to, bool probe)
{
	struct slc_tuple inner = pkt->tuple;
	struct slc_flow *flow;
	int err;

	flow = probe ?
	       slc_flow_alloc_probe(pkt->sn, svc->service, &svc->rules->cfg) :
	       slc_flow_alloc(pkt->sn, svc->service, &svc->rules->cfg);
	if (IS_ERR(flow))
		return flow;
	/* Who checks is no stranger, and must not fail for others. */
	if (!probe &&
	    !slc_flow_fresh(flow, to->backend ? slc_dress_size(to, flow) : 0)) {
		slc_flow_kill(flow);
		return ERR_PTR(-EOVERFLOW);
	}
	__set_bit(SLC_FLOW_NAT, &flow->flags);
	flow->outer_mark = pkt->skb->mark;
	flow->ifindex = slc_pkt_is_made(pkt) ? 0 : pkt->skb->dev->ifindex;
	flow->state = pkt->tuple.proto == IPPROTO_UDP ?
		      SLUICE_FLOW_STATE_ESTABLISHED : SLUICE_FLOW_STATE_CONNECT;
	if (to->backend) {
		if (to->sched->feedback && !probe)
			flow->sched = to->sched;
		if (!steer_is_first(pkt))
			steer_adopt(pkt, flow);
		if (to->mode->caps & SLC_MODE_DIRECT)
			__set_bit(SLC_FLOW_DIRECT, &flow->flags);
		if (to->mode->route) {
			__set_bit(SLC_FLOW_KEPT, &flow->flags);
			flow->mode = to->mode;
		}
		slc_steer_to(&inner, to->backend);
		err = slc_steer_bind(pkt, flow, to, &pkt->tuple, &inner,
				     steer_claim);
	} else {
		err = steer_here(pkt, flow, &svc->rules->cfg, &inner);
	}
	if (!err)
		return flow;
	slc_flow_kill(flow);
	return ERR_PTR(err);
}

static unsigned int steer_failed(struct slc_pkt *pkt,
				 const struct slc_service *svc, int err)
{
	struct slc_half *half;

	switch (err) {
	case -EEXIST:
		/* The same packet on another CPU was faster. */
		half = slc_flow_lookup(pkt->sn, &pkt->tuple);
		if (half)
			return slc_forward_on(pkt, half);
		return slc_pkt_refuse(pkt, svc, SLUICE_STAT_NO_FLOW);
	case -EOVERFLOW:
		return slc_pkt_refuse(pkt, svc, SLUICE_STAT_HALF_OPEN_LIMIT);
	case -EADDRINUSE:
	case -EADDRNOTAVAIL:
	case -EHOSTUNREACH:
		return steer_refuse(pkt, svc, slc_steer_stat(err));
	default:
		return slc_pkt_refuse(pkt, svc, slc_steer_stat(err));
	}
}

/* A backend of the service's pool: 0, or why there is none, enum sluice_stat. */
static int steer_pick(struct slc_pkt *pkt, const struct slc_service_entry *svc,
		      u32 probe, struct slc_choice *to)
{
	/* What this host makes is past where it could be of another family. */
	bool made = slc_pkt_is_made(pkt);

	*to = unlikely(probe) ?
	      slc_pick_id(svc->pool, probe, pkt->tuple.family, !made) :
	      slc_pick(pkt->sn, svc->pool, &pkt->tuple, NULL, !made);
	if (to->backend)
		return 0;
	if (made && !slc_pick_some(svc->pool, pkt->tuple.family, false) &&
	    slc_pick_some(svc->pool, pkt->tuple.family, true))
		return SLUICE_STAT_FAMILY_REFUSED;
	return SLUICE_STAT_NO_BACKEND;
}

unsigned int slc_steer(struct slc_pkt *pkt, const struct slc_service_entry *svc)
{
	u32 probe = slc_pkt_is_made(pkt) && svc->pool ? slc_probe_id(pkt) : 0;
	struct slc_choice to = { };
	bool first = steer_is_first(pkt);
	struct slc_flow *flow;
	int why;

	if (!first && !steer_adopts(pkt, svc))
		return steer_stray(pkt, svc->service);
	if (first && pkt->tuple.proto == IPPROTO_TCP && !probe)
		slc_count(pkt->sn, svc->service, SLUICE_STAT_SYN_RECEIVED);
	if (slc_net_draining(pkt->sn) && !probe)
		return steer_refuse(pkt, svc->service, SLUICE_STAT_DRAINING);
	if (!slc_pkt_is_made(pkt) && !slc_pkt_policy_ok(pkt))
		return slc_pkt_refuse(pkt, svc->service,
				      SLUICE_STAT_XFRM_DENIED);

	why = svc->pool ? steer_pick(pkt, svc, probe, &to) : 0;
	if (why)
		return steer_refuse(pkt, svc->service, why);
	if (unlikely(to.trial.was) && !slc_pkt_checksum_ok(pkt)) {
		slc_pick_untry(&to);
		return slc_pkt_refuse(pkt, svc->service, SLUICE_STAT_BAD_PACKET);
	}
	flow = steer_flow(pkt, svc, &to, probe);
	if (IS_ERR(flow))
		return steer_failed(pkt, svc->service, PTR_ERR(flow));
	if (!first)
		slc_count(pkt->sn, svc->service, SLUICE_STAT_FLOWS_ADOPTED);
	if (!first || pkt->tuple.proto == IPPROTO_UDP)
		slc_forward_begun(flow);
	return slc_forward_on(pkt, &flow->half[SLC_IN]);
}
