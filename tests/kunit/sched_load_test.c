// SPDX-License-Identifier: GPL-2.0
/* Schedulers that draw, count connections or measure. */
#include <kunit/test.h>

#include "core/sched/random.c"
#include "core/sched/lc.c"
#include "core/sched/p2c.c"
#include "core/sched/ewma.c"
#include "sched_sim.h"

static const u16 uneven[] = { 1, 2, 3, 4, 10, 0, 30 };

#define UNEVEN	ARRAY_SIZE(uneven)
#define UNEVEN_SUM	50

/* Each connection ends before the next one comes. */
static void idle_pool_gives_by_weight(struct kunit *test,
				      const struct slc_sched *sched)
{
	unsigned int i, n = 50000;
	u32 seen[UNEVEN] = {};
	struct sim s;

	sim_weights(test, &s, sched, uneven, UNEVEN);
	for (i = 0; i < n; i++)
		seen[sim_pick(&s)]++;
	for (i = 0; i < UNEVEN; i++)
		KUNIT_EXPECT_TRUE(test, sim_share_ok(seen[i], n, uneven[i],
						     UNEVEN_SUM));
}

static void random_gives_by_weight(struct kunit *test)
{
	idle_pool_gives_by_weight(test, &slc_sched_random);
}

static void wlc_of_an_idle_pool_gives_by_weight(struct kunit *test)
{
	idle_pool_gives_by_weight(test, &slc_sched_wlc);
}

static void p2c_of_an_idle_pool_gives_by_weight(struct kunit *test)
{
	idle_pool_gives_by_weight(test, &slc_sched_p2c);
}

/* Of a full target's share each other one gets its part. */
static void random_without_a_full_target_gives_by_weight(struct kunit *test)
{
	unsigned int i, n = 50000;
	u32 seen[UNEVEN] = {};
	struct sim s;

	sim_weights(test, &s, &slc_sched_random, uneven, UNEVEN);
	s.view->target[6].max_flows = 5;
	atomic_set(&s.load[6].flows, 5);
	for (i = 0; i < n; i++)
		seen[sim_pick(&s)]++;
	for (i = 0; i < 6; i++)
		KUNIT_EXPECT_TRUE(test, sim_share_ok(seen[i], n, uneven[i], 20));
	KUNIT_EXPECT_EQ(test, seen[6], 0U);
}

#define MANY	20

static void least_is_the_least(struct kunit *test,
			       const struct slc_sched *sched)
{
	unsigned int round, i;
	struct sim s;

	sim_init(test, &s, sched, MANY);
	for (round = 0; round < 2000; round++) {
		struct slc_target *t;

		for (i = 0; i < MANY; i++) {
			sim_weight(&s, i, rnd_below(&s.rnd, 50));
			atomic_set(&s.load[i].flows, rnd_below(&s.rnd, 100));
		}
		sim_weight(&s, 0, 1);
		slc_view_build(s.view, NULL);
		t = &s.view->target[sim_pick(&s)];
		KUNIT_ASSERT_GT(test, t->weight, 0);
		for (i = 0; i < MANY; i++) {
			const struct slc_target *o = &s.view->target[i];
			u64 its = atomic_read(&t->load->flows);
			u64 others = atomic_read(&o->load->flows);

			if (sched == &slc_sched_wlc) {
				its *= o->weight;
				others *= t->weight;
			}
			if (o->weight)
				KUNIT_ASSERT_LE(test, its, others);
		}
	}
}

static void lc_takes_the_fewest_connections(struct kunit *test)
{
	least_is_the_least(test, &slc_sched_lc);
}

static void wlc_takes_the_fewest_for_the_weight(struct kunit *test)
{
	least_is_the_least(test, &slc_sched_wlc);
}

