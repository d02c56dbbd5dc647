// SPDX-License-Identifier: GPL-2.0
/* Further names of flows. See alias.h. */
#include <linux/rhashtable.h>

#include "obj/alias.h"
#include "obj/table.h"

static int alias_cmp(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct slc_alias *alias = obj;

	return !slc_tuple_eq(&alias->key, arg->key);
}

static const struct rhashtable_params alias_params = {
	.head_offset = offsetof(struct slc_alias, node),
	.key_offset = offsetof(struct slc_alias, key),
	.key_len = sizeof(struct slc_tuple),
	.hashfn = slc_table_hash,
	.obj_cmpfn = alias_cmp,
	.automatic_shrinking = true,
};

struct slc_half *slc_alias_lookup(struct slc_net *sn,
				  const struct slc_tuple *key)
{
	struct slc_alias *alias;

	alias = rhashtable_lookup(&sn->aliases, key, alias_params);
	return alias ? alias->half : NULL;
}

int slc_alias_insert(struct slc_alias *alias, struct slc_half *half)
{
	struct slc_flow *flow = slc_half_flow(half);
	int err;

	alias->half = half;
	/* Before it can be found, so that whoever kills it takes it out. */
	WRITE_ONCE(alias->named, true);
	err = rhashtable_lookup_insert_fast(&flow->sn->aliases, &alias->node,
					    alias_params);
	if (err) {
		WRITE_ONCE(alias->named, false);
		return err;
	}
	/* As in slc_flow_insert() */
	smp_mb();
	if (likely(!test_bit(SLC_FLOW_DEAD, &flow->flags)))
		return 0;
	rhashtable_remove_fast(&flow->sn->aliases, &alias->node, alias_params);
	return -ESHUTDOWN;
}

void slc_alias_remove(struct slc_flow *flow)
{
	struct slc_aliases *a = flow->aliases;

	if (READ_ONCE(a->client.named))
		rhashtable_remove_fast(&flow->sn->aliases, &a->client.node,
				       alias_params);
	if (READ_ONCE(a->answer.named))
		rhashtable_remove_fast(&flow->sn->aliases, &a->answer.node,
				       alias_params);
}

int slc_alias_net_init(struct slc_net *sn)
{
	return rhashtable_init(&sn->aliases, &alias_params) ? -ENOMEM : 0;
}

void slc_alias_net_exit(struct slc_net *sn)
{
	rhashtable_destroy(&sn->aliases);
}
