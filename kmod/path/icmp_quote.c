// SPDX-License-Identifier: GPL-2.0
/* What ICMP errors quote. See icmp.h. */
#include <linux/icmp.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "core/csum.h"
#include "path/icmp.h"

static bool quote_is_ours(u8 proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP;
}

bool slc_icmp_parse_at(const struct sk_buff *skb, unsigned int nhoff, u8 family,
		       struct slc_icmp_quote *q)
{
	struct slc_tuple *t = &q->tuple;
	__be16 _ports[2];
	const __be16 *ports;

	q->nhoff = nhoff;
	*t = (struct slc_tuple) { .family = family };
	if (t->family == SLC_FAMILY_IPV4) {
		struct iphdr _iph;
		const struct iphdr *iph;

		iph = skb_header_pointer(skb, q->nhoff, sizeof(_iph), &_iph);
		if (!iph || iph->version != 4 || iph->ihl < 5 ||
		    !quote_is_ours(iph->protocol) ||
		    iph->frag_off & htons(IP_OFFSET))
			return false;
		t->proto = iph->protocol;
		t->src = slc_addr_v4(iph->saddr);
		t->dst = slc_addr_v4(iph->daddr);
		q->thoff = q->nhoff + iph->ihl * 4;
	} else {
		struct ipv6hdr _iph;
		const struct ipv6hdr *iph;
		__be16 frag_off = 0;
		u8 nexthdr;
		int off;

		iph = skb_header_pointer(skb, q->nhoff, sizeof(_iph), &_iph);
		if (!iph || iph->version != 6)
			return false;
		nexthdr = iph->nexthdr;
		off = ipv6_skip_exthdr(skb, q->nhoff + sizeof(*iph), &nexthdr,
				       &frag_off);
		if (off < 0 || !quote_is_ours(nexthdr) ||
		    frag_off & htons(~0x7) ||
		    slc_pkt_authenticated(skb, q->nhoff))
			return false;
		t->proto = nexthdr;
		t->src = slc_addr_from_bytes(&iph->saddr);
		t->dst = slc_addr_from_bytes(&iph->daddr);
		q->thoff = off;
	}
	ports = skb_header_pointer(skb, q->thoff, sizeof(_ports), _ports);
	if (!ports)
		return false;
	t->sport = ports[0];
	t->dport = ports[1];
	return true;
}

bool slc_icmp_parse_quote(const struct slc_pkt *pkt, struct slc_icmp_quote *q)
{
	return slc_icmp_parse_at(pkt->skb, pkt->thoff + SLC_ICMP_HLEN,
				 pkt->tuple.family, q);
}

bool slc_icmp_checksum_ok(const struct slc_pkt *pkt)
{
	bool v6 = pkt->skb->protocol == htons(ETH_P_IPV6);

	return !nf_checksum(pkt->skb, NF_INET_PRE_ROUTING, pkt->thoff,
			    v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP,
			    v6 ? AF_INET6 : AF_INET);
}

bool slc_icmp_hide(struct slc_pkt *pkt, const struct slc_icmp_quote *q)
{
	unsigned int off = q->thoff + sizeof(struct udphdr), i;
	struct sk_buff *skb = pkt->skb;
	struct slc_csum sum = { };
	__sum16 *check;

	if (skb->len <= off)
		return true;
	if (skb_ensure_writable(skb, skb->len))
		return false;
	for (i = off; i < skb->len; i++)
		slc_csum_replace1_at(&sum, i - off, skb->data[i], 0);
	memset(skb->data + off, 0, skb->len - off);
	check = (__sum16 *)(skb->data + pkt->thoff + offsetof(struct icmphdr, checksum));
	*check = slc_csum_apply(*check, &sum);
	return true;
}
