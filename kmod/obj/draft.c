// SPDX-License-Identifier: GPL-2.0
/* Changes of the configuration: begin and end. See draft.h. */
#include <linux/mm.h>
#include <linux/netlink.h>
#include <linux/slab.h>
#include "obj/config.h"
#include "obj/draft.h"
#include "obj/event.h"
#include "obj/flow.h"
#include "obj/pool.h"
#include "obj/service.h"
#include "obj/stats.h"

/* As an array is, with room for one more. */
static void *copy_array(const void *array, unsigned int n, unsigned int *room,
			size_t size)
{
	void *copy = kvmalloc_array(n + 1, size, SLC_GFP_CONFIG);

	if (!copy)
		return NULL;
	if (n)
		memcpy(copy, array, n * size);
	*room = n + 1;
	return copy;
}

int slc_draft_begin(struct slc_draft *draft, struct slc_net *sn)
{
	struct slc_config *old = slc_config_locked(sn);
	struct slc_config *config;
	unsigned int i;

	lockdep_assert_held(&sn->cfg_lock);
	config = kvzalloc(sizeof(*config), SLC_GFP_CONFIG);
	if (!config)
		return -ENOMEM;
	config->sn = sn;
	*draft = (struct slc_draft){
		.sn		= sn,
		.old		= old,
		.config		= config,
		.limits		= slc_net_limits(sn),
		.next_id	= sn->next_id,
	};
	config->service = copy_array(old->service, old->n_services,
				     &draft->room_services,
				     sizeof(*config->service));
	config->place = copy_array(old->place, old->n_places,
				   &draft->room_places,
				   sizeof(*config->place));
	config->pool = copy_array(old->pool, old->n_pools, &draft->room_pools,
				  sizeof(*config->pool));
	if (!config->service || !config->place || !config->pool) {
		slc_config_free(config);
		return -ENOMEM;
	}
	/*
	 * Flows need the ports of the rules that they were made by, and one
	 * may be in the making. So a port stays until the last service goes.
	 */
	if (old->n_services) {
		bitmap_copy(config->ports, old->ports, U16_MAX + 1);
		bitmap_copy(config->replies, old->replies, U16_MAX + 1);
	}
	config->n_places = old->n_places;
	config->n_services = old->n_services;
	for (i = 0; i < config->n_services; i++) {
		refcount_inc(&config->service[i].service->refs);
		refcount_inc(&config->service[i].rules->refs);
	}
	config->n_backends = old->n_backends;
	config->n_pools = old->n_pools;
	for (i = 0; i < config->n_pools; i++) {
		refcount_inc(&config->pool[i].pool->refs);
		refcount_inc(&config->pool[i].rules->refs);
	}
	return 0;
}

/* The list is of backends and is their only use of it, so it needs no memory. */
static void put_doomed(struct slc_draft *draft)
{
	struct slc_backend *b;

	while ((b = draft->doomed)) {
		draft->doomed = b->doomed;
		b->doomed = NULL;
		slc_backend_put(b);
	}
}

void slc_draft_drop(struct slc_draft *draft)
{
	put_doomed(draft);
	slc_config_free(draft->config);
}

/* The services that are no more: @what is done to each. How many? */
static unsigned int each_gone(const struct slc_draft *draft,
			      void (*what)(struct slc_service *svc))
{
	const struct slc_config *old = draft->old, *new = draft->config;
	unsigned int i, at = 0, n = 0;

	/* Both ascend by id, and no id comes twice. */
	for (i = 0; i < old->n_services; i++) {
		struct slc_service *svc = old->service[i].service;

		while (at < new->n_services &&
		       new->service[at].service->id < svc->id)
			at++;
		if (at < new->n_services && new->service[at].service == svc)
			continue;
		what(svc);
		n++;
	}
	return n;
}

/* Which backends are down: conversations leave them, and connections are reset where
 * the pool says so; and when one is a suspect. Is there one whose are to be now?
 */
static bool tell_backends(const struct slc_config *config)
{
	unsigned int i, j;
	bool any = false;

	for (i = 0; i < config->n_pools; i++) {
		const struct slc_pool_rules *rules = config->pool[i].rules;

		for (j = 0; j < rules->n; j++) {
			struct slc_backend *b = rules->backend[j].backend;
			bool down = slc_backend_down(&rules->backend[j].cfg);
			bool up = rules->backend[j].cfg.health ==
				  SLUICE_HEALTH_UP;
			bool resets = down && rules->cfg.on_down ==
					      SLUICE_ON_DOWN_RESET;

			any |= resets && !b->resets;
			/* Who has been down is not to wait for another trial. */
			if (up && !b->is_up)
				slc_load_clear(&b->load);
			b->is_up = up;
			WRITE_ONCE(b->is_down, down);
			WRITE_ONCE(b->resets, resets);
			WRITE_ONCE(b->max_fails, rules->cfg.max_fails);
			WRITE_ONCE(b->fail_timeout_s,
				   rules->cfg.fail_timeout_s);
		}
	}
	return any;
}

