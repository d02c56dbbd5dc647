// SPDX-License-Identifier: GPL-2.0
/* What holds for each scheduler, and rr and wrr. */
#include <kunit/test.h>
#include <linux/workqueue.h>

#include "core/sched.c"
#include "core/sched/rr.c"
#include "sched_each.h"
#include "sched_sim.h"

static void unknown_name_is_none(struct kunit *test)
{
	KUNIT_EXPECT_NULL(test, slc_sched_find("wr"));
	KUNIT_EXPECT_NULL(test, slc_sched_find(""));
	KUNIT_EXPECT_NULL(test, slc_sched_find("wrrr"));
}

static void no_target_is_no_choice(struct kunit *test)
{
	struct sim s;

	sim_init(test, &s, sched_of(test), 0);
	slc_view_build(s.view, NULL);
	KUNIT_EXPECT_EQ(test, sim_pick(&s), -1);
}

static void single_target_takes_all(struct kunit *test)
{
	static const u16 weight[] = { 1, 2, SLC_WEIGHT_MAX };
	unsigned int i, k;
	struct sim s;

	for (i = 0; i < ARRAY_SIZE(weight); i++) {
		sim_weights(test, &s, sched_of(test), &weight[i], 1);
		for (k = 0; k < 20; k++)
			KUNIT_EXPECT_EQ(test, sim_pick(&s), 0);
	}
}

#define FEW	12

/* Any state of a target, many of them such that it is not to be had. */
static void odd_target(struct sim *s, unsigned int i)
{
	struct slc_target *t = &s->view->target[i];

	t->weight = rnd_below(&s->rnd, 4) ? rnd_below(&s->rnd, 100) + 1 : 0;
	t->full = t->weight;
	if (!rnd_below(&s->rnd, 4))
		t->full += rnd_below(&s->rnd, 200);
	t->max_flows = rnd_below(&s->rnd, 4);
	atomic_set(&t->load->flows, rnd_below(&s->rnd, 5));
}

static void never_tried_full_or_without_weight(struct kunit *test)
{
	unsigned int round, i, n_tried, none = 0;
	u32 tried[FEW];
	struct sim s;

	sim_init(test, &s, sched_of(test), FEW);
	for (round = 0; round < 600; round++) {
		bool usable[FEW] = {}, any = false;

		for (i = 0; i < FEW; i++)
			odd_target(&s, i);
		slc_view_build(s.view, NULL);
		n_tried = rnd_below(&s.rnd, FEW);
		for (i = 0; i < n_tried; i++)
			tried[i] = 1 + rnd_below(&s.rnd, FEW);
		for (i = 0; i < FEW; i++) {
			struct slc_target *t = &s.view->target[i];
			unsigned int k;

			usable[i] = t->weight &&
				    (!t->max_flows ||
				     (u32)atomic_read(&t->load->flows) < t->max_flows);
			for (k = 0; k < n_tried; k++)
				usable[i] &= tried[k] != t->id;
			any |= usable[i];
		}
		none += !any;
		for (i = 0; i < 20; i++) {
			int at = sim_pick_but(&s, tried, n_tried);

			KUNIT_ASSERT_TRUE(test, at >= 0 ? usable[at] : !any);
		}
	}
	/* both happened */
	KUNIT_EXPECT_GT(test, none, 0U);
	KUNIT_EXPECT_LT(test, none, 300U);
}

/* More of them than are drawn one after the other: the walk finds the rest. */
static void retries_reach_each_target(struct kunit *test)
{
	u32 tried[3 * SLC_SCHED_DRAWS];
	unsigned int i;
	struct sim s;

	sim_init(test, &s, sched_of(test), ARRAY_SIZE(tried));
	for (i = 0; i < ARRAY_SIZE(tried); i++)
		sim_weight(&s, i, i % 7 ? 1 : 1000);
	slc_view_build(s.view, NULL);
	for (i = 0; i < ARRAY_SIZE(tried); i++) {
		int at = sim_pick_but(&s, tried, i);

		KUNIT_ASSERT_GE(test, at, 0);
		tried[i] = s.view->target[at].id;
		while (at >= 0 && at < (int)i)
			KUNIT_ASSERT_NE(test, tried[at++], tried[i]);
	}
	KUNIT_EXPECT_EQ(test, sim_pick_but(&s, tried, i), -1);
}

#define FAILS	3
#define WAIT_MS	10000

/* It fails a connection that began now. */
static void sim_fail(struct sim *s, unsigned int i)
{
	slc_load_failed(&s->load[i], FAILS, WAIT_MS, s->now_ms, s->now_ms);
}

