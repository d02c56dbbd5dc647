// SPDX-License-Identifier: GPL-2.0
/* What requests that change something share. */
#include <linux/ctype.h>
#include <linux/string.h>
#include <net/addrconf.h>
#include <net/route.h>
#include "nl/nl.h"
#include "obj/config.h"
#include "obj/draft.h"

const struct nlattr *slc_nl_next(const struct slc_nl_req *req,
				 const struct nlattr *attr, int type)
{
	int rem = req->len;

	if (attr) {
		rem -= (const u8 *)attr - (const u8 *)req->first;
		attr = nla_next(attr, &rem);
	} else {
		attr = req->first;
	}
	for (; nla_ok(attr, rem); attr = nla_next(attr, &rem))
		if (nla_type(attr) == type)
			return attr;
	return NULL;
}

unsigned int slc_nl_count(const struct slc_nl_req *req, int type)
{
	const struct nlattr *attr = NULL;
	unsigned int n = 0;

	while ((attr = slc_nl_next(req, attr, type)))
		n++;
	return n;
}

bool slc_nl_missing(const struct slc_nl_req *req, int type)
{
	return NL_REQ_ATTR_CHECK(req->extack, req->nest, req->tb, type);
}

struct slc_nl_req slc_nl_req_of(const struct genl_info *info)
{
	return (struct slc_nl_req){
		.tb	= info->attrs,
		.first	= nlmsg_attrdata(info->nlhdr, GENL_HDRLEN),
		.len	= nlmsg_attrlen(info->nlhdr, GENL_HDRLEN),
		.extack	= info->extack,
	};
}

int slc_nl_change_locked(struct slc_net *sn, const struct slc_nl_req *req,
			 slc_nl_edit *edit)
{
	struct slc_draft draft;
	int err;

	err = slc_draft_begin(&draft, sn);
	if (err)
		return err;
	err = edit(&draft, req);
	if (!err)
		return slc_draft_commit(&draft, req->extack);
	slc_draft_drop(&draft);
	return err;
}

int slc_nl_change(struct genl_info *info, slc_nl_edit *edit)
{
	struct slc_net *sn = info->user_ptr[0];
	const struct slc_nl_req req = slc_nl_req_of(info);
	int err;

	mutex_lock(&sn->cfg_lock);
	err = slc_nl_change_locked(sn, &req, edit);
	mutex_unlock(&sn->cfg_lock);
	return err;
}

/* `stats` takes a name where it takes these. */
static const char *const words[] = { "help", "rate", "reset" };

int slc_nl_check_name(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	unsigned int i;
	const char *c;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		if (nla_strcmp(attr, words[i]))
			continue;
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "is a word of the tool's, after stats");
		return -EINVAL;
	}
	c = nla_data(attr);
	if (!isascii(*c) || !isalnum(*c)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "a name begins with a letter or digit");
		return -EINVAL;
	}
	for (; *c; c++) {
		if (isascii(*c) && (isalnum(*c) || strchr("._-", *c)))
			continue;
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "a name has letters, digits and . _ - only");
		return -EINVAL;
	}
	return 0;
}

bool slc_nl_is_host_addr(const struct slc_addr *addr)
{
	switch (slc_addr_source_class(addr)) {
	case SLC_ADDR_OK:
	case SLC_ADDR_LOOPBACK:
		return true;
	case SLC_ADDR_UNSPECIFIED:
	case SLC_ADDR_MULTICAST:
	case SLC_ADDR_BROADCAST:
	case SLC_ADDR_RESERVED:
	case SLC_ADDR_LINKLOCAL:
	case SLC_ADDR_V4COMPAT:
		return false;
	}
	return false;
}

bool slc_nl_is_here(struct net *net, const struct slc_addr *addr)
{
	if (slc_addr_is_v4(addr))
		return inet_addr_type(net, slc_addr_v4_get(addr)) == RTN_LOCAL;
	return ipv6_chk_addr(net, (const struct in6_addr *)addr, NULL, 0);
}

struct slc_service_entry *slc_nl_service_find(const struct slc_config *config,
					      const struct nlattr *attr,
					      struct netlink_ext_ack *extack)
{
	struct slc_service_entry *e;

	e = slc_config_service(config, nla_data(attr));
	if (!e) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "there is no such service");
		return ERR_PTR(-ENOENT);
	}
	return e;
}
