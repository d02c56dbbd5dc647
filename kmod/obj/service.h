/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Services: what clients or load balancers connect to, and the rules for it.
 *
 * A service has an identity (name, id, address, counters) that lives as long
 * as a flow of it, and rules (everything else) that are replaced as a whole.
 * Packets find services in a view: an immutable array sorted by protocol,
 * address and port.
 *
 * Locking: changes under slc_net.cfg_lock; packets read under RCU. A service
 * is freed after a grace period when its last reference is dropped.
 */
#ifndef SLC_OBJ_SERVICE_H
#define SLC_OBJ_SERVICE_H

#include <linux/refcount.h>
#include <linux/rcupdate.h>
#include <uapi/linux/sluice.h>
#include "core/addr.h"
#include "core/prefix.h"
#include "obj/net.h"
#include "obj/view.h"

struct netlink_ext_ack;
struct slc_stats;

#define SLC_NAME_LEN		64	/* with the final NUL */
#define SLC_SERVICE_MAX		1024	/* services of a namespace */
/* A service with all of its prefixes must fit into one netlink message. */
#define SLC_TRUST_MAX		256
#define SLC_HEADER_TIMEOUT_MS	5000	/* unless configured */
#define SLC_HEADER_MAX		4096	/* unless configured */

/**
 * struct slc_service_cfg - a service as configured, host byte order
 * @name: what the administrator calls it
 * @proto: IPPROTO_TCP (IPPROTO_UDP is refused until it is built)
 * @any_addr: "*:PORT": any address of this host, both families
 * @addr: service address unless @any_addr
 * @port_lo: first port
 * @port_hi: last port, equal to @port_lo for a single one
 * @accept_proxy: enum sluice_accept_proxy
 * @untrusted: enum sluice_untrusted
 * @header_timeout_ms: how long the sender may take for its header
 * @header_max: longest header in bytes
 * @mark: value for skb and ct mark of inner packets, under @mark_mask
 * @mark_mask: 0 for no mark
 * @has_to: deliver to @to_addr rather than the address connected to
 * @to_addr: an address of this host
 * @to_port: port to deliver to, 0 for the one connected to
 * @n_trust: entries in @trust
 * @trust: senders that may speak PROXY; owned by the caller
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
	u32 mark;
	u32 mark_mask;
	bool has_to;
	struct slc_addr to_addr;
	u16 to_port;
	unsigned int n_trust;
	const struct slc_prefix *trust;
};

/**
 * struct slc_service_rules - the part of a service that `set` replaces
 * @rcu: frees the rules after the last reader
 * @cfg: as configured; @cfg.trust points into this allocation
 * @trust: the same prefixes as a search table, in this allocation too; NULL if
 *	there are none
 *
 * Immutable once published.
 */
struct slc_service_rules {
	struct rcu_head rcu;
	struct slc_service_cfg cfg;
	struct slc_prefix_table *trust;
};

/**
 * struct slc_service - a service's identity
 * @rules: read under RCU, replaced under slc_net.cfg_lock
 * @stats: counters
 * @refs: one for the view, one for each flow and early entry
 * @n_flows: flows that live, and early entries, of this service
 * @learned: what its application last agreed to, see path/handshake.c;
 *	one word so that readers see one state
 * @sn: namespace state
 * @id: never reused in this namespace; cursor of dumps
 * @dead: taken out of the view, no new flows; set under slc_net.cfg_lock
 * @rcu: frees the service
 * @name: as configured
 */
struct slc_service {
	struct slc_service_rules __rcu *rules;
	struct slc_stats __percpu *stats;
	refcount_t refs;
	atomic_t n_flows;
	u64 learned;
	struct slc_net *sn;
	u32 id;
	bool dead;
	struct rcu_head rcu;
	char name[SLC_NAME_LEN];
};

/**
 * slc_service_lookup_rcu() - The service a packet is addressed to.
 * @sn: namespace state
 * @proto: IPPROTO_*
 * @addr: destination address
 * @port: destination port, network byte order
 *
 * The exact address wins over "*". Binary search.
 *
 * Context: RCU held.
 * Return: the service, not referenced, or NULL.
 */
struct slc_service *slc_service_lookup_rcu(const struct slc_net *sn, u8 proto,
					   const struct slc_addr *addr,
					   __be16 port);

