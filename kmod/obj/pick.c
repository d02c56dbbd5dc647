// SPDX-License-Identifier: GPL-2.0
/* Choosing a backend. See pick.h. */
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include "obj/config.h"
#include "obj/persist.h"
#include "obj/pick.h"
#include "obj/pool.h"

/* Kinds of clients, by family: those who have backends of their own alone, and those
 * who may have the other's, too
 */
#define PICK_ACROSS	1
#define PICK_IPV6	2
#define PICK_KINDS	4

/**
 * struct slc_pick_view - what the scheduler of a pool chooses from
 * @of: for each kind of clients the backends that they may have, the same view where
 *	another kind may have the same; NULL where there are none
 * @some: is there one that would take connections, if it is not full?
 * @enough: are as many ready as there must be?
 * @sends: is there one that connections reach with a header of ours?
 *
 * All in one view, so that each has its share of either family's clients.
 */
struct slc_pick_view {
	struct slc_view *of[PICK_KINDS];
	bool some[PICK_KINDS];
	bool enough;
	bool sends;
};

static unsigned int pick_kind(u8 family, bool across)
{
	return (family == SLC_FAMILY_IPV6 ? PICK_IPV6 : 0) |
	       (across ? PICK_ACROSS : 0);
}

/* May clients of a kind have a backend? */
static bool pick_suits(const struct slc_pool_rules *rules,
		       const struct slc_backend_entry *e, unsigned int kind)
{
	bool across = kind & PICK_ACROSS;

	return pick_kind(slc_addr_family(&e->backend->addr), across) == kind ||
	       (across &&
		slc_mode_crosses(e->cfg.forward ?: rules->cfg.forward));
}

