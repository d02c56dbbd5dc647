// SPDX-License-Identifier: GPL-2.0
/* The end of a tunnel. See decap.h. */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/if_ether.h>
#include <linux/netdevice.h>
#include <linux/udp.h>
#include <net/gue.h>
#include <net/inet_ecn.h>
#include <net/ip.h>
#include <net/ip_tunnels.h>
#include <net/ipv6.h>

#include "obj/config.h"
#include "obj/service.h"
#include "path/decap.h"
#include "path/icmp.h"
#include "path/route.h"
#include "path/train.h"

/* Where transport's header is of the packet inside, its protocol and its addresses. */
struct decap_inner {
	struct slc_addr src;
	struct slc_addr dst;
	u32 thoff;
	u8 proto;
};

static bool decap_inner4(const struct sk_buff *skb, u32 off,
			 struct decap_inner *in)
{
	struct iphdr _iph;
	const struct iphdr *iph;

	iph = skb_header_pointer(skb, off, sizeof(_iph), &_iph);
	if (!iph || iph->version != 4 || iph->ihl < 5 || ip_is_fragment(iph))
		return false;
	in->src = slc_addr_v4(iph->saddr);
	in->dst = slc_addr_v4(iph->daddr);
	in->thoff = off + iph->ihl * 4;
	in->proto = iph->protocol;
	return true;
}

static bool decap_inner6(const struct sk_buff *skb, u32 off,
			 struct decap_inner *in)
{
	struct ipv6hdr _iph;
	const struct ipv6hdr *iph;
	__be16 frag_off = 0;
	int thoff;

	iph = skb_header_pointer(skb, off, sizeof(_iph), &_iph);
	if (!iph || iph->version != 6)
		return false;
	in->src = slc_addr_from_bytes(&iph->saddr);
	in->dst = slc_addr_from_bytes(&iph->daddr);
	in->proto = iph->nexthdr;
	thoff = ipv6_skip_exthdr(skb, off + sizeof(*iph), &in->proto, &frag_off);
	if (thoff < 0 || thoff > U16_MAX || frag_off)
		return false;
	in->thoff = thoff;
	return true;
}

/* What the service has sent comes back, as it was: to whoever sent it. */
static const struct slc_service_entry *
decap_quoted(const struct slc_pkt *pkt, u8 family, const struct decap_inner *in)
{
	struct slc_pkt error = {
		.skb = pkt->skb,
		.sn = pkt->sn,
		.tuple.family = family,
		.thoff = in->thoff,
	};
	struct slc_icmp_quote q;
	const u8 *type;
	u8 _type;

	type = skb_header_pointer(pkt->skb, in->thoff, sizeof(_type), &_type);
	if (!type || !(in->proto == IPPROTO_ICMP ?
		       icmp_is_err(*type) && *type != ICMP_REDIRECT :
		       icmpv6_is_err(*type)) ||
	    !slc_icmp_parse_quote(&error, &q) ||
	    !slc_addr_eq(&q.tuple.src, &in->dst))
		return NULL;
	return slc_config_lookup_rcu(pkt->sn, q.tuple.proto, &q.tuple.src,
				     q.tuple.sport);
}

/* Whom is the packet inside for? */
static const struct slc_service_entry *
decap_service(const struct slc_pkt *pkt, u32 off, u8 family)
{
	const __be16 *ports;
	struct decap_inner in;
	__be16 _ports[2];

	if (!(family == SLC_FAMILY_IPV4 ? decap_inner4(pkt->skb, off, &in) :
					  decap_inner6(pkt->skb, off, &in)))
		return NULL;
	if (in.proto == (family == SLC_FAMILY_IPV4 ? IPPROTO_ICMP : IPPROTO_ICMPV6))
		return decap_quoted(pkt, family, &in);
	if (in.proto != IPPROTO_TCP && in.proto != IPPROTO_UDP)
		return NULL;
	ports = skb_header_pointer(pkt->skb, in.thoff, sizeof(_ports), _ports);
	return ports ? slc_config_lookup_rcu(pkt->sn, in.proto, &in.dst,
					     ports[1]) : NULL;
}

