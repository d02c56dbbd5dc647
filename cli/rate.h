/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How fast counters count: two readings and the time between them. Pure.
 */
#ifndef SLUICE_RATE_H
#define SLUICE_RATE_H

#include <stdbool.h>
#include <stdint.h>

/**
 * rate_of() - What was counted each second.
 * @before: a reading
 * @after: a later one
 * @n: how many counters
 * @ms: time between them
 * @rate: set, by counter
 *
 * Counters are set to zero all at once. If one went back, all are taken to
 * have begun anew after @before: what they count now was counted since then.
 *
 * Return: true if that is so; what was counted before the zero is lost.
 */
bool rate_of(const uint64_t *before, const uint64_t *after, unsigned int n,
	     uint64_t ms, double *rate);

/* A rate as people read it: three digits, or all those before the point */
double rate_round(double rate);

#endif /* SLUICE_RATE_H */
