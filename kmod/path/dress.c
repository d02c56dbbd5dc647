// SPDX-License-Identifier: GPL-2.0
/* Headers that datagrams bear on their way out. See dress.h. */
#include <linux/slab.h>
#include <linux/udp.h>
#include <net/dst.h>
#include <uapi/linux/sluice.h>

#include "obj/pick.h"
#include "obj/pool.h"
#include "path/compose.h"
#include "path/dress.h"
#include "path/rewrite.h"

/* Whoever takes the header from the first datagram alone may have forgotten a
 * conversation that has been silent for so long.
 */
#define DRESS_PAUSE	(30 * HZ)

size_t slc_dress_size(const struct slc_choice *to, const struct slc_flow *flow)
{
	size_t room = to->dress ? ALIGN(to->dress->len, 4) :
		      to->send_proxy == SLUICE_SEND_PROXY_NONE ? 0 :
		      slc_compose_room(to, flow);

	return room ? sizeof(struct slc_dress) + room : 0;
}

/* Into room for it that is full of zeros: 0 or -E2BIG. */
static int dress_fill(const struct slc_choice *to, const struct slc_flow *flow,
		      const struct slc_tuple *outer, struct slc_dress *dress,
		      size_t room)
{
	int len;

	if (to->dress) {
		memcpy(dress, to->dress, sizeof(*dress) + to->dress->len);
		return 0;
	}
	len = slc_compose(to, flow, outer, dress->header, room);
	if (len < 0)
		return len;
	dress->how = to->send_proxy;
	dress->len = len;
	return 0;
}

int slc_dress_make(const struct slc_choice *to, struct slc_flow *flow,
		   const struct slc_tuple *outer)
{
	size_t size = slc_dress_size(to, flow);
	struct slc_dress *dress;
	int err;

	if (!size)
		return 0;
	dress = kzalloc(size, GFP_ATOMIC | __GFP_NOWARN);
	if (!dress)
		return -ENOMEM;
	err = dress_fill(to, flow, outer, dress, size - sizeof(*dress));
	if (err) {
		kfree(dress);
		return err;
	}
	flow->dress = dress;
	__set_bit(SLC_FLOW_DRESSED, &flow->flags);
	return 0;
}

bool slc_dress_first(const struct slc_flow *flow)
{
	return !test_bit(SLC_FLOW_REPLIED, &flow->flags) ||
	       (u32)jiffies - READ_ONCE(flow->half[SLC_OUT].last_seen) >= DRESS_PAUSE;
}

/* Of IPv6 nobody sends less for being told of a path with less room: one that begins
 * here, or of which an error has told.
 */
static void dress_may_cut(struct slc_pkt *pkt, const struct slc_flow *flow,
			  const struct dst_entry *dst)
{
	unsigned int len = pkt->skb->len;

	if (pkt->tuple.family != SLC_FAMILY_IPV6 || len > IPV6_MIN_MTU ||
	    (!test_bit(SLC_FLOW_NARROW, &flow->flags) &&
	     len + flow->dress->len <= dst_mtu(dst)))
		return;
	pkt->skb->ignore_df = 1;
	slc_rewrite_fragments(pkt->skb);
}

int slc_dress_on(struct slc_pkt *pkt, const struct slc_flow *flow,
		 const struct dst_entry *dst)
{
	const struct slc_dress *dress = flow->dress;

	dress_may_cut(pkt, flow, dst);
	return slc_rewrite_grow(pkt, dress->header, dress->len);
}

int slc_dress_off(struct slc_pkt *pkt, const struct slc_flow *flow)
{
	u8 _head[SLC_SPP_LEN];
	const u8 *head;

	if (pkt->seg.len < SLC_SPP_LEN)
		return 0;
	head = skb_header_pointer(pkt->skb, pkt->thoff + pkt->thlen,
				  SLC_SPP_LEN, _head);
	if (!head || memcmp(head, flow->dress->header, SLC_SPP_LEN))
		return 0;
	/* What is cut has its part in the sum. */
	if (!slc_pkt_datagram_ok(pkt))
		return -EINVAL;
	return slc_rewrite_cut(pkt, SLC_SPP_LEN);
}

int slc_dress_back(struct slc_pkt *pkt, const struct slc_flow *flow)
{
	u8 head[ALIGN(SLC_SPP_LEN, 4)] = { };

	slc_spp_encode(head, &flow->header->src, &flow->header->dst);
	return slc_rewrite_grow(pkt, head, SLC_SPP_LEN);
}
