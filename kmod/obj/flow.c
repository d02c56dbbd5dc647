// SPDX-License-Identifier: GPL-2.0
/*
 * The flow table. See flow.h.
 */
#include <linux/random.h>
#include <linux/slab.h>

#include "obj/alias.h"
#include "obj/event.h"
#include "obj/flow.h"
#include "obj/log.h"
#include "obj/persist.h"
#include "obj/pool.h"
#include "obj/ports.h"
#include "obj/service.h"
#include "obj/table.h"

#define FLOW_KEPT_MIN		65536
#define GC_INTERVAL		(5 * HZ)

static struct kmem_cache *flow_cache;
static atomic_t flow_total = ATOMIC_INIT(0);

static int flow_cmp(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct slc_half *half = obj;

	return !slc_tuple_eq(&half->key, arg->key);
}

static const struct rhashtable_params flow_params = {
	.head_offset = offsetof(struct slc_half, node),
	.key_offset = offsetof(struct slc_half, key),
	.key_len = sizeof(struct slc_tuple),
	.hashfn = slc_table_hash,
	.obj_cmpfn = flow_cmp,
	.automatic_shrinking = true,
};

struct slc_half *slc_flow_lookup(struct slc_net *sn,
				 const struct slc_tuple *key)
{
	return rhashtable_lookup(&sn->flows, key, flow_params);
}

/* How many that are over are kept: a small limit for those that live is not one
 * for how many come and go.
 */
static int flow_kept_max(const struct slc_net *sn)
{
	return max_t(int, READ_ONCE(sn->flow_max), FLOW_KEPT_MIN);
}

/* Buckets of the table that are looked at for one that may go. Where those that may
 * are a tenth of all, one time in a hundred none is found.
 */
#define EVICT_BUCKETS		64

/* Anybody could have made it up: with so many it is most likely one that was, and who is
 * there has said so long before.
 */
static bool flow_may_be_made_up(const struct slc_flow *flow)
{
	return test_bit(SLC_FLOW_FRESH, &flow->flags);
}

/* Nobody has seen an answer to it, and it is silent: who has sent more than one packet may
 * not be there either.
 */
static bool flow_may_be_nothing(const struct slc_flow *flow)
{
	return test_bit(SLC_FLOW_DIRECT, &flow->flags) && !slc_flow_over(flow) &&
	       !test_bit(SLC_FLOW_PROBE, &flow->flags) &&
	       slc_flow_idle(flow) > 60U * HZ;
}

/* Of those that may go, whichever is met first goes, without a word to anybody. */
static bool flow_evict(struct slc_net *sn, bool (*may)(const struct slc_flow *flow))
{
	const struct bucket_table *tbl = rht_dereference_rcu(sn->flows.tbl,
							     &sn->flows);
	unsigned int at = reciprocal_scale(get_random_u32(), tbl->size);
	struct rhash_head *pos;
	struct slc_half *half;
	struct slc_flow *flow;
	unsigned int i;

	for (i = 0; i < min(tbl->size, EVICT_BUCKETS + 0U); i++) {
		rht_for_each_entry_rcu(half, pos, tbl, at, node) {
			flow = slc_half_flow(half);
			if (!may(flow))
				continue;
			slc_flow_end(flow, SLUICE_FLOW_STATE_RESET,
				     test_bit(SLC_FLOW_FRESH, &flow->flags) ?
				     SLUICE_STAT_HALF_OPEN_EVICTED :
				     SLUICE_STAT_FLOWS_EXPIRED);
			slc_flow_kill(flow);
			return true;
		}
		at = (at + 1) % tbl->size;
	}
	return false;
}

/* One that nobody has counted yet */
static struct slc_flow *flow_make(struct slc_net *sn, struct slc_service *service,
				  const struct slc_service_cfg *cfg)
{
	struct slc_flow *flow;

	flow = kmem_cache_zalloc(flow_cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!flow)
		return ERR_PTR(-ENOMEM);
	if (!slc_service_get(service)) {
		kmem_cache_free(flow_cache, flow);
		return ERR_PTR(-ESHUTDOWN);
	}

	flow->sn = sn;
	flow->service = service;
	flow->mark = cfg->mark;
	flow->mark_mask = cfg->mark_mask;
	flow->idle_s = cfg->idle_timeout_s;
	flow->max_mss = cfg->max_mss;
	flow->id = atomic64_inc_return(&sn->next_flow_id);
	flow->created = jiffies;
	flow->half[SLC_IN].dir = SLC_IN;
	flow->half[SLC_OUT].dir = SLC_OUT;
	flow->half[SLC_IN].last_seen = (u32)jiffies;
	flow->half[SLC_OUT].last_seen = (u32)jiffies;
	return flow;
}

