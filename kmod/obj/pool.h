/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pools: backends, and how one of them is chosen and reached.
 *
 * A pool and a backend each have an identity that lives as long as somebody
 * refers to it. Everything else of a pool, its backends' settings included, is
 * its rules, which are replaced as a whole. Both are found in the configuration
 * (config.h) and changed in a draft of it (draft.h).
 *
 * Locking: all of these are counted; see service.h.
 */
#ifndef SLC_OBJ_POOL_H
#define SLC_OBJ_POOL_H

#include <linux/cache.h>
#include <linux/refcount.h>
#include <linux/siphash.h>
#include "core/addr.h"
#include "core/sched.h"
#include "obj/net.h"
#include "obj/stats.h"

struct netlink_ext_ack;
struct slc_draft;
struct slc_mode;
struct slc_pool_entry;

#define SLC_POOL_MAX		4096	/* pools of a namespace */
#define SLC_BACKEND_MAX		16384	/* backends of a namespace */
/* A pool with all of these must fit into one netlink message. */
#define SLC_TLVS_MAX		32
#define SLC_RETRIES		2	/* unless configured */
#define SLC_PERSIST_MAX_S	604800
#define SLC_MAX_FAILS		3	/* unless configured */
#define SLC_FAIL_TIMEOUT_S	10	/* unless configured */

/**
 * struct slc_tlv - a TLV for headers that backends are sent
 * @value: its value; owned by whoever owns the array
 * @type: its type
 * @len: bytes in @value
 * @has_value: if not, the value is that of the header that came in
 */
struct slc_tlv {
	const u8 *value;
	u8 type;
	u8 len;
	bool has_value;
};

/**
 * struct slc_pool_cfg - a pool as configured
 * @name: what the administrator calls it
 * @scheduler: how one of its backends is chosen
 * @key: secret of hashes that other balancers share, zeros for the pool's own
 * @forward: the method by which its backends are reached
 * @sorry: for when no backend is up; referenced by the rules, or NULL
 * @persist_s: how long a client keeps its backend after its last connection
 * @slow_start_s: how long a backend takes to its full weight
 * @send_proxy: enum sluice_send_proxy
 * @on_down: enum sluice_on_down
 * @retries: further backends that a connection tries
 * @hash: enum sluice_hash_field, what connections are told apart by
 * @max_fails: connections in a row that make a suspect of a backend that fails
 *	them, 0 for none
 * @fail_timeout_s: how long a suspect is passed over at first
 * @min_up: backends that must be usable for any of them to get connections
 * @n_tlvs: entries in @tlv
 * @user_len: bytes in @user_data
 * @tlv: TLVs of headers that are sent; owned by the caller
 * @user_data: what a tool keeps here; owned by the caller
 */
struct slc_pool_cfg {
	char name[SLC_NAME_LEN];
	const struct slc_sched *scheduler;
	siphash_key_t key;
	const struct slc_mode *forward;
	struct slc_pool *sorry;
	u32 persist_s;
	u32 slow_start_s;
	u8 send_proxy;
	u8 on_down;
	u8 retries;
	u8 hash;
	u8 max_fails;
	u16 fail_timeout_s;
	u16 min_up;
	unsigned int n_tlvs;
	unsigned int user_len;
	const struct slc_tlv *tlv;
	const u8 *user_data;
};

/**
 * struct slc_backend_cfg - a backend as configured
 * @forward: the method by which it is reached, or NULL for the pool's
 * @max_flows: most connections, 0 for no limit
 * @weight: its share
 * @tunnel_port: UDP port of its end of a tunnel, 0 for the usual
 * @state: enum sluice_backend_state
 * @health: enum sluice_health
 * @send_proxy: enum sluice_backend_send_proxy
 * @tunnel_csum: enum sluice_tunnel_csum
 * @health_weight: hundredths of @weight that it is to have by those who check it
 * @found: by a daemon, which may remove it; nothing to us
 */
