// SPDX-License-Identifier: GPL-2.0
/* Requests about pools. */
#include <linux/slab.h>
#include <linux/stringify.h>
#include <net/sock.h>
#include "mode/mode.h"
#include "nl/nl.h"
#include "nl/policy_gen.h"
#include "obj/config.h"
#include "obj/draft.h"
#include "obj/pool.h"

/* Types whose value Sluice itself makes */
#define TLV_CRC32C	0x03

static int put_tlvs(struct sk_buff *skb, const struct slc_pool_cfg *cfg)
{
	struct nlattr *nest;
	unsigned int i;

	for (i = 0; i < cfg->n_tlvs; i++) {
		const struct slc_tlv *tlv = &cfg->tlv[i];

		nest = nla_nest_start(skb, SLUICE_A_POOL_TLV);
		if (!nest || nla_put_u8(skb, SLUICE_A_TLV_TYPE, tlv->type) ||
		    (tlv->has_value && nla_put(skb, SLUICE_A_TLV_VALUE,
					       tlv->len, tlv->value)))
			return -EMSGSIZE;
		nla_nest_end(skb, nest);
	}
	return 0;
}

static int put_key(struct sk_buff *skb, const siphash_key_t *key)
{
	__le64 bytes[] = { cpu_to_le64(key->key[0]), cpu_to_le64(key->key[1]) };

	return siphash_key_is_zero(key) ? 0 :
	       nla_put(skb, SLUICE_A_POOL_HASH_KEY, sizeof(bytes), bytes);
}

int slc_nl_pool_fill(struct sk_buff *skb, const struct slc_pool_entry *entry)
{
	const struct slc_pool_cfg *cfg = &entry->rules->cfg;

	if (nla_put_string(skb, SLUICE_A_POOL_NAME, entry->pool->name) ||
	    nla_put_u32(skb, SLUICE_A_POOL_ID, entry->pool->id) ||
	    nla_put_string(skb, SLUICE_A_POOL_SCHEDULER, cfg->scheduler->name) ||
	    nla_put_string(skb, SLUICE_A_POOL_FORWARD, cfg->forward->name) ||
	    nla_put_u32(skb, SLUICE_A_POOL_SEND_PROXY, cfg->send_proxy) ||
	    nla_put_u32(skb, SLUICE_A_POOL_RETRIES, cfg->retries) ||
	    nla_put_u32(skb, SLUICE_A_POOL_MAX_FAILS, cfg->max_fails) ||
	    nla_put_u32(skb, SLUICE_A_POOL_FAIL_TIMEOUT,
			cfg->fail_timeout_s) ||
	    nla_put_u32(skb, SLUICE_A_POOL_PERSIST, cfg->persist_s) ||
	    nla_put_u32(skb, SLUICE_A_POOL_SLOW_START, cfg->slow_start_s) ||
	    (cfg->sorry && nla_put_string(skb, SLUICE_A_POOL_SORRY,
					  cfg->sorry->name)) ||
	    nla_put_u32(skb, SLUICE_A_POOL_MIN_UP, cfg->min_up) ||
	    nla_put_u32(skb, SLUICE_A_POOL_ON_DOWN, cfg->on_down) ||
	    nla_put_u32(skb, SLUICE_A_POOL_BACKENDS, entry->rules->n) ||
	    nla_put_u32(skb, SLUICE_A_POOL_UP, slc_pool_up(entry->rules)) ||
	    nla_put_u32(skb, SLUICE_A_POOL_HASH, cfg->hash) ||
	    put_key(skb, &cfg->key) ||
	    (cfg->user_len && nla_put(skb, SLUICE_A_POOL_USER_DATA,
				      cfg->user_len, cfg->user_data)))
		return -EMSGSIZE;
	return put_tlvs(skb, cfg);
}

struct slc_pool_entry *slc_nl_pool_find(const struct slc_config *config,
					const struct nlattr *attr,
					struct netlink_ext_ack *extack)
{
	struct slc_pool_entry *e = slc_config_pool(config, nla_data(attr));