struct slc_flow *slc_flow_alloc(struct slc_net *sn,
				struct slc_service *service,
				const struct slc_service_cfg *cfg)
{
	struct slc_flow *flow;

	if (READ_ONCE(sn->dying))
		return ERR_PTR(-ESHUTDOWN);
	/* Those that are over are kept beside those that live. */
	if ((atomic_inc_return(&sn->n_flows) > (int)READ_ONCE(sn->flow_max) &&
	     !flow_evict(sn, flow_may_be_nothing)) ||
	    atomic_read(&sn->n_kept) > flow_kept_max(sn))
		flow = ERR_PTR(-ENOSPC);
	else
		flow = flow_make(sn, service, cfg);
	if (IS_ERR(flow)) {
		atomic_dec(&sn->n_flows);
		if (PTR_ERR(flow) != -ESHUTDOWN)
			slc_log(sn, PTR_ERR(flow) == -ENOSPC ?
				SLC_LOG_FLOWS : SLC_LOG_MEMORY);
		return flow;
	}
	atomic_inc(&service->n_flows);
	atomic_inc(&flow_total);
	return flow;
}

struct slc_flow *slc_flow_alloc_probe(struct slc_net *sn,
				      struct slc_service *service,
				      const struct slc_service_cfg *cfg)
{
	struct slc_flow *flow;

	if (READ_ONCE(sn->dying))
		return ERR_PTR(-ESHUTDOWN);
	flow = flow_make(sn, service, cfg);
	if (IS_ERR(flow))
		return flow;
	__set_bit(SLC_FLOW_PROBE, &flow->flags);
	return flow;
}

void slc_flow_bind(struct slc_flow *flow, struct slc_backend *backend)
{
	slc_backend_get(backend);
	if (!test_bit(SLC_FLOW_PROBE, &flow->flags))
		atomic_inc(&backend->load.flows);
	flow->backend = backend;
	__set_bit(SLC_FLOW_BACKEND, &flow->flags);
}

bool slc_flow_fresh(struct slc_flow *flow, unsigned int more)
{
	struct slc_net *sn = flow->sn;
	int max;

	flow->fresh = 1 + DIV_ROUND_UP(more, sizeof(*flow));

	/* The limit is one of memory; two CPUs may pass it by one each. Of those that
	 * go none counts for less than one, so this ends.
	 */
	max = min_t(unsigned long, READ_ONCE(sn->early_max) / sizeof(*flow),
		    INT_MAX);
	while (atomic_read(&sn->n_fresh) > max - flow->fresh)
		if (!flow_evict(sn, flow_may_be_made_up))
			return false;
	atomic_add(flow->fresh, &sn->n_fresh);
	__set_bit(SLC_FLOW_FRESH, &flow->flags);
	return true;
}

int slc_flow_insert(struct slc_half *half)
{
	struct slc_flow *flow = slc_half_flow(half);
	int err;

	/* Before it can be found, so that whoever kills it takes it out. */
	set_bit(half->dir == SLC_IN ? SLC_FLOW_HAS_IN : SLC_FLOW_HAS_OUT,
		&flow->flags);
	err = rhashtable_lookup_insert_fast(&flow->sn->flows, &half->node,
					    flow_params);
	if (err) {
		clear_bit(half->dir == SLC_IN ? SLC_FLOW_HAS_IN :
						SLC_FLOW_HAS_OUT,
			  &flow->flags);
		return err;
	}
	/* By its other half somebody may have killed it meanwhile. Pairs with
	 * the atomic in slc_flow_kill(): he or we see that both are in.
	 */
	smp_mb();
	if (likely(!test_bit(SLC_FLOW_DEAD, &flow->flags)))
		return 0;
	rhashtable_remove_fast(&flow->sn->flows, &half->node, flow_params);
	return -ESHUTDOWN;
}

static void flow_free_rcu(struct rcu_head *rcu)
{
	struct slc_flow *flow = container_of(rcu, struct slc_flow, rcu);

	dst_release(rcu_dereference_protected(flow->half[SLC_IN].dst, 1));
	dst_release(rcu_dereference_protected(flow->half[SLC_OUT].dst, 1));
	kfree(flow->header);
	kfree(flow->aliases);
	kfree(flow->dress);
	slc_secpath_put(flow->secpath);
	if (flow->port)
		slc_ports_give(flow->ports, flow->port);
	if (flow->ports)
		slc_ports_put(flow->ports);
	if (flow->backend)
		slc_backend_put(flow->backend);
	slc_service_put(flow->service);
	kmem_cache_free(flow_cache, flow);
}