/* The family of what a header announces by its protocol, or 0 */
static u8 decap_family(u8 proto)
{
	return proto == IPPROTO_IPIP ? SLC_FAMILY_IPV4 :
	       proto == IPPROTO_IPV6 ? SLC_FAMILY_IPV6 : 0;
}

/* IPv4 or IPv6 in either */
static bool decap_ipip(const struct slc_pkt *pkt, u8 family,
		       struct slc_decap *in)
{
	const struct sk_buff *skb = pkt->skb;
	int nhoff = skb_network_offset(skb), off;
	__be16 frag_off = 0;
	u8 proto;

	if (family == SLC_FAMILY_IPV4) {
		proto = ip_hdr(skb)->protocol;
		off = nhoff + ip_hdr(skb)->ihl * 4;
		if (ip_is_fragment(ip_hdr(skb)))
			return false;
	} else {
		/* Linux says how often it may be put into another. */
		proto = ipv6_hdr(skb)->nexthdr;
		off = ipv6_skip_exthdr(skb, nhoff + sizeof(struct ipv6hdr),
				       &proto, &frag_off);
		if (off < 0 || frag_off || slc_pkt_authenticated(skb, nhoff))
			return false;
	}
	in->family = decap_family(proto);
	in->off = off;
	in->how = SLUICE_TUNNEL_IPIP;
	in->plain = true;
	return in->family;
}

/* In UDP. In variant 1 there is no header, and IP's version says which it is. */
static bool decap_gue(const struct slc_pkt *pkt, struct slc_decap *in)
{
	const u32 off = pkt->thoff + sizeof(struct udphdr);
	struct guehdr _gue;
	const struct guehdr *gue;

	gue = skb_header_pointer(pkt->skb, off, sizeof(_gue), &_gue);
	if (!gue)
		return false;
	in->how = SLUICE_TUNNEL_GUE;
	in->off = off;
	in->plain = true;
	if (gue->version == 1) {
		in->family = (*(const u8 *)gue >> 4) == 4 ? SLC_FAMILY_IPV4 :
			     (*(const u8 *)gue >> 4) == 6 ? SLC_FAMILY_IPV6 : 0;
		return in->family;
	}
	if (gue->version || gue->control)
		return false;
	/* Fields that flags announce say what is to be done with the packet, as to
	 * join fragments of it; what comes behind them is for who knows it.
	 */
	in->plain = !gue->flags;
	in->off += sizeof(*gue) + gue->hlen * 4;
	in->family = decap_family(gue->proto_ctype);
	return in->family;
}

bool slc_decap_find(struct slc_pkt *pkt, enum slc_pkt_kind kind, u8 family,
		    struct slc_decap *in)
{
	const struct net_device *dev = pkt->skb->dev;
	const struct slc_service_cfg *cfg;

	/* Whoever is on this host could speak for anybody. */
	if (dev->flags & IFF_LOOPBACK || netif_is_l3_master(dev))
		return false;
	if (kind == SLC_PKT_UDP) {
		if (!pkt->may_call || !decap_gue(pkt, in))
			return false;
		/* A service's own datagrams may look like anything. */
		if (slc_config_lookup_rcu(pkt->sn, IPPROTO_UDP, &pkt->tuple.dst,
					  pkt->tuple.dport))
			return false;
	} else if (!decap_ipip(pkt, family, in)) {
		return false;
	}
	in->svc = decap_service(pkt, in->off, in->family);
	if (!in->svc)
		return false;
	cfg = &in->svc->rules->cfg;
	if (!(cfg->tunnel & in->how))
		return false;
	if (kind == SLC_PKT_UDP &&
	    pkt->tuple.dport != htons(slc_service_tunnel_port(cfg)))
		return false;
	if (kind != SLC_PKT_UDP)
		slc_pkt_addrs(pkt, family);
	/* What is on its way to another host goes on. */
	return slc_route_owns(pkt, &pkt->tuple.dst);
}

/* UDP's checksum, which tunnels may leave out over IPv6 as well (RFC 6935) */
static bool decap_sum_ok(const struct slc_pkt *pkt)
{
	struct udphdr _uh;
	const struct udphdr *uh;

	uh = skb_header_pointer(pkt->skb, pkt->thoff, sizeof(_uh), &_uh);
	if (!uh || ntohs(uh->len) != pkt->seg.len + sizeof(*uh))
		return false;
	return !uh->check || slc_pkt_checksum_ok(pkt);
}