struct slc_backend_cfg {
	const struct slc_mode *forward;
	u32 max_flows;
	u16 weight;
	u16 tunnel_port;
	u8 state;
	u8 health;
	u8 send_proxy;
	u8 tunnel_csum;
	u8 health_weight;
	bool found;
};

/**
 * slc_send_proxy() - The headers that a backend is sent.
 * @pool: what is configured for its pool
 * @backend: for itself
 *
 * Context: Any.
 * Return: enum sluice_send_proxy.
 */
static inline u8 slc_send_proxy(const struct slc_pool_cfg *pool,
				const struct slc_backend_cfg *backend)
{
	return backend->send_proxy == SLUICE_BACKEND_SEND_PROXY_POOL ?
	       pool->send_proxy : backend->send_proxy - 1;
}

static_assert(SLUICE_BACKEND_SEND_PROXY_SPP - 1 == SLUICE_SEND_PROXY_SPP);

/* Does each connection begin with a header of ours? */
static inline bool slc_sends_first(u8 send_proxy)
{
	return send_proxy == SLUICE_SEND_PROXY_V1 ||
	       send_proxy == SLUICE_SEND_PROXY_V2;
}

/**
 * struct slc_backend - a backend's identity
 * @refs: one for each rules of a pool it is in, one for each flow
 * @load: connections that it has, and how fast it answers
 * @is_down: by what is configured or health: conversations are to leave it. So told
 *	when a configuration is published
 * @resets: it is down, and its connections are to be reset
 * @is_up: by health
 * @told_suspect: it was told of as a suspect; written under cfg_lock
 * @max_fails: as its pool has it
 * @fail_timeout_s: as its pool has it
 * @port: host byte order, 0 for the one connected to
 * @id: never reused in this namespace
 * @stats: what was counted of it, SLC_BACKEND_STATS; see slc_backend_count()
 * @addr: its address
 * @stats_zero: of @stats when they were last set to zero; guarded by cfg_lock
 * @doomed: the next one of slc_draft.doomed; guarded by cfg_lock
 *
 * Each new flow writes to the first two, each packet reads the others.
 */
struct slc_backend {
	refcount_t refs;
	struct slc_load load;
	bool is_down ____cacheline_aligned_in_smp;
	bool resets;
	bool is_up;
	bool told_suspect;
	u8 max_fails;
	u16 fail_timeout_s;
	u16 port;
	u32 id;
	struct slc_stats __percpu *stats;
	struct slc_addr addr;
	u64 stats_zero[SLC_BACKEND_STATS];
	struct slc_backend *doomed;
};

/**
 * slc_backend_suspect() - Is a backend a suspect?
 * @backend: it
 *
 * Context: Any.
 * Return: true if it has failed connections, and is passed over.
 */
static inline bool slc_backend_suspect(const struct slc_backend *backend)
{
	return READ_ONCE(backend->max_fails) &&
	       atomic64_read(&backend->load.doubt);
}

/**
 * struct slc_backend_entry - a backend and what now holds for it
 * @backend: referenced
 * @hash: of its address and port
 * @since_ms: when it came up: could be given connections, by slc_pick_now_ms(). 0 if
 *	it was there when its pool was first used
 * @cfg: as configured
 */
struct slc_backend_entry {
	struct slc_backend *backend;
	u64 since_ms;
	u32 hash;
	struct slc_backend_cfg cfg;
};

/**
 * slc_mode_crosses() - Does a method reach backends of another family than the client's?
 * @mode: the method
 *
 * In mode/mode.c, for it is what methods say of themselves.
 *
 * Context: Any.
 * Return: true if it does.
 */
bool slc_mode_crosses(const struct slc_mode *mode);

/**
 * slc_mode_direct() - Do backends answer clients themselves, as the service?
 * @mode: the method
 *
 * In mode/mode.c, as slc_mode_crosses().
 *
 * Context: Any.
 * Return: true if they do.
 */
bool slc_mode_direct(const struct slc_mode *mode);

struct slc_pick_view;

