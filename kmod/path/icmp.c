// SPDX-License-Identifier: GPL-2.0
/*
 * ICMP errors of both legs, translated to the other one.
 *
 * An error quotes a packet that we translated, so its receiver would not know
 * it. Quoted ports and sequence number are all that RFC 792 promises and all
 * that TCPs look at; the rest of a longer quote keeps the other leg's numbers.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>
#include <net/route.h>

#include "core/csum.h"
#include "obj/config.h"
#include "obj/flow.h"
#include "obj/service.h"
#include "path/direct.h"
#include "path/dress.h"
#include "path/early.h"
#include "path/forward.h"
#include "path/handshake.h"
#include "path/hook.h"
#include "path/icmp.h"
#include "path/relay.h"
#include "path/route.h"
#include "path/seg.h"

static void icmp_set_addr4(__be32 *field, const struct slc_addr *to,
			   struct slc_csum *c)
{
	__be32 ip = slc_addr_v4_get(to);

	slc_csum_replace4(c, *field, ip);
	*field = ip;
}

static void icmp_set_addr6(struct in6_addr *field, const struct slc_addr *to,
			   struct slc_csum *c)
{
	slc_csum_replace_bytes(c, field->s6_addr, 16, to->b, 16);
	memcpy(field, to, sizeof(*field));
}

/* The checksum of an error, in which something has changed. */
static void icmp_sum(const struct slc_pkt *pkt, const struct slc_csum *sum)
{
	const struct sk_buff *skb = pkt->skb;
	__sum16 *check = (__sum16 *)(skb->data + pkt->thoff + 2);

	*check = slc_csum_apply(*check, sum);
}

/* Make the error one about @to, which @x had turned into what it quotes, and
 * send it from @src to @dst.
 */
static bool icmp_translate(struct slc_pkt *pkt, const struct slc_icmp_quote *q,
			   const struct slc_tuple *to,
			   const struct slc_xlate *x,
			   const struct slc_addr *src,
			   const struct slc_addr *dst)
{
	struct sk_buff *skb = pkt->skb;
	struct slc_csum sum = { };

	/* Ports and sequence number must be there: RFC 792. */
	if (skb->len < q->thoff + 8 || skb_ensure_writable(skb, q->thoff + 8))
		return false;

	if (to->proto == IPPROTO_TCP)
		slc_xlate_seq_inverse(x, skb->data + q->thoff, to->sport,
				      to->dport, &sum);
	else
		sum = slc_xlate_ports(skb->data + q->thoff, to->sport,
				      to->dport);
	if (to->family == SLC_FAMILY_IPV4) {
		struct iphdr *quoted = (struct iphdr *)(skb->data + q->nhoff);
		struct iphdr *iph = ip_hdr(skb);
		struct slc_csum addr = { }, outer = { };
		__sum16 old = quoted->check;

		icmp_set_addr4(&quoted->saddr, &to->src, &addr);
		icmp_set_addr4(&quoted->daddr, &to->dst, &addr);
		quoted->check = slc_csum_apply(old, &addr);
		slc_csum_merge(&sum, &addr);
		slc_csum_replace2(&sum, (__force __be16)old,
				  (__force __be16)quoted->check);

		icmp_set_addr4(&iph->saddr, src, &outer);
		icmp_set_addr4(&iph->daddr, dst, &outer);
		iph->check = slc_csum_apply(iph->check, &outer);
	} else {
		struct ipv6hdr *quoted =
			(struct ipv6hdr *)(skb->data + q->nhoff);
		struct ipv6hdr *iph = ipv6_hdr(skb);

		icmp_set_addr6(&quoted->saddr, &to->src, &sum);
		icmp_set_addr6(&quoted->daddr, &to->dst, &sum);
		/* ICMPv6 has a pseudo-header */
		icmp_set_addr6(&iph->saddr, src, &sum);
		icmp_set_addr6(&iph->daddr, dst, &sum);
	}
	icmp_sum(pkt, &sum);
	skb_clear_hash(skb);
	return true;
}

