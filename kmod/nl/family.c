// SPDX-License-Identifier: GPL-2.0
/* The family itself, and what its requests share. */
#include <linux/module.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>
#include "compat.h"
#include "nl/nl.h"
#include "nl/policy_gen.h"

/* The generated operations, with start and done where a dump needs them */
static struct genl_ops slc_ops[ARRAY_SIZE(sluice_nl_ops)] __ro_after_init;

/* Before each request but dumps: may it, and of which namespace is it? */
static int pre_doit(const struct slc_genl_op *op, struct sk_buff *skb,
		    struct genl_info *info)
{
	/* What one's own socket is, anyone may ask. */
	info->user_ptr[0] = op->cmd == SLUICE_CMD_WHOAMI ?
			    slc_pernet(genl_info_net(info)) :
			    slc_nl_net(genl_info_net(info), info->extack);
	return PTR_ERR_OR_ZERO(info->user_ptr[0]);
}

/* Who may ask may listen: slc_nl_listened() is about other user namespaces. */
static const struct genl_multicast_group slc_groups[] = {
	[SLUICE_NLGRP_CONFIG] = {
		.name	= SLUICE_MCGRP_CONFIG,
		.flags	= GENL_MCAST_CAP_NET_ADMIN,
	},
	[SLUICE_NLGRP_HEALTH] = {
		.name	= SLUICE_MCGRP_HEALTH,
		.flags	= GENL_MCAST_CAP_NET_ADMIN,
	},
	[SLUICE_NLGRP_FLOW] = {
		.name	= SLUICE_MCGRP_FLOW,
		.flags	= GENL_MCAST_CAP_NET_ADMIN,
	},
};

static struct genl_family slc_family __ro_after_init = {
	.name		= SLUICE_FAMILY_NAME,
	.version	= SLUICE_FAMILY_VERSION,
	.netnsok	= true,
	.parallel_ops	= true,
	.pre_doit	= pre_doit,
	.module		= THIS_MODULE,
	.ops		= slc_ops,
	.n_ops		= ARRAY_SIZE(slc_ops),
	.mcgrps		= slc_groups,
	.n_mcgrps	= ARRAY_SIZE(slc_groups),
};

/* The numbers of our groups may be somebody else's soon. */
static bool leaving;

static bool is_allowed(const struct net *net)
{
	return net->user_ns == &init_user_ns || slc_net_users_allowed();
}

struct slc_net *slc_nl_net(const struct net *net,
			   struct netlink_ext_ack *extack)
{
	if (!is_allowed(net)) {
		NL_SET_ERR_MSG(extack,
			       "network namespaces of other user namespaces may not use sluice");
		return ERR_PTR(-EPERM);
	}
	return slc_pernet(net);
}

void *slc_nl_put(struct sk_buff *skb, u32 portid, u32 seq, int flags, u8 cmd)
{
	return genlmsg_put(skb, portid, seq, &slc_family, flags, cmd);
}

struct sk_buff *slc_nl_reply(struct genl_info *info, u8 cmd, void **hdr)
{
	struct sk_buff *skb = genlmsg_new(SLC_NL_MSG_SIZE, GFP_KERNEL);

	if (!skb)
		return NULL;
	/* An empty buffer of this size has room for a header. */
	*hdr = slc_nl_put(skb, info->snd_portid, info->snd_seq, 0, cmd);
	return skb;
}

/* The kernel keeps one bit for a group, not one for each namespace: who listens
 * in another one makes us build what nobody here gets. It lets the owner of
 * another user namespace join, and stay when that is no longer allowed.
 */
bool slc_nl_listened(struct net *net, unsigned int group)
{
	return !READ_ONCE(leaving) && is_allowed(net) &&
	       genl_has_listeners(&slc_family, net, group);
}

int slc_nl_multicast(struct net *net, struct sk_buff *skb, unsigned int group,
		     gfp_t gfp)
{
	int err = genlmsg_multicast_netns(&slc_family, net, skb, 0, group, gfp);

	/* Nobody did, after all, or none has asked to be counted. */
	return err == -ESRCH ? 0 : err;
}

void slc_nl_lost(struct net *net, unsigned int group)
{
	genl_set_err(&slc_family, net, 0, group, -ENOBUFS);
}

int slc_nl_put_addr(struct sk_buff *skb, int attr, const struct slc_addr *addr)
{
	return nla_put(skb, attr, sizeof(addr->b), addr->b);
}

int slc_nl_put_endpoint(struct sk_buff *skb, int addr_attr, int port_attr,
			const struct slc_addr *addr, __be16 port)
{
	return slc_nl_put_addr(skb, addr_attr, addr) ?:
	       nla_put_u16(skb, port_attr, ntohs(port));
}

struct slc_addr slc_nl_get_addr(const struct nlattr *attr)
{
	return slc_addr_from_bytes(nla_data(attr));
}

int slc_nl_dump_start(struct netlink_callback *cb)
{
	cb->min_dump_alloc = SLC_NL_MSG_SIZE;
	return 0;
}

int __init slc_nl_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(slc_ops); i++) {
		slc_ops[i] = sluice_nl_ops[i];
		if (slc_ops[i].cmd == SLUICE_CMD_GET_FLOW) {
			slc_ops[i].start = slc_nl_flow_dump_start;
			slc_ops[i].done = slc_nl_flow_dump_done;
		} else if (slc_ops[i].dumpit) {
			slc_ops[i].start = slc_nl_dump_start;
		}
	}
	return genl_register_family(&slc_family);
}

void slc_nl_exit(void)
{
	/* Flows end until their namespaces have forgotten them. */
	WRITE_ONCE(leaving, true);
	synchronize_rcu();
	genl_unregister_family(&slc_family);
}
