// SPDX-License-Identifier: GPL-2.0
/* What a router owes a packet. See router.h. */
#include <linux/icmpv6.h>
#include <net/icmp.h>
#include <net/ip.h>

#include "path/router.h"

bool slc_router_exceeds(struct slc_pkt *pkt, u8 family, unsigned int mtu)
{
	struct sk_buff *skb = pkt->skb;

	if (skb->ignore_df)
		return true;
	if (skb->protocol == htons(ETH_P_IP)) {
		if (!(ip_hdr(skb)->frag_off & htons(IP_DF))) {
			/* IPv6 has no bit to say so. */
			if (family == SLC_FAMILY_IPV6)
				skb->ignore_df = 1;
			return true;
		}
		icmp_send(skb, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED,
			  htonl(mtu));
		return false;
	}
	/* Nobody goes below that for IPv6, but paths of IPv4 do, and tunnels and
	 * IPsec's over such.
	 */
	if (slc_router_size(pkt) <= IPV6_MIN_MTU) {
		skb->ignore_df = 1;
		return true;
	}
	icmpv6_send(skb, ICMPV6_PKT_TOOBIG, 0, max_t(u32, mtu, IPV6_MIN_MTU));
	return false;
}

bool slc_router_hop(struct slc_pkt *pkt)
{
	struct sk_buff *skb = pkt->skb;

	if (skb_ensure_writable(skb, pkt->thoff))
		return false;
	if (pkt->tuple.family == SLC_FAMILY_IPV4) {
		if (ip_hdr(skb)->ttl > 1) {
			ip_decrease_ttl(ip_hdr(skb));
			return true;
		}
		icmp_send(skb, ICMP_TIME_EXCEEDED, ICMP_EXC_TTL, 0);
		return false;
	}
	if (ipv6_hdr(skb)->hop_limit > 1) {
		ipv6_hdr(skb)->hop_limit--;
		return true;
	}
	icmpv6_send(skb, ICMPV6_TIME_EXCEED, ICMPV6_EXC_HOPLIMIT, 0);
	return false;
}
