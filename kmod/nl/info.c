// SPDX-License-Identifier: GPL-2.0
/* Requests about the module: version, limits, draining. */
#include <linux/capability.h>
#include <linux/module.h>
#include <net/net_namespace.h>
#include "nl/nl.h"
#include "nl/policy_gen.h"
#include "obj/config.h"
#include "obj/draft.h"
#include "obj/flow.h"

/* Less would make cookies of nearly every connection. */
#define MIN_HALF_OPEN_BYTES	(64 * 1024)
/* LONG_MAX in words */
#if BITS_PER_LONG == 64
#define HALF_OPEN_BYTES_TOP	"9223372036854775807"
#else
#define HALF_OPEN_BYTES_TOP	"2147483647"
#endif

/* What concerns other namespaces is for who could unload the module. */
static int check_everywhere(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *attr = info->attrs[SLUICE_A_INFO_EVERYWHERE];

	if (!attr || netlink_capable(skb, CAP_SYS_MODULE))
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, attr,
			    "other namespaces need CAP_SYS_MODULE");
	return -EPERM;
}

/* Who a namespace's memory belongs to may make its limits lower, but not higher
 * than they are to begin with.
 */
static int check_limit(const struct slc_nl_req *req, int attr, u64 value,
		       u64 most)
{
	if (value <= most || netlink_capable(req->skb, CAP_NET_ADMIN))
		return 0;
	NL_SET_ERR_MSG_ATTR(req->extack, req->tb[attr],
			    "over the default, which needs CAP_NET_ADMIN in the first user namespace");
	return -EPERM;
}

/* Who may use this at all is for the first user namespace to say. */
static int set_users(struct slc_limits *limits, const struct slc_nl_req *req)
{
	const struct nlattr *attr = req->tb[SLUICE_A_INFO_USER_NAMESPACES];

	if (!attr)
		return 0;
	if (!netlink_capable(req->skb, CAP_NET_ADMIN)) {
		NL_SET_ERR_MSG_ATTR(req->extack, attr,
				    "needs CAP_NET_ADMIN in the first user namespace");
		return -EPERM;
	}
	limits->users = nla_get_u8(attr) ? SLC_USERS_ALLOW : SLC_USERS_REFUSE;
	return 0;
}

static int set_flow_max(struct slc_limits *limits,
			const struct slc_nl_req *req)
{
	const struct nlattr *attr = req->tb[SLUICE_A_INFO_MAX_FLOWS];

	if (!attr)
		return 0;
	limits->flow_max = nla_get_u32(attr);
	if (limits->flow_max > INT_MAX) {
		NL_SET_ERR_MSG_ATTR(req->extack, attr,
				    "no more than 2147483647 connections");
		return -ERANGE;
	}
	return check_limit(req, SLUICE_A_INFO_MAX_FLOWS, limits->flow_max,
			   SLC_FLOW_MAX);
}

static int set_early_max(struct slc_limits *limits,
			 const struct slc_nl_req *req)
{
	const struct nlattr *attr = req->tb[SLUICE_A_INFO_MAX_HALF_OPEN_BYTES];
	u64 bytes;

	if (!attr)
		return 0;
	bytes = nla_get_u64(attr);
	if (bytes < MIN_HALF_OPEN_BYTES || bytes > LONG_MAX) {
		NL_SET_ERR_MSG_ATTR(req->extack, attr,
				    "from 65536 to " HALF_OPEN_BYTES_TOP " bytes");
		return -ERANGE;
	}
	limits->early_max = bytes;
	return check_limit(req, SLUICE_A_INFO_MAX_HALF_OPEN_BYTES, bytes,
			   SLC_EARLY_BYTES_MAX);
}

/* Some bits have to be left to say which backend. */
static int set_probe_mark(struct slc_limits *limits,
			  const struct slc_nl_req *req)
{
	const struct nlattr *mark = req->tb[SLUICE_A_INFO_PROBE_MARK];
	const struct nlattr *mask = req->tb[SLUICE_A_INFO_PROBE_MASK];

	if (!mark && !mask)
		return 0;
	if (!mark || !mask) {
		NL_SET_ERR_MSG_ATTR(req->extack, mark ?: mask,
				    "probe-mark is a mark and a mask");
		return -EINVAL;
	}
	limits->probe_mark = nla_get_u32(mark);
	limits->probe_mask = nla_get_u32(mask);
	if (limits->probe_mark & ~limits->probe_mask) {
		NL_SET_ERR_MSG_ATTR(req->extack, mark,
				    "mark has bits that its mask has not");
		return -EINVAL;
	}
	/* No packet of others must be taken for one. */
	if (limits->probe_mask && (!limits->probe_mark ||
				   limits->probe_mask == U32_MAX)) {
		NL_SET_ERR_MSG_ATTR(req->extack, mark,
				    "needs a bit in the mark, and one that is not in the mask");
		return -EINVAL;
	}
	return 0;
}

