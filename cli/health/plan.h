/* SPDX-License-Identifier: GPL-2.0 */
/* When checks are made, so that thousands of them are not made at once. Pure. */
#ifndef SLUICE_HEALTH_PLAN_H
#define SLUICE_HEALTH_PLAN_H

#include <stdint.h>

/* The first check of a backend is not later than this, in milliseconds. */
#define PLAN_FIRST_MAX	10000

/**
 * struct plan - how often a pool's backends are checked, all in milliseconds
 * @interval: from the beginning of one check to that of the next
 * @jitter: up to so much more
 * @backoff: up to this the interval doubles while a backend is down; 0: it does not
 */
struct plan {
	uint32_t interval;
	uint32_t jitter;
	uint32_t backoff;
};

/**
 * plan_first() - How long to wait before a backend's first check.
 * @plan: its pool's
 * @n: how many others have been planned before it
 *
 * However many there are, they are spread evenly: each falls into the widest gap that
 * those before it have left.
 *
 * Return: milliseconds, less than the interval and PLAN_FIRST_MAX.
 */
uint32_t plan_first(const struct plan *plan, uint32_t n);

/**
 * plan_next() - From the beginning of one check to that of the next.
 * @plan: of the pool
 * @down: bad results in a row of a backend that is down, else 0
 * @random: any number
 *
 * Return: milliseconds.
 */
uint32_t plan_next(const struct plan *plan, unsigned int down, uint32_t random);

#endif /* SLUICE_HEALTH_PLAN_H */
