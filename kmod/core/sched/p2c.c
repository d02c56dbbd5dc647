// SPDX-License-Identifier: GPL-2.0
/*
 * p2c: two targets at random, by weight, and of these the one that will have
 * fewer connections for its weight (Mitzenmacher, The Power of Two Choices in
 * Randomized Load Balancing, 1996).
 */
#include "common.h"

static int p2c_pick(const struct slc_view *view, struct slc_pick *pick)
{
	const struct slc_target *a, *b;
	u64 flows_a, flows_b;
	int first, second;

	first = slc_sched_draw_two(view, pick, &second);
	if (second < 0)
		return first;
	a = &view->target[first];
	b = &view->target[second];
	flows_a = slc_load_flows(a->load);
	flows_b = slc_load_flows(b->load);
	/* Two that idle differ in weight alone, and the draw was by weight. */
	if (!flows_a && !flows_b)
		return first;
	flows_a = slc_sched_scaled(view, a, pick, flows_a + 1);
	flows_b = slc_sched_scaled(view, b, pick, flows_b + 1);
	return flows_b * a->weight < flows_a * b->weight ? second : first;
}

const struct slc_sched slc_sched_p2c = {
	.name	= "p2c",
	.size	= slc_sums_size,
	.build	= slc_sums_build,
	.pick	= p2c_pick,
};
