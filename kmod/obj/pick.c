// SPDX-License-Identifier: GPL-2.0
/* Choosing a backend. See pick.h. */
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include "core/sched.h"
#include "obj/config.h"
#include "obj/persist.h"
#include "obj/pick.h"
#include "obj/pool.h"

/**
 * struct slc_pick_view - what the scheduler of a pool chooses from
 * @of: for clients of IPv4 and of IPv6: all backends that they may have, and then
 *	those of their own family; the same view where these are the same, NULL
 *	where there are none
 *
 * All in one view, so that each has its share of either family's clients.
 */
struct slc_pick_view {
	struct slc_view *of[2][2];
};

enum { PICK_ALL, PICK_OWN };

static unsigned int pick_index(u8 family)
{
	return family == SLC_FAMILY_IPV6;
}

/* May clients of a family have a backend? */
static bool pick_suits(const struct slc_pool_rules *rules,
		       const struct slc_backend_entry *e, unsigned int family,
		       bool own)
{
	if (pick_index(slc_addr_family(&e->backend->addr)) == family)
		return true;
	return !own &&
	       slc_mode_crosses(e->cfg.forward ?: rules->cfg.forward);
}

/* Does it belong into a view for them, too? */
static bool pick_wants(const struct slc_pool_rules *rules,
		       const struct slc_backend_entry *e, unsigned int family,
		       bool own)
{
	return pick_suits(rules, e, family, own) &&
	       (rules->cfg.scheduler->flags & SLC_SCHED_KEEPS ||
		slc_backend_usable(&e->cfg));
}

static const siphash_key_t *pick_secret(const struct slc_pool *pool,
					const struct slc_pool_cfg *cfg)
{
	return siphash_key_is_zero(&cfg->key) ? &pool->key : &cfg->key;
}

/* What the scheduler knows a backend by. Who shares the secret, and lists the same
 * backends, chooses as we do: so it is of address and port alone, and the bytes are
 * the same on each machine.
 */
static u64 pick_key(const struct slc_backend *b, const siphash_key_t *secret)
{
	struct {
		struct slc_addr addr;
		__le64 port;
	} what = { b->addr, cpu_to_le64(b->port) };

	return siphash(&what, sizeof(what), secret);
}

static int pick_cmp(const void *a, const void *b)
{
	const struct slc_target *ta = a, *tb = b;

	return ta->key < tb->key ? -1 : ta->key > tb->key;
}

/* How long until a backend has all of its share? */
static u32 pick_left_ms(const struct slc_pool_cfg *cfg,
			const struct slc_backend_entry *e, u64 now_ms)
{
	u64 ramp_ms = (u64)cfg->slow_start_s * MSEC_PER_SEC;
	u64 age_ms = now_ms - e->since_ms;

	if (!e->since_ms || age_ms >= ramp_ms || !slc_backend_usable(&e->cfg))
		return 0;
	return ramp_ms - age_ms;
}

static struct slc_view *pick_build_family(struct slc_pool *pool,
					  struct slc_pool_rules *rules,
					  unsigned int family, bool own)
{
	const siphash_key_t *secret = pick_secret(pool, &rules->cfg);
	const struct slc_sched *sched = rules->cfg.scheduler;
	unsigned int i, n = 0, room = 0;
	u64 now_ms = slc_pick_now_ms();
	struct slc_backend_entry *e;
	struct slc_view *view;

	for (i = 0; i < rules->n; i++) {
		e = &rules->backend[i];
		n += pick_wants(rules, e, family, own);
		room += pick_suits(rules, e, family, own);
	}
	if (!n)
		return NULL;
	view = kvzalloc(slc_view_size(sched, n, room), SLC_GFP_CONFIG);
	if (!view)
		return ERR_PTR(-ENOMEM);
	slc_view_init(view, sched, n, room, &pool->cursor);
	for (i = 0, n = 0; i < rules->n; i++) {
		e = &rules->backend[i];
		if (!pick_wants(rules, e, family, own))
			continue;
		view->target[n++] = (struct slc_target) {
			.load		= &e->backend->load,
			.key		= pick_key(e->backend, secret),
			.id		= e->backend->id,
			.max_flows	= e->cfg.max_flows,
			.left_ms	= pick_left_ms(&rules->cfg, e, now_ms),
			.weight		= slc_backend_usable(&e->cfg) ?
					  e->cfg.weight : 0,
			.full		= e->cfg.weight,
		};
	}
	slc_view_start(view, rules->cfg.slow_start_s * MSEC_PER_SEC, now_ms);
	/* Others may list them in another order. */
	if (sched->flags & SLC_SCHED_HASHES)
		sort(view->target, n, sizeof(view->target[0]), pick_cmp, NULL);
	return view;
}