/* By how many bytes do a sender's datagrams shrink here? */
static int icmp_shrinks(const struct slc_flow *flow)
{
	int less = flow->aliases ? READ_ONCE(flow->aliases->header_len) : 0;

	return less - slc_dress_asks(flow);
}

static __be16 icmp_mtu(__be16 mtu, int more, int least)
{
	/* 0 says nothing of it. */
	return mtu ? htons(clamp(ntohs(mtu) + more, least, U16_MAX)) : mtu;
}

/* What a sender's datagram loses here on its way it may be larger before, and what it
 * gets, smaller.
 */
static void icmp_more_mtu(struct slc_pkt *pkt, struct slc_flow *flow, int more)
{
	u8 *head = skb_network_header(pkt->skb);
	struct slc_csum sum = { };
	__be16 *mtu, grown;

	if (flow->half[SLC_IN].key.family == SLC_FAMILY_IPV4) {
		struct icmphdr *ih = (void *)(head + ((struct iphdr *)head)->ihl * 4);

		if (ih->type != ICMP_DEST_UNREACH || ih->code != ICMP_FRAG_NEEDED)
			return;
		mtu = &ih->un.frag.mtu;
		grown = icmp_mtu(*mtu, more, IPV4_MIN_MTU);
		slc_csum_replace2(&sum, *mtu, grown);
		ih->checksum = slc_csum_apply(ih->checksum, &sum);
	} else {
		struct icmp6hdr *ih = (void *)(head + sizeof(struct ipv6hdr));

		if (ipv6_hdr(pkt->skb)->nexthdr != IPPROTO_ICMPV6 ||
		    ih->icmp6_type != ICMPV6_PKT_TOOBIG ||
		    ntohl(ih->icmp6_mtu) > U16_MAX)
			return;
		mtu = (__be16 *)&ih->icmp6_mtu + 1;
		if (ntohs(*mtu) + more < IPV6_MIN_MTU)
			set_bit(SLC_FLOW_NARROW, &flow->flags);
		grown = icmp_mtu(*mtu, more, IPV6_MIN_MTU);
		slc_csum_replace2(&sum, *mtu, grown);
		ih->icmp6_cksum = slc_csum_apply(ih->icmp6_cksum, &sum);
	}
	*mtu = grown;
}

/* An error about a packet of a sender's, in the words of the outer leg */
static bool icmp_outward(struct slc_pkt *pkt, const struct slc_icmp_quote *q,
			 struct slc_flow *flow, const struct slc_addr *src)
{
	const struct slc_half *in = &flow->half[SLC_IN];
	int more = icmp_shrinks(flow);

	if (unlikely(test_bit(SLC_FLOW_DRESSED, &flow->flags)) &&
	    !slc_icmp_hide(pkt, q))
		return false;
	if (!(slc_half_crosses(in) ?
	      slc_icmp_across(pkt, q, &in->key, &in->xlate, src, &in->key.src) :
	      icmp_translate(pkt, q, &in->key, &in->xlate, src, &in->key.src)))
		return false;
	if (more)
		icmp_more_mtu(pkt, flow, more);
	return true;
}

/* Out to who sent what it is about, by a route of our own. */
static unsigned int icmp_to_sender(struct slc_pkt *pkt,
				   const struct slc_icmp_quote *q,
				   struct slc_flow *flow)
{
	const struct slc_half *in = &flow->half[SLC_IN];
	struct dst_entry *route = slc_route_sender(flow);

	if (IS_ERR(route))
		return slc_pkt_refuse(pkt, flow->service,
				      SLUICE_STAT_ICMP_DROPPED);
	if (!icmp_outward(pkt, q, flow, &in->key.dst)) {
		dst_release(route);
		return slc_pkt_refuse(pkt, flow->service,
				      SLUICE_STAT_ICMP_DROPPED);
	}
	skb_dst_drop(pkt->skb);
	skb_dst_set(pkt->skb, route);
	slc_count(pkt->sn, flow->service, SLUICE_STAT_ICMP_TRANSLATED);
	slc_output(pkt->sn->net, pkt->skb);
	return NF_STOLEN;
}