/**
 * struct slc_pool_rules - the part of a pool that changes
 * @refs: one for each configuration it is in
 * @view: what its scheduler chooses from (pick.h), or NULL until it is used
 * @told: how often the pool's own part was set
 * @n: backends
 * @room: entries that @backend has room for
 * @backend: ascending by id
 * @cfg: as configured; what it points to is in this allocation
 *
 * Immutable once published.
 */
struct slc_pool_rules {
	refcount_t refs;
	struct slc_pick_view *view;
	u32 told;
	unsigned int n;
	unsigned int room;
	struct slc_backend_entry *backend;
	struct slc_pool_cfg cfg;
};

/**
 * struct slc_pool - a pool's identity
 * @refs: one for each configuration it is in, one for each other pool's or
 *	service's rules that refer to it
 * @cursor: where schedulers that go around are
 * @key: secret of hashes of clients and backends, unless one is configured
 * @id: never reused in this namespace; cursor of dumps
 * @name: as configured
 */
struct slc_pool {
	refcount_t refs;
	atomic_t cursor;
	siphash_key_t key;
	u32 id;
	char name[SLC_NAME_LEN];
};

/**
 * slc_pool_backend() - A backend of a pool.
 * @rules: the pool's rules
 * @addr: the backend's address
 * @port: its port, host byte order
 *
 * Return: its entry or NULL.
 */
struct slc_backend_entry *slc_pool_backend(const struct slc_pool_rules *rules,
					   const struct slc_addr *addr,
					   u16 port);

/**
 * slc_backend_differs() - Does an administrator see a difference?
 * @a: settings of a backend
 * @b: others
 *
 * Context: Any.
 * Return: true if they differ in more than health.
 */
bool slc_backend_differs(const struct slc_backend_cfg *a,
			 const struct slc_backend_cfg *b);

/**
 * slc_pool_get() - Take a reference.
 * @pool: the pool; who calls holds one, or is in RCU
 *
 * Context: Any.
 */
static inline void slc_pool_get(struct slc_pool *pool)
{
	refcount_inc(&pool->refs);
}

/**
 * slc_backend_get() - Take a reference.
 * @backend: found in a configuration, under RCU
 *
 * Context: Any.
 */
static inline void slc_backend_get(struct slc_backend *backend)
{
	refcount_inc(&backend->refs);
}

/**
 * slc_backend_put() - Drop a reference.
 * @backend: the backend
 *
 * Context: Any.
 */
void slc_backend_put(struct slc_backend *backend);

/**
 * slc_backend_count() - Count one of a backend's.
 * @backend: the backend
 * @why: enum sluice_stat; one that backends do not have is none of theirs
 *
 * Packets and bytes are counted by slc_stats_add2() alone: they have the same place
 * here as in enum sluice_stat.
 *
 * Context: Softirq or bh disabled.
 */
void slc_backend_count(const struct slc_backend *backend, int why);

/**
 * slc_backend_counts() - What a backend has counted since zero.
 * @backend: the backend
 * @sum: SLC_BACKEND_STATS numbers, in the order of the attributes of the uapi
 *	header, from SLUICE_A_BACKEND_PACKETS_IN
 *
 * Context: slc_net.cfg_lock held.
 */
void slc_backend_counts(const struct slc_backend *backend, u64 *sum);

/**
 * slc_backend_zero() - Set a backend's counters to zero.
 * @backend: the backend
 *
 * Context: slc_net.cfg_lock held.
 */
void slc_backend_zero(struct slc_backend *backend);

/**
 * slc_backend_usable() - May a backend be given new connections?
 * @cfg: what is configured for it
 *
 * Return: true if it may.
 */
bool slc_backend_usable(const struct slc_backend_cfg *cfg);

/**
 * slc_pool_up() - How many of a pool's backends are usable?
 * @rules: of the pool
 *
 * Context: Any; walks all of them.
 * Return: their number.
 */
unsigned int slc_pool_up(const struct slc_pool_rules *rules);

