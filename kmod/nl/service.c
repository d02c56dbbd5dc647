// SPDX-License-Identifier: GPL-2.0
/* Requests about services. */
#include <linux/slab.h>
#include <linux/stringify.h>
#include <net/sock.h>
#include "mode/mode.h"
#include "nl/nl.h"
#include "nl/policy_gen.h"
#include "obj/config.h"
#include "obj/draft.h"
#include "obj/pool.h"
#include "obj/service.h"

/* What there may be several of */
static int put_lists(struct sk_buff *skb, const struct slc_service_cfg *cfg)
{
	struct nlattr *nest;
	unsigned int i;

	for (i = 0; i < cfg->n_trust; i++) {
		nest = nla_nest_start(skb, SLUICE_A_SERVICE_TRUST);
		if (!nest ||
		    slc_nl_put_addr(skb, SLUICE_A_PREFIX_ADDR,
				    &cfg->trust[i].addr) ||
		    nla_put_u8(skb, SLUICE_A_PREFIX_PLEN, cfg->trust[i].plen))
			return -EMSGSIZE;
		nla_nest_end(skb, nest);
	}
	for (i = 0; i < cfg->n_ports; i++) {
		nest = nla_nest_start(skb, SLUICE_A_SERVICE_PORTS);
		if (!nest ||
		    nla_put_u16(skb, SLUICE_A_PORT_RANGE_PORT,
				cfg->ports[i].lo) ||
		    nla_put_u16(skb, SLUICE_A_PORT_RANGE_PORT_END,
				cfg->ports[i].hi))
			return -EMSGSIZE;
		nla_nest_end(skb, nest);
	}
	return 0;
}

int slc_nl_service_fill(struct sk_buff *skb,
			const struct slc_service_entry *entry)
{
	const struct slc_service_cfg *cfg = &entry->rules->cfg;
	const struct slc_service *svc = entry->service;

	if (nla_put_string(skb, SLUICE_A_SERVICE_NAME, svc->name) ||
	    nla_put_u32(skb, SLUICE_A_SERVICE_ID, svc->id) ||
	    nla_put_u8(skb, SLUICE_A_SERVICE_PROTO, cfg->proto) ||
	    (cfg->any_addr ?
	     nla_put_flag(skb, SLUICE_A_SERVICE_ANY) :
	     slc_nl_put_addr(skb, SLUICE_A_SERVICE_ADDR, &cfg->addr)) ||
	    nla_put_u16(skb, SLUICE_A_SERVICE_PORT, cfg->port_lo) ||
	    nla_put_u16(skb, SLUICE_A_SERVICE_PORT_END, cfg->port_hi) ||
	    nla_put_u32(skb, SLUICE_A_SERVICE_ACCEPT_PROXY,
			cfg->accept_proxy) ||
	    nla_put_u32(skb, SLUICE_A_SERVICE_UNTRUSTED, cfg->untrusted) ||
	    nla_put_u32(skb, SLUICE_A_SERVICE_HEADER_TIMEOUT,
			cfg->header_timeout_ms) ||
	    nla_put_u32(skb, SLUICE_A_SERVICE_HEADER_MAX, cfg->header_max) ||
	    nla_put_u32(skb, SLUICE_A_SERVICE_IDLE_TIMEOUT,
			cfg->idle_timeout_s) ||
	    (cfg->proto == IPPROTO_TCP &&
	     cfg->accept_proxy == SLUICE_ACCEPT_PROXY_NONE &&
	     nla_put_u16(skb, SLUICE_A_SERVICE_MAX_MSS, cfg->max_mss)) ||
	    (cfg->pool ?
	     nla_put_string(skb, SLUICE_A_SERVICE_POOL, cfg->pool->name) :
	     nla_put_string(skb, SLUICE_A_SERVICE_FORWARD, "local")) ||
	    nla_put_u32(skb, SLUICE_A_SERVICE_BIND, slc_service_bind(cfg)) ||
	    nla_put_u32(skb, SLUICE_A_SERVICE_FLOWS,
			atomic_read(&svc->n_flows)))
		return -EMSGSIZE;
	if (cfg->mark_mask &&
	    (nla_put_u32(skb, SLUICE_A_SERVICE_MARK, cfg->mark) ||
	     nla_put_u32(skb, SLUICE_A_SERVICE_MARK_MASK, cfg->mark_mask)))
		return -EMSGSIZE;
	if (cfg->has_to &&
	    (slc_nl_put_addr(skb, SLUICE_A_SERVICE_TO_ADDR, &cfg->to_addr) ||
	     (cfg->to_port &&
	      nla_put_u16(skb, SLUICE_A_SERVICE_TO_PORT, cfg->to_port))))
		return -EMSGSIZE;
	if (cfg->has_reply &&
	    (slc_nl_put_addr(skb, SLUICE_A_SERVICE_REPLY_ADDR,
			     &cfg->reply_addr) ||
	     (cfg->reply_port &&
	      nla_put_u16(skb, SLUICE_A_SERVICE_REPLY_PORT, cfg->reply_port))))
		return -EMSGSIZE;
	if (cfg->adopt &&
	    nla_put_u32(skb, SLUICE_A_SERVICE_ADOPT, cfg->adopt))
		return -EMSGSIZE;
	if (cfg->tunnel &&
	    (nla_put_u32(skb, SLUICE_A_SERVICE_TUNNEL, cfg->tunnel) ||
	     nla_put_u16(skb, SLUICE_A_SERVICE_TUNNEL_PORT, cfg->tunnel_port)))
		return -EMSGSIZE;
	if (cfg->user_len && nla_put(skb, SLUICE_A_SERVICE_USER_DATA,
				     cfg->user_len, cfg->user_data))
		return -EMSGSIZE;
	return put_lists(skb, cfg);
}

