// SPDX-License-Identifier: GPL-2.0
/*
 * Tunnels: the backend gets the packet as it is inside another one, by IP in IP (RFC
 * 2003, 2473, 4213) or generic UDP encapsulation (draft-ietf-intarea-gue, variant 0), of
 * either family. It takes it out and answers from the service's address, past us.
 */
#include <linux/bits.h>
#include <linux/in.h>
#include <linux/random.h>
#include <linux/udp.h>
#include <net/dsfield.h>
#include <net/gue.h>
#include <net/inet_ecn.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ip6_route.h>
#include <net/ip_tunnels.h>
#include <net/udp.h>

#include "mode/mode.h"
#include "obj/flow.h"
#include "obj/pick.h"
#include "obj/service.h"
#include "path/pkt.h"
#include "path/route.h"

/* Source ports of tunnels, for routers that spread by them: so many from here */
#define TUNNEL_SPORT_MIN	32768
#define TUNNEL_SPORTS		28232

static u8 tunnel_inside(u8 family)
{
	return family == SLC_FAMILY_IPV4 ? IPPROTO_IPIP : IPPROTO_IPV6;
}

/* IPv6 has no datagrams without one for who has not agreed to that (RFC 6935). */
static bool gue_sums(u8 csum, u8 family)
{
	return csum == SLUICE_TUNNEL_CSUM_AUTO ? family == SLC_FAMILY_IPV6 :
	       csum == SLUICE_TUNNEL_CSUM_ON;
}

/* From this host's address, by the protocol of @inner */
static int tunnel_bind(struct slc_flow *flow, const struct slc_pkt *pkt,
		       struct slc_tuple *inner)
{
	flow->wrap_len = inner->family == SLC_FAMILY_IPV4 ?
			 sizeof(struct iphdr) : sizeof(struct ipv6hdr);
	if (inner->proto == IPPROTO_UDP)
		flow->wrap_len += sizeof(struct udphdr) + sizeof(struct guehdr);
	return slc_route_source(pkt->sn, inner, pkt->skb->mark);
}

static int ipip_bind(struct slc_flow *flow, const struct slc_pkt *pkt,
		     const struct slc_choice *to, struct slc_tuple *inner)
{
	inner->proto = tunnel_inside(pkt->tuple.family);
	inner->sport = 0;
	inner->dport = 0;
	return tunnel_bind(flow, pkt, inner);
}

static int gue_bind(struct slc_flow *flow, const struct slc_pkt *pkt,
		    const struct slc_choice *to, struct slc_tuple *inner)
{
	inner->proto = IPPROTO_UDP;
	inner->sport = htons(TUNNEL_SPORT_MIN +
			     reciprocal_scale(get_random_u32(), TUNNEL_SPORTS));
	inner->dport = htons(to->tunnel_port ?: SLC_TUNNEL_PORT);
	if (gue_sums(to->tunnel_csum, inner->family))
		__set_bit(SLC_FLOW_SUMS, &flow->flags);
	return tunnel_bind(flow, pkt, inner);
}

static struct dst_entry *tunnel_route(const struct slc_flow *flow)
{
	struct slc_tuple t;

	slc_tuple_reverse(&t, &flow->half[SLC_OUT].key);
	return slc_route_out(flow->sn, &t, 0, flow->outer_mark);
}

/* What the packet in the tunnel says of itself that the one around it repeats */
struct tunnel_inner {
	u8 proto;
	u8 dsfield;
	__be16 df;
};

static struct tunnel_inner tunnel_look(const struct sk_buff *skb)
{
	/* What may be cut up, or has been, may be so outside too. */
	if (skb->protocol == htons(ETH_P_IP))
		return (struct tunnel_inner) {
			.proto = IPPROTO_IPIP,
			.dsfield = ipv4_get_dsfield(ip_hdr(skb)),
			.df = skb->ignore_df ? 0 :
			      ip_hdr(skb)->frag_off & htons(IP_DF),
		};
	return (struct tunnel_inner) {
		.proto = IPPROTO_IPV6,
		.dsfield = ipv6_get_dsfield(ipv6_hdr(skb)),
		.df = skb->ignore_df ? 0 : htons(IP_DF),
	};
}

/* @t is of what the backend sends, if it sent any. */
static void tunnel_put_gue(struct sk_buff *skb, const struct slc_tuple *t,
			   u8 proto, bool sums)
{
	struct guehdr *gue = skb_push(skb, sizeof(*gue));
	struct udphdr *uh;

	*gue = (struct guehdr) { .proto_ctype = proto };
	uh = skb_push(skb, sizeof(*uh));
	skb_reset_transport_header(skb);
	uh->source = t->dport;
	uh->dest = t->sport;
	uh->len = htons(skb->len);
	if (t->family == SLC_FAMILY_IPV4)
		udp_set_csum(!sums, skb, slc_addr_v4_get(&t->dst),
			     slc_addr_v4_get(&t->src), skb->len);
	else
		udp6_set_csum(!sums, skb, (const struct in6_addr *)&t->dst,
			      (const struct in6_addr *)&t->src, skb->len);
}

