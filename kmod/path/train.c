// SPDX-License-Identifier: GPL-2.0
/* Trains of datagrams. See train.h. */
#include <linux/etherdevice.h>
#include <net/udp.h>

#include "path/handshake.h"
#include "path/seg.h"
#include "path/train.h"

/* What comes in comes in again, as its train did. */
static bool train_in(struct sk_buff *skb)
{
	if (skb_cow_head(skb, ETH_HLEN))
		return false;
	slc_seg_mac(skb, skb->dev);
	skb_reset_mac_len(skb);
	return true;
}

static unsigned int train_one(struct slc_pkt *pkt,
			      unsigned int (*each)(struct slc_pkt *pkt, void *data),
			      void *data)
{
	if (pkt->state->hook == NF_INET_PRE_ROUTING && !train_in(pkt->skb))
		return slc_pkt_refuse(pkt, NULL, SLUICE_STAT_NO_MEMORY);
	return each(pkt, data);
}

unsigned int slc_train_split(struct slc_pkt *pkt,
			     unsigned int (*each)(struct slc_pkt *pkt, void *data),
			     void *data)
{
	struct sk_buff *skb = pkt->skb, *segs, *seg, *next;

	/* Their sums are left to who sends them, as the train's was. */
	segs = skb_gso_segment(skb, NETIF_F_SG | NETIF_F_HW_CSUM);
	if (IS_ERR_OR_NULL(segs))
		return slc_pkt_refuse(pkt, NULL, segs == ERR_PTR(-EINVAL) ?
				      SLUICE_STAT_BAD_PACKET :
				      SLUICE_STAT_NO_MEMORY);
	consume_skb(skb);
	skb_list_walk_safe(segs, seg, next) {
		struct slc_pkt one = *pkt;

		skb_mark_not_on_list(seg);
		one.skb = seg;
		one.seg.len = seg->len - pkt->thoff - pkt->thlen;
		one.apart = true;
		if (train_one(&one, each, data) != NF_STOLEN)
			kfree_skb(seg);
	}
	return NF_STOLEN;
}
