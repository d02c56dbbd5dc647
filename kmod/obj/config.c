// SPDX-License-Identifier: GPL-2.0
/* The configuration: order, search, references. See config.h. */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/stringhash.h>
#include "obj/config.h"
#include "obj/pick.h"
#include "obj/pool.h"
#include "obj/service.h"

/* Old configurations of a namespace that wait for their readers */
#define RETIRED_MAX	64

/* What namespaces have that nobody configures; it is never freed. */
static struct slc_config config_none;

/* Order of a place and a key; 0 if the key's port lies within it. */
static int place_cmp(const struct slc_place *p, bool any, u8 proto,
		     const struct slc_addr *addr, u16 port)
{
	int diff;

	if (p->any != any)
		return p->any ? 1 : -1;
	if (p->proto != proto)
		return p->proto < proto ? -1 : 1;
	diff = any ? 0 : slc_addr_cmp(&p->addr, addr);
	if (diff)
		return diff;
	if (p->port_hi < port)
		return -1;
	return p->port_lo > port;
}

/* Index of the first place that is not below the key. */
static unsigned int search(const struct slc_config *config, bool any, u8 proto,
			   const struct slc_addr *addr, u16 port)
{
	unsigned int lo = 0, hi = config->n_places;

	while (lo < hi) {
		unsigned int mid = lo + (hi - lo) / 2;

		if (place_cmp(&config->place[mid], any, proto, addr, port) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

const struct slc_service_entry *
slc_config_lookup_rcu(const struct slc_net *sn, u8 proto,
		      const struct slc_addr *addr, __be16 port)
{
	const struct slc_config *config = rcu_dereference(sn->config);
	unsigned int i;
	int any;

	for (any = 0; any <= 1; any++) {
		i = search(config, any, proto, addr, ntohs(port));
		if (i < config->n_places &&
		    !place_cmp(&config->place[i], any, proto, addr,
			       ntohs(port)))
			return &config->service[config->place[i].service];
	}
	return NULL;
}

bool slc_config_place(const struct slc_config *config,
		      const struct slc_place *place, unsigned int *at)
{
	const struct slc_place *p;

	*at = search(config, place->any, place->proto, &place->addr,
		     place->port_lo);
	p = &config->place[*at];
	/* No other than the first that ends at or after our first port. */
	return *at < config->n_places && p->port_lo <= place->port_hi &&
	       !place_cmp(p, place->any, place->proto, &place->addr,
			  max(p->port_lo, place->port_lo));
}

u32 slc_config_hash(const char *name)
{
	return full_name_hash(NULL, name, strlen(name));
}

struct slc_service_entry *slc_config_service(const struct slc_config *config,
					     const char *name)
{
	u32 hash = slc_config_hash(name);
	unsigned int i;

	for (i = 0; i < config->n_services; i++)
		if (config->service[i].hash == hash &&
		    !strcmp(config->service[i].service->name, name))
			return &config->service[i];
	return NULL;
}

unsigned int slc_config_service_after(const struct slc_config *config, u32 id)
{
	unsigned int lo = 0, hi = config->n_services;

	while (lo < hi) {
		unsigned int mid = lo + (hi - lo) / 2;

		if (config->service[mid].service->id <= id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

const struct slc_service_entry *
slc_config_service_rcu(const struct slc_net *sn, u32 id)
{
	const struct slc_config *config = rcu_dereference(sn->config);
	unsigned int i = slc_config_service_after(config, id - 1);

	return i < config->n_services && config->service[i].service->id == id ?
	       &config->service[i] : NULL;
}

struct slc_pool_entry *slc_config_pool(const struct slc_config *config,
				       const char *name)
{
	u32 hash = slc_config_hash(name);
	unsigned int i;

	for (i = 0; i < config->n_pools; i++)
		if (config->pool[i].hash == hash &&
		    !strcmp(config->pool[i].pool->name, name))
			return &config->pool[i];
	return NULL;
}

unsigned int slc_config_pool_after(const struct slc_config *config, u32 id)
{
	unsigned int lo = 0, hi = config->n_pools;

	while (lo < hi) {
		unsigned int mid = lo + (hi - lo) / 2;

		if (config->pool[mid].pool->id <= id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* A pool by its id, or NULL. */
static struct slc_pool_entry *pool_by_id(const struct slc_config *config,
					 u32 id)
{
	unsigned int i = slc_config_pool_after(config, id - 1);

	return i < config->n_pools && config->pool[i].pool->id == id ?
	       &config->pool[i] : NULL;
}

/* What a pool has to have before packets may ask it, sorry pools included */
static int prepare_pool(struct slc_config *config,
			const struct slc_config *old,
			struct slc_pool_entry *pool)
{
	while (pool) {
		struct slc_pool *sorry = pool->rules->cfg.sorry;
		struct slc_pool_entry *next = NULL;
		const struct slc_pool_entry *was;
		int err = 0;

		if (!pool->rules->view) {
			was = pool_by_id(old, pool->pool->id);
			err = slc_pick_build(pool->pool, pool->rules,
					     was ? was->rules : NULL);
		}
		if (err)
			return err;
		if (sorry)
			next = pool_by_id(config, sorry->id);
		pool->sorry = next;
		pool = next;
	}
	return 0;
}

static void set_service_ports(unsigned long *map,
			      const struct slc_service_cfg *cfg)
{
	unsigned int i;

	bitmap_set(map, cfg->port_lo, cfg->port_hi - cfg->port_lo + 1);
	for (i = 0; i < cfg->n_ports; i++)
		bitmap_set(map, cfg->ports[i].lo,
			   cfg->ports[i].hi - cfg->ports[i].lo + 1);
}

/* Does a backend answer a check as the service, though its own port is another one? */
static bool answers_as_service(const struct slc_pool_rules *rules,
			       const struct slc_backend_entry *e)
{
	return slc_mode_direct(e->cfg.forward ?: rules->cfg.forward);
}

/* Where the backends of a service answer from */
static void set_replies(struct slc_config *config,
			const struct slc_service_entry *svc)
{
	const struct slc_pool_entry *pool;
	bool same_port = false;
	unsigned int i;

	for (pool = svc->pool; pool; pool = pool->sorry)
		for (i = 0; i < pool->rules->n; i++) {
			const struct slc_backend_entry *e =
				&pool->rules->backend[i];

			if (e->backend->port)
				__set_bit(e->backend->port, config->replies);
			if (!e->backend->port ||
			    answers_as_service(pool->rules, e))
				same_port = true;
		}
	if (same_port)
		set_service_ports(config->replies, &svc->rules->cfg);
}

int slc_config_prepare(struct slc_config *config,
		       const struct slc_config *old)
{
	unsigned int i;

	for (i = 0; i < config->n_services; i++) {
		struct slc_service_entry *svc = &config->service[i];
		struct slc_pool_entry *pool = NULL;
		int err;

		if (svc->rules->cfg.pool)
			pool = pool_by_id(config, svc->rules->cfg.pool->id);
		err = prepare_pool(config, old, pool);
		if (err)
			return err;
		svc->pool = pool;
		config->n_made += svc->rules->cfg.proto == IPPROTO_UDP || pool ||
				  svc->rules->cfg.accept_proxy ==
				  SLUICE_ACCEPT_PROXY_NONE;
		config->tunnels |= svc->rules->cfg.tunnel;
		svc->sends = slc_pick_sends(pool);
		set_replies(config, svc);
	}
	return 0;
}

void slc_config_free(struct slc_config *config)
{
	unsigned int i;

	for (i = 0; i < config->n_services; i++) {
		slc_service_put(config->service[i].service);
		slc_service_rules_put(config->service[i].rules);
	}
	for (i = 0; i < config->n_pools; i++) {
		slc_pool_put(config->pool[i].pool);
		slc_pool_rules_put(config->pool[i].rules);
	}
	kvfree(config->service);
	kvfree(config->place);
	kvfree(config->pool);
	kvfree(config);
}

static void config_free_rcu(struct rcu_head *rcu)
{
	struct slc_config *config = container_of(rcu, struct slc_config, rcu);

	atomic_dec(&config->sn->n_retired);
	slc_config_free(config);
}

void slc_config_retire(struct slc_config *config)
{
	struct slc_net *sn = config->sn;

	if (config == &config_none)
		return;
	atomic_inc(&sn->n_retired);
	call_rcu(&config->rcu, config_free_rcu);
	if (atomic_read(&sn->n_retired) > RETIRED_MAX)
		rcu_barrier();
}

void slc_config_net_init(struct slc_net *sn)
{
	RCU_INIT_POINTER(sn->config, &config_none);
	sn->next_id = 0;
	sn->cfg_gen = 1; /* 0 means none to netlink */
}

void slc_config_net_exit(struct slc_net *sn)
{
	/* The namespace has no more users, so nobody holds the lock either. */
	struct slc_config *config = rcu_dereference_protected(sn->config, 1);

	slc_hooks_off(sn);
	RCU_INIT_POINTER(sn->config, &config_none);
	slc_config_retire(config);
}
