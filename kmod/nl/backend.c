// SPDX-License-Identifier: GPL-2.0
/* Requests about backends. */
#include <net/sock.h>
#include "compat.h"
#include "mode/mode.h"
#include "nl/nl.h"
#include "nl/policy_gen.h"
#include "obj/config.h"
#include "obj/draft.h"
#include "obj/pool.h"

/* The attributes are in the order of what is counted. */
#define N_COUNTS	(SLUICE_A_BACKEND_CONNECT_RETRIED -	\
			 SLUICE_A_BACKEND_PACKETS_IN + 1)

static int put_counts(struct sk_buff *skb, const struct slc_backend *backend)
{
	u64 sum[N_COUNTS];
	unsigned int i;

	BUILD_BUG_ON(ARRAY_SIZE(sum) != SLC_BACKEND_STATS);
	slc_backend_counts(backend, sum);
	for (i = 0; i < ARRAY_SIZE(sum); i++)
		if (nla_put_u64_64bit(skb, SLUICE_A_BACKEND_PACKETS_IN + i,
				      sum[i], SLUICE_A_BACKEND_PAD))
			return -EMSGSIZE;
	return 0;
}

int slc_nl_backend_fill(struct sk_buff *skb, const struct slc_pool *pool,
			const struct slc_backend_entry *entry)
{
	const struct slc_backend *backend = entry->backend;
	const struct slc_backend_cfg *cfg = &entry->cfg;

	if (nla_put_string(skb, SLUICE_A_BACKEND_POOL, pool->name) ||
	    slc_nl_put_addr(skb, SLUICE_A_BACKEND_ADDR, &backend->addr) ||
	    nla_put_u16(skb, SLUICE_A_BACKEND_PORT, backend->port) ||
	    nla_put_u32(skb, SLUICE_A_BACKEND_ID, backend->id) ||
	    nla_put_u32(skb, SLUICE_A_BACKEND_WEIGHT, cfg->weight) ||
	    nla_put_u32(skb, SLUICE_A_BACKEND_STATE, cfg->state) ||
	    nla_put_u32(skb, SLUICE_A_BACKEND_HEALTH, cfg->health) ||
	    nla_put_u32(skb, SLUICE_A_BACKEND_MAX_FLOWS, cfg->max_flows) ||
	    (cfg->forward && nla_put_string(skb, SLUICE_A_BACKEND_FORWARD,
					    cfg->forward->name)) ||
	    nla_put_u16(skb, SLUICE_A_BACKEND_TUNNEL_PORT, cfg->tunnel_port) ||
	    nla_put_u32(skb, SLUICE_A_BACKEND_SEND_PROXY, cfg->send_proxy) ||
	    nla_put_u32(skb, SLUICE_A_BACKEND_TUNNEL_CSUM, cfg->tunnel_csum) ||
	    nla_put_u8(skb, SLUICE_A_BACKEND_FOUND, cfg->found) ||
	    nla_put_u32(skb, SLUICE_A_BACKEND_HEALTH_WEIGHT,
			cfg->health_weight) ||
	    nla_put_u32(skb, SLUICE_A_BACKEND_FLOWS,
			atomic_read(&backend->load.flows)) ||
	    put_counts(skb, backend) ||
	    (slc_backend_suspect(backend) &&
	     nla_put_flag(skb, SLUICE_A_BACKEND_SUSPECT)))
		return -EMSGSIZE;
	return 0;
}

static const struct slc_backend_cfg defaults = {
	.weight	= 1,
	.state	= SLUICE_BACKEND_STATE_UP,
	.health	= SLUICE_HEALTH_UNKNOWN,
	.health_weight = 100,
};

/* What is not in the request stays as it is. */
static int parse(const struct slc_nl_req *req, struct slc_backend_cfg *cfg)
{
	struct nlattr **tb = req->tb;
	const struct nlattr *forward = tb[SLUICE_A_BACKEND_FORWARD];

	if (tb[SLUICE_A_BACKEND_WEIGHT]) {
		if (nla_get_u32(tb[SLUICE_A_BACKEND_WEIGHT]) > U16_MAX) {
			NL_SET_ERR_MSG_ATTR(req->extack,
					    tb[SLUICE_A_BACKEND_WEIGHT],
					    "weight is 0 to 65535");
			return -ERANGE;
		}
		cfg->weight = nla_get_u32(tb[SLUICE_A_BACKEND_WEIGHT]);
	}
	if (tb[SLUICE_A_BACKEND_STATE])
		cfg->state = nla_get_u32(tb[SLUICE_A_BACKEND_STATE]);
	if (tb[SLUICE_A_BACKEND_HEALTH])
		cfg->health = nla_get_u32(tb[SLUICE_A_BACKEND_HEALTH]);
	if (tb[SLUICE_A_BACKEND_MAX_FLOWS])
		cfg->max_flows = nla_get_u32(tb[SLUICE_A_BACKEND_MAX_FLOWS]);
	if (tb[SLUICE_A_BACKEND_TUNNEL_PORT])
		cfg->tunnel_port = nla_get_u16(tb[SLUICE_A_BACKEND_TUNNEL_PORT]);
	if (tb[SLUICE_A_BACKEND_SEND_PROXY])
		cfg->send_proxy = nla_get_u32(tb[SLUICE_A_BACKEND_SEND_PROXY]);
	if (tb[SLUICE_A_BACKEND_TUNNEL_CSUM])
		cfg->tunnel_csum =
			nla_get_u32(tb[SLUICE_A_BACKEND_TUNNEL_CSUM]);
	if (tb[SLUICE_A_BACKEND_FOUND])
		cfg->found = nla_get_u8(tb[SLUICE_A_BACKEND_FOUND]);
	if (tb[SLUICE_A_BACKEND_HEALTH_WEIGHT])
		cfg->health_weight =
			nla_get_u32(tb[SLUICE_A_BACKEND_HEALTH_WEIGHT]);
	if (forward && !nla_strcmp(forward, ""))
		cfg->forward = NULL;
	else if (forward)
		return slc_nl_forward(forward, &cfg->forward, req->extack);
	return 0;
}

