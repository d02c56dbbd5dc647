// SPDX-License-Identifier: GPL-2.0
/* Targets that start slowly. */
#include <kunit/test.h>

#include "sched_each.h"
#include "sched_sim.h"

#define RAMP_MS	16000

/* @n targets of weight 1, of which some have so long until they have all. */
static void start_init(struct kunit *test, struct sim *s,
		       const struct slc_sched *sched, const u32 *left,
		       unsigned int n)
{
	unsigned int i;

	sim_init(test, s, sched, n);
	s->now_ms = 1ULL << 32;
	for (i = 0; i < n; i++)
		s->view->target[i].left_ms = left[i];
	slc_view_start(s->view, RAMP_MS, s->now_ms);
	slc_view_build(s->view, NULL);
}

static const u32 third_starts[] = { 0, 0, RAMP_MS, 0 };

#define FEW	ARRAY_SIZE(third_starts)

/* What the third has of its share, in 32nds */
static const struct part_case {
	const char *name;
	s64 passed_ms;
	u32 part;
} part_cases[] = {
	{ "a sixteenth at first", 0, 2 },
	{ "no less where a clock is behind", -5, 2 },
	{ "half of the rest after half of the time", RAMP_MS / 2, 17 },
	{ "nearly all", RAMP_MS / 15 * 14, 30 },
	{ "all of it in the end", RAMP_MS, 32 },
	{ "after weeks, whatever wraps", 1ULL << 32, 32 },
	{ "and long after that", (1ULL << 32) + RAMP_MS / 2, 32 },
};

