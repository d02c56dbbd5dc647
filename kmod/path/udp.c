// SPDX-License-Identifier: GPL-2.0
/* Datagrams whose clients come in headers. See udp.h. */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/slab.h>
#include <linux/udp.h>
#include <net/dst_metadata.h>
#include <net/icmp.h>
#include <net/udp.h>

#include "compat.h"
#include "mode/mode.h"
#include "obj/pick.h"
#include "obj/pool.h"
#include "obj/service.h"
#include "path/client.h"
#include "path/dress.h"
#include "path/enter.h"
#include "path/handshake.h"
#include "path/hook.h"
#include "path/rewrite.h"
#include "path/route.h"
#include "path/secpath.h"
#include "path/steer.h"
#include "path/train.h"
#include "path/udp.h"

/* Headers up to this long are read without making them one piece. */
#define UDP_HEADER_SMALL	128

/**
 * struct udp_header - a datagram's header, or that of its conversation
 * @pp: what it says
 * @tlv: its TLVs
 * @len: bytes of it in the datagram, 0 for none
 * @small: room for one that is not in one piece
 */
struct udp_header {
	struct slc_pp pp;
	const u8 *tlv;
	u32 len;
	u8 small[UDP_HEADER_SMALL];
};

static int udp_decode(const u8 *buf, u32 len, u32 max, u8 how, struct slc_pp *pp)
{
	return how == SLUICE_ACCEPT_PROXY_SPP ? slc_spp_decode(buf, len, pp) :
	       slc_pp_decode_datagram(buf, len, max, pp);
}

/* Read what a datagram begins with.
 *
 * Return: 0, or enum sluice_stat.
 */
static int udp_read(struct slc_pkt *pkt, const struct slc_service_cfg *cfg,
		    struct udp_header *h)
{
	u32 off = pkt->thoff + pkt->thlen;
	u32 n = min_t(u32, pkt->seg.len, UDP_HEADER_SMALL);
	const u8 *p;
	int ret;

	h->len = 0;
	p = n ? skb_header_pointer(pkt->skb, off, n, h->small) : h->small;
	if (!p)
		return SLUICE_STAT_BAD_PACKET;
	if (cfg->accept_proxy == SLUICE_ACCEPT_PROXY_FIRST && !slc_pp_is_v2(p, n))
		return 0;
	ret = udp_decode(p, n, cfg->header_max, cfg->accept_proxy, &h->pp);
	if (ret < 0 && h->pp.err == SLC_PP_ERR_SHORT && n < pkt->seg.len) {
		n = min(pkt->seg.len, cfg->header_max);
		if (!pskb_may_pull(pkt->skb, off + n))
			return SLUICE_STAT_NO_MEMORY;
		p = pkt->skb->data + off;
		ret = udp_decode(p, n, cfg->header_max, cfg->accept_proxy,
				 &h->pp);
	}
	if (ret < 0)
		return slc_gather_stat(h->pp.err);
	h->len = ret;
	h->tlv = p + h->pp.tlv_off;
	return 0;
}

/* What a conversation knows of its client, for one that takes its place. */
static void udp_recall(const struct slc_flow *flow, struct udp_header *h)
{
	const struct slc_header *header = flow->header;

	h->len = 0;
	h->pp = (struct slc_pp) {
		.version = flow->version,
		.cmd = flow->is_local ? SLC_PP_LOCAL : SLC_PP_PROXY,
		.has_addr = !flow->is_local,
	};
	if (!header)
		return;
	h->pp.src = header->src;
	h->pp.dst = header->dst;
	h->pp.tlv_len = header->len;
	h->tlv = header->tlv;
}

static struct slc_tuple udp_client(const struct slc_pkt *pkt,
				   const struct slc_pp *pp, u8 side)
{
	struct slc_tuple client = pkt->tuple;

	if (pp->has_addr) {
		client.src = pp->src.addr;
		client.sport = pp->src.port;
		client.family = slc_addr_family(&client.src);
	}
	client.side = side;
	return client;
}

/* Where a conversation goes on this host: 0 or enum sluice_stat. */
static int udp_here(const struct slc_pkt *pkt, const struct slc_service_cfg *cfg,
		    const struct slc_pp *pp, struct slc_tuple *inner)
{
	if (cfg->has_to)
		inner->dst = cfg->to_addr;
	if (cfg->to_port)
		inner->dport = htons(cfg->to_port);
	if (pp->has_addr && !slc_client_ok(pkt, inner))
		return SLUICE_STAT_CLIENT_REFUSED;
	if (!slc_client_meets(pkt, pp, inner))
		return SLUICE_STAT_FAMILY_REFUSED;
	return slc_client_back(pkt, inner, pp->has_addr);
}