static void tunnel_put_ip4(struct sk_buff *skb, const struct slc_tuple *t,
			   const struct slc_net *sn,
			   const struct dst_entry *dst,
			   const struct tunnel_inner *inner)
{
	struct iphdr *iph = skb_push(skb, sizeof(*iph));

	skb_reset_network_header(skb);
	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
	*iph = (struct iphdr) {
		.version = 4,
		.ihl = sizeof(*iph) / 4,
		.tos = INET_ECN_encapsulate(inner->dsfield, inner->dsfield),
		.tot_len = htons(skb->len),
		.frag_off = inner->df,
		.ttl = ip4_dst_hoplimit(dst),
		.protocol = t->proto,
		.saddr = slc_addr_v4_get(&t->dst),
		.daddr = slc_addr_v4_get(&t->src),
	};
	ip_select_ident_segs(sn->net, skb, NULL,
			     skb_shinfo(skb)->gso_segs ?: 1);
	ip_send_check(iph);
	skb->protocol = htons(ETH_P_IP);
}

static void tunnel_put_ip6(struct sk_buff *skb, const struct slc_tuple *t,
			   const struct dst_entry *dst,
			   const struct tunnel_inner *inner)
{
	struct ipv6hdr *iph = skb_push(skb, sizeof(*iph));

	skb_reset_network_header(skb);
	memset(IP6CB(skb), 0, sizeof(*IP6CB(skb)));
	ip6_flow_hdr(iph, INET_ECN_encapsulate(inner->dsfield, inner->dsfield), 0);
	iph->payload_len = htons(skb->len - sizeof(*iph));
	iph->nexthdr = t->proto;
	iph->hop_limit = ip6_dst_hoplimit((struct dst_entry *)dst);
	memcpy(&iph->saddr, &t->dst, sizeof(iph->saddr));
	memcpy(&iph->daddr, &t->src, sizeof(iph->daddr));
	skb->protocol = htons(ETH_P_IPV6);
}

static int tunnel_gso_type(const struct slc_tuple *t, bool sums)
{
	int type = t->family == SLC_FAMILY_IPV4 ? SKB_GSO_IPXIP4 :
						  SKB_GSO_IPXIP6;

	/* Of IP in UDP whoever makes segments of it asks for both. */
	if (t->proto == IPPROTO_UDP)
		type |= sums ? SKB_GSO_UDP_TUNNEL_CSUM : SKB_GSO_UDP_TUNNEL;
	return type;
}

static int tunnel_wrap(struct sk_buff *skb, const struct slc_flow *flow,
		       const struct dst_entry *dst)
{
	const struct slc_tuple *t = &flow->half[SLC_OUT].key;
	struct tunnel_inner inner = tunnel_look(skb);
	bool sums = test_bit(SLC_FLOW_SUMS, &flow->flags);
	int err;

	err = skb_cow_head(skb, LL_RESERVED_SPACE(dst->dev) + dst->header_len +
				flow->wrap_len);
	if (err)
		return err;
	/* A tunnel has no link layer inside; and what is in there may be one, too. */
	skb_reset_mac_header(skb);
	skb->encapsulation = 0;
	err = iptunnel_handle_offloads(skb, tunnel_gso_type(t, sums));
	if (err)
		return err;
	skb_set_inner_ipproto(skb, inner.proto);
	skb_clear_hash_if_not_l4(skb);
	skb_reset_transport_header(skb);
	if (t->proto == IPPROTO_UDP)
		tunnel_put_gue(skb, t, inner.proto, sums);
	if (t->family == SLC_FAMILY_IPV4)
		tunnel_put_ip4(skb, t, flow->sn, dst, &inner);
	else
		tunnel_put_ip6(skb, t, dst, &inner);
	/* What did not fit and may not be cut up was not let through. */
	skb->ignore_df = 1;
	return 0;
}

const struct slc_mode slc_mode_ipip = {
	.name	= "ipip",
	.caps	= SLC_MODE_BUILT | SLC_MODE_DIRECT | SLC_MODE_CROSSES,
	.bind	= ipip_bind,
	.route	= tunnel_route,
	.wrap	= tunnel_wrap,
};

const struct slc_mode slc_mode_gue = {
	.name	= "gue",
	.caps	= SLC_MODE_BUILT | SLC_MODE_DIRECT | SLC_MODE_CROSSES,
	.bind	= gue_bind,
	.route	= tunnel_route,
	.wrap	= tunnel_wrap,
};
