// SPDX-License-Identifier: GPL-2.0
/* Choosing a backend. See pick.h. */
#include <linux/mm.h>
#include <linux/slab.h>
#include "obj/config.h"
#include "obj/pick.h"
#include "obj/pool.h"

/**
 * struct slc_pick_view - what the scheduler of a pool chooses from
 * @next: where round robin is
 * @n: backends of IPv4, and of IPv6
 * @at: their indices into slc_pool_rules.backend, IPv4 first
 */
struct slc_pick_view {
	atomic_t next[2];
	unsigned int n[2];
	u32 at[];
};

static unsigned int which(u8 family)
{
	return family == SLC_FAMILY_IPV6;
}

int slc_pick_build(struct slc_pool_rules *rules)
{
	const struct slc_backend_entry *e = rules->backend;
	struct slc_pick_view *view;
	unsigned int i, n = 0;
	u8 family;

	view = kvzalloc(struct_size(view, at, rules->n), SLC_GFP_CONFIG);
	if (!view)
		return -ENOMEM;
	for (family = SLC_FAMILY_IPV4; family <= SLC_FAMILY_IPV6;
	     family += SLC_FAMILY_IPV6 - SLC_FAMILY_IPV4)
		for (i = 0; i < rules->n; i++)
			if (slc_backend_usable(&e[i].cfg) &&
			    slc_addr_family(&e[i].backend->addr) == family) {
				view->at[n++] = i;
				view->n[which(family)]++;
			}
	rules->view = view;
	return 0;
}

void slc_pick_free(struct slc_pick_view *view)
{
	kvfree(view);
}

static bool was_tried(const struct slc_tried *tried, u32 id)
{
	unsigned int i;

	for (i = 0; tried && i < tried->n; i++)
		if (tried->id[i] == id)
			return true;
	return false;
}

static const struct slc_backend_entry *
pick_of(const struct slc_pool_rules *rules, const struct slc_tuple *client,
	const struct slc_tried *tried)
{
	unsigned int f = which(client->family);
	struct slc_pick_view *view = rules->view;
	const struct slc_backend_entry *e;
	unsigned int i;
	u32 first;

	if (!view->n[f])
		return NULL;
	first = atomic_inc_return(&view->next[f]);
	for (i = 0; i < view->n[f]; i++) {
		e = &rules->backend[view->at[(f ? view->n[0] : 0) +
					     (first + i) % view->n[f]]];
		if (e->cfg.max_flows && atomic_read(&e->backend->n_flows) >=
					(int)e->cfg.max_flows)
			continue;
		if (!was_tried(tried, e->backend->id))
			return e;
	}
	return NULL;
}

struct slc_choice slc_pick(struct slc_net *sn, const struct slc_pool_entry *pool,
			   const struct slc_tuple *client,
			   const struct slc_tried *tried)
{
	const struct slc_backend_entry *e;

	/* There is no circle, so this ends. */
	for (; pool; pool = pool->sorry) {
		e = pick_of(pool->rules, client, tried);
		if (e)
			return (struct slc_choice) {
				.backend = e->backend,
				.mode = e->cfg.forward ?:
					pool->rules->cfg.forward,
			};
	}
	return (struct slc_choice) { };
}
