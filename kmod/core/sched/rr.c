// SPDX-License-Identifier: GPL-2.0
/*
 * rr and wrr: in turn. All processors take turns from one cursor, so shares
 * are exact over each period of turns, not only on average: a period is one
 * turn each with rr, a turn for each unit of weight, over the weights' common
 * divisor, with wrr.
 *
 * wrr has no table of turns, which may be 2^30: turn t of a period is at point
 * t * step modulo the period, and targets are intervals of points as long as
 * their weights. The step has no divisor in common with the period, so each
 * point comes once; it is near the golden section of it, so what lies near
 * each other, a target's points, comes far apart (three-distance theorem).
 */
#include "common.h"

/* The cursor is set back after at most so many turns, before it wraps. */
#define TURNS_MOST	0x80000000U
/* Steps tried to either side of the golden section. */
#define STEPS		64

/**
 * struct turns - private part of both
 * @period: turns until all begins again
 * @wrap: a multiple of @period, above 2^30
 * @step: between the points of two turns; wrr only
 * @sums: weights over their common divisor; wrr only
 */
struct turns {
	u32 period;
	u32 wrap;
	u32 step;
	struct slc_sums sums;
};

/*
 * 2^32 is no multiple of most periods: whoever has turn @wrap sets the cursor
 * back by as much, which leaves all turns what they are modulo the period.
 */
static u32 next_turn(const struct slc_view *view, const struct turns *t)
{
	u32 turn = atomic_fetch_inc_relaxed(view->cursor);

	if (turn == t->wrap)
		atomic_sub(t->wrap, view->cursor);
	return turn % t->period;
}

static void set_period(struct turns *t, u32 period)
{
	t->period = period;
	t->wrap = period ? TURNS_MOST / period * period : 0;
}

static size_t rr_size(__maybe_unused unsigned int room)
{
	return sizeof(struct turns);
}

static void rr_build(struct slc_view *view)
{
	set_period(view->priv, view->n);
}

/*
 * A target that is not to be had loses its turn and the next turn is taken:
 * what it does not get is spread over the others evenly.
 */
static int rr_pick(const struct slc_view *view, struct slc_pick *pick)
{
	const struct turns *t = view->priv;
	unsigned int draws;
	u32 i = 0;

	if (!t->period)
		return -1;
	for (draws = 0; draws < SLC_SCHED_DRAWS; draws++) {
		i = next_turn(view, t);
		if (slc_sched_usable(view, &view->target[i], pick))
			return i;
	}
	return slc_sched_walk(view, pick, i, -1);
}

static size_t wrr_size(unsigned int room)
{
	return offsetof(struct turns, sums) + slc_sums_size(room);
}

/*
 * How far a step is from spreading turns well: the largest of the quotients in
 * the continued fraction of step / period, by Euclid's algorithm. They are 1
 * for the golden section itself; a large one is a bunch of turns somewhere.
 * U32_MAX if there is a divisor in common.
 */
static u32 unevenness(u32 step, u32 period)
{
	u32 most = 1;

	while (step > 1) {
		u32 rest = period % step;

		most = max(most, period / step);
		period = step;
		step = rest;
	}
	return step ? max(most, period - 1) : U32_MAX;
}

/* The best step near the golden section. */
static u32 golden_step(u32 period)
{
	u32 mid = (u64)period * 2654435769U >> 32;
	u32 best = 1, least = U32_MAX;
	u32 off;

	for (off = 0; off < min_t(u32, mid, STEPS); off++) {
		u32 below = unevenness(mid - off, period);
		u32 above = unevenness(mid + off, period);

		if (below < least) {
			least = below;
			best = mid - off;
		}
		if (above < least) {
			least = above;
			best = mid + off;
		}
	}
	return best;
}

static void wrr_build(struct slc_view *view)
{
	struct turns *t = view->priv;
	u32 common = 0;
	unsigned int i;

	for (i = 0; i < view->n; i++)
		common = gcd(common, view->target[i].weight);
	t->sums.total = 0;
	for (i = 0; i < view->n; i++) {
		if (common)
			t->sums.total += view->target[i].weight / common;
		t->sums.end[i] = t->sums.total;
	}
	set_period(t, t->sums.total);
	t->step = golden_step(t->period);
}

static int wrr_pick(const struct slc_view *view, struct slc_pick *pick)
{
	const struct turns *t = view->priv;
	unsigned int draws;
	u32 i = 0, at;

	if (!t->period)
		return -1;
	for (draws = 0; draws < SLC_SCHED_DRAWS; draws++) {
		div_u64_rem((u64)next_turn(view, t) * t->step, t->period, &at);
		i = slc_sums_find(&t->sums, view->n, at);
		if (slc_sched_usable(view, &view->target[i], pick))
			return i;
	}
	return slc_sched_walk(view, pick, i, -1);
}

const struct slc_sched slc_sched_rr = {
	.name	= "rr",
	.size	= rr_size,
	.build	= rr_build,
	.pick	= rr_pick,
};

const struct slc_sched slc_sched_wrr = {
	.name	= "wrr",
	.size	= wrr_size,
	.build	= wrr_build,
	.pick	= wrr_pick,
};
