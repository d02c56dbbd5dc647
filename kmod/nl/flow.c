// SPDX-License-Identifier: GPL-2.0
/* Requests about flows. */
#include <linux/in.h>
#include <linux/jiffies.h>
#include <linux/slab.h>
#include <net/sock.h>
#include "compat.h"
#include "nl/nl.h"
#include "nl/policy_gen.h"
#include "obj/config.h"
#include "obj/flow.h"
#include "obj/pool.h"
#include "obj/service.h"
#include "obj/table.h"

/**
 * struct flow_dump - a walk over the flows, kept between parts of a dump
 * @iter: where it is; on a half
 * @done: it has seen all
 */
struct flow_dump {
	struct rhashtable_iter iter;
	bool done;
};

static struct flow_dump **dump_of(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct flow_dump *) > sizeof(cb->ctx));
	return (struct flow_dump **)cb->ctx;
}

/* What the application's half says is what client and backend are. */
static const struct slc_tuple *outer_of(const struct slc_flow *flow)
{
	return &flow->half[SLC_IN].key;
}

static const struct slc_tuple *inner_of(const struct slc_flow *flow)
{
	return &flow->half[SLC_OUT].key;
}

/* Full NAT hides the client from the backend, not from the administrator. */
static const struct slc_addr *client_of(const struct slc_flow *flow,
					__be16 *port)
{
	if (!flow->port && !test_bit(SLC_FLOW_KEPT, &flow->flags)) {
		*port = inner_of(flow)->dport;
		return &inner_of(flow)->dst;
	}
	if (flow->version && !flow->is_local) {
		*port = flow->header->src.port;
		return &flow->header->src.addr;
	}
	*port = outer_of(flow)->sport;
	return &outer_of(flow)->src;
}

/* Who gets packets as they are is not named in them. */
static const struct slc_addr *backend_of(const struct slc_flow *flow,
					 __be16 *port)
{
	if (test_bit(SLC_FLOW_KEPT, &flow->flags)) {
		*port = outer_of(flow)->dport;
		return &flow->backend->addr;
	}
	*port = inner_of(flow)->sport;
	return &inner_of(flow)->src;
}

static int put_u64(struct sk_buff *skb, int attr, u64 value)
{
	return nla_put_u64_64bit(skb, attr, value, SLUICE_A_FLOW_PAD);
}

static int put_tuples(struct sk_buff *skb, const struct slc_flow *flow)
{
	const struct slc_tuple *outer = outer_of(flow);
	const struct slc_addr *client, *backend;
	__be16 port, backend_port;

	client = client_of(flow, &port);
	backend = backend_of(flow, &backend_port);
	return slc_nl_put_endpoint(skb, SLUICE_A_FLOW_SENDER_ADDR,
				   SLUICE_A_FLOW_SENDER_PORT,
				   &outer->src, outer->sport) ?:
	       slc_nl_put_endpoint(skb, SLUICE_A_FLOW_SERVICE_ADDR,
				   SLUICE_A_FLOW_SERVICE_PORT,
				   &outer->dst, outer->dport) ?:
	       slc_nl_put_endpoint(skb, SLUICE_A_FLOW_CLIENT_ADDR,
				   SLUICE_A_FLOW_CLIENT_PORT,
				   client, port) ?:
	       slc_nl_put_endpoint(skb, SLUICE_A_FLOW_BACKEND_ADDR,
				   SLUICE_A_FLOW_BACKEND_PORT,
				   backend, backend_port);
}

/* Where the backend sees it come from, if that is not the client */
static int put_source(struct sk_buff *skb, const struct slc_flow *flow)
{
	return !flow->port ? 0 :
	       slc_nl_put_endpoint(skb, SLUICE_A_FLOW_SOURCE_ADDR,
				   SLUICE_A_FLOW_SOURCE_PORT,
				   &inner_of(flow)->dst, inner_of(flow)->dport);
}

static int put_header(struct sk_buff *skb, const struct slc_flow *flow)
{
	const struct slc_header *header = flow->header;

	if (!flow->version)
		return 0;
	if (nla_put_u8(skb, SLUICE_A_FLOW_VERSION, flow->version))
		return -EMSGSIZE;
	if (flow->is_local ?
	    nla_put_flag(skb, SLUICE_A_FLOW_LOCAL) :
	    slc_nl_put_endpoint(skb, SLUICE_A_FLOW_HEADER_ADDR,
				SLUICE_A_FLOW_HEADER_PORT, &header->dst.addr,
				header->dst.port))
		return -EMSGSIZE;
	if (header && header->len)
		return nla_put(skb, SLUICE_A_FLOW_TLVS, header->len,
			       header->tlv);
	return 0;
}