/* The backend that a conversation has, if it may have that any longer. */
static struct slc_choice udp_keep(const struct slc_flow *old)
{
	if (!old || !old->backend || READ_ONCE(old->backend->is_down) ||
	    READ_ONCE(old->backend->resets))
		return (struct slc_choice) { };
	return (struct slc_choice) {
		.backend = old->backend,
		.mode = old->port ? &slc_mode_fullnat : &slc_mode_nat,
		.pool_id = old->pool_id,
		.persist_s = old->persist_s,
		.dress = old->dress,
	};
}

/* Where it goes by its service's pool: 0 or enum sluice_stat. */
static int udp_pool(const struct slc_pkt *pkt, const struct slc_service_entry *svc,
		    const struct slc_pp *pp, const struct slc_flow *old,
		    struct slc_choice *to, struct slc_tuple *inner)
{
	const struct slc_tuple client = *inner;

	*to = udp_keep(old);
	if (!to->backend)
		*to = slc_pick(pkt->sn, svc->pool, &client, NULL, true);
	if (!to->backend)
		return slc_client_nobody(svc->pool, client.family,
					 pkt->tuple.family);
	slc_steer_to(inner, to->backend);
	if (pp->has_addr && !slc_client_ok(pkt, inner))
		return SLUICE_STAT_CLIENT_REFUSED;
	return slc_client_pool_back(pkt, inner, to->mode);
}

/* Under all of its names. That of an answer may be another conversation's, if the
 * client asks two addresses of this host: then the stack says which it answers.
 */
static int udp_claim(const struct slc_pkt *pkt, struct slc_flow *flow,
		     const struct slc_tuple *inner)
{
	struct slc_aliases *names = flow->aliases;
	int err;

	err = slc_flow_insert(&flow->half[SLC_OUT]);
	if (err)
		return err == -EEXIST ? -EADDRINUSE : err;
	if (names->how == SLUICE_ACCEPT_PROXY_FIRST) {
		err = slc_flow_insert(&flow->half[SLC_IN]);
		if (err)
			return err == -EEXIST ? -EBUSY : err;
	}
	if (!flow->backend) {
		names->answer.key = flow->half[SLC_OUT].key;
		names->answer.key.src = (struct slc_addr) { };
		names->answer.key.side = SLC_SIDE_ANSWER;
		err = slc_alias_insert(&names->answer, &flow->half[SLC_OUT]);
		if (err && err != -EEXIST)
			return err;
	}
	err = slc_alias_insert(&names->client, &flow->half[SLC_IN]);
	return err == -EEXIST ? -EBUSY : err;
}

/* All of a flow but its backend and its legs. */
static struct slc_flow *udp_flow(const struct slc_pkt *pkt,
				 const struct slc_service_entry *svc,
				 const struct udp_header *h,
				 const struct slc_choice *to,
				 const struct slc_tuple *inner)
{
	const struct slc_service_cfg *cfg = &svc->rules->cfg;
	struct slc_flow *flow;
	unsigned int more;
	int err;

	flow = slc_flow_alloc(pkt->sn, svc->service, cfg);
	if (IS_ERR(flow))
		return flow;
	flow->state = SLUICE_FLOW_STATE_ESTABLISHED;
	flow->ifindex = pkt->skb->dev->ifindex;
	flow->outer_mark = pkt->skb->mark;
	err = -ENOMEM;
	flow->aliases = kzalloc(sizeof(*flow->aliases),
				GFP_ATOMIC | __GFP_NOWARN);
	if (!flow->aliases || slc_client_keep(flow, &h->pp, h->tlv))
		goto err_kill;
	more = sizeof(*flow->aliases) +
	       struct_size(flow->header, tlv, h->pp.tlv_len);
	if (to->backend)
		more += slc_dress_size(to, flow);
	err = -EOVERFLOW;
	if (!slc_flow_fresh(flow, more))
		goto err_kill;
	flow->aliases->how = cfg->accept_proxy;
	flow->aliases->client.key = udp_client(pkt, &h->pp, SLC_SIDE_CARRIED);
	flow->secpath = slc_secpath_get(pkt->skb, &pkt->tuple, inner);
	return flow;

err_kill:
	slc_flow_kill(flow);
	return ERR_PTR(err);
}