/* Do two kinds of clients have the same backends? Then one view does for both. */
static bool pick_same(const struct slc_pool_rules *rules, unsigned int family,
		      bool own, unsigned int other, bool other_own)
{
	unsigned int i;

	for (i = 0; i < rules->n; i++)
		if (pick_suits(rules, &rules->backend[i], family, own) !=
		    pick_suits(rules, &rules->backend[i], other, other_own))
			return false;
	return true;
}

static int pick_build_view(struct slc_pool *pool, struct slc_pool_rules *rules,
			   const struct slc_pick_view *old,
			   struct slc_pick_view *view, unsigned int family,
			   unsigned int which)
{
	struct slc_view *v;

	v = pick_build_family(pool, rules, family, which == PICK_OWN);
	if (IS_ERR(v))
		return PTR_ERR(v);
	if (v)
		slc_view_build(v, old ? old->of[family][which] : NULL);
	view->of[family][which] = v;
	return 0;
}

int slc_pick_build(struct slc_pool *pool, struct slc_pool_rules *rules,
		   const struct slc_pool_rules *old)
{
	const struct slc_pick_view *was = old ? old->view : NULL;
	struct slc_pick_view *view;
	unsigned int f, i;
	int err = 0;

	/* Nobody reads these before there is a view. */
	for (i = 0; i < rules->n && !(old && old->view); i++)
		rules->backend[i].since_ms = 0;
	view = kzalloc(sizeof(*view), SLC_GFP_CONFIG);
	if (!view)
		return -ENOMEM;
	for (f = 0; f < ARRAY_SIZE(view->of) && !err; f++) {
		if (f && pick_same(rules, f, false, 0, false))
			view->of[f][PICK_ALL] = view->of[0][PICK_ALL];
		else
			err = pick_build_view(pool, rules, was, view, f,
					      PICK_ALL);
		if (pick_same(rules, f, false, f, true))
			view->of[f][PICK_OWN] = view->of[f][PICK_ALL];
		else if (!err)
			err = pick_build_view(pool, rules, was, view, f,
					      PICK_OWN);
	}
	if (err) {
		slc_pick_free(view);
		return err;
	}
	rules->view = view;
	return 0;
}

void slc_pick_free(struct slc_pick_view *view)
{
	unsigned int f;

	if (!view)
		return;
	for (f = 0; f < ARRAY_SIZE(view->of); f++) {
		if (view->of[f][PICK_OWN] != view->of[f][PICK_ALL])
			kvfree(view->of[f][PICK_OWN]);
		if (!f || view->of[f][PICK_ALL] != view->of[0][PICK_ALL])
			kvfree(view->of[f][PICK_ALL]);
	}
	kfree(view);
}