static void icmp_addrs(const struct slc_pkt *pkt, struct slc_addr *src,
		       struct slc_addr *dst)
{
	if (pkt->tuple.family == SLC_FAMILY_IPV4) {
		*src = slc_addr_v4(ip_hdr(pkt->skb)->saddr);
		*dst = slc_addr_v4(ip_hdr(pkt->skb)->daddr);
	} else {
		*src = slc_addr_from_bytes(&ipv6_hdr(pkt->skb)->saddr);
		*dst = slc_addr_from_bytes(&ipv6_hdr(pkt->skb)->daddr);
	}
}

/* Is it about something that the sender has been sent and has not
 * acknowledged? Of others no TCP would believe it (RFC 5927 4.1). Datagrams have
 * nothing to tell it by.
 */
static bool icmp_is_current(struct sk_buff *skb,
			    const struct slc_icmp_quote *q,
			    const struct slc_flow *flow)
{
	const struct slc_half *in = &flow->half[SLC_IN];
	const struct slc_half *out = &flow->half[SLC_OUT];
	u32 sent = READ_ONCE(out->seq_end) + out->xlate.seq_add;
	u32 seq;

	if (q->tuple.proto != IPPROTO_TCP)
		return true;
	if (!pskb_may_pull(skb, q->thoff + 8))
		return false;
	seq = get_unaligned_be32(skb->data + q->thoff + 4);
	return sent - seq <= sent - READ_ONCE(in->ack);
}

/* For errors that are for nobody as they are.
 *
 * Where the legs differ in family the error has no counterpart, and where one sender
 * speaks for many, nobody knows whom it is for. What matters of it is the path's MTU:
 * note that for the outer leg, and tell the application when it next sends too much
 * (relay_fits()).
 */
u32 slc_icmp_note_mtu(struct slc_pkt *pkt, const struct slc_icmp_quote *q,
		      int ifindex, u32 mark)
{
	struct sk_buff *skb = pkt->skb;
	struct net *net = pkt->sn->net;
	int oif = l3mdev_master_ifindex_by_index(net, ifindex);
	bool v6 = skb->protocol == htons(ETH_P_IPV6);
	u32 mtu;

	if (!v6) {
		const struct icmphdr *ih =
			(const struct icmphdr *)(skb->data + pkt->thoff);

		if (ih->type != ICMP_DEST_UNREACH ||
		    ih->code != ICMP_FRAG_NEEDED)
			return 0;
		mtu = ntohs(ih->un.frag.mtu);
		__skb_pull(skb, q->nhoff);
		ipv4_update_pmtu(skb, net, mtu, oif, q->tuple.proto);
	} else {
		const struct icmp6hdr *ih =
			(const struct icmp6hdr *)(skb->data + pkt->thoff);

		if (ih->icmp6_type != ICMPV6_PKT_TOOBIG)
			return 0;
		mtu = ntohl(ih->icmp6_mtu);
		__skb_pull(skb, q->nhoff);
		ip6_update_pmtu(skb, net, htonl(mtu), oif, mark,
				sock_net_uid(net, NULL));
	}
	__skb_push(skb, q->nhoff);
	return mtu;
}

/* One with a wrong checksum tells of nothing. */
static void icmp_note_mtu(struct slc_pkt *pkt, const struct slc_icmp_quote *q,
			  int ifindex, u32 mark)
{
	if (pskb_may_pull(pkt->skb, q->thoff + 8) && slc_icmp_checksum_ok(pkt))
		slc_icmp_note_mtu(pkt, q, ifindex, mark);
}

/* Do a flow's answers go past this host? Then conntrack has not seen what an error quotes,
 * and would call it invalid. What stays here it has seen.
 */
static bool icmp_is_untracked(const struct slc_flow *flow)
{
	const struct dst_entry *dst = rcu_dereference(flow->half[SLC_IN].dst);

	return test_bit(SLC_FLOW_DIRECT, &flow->flags) && dst &&
	       !slc_route_is_local(dst, flow->half[SLC_OUT].key.family);
}