/* The way that a new conversation's datagrams go on by, referenced, or ERR_PTR. */
static struct dst_entry *udp_route(struct slc_pkt *pkt, const struct slc_choice *to,
				   const struct slc_tuple *inner)
{
	return to->backend ? slc_route_forward(pkt, &inner->dst) :
			     slc_route_in(pkt, &inner->dst);
}

/* What a new conversation has to get through: 0 or enum sluice_stat. */
static int udp_begin(struct slc_pkt *pkt, const struct slc_service_entry *svc,
		     const struct udp_header *h, struct slc_flow *old,
		     struct slc_half **half)
{
	struct slc_tuple inner = udp_client(pkt, &h->pp, SLC_SIDE_OUTER);
	struct slc_choice to = { };
	struct dst_entry *route;
	struct slc_flow *flow;
	int why, err;

	/* One that there is may go on, wherever its sender speaks from. */
	if (!old && slc_net_draining(pkt->sn))
		return SLUICE_STAT_DRAINING;
	why = svc->rules->cfg.pool ?
	      udp_pool(pkt, svc, &h->pp, old, &to, &inner) :
	      udp_here(pkt, &svc->rules->cfg, &h->pp, &inner);
	if (why)
		return why;
	route = udp_route(pkt, &to, &inner);
	if (IS_ERR(route))
		return to.backend ? SLUICE_STAT_CONNECT_UNREACHABLE :
				    SLUICE_STAT_RP_FILTERED;
	flow = udp_flow(pkt, svc, h, &to, &inner);
	if (IS_ERR(flow)) {
		dst_release(route);
		return PTR_ERR(flow) == -EOVERFLOW ?
		       SLUICE_STAT_HALF_OPEN_LIMIT :
		       slc_alloc_stat(PTR_ERR(flow));
	}
	slc_route_set(&flow->half[SLC_IN], route,
		      slc_route_cookie(route, inner.family), flow->ifindex);
	/* They may share the inner leg. */
	if (old) {
		slc_flow_end(old, READ_ONCE(old->state),
			     SLUICE_STAT_FLOWS_MOVED);
		slc_flow_kill(old);
	}
	if (to.backend) {
		err = slc_steer_bind(pkt, flow, &to, &pkt->tuple, &inner,
				     udp_claim);
	} else {
		slc_rewrite_legs(flow, &pkt->tuple, &inner);
		err = udp_claim(pkt, flow, &inner);
	}
	if (!err) {
		slc_count(pkt->sn, svc->service, slc_client_stat(&h->pp));
		slc_forward_begun(flow);
		*half = &flow->half[SLC_IN];
		return 0;
	}
	slc_flow_kill(flow);
	return err == -EBUSY ? SLUICE_STAT_CLIENT_IN_USE : slc_steer_stat(err);
}

/* On to the application, or the backend, without its header. */
static unsigned int udp_on(struct slc_pkt *pkt, struct slc_half *half, u32 cut)
{
	struct slc_flow *flow = container_of(half, struct slc_flow,
					     half[SLC_IN]);
	struct sk_buff *skb = pkt->skb;
	unsigned int len = skb->len;
	struct dst_entry *dst;
	bool ipsec;
	int err;

	ipsec = skb_sec_path(skb);
	slc_secpath_forget(skb, flow->secpath);
	dst = slc_relay_way_in(pkt, half);
	if (IS_ERR(dst))
		return slc_pkt_refuse(pkt, flow->service,
				      PTR_ERR(dst) == -EHOSTUNREACH ?
				      SLUICE_STAT_CONNECT_UNREACHABLE :
				      SLUICE_STAT_RP_FILTERED);
	slc_forward_track(pkt, half);
	slc_relay_count(flow, SLUICE_STAT_PACKETS_IN, SLUICE_STAT_BYTES_IN,
			len);
	if (flow->aliases->header_len != cut)
		WRITE_ONCE(flow->aliases->header_len, cut);
	err = cut ? slc_rewrite_cut(pkt, cut) : 0;
	if (!err && slc_dress_wanted(flow) && !slc_train_is(skb))
		err = slc_dress_on(pkt, flow, dst);
	if (!err)
		err = slc_rewrite(pkt, half, &half->xlate);
	if (unlikely(err))
		return slc_pkt_refuse(pkt, flow->service, slc_relay_stat(err));
	if (unlikely(pkt->apart || slc_half_crosses(half)))
		return slc_relay_requeue(pkt, flow, dst);
	return slc_enter(pkt, flow, dst, ipsec);
}

