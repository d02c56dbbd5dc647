// SPDX-License-Identifier: GPL-2.0
/*
 * Headers from one leg's to the other's. See rewrite.h.
 */
#include <linux/etherdevice.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/tcp.h>

#include "compat.h"
#include "core/csum.h"
#include "path/rewrite.h"

void slc_rewrite_legs(struct slc_flow *flow, const struct slc_tuple *outer,
		      const struct slc_tuple *inner)
{
	struct slc_half *out = &flow->half[SLC_OUT];
	struct slc_half *in = &flow->half[SLC_IN];
	struct slc_csum c = { };

	in->key = *outer;
	slc_tuple_reverse(&out->key, inner);
	out->key.side = SLC_SIDE_INNER;
	slc_xfam_pseudo(outer, inner, &c);
	in->pseudo = slc_csum_fold(c.sum);
	/* The other way round: the same difference with its sign reversed. */
	out->pseudo = slc_csum_negate(&(struct slc_csum) {
				.sum = in->pseudo }).sum;
}

/* The addresses of the other leg, in a header of the same family. */
static void rewrite_addrs(struct sk_buff *skb, const struct slc_tuple *to,
			  u16 pseudo)
{
	if (to->family == SLC_FAMILY_IPV4) {
		struct iphdr *iph = ip_hdr(skb);

		iph->saddr = slc_addr_v4_get(&to->dst);
		iph->daddr = slc_addr_v4_get(&to->src);
		iph->check = slc_csum_apply16(iph->check, pseudo);
	} else {
		struct ipv6hdr *iph = ipv6_hdr(skb);

		memcpy(&iph->saddr, &to->dst, sizeof(iph->saddr));
		memcpy(&iph->daddr, &to->src, sizeof(iph->daddr));
	}
}

/* May it be cut up on its way? In IPv4 its sender says so; in IPv6 only its size
 * does, where the way goes on: nobody there goes lower than that, but paths of
 * IPv4 do (RFC 7915 4, 5.1).
 */
static void rewrite_may_cut(struct slc_pkt *pkt, bool v6, bool onward)
{
	struct sk_buff *skb = pkt->skb;
	unsigned int len = skb->len;

	if (v6) {
		if (!(ip_hdr(skb)->frag_off & htons(IP_DF)))
			skb->ignore_df = 1;
		return;
	}
	if (skb_is_gso(skb))
		len = pkt->thoff + pkt->thlen + skb_shinfo(skb)->gso_size;
	if (onward && len <= SLC_XFAM_MTU_MIN)
		skb->ignore_df = 1;
}

/* Segments that may be cut up are rather made so small that nobody has to. */
static int rewrite_segment(struct slc_pkt *pkt)
{
	unsigned int hlen = SLC_XFAM_IPV6_LEN + pkt->thlen;
	struct sk_buff *skb = pkt->skb;

	if (!skb_is_gso(skb) || pkt->tuple.proto != IPPROTO_TCP ||
	    hlen + skb_shinfo(skb)->gso_size <= SLC_XFAM_MTU_MIN)
		return 0;
	/* As in slc_rewrite_cut() */
	if (skb_has_frag_list(skb) && skb_linearize(skb))
		return -ENOMEM;
	skb_shinfo(skb)->gso_size = SLC_XFAM_MTU_MIN - hlen;
	skb_shinfo(skb)->gso_segs = DIV_ROUND_UP(pkt->seg.len,
						 SLC_XFAM_MTU_MIN - hlen);
	return 0;
}

/* A network header of the other family, for packets as @other reversed. The
 * link layer header moves along: what is queued to a device is to have one.
 */