/* Whichever comes second, the event of its beginning or its end, tells of the
 * end: so none is told of before the beginning, or of what never began.
 */
static void flow_told(struct slc_flow *flow)
{
	if (test_and_set_bit(SLC_FLOW_TOLD, &flow->flags))
		slc_event_flow(flow, SLUICE_EVENT_ENDED);
}

void slc_flow_begun(struct slc_flow *flow)
{
	slc_half_began(&flow->half[SLC_IN]);
	/* A conversation's client has yet to be answered, at least. */
	if (flow->half[SLC_IN].key.proto == IPPROTO_TCP)
		slc_persist_keep(flow);
	slc_event_flow(flow, SLUICE_EVENT_ADDED);
	flow_told(flow);
}

bool slc_flow_end(struct slc_flow *flow, u8 state, int why)
{
	if (slc_flow_over(flow))
		return false;
	/* Before its event, which shows it. */
	WRITE_ONCE(flow->state, state);
	if (test_and_set_bit(SLC_FLOW_ENDED, &flow->flags))
		return false;
	WRITE_ONCE(flow->why, why);
	if (unlikely(test_bit(SLC_FLOW_PROBE, &flow->flags)))
		return true;
	slc_flow_proven(flow);
	slc_persist_leave(flow);
	atomic_inc(&flow->sn->n_kept);
	atomic_dec(&flow->sn->n_flows);
	atomic_dec(&flow->service->n_flows);
	if (flow->backend)
		atomic_dec(&flow->backend->load.flows);
	atomic_dec(&flow_total);
	if (why)
		slc_flow_ended(flow, why);
	flow_told(flow);
	return true;
}

void slc_flow_kill(struct slc_flow *flow)
{
	struct slc_net *sn = flow->sn;

	if (test_and_set_bit(SLC_FLOW_DEAD, &flow->flags))
		return;
	/* If it never began; its handshake says why. Or the client's end was seen. */
	slc_flow_end(flow, READ_ONCE(flow->state),
		     test_bit(SLC_FLOW_DIRECT, &flow->flags) &&
		     test_bit(SLC_FLOW_FIN_IN, &flow->flags) ?
		     SLUICE_STAT_FLOWS_CLOSED : 0);
	if (test_bit(SLC_FLOW_HAS_IN, &flow->flags))
		rhashtable_remove_fast(&sn->flows, &flow->half[SLC_IN].node,
				       flow_params);
	if (test_bit(SLC_FLOW_HAS_OUT, &flow->flags))
		rhashtable_remove_fast(&sn->flows, &flow->half[SLC_OUT].node,
				       flow_params);
	if (flow->aliases)
		slc_alias_remove(flow);
	if (!test_bit(SLC_FLOW_PROBE, &flow->flags))
		atomic_dec(&sn->n_kept);
	call_rcu(&flow->rcu, flow_free_rcu);
}

struct slc_flow *slc_flow_find(struct slc_net *sn, slc_flow_wants *wants,
			       void *data)
	__acquires(RCU)
{
	struct rhashtable_iter iter;
	struct slc_half *half;
	unsigned int n = 0;

	rhashtable_walk_enter(&sn->flows, &iter);
	slc_table_walk(&iter);
	do {
		half = slc_table_next(&iter, &n);
	} while (half && (IS_ERR(half) || !wants(slc_half_flow(half), data)));
	/* In the walk's section, so that there is no gap between it and ours. */
	rcu_read_lock();
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	return half ? slc_half_flow(half) : NULL;
}

static bool flow_has_id(const struct slc_flow *flow, void *data)
{
	const u64 *id = data;

	return flow->id == *id;
}

struct slc_flow *slc_flow_find_id(struct slc_net *sn, u64 id)
	__acquires(RCU)
{
	return slc_flow_find(sn, flow_has_id, &id);
}

unsigned int slc_flow_total(void)
{
	return atomic_read(&flow_total);
}

/* How long a flow that is open may be silent: what its service said, or the usual. */
static u32 flow_idle_max(const struct slc_flow *flow, u32 usual_s)
{
	return (flow->idle_s ?: usual_s) * HZ;
}

