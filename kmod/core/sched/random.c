// SPDX-License-Identifier: GPL-2.0
/* random: each connection for itself, by weight. */
#include "common.h"

static int random_pick(const struct slc_view *view, struct slc_pick *pick)
{
	return slc_sched_draw(view, pick, -1);
}

const struct slc_sched slc_sched_random = {
	.name	= "random",
	.size	= slc_sums_size,
	.build	= slc_sums_build,
	.pick	= random_pick,
};