static int rewrite_family(struct slc_pkt *pkt, const struct slc_tuple *other,
			  bool onward)
{
	struct sk_buff *skb = pkt->skb;
	unsigned int old = pkt->thoff;
	bool v6 = other->family == SLC_FAMILY_IPV6;
	unsigned int new = v6 ? SLC_XFAM_IPV6_LEN : SLC_XFAM_IPV4_LEN;
	u32 plen = skb->len - old;
	u8 hdr[SLC_XFAM_IPV6_LEN];
	unsigned int mac_len = 0;
	struct slc_tuple to;
	u8 mac[32];
	int err;

	rewrite_may_cut(pkt, v6, onward);
	slc_tuple_reverse(&to, other);
	err = v6 ? slc_xfam_4to6(skb->data, old, plen, &to, hdr) :
		   slc_xfam_6to4(skb->data, old, plen, &to, 0, hdr);
	if (err)
		return err;

	if (skb_mac_header_was_set(skb) && skb_mac_header(skb) <= skb->data)
		mac_len = skb->data - skb_mac_header(skb);
	mac_len = min_t(unsigned int, mac_len, sizeof(mac));
	err = skb_cow_head(skb, new > old ? new - old + mac_len : 0);
	if (err)
		return err;
	memcpy(mac, skb->data - mac_len, mac_len);

	__skb_pull(skb, old);
	skb_reset_transport_header(skb);
	memcpy(__skb_push(skb, new), hdr, new);
	skb_reset_network_header(skb);
	skb->protocol = v6 ? htons(ETH_P_IPV6) : htons(ETH_P_IP);
	/* Its fragments, if there are to be any, have to find one another. */
	if (!v6 && skb->ignore_df) {
		ip_hdr(skb)->frag_off = 0;
		ip_select_ident_segs(pkt->sn->net, skb, NULL,
				     skb_shinfo(skb)->gso_segs ?: 1);
		ip_send_check(ip_hdr(skb));
	}
	if (mac_len) {
		memcpy(skb->data - mac_len, mac, mac_len);
		skb_set_mac_header(skb, -(int)mac_len);
		if (mac_len == ETH_HLEN)
			eth_hdr(skb)->h_proto = skb->protocol;
	}

	/* What is said of datagrams is said of either family's. */
	if (skb_is_gso(skb) && pkt->tuple.proto == IPPROTO_TCP) {
		struct skb_shared_info *sh = skb_shinfo(skb);

		sh->gso_type &= ~(SKB_GSO_TCPV4 | SKB_GSO_TCPV6);
		sh->gso_type |= v6 ? SKB_GSO_TCPV6 : SKB_GSO_TCPV4;
	}
	/* Summed up again by who wants to know, rather than followed here. */
	if (skb->ip_summed == CHECKSUM_COMPLETE)
		skb->ip_summed = CHECKSUM_NONE;
	memset(skb->cb, 0, sizeof(skb->cb));
	pkt->thoff = new;
	if (!v6 || !onward || !skb->ignore_df)
		return 0;
	slc_rewrite_fragments(skb);
	return rewrite_segment(pkt);
}

/* As skb_ensure_writable(), but mostly without a call. */
static bool rewrite_writable(struct sk_buff *skb, unsigned int len)
{
	if (likely(skb_headlen(skb) >= len &&
		   (!skb_cloned(skb) || skb_clone_writable(skb, len))))
		return true;
	return !skb_ensure_writable(skb, len);
}

static __sum16 *rewrite_check(const struct slc_pkt *pkt)
{
	return (__sum16 *)(pkt->skb->data + pkt->thoff +
			   (pkt->tuple.proto == IPPROTO_UDP ?
			    offsetof(struct udphdr, check) :
			    offsetof(struct tcphdr, check)));
}

/* What its pseudo-header adds up to */
static __sum16 rewrite_pseudo(const struct slc_pkt *pkt, u8 family)
{
	const struct sk_buff *skb = pkt->skb;
	u32 len = skb->len - pkt->thoff;
	u8 proto = pkt->tuple.proto;

	return family == SLC_FAMILY_IPV4 ?
	       ~csum_tcpudp_magic(ip_hdr(skb)->saddr, ip_hdr(skb)->daddr,
				  len, proto, 0) :
	       ~csum_ipv6_magic(&ipv6_hdr(skb)->saddr,
				&ipv6_hdr(skb)->daddr, len, proto, 0);
}

