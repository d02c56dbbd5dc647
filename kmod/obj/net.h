/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Everything one network namespace owns. There are no mutable globals beside
 * it but slab caches, the netlink family, the count of all flows, how much was
 * logged of late, and two switches: one drains all namespaces, one lets other user
 * namespaces in.
 *
 * Locking: cfg_lock (mutex) serialises configuration. What packets read is
 * reached by RCU or is an atomic.
 */
#ifndef SLC_OBJ_NET_H
#define SLC_OBJ_NET_H

#include <linux/gfp.h>
#include <linux/mutex.h>
#include <linux/rhashtable-types.h>
#include <linux/siphash.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>
#include <uapi/linux/sluice.h>
#include "core/cookie.h"
#include "obj/log.h"

struct nf_hook_ops;
struct slc_config;
struct slc_early_cpu;
struct slc_stats;

/* Names of what is configured, with the final NUL */
#define SLC_NAME_LEN		64
/* Memory of what is configured: charged to who configures it, who is refused more
 * when his control group is full, and neither killed for it nor heard of in the log
 */
#define SLC_GFP_CONFIG		(GFP_KERNEL_ACCOUNT | __GFP_RETRY_MAYFAIL | \
				 __GFP_NOWARN)

/* What a namespace may have unless told otherwise: flows, and bytes of
 * half-finished handshakes
 */
#define SLC_FLOW_MAX		1048576U
#define SLC_EARLY_BYTES_MAX	(64UL << 20)

/* Networks that the budget of half-finished handshakes tells apart */
#define SLC_EARLY_SHARES	256

/**
 * struct slc_guess - wrong SYN cookies from one network
 * @second: of uptime
 * @n: how many in it
 */
struct slc_guess {
	u32 second;
	u32 n;
};

/**
 * enum slc_hooks - sets of netfilter hooks
 * @SLC_HOOKS_ALL: those that any service needs
 * @SLC_HOOKS_LOCAL: what this host sends, for services with a pool or with headers in
 *	datagrams
 * @SLC_HOOKS_NR: how many sets
 */
enum slc_hooks {
	SLC_HOOKS_ALL,
	SLC_HOOKS_LOCAL,
	SLC_HOOKS_NR,
};

/**
 * struct slc_net - the module's state in one network namespace
 * @net: the namespace; not held, we end before it does
 * @cfg_lock: serialises all configuration of this namespace
 * @config: all that is configured; replaced as a whole under @cfg_lock, read
 *	under RCU, never NULL
 * @n_retired: former @config that wait for their last reader
 * @cfg_gen: generation of @config and of the limits: goes up with every change
 *	but of health, so that dumps and batches notice; @cfg_lock
 * @next_id: id of the last object made; @cfg_lock
 * @hook_ops: the netfilter hooks that are registered, NULL for those that are
 *	not; their private pointer is this; @cfg_lock
 * @flows: halves of flows by tuple (see flow.h)
 * @aliases: further names of halves (see alias.h)
 * @ports: ports that full NAT lends (see ports.h)
 * @n_ports: sets in @ports
 * @persist: clients that pools remember (see persist.h)
 * @n_persist: how many
 * @n_persist_loose: those of them that only conversations have shown to be there
 * @persist_at: jiffies when they are swept next
 * @early: half-finished handshakes by outer tuple (see early.h)
 * @early_cpu: per-CPU age lists of @early, oldest first
 * @early_bytes: truesize of everything half-finished
 * @early_share: the same by source network, hashed, so that no one sender
 *	takes what all of them need
 * @early_max: cap on @early_bytes; above it SYN cookies answer
 * @n_early: entries in @early
 * @n_flows: flows that live
 * @n_kept: flows that are over, kept for stragglers
 * @n_fresh: flows whose client may not be there: a SYN or a datagram has made them
 * @flow_max: cap on @n_flows; on @n_kept too, unless it is small
 * @probe_mark: of checks, those of its bits that @probe_mask has
 * @probe_mask: the others say which backend; 0: there are no such checks
 * @next_flow_id: id of the last flow made
 * @draining: new connections are refused (sluice node drain)
 * @dying: namespace or module is going; no new state of any kind
 * @overflow_at: jiffies of the last SYN cookie sent; see @overflowed
 * @overflowed: a cookie was ever sent
 * @logged: jiffies of the last line of each kind in the kernel's log, 0 for none
 * @key: secrets of initial sequence numbers and shares, and of timestamps
 * @cookie_keys: secrets of SYN cookies
 * @guess: wrong cookies, by the same networks as @early_share
 * @stats: counters of packets that belong to no service
 * @stats_zero: what @stats are shown less; @cfg_lock
 * @gc: sweeps @flows
 * @suspects: tells of backends that have become suspects, or are none any more
 */