	if (e)
		return e;
	NL_SET_ERR_MSG_ATTR(extack, attr, "there is no such pool");
	return ERR_PTR(-ENOENT);
}

int slc_nl_forward(const struct nlattr *attr, const struct slc_mode **forward,
		   struct netlink_ext_ack *extack)
{
	*forward = slc_mode_find(nla_data(attr));
	if (*forward)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "is one of local, nat, fullnat, dsr, ipip, gue, dsr-nat");
	return -EINVAL;
}

/* One TLV; @before are those that came before it. */
static int parse_tlv(const struct nlattr *attr, struct slc_tlv *tlv,
		     const struct slc_tlv *before,
		     struct netlink_ext_ack *extack)
{
	struct nlattr *tb[SLUICE_A_TLV_MAX + 1];
	const struct slc_tlv *p;
	int err;

	err = nla_parse_nested(tb, SLUICE_A_TLV_MAX, attr,
			       sluice_tlv_nl_policy, extack);
	if (err)
		return err;
	if (NL_REQ_ATTR_CHECK(extack, attr, tb, SLUICE_A_TLV_TYPE))
		return -EINVAL;
	tlv->type = nla_get_u8(tb[SLUICE_A_TLV_TYPE]);
	if (tb[SLUICE_A_TLV_VALUE]) {
		tlv->has_value = true;
		tlv->value = nla_data(tb[SLUICE_A_TLV_VALUE]);
		tlv->len = nla_len(tb[SLUICE_A_TLV_VALUE]);
	}
	if (tlv->type == TLV_CRC32C && tlv->has_value) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "the checksum (3) is computed, it has no value to give");
		return -EINVAL;
	}
	for (p = before; p < tlv; p++)
		if (p->type == tlv->type) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "a TLV of this type was given before");
			return -EINVAL;
		}
	return 0;
}

/* All of the request's TLVs, as an array of @cfg->n_tlvs */
static struct slc_tlv *parse_tlvs(const struct slc_nl_req *req,
				  struct slc_pool_cfg *cfg)
{
	unsigned int n = slc_nl_count(req, SLUICE_A_POOL_TLV);
	const struct nlattr *attr = NULL;
	struct slc_tlv *tlv, *p;
	int err;

	if (n > SLC_TLVS_MAX) {
		NL_SET_ERR_MSG_ATTR(req->extack, req->tb[SLUICE_A_POOL_TLV],
				    "no more than " __stringify(SLC_TLVS_MAX)
				    " TLVs fit");
		return ERR_PTR(-E2BIG);
	}
	tlv = kcalloc(n, sizeof(*tlv), GFP_KERNEL);
	if (!tlv)
		return ERR_PTR(-ENOMEM);
	cfg->tlv = tlv;
	cfg->n_tlvs = n;
	/* A single one with nothing in it: there are to be none. */
	if (n == 1 && !nla_len(req->tb[SLUICE_A_POOL_TLV])) {
		cfg->n_tlvs = 0;
		return tlv;
	}
	p = tlv;
	while ((attr = slc_nl_next(req, attr, SLUICE_A_POOL_TLV))) {
		err = parse_tlv(attr, p++, tlv, req->extack);
		if (err) {
			kfree(tlv);
			return ERR_PTR(err);
		}
	}
	return tlv;
}

static const struct slc_pool_cfg defaults = {
	.send_proxy	= SLUICE_SEND_PROXY_NONE,
	.on_down	= SLUICE_ON_DOWN_KEEP,
	.retries	= SLC_RETRIES,
	.hash		= SLUICE_HASH_FIELD_SRC,
	.max_fails	= SLC_MAX_FAILS,
	.fail_timeout_s	= SLC_FAIL_TIMEOUT_S,
};