/* Leave the sum to whoever sends the packet; who takes it in need not know it. */
static void rewrite_sum_later(const struct slc_pkt *pkt, u8 family)
{
	struct sk_buff *skb = pkt->skb;
	__sum16 *check = rewrite_check(pkt);

	*check = rewrite_pseudo(pkt, family);
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb->data + pkt->thoff - skb->head;
	skb->csum_offset = (u8 *)check - (skb->data + pkt->thoff);
}

/* GRO that expects to forward leaves a list of segments, each with a header of
 * its own. From here on the first one speaks for all, as with other GRO, which
 * asks as much of them: who cuts it up makes the headers anew.
 */
static noinline void rewrite_unlist(const struct slc_pkt *pkt, u8 family)
{
	rewrite_sum_later(pkt, family);
	skb_shinfo(pkt->skb)->gso_type &= ~SKB_GSO_FRAGLIST;
}

/* Is it for whoever sends the packet to add it up? It may be that of a packet inside,
 * and ours, if it has one, what it will be then (udp_set_csum()).
 */
static __always_inline bool rewrite_sum_is_left(const struct slc_pkt *pkt, bool udp)
{
	const struct sk_buff *skb = pkt->skb;

	if (skb->ip_summed != CHECKSUM_PARTIAL)
		return false;
	if (!udp || likely(skb_checksum_start_offset(skb) == (int)pkt->thoff))
		return true;
	/* Each segment gets its own, of both. */
	return skb_is_gso(skb) &&
	       skb_shinfo(skb)->gso_type & SKB_GSO_UDP_TUNNEL_CSUM;
}

/* A datagram that had no sum gets one. */
static noinline int rewrite_sum_anew(const struct slc_pkt *pkt, u8 family)
{
	struct sk_buff *skb = pkt->skb;
	struct skb_shared_info *sh = skb_shinfo(skb);
	int err;

	if (skb->ip_summed == CHECKSUM_PARTIAL && skb_is_gso(skb)) {
		if (!(sh->gso_type & SKB_GSO_UDP_TUNNEL))
			return -EINVAL;
		sh->gso_type ^= SKB_GSO_UDP_TUNNEL | SKB_GSO_UDP_TUNNEL_CSUM;
		*rewrite_check(pkt) = rewrite_pseudo(pkt, family);
		return 0;
	}
	if (skb->ip_summed == CHECKSUM_PARTIAL) {
		err = skb_checksum_help(skb);
		if (err)
			return err;
	}
	rewrite_sum_later(pkt, family);
	return 0;
}

/* The check field of a packet that has become one of @family, by what its header
 * changed in and what its pseudo-header did.
 */
static __always_inline void rewrite_sum(const struct slc_pkt *pkt,
					__sum16 *check, bool udp,
					struct slc_csum delta, u16 pseudo,
					u8 family)
{
	struct sk_buff *skb = pkt->skb;

	if (rewrite_sum_is_left(pkt, udp)) {
		/* The field holds the pseudo-header's sum, the rest is added
		 * by whoever sends or has been found good.
		 */
		*check = slc_csum_apply_partial(*check, pseudo);
		return;
	}
	/* A datagram may do without; who has added it up need not know what. */
	if (unlikely(udp && !*check)) {
		if (skb->ip_summed == CHECKSUM_COMPLETE)
			skb->ip_summed = CHECKSUM_NONE;
		return;
	}
	delta.sum += pseudo;
	*check = slc_csum_apply(*check, &delta);
	if (unlikely(udp && !*check))
		*check = CSUM_MANGLED_0;
	/* The check field took up what the pseudo-header lost, which the sum
	 * over the packet does not cover; an IPv4 header sums up to nothing, an
	 * IPv6 header to its addresses, which make up for it.
	 */
	if (skb->ip_summed == CHECKSUM_COMPLETE && family == SLC_FAMILY_IPV4) {
		const struct slc_csum p = { .sum = pseudo };
		const struct slc_csum neg = slc_csum_negate(&p);

		skb->csum = slc_csum_apply_wsum(skb->csum, &neg);
	}
}

