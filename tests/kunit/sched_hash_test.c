// SPDX-License-Identifier: GPL-2.0
/* Schedulers that give a key to the same target each time. */
#include <kunit/test.h>

#include "core/sched/sh.c"
#include "core/sched/maglev.c"
#include "sched_sim.h"

static const struct hash_case {
	const char *name;
	const struct slc_sched *sched;
} hash_cases[] = {
	{ .name = "sh", .sched = &slc_sched_sh },
	{ .name = "maglev", .sched = &slc_sched_maglev },
};

static void hash_desc(const struct hash_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(hash, hash_cases, hash_desc);

static const struct slc_sched *sched_of(struct kunit *test)
{
	const struct hash_case *c = test->param_value;

	KUNIT_EXPECT_TRUE(test, c->sched->flags & SLC_SCHED_HASHES);
	KUNIT_EXPECT_TRUE(test, c->sched->flags & SLC_SCHED_KEEPS);
	return c->sched;
}

static const u16 uneven[] = { 1, 2, 3, 4, 10, 0, 30 };

#define UNEVEN		ARRAY_SIZE(uneven)
#define UNEVEN_SUM	50
#define KEYS		50000

static u32 key(u32 i)
{
	u64 state = i;

	return rnd(&state);
}

static void keys_are_spread_by_weight(struct kunit *test)
{
	u32 seen[UNEVEN] = {}, i;
	struct sim s;

	sim_weights(test, &s, sched_of(test), uneven, UNEVEN);
	for (i = 0; i < KEYS; i++)
		seen[sim_hash(&s, key(i))]++;
	for (i = 0; i < UNEVEN; i++)
		KUNIT_EXPECT_TRUE(test, sim_share_ok(seen[i], KEYS, uneven[i],
						     UNEVEN_SUM));
}

/* How a target is lost to new connections. */
enum loss { DOWN, FULL, TRIED };

static void lose(struct sim *s, unsigned int i, enum loss how)
{
	s->view->target[i].weight = how == DOWN ? 0 : s->view->target[i].full;
	s->view->target[i].max_flows = how == FULL ? 3 : 0;
	atomic_set(&s->load[i].flows, 3);
	slc_view_build(s->view, NULL);
}

static void only_keys_of_a_lost_target_move(struct kunit *test)
{
	u8 *was = sim_alloc(test, KEYS);
	const u32 tried[] = { 5 };	/* the id of target 4 */
	enum loss how;
	struct sim s;
	u32 i;

	sim_weights(test, &s, sched_of(test), uneven, UNEVEN);
	for (i = 0; i < KEYS; i++)
		was[i] = sim_hash(&s, key(i));
	for (how = DOWN; how <= TRIED; how++) {
		u32 got[UNEVEN] = {}, moved = 0;

		lose(&s, 4, how);
		for (i = 0; i < KEYS; i++) {
			struct slc_pick pick = {
				.hash = key(i), .tried = tried,
				.n_tried = how == TRIED,
			};
			int at = slc_view_pick(s.view, &pick);

			if (was[i] != 4) {
				KUNIT_ASSERT_EQ(test, at, was[i]);
				continue;
			}
			KUNIT_ASSERT_NE(test, at, 4);
			got[at]++;
			moved++;
		}
		for (i = 0; i < UNEVEN; i++)
			if (i != 4)
				KUNIT_EXPECT_TRUE(test,
						  sim_share_ok(got[i], moved, uneven[i],
							       UNEVEN_SUM - uneven[4]));
		lose(&s, 4, TRIED);
	}
}

/* A backend that starts slowly: more and more of its keys, no other's. */
static void starting_target_takes_part_of_its_keys(struct kunit *test)
{
	u8 *was = sim_alloc(test, KEYS), *got = sim_alloc(test, KEYS);
	u32 i, now, kept;
	struct sim s;

	sim_weights(test, &s, sched_of(test), uneven, UNEVEN);
	for (i = 0; i < KEYS; i++)
		was[i] = sim_hash(&s, key(i));
	for (now = 0; now <= 30; now += 5) {
		s.view->target[6].weight = now;
		slc_view_build(s.view, NULL);
		for (kept = 0, i = 0; i < KEYS; i++) {
			int at = sim_hash(&s, key(i));

			if (was[i] != 6) {
				KUNIT_ASSERT_EQ(test, at, was[i]);
				continue;
			}
			/* what it took it keeps */
			if (got[i])
				KUNIT_ASSERT_EQ(test, at, 6);
			got[i] = at == 6;
			kept += got[i];
		}
		KUNIT_EXPECT_TRUE(test, sim_share_ok(kept, KEYS, now, UNEVEN_SUM));
	}
}

static void view_with_the_same_places_is_a_copy(struct kunit *test)
{
	const struct slc_sched *sched = sched_of(test);
	size_t size = sched->size(UNEVEN);
	struct sim s, old;

	sim_weights(test, &s, sched, uneven, UNEVEN);
	sim_weights(test, &old, sched, uneven, UNEVEN);
	/* told by a mark: it is copied, or it is not */
	memset(old.view->priv, 0x5a, size);
	s.view->target[1].weight = 0;
	slc_view_build(s.view, old.view);
	KUNIT_EXPECT_MEMEQ(test, s.view->priv, old.view->priv, size);
	s.view->target[1].full++;
	slc_view_build(s.view, old.view);
	KUNIT_EXPECT_MEMNEQ(test, s.view->priv, old.view->priv, size);
	memcpy(s.view->priv, old.view->priv, size);
	s.view->target[1].full--;
	s.view->target[1].key++;
	slc_view_build(s.view, old.view);
	KUNIT_EXPECT_MEMNEQ(test, s.view->priv, old.view->priv, size);
}

/* What others derive of weights is built anew: wrr's turns, here. */
static void view_of_weights_is_never_a_copy(struct kunit *test)
{
	struct sim s, old;
	int i;

	sim_weights(test, &s, &slc_sched_random, uneven, UNEVEN);
	sim_weights(test, &old, &slc_sched_random, uneven, UNEVEN);
	for (i = 0; i < 6; i++)
		s.view->target[i].weight = 0;
	slc_view_build(s.view, old.view);
	KUNIT_EXPECT_EQ(test, ((struct slc_sums *)s.view->priv)->total, 30U);
}

static u32 rows_of(const struct sim *s)
{
	const struct maglev *m = s->view->priv;

	return m->rows;
}

/* The paper's own way to fill a table, for targets of one weight. */
static void maglev_table_is_the_papers(struct kunit *test)
{
	enum { N = 7 };
	u32 offset[N], skip[N], next[N] = {}, rows, filled = 0, i, k;
	unsigned int order[N];
	u16 *entry, *table;
	struct sim s;

	sim_init(test, &s, &slc_sched_maglev, N);
	slc_view_build(s.view, NULL);
	rows = rows_of(&s);
	table = table_of(s.view);
	KUNIT_ASSERT_EQ(test, rows, 16381U);
	for (i = 0; i < N; i++) {
		u64 h = s.view->target[i].key;

		offset[i] = (h & U32_MAX) * rows >> 32;
		skip[i] = ((h >> 32) * (rows - 1) >> 32) + 1;
		for (k = i; k && s.view->target[order[k - 1]].key > h; k--)
			order[k] = order[k - 1];
		order[k] = i;
	}
	entry = sim_alloc(test, rows * sizeof(*entry));
	memset(entry, 0xff, rows * sizeof(*entry));
	for (k = 0; filled < rows; k = (k + 1) % N) {
		u32 row;

		i = order[k];
		do
			div_u64_rem(offset[i] + (u64)next[i]++ * skip[i], rows, &row);
		while (entry[row] != U16_MAX);
		entry[row] = i;
		filled++;
	}
	for (i = 0; i < rows; i++)
		KUNIT_ASSERT_EQ(test, table[i], entry[i]);
}

static const struct size_case {
	unsigned int n;
	bool weighted;
} size_cases[] = {
	{ 1, false }, { 2, false }, { 3, false }, { 5, false }, { 10, false },
	{ 31, false }, { 127, false }, { 300, false }, { 1000, false },
	{ 2, true }, { 3, true }, { 5, true }, { 10, true },
	{ 31, true }, { 127, true }, { 300, true }, { 1000, true },
};

static void size_desc(const struct size_case *c, char *desc)
{
	scnprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u targets%s", c->n,
		  c->weighted ? " of weights 1 to 20" : "");
}

