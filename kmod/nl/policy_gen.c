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
const struct nla_policy sluice_backend_change_nl_policy[SLUICE_A_BACKEND_HEALTH_WEIGHT + 1] = {
	[SLUICE_A_BACKEND_POOL] = { .type = NLA_NUL_STRING, .len = 63, },
	[SLUICE_A_BACKEND_ADDR] = NLA_POLICY_EXACT_LEN(16),
	[SLUICE_A_BACKEND_PORT] = { .type = NLA_U16, },
	[SLUICE_A_BACKEND_WEIGHT] = { .type = NLA_U32, },
	[SLUICE_A_BACKEND_STATE] = NLA_POLICY_MAX(NLA_U32, 2),
	[SLUICE_A_BACKEND_HEALTH] = NLA_POLICY_MAX(NLA_U32, 2),
	[SLUICE_A_BACKEND_MAX_FLOWS] = { .type = NLA_U32, },
	[SLUICE_A_BACKEND_FORWARD] = { .type = NLA_NUL_STRING, .len = 15, },
	[SLUICE_A_BACKEND_TUNNEL_PORT] = { .type = NLA_U16, },
	[SLUICE_A_BACKEND_SEND_PROXY] = NLA_POLICY_MAX(NLA_U32, 6),
	[SLUICE_A_BACKEND_TUNNEL_CSUM] = NLA_POLICY_MAX(NLA_U32, 2),
	[SLUICE_A_BACKEND_FOUND] = NLA_POLICY_MAX(NLA_U8, 1),
	[SLUICE_A_BACKEND_HEALTH_WEIGHT] = NLA_POLICY_MAX(NLA_U32, 100),
	[SLUICE_A_BACKEND_FORCE] = { .type = NLA_FLAG, },
};

const struct nla_policy sluice_info_change_nl_policy[SLUICE_A_INFO_PROBE_MASK + 1] = {
	[SLUICE_A_INFO_MAX_FLOWS] = NLA_POLICY_MIN(NLA_U32, 1),
	[SLUICE_A_INFO_MAX_HALF_OPEN_BYTES] = { .type = NLA_U64, },
	[SLUICE_A_INFO_PROBE_MARK] = { .type = NLA_U32, },
	[SLUICE_A_INFO_PROBE_MASK] = { .type = NLA_U32, },
	[SLUICE_A_INFO_USER_NAMESPACES] = NLA_POLICY_MAX(NLA_U8, 1),
};

const struct nla_policy sluice_pool_change_nl_policy[SLUICE_A_POOL_MIN_UP + 1] = {
	[SLUICE_A_POOL_NAME] = { .type = NLA_NUL_STRING, .len = 63, },
	[SLUICE_A_POOL_SCHEDULER] = { .type = NLA_NUL_STRING, .len = 15, },
	[SLUICE_A_POOL_FORWARD] = { .type = NLA_NUL_STRING, .len = 15, },
	[SLUICE_A_POOL_SEND_PROXY] = NLA_POLICY_MAX(NLA_U32, 5),
	[SLUICE_A_POOL_TLV] = NLA_POLICY_NESTED(sluice_tlv_nl_policy),
	[SLUICE_A_POOL_RETRIES] = NLA_POLICY_MAX(NLA_U32, 16),
	[SLUICE_A_POOL_MAX_FAILS] = NLA_POLICY_MAX(NLA_U32, 100),
	[SLUICE_A_POOL_FAIL_TIMEOUT] = NLA_POLICY_RANGE(NLA_U32, 1, 3600),
	[SLUICE_A_POOL_PERSIST] = { .type = NLA_U32, },
	[SLUICE_A_POOL_SLOW_START] = NLA_POLICY_MAX(NLA_U32, 3600),
	[SLUICE_A_POOL_SORRY] = { .type = NLA_NUL_STRING, .len = 63, },
	[SLUICE_A_POOL_MIN_UP] = NLA_POLICY_MAX(NLA_U32, 16384),
	[SLUICE_A_POOL_ON_DOWN] = NLA_POLICY_MAX(NLA_U32, 1),
	[SLUICE_A_POOL_FORCE] = { .type = NLA_FLAG, },
	[SLUICE_A_POOL_USER_DATA] = NLA_POLICY_MAX_LEN(4096),
	[SLUICE_A_POOL_HASH] = NLA_POLICY_MASK(NLA_U32, 0xf),
	[SLUICE_A_POOL_HASH_KEY] = NLA_POLICY_EXACT_LEN(16),
	[SLUICE_A_POOL_RESET] = { .type = NLA_FLAG, },
};

