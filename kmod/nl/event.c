// SPDX-License-Identifier: GPL-2.0
/*
 * Events: what a request for the object would show, and what happened to it.
 * Those of one change go in as few buffers as they fit into.
 */
#include <linux/ktime.h>
#include <linux/sched.h>
#include "nl/nl.h"
#include "nl/policy_gen.h"
#include "obj/config.h"
#include "obj/event.h"
#include "obj/flow.h"
#include "obj/pool.h"
#include "obj/service.h"
#include "obj/stats.h"

/* A flow, its TLVs aside. Much more would be cut off before it is sent. */
#define FLOW_SIZE	512

/**
 * struct events - events of one change for one group
 * @sn: namespace state
 * @group: SLUICE_NLGRP_*
 * @listened: somebody does
 * @skb: those that are yet to be sent, or NULL
 * @n: how many these are
 */
struct events {
	struct slc_net *sn;
	unsigned int group;
	bool listened;
	struct sk_buff *skb;
	unsigned int n;
};

/**
 * struct subject - what one event is about
 * @what: what happened to it
 * @limits: the namespace whose limits, unless it is
 * @service: it, unless it is
 * @pool: this, unless it is
 * @backend: this, one of @pool's
 */
struct subject {
	enum sluice_event what;
	struct slc_net *limits;
	const struct slc_service_entry *service;
	const struct slc_pool_entry *pool;
	const struct slc_backend_entry *backend;
};

static void events_begin(struct events *ev, struct slc_net *sn,
			 unsigned int group)
{
	*ev = (struct events){
		.sn		= sn,
		.group		= group,
		.listened	= slc_nl_listened(sn->net, group),
	};
}

static void count_lost(struct slc_net *sn, unsigned int n)
{
	local_bh_disable();
	slc_stats_add(sn->stats, SLUICE_STAT_EVENTS_LOST, n);
	local_bh_enable();
}

static void events_send(struct events *ev)
{
	if (ev->skb &&
	    slc_nl_multicast(ev->sn->net, ev->skb, ev->group, GFP_KERNEL))
		count_lost(ev->sn, ev->n);
	ev->skb = NULL;
	ev->n = 0;
	cond_resched();
}

static int fill(struct sk_buff *skb, const struct subject *s)
{
	if (s->limits)
		return slc_nl_info_fill(skb, s->limits) ?:
		       nla_put_u32(skb, SLUICE_A_INFO_EVENT, s->what);
	if (s->service)
		return slc_nl_service_fill(skb, s->service) ?:
		       nla_put_u32(skb, SLUICE_A_SERVICE_EVENT, s->what);
	if (s->backend)
		return slc_nl_backend_fill(skb, s->pool->pool, s->backend) ?:
		       nla_put_u32(skb, SLUICE_A_BACKEND_EVENT, s->what);
	return slc_nl_pool_fill(skb, s->pool) ?:
	       nla_put_u32(skb, SLUICE_A_POOL_EVENT, s->what);
}

static bool put(struct events *ev, const struct subject *s)
{
	u8 cmd = s->limits ? SLUICE_CMD_INFO_EVENT :
		 s->service ? SLUICE_CMD_SERVICE_EVENT :
		 !s->backend ? SLUICE_CMD_POOL_EVENT :
		 ev->group == SLUICE_NLGRP_HEALTH ? SLUICE_CMD_HEALTH_EVENT :
						    SLUICE_CMD_BACKEND_EVENT;
	void *hdr;

	if (!ev->skb)
		ev->skb = genlmsg_new(SLC_NL_MSG_SIZE, GFP_KERNEL);
	hdr = ev->skb ? slc_nl_put(ev->skb, 0, 0, 0, cmd) : NULL;
	if (!hdr)
		return false;
	if (fill(ev->skb, s)) {
		genlmsg_cancel(ev->skb, hdr);
		return false;
	}
	genlmsg_end(ev->skb, hdr);
	ev->n++;
	return true;
}

static void tell(struct events *ev, const struct subject *s)
{
	if (!ev->listened || put(ev, s))
		return;
	events_send(ev);
	if (put(ev, s))
		return;
	/* Those who listen are to know that they do not know. */
	slc_nl_lost(ev->sn->net, ev->group);
	count_lost(ev->sn, 1);
}

/* Above all ids: those of a list that has no more */
#define NO_ID	U64_MAX

/* How do two lists that ascend by id go on? Below 0 with the old one's next,
 * above with the new one's, 0 with both's, which are of one object.
 */
static int next_of(u64 old, u64 new)
{
	return old < new ? -1 : old > new;
}

static enum sluice_event what_of(int next)
{
	return next < 0 ? SLUICE_EVENT_REMOVED :
	       next > 0 ? SLUICE_EVENT_ADDED : SLUICE_EVENT_CHANGED;
}

static void diff_services(struct events *ev, const struct slc_config *old,
			  const struct slc_config *new)
{
	const struct slc_service_entry *a = old->service, *b = new->service;
	const struct slc_service_entry *a_end = a + old->n_services;
	const struct slc_service_entry *b_end = b + new->n_services;

	while (a < a_end || b < b_end) {
		int next = next_of(a < a_end ? a->service->id : NO_ID,
				   b < b_end ? b->service->id : NO_ID);
		struct subject s = {
			.what	 = what_of(next),
			.service = next < 0 ? a : b,
		};

		if (next || a->rules != b->rules)
			tell(ev, &s);
		a += next <= 0;
		b += next >= 0;
	}
}

