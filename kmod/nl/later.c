// SPDX-License-Identifier: GPL-2.0
/* Requests of the specification that are yet to be built. */
#include "nl/nl.h"
#include "nl/policy_gen.h"

static int later(struct netlink_ext_ack *extack)
{
	NL_SET_ERR_MSG(extack, "not available in this version");
	return -EOPNOTSUPP;
}

int sluice_nl_whoami_doit(struct sk_buff *skb, struct genl_info *info)
{
	return later(info->extack);
}