/* Whether no bit after the prefix is set: a mistyped length shows here. */
static bool prefix_is_exact(const struct slc_prefix *p)
{
	unsigned int i;

	for (i = p->plen; i < 8 * sizeof(p->addr.b); i++)
		if (p->addr.b[i / 8] & (0x80 >> (i % 8)))
			return false;
	return true;
}

/* All of the request's trust attributes, as an array of @cfg->n_trust */
static struct slc_prefix *parse_trust(const struct slc_nl_req *req,
				      struct slc_service_cfg *cfg)
{
	unsigned int n = slc_nl_count(req, SLUICE_A_SERVICE_TRUST);
	struct nlattr *tb[SLUICE_A_PREFIX_PLEN + 1];
	struct slc_prefix *trust, *p;
	const struct nlattr *attr = NULL;
	int err;

	/* A single one that is empty: none */
	if (n == 1 && !nla_len(req->tb[SLUICE_A_SERVICE_TRUST])) {
		cfg->trust = NULL;
		cfg->n_trust = 0;
		return NULL;
	}
	if (n > SLC_TRUST_MAX) {
		NL_SET_ERR_MSG_ATTR(req->extack, req->tb[SLUICE_A_SERVICE_TRUST],
				    "no more than " __stringify(SLC_TRUST_MAX)
				    " prefixes fit");
		return ERR_PTR(-E2BIG);
	}
	trust = kcalloc(n, sizeof(*trust), GFP_KERNEL);
	if (!trust)
		return ERR_PTR(-ENOMEM);

	p = trust;
	while ((attr = slc_nl_next(req, attr, SLUICE_A_SERVICE_TRUST))) {
		err = nla_parse_nested(tb, SLUICE_A_PREFIX_PLEN, attr,
				       sluice_prefix_nl_policy, req->extack);
		if (err)
			goto err_free;
		err = -EINVAL;
		if (NL_REQ_ATTR_CHECK(req->extack, attr, tb,
				      SLUICE_A_PREFIX_ADDR) ||
		    NL_REQ_ATTR_CHECK(req->extack, attr, tb,
				      SLUICE_A_PREFIX_PLEN))
			goto err_free;
		p->addr = slc_nl_get_addr(tb[SLUICE_A_PREFIX_ADDR]);
		p->plen = nla_get_u8(tb[SLUICE_A_PREFIX_PLEN]);
		if (!prefix_is_exact(p)) {
			NL_SET_ERR_MSG_ATTR(req->extack, attr,
					    "address has bits set after the prefix");
			goto err_free;
		}
		p++;
	}
	cfg->trust = trust;
	cfg->n_trust = n;
	return trust;

err_free:
	kfree(trust);
	return ERR_PTR(err);
}

