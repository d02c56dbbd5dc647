// SPDX-License-Identifier: GPL-2.0
/* Ports that full NAT lends. See ports.h. */
#include <linux/random.h>
#include <linux/slab.h>
#include "obj/ports.h"
#include "obj/table.h"

/* Sweeps, five seconds apart, that a set without connections is kept for */
#define PORTS_IDLE	12

static int ports_cmp(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct slc_ports *ports = obj;

	return !slc_tuple_eq(&ports->key, arg->key);
}

static const struct rhashtable_params ports_params = {
	.head_offset = offsetof(struct slc_ports, node),
	.key_offset = offsetof(struct slc_ports, key),
	.key_len = sizeof(struct slc_tuple),
	.hashfn = slc_table_hash,
	.obj_cmpfn = ports_cmp,
	.automatic_shrinking = true,
};

/* Sets of a namespace, of 8 KB each: a service with all ports could else have a
 * stranger make one for each of them.
 */
#define PORTS_MAX	8192

static struct slc_ports *ports_make(struct slc_net *sn,
				    const struct slc_tuple *key)
{
	struct slc_ports *ports;
	u64 *word;

	if (atomic_read(&sn->n_ports) >= PORTS_MAX)
		return NULL;

	ports = kzalloc(sizeof(*ports), GFP_ATOMIC | __GFP_NOWARN);
	word = kcalloc(SLC_PORTSET_WORDS, sizeof(*word),
		       GFP_ATOMIC | __GFP_NOWARN);
	if (!ports || !word) {
		kfree(ports);
		kfree(word);
		return NULL;
	}
	ports->key = *key;
	refcount_set(&ports->refs, 2);
	spin_lock_init(&ports->lock);
	slc_portset_init(&ports->set, word, get_random_u32());
	return ports;
}

static void ports_free(struct slc_ports *ports)
{
	kfree(ports->set.word);
	kfree(ports);
}

static void ports_free_rcu(struct rcu_head *rcu)
{
	ports_free(container_of(rcu, struct slc_ports, rcu));
}

struct slc_ports *slc_ports_get(struct slc_net *sn,
				const struct slc_tuple *inner)
{
	struct slc_ports *ports, *other;
	struct slc_tuple key = *inner;

	/* The same for all who speak to that backend, however they came to it. */
	key.sport = 0;
	key.side = SLC_SIDE_INNER;
	ports = rhashtable_lookup(&sn->ports, &key, ports_params);
	if (ports && refcount_inc_not_zero(&ports->refs))
		return ports;
	ports = ports_make(sn, &key);
	if (!ports)
		return NULL;
	other = rhashtable_lookup_get_insert_fast(&sn->ports, &ports->node,
						  ports_params);
	if (!other) {
		atomic_inc(&sn->n_ports);
		return ports;
	}
	ports_free(ports);
	/* One that goes in this very moment is as good as no memory. */
	if (IS_ERR(other) || !refcount_inc_not_zero(&other->refs))
		return NULL;
	return other;
}

void slc_ports_put(struct slc_ports *ports)
{
	/* Never the last: the table has its own until nobody else has one. */
	refcount_dec(&ports->refs);
}

__be16 slc_ports_take(struct slc_ports *ports)
{
	u16 port;

	spin_lock(&ports->lock);
	port = slc_portset_take(&ports->set);
	spin_unlock(&ports->lock);
	return htons(port);
}

void slc_ports_give(struct slc_ports *ports, __be16 port)
{
	spin_lock(&ports->lock);
	slc_portset_give(&ports->set, ntohs(port));
	spin_unlock(&ports->lock);
}

void slc_ports_sweep(struct slc_net *sn)
{
	struct rhashtable_iter iter;
	struct slc_ports *ports;
	unsigned int n = 0;

	rhashtable_walk_enter(&sn->ports, &iter);
	slc_table_walk(&iter);
	while ((ports = slc_table_next(&iter, &n))) {
		if (IS_ERR(ports))
			continue;
		if (refcount_read(&ports->refs) > 1) {
			ports->idle = 0;
			continue;
		}
		if (++ports->idle < PORTS_IDLE ||
		    !refcount_dec_if_one(&ports->refs))
			continue;
		rhashtable_remove_fast(&sn->ports, &ports->node, ports_params);
		atomic_dec(&sn->n_ports);
		call_rcu(&ports->rcu, ports_free_rcu);
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
}

int slc_ports_net_init(struct slc_net *sn)
{
	atomic_set(&sn->n_ports, 0);
	return rhashtable_init(&sn->ports, &ports_params);
}

static void ports_free_fn(void *obj, void *arg)
{
	ports_free(obj);
}

void slc_ports_net_exit(struct slc_net *sn)
{
	rhashtable_free_and_destroy(&sn->ports, ports_free_fn, NULL);
}
