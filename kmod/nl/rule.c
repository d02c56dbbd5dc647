// SPDX-License-Identifier: GPL-2.0
/*
 * Requests about rules. They are checked in full, and then refused: there is
 * nothing yet that a rule could send a connection to.
 */
#include <linux/ctype.h>
#include <linux/string.h>
#include "compat.h"
#include "nl/nl.h"
#include "nl/policy_gen.h"
#include "obj/config.h"
#include "obj/draft.h"

/* A name of a host, "*." and the end of one, or "*" for any. */
static bool is_host_pattern(const char *p)
{
	unsigned int label = 0;

	if (!strcmp(p, "*"))
		return true;
	if (p[0] == '*' && p[1] == '.')
		p += 2;
	for (; *p; p++) {
		if (*p == '.') {
			if (!label || p[-1] == '-')
				return false;
			label = 0;
			continue;
		}
		if (!isascii(*p) || (!isalnum(*p) && *p != '_' &&
				     (*p != '-' || !label)) || ++label > 63)
			return false;
	}
	return label && p[-1] != '-';
}

/* TYPE=HEX, as the option of a pool */
static bool is_tlv_pattern(const char *pattern)
{
	const char *value = strchr(pattern, '=');
	char type[8] = "";
	unsigned int n;
	u8 number;

	if (!value || value - pattern >= sizeof(type))
		return false;
	memcpy(type, pattern, value - pattern);
	if (!isdigit(type[0]) || kstrtou8(type, 0, &number))
		return false;
	for (n = 0; isxdigit(value[1 + n]); n++)
		;
	return n && n % 2 == 0 && !value[1 + n];
}

static int check_pattern(const struct slc_nl_req *req)
{
	const struct nlattr *attr = req->tb[SLUICE_A_RULE_PATTERN];
	const char *pattern = nla_data(attr);

	switch ((enum sluice_rule_kind)nla_get_u32(req->tb[SLUICE_A_RULE_KIND])) {
	case SLUICE_RULE_KIND_SNI:
	case SLUICE_RULE_KIND_HOST:
		if (is_host_pattern(pattern))
			return 0;
		NL_SET_ERR_MSG_ATTR(req->extack, attr,
				    "is a host's name, *.NAME or *");
		return -EINVAL;
	case SLUICE_RULE_KIND_PREFIX:
		if (*pattern)
			return 0;
		NL_SET_ERR_MSG_ATTR(req->extack, attr,
				    "is empty, and would match all");
		return -EINVAL;
	case SLUICE_RULE_KIND_TLV:
		if (is_tlv_pattern(pattern))
			return 0;
		NL_SET_ERR_MSG_ATTR(req->extack, attr,
				    "is TYPE=HEX, as 0x02=6578616d706c65");
		return -EINVAL;
	}
	return -EINVAL;
}

/* The service, and what the rule looks at */
static int check_key(struct slc_draft *draft, const struct slc_nl_req *req)
{
	const struct slc_service_entry *svc;

	if (slc_nl_missing(req, SLUICE_A_RULE_SERVICE) ||
	    slc_nl_missing(req, SLUICE_A_RULE_KIND) ||
	    slc_nl_missing(req, SLUICE_A_RULE_PATTERN))
		return -EINVAL;
	svc = slc_nl_service_find(draft->config, req->tb[SLUICE_A_RULE_SERVICE],
				  req->extack);
	if (IS_ERR(svc))
		return PTR_ERR(svc);
	return check_pattern(req);
}

int slc_nl_rule_add(struct slc_draft *draft, const struct slc_nl_req *req)
{
	const struct slc_pool_entry *pool;
	int err;

	err = check_key(draft, req);
	if (err)
		return err;
	if (slc_nl_missing(req, SLUICE_A_RULE_POOL))
		return -EINVAL;
	pool = slc_nl_pool_find(draft->config, req->tb[SLUICE_A_RULE_POOL],
				req->extack);
	if (IS_ERR(pool))
		return PTR_ERR(pool);
	NL_SET_ERR_MSG_ATTR(req->extack, req->tb[SLUICE_A_RULE_KIND],
			    "rules are not available in this version");
	return -EOPNOTSUPP;
}

int slc_nl_rule_del(struct slc_draft *draft, const struct slc_nl_req *req)
{
	int err = check_key(draft, req);

	if (err)
		return err;
	NL_SET_ERR_MSG_ATTR(req->extack, req->tb[SLUICE_A_RULE_PATTERN],
			    "the service has no such rule");
	return -ENOENT;
}

int sluice_nl_new_rule_doit(struct sk_buff *skb, struct genl_info *info)
{
	return slc_nl_change(info, slc_nl_rule_add);
}

int sluice_nl_del_rule_doit(struct sk_buff *skb, struct genl_info *info)
{
	return slc_nl_change(info, slc_nl_rule_del);
}

int sluice_nl_get_rule_doit(struct sk_buff *skb, struct genl_info *info)
{
	if (GENL_REQ_ATTR_CHECK(info, SLUICE_A_RULE_ID))
		return -EINVAL;
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[SLUICE_A_RULE_ID],
			    "there is no such rule");
	return -ENOENT;
}

/* None, of whichever service. */
int sluice_nl_get_rule_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct slc_net *sn = slc_nl_dump_net(cb, SLUICE_A_RULE_SERVICE);
	struct nlattr **tb = slc_dump_attrs(cb);
	const struct slc_service_entry *svc;
	int err = 0;

	if (IS_ERR(sn))
		return PTR_ERR(sn);
	mutex_lock(&sn->cfg_lock);
	cb->seq = sn->cfg_gen;
	if (tb && tb[SLUICE_A_RULE_SERVICE]) {
		svc = slc_nl_service_find(slc_config_locked(sn),
					  tb[SLUICE_A_RULE_SERVICE],
					  cb->extack);
		err = PTR_ERR_OR_ZERO(svc);
	}
	mutex_unlock(&sn->cfg_lock);
	return err;
}
