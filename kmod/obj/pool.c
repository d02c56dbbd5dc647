// SPDX-License-Identifier: GPL-2.0
/* Pools and their backends: their life, and how they are changed. See pool.h. */
#include <linux/err.h>
#include <linux/jhash.h>
#include <linux/mm.h>
#include <linux/netlink.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/stringify.h>
#include "obj/config.h"
#include "obj/draft.h"
#include "obj/pick.h"
#include "obj/pool.h"
#include "obj/service.h"

static u32 backend_hash(const struct slc_addr *addr, u16 port)
{
	return jhash2((const u32 *)addr->w, ARRAY_SIZE(addr->w), port);
}

struct slc_backend_entry *slc_pool_backend(const struct slc_pool_rules *rules,
					   const struct slc_addr *addr,
					   u16 port)
{
	u32 hash = backend_hash(addr, port);
	struct slc_backend_entry *e;

	for (e = rules->backend; e < rules->backend + rules->n; e++)
		if (e->hash == hash && e->backend->port == port &&
		    slc_addr_eq(&e->backend->addr, addr))
			return e;
	return NULL;
}

/* May it be given connections, as far as the administrator says? */
static bool backend_open(const struct slc_backend_cfg *cfg)
{
	return cfg->state == SLUICE_BACKEND_STATE_UP && cfg->weight;
}

bool slc_backend_usable(const struct slc_backend_cfg *cfg)
{
	return backend_open(cfg) && cfg->health != SLUICE_HEALTH_DOWN &&
	       cfg->health_weight;
}

unsigned int slc_pool_up(const struct slc_pool_rules *rules)
{
	unsigned int i, n = 0;

	for (i = 0; i < rules->n; i++)
		n += slc_backend_usable(&rules->backend[i].cfg);
	return n;
}

bool slc_backend_differs(const struct slc_backend_cfg *a,
			 const struct slc_backend_cfg *b)
{
	return a->forward != b->forward || a->max_flows != b->max_flows ||
	       a->weight != b->weight || a->tunnel_port != b->tunnel_port ||
	       a->state != b->state || a->send_proxy != b->send_proxy ||
	       a->tunnel_csum != b->tunnel_csum || a->found != b->found;
}

void slc_pool_put(struct slc_pool *pool)
{
	if (refcount_dec_and_test(&pool->refs))
		kfree(pool);
}

void slc_backend_put(struct slc_backend *backend)
{
	if (!refcount_dec_and_test(&backend->refs))
		return;
	free_percpu(backend->stats);
	kfree(backend);
}

/* By place. The first of them are the first of enum sluice_stat. */
static const u8 backend_stats[] = {
	SLUICE_STAT_PACKETS_IN, SLUICE_STAT_PACKETS_OUT, SLUICE_STAT_BYTES_IN,
	SLUICE_STAT_BYTES_OUT, SLUICE_STAT_FLOWS_OPENED,
	SLUICE_STAT_FLOWS_CLOSED, SLUICE_STAT_FLOWS_RESET,
	SLUICE_STAT_FLOWS_EXPIRED, SLUICE_STAT_FLOWS_FLUSHED,
	SLUICE_STAT_FLOWS_MOVED, SLUICE_STAT_CONNECT_REFUSED,
	SLUICE_STAT_CONNECT_TIMEOUT, SLUICE_STAT_CONNECT_ABANDONED,
	SLUICE_STAT_CONNECT_RETRIED,
};

static_assert(ARRAY_SIZE(backend_stats) == SLC_BACKEND_STATS);
static_assert(SLUICE_STAT_PACKETS_IN == 0 && SLUICE_STAT_BYTES_OUT == 3);

void slc_backend_count(const struct slc_backend *backend, int why)
{
	unsigned int i;

	for (i = 0; i < SLC_BACKEND_STATS; i++)
		if (backend_stats[i] == why) {
			slc_stats_add(backend->stats, i, 1);
			return;
		}
}

void slc_backend_counts(const struct slc_backend *backend, u64 *sum)
{
	slc_stats_fold(backend->stats, SLC_BACKEND_STATS, backend->stats_zero,
		       sum);
}

void slc_backend_zero(struct slc_backend *backend)
{
	slc_stats_sum(backend->stats, SLC_BACKEND_STATS, backend->stats_zero);
}

void slc_pool_rules_put(struct slc_pool_rules *rules)
{
	unsigned int i;

	if (!refcount_dec_and_test(&rules->refs))
		return;
	for (i = 0; i < rules->n; i++)
		slc_backend_put(rules->backend[i].backend);
	slc_pick_free(rules->view);
	kvfree(rules->backend);
	if (rules->cfg.sorry)
		slc_pool_put(rules->cfg.sorry);
	kvfree(rules);
}