/* No configuration has them any more: what is said of them here stays. */
static bool tell_doomed(const struct slc_draft *draft)
{
	struct slc_backend *b;

	for (b = draft->doomed; b; b = b->doomed) {
		WRITE_ONCE(b->is_down, true);
		WRITE_ONCE(b->resets, true);
	}
	return draft->doomed;
}

static void mark_dead(struct slc_service *svc)
{
	WRITE_ONCE(svc->dead, true);
}

static void bequeath(struct slc_service *svc)
{
	slc_stats_merge(svc->sn->stats, svc->stats, svc->stats_zero);
}

static bool wants_hooks(const struct slc_config *config, enum slc_hooks which)
{
	return which == SLC_HOOKS_ALL ? config->n_services :
					config->n_made;
}

/* None without a service. Flows keep what they were made with, so all stay until
 * the last one goes.
 */
static void trim_hooks(struct slc_net *sn, const struct slc_config *config)
{
	if (!config->n_services)
		slc_hooks_off(sn);
}

/* All that a configuration needs, or as before. */
static int add_hooks(struct slc_net *sn, const struct slc_config *config,
		     const struct slc_config *old)
{
	int which, err;

	for (which = 0; which < SLC_HOOKS_NR; which++) {
		if (sn->hook_ops[which] || !wants_hooks(config, which))
			continue;
		err = slc_hooks_on(sn, which);
		if (err) {
			trim_hooks(sn, old);
			return err;
		}
	}
	return 0;
}

int slc_draft_commit(struct slc_draft *draft, struct netlink_ext_ack *extack)
{
	struct slc_config *config = draft->config;
	struct slc_net *sn = draft->sn;
	unsigned int gone;
	bool limited, down;
	int err;

	lockdep_assert_held(&sn->cfg_lock);
	err = slc_config_prepare(config, draft->old);
	if (err) {
		slc_draft_drop(draft);
		return err;
	}
	err = add_hooks(sn, config, draft->old);
	if (err) {
		NL_SET_ERR_MSG(extack, "cannot hook into netfilter");
		slc_draft_drop(draft);
		return err;
	}

	/* From here on nothing fails. */
	gone = each_gone(draft, mark_dead);
	limited = slc_net_limit(sn, &draft->limits);
	rcu_assign_pointer(sn->config, config);
	/* After it: who leaves one is to find another. */
	down = tell_backends(config) | tell_doomed(draft);
	sn->next_id = draft->next_id;
	if ((draft->changed || limited) && !++sn->cfg_gen)
		sn->cfg_gen = 1;
	/*
	 * Who found a service before, or a backend, has put its flow into the table
	 * after a grace period: it is there for the flush, for which the hooks must
	 * still be there, and for who counts what a backend has left.
	 */
	if (gone || down || draft->taken)
		synchronize_rcu();
	if (gone || down)
		slc_flow_flush(sn, &(struct slc_flush){ .dead = true });
	put_doomed(draft);
	trim_hooks(sn, config);
	each_gone(draft, bequeath);
	slc_event_config(sn, draft->old, config, limited);
	slc_config_retire(draft->old);
	return 0;
}

u32 slc_draft_id(struct slc_draft *draft, struct netlink_ext_ack *extack)
{
	if (draft->next_id < U32_MAX)
		return ++draft->next_id;
	NL_SET_ERR_MSG(extack, "all numbers of this namespace have been used");
	return 0;
}

void *slc_draft_grow(void *array, unsigned int n, unsigned int *room,
		     size_t size)
{
	unsigned int more = max(2 * n, 8U);
	void *p;

	if (n < *room)
		return array;
	p = kvmalloc_array(more, size, SLC_GFP_CONFIG);
	if (!p)
		return NULL;
	if (n)
		memcpy(p, array, n * size);
	kvfree(array);
	*room = more;
	return p;
}

int slc_draft_place(struct slc_draft *draft, const struct slc_place *place,
		    const struct slc_service_entry **other)
{
	struct slc_config *config = draft->config;
	struct slc_place *p;
	unsigned int at;

	*other = NULL;
	if (slc_config_place(config, place, &at)) {
		*other = &config->service[config->place[at].service];
		return -EADDRINUSE;
	}
	p = slc_draft_grow(config->place, config->n_places, &draft->room_places,
			   sizeof(*p));
	if (!p)
		return -ENOMEM;
	config->place = p;
	p += at;
	memmove(p + 1, p, (config->n_places - at) * sizeof(*p));
	*p = *place;
	config->n_places++;
	bitmap_set(config->ports, place->port_lo,
		   place->port_hi - place->port_lo + 1);
	return 0;
}

void slc_draft_displace(struct slc_draft *draft, unsigned int service)
{
	struct slc_config *config = draft->config;
	unsigned int i, n = 0;

	for (i = 0; i < config->n_places; i++)
		if (config->place[i].service != service)
			config->place[n++] = config->place[i];
	config->n_places = n;
}
