// SPDX-License-Identifier: GPL-2.0
/*
 * sh: a key always goes to the same target, as long as that takes it.
 *
 * A key is a point on the targets' summed up full weights. If the target there
 * does not take it (down, full, tried, still starting) the key is hashed to
 * another point, and so on: no key whose target takes it ever moves, and what
 * a target does not take is spread over all others by weight. Needs no table,
 * and nothing is rebuilt but when weights are set or backends come and go for
 * good; then most keys move, which is where maglev is better.
 */
#include "common.h"

static void sh_build(struct slc_view *view)
{
	struct slc_sums *sums = view->priv;
	unsigned int i;

	sums->total = 0;
	for (i = 0; i < view->n; i++) {
		sums->total += view->target[i].full;
		sums->end[i] = sums->total;
	}
}

static int sh_pick(const struct slc_view *view, struct slc_pick *pick)
{
	const struct slc_sums *sums = view->priv;
	u32 point = pick->hash;
	unsigned int draws, i = 0;

	if (!sums->total)
		return -1;
	for (draws = 0; draws < SLC_SCHED_DRAWS; draws++) {
		i = slc_sums_find(sums, view->n,
				  reciprocal_scale(point, sums->total));
		if (slc_sched_takes(view, &view->target[i], pick))
			return i;
		point = slc_sched_mix(point + draws + 1);
	}
	return slc_sched_walk(view, pick, i, -1);
}

const struct slc_sched slc_sched_sh = {
	.name	= "sh",
	.flags	= SLC_SCHED_HASHES | SLC_SCHED_KEEPS,
	.size	= slc_sums_size,
	.build	= sh_build,
	.pick	= sh_pick,
};