static const struct slc_service_cfg defaults = {
	.accept_proxy		= SLUICE_ACCEPT_PROXY_NONE,
	.untrusted		= SLUICE_UNTRUSTED_DROP,
	.header_timeout_ms	= SLC_HEADER_TIMEOUT_MS,
	.header_max		= SLC_HEADER_MAX,
};

/* Where it is. Its ports are given all together, the first of them with the rest. */
static void parse_place(struct nlattr **tb, struct slc_service_cfg *cfg)
{
	if (tb[SLUICE_A_SERVICE_PROTO])
		cfg->proto = nla_get_u8(tb[SLUICE_A_SERVICE_PROTO]);
	if (tb[SLUICE_A_SERVICE_ANY])
		cfg->any_addr = true;
	if (tb[SLUICE_A_SERVICE_ADDR]) {
		cfg->addr = slc_nl_get_addr(tb[SLUICE_A_SERVICE_ADDR]);
		cfg->any_addr = false;
	}
	if (tb[SLUICE_A_SERVICE_PORT]) {
		cfg->port_lo = nla_get_u16(tb[SLUICE_A_SERVICE_PORT]);
		cfg->port_hi = cfg->port_lo;
		cfg->n_ports = 0;
	}
	if (tb[SLUICE_A_SERVICE_PORT_END])
		cfg->port_hi = nla_get_u16(tb[SLUICE_A_SERVICE_PORT_END]);
}

/* The rules, prefixes aside; what is not in the request stays as it is. */
static void parse_rules(struct nlattr **tb, struct slc_service_cfg *cfg)
{
	if (tb[SLUICE_A_SERVICE_ACCEPT_PROXY])
		cfg->accept_proxy =
			nla_get_u32(tb[SLUICE_A_SERVICE_ACCEPT_PROXY]);
	if (tb[SLUICE_A_SERVICE_UNTRUSTED])
		cfg->untrusted = nla_get_u32(tb[SLUICE_A_SERVICE_UNTRUSTED]);
	if (tb[SLUICE_A_SERVICE_HEADER_TIMEOUT])
		cfg->header_timeout_ms =
			nla_get_u32(tb[SLUICE_A_SERVICE_HEADER_TIMEOUT]);
	if (tb[SLUICE_A_SERVICE_HEADER_MAX])
		cfg->header_max = nla_get_u32(tb[SLUICE_A_SERVICE_HEADER_MAX]);
	if (tb[SLUICE_A_SERVICE_IDLE_TIMEOUT])
		cfg->idle_timeout_s =
			nla_get_u32(tb[SLUICE_A_SERVICE_IDLE_TIMEOUT]);
	if (tb[SLUICE_A_SERVICE_MAX_MSS])
		cfg->max_mss = nla_get_u16(tb[SLUICE_A_SERVICE_MAX_MSS]);
	if (tb[SLUICE_A_SERVICE_MARK]) {
		cfg->mark = nla_get_u32(tb[SLUICE_A_SERVICE_MARK]);
		cfg->mark_mask = U32_MAX;
	}
	if (tb[SLUICE_A_SERVICE_MARK_MASK])
		cfg->mark_mask = nla_get_u32(tb[SLUICE_A_SERVICE_MARK_MASK]);
	/* No bit counts: the mark is taken back, unless one is given with it. */
	if (!cfg->mark_mask && !tb[SLUICE_A_SERVICE_MARK])
		cfg->mark = 0;
	if (tb[SLUICE_A_SERVICE_TO_ADDR]) {
		cfg->to_addr = slc_nl_get_addr(tb[SLUICE_A_SERVICE_TO_ADDR]);
		cfg->has_to = cfg->to_addr.d[0] || cfg->to_addr.d[1];
		cfg->to_port = 0;
	}
	if (tb[SLUICE_A_SERVICE_TO_PORT])
		cfg->to_port = nla_get_u16(tb[SLUICE_A_SERVICE_TO_PORT]);
	if (tb[SLUICE_A_SERVICE_REPLY_ADDR]) {
		cfg->reply_addr = slc_nl_get_addr(tb[SLUICE_A_SERVICE_REPLY_ADDR]);
		cfg->has_reply = cfg->reply_addr.d[0] || cfg->reply_addr.d[1];
		cfg->reply_port = 0;
	}
	if (tb[SLUICE_A_SERVICE_REPLY_PORT])
		cfg->reply_port = nla_get_u16(tb[SLUICE_A_SERVICE_REPLY_PORT]);
	if (tb[SLUICE_A_SERVICE_ADOPT])
		cfg->adopt = nla_get_u32(tb[SLUICE_A_SERVICE_ADOPT]);
	if (tb[SLUICE_A_SERVICE_TUNNEL])
		cfg->tunnel = nla_get_u32(tb[SLUICE_A_SERVICE_TUNNEL]);
	if (tb[SLUICE_A_SERVICE_TUNNEL_PORT])
		cfg->tunnel_port = nla_get_u16(tb[SLUICE_A_SERVICE_TUNNEL_PORT]);
}

