// SPDX-License-Identifier: GPL-2.0
/*
 * ICMP errors about tunnels of ours. They quote a packet of this host's, in which is one
 * of a client's, whom the error has not reached.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>
#include <net/gue.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "obj/flow.h"
#include "obj/service.h"
#include "path/icmp.h"
#include "path/route.h"

/**
 * struct tunnel_quote - what is quoted of a tunnel
 * @outer: the packet of ours; ports of its tuple where the tunnel has some
 * @inner: the packet of the client's in there
 */
struct tunnel_quote {
	struct slc_icmp_quote outer;
	struct slc_icmp_quote inner;
};

/* Where what is behind the outer header begins, and its protocol */
static bool tunnel_outer(const struct slc_pkt *pkt, struct slc_icmp_quote *q)
{
	const struct sk_buff *skb = pkt->skb;
	struct slc_tuple *t = &q->tuple;

	q->nhoff = pkt->thoff + SLC_ICMP_HLEN;
	*t = (struct slc_tuple) { };
	if (skb->protocol == htons(ETH_P_IP)) {
		const struct iphdr *iph;
		struct iphdr _iph;

		iph = skb_header_pointer(skb, q->nhoff, sizeof(_iph), &_iph);
		if (!iph || iph->version != 4 || iph->ihl < 5 ||
		    iph->frag_off & htons(IP_OFFSET))
			return false;
		t->family = SLC_FAMILY_IPV4;
		t->proto = iph->protocol;
		t->src = slc_addr_v4(iph->saddr);
		t->dst = slc_addr_v4(iph->daddr);
		q->thoff = q->nhoff + iph->ihl * 4;
	} else {
		const struct ipv6hdr *iph;
		struct ipv6hdr _iph;

		iph = skb_header_pointer(skb, q->nhoff, sizeof(_iph), &_iph);
		if (!iph || iph->version != 6)
			return false;
		t->family = SLC_FAMILY_IPV6;
		t->proto = iph->nexthdr;
		t->src = slc_addr_from_bytes(&iph->saddr);
		t->dst = slc_addr_from_bytes(&iph->daddr);
		q->thoff = q->nhoff + sizeof(*iph);
	}
	return true;
}

static bool tunnel_parse(const struct slc_pkt *pkt, struct tunnel_quote *q)
{
	const struct guehdr *gue;
	const struct udphdr *uh;
	struct guehdr _gue;
	struct udphdr _uh;
	unsigned int nhoff;
	u8 proto;

	if (!tunnel_outer(pkt, &q->outer))
		return false;
	proto = q->outer.tuple.proto;
	nhoff = q->outer.thoff;
	if (proto == IPPROTO_UDP) {
		uh = skb_header_pointer(pkt->skb, nhoff, sizeof(_uh), &_uh);
		if (!uh)
			return false;
		q->outer.tuple.sport = uh->source;
		q->outer.tuple.dport = uh->dest;
		/* As we write it: variant 0, and nothing more */
		nhoff += sizeof(*uh);
		gue = skb_header_pointer(pkt->skb, nhoff, sizeof(_gue), &_gue);
		if (!gue || gue->version || gue->hlen || gue->control)
			return false;
		proto = gue->proto_ctype;
		nhoff += sizeof(*gue);
	}
	if (proto != IPPROTO_IPIP && proto != IPPROTO_IPV6)
		return false;
	return slc_icmp_parse_at(pkt->skb, nhoff, proto == IPPROTO_IPIP ?
				 SLC_FAMILY_IPV4 : SLC_FAMILY_IPV6, &q->inner);
}

/* Whose packet is in there? Who has not seen it cannot name both, least of all the port of
 * UDP that a tunnel has by chance.
 */
