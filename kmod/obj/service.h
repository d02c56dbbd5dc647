/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Services: what clients or load balancers connect to, and the rules for it.
 *
 * A service has an identity (name, id, counters) that lives as long as a flow of
 * it, and rules (everything else) that are replaced as a whole. Both are found
 * in the configuration (config.h) and changed in a draft of it (draft.h).
 *
 * Locking: identity and rules are counted; a configuration holds one reference
 * of each until its last reader is done, so who finds them in one, under RCU,
 * may take another.
 */
#ifndef SLC_OBJ_SERVICE_H
#define SLC_OBJ_SERVICE_H

#include <linux/refcount.h>
#include <uapi/linux/sluice.h>
#include "core/addr.h"
#include "core/prefix.h"
#include "obj/net.h"

struct netlink_ext_ack;
struct slc_draft;
struct slc_pool;
struct slc_service_entry;
struct slc_stats;

#define SLC_SERVICE_MAX		1024	/* services of a namespace */
/* A service with all of these must fit into one netlink message. */
#define SLC_TRUST_MAX		256
#define SLC_PORTS_MAX		64	/* ranges beside the first */
#define SLC_HEADER_TIMEOUT_MS	5000	/* unless configured */
#define SLC_HEADER_MAX		4096	/* unless configured */
#define SLC_IDLE_TIMEOUT_MAX_S	604800
#define SLC_MAX_MSS_LEAST	88	/* as SLC_HS_MIN_MSS */
#define SLC_TUNNEL_PORT		6080	/* of GUE, unless configured */

/**
 * struct slc_port_range - ports from one to another, host byte order
 * @lo: first
 * @hi: last
 */
struct slc_port_range {
	u16 lo;
	u16 hi;
};

/**
 * struct slc_service_cfg - a service as configured, host byte order
 * @name: what the administrator calls it
 * @proto: IPPROTO_TCP or IPPROTO_UDP
 * @any_addr: "*:PORT": any address of this host, both families
 * @addr: service address unless @any_addr
 * @port_lo: first port
 * @port_hi: last port, equal to @port_lo for a single one
 * @accept_proxy: enum sluice_accept_proxy
 * @untrusted: enum sluice_untrusted
 * @header_timeout_ms: how long the sender may take for its header
 * @header_max: longest header in bytes
 * @idle_timeout_s: how long its flows may be silent, 0 for the usual
 * @max_mss: the most that SYNs of its connections may say, 0 for what they like
 * @mark: value for skb and ct mark of inner packets, under @mark_mask
 * @mark_mask: 0 for no mark
 * @has_to: deliver to @to_addr rather than the address connected to
 * @to_addr: an address of this host
 * @to_port: port to deliver to, 0 for the one connected to
 * @has_reply: answers to clients leave from @reply_addr: what they say comes here as it
 *	is to be delivered
 * @reply_addr: the VIP that they have spoken to
 * @reply_port: its port, 0 for the one connected to
 * @adopt: enum sluice_adopt
 * @tunnel: enum sluice_tunnel: what a balancer may send inside of; its values are bits
 * @tunnel_port: UDP port of those, 0 for the usual
 * @pool: where connections go, or NULL for this host; referenced by the rules
 * @n_trust: entries in @trust
 * @n_ports: entries in @ports
 * @user_len: bytes in @user_data
 * @trust: senders that may speak PROXY, or send in tunnels; owned by the caller
 * @ports: further ports; owned by the caller
 * @user_data: what a tool keeps here; owned by the caller
 */
struct slc_service_cfg {
	char name[SLC_NAME_LEN];
	u8 proto;
	bool any_addr;
	struct slc_addr addr;
	u16 port_lo;
	u16 port_hi;
	u8 accept_proxy;
	u8 untrusted;
	u32 header_timeout_ms;
	u32 header_max;
	u32 idle_timeout_s;
	u16 max_mss;
	u32 mark;
	u32 mark_mask;
	bool has_to;
	struct slc_addr to_addr;
	u16 to_port;
	bool has_reply;
	struct slc_addr reply_addr;
	u16 reply_port;
	u8 adopt;
	u8 tunnel;
	u16 tunnel_port;
	struct slc_pool *pool;
	unsigned int n_trust;
	unsigned int n_ports;
	unsigned int user_len;
	const struct slc_prefix *trust;
	const struct slc_port_range *ports;
	const u8 *user_data;
};

/**
 * struct slc_service_rules - the part of a service that `set` replaces
 * @refs: one for each configuration it is in, one for each handshake that began
 *	with it
 * @cfg: as configured; what it points to is in this allocation
 * @trust: the same prefixes as a search table, in this allocation too; NULL if
 *	there are none
 *
 * Immutable once published.
 */
struct slc_service_rules {
	refcount_t refs;
	struct slc_service_cfg cfg;
	struct slc_prefix_table *trust;
};

/**
 * struct slc_service - a service's identity
 * @stats: counters
 * @refs: one for each configuration it is in, one for each flow and early entry
 * @n_flows: flows that live, and early entries, of this service
 * @learned: what its application last agreed to, see path/handshake.c;
 *	one word so that readers see one state
 * @sn: namespace state
 * @id: never reused in this namespace; cursor of dumps
 * @dead: no longer configured, no new flows; set under slc_net.cfg_lock
 * @name: as configured
 * @stats_zero: what @stats are shown less; slc_net.cfg_lock
 */