/* Nobody but the client hears of such a flow what conntrack has no say in. */
static void icmp_untrack(const struct slc_pkt *pkt, const struct slc_icmp_quote *q)
{
	struct slc_half *half;
	struct slc_tuple key;

	if (!(slc_config_port_rcu(pkt->sn, q->tuple.dport) ||
	      slc_config_reply_rcu(pkt->sn, q->tuple.dport)))
		return;
	/* What a client has sent, as it came, or as its backend was to get it */
	half = slc_flow_lookup(pkt->sn, &q->tuple);
	if (!half) {
		slc_tuple_reverse(&key, &q->tuple);
		key.side = SLC_SIDE_INNER;
		half = slc_flow_lookup(pkt->sn, &key);
	}
	if (half && icmp_is_untracked(slc_half_flow(half)) &&
	    slc_pkt_is_to(pkt, &q->tuple.src))
		slc_direct_untrack(pkt->skb);
}

/* About what we sent to a backend: on to the client, translated on its way out. */
static unsigned int icmp_reply(struct slc_pkt *pkt)
{
	struct slc_half *half = slc_reply_half(pkt);
	struct dst_entry *route;

	/* Of two families: as a backend's packet, see slc_forward_reply() */
	if (!half || slc_half_crosses(half))
		return NF_ACCEPT;
	route = slc_route_forward(pkt, &slc_half_other(half)->key.src);
	if (IS_ERR(route))
		return NF_ACCEPT;
	if (slc_route_is_local(route, pkt->tuple.family))
		dst_release(route);
	else
		slc_forward_by(pkt->skb, route);
	return NF_ACCEPT;
}

/* About what we sent to a client, to a backend of the other family. */
static unsigned int icmp_to_backend(struct slc_pkt *pkt,
				    const struct slc_icmp_quote *q,
				    struct slc_flow *flow)
{
	const struct slc_half *out = &flow->half[SLC_OUT];
	struct sk_buff *skb = pkt->skb;
	struct net_device *dev;
	struct dst_entry *dst;
	struct slc_todo todo;

	dev = slc_seg_dev(pkt->sn->net, &out->key.src, skb->dev->ifindex);
	dst = slc_route_forward(pkt, &out->key.src);
	if (IS_ERR(dst))
		return slc_pkt_refuse(pkt, flow->service,
				      SLUICE_STAT_ICMP_DROPPED);
	if (!dev || !slc_icmp_across(pkt, q, &out->key, &out->xlate, &out->key.dst,
				     &out->key.src)) {
		dst_release(dst);
		return slc_pkt_refuse(pkt, flow->service,
				      SLUICE_STAT_ICMP_DROPPED);
	}
	slc_count(pkt->sn, flow->service, SLUICE_STAT_ICMP_TRANSLATED);
	slc_seg_mac(skb, dev);
	slc_relay_mark(skb, flow);
	slc_todo_init(&todo, pkt->sn);
	slc_seg_requeue(&todo, skb, dst, dev);
	dst_release(dst);
	slc_todo_run(&todo);
	return NF_STOLEN;
}

/* About what is none of a flow's packets from what it says: an answer to a sender that
 * speaks for many, or what we sent to a backend.
 */
static noinline unsigned int icmp_unknown(struct slc_pkt *pkt,
					  const struct slc_icmp_quote *q)
{
	const struct slc_service_entry *svc;

	svc = q->tuple.proto == IPPROTO_UDP ?
	      slc_config_lookup_rcu(pkt->sn, q->tuple.proto, &q->tuple.src,
				    q->tuple.sport) : NULL;
	if (svc && svc->rules->cfg.accept_proxy != SLUICE_ACCEPT_PROXY_NONE &&
	    slc_service_trusts(svc->rules, &q->tuple.dst))
		icmp_note_mtu(pkt, q, pkt->skb->dev->ifindex, pkt->skb->mark);
	if (q->tuple.proto == IPPROTO_UDP && slc_icmp_tunnel(pkt) == NF_STOLEN)
		return NF_STOLEN;
	icmp_untrack(pkt, q);
	return icmp_reply(pkt);
}

