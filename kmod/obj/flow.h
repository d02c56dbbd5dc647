/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Flows: one connection each, as a pair of halves found by tuple.
 *
 * half[SLC_IN] is found by what comes from the sender (outer tuple),
 * half[SLC_OUT] by what comes from the application (inner tuple). What a
 * packet needs to be rewritten is frozen before the half is inserted, so the
 * packet path takes no lock. Owns insertion, lookup, removal and expiry; does
 * not rewrite, route or parse packets.
 *
 * Locking: lookup under RCU. slc_flow_kill() decides by an atomic bit who
 * removes a flow. The rest of what changes is one word at a time.
 */
#ifndef SLC_OBJ_FLOW_H
#define SLC_OBJ_FLOW_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/rcupdate.h>
#include <linux/rhashtable-types.h>
#include <net/dst.h>
#include <uapi/linux/sluice.h>
#include "core/addr.h"
#include "core/xlate.h"
#include "obj/net.h"

struct skb_ext;
struct slc_aliases;
struct slc_backend;
struct slc_dress;
struct slc_early;
struct slc_mode;
struct slc_persist;
struct slc_ports;
struct slc_sched;
struct slc_service;
struct slc_service_cfg;

/* Which way a half goes, and the key space (slc_tuple.side) it is found in */
enum slc_dir {
	SLC_IN = 0,	/* sender to application: outer tuple */
	SLC_OUT = 1,	/* application to sender: inner tuple, reversed */
};

/**
 * struct slc_half - one direction of a flow
 * @key: tuple of the packets this half takes; frozen
 * @dir: enum slc_dir; frozen
 * @node: in slc_net.flows
 * @xlate: changes to TCP headers; frozen
 * @pseudo: one's complement change that the new addresses make to a TCP
 *	checksum and, both families IPv4, to the IP header's, folded; frozen
 * @wscale: shift of the windows in these packets; frozen
 * @mtu: of @dst, where we ask for it
 * @dst_ifindex: device that @dst was looked up for, 0 for an output route
 * @dst_cookie: for dst_check()
 * @since: jiffies, low 32 bits: of SLC_IN, when both legs were open; of SLC_OUT, when
 *	the backend's first byte came; 0 for not yet
 * @dst: route of the packets after the rewrite, a cache
 * @seq_end: highest end of a segment believed, in this sender's own numbers
 * @ack: last acknowledgement believed, in this sender's own numbers
 * @win: bytes behind @ack that this sender is ready to take
 * @last_seen: jiffies, low 32 bits, of the last packet
 * @packets: packets seen
 * @bytes: their network layer bytes
 */
struct slc_half {
	struct slc_tuple key;
	struct rhash_head node;
	struct slc_xlate xlate;
	u16 pseudo;
	u8 dir;
	u8 wscale;
	u32 mtu;
	int dst_ifindex;
	u32 dst_cookie;
	u32 since;
	struct dst_entry __rcu *dst;
	u32 seq_end;
	u32 ack;
	u32 win;
	u32 last_seen;
	atomic64_t packets;
	atomic64_t bytes;
} ____cacheline_aligned;

/* bits of slc_flow.flags */
enum {
	SLC_FLOW_DEAD,		/* somebody is removing it */
	SLC_FLOW_ENDED,		/* it no longer counts as one that lives */
	SLC_FLOW_HAS_IN,	/* half[SLC_IN] is in the table */
	SLC_FLOW_HAS_OUT,	/* half[SLC_OUT] is */
	SLC_FLOW_MARKED,	/* conntrack entry has its mark */
	SLC_FLOW_FIN_IN,	/* the sender has closed */
	SLC_FLOW_FIN_OUT,	/* the application has closed */
	SLC_FLOW_CONFIRMED,	/* the application has gone on from its SYN-ACK */
	SLC_FLOW_SOCKET,	/* the inner tuple is that of a socket here */
	SLC_FLOW_TOLD,		/* its event was sent, or it ended before that */
	SLC_FLOW_BACKEND,	/* it has one, on this host or another */
	SLC_FLOW_NAT,		/* its legs differ in addresses and ports alone */
	SLC_FLOW_REPLIED,	/* the backend has answered */
	SLC_FLOW_SILENT,	/* its backend was waited for in vain */
	SLC_FLOW_FRESH,		/* the client has yet to show that it is there */
	SLC_FLOW_PERSISTS,	/* the client is remembered, while this lives too */
	SLC_FLOW_DRESSED,	/* its datagrams bear a header to the backend */
	SLC_FLOW_NARROW,	/* which has no room there beside IPv6's least */
	SLC_FLOW_DIRECT,	/* its backend answers the client past us */
	SLC_FLOW_KEPT,		/* and gets what that sends as it is: see slc_flow.mode */
	SLC_FLOW_SUMS,		/* the UDP around it to the backend has a checksum */
	SLC_FLOW_COMES,		/* its sender's packets come as the inner leg's are */
	SLC_FLOW_PROBE,		/* it is a check: see slc_flow_alloc_probe() */
};