static void equals_are_taken_alike(struct kunit *test,
				   const struct slc_sched *sched, int flows)
{
	u32 seen[MANY] = {};
	unsigned int i;
	struct sim s;

	sim_init(test, &s, sched, MANY);
	slc_view_build(s.view, NULL);
	for (i = 0; i < MANY; i++)
		atomic_set(&s.load[i].flows, flows);
	for (i = 0; i < 10000; i++)
		seen[sim_pick(&s)]++;
	for (i = 0; i < MANY; i++)
		KUNIT_EXPECT_TRUE(test, sim_share_ok(seen[i], 10000, 1, MANY));
}

static void lc_and_wlc_take_equals_alike(struct kunit *test)
{
	equals_are_taken_alike(test, &slc_sched_lc, 0);
	equals_are_taken_alike(test, &slc_sched_lc, 7);
	equals_are_taken_alike(test, &slc_sched_wlc, 0);
	equals_are_taken_alike(test, &slc_sched_wlc, 7);
}

/* Were the second one ever the first again, it would win against itself. */
static void p2c_compares_two_different_targets(struct kunit *test)
{
	static const u16 weight[] = { 1000, 1 };
	struct sim s;
	int i;

	sim_weights(test, &s, &slc_sched_p2c, weight, 2);
	atomic_set(&s.load[0].flows, 5000);
	for (i = 0; i < 1000; i++)
		KUNIT_ASSERT_EQ(test, sim_pick(&s), 1);
	/* (1999 + 1) / 1000 for one, (1 + 1) / 1 for the other, and less */
	atomic_set(&s.load[1].flows, 1);
	atomic_set(&s.load[0].flows, 1998);
	for (i = 0; i < 1000; i++)
		KUNIT_ASSERT_EQ(test, sim_pick(&s), 0);
}

/* The second draw is by weight as well, without the first. */
static void second_of_two_is_drawn_by_weight(struct kunit *test)
{
	unsigned int i, k, n = 20000;
	struct sim s;

	sim_weights(test, &s, &slc_sched_p2c, uneven, UNEVEN);
	for (k = 0; k < UNEVEN; k++) {
		u32 seen[UNEVEN] = {};

		for (i = 0; i < n; i++) {
			struct slc_pick pick = { .rnd = rnd(&s.rnd) };

			seen[slc_sched_draw(s.view, &pick, k)]++;
		}
		KUNIT_EXPECT_EQ(test, seen[k], 0U);
		for (i = 0; i < UNEVEN; i++)
			if (i != k)
				KUNIT_EXPECT_TRUE(test,
						  sim_share_ok(seen[i], n, uneven[i],
							       UNEVEN_SUM - uneven[k]));
	}
}

/* Connections that stay: random would be up to 20 apart from its mean. */
static void p2c_keeps_loads_together(struct kunit *test)
{
	unsigned int i, n = 100;
	struct sim s;

	sim_init(test, &s, &slc_sched_p2c, n);
	for (i = 0; i < n; i++)
		sim_weight(&s, i, i % 2 ? 1 : 3);
	slc_view_build(s.view, NULL);
	for (i = 0; i < 20000; i++)
		atomic_inc(&s.load[sim_pick(&s)].flows);
	for (i = 0; i < n; i++) {
		int mean = i % 2 ? 100 : 300;

		KUNIT_EXPECT_GE(test, atomic_read(&s.load[i].flows), mean - 12);
		KUNIT_EXPECT_LE(test, atomic_read(&s.load[i].flows), mean + 12);
	}
}

#define POOL	5
#define SLOWEST_MS	256

/*
 * A connection a millisecond, which takes a target its time; the round trip
 * that is told is as long. @ms of target 0 changes between two runs.
 */
struct world {
	struct sim sim;
	u32 ms[POOL];
	u16 ends[POOL][SLOWEST_MS];
	u32 taken[POOL];
};

static struct world *world_new(struct kunit *test, const struct slc_sched *sched)
{
	struct world *w = sim_alloc(test, sizeof(*w));
	unsigned int i;

	sim_init(test, &w->sim, sched, POOL);
	slc_view_build(w->sim.view, NULL);
	for (i = 0; i < POOL; i++)
		w->ms[i] = 4;
	return w;
}