unsigned int slc_icmp_in(struct slc_pkt *pkt)
{
	struct slc_addr src, dst;
	const struct slc_half *out;
	struct slc_tuple key;
	struct slc_icmp_quote q;
	struct slc_half *in;
	struct slc_flow *flow;
	struct dst_entry *route;

	if (!slc_icmp_parse_quote(pkt, &q))
		return slc_icmp_tunnel(pkt);
	slc_tuple_reverse(&key, &q.tuple);
	key.side = SLC_SIDE_OUTER;
	pkt->tuple = key;
	in = slc_config_port_rcu(pkt->sn, q.tuple.sport) ?
	     slc_flow_lookup(pkt->sn, &key) : NULL;
	if (!in)
		return icmp_unknown(pkt, &q);
	flow = slc_half_flow(in);
	out = slc_half_other(in);
	/* Our own, for the application, where both legs have one tuple */
	if (pkt->skb->dev->flags & IFF_LOOPBACK &&
	    flow->ifindex != pkt->skb->dev->ifindex)
		return NF_ACCEPT;

	if (test_bit(SLC_FLOW_KEPT, &flow->flags))
		return slc_direct_icmp(pkt, flow);
	if (slc_half_crosses(in)) {
		if (test_bit(SLC_FLOW_BACKEND, &flow->flags))
			return icmp_to_backend(pkt, &q, flow);
		if (icmp_is_current(pkt->skb, &q, flow))
			icmp_note_mtu(pkt, &q, flow->ifindex, flow->outer_mark);
		return slc_pkt_refuse(pkt, flow->service,
				      SLUICE_STAT_ICMP_DROPPED);
	}

	/* The quote came from out's key by out's translation. */
	icmp_addrs(pkt, &src, &dst);
	/* A backend that is spoken to by this host may have a way to nobody
	 * else, and rp_filter would not believe it.
	 */
	if (flow->port)
		src = out->key.dst;
	route = test_bit(SLC_FLOW_BACKEND, &flow->flags) ?
		slc_route_forward(pkt, &out->key.src) :
		slc_route_in(pkt, &out->key.src);
	if (IS_ERR(route))
		return slc_pkt_refuse(pkt, flow->service,
				      SLUICE_STAT_ICMP_DROPPED);
	if (!icmp_translate(pkt, &q, &out->key, &out->xlate, &src,
			    &out->key.src)) {
		dst_release(route);
		return slc_pkt_refuse(pkt, flow->service,
				      SLUICE_STAT_ICMP_DROPPED);
	}
	slc_forward_by(pkt->skb, route);
	if (icmp_is_untracked(flow))
		slc_direct_untrack(pkt->skb);
	else
		nf_reset_ct(pkt->skb);
	slc_count(pkt->sn, flow->service, SLUICE_STAT_ICMP_TRANSLATED);
	return NF_ACCEPT;
}

/* Would the same packet fare the same again? One that is too large would not be the
 * same. @head is type and code of the error.
 */
static bool icmp_is_final(const u8 *head, u8 family)
{
	if (family == SLC_FAMILY_IPV6)
		return head[0] != ICMPV6_PKT_TOOBIG;
	return head[0] != ICMP_SOURCE_QUENCH &&
	       !(head[0] == ICMP_DEST_UNREACH && head[1] == ICMP_FRAG_NEEDED);
}

/* Does a router miss the backend, rather than have something against us? */
static bool icmp_is_gone(const u8 *head, u8 family)
{
	if (family == SLC_FAMILY_IPV6)
		return head[0] == ICMPV6_DEST_UNREACH &&
		       head[1] == ICMPV6_ADDR_UNREACH;
	return head[0] == ICMP_DEST_UNREACH && head[1] == ICMP_HOST_UNREACH;
}

/* About a SYN of ours. */
static unsigned int icmp_early(struct slc_pkt *pkt, const struct slc_icmp_quote *q,
			       struct slc_early *e, const struct slc_flow *flow)
{
	u8 family = pkt->tuple.family, _head[2];
	const __be32 *seq;
	const u8 *head;
	__be32 _seq;

	head = skb_header_pointer(pkt->skb, pkt->thoff, sizeof(_head), _head);
	seq = skb_header_pointer(pkt->skb, q->thoff + 4, sizeof(_seq), &_seq);
	if (!head || !seq || !icmp_is_final(head, family))
		return slc_pkt_refuse(pkt, flow->service,
				      SLUICE_STAT_ICMP_DROPPED);
	slc_handshake_unreachable(e, flow, ntohl(*seq),
				  icmp_is_gone(head, family));
	return slc_pkt_consume(pkt);
}