/**
 * struct slc_header - what a PROXY header said that no packet needs
 * @src: the client; zero if the header named none
 * @dst: where it had connected to
 * @len: bytes in @tlv
 * @tlv: TLVs as received
 */
struct slc_header {
	struct slc_endpoint src;
	struct slc_endpoint dst;
	u16 len;
	u8 tlv[];
};

/**
 * struct slc_flow - a connection
 * @half: its two directions
 * @sn: namespace state
 * @service: referenced
 * @backend: referenced; NULL for an application of this host that no pool has, with
 *	SLC_FLOW_NAT too: then its route is to be to this host
 * @mode: how the backend is reached, while SLC_FLOW_KEPT. Then half[SLC_OUT] is in no
 *	table, and its key that of answers through the tunnel there, or without one
 * @sched: to be told how fast the backend answers, or NULL
 * @ports: where @port is lent from; referenced, NULL if none is
 * @persist: the client as its pool remembers it; referenced while SLC_FLOW_PERSISTS
 * @header: of the PROXY header; set before publication, NULL if it named no
 *	client and had no TLVs
 * @secpath: what the header came through, if IPsec policies of the sender's
 *	meet the inner leg too; referenced, frozen
 * @aliases: of a conversation whose clients come in headers; set before the first half
 *	is in the table, NULL for others. Its outer half is found by them, unless it
 *	has no more than one client: then it is in the table as well
 * @dress: the header that its datagrams bear to the backend; set before the first half
 *	is in the table, NULL for none
 * @early: the handshake while there is one. Cleared with release semantics
 *	when @half is frozen, freed after a grace period
 * @id: never reused in this namespace
 * @flags: SLC_FLOW_*
 * @state: enum sluice_flow_state, written by whoever sees the packet
 * @version: PROXY version of the header, 1 or 2, or SLC_PP_VERSION_SPP
 * @fresh: how many it counts for in slc_net.n_fresh, while SLC_FLOW_FRESH
 * @is_local: header was LOCAL or UNKNOWN
 * @mark: for inner packets, under @mark_mask
 * @mark_mask: which bits of @mark count
 * @pool_id: of the pool that the backend was chosen of
 * @persist_s: how long that pool remembers the client, 0 for not at all
 * @ifindex: device the sender's packets come in by
 * @idle_s: seconds for which it may be silent while it is open, 0 for the usual
 * @outer_mark: firewall mark of the sender's SYN, for routes to it
 * @challenged: jiffies, low 32 bits, of the last challenge ACK
 * @inner_tsval: timestamp of the application's SYN-ACK
 * @rtt_us: from our SYN-ACK to the sender's ACK, or from the SYN to the answer of a
 *	backend; 0 if not known; written once
 * @syn_us: when the SYN that a backend has to answer came, 0 if it came twice
 * @port: of this host's, that the backend is spoken to from; network byte order, 0
 *	for the client's own
 * @inner_win: window field of our ACK to the application's SYN-ACK
 * @wrap_len: bytes of headers of the tunnel to the backend, while SLC_FLOW_KEPT
 * @max_mss: the most that SYNs may say a segment carries, 0 for what they like
 * @why: enum sluice_stat by which it ended, 0 while it lives or if it never began
 * @created: jiffies
 * @rcu: frees the flow
 */
