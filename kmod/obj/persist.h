/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which backend a client had last, for pools that are to remember (persist). Who
 * has shown that he is there is remembered by address: while he has connections,
 * and for a time after the last one.
 *
 * Owns the table, its bounds and its sweep. Whether the backend may still be had is
 * for pick.c to say.
 *
 * Locking: lookup under RCU. An entry is counted, by the table and by each flow; who
 * takes it out of the table drops the table's reference. It names pool and backend
 * by their numbers: nothing waits for it.
 */
#ifndef SLC_OBJ_PERSIST_H
#define SLC_OBJ_PERSIST_H

#include <linux/refcount.h>
#include <linux/rhashtable-types.h>
#include "core/addr.h"
#include "obj/net.h"

struct slc_flow;

/**
 * struct slc_persist_key - what a client is remembered by
 * @client: its address
 * @pool: number of the pool
 * @pad: zero; the whole struct is hashed and compared
 */
struct slc_persist_key {
	struct slc_addr client;
	u32 pool;
	u32 pad;
};

/**
 * struct slc_persist - a client that a pool remembers
 * @key: pool and client
 * @node: in slc_net.persist
 * @refs: the table's, and one for each flow that lives
 * @backend: number of the backend that it has
 * @ends: jiffies, low 32 bits, until which it is remembered once no flow lives
 * @loose: not zero if only conversations have shown that it is there, which anybody
 *	can who lets a backend answer him
 * @rcu: frees it
 */
struct slc_persist {
	struct slc_persist_key key;
	struct rhash_head node;
	refcount_t refs;
	u32 backend;
	u32 ends;
	u32 loose;
	struct rcu_head rcu;
};

/**
 * slc_persist_find() - The backend that a client has.
 * @sn: namespace state
 * @pool: number of the pool
 * @client: the client's address
 *
 * Context: RCU held.
 * Return: number of the backend, which may be gone or down; 0 if it has none.
 */
u32 slc_persist_find(struct slc_net *sn, u32 pool, const struct slc_addr *client);

/**
 * slc_persist_keep() - Remember the client of a flow, if its pool is to.
 * @flow: the flow; its client has shown that it is there. Once for each flow
 *
 * Where there is no room another client is forgotten that has no connection, or
 * this one is not remembered; either is counted as `persist-full`.
 *
 * Context: RCU held; softirq.
 */
void slc_persist_keep(struct slc_flow *flow);

/**
 * slc_persist_leave() - A flow has ended: the time of its client begins.
 * @flow: the flow; SLC_FLOW_ENDED
 *
 * Context: Any.
 */
void slc_persist_leave(struct slc_flow *flow);

/**
 * slc_persist_sweep() - Forget clients whose time is over.
 * @sn: namespace state
 * @all: all others, too
 *
 * Context: Process.
 */
void slc_persist_sweep(struct slc_net *sn, bool all);

/**
 * slc_persist_net_init() - Start with no clients.
 * @sn: namespace state
 *
 * Context: Process.
 * Return: 0 or -ENOMEM.
 */
int slc_persist_net_init(struct slc_net *sn);

/**
 * slc_persist_net_exit() - Free the table; all flows are gone.
 * @sn: namespace state
 *
 * Context: Process.
 */
void slc_persist_net_exit(struct slc_net *sn);

/**
 * slc_persist_init() - Make the slab cache.
 *
 * Context: Process, module init.
 * Return: 0 or -ENOMEM.
 */
int slc_persist_init(void);

/**
 * slc_persist_exit() - Free the slab cache after the last grace period.
 *
 * Context: Process, module exit.
 */
void slc_persist_exit(void);

#endif /* SLC_OBJ_PERSIST_H */
