// SPDX-License-Identifier: GPL-2.0
/*
 * Half-finished handshakes. See early.h.
 */
#include <linux/siphash.h>
#include <linux/slab.h>
#include <net/dst.h>

#include "compat.h"
#include "obj/config.h"
#include "obj/flow.h"
#include "obj/pick.h"
#include "obj/pool.h"
#include "obj/service.h"
#include "obj/table.h"
#include "path/early.h"
#include "path/pkt.h"
#include "trace.h"

/* At most so many for one packet: where the limit is lowered there may be a hundred
 * thousand too many, and each is looked for on all CPUs and sends a reset.
 */
#define EARLY_EVICT_MAX	64

static struct kmem_cache *early_cache;

static int early_cmp(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct slc_early *e = obj;

	return !slc_tuple_eq(&e->key, arg->key);
}

static const struct rhashtable_params early_params = {
	.head_offset = offsetof(struct slc_early, node),
	.key_offset = offsetof(struct slc_early, key),
	.key_len = sizeof(struct slc_tuple),
	.hashfn = slc_table_hash,
	.obj_cmpfn = early_cmp,
	.automatic_shrinking = true,
};

struct slc_early *slc_early_lookup(struct slc_net *sn,
				   const struct slc_tuple *key)
{
	if (!atomic_read(&sn->n_early))
		return NULL;
	return rhashtable_lookup(&sn->early, key, early_params);
}

u8 slc_early_share(const struct slc_net *sn, const struct slc_addr *src)
{
	u64 low = slc_addr_is_v4(src) ?
		  ntohl(slc_addr_v4_get(src)) >> 8 : 0;

	return siphash_2u64(src->d[0], low, &sn->key[0]) % SLC_EARLY_SHARES;
}

bool slc_early_full(const struct slc_net *sn, const struct slc_addr *src)
{
	unsigned long max = READ_ONCE(sn->early_max);
	long one = sizeof(struct slc_early);

	return atomic_long_read(&sn->early_bytes) + one > max ||
	       atomic_long_read(&sn->early_share[slc_early_share(sn, src)]) + one >
	       max / 2;
}

static void early_account(const struct slc_early *e, long bytes)
{
	atomic_long_add(bytes, &e->sn->early_bytes);
	atomic_long_add(bytes, &e->sn->early_share[e->share]);
}

void slc_early_charge(struct slc_early *e, unsigned int bytes)
{
	lockdep_assert_held(&e->lock);
	e->charged += bytes;
	early_account(e, bytes);
}

bool slc_early_tried(struct slc_early *e, u32 id)
{
	struct slc_tried *tried = e->tried;

	lockdep_assert_held(&e->lock);
	if (!tried) {
		tried = kzalloc(sizeof(*tried), GFP_ATOMIC | __GFP_NOWARN);
		if (!tried)
			return false;
		slc_early_charge(e, sizeof(*tried));
		e->tried = tried;
	}
	if (tried->n == ARRAY_SIZE(tried->id))
		return false;
	tried->id[tried->n++] = id;
	return true;
}

struct slc_early *slc_early_alloc(struct slc_net *sn,
				  const struct slc_service_entry *svc,
				  const struct slc_tuple *key,
				  struct dst_entry *route_out,
				  void (*timeout)(struct timer_list *))
{
	struct slc_early *e;
	int err = -ESHUTDOWN;

	/* The flush of an ending namespace has been, or is to come. */
	if (READ_ONCE(sn->dying))
		goto err_route;
	e = kmem_cache_zalloc(early_cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!e) {
		err = -ENOMEM;
		goto err_route;
	}
	if (!slc_service_get(svc->service))
		goto err_free;
	e->key = *key;
	e->sn = sn;
	e->service = svc->service;
	e->rules = slc_service_rules_get(svc->rules);
	e->route_out = route_out;
	e->share = slc_early_share(sn, &key->src);
	e->born = jiffies;
	e->since = e->born;
	spin_lock_init(&e->lock);
	skb_queue_head_init(&e->held);
	INIT_LIST_HEAD(&e->age);
	timer_setup(&e->timer, timeout, 0);
	return e;

err_free:
	kmem_cache_free(early_cache, e);
err_route:
	dst_release(route_out);
	return ERR_PTR(err);
}