struct slc_flow {
	struct slc_half half[2];
	struct slc_net *sn;
	struct slc_service *service;
	struct slc_backend *backend;
	const struct slc_mode *mode;
	const struct slc_sched *sched;
	struct slc_ports *ports;
	struct slc_persist *persist;
	struct slc_header *header;
	struct skb_ext *secpath;
	struct slc_aliases *aliases;
	struct slc_dress *dress;
	struct slc_early *early;
	u64 id;
	unsigned long flags;
	u8 state;
	u8 version;
	u8 fresh;
	bool is_local;
	u32 mark;
	u32 mark_mask;
	u32 outer_mark;
	u32 challenged;
	u32 inner_tsval;
	u32 rtt_us;
	u32 syn_us;
	union {
		u16 inner_win;
		u16 wrap_len;
	};
	__be16 port;
	u32 pool_id;
	u32 persist_s;
	int ifindex;
	u32 idle_s;
	u16 max_mss;
	u8 why;
	unsigned long created;
	struct rcu_head rcu;
};

/* Two cache lines a half; docs/benchmarks.md has the whole beside its peers'. */
static_assert(sizeof(struct slc_half) <= 128);
static_assert(offsetof(struct slc_flow, sn) <= 256);

static inline struct slc_flow *slc_half_flow(struct slc_half *half)
{
	return container_of(half, struct slc_flow, half[half->dir]);
}

/* Something of which the first time counts has happened. */
static inline void slc_half_began(struct slc_half *half)
{
	if (!READ_ONCE(half->since))
		WRITE_ONCE(half->since, (u32)jiffies ?: 1);
}

static inline const struct slc_half *slc_half_other(const struct slc_half *half)
{
	return half->dir == SLC_IN ? half + 1 : half - 1;
}

/* Are the two legs of different families? */
static inline bool slc_half_crosses(const struct slc_half *half)
{
	return half->key.family != slc_half_other(half)->key.family;
}

/* Both sides have said goodbye, or one has reset: see slc_flow_spent(). */
static inline bool slc_flow_over(const struct slc_flow *flow)
{
	return test_bit(SLC_FLOW_ENDED, &flow->flags);
}

/**
 * slc_flow_spent() - Is nothing of a connection under way any more?
 * @flow: the flow
 *
 * Both ends have said that they have finished and have heard so, or a reset
 * has ended it. Until then nothing must take its place, least of all a SYN of
 * its tuple, which anybody could make up: the last data or a FIN may have to
 * come again. Linux challenges one too, until TIME_WAIT (RFC 5961 4.2). Where
 * nobody sees what the backend says, the client's end has to do.
 *
 * Context: any; RCU held or cfg_lock.
 * Return: true if so.
 */
static inline bool slc_flow_spent(const struct slc_flow *flow)
{
	const struct slc_half *in = &flow->half[SLC_IN];
	const struct slc_half *out = &flow->half[SLC_OUT];

	if (test_bit(SLC_FLOW_DIRECT, &flow->flags))
		return slc_flow_over(flow) ||
		       test_bit(SLC_FLOW_FIN_IN, &flow->flags);
	if (!slc_flow_over(flow))
		return false;
	/* What a reset ended has nothing more to say. */
	if (READ_ONCE(flow->state) != SLUICE_FLOW_STATE_CLOSING)
		return true;
	return READ_ONCE(in->ack) ==
	       READ_ONCE(out->seq_end) + out->xlate.seq_add &&
	       READ_ONCE(out->ack) == READ_ONCE(in->seq_end);
}

/**
 * slc_flow_lookup() - The half that takes packets with this tuple.
 * @sn: namespace state
 * @key: tuple, with slc_tuple.side saying which legs to search
 *
 * Context: RCU held.
 * Return: the half or NULL.
 */
struct slc_half *slc_flow_lookup(struct slc_net *sn,
				 const struct slc_tuple *key);

/**
 * slc_flow_alloc() - Make a flow that is in no table yet.
 * @sn: namespace state
 * @service: taken a reference of
 * @cfg: what that says of its flows
 *
 * Context: Softirq.
 * Return: the flow; or an error: -ENOSPC over the cap, -ENOMEM, or -ESHUTDOWN
 *	where namespace or service is on its way out.
 */