static unsigned int sim_share(struct sim *s, unsigned int i, unsigned int n)
{
	unsigned int got = 0;

	while (n--)
		got += sim_pick(s) == (int)i;
	return got;
}

/* Who fails is passed over, until one connection may try; none but suspects is none. */
static void suspects_are_passed_over(struct kunit *test)
{
	static const u16 weight[] = { 1, 2, 3 };
	struct slc_pick pick;
	unsigned int i, k;
	struct sim s;
	struct slc_trial trial;

	for (k = 0; k < 2; k++) {
		sim_weights(test, &s, sched_of(test), weight, 3);
		/* also where the clock wraps */
		s.now_ms = k ? 0U - WAIT_MS / 2 : 1000;
		for (i = 0; i < FAILS - 1; i++)
			sim_fail(&s, 1);
		KUNIT_EXPECT_GT(test, sim_share(&s, 1, 200), 0U);
		sim_fail(&s, 1);
		KUNIT_EXPECT_EQ(test, sim_share(&s, 1, 200), 0U);
		s.now_ms += WAIT_MS - 1;
		KUNIT_EXPECT_EQ(test, sim_share(&s, 1, 200), 0U);
		s.now_ms++;
		KUNIT_EXPECT_GT(test, sim_share(&s, 1, 200), 0U);
		KUNIT_EXPECT_TRUE(test, slc_load_try(&s.load[1], WAIT_MS,
						     s.now_ms, &trial));
		/* what tried it was nothing: the next one may */
		slc_load_untry(&s.load[1], &trial);
		KUNIT_EXPECT_GT(test, sim_share(&s, 1, 200), 0U);
		KUNIT_EXPECT_TRUE(test, slc_load_try(&s.load[1], WAIT_MS,
						     s.now_ms, &trial));
		KUNIT_EXPECT_FALSE(test, slc_load_try(&s.load[1], WAIT_MS,
						      s.now_ms, &trial));
		KUNIT_EXPECT_EQ(test, sim_share(&s, 1, 200), 0U);
		slc_load_answered(&s.load[1], s.now_ms);
		KUNIT_EXPECT_GT(test, sim_share(&s, 1, 200), 0U);
		/* an answer is not taken back */
		slc_load_untry(&s.load[1], &trial);
		KUNIT_EXPECT_GT(test, sim_share(&s, 1, 200), 0U);
	}

	for (i = 0; i < 3; i++)
		for (k = 0; k < FAILS; k++) {
			s.now_ms++;
			sim_fail(&s, i);
		}
	KUNIT_EXPECT_EQ(test, sim_pick(&s), -1);
	pick = (struct slc_pick) {
		.rnd = rnd(&s.rnd), .now_ms = s.now_ms, .any = true,
	};
	KUNIT_EXPECT_GE(test, slc_view_pick(s.view, &pick), 0);
}

/* Each try that nothing comes of doubles the time to the next, up to a cap. */
static void suspects_are_waited_for_longer_and_longer(struct kunit *test)
{
	static const u32 times[] = { 1, 2, 4, 8, 8, 8 };
	struct slc_load load = { };
	struct slc_trial trial;
	u32 now = 5, i;

	for (i = 0; i < FAILS; i++)
		KUNIT_EXPECT_TRUE(test, slc_load_failed(&load, FAILS, WAIT_MS,
							now, now));
	for (i = 0; i < ARRAY_SIZE(times); i++) {
		/* what else fails meanwhile changes nothing */
		slc_load_failed(&load, FAILS, WAIT_MS, now, now);
		KUNIT_EXPECT_TRUE(test, slc_load_passed(&load, now));
		now += times[i] * WAIT_MS;
		KUNIT_EXPECT_TRUE(test, slc_load_passed(&load, now - 1));
		KUNIT_EXPECT_FALSE(test, slc_load_passed(&load, now));
		KUNIT_EXPECT_TRUE(test, slc_load_try(&load, WAIT_MS, now,
						     &trial));
	}
	slc_load_answered(&load, now);
	KUNIT_EXPECT_FALSE(test, slc_load_passed(&load, now));
	/* It begins again with the first. */
	now++;
	for (i = 0; i < FAILS; i++)
		slc_load_failed(&load, FAILS, WAIT_MS, now, now);
	KUNIT_EXPECT_FALSE(test, slc_load_passed(&load, now + WAIT_MS));

	/* The longest time there is, and one that nobody has asked for since. */
	load = (struct slc_load) { };
	slc_load_failed(&load, 1, SLC_DOUBT_MAX_MS, now, now);
	for (i = 0; i < 4; i++) {
		now += SLC_DOUBT_MAX_MS << i;
		KUNIT_EXPECT_TRUE(test, slc_load_passed(&load, now - 1));
		KUNIT_EXPECT_TRUE(test, slc_load_try(&load, SLC_DOUBT_MAX_MS,
						     now, &trial));
	}
	KUNIT_EXPECT_FALSE(test, slc_load_passed(&load, now + 0x90000000));
}

