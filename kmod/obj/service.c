// SPDX-License-Identifier: GPL-2.0
/* Services: their life and what packets see of them. */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/netlink.h>
#include <linux/slab.h>
#include <linux/stringify.h>
#include "obj/flow.h"
#include "obj/service.h"
#include "obj/stats.h"
#include "obj/view.h"

static struct slc_service_view *view_locked(const struct slc_net *sn)
{
	return rcu_dereference_protected(sn->view,
					 lockdep_is_held(&sn->cfg_lock));
}

static struct slc_service_rules *rules_make(const struct slc_service_cfg *cfg)
{
	struct slc_service_rules *rules;
	struct slc_prefix *trust;
	size_t size, at_table;
	int err;

	at_table = ALIGN(sizeof(*rules) + cfg->n_trust * sizeof(*trust),
			 __alignof__(struct slc_prefix_table));
	size = at_table + slc_prefix_table_size(cfg->n_trust);
	rules = kvzalloc(size, GFP_KERNEL_ACCOUNT);
	if (!rules)
		return ERR_PTR(-ENOMEM);
	trust = (struct slc_prefix *)(rules + 1);
	rules->cfg = *cfg;
	rules->cfg.trust = trust;
	if (!cfg->n_trust)
		return rules;
	memcpy(trust, cfg->trust, cfg->n_trust * sizeof(*trust));
	rules->trust = (void *)rules + at_table;
	err = slc_prefix_build(rules->trust, trust, cfg->n_trust);
	if (err) {
		kvfree(rules);
		return ERR_PTR(err);
	}
	return rules;
}

static void entry_of(struct slc_view_entry *e, struct slc_service *svc,
		     const struct slc_service_cfg *cfg)
{
	*e = (struct slc_view_entry){
		.service	= svc,
		.proto		= cfg->proto,
		.any		= cfg->any_addr,
		.port_lo	= cfg->port_lo,
		.port_hi	= cfg->port_hi,
	};
	if (!cfg->any_addr)
		e->addr = cfg->addr;
}

/*
 * A view of the services there are, without @but and with @extra (whose
 * rules, not yet published perhaps, are @cfg).
 */
static struct slc_service_view *
view_make(const struct slc_net *sn, const struct slc_service *but,
	  struct slc_service *extra, const struct slc_service_cfg *cfg)
{
	const struct slc_service_view *old = view_locked(sn);
	struct slc_service_view *view;
	struct slc_view_entry e;
	unsigned int i;

	view = slc_view_alloc((old ? old->n : 0) + !!extra);
	if (!view)
		return ERR_PTR(-ENOMEM);
	/* Those did not overlap before. */
	for (i = 0; old && i < old->n; i++)
		if (old->entry[i].service != but)
			slc_view_add(view, &old->entry[i]);
	/*
	 * Flows need the ports of the rules that they were made by, and one
	 * may be in the making. So a port stays until the last service goes.
	 */
	if (old)
		bitmap_or(view->ports, view->ports, old->ports, U16_MAX + 1);
	if (!extra)
		return view;

	entry_of(&e, extra, cfg);
	if (slc_view_add(view, &e)) {
		kvfree(view);
		return ERR_PTR(-EADDRINUSE);
	}
	if (cfg->to_port)
		__set_bit(cfg->to_port, view->ports);
	return view;
}

static void view_publish(struct slc_net *sn, struct slc_service_view *view)
{
	struct slc_service_view *old = view_locked(sn);

	rcu_assign_pointer(sn->view, view);
	if (old)
		kvfree_rcu(old, rcu);
	sn->cfg_gen++;
}

struct slc_service *slc_service_lookup_rcu(const struct slc_net *sn, u8 proto,
					   const struct slc_addr *addr,
					   __be16 port)
{
	const struct slc_service_view *view = rcu_dereference(sn->view);

	return view ? slc_view_find(view, proto, addr, ntohs(port)) : NULL;
}

bool slc_service_get(struct slc_service *svc)
{
	return !READ_ONCE(svc->dead) && refcount_inc_not_zero(&svc->refs);
}

static void service_free_rcu(struct rcu_head *rcu)
{
	struct slc_service *svc = container_of(rcu, struct slc_service, rcu);

	/* Nobody else has the service, nor what it points to. */
	kvfree(rcu_dereference_protected(svc->rules, 1));
	free_percpu(svc->stats);
	kfree(svc);
}

void slc_service_put(struct slc_service *svc)
{
	if (refcount_dec_and_test(&svc->refs))
		call_rcu(&svc->rcu, service_free_rcu);
}

struct slc_service *slc_service_add(struct slc_net *sn,
				    const struct slc_service_cfg *cfg,
				    struct netlink_ext_ack *extack)
{
	struct slc_service_rules *rules;
	struct slc_service_view *view;
	struct slc_service *svc;
	int err;

	lockdep_assert_held(&sn->cfg_lock);
	if (sn->dying)
		return ERR_PTR(-ESHUTDOWN);
	if (slc_service_find(sn, cfg->name)) {
		NL_SET_ERR_MSG(extack, "a service of this name exists");
		return ERR_PTR(-EEXIST);
	}
	if (slc_service_count(sn) >= SLC_SERVICE_MAX) {
		NL_SET_ERR_MSG(extack, "no more than " __stringify(SLC_SERVICE_MAX)
			       " services fit");
		return ERR_PTR(-ENOSPC);
	}