/* Names of other things, which must be there */
static int parse_names(const struct slc_config *config,
		       const struct slc_nl_req *req, struct slc_pool_cfg *cfg)
{
	const struct nlattr *attr = req->tb[SLUICE_A_POOL_SCHEDULER];
	const struct slc_pool_entry *sorry;

	if (attr) {
		cfg->scheduler = slc_sched_find(nla_data(attr));
		if (!cfg->scheduler) {
			NL_SET_ERR_MSG_ATTR(req->extack, attr,
					    "is one of rr, wrr, random, lc, wlc, p2c, ewma, sh, maglev");
			return -EINVAL;
		}
	}
	attr = req->tb[SLUICE_A_POOL_SORRY];
	if (attr && !nla_strcmp(attr, "")) {
		cfg->sorry = NULL;
	} else if (attr) {
		sorry = slc_nl_pool_find(config, attr, req->extack);
		if (IS_ERR(sorry))
			return PTR_ERR(sorry);
		cfg->sorry = sorry->pool;
	}
	attr = req->tb[SLUICE_A_POOL_FORWARD];
	return attr ? slc_nl_forward(attr, &cfg->forward, req->extack) : 0;
}

static void parse_key(const struct nlattr *attr, siphash_key_t *key)
{
	__le64 bytes[ARRAY_SIZE(key->key)];

	nla_memcpy(bytes, attr, sizeof(bytes));
	key->key[0] = le64_to_cpu(bytes[0]);
	key->key[1] = le64_to_cpu(bytes[1]);
}

static int parse_numbers(const struct slc_nl_req *req, struct slc_pool_cfg *cfg)
{
	struct nlattr **tb = req->tb;

	if (tb[SLUICE_A_POOL_SEND_PROXY])
		cfg->send_proxy = nla_get_u32(tb[SLUICE_A_POOL_SEND_PROXY]);
	if (tb[SLUICE_A_POOL_RETRIES])
		cfg->retries = nla_get_u32(tb[SLUICE_A_POOL_RETRIES]);
	if (tb[SLUICE_A_POOL_MAX_FAILS])
		cfg->max_fails = nla_get_u32(tb[SLUICE_A_POOL_MAX_FAILS]);
	if (tb[SLUICE_A_POOL_FAIL_TIMEOUT])
		cfg->fail_timeout_s = nla_get_u32(tb[SLUICE_A_POOL_FAIL_TIMEOUT]);
	if (tb[SLUICE_A_POOL_PERSIST])
		cfg->persist_s = nla_get_u32(tb[SLUICE_A_POOL_PERSIST]);
	if (tb[SLUICE_A_POOL_SLOW_START])
		cfg->slow_start_s = nla_get_u32(tb[SLUICE_A_POOL_SLOW_START]);
	if (tb[SLUICE_A_POOL_MIN_UP])
		cfg->min_up = nla_get_u32(tb[SLUICE_A_POOL_MIN_UP]);
	if (tb[SLUICE_A_POOL_ON_DOWN])
		cfg->on_down = nla_get_u32(tb[SLUICE_A_POOL_ON_DOWN]);
	if (tb[SLUICE_A_POOL_HASH])
		cfg->hash = nla_get_u32(tb[SLUICE_A_POOL_HASH]);
	if (tb[SLUICE_A_POOL_HASH_KEY])
		parse_key(tb[SLUICE_A_POOL_HASH_KEY], &cfg->key);
	if (tb[SLUICE_A_POOL_USER_DATA]) {
		cfg->user_data = nla_data(tb[SLUICE_A_POOL_USER_DATA]);
		cfg->user_len = nla_len(tb[SLUICE_A_POOL_USER_DATA]);
	}
	if (cfg->persist_s > SLC_PERSIST_MAX_S) {
		NL_SET_ERR_MSG_ATTR(req->extack, tb[SLUICE_A_POOL_PERSIST],
				    "no more than " __stringify(SLC_PERSIST_MAX_S)
				    " seconds, a week");
		return -ERANGE;
	}
	return 0;
}