/* A client's failure is not its backend's: that has answered since, or before three. */
static void suspects_have_answered_nobody(struct kunit *test)
{
	struct slc_load load = { };
	unsigned int i;

	slc_load_answered(&load, 1000);
	for (i = 0; i < 10; i++)
		KUNIT_EXPECT_FALSE(test, slc_load_failed(&load, FAILS, WAIT_MS,
							 900 + 10 * i, 4000));
	KUNIT_EXPECT_FALSE(test, slc_load_failed(&load, FAILS, WAIT_MS, 1000,
						 4000));
	KUNIT_EXPECT_EQ(test, atomic_read(&load.fails), 0);
	for (i = 0; i < 10; i++) {
		KUNIT_EXPECT_TRUE(test, slc_load_failed(&load, FAILS, WAIT_MS,
							1001, 4000));
		KUNIT_EXPECT_TRUE(test, slc_load_failed(&load, FAILS, WAIT_MS,
							1002, 4000));
		slc_load_answered(&load, 1000);
	}
	KUNIT_EXPECT_FALSE(test, slc_load_passed(&load, 4000));
	/* It is alone with whom it fails if nobody has been answered since he began. */
	KUNIT_EXPECT_FALSE(test, slc_load_alone(&load, 1000, 4000));
	KUNIT_EXPECT_TRUE(test, slc_load_alone(&load, 1001, 4000));
	KUNIT_EXPECT_TRUE(test, slc_load_alone(&(struct slc_load) { }, 1, 4000));
	/* None are too many where that is said. */
	for (i = 0; i < 10; i++)
		KUNIT_EXPECT_FALSE(test, slc_load_failed(&load, 0, WAIT_MS,
							 2000, 4000));
	KUNIT_EXPECT_FALSE(test, slc_load_passed(&load, 4000));
}

/* Sums of weights reach 2^30: each quarter of the targets gets a quarter. */
static void largest_pool_of_heaviest_targets(struct kunit *test)
{
	unsigned int i, n = SLC_TARGETS_MAX, seen[4] = {};
	struct sim s;

	sim_init(test, &s, sched_of(test), n);
	for (i = 0; i < n; i++)
		sim_weight(&s, i, SLC_WEIGHT_MAX);
	/* no common divisor for wrr to make it small by */
	sim_weight(&s, 0, SLC_WEIGHT_MAX - 1);
	slc_view_build(s.view, NULL);
	/* as many turns as rr takes for all of them */
	for (i = 0; i < n; i++) {
		int at = sim_pick(&s);

		KUNIT_ASSERT_GE(test, at, 0);
		KUNIT_ASSERT_LT(test, at, (int)n);
		seen[at / (n / 4)]++;
	}
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_TRUE(test, sim_share_ok(seen[i], n, 1, 4));
}

/* Turns counted from here: the first, some turn, and over the set back. */
static const struct start_case {
	const char *name;
	u32 before_wrap, at;
} start_cases[] = {
	{ .name = "from the first turn", .at = 0 },
	{ .name = "from some turn", .at = 123456789 },
	{ .name = "while the cursor is set back", .before_wrap = 4 },
};

