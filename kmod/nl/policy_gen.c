// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	docs/netlink/sluice.yaml */
/* YNL-GEN kernel source */
/* To regenerate run: make gen */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "policy_gen.h"

#include <uapi/linux/sluice.h>

/* Common nested types */
const struct nla_policy sluice_prefix_nl_policy[SLUICE_A_PREFIX_PLEN + 1] = {
	[SLUICE_A_PREFIX_ADDR] = NLA_POLICY_EXACT_LEN(16),
	[SLUICE_A_PREFIX_PLEN] = NLA_POLICY_MAX(NLA_U8, 128),
};

/* SLUICE_CMD_GET_SERVICE - do */
const struct nla_policy sluice_get_service_nl_policy[SLUICE_A_SERVICE_NAME + 1] = {
	[SLUICE_A_SERVICE_NAME] = { .type = NLA_NUL_STRING, .len = 63, },
};

/* SLUICE_CMD_NEW_SERVICE - do */
const struct nla_policy sluice_new_service_nl_policy[SLUICE_A_SERVICE_BIND + 1] = {
	[SLUICE_A_SERVICE_NAME] = { .type = NLA_NUL_STRING, .len = 63, },
	[SLUICE_A_SERVICE_PROTO] = { .type = NLA_U8, },
	[SLUICE_A_SERVICE_ADDR] = NLA_POLICY_EXACT_LEN(16),
	[SLUICE_A_SERVICE_ANY] = { .type = NLA_FLAG, },
	[SLUICE_A_SERVICE_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[SLUICE_A_SERVICE_PORT_END] = NLA_POLICY_MIN(NLA_U16, 1),
	[SLUICE_A_SERVICE_ACCEPT_PROXY] = NLA_POLICY_MAX(NLA_U32, 1),
	[SLUICE_A_SERVICE_TRUST] = NLA_POLICY_NESTED(sluice_prefix_nl_policy),
	[SLUICE_A_SERVICE_UNTRUSTED] = NLA_POLICY_MAX(NLA_U32, 2),
	[SLUICE_A_SERVICE_HEADER_TIMEOUT] = NLA_POLICY_RANGE(NLA_U32, 3000, 30000),
	[SLUICE_A_SERVICE_HEADER_MAX] = NLA_POLICY_RANGE(NLA_U32, 536, 4096),
	[SLUICE_A_SERVICE_MARK] = { .type = NLA_U32, },
	[SLUICE_A_SERVICE_MARK_MASK] = { .type = NLA_U32, },
	[SLUICE_A_SERVICE_TO_ADDR] = NLA_POLICY_EXACT_LEN(16),
	[SLUICE_A_SERVICE_TO_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[SLUICE_A_SERVICE_FORWARD] = { .type = NLA_NUL_STRING, .len = 15, },
	[SLUICE_A_SERVICE_BIND] = NLA_POLICY_MAX(NLA_U32, 2),
};

/* SLUICE_CMD_SET_SERVICE - do */
const struct nla_policy sluice_set_service_nl_policy[SLUICE_A_SERVICE_BIND + 1] = {
	[SLUICE_A_SERVICE_NAME] = { .type = NLA_NUL_STRING, .len = 63, },
	[SLUICE_A_SERVICE_PROTO] = { .type = NLA_U8, },
	[SLUICE_A_SERVICE_ADDR] = NLA_POLICY_EXACT_LEN(16),
	[SLUICE_A_SERVICE_ANY] = { .type = NLA_FLAG, },
	[SLUICE_A_SERVICE_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[SLUICE_A_SERVICE_PORT_END] = NLA_POLICY_MIN(NLA_U16, 1),
	[SLUICE_A_SERVICE_ACCEPT_PROXY] = NLA_POLICY_MAX(NLA_U32, 1),
	[SLUICE_A_SERVICE_TRUST] = NLA_POLICY_NESTED(sluice_prefix_nl_policy),
	[SLUICE_A_SERVICE_UNTRUSTED] = NLA_POLICY_MAX(NLA_U32, 2),
	[SLUICE_A_SERVICE_HEADER_TIMEOUT] = NLA_POLICY_RANGE(NLA_U32, 3000, 30000),
	[SLUICE_A_SERVICE_HEADER_MAX] = NLA_POLICY_RANGE(NLA_U32, 536, 4096),
	[SLUICE_A_SERVICE_MARK] = { .type = NLA_U32, },
	[SLUICE_A_SERVICE_MARK_MASK] = { .type = NLA_U32, },
	[SLUICE_A_SERVICE_TO_ADDR] = NLA_POLICY_EXACT_LEN(16),
	[SLUICE_A_SERVICE_TO_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[SLUICE_A_SERVICE_FORWARD] = { .type = NLA_NUL_STRING, .len = 15, },
	[SLUICE_A_SERVICE_BIND] = NLA_POLICY_MAX(NLA_U32, 2),
};

/* SLUICE_CMD_DEL_SERVICE - do */
const struct nla_policy sluice_del_service_nl_policy[SLUICE_A_SERVICE_FORCE + 1] = {
	[SLUICE_A_SERVICE_NAME] = { .type = NLA_NUL_STRING, .len = 63, },
	[SLUICE_A_SERVICE_FORCE] = { .type = NLA_FLAG, },
};

/* SLUICE_CMD_GET_FLOW - do */
const struct nla_policy sluice_get_flow_nl_policy[SLUICE_A_FLOW_VERSION + 1] = {
	[SLUICE_A_FLOW_ID] = { .type = NLA_U64, },
	[SLUICE_A_FLOW_SERVICE] = { .type = NLA_NUL_STRING, .len = 63, },
	[SLUICE_A_FLOW_STATE] = NLA_POLICY_MAX(NLA_U32, 5),
	[SLUICE_A_FLOW_SENDER_ADDR] = NLA_POLICY_EXACT_LEN(16),
	[SLUICE_A_FLOW_SENDER_PORT] = { .type = NLA_U16, },
	[SLUICE_A_FLOW_SERVICE_ADDR] = NLA_POLICY_EXACT_LEN(16),
	[SLUICE_A_FLOW_SERVICE_PORT] = { .type = NLA_U16, },
	[SLUICE_A_FLOW_CLIENT_ADDR] = NLA_POLICY_EXACT_LEN(16),
	[SLUICE_A_FLOW_CLIENT_PORT] = { .type = NLA_U16, },
	[SLUICE_A_FLOW_BACKEND_ADDR] = NLA_POLICY_EXACT_LEN(16),
	[SLUICE_A_FLOW_BACKEND_PORT] = { .type = NLA_U16, },
	[SLUICE_A_FLOW_VERSION] = { .type = NLA_U8, },
};

/* SLUICE_CMD_DEL_FLOW - do */
const struct nla_policy sluice_del_flow_nl_policy[SLUICE_A_FLOW_BACKEND_PORT + 1] = {
	[SLUICE_A_FLOW_ID] = { .type = NLA_U64, },
	[SLUICE_A_FLOW_SENDER_ADDR] = NLA_POLICY_EXACT_LEN(16),
	[SLUICE_A_FLOW_SENDER_PORT] = { .type = NLA_U16, },
	[SLUICE_A_FLOW_SERVICE_ADDR] = NLA_POLICY_EXACT_LEN(16),
	[SLUICE_A_FLOW_SERVICE_PORT] = { .type = NLA_U16, },
	[SLUICE_A_FLOW_CLIENT_ADDR] = NLA_POLICY_EXACT_LEN(16),
	[SLUICE_A_FLOW_CLIENT_PORT] = { .type = NLA_U16, },
	[SLUICE_A_FLOW_BACKEND_ADDR] = NLA_POLICY_EXACT_LEN(16),
	[SLUICE_A_FLOW_BACKEND_PORT] = { .type = NLA_U16, },
};

/* SLUICE_CMD_FLUSH_FLOWS - do */
const struct nla_policy sluice_flush_flows_nl_policy[SLUICE_A_FLOW_SERVICE + 1] = {
	[SLUICE_A_FLOW_SERVICE] = { .type = NLA_NUL_STRING, .len = 63, },
};

/* SLUICE_CMD_GET_STATS - do */
const struct nla_policy sluice_get_stats_nl_policy[SLUICE_A_STATS_SERVICE + 1] = {
	[SLUICE_A_STATS_SERVICE] = { .type = NLA_NUL_STRING, .len = 63, },
};

/* SLUICE_CMD_RESET_STATS - do */
const struct nla_policy sluice_reset_stats_nl_policy[SLUICE_A_STATS_SERVICE + 1] = {
	[SLUICE_A_STATS_SERVICE] = { .type = NLA_NUL_STRING, .len = 63, },
};

/* SLUICE_CMD_GET_INFO - do */
const struct nla_policy sluice_get_info_nl_policy[SLUICE_A_INFO_EVERYWHERE + 1] = {
	[SLUICE_A_INFO_EVERYWHERE] = { .type = NLA_FLAG, },
};

/* SLUICE_CMD_SET_INFO - do */
const struct nla_policy sluice_set_info_nl_policy[SLUICE_A_INFO_EVERYWHERE + 1] = {
	[SLUICE_A_INFO_MAX_FLOWS] = NLA_POLICY_MIN(NLA_U32, 1),
	[SLUICE_A_INFO_MAX_HALF_OPEN_BYTES] = { .type = NLA_U64, },
	[SLUICE_A_INFO_DRAINING] = NLA_POLICY_MAX(NLA_U8, 1),
	[SLUICE_A_INFO_EVERYWHERE] = { .type = NLA_FLAG, },
};

/* Ops table for sluice */
const struct genl_ops sluice_nl_ops[11] = {
	{
		.cmd		= SLUICE_CMD_GET_SERVICE,
		.doit		= sluice_nl_get_service_doit,
		.dumpit		= sluice_nl_get_service_dumpit,
		.policy		= sluice_get_service_nl_policy,
		.maxattr	= SLUICE_A_SERVICE_NAME,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SLUICE_CMD_NEW_SERVICE,
		.doit		= sluice_nl_new_service_doit,
		.policy		= sluice_new_service_nl_policy,
		.maxattr	= SLUICE_A_SERVICE_BIND,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SLUICE_CMD_SET_SERVICE,
		.doit		= sluice_nl_set_service_doit,
		.policy		= sluice_set_service_nl_policy,
		.maxattr	= SLUICE_A_SERVICE_BIND,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SLUICE_CMD_DEL_SERVICE,
		.doit		= sluice_nl_del_service_doit,
		.policy		= sluice_del_service_nl_policy,
		.maxattr	= SLUICE_A_SERVICE_FORCE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SLUICE_CMD_GET_FLOW,
		.doit		= sluice_nl_get_flow_doit,
		.dumpit		= sluice_nl_get_flow_dumpit,
		.policy		= sluice_get_flow_nl_policy,
		.maxattr	= SLUICE_A_FLOW_VERSION,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SLUICE_CMD_DEL_FLOW,
		.doit		= sluice_nl_del_flow_doit,
		.policy		= sluice_del_flow_nl_policy,
		.maxattr	= SLUICE_A_FLOW_BACKEND_PORT,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SLUICE_CMD_FLUSH_FLOWS,
		.doit		= sluice_nl_flush_flows_doit,
		.policy		= sluice_flush_flows_nl_policy,
		.maxattr	= SLUICE_A_FLOW_SERVICE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SLUICE_CMD_GET_STATS,
		.doit		= sluice_nl_get_stats_doit,
		.dumpit		= sluice_nl_get_stats_dumpit,
		.policy		= sluice_get_stats_nl_policy,
		.maxattr	= SLUICE_A_STATS_SERVICE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SLUICE_CMD_RESET_STATS,
		.doit		= sluice_nl_reset_stats_doit,
		.policy		= sluice_reset_stats_nl_policy,
		.maxattr	= SLUICE_A_STATS_SERVICE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SLUICE_CMD_GET_INFO,
		.doit		= sluice_nl_get_info_doit,
		.policy		= sluice_get_info_nl_policy,
		.maxattr	= SLUICE_A_INFO_EVERYWHERE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SLUICE_CMD_SET_INFO,
		.doit		= sluice_nl_set_info_doit,
		.policy		= sluice_set_info_nl_policy,
		.maxattr	= SLUICE_A_INFO_EVERYWHERE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
};