/* All of the request's further ports, as an array of @cfg->n_ports */
static struct slc_port_range *parse_ports(const struct slc_nl_req *req,
					  struct slc_service_cfg *cfg)
{
	unsigned int n = slc_nl_count(req, SLUICE_A_SERVICE_PORTS);
	struct nlattr *tb[SLUICE_A_PORT_RANGE_PORT_END + 1];
	struct slc_port_range *ports, *p;
	const struct nlattr *attr = NULL;
	int err;

	if (n > SLC_PORTS_MAX) {
		NL_SET_ERR_MSG_ATTR(req->extack, req->tb[SLUICE_A_SERVICE_PORTS],
				    "no more than " __stringify(SLC_PORTS_MAX)
				    " further ports or ranges fit");
		return ERR_PTR(-E2BIG);
	}
	ports = kcalloc(n, sizeof(*ports), GFP_KERNEL);
	if (!ports)
		return ERR_PTR(-ENOMEM);

	p = ports;
	while ((attr = slc_nl_next(req, attr, SLUICE_A_SERVICE_PORTS))) {
		err = nla_parse_nested(tb, SLUICE_A_PORT_RANGE_PORT_END, attr,
				       sluice_port_range_nl_policy,
				       req->extack);
		if (err)
			goto err_free;
		err = -EINVAL;
		if (NL_REQ_ATTR_CHECK(req->extack, attr, tb,
				      SLUICE_A_PORT_RANGE_PORT))
			goto err_free;
		p->lo = nla_get_u16(tb[SLUICE_A_PORT_RANGE_PORT]);
		p->hi = tb[SLUICE_A_PORT_RANGE_PORT_END] ?
			nla_get_u16(tb[SLUICE_A_PORT_RANGE_PORT_END]) : p->lo;
		if (p->hi < p->lo) {
			NL_SET_ERR_MSG_ATTR(req->extack, attr,
					    "last port is below the first");
			goto err_free;
		}
		p++;
	}
	cfg->ports = ports;
	cfg->n_ports = n;
	return ports;

err_free:
	kfree(ports);
	return ERR_PTR(err);
}

/* The arrays of a request, to be freed; NULL for those that stay */
struct parsed {
	struct slc_prefix *trust;
	struct slc_port_range *ports;
};

static void parsed_free(const struct parsed *p)
{
	kfree(p->trust);
	kfree(p->ports);
}

/* Where connections go: a pool, or this host. */
static int parse_pool(const struct slc_config *config,
		      const struct slc_nl_req *req, struct slc_service_cfg *cfg)
{
	const struct nlattr *forward = req->tb[SLUICE_A_SERVICE_FORWARD];
	const struct nlattr *attr = req->tb[SLUICE_A_SERVICE_POOL];
	const struct slc_pool_entry *pool;

	if (attr) {
		pool = slc_nl_pool_find(config, attr, req->extack);
		if (IS_ERR(pool))
			return PTR_ERR(pool);
		cfg->pool = pool->pool;
	}
	if (!forward)
		return 0;
	if (!nla_strcmp(forward, "local")) {
		if (attr) {
			NL_SET_ERR_MSG_ATTR(req->extack, forward,
					    "local and a pool exclude each other");
			return -EINVAL;
		}
		cfg->pool = NULL;
		return 0;
	}
	pool = cfg->pool ? slc_config_pool(config, cfg->pool->name) : NULL;
	if (pool && !nla_strcmp(forward, pool->rules->cfg.forward->name))
		return 0;
	if (pool)
		NL_SET_ERR_MSG_ATTR(req->extack, forward,
				    "is for the pool to say: set it there");
	else
		NL_SET_ERR_MSG_ATTR(req->extack, forward,
				    "needs a pool, only local does without");
	return -EINVAL;
}

