// SPDX-License-Identifier: GPL-2.0
/* When checks are made. See plan.h. */
#include "plan.h"

/* The golden ratio's fraction of 2^32: its multiples leave no gap wider than others. */
#define GOLDEN	2654435769u

uint32_t plan_first(const struct plan *plan, uint32_t n)
{
	uint32_t within = plan->interval < PLAN_FIRST_MAX ? plan->interval :
							    PLAN_FIRST_MAX;

	return (uint64_t)(n * GOLDEN) * within >> 32;
}

uint32_t plan_next(const struct plan *plan, unsigned int down, uint32_t random)
{
	uint64_t ms = plan->interval;

	for (; down && ms < plan->backoff; down--)
		ms *= 2;
	if (plan->backoff > plan->interval && ms > plan->backoff)
		ms = plan->backoff;
	return ms + ((uint64_t)random * (plan->jitter + 1ull) >> 32);
}