/* All of it. Returns the TLVs, to be freed, or NULL if they stay. */
static struct slc_tlv *parse(const struct slc_config *config,
			     const struct slc_nl_req *req,
			     struct slc_pool_cfg *cfg)
{
	int err = parse_names(config, req, cfg);

	if (!err)
		err = parse_numbers(req, cfg);
	if (err)
		return ERR_PTR(err);
	return req->tb[SLUICE_A_POOL_TLV] ? parse_tlvs(req, cfg) : NULL;
}

/* What those schedulers alone look at that hash */
static int check_hash(const struct slc_nl_req *req,
		      const struct slc_pool_cfg *cfg)
{
	bool other = cfg->hash != SLUICE_HASH_FIELD_SRC;
	struct netlink_ext_ack *extack = req->extack;
	struct nlattr **tb = req->tb;

	if (!cfg->hash) {
		NL_SET_ERR_MSG_ATTR(extack, tb[SLUICE_A_POOL_HASH],
				    "takes one or more of src, src-port, dst, dst-port");
		return -EINVAL;
	}
	if (cfg->scheduler->flags & SLC_SCHED_HASHES ||
	    (!other && siphash_key_is_zero(&cfg->key)))
		return 0;
	if (other && tb[SLUICE_A_POOL_HASH])
		NL_SET_ERR_MSG_ATTR(extack, tb[SLUICE_A_POOL_HASH],
				    "other than src needs scheduler sh or maglev");
	else if (!other && tb[SLUICE_A_POOL_HASH_KEY])
		NL_SET_ERR_MSG_ATTR(extack, tb[SLUICE_A_POOL_HASH_KEY],
				    "needs scheduler sh or maglev");
	else if (other)
		NL_SET_ERR_MSG_ATTR(extack, tb[SLUICE_A_POOL_SCHEDULER],
				    "takes no hash but src, sh and maglev do");
	else
		NL_SET_ERR_MSG_ATTR(extack, tb[SLUICE_A_POOL_SCHEDULER],
				    "takes no hash-key, sh and maglev do");
	return -EINVAL;
}

static int check_tlvs(const struct slc_nl_req *req,
		      const struct slc_pool_cfg *cfg)
{
	if (!cfg->n_tlvs || (cfg->send_proxy != SLUICE_SEND_PROXY_NONE &&
			     cfg->send_proxy != SLUICE_SEND_PROXY_V1 &&
			     cfg->send_proxy != SLUICE_SEND_PROXY_SPP))
		return 0;
	NL_SET_ERR_MSG_ATTR(req->extack, req->tb[SLUICE_A_POOL_TLV] ?:
					 req->tb[SLUICE_A_POOL_SEND_PROXY],
			    "TLVs need send-proxy v2, each or first");
	return -EINVAL;
}

static int check(const struct slc_nl_req *req, const struct slc_pool_cfg *cfg)
{
	return check_hash(req, cfg) ?: check_tlvs(req, cfg);
}

int slc_nl_pool_add(struct slc_draft *draft, const struct slc_nl_req *req)
{
	struct slc_pool_cfg cfg = defaults;
	struct slc_tlv *tlv;
	int err;

	if (slc_nl_missing(req, SLUICE_A_POOL_NAME))
		return -EINVAL;
	err = slc_nl_check_name(req->tb[SLUICE_A_POOL_NAME], req->extack);
	if (err)
		return err;
	nla_strscpy(cfg.name, req->tb[SLUICE_A_POOL_NAME], sizeof(cfg.name));
	cfg.scheduler = &slc_sched_rr;
	cfg.forward = &slc_mode_nat;
	tlv = parse(draft->config, req, &cfg);
	if (IS_ERR(tlv))
		return PTR_ERR(tlv);
	err = check(req, &cfg);
	if (!err)
		err = slc_draft_pool_add(draft, &cfg, req->extack);
	if (err == -EEXIST)
		NL_SET_BAD_ATTR(req->extack, req->tb[SLUICE_A_POOL_NAME]);
	kfree(tlv);
	return err;
}

