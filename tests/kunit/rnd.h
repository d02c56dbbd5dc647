/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Numbers for property tests: the same in every run, in user space and in the
 * kernel, so that a failure can be had again (splitmix64, Steele et al. 2014).
 */
#ifndef SLC_TEST_RND_H
#define SLC_TEST_RND_H

#include "core/base.h"

static inline u64 rnd(u64 *state)
{
	u64 z = *state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

/* 0 <= result < @n */
static inline u32 rnd_below(u64 *state, u32 n)
{
	return (rnd(state) >> 32) * n >> 32;
}

static inline void rnd_bytes(u64 *state, void *buf, size_t len)
{
	u8 *p = buf;

	while (len--)
		*p++ = rnd(state) >> 32;
}

#endif /* SLC_TEST_RND_H */