/* What congestion has been met on the way is told to who is inside. */
static bool decap_ecn(struct sk_buff *skb, u8 family, u8 outer)
{
	unsigned int len = family == SLC_FAMILY_IPV4 ? sizeof(struct iphdr) :
						       sizeof(struct ipv6hdr);

	if (!pskb_may_pull(skb, len))
		return false;
	return INET_ECN_decapsulate(skb, outer,
				    ip_tunnel_get_dsfield(ip_hdr(skb), skb)) <= 1;
}

/* The headers of the tunnel off, the device's stays in front. */
static bool decap_pull(struct sk_buff *skb, const struct slc_decap *in)
{
	__be16 proto = in->family == SLC_FAMILY_IPV4 ? htons(ETH_P_IP) :
						       htons(ETH_P_IPV6);

	/* Who has a copy is to see what came. */
	if (skb_cow_head(skb, 0))
		return false;
	/* UDP's was the first of those that the device found good. */
	if (in->how == SLUICE_TUNNEL_GUE)
		__skb_decr_checksum_unnecessary(skb);
	if (iptunnel_pull_header(skb, in->off, proto, false))
		return false;
	skb->csum_valid = 0;
	skb_reset_network_header(skb);
	skb_reset_transport_header(skb);
	skb_mac_header_rebuild(skb);
	if (skb->mac_len == ETH_HLEN)
		eth_hdr(skb)->h_proto = proto;
#ifdef CONFIG_NET_CLS_ACT
	/* Taps and tc have seen what came. */
	skb->tc_skip_classify = 1;
#endif
	return true;
}

/* The packet is taken before input routing would judge who has sent it, and as whom. */
static bool decap_judge(struct slc_pkt *pkt)
{
	const struct slc_addr *src = &pkt->tuple.src;

	/* As in slc_open(): it would pass for the IPv4 address that is trusted. */
	return pkt->skb->pkt_type == PACKET_HOST &&
	       slc_addr_family(src) == pkt->tuple.family &&
	       !slc_route_owns(pkt, src) &&
	       !slc_route_judge(pkt, &pkt->tuple.dst);
}

static unsigned int decap_each(struct slc_pkt *pkt, void *data)
{
	struct slc_decap in;

	return slc_decap_find(pkt, SLC_PKT_UDP, pkt->tuple.family, &in) ?
	       slc_decap(pkt, &in) :
	       slc_pkt_refuse(pkt, NULL, SLUICE_STAT_TUNNEL_REFUSED);
}

unsigned int slc_decap(struct slc_pkt *pkt, const struct slc_decap *in)
{
	const struct slc_service *svc = in->svc->service;
	struct sk_buff *skb = pkt->skb;
	u8 outer;

	/* Several tunnel's packets in one, not one with a train inside */
	if (in->how == SLUICE_TUNNEL_GUE && !skb->encapsulation &&
	    slc_train_is(skb) && skb_shinfo(skb)->gso_type & SKB_GSO_UDP_L4)
		return slc_train_split(pkt, decap_each, NULL);
	if (!in->plain || !slc_service_trusts(in->svc->rules, &pkt->tuple.src) ||
	    !decap_judge(pkt) ||
	    (in->how == SLUICE_TUNNEL_GUE && !decap_sum_ok(pkt)))
		return slc_pkt_refuse(pkt, svc, SLUICE_STAT_TUNNEL_REFUSED);
	if (!slc_pkt_policy_ok(pkt))
		return slc_pkt_refuse(pkt, svc, SLUICE_STAT_XFRM_DENIED);

	outer = ip_tunnel_get_dsfield(ip_hdr(skb), skb);
	if (!decap_pull(skb, in))
		return slc_pkt_refuse(pkt, svc, SLUICE_STAT_NO_MEMORY);
	if (!decap_ecn(skb, in->family, outer))
		return slc_pkt_refuse(pkt, svc, SLUICE_STAT_TUNNEL_REFUSED);
	slc_count(pkt->sn, svc, SLUICE_STAT_DECAPSULATED);
	netif_rx(skb);
	return NF_STOLEN;
}