int slc_nl_limits_set(struct slc_draft *draft, const struct slc_nl_req *req)
{
	struct slc_limits *limits = &draft->limits;

	return set_users(limits, req) ?: set_flow_max(limits, req) ?:
	       set_early_max(limits, req) ?: set_probe_mark(limits, req);
}

int slc_nl_info_fill(struct sk_buff *skb, const struct slc_net *sn)
{
	const struct slc_config *config = slc_config_locked(sn);

	if (nla_put_string(skb, SLUICE_A_INFO_VERSION,
			   THIS_MODULE->version ?: "unknown") ||
	    nla_put_u32(skb, SLUICE_A_INFO_SERVICES, config->n_services) ||
	    nla_put_u32(skb, SLUICE_A_INFO_FLOWS, atomic_read(&sn->n_flows)) ||
	    nla_put_u32(skb, SLUICE_A_INFO_HALF_OPEN,
			atomic_read(&sn->n_early)) ||
	    nla_put_u64_64bit(skb, SLUICE_A_INFO_HALF_OPEN_BYTES,
			      atomic_long_read(&sn->early_bytes),
			      SLUICE_A_INFO_PAD) ||
	    nla_put_u32(skb, SLUICE_A_INFO_MAX_FLOWS, sn->flow_max) ||
	    nla_put_u64_64bit(skb, SLUICE_A_INFO_MAX_HALF_OPEN_BYTES,
			      sn->early_max, SLUICE_A_INFO_PAD) ||
	    (sn->probe_mask &&
	     (nla_put_u32(skb, SLUICE_A_INFO_PROBE_MARK, sn->probe_mark) ||
	      nla_put_u32(skb, SLUICE_A_INFO_PROBE_MASK, sn->probe_mask))) ||
	    nla_put_u8(skb, SLUICE_A_INFO_DRAINING,
		       slc_net_draining(sn)) ||
	    nla_put_u32(skb, SLUICE_A_INFO_GENERATION, sn->cfg_gen) ||
	    nla_put_u32(skb, SLUICE_A_INFO_POOLS, config->n_pools) ||
	    nla_put_u32(skb, SLUICE_A_INFO_BACKENDS, config->n_backends) ||
	    nla_put_u8(skb, SLUICE_A_INFO_USER_NAMESPACES,
		       slc_net_users_allowed()))
		return -EMSGSIZE;
	return 0;
}

static int show(struct sk_buff *skb, struct slc_net *sn, struct genl_info *info)
{
	int err = slc_nl_info_fill(skb, sn);

	if (!err && info->attrs[SLUICE_A_INFO_EVERYWHERE])
		err = nla_put_u32(skb, SLUICE_A_INFO_FLOWS_EVERYWHERE,
				  slc_flow_total()) ?:
		      nla_put_u32(skb, SLUICE_A_INFO_HALF_OPEN_EVERYWHERE,
				  slc_net_early_total());
	return err;
}

int sluice_nl_get_info_doit(struct sk_buff *skb, struct genl_info *info)
{
	return check_everywhere(skb, info) ?:
	       slc_nl_get(info, SLUICE_CMD_GET_INFO, show);
}

int sluice_nl_set_info_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct slc_nl_req req = slc_nl_req_of(info);
	struct slc_net *sn = info->user_ptr[0];
	struct nlattr **tb = info->attrs;
	int err;

	req.skb = skb;
	err = check_everywhere(skb, info);
	if (err)
		return err;
	if (tb[SLUICE_A_INFO_EVERYWHERE] &&
	    GENL_REQ_ATTR_CHECK(info, SLUICE_A_INFO_DRAINING))
		return -EINVAL;

	mutex_lock(&sn->cfg_lock);
	if (tb[SLUICE_A_INFO_MAX_FLOWS] ||
	    tb[SLUICE_A_INFO_MAX_HALF_OPEN_BYTES] ||
	    tb[SLUICE_A_INFO_PROBE_MARK] || tb[SLUICE_A_INFO_PROBE_MASK] ||
	    tb[SLUICE_A_INFO_USER_NAMESPACES])
		err = slc_nl_change_locked(sn, &req, slc_nl_limits_set);
	if (err)
		goto out;
	if (tb[SLUICE_A_INFO_EVERYWHERE])
		slc_net_drain_all(nla_get_u8(tb[SLUICE_A_INFO_DRAINING]));
	else if (tb[SLUICE_A_INFO_DRAINING])
		WRITE_ONCE(sn->draining,
			   nla_get_u8(tb[SLUICE_A_INFO_DRAINING]));
out:
	mutex_unlock(&sn->cfg_lock);
	return err;
}