static int parse(const struct slc_config *config, const struct slc_nl_req *req,
		 struct slc_service_cfg *cfg, struct parsed *p)
{
	const struct nlattr *data = req->tb[SLUICE_A_SERVICE_USER_DATA];
	int err;

	*p = (struct parsed){};
	parse_place(req->tb, cfg);
	parse_rules(req->tb, cfg);
	err = parse_pool(config, req, cfg);
	if (err)
		return err;
	if (data) {
		cfg->user_data = nla_data(data);
		cfg->user_len = nla_len(data);
	}
	if (req->tb[SLUICE_A_SERVICE_TRUST]) {
		p->trust = parse_trust(req, cfg);
		if (IS_ERR(p->trust))
			return PTR_ERR(p->trust);
	}
	if (req->tb[SLUICE_A_SERVICE_PORTS]) {
		p->ports = parse_ports(req, cfg);
		if (IS_ERR(p->ports)) {
			kfree(p->trust);
			return PTR_ERR(p->ports);
		}
	}
	return 0;
}

/* Which attribute is at fault if a draft does not take the service */
static int blame(const struct slc_nl_req *req, int err)
{
	struct nlattr **tb = req->tb;

	if (err == -EEXIST)
		NL_SET_BAD_ATTR(req->extack, tb[SLUICE_A_SERVICE_NAME]);
	else if (err == -EADDRINUSE)
		NL_SET_BAD_ATTR(req->extack, tb[SLUICE_A_SERVICE_ANY] ?:
				tb[SLUICE_A_SERVICE_ADDR] ?:
				tb[SLUICE_A_SERVICE_PORT] ?:
				tb[SLUICE_A_SERVICE_PORTS] ?:
				tb[SLUICE_A_SERVICE_PORT_END]);
	else if (err == -EINVAL)
		NL_SET_BAD_ATTR(req->extack, tb[SLUICE_A_SERVICE_PORTS] ?:
				tb[SLUICE_A_SERVICE_PORT_END] ?:
				tb[SLUICE_A_SERVICE_PROTO]);
	return err;
}

/* Of a connection that we take and make ourselves it is as the routes say. */
static int check_mss(const struct slc_nl_req *req, struct slc_service_cfg *cfg)
{
	const struct nlattr *attr = req->tb[SLUICE_A_SERVICE_MAX_MSS];

	if (cfg->proto != IPPROTO_TCP || cfg->accept_proxy != SLUICE_ACCEPT_PROXY_NONE) {
		if (attr && cfg->max_mss) {
			NL_SET_ERR_MSG_ATTR(req->extack, attr,
					    "is for services of tcp without accept-proxy");
			return -EINVAL;
		}
		cfg->max_mss = 0;
	}
	if (cfg->max_mss && cfg->max_mss < SLC_MAX_MSS_LEAST) {
		NL_SET_ERR_MSG_ATTR(req->extack, attr,
				    "a segment has 88 bytes or more; 0 is for what SYNs say");
		return -ERANGE;
	}
	return 0;
}