/* What a segment may carry, that fits the way of each leg that is known: that of the
 * one that a SYN goes by is, and with a SYN-ACK that of both.
 */
static u16 rewrite_mss(const struct slc_half *half)
{
	u32 mss = U16_MAX, hlen;
	const struct dst_entry *dst;
	int i;

	for (i = 0; i < 2; i++, half = slc_half_other(half)) {
		dst = rcu_dereference(half->dst);
		if (!dst)
			continue;
		hlen = slc_half_other(half)->key.family == SLC_FAMILY_IPV4 ?
		       SLC_XFAM_IPV4_LEN : SLC_XFAM_IPV6_LEN;
		mss = min(mss, dst_mtu(dst) - hlen - (u32)sizeof(struct tcphdr));
	}
	return max_t(u32, mss, SLC_HS_MIN_MSS);
}

/* What the new headers do to the rest of a packet. */
static __always_inline void rewrite_finish(const struct slc_pkt *pkt, bool udp,
					   struct slc_csum delta, u16 pseudo,
					   u8 family)
{
	struct sk_buff *skb = pkt->skb;

	rewrite_sum(pkt, (__sum16 *)(skb->data + pkt->thoff +
				     (udp ? offsetof(struct udphdr, check) :
					    offsetof(struct tcphdr, check))),
		    udp, delta, pseudo, family);
	if (unlikely(skb_shinfo(skb)->gso_type & SKB_GSO_FRAGLIST))
		rewrite_unlist(pkt, family);
	skb_clear_hash(skb);
}

/* The rest of slc_rewrite() where the legs are of two families */
static noinline int rewrite_across(struct slc_pkt *pkt, const struct slc_half *half,
				   const struct slc_tuple *to,
				   struct slc_csum delta)
{
	const struct slc_flow *flow = container_of(half, struct slc_flow,
						   half[half->dir]);
	bool udp = pkt->tuple.proto == IPPROTO_UDP;
	struct sk_buff *skb = pkt->skb;
	int err;

	if (pkt->seg.flags & SLC_TCP_SYN && test_bit(SLC_FLOW_NAT, &flow->flags))
		slc_xlate_mss(skb->data + pkt->thoff, pkt->thlen,
			      rewrite_mss(half), &delta);
	err = rewrite_family(pkt, to, test_bit(SLC_FLOW_BACKEND, &flow->flags));
	if (err)
		return err;
	/* IPv6 has no datagrams without a sum (RFC 7915 4.5). */
	if (udp && to->family == SLC_FAMILY_IPV6 && !*rewrite_check(pkt) &&
	    !rewrite_sum_is_left(pkt, true)) {
		skb_clear_hash(skb);
		return rewrite_sum_anew(pkt, to->family);
	}
	rewrite_finish(pkt, udp, delta, half->pseudo, to->family);
	return 0;
}

int slc_rewrite(struct slc_pkt *pkt, const struct slc_half *half,
		const struct slc_xlate *xlate)
{
	/* The other half takes packets the other way: its key, reversed, is
	 * what ours are to become.
	 */
	const struct slc_tuple *to = &slc_half_other(half)->key;
	bool udp = pkt->tuple.proto == IPPROTO_UDP;
	struct sk_buff *skb = pkt->skb;
	struct slc_csum delta;
	u8 *th;

	if (!rewrite_writable(skb, pkt->thoff + pkt->thlen))
		return -ENOMEM;

	th = skb->data + pkt->thoff;
	if (unlikely(udp))
		delta = slc_xlate_ports(th, to->dport, to->sport);
	else
		delta = slc_xlate_tcp(xlate, th, pkt->thlen, to->dport,
				      to->sport);

	if (unlikely(to->family != pkt->tuple.family))
		return rewrite_across(pkt, half, to, delta);
	rewrite_addrs(skb, to, half->pseudo);
	rewrite_finish(pkt, udp, delta, half->pseudo, to->family);
	return 0;
}

