// SPDX-License-Identifier: GPL-2.0
/* Clients that pools remember. See persist.h. */
#include <linux/in.h>
#include <linux/random.h>
#include <linux/slab.h>
#include "obj/flow.h"
#include "obj/persist.h"
#include "obj/pool.h"
#include "obj/service.h"
#include "obj/stats.h"
#include "obj/table.h"

/* Clients that a namespace may remember however few connections it may have */
#define PERSIST_MIN		1024
/* Sweeps take a while where there are many, and nothing waits for them. */
#define SWEEP_INTERVAL		(60 * HZ)
/* Buckets that are looked at for one who may be forgotten */
#define EVICT_BUCKETS		64

static_assert((u64)SLC_PERSIST_MAX_S * HZ < S32_MAX, "times compare");
static_assert(sizeof(struct slc_persist_key) == 6 * sizeof(u32));
static_assert(sizeof(struct slc_persist) <= 64);

static struct kmem_cache *persist_cache;

/* As with flows (slc_table_hash()): the seed is random and secret. */
static u32 persist_hash(const void *data, u32 len, u32 seed)
{
	return jhash2(data, sizeof(struct slc_persist_key) / sizeof(u32), seed);
}

static const struct rhashtable_params persist_params = {
	.head_offset = offsetof(struct slc_persist, node),
	.key_offset = offsetof(struct slc_persist, key),
	.key_len = sizeof(struct slc_persist_key),
	.hashfn = persist_hash,
	.automatic_shrinking = true,
};

static struct slc_persist_key persist_key(u32 pool, const struct slc_addr *client)
{
	return (struct slc_persist_key) { .client = *client, .pool = pool };
}

static void persist_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(persist_cache,
			container_of(rcu, struct slc_persist, rcu));
}

static void persist_put(struct slc_persist *p)
{
	if (refcount_dec_and_test(&p->refs))
		call_rcu(&p->rcu, persist_free_rcu);
}

/* A connection has shown that it is there, or it is no more. */
static void persist_firm(struct slc_net *sn, struct slc_persist *p)
{
	if (READ_ONCE(p->loose) && xchg(&p->loose, 0))
		atomic_dec(&sn->n_persist_loose);
}

static bool persist_remove(struct slc_net *sn, struct slc_persist *p)
{
	if (rhashtable_remove_fast(&sn->persist, &p->node, persist_params))
		return false;
	atomic_dec(&sn->n_persist);
	persist_firm(sn, p);
	persist_put(p);
	return true;
}

/* It has a connection: beside the table's reference there is another. */
static bool persist_used(const struct slc_persist *p)
{
	return refcount_read(&p->refs) > 1;
}

static bool persist_holds(const struct slc_persist *p)
{
	if (persist_used(p))
		return true;
	smp_rmb(); /* pairs with the release of slc_persist_leave() */
	return (s32)(READ_ONCE(p->ends) - (u32)jiffies) > 0;
}

u32 slc_persist_find(struct slc_net *sn, u32 pool, const struct slc_addr *client)
{
	struct slc_persist_key key = persist_key(pool, client);
	struct slc_persist *p;

	p = rhashtable_lookup(&sn->persist, &key, persist_params);
	return p && persist_holds(p) ? READ_ONCE(p->backend) : 0;
}

/* Somebody without a connection is forgotten: one whom nobody but datagrams vouches
 * for, or else, if that will do, the first that is met.
 */
static bool persist_evict(struct slc_net *sn, bool loose)
{
	const struct bucket_table *tbl = rht_dereference_rcu(sn->persist.tbl,
							     &sn->persist);
	unsigned int at = reciprocal_scale(get_random_u32(), tbl->size);
	struct slc_persist *p, *found = NULL;
	struct rhash_head *pos;
	unsigned int i;

	for (i = 0; i < min(tbl->size, EVICT_BUCKETS + 0U); i++) {
		rht_for_each_entry_rcu(p, pos, tbl, at, node) {
			if (persist_used(p))
				continue;
			if (READ_ONCE(p->loose))
				return persist_remove(sn, p);
			found = found ?: p;
		}
		at = (at + 1) % tbl->size;
	}
	return !loose && found && persist_remove(sn, found);
}

/* As many as there may be connections, or 1024 if that is more: a limit for those
 * is not one for who comes back. Who has but let a backend answer him has half of it.
 */