/* A question and its answer are soon over; what goes on for a while, as conntrack
 * has it, may pause for longer.
 */
static u32 flow_udp_timeout(const struct slc_flow *flow)
{
	u32 in = READ_ONCE(flow->half[SLC_IN].last_seen) - (u32)flow->created;
	u32 out = READ_ONCE(flow->half[SLC_OUT].last_seen) - (u32)flow->created;
	u32 last = test_bit(SLC_FLOW_DIRECT, &flow->flags) ? in : min(in, out);

	if (test_bit(SLC_FLOW_REPLIED, &flow->flags) && last > 2U * HZ)
		return flow_idle_max(flow, 300);
	return min(flow_idle_max(flow, 30), 30U * HZ);
}

/* How long a flow may be silent, in jiffies. */
static u32 flow_timeout(const struct slc_flow *flow)
{
	u8 state = READ_ONCE(flow->state);

	if (flow->half[SLC_IN].key.proto == IPPROTO_UDP)
		return flow_udp_timeout(flow);
	/* Whatever it looks like: a FIN may have met a reset. */
	if (slc_flow_over(flow) && state != SLUICE_FLOW_STATE_CLOSING)
		return 10U * HZ;
	switch (state) {
	case SLUICE_FLOW_STATE_ESTABLISHED:
		/* Somebody else saw it begin, if anybody did. */
		if (test_bit(SLC_FLOW_FRESH, &flow->flags))
			return 60U * HZ;
		return flow_idle_max(flow, 5 * 24 * 3600); /* as conntrack */
	case SLUICE_FLOW_STATE_FIN_IN:
	case SLUICE_FLOW_STATE_FIN_OUT:
		/* half-closed connections may be slow */
		return min(flow_idle_max(flow, 3600), 3600U * HZ);
	case SLUICE_FLOW_STATE_CLOSING:
		if (test_bit(SLC_FLOW_PROBE, &flow->flags))
			return 10U * HZ;
		/* What has to come again may be as long as TCP_RTO_MAX. */
		if (!slc_flow_spent(flow))
			return 130U * HZ;
		/* TIME_WAIT, and its last ACKs, if there is room for them */
		if (atomic_read(&flow->sn->n_kept) > flow_kept_max(flow->sn) / 2)
			return 10U * HZ;
		return test_bit(SLC_FLOW_DIRECT, &flow->flags) ? 130U * HZ :
								  70U * HZ;
	default:
		/* A handshake of ours has its own timer. */
		return test_bit(SLC_FLOW_NAT, &flow->flags) ? 60U * HZ :
								   U32_MAX;
	}
}

u32 slc_flow_idle(const struct slc_flow *flow)
{
	u32 now = (u32)jiffies;
	u32 idle = min(now - READ_ONCE(flow->half[SLC_IN].last_seen),
		       now - READ_ONCE(flow->half[SLC_OUT].last_seen));

	/* A packet may be stamped after we read the clock. */
	return (s32)idle > 0 ? idle : 0;
}

/* How it is counted that a flow was silent for too long. One that had not begun is
 * missed by whoever was to speak next.
 */
static int flow_expired(const struct slc_flow *flow)
{
	if (READ_ONCE(flow->state) != SLUICE_FLOW_STATE_CONNECT)
		return SLUICE_STAT_FLOWS_EXPIRED;
	return test_bit(SLC_FLOW_REPLIED, &flow->flags) ?
	       SLUICE_STAT_CONNECT_ABANDONED : SLUICE_STAT_CONNECT_TIMEOUT;
}

/* Of two halves one stands for the flow: the sender's, or the only one that those
 * have whose backend was left for another (path/retry.c), or whose client is found
 * by another name.
 */
static bool flow_met_by(const struct slc_half *half, const struct slc_flow *flow)
{
	return half->dir == SLC_IN ||
	       (!test_bit(SLC_FLOW_HAS_IN, &flow->flags) &&
		(flow->aliases || slc_flow_over(flow)));
}

/* Nobody here sees a backend that answers past us say its end. Some time after the
 * client's it has, most likely; if not, the flow is there for a while yet.
 */
static bool flow_is_quiet(const struct slc_flow *flow)
{
	return test_bit(SLC_FLOW_DIRECT, &flow->flags) &&
	       READ_ONCE(flow->state) == SLUICE_FLOW_STATE_FIN_IN &&
	       slc_flow_idle(flow) > 10U * HZ;
}

