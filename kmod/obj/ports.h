/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Ports of this host's that full NAT lends to connections: for each address of
 * ours and each backend, port and protocol a set of its own, in a table of the
 * namespace, so that pools that share a backend share its ports.
 *
 * Locking: the table under RCU; a lock for each set, held for some instructions
 * while a connection is made or freed, never for other packets.
 */
#ifndef SLC_OBJ_PORTS_H
#define SLC_OBJ_PORTS_H

#include <linux/rhashtable-types.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include "core/addr.h"
#include "core/portset.h"
#include "obj/net.h"

/**
 * struct slc_ports - the ports for one address of ours and one backend
 * @key: source and destination of what is sent to the backend, its source port 0
 * @node: in slc_net.ports
 * @refs: one for the table, one for each connection
 * @lock: guards @set
 * @set: ports in use
 * @idle: sweeps that have found it without connections
 * @rcu: frees it
 */
struct slc_ports {
	struct slc_tuple key;
	struct rhash_head node;
	refcount_t refs;
	spinlock_t lock; /* of @set */
	struct slc_portset set;
	u8 idle;
	struct rcu_head rcu;
};

/**
 * slc_ports_get() - The ports for an address of ours and a backend.
 * @sn: namespace state
 * @inner: tuple of what the backend will be sent; its source port does not matter
 *
 * Made if there are none yet.
 *
 * Context: Softirq or bh disabled, RCU held.
 * Return: them, referenced, or NULL without memory.
 */
struct slc_ports *slc_ports_get(struct slc_net *sn,
				const struct slc_tuple *inner);

/**
 * slc_ports_put() - Drop a reference.
 * @ports: them
 *
 * Context: Any.
 */
void slc_ports_put(struct slc_ports *ports);

/**
 * slc_ports_take() - Take a port that is free.
 * @ports: the set
 *
 * Context: Softirq or bh disabled.
 * Return: the port, network byte order, 0 if all are in use.
 */
__be16 slc_ports_take(struct slc_ports *ports);

/**
 * slc_ports_give() - Give a port back.
 * @ports: the set
 * @port: the port, network byte order
 *
 * Context: Softirq or bh disabled.
 */
void slc_ports_give(struct slc_ports *ports, __be16 port);

/**
 * slc_ports_sweep() - Forget sets that have not been used for a while.
 * @sn: namespace state
 *
 * Context: Process; pauses.
 */
void slc_ports_sweep(struct slc_net *sn);

/**
 * slc_ports_net_init() - Start with no sets.
 * @sn: namespace state
 *
 * Context: Process.
 * Return: 0 or -ENOMEM.
 */
int slc_ports_net_init(struct slc_net *sn);

/**
 * slc_ports_net_exit() - Free all sets; all flows are gone.
 * @sn: namespace state
 *
 * Context: Process.
 */
void slc_ports_net_exit(struct slc_net *sn);

#endif /* SLC_OBJ_PORTS_H */