static void part_desc(const struct part_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(part, part_cases, part_desc);

/* As if it had that part of its weight. */
static void share_grows_with_time(struct kunit *test)
{
	static const char *const by_turn[] = { "rr", "wrr", "random" };
	const struct part_case *c = test->param_value;
	unsigned int i, k, n = 40000;

	for (k = 0; k < ARRAY_SIZE(by_turn); k++) {
		u32 seen[FEW] = {};
		struct sim s;

		start_init(test, &s, slc_sched_find(by_turn[k]), third_starts,
			   FEW);
		s.now_ms += c->passed_ms;
		for (i = 0; i < n; i++)
			seen[sim_pick(&s)]++;
		KUNIT_EXPECT_TRUE(test, sim_share_ok(seen[2], n, c->part,
						     3 * 32 + c->part));
		for (i = 0; i < FEW; i++)
			if (i != 2)
				KUNIT_EXPECT_TRUE(test, sim_share_ok(seen[i], n, 32,
								     3 * 32 + c->part));
	}
}

/* It is in half of the draws of two, and wins where it has fewer. */
static void draws_of_two_are_taken_in_part(struct kunit *test)
{
	const struct part_case *c = test->param_value;
	unsigned int i, n = 40000, taken = 0;
	struct sim s;

	start_init(test, &s, &slc_sched_p2c, third_starts, FEW);
	s.now_ms += c->passed_ms;
	for (i = 0; i < FEW; i++)
		atomic_set(&s.load[i].flows, i == 2 ? 0 : 1000);
	for (i = 0; i < n; i++)
		taken += sim_pick(&s) == 2;
	/* f / (3 + f) first, else second of the other two and itself */
	i = c->part;
	KUNIT_EXPECT_TRUE(test, sim_share_ok(taken, n, (u64)i * (64 + i) + 96 * i,
					     (u64)(96 + i) * (64 + i)));
}

/* One that has few connections must not be given each new one. */
static void fewest_are_fewest_for_the_part(struct kunit *test)
{
	static const char *const by_load[] = { "lc", "wlc" };
	unsigned int i, k, n = 20000;

	for (k = 0; k < ARRAY_SIZE(by_load); k++) {
		u32 taken = 0;
		struct sim s;

		start_init(test, &s, slc_sched_find(by_load[k]), third_starts,
			   FEW);
		/* 9 are fewer than a sixteenth of 160, and 11 are more */
		for (i = 0; i < FEW; i++)
			atomic_set(&s.load[i].flows, i == 2 ? 9 : 160);
		for (i = 0; i < n; i++)
			taken += sim_pick(&s) == 2;
		KUNIT_EXPECT_TRUE(test, sim_share_ok(taken, n, 1, 16));
		atomic_set(&s.load[2].flows, 11);
		for (i = 0; i < n; i++)
			KUNIT_ASSERT_NE(test, sim_pick(&s), 2);
		s.now_ms += RAMP_MS;
		for (i = 0; i < 100; i++)
			KUNIT_ASSERT_EQ(test, sim_pick(&s), 2);
	}
}

static void ewma_has_fewer_at_one_that_starts(struct kunit *test)
{
	unsigned int i;
	struct sim s;

	start_init(test, &s, &slc_sched_ewma, third_starts, FEW);
	for (i = 0; i < FEW; i++)
		atomic_set(&s.load[i].flows, i == 2 ? 11 : 159);
	for (i = 0; i < 10000; i++)
		KUNIT_ASSERT_NE(test, sim_pick(&s), 2);
	s.now_ms += RAMP_MS;
	for (i = 0; i < 1000 && sim_pick(&s) != 2; i++)
		;
	KUNIT_EXPECT_LT(test, i, 1000U);
}

/* Nobody is fuller than they are: each has all of its share. */
static void all_at_once_is_as_ever(struct kunit *test)
{
	static const u32 all[] = { 900, 900, 900, 900, 900 };
	const struct slc_sched *sched = sched_of(test);
	struct sim s, t;
	unsigned int i;

	start_init(test, &s, sched, all, ARRAY_SIZE(all));
	sim_init(test, &t, sched, ARRAY_SIZE(all));
	slc_view_build(t.view, NULL);
	s.rnd = t.rnd;
	for (i = 0; i < 10000; i++)
		KUNIT_ASSERT_EQ(test, sim_pick(&s), sim_pick(&t));
}

/* Of three that began one after the other the first is what others are measured by. */
static void oldest_has_all(struct kunit *test)
{
	/* 16 R - 15 left: 136000 of 256000, 68500 and 16000 */
	static const u32 left[] = { RAMP_MS / 2, 12500, RAMP_MS };
	u32 seen[ARRAY_SIZE(left)] = {};
	unsigned int i, n = 40000;
	struct sim s;

	start_init(test, &s, &slc_sched_random, left, ARRAY_SIZE(left));
	for (i = 0; i < n; i++)
		seen[sim_pick(&s)]++;
	KUNIT_EXPECT_TRUE(test, sim_share_ok(seen[0], n, 1360, 1360 + 685 + 160));
	KUNIT_EXPECT_TRUE(test, sim_share_ok(seen[1], n, 685, 1360 + 685 + 160));
	KUNIT_EXPECT_TRUE(test, sim_share_ok(seen[2], n, 160, 1360 + 685 + 160));
}

/* The others are full, or were tried: better one that starts than none. */
static void one_that_starts_is_better_than_none(struct kunit *test)
{
	static const u32 tried[] = { 1, 2, 4 };
	unsigned int i, k;
	struct sim s;

	start_init(test, &s, sched_of(test), third_starts, FEW);
	for (i = 0; i < 200; i++)
		KUNIT_ASSERT_EQ(test, sim_pick_but(&s, tried, 3), 2);
	for (k = 0; k < FEW; k++) {
		atomic_set(&s.load[k].flows, 3);
		s.view->target[k].max_flows = k == 2 ? 0 : 3;
	}
	for (i = 0; i < 200; i++)
		KUNIT_ASSERT_EQ(test, sim_pick(&s), 2);
	s.view->target[2].max_flows = 3;
	KUNIT_EXPECT_EQ(test, sim_pick(&s), -1);
}

/* Of no weight: nobody is measured by it. */
static void one_that_is_down_is_nobodys_measure(struct kunit *test)
{
	static const u32 left[] = { 0, RAMP_MS, RAMP_MS };
	struct sim s, t;
	unsigned int i;

	start_init(test, &s, sched_of(test), left, 3);
	start_init(test, &t, sched_of(test), left, 3);
	s.view->target[0].weight = 0;
	t.view->target[0].weight = 0;
	t.view->target[1].left_ms = 0;
	t.view->target[2].left_ms = 0;
	for (i = 0; i < 2; i++) {
		struct sim *p = i ? &t : &s;

		slc_view_start(p->view, RAMP_MS, p->now_ms);
		slc_view_build(p->view, NULL);
	}
	KUNIT_EXPECT_EQ(test, t.view->ramp_ms, 0U);
	for (i = 0; i < 1000; i++)
		KUNIT_ASSERT_EQ(test, sim_pick(&s), sim_pick(&t));
}

#define KEYS	20000

static u32 key(u32 i)
{
	u64 state = i;

	return rnd(&state);
}

static int pick_key(const struct sim *s, u32 i)
{
	struct slc_pick pick = { .hash = key(i), .now_ms = s->now_ms };

	return slc_view_pick(s->view, &pick);
}

/* More and more of its own keys, none of another's; whoever rebuilds the view. */
static void keys_come_home_one_by_one(struct kunit *test,
				      const struct slc_sched *sched)
{
	u8 *was = sim_alloc(test, KEYS), *got = sim_alloc(test, KEYS);
	u32 i, ms, kept, own = 0;
	struct sim s, t;

	sim_init(test, &t, sched, FEW);
	slc_view_build(t.view, NULL);
	for (i = 0; i < KEYS; i++) {
		was[i] = pick_key(&t, i);
		own += was[i] == 2;
	}
	start_init(test, &s, sched, third_starts, FEW);
	for (ms = 0; ms <= RAMP_MS; ms += RAMP_MS / 8) {
		if (ms == RAMP_MS / 2) {
			s.view->target[2].left_ms = RAMP_MS - ms;
			slc_view_start(s.view, RAMP_MS, s.now_ms);
		}
		for (kept = 0, i = 0; i < KEYS; i++) {
			int at = pick_key(&s, i);

			if (was[i] != 2) {
				KUNIT_ASSERT_EQ(test, at, was[i]);
				continue;
			}
			if (got[i])
				KUNIT_ASSERT_EQ(test, at, 2);
			got[i] = at == 2;
			kept += got[i];
		}
		KUNIT_EXPECT_TRUE(test, sim_share_ok(kept, own,
						     16 * RAMP_MS - 15 * (RAMP_MS - ms),
						     16 * RAMP_MS));
		s.now_ms += RAMP_MS / 8;
	}
}

static void sh_keys_come_home_one_by_one(struct kunit *test)
{
	keys_come_home_one_by_one(test, &slc_sched_sh);
}

static void maglev_keys_come_home_one_by_one(struct kunit *test)
{
	keys_come_home_one_by_one(test, &slc_sched_maglev);
}

/* The longest start of the heaviest, in the largest pool: nothing wraps. */
static void numbers_at_their_limits(struct kunit *test)
{
	u32 ramp_ms = SLC_START_MAX_S * 1000;
	unsigned int i, n = 2000, taken = 0;
	struct sim s;

	sim_init(test, &s, sched_of(test), 2);
	for (i = 0; i < 2; i++) {
		sim_weight(&s, i, SLC_WEIGHT_MAX);
		atomic_set(&s.load[i].flows, S32_MAX);
	}
	s.view->target[1].left_ms = ramp_ms;
	slc_view_start(s.view, ramp_ms, s.now_ms);
	slc_view_build(s.view, NULL);
	for (i = 0; i < n; i++)
		taken += sim_pick(&s) == 1;
	KUNIT_EXPECT_LT(test, taken, n / 8);
}

static struct kunit_case sched_start_cases[] = {
	KUNIT_CASE_PARAM(share_grows_with_time, part_gen_params),
	KUNIT_CASE_PARAM(draws_of_two_are_taken_in_part, part_gen_params),
	KUNIT_CASE(fewest_are_fewest_for_the_part),
	KUNIT_CASE(ewma_has_fewer_at_one_that_starts),
	KUNIT_CASE_PARAM(all_at_once_is_as_ever, sched_gen_params),
	KUNIT_CASE(oldest_has_all),
	KUNIT_CASE_PARAM(one_that_starts_is_better_than_none, sched_gen_params),
	KUNIT_CASE_PARAM(one_that_is_down_is_nobodys_measure, sched_gen_params),
	KUNIT_CASE(sh_keys_come_home_one_by_one),
	KUNIT_CASE(maglev_keys_come_home_one_by_one),
	KUNIT_CASE_PARAM(numbers_at_their_limits, sched_gen_params),
	{}
};

static struct kunit_suite sched_start_suite = {
	.name = "slc_sched_start",
	.test_cases = sched_start_cases,
};

kunit_test_suite(sched_start_suite);
