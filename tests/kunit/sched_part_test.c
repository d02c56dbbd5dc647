// SPDX-License-Identifier: GPL-2.0
/* Targets that are to have but a part of their share. */
#include <kunit/test.h>

#include "sched_each.h"
#include "sched_sim.h"

#define FEW	4
#define PICKS	40000

/* @n targets of weight 1, some of which are to have so many hundredths less. */
static void part_init(struct kunit *test, struct sim *s,
		      const struct slc_sched *sched, const u8 *less)
{
	unsigned int i;

	sim_init(test, s, sched, FEW);
	for (i = 0; i < FEW; i++)
		s->view->target[i].less = less[i];
	slc_view_start(s->view, 0, 0);
	slc_view_build(s->view, NULL);
}

static const struct share_case {
	const char *name;
	u8 less[FEW];
	u32 share[FEW];
} share_cases[] = {
	{ "all of it", { 0, 0, 0, 0 }, { 1, 1, 1, 1 } },
	{ "one has half", { 0, 0, 50, 0 }, { 2, 2, 1, 2 } },
	{ "one has next to nothing", { 0, 0, 0, 99 }, { 100, 100, 100, 1 } },
	{ "different parts", { 0, 25, 50, 75 }, { 4, 3, 2, 1 } },
	{ "all have a tenth", { 90, 90, 90, 90 }, { 1, 1, 1, 1 } },
	{ "nobody has all", { 50, 75, 50, 75 }, { 2, 1, 2, 1 } },
};

static void share_desc(const struct share_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(share, share_cases, share_desc);

static void shares_are_in_proportion(struct kunit *test)
{
	static const char *const by_turn[] = { "rr", "wrr", "random" };
	const struct share_case *c = test->param_value;
	unsigned int i, k, sum = 0;

	for (i = 0; i < FEW; i++)
		sum += c->share[i];
	for (k = 0; k < ARRAY_SIZE(by_turn); k++) {
		u32 seen[FEW] = {};
		struct sim s;

		part_init(test, &s, slc_sched_find(by_turn[k]), c->less);
		for (i = 0; i < PICKS; i++)
			seen[sim_pick(&s)]++;
		for (i = 0; i < FEW; i++)
			KUNIT_EXPECT_TRUE(test, sim_share_ok(seen[i], PICKS,
							     c->share[i], sum));
	}
}

/* With a quarter of its share it is to have a quarter of the connections. */
static void fewest_are_fewest_for_the_part(struct kunit *test)
{
	static const char *const by_load[] = { "lc", "wlc", "p2c" };
	static const u8 less[FEW] = { 0, 75, 0, 0 };
	unsigned int i, k, n = 1300;

	for (k = 0; k < ARRAY_SIZE(by_load); k++) {
		struct sim s;

		part_init(test, &s, slc_sched_find(by_load[k]), less);
		for (i = 0; i < n; i++)
			atomic_inc(&s.load[sim_pick(&s)].flows);
		for (i = 0; i < FEW; i++)
			KUNIT_EXPECT_LT(test,
					abs((int)slc_load_flows(&s.load[i]) -
					    (i == 1 ? 100 : 400)), 30);
	}
}

/* Where those with all of it are full, down or tried */
static void a_part_is_better_than_none(struct kunit *test)
{
	static const u8 less[FEW] = { 99, 0, 0, 0 };
	unsigned int i, k;
	struct sim s;

	part_init(test, &s, sched_of(test), less);
	for (i = 1; i < FEW; i++) {
		s.view->target[i].max_flows = 1;
		atomic_set(&s.load[i].flows, 1);
	}
	for (k = 0; k < 100; k++)
		KUNIT_ASSERT_EQ(test, sim_pick(&s), 0);
}

/* One without weight, whatever it is to have, is not what others are measured by. */
static void one_that_is_down_is_nobodys_measure(struct kunit *test)
{
	unsigned int i;
	struct sim s;

	sim_init(test, &s, sched_of(test), FEW);
	s.view->target[0].weight = 0;
	for (i = 1; i < FEW; i++)
		s.view->target[i].less = 50;
	slc_view_start(s.view, 0, 0);
	KUNIT_EXPECT_FALSE(test, s.view->parts);
	KUNIT_EXPECT_EQ(test, s.view->target[1].less, 0);
}

#define KEYS	20000

static int pick_key(const struct sim *s, u32 i)
{
	u64 state = i;
	struct slc_pick pick = { .hash = rnd(&state) };

	return slc_view_pick(s->view, &pick);
}

/* It loses of its own keys, and the fewer it has the more; nobody else's move. */
static void keys_leave_one_by_one(struct kunit *test,
				  const struct slc_sched *sched)
{
	u8 *was = sim_alloc(test, KEYS), *got = sim_alloc(test, KEYS);
	u8 less[FEW] = {};
	u32 i, own = 0;
	struct sim s;

	part_init(test, &s, sched, less);
	for (i = 0; i < KEYS; i++) {
		was[i] = pick_key(&s, i);
		got[i] = was[i] == 2;
		own += got[i];
	}
	for (less[2] = 20; less[2] < 100; less[2] += 20) {
		u32 kept = 0;

		part_init(test, &s, sched, less);
		for (i = 0; i < KEYS; i++) {
			int at = pick_key(&s, i);

			if (was[i] != 2)
				KUNIT_ASSERT_EQ(test, at, was[i]);
			if (at == 2)
				KUNIT_ASSERT_TRUE(test, got[i]);
			got[i] = at == 2;
			kept += got[i];
		}
		KUNIT_EXPECT_TRUE(test, sim_share_ok(kept, own, 100 - less[2],
						     100));
	}
}

static void sh_keys_leave_one_by_one(struct kunit *test)
{
	keys_leave_one_by_one(test, &slc_sched_sh);
}

static void maglev_keys_leave_one_by_one(struct kunit *test)
{
	keys_leave_one_by_one(test, &slc_sched_maglev);
}

static struct kunit_case sched_part_cases[] = {
	KUNIT_CASE_PARAM(shares_are_in_proportion, share_gen_params),
	KUNIT_CASE(fewest_are_fewest_for_the_part),
	KUNIT_CASE_PARAM(a_part_is_better_than_none, sched_gen_params),
	KUNIT_CASE_PARAM(one_that_is_down_is_nobodys_measure, sched_gen_params),
	KUNIT_CASE(sh_keys_leave_one_by_one),
	KUNIT_CASE(maglev_keys_leave_one_by_one),
	{}
};

static struct kunit_suite sched_part_suite = {
	.name = "slc_sched_part",
	.test_cases = sched_part_cases,
};

kunit_test_suite(sched_part_suite);