static int put_counts(struct sk_buff *skb, const struct slc_flow *flow)
{
	const struct slc_half *in = &flow->half[SLC_IN];
	const struct slc_half *out = &flow->half[SLC_OUT];

	return put_u64(skb, SLUICE_A_FLOW_PACKETS_IN,
		       atomic64_read(&in->packets)) ?:
	       put_u64(skb, SLUICE_A_FLOW_PACKETS_OUT,
		       atomic64_read(&out->packets)) ?:
	       put_u64(skb, SLUICE_A_FLOW_BYTES_IN,
		       atomic64_read(&in->bytes)) ?:
	       put_u64(skb, SLUICE_A_FLOW_BYTES_OUT,
		       atomic64_read(&out->bytes)) ?:
	       put_u64(skb, SLUICE_A_FLOW_AGE,
		       jiffies64_to_msecs(jiffies - flow->created)) ?:
	       put_u64(skb, SLUICE_A_FLOW_IDLE,
		       jiffies64_to_msecs(slc_flow_idle(flow)));
}

/* When something happened, if it has, counted from when the connection began */
static int put_since(struct sk_buff *skb, int attr, const struct slc_flow *flow,
		     enum slc_dir dir)
{
	u32 since = READ_ONCE(flow->half[dir].since);

	return !since ? 0 :
	       put_u64(skb, attr, jiffies_to_msecs(since - (u32)flow->created));
}

static int put_course(struct sk_buff *skb, const struct slc_flow *flow)
{
	u8 why = READ_ONCE(flow->why);

	return put_since(skb, SLUICE_A_FLOW_OPENED, flow, SLC_IN) ?:
	       put_since(skb, SLUICE_A_FLOW_FIRST_BYTE, flow, SLC_OUT) ?:
	       (why ? nla_put_u32(skb, SLUICE_A_FLOW_REASON, why) : 0);
}

int slc_nl_flow_fill(struct sk_buff *skb, const struct slc_flow *flow)
{
	if (put_u64(skb, SLUICE_A_FLOW_ID, flow->id) ||
	    nla_put_string(skb, SLUICE_A_FLOW_SERVICE, flow->service->name) ||
	    nla_put_u8(skb, SLUICE_A_FLOW_PROTO, outer_of(flow)->proto) ||
	    nla_put_u32(skb, SLUICE_A_FLOW_STATE, READ_ONCE(flow->state)) ||
	    put_tuples(skb, flow) ||
	    put_source(skb, flow) ||
	    put_header(skb, flow) ||
	    put_counts(skb, flow) ||
	    put_course(skb, flow) ||
	    nla_put_u32(skb, SLUICE_A_FLOW_IFINDEX, flow->ifindex) ||
	    (READ_ONCE(flow->rtt_us) &&
	     nla_put_u32(skb, SLUICE_A_FLOW_RTT, READ_ONCE(flow->rtt_us))) ||
	    (flow->mark_mask &&
	     (nla_put_u32(skb, SLUICE_A_FLOW_MARK, flow->mark) ||
	      nla_put_u32(skb, SLUICE_A_FLOW_MARK_MASK, flow->mark_mask))))
		return -EMSGSIZE;
	return 0;
}

static bool endpoint_matches(const struct nlattr *addr,
			     const struct nlattr *port,
			     const struct slc_addr *has_addr, __be16 has_port)
{
	if (addr && memcmp(nla_data(addr), has_addr->b, sizeof(has_addr->b)))
		return false;
	return !port || nla_get_u16(port) == ntohs(has_port);
}

/* Whether a flow has the ends that are asked for. No more of @tb is looked at: requests
 * that name a flow by them have none of the attributes behind.
 */
