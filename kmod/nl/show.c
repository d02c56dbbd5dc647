// SPDX-License-Identifier: GPL-2.0
/* What requests that show something share. */
#include <net/sock.h>
#include "compat.h"
#include "nl/nl.h"
#include "obj/config.h"

int slc_nl_answer(struct genl_info *info, struct sk_buff *reply, void *hdr,
		  int err)
{
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);
}

int slc_nl_get(struct genl_info *info, u8 cmd, slc_nl_show *show)
{
	struct slc_net *sn = info->user_ptr[0];
	struct sk_buff *reply;
	void *hdr;
	int err;

	reply = slc_nl_reply(info, cmd, &hdr);
	if (!reply)
		return -ENOMEM;
	mutex_lock(&sn->cfg_lock);
	err = show(reply, sn, info);
	mutex_unlock(&sn->cfg_lock);
	return slc_nl_answer(info, reply, hdr, err);
}

struct slc_net *slc_nl_dump_net(struct netlink_callback *cb, int filter)
{
	struct slc_net *sn = slc_nl_net(sock_net(cb->skb->sk), cb->extack);
	struct nlattr **tb = slc_dump_attrs(cb);
	int i;

	if (IS_ERR(sn) || !tb)
		return sn;
	for (i = 1; i <= genl_dumpit_info(cb)->op.maxattr; i++) {
		if (!tb[i] || i == filter)
			continue;
		/* On 6.1 this text is all that comes back. */
		NL_SET_ERR_MSG_ATTR(cb->extack, tb[i],
				    "is of one object, a listing does not take it");
		return ERR_PTR(-EINVAL);
	}
	return sn;
}

void *slc_nl_dump_put(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd)
{
	return slc_nl_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			  NLM_F_MULTI, cmd);
}

int slc_nl_dump(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd,
		slc_nl_show_next *show_next)
{
	struct slc_net *sn = slc_nl_dump_net(cb, 0);
	/* id of the last object shown */
	u32 id = cb->args[0];
	void *hdr;

	if (IS_ERR(sn))
		return PTR_ERR(sn);
	mutex_lock(&sn->cfg_lock);
	cb->seq = sn->cfg_gen;
	while ((hdr = slc_nl_dump_put(skb, cb, cmd))) {
		if (show_next(skb, slc_config_locked(sn), &id)) {
			genlmsg_cancel(skb, hdr);
			break;
		}
		genl_dump_check_consistent(cb, hdr);
		genlmsg_end(skb, hdr);
		cb->args[0] = id;
	}
	mutex_unlock(&sn->cfg_lock);
	return skb->len;
}
