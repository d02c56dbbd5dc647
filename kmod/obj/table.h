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
#include <linux/sched.h>
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
 * slc_table_walk() - Begin a walk, or go on with it after a pause.
 * @iter: the walk
 *
 * Where the table was replaced meanwhile, kernels that are not so new begin with
 * the new one but keep the object that they stood at, which may be gone.
 *
 * Context: Process or softirq; RCU is held from here to rhashtable_walk_stop().
 */
static inline void slc_table_walk(struct rhashtable_iter *iter)
	__acquires(RCU)
{
	if (rhashtable_walk_start_check(iter))
		iter->p = NULL;
}

/**
 * slc_table_next() - The next object of a walk, with a pause now and then.
 * @iter: the walk
 * @n: objects so far, counted here
 *
 * An object that is returned may be used until the next call. What is in the table
 * all the time is not passed over; where the table grows or shrinks some may come
 * twice.
 *
 * Context: Process, between slc_table_walk() and rhashtable_walk_stop().
 * Return: the object, ERR_PTR(-EAGAIN) if the walk begins anew, NULL at its end.
 */
static inline void *slc_table_next(struct rhashtable_iter *iter,
				   unsigned int *n)
{
	void *obj = rhashtable_walk_next(iter);

	if (!obj || ++*n % 1024)
		return obj;
	rhashtable_walk_stop(iter);
	cond_resched();
	slc_table_walk(iter);
	/* The same one, or what is in its place now. */
	return rhashtable_walk_peek(iter);
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
	slc_table_walk(iter);
}

#endif /* SLC_OBJ_TABLE_H */