const struct nla_policy sluice_port_range_nl_policy[SLUICE_A_PORT_RANGE_PORT_END + 1] = {
	[SLUICE_A_PORT_RANGE_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[SLUICE_A_PORT_RANGE_PORT_END] = NLA_POLICY_MIN(NLA_U16, 1),
};

const struct nla_policy sluice_prefix_nl_policy[SLUICE_A_PREFIX_PLEN + 1] = {
	[SLUICE_A_PREFIX_ADDR] = NLA_POLICY_EXACT_LEN(16),
	[SLUICE_A_PREFIX_PLEN] = NLA_POLICY_MAX(NLA_U8, 128),
};

const struct nla_policy sluice_rule_change_nl_policy[SLUICE_A_RULE_POOL + 1] = {
	[SLUICE_A_RULE_SERVICE] = { .type = NLA_NUL_STRING, .len = 63, },
	[SLUICE_A_RULE_KIND] = NLA_POLICY_MAX(NLA_U32, 3),
	[SLUICE_A_RULE_PATTERN] = { .type = NLA_NUL_STRING, .len = 255, },
	[SLUICE_A_RULE_POOL] = { .type = NLA_NUL_STRING, .len = 63, },
};

const struct nla_policy sluice_service_change_nl_policy[SLUICE_A_SERVICE_MAX_MSS + 1] = {
	[SLUICE_A_SERVICE_NAME] = { .type = NLA_NUL_STRING, .len = 63, },
	[SLUICE_A_SERVICE_PROTO] = { .type = NLA_U8, },
	[SLUICE_A_SERVICE_ADDR] = NLA_POLICY_EXACT_LEN(16),
	[SLUICE_A_SERVICE_ANY] = { .type = NLA_FLAG, },
	[SLUICE_A_SERVICE_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[SLUICE_A_SERVICE_PORT_END] = NLA_POLICY_MIN(NLA_U16, 1),
	[SLUICE_A_SERVICE_ACCEPT_PROXY] = NLA_POLICY_MAX(NLA_U32, 4),
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
	[SLUICE_A_SERVICE_FORCE] = { .type = NLA_FLAG, },
	[SLUICE_A_SERVICE_PORTS] = NLA_POLICY_NESTED(sluice_port_range_nl_policy),
	[SLUICE_A_SERVICE_POOL] = { .type = NLA_NUL_STRING, .len = 63, },
	[SLUICE_A_SERVICE_USER_DATA] = NLA_POLICY_MAX_LEN(4096),
	[SLUICE_A_SERVICE_IDLE_TIMEOUT] = { .type = NLA_U32, },
	[SLUICE_A_SERVICE_TUNNEL] = NLA_POLICY_MAX(NLA_U32, 3),
	[SLUICE_A_SERVICE_TUNNEL_PORT] = { .type = NLA_U16, },
	[SLUICE_A_SERVICE_REPLY_ADDR] = NLA_POLICY_EXACT_LEN(16),
	[SLUICE_A_SERVICE_REPLY_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[SLUICE_A_SERVICE_ADOPT] = NLA_POLICY_MAX(NLA_U32, 1),
	[SLUICE_A_SERVICE_MAX_MSS] = { .type = NLA_U16, },
};

const struct nla_policy sluice_tlv_nl_policy[SLUICE_A_TLV_VALUE + 1] = {
	[SLUICE_A_TLV_TYPE] = { .type = NLA_U8, },
	[SLUICE_A_TLV_VALUE] = NLA_POLICY_MAX_LEN(255),
};

/* SLUICE_CMD_GET_SERVICE - do */
const struct nla_policy sluice_get_service_nl_policy[SLUICE_A_SERVICE_NAME + 1] = {
	[SLUICE_A_SERVICE_NAME] = { .type = NLA_NUL_STRING, .len = 63, },
};

/* SLUICE_CMD_NEW_SERVICE - do */
const struct nla_policy sluice_new_service_nl_policy[SLUICE_A_SERVICE_MAX_MSS + 1] = {
	[SLUICE_A_SERVICE_NAME] = { .type = NLA_NUL_STRING, .len = 63, },
	[SLUICE_A_SERVICE_PROTO] = { .type = NLA_U8, },
	[SLUICE_A_SERVICE_ADDR] = NLA_POLICY_EXACT_LEN(16),
	[SLUICE_A_SERVICE_ANY] = { .type = NLA_FLAG, },
	[SLUICE_A_SERVICE_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[SLUICE_A_SERVICE_PORT_END] = NLA_POLICY_MIN(NLA_U16, 1),
	[SLUICE_A_SERVICE_ACCEPT_PROXY] = NLA_POLICY_MAX(NLA_U32, 4),
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
	[SLUICE_A_SERVICE_PORTS] = NLA_POLICY_NESTED(sluice_port_range_nl_policy),
	[SLUICE_A_SERVICE_POOL] = { .type = NLA_NUL_STRING, .len = 63, },
	[SLUICE_A_SERVICE_USER_DATA] = NLA_POLICY_MAX_LEN(4096),
	[SLUICE_A_SERVICE_IDLE_TIMEOUT] = { .type = NLA_U32, },
	[SLUICE_A_SERVICE_TUNNEL] = NLA_POLICY_MAX(NLA_U32, 3),
	[SLUICE_A_SERVICE_TUNNEL_PORT] = { .type = NLA_U16, },
	[SLUICE_A_SERVICE_REPLY_ADDR] = NLA_POLICY_EXACT_LEN(16),
	[SLUICE_A_SERVICE_REPLY_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[SLUICE_A_SERVICE_ADOPT] = NLA_POLICY_MAX(NLA_U32, 1),
	[SLUICE_A_SERVICE_MAX_MSS] = { .type = NLA_U16, },
};

/* SLUICE_CMD_SET_SERVICE - do */
const struct nla_policy sluice_set_service_nl_policy[SLUICE_A_SERVICE_MAX_MSS + 1] = {
	[SLUICE_A_SERVICE_NAME] = { .type = NLA_NUL_STRING, .len = 63, },
	[SLUICE_A_SERVICE_PROTO] = { .type = NLA_U8, },
	[SLUICE_A_SERVICE_ADDR] = NLA_POLICY_EXACT_LEN(16),
	[SLUICE_A_SERVICE_ANY] = { .type = NLA_FLAG, },
	[SLUICE_A_SERVICE_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[SLUICE_A_SERVICE_PORT_END] = NLA_POLICY_MIN(NLA_U16, 1),
	[SLUICE_A_SERVICE_ACCEPT_PROXY] = NLA_POLICY_MAX(NLA_U32, 4),
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
	[SLUICE_A_SERVICE_PORTS] = NLA_POLICY_NESTED(sluice_port_range_nl_policy),
	[SLUICE_A_SERVICE_POOL] = { .type = NLA_NUL_STRING, .len = 63, },
	[SLUICE_A_SERVICE_USER_DATA] = NLA_POLICY_MAX_LEN(4096),
	[SLUICE_A_SERVICE_IDLE_TIMEOUT] = { .type = NLA_U32, },
	[SLUICE_A_SERVICE_TUNNEL] = NLA_POLICY_MAX(NLA_U32, 3),
	[SLUICE_A_SERVICE_TUNNEL_PORT] = { .type = NLA_U16, },
	[SLUICE_A_SERVICE_REPLY_ADDR] = NLA_POLICY_EXACT_LEN(16),
	[SLUICE_A_SERVICE_REPLY_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[SLUICE_A_SERVICE_ADOPT] = NLA_POLICY_MAX(NLA_U32, 1),
	[SLUICE_A_SERVICE_MAX_MSS] = { .type = NLA_U16, },
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
const struct nla_policy sluice_flush_flows_nl_policy[SLUICE_A_FLOW_POOL + 1] = {
	[SLUICE_A_FLOW_SERVICE] = { .type = NLA_NUL_STRING, .len = 63, },
	[SLUICE_A_FLOW_POOL] = { .type = NLA_NUL_STRING, .len = 63, },
	[SLUICE_A_FLOW_BACKEND_ADDR] = NLA_POLICY_EXACT_LEN(16),
	[SLUICE_A_FLOW_BACKEND_PORT] = { .type = NLA_U16, },
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
const struct nla_policy sluice_set_info_nl_policy[SLUICE_A_INFO_PROBE_MASK + 1] = {
	[SLUICE_A_INFO_MAX_FLOWS] = NLA_POLICY_MIN(NLA_U32, 1),
	[SLUICE_A_INFO_MAX_HALF_OPEN_BYTES] = { .type = NLA_U64, },
	[SLUICE_A_INFO_PROBE_MARK] = { .type = NLA_U32, },
	[SLUICE_A_INFO_PROBE_MASK] = { .type = NLA_U32, },
	[SLUICE_A_INFO_DRAINING] = NLA_POLICY_MAX(NLA_U8, 1),
	[SLUICE_A_INFO_EVERYWHERE] = { .type = NLA_FLAG, },
	[SLUICE_A_INFO_USER_NAMESPACES] = NLA_POLICY_MAX(NLA_U8, 1),
};

/* SLUICE_CMD_GET_POOL - do */
const struct nla_policy sluice_get_pool_nl_policy[SLUICE_A_POOL_NAME + 1] = {
	[SLUICE_A_POOL_NAME] = { .type = NLA_NUL_STRING, .len = 63, },
};

/* SLUICE_CMD_NEW_POOL - do */
const struct nla_policy sluice_new_pool_nl_policy[SLUICE_A_POOL_MIN_UP + 1] = {
	[SLUICE_A_POOL_NAME] = { .type = NLA_NUL_STRING, .len = 63, },
	[SLUICE_A_POOL_SCHEDULER] = { .type = NLA_NUL_STRING, .len = 15, },
	[SLUICE_A_POOL_FORWARD] = { .type = NLA_NUL_STRING, .len = 15, },
	[SLUICE_A_POOL_SEND_PROXY] = NLA_POLICY_MAX(NLA_U32, 5),
	[SLUICE_A_POOL_TLV] = NLA_POLICY_NESTED(sluice_tlv_nl_policy),
	[SLUICE_A_POOL_RETRIES] = NLA_POLICY_MAX(NLA_U32, 16),
	[SLUICE_A_POOL_MAX_FAILS] = NLA_POLICY_MAX(NLA_U32, 100),
	[SLUICE_A_POOL_FAIL_TIMEOUT] = NLA_POLICY_RANGE(NLA_U32, 1, 3600),
	[SLUICE_A_POOL_PERSIST] = { .type = NLA_U32, },
	[SLUICE_A_POOL_SLOW_START] = NLA_POLICY_MAX(NLA_U32, 3600),
	[SLUICE_A_POOL_SORRY] = { .type = NLA_NUL_STRING, .len = 63, },
	[SLUICE_A_POOL_MIN_UP] = NLA_POLICY_MAX(NLA_U32, 16384),
	[SLUICE_A_POOL_ON_DOWN] = NLA_POLICY_MAX(NLA_U32, 1),
	[SLUICE_A_POOL_USER_DATA] = NLA_POLICY_MAX_LEN(4096),
	[SLUICE_A_POOL_HASH] = NLA_POLICY_MASK(NLA_U32, 0xf),
	[SLUICE_A_POOL_HASH_KEY] = NLA_POLICY_EXACT_LEN(16),
};

/* SLUICE_CMD_SET_POOL - do */
const struct nla_policy sluice_set_pool_nl_policy[SLUICE_A_POOL_MIN_UP + 1] = {
	[SLUICE_A_POOL_NAME] = { .type = NLA_NUL_STRING, .len = 63, },
	[SLUICE_A_POOL_SCHEDULER] = { .type = NLA_NUL_STRING, .len = 15, },
	[SLUICE_A_POOL_FORWARD] = { .type = NLA_NUL_STRING, .len = 15, },
	[SLUICE_A_POOL_SEND_PROXY] = NLA_POLICY_MAX(NLA_U32, 5),
	[SLUICE_A_POOL_TLV] = NLA_POLICY_NESTED(sluice_tlv_nl_policy),
	[SLUICE_A_POOL_RETRIES] = NLA_POLICY_MAX(NLA_U32, 16),
	[SLUICE_A_POOL_MAX_FAILS] = NLA_POLICY_MAX(NLA_U32, 100),
	[SLUICE_A_POOL_FAIL_TIMEOUT] = NLA_POLICY_RANGE(NLA_U32, 1, 3600),
	[SLUICE_A_POOL_PERSIST] = { .type = NLA_U32, },
	[SLUICE_A_POOL_SLOW_START] = NLA_POLICY_MAX(NLA_U32, 3600),
	[SLUICE_A_POOL_SORRY] = { .type = NLA_NUL_STRING, .len = 63, },
	[SLUICE_A_POOL_MIN_UP] = NLA_POLICY_MAX(NLA_U32, 16384),
	[SLUICE_A_POOL_ON_DOWN] = NLA_POLICY_MAX(NLA_U32, 1),
	[SLUICE_A_POOL_USER_DATA] = NLA_POLICY_MAX_LEN(4096),
	[SLUICE_A_POOL_HASH] = NLA_POLICY_MASK(NLA_U32, 0xf),
	[SLUICE_A_POOL_HASH_KEY] = NLA_POLICY_EXACT_LEN(16),
};

/* SLUICE_CMD_DEL_POOL - do */
const struct nla_policy sluice_del_pool_nl_policy[SLUICE_A_POOL_RESET + 1] = {
	[SLUICE_A_POOL_NAME] = { .type = NLA_NUL_STRING, .len = 63, },
	[SLUICE_A_POOL_FORCE] = { .type = NLA_FLAG, },
	[SLUICE_A_POOL_RESET] = { .type = NLA_FLAG, },
};

/* SLUICE_CMD_GET_BACKEND - do */
const struct nla_policy sluice_get_backend_nl_policy[SLUICE_A_BACKEND_PORT + 1] = {
	[SLUICE_A_BACKEND_POOL] = { .type = NLA_NUL_STRING, .len = 63, },
	[SLUICE_A_BACKEND_ADDR] = NLA_POLICY_EXACT_LEN(16),
	[SLUICE_A_BACKEND_PORT] = { .type = NLA_U16, },
};

/* SLUICE_CMD_NEW_BACKEND - do */
const struct nla_policy sluice_new_backend_nl_policy[SLUICE_A_BACKEND_HEALTH_WEIGHT + 1] = {
	[SLUICE_A_BACKEND_POOL] = { .type = NLA_NUL_STRING, .len = 63, },
	[SLUICE_A_BACKEND_ADDR] = NLA_POLICY_EXACT_LEN(16),
	[SLUICE_A_BACKEND_PORT] = { .type = NLA_U16, },
	[SLUICE_A_BACKEND_WEIGHT] = { .type = NLA_U32, },
	[SLUICE_A_BACKEND_STATE] = NLA_POLICY_MAX(NLA_U32, 2),
	[SLUICE_A_BACKEND_HEALTH] = NLA_POLICY_MAX(NLA_U32, 2),
	[SLUICE_A_BACKEND_MAX_FLOWS] = { .type = NLA_U32, },
	[SLUICE_A_BACKEND_FORWARD] = { .type = NLA_NUL_STRING, .len = 15, },
	[SLUICE_A_BACKEND_TUNNEL_PORT] = { .type = NLA_U16, },
	[SLUICE_A_BACKEND_SEND_PROXY] = NLA_POLICY_MAX(NLA_U32, 6),
	[SLUICE_A_BACKEND_TUNNEL_CSUM] = NLA_POLICY_MAX(NLA_U32, 2),
	[SLUICE_A_BACKEND_FOUND] = NLA_POLICY_MAX(NLA_U8, 1),
	[SLUICE_A_BACKEND_HEALTH_WEIGHT] = NLA_POLICY_MAX(NLA_U32, 100),
};

/* SLUICE_CMD_SET_BACKEND - do */
const struct nla_policy sluice_set_backend_nl_policy[SLUICE_A_BACKEND_HEALTH_WEIGHT + 1] = {
	[SLUICE_A_BACKEND_POOL] = { .type = NLA_NUL_STRING, .len = 63, },
	[SLUICE_A_BACKEND_ADDR] = NLA_POLICY_EXACT_LEN(16),
	[SLUICE_A_BACKEND_PORT] = { .type = NLA_U16, },
	[SLUICE_A_BACKEND_WEIGHT] = { .type = NLA_U32, },
	[SLUICE_A_BACKEND_STATE] = NLA_POLICY_MAX(NLA_U32, 2),
	[SLUICE_A_BACKEND_HEALTH] = NLA_POLICY_MAX(NLA_U32, 2),
	[SLUICE_A_BACKEND_MAX_FLOWS] = { .type = NLA_U32, },
	[SLUICE_A_BACKEND_FORWARD] = { .type = NLA_NUL_STRING, .len = 15, },
	[SLUICE_A_BACKEND_TUNNEL_PORT] = { .type = NLA_U16, },
	[SLUICE_A_BACKEND_SEND_PROXY] = NLA_POLICY_MAX(NLA_U32, 6),
	[SLUICE_A_BACKEND_TUNNEL_CSUM] = NLA_POLICY_MAX(NLA_U32, 2),
	[SLUICE_A_BACKEND_FOUND] = NLA_POLICY_MAX(NLA_U8, 1),
	[SLUICE_A_BACKEND_HEALTH_WEIGHT] = NLA_POLICY_MAX(NLA_U32, 100),
};

/* SLUICE_CMD_DEL_BACKEND - do */
const struct nla_policy sluice_del_backend_nl_policy[SLUICE_A_BACKEND_FORCE + 1] = {
	[SLUICE_A_BACKEND_POOL] = { .type = NLA_NUL_STRING, .len = 63, },
	[SLUICE_A_BACKEND_ADDR] = NLA_POLICY_EXACT_LEN(16),
	[SLUICE_A_BACKEND_PORT] = { .type = NLA_U16, },
	[SLUICE_A_BACKEND_FORCE] = { .type = NLA_FLAG, },
};

/* SLUICE_CMD_GET_RULE - do */
const struct nla_policy sluice_get_rule_nl_policy[SLUICE_A_RULE_SERVICE + 1] = {
	[SLUICE_A_RULE_ID] = { .type = NLA_U32, },
	[SLUICE_A_RULE_SERVICE] = { .type = NLA_NUL_STRING, .len = 63, },
};

/* SLUICE_CMD_NEW_RULE - do */
const struct nla_policy sluice_new_rule_nl_policy[SLUICE_A_RULE_POOL + 1] = {
	[SLUICE_A_RULE_SERVICE] = { .type = NLA_NUL_STRING, .len = 63, },
	[SLUICE_A_RULE_KIND] = NLA_POLICY_MAX(NLA_U32, 3),
	[SLUICE_A_RULE_PATTERN] = { .type = NLA_NUL_STRING, .len = 255, },
	[SLUICE_A_RULE_POOL] = { .type = NLA_NUL_STRING, .len = 63, },
};

/* SLUICE_CMD_DEL_RULE - do */
const struct nla_policy sluice_del_rule_nl_policy[SLUICE_A_RULE_PATTERN + 1] = {
	[SLUICE_A_RULE_SERVICE] = { .type = NLA_NUL_STRING, .len = 63, },
	[SLUICE_A_RULE_KIND] = NLA_POLICY_MAX(NLA_U32, 3),
	[SLUICE_A_RULE_PATTERN] = { .type = NLA_NUL_STRING, .len = 255, },
};

/* SLUICE_CMD_BATCH - do */
const struct nla_policy sluice_batch_nl_policy[SLUICE_A_BATCH_SET_INFO + 1] = {
	[SLUICE_A_BATCH_NEW_SERVICE] = NLA_POLICY_NESTED(sluice_service_change_nl_policy),
	[SLUICE_A_BATCH_SET_SERVICE] = NLA_POLICY_NESTED(sluice_service_change_nl_policy),
	[SLUICE_A_BATCH_DEL_SERVICE] = NLA_POLICY_NESTED(sluice_service_change_nl_policy),
	[SLUICE_A_BATCH_NEW_POOL] = NLA_POLICY_NESTED(sluice_pool_change_nl_policy),
	[SLUICE_A_BATCH_SET_POOL] = NLA_POLICY_NESTED(sluice_pool_change_nl_policy),
	[SLUICE_A_BATCH_DEL_POOL] = NLA_POLICY_NESTED(sluice_pool_change_nl_policy),
	[SLUICE_A_BATCH_NEW_BACKEND] = NLA_POLICY_NESTED(sluice_backend_change_nl_policy),
	[SLUICE_A_BATCH_SET_BACKEND] = NLA_POLICY_NESTED(sluice_backend_change_nl_policy),
	[SLUICE_A_BATCH_DEL_BACKEND] = NLA_POLICY_NESTED(sluice_backend_change_nl_policy),
	[SLUICE_A_BATCH_NEW_RULE] = NLA_POLICY_NESTED(sluice_rule_change_nl_policy),
	[SLUICE_A_BATCH_DEL_RULE] = NLA_POLICY_NESTED(sluice_rule_change_nl_policy),
	[SLUICE_A_BATCH_DRY_RUN] = { .type = NLA_FLAG, },
	[SLUICE_A_BATCH_GENERATION] = { .type = NLA_U32, },
	[SLUICE_A_BATCH_SET_INFO] = NLA_POLICY_NESTED(sluice_info_change_nl_policy),
};

/* SLUICE_CMD_WHOAMI - do */
const struct nla_policy sluice_whoami_nl_policy[SLUICE_A_WHOAMI_LOCAL_ADDR + 1] = {
	[SLUICE_A_WHOAMI_FD] = { .type = NLA_S32, },
	[SLUICE_A_WHOAMI_PEER_ADDR] = NLA_POLICY_EXACT_LEN(16),
	[SLUICE_A_WHOAMI_PEER_PORT] = { .type = NLA_U16, },
	[SLUICE_A_WHOAMI_LOCAL_ADDR] = NLA_POLICY_EXACT_LEN(16),
};

/* Ops table for sluice */
const struct genl_ops sluice_nl_ops[24] = {
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
		.maxattr	= SLUICE_A_SERVICE_MAX_MSS,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SLUICE_CMD_SET_SERVICE,
		.doit		= sluice_nl_set_service_doit,
		.policy		= sluice_set_service_nl_policy,
		.maxattr	= SLUICE_A_SERVICE_MAX_MSS,
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
		.maxattr	= SLUICE_A_FLOW_POOL,
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
		.maxattr	= SLUICE_A_INFO_PROBE_MASK,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SLUICE_CMD_GET_POOL,
		.doit		= sluice_nl_get_pool_doit,
		.dumpit		= sluice_nl_get_pool_dumpit,
		.policy		= sluice_get_pool_nl_policy,
		.maxattr	= SLUICE_A_POOL_NAME,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SLUICE_CMD_NEW_POOL,
		.doit		= sluice_nl_new_pool_doit,
		.policy		= sluice_new_pool_nl_policy,
		.maxattr	= SLUICE_A_POOL_MIN_UP,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SLUICE_CMD_SET_POOL,
		.doit		= sluice_nl_set_pool_doit,
		.policy		= sluice_set_pool_nl_policy,
		.maxattr	= SLUICE_A_POOL_MIN_UP,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SLUICE_CMD_DEL_POOL,
		.doit		= sluice_nl_del_pool_doit,
		.policy		= sluice_del_pool_nl_policy,
		.maxattr	= SLUICE_A_POOL_RESET,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SLUICE_CMD_GET_BACKEND,
		.doit		= sluice_nl_get_backend_doit,
		.dumpit		= sluice_nl_get_backend_dumpit,
		.policy		= sluice_get_backend_nl_policy,
		.maxattr	= SLUICE_A_BACKEND_PORT,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SLUICE_CMD_NEW_BACKEND,
		.doit		= sluice_nl_new_backend_doit,
		.policy		= sluice_new_backend_nl_policy,
		.maxattr	= SLUICE_A_BACKEND_HEALTH_WEIGHT,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SLUICE_CMD_SET_BACKEND,
		.doit		= sluice_nl_set_backend_doit,
		.policy		= sluice_set_backend_nl_policy,
		.maxattr	= SLUICE_A_BACKEND_HEALTH_WEIGHT,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SLUICE_CMD_DEL_BACKEND,
		.doit		= sluice_nl_del_backend_doit,
		.policy		= sluice_del_backend_nl_policy,
		.maxattr	= SLUICE_A_BACKEND_FORCE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SLUICE_CMD_GET_RULE,
		.doit		= sluice_nl_get_rule_doit,
		.dumpit		= sluice_nl_get_rule_dumpit,
		.policy		= sluice_get_rule_nl_policy,
		.maxattr	= SLUICE_A_RULE_SERVICE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SLUICE_CMD_NEW_RULE,
		.doit		= sluice_nl_new_rule_doit,
		.policy		= sluice_new_rule_nl_policy,
		.maxattr	= SLUICE_A_RULE_POOL,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SLUICE_CMD_DEL_RULE,
		.doit		= sluice_nl_del_rule_doit,
		.policy		= sluice_del_rule_nl_policy,
		.maxattr	= SLUICE_A_RULE_PATTERN,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SLUICE_CMD_BATCH,
		.doit		= sluice_nl_batch_doit,
		.policy		= sluice_batch_nl_policy,
		.maxattr	= SLUICE_A_BATCH_SET_INFO,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SLUICE_CMD_WHOAMI,
		.doit		= sluice_nl_whoami_doit,
		.policy		= sluice_whoami_nl_policy,
		.maxattr	= SLUICE_A_WHOAMI_LOCAL_ADDR,
	},
};
