/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Half-finished handshakes: found by outer tuple, charged to a budget, timed,
 * and dropped oldest first.
 *
 * Owns their lifetime and memory. What they do is handshake.c's.
 *
 * Locking: lookup under RCU. slc_early.lock guards everything in an entry;
 * docs/locking.md has what is taken under it. An entry is dead once its state
 * says so; only then it is out of the table.
 */
#ifndef SLC_PATH_EARLY_H
#define SLC_PATH_EARLY_H

#include <linux/list.h>
#include <linux/rhashtable-types.h>
#include <linux/skbuff.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include "core/addr.h"
#include "core/hs.h"
#include "obj/net.h"

struct slc_flow;
struct slc_send;
struct slc_service;
struct slc_service_entry;
struct slc_service_rules;
struct slc_tried;

/* Most bytes of packets held for one connection: a window and its overhead. */
#define SLC_EARLY_HOLD_MAX	(4 * 65536)

/**
 * struct slc_early_cpu - entries made on one CPU, by age
 * @lock: protects @list
 * @list: oldest first
 */
struct slc_early_cpu {
	spinlock_t lock; /* protects list */
	struct list_head list;
};

/**
 * struct slc_early - a handshake in the making
 * @key: outer tuple
 * @node: in slc_net.early
 * @lock: protects all below
 * @hs: its state
 * @rtt_us: see slc_flow.rtt_us; from GATHER on
 * @sn: namespace state
 * @service: referenced
 * @rules: what held for it when the handshake began; referenced
 * @flow: from CONNECT on
 * @tried: backends that were tried before the one of @flow, or NULL
 * @send: the header that the backend of @flow is sent, or NULL
 * @route_out: to the sender; referenced
 * @route_in: to the application, from CONNECT on; referenced
 * @cookie_out: what dst_check() wants of @route_out, as old as that
 * @cookie_in: the same of @route_in
 * @timer: see slc_hs_timer()
 * @born: jiffies when it was made
 * @deadline: jiffies when @timer is due; it may run out sooner
 * @since: jiffies of the SYN or, from GATHER on, of the sender's ACK
 * @held: packets of the sender's that wait for the application
 * @buf: header bytes, if they came in pieces
 * @buf_len: bytes in @buf
 * @buf_size: room in @buf
 * @charged: bytes of the budget this entry takes
 * @share: index into slc_net.early_share
 * @synack_us: when the SYN-ACK was sent, 0 if that was done more than once, or
 *	in a cookie
 * @challenged: jiffies, low 32 bits, of the last challenge ACK
 * @mark: firewall mark of the sender's SYN
 * @ifindex: device the sender's packets come in by
 * @cpu: whose age list
 * @age: in that list
 * @rcu: frees it
 */
struct slc_early {
	struct slc_tuple key;
	struct rhash_head node;
	spinlock_t lock; /* see above */
	struct slc_hs hs;
	u32 rtt_us;
	struct slc_net *sn;
	struct slc_service *service;
	struct slc_service_rules *rules;
	struct slc_flow *flow;
	struct slc_tried *tried;
	struct slc_send *send;
	struct dst_entry *route_out;
	struct dst_entry *route_in;
	u32 cookie_out;
	u32 cookie_in;
	struct timer_list timer;
	unsigned long born;
	unsigned long deadline;
	unsigned long since;
	struct sk_buff_head held;
	u8 *buf;
	u16 buf_len;
	u16 buf_size;
	u32 charged;
	u8 share;
	u32 synack_us;
	u32 challenged;
	u32 mark;
	int ifindex;
	int cpu;
	struct list_head age;
	struct rcu_head rcu;
};

/* Locks that are watched are larger. */
static_assert(sizeof(struct slc_early) <= 512 || IS_ENABLED(CONFIG_LOCKDEP));

/**
 * slc_early_lookup() - The handshake a packet belongs to.
 * @sn: namespace state
 * @key: outer tuple
 *
 * Context: RCU held.
 * Return: the entry, which may be dead once its lock is taken, or NULL.
 */
struct slc_early *slc_early_lookup(struct slc_net *sn,
				   const struct slc_tuple *key);

/**
 * slc_early_share() - Which share a sender takes of: its network's, hashed.
 * @sn: namespace state
 * @src: the sender
 *
 * Context: any.
 * Return: index into slc_net.early_share.
 */
u8 slc_early_share(const struct slc_net *sn, const struct slc_addr *src);