/**
 * slc_backend_down() - Is a backend not to be spoken to?
 * @cfg: what is configured for it
 *
 * One that drains, or has no weight, keeps what it has.
 *
 * Return: true if it is down.
 */
static inline bool slc_backend_down(const struct slc_backend_cfg *cfg)
{
	return cfg->state == SLUICE_BACKEND_STATE_DOWN ||
	       cfg->health == SLUICE_HEALTH_DOWN;
}

/**
 * slc_pool_put() - Drop a reference.
 * @pool: the pool
 *
 * Context: Any.
 */
void slc_pool_put(struct slc_pool *pool);

/**
 * slc_pool_rules_put() - Drop a reference.
 * @rules: the rules
 *
 * Context: Any.
 */
void slc_pool_rules_put(struct slc_pool_rules *rules);

/**
 * slc_draft_pool_add() - Add a pool to a draft.
 * @draft: the draft; of no more use after an error
 * @cfg: what it is to be; copied
 * @extack: says what was wrong
 *
 * Return: 0, -EEXIST for a name in use, -ENOSPC over the limit, -ENOMEM.
 */
int slc_draft_pool_add(struct slc_draft *draft, const struct slc_pool_cfg *cfg,
		       struct netlink_ext_ack *extack);

/**
 * slc_draft_pool_set() - Replace the rules of a pool in a draft.
 * @draft: the draft; of no more use after an error
 * @entry: its entry in the draft
 * @cfg: all of the new rules; its backends stay
 * @extack: says what was wrong
 *
 * Return: 0, -ELOOP if sorry pools would lead in a circle, -ENOMEM.
 */
int slc_draft_pool_set(struct slc_draft *draft, struct slc_pool_entry *entry,
		       const struct slc_pool_cfg *cfg,
		       struct netlink_ext_ack *extack);

/**
 * slc_draft_pool_del() - Take a pool out of a draft.
 * @draft: the draft; of no more use after an error
 * @entry: its entry in the draft; gone
 * @force: its backends go with it; else it is refused if there are some
 * @reset: with the flows of these; else the flows go on
 * @extack: says what was wrong
 *
 * Return: 0, -EBUSY if others refer to it, services among them, or it has backends
 *	and not @force.
 */
int slc_draft_pool_del(struct slc_draft *draft, struct slc_pool_entry *entry,
		       bool force, bool reset, struct netlink_ext_ack *extack);

/**
 * slc_draft_backend_add() - Add a backend to a pool in a draft.
 * @draft: the draft; of no more use after an error
 * @entry: the pool's entry in the draft
 * @addr: the backend's address
 * @port: its port, host byte order
 * @cfg: what it is to be
 * @extack: says what was wrong
 *
 * Return: 0, -EEXIST if it is there, -ENOSPC over the limit, -ENOMEM.
 */
int slc_draft_backend_add(struct slc_draft *draft, struct slc_pool_entry *entry,
			  const struct slc_addr *addr, u16 port,
			  const struct slc_backend_cfg *cfg,
			  struct netlink_ext_ack *extack);

/**
 * slc_draft_backend_set() - Change a backend in a draft.
 * @draft: the draft; of no more use after an error
 * @entry: the pool's entry in the draft
 * @at: index into its backends
 * @cfg: what it is to be
 *
 * Its health is not configured: a change of it makes no new generation.
 *
 * Return: 0 or -ENOMEM.
 */
int slc_draft_backend_set(struct slc_draft *draft, struct slc_pool_entry *entry,
			  unsigned int at, const struct slc_backend_cfg *cfg);

/**
 * slc_draft_backend_del() - Take a backend out of a pool in a draft.
 * @draft: the draft; of no more use after an error
 * @entry: the pool's entry in the draft
 * @at: index into its backends
 * @reset: its flows go with it; else they go on until they end
 *
 * Return: 0 or -ENOMEM.
 */
int slc_draft_backend_del(struct slc_draft *draft, struct slc_pool_entry *entry,
			  unsigned int at, bool reset);

#endif /* SLC_OBJ_POOL_H */