static void early_free_rcu(struct rcu_head *rcu)
{
	struct slc_early *e = container_of(rcu, struct slc_early, rcu);

	dst_release(e->route_out);
	dst_release(e->route_in);
	slc_service_rules_put(e->rules);
	slc_service_put(e->service);
	kmem_cache_free(early_cache, e);
}

int slc_early_insert(struct slc_early *e)
{
	struct slc_net *sn = e->sn;
	struct slc_early_cpu *ec;
	int err;

	lockdep_assert_held(&e->lock);
	/* Count first: a lookup that sees no entries does not look. */
	atomic_inc(&sn->n_early);
	err = rhashtable_lookup_insert_fast(&sn->early, &e->node, early_params);
	if (err) {
		atomic_dec(&sn->n_early);
		e->hs.state = SLC_HS_DEAD;
		call_rcu(&e->rcu, early_free_rcu);
		return err;
	}
	atomic_inc(&e->service->n_flows);
	slc_early_charge(e, sizeof(*e));

	e->cpu = smp_processor_id();
	ec = per_cpu_ptr(sn->early_cpu, e->cpu);
	spin_lock(&ec->lock);
	list_add_tail(&e->age, &ec->list);
	spin_unlock(&ec->lock);
	return 0;
}

void slc_early_finish(struct slc_early *e, enum slc_hs_state state)
{
	struct slc_early_cpu *ec = per_cpu_ptr(e->sn->early_cpu, e->cpu);

	lockdep_assert_held(&e->lock);
	e->hs.state = state;
	trace_sluice_handshake(e->sn->net, &e->key, &e->hs, 0);

	/* A handler that runs now waits for the lock and finds the state. */
	slc_timer_delete(&e->timer);

	spin_lock(&ec->lock);
	list_del_init(&e->age);
	spin_unlock(&ec->lock);

	rhashtable_remove_fast(&e->sn->early, &e->node, early_params);
	/* Pairs with slc_input(): who sees no entries finds the flow. */
	smp_mb__before_atomic();
	atomic_dec(&e->sn->n_early);
	early_account(e, -(long)e->charged);
	atomic_dec(&e->service->n_flows);

	kfree(e->buf);
	e->buf = NULL;
	kfree(e->tried);
	e->tried = NULL;
	kfree(e->send);
	e->send = NULL;
	__skb_queue_purge(&e->held);
	if (e->flow) {
		/* Pairs with the acquire in slc_relay_out(): who sees no
		 * handshake sees the frozen numbers.
		 */
		smp_store_release(&e->flow->early, NULL);
		if (state == SLC_HS_DEAD)
			slc_flow_kill(e->flow);
		e->flow = NULL;
	}
	call_rcu(&e->rcu, early_free_rcu);
}

/* The oldest entry of all. It becomes the youngest of its list, so that two
 * who shrink at once do not both wait for it.
 */
static struct slc_early *early_oldest(struct slc_net *sn)
{
	struct slc_early_cpu *ec, *oldest = NULL;
	unsigned long born = 0;
	struct slc_early *e;
	int cpu;

	for_each_possible_cpu(cpu) {
		ec = per_cpu_ptr(sn->early_cpu, cpu);
		spin_lock(&ec->lock);
		e = list_first_entry_or_null(&ec->list, struct slc_early, age);
		if (e && (!oldest || time_before(e->born, born))) {
			oldest = ec;
			born = e->born;
		}
		spin_unlock(&ec->lock);
	}
	if (!oldest)
		return NULL;

	spin_lock(&oldest->lock);
	e = list_first_entry_or_null(&oldest->list, struct slc_early, age);
	if (e)
		list_move_tail(&e->age, &oldest->list);
	spin_unlock(&oldest->lock);
	return e;
}

void slc_early_shrink(struct slc_net *sn)
{
	unsigned int tries = EARLY_EVICT_MAX;
	struct slc_early *e;

	while (unlikely(atomic_long_read(&sn->early_bytes) >
			READ_ONCE(sn->early_max)) && tries--) {
		e = early_oldest(sn);
		if (!e)
			return;
		slc_early_drop(e, READ_ONCE(e->flow),
			       SLUICE_STAT_HALF_OPEN_EVICTED);
	}
}

