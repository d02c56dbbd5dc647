/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hash tables whose key is a tuple: what the flow table and the table of
 * handshakes share.
 *
 * Locking: none; see rhashtable.
 */
#ifndef SLC_OBJ_TABLE_H
#define SLC_OBJ_TABLE_H

#include <linux/rhashtable.h>
#include <linux/siphash.h>
#include "core/addr.h"

/* Who knows the key can make long chains; nobody does. Drawn once. */
extern hsiphash_key_t slc_table_key;

/**
 * slc_table_hash() - Hash of a tuple, for struct rhashtable_params.
 * @data: the tuple
 * @len: not looked at
 * @seed: the table's
 *
 * IPv4 has all of its tuple in four words, and takes the short way.
 *
 * Context: Any.
 * Return: 32 bits of HalfSipHash, or SipHash-1-3 on 64-bit machines.
 */
static inline u32 slc_table_hash(const void *data, u32 len, u32 seed)
{
	const struct slc_tuple *t = data;

	if (t->family == SLC_FAMILY_IPV4)
		return hsiphash_4u32((__force u32)t->src.w[3],
				     (__force u32)t->dst.w[3],
				     (__force u32)t->sport << 16 |
				     (__force u32)t->dport,
				     seed ^ (t->proto << 8 | t->side),
				     &slc_table_key);
	return hsiphash(t, sizeof(*t), &slc_table_key) ^ seed;
}

#endif /* SLC_OBJ_TABLE_H */
