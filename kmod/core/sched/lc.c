// SPDX-License-Identifier: GPL-2.0
/*
 * lc and wlc: the fewest connections, with wlc for the weight. All targets are
 * looked at until one has none at all, which cannot be beaten. Of equals the
 * first one wins, counted from a target drawn at random, by weight with wlc:
 * so a pool with nothing to do gives by weight, too.
 */
#include "common.h"

static int least(const struct slc_view *view, struct slc_pick *pick,
		 unsigned int start, bool weighted)
{
	u64 best_flows = 0;
	u32 best_weight = 1;
	unsigned int i = start;
	int best = -1;

	do {
		const struct slc_target *t = &view->target[i];
		u64 flows = slc_sched_scaled(view, t, pick,
					     slc_load_flows(t->load));
		u32 weight = weighted ? t->weight : 1;

		/* flows / weight < best_flows / best_weight */
		if ((best < 0 || flows * best_weight < best_flows * weight) &&
		    slc_sched_usable(view, t, pick)) {
			best = i;
			best_flows = flows;
			best_weight = weight;
			if (!flows)
				break;
		}
		if (++i == view->n)
			i = 0;
	} while (i != start);
	return best;
}

static int lc_pick(const struct slc_view *view, struct slc_pick *pick)
{
	if (!view->n)
		return -1;
	return least(view, pick, reciprocal_scale(slc_sched_rnd(pick), view->n),
		     false);
}

static int wlc_pick(const struct slc_view *view, struct slc_pick *pick)
{
	const struct slc_sums *sums = view->priv;
	u32 at;

	if (!sums->total)
		return -1;
	at = reciprocal_scale(slc_sched_rnd(pick), sums->total);
	return least(view, pick, slc_sums_find(sums, view->n, at), true);
}

const struct slc_sched slc_sched_lc = {
	.name	= "lc",
	.pick	= lc_pick,
};

const struct slc_sched slc_sched_wlc = {
	.name	= "wlc",
	.size	= slc_sums_size,
	.build	= slc_sums_build,
	.pick	= wlc_pick,
};