KUNIT_ARRAY_PARAM(size, size_cases, size_desc);

/* Returns the sum of weights. */
static u32 size_init(struct kunit *test, struct sim *s)
{
	const struct size_case *c = test->param_value;
	u32 sum = 0, i;

	sim_init(test, s, &slc_sched_maglev, c->n);
	for (i = 0; i < c->n; i++) {
		if (c->weighted)
			sim_weight(s, i, 1 + rnd_below(&s->rnd, 20));
		sum += s->view->target[i].full;
	}
	slc_view_build(s->view, NULL);
	return sum;
}

static u32 *rows_each(struct kunit *test, const struct sim *s)
{
	u32 *rows = sim_alloc(test, s->view->n * sizeof(*rows)), i;
	const u16 *table = table_of(s->view);

	for (i = 0; i < rows_of(s); i++) {
		KUNIT_ASSERT_LT(test, table[i], s->view->n);
		rows[table[i]]++;
	}
	return rows;
}

/* To one row where weights are equal; else to one row and to 1 %. */
static void maglev_shares_are_exact(struct kunit *test)
{
	const struct size_case *c = test->param_value;
	struct sim s;
	u32 sum = size_init(test, &s), *rows = rows_each(test, &s), i;

	KUNIT_EXPECT_GT(test, rows_of(&s), 100 * c->n);
	for (i = 0; i < c->n; i++) {
		u64 want = (u64)rows_of(&s) * s.view->target[i].full;
		u64 slack = sum + (c->weighted ? want / 100 : 0);

		KUNIT_EXPECT_LE(test, (u64)rows[i] * sum, want + slack);
		KUNIT_EXPECT_GE(test, (u64)rows[i] * sum + slack, want);
	}
}