struct slc_flow *slc_flow_alloc(struct slc_net *sn,
				struct slc_service *service,
				const struct slc_service_cfg *cfg);

/**
 * slc_flow_alloc_probe() - Likewise, a check of a backend by this host.
 * @sn: namespace state
 * @service: the service by which it goes
 * @cfg: what that says of its flows
 *
 * No client's: it is no connection of the service's or the backend's, in no counter but
 * those of refusals, and no event tells of it. Nor has it a limit, or a part in that of
 * others: who makes these may configure the namespace.
 *
 * Context: Softirq.
 * Return: the flow, which has SLC_FLOW_PROBE; or an error as slc_flow_alloc().
 */
struct slc_flow *slc_flow_alloc_probe(struct slc_net *sn,
				      struct slc_service *service,
				      const struct slc_service_cfg *cfg);

/**
 * slc_flow_bind() - Let a flow have a backend.
 * @flow: in no table yet
 * @backend: taken a reference of; the flow counts as one of its own until it ends
 *
 * Context: Softirq, RCU held for @backend.
 */
void slc_flow_bind(struct slc_flow *flow, struct slc_backend *backend);

/**
 * slc_flow_fresh() - Let a flow count among those that anybody could have made up.
 * @flow: in no table yet
 * @more: bytes that it has beside itself, at most 64 KiB
 *
 * Their memory is bounded by slc_net.early_max, as that of handshakes: where there
 * is no room, one of the others goes.
 *
 * Context: Softirq, RCU held.
 * Return: false if there is no room.
 */
bool slc_flow_fresh(struct slc_flow *flow, unsigned int more);

/**
 * slc_flow_proven() - Client and backend have spoken to each other.
 * @flow: the flow
 *
 * Context: Any.
 * Return: true if this call was the first to say so.
 */
static inline bool slc_flow_proven(struct slc_flow *flow)
{
	if (!test_bit(SLC_FLOW_FRESH, &flow->flags) ||
	    !test_and_clear_bit(SLC_FLOW_FRESH, &flow->flags))
		return false;
	atomic_sub(flow->fresh, &flow->sn->n_fresh);
	return true;
}

/**
 * slc_flow_insert() - Put one half into the table.
 * @half: complete: nothing frozen may change from here
 *
 * The application's half goes in first, before the inner SYN; the sender's
 * half publishes the flow.
 *
 * Context: Softirq.
 * Return: 0, -EEXIST if another half has this tuple, -ENOMEM.
 */
int slc_flow_insert(struct slc_half *half);

/**
 * slc_flow_begun() - Tell those who listen that there is a new flow.
 * @flow: in the table with both halves; it may be over already
 *
 * The client of a connection is remembered, if its pool is to (persist.h).
 *
 * To be called without locks: what it costs is for who listens to pay.
 *
 * Context: RCU held; softirq.
 */
void slc_flow_begun(struct slc_flow *flow);

/**
 * slc_flow_end() - A flow is over: it no longer counts as one that lives.
 * @flow: the flow
 * @state: enum sluice_flow_state that it ends in
 * @why: enum sluice_stat, counted and traced; 0 for one that never began
 *
 * Tells so those who listen, if they have heard of it.
 *
 * Context: RCU held, softirq or bh disabled.
 * Return: true if this call ended it.
 */
bool slc_flow_end(struct slc_flow *flow, u8 state, int why);

/**
 * slc_flow_ended() - Count and trace the end of a flow.
 * @flow: the flow, in its last state
 * @why: enum sluice_stat
 *
 * Defined in path/, as slc_flow_reset() is; for slc_flow_end().
 *
 * Context: softirq or bh disabled.
 */
void slc_flow_ended(struct slc_flow *flow, int why);

/**
 * slc_flow_kill() - Take a flow out of the table and free it after readers.
 * @flow: the flow
 *
 * Sends nothing, and names no reason: see slc_flow_reset(), slc_flow_end().
 *
 * Context: RCU held or cfg_lock; any.
 */
void slc_flow_kill(struct slc_flow *flow);

/* Is it this one? RCU is held. */
typedef bool slc_flow_wants(const struct slc_flow *flow, void *data);

