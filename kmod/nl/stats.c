// SPDX-License-Identifier: GPL-2.0
/* Requests about counters. */
#include "nl/nl.h"
#include "nl/policy_gen.h"
#include "obj/config.h"
#include "obj/pool.h"
#include "obj/service.h"
#include "obj/stats.h"

static int fill(struct sk_buff *skb, const char *service, const u64 *sum)
{
	struct nlattr *nest;
	unsigned int i;

	if (service && nla_put_string(skb, SLUICE_A_STATS_SERVICE, service))
		return -EMSGSIZE;
	for (i = 0; i <= SLUICE_STAT_MAX; i++) {
		nest = nla_nest_start(skb, SLUICE_A_STATS_COUNTER);
		if (!nest ||
		    nla_put_u32(skb, SLUICE_A_COUNTER_ID, i) ||
		    nla_put_u64_64bit(skb, SLUICE_A_COUNTER_VALUE, sum[i],
				      SLUICE_A_COUNTER_PAD))
			return -EMSGSIZE;
		nla_nest_end(skb, nest);
	}
	return 0;
}

static void sum_all(struct slc_net *sn, u64 *sum)
{
	const struct slc_config *config = slc_config_locked(sn);
	u64 one[SLC_STATS];
	unsigned int i, n;

	slc_stats_fold(sn->stats, SLC_STATS, sn->stats_zero, sum);
	for (n = 0; n < config->n_services; n++) {
		const struct slc_service *svc = config->service[n].service;

		slc_stats_fold(svc->stats, SLC_STATS, svc->stats_zero, one);
		for (i = 0; i <= SLUICE_STAT_MAX; i++)
			sum[i] += one[i];
	}
}

static int show_service(struct sk_buff *skb, const struct slc_service *svc)
{
	u64 sum[SLC_STATS];

	slc_stats_fold(svc->stats, SLC_STATS, svc->stats_zero, sum);
	return fill(skb, svc->name, sum);
}

static int show_all(struct sk_buff *skb, struct slc_net *sn)
{
	u64 sum[SLC_STATS];

	sum_all(sn, sum);
	return fill(skb, NULL, sum);
}

static int show(struct sk_buff *skb, struct slc_net *sn, struct genl_info *info)
{
	const struct nlattr *name = info->attrs[SLUICE_A_STATS_SERVICE];
	struct slc_service_entry *svc;

	if (!name)
		return show_all(skb, sn);
	svc = slc_nl_service_find(slc_config_locked(sn), name, info->extack);
	return IS_ERR(svc) ? PTR_ERR(svc) : show_service(skb, svc->service);
}

int sluice_nl_get_stats_doit(struct sk_buff *skb, struct genl_info *info)
{
	return slc_nl_get(info, SLUICE_CMD_GET_STATS, show);
}

static int show_next(struct sk_buff *skb, const struct slc_config *config,
		     u32 *id)
{
	unsigned int i = slc_config_service_after(config, *id);

	if (i == config->n_services)
		return -ENOENT;
	*id = config->service[i].service->id;
	return show_service(skb, config->service[i].service);
}

int sluice_nl_get_stats_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return slc_nl_dump(skb, cb, SLUICE_CMD_GET_STATS, show_next);
}

static void zero_service(struct slc_service *service)
{
	slc_stats_sum(service->stats, SLC_STATS, service->stats_zero);
}

static void zero_all(struct slc_net *sn)
{
	const struct slc_config *config = slc_config_locked(sn);
	unsigned int i, n;

	slc_stats_sum(sn->stats, SLC_STATS, sn->stats_zero);
	for (i = 0; i < config->n_services; i++)
		zero_service(config->service[i].service);
	for (i = 0; i < config->n_pools; i++) {
		const struct slc_pool_rules *rules = config->pool[i].rules;

		for (n = 0; n < rules->n; n++)
			slc_backend_zero(rules->backend[n].backend);
	}
}

int sluice_nl_reset_stats_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct slc_net *sn = info->user_ptr[0];
	const struct nlattr *name = info->attrs[SLUICE_A_STATS_SERVICE];
	struct slc_service_entry *svc;
	int err = 0;

	mutex_lock(&sn->cfg_lock);
	if (name) {
		svc = slc_nl_service_find(slc_config_locked(sn), name,
					  info->extack);
		err = PTR_ERR_OR_ZERO(svc);
		if (!err)
			zero_service(svc->service);
	} else {
		zero_all(sn);
	}
	mutex_unlock(&sn->cfg_lock);
	return err;
}