int slc_nl_pool_set(struct slc_draft *draft, const struct slc_nl_req *req)
{
	struct slc_pool_entry *entry;
	struct slc_pool_cfg cfg;
	struct slc_tlv *tlv;
	int err;

	if (slc_nl_missing(req, SLUICE_A_POOL_NAME))
		return -EINVAL;
	entry = slc_nl_pool_find(draft->config, req->tb[SLUICE_A_POOL_NAME],
				 req->extack);
	if (IS_ERR(entry))
		return PTR_ERR(entry);
	cfg = entry->rules->cfg;
	tlv = parse(draft->config, req, &cfg);
	if (IS_ERR(tlv))
		return PTR_ERR(tlv);
	err = check(req, &cfg);
	if (!err)
		err = slc_draft_pool_set(draft, entry, &cfg, req->extack);
	if (err == -ELOOP)
		NL_SET_BAD_ATTR(req->extack, req->tb[SLUICE_A_POOL_SORRY]);
	if (!err)
		err = slc_nl_pool_suits(draft->config, entry, NULL,
					req->tb[SLUICE_A_POOL_FORWARD] ?:
					req->tb[SLUICE_A_POOL_SEND_PROXY] ?:
					req->tb[SLUICE_A_POOL_SCHEDULER] ?:
					req->tb[SLUICE_A_POOL_SORRY] ?:
					req->tb[SLUICE_A_POOL_NAME],
					req->extack);
	kfree(tlv);
	return err;
}

int slc_nl_pool_del(struct slc_draft *draft, const struct slc_nl_req *req)
{
	struct slc_pool_entry *entry;
	int err;

	if (slc_nl_missing(req, SLUICE_A_POOL_NAME))
		return -EINVAL;
	entry = slc_nl_pool_find(draft->config, req->tb[SLUICE_A_POOL_NAME],
				 req->extack);
	if (IS_ERR(entry))
		return PTR_ERR(entry);
	err = slc_draft_pool_del(draft, entry, req->tb[SLUICE_A_POOL_FORCE],
				 req->tb[SLUICE_A_POOL_RESET], req->extack);
	if (err == -EBUSY)
		NL_SET_BAD_ATTR(req->extack, req->tb[SLUICE_A_POOL_NAME]);
	return err;
}

int sluice_nl_new_pool_doit(struct sk_buff *skb, struct genl_info *info)
{
	return slc_nl_change(info, slc_nl_pool_add);
}

int sluice_nl_set_pool_doit(struct sk_buff *skb, struct genl_info *info)
{
	return slc_nl_change(info, slc_nl_pool_set);
}

int sluice_nl_del_pool_doit(struct sk_buff *skb, struct genl_info *info)
{
	return slc_nl_change(info, slc_nl_pool_del);
}

static int show(struct sk_buff *skb, struct slc_net *sn, struct genl_info *info)
{
	struct slc_pool_entry *pool;

	if (GENL_REQ_ATTR_CHECK(info, SLUICE_A_POOL_NAME))
		return -EINVAL;
	pool = slc_nl_pool_find(slc_config_locked(sn),
				info->attrs[SLUICE_A_POOL_NAME], info->extack);
	return IS_ERR(pool) ? PTR_ERR(pool) : slc_nl_pool_fill(skb, pool);
}

int sluice_nl_get_pool_doit(struct sk_buff *skb, struct genl_info *info)
{
	return slc_nl_get(info, SLUICE_CMD_GET_POOL, show);
}

static int show_next(struct sk_buff *skb, const struct slc_config *config,
		     u32 *id)
{
	unsigned int i = slc_config_pool_after(config, *id);

	if (i == config->n_pools)
		return -ENOENT;
	*id = config->pool[i].pool->id;
	return slc_nl_pool_fill(skb, &config->pool[i]);
}

int sluice_nl_get_pool_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return slc_nl_dump(skb, cb, SLUICE_CMD_GET_POOL, show_next);
}
