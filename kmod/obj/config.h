/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The configuration of a namespace: one object that never changes. Packets read
 * it under RCU, and every change puts another in its place (draft.h).
 *
 * Owns order, search and the references that a configuration holds. What makes
 * sense together is for those who make one.
 *
 * Locking: none once it is published.
 */
#ifndef SLC_OBJ_CONFIG_H
#define SLC_OBJ_CONFIG_H

#include <linux/bitmap.h>
#include <linux/rcupdate.h>
#include "core/addr.h"
#include "obj/net.h"

struct slc_pool;
struct slc_pool_entry;
struct slc_pool_rules;
struct slc_service;
struct slc_service_rules;

/**
 * struct slc_place - where a service is found
 * @addr: its address, all zero for any
 * @port_lo: first port, host byte order
 * @port_hi: last port
 * @service: index into slc_config.service
 * @proto: IPPROTO_*
 * @any: no address: found after those that have one
 */
struct slc_place {
	struct slc_addr addr;
	u16 port_lo;
	u16 port_hi;
	u16 service;
	u8 proto;
	bool any;
};

/**
 * struct slc_service_entry - a service and what now holds for it
 * @service: referenced
 * @rules: referenced
 * @pool: where its connections go, in the same configuration, or NULL for this
 *	host; set when the configuration is published
 * @sends: connections may have to begin with a header of ours; set then, too
 * @hash: of its name
 */
struct slc_service_entry {
	struct slc_service *service;
	struct slc_service_rules *rules;
	const struct slc_pool_entry *pool;
	bool sends;
	u32 hash;
};

/**
 * struct slc_pool_entry - a pool and what now holds for it
 * @pool: referenced
 * @rules: referenced
 * @sorry: its sorry pool, in the same configuration, or NULL; set when the
 *	configuration is published
 * @hash: of its name
 */
struct slc_pool_entry {
	struct slc_pool *pool;
	struct slc_pool_rules *rules;
	const struct slc_pool_entry *sorry;
	u32 hash;
};

/**
 * struct slc_config - all that is configured in a namespace
 * @rcu: frees it after the last reader
 * @sn: namespace state
 * @service: ascending by id
 * @place: ascending by @any, protocol, address, port; no two overlap
 * @pool: ascending by id
 * @n_services: entries in @service
 * @n_places: entries in @place
 * @n_pools: entries in @pool
 * @n_made: services that look at what this host makes, for it may be their client,
 *	or send answers to datagrams with headers; set when it is published
 * @n_backends: backends of all of these
 * @tunnels: the tunnels that services take, enum sluice_tunnel; set when it is published
 * @ports: ports of services, ports that they deliver to, that their answers leave from
 *	and those of their tunnels; those that were, too, until the last service goes, for
 *	flows made by them
 * @replies: ports that backends of services answer from, kept in the same way
 */
struct slc_config {
	struct rcu_head rcu;
	struct slc_net *sn;
	struct slc_service_entry *service;
	struct slc_place *place;
	struct slc_pool_entry *pool;
	unsigned int n_services;
	unsigned int n_places;
	unsigned int n_pools;
	unsigned int n_made;
	unsigned int n_backends;
	u32 tunnels;
	DECLARE_BITMAP(ports, U16_MAX + 1);
	DECLARE_BITMAP(replies, U16_MAX + 1);
};

/**
 * slc_config_locked() - The configuration, for those who may change it.
 * @sn: namespace state
 *
 * Context: slc_net.cfg_lock held.
 * Return: never NULL.
 */
static inline struct slc_config *slc_config_locked(const struct slc_net *sn)
{
	return rcu_dereference_protected(sn->config,
					 lockdep_is_held(&sn->cfg_lock));
}

/**
 * slc_config_lookup_rcu() - The service a packet is addressed to.
 * @sn: namespace state
 * @proto: IPPROTO_*
 * @addr: destination address
 * @port: destination port, network byte order
 *
 * The exact address wins over "*". Binary search.
 *
 * Context: RCU held.
 * Return: the service and its rules, not referenced, or NULL.
 */
const struct slc_service_entry *
slc_config_lookup_rcu(const struct slc_net *sn, u8 proto,
		      const struct slc_addr *addr, __be16 port);

/**
 * slc_config_service_rcu() - A service, as it is now.
 * @sn: namespace state
 * @id: its id
 *
 * Context: RCU held.
 * Return: its entry, or NULL if it is no longer configured.
 */
