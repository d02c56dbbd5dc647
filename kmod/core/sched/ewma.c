// SPDX-License-Identifier: GPL-2.0
/*
 * ewma: two targets at random, by weight, and of these the one that is
 * expected to answer sooner: round trip * (connections + 1) / weight.
 *
 * The round trip is the peak EWMA of Finagle's: an answer that was slower than
 * the estimate becomes the estimate at once, a faster one moves it by
 * 1 - e^(-t/tau), where t is the time since the one before; and when read it
 * has decayed by e^(-t/tau), as if answers had taken no time since. So a
 * target that was slow is left alone, and asked again some time later.
 *
 * A target that has not answered yet is taken to be as fast as the one beside
 * it: connections and weight decide. It may win each draw until it has as many
 * as the others, but is in no more than its share of the draws.
 */
#include "common.h"

/* slc_load.rtt: the estimate above, the time of the last sample below. */
#define EST_SHIFT	32
#define EST_BITS	8	/* binary places of a microsecond */

/* Faster samples than this apart say little, and the line is shared. */
#define EVERY_MS	10
/* A clock may be behind another processor's by so much. */
#define BEHIND_MS	1000
/* tau * ln 2: the estimate halves in this time. */
#define HALF_MS		(SLC_RTT_TAU_MS * 6931 / 10000)
#define ONE		65536

static u32 age_ms(s64 rtt, u32 now_ms)
{
	u32 age = now_ms - (u32)rtt;

	return age > (u32)-BEHIND_MS ? 0 : age;
}

/*
 * e^(-age/tau) * 65536: halved as often as it goes; the rest from a table, and
 * between its lines a straight one.
 */
static u32 decay(u32 age)
{
	/* 65536 * 2^(-i/32) */
	static const u32 root[] = {
		65536, 64132, 62757, 61413, 60097, 58809, 57549, 56316,
		55109, 53928, 52773, 51642, 50535, 49452, 48393, 47356,
		46341, 45348, 44376, 43425, 42495, 41584, 40693, 39821,
		38968, 38133, 37316, 36516, 35734, 34968, 34219, 33486,
		32768,
	};
	u32 part, i, rest;

	if (age >= 16 * HALF_MS)
		return 0;
	part = ((age % HALF_MS) << 18) / HALF_MS;
	i = part >> 13;
	rest = part & 8191;
	return (root[i] - (((root[i] - root[i + 1]) * rest + 4096) >> 13)) >>
	       age / HALF_MS;
}

static void ewma_feedback(struct slc_load *load, u32 rtt_us, u32 now_ms)
{
	u64 sample = (u64)clamp_t(u32, rtt_us, 1, SLC_RTT_MAX_US) << EST_BITS;
	s64 old = atomic64_read(&load->rtt);
	u64 est;

	do {
		u32 age = age_ms(old, now_ms);
		u64 keep = decay(age);

		est = (u64)old >> EST_SHIFT;
		if (sample >= est) {
			est = sample;
		} else {
			if (age < EVERY_MS)
				return;
			est = (est * keep + sample * (ONE - keep)) / ONE;
		}
	} while (!atomic64_try_cmpxchg(&load->rtt, &old,
				       est << EST_SHIFT | now_ms));
}

/* Microseconds, below 2^24; 0 if it never answered. */
static u64 estimate(const struct slc_load *load, u32 now_ms)
{
	s64 rtt = atomic64_read(&load->rtt);
	u64 est = (u64)rtt >> EST_SHIFT;

	if (!est)
		return 0;
	est = est * decay(age_ms(rtt, now_ms)) / ONE >> EST_BITS;
	return max_t(u64, est, 1);
}

/* A factor below 2^24, so that three of them, one a weight, fit into 64 bits. */
static u64 pending(const struct slc_view *view, const struct slc_target *t,
		   const struct slc_pick *pick)
{
	u32 flows = min_t(u32, slc_load_flows(t->load), (1 << 24) - 2) + 1;

	return min_t(u64, slc_sched_scaled(view, t, pick, flows),
		     (1 << 24) - 1);
}

static int ewma_pick(const struct slc_view *view, struct slc_pick *pick)
{
	const struct slc_target *a, *b;
	int first, second;
	u64 est_a, est_b;

	first = slc_sched_draw_two(view, pick, &second);
	if (second < 0)
		return first;
	a = &view->target[first];
	b = &view->target[second];
	est_a = estimate(a->load, pick->now_ms);
	est_b = estimate(b->load, pick->now_ms);
	if (!est_a || !est_b) {
		est_a = 1;
		est_b = 1;
	}
	return est_b * pending(view, b, pick) * a->weight <
	       est_a * pending(view, a, pick) * b->weight ? second : first;
}

const struct slc_sched slc_sched_ewma = {
	.name		= "ewma",
	.flags		= SLC_SCHED_TCP,
	.size		= slc_sums_size,
	.build		= slc_sums_build,
	.pick		= ewma_pick,
	.feedback	= ewma_feedback,
};
