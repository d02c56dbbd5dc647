// SPDX-License-Identifier: GPL-2.0
/*
 * Several changes as one. Each is what a request of its own would be, checked by
 * the same policy and made by the same function, to the same draft.
 */
#include <linux/sched.h>
#include "nl/nl.h"
#include "nl/policy_gen.h"
#include "obj/config.h"
#include "obj/draft.h"

/**
 * struct op - a change that a batch may hold
 * @edit: makes it
 * @policy: what it may say
 * @maxattr: highest attribute in @policy
 */
struct op {
	slc_nl_edit *edit;
	const struct nla_policy *policy;
	int maxattr;
};

static const struct op ops[SLUICE_A_BATCH_MAX + 1] = {
	[SLUICE_A_BATCH_NEW_SERVICE] = {
		slc_nl_service_add, sluice_new_service_nl_policy,
		ARRAY_SIZE(sluice_new_service_nl_policy) - 1
	},
	[SLUICE_A_BATCH_SET_SERVICE] = {
		slc_nl_service_set, sluice_set_service_nl_policy,
		ARRAY_SIZE(sluice_set_service_nl_policy) - 1
	},
	[SLUICE_A_BATCH_DEL_SERVICE] = {
		slc_nl_service_del, sluice_del_service_nl_policy,
		ARRAY_SIZE(sluice_del_service_nl_policy) - 1
	},
	[SLUICE_A_BATCH_NEW_POOL] = {
		slc_nl_pool_add, sluice_new_pool_nl_policy,
		ARRAY_SIZE(sluice_new_pool_nl_policy) - 1
	},
	[SLUICE_A_BATCH_SET_POOL] = {
		slc_nl_pool_set, sluice_set_pool_nl_policy,
		ARRAY_SIZE(sluice_set_pool_nl_policy) - 1
	},
	[SLUICE_A_BATCH_DEL_POOL] = {
		slc_nl_pool_del, sluice_del_pool_nl_policy,
		ARRAY_SIZE(sluice_del_pool_nl_policy) - 1
	},
	[SLUICE_A_BATCH_NEW_BACKEND] = {
		slc_nl_backend_add, sluice_new_backend_nl_policy,
		ARRAY_SIZE(sluice_new_backend_nl_policy) - 1
	},
	[SLUICE_A_BATCH_SET_BACKEND] = {
		slc_nl_backend_set, sluice_set_backend_nl_policy,
		ARRAY_SIZE(sluice_set_backend_nl_policy) - 1
	},
	[SLUICE_A_BATCH_DEL_BACKEND] = {
		slc_nl_backend_del, sluice_del_backend_nl_policy,
		ARRAY_SIZE(sluice_del_backend_nl_policy) - 1
	},
	[SLUICE_A_BATCH_NEW_RULE] = {
		slc_nl_rule_add, sluice_new_rule_nl_policy,
		ARRAY_SIZE(sluice_new_rule_nl_policy) - 1
	},
	[SLUICE_A_BATCH_DEL_RULE] = {
		slc_nl_rule_del, sluice_del_rule_nl_policy,
		ARRAY_SIZE(sluice_del_rule_nl_policy) - 1
	},
	[SLUICE_A_BATCH_SET_INFO] = {
		slc_nl_limits_set, sluice_info_change_nl_policy,
		ARRAY_SIZE(sluice_info_change_nl_policy) - 1
	},
};

/* Of all objects backends have most attributes. */
#define ATTRS	(SLUICE_A_BACKEND_MAX + 1)
static_assert(SLUICE_A_SERVICE_MAX < ATTRS);
static_assert(SLUICE_A_POOL_MAX < ATTRS);
static_assert(SLUICE_A_RULE_MAX < ATTRS);
static_assert(SLUICE_A_INFO_MAX < ATTRS);

/* One change. Whatever is wrong with it, the sender can tell which it was: by
 * the place of what is at fault, or of what lacks something.
 */
static int edit_one(struct slc_draft *draft, const struct nlattr *nest,
		    const struct op *op, const struct sk_buff *skb,
		    struct netlink_ext_ack *extack)
{
	struct nlattr *tb[ATTRS];
	const struct slc_nl_req req = {
		.nest	= nest,
		.tb	= tb,
		.first	= nla_data(nest),
		.len	= nla_len(nest),
		.extack	= extack,
		.skb	= skb,
	};
	int err;

	err = nla_parse_nested(tb, op->maxattr, nest, op->policy, extack);
	if (!err)
		err = op->edit(draft, &req);
	if (err && !extack->bad_attr && !extack->miss_nest)
		NL_SET_BAD_ATTR(extack, nest);
	return err;
}

/* How many changes were made, or -errno. */
static int edit_all(struct slc_draft *draft, const struct sk_buff *skb,
		    struct genl_info *info)
{
	const struct nlattr *attr;
	int rem, err, n = 0;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		const struct op *op = &ops[nla_type(attr)];

		if (!op->edit)
			continue;
		err = edit_one(draft, attr, op, skb, info->extack);
		if (err)
			return err;
		n++;
		cond_resched();
	}
	return n;
}

static int check_generation(const struct slc_net *sn, struct genl_info *info)
{
	const struct nlattr *attr = info->attrs[SLUICE_A_BATCH_GENERATION];

	if (!attr || nla_get_u32(attr) == sn->cfg_gen)
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, attr,
			    "the configuration has changed since that generation");
	return -ESTALE;
}

/* How many changes were made, or would have been, or -errno. */
static int batch(struct slc_net *sn, const struct sk_buff *skb,
		 struct genl_info *info)
{
	struct slc_draft draft;
	int err, n;

	err = check_generation(sn, info);
	if (!err)
		err = slc_draft_begin(&draft, sn);
	if (err)
		return err;
	n = edit_all(&draft, skb, info);
	if (n <= 0 || info->attrs[SLUICE_A_BATCH_DRY_RUN]) {
		slc_draft_drop(&draft);
		return n;
	}
	return slc_draft_commit(&draft, info->extack) ?: n;
}

int sluice_nl_batch_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct slc_net *sn = info->user_ptr[0];
	struct sk_buff *reply;
	u32 generation;
	void *hdr;
	int err, n;

	/* Before: what is done must not fail to be told. */
	reply = slc_nl_reply(info, SLUICE_CMD_BATCH, &hdr);
	if (!reply)
		return -ENOMEM;
	mutex_lock(&sn->cfg_lock);
	n = batch(sn, skb, info);
	generation = sn->cfg_gen;
	mutex_unlock(&sn->cfg_lock);
	err = n < 0 ? n :
	      nla_put_u32(reply, SLUICE_A_BATCH_GENERATION, generation) ?:
	      nla_put_u32(reply, SLUICE_A_BATCH_COUNT, n);
	return slc_nl_answer(info, reply, hdr, err);
}