static void world_run(struct world *w, u32 ms)
{
	struct sim *s = &w->sim;
	unsigned int i;

	memset(w->taken, 0, sizeof(w->taken));
	while (ms--) {
		u32 slot = ++s->now_ms % SLOWEST_MS;
		int at;

		for (i = 0; i < POOL; i++) {
			atomic_sub(w->ends[i][slot], &s->load[i].flows);
			w->ends[i][slot] = 0;
		}
		at = sim_pick(s);
		w->taken[at]++;
		atomic_inc(&s->load[at].flows);
		w->ends[at][(slot + w->ms[at]) % SLOWEST_MS]++;
		if (s->view->sched->feedback)
			s->view->sched->feedback(&s->load[at], w->ms[at] * 1000,
						 s->now_ms);
	}
}

static void p2c_slow_target_gets_less(struct kunit *test)
{
	struct world *w = world_new(test, &slc_sched_p2c);
	unsigned int i;

	w->ms[0] = 100;
	world_run(w, 20000);
	/* a fair share would be 4000, and 20 connections at once */
	KUNIT_EXPECT_LT(test, w->taken[0], 1000U);
	KUNIT_EXPECT_GT(test, w->taken[0], 100U);
	for (i = 1; i < POOL; i++)
		KUNIT_EXPECT_GT(test, w->taken[i], 4000U);
	w->ms[0] = 4;
	world_run(w, 1000);
	world_run(w, 20000);
	KUNIT_EXPECT_TRUE(test, sim_share_ok(w->taken[0], 20000, 1, POOL));
}

static void ewma_slow_target_is_left_alone_until_it_is_fast(struct kunit *test)
{
	struct world *w = world_new(test, &slc_sched_ewma);

	world_run(w, 20000);
	KUNIT_EXPECT_GT(test, w->taken[0], 3000U);
	KUNIT_EXPECT_LT(test, w->taken[0], 5000U);
	w->ms[0] = 200;
	world_run(w, 60000);
	/* asked again now and then, not for good */
	KUNIT_EXPECT_GT(test, w->taken[0], 0U);
	KUNIT_EXPECT_LT(test, w->taken[0], 60U);
	w->ms[0] = 4;
	/* in so long 200 ms decay to less than 4 */
	world_run(w, 60000);
	world_run(w, 60000);
	KUNIT_EXPECT_GT(test, w->taken[0], 9000U);
	KUNIT_EXPECT_LT(test, w->taken[0], 15000U);
}

/* One that never answered, among others that do in a millisecond. */
static void ewma_new_target_is_neither_starved_nor_flooded(struct kunit *test)
{
	unsigned int i, n = 10000, taken = 0;
	struct sim s;

	sim_init(test, &s, &slc_sched_ewma, POOL);
	slc_view_build(s.view, NULL);
	for (i = 1; i < POOL; i++) {
		atomic_set(&s.load[i].flows, 10);
		ewma_feedback(&s.load[i], 1000, 0);
	}
	/* it wins each draw that it is in, two of five, while it has fewer */
	for (i = 0; i < n; i++)
		taken += !sim_pick(&s);
	KUNIT_EXPECT_TRUE(test, sim_share_ok(taken, n, 2, POOL));
	/* with more it loses each */
	atomic_set(&s.load[0].flows, 11);
	for (i = 0; i < n; i++)
		KUNIT_ASSERT_NE(test, sim_pick(&s), 0);
	/* with as many it is as good as the one before it */
	atomic_set(&s.load[0].flows, 10);
	for (taken = 0, i = 0; i < n; i++)
		taken += !sim_pick(&s);
	KUNIT_EXPECT_TRUE(test, sim_share_ok(taken, n, 1, POOL));
}

static u32 est_after(const struct slc_load *load, u32 now_ms)
{
	return estimate(load, now_ms);
}