static void start_desc(const struct start_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(start, start_cases, start_desc);

static void sim_start(struct kunit *test, struct sim *s)
{
	const struct start_case *c = test->param_value;
	const struct turns *t = s->view->priv;

	atomic_set(&s->cursor,
		   c->before_wrap ? t->wrap - c->before_wrap : c->at);
}

#define SEVEN	7

static void rr_any_period_has_each_target_once(struct kunit *test)
{
	int last[SEVEN];
	unsigned int i, k;
	struct sim s;

	sim_init(test, &s, &slc_sched_rr, SEVEN);
	slc_view_build(s.view, NULL);
	sim_start(test, &s);
	for (i = 0; i < 20 * SEVEN; i++) {
		int at = sim_pick(&s);

		for (k = 1; k < SEVEN && k <= i; k++)
			KUNIT_ASSERT_NE(test, last[(i - k) % SEVEN], at);
		last[i % SEVEN] = at;
	}
	/* it was set back */
	KUNIT_EXPECT_LT(test, (u32)atomic_read(&s.cursor), 1U << 30);
}

static void rr_turns_of_a_full_target_are_shared(struct kunit *test)
{
	unsigned int i, seen[4] = {};
	struct sim s;

	sim_init(test, &s, &slc_sched_rr, 4);
	s.view->target[1].max_flows = 1;
	atomic_set(&s.load[1].flows, 1);
	slc_view_build(s.view, NULL);
	for (i = 0; i < 300; i++)
		seen[sim_pick(&s)]++;
	KUNIT_EXPECT_EQ(test, seen[0], 100U);
	KUNIT_EXPECT_EQ(test, seen[1], 0U);
	KUNIT_EXPECT_EQ(test, seen[2], 100U);
	KUNIT_EXPECT_EQ(test, seen[3], 100U);
}

static const struct weights_case {
	u16 weight[8];
	unsigned int n;
	/* out */
	u32 period;
} weights_cases[] = {
	{ .weight = { 1 }, .n = 1, .period = 1 },
	{ .weight = { 5, 1, 1 }, .n = 3, .period = 7 },
	{ .weight = { 1, 5, 1 }, .n = 3, .period = 7 },
	{ .weight = { 30, 30, 30 }, .n = 3, .period = 3 },
	{ .weight = { 10, 20, 30, 40 }, .n = 4, .period = 10 },
	{ .weight = { 7, 0, 3 }, .n = 3, .period = 10 },
	{ .weight = { 2, 3, 5, 7, 11, 13, 17, 19 }, .n = 8, .period = 77 },
	{ .weight = { 100, 1, 1, 1 }, .n = 4, .period = 103 },
	{ .weight = { 1, 1, 50, 50 }, .n = 4, .period = 102 },
	{ .weight = { 1000, 999, 1 }, .n = 3, .period = 2000 },
	{ .weight = { 65535, 1, 32768 }, .n = 3, .period = 98304 },
};

static u32 sum_of(const u16 *weight, unsigned int n)
{
	u32 sum = 0;

	while (n--)
		sum += weight[n];
	return sum;
}

static void wrr_any_period_is_exact(struct kunit *test)
{
	const struct weights_case *c;
	struct sim s;

	for (c = weights_cases; c < weights_cases + ARRAY_SIZE(weights_cases); c++) {
		const struct turns *t;
		u32 seen[8] = {};
		unsigned int i;

		sim_weights(test, &s, &slc_sched_wrr, c->weight, c->n);
		t = s.view->priv;
		KUNIT_ASSERT_EQ(test, t->period, c->period);
		sim_start(test, &s);
		for (i = 0; i < c->period; i++)
			seen[sim_pick(&s)]++;
		for (i = 0; i < c->n; i++)
			KUNIT_EXPECT_EQ(test, (u64)seen[i] * sum_of(c->weight, c->n),
					(u64)c->weight[i] * c->period);
	}
}

/* Turns that a target has in a row, and waits for one, at most. */
struct runs {
	unsigned int longest, now;
	int last;
	u32 turn, had[8], wait[8];
};

static void runs_add(struct runs *r, int at)
{
	r->now = at == r->last ? r->now + 1 : 1;
	r->last = at;
	r->longest = max(r->longest, r->now);
	r->turn++;
	if (r->had[at])
		r->wait[at] = max(r->wait[at], r->turn - r->had[at]);
	r->had[at] = r->turn;
}

/*
 * The measure is nginx's smooth weighted round robin, which looks at each
 * target each time: the one that is owed most is next.
 */
static int owed_most(s32 *owed, const u16 *weight, unsigned int n)
{
	unsigned int i, best = 0;
	s32 total = 0;

	for (i = 0; i < n; i++) {
		owed[i] += weight[i];
		total += weight[i];
		if (owed[i] > owed[best])
			best = i;
	}
	owed[best] -= total;
	return best;
}

static void smoothness(struct kunit *test, const u16 *weight, unsigned int n)
{
	struct runs ours = { .last = -1 }, smooth = { .last = -1 };
	const struct turns *t;
	s32 owed[8] = {};
	unsigned int i;
	struct sim s;

	sim_weights(test, &s, &slc_sched_wrr, weight, n);
	t = s.view->priv;
	for (i = 0; i < 2 * t->period; i++) {
		runs_add(&ours, sim_pick(&s));
		runs_add(&smooth, owed_most(owed, weight, n));
	}
	/* runs are at most twice as long as nginx's */
	KUNIT_EXPECT_LE(test, ours.longest, 2 * smooth.longest);
	/* and none waits longer than three times as long as on average */
	for (i = 0; i < n; i++)
		KUNIT_EXPECT_LE(test, (u64)ours.wait[i] * weight[i],
				3 * (u64)sum_of(weight, n));
}

static void wrr_turns_are_spread(struct kunit *test)
{
	const struct weights_case *c;
	unsigned int round, i;
	u16 weight[8];
	u64 seed = 1;

	for (c = weights_cases; c < weights_cases + ARRAY_SIZE(weights_cases); c++)
		if (c->n > 1)
			smoothness(test, c->weight, c->n);
	for (round = 0; round < 15; round++) {
		for (i = 0; i < ARRAY_SIZE(weight); i++)
			weight[i] = 1 + rnd_below(&seed, 5 << round % 6);
		smoothness(test, weight, 2 + round % 7);
	}
}

#define CPUS	4
#define PERIODS	20000	/* each; long enough for them to meet */

struct cpu {
	struct work_struct work;
	struct sim sim;
	atomic_t *waiting;
	unsigned int turns;
	u32 seen[SEVEN];
};

static void cpu_picks(struct work_struct *work)
{
	struct cpu *cpu = container_of(work, struct cpu, work);
	unsigned int i;

	/* all at once */
	atomic_dec(cpu->waiting);
	while (atomic_read(cpu->waiting))
		cond_resched();
	for (i = 0; i < cpu->turns; i++)
		cpu->seen[sim_pick(&cpu->sim)]++;
}

/* Turns of several processors together are exact, over the set back too. */
static void exact_across_processors(struct kunit *test,
				    const struct slc_sched *sched)
{
	static const u16 weight[SEVEN] = { 1, 2, 3, 4, 5, 6, 7 };
	atomic_t waiting = ATOMIC_INIT(CPUS);
	const struct turns *t;
	struct cpu *cpu;
	unsigned int i, k;
	struct sim s;

	sim_weights(test, &s, sched, weight, SEVEN);
	t = s.view->priv;
	atomic_set(&s.cursor, t->wrap - CPUS / 2 * PERIODS * t->period);
	cpu = sim_alloc(test, CPUS * sizeof(*cpu));
	for (i = 0; i < CPUS; i++) {
		cpu[i].sim = s;
		cpu[i].sim.rnd = i;
		cpu[i].waiting = &waiting;
		cpu[i].turns = PERIODS * t->period;
		INIT_WORK(&cpu[i].work, cpu_picks);
	}
	for (i = 0; i < CPUS; i++)
		queue_work(system_unbound_wq, &cpu[i].work);
	for (i = 0; i < CPUS; i++)
		flush_work(&cpu[i].work);
	for (k = 0; k < SEVEN; k++) {
		u32 seen = 0;

		for (i = 0; i < CPUS; i++)
			seen += cpu[i].seen[k];
		KUNIT_EXPECT_EQ(test, seen, CPUS * PERIODS * (sched == &slc_sched_rr ?
							   1U : weight[k]));
	}
	KUNIT_EXPECT_EQ(test, (u32)atomic_read(&s.cursor),
			CPUS / 2 * PERIODS * t->period);
}

static void rr_is_exact_across_processors(struct kunit *test)
{
	exact_across_processors(test, &slc_sched_rr);
}

static void wrr_is_exact_across_processors(struct kunit *test)
{
	exact_across_processors(test, &slc_sched_wrr);
}

static struct kunit_case sched_cases[] = {
	KUNIT_CASE(unknown_name_is_none),
	KUNIT_CASE_PARAM(no_target_is_no_choice, sched_gen_params),
	KUNIT_CASE_PARAM(single_target_takes_all, sched_gen_params),
	KUNIT_CASE_PARAM(never_tried_full_or_without_weight, sched_gen_params),
	KUNIT_CASE_PARAM(retries_reach_each_target, sched_gen_params),
	KUNIT_CASE_PARAM(suspects_are_passed_over, sched_gen_params),
	KUNIT_CASE(suspects_are_waited_for_longer_and_longer),
	KUNIT_CASE(suspects_have_answered_nobody),
	KUNIT_CASE_PARAM(largest_pool_of_heaviest_targets, sched_gen_params),
	KUNIT_CASE_PARAM(rr_any_period_has_each_target_once, start_gen_params),
	KUNIT_CASE(rr_turns_of_a_full_target_are_shared),
	KUNIT_CASE_PARAM(wrr_any_period_is_exact, start_gen_params),
	KUNIT_CASE(wrr_turns_are_spread),
	KUNIT_CASE(rr_is_exact_across_processors),
	KUNIT_CASE(wrr_is_exact_across_processors),
	{}
};

static struct kunit_suite sched_suite = {
	.name = "slc_sched",
	.test_cases = sched_cases,
};

kunit_test_suite(sched_suite);