struct slc_service {
	struct slc_stats __percpu *stats;
	refcount_t refs;
	atomic_t n_flows;
	u64 learned;
	struct slc_net *sn;
	u32 id;
	bool dead;
	char name[SLC_NAME_LEN];
	u64 stats_zero[SLUICE_STAT_MAX + 1];
};

/**
 * slc_service_trusts() - May this sender speak PROXY, or send in tunnels, to the service?
 * @rules: the service's rules
 * @addr: the sender's address
 *
 * Context: Any, RCU held for @rules.
 * Return: true if it is on the list.
 */
static inline bool slc_service_trusts(const struct slc_service_rules *rules,
				      const struct slc_addr *addr)
{
	return rules->trust && slc_prefix_match(rules->trust, addr);
}

/**
 * slc_service_bind() - When does a service choose the backend?
 * @cfg: the service
 *
 * Return: enum sluice_bind.
 */
static inline u32 slc_service_bind(const struct slc_service_cfg *cfg)
{
	return cfg->accept_proxy == SLUICE_ACCEPT_PROXY_NONE ?
	       SLUICE_BIND_SYN : SLUICE_BIND_HEADER;
}

/**
 * slc_service_tunnel_port() - Where does a service take GUE?
 * @cfg: the service, which does
 *
 * Return: the UDP port, host byte order.
 */
static inline u16 slc_service_tunnel_port(const struct slc_service_cfg *cfg)
{
	return cfg->tunnel_port ?: SLC_TUNNEL_PORT;
}

/**
 * slc_service_get() - Take a reference.
 * @svc: found under RCU
 *
 * Context: RCU held.
 * Return: false if the service is on its way out.
 */
bool slc_service_get(struct slc_service *svc);

/**
 * slc_service_put() - Drop a reference.
 * @svc: the service
 *
 * Context: Any.
 */
void slc_service_put(struct slc_service *svc);

/**
 * slc_service_rules_get() - Take a reference.
 * @rules: found under RCU
 *
 * Context: RCU held.
 * Return: @rules.
 */
static inline struct slc_service_rules *
slc_service_rules_get(struct slc_service_rules *rules)
{
	refcount_inc(&rules->refs);
	return rules;
}

/**
 * slc_service_rules_put() - Drop a reference.
 * @rules: the rules
 *
 * Context: Any.
 */
void slc_service_rules_put(struct slc_service_rules *rules);

/**
 * slc_draft_service_add() - Add a service to a draft.
 * @draft: the draft; of no more use after an error
 * @cfg: what it is to be; copied
 * @extack: says what was wrong
 *
 * That the values of @cfg make sense together is the caller's to check; name
 * and overlap are checked here.
 *
 * Return: 0, -EEXIST for a name in use, -EADDRINUSE for an address and port of
 *	another's, -EINVAL for one given twice, -ENOSPC over the limit, -ENOMEM.
 */
int slc_draft_service_add(struct slc_draft *draft,
			  const struct slc_service_cfg *cfg,
			  struct netlink_ext_ack *extack);

/**
 * slc_draft_service_set() - Replace the rules of a service in a draft.
 * @draft: the draft; of no more use after an error
 * @entry: its entry in the draft
 * @cfg: all of the new rules; name and protocol as before
 * @extack: says what was wrong
 *
 * Flows keep what they were made with, and so do those in the making: addresses
 * and ports, too, that the service has no more.
 *
 * Return: 0, -EINVAL for another protocol or a port given twice, -EADDRINUSE for
 *	an address and port of another's, -ENOMEM.
 */
int slc_draft_service_set(struct slc_draft *draft,
			  struct slc_service_entry *entry,
			  const struct slc_service_cfg *cfg,
			  struct netlink_ext_ack *extack);

/**
 * slc_draft_service_del() - Take a service out of a draft.
 * @draft: the draft; of no more use after an error
 * @entry: its entry in the draft; gone
 * @force: its flows are to be reset; else it is refused if there are some
 * @extack: says what was wrong
 *
 * A connection that comes in the instant of a removal without @force is reset.
 *
 * Return: 0, -EBUSY while it has flows and not @force.
 */
int slc_draft_service_del(struct slc_draft *draft,
			  struct slc_service_entry *entry, bool force,
			  struct netlink_ext_ack *extack);

/**
 * slc_hooks_on() - Begin to see packets.
 * @sn: namespace state
 * @which: which; they are off
 *
 * Declared here because the first service needs it, defined in path/hook.c.
 *
 * Context: Process, slc_net.cfg_lock held.
 * Return: 0 or -ENOMEM.
 */
int slc_hooks_on(struct slc_net *sn, enum slc_hooks which);

/**
 * slc_hooks_off() - No longer see packets.
 * @sn: namespace state; some of its hooks may be on, or none
 *
 * Declared here, defined in path/hook.c. No packet is in a hook on return.
 *
 * Context: Process, slc_net.cfg_lock held or the namespace is going.
 */
void slc_hooks_off(struct slc_net *sn);

#endif /* SLC_OBJ_SERVICE_H */