/* The last of 1000 targets is as good a try as each of three. */
static void maglev_moves_few_keys_when_a_target_leaves_or_joins(struct kunit *test)
{
	const struct size_case *c = test->param_value;
	u32 gone, moved, i, rows, *each;
	struct sim s, t;

	if (c->n == 1)
		return;
	size_init(test, &s);
	each = rows_each(test, &s);
	rows = rows_of(&s);
	sim_init(test, &t, &slc_sched_maglev, c->n);
	for (gone = 0; gone < c->n; gone += DIV_ROUND_UP(c->n, 3)) {
		const u16 *was = table_of(s.view), *is;

		slc_view_init(t.view, &slc_sched_maglev, c->n - 1, c->n, &t.cursor);
		for (i = 0; i < c->n - 1; i++)
			t.view->target[i] = s.view->target[i + (i >= gone)];
		slc_view_build(t.view, NULL);
		KUNIT_ASSERT_EQ(test, rows_of(&t), rows);
		is = table_of(t.view);
		for (moved = 0, i = 0; i < rows; i++)
			moved += s.view->target[was[i]].id !=
				 t.view->target[is[i]].id;
		KUNIT_EXPECT_GE(test, moved, each[gone]);
		KUNIT_EXPECT_LE(test, moved, each[gone] + rows / 100);
	}
}

/* Nodes list the same backends in any order, and number them as they like. */
static void maglev_table_does_not_depend_on_order(struct kunit *test)
{
	unsigned int i, n = 50;
	const u16 *a, *b;
	struct sim s, t;

	sim_init(test, &s, &slc_sched_maglev, n);
	sim_init(test, &t, &slc_sched_maglev, n);
	for (i = 0; i < n; i++)
		sim_weight(&s, i, 1 + i % 9);
	memcpy(t.view->target, s.view->target, n * sizeof(t.view->target[0]));
	for (i = n - 1; i; i--) {
		unsigned int k = rnd_below(&t.rnd, i + 1);

		swap(t.view->target[i], t.view->target[k]);
	}
	for (i = 0; i < n; i++)
		t.view->target[i].id = i + 1000;
	slc_view_build(s.view, NULL);
	slc_view_build(t.view, NULL);
	a = table_of(s.view);
	b = table_of(t.view);
	for (i = 0; i < rows_of(&s); i++)
		KUNIT_ASSERT_EQ(test, s.view->target[a[i]].key,
				t.view->target[b[i]].key);
}

/* One has half of all, 16383 have the rest: all get theirs, in bounded time. */
static void maglev_of_very_different_weights(struct kunit *test)
{
	unsigned int n = SLC_TARGETS_MAX, i;
	u32 *rows, share;
	struct sim s;

	KUNIT_EXPECT_LE(test, slc_view_size(&slc_sched_maglev, n, n),
			(size_t)6 << 20);
	sim_init(test, &s, &slc_sched_maglev, n);
	sim_weight(&s, 77, n - 1);
	slc_view_build(s.view, NULL);
	rows = rows_each(test, &s);
	share = rows_of(&s) / 2;
	KUNIT_EXPECT_LE(test, rows[77], share + share / 100);
	KUNIT_EXPECT_GE(test, rows[77], share - share / 100);
	share /= n - 1;
	for (i = 0; i < n; i++) {
		if (i == 77)
			continue;
		KUNIT_ASSERT_LE(test, rows[i], share + 2);
		KUNIT_ASSERT_GE(test, rows[i] + 2, share);
	}
}

static struct kunit_case sched_hash_cases[] = {
	KUNIT_CASE_PARAM(keys_are_spread_by_weight, hash_gen_params),
	KUNIT_CASE_PARAM(only_keys_of_a_lost_target_move, hash_gen_params),
	KUNIT_CASE_PARAM(starting_target_takes_part_of_its_keys, hash_gen_params),
	KUNIT_CASE_PARAM(view_with_the_same_places_is_a_copy, hash_gen_params),
	KUNIT_CASE(view_of_weights_is_never_a_copy),
	KUNIT_CASE(maglev_table_is_the_papers),
	KUNIT_CASE_PARAM(maglev_shares_are_exact, size_gen_params),
	KUNIT_CASE_PARAM(maglev_moves_few_keys_when_a_target_leaves_or_joins,
			 size_gen_params),
	KUNIT_CASE(maglev_table_does_not_depend_on_order),
	KUNIT_CASE(maglev_of_very_different_weights),
	{}
};

static struct kunit_suite sched_hash_suite = {
	.name = "slc_sched_hash",
	.test_cases = sched_hash_cases,
};

kunit_test_suite(sched_hash_suite);