	svc = kzalloc(sizeof(*svc), GFP_KERNEL_ACCOUNT);
	if (!svc)
		return ERR_PTR(-ENOMEM);
	refcount_set(&svc->refs, 1);
	svc->sn = sn;
	strscpy(svc->name, cfg->name, sizeof(svc->name));
	err = -ENOMEM;
	svc->stats = slc_stats_alloc();
	if (!svc->stats)
		goto err_free;
	rules = rules_make(cfg);
	err = PTR_ERR_OR_ZERO(rules);
	if (err)
		goto err_free_stats;
	RCU_INIT_POINTER(svc->rules, rules);
	view = view_make(sn, NULL, svc, cfg);
	err = PTR_ERR_OR_ZERO(view);
	if (err == -EADDRINUSE)
		NL_SET_ERR_MSG(extack, "another service has this address and port");
	if (err)
		goto err_free_rules;
	if (!sn->hooks_on) {
		err = slc_hooks_on(sn);
		if (err) {
			NL_SET_ERR_MSG(extack, "cannot hook into netfilter");
			goto err_free_view;
		}
		sn->hooks_on = true;
	}
	svc->id = ++sn->next_id;
	view_publish(sn, view);
	return svc;

err_free_view:
	kvfree(view);
err_free_rules:
	kvfree(rules);
err_free_stats:
	free_percpu(svc->stats);
err_free:
	kfree(svc);
	return ERR_PTR(err);
}

static bool same_place(const struct slc_service_cfg *a,
		       const struct slc_service_cfg *b)
{
	return !strcmp(a->name, b->name) && a->proto == b->proto &&
	       a->any_addr == b->any_addr &&
	       (a->any_addr || slc_addr_eq(&a->addr, &b->addr)) &&
	       a->port_lo == b->port_lo && a->port_hi == b->port_hi;
}

int slc_service_set(struct slc_service *svc, const struct slc_service_cfg *cfg,
		    struct netlink_ext_ack *extack)
{
	struct slc_service_rules *rules, *old;
	struct slc_service_view *view;
	struct slc_net *sn = svc->sn;

	lockdep_assert_held(&sn->cfg_lock);
	old = rcu_dereference_protected(svc->rules,
					lockdep_is_held(&sn->cfg_lock));
	if (!same_place(&old->cfg, cfg)) {
		NL_SET_ERR_MSG(extack,
			       "protocol, address and port cannot change");
		return -EINVAL;
	}
	rules = rules_make(cfg);
	if (IS_ERR(rules))
		return PTR_ERR(rules);
	view = view_make(sn, svc, svc, cfg);
	if (IS_ERR(view)) {
		kvfree(rules);
		return PTR_ERR(view);
	}
	/* The view first: it may hold a port that the rules deliver to. */
	view_publish(sn, view);
	rcu_assign_pointer(svc->rules, rules);
	kvfree_rcu(old, rcu);
	return 0;
}

int slc_service_del(struct slc_service *svc, bool force,
		    struct netlink_ext_ack *extack)
{
	struct slc_service_view *view = NULL;
	struct slc_net *sn = svc->sn;

	lockdep_assert_held(&sn->cfg_lock);
	if (!force && atomic_read(&svc->n_flows)) {
		NL_SET_ERR_MSG(extack, "has connections; force resets them");
		return -EBUSY;
	}
	if (slc_service_count(sn) > 1) {
		view = view_make(sn, svc, NULL, NULL);
		if (IS_ERR(view))
			return PTR_ERR(view);
	}
	WRITE_ONCE(svc->dead, true);
	/*
	 * Who found the service before has put its flow into the table after a
	 * grace period. Then the hooks must still be there for the flush.
	 */
	if (view) {
		view_publish(sn, view);
		synchronize_rcu();
		slc_flow_flush(sn, svc);
	} else {
		struct slc_service_view *old = view_locked(sn);

		synchronize_rcu();
		slc_flow_flush(sn, svc);
		slc_hooks_off(sn);
		sn->hooks_on = false;
		RCU_INIT_POINTER(sn->view, NULL);
		sn->cfg_gen++;
		kvfree_rcu(old, rcu);
	}
	slc_stats_merge(sn->stats, svc->stats);
	slc_service_put(svc);
	return 0;
}

struct slc_service *slc_service_find(const struct slc_net *sn,
				     const char *name)
{
	const struct slc_service_view *view = view_locked(sn);
	unsigned int i;

	for (i = 0; view && i < view->n; i++)
		if (!strcmp(view->entry[i].service->name, name))
			return view->entry[i].service;
	return NULL;
}

struct slc_service *slc_service_next(const struct slc_net *sn, u32 id)
{
	const struct slc_service_view *view = view_locked(sn);
	struct slc_service *next = NULL;
	unsigned int i;

	for (i = 0; view && i < view->n; i++) {
		struct slc_service *svc = view->entry[i].service;

		if (svc->id > id && (!next || svc->id < next->id))
			next = svc;
	}
	return next;
}

unsigned int slc_service_count(const struct slc_net *sn)
{
	const struct slc_service_view *view = view_locked(sn);

	return view ? view->n : 0;
}

int slc_service_net_init(struct slc_net *sn)
{
	RCU_INIT_POINTER(sn->view, NULL);
	sn->next_id = 0;
	sn->cfg_gen = 1; /* 0 means none to netlink */
	return 0;
}

void slc_service_net_exit(struct slc_net *sn)
{
	/* The namespace has no more users, so nobody holds the lock either. */
	struct slc_service_view *view = rcu_dereference_protected(sn->view, 1);
	unsigned int i;

	if (sn->hooks_on)
		slc_hooks_off(sn);
	sn->hooks_on = false;
	RCU_INIT_POINTER(sn->view, NULL);
	for (i = 0; view && i < view->n; i++)
		slc_service_put(view->entry[i].service);
	if (view)
		kvfree_rcu(view, rcu);
}