/* May a conversation have this datagram, from this sender? */
static bool udp_goes_on(const struct slc_pkt *pkt, struct slc_half *half)
{
	const struct slc_flow *flow = slc_half_flow(half);

	return slc_tuple_eq(&half->key, &pkt->tuple) &&
	       !(flow->backend && READ_ONCE(flow->backend->is_down));
}

/* A datagram with a header: whoever its client is, he may have been another's, and
 * where one of a conversation has it, the sender may have spoken for another client.
 */
static unsigned int udp_headed(struct slc_pkt *pkt,
			       const struct slc_service_entry *svc,
			       const struct udp_header *h)
{
	struct slc_tuple client = udp_client(pkt, &h->pp, SLC_SIDE_CARRIED);
	struct slc_half *half, *other = NULL;
	int why;

	half = slc_alias_lookup(pkt->sn, &client);
	if (svc->rules->cfg.accept_proxy == SLUICE_ACCEPT_PROXY_FIRST)
		other = slc_flow_lookup(pkt->sn, &pkt->tuple);
	if (other && other != half) {
		slc_flow_end(slc_half_flow(other), SLUICE_FLOW_STATE_CLOSING,
			     SLUICE_STAT_FLOWS_CLOSED);
		slc_flow_kill(slc_half_flow(other));
	}
	if (half && udp_goes_on(pkt, half))
		return udp_on(pkt, half, h->len);
	why = udp_begin(pkt, svc, h, half ? slc_half_flow(half) : NULL, &half);
	if (why == SLUICE_STAT_CLIENT_IN_USE) {
		/* Another CPU may have been faster with the same one. */
		half = slc_alias_lookup(pkt->sn, &client);
		if (half && udp_goes_on(pkt, half))
			why = 0;
	}
	return why ? slc_pkt_refuse(pkt, svc->service, why) :
		     udp_on(pkt, half, h->len);
}

static unsigned int udp_first(struct slc_pkt *pkt,
			      const struct slc_service_entry *svc)
{
	struct slc_half *half = slc_flow_lookup(pkt->sn, &pkt->tuple);
	struct udp_header h;
	int why;

	/* Another CPU, which has yet to hear of headers, may just have made one. */
	if (!half || !slc_half_flow(half)->aliases)
		return slc_pkt_refuse(pkt, svc->service,
				      SLUICE_STAT_HEADER_MISSING);
	if (udp_goes_on(pkt, half))
		return udp_on(pkt, half, 0);
	udp_recall(slc_half_flow(half), &h);
	why = udp_begin(pkt, svc, &h, slc_half_flow(half), &half);
	return why ? slc_pkt_refuse(pkt, svc->service, why) :
		     udp_on(pkt, half, 0);
}

static unsigned int udp_one(struct slc_pkt *pkt,
			    const struct slc_service_entry *svc)
{
	struct udp_header h;
	int why;

	if (!slc_pkt_datagram_ok(pkt))
		return slc_pkt_refuse(pkt, svc->service, SLUICE_STAT_BAD_PACKET);
	why = udp_read(pkt, &svc->rules->cfg, &h);
	if (why)
		return slc_pkt_refuse(pkt, svc->service, why);
	return h.len ? udp_headed(pkt, svc, &h) : udp_first(pkt, svc);
}

static unsigned int udp_open_each(struct slc_pkt *pkt, void *data)
{
	return udp_one(pkt, data);
}

static unsigned int udp_all(struct slc_pkt *pkt,
			    const struct slc_service_entry *svc)
{
	if (slc_train_is(pkt->skb))
		return slc_train_split(pkt, udp_open_each, (void *)svc);
	return udp_one(pkt, svc);
}

unsigned int slc_udp_open(struct slc_pkt *pkt,
			  const struct slc_service_entry *svc)
{
	if (!slc_pkt_policy_ok(pkt))
		return slc_pkt_refuse(pkt, svc->service,
				      SLUICE_STAT_XFRM_DENIED);
	return udp_all(pkt, svc);
}

