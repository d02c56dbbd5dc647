// SPDX-License-Identifier: GPL-2.0
/* Requests of the specification that are yet to be built. */
#include "nl/nl.h"
#include "nl/policy_gen.h"

static int later(struct netlink_ext_ack *extack)
{
	NL_SET_ERR_MSG(extack, "not available in this version");
	return -EOPNOTSUPP;
}

int sluice_nl_get_pool_doit(struct sk_buff *skb, struct genl_info *info)
{
	return later(info->extack);
}

int sluice_nl_new_pool_doit(struct sk_buff *skb, struct genl_info *info)
{
	return later(info->extack);
}

int sluice_nl_set_pool_doit(struct sk_buff *skb, struct genl_info *info)
{
	return later(info->extack);
}

int sluice_nl_del_pool_doit(struct sk_buff *skb, struct genl_info *info)
{
	return later(info->extack);
}

int sluice_nl_get_backend_doit(struct sk_buff *skb, struct genl_info *info)
{
	return later(info->extack);
}

int sluice_nl_new_backend_doit(struct sk_buff *skb, struct genl_info *info)
{
	return later(info->extack);
}

int sluice_nl_set_backend_doit(struct sk_buff *skb, struct genl_info *info)
{
	return later(info->extack);
}

int sluice_nl_del_backend_doit(struct sk_buff *skb, struct genl_info *info)
{
	return later(info->extack);
}

int sluice_nl_get_rule_doit(struct sk_buff *skb, struct genl_info *info)
{
	return later(info->extack);
}

int sluice_nl_new_rule_doit(struct sk_buff *skb, struct genl_info *info)
{
	return later(info->extack);
}

int sluice_nl_del_rule_doit(struct sk_buff *skb, struct genl_info *info)
{
	return later(info->extack);
}

int sluice_nl_batch_doit(struct sk_buff *skb, struct genl_info *info)
{
	return later(info->extack);
}

int sluice_nl_whoami_doit(struct sk_buff *skb, struct genl_info *info)
{
	return later(info->extack);
}

int sluice_nl_get_pool_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return later(cb->extack);
}

int sluice_nl_get_backend_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb)
{
	return later(cb->extack);
}

int sluice_nl_get_rule_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return later(cb->extack);
}
