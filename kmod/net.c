// SPDX-License-Identifier: GPL-2.0
/*
 * What begins and ends with a network namespace, layer by layer.
 */
#include <net/netns/generic.h>
#include <net/net_namespace.h>

#include "net.h"
#include "obj/config.h"
#include "obj/flow.h"
#include "obj/health.h"
#include "obj/persist.h"
#include "obj/ports.h"
#include "obj/stats.h"
#include "path/early.h"

static unsigned int net_id;

struct slc_net *slc_pernet(const struct net *net)
{
	return net_generic(net, net_id);
}

static bool drain_all;

void slc_net_drain_all(bool on)
{
	WRITE_ONCE(drain_all, on);
}

bool slc_net_draining(const struct slc_net *sn)
{
	return READ_ONCE(sn->draining) || READ_ONCE(drain_all);
}

unsigned int slc_net_early_total(void)
{
	unsigned int total = 0;
	struct net *net;

	rcu_read_lock();
	for_each_net_rcu(net)
		total += atomic_read(&slc_pernet(net)->n_early);
	rcu_read_unlock();
	return total;
}

static bool users_allowed;

bool slc_net_users_allowed(void)
{
	return READ_ONCE(users_allowed);
}

struct slc_limits slc_net_limits(const struct slc_net *sn)
{
	return (struct slc_limits){
		.flow_max	= sn->flow_max,
		.early_max	= sn->early_max,
		.probe_mark	= sn->probe_mark,
		.probe_mask	= sn->probe_mask,
	};
}

bool slc_net_limit(struct slc_net *sn, const struct slc_limits *limits)
{
	bool allow = limits->users == SLC_USERS_ALLOW;
	bool differ;

	lockdep_assert_held(&sn->cfg_lock);
	differ = sn->flow_max != limits->flow_max ||
		 sn->early_max != limits->early_max ||
		 sn->probe_mark != limits->probe_mark ||
		 sn->probe_mask != limits->probe_mask;
	WRITE_ONCE(sn->flow_max, limits->flow_max);
	WRITE_ONCE(sn->early_max, limits->early_max);
	WRITE_ONCE(sn->probe_mark, limits->probe_mark);
	WRITE_ONCE(sn->probe_mask, limits->probe_mask);
	if (limits->users != SLC_USERS_STAY) {
		differ |= slc_net_users_allowed() != allow;
		WRITE_ONCE(users_allowed, allow);
	}
	return differ;
}

static int __net_init net_init(struct net *net)
{
	struct slc_net *sn = slc_pernet(net);
	int err = -ENOMEM;

	sn->net = net;
	mutex_init(&sn->cfg_lock);
	get_random_bytes(sn->key, sizeof(sn->key));
	get_random_bytes(&sn->cookie_keys, sizeof(sn->cookie_keys));

	sn->stats = slc_stats_alloc(SLC_STATS);
	if (!sn->stats)
		return err;
	err = slc_flow_net_init(sn);
	if (err)
		goto err_stats;
	err = slc_ports_net_init(sn);
	if (err)
		goto err_flow;
	err = slc_persist_net_init(sn);
	if (err)
		goto err_ports;
	err = slc_early_net_init(sn);
	if (err)
		goto err_persist;
	slc_health_net_init(sn);
	slc_config_net_init(sn);
	return 0;

err_persist:
	slc_persist_net_exit(sn);
err_ports:
	slc_ports_net_exit(sn);
err_flow:
	slc_flow_net_exit(sn);
err_stats:
	free_percpu(sn->stats);
	return err;
}

/* Devices are still there: say goodbye. */
static void __net_exit net_pre_exit(struct net *net)
{
	struct slc_net *sn = slc_pernet(net);

	WRITE_ONCE(sn->draining, true);
	WRITE_ONCE(sn->dying, true);
	slc_flow_flush(sn, &(struct slc_flush){ .all = true });
}

/* No packet comes in any more once the hooks are gone with the services; what
 * came in between the two is swept up.
 */
static void __net_exit net_exit(struct net *net)
{
	struct slc_net *sn = slc_pernet(net);

	slc_health_net_exit(sn);
	slc_config_net_exit(sn);
	slc_flow_flush(sn, &(struct slc_flush){ .all = true });
	cancel_delayed_work_sync(&sn->gc);
}

static void __net_exit net_exit_batch(struct list_head *list)
{
	struct net *net;

	/* Callbacks of the last flows still look at their namespace. */
	rcu_barrier();
	list_for_each_entry(net, list, exit_list) {
		struct slc_net *sn = slc_pernet(net);

		slc_early_net_exit(sn);
		slc_persist_net_exit(sn);
		slc_ports_net_exit(sn);
		slc_flow_net_exit(sn);
		free_percpu(sn->stats);
	}
}

static struct pernet_operations net_ops = {
	.init = net_init,
	.pre_exit = net_pre_exit,
	.exit = net_exit,
	.exit_batch = net_exit_batch,
	.id = &net_id,
	.size = sizeof(struct slc_net),
};

int slc_net_register(void)
{
	return register_pernet_subsys(&net_ops);
}

void slc_net_unregister(void)
{
	unregister_pernet_subsys(&net_ops);
}