/* TCP's header, after @n bytes of payload have gone. */
static void rewrite_cut_tcp(struct slc_pkt *pkt, u32 n)
{
	struct tcphdr *th = tcp_hdr(pkt->skb);

	th->seq = htonl(pkt->seg.seq + n);
	if (th->urg && ntohs(th->urg_ptr) > n) {
		th->urg_ptr = htons(ntohs(th->urg_ptr) - n);
	} else {
		/* It pointed at what is gone. */
		th->urg = 0;
		th->urg_ptr = 0;
	}
	pkt->seg.seq += n;
}

/* Let the IP header tell the length that the packet has. */
static void rewrite_len(const struct slc_pkt *pkt)
{
	struct sk_buff *skb = pkt->skb;

	if (pkt->tuple.family == SLC_FAMILY_IPV4) {
		struct iphdr *iph = ip_hdr(skb);

		iph->tot_len = htons(skb->len);
		ip_send_check(iph);
	} else {
		struct ipv6hdr *iph = ipv6_hdr(skb);

		iph->payload_len = htons(skb->len - sizeof(*iph));
	}
}

/* A datagram without a sum stays so; what was added up of it is no longer true. */
static bool rewrite_sumless(const struct slc_pkt *pkt)
{
	struct sk_buff *skb = pkt->skb;

	if (pkt->tuple.proto != IPPROTO_UDP ||
	    skb->ip_summed == CHECKSUM_PARTIAL || udp_hdr(skb)->check)
		return false;
	if (skb->ip_summed == CHECKSUM_COMPLETE)
		skb->ip_summed = CHECKSUM_NONE;
	return true;
}

/* Of a tunnel's packet the sum that is left may be one inside, see
 * rewrite_sum_is_left(): it is made before the packet is, so that ours can be left.
 */
static int rewrite_sum_inside(const struct slc_pkt *pkt)
{
	struct sk_buff *skb = pkt->skb;

	return skb->ip_summed == CHECKSUM_PARTIAL && !skb_is_gso(skb) &&
	       !rewrite_sum_is_left(pkt, true) ? skb_checksum_help(skb) : 0;
}

/* The link layer header moves along, where it is next to the packet. */
static unsigned int rewrite_mac(const struct sk_buff *skb)
{
	unsigned int mac;

	if (!skb_mac_header_was_set(skb) || skb_mac_header(skb) > skb->data)
		return 0;
	mac = skb->data - skb_mac_header(skb);
	return mac > LL_MAX_HEADER ? 0 : mac;
}

int slc_rewrite_cut(struct slc_pkt *pkt, u32 n)
{
	struct sk_buff *skb = pkt->skb;
	unsigned int hlen = pkt->thoff + pkt->thlen;
	bool udp = pkt->tuple.proto == IPPROTO_UDP;
	unsigned int mac;
	u32 left;

	if (n > pkt->seg.len ||
	    (n == pkt->seg.len && !udp && !(pkt->seg.flags & SLC_TCP_FIN)))
		return -ENODATA;
	/* BIG TCP: there is no length in it that we could set. */
	if (skb->len - n > U16_MAX || slc_jumbo_hlen(skb))
		return -EMSGSIZE;
	if (skb_ensure_writable(skb, hlen + n) || rewrite_sum_inside(pkt))
		return -ENOMEM;
	/* Whoever segments a list takes each in it for one segment, which they
	 * no longer are: skb_segment() would meet a BUG_ON().
	 */
	if (skb_is_gso(skb) && skb_has_frag_list(skb) && skb_linearize(skb))
		return -ENOMEM;

	mac = rewrite_mac(skb);
	memmove(skb->data - mac + n, skb->data - mac, mac + hlen);
	__skb_pull(skb, n);
	skb_reset_network_header(skb);
	skb_set_transport_header(skb, pkt->thoff);
	if (skb_mac_header_was_set(skb))
		skb_set_mac_header(skb, -(int)mac);

	if (udp)
		udp_hdr(skb)->len = htons(ntohs(udp_hdr(skb)->len) - n);
	else
		rewrite_cut_tcp(pkt, n);
	left = pkt->seg.len - n;
	pkt->seg.len = left;

	if (skb_is_gso(skb)) {
		struct skb_shared_info *sh = skb_shinfo(skb);

		if (left <= sh->gso_size)
			skb_gso_reset(skb);
		else
			sh->gso_segs = DIV_ROUND_UP(left, sh->gso_size);
	}

	rewrite_len(pkt);
	/* It was good with these bytes; without them nobody need add it up. */
	if (!rewrite_sumless(pkt))
		rewrite_sum_later(pkt, pkt->tuple.family);
	return 0;
}