static struct slc_flow *tunnel_flow(const struct slc_pkt *pkt,
				    const struct tunnel_quote *q)
{
	const struct slc_tuple *t = &q->outer.tuple, *back;
	struct slc_flow *flow;
	struct slc_half *half;

	half = slc_flow_lookup(pkt->sn, &q->inner.tuple);
	if (!half)
		return NULL;
	flow = slc_half_flow(half);
	back = &flow->half[SLC_OUT].key;
	return test_bit(SLC_FLOW_KEPT, &flow->flags) && flow->wrap_len &&
	       back->proto == t->proto && slc_addr_eq(&back->src, &t->dst) &&
	       slc_addr_eq(&back->dst, &t->src) && back->sport == t->dport &&
	       back->dport == t->sport ? flow : NULL;
}

/* Does an error say that there is no way to the other end? */
static bool tunnel_is_gone(const struct slc_pkt *pkt)
{
	const u8 *head;
	u8 _head[2];

	head = skb_header_pointer(pkt->skb, pkt->thoff, sizeof(_head), _head);
	if (!head)
		return false;
	if (pkt->skb->protocol == htons(ETH_P_IP))
		return head[0] == ICMP_TIME_EXCEEDED ||
		       (head[0] == ICMP_DEST_UNREACH &&
			head[1] != ICMP_FRAG_NEEDED);
	return head[0] == ICMPV6_TIME_EXCEED || head[0] == ICMPV6_DEST_UNREACH ||
	       (head[0] == ICMPV6_PARAMPROB && head[1] == ICMPV6_UNK_NEXTHDR);
}

/* What is left of the packet is as the client has sent it: tell him, of @mtu, or that
 * there is no way.
 */
static void tunnel_tell(struct sk_buff *skb, const struct slc_icmp_quote *q, u32 mtu)
{
	int iif = skb->dev->ifindex;

	__skb_pull(skb, q->nhoff);
	skb_reset_network_header(skb);
	skb_set_transport_header(skb, q->thoff - q->nhoff);
	memset(skb->cb, 0, sizeof(skb->cb));
	if (q->tuple.family == SLC_FAMILY_IPV4) {
		skb->protocol = htons(ETH_P_IP);
		icmp_send(skb, ICMP_DEST_UNREACH,
			  mtu ? ICMP_FRAG_NEEDED : ICMP_HOST_UNREACH, htonl(mtu));
		return;
	}
	skb->protocol = htons(ETH_P_IPV6);
	IP6CB(skb)->iif = iif;
	if (mtu)
		icmpv6_send(skb, ICMPV6_PKT_TOOBIG, 0,
			    max_t(u32, mtu, IPV6_MIN_MTU));
	else
		icmpv6_send(skb, ICMPV6_DEST_UNREACH, ICMPV6_ADDR_UNREACH, 0);
}

unsigned int slc_icmp_tunnel(struct slc_pkt *pkt)
{
	struct tunnel_quote q;
	struct dst_entry *dst;
	struct slc_flow *flow;
	u32 mtu;

	if (!tunnel_parse(pkt, &q))
		return NF_ACCEPT;
	flow = tunnel_flow(pkt, &q);
	if (!flow)
		return NF_ACCEPT;
	pkt->tuple = q.inner.tuple;
	if (!pskb_may_pull(pkt->skb, q.inner.thoff + 8) ||
	    !slc_icmp_checksum_ok(pkt))
		goto drop;
	mtu = slc_icmp_note_mtu(pkt, &q.outer, 0, flow->outer_mark);
	if (mtu > flow->wrap_len)
		mtu -= flow->wrap_len;
	else if (mtu || !tunnel_is_gone(pkt))
		goto drop;
	dst = slc_route_sender(flow);
	if (IS_ERR(dst))
		goto drop;
	skb_dst_drop(pkt->skb);
	skb_dst_set(pkt->skb, dst);
	slc_count(pkt->sn, flow->service, SLUICE_STAT_ICMP_TRANSLATED);
	tunnel_tell(pkt->skb, &q.inner, mtu);
	return slc_pkt_consume(pkt);

drop:
	slc_pkt_refuse(pkt, flow->service, SLUICE_STAT_ICMP_DROPPED);
	kfree_skb(pkt->skb);
	return NF_STOLEN;
}