static void ewma_peak_counts_at_once_and_decays(struct kunit *test)
{
	/* 100 ms * e^(-i/2) at multiples of tau / 2 */
	static const u32 us[] = {
		100000, 60653, 36788, 22313, 13534, 8208, 4979, 3020, 1832,
	};
	struct slc_load load = {};
	u32 start, ms, last, i;

	KUNIT_EXPECT_EQ(test, est_after(&load, 5), 0U);
	/* no time at all is a sample, too */
	ewma_feedback(&load, 0, 5);
	KUNIT_EXPECT_EQ(test, est_after(&load, 5), 1U);
	/* the clock wraps meanwhile */
	for (start = 0; start != 3 * 0xffffd000U; start += 0xffffd000U) {
		atomic64_set(&load.rtt, 0);
		ewma_feedback(&load, 200, start - 1);
		ewma_feedback(&load, 100000, start);
		for (i = 0; i < ARRAY_SIZE(us); i++) {
			u32 est = est_after(&load, start + i * 5000);

			/* to a thousandth */
			KUNIT_EXPECT_LE(test, est, us[i] + us[i] / 1000 + 1);
			KUNIT_EXPECT_GE(test, est + us[i] / 1000 + 1, us[i]);
		}
		for (ms = 0, last = 100000; ms < 200000; ms += 7) {
			u32 est = est_after(&load, start + ms);

			KUNIT_ASSERT_LE(test, est, last);
			last = est;
		}
		/* never nothing: connections count still */
		KUNIT_EXPECT_EQ(test, last, 1U);
		KUNIT_EXPECT_EQ(test, est_after(&load, start + 0x90000000), 1U);
		/* another processor's clock that is a little behind */
		KUNIT_EXPECT_EQ(test, est_after(&load, start - 5), 100000U);
	}
}

/* e^-a * e^-b = e^-(a + b), but for the straight lines: so the table is right. */
static void ewma_decays_alike_in_one_step_and_in_two(struct kunit *test)
{
	u32 a, b;

	KUNIT_EXPECT_EQ(test, decay(0), ONE);
	for (a = 0; a < 7000; a += 43) {
		for (b = 0; b < 7000; b += 61) {
			s32 off = (s32)(((u64)decay(a) * decay(b)) >> 16) -
				  (s32)decay(a + b);

			KUNIT_ASSERT_LE(test, off, 10);
			KUNIT_ASSERT_GE(test, off, -10);
		}
	}
}

static void ewma_faster_answers_count_by_their_age(struct kunit *test)
{
	struct slc_load load = {};
	u32 ms;

	ewma_feedback(&load, 100000, 1000);
	ewma_feedback(&load, 1000, 1001);
	KUNIT_EXPECT_GE(test, est_after(&load, 1001), 99980U);
	/* 1000 + 99000 / e after tau, be it in one step or in many */
	ewma_feedback(&load, 1000, 11000);
	KUNIT_EXPECT_GE(test, est_after(&load, 11000), 37370U);
	KUNIT_EXPECT_LE(test, est_after(&load, 11000), 37470U);
	atomic64_set(&load.rtt, 0);
	ewma_feedback(&load, 100000, 1000);
	for (ms = 1000; ms <= 11000; ms++)
		ewma_feedback(&load, 1000, ms);
	KUNIT_EXPECT_GE(test, est_after(&load, 11000), 37000U);
	KUNIT_EXPECT_LE(test, est_after(&load, 11000), 38500U);
}

/* Whatever counts as much as it can still compares: nothing wraps. */
static void numbers_at_their_limits_compare(struct kunit *test,
					    const struct slc_sched *sched)
{
	unsigned int i;
	struct sim s;

	sim_init(test, &s, sched, 2);
	for (i = 0; i < 2; i++) {
		sim_weight(&s, i, SLC_WEIGHT_MAX);
		atomic_set(&s.load[i].flows, S32_MAX - 1);
		/* counts as the most, not as 5 */
		ewma_feedback(&s.load[i], (1 << 24) + 5, 0);
	}
	slc_view_build(s.view, NULL);
	if (sched == &slc_sched_ewma) {
		atomic64_set(&s.load[1].rtt, 0);
		ewma_feedback(&s.load[1], SLC_RTT_MAX_US - 1, 0);
	} else {
		atomic_set(&s.load[0].flows, S32_MAX);
	}
	for (i = 0; i < 100; i++)
		KUNIT_ASSERT_EQ(test, sim_pick(&s), 1);
	if (sched == &slc_sched_lc)
		return;
	/* a little less weight is worse again */
	sim_weight(&s, 1, SLC_WEIGHT_MAX - 1);
	slc_view_build(s.view, NULL);
	for (i = 0; i < 100; i++)
		KUNIT_ASSERT_EQ(test, sim_pick(&s), 0);
}

