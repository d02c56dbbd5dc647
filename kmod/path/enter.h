/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A rewritten packet of a sender's or a client's goes on, to the application or the
 * backend: the last step of its walk.
 *
 * Locking: RCU held, softirq or bh disabled. No lock, no allocation.
 */
#ifndef SLC_PATH_ENTER_H
#define SLC_PATH_ENTER_H

#include <linux/ipv6.h>
#include <net/ip.h>
#include "path/forward.h"
#include "path/relay.h"

/**
 * slc_enter() - Let the stack have a packet by its route.
 * @pkt: the packet, in PRE_ROUTING, rewritten and of the same family as before
 * @flow: its flow
 * @dst: its input route, under RCU
 * @ipsec: it came through IPsec
 *
 * Return: a netfilter verdict.
 */
static __always_inline unsigned int slc_enter(struct slc_pkt *pkt,
					      const struct slc_flow *flow,
					      struct dst_entry *dst, bool ipsec)
{
	struct sk_buff *skb = pkt->skb;

	if (test_bit(SLC_FLOW_BACKEND, &flow->flags)) {
		slc_forward_preset(skb, dst);
	} else {
		skb_dst_drop(skb);
		skb_dst_set_noref(skb, dst);
		slc_pkt_set_own(skb);
		/* Our route is not the one its header asks for: the next
		 * packet of the batch must not take it for a hint.
		 */
		if (skb->protocol == htons(ETH_P_IP))
			IPCB(skb)->flags |= IPSKB_MULTIPATH;
		else
			IP6CB(skb)->flags |= IP6SKB_MULTIPATH;
	}
	/* From here transport mode goes by a queue, which not every kernel
	 * prepares for a route without a reference.
	 */
	if (unlikely(ipsec) && !skb_dst_force(skb))
		return slc_pkt_refuse(pkt, flow->service,
				      SLUICE_STAT_RP_FILTERED);
	slc_relay_ct_reset(skb);
	slc_relay_mark(skb, flow);
	return NF_ACCEPT;
}

#endif /* SLC_PATH_ENTER_H */