const struct slc_service_entry *
slc_config_service_rcu(const struct slc_net *sn, u32 id);

/**
 * slc_config_port_rcu() - May a packet to or from this port concern us?
 * @sn: namespace state
 * @port: network byte order
 *
 * A bitmap that holds every port of every service and every port that one
 * delivers to. Two tests of one bit spare other people's packets all else.
 *
 * Context: RCU held.
 * Return: false if it cannot.
 */
static inline bool slc_config_port_rcu(const struct slc_net *sn, __be16 port)
{
	return test_bit(ntohs(port), rcu_dereference(sn->config)->ports);
}

/**
 * slc_config_reply_rcu() - May a packet from this port be a backend's?
 * @sn: namespace state
 * @port: network byte order
 *
 * As slc_config_port_rcu(), for what backends answer from.
 *
 * Context: RCU held.
 * Return: false if it cannot.
 */
static inline bool slc_config_reply_rcu(const struct slc_net *sn, __be16 port)
{
	return test_bit(ntohs(port), rcu_dereference(sn->config)->replies);
}

/**
 * slc_config_tunnels_rcu() - The tunnels that end here.
 * @sn: namespace state
 *
 * Context: RCU held.
 * Return: enum sluice_tunnel, of all services.
 */
static inline u32 slc_config_tunnels_rcu(const struct slc_net *sn)
{
	return rcu_dereference(sn->config)->tunnels;
}

/**
 * slc_config_prepare() - Make ready what packets need of a configuration.
 * @config: complete, not yet published
 * @old: the one that it replaces
 *
 * Resolves what services and pools refer to, and lets each pool that is used
 * have what its scheduler needs.
 *
 * Context: Process, slc_net.cfg_lock held.
 * Return: 0 or -ENOMEM.
 */
int slc_config_prepare(struct slc_config *config,
		       const struct slc_config *old);

/**
 * slc_config_place() - Where a place is, or would be.
 * @config: the configuration
 * @place: what to look for; its last port may lie beyond the one found
 * @at: index of the first that is not below it
 *
 * Context: Any.
 * Return: true if the one at @at has addresses and ports in common with it.
 */
bool slc_config_place(const struct slc_config *config,
		      const struct slc_place *place, unsigned int *at);

/**
 * slc_config_hash() - Hash of a name, for the entries of what has one.
 * @name: the name
 *
 * Context: Any.
 * Return: 32 bits.
 */
u32 slc_config_hash(const char *name);

/**
 * slc_config_service() - A service by its name.
 * @config: the configuration
 * @name: its name
 *
 * Context: Any, @config held.
 * Return: its entry or NULL.
 */
struct slc_service_entry *slc_config_service(const struct slc_config *config,
					     const char *name);

/**
 * slc_config_service_after() - Where services above an id begin.
 * @config: the configuration
 * @id: 0 for the first
 *
 * Context: Any, @config held.
 * Return: index into slc_config.service, n_services if there are none.
 */
unsigned int slc_config_service_after(const struct slc_config *config, u32 id);

/**
 * slc_config_pool() - A pool by its name.
 * @config: the configuration
 * @name: its name
 *
 * Context: Any, @config held.
 * Return: its entry or NULL.
 */
struct slc_pool_entry *slc_config_pool(const struct slc_config *config,
				       const char *name);

/**
 * slc_config_pool_after() - Where pools above an id begin.
 * @config: the configuration
 * @id: 0 for the first
 *
 * Context: Any, @config held.
 * Return: index into slc_config.pool, n_pools if there are none.
 */
unsigned int slc_config_pool_after(const struct slc_config *config, u32 id);

/**
 * slc_config_free() - Free a configuration that nobody has seen.
 * @config: it; its references are dropped
 *
 * Context: Any.
 */
void slc_config_free(struct slc_config *config);

/**
 * slc_config_retire() - Free a configuration when its last reader is done.
 * @config: has been replaced
 *
 * Who changes faster than readers are done waits for them here.
 *
 * Context: Process; sleeps.
 */
void slc_config_retire(struct slc_config *config);

/**
 * slc_config_net_init() - Start with nothing configured.
 * @sn: namespace state
 *
 * Context: Process.
 */
void slc_config_net_init(struct slc_net *sn);

/**
 * slc_config_net_exit() - Drop all that is configured, hooks included.
 * @sn: namespace state; its flows are gone
 *
 * Context: Process.
 */
void slc_config_net_exit(struct slc_net *sn);

#endif /* SLC_OBJ_CONFIG_H */