/* Does it belong into a view for them, too? */
static bool pick_wants(const struct slc_pool_rules *rules,
		       const struct slc_backend_entry *e, unsigned int kind)
{
	return pick_suits(rules, e, kind) &&
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

/* A backend as schedulers see it, but for its key and its start. One of whose share
 * nothing is left has no weight.
 */
static struct slc_target pick_target(const struct slc_backend_entry *e)
{
	return (struct slc_target) {
		.load		= &e->backend->load,
		.id		= e->backend->id,
		.max_flows	= e->cfg.max_flows,
		.weight		= slc_backend_usable(&e->cfg) ?
				  e->cfg.weight : 0,
		.full		= e->cfg.weight,
		.less		= min(100 - e->cfg.health_weight, 99),
	};
}

static struct slc_view *pick_view(struct slc_pool *pool,
				  struct slc_pool_rules *rules,
				  unsigned int kind)
{
	const siphash_key_t *secret = pick_secret(pool, &rules->cfg);
	const struct slc_sched *sched = rules->cfg.scheduler;
	unsigned int i, n = 0, room = 0;
	u64 now_ms = slc_pick_now_ms();
	struct slc_backend_entry *e;
	struct slc_target *t;
	struct slc_view *view;

	for (i = 0; i < rules->n; i++) {
		e = &rules->backend[i];
		n += pick_wants(rules, e, kind);
		room += pick_suits(rules, e, kind);
	}
	if (!n)
		return NULL;
	view = kvzalloc(slc_view_size(sched, n, room), SLC_GFP_CONFIG);
	if (!view)
		return ERR_PTR(-ENOMEM);
	slc_view_init(view, sched, n, room, &pool->cursor);
	for (i = 0, n = 0; i < rules->n; i++) {
		e = &rules->backend[i];
		if (!pick_wants(rules, e, kind))
			continue;
		t = &view->target[n++];
		*t = pick_target(e);
		t->key = pick_key(e->backend, secret);
		t->left_ms = pick_left_ms(&rules->cfg, e, now_ms);
	}
	slc_view_start(view, rules->cfg.slow_start_s * MSEC_PER_SEC, now_ms);
	/* Others may list them in another order. */
	if (sched->flags & SLC_SCHED_HASHES)
		sort(view->target, n, sizeof(view->target[0]), pick_cmp, NULL);
	return view;
}

/* Have two kinds of clients the same backends? Then one view does for both. */
static bool pick_same(const struct slc_pool_rules *rules, unsigned int kind,
		      unsigned int other)
{
	unsigned int i;

	for (i = 0; i < rules->n; i++)
		if (pick_suits(rules, &rules->backend[i], kind) !=
		    pick_suits(rules, &rules->backend[i], other))
			return false;
	return true;
}

static bool pick_some(const struct slc_view *view)
{
	unsigned int i;

	for (i = 0; view && i < view->n; i++)
		if (view->target[i].weight)
			return true;
	return false;
}

static int pick_build_kind(struct slc_pool *pool, struct slc_pool_rules *rules,
			   const struct slc_pick_view *old,
			   struct slc_pick_view *view, unsigned int kind)
{
	unsigned int other;
	struct slc_view *v;

	for (other = 0; other < kind; other++)
		if (pick_same(rules, kind, other)) {
			view->of[kind] = view->of[other];
			view->some[kind] = view->some[other];
			return 0;
		}
	v = pick_view(pool, rules, kind);
	if (IS_ERR(v))
		return PTR_ERR(v);
	if (v)
		slc_view_build(v, old ? old->of[kind] : NULL);
	view->of[kind] = v;
	view->some[kind] = pick_some(v);
	return 0;
}

static bool pick_sends(const struct slc_pool_rules *rules)
{
	unsigned int i;

	for (i = 0; i < rules->n; i++)
		if (slc_sends_first(slc_send_proxy(&rules->cfg,
						   &rules->backend[i].cfg)))
			return true;
	return false;
}

int slc_pick_build(struct slc_pool *pool, struct slc_pool_rules *rules,
		   const struct slc_pool_rules *old)
{
	const struct slc_pick_view *was = old ? old->view : NULL;
	struct slc_pick_view *view;
	unsigned int kind, i;
	int err;

	/* Nobody reads these before there is a view. */
	for (i = 0; i < rules->n && !was; i++)
		rules->backend[i].since_ms = 0;
	view = kzalloc(sizeof(*view), SLC_GFP_CONFIG);
	if (!view)
		return -ENOMEM;
	for (kind = 0; kind < PICK_KINDS; kind++) {
		err = pick_build_kind(pool, rules, was, view, kind);
		if (err) {
			slc_pick_free(view);
			return err;
		}
	}
	view->enough = slc_pool_up(rules) >= rules->cfg.min_up;
	view->sends = pick_sends(rules);
	rules->view = view;
	return 0;
}

void slc_pick_free(struct slc_pick_view *view)
{
	unsigned int kind, other;

	if (!view)
		return;
	for (kind = 0; kind < PICK_KINDS; kind++) {
		for (other = 0; view->of[other] != view->of[kind]; other++)
			;
		if (other == kind)
			kvfree(view->of[kind]);
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

static void pick_tried(struct slc_pick *pick, const struct slc_tried *tried)
{
	if (!tried)
		return;
	pick->tried = tried->id;
	pick->n_tried = tried->n;
}

/* The backend that the client has, if the pool remembers it and it may be had. */
static const struct slc_backend_entry *
pick_kept(struct slc_net *sn, const struct slc_pool_entry *pool,
	  const struct slc_tuple *client, const struct slc_tried *tried,
	  unsigned int kind)
{
	const struct slc_pool_rules *rules = pool->rules;
	const struct slc_backend_entry *e;
	struct slc_pick pick = { .any = true };
	struct slc_target t;
	u32 id;

	if (!rules->cfg.persist_s)
		return NULL;
	id = slc_persist_find(sn, pool->pool->id, &client->src);
	if (!id)
		return NULL;
	e = pick_entry(rules, id);
	if (e == rules->backend + rules->n || e->backend->id != id ||
	    !pick_suits(rules, e, kind))
		return NULL;
	t = pick_target(e);
	pick_tried(&pick, tried);
	if (!slc_target_free(&t, &pick))
		return NULL;
	/* Who may try a suspect is for the scheduler to say. */
	if (rules->cfg.max_fails && client->proto == IPPROTO_TCP &&
	    atomic64_read(&t.load->doubt))
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
		   struct slc_pick *pick, struct slc_trial *trial)
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
		 !slc_load_try(of->target[at].load, wait_ms, pick->now_ms,
			       trial));
	return at;
}

static const struct slc_backend_entry *
pick_of(const struct slc_pool_entry *pool, const struct slc_tuple *client,
	const struct slc_tried *tried, unsigned int kind,
	struct slc_trial *trial)
{
	const struct slc_pool_rules *rules = pool->rules;
	const struct slc_view *of = rules->view->of[kind];
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
	pick_tried(&pick, tried);
	if (of->sched->flags & SLC_SCHED_HASHES)
		pick.hash = pick_hash(pool, client);
	at = pick_at(of, &rules->cfg, &pick, trial);
	return at < 0 ? NULL : pick_entry(rules, of->target[at].id);
}

static struct slc_choice pick_choice(const struct slc_pool_entry *pool,
				     const struct slc_backend_entry *e)
{
	const struct slc_pool_cfg *cfg = &pool->rules->cfg;

	return (struct slc_choice) {
		.backend = e->backend,
		.mode = e->cfg.forward ?: cfg->forward,
		.sched = cfg->scheduler,
		.pool = cfg,
		.send_proxy = slc_send_proxy(cfg, &e->cfg),
		.pool_id = pool->pool->id,
		.persist_s = cfg->persist_s,
		.tunnel_port = e->cfg.tunnel_port,
		.tunnel_csum = e->cfg.tunnel_csum,
	};
}

struct slc_choice slc_pick(struct slc_net *sn, const struct slc_pool_entry *pool,
			   const struct slc_tuple *client,
			   const struct slc_tried *tried, bool across)
{
	unsigned int kind = pick_kind(client->family, across);
	const struct slc_backend_entry *e;
	struct slc_trial trial = { };
	struct slc_choice choice;

	/* There is no circle, so this ends. */
	for (; pool; pool = pool->sorry) {
		if (!pool->rules->view->enough)
			continue;
		e = pick_kept(sn, pool, client, tried, kind) ?:
		    pick_of(pool, client, tried, kind, &trial);
		if (!e)
			continue;
		choice = pick_choice(pool, e);
		choice.trial = trial;
		return choice;
	}
	return (struct slc_choice) { };
}

struct slc_choice slc_pick_id(const struct slc_pool_entry *pool, u32 id,
			      u8 family, bool across)
{
	unsigned int kind = pick_kind(family, across);
	const struct slc_backend_entry *e;
	struct slc_choice choice;

	for (; pool; pool = pool->sorry) {
		e = pick_entry(pool->rules, id);
		if (e == pool->rules->backend + pool->rules->n ||
		    e->backend->id != id || !pick_suits(pool->rules, e, kind))
			continue;
		choice = pick_choice(pool, e);
		/* It is nobody's client. */
		choice.persist_s = 0;
		return choice;
	}
	return (struct slc_choice) { };
}

void slc_pick_untry(const struct slc_choice *choice)
{
	slc_load_untry(&choice->backend->load, &choice->trial);
}

bool slc_pick_some(const struct slc_pool_entry *pool, u8 family, bool across)
{
	const struct slc_pick_view *view;

	for (; pool; pool = pool->sorry) {
		view = pool->rules->view;
		if (view->enough && view->some[pick_kind(family, across)])
			return true;
	}
	return false;
}

bool slc_pick_sends(const struct slc_pool_entry *pool)
{
	for (; pool; pool = pool->sorry)
		if (pool->rules->view->sends)
			return true;
	return false;
}
