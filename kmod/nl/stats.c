// SPDX-License-Identifier: GPL-2.0
/* Requests about counters. */
#include <net/sock.h>
#include "nl/nl.h"
#include "nl/policy_gen.h"
#include "obj/config.h"
#include "obj/service.h"
#include "obj/stats.h"

/* Fills one message; without room for it leaves none. */
static int fill(struct sk_buff *skb, const char *service, const u64 *sum,
		void *hdr)
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
	genlmsg_end(skb, hdr);
	return 0;
}

static void sum_all(struct slc_net *sn, u64 *sum)
{
	const struct slc_config *config = slc_config_locked(sn);
	u64 one[SLUICE_STAT_MAX + 1];
	unsigned int i, n;

	slc_stats_fold(sn->stats, sn->stats_zero, sum);
	for (n = 0; n < config->n_services; n++) {
		const struct slc_service *svc = config->service[n].service;

		slc_stats_fold(svc->stats, svc->stats_zero, one);
		for (i = 0; i <= SLUICE_STAT_MAX; i++)
			sum[i] += one[i];
	}
}

int sluice_nl_get_stats_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct slc_net *sn = info->user_ptr[0];
	const struct nlattr *name = info->attrs[SLUICE_A_STATS_SERVICE];
	struct slc_service_entry *svc;
	u64 sum[SLUICE_STAT_MAX + 1];
	struct sk_buff *reply;
	int err = 0;
	void *hdr;

	reply = slc_nl_reply(info, SLUICE_CMD_GET_STATS, &hdr);
	if (!reply)
		return -ENOMEM;

	mutex_lock(&sn->cfg_lock);
	if (name) {
		svc = slc_nl_service_find(slc_config_locked(sn), name,
					  info->extack);
		err = PTR_ERR_OR_ZERO(svc);
		if (!err)
			slc_stats_fold(svc->service->stats,
				       svc->service->stats_zero, sum);
	} else {
		sum_all(sn, sum);
	}
	mutex_unlock(&sn->cfg_lock);
	if (!err)
		err = fill(reply, name ? nla_data(name) : NULL, sum, hdr);
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	return genlmsg_reply(reply, info);
}

int sluice_nl_get_stats_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct slc_net *sn = slc_nl_net(sock_net(skb->sk), cb->extack);
	u64 sum[SLUICE_STAT_MAX + 1];
	const struct slc_config *config;
	/* id of the last service shown */
	u32 id = cb->args[0];
	unsigned int i;
	void *hdr;

	if (IS_ERR(sn))
		return PTR_ERR(sn);
	mutex_lock(&sn->cfg_lock);
	cb->seq = sn->cfg_gen;
	config = slc_config_locked(sn);
	for (i = slc_config_service_after(config, id); i < config->n_services;
	     i++) {
		const struct slc_service *svc = config->service[i].service;

		hdr = slc_nl_put(skb, NETLINK_CB(cb->skb).portid,
				 cb->nlh->nlmsg_seq, NLM_F_MULTI,
				 SLUICE_CMD_GET_STATS);
		if (!hdr)
			break;
		slc_stats_fold(svc->stats, svc->stats_zero, sum);
		if (fill(skb, svc->name, sum, hdr)) {
			genlmsg_cancel(skb, hdr);
			break;
		}
		genl_dump_check_consistent(cb, hdr);
		id = svc->id;
	}
	mutex_unlock(&sn->cfg_lock);
	cb->args[0] = id;
	return skb->len;
}

static void zero_service(struct slc_service *service)
{
	slc_stats_sum(service->stats, service->stats_zero);
}

int sluice_nl_reset_stats_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct slc_net *sn = info->user_ptr[0];
	const struct nlattr *name = info->attrs[SLUICE_A_STATS_SERVICE];
	const struct slc_config *config;
	struct slc_service_entry *svc;
	unsigned int i;
	int err = 0;

	mutex_lock(&sn->cfg_lock);
	config = slc_config_locked(sn);
	if (name) {
		svc = slc_nl_service_find(config, name, info->extack);
		err = PTR_ERR_OR_ZERO(svc);
		if (!err)
			zero_service(svc->service);
	} else {
		slc_stats_sum(sn->stats, sn->stats_zero);
		for (i = 0; i < config->n_services; i++)
			zero_service(config->service[i].service);
	}
	mutex_unlock(&sn->cfg_lock);
	return err;
}
