/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hash tables whose key is a tuple: what the flow table and the table of
 * handshakes share.
 *
 * Locking: none; see rhashtable.
 */
#ifndef SLC_OBJ_TABLE_H
#define SLC_OBJ_TABLE_H

#include <linux/delay.h>
#include <linux/jhash.h>
#include <linux/rhashtable.h>
#include "core/addr.h"

/* Apart, so that the rest is small enough to be inlined. */
static noinline u32 table_hash6(const struct slc_tuple *t, u32 seed)
{
	return jhash2((const u32 *)t->src.w, 8, seed);
}

/**
 * slc_table_hash() - Hash of a tuple, for struct rhashtable_params.
 * @data: the tuple
 * @len: not looked at
 * @seed: the table's, random and secret
 *
 * The hash of the kernel's own table of connections, into which each of our
 * flows goes too: whoever can make long chains here can make them there. A
 * keyed one costs three times as much, for each packet.
 *
 * Context: Any.
 * Return: 32 bits.
 */
static inline u32 slc_table_hash(const void *data, u32 len, u32 seed)
{
	const struct slc_tuple *t = data;
	u32 ports = (__force u32)t->sport << 16 | (__force u32)t->dport;

	seed += t->proto << 8 | t->side;
	if (t->family == SLC_FAMILY_IPV4)
		return jhash_3words((__force u32)t->src.w[3],
				    (__force u32)t->dst.w[3], ports, seed);
	return table_hash6(t, jhash_1word(ports, seed));
}

/**
 * slc_table_rest() - Pause a walk that sends packets, now and then.
 * @iter: the walk; goes on after it, but may pass over some
 * @n: packets or pairs of them so far
 *
 * Queues between network namespaces and those of devices have room for a
 * thousand packets. A walk that sends as many without a pause has the rest
 * dropped, and what it dropped was the news that a connection is over.
 *
 * Context: Process, bh enabled, in the walk.
 */
static inline void slc_table_rest(struct rhashtable_iter *iter, unsigned int n)
{
	if (n % 64)
		return;
	rhashtable_walk_stop(iter);
	usleep_range(50, 200);
	rhashtable_walk_start(iter);
}

#endif /* SLC_OBJ_TABLE_H */