static bool ends_match(const struct slc_flow *flow, struct nlattr **tb)
{
	const struct slc_tuple *outer = outer_of(flow);
	const struct slc_addr *client, *backend;
	__be16 port, backend_port;

	client = client_of(flow, &port);
	backend = backend_of(flow, &backend_port);
	return endpoint_matches(tb[SLUICE_A_FLOW_SENDER_ADDR],
				tb[SLUICE_A_FLOW_SENDER_PORT],
				&outer->src, outer->sport) &&
	       endpoint_matches(tb[SLUICE_A_FLOW_SERVICE_ADDR],
				tb[SLUICE_A_FLOW_SERVICE_PORT],
				&outer->dst, outer->dport) &&
	       endpoint_matches(tb[SLUICE_A_FLOW_CLIENT_ADDR],
				tb[SLUICE_A_FLOW_CLIENT_PORT],
				client, port) &&
	       endpoint_matches(tb[SLUICE_A_FLOW_BACKEND_ADDR],
				tb[SLUICE_A_FLOW_BACKEND_PORT],
				backend, backend_port);
}

/* Whether a flow has all that is asked for. */
static bool matches(const struct slc_flow *flow, struct nlattr **tb)
{
	if (!tb)
		return true;
	if (tb[SLUICE_A_FLOW_ID] &&
	    nla_get_u64(tb[SLUICE_A_FLOW_ID]) != flow->id)
		return false;
	if (tb[SLUICE_A_FLOW_SERVICE] &&
	    nla_strcmp(tb[SLUICE_A_FLOW_SERVICE], flow->service->name))
		return false;
	if (tb[SLUICE_A_FLOW_STATE] &&
	    nla_get_u32(tb[SLUICE_A_FLOW_STATE]) != READ_ONCE(flow->state))
		return false;
	if (tb[SLUICE_A_FLOW_VERSION] &&
	    nla_get_u8(tb[SLUICE_A_FLOW_VERSION]) != flow->version)
		return false;
	return ends_match(flow, tb);
}

int sluice_nl_get_flow_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct slc_net *sn = info->user_ptr[0];
	struct slc_flow *flow;
	struct sk_buff *reply;
	void *hdr;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, SLUICE_A_FLOW_ID))
		return -EINVAL;
	reply = slc_nl_reply(info, SLUICE_CMD_GET_FLOW, &hdr);
	if (!reply)
		return -ENOMEM;

	flow = slc_flow_find_id(sn, nla_get_u64(info->attrs[SLUICE_A_FLOW_ID]));
	err = flow && matches(flow, info->attrs) ?
	      slc_nl_flow_fill(reply, flow) : -ENOENT;
	rcu_read_unlock();
	if (err == -ENOENT)
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[SLUICE_A_FLOW_ID],
				    "there is no such connection");
	return slc_nl_answer(info, reply, hdr, err);
}

int slc_nl_flow_dump_start(struct netlink_callback *cb)
{
	struct slc_net *sn = slc_pernet(sock_net(cb->skb->sk));
	struct flow_dump *dump;

	dump = kzalloc(sizeof(*dump), GFP_KERNEL);
	if (!dump)
		return -ENOMEM;
	rhashtable_walk_enter(&sn->flows, &dump->iter);
	*dump_of(cb) = dump;
	cb->min_dump_alloc = SLC_NL_MSG_SIZE;
	return 0;
}

int slc_nl_flow_dump_done(struct netlink_callback *cb)
{
	struct flow_dump *dump = *dump_of(cb);

	rhashtable_walk_exit(&dump->iter);
	kfree(dump);
	return 0;
}

/* Both halves are in the table, mostly; one of them stands for the flow. */
static bool shows(const struct slc_half *half, const struct slc_flow *flow)
{
	return half->dir == SLC_OUT || test_bit(SLC_FLOW_KEPT, &flow->flags);
}

static int dump_half(struct sk_buff *skb, struct netlink_callback *cb,
		     struct slc_half *half)
{
	struct slc_flow *flow = slc_half_flow(half);
	void *hdr;

	if (!shows(half, flow) || !matches(flow, slc_dump_attrs(cb)))
		return 0;
	hdr = slc_nl_dump_put(skb, cb, SLUICE_CMD_GET_FLOW);
	if (!hdr)
		return -EMSGSIZE;
	if (slc_nl_flow_fill(skb, flow)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/* While the table is resized a flow may be shown twice. */
int sluice_nl_get_flow_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct slc_net *sn = slc_nl_net(sock_net(skb->sk), cb->extack);
	struct flow_dump *dump = *dump_of(cb);
	struct slc_half *half;
	unsigned int n = 0;

	/* On 6.1 a dump's start has nowhere to say why not. */
	if (IS_ERR(sn))
		return PTR_ERR(sn);
	if (dump->done)
		return 0;
	slc_table_walk(&dump->iter);
	/* The one that did not fit last time, if it is still there. */
	half = rhashtable_walk_peek(&dump->iter);
	while (half) {
		if (!IS_ERR(half) && dump_half(skb, cb, half))
			break;
		half = slc_table_next(&dump->iter, &n);
	}
	dump->done = !half;
	rhashtable_walk_stop(&dump->iter);
	return skb->len;
}

/* The tuple that four attributes make; all or none must be there. */
static int parse_tuple(struct genl_info *info, const int attr[4],
		       struct slc_tuple *key)
{
	struct nlattr **tb = info->attrs;
	int i;