/**
 * slc_early_full() - Is the budget for half-finished handshakes used up?
 * @sn: namespace state
 * @src: who wants to begin one
 *
 * All senders of one network (IPv4 /24, IPv6 /64), and of those hashed to the
 * same share, begin no more once they have half of it. What is charged to
 * those begun, slc_early_charge(), is not held to that.
 *
 * Context: any.
 * Return: true if a SYN cookie is the answer.
 */
bool slc_early_full(const struct slc_net *sn, const struct slc_addr *src);

/**
 * slc_early_alloc() - Make an entry that is in no table yet.
 * @sn: namespace state
 * @svc: service and rules; taken references of
 * @key: outer tuple
 * @route_out: route to the sender; taken over, also on failure
 * @timeout: the timer's function
 *
 * Context: softirq, RCU held for @svc.
 * Return: the entry; or an error: -ENOMEM, or -ESHUTDOWN where namespace or
 *	service is on its way out.
 */
struct slc_early *slc_early_alloc(struct slc_net *sn,
				  const struct slc_service_entry *svc,
				  const struct slc_tuple *key,
				  struct dst_entry *route_out,
				  void (*timeout)(struct timer_list *));

/**
 * slc_early_insert() - Put an entry into the table.
 * @e: the entry; gone on failure
 *
 * Context: softirq, @e->lock held.
 * Return: 0, -EEXIST if another CPU was faster with the same tuple, or another
 *	error without memory.
 */
int slc_early_insert(struct slc_early *e);

/**
 * slc_early_charge() - Take from the budget.
 * @e: the entry
 * @bytes: how much more
 *
 * May overdraw it; slc_early_shrink() mends that.
 *
 * Context: @e->lock held.
 */
void slc_early_charge(struct slc_early *e, unsigned int bytes);

/**
 * slc_early_tried() - Note that a handshake has tried a backend.
 * @e: the entry
 * @id: the backend's
 *
 * Context: softirq, @e->lock held.
 * Return: false without memory, or room: then it is to try no other.
 */
bool slc_early_tried(struct slc_early *e, u32 id);

/**
 * slc_early_shrink() - Drop the oldest entries until the budget is kept.
 * @sn: namespace state
 *
 * At most 64 in one call; the next packet goes on.
 *
 * Context: softirq, RCU held, no lock held.
 */
void slc_early_shrink(struct slc_net *sn);

/**
 * slc_early_finish() - Take an entry out of everything and free it.
 * @e: the entry
 * @state: SLC_HS_DONE, or SLC_HS_DEAD which frees what is held and the flow
 *
 * Context: softirq or bh disabled, @e->lock held.
 */
void slc_early_finish(struct slc_early *e, enum slc_hs_state state);

/**
 * slc_early_drop() - Give a handshake up: reset both legs, forget.
 * @e: the entry, found under RCU
 * @flow: the flow that it had when this was decided, or NULL
 * @why: enum sluice_stat
 *
 * Defined in handshake.c.
 *
 * Context: softirq or bh disabled, RCU held, no lock held.
 * Return: false if it had ended before, or has gone on to another flow: nothing was
 *	done, nor counted.
 */
bool slc_early_drop(struct slc_early *e, const struct slc_flow *flow, int why);

/**
 * slc_early_count() - Count for a handshake's service and, once it has one, for its
 *	backend.
 * @e: the entry
 * @why: enum sluice_stat
 *
 * Context: softirq or bh disabled, slc_early.lock held.
 */
void slc_early_count(const struct slc_early *e, int why);

/**
 * slc_early_stat() - The counter for what is wrong with a handshake.
 * @hs: the handshake
 * @why: what, but SLC_HS_FINE
 *
 * Context: any.
 * Return: enum sluice_stat.
 */
int slc_early_stat(const struct slc_hs *hs, enum slc_hs_why why);

/**
 * slc_early_net_init() - Start with none.
 * @sn: namespace state
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int slc_early_net_init(struct slc_net *sn);

/**
 * slc_early_net_exit() - Free the table; slc_early_flush() was before.
 * @sn: namespace state
 *
 * Context: process.
 */
void slc_early_net_exit(struct slc_net *sn);

/**
 * slc_early_init() - Make the slab cache.
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int slc_early_init(void);

/**
 * slc_early_exit() - Free the slab cache.
 *
 * Context: process, after rcu_barrier().
 */
void slc_early_exit(void);

#endif /* SLC_PATH_EARLY_H */