static void flow_quiet(struct slc_flow *flow)
{
	local_bh_disable();
	slc_flow_end(flow, SLUICE_FLOW_STATE_CLOSING, SLUICE_STAT_FLOWS_CLOSED);
	local_bh_enable();
}

static void flow_gc(struct work_struct *work)
{
	struct slc_net *sn = container_of(to_delayed_work(work),
					  struct slc_net, gc);
	struct rhashtable_iter iter;
	unsigned int n = 0, ended = 0;
	struct slc_half *half;

	rhashtable_walk_enter(&sn->flows, &iter);
	slc_table_walk(&iter);
	while ((half = slc_table_next(&iter, &n))) {
		struct slc_flow *flow;
		bool told;

		/* A resize: some are seen twice. */
		if (IS_ERR(half))
			continue;
		flow = slc_half_flow(half);
		if (!flow_met_by(half, flow))
			continue;
		if (flow_is_quiet(flow))
			flow_quiet(flow);
		if (slc_flow_idle(flow) <= flow_timeout(flow))
			continue;
		/* If it lived, its ends are to know. */
		local_bh_disable();
		told = slc_flow_reset(flow, flow_expired(flow));
		local_bh_enable();
		if (told)
			slc_table_rest(&iter, ++ended);
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	slc_ports_sweep(sn);
	slc_persist_sweep(sn, false);

	if (!READ_ONCE(sn->dying))
		queue_delayed_work(system_power_efficient_wq, &sn->gc,
				   GC_INTERVAL);
}

bool slc_flush_wants(const struct slc_flush *which,
		     const struct slc_service *service,
		     const struct slc_backend *backend)
{
	if (which->all || which->service == service ||
	    (which->backend && which->backend == backend))
		return true;
	return which->dead && (READ_ONCE(service->dead) ||
			       (backend && READ_ONCE(backend->resets)));
}

/* One round over the table. Killing what the walk stands on, and pausing,
 * makes it skip some: hence rounds, until one finds none. Of those found, some
 * may be over and go without having @ended now.
 */
static unsigned int flow_flush_round(struct slc_net *sn,
				     const struct slc_flush *which, u64 last,
				     unsigned int *ended)
{
	struct rhashtable_iter iter;
	unsigned int seen = 0, n = 0;
	struct slc_half *half;

	rhashtable_walk_enter(&sn->flows, &iter);
	slc_table_walk(&iter);
	while ((half = slc_table_next(&iter, &seen))) {
		struct slc_flow *flow;
		bool told, probe;

		if (IS_ERR(half))
			continue;
		flow = slc_half_flow(half);
		probe = test_bit(SLC_FLOW_PROBE, &flow->flags);
		/* A backend that is down is checked all the same. */
		if (!flow_met_by(half, flow) || flow->id > last ||
		    !slc_flush_wants(which, flow->service,
				     probe && which->dead ? NULL : flow->backend))
			continue;
		local_bh_disable();
		told = slc_flow_reset(flow, SLUICE_STAT_FLOWS_FLUSHED);
		local_bh_enable();
		*ended += told && !probe;
		slc_table_rest(&iter, ++n);
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	return n;
}

unsigned int slc_flow_flush(struct slc_net *sn, const struct slc_flush *which)
{
	unsigned int total = slc_early_flush(sn, which);
	u64 last = atomic64_read(&sn->next_flow_id);
	unsigned int n;

	/* Those there are; under load there will always be new ones. */
	do {
		n = flow_flush_round(sn, which, last, &total);
	} while (n);
	return total;
}

int slc_flow_net_init(struct slc_net *sn)
{
	sn->flow_max = SLC_FLOW_MAX;
	atomic_set(&sn->n_flows, 0);
	atomic_set(&sn->n_kept, 0);
	atomic_set(&sn->n_fresh, 0);
	atomic64_set(&sn->next_flow_id, 0);
	INIT_DEFERRABLE_WORK(&sn->gc, flow_gc);
	if (rhashtable_init(&sn->flows, &flow_params))
		return -ENOMEM;
	if (!slc_alias_net_init(sn))
		return 0;
	rhashtable_destroy(&sn->flows);
	return -ENOMEM;
}

void slc_flow_net_exit(struct slc_net *sn)
{
	slc_alias_net_exit(sn);
	rhashtable_destroy(&sn->flows);
}

int slc_flow_init(void)
{
	flow_cache = KMEM_CACHE(slc_flow, SLAB_HWCACHE_ALIGN);
	return flow_cache ? 0 : -ENOMEM;
}

void slc_flow_exit(void)
{
	kmem_cache_destroy(flow_cache);
}