/**
 * slc_service_port_rcu() - May a packet to or from this port concern us?
 * @sn: namespace state
 * @port: network byte order
 *
 * A bitmap that holds every port of every service and every port that one
 * delivers to. Two tests of one bit spare other people's packets all else.
 *
 * Context: RCU held.
 * Return: false if it cannot.
 */
static inline bool slc_service_port_rcu(const struct slc_net *sn, __be16 port)
{
	const struct slc_service_view *view = rcu_dereference(sn->view);

	return view && test_bit(ntohs(port), view->ports);
}

/**
 * slc_service_trusts() - May this sender speak PROXY to the service?
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
 * slc_service_add() - Add a service.
 * @sn: namespace state
 * @cfg: what it is to be; copied
 * @extack: says what was wrong
 *
 * Registers the hooks with the first service. That the values of @cfg make
 * sense together is the caller's to check; name and overlap are checked here.
 *
 * Context: Process, slc_net.cfg_lock held.
 * Return: the service or an ERR_PTR: -EEXIST for a name in use, -EADDRINUSE
 *	for an address and port in use, -ENOSPC over the limit, -ENOMEM.
 */
struct slc_service *slc_service_add(struct slc_net *sn,
				    const struct slc_service_cfg *cfg,
				    struct netlink_ext_ack *extack);

/**
 * slc_service_set() - Replace the rules of a service.
 * @svc: the service
 * @cfg: all of the new rules; name, protocol, address and ports as before
 * @extack: says what was wrong
 *
 * Flows keep what they were made with.
 *
 * Context: Process, slc_net.cfg_lock held.
 * Return: 0, -EINVAL if the identity would change, -ENOMEM.
 */
int slc_service_set(struct slc_service *svc, const struct slc_service_cfg *cfg,
		    struct netlink_ext_ack *extack);

/**
 * slc_service_del() - Remove a service.
 * @svc: the service
 * @force: reset its flows instead of refusing
 * @extack: says what was wrong
 *
 * Unregisters the hooks with the last service, after its flows are gone. A
 * connection that comes in the instant of a removal without @force is reset.
 * What the service counted is from now on counted in slc_net.stats.
 *
 * Context: Process, slc_net.cfg_lock held.
 * Return: 0, -EBUSY while it has flows and not @force.
 */
int slc_service_del(struct slc_service *svc, bool force,
		    struct netlink_ext_ack *extack);

/**
 * slc_service_find() - A service by its name.
 * @sn: namespace state
 * @name: its name
 *
 * Context: slc_net.cfg_lock held.
 * Return: the service or NULL.
 */
struct slc_service *slc_service_find(const struct slc_net *sn,
				     const char *name);

/**
 * slc_service_next() - The service with the lowest id above a given one.
 * @sn: namespace state
 * @id: 0 for the first
 *
 * Context: slc_net.cfg_lock held.
 * Return: the service or NULL.
 */
struct slc_service *slc_service_next(const struct slc_net *sn, u32 id);

/**
 * slc_service_count() - How many services there are.
 * @sn: namespace state
 *
 * Context: slc_net.cfg_lock held.
 * Return: at most SLC_SERVICE_MAX.
 */
unsigned int slc_service_count(const struct slc_net *sn);

/**
 * slc_hooks_on() - Begin to see packets.
 * @sn: namespace state
 *
 * Declared here because the first service needs it, defined in path/hook.c.
 *
 * Context: Process, slc_net.cfg_lock held.
 * Return: 0 or -ENOMEM.
 */
int slc_hooks_on(struct slc_net *sn);

/**
 * slc_hooks_off() - No longer see packets.
 * @sn: namespace state
 *
 * Declared here, defined in path/hook.c. No packet is in a hook on return.
 *
 * Context: Process, slc_net.cfg_lock held or the namespace is going.
 */
void slc_hooks_off(struct slc_net *sn);

/**
 * slc_service_net_init() - Start with no services.
 * @sn: namespace state
 *
 * Context: Process.
 * Return: 0 or -ENOMEM.
 */
int slc_service_net_init(struct slc_net *sn);

/**
 * slc_service_net_exit() - Drop all services, hooks included.
 * @sn: namespace state; its flows are gone
 *
 * Context: Process.
 */
void slc_service_net_exit(struct slc_net *sn);

#endif /* SLC_OBJ_SERVICE_H */