/* About what a client has sent to a backend: a router on the way has said so, this
 * host, or the backend, whose address the client does not know.
 */
static unsigned int icmp_forward(struct slc_pkt *pkt, const struct slc_icmp_quote *q,
				 struct slc_flow *flow)
{
	const struct slc_half *out = &flow->half[SLC_OUT];
	const struct slc_half *in = &flow->half[SLC_IN];
	struct slc_addr src, dst;

	if (slc_half_crosses(in))
		return icmp_to_sender(pkt, q, flow);
	/* Nor does it know the address that full NAT has lent. */
	icmp_addrs(pkt, &src, &dst);
	if (slc_addr_eq(&src, &out->key.src) || slc_addr_eq(&src, &out->key.dst))
		src = in->key.dst;
	if (!icmp_outward(pkt, q, flow, &src))
		return slc_pkt_refuse(pkt, flow->service,
				      SLUICE_STAT_ICMP_DROPPED);
	slc_count(pkt->sn, flow->service, SLUICE_STAT_ICMP_TRANSLATED);
	return slc_forward_leave(pkt, flow);
}

/* About a conversation that is no more, or has another backend: the header in it is
 * still for that one alone.
 */
static unsigned int icmp_orphan(struct slc_pkt *pkt, const struct slc_icmp_quote *q)
{
	u8 _head[SLC_PP_SIGNATURE_LEN];
	const u8 *head;

	if (q->tuple.proto != IPPROTO_UDP)
		return NF_ACCEPT;
	head = skb_header_pointer(pkt->skb, q->thoff + sizeof(struct udphdr),
				  sizeof(_head), _head);
	if (!head || !slc_pp_is_v2(head, sizeof(_head)) || slc_icmp_hide(pkt, q))
		return NF_ACCEPT;
	return slc_pkt_refuse(pkt, NULL, SLUICE_STAT_ICMP_DROPPED);
}

unsigned int slc_icmp_out(struct slc_pkt *pkt)
{
	const struct slc_half *in;
	struct slc_half *out;
	struct slc_early *e;
	struct slc_flow *flow;
	struct slc_tuple key;
	struct slc_icmp_quote q;

	if (!slc_icmp_parse_quote(pkt, &q) ||
	    !(slc_config_reply_rcu(pkt->sn, q.tuple.dport) ||
	      slc_config_port_rcu(pkt->sn, q.tuple.dport)))
		return NF_ACCEPT;
	slc_tuple_reverse(&key, &q.tuple);
	key.side = SLC_SIDE_INNER;
	pkt->tuple = key;
	out = slc_flow_lookup(pkt->sn, &key);
	if (!out)
		return icmp_orphan(pkt, &q);
	flow = slc_half_flow(out);
	in = slc_half_other(out);
	if (test_bit(SLC_FLOW_NAT, &flow->flags))
		return icmp_forward(pkt, &q, flow);
	/* Only this host has seen what it quotes, or who is on the way to a
	 * backend.
	 */
	if (pkt->state->in && !test_bit(SLC_FLOW_BACKEND, &flow->flags))
		return NF_ACCEPT;

	/* Pairs with the release in slc_early_finish(). */
	e = smp_load_acquire(&flow->early);
	if (e)
		return icmp_early(pkt, &q, e, flow);
	if (unlikely(!test_bit(SLC_FLOW_HAS_IN, &flow->flags)) && !flow->aliases)
		return slc_pkt_consume(pkt);

	if (slc_half_crosses(in) && !test_bit(SLC_FLOW_BACKEND, &flow->flags))
		return slc_pkt_refuse(pkt, flow->service,
				      SLUICE_STAT_ICMP_DROPPED);

	return icmp_to_sender(pkt, &q, flow);
}

void slc_icmp_made(const struct slc_pkt *pkt)
{
	struct slc_icmp_quote q;

	if (slc_icmp_parse_quote(pkt, &q))
		icmp_untrack(pkt, &q);
}
