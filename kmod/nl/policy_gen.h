/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	docs/netlink/sluice.yaml */
/* YNL-GEN kernel header */
/* To regenerate run: make gen */

#ifndef _LINUX_SLUICE_GEN_H
#define _LINUX_SLUICE_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/sluice.h>

/* Common nested types */
extern const struct nla_policy sluice_backend_change_nl_policy[SLUICE_A_BACKEND_HEALTH_WEIGHT + 1];
extern const struct nla_policy sluice_info_change_nl_policy[SLUICE_A_INFO_PROBE_MASK + 1];
extern const struct nla_policy sluice_pool_change_nl_policy[SLUICE_A_POOL_MIN_UP + 1];
extern const struct nla_policy sluice_port_range_nl_policy[SLUICE_A_PORT_RANGE_PORT_END + 1];
extern const struct nla_policy sluice_prefix_nl_policy[SLUICE_A_PREFIX_PLEN + 1];
extern const struct nla_policy sluice_rule_change_nl_policy[SLUICE_A_RULE_POOL + 1];
extern const struct nla_policy sluice_service_change_nl_policy[SLUICE_A_SERVICE_MAX_MSS + 1];
extern const struct nla_policy sluice_tlv_nl_policy[SLUICE_A_TLV_VALUE + 1];

extern const struct nla_policy sluice_get_service_nl_policy[SLUICE_A_SERVICE_NAME + 1];

extern const struct nla_policy sluice_new_service_nl_policy[SLUICE_A_SERVICE_MAX_MSS + 1];

extern const struct nla_policy sluice_set_service_nl_policy[SLUICE_A_SERVICE_MAX_MSS + 1];

extern const struct nla_policy sluice_del_service_nl_policy[SLUICE_A_SERVICE_FORCE + 1];

extern const struct nla_policy sluice_get_flow_nl_policy[SLUICE_A_FLOW_VERSION + 1];

extern const struct nla_policy sluice_del_flow_nl_policy[SLUICE_A_FLOW_BACKEND_PORT + 1];

extern const struct nla_policy sluice_flush_flows_nl_policy[SLUICE_A_FLOW_POOL + 1];

extern const struct nla_policy sluice_get_stats_nl_policy[SLUICE_A_STATS_SERVICE + 1];

extern const struct nla_policy sluice_reset_stats_nl_policy[SLUICE_A_STATS_SERVICE + 1];

extern const struct nla_policy sluice_get_info_nl_policy[SLUICE_A_INFO_EVERYWHERE + 1];

extern const struct nla_policy sluice_set_info_nl_policy[SLUICE_A_INFO_PROBE_MASK + 1];

extern const struct nla_policy sluice_get_pool_nl_policy[SLUICE_A_POOL_NAME + 1];

extern const struct nla_policy sluice_new_pool_nl_policy[SLUICE_A_POOL_MIN_UP + 1];

extern const struct nla_policy sluice_set_pool_nl_policy[SLUICE_A_POOL_MIN_UP + 1];

extern const struct nla_policy sluice_del_pool_nl_policy[SLUICE_A_POOL_RESET + 1];

extern const struct nla_policy sluice_get_backend_nl_policy[SLUICE_A_BACKEND_PORT + 1];

extern const struct nla_policy sluice_new_backend_nl_policy[SLUICE_A_BACKEND_HEALTH_WEIGHT + 1];

extern const struct nla_policy sluice_set_backend_nl_policy[SLUICE_A_BACKEND_HEALTH_WEIGHT + 1];

extern const struct nla_policy sluice_del_backend_nl_policy[SLUICE_A_BACKEND_FORCE + 1];

extern const struct nla_policy sluice_get_rule_nl_policy[SLUICE_A_RULE_SERVICE + 1];

extern const struct nla_policy sluice_new_rule_nl_policy[SLUICE_A_RULE_POOL + 1];

extern const struct nla_policy sluice_del_rule_nl_policy[SLUICE_A_RULE_PATTERN + 1];

extern const struct nla_policy sluice_batch_nl_policy[SLUICE_A_BATCH_SET_INFO + 1];

extern const struct nla_policy sluice_whoami_nl_policy[SLUICE_A_WHOAMI_LOCAL_ADDR + 1];

/* Ops table for sluice */
extern const struct genl_ops sluice_nl_ops[24];

int sluice_nl_get_service_doit(struct sk_buff *skb, struct genl_info *info);
int sluice_nl_get_service_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb);
int sluice_nl_new_service_doit(struct sk_buff *skb, struct genl_info *info);
int sluice_nl_set_service_doit(struct sk_buff *skb, struct genl_info *info);
int sluice_nl_del_service_doit(struct sk_buff *skb, struct genl_info *info);
int sluice_nl_get_flow_doit(struct sk_buff *skb, struct genl_info *info);
int sluice_nl_get_flow_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int sluice_nl_del_flow_doit(struct sk_buff *skb, struct genl_info *info);
int sluice_nl_flush_flows_doit(struct sk_buff *skb, struct genl_info *info);
int sluice_nl_get_stats_doit(struct sk_buff *skb, struct genl_info *info);
int sluice_nl_get_stats_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb);
int sluice_nl_reset_stats_doit(struct sk_buff *skb, struct genl_info *info);
int sluice_nl_get_info_doit(struct sk_buff *skb, struct genl_info *info);
int sluice_nl_set_info_doit(struct sk_buff *skb, struct genl_info *info);
int sluice_nl_get_pool_doit(struct sk_buff *skb, struct genl_info *info);
int sluice_nl_get_pool_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int sluice_nl_new_pool_doit(struct sk_buff *skb, struct genl_info *info);
int sluice_nl_set_pool_doit(struct sk_buff *skb, struct genl_info *info);
int sluice_nl_del_pool_doit(struct sk_buff *skb, struct genl_info *info);
int sluice_nl_get_backend_doit(struct sk_buff *skb, struct genl_info *info);
int sluice_nl_get_backend_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb);
int sluice_nl_new_backend_doit(struct sk_buff *skb, struct genl_info *info);
int sluice_nl_set_backend_doit(struct sk_buff *skb, struct genl_info *info);
int sluice_nl_del_backend_doit(struct sk_buff *skb, struct genl_info *info);
int sluice_nl_get_rule_doit(struct sk_buff *skb, struct genl_info *info);
int sluice_nl_get_rule_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int sluice_nl_new_rule_doit(struct sk_buff *skb, struct genl_info *info);
int sluice_nl_del_rule_doit(struct sk_buff *skb, struct genl_info *info);
int sluice_nl_batch_doit(struct sk_buff *skb, struct genl_info *info);
int sluice_nl_whoami_doit(struct sk_buff *skb, struct genl_info *info);

enum {
	SLUICE_NLGRP_CONFIG,
	SLUICE_NLGRP_HEALTH,
	SLUICE_NLGRP_FLOW,
};

#endif /* _LINUX_SLUICE_GEN_H */