/* New rules with the backends of @old, or none. */
static struct slc_pool_rules *rules_make(const struct slc_pool_cfg *cfg,
					 const struct slc_pool_rules *old)
{
	size_t bytes = cfg->n_tlvs * sizeof(*cfg->tlv) + cfg->user_len;
	struct slc_pool_rules *rules;
	struct slc_tlv *tlv;
	unsigned int i;
	u8 *p;

	for (i = 0; i < cfg->n_tlvs; i++)
		bytes += cfg->tlv[i].len;
	rules = kvzalloc(sizeof(*rules) + bytes, SLC_GFP_CONFIG);
	if (!rules)
		return NULL;
	if (old && old->n) {
		/* There may come more. */
		rules->room = old->n + 1;
		rules->backend = kvmalloc_array(rules->room,
						sizeof(*rules->backend),
						SLC_GFP_CONFIG);
		if (!rules->backend) {
			kvfree(rules);
			return NULL;
		}
		rules->n = old->n;
		memcpy(rules->backend, old->backend,
		       old->n * sizeof(*old->backend));
		for (i = 0; i < rules->n; i++)
			slc_backend_get(rules->backend[i].backend);
	}
	refcount_set(&rules->refs, 1);
	rules->cfg = *cfg;
	if (cfg->sorry)
		slc_pool_get(cfg->sorry);

	tlv = (struct slc_tlv *)(rules + 1);
	rules->cfg.tlv = tlv;
	p = (u8 *)(tlv + cfg->n_tlvs);
	for (i = 0; i < cfg->n_tlvs; i++) {
		tlv[i] = cfg->tlv[i];
		tlv[i].value = p;
		if (tlv[i].len)
			memcpy(p, cfg->tlv[i].value, tlv[i].len);
		p += tlv[i].len;
	}
	rules->cfg.user_data = p;
	if (cfg->user_len)
		memcpy(p, cfg->user_data, cfg->user_len);
	return rules;
}

static int rules_replace(struct slc_pool_entry *entry,
			 const struct slc_pool_cfg *cfg)
{
	struct slc_pool_rules *rules = rules_make(cfg, entry->rules);

	if (!rules)
		return -ENOMEM;
	rules->told = entry->rules->told;
	slc_pool_rules_put(entry->rules);
	entry->rules = rules;
	return 0;
}

/*
 * Rules of a draft that may be edited. Who has the only reference has made them
 * for it: those that somebody may see are referred to by what he sees them in.
 */
static int rules_own(struct slc_pool_entry *entry)
{
	if (refcount_read(&entry->rules->refs) == 1)
		return 0;
	return rules_replace(entry, &entry->rules->cfg);
}

int slc_draft_pool_add(struct slc_draft *draft, const struct slc_pool_cfg *cfg,
		       struct netlink_ext_ack *extack)
{
	struct slc_config *config = draft->config;
	struct slc_pool_entry *e;
	struct slc_pool *pool;

	if (slc_config_pool(config, cfg->name)) {
		NL_SET_ERR_MSG(extack, "a pool of this name exists");
		return -EEXIST;
	}
	if (config->n_pools >= SLC_POOL_MAX) {
		NL_SET_ERR_MSG(extack, "no more than " __stringify(SLC_POOL_MAX)
			       " pools fit");
		return -ENOSPC;
	}
	e = slc_draft_grow(config->pool, config->n_pools, &draft->room_pools,
			   sizeof(*e));
	if (!e)
		return -ENOMEM;
	config->pool = e;
	e += config->n_pools;

	pool = kzalloc(sizeof(*pool), SLC_GFP_CONFIG);
	if (!pool)
		return -ENOMEM;
	refcount_set(&pool->refs, 1);
	get_random_bytes(&pool->key, sizeof(pool->key));
	strscpy(pool->name, cfg->name, sizeof(pool->name));
	pool->id = slc_draft_id(draft, extack);
	e->pool = pool;
	e->hash = slc_config_hash(cfg->name);
	e->rules = pool->id ? rules_make(cfg, NULL) : NULL;
	if (!e->rules) {
		int err = pool->id ? -ENOMEM : -ENOSPC;

		slc_pool_put(pool);
		return err;
	}
	config->n_pools++;
	draft->changed = true;
	return 0;
}

int slc_draft_pool_set(struct slc_draft *draft, struct slc_pool_entry *entry,
		       const struct slc_pool_cfg *cfg,
		       struct netlink_ext_ack *extack)
{
	const struct slc_pool *sorry = cfg->sorry;
	int err;

	/* There is no circle yet, so this ends. */
	while (sorry) {
		if (sorry == entry->pool) {
			NL_SET_ERR_MSG(extack,
				       "leads back to this pool: somewhere there must be an end");
			return -ELOOP;
		}
		sorry = slc_config_pool(draft->config,
					sorry->name)->rules->cfg.sorry;
	}
	err = rules_replace(entry, cfg);
	if (err)
		return err;
	entry->rules->told++;
	draft->changed = true;
	return 0;
}

