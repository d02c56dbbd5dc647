/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the programs that are measured have in common: the clock, and NOPs that
 * tests/bench/count.c looks for. What runs between is counted.
 */
#ifndef BENCH_MARK_H
#define BENCH_MARK_H

#include <time.h>

static inline long long now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

static inline void mark_start(void)
{
	asm volatile(".byte 0x0f, 0x1f, 0x80; .long 0x51ce0001" ::: "memory");
}

static inline void mark_stop(void)
{
	asm volatile(".byte 0x0f, 0x1f, 0x80; .long 0x51ce0002" ::: "memory");
}

#endif /* BENCH_MARK_H */
