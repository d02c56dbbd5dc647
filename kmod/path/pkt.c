// SPDX-License-Identifier: GPL-2.0
/*
 * Where a packet's headers are and what they say. See pkt.h.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/xfrm.h>

#include "obj/config.h"
#include "obj/service.h"
#include "obj/stats.h"
#include "path/pkt.h"
#include "trace.h"

void slc_count(const struct slc_net *sn, const struct slc_service *svc,
	       int why)
{
	slc_stats_add(svc ? svc->stats : sn->stats, why, 1);
}

unsigned int slc_pkt_refuse(const struct slc_pkt *pkt,
			    const struct slc_service *svc, int why)
{
	slc_count(pkt->sn, svc, why);
	trace_sluice_refuse(pkt->sn->net, &pkt->tuple, why);
	return NF_DROP;
}

/* The start of the transport header, in place if it can be. */
static const void *pkt_header(struct slc_pkt *pkt, unsigned int len)
{
	return skb_header_pointer(pkt->skb, pkt->thoff, len, pkt->room);
}

static enum slc_pkt_kind pkt_locate4(struct slc_pkt *pkt)
{
	const struct iphdr *iph = ip_hdr(pkt->skb);

	/* What comes in has been put together; the rest is nobody's. */
	if (ip_is_fragment(iph))
		return SLC_PKT_OTHER;
	pkt->thoff = skb_network_offset(pkt->skb) + iph->ihl * 4;
	if (iph->protocol == IPPROTO_TCP)
		return SLC_PKT_TCP;
	if (iph->protocol == IPPROTO_UDP)
		return SLC_PKT_UDP;
	if (iph->protocol == IPPROTO_ICMP) {
		const struct icmphdr *ih = pkt_header(pkt, sizeof(*ih));

		/* A redirect is about our way to the sender, whoever the
		 * application believes that is.
		 */
		if (ih && icmp_is_err(ih->type) && ih->type != ICMP_REDIRECT)
			return SLC_PKT_ICMP_ERROR;
	}
	return SLC_PKT_OTHER;
}

bool slc_pkt_authenticated(const struct sk_buff *skb, unsigned int nhoff)
{
	return ipv6_find_hdr(skb, &nhoff, NEXTHDR_AUTH, NULL, NULL) ==
	       NEXTHDR_AUTH;
}

/* Apart from the rest, and so its buffers from the rest's stack. */
static noinline enum slc_pkt_kind pkt_locate6(struct slc_pkt *pkt)
{
	int nhoff = skb_network_offset(pkt->skb);
	u8 nexthdr = ipv6_hdr(pkt->skb)->nexthdr;
	__be16 frag_off = 0;
	int off = nhoff + sizeof(struct ipv6hdr);

	if (nexthdr != IPPROTO_TCP) {
		off = ipv6_skip_exthdr(pkt->skb, off, &nexthdr, &frag_off);
		if (off < 0 || off > U16_MAX - 60)
			return SLC_PKT_UNCLEAR;
		if (frag_off & htons(~0x7) ||
		    slc_pkt_authenticated(pkt->skb, nhoff))
			return SLC_PKT_OTHER;
	}
	pkt->thoff = off;
	/* Kernels without conntrack may have nothing that joins fragments. */
	if (nexthdr == IPPROTO_TCP)
		return frag_off ? SLC_PKT_UNCLEAR : SLC_PKT_TCP;
	if (nexthdr == IPPROTO_UDP)
		return frag_off ? SLC_PKT_OTHER : SLC_PKT_UDP;
	if (nexthdr == IPPROTO_ICMPV6) {
		const struct icmp6hdr *ih = pkt_header(pkt, sizeof(*ih));

		if (ih && icmpv6_is_err(ih->icmp6_type))
			return SLC_PKT_ICMP_ERROR;
	}
	return SLC_PKT_OTHER;
}

static void pkt_addrs4(struct slc_tuple *t, const struct iphdr *iph)
{
	t->src = slc_addr_v4(iph->saddr);
	t->dst = slc_addr_v4(iph->daddr);
}

static void pkt_addrs6(struct slc_tuple *t, const struct ipv6hdr *iph)
{
	memcpy(&t->src, &iph->saddr, sizeof(t->src));
	memcpy(&t->dst, &iph->daddr, sizeof(t->dst));
}

void slc_pkt_addrs(struct slc_pkt *pkt, u8 family)
{
	struct slc_tuple *t = &pkt->tuple;

	*t = (struct slc_tuple) { .family = family };
	if (family == SLC_FAMILY_IPV4)
		pkt_addrs4(t, ip_hdr(pkt->skb));
	else
		pkt_addrs6(t, ipv6_hdr(pkt->skb));
}

/* Is a port one that we care for? Of what this host makes also that of a backend,
 * for the port it comes from may have been lent.
 */
static __always_inline bool pkt_ports(struct slc_pkt *pkt, __be16 source,
				      __be16 dest, bool out)
{
	pkt->may_call = slc_config_port_rcu(pkt->sn, out ? source : dest);
	return pkt->may_call ||
	       slc_config_reply_rcu(pkt->sn, slc_pkt_is_made(pkt) ? dest : source);
}