struct slc_net {
	struct net *net;
	struct mutex cfg_lock; /* see above */
	struct slc_config __rcu *config;
	atomic_t n_retired;
	u32 cfg_gen;
	u32 next_id;
	struct nf_hook_ops *hook_ops[SLC_HOOKS_NR];

	struct rhashtable flows;
	struct rhashtable aliases;
	struct rhashtable ports;
	atomic_t n_ports;
	struct rhashtable persist;
	atomic_t n_persist;
	atomic_t n_persist_loose;
	unsigned long persist_at;
	struct rhashtable early;
	struct slc_early_cpu __percpu *early_cpu;
	atomic_long_t early_bytes;
	atomic_long_t early_share[SLC_EARLY_SHARES];
	unsigned long early_max;
	atomic_t n_early;
	atomic_t n_flows;
	atomic_t n_kept;
	atomic_t n_fresh;
	unsigned int flow_max;
	u32 probe_mark;
	u32 probe_mask;
	atomic64_t next_flow_id;

	bool draining;
	bool dying;
	unsigned long overflow_at;
	bool overflowed;
	unsigned long logged[SLC_LOG_NR];

	siphash_key_t key[2];
	struct slc_cookie_keys cookie_keys;
	struct slc_guess guess[SLC_EARLY_SHARES];
	struct slc_stats __percpu *stats;
	u64 stats_zero[SLUICE_STAT_MAX + 1];
	struct delayed_work gc;
	struct delayed_work suspects;
};

/**
 * slc_net_drain_all() - Refuse new connections in all namespaces, or end that.
 * @on: refuse
 *
 * Namespaces that come later are none the wiser: what counts is one switch.
 *
 * Context: Any.
 */
void slc_net_drain_all(bool on);

/**
 * slc_net_draining() - Are new connections refused in a namespace?
 * @sn: its state
 *
 * Context: Any.
 * Return: true if they are, there or everywhere.
 */
bool slc_net_draining(const struct slc_net *sn);

/**
 * slc_net_early_total() - Unfinished handshakes in all namespaces.
 *
 * Some may begin and end while they are counted.
 *
 * Context: any, while the module's namespaces are registered.
 * Return: how many.
 */
unsigned int slc_net_early_total(void);

/**
 * slc_net_users_allowed() - May other user namespaces than the first use Sluice
 *	in network namespaces of theirs?
 *
 * Context: Any.
 * Return: true if they may.
 */
bool slc_net_users_allowed(void);

/**
 * enum slc_users - what becomes of slc_net_users_allowed()
 * @SLC_USERS_STAY: it stays as it is
 * @SLC_USERS_REFUSE: they may not
 * @SLC_USERS_ALLOW: they may
 */
enum slc_users {
	SLC_USERS_STAY,
	SLC_USERS_REFUSE,
	SLC_USERS_ALLOW,
};

/**
 * struct slc_limits - limits, as an administrator sets them
 * @flow_max: as in struct slc_net
 * @early_max: as in struct slc_net
 * @probe_mark: as in struct slc_net
 * @probe_mask: as in struct slc_net
 * @users: of the whole host
 */
struct slc_limits {
	unsigned int flow_max;
	unsigned long early_max;
	u32 probe_mark;
	u32 probe_mask;
	enum slc_users users;
};

/**
 * slc_net_limits() - The limits of a namespace, to be changed.
 * @sn: its state
 *
 * Context: Process, slc_net.cfg_lock held.
 * Return: the limits; those of the whole host are to stay.
 */
struct slc_limits slc_net_limits(const struct slc_net *sn);

/**
 * slc_net_limit() - Let other limits hold from now on.
 * @sn: state of the namespace
 * @limits: they
 *
 * Context: Process, slc_net.cfg_lock held.
 * Return: true if they differ from what held before.
 */
bool slc_net_limit(struct slc_net *sn, const struct slc_limits *limits);

/**
 * slc_pernet() - The module's state in a namespace.
 * @net: the namespace
 *
 * Context: Any; valid from our pernet init to our pernet exit.
 * Return: never NULL.
 */
struct slc_net *slc_pernet(const struct net *net);

#endif /* SLC_OBJ_NET_H */