/* Its flows are to be reset when the draft holds. */
static void pool_doom(struct slc_draft *draft, struct slc_backend *backend)
{
	slc_backend_get(backend);
	backend->doomed = draft->doomed;
	draft->doomed = backend;
}

int slc_draft_pool_del(struct slc_draft *draft, struct slc_pool_entry *entry,
		       bool force, bool reset, struct netlink_ext_ack *extack)
{
	struct slc_config *config = draft->config;
	unsigned int at = entry - config->pool;
	unsigned int i;

	for (i = 0; i < config->n_pools; i++)
		if (config->pool[i].rules->cfg.sorry == entry->pool) {
			NL_SET_ERR_MSG(extack,
				       "is another pool's sorry pool");
			return -EBUSY;
		}
	for (i = 0; i < config->n_services; i++)
		if (config->service[i].rules->cfg.pool == entry->pool) {
			NL_SET_ERR_MSG(extack, "is the pool of a service");
			return -EBUSY;
		}
	if (!force && entry->rules->n) {
		NL_SET_ERR_MSG(extack,
			       "has backends; force removes them with it");
		return -EBUSY;
	}
	for (i = 0; reset && i < entry->rules->n; i++)
		pool_doom(draft, entry->rules->backend[i].backend);
	config->n_backends -= entry->rules->n;
	slc_pool_put(entry->pool);
	slc_pool_rules_put(entry->rules);
	memmove(entry, entry + 1, (--config->n_pools - at) * sizeof(*entry));
	draft->changed = true;
	return 0;
}

int slc_draft_backend_add(struct slc_draft *draft, struct slc_pool_entry *entry,
			  const struct slc_addr *addr, u16 port,
			  const struct slc_backend_cfg *cfg,
			  struct netlink_ext_ack *extack)
{
	struct slc_config *config = draft->config;
	struct slc_pool_rules *rules;
	struct slc_backend_entry *e;
	struct slc_backend *backend;
	int err;

	if (slc_pool_backend(entry->rules, addr, port)) {
		NL_SET_ERR_MSG(extack, "the pool has this backend already");
		return -EEXIST;
	}
	if (config->n_backends >= SLC_BACKEND_MAX) {
		NL_SET_ERR_MSG(extack, "no more than "
			       __stringify(SLC_BACKEND_MAX) " backends fit");
		return -ENOSPC;
	}
	err = rules_own(entry);
	if (err)
		return err;
	rules = entry->rules;
	e = slc_draft_grow(rules->backend, rules->n, &rules->room, sizeof(*e));
	if (!e)
		return -ENOMEM;
	rules->backend = e;
	e += rules->n;

	backend = kzalloc(sizeof(*backend), SLC_GFP_CONFIG);
	if (!backend)
		return -ENOMEM;
	refcount_set(&backend->refs, 1);
	backend->stats = slc_stats_alloc(SLC_BACKEND_STATS);
	backend->id = backend->stats ? slc_draft_id(draft, extack) : 0;
	if (!backend->id) {
		err = backend->stats ? -ENOSPC : -ENOMEM;
		slc_backend_put(backend);
		return err;
	}
	backend->addr = *addr;
	backend->port = port;
	*e = (struct slc_backend_entry){
		.backend	= backend,
		.since_ms	= slc_pick_now_ms(),
		.hash		= backend_hash(addr, port),
		.cfg		= *cfg,
	};
	rules->n++;
	config->n_backends++;
	draft->changed = true;
	return 0;
}

int slc_draft_backend_set(struct slc_draft *draft, struct slc_pool_entry *entry,
			  unsigned int at, const struct slc_backend_cfg *cfg)
{
	struct slc_backend_entry *e;
	int err = rules_own(entry);

	if (err)
		return err;
	e = &entry->rules->backend[at];
	if (slc_backend_differs(&e->cfg, cfg))
		draft->changed = true;
	if (slc_backend_usable(cfg) && !slc_backend_usable(&e->cfg))
		e->since_ms = slc_pick_now_ms();
	draft->taken |= backend_open(&e->cfg) && !backend_open(cfg);
	e->cfg = *cfg;
	return 0;
}

int slc_draft_backend_del(struct slc_draft *draft, struct slc_pool_entry *entry,
			  unsigned int at, bool reset)
{
	struct slc_pool_rules *rules;
	struct slc_backend_entry *e;
	int err = rules_own(entry);

	if (err)
		return err;
	rules = entry->rules;
	e = &rules->backend[at];
	if (reset)
		pool_doom(draft, e->backend);
	slc_backend_put(e->backend);
	memmove(e, e + 1, (--rules->n - at) * sizeof(*e));
	draft->config->n_backends--;
	draft->changed = true;
	draft->taken = true;
	return 0;
}