/* Backends ascend by id. The first that is not below this one */
static const struct slc_backend_entry *
pick_entry(const struct slc_pool_rules *rules, u32 id)
{
	unsigned int lo = 0, hi = rules->n;

	while (lo < hi) {
		unsigned int mid = lo + (hi - lo) / 2;

		if (rules->backend[mid].backend->id < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return &rules->backend[lo];
}

/* The backend that the client has, if the pool remembers it and it may be had. */
static const struct slc_backend_entry *
pick_kept(struct slc_net *sn, const struct slc_pool_entry *pool,
	  const struct slc_tuple *client, const struct slc_tried *tried,
	  unsigned int which)
{
	const struct slc_pool_rules *rules = pool->rules;
	const struct slc_backend_entry *e;
	unsigned int i;
	u32 id;

	if (!rules->cfg.persist_s)
		return NULL;
	id = slc_persist_find(sn, pool->pool->id, &client->src);
	if (!id)
		return NULL;
	for (i = 0; tried && i < tried->n; i++)
		if (tried->id[i] == id)
			return NULL;
	e = pick_entry(rules, id);
	if (e == rules->backend + rules->n || e->backend->id != id ||
	    !slc_backend_usable(&e->cfg) ||
	    !pick_suits(rules, e, pick_index(client->family),
			which == PICK_OWN))
		return NULL;
	if (e->cfg.max_flows &&
	    atomic_read(&e->backend->load.flows) >= (int)e->cfg.max_flows)
		return NULL;
	/* Who may try a suspect is for the scheduler to say. */
	if (rules->cfg.max_fails && client->proto == IPPROTO_TCP &&
	    atomic64_read(&e->backend->load.doubt))
		return NULL;
	return e;
}

/* What connections are told apart by; what does not count is 0 for all of them. */
static u32 pick_hash(const struct slc_pool_entry *pool,
		     const struct slc_tuple *client)
{
	u8 fields = pool->rules->cfg.hash;
	struct slc_tuple what = { };

	if (fields & SLUICE_HASH_FIELD_SRC)
		what.src = client->src;
	if (fields & SLUICE_HASH_FIELD_SRC_PORT)
		what.sport = client->sport;
	if (fields & SLUICE_HASH_FIELD_DST)
		what.dst = client->dst;
	if (fields & SLUICE_HASH_FIELD_DST_PORT)
		what.dport = client->dport;
	return siphash(&what, sizeof(what),
		       pick_secret(pool->pool, &pool->rules->cfg));
}

/* One that is no suspect, or whose time has come; else one that is. */
static int pick_at(const struct slc_view *of, const struct slc_pool_cfg *cfg,
		   struct slc_pick *pick)
{
	u32 wait_ms = cfg->fail_timeout_s * MSEC_PER_SEC;
	int at;

	/* Each time round somebody else has been let try one of them. */
	do {
		at = slc_view_pick(of, pick);
		if (pick->any)
			return at;
		pick->any = at < 0;
	} while (at < 0 ||
		 !slc_load_try(of->target[at].load, wait_ms, pick->now_ms));
	return at;
}

static const struct slc_backend_entry *
pick_of(const struct slc_pool_entry *pool, const struct slc_tuple *client,
	const struct slc_tried *tried, unsigned int which)
{
	const struct slc_pool_rules *rules = pool->rules;
	const struct slc_view *of =
		rules->view->of[pick_index(client->family)][which];
	struct slc_pick pick;
	int at;

	if (!of)
		return NULL;
	pick = (struct slc_pick) {
		.rnd	= get_random_u64(),
		.now_ms	= slc_pick_now_ms(),
		/* Whoever answers no datagram may be fine, and who does well. */
		.any	= !rules->cfg.max_fails ||
			  client->proto != IPPROTO_TCP,
	};
	if (tried) {
		pick.tried = tried->id;
		pick.n_tried = tried->n;
	}
	if (of->sched->flags & SLC_SCHED_HASHES)
		pick.hash = pick_hash(pool, client);
	at = pick_at(of, &rules->cfg, &pick);
	return at < 0 ? NULL : pick_entry(rules, of->target[at].id);
}

struct slc_choice slc_pick(struct slc_net *sn, const struct slc_pool_entry *pool,
			   const struct slc_tuple *client,
			   const struct slc_tried *tried, bool across)
{
	unsigned int which = across ? PICK_ALL : PICK_OWN;
	const struct slc_backend_entry *e;

	/* There is no circle, so this ends. */
	for (; pool; pool = pool->sorry) {
		e = pick_kept(sn, pool, client, tried, which) ?:
		    pick_of(pool, client, tried, which);
		if (e)
			return (struct slc_choice) {
				.backend = e->backend,
				.mode = e->cfg.forward ?:
					pool->rules->cfg.forward,
				.sched = pool->rules->cfg.scheduler,
				.pool_id = pool->pool->id,
				.persist_s = pool->rules->cfg.persist_s,
			};
	}
	return (struct slc_choice) { };
}

bool slc_pick_suits(const struct slc_pool_entry *pool, u8 family)
{
	for (; pool; pool = pool->sorry)
		if (pool->rules->view->of[pick_index(family)][PICK_ALL])
			return true;
	return false;
}