/* What names a backend: its pool, address and port */
static struct slc_pool_entry *parse_key(const struct slc_config *config,
					const struct slc_nl_req *req,
					struct slc_addr *addr, u16 *port)
{
	struct nlattr **tb = req->tb;

	if (slc_nl_missing(req, SLUICE_A_BACKEND_POOL) ||
	    slc_nl_missing(req, SLUICE_A_BACKEND_ADDR))
		return ERR_PTR(-EINVAL);
	*addr = slc_nl_get_addr(tb[SLUICE_A_BACKEND_ADDR]);
	*port = tb[SLUICE_A_BACKEND_PORT] ?
		nla_get_u16(tb[SLUICE_A_BACKEND_PORT]) : 0;
	return slc_nl_pool_find(config, tb[SLUICE_A_BACKEND_POOL], req->extack);
}

struct slc_backend_entry *
slc_nl_backend_find(const struct slc_pool_entry *pool, const struct nlattr *addr,
		    const struct nlattr *port, struct netlink_ext_ack *extack)
{
	const struct slc_addr at = slc_nl_get_addr(addr);
	struct slc_backend_entry *e;

	e = slc_pool_backend(pool->rules, &at, port ? nla_get_u16(port) : 0);
	if (e)
		return e;
	NL_SET_ERR_MSG_ATTR(extack, addr, "the pool has no such backend");
	return ERR_PTR(-ENOENT);
}

/* The one that is named. */
static struct slc_backend_entry *find(const struct slc_config *config,
				      const struct slc_nl_req *req,
				      struct slc_pool_entry **pool)
{
	struct slc_addr addr;
	u16 port;

	*pool = parse_key(config, req, &addr, &port);
	if (IS_ERR(*pool))
		return ERR_CAST(*pool);
	return slc_nl_backend_find(*pool, req->tb[SLUICE_A_BACKEND_ADDR],
				   req->tb[SLUICE_A_BACKEND_PORT], req->extack);
}

static int suits(const struct slc_config *config, const struct slc_nl_req *req,
		 const struct slc_pool_entry *pool,
		 const struct slc_backend_entry *e)
{
	return slc_nl_pool_suits(config, pool, e,
				 req->tb[SLUICE_A_BACKEND_FORWARD] ?:
				 req->tb[SLUICE_A_BACKEND_SEND_PROXY] ?:
				 req->tb[SLUICE_A_BACKEND_ADDR], req->extack);
}

int slc_nl_backend_add(struct slc_draft *draft, const struct slc_nl_req *req)
{
	struct nlattr *attr = req->tb[SLUICE_A_BACKEND_ADDR];
	struct slc_backend_cfg cfg = defaults;
	struct slc_pool_entry *pool;
	struct slc_addr addr;
	u16 port;
	int err;

	pool = parse_key(draft->config, req, &addr, &port);
	if (IS_ERR(pool))
		return PTR_ERR(pool);
	if (!slc_nl_is_host_addr(&addr)) {
		NL_SET_ERR_MSG_ATTR(req->extack, attr,
				    "not a global unicast or loopback address");
		return -EADDRNOTAVAIL;
	}
	err = parse(req, &cfg);
	if (!err)
		err = slc_draft_backend_add(draft, pool, &addr, port, &cfg,
					    req->extack);
	if (err == -EEXIST)
		NL_SET_BAD_ATTR(req->extack, attr);
	return err ?: suits(draft->config, req, pool,
			    &pool->rules->backend[pool->rules->n - 1]);
}