	for (i = 0; i < 4; i++)
		if (GENL_REQ_ATTR_CHECK(info, attr[i]))
			return -EINVAL;
	key->src = slc_nl_get_addr(tb[attr[0]]);
	key->sport = htons(nla_get_u16(tb[attr[1]]));
	key->dst = slc_nl_get_addr(tb[attr[2]]);
	key->dport = htons(nla_get_u16(tb[attr[3]]));
	key->family = slc_addr_family(&key->dst);
	if (slc_addr_family(&key->src) != key->family) {
		NL_SET_ERR_MSG_ATTR(info->extack, tb[attr[2]],
				    "addresses of a connection are of one family");
		return -EINVAL;
	}
	return 0;
}

static const int outer_attrs[4] = {
	SLUICE_A_FLOW_SENDER_ADDR, SLUICE_A_FLOW_SENDER_PORT,
	SLUICE_A_FLOW_SERVICE_ADDR, SLUICE_A_FLOW_SERVICE_PORT,
};

/* Packets from the backend find the flow, so it is the source. */
static const int inner_attrs[4] = {
	SLUICE_A_FLOW_BACKEND_ADDR, SLUICE_A_FLOW_BACKEND_PORT,
	SLUICE_A_FLOW_CLIENT_ADDR, SLUICE_A_FLOW_CLIENT_PORT,
};

static bool has_any(struct nlattr **tb, const int attr[4])
{
	return tb[attr[0]] || tb[attr[1]] || tb[attr[2]] || tb[attr[3]];
}

/* By a tuple of its packets; of two that differ in protocol the connection */
static struct slc_flow *find_tuple(struct slc_net *sn, struct slc_tuple *key)
	__acquires(RCU)
{
	struct slc_half *half;

	rcu_read_lock();
	key->proto = IPPROTO_TCP;
	half = slc_flow_lookup(sn, key);
	if (!half) {
		key->proto = IPPROTO_UDP;
		half = slc_flow_lookup(sn, key);
	}
	return half ? slc_half_flow(half) : NULL;
}

/**
 * struct ends - a search for the one flow that has what is asked for
 * @tb: what that is
 * @id: of the first that has, 0 if none has yet
 */
struct ends {
	struct nlattr **tb;
	u64 id;
};

/* Another one than the first, of those that are not over */
static bool has_ends_too(const struct slc_flow *flow, void *data)
{
	struct ends *ends = data;

	if (flow->id == ends->id || slc_flow_over(flow) ||
	    !ends_match(flow, ends->tb))
		return false;
	if (ends->id)
		return true;
	ends->id = flow->id;
	return false;
}

/* By ends that are none of its packets': full NAT has another source than the client,
 * and one socket may send datagrams of many. Two services may send one client's port to
 * one backend.
 */
static struct slc_flow *find_ends(struct slc_net *sn, struct genl_info *info)
	__acquires(RCU)
{
	struct ends ends = { .tb = info->attrs };

	if (slc_flow_find(sn, has_ends_too, &ends)) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[SLUICE_A_FLOW_CLIENT_ADDR] ?:
				    info->attrs[SLUICE_A_FLOW_SENDER_ADDR],
				    "several connections have these ends, name one by its id, or by others");
		return ERR_PTR(-EINVAL);
	}
	if (!ends.id)
		return NULL;
	rcu_read_unlock();
	return slc_flow_find_id(sn, ends.id);
}