/* One round, of what began before @start: see flow_flush_round(). */
static unsigned int early_flush_round(struct slc_net *sn,
				      const struct slc_flush *which,
				      unsigned long start, unsigned int *ended)
{
	struct rhashtable_iter iter;
	unsigned int seen = 0, n = 0;
	const struct slc_flow *flow;
	struct slc_early *e;

	rhashtable_walk_enter(&sn->early, &iter);
	slc_table_walk(&iter);
	while ((e = slc_table_next(&iter, &seen))) {
		if (IS_ERR(e))
			continue;
		/* One that is being connected has a backend, which its flow
		 * holds. Who has gone on to another one is met once more.
		 */
		flow = READ_ONCE(e->flow);
		if (time_after(e->born, start) ||
		    !slc_flush_wants(which, e->service,
				     flow ? flow->backend : NULL))
			continue;
		local_bh_disable();
		*ended += slc_early_drop(e, flow, SLUICE_STAT_FLOWS_FLUSHED);
		local_bh_enable();
		slc_table_rest(&iter, ++n);
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	return n;
}

unsigned int slc_early_flush(struct slc_net *sn, const struct slc_flush *which)
{
	unsigned long start = jiffies;
	unsigned int total = 0;
	unsigned int n;

	do {
		n = early_flush_round(sn, which, start, &total);
	} while (n);
	return total;
}

int slc_early_stat(const struct slc_hs *hs, enum slc_hs_why why)
{
	/* Nobody has waited for a header. */
	if (hs->bare && (why == SLC_HS_CUT || why == SLC_HS_SLOW))
		return SLUICE_STAT_CONNECT_ABANDONED;
	switch (why) {
	case SLC_HS_FINE:
		break;
	case SLC_HS_BAD_SEQ:
	case SLC_HS_BAD_FLAGS:
		return SLUICE_STAT_SEQ_INVALID;
	case SLC_HS_BAD_ACK:
		return SLUICE_STAT_ACK_INVALID;
	case SLC_HS_BAD_TS:
		return SLUICE_STAT_PAWS_REJECTED;
	case SLC_HS_BAD_RST:
		return SLUICE_STAT_RST_INEXACT;
	case SLC_HS_CUT:
		return SLUICE_STAT_HEADER_CUT;
	case SLC_HS_ABORTED:
		return SLUICE_STAT_FLOWS_RESET;
	case SLC_HS_SLOW:
		return SLUICE_STAT_HEADER_TIMEOUT;
	case SLC_HS_REFUSED:
		return SLUICE_STAT_CONNECT_REFUSED;
	case SLC_HS_SILENT:
		return SLUICE_STAT_CONNECT_TIMEOUT;
	case SLC_HS_IN_USE:
		return SLUICE_STAT_CLIENT_IN_USE;
	case SLC_HS_UNREACHABLE:
		return SLUICE_STAT_CONNECT_UNREACHABLE;
	case SLC_HS_UNACKED:
		return SLUICE_STAT_HEADER_UNACKED;
	}
	return SLUICE_STAT_BAD_PACKET;
}

void slc_early_count(const struct slc_early *e, int why)
{
	slc_count(e->sn, e->service, why);
	if (!e->flow || !e->flow->backend)
		return;
	/* What its sender resets before it answers was nothing of a backend's;
	 * one that does not take our header does not answer.
	 */
	slc_backend_count(e->flow->backend, why == SLUICE_STAT_FLOWS_RESET ?
			  SLUICE_STAT_CONNECT_ABANDONED :
			  why == SLUICE_STAT_HEADER_UNACKED ?
			  SLUICE_STAT_CONNECT_TIMEOUT : why);
}

int slc_early_net_init(struct slc_net *sn)
{
	int cpu;

	sn->early_cpu = alloc_percpu(struct slc_early_cpu);
	if (!sn->early_cpu)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		struct slc_early_cpu *ec = per_cpu_ptr(sn->early_cpu, cpu);

		spin_lock_init(&ec->lock);
		INIT_LIST_HEAD(&ec->list);
	}
	atomic_long_set(&sn->early_bytes, 0);
	atomic_set(&sn->n_early, 0);
	sn->early_max = SLC_EARLY_BYTES_MAX;
	if (rhashtable_init(&sn->early, &early_params)) {
		free_percpu(sn->early_cpu);
		return -ENOMEM;
	}
	return 0;
}

void slc_early_net_exit(struct slc_net *sn)
{
	rhashtable_destroy(&sn->early);
	free_percpu(sn->early_cpu);
}

int slc_early_init(void)
{
	early_cache = KMEM_CACHE(slc_early, 0);
	return early_cache ? 0 : -ENOMEM;
}

void slc_early_exit(void)
{
	kmem_cache_destroy(early_cache);
}
