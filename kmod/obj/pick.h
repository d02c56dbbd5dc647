/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Choosing a backend: what a pool's scheduler chooses from, made when a
 * configuration is published, and the choice itself.
 *
 * Locking: a view never changes; it goes with the rules it was made of.
 */
#ifndef SLC_OBJ_PICK_H
#define SLC_OBJ_PICK_H

#include <linux/ktime.h>
#include <linux/timekeeping.h>
#include "core/addr.h"
#include "core/sched.h"
#include "obj/net.h"

struct slc_backend;
struct slc_dress;
struct slc_mode;
struct slc_pick_view;
struct slc_pool_entry;
struct slc_pool;
struct slc_pool_cfg;
struct slc_pool_rules;

/**
 * struct slc_choice - a backend, and how it is reached
 * @backend: not referenced, or NULL if there is none
 * @mode: the forwarding method
 * @sched: who chose it, and may want to hear how fast it answers
 * @pool: what is configured for the pool that it is of; as old as the configuration
 * @send_proxy: enum sluice_send_proxy
 * @dress: what a conversation that keeps its backend has sent it, or NULL; under RCU
 * @pool_id: number of the pool that it is of
 * @persist_s: how long that remembers the client
 * @tunnel_port: UDP port of its end of a tunnel, 0 for the usual
 * @tunnel_csum: enum sluice_tunnel_csum
 * @trial: of a suspect, which is tried by this connection and no other
 */
struct slc_choice {
	struct slc_backend *backend;
	const struct slc_mode *mode;
	const struct slc_sched *sched;
	const struct slc_pool_cfg *pool;
	u8 send_proxy;
	const struct slc_dress *dress;
	u32 pool_id;
	u32 persist_s;
	u16 tunnel_port;
	u8 tunnel_csum;
	struct slc_trial trial;
};

#define SLC_RETRIES_MAX	16	/* of a connection */

/**
 * struct slc_tried - backends that a connection is not to have again
 * @n: how many
 * @id: which, by struct slc_backend
 */
struct slc_tried {
	unsigned int n;
	u32 id[SLC_RETRIES_MAX];
};

/**
 * slc_pick_now_ms() - The clock of schedulers.
 *
 * Context: Any.
 * Return: milliseconds.
 */
static inline u64 slc_pick_now_ms(void)
{
	return ktime_to_ms(ktime_get());
}

/**
 * slc_pick_build() - Make what the scheduler of a pool chooses from.
 * @pool: the pool
 * @rules: its rules, complete; their view is set
 * @old: its rules before, whose view may spare work; or NULL
 *
 * Backends that are there when a pool is first used have long been up.
 *
 * Context: Process.
 * Return: 0 or -ENOMEM.
 */
int slc_pick_build(struct slc_pool *pool, struct slc_pool_rules *rules,
		   const struct slc_pool_rules *old);

/**
 * slc_pick_free() - Free a view.
 * @view: it, or NULL
 *
 * Context: Any.
 */
void slc_pick_free(struct slc_pick_view *view);

/**
 * slc_pick() - Choose a backend for a new connection.
 * @sn: namespace state
 * @pool: the pool, or NULL
 * @client: tuple of the client's packets
 * @tried: backends that it has tried, or NULL
 * @across: may it be one of the other family, if its method reaches that?
 *
 * One that the client has already, if it may be had (persist.h), or else whom the
 * scheduler says. Where the pool has none, its sorry pool is asked.
 *
 * Context: RCU held.
 * Return: the backend, if there is one.
 */
struct slc_choice slc_pick(struct slc_net *sn, const struct slc_pool_entry *pool,
			   const struct slc_tuple *client,
			   const struct slc_tried *tried, bool across);

/**
 * slc_pick_id() - The backend of this number.
 * @pool: the pool it is of, or one that it stands in for; or NULL
 * @id: slc_backend.id
 * @family: of who wants it, SLC_FAMILY_*
 * @across: may it be one of the other family, if its method reaches that?
 *
 * Whether it is up or not, for a check.
 *
 * Context: RCU held.
 * Return: the backend, if there is such a one.
 */
struct slc_choice slc_pick_id(const struct slc_pool_entry *pool, u32 id,
			      u8 family, bool across);

/**
 * slc_pick_untry() - Whoever was let try a suspect is no connection after all.
 * @choice: of slc_pick(), a trial's; RCU has been held since
 *
 * Context: RCU held.
 */
void slc_pick_untry(const struct slc_choice *choice);

/**
 * slc_pick_some() - Has a pool backends for clients of a family?
 * @pool: the pool, or NULL
 * @family: SLC_FAMILY_*
 * @across: also of the other family, if their method reaches that?
 *
 * Or its sorry pools, any that would take connections if they are not full. Unlike a
 * choice this takes nobody's turn.
 *
 * Context: RCU held.
 * Return: true if it has.
 */
bool slc_pick_some(const struct slc_pool_entry *pool, u8 family, bool across);

/**
 * slc_pick_sends() - May the backend that is chosen be one that connections reach with
 *	a header of ours?
 * @pool: the pool, or NULL; its view is built
 *
 * Or of its sorry pools. Then the handshake has to be ours, whoever it will be.
 *
 * Context: Process; the configuration is being made.
 * Return: true if it may.
 */
bool slc_pick_sends(const struct slc_pool_entry *pool);

#endif /* SLC_OBJ_PICK_H */