int sluice_nl_del_flow_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct slc_net *sn = info->user_ptr[0];
	struct nlattr **tb = info->attrs;
	struct slc_flow *flow = NULL;
	struct slc_tuple key = {};
	int err = 0;

	if (!!tb[SLUICE_A_FLOW_ID] + has_any(tb, outer_attrs) +
	    has_any(tb, inner_attrs) != 1) {
		NL_SET_ERR_MSG(info->extack,
			       "name a connection by its id, or by sender and service, or by client and backend");
		return -EINVAL;
	}
	if (has_any(tb, outer_attrs)) {
		key.side = SLC_SIDE_OUTER;
		err = parse_tuple(info, outer_attrs, &key);
	} else if (has_any(tb, inner_attrs)) {
		key.side = SLC_SIDE_INNER;
		err = parse_tuple(info, inner_attrs, &key);
	}
	if (err)
		return err;

	/* RCU is held from here. */
	if (tb[SLUICE_A_FLOW_ID]) {
		flow = slc_flow_find_id(sn, nla_get_u64(tb[SLUICE_A_FLOW_ID]));
	} else {
		flow = find_tuple(sn, &key);
		/* By other ends than those of its packets, it may have them. */
		if (!flow) {
			rcu_read_unlock();
			flow = find_ends(sn, info);
		}
	}
	if (!IS_ERR_OR_NULL(flow)) {
		local_bh_disable();
		slc_flow_reset(flow, SLUICE_STAT_FLOWS_FLUSHED);
		local_bh_enable();
	}
	rcu_read_unlock();
	if (flow)
		return PTR_ERR_OR_ZERO(flow);
	NL_SET_ERR_MSG_ATTR(info->extack, tb[SLUICE_A_FLOW_ID] ?:
			    tb[SLUICE_A_FLOW_SENDER_ADDR] ?:
			    tb[SLUICE_A_FLOW_CLIENT_ADDR],
			    "there is no such connection");
	return -ENOENT;
}

static int flush_service(struct slc_net *sn, struct genl_info *info,
			 struct slc_flush *which)
{
	struct slc_service_entry *svc;

	svc = slc_nl_service_find(slc_config_locked(sn),
				  info->attrs[SLUICE_A_FLOW_SERVICE],
				  info->extack);
	if (IS_ERR(svc))
		return PTR_ERR(svc);
	which->service = svc->service;
	return 0;
}

static int flush_backend(struct slc_net *sn, struct genl_info *info,
			 struct slc_flush *which)
{
	struct nlattr **tb = info->attrs;
	struct slc_backend_entry *backend;
	struct slc_pool_entry *pool;

	if (GENL_REQ_ATTR_CHECK(info, SLUICE_A_FLOW_POOL) ||
	    GENL_REQ_ATTR_CHECK(info, SLUICE_A_FLOW_BACKEND_ADDR))
		return -EINVAL;
	if (tb[SLUICE_A_FLOW_SERVICE]) {
		NL_SET_ERR_MSG_ATTR(info->extack, tb[SLUICE_A_FLOW_SERVICE],
				    "a service or a backend, not both");
		return -EINVAL;
	}
	pool = slc_nl_pool_find(slc_config_locked(sn), tb[SLUICE_A_FLOW_POOL],
				info->extack);
	if (IS_ERR(pool))
		return PTR_ERR(pool);
	backend = slc_nl_backend_find(pool, tb[SLUICE_A_FLOW_BACKEND_ADDR],
				      tb[SLUICE_A_FLOW_BACKEND_PORT],
				      info->extack);
	if (IS_ERR(backend))
		return PTR_ERR(backend);
	which->backend = backend->backend;
	/* Who chose it before it was to take no more has his flow in the table. */
	synchronize_rcu();
	return 0;
}

static int flush(struct sk_buff *skb, struct slc_net *sn,
		 struct genl_info *info)
{
	struct nlattr **tb = info->attrs;
	struct slc_flush which = { };
	int err = 0;

	if (tb[SLUICE_A_FLOW_POOL] || tb[SLUICE_A_FLOW_BACKEND_ADDR] ||
	    tb[SLUICE_A_FLOW_BACKEND_PORT])
		err = flush_backend(sn, info, &which);
	else if (tb[SLUICE_A_FLOW_SERVICE])
		err = flush_service(sn, info, &which);
	else
		which.all = true;
	return err ?: nla_put_u32(skb, SLUICE_A_FLOW_COUNT,
				  slc_flow_flush(sn, &which));
}

int sluice_nl_flush_flows_doit(struct sk_buff *skb, struct genl_info *info)
{
	return slc_nl_get(info, SLUICE_CMD_FLUSH_FLOWS, flush);
}
