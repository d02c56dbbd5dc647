/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The Internet checksum as RFC 1071 words it, byte by byte and from scratch:
 * what incremental ones are held against.
 */
#ifndef SLC_TEST_CSUM_REF_H
#define SLC_TEST_CSUM_REF_H

#include "core/base.h"

/* Adds @len bytes that start at an even offset; @sum is in host order. */
static inline u64 ref_sum(u64 sum, const u8 *p, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		sum += i & 1 ? p[i] : p[i] << 8;
	return sum;
}

static inline u16 ref_fold(u64 sum)
{
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/* The check field for bytes that hold 0 in its place. */
static inline u16 ref_check(u64 sum)
{
	return ~ref_fold(sum);
}

/* Check fields are in memory order, sums and expectations in host order. */
static inline __sum16 ref_field(u16 host)
{
	return (__force __sum16)cpu_to_be16(host);
}

static inline u16 ref_host(__sum16 field)
{
	return be16_to_cpu((__force __be16)field);
}

#endif /* SLC_TEST_CSUM_REF_H */