/**
 * slc_flow_find() - The first flow that is wanted.
 * @sn: namespace state
 * @wants: asked of each half, so of most flows twice
 * @data: for @wants
 *
 * Walks the table, with pauses: for the control plane.
 *
 * Context: Process, RCU not held; it is on return, for rcu_read_unlock() when the
 *	caller is done with the flow.
 * Return: the flow or NULL.
 */
struct slc_flow *slc_flow_find(struct slc_net *sn, slc_flow_wants *wants,
			       void *data)
	__acquires(RCU);

/**
 * slc_flow_find_id() - A flow by its id.
 * @sn: namespace state
 * @id: as shown by `flow show`
 *
 * As slc_flow_find().
 *
 * Context: Process, RCU not held; it is on return.
 * Return: the flow or NULL.
 */
struct slc_flow *slc_flow_find_id(struct slc_net *sn, u64 id)
	__acquires(RCU);

/**
 * struct slc_flush - which flows are to go: those that any of these says
 * @all: all
 * @dead: those of services that are gone, or of backends whose are to be reset
 * @service: those of this service, or NULL
 * @backend: those of this backend, or NULL
 */
struct slc_flush {
	bool all;
	bool dead;
	const struct slc_service *service;
	const struct slc_backend *backend;
};

/**
 * slc_flow_flush() - Reset and remove flows.
 * @sn: namespace state
 * @which: which flows
 *
 * Half-finished handshakes go too.
 *
 * Context: Process; sleeps.
 * Return: how many of them lived.
 */
unsigned int slc_flow_flush(struct slc_net *sn, const struct slc_flush *which);

/**
 * slc_flush_wants() - Is a flow to go?
 * @which: which flows are
 * @service: its service
 * @backend: its backend, or NULL
 *
 * Context: Any; the flow, or what it is to be, has both.
 * Return: true if it is.
 */
bool slc_flush_wants(const struct slc_flush *which,
		     const struct slc_service *service,
		     const struct slc_backend *backend);

/**
 * slc_flow_reset() - Reset both legs of a flow, if it lives, and remove it.
 * @flow: the flow
 * @why: enum sluice_stat, counted if it lived
 *
 * Declared here for the control plane and the sweep, defined in path/ where
 * packets are made.
 *
 * Context: process, RCU held, bh disabled.
 * Return: true if this call ended it, false if it was over.
 */
bool slc_flow_reset(struct slc_flow *flow, int why);

/**
 * slc_early_flush() - Give up handshakes.
 * @sn: namespace state
 * @which: which
 *
 * Defined in path/, as slc_flow_reset() is.
 *
 * Context: Process.
 * Return: how many.
 */
unsigned int slc_early_flush(struct slc_net *sn, const struct slc_flush *which);

/**
 * slc_secpath_put() - Drop the reference of slc_flow.secpath.
 * @secpath: or NULL
 *
 * Defined in path/, as slc_flow_reset() is.
 *
 * Context: Any.
 */
void slc_secpath_put(struct skb_ext *secpath);

/**
 * slc_flow_idle() - How long ago did a flow have its last packet?
 * @flow: the flow
 *
 * Context: Any.
 * Return: jiffies.
 */
u32 slc_flow_idle(const struct slc_flow *flow);

/**
 * slc_flow_total() - Flows in all namespaces.
 *
 * Context: Any.
 * Return: how many.
 */
unsigned int slc_flow_total(void);

/**
 * slc_flow_net_init() - Start with no flows.
 * @sn: namespace state
 *
 * Context: Process.
 * Return: 0 or -ENOMEM.
 */
int slc_flow_net_init(struct slc_net *sn);

/**
 * slc_flow_net_exit() - Free the table; all flows are gone.
 * @sn: namespace state
 *
 * Context: Process.
 */
void slc_flow_net_exit(struct slc_net *sn);

/**
 * slc_flow_init() - Make the slab cache.
 *
 * Context: Process, module init.
 * Return: 0 or -ENOMEM.
 */
int slc_flow_init(void);

/**
 * slc_flow_exit() - Free the slab cache after the last grace period.
 *
 * Context: Process, module exit.
 */
void slc_flow_exit(void);

#endif /* SLC_OBJ_FLOW_H */