static bool persist_room(const struct slc_flow *flow, bool loose)
{
	struct slc_net *sn = flow->sn;
	int max = max_t(int, READ_ONCE(sn->flow_max), PERSIST_MIN);

	loose = loose && atomic_read(&sn->n_persist_loose) >= max / 2;
	if (!loose && atomic_read(&sn->n_persist) < max)
		return true;
	slc_stats_add(flow->service->stats, SLUICE_STAT_PERSIST_FULL, 1);
	return persist_evict(sn, loose);
}

static struct slc_persist *persist_make(struct slc_net *sn,
					const struct slc_persist_key *key,
					u32 backend, bool loose)
{
	struct slc_persist *p, *other;

	p = kmem_cache_zalloc(persist_cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!p)
		return NULL;
	p->key = *key;
	p->backend = backend;
	p->loose = loose;
	refcount_set(&p->refs, 2);
	/* Before somebody can take it out again */
	atomic_inc(&sn->n_persist);
	atomic_add(loose, &sn->n_persist_loose);
	other = rhashtable_lookup_get_insert_fast(&sn->persist, &p->node,
						  persist_params);
	if (!other)
		return p;
	atomic_dec(&sn->n_persist);
	atomic_sub(loose, &sn->n_persist_loose);
	kmem_cache_free(persist_cache, p);
	/* One that goes in this very moment is as good as no memory. */
	if (IS_ERR(other) || !refcount_inc_not_zero(&other->refs))
		return NULL;
	return other;
}

/* Whom the flow is of: what a header says, or who sends its packets. */
static const struct slc_addr *persist_client(const struct slc_flow *flow)
{
	return flow->header && !flow->is_local ? &flow->header->src.addr :
						 &flow->half[SLC_IN].key.src;
}

void slc_persist_keep(struct slc_flow *flow)
{
	bool loose = flow->half[SLC_IN].key.proto == IPPROTO_UDP;
	struct slc_net *sn = flow->sn;
	struct slc_persist_key key;
	struct slc_persist *p;

	if (!flow->persist_s)
		return;
	key = persist_key(flow->pool_id, persist_client(flow));
	p = rhashtable_lookup(&sn->persist, &key, persist_params);
	if (!p || !refcount_inc_not_zero(&p->refs)) {
		p = persist_room(flow, loose) ?
		    persist_make(sn, &key, flow->backend->id, loose) : NULL;
		if (!p)
			return;
	}
	WRITE_ONCE(p->backend, flow->backend->id);
	if (!loose)
		persist_firm(sn, p);
	flow->persist = p;
	smp_mb__before_atomic(); /* for who finds the bit */
	set_bit(SLC_FLOW_PERSISTS, &flow->flags);
	/* It may have ended meanwhile: he who ends it or we see the other's bit. */
	smp_mb__after_atomic();
	if (slc_flow_over(flow))
		slc_persist_leave(flow);
}

void slc_persist_leave(struct slc_flow *flow)
{
	struct slc_persist *p;

	if (!test_bit(SLC_FLOW_PERSISTS, &flow->flags) ||
	    !test_and_clear_bit(SLC_FLOW_PERSISTS, &flow->flags))
		return;
	p = flow->persist;
	WRITE_ONCE(p->ends, (u32)jiffies + flow->persist_s * HZ);
	persist_put(p);
}

void slc_persist_sweep(struct slc_net *sn, bool all)
{
	struct rhashtable_iter iter;
	struct slc_persist *p;
	unsigned int n = 0;

	if (!all && time_before(jiffies, sn->persist_at))
		return;
	sn->persist_at = jiffies + SWEEP_INTERVAL;
	rhashtable_walk_enter(&sn->persist, &iter);
	slc_table_walk(&iter);
	while ((p = slc_table_next(&iter, &n)))
		if (!IS_ERR(p) && (all || !persist_holds(p)))
			persist_remove(sn, p);
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
}

int slc_persist_net_init(struct slc_net *sn)
{
	atomic_set(&sn->n_persist, 0);
	atomic_set(&sn->n_persist_loose, 0);
	sn->persist_at = jiffies;
	return rhashtable_init(&sn->persist, &persist_params);
}

static void persist_free_fn(void *obj, void *arg)
{
	kmem_cache_free(persist_cache, obj);
}

void slc_persist_net_exit(struct slc_net *sn)
{
	rhashtable_free_and_destroy(&sn->persist, persist_free_fn, NULL);
}

int slc_persist_init(void)
{
	persist_cache = KMEM_CACHE(slc_persist, 0);
	return persist_cache ? 0 : -ENOMEM;
}

void slc_persist_exit(void)
{
	kmem_cache_destroy(persist_cache);
}