static void lc_compares_the_largest_numbers(struct kunit *test)
{
	numbers_at_their_limits_compare(test, &slc_sched_lc);
}

static void wlc_compares_the_largest_numbers(struct kunit *test)
{
	numbers_at_their_limits_compare(test, &slc_sched_wlc);
}

static void p2c_compares_the_largest_numbers(struct kunit *test)
{
	numbers_at_their_limits_compare(test, &slc_sched_p2c);
}

static void ewma_compares_the_largest_numbers(struct kunit *test)
{
	numbers_at_their_limits_compare(test, &slc_sched_ewma);
}

/* 2^23 us * 2^31 connections * a weight of 2^15 would be nothing, modulo 2^64. */
static void ewma_of_too_many_connections_is_no_small_one(struct kunit *test)
{
	static const u16 weight[] = { 1 << 15, 1 << 15 };
	unsigned int i;
	struct sim s;

	sim_weights(test, &s, &slc_sched_ewma, weight, 2);
	ewma_feedback(&s.load[0], 1 << 23, 0);
	ewma_feedback(&s.load[1], 1000, 0);
	atomic_set(&s.load[0].flows, S32_MAX);
	for (i = 0; i < 100; i++)
		KUNIT_ASSERT_EQ(test, sim_pick(&s), 1);
}

static void ewma_alone_is_for_tcp_alone(struct kunit *test)
{
	const struct slc_sched *const *s;

	for (s = slc_scheds; *s; s++) {
		bool measures = *s == &slc_sched_ewma;

		KUNIT_EXPECT_EQ(test, !!((*s)->flags & SLC_SCHED_TCP), measures);
		KUNIT_EXPECT_EQ(test, !!(*s)->feedback, measures);
	}
}

static struct kunit_case sched_load_cases[] = {
	KUNIT_CASE(random_gives_by_weight),
	KUNIT_CASE(random_without_a_full_target_gives_by_weight),
	KUNIT_CASE(wlc_of_an_idle_pool_gives_by_weight),
	KUNIT_CASE(p2c_of_an_idle_pool_gives_by_weight),
	KUNIT_CASE(lc_takes_the_fewest_connections),
	KUNIT_CASE(wlc_takes_the_fewest_for_the_weight),
	KUNIT_CASE(lc_and_wlc_take_equals_alike),
	KUNIT_CASE(p2c_compares_two_different_targets),
	KUNIT_CASE(second_of_two_is_drawn_by_weight),
	KUNIT_CASE(p2c_keeps_loads_together),
	KUNIT_CASE(p2c_slow_target_gets_less),
	KUNIT_CASE(ewma_slow_target_is_left_alone_until_it_is_fast),
	KUNIT_CASE(ewma_new_target_is_neither_starved_nor_flooded),
	KUNIT_CASE(ewma_peak_counts_at_once_and_decays),
	KUNIT_CASE(ewma_decays_alike_in_one_step_and_in_two),
	KUNIT_CASE(ewma_faster_answers_count_by_their_age),
	KUNIT_CASE(lc_compares_the_largest_numbers),
	KUNIT_CASE(wlc_compares_the_largest_numbers),
	KUNIT_CASE(p2c_compares_the_largest_numbers),
	KUNIT_CASE(ewma_compares_the_largest_numbers),
	KUNIT_CASE(ewma_of_too_many_connections_is_no_small_one),
	KUNIT_CASE(ewma_alone_is_for_tcp_alone),
	{}
};

static struct kunit_suite sched_load_suite = {
	.name = "slc_sched_load",
	.test_cases = sched_load_cases,
};

kunit_test_suite(sched_load_suite);
