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
extern const struct nla_policy sluice_prefix_nl_policy[SLUICE_A_PREFIX_PLEN + 1];

extern const struct nla_policy sluice_get_service_nl_policy[SLUICE_A_SERVICE_NAME + 1];

extern const struct nla_policy sluice_new_service_nl_policy[SLUICE_A_SERVICE_BIND + 1];

extern const struct nla_policy sluice_set_service_nl_policy[SLUICE_A_SERVICE_BIND + 1];

extern const struct nla_policy sluice_del_service_nl_policy[SLUICE_A_SERVICE_FORCE + 1];

extern const struct nla_policy sluice_get_flow_nl_policy[SLUICE_A_FLOW_VERSION + 1];

extern const struct nla_policy sluice_del_flow_nl_policy[SLUICE_A_FLOW_BACKEND_PORT + 1];

extern const struct nla_policy sluice_flush_flows_nl_policy[SLUICE_A_FLOW_SERVICE + 1];

extern const struct nla_policy sluice_get_stats_nl_policy[SLUICE_A_STATS_SERVICE + 1];

extern const struct nla_policy sluice_reset_stats_nl_policy[SLUICE_A_STATS_SERVICE + 1];

extern const struct nla_policy sluice_get_info_nl_policy[SLUICE_A_INFO_EVERYWHERE + 1];

extern const struct nla_policy sluice_set_info_nl_policy[SLUICE_A_INFO_EVERYWHERE + 1];

/* Ops table for sluice */
extern const struct genl_ops sluice_nl_ops[11];

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

#endif /* _LINUX_SLUICE_GEN_H */