/* Does a datagram, or any of a train, begin as a header does? */
static bool udp_has_header(const struct slc_pkt *pkt)
{
	u32 off = pkt->thoff + pkt->thlen, left = pkt->seg.len;
	u32 step = slc_train_is(pkt->skb) ? skb_shinfo(pkt->skb)->gso_size : left;
	const u8 *p;
	u8 room[SLC_PP_SIGNATURE_LEN];

	while (left >= sizeof(room)) {
		p = skb_header_pointer(pkt->skb, off, sizeof(room), room);
		if (p && slc_pp_is_v2(p, sizeof(room)))
			return true;
		if (left <= step || !step)
			break;
		off += step;
		left -= step;
	}
	return false;
}

static unsigned int udp_on_each(struct slc_pkt *pkt, void *data)
{
	return udp_on(pkt, data, 0);
}

unsigned int slc_udp_in(struct slc_pkt *pkt, struct slc_half *half)
{
	const struct slc_service_entry *svc;

	if (likely(!udp_has_header(pkt) && udp_goes_on(pkt, half)))
		return slc_dress_wanted(slc_half_flow(half)) &&
		       slc_train_is(pkt->skb) ?
		       slc_train_split(pkt, udp_on_each, half) :
		       udp_on(pkt, half, 0);
	svc = slc_config_lookup_rcu(pkt->sn, pkt->tuple.proto, &pkt->tuple.dst,
				    pkt->tuple.dport);
	if (!svc || !slc_udp_carries(pkt, svc))
		return slc_pkt_refuse(pkt, slc_half_flow(half)->service,
				      SLUICE_STAT_UNTRUSTED_DROPPED);
	return udp_all(pkt, svc);
}

static unsigned int udp_out_each(struct slc_pkt *pkt, void *data)
{
	return slc_relay_across(pkt, data);
}

unsigned int slc_udp_out(struct slc_pkt *pkt, struct slc_half *half)
{
	struct slc_flow *flow = container_of(half, struct slc_flow,
					     half[SLC_OUT]);

	if (unlikely(!test_bit(SLC_FLOW_REPLIED, &flow->flags)))
		slc_forward_replied(flow);
	slc_relay_ct_mark(pkt->skb, flow);
	if (unlikely(slc_train_is(pkt->skb)) &&
	    (slc_dress_backs(flow) || slc_dress_strips(flow)))
		return slc_train_split(pkt, udp_out_each, half);
	return slc_relay_across(pkt, half);
}

/* Is a packet of a socket's that has an address of its own? */
static bool udp_is_bound(const struct sk_buff *skb)
{
	const struct sock *sk = skb_to_full_sk(skb);

	if (!sk)
		return false;
	if (sk->sk_family == AF_INET6 && !ipv6_addr_any(&sk->sk_v6_rcv_saddr))
		return true;
	return sk->sk_rcv_saddr;
}

unsigned int slc_udp_made(struct slc_pkt *pkt)
{
	struct slc_tuple key = pkt->tuple;
	struct slc_half *half;

	if (likely(!atomic_read(&pkt->sn->aliases.nelems)) ||
	    udp_is_bound(pkt->skb))
		return NF_ACCEPT;
	key.side = SLC_SIDE_INNER;
	if (slc_flow_lookup(pkt->sn, &key))
		return NF_ACCEPT;
	key.src = (struct slc_addr) { };
	key.side = SLC_SIDE_ANSWER;
	half = slc_alias_lookup(pkt->sn, &key);
	if (half && slc_rewrite_source(pkt, &half->key.src))
		return slc_pkt_refuse(pkt, slc_half_flow(half)->service,
				      SLUICE_STAT_NO_MEMORY);
	return NF_ACCEPT;
}

void slc_udp_unreach(struct slc_pkt *pkt)
{
	struct sk_buff *skb = pkt->skb;
	struct dst_entry *dst;

	if (pkt->tuple.family == SLC_FAMILY_IPV6) {
		icmpv6_send(skb, ICMPV6_DEST_UNREACH, ICMPV6_PORT_UNREACH, 0);
		return;
	}
	/* Who is told is found by the route that the packet would have. */
	if (!skb_valid_dst(skb)) {
		dst = slc_route_in(pkt, &pkt->tuple.dst);
		if (IS_ERR(dst))
			return;
		skb_dst_drop(skb);
		skb_dst_set(skb, dst);
	}
	icmp_send(skb, ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, 0);
}