int slc_nl_service_add(struct slc_draft *draft, const struct slc_nl_req *req)
{
	struct slc_service_cfg cfg = defaults;
	struct parsed parsed;
	int err;

	if (slc_nl_missing(req, SLUICE_A_SERVICE_NAME))
		return -EINVAL;
	err = slc_nl_check_name(req->tb[SLUICE_A_SERVICE_NAME], req->extack);
	if (err)
		return err;
	nla_strscpy(cfg.name, req->tb[SLUICE_A_SERVICE_NAME],
		    sizeof(cfg.name));
	if (slc_nl_missing(req, SLUICE_A_SERVICE_PROTO) ||
	    (!req->tb[SLUICE_A_SERVICE_ANY] &&
	     slc_nl_missing(req, SLUICE_A_SERVICE_ADDR)) ||
	    slc_nl_missing(req, SLUICE_A_SERVICE_PORT))
		return -EINVAL;
	err = parse(draft->config, req, &cfg, &parsed);
	if (err)
		return err;
	err = check_mss(req, &cfg) ?:
	      slc_nl_service_check(draft->config, req, &cfg);
	if (!err)
		err = blame(req, slc_draft_service_add(draft, &cfg,
						       req->extack));
	parsed_free(&parsed);
	return err;
}

int slc_nl_service_set(struct slc_draft *draft, const struct slc_nl_req *req)
{
	struct slc_service_entry *entry;
	struct slc_service_cfg cfg;
	struct parsed parsed;
	int err;

	if (slc_nl_missing(req, SLUICE_A_SERVICE_NAME))
		return -EINVAL;
	entry = slc_nl_service_find(draft->config,
				    req->tb[SLUICE_A_SERVICE_NAME],
				    req->extack);
	if (IS_ERR(entry))
		return PTR_ERR(entry);
	cfg = entry->rules->cfg;
	err = parse(draft->config, req, &cfg, &parsed);
	if (err)
		return err;
	err = check_mss(req, &cfg) ?:
	      slc_nl_service_check(draft->config, req, &cfg);
	if (!err)
		err = blame(req, slc_draft_service_set(draft, entry, &cfg,
						       req->extack));
	parsed_free(&parsed);
	return err;
}

int slc_nl_service_del(struct slc_draft *draft, const struct slc_nl_req *req)
{
	struct slc_service_entry *entry;
	int err;

	if (slc_nl_missing(req, SLUICE_A_SERVICE_NAME))
		return -EINVAL;
	entry = slc_nl_service_find(draft->config,
				    req->tb[SLUICE_A_SERVICE_NAME],
				    req->extack);
	if (IS_ERR(entry))
		return PTR_ERR(entry);
	err = slc_draft_service_del(draft, entry,
				    req->tb[SLUICE_A_SERVICE_FORCE],
				    req->extack);
	if (err == -EBUSY)
		NL_SET_BAD_ATTR(req->extack, req->tb[SLUICE_A_SERVICE_NAME]);
	return err;
}

int sluice_nl_new_service_doit(struct sk_buff *skb, struct genl_info *info)
{
	return slc_nl_change(info, slc_nl_service_add);
}

int sluice_nl_set_service_doit(struct sk_buff *skb, struct genl_info *info)
{
	return slc_nl_change(info, slc_nl_service_set);
}

int sluice_nl_del_service_doit(struct sk_buff *skb, struct genl_info *info)
{
	return slc_nl_change(info, slc_nl_service_del);
}

static int show(struct sk_buff *skb, struct slc_net *sn, struct genl_info *info)
{
	struct slc_service_entry *svc;

	if (GENL_REQ_ATTR_CHECK(info, SLUICE_A_SERVICE_NAME))
		return -EINVAL;
	svc = slc_nl_service_find(slc_config_locked(sn),
				  info->attrs[SLUICE_A_SERVICE_NAME],
				  info->extack);
	return IS_ERR(svc) ? PTR_ERR(svc) : slc_nl_service_fill(skb, svc);
}

int sluice_nl_get_service_doit(struct sk_buff *skb, struct genl_info *info)
{
	return slc_nl_get(info, SLUICE_CMD_GET_SERVICE, show);
}

static int show_next(struct sk_buff *skb, const struct slc_config *config,
		     u32 *id)
{
	unsigned int i = slc_config_service_after(config, *id);

	if (i == config->n_services)
		return -ENOENT;
	*id = config->service[i].service->id;
	return slc_nl_service_fill(skb, &config->service[i]);
}

int sluice_nl_get_service_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb)
{
	return slc_nl_dump(skb, cb, SLUICE_CMD_GET_SERVICE, show_next);
}