/* Of one pool, which may be new or gone: then it has no old or new rules. */
static void diff_backends(struct events *config, struct events *health,
			  const struct slc_pool_entry *pool,
			  const struct slc_pool_rules *old,
			  const struct slc_pool_rules *new)
{
	const struct slc_backend_entry *a = old ? old->backend : NULL;
	const struct slc_backend_entry *b = new ? new->backend : NULL;
	const struct slc_backend_entry *a_end = old ? a + old->n : NULL;
	const struct slc_backend_entry *b_end = new ? b + new->n : NULL;

	if (old == new)
		return;
	while (a < a_end || b < b_end) {
		int next = next_of(a < a_end ? a->backend->id : NO_ID,
				   b < b_end ? b->backend->id : NO_ID);
		struct subject s = {
			.what	 = what_of(next),
			.pool	 = pool,
			.backend = next < 0 ? a : b,
		};

		if (next || slc_backend_differs(&a->cfg, &b->cfg))
			tell(config, &s);
		if (!next && (a->cfg.health != b->cfg.health ||
			      a->cfg.health_weight != b->cfg.health_weight))
			tell(health, &s);
		a += next <= 0;
		b += next >= 0;
	}
}

/* A pool before its backends when it comes, after them when it goes. */
static void diff_pools(struct events *config, struct events *health,
		       const struct slc_config *old,
		       const struct slc_config *new)
{
	const struct slc_pool_entry *a = old->pool, *b = new->pool;
	const struct slc_pool_entry *a_end = a + old->n_pools;
	const struct slc_pool_entry *b_end = b + new->n_pools;

	while (a < a_end || b < b_end) {
		int next = next_of(a < a_end ? a->pool->id : NO_ID,
				   b < b_end ? b->pool->id : NO_ID);
		struct subject s = {
			.what	= what_of(next),
			.pool	= next < 0 ? a : b,
		};

		if (next > 0 || (!next && a->rules->told != b->rules->told))
			tell(config, &s);
		diff_backends(config, health, s.pool,
			      next > 0 ? NULL : a->rules,
			      next < 0 ? NULL : b->rules);
		if (next < 0)
			tell(config, &s);
		a += next <= 0;
		b += next >= 0;
	}
}

void slc_event_config(struct slc_net *sn, const struct slc_config *old,
		      const struct slc_config *new, bool limits)
{
	const struct subject limited = {
		.what	= SLUICE_EVENT_CHANGED,
		.limits	= sn,
	};
	struct events config, health;

	events_begin(&config, sn, SLUICE_NLGRP_CONFIG);
	events_begin(&health, sn, SLUICE_NLGRP_HEALTH);
	if (config.listened)
		diff_services(&config, old, new);
	if (config.listened || health.listened)
		diff_pools(&config, &health, old, new);
	if (limits)
		tell(&config, &limited);
	events_send(&config);
	events_send(&health);
}

static void tell_suspects(struct events *health,
			  const struct slc_pool_entry *pool)
{
	unsigned int i;

	for (i = 0; i < pool->rules->n; i++) {
		const struct slc_backend_entry *e = &pool->rules->backend[i];
		struct subject s = {
			.what	 = SLUICE_EVENT_CHANGED,
			.pool	 = pool,
			.backend = e,
		};
		bool is = slc_backend_suspect(e->backend);

		if (is == e->backend->told_suspect)
			continue;
		WRITE_ONCE(e->backend->told_suspect, is);
		tell(health, &s);
	}
}

void slc_event_suspects(struct slc_net *sn)
{
	const struct slc_config *config;
	struct events health;
	unsigned int i;

	mutex_lock(&sn->cfg_lock);
	/* No request is under way, which the family would wait for before it goes. */
	genl_lock();
	config = slc_config_locked(sn);
	events_begin(&health, sn, SLUICE_NLGRP_HEALTH);
	for (i = 0; i < config->n_pools; i++)
		tell_suspects(&health, &config->pool[i]);
	events_send(&health);
	genl_unlock();
	mutex_unlock(&sn->cfg_lock);
}

void slc_event_flow(const struct slc_flow *flow, enum sluice_event what)
{
	const struct slc_header *header = flow->header;
	struct slc_net *sn = flow->sn;
	struct sk_buff *skb;
	void *hdr;

	if (!slc_nl_listened(sn->net, SLUICE_NLGRP_FLOW))
		return;
	skb = genlmsg_new(FLOW_SIZE + (header ? header->len : 0),
			  GFP_ATOMIC | __GFP_NOWARN);
	if (!skb)
		goto lost;
	/* An empty buffer of this size has room for a header. */
	hdr = slc_nl_put(skb, 0, 0, 0, SLUICE_CMD_FLOW_EVENT);
	if (slc_nl_flow_fill(skb, flow) ||
	    nla_put_u32(skb, SLUICE_A_FLOW_EVENT, what) ||
	    nla_put_u64_64bit(skb, SLUICE_A_FLOW_TIME, ktime_get_real_ns(),
			      SLUICE_A_FLOW_PAD)) {
		nlmsg_free(skb);
		goto lost;
	}
	genlmsg_end(skb, hdr);
	if (!slc_nl_multicast(sn->net, skb, SLUICE_NLGRP_FLOW, GFP_ATOMIC))
		return;
	count_lost(sn, 1);
	return;
lost:
	slc_nl_lost(sn->net, SLUICE_NLGRP_FLOW);
	count_lost(sn, 1);
}
