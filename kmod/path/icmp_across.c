// SPDX-License-Identifier: GPL-2.0
/* ICMP errors in the other family's words. See icmp.h. */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>

#include "core/csum.h"
#include "core/xfam.h"
#include "path/icmp.h"

/* How much of a packet an error quotes: all of it must fit any path. */
static unsigned int icmp_quote_max(bool v6, unsigned int hlen)
{
	return (v6 ? SLC_XFAM_MTU_MIN : 576) - SLC_ICMP_HLEN - 2 * hlen;
}

/* The IP header of an error of the other family, which is what it has behind it;
 * and its checksum.
 */
static void icmp_finish4(struct sk_buff *skb, const struct slc_addr *src,
			 const struct slc_addr *dst, u8 hops)
{
	struct icmphdr *ih = (struct icmphdr *)skb->data;
	struct iphdr *iph;

	ih->checksum = csum_fold(skb_checksum(skb, 0, skb->len, 0));
	skb_reset_transport_header(skb);
	iph = __skb_push(skb, sizeof(*iph));
	skb_reset_network_header(skb);
	*iph = (struct iphdr) {
		.version = 4,
		.ihl = sizeof(*iph) / 4,
		.tot_len = htons(skb->len),
		.frag_off = htons(IP_DF),
		.ttl = hops,
		.protocol = IPPROTO_ICMP,
		.saddr = slc_addr_v4_get(src),
		.daddr = slc_addr_v4_get(dst),
	};
	ip_send_check(iph);
	skb->protocol = htons(ETH_P_IP);
}

static void icmp_finish6(struct sk_buff *skb, const struct slc_addr *src,
			 const struct slc_addr *dst, u8 hops)
{
	struct icmp6hdr *ih = (struct icmp6hdr *)skb->data;
	unsigned int len = skb->len;
	struct ipv6hdr *iph;

	ih->icmp6_cksum = csum_ipv6_magic((const struct in6_addr *)src,
					  (const struct in6_addr *)dst, len,
					  IPPROTO_ICMPV6,
					  skb_checksum(skb, 0, len, 0));
	skb_reset_transport_header(skb);
	iph = __skb_push(skb, sizeof(*iph));
	skb_reset_network_header(skb);
	*iph = (struct ipv6hdr) {
		.version = 6,
		.payload_len = htons(len),
		.nexthdr = IPPROTO_ICMPV6,
		.hop_limit = hops,
	};
	memcpy(&iph->saddr, src, sizeof(iph->saddr));
	memcpy(&iph->daddr, dst, sizeof(iph->daddr));
	skb->protocol = htons(ETH_P_IPV6);
}

/* The hops that an error has left. Where it is met in LOCAL_IN, it has been for this
 * host so far.
 */
static u8 icmp_hops(const struct slc_pkt *pkt)
{
	u8 hops = pkt->tuple.family == SLC_FAMILY_IPV4 ?
		  ip_hdr(pkt->skb)->ttl : ipv6_hdr(pkt->skb)->hop_limit;

	return pkt->state->hook == NF_INET_LOCAL_IN && hops ? hops - 1 : hops;
}

/* The IP header that an error is to quote: as slc_icmp_across() has @to */
static bool icmp_quoted(const struct slc_pkt *pkt, const struct slc_icmp_quote *q,
			const struct slc_tuple *to, u8 *quoted,
			unsigned int *plen)
{
	const u8 *old = pkt->skb->data + q->nhoff;
	unsigned int hlen = q->thoff - q->nhoff;
	unsigned int len;

	if (pkt->tuple.family == SLC_FAMILY_IPV4)
		len = ntohs(((const struct iphdr *)old)->tot_len);
	else
		len = ntohs(((const struct ipv6hdr *)old)->payload_len) +
		      sizeof(struct ipv6hdr);
	if (len < hlen)
		return false;
	*plen = len - hlen;
	return !(to->family == SLC_FAMILY_IPV6 ?
		 slc_xfam_4to6(old, hlen, *plen, to, quoted) :
		 slc_xfam_6to4(old, hlen, *plen, to, 0, quoted));
}

bool slc_icmp_across(struct slc_pkt *pkt, const struct slc_icmp_quote *q,
		     const struct slc_tuple *to, const struct slc_xlate *x,
		     const struct slc_addr *src, const struct slc_addr *dst)
{
	bool v6 = to->family == SLC_FAMILY_IPV6;
	unsigned int hlen = v6 ? SLC_XFAM_IPV6_LEN : SLC_XFAM_IPV4_LEN;
	u8 head[SLC_XFAM_ICMP_LEN], quoted[SLC_XFAM_IPV6_LEN];
	struct sk_buff *skb = pkt->skb;
	struct slc_csum sum = { };
	u8 hops = icmp_hops(pkt);
	unsigned int plen;

	/* Its checksum is made anew, too, so it has to be good. */
	if (skb->len < q->thoff + 8 ||
	    skb_ensure_writable(skb, q->thoff + 8) || !hops ||
	    !slc_xfam_icmp(pkt->tuple.family, skb->data + pkt->thoff, head) ||
	    !icmp_quoted(pkt, q, to, quoted, &plen) ||
	    nf_checksum(skb, NF_INET_PRE_ROUTING, pkt->thoff,
			v6 ? IPPROTO_ICMP : IPPROTO_ICMPV6,
			v6 ? AF_INET : AF_INET6))
		return false;

	if (to->proto == IPPROTO_TCP)
		slc_xlate_seq_inverse(x, skb->data + q->thoff, to->sport,
				      to->dport, &sum);
	else
		slc_xlate_ports(skb->data + q->thoff, to->sport, to->dport);

	__skb_pull(skb, q->thoff);
	/* What is behind the quote says more of it in its family's words. */
	if (pskb_trim(skb, min(plen, icmp_quote_max(v6, hlen))) ||
	    skb_cow_head(skb, 2 * hlen + SLC_ICMP_HLEN + LL_MAX_HEADER))
		return false;
	memcpy(__skb_push(skb, hlen), quoted, hlen);
	memcpy(__skb_push(skb, SLC_ICMP_HLEN), head, SLC_ICMP_HLEN);
	skb->ip_summed = CHECKSUM_NONE;
	if (v6)
		icmp_finish6(skb, src, dst, hops);
	else
		icmp_finish4(skb, src, dst, hops);
	memset(skb->cb, 0, sizeof(skb->cb));
	skb->ignore_df = 0;
	skb_orphan(skb);
	skb_clear_tstamp(skb);
	skb_clear_hash(skb);
	return true;
}