int slc_nl_backend_set(struct slc_draft *draft, const struct slc_nl_req *req)
{
	struct slc_backend_entry *entry;
	struct slc_pool_entry *pool;
	struct slc_backend_cfg cfg;
	unsigned int at;
	int err;

	entry = find(draft->config, req, &pool);
	if (IS_ERR(entry))
		return PTR_ERR(entry);
	cfg = entry->cfg;
	err = parse(req, &cfg);
	if (err)
		return err;
	at = entry - pool->rules->backend;
	err = slc_draft_backend_set(draft, pool, at, &cfg);
	return err ?: suits(draft->config, req, pool,
			    &pool->rules->backend[at]);
}

int slc_nl_backend_del(struct slc_draft *draft, const struct slc_nl_req *req)
{
	struct slc_backend_entry *entry;
	struct slc_pool_entry *pool;

	entry = find(draft->config, req, &pool);
	if (IS_ERR(entry))
		return PTR_ERR(entry);
	return slc_draft_backend_del(draft, pool,
				     entry - pool->rules->backend,
				     req->tb[SLUICE_A_BACKEND_FORCE]);
}

int sluice_nl_new_backend_doit(struct sk_buff *skb, struct genl_info *info)
{
	return slc_nl_change(info, slc_nl_backend_add);
}

int sluice_nl_set_backend_doit(struct sk_buff *skb, struct genl_info *info)
{
	return slc_nl_change(info, slc_nl_backend_set);
}

int sluice_nl_del_backend_doit(struct sk_buff *skb, struct genl_info *info)
{
	return slc_nl_change(info, slc_nl_backend_del);
}

static int show(struct sk_buff *skb, struct slc_net *sn, struct genl_info *info)
{
	const struct slc_nl_req req = slc_nl_req_of(info);
	struct slc_backend_entry *entry;
	struct slc_pool_entry *pool;

	entry = find(slc_config_locked(sn), &req, &pool);
	return IS_ERR(entry) ? PTR_ERR(entry) :
			       slc_nl_backend_fill(skb, pool->pool, entry);
}

int sluice_nl_get_backend_doit(struct sk_buff *skb, struct genl_info *info)
{
	return slc_nl_get(info, SLUICE_CMD_GET_BACKEND, show);
}

/**
 * struct cursor - where a dump of backends is, kept in netlink_callback.ctx
 * @pool: id of the pool it is in
 * @backend: id of the last backend shown of that
 * @only: id of the one pool that is asked for, 0 for all
 * @begun: @only has been found out
 */
struct cursor {
	u32 pool;
	u32 backend;
	u32 only;
	bool begun;
};

static int dump_begin(const struct slc_config *config,
		      struct netlink_callback *cb, struct cursor *at)
{
	struct nlattr **tb = slc_dump_attrs(cb);
	const struct slc_pool_entry *pool;

	at->begun = true;
	if (!tb || !tb[SLUICE_A_BACKEND_POOL])
		return 0;
	pool = slc_nl_pool_find(config, tb[SLUICE_A_BACKEND_POOL], cb->extack);
	if (IS_ERR(pool))
		return PTR_ERR(pool);
	at->only = pool->pool->id;
	at->pool = at->only;
	return 0;
}

/* False if the message is full. */
static bool dump_pool(struct sk_buff *skb, struct netlink_callback *cb,
		      const struct slc_pool_entry *pool, struct cursor *at)
{
	unsigned int i;
	void *hdr;

	if (at->pool != pool->pool->id) {
		at->pool = pool->pool->id;
		at->backend = 0;
	}
	for (i = 0; i < pool->rules->n; i++) {
		const struct slc_backend_entry *e = &pool->rules->backend[i];

		if (e->backend->id <= at->backend)
			continue;
		hdr = slc_nl_dump_put(skb, cb, SLUICE_CMD_GET_BACKEND);
		if (!hdr)
			return false;
		if (slc_nl_backend_fill(skb, pool->pool, e)) {
			genlmsg_cancel(skb, hdr);
			return false;
		}
		genl_dump_check_consistent(cb, hdr);
		genlmsg_end(skb, hdr);
		at->backend = e->backend->id;
	}
	return true;
}

int sluice_nl_get_backend_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb)
{
	struct slc_net *sn = slc_nl_dump_net(cb, SLUICE_A_BACKEND_POOL);
	struct cursor *at = (struct cursor *)cb->ctx;
	const struct slc_config *config;
	unsigned int i;
	int err = 0;

	BUILD_BUG_ON(sizeof(*at) > sizeof(cb->ctx));
	if (IS_ERR(sn))
		return PTR_ERR(sn);
	mutex_lock(&sn->cfg_lock);
	cb->seq = sn->cfg_gen;
	config = slc_config_locked(sn);
	if (!at->begun)
		err = dump_begin(config, cb, at);
	/* From the pool it is in, or what comes after that one. */
	i = slc_config_pool_after(config, at->pool ? at->pool - 1 : 0);
	while (!err && i < config->n_pools &&
	       (!at->only || config->pool[i].pool->id == at->only) &&
	       dump_pool(skb, cb, &config->pool[i], at))
		i++;
	mutex_unlock(&sn->cfg_lock);
	return err ?: skb->len;
}