static __always_inline void pkt_tuple(struct slc_pkt *pkt, u8 family, u8 proto,
				      __be16 source, __be16 dest)
{
	struct slc_tuple *t = &pkt->tuple;

	if (family == SLC_FAMILY_IPV4)
		pkt_addrs4(t, ip_hdr(pkt->skb));
	else
		pkt_addrs6(t, ipv6_hdr(pkt->skb));
	t->sport = source;
	t->dport = dest;
	t->family = family;
	t->proto = proto;
	t->side = SLC_SIDE_OUTER;
	t->pad = 0;
}

static noinline enum slc_pkt_kind pkt_parse_udp(struct slc_pkt *pkt, u8 family,
						bool out)
{
	const struct udphdr *uh = pkt_header(pkt, sizeof(*uh));

	/* Of what this host makes an answer to a service's client, too */
	if (!uh || (!pkt_ports(pkt, uh->source, uh->dest, out) &&
		    !(slc_pkt_is_made(pkt) &&
		      slc_config_port_rcu(pkt->sn, uh->source))))
		return SLC_PKT_OTHER;
	pkt->thlen = sizeof(*uh);
	pkt_tuple(pkt, family, IPPROTO_UDP, uh->source, uh->dest);
	pkt->seg = (struct slc_hs_seg) {
		.len = pkt->skb->len - pkt->thoff - sizeof(*uh),
	};
	return SLC_PKT_UDP;
}

enum slc_pkt_kind slc_pkt_parse(struct slc_pkt *pkt, u8 family, bool out)
{
	const struct sk_buff *skb = pkt->skb;
	const struct tcphdr *th;
	enum slc_pkt_kind kind;
	unsigned int thlen;

	kind = family == SLC_FAMILY_IPV4 ? pkt_locate4(pkt) : pkt_locate6(pkt);
	if (unlikely(kind != SLC_PKT_TCP)) {
		pkt->tuple.family = family;
		return kind == SLC_PKT_UDP ? pkt_parse_udp(pkt, family, out) :
					     kind;
	}

	th = pkt_header(pkt, sizeof(*th));
	if (!th || !pkt_ports(pkt, th->source, th->dest, out))
		return SLC_PKT_OTHER;

	thlen = th->doff * 4;
	if (thlen < sizeof(*th) || skb->len < pkt->thoff + thlen)
		return SLC_PKT_OTHER;
	pkt->thlen = thlen;
	pkt_tuple(pkt, family, IPPROTO_TCP, th->source, th->dest);

	pkt->seg.seq = ntohl(th->seq);
	pkt->seg.ack = ntohl(th->ack_seq);
	pkt->seg.len = skb->len - pkt->thoff - thlen;
	pkt->seg.win = ntohs(th->window);
	pkt->seg.flags = ((const u8 *)th)[SLC_TCP_FLAGS_OFF];
	pkt->seg.has_ts = false;
	return SLC_PKT_TCP;
}

bool slc_pkt_options(struct slc_pkt *pkt, struct slc_tcpopts *o)
{
	unsigned int len = pkt->thlen - sizeof(struct tcphdr);
	u8 _opts[SLC_TCPOPT_MAX_LEN];
	const u8 *opts = _opts;

	if (len) {
		opts = skb_header_pointer(pkt->skb,
					  pkt->thoff + sizeof(struct tcphdr),
					  len, _opts);
		if (!opts)
			return false;
	}
	slc_tcpopt_parse(opts, len, pkt->seg.flags & SLC_TCP_SYN, o);
	pkt->seg.has_ts = o->has_ts;
	pkt->seg.tsval = o->tsval;
	pkt->seg.tsecr = o->tsecr;
	return true;
}

bool slc_pkt_checksum_ok(const struct slc_pkt *pkt)
{
	u8 pf = pkt->tuple.family == SLC_FAMILY_IPV4 ? AF_INET : AF_INET6;

	return !nf_checksum(pkt->skb, NF_INET_PRE_ROUTING, pkt->thoff,
			    pkt->tuple.proto, pf);
}

bool slc_pkt_datagram_ok(const struct slc_pkt *pkt)
{
	struct udphdr _uh;
	const struct udphdr *uh;

	uh = skb_header_pointer(pkt->skb, pkt->thoff, sizeof(_uh), &_uh);
	if (!uh || ntohs(uh->len) != pkt->seg.len + sizeof(*uh))
		return false;
	if (!uh->check && pkt->skb->ip_summed != CHECKSUM_PARTIAL)
		return pkt->tuple.family == SLC_FAMILY_IPV4;
	return slc_pkt_checksum_ok(pkt);
}

bool slc_pkt_policy_ok(const struct slc_pkt *pkt)
{
	u8 pf = pkt->tuple.family == SLC_FAMILY_IPV4 ? AF_INET : AF_INET6;

	return xfrm_policy_check(NULL, XFRM_POLICY_IN, pkt->skb, pf);
}