int slc_rewrite_grow(struct slc_pkt *pkt, const u8 *head, u32 n)
{
	struct sk_buff *skb = pkt->skb;
	unsigned int hlen = pkt->thoff + pkt->thlen;
	struct slc_csum sum = { };
	unsigned int mac;
	struct udphdr *uh;
	__be16 len;

	if (skb->len + n > U16_MAX)
		return -EMSGSIZE;
	if (skb_ensure_writable(skb, hlen))
		return -ENOMEM;
	/* One that says that it is shorter than its header, or longer than it is,
	 * nobody takes; with ours he might take a part of that for all of it.
	 */
	uh = (struct udphdr *)(skb->data + pkt->thoff);
	if (ntohs(uh->len) < sizeof(*uh) ||
	    ntohs(uh->len) > pkt->seg.len + sizeof(*uh))
		return -EINVAL;
	mac = rewrite_mac(skb);
	if (rewrite_sum_inside(pkt) ||
	    skb_cow_head(skb, n + max_t(unsigned int, mac, HH_DATA_MOD)))
		return -ENOMEM;
	__skb_push(skb, n);
	memmove(skb->data - mac, skb->data - mac + n, mac + hlen);
	memcpy(skb->data + hlen, head, n);
	skb_reset_network_header(skb);
	if (skb_mac_header_was_set(skb))
		skb_set_mac_header(skb, -(int)mac);
	skb_set_transport_header(skb, pkt->thoff);
	pkt->seg.len += n;

	uh = udp_hdr(skb);
	len = htons(ntohs(uh->len) + n);
	/* In the header, and in the one that is only added up */
	slc_csum_replace2(&sum, uh->len, len);
	slc_csum_replace2(&sum, uh->len, len);
	slc_csum_replace_bytes(&sum, NULL, 0, head, n);
	uh->len = len;
	rewrite_len(pkt);
	if (skb->ip_summed == CHECKSUM_PARTIAL) {
		rewrite_sum_later(pkt, pkt->tuple.family);
	} else if (!rewrite_sumless(pkt)) {
		uh->check = slc_csum_apply(uh->check, &sum) ?: CSUM_MANGLED_0;
		skb->ip_summed = CHECKSUM_NONE;
	}
	return 0;
}

int slc_rewrite_source(struct slc_pkt *pkt, const struct slc_addr *from)
{
	struct sk_buff *skb = pkt->skb;
	bool summed;
	struct udphdr *uh;

	if (skb_ensure_writable(skb, pkt->thoff + pkt->thlen))
		return -ENOMEM;
	uh = (struct udphdr *)(skb->data + pkt->thoff);
	summed = uh->check || skb->ip_summed == CHECKSUM_PARTIAL;
	if (pkt->tuple.family == SLC_FAMILY_IPV4) {
		__be32 ip = slc_addr_v4_get(from);
		struct iphdr *iph = ip_hdr(skb);

		if (summed)
			inet_proto_csum_replace4(&uh->check, skb, iph->saddr,
						 ip, true);
		csum_replace4(&iph->check, iph->saddr, ip);
		iph->saddr = ip;
	} else {
		struct ipv6hdr *iph = ipv6_hdr(skb);

		if (summed)
			inet_proto_csum_replace16(&uh->check, skb,
						  iph->saddr.s6_addr32,
						  from->w, true);
		memcpy(&iph->saddr, from, sizeof(iph->saddr));
	}
	if (summed && !uh->check && skb->ip_summed != CHECKSUM_PARTIAL)
		uh->check = CSUM_MANGLED_0;
	pkt->tuple.src = *from;
	skb_clear_hash(skb);
	return 0;
}
