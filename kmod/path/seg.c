// SPDX-License-Identifier: GPL-2.0
/*
 * Segments of our own. See seg.h.
 */
#include <linux/etherdevice.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ip6_route.h>
#include <net/tcp.h>
#include <net/netfilter/nf_conntrack.h>

#include "obj/flow.h"
#include "path/pkt.h"
#include "path/route.h"
#include "path/secpath.h"
#include "path/seg.h"
#include "trace.h"

/* Local delivery does not look at it, and no router will. */
#define SEG_INNER_TTL	64

static void seg_put_ip4(struct sk_buff *skb, const struct slc_tuple *t,
			u8 ttl)
{
	struct iphdr *iph = skb_push(skb, sizeof(*iph));

	skb_reset_network_header(skb);
	*iph = (struct iphdr) {
		.version = 4,
		.ihl = sizeof(*iph) / 4,
		.tot_len = htons(skb->len),
		.frag_off = htons(IP_DF),
		.ttl = ttl,
		.protocol = IPPROTO_TCP,
		.saddr = slc_addr_v4_get(&t->src),
		.daddr = slc_addr_v4_get(&t->dst),
	};
	ip_send_check(iph);
	skb->protocol = htons(ETH_P_IP);
}

static void seg_put_ip6(struct sk_buff *skb, const struct slc_tuple *t,
			u8 ttl)
{
	struct ipv6hdr *iph = skb_push(skb, sizeof(*iph));

	skb_reset_network_header(skb);
	*iph = (struct ipv6hdr) {
		.version = 6,
		.payload_len = htons(skb->len - sizeof(*iph)),
		.nexthdr = IPPROTO_TCP,
		.hop_limit = ttl,
	};
	memcpy(&iph->saddr, &t->src, sizeof(iph->saddr));
	memcpy(&iph->daddr, &t->dst, sizeof(iph->daddr));
	skb->protocol = htons(ETH_P_IPV6);
}

/* All but the route. @headroom is for the link layer; no more than needed, for
 * kernels that zero what they allocate pay for every byte.
 */
static struct sk_buff *seg_build(struct slc_net *sn, const struct slc_seg *seg,
				 u8 ttl, unsigned int headroom)
{
	const struct slc_tuple *t = seg->tuple;
	u8 opts[SLC_TCPOPT_BUILD_MAX];
	unsigned int olen, tlen;
	struct sk_buff *skb;
	struct tcphdr *th;

	olen = slc_tcpopt_build(opts, &seg->opts);
	tlen = sizeof(*th) + olen;
	headroom += sizeof(struct ipv6hdr) + tlen;
	skb = alloc_skb(headroom + seg->len, GFP_ATOMIC | __GFP_NOWARN);
	if (!skb) {
		slc_count(sn, NULL, SLUICE_STAT_NO_MEMORY);
		trace_sluice_refuse(sn->net, t, SLUICE_STAT_NO_MEMORY);
		return NULL;
	}
	skb_reserve(skb, headroom);
	if (seg->len)
		skb_put_data(skb, seg->data, seg->len);

	th = skb_push(skb, tlen);
	memset(th, 0, sizeof(*th));
	memcpy(th + 1, opts, olen);
	skb_reset_transport_header(skb);
	th->source = t->sport;
	th->dest = t->dport;
	th->seq = htonl(seg->seq);
	th->ack_seq = htonl(seg->ack);
	th->doff = tlen / 4;
	((u8 *)th)[SLC_TCP_FLAGS_OFF] = seg->flags;
	th->window = htons(seg->win);

	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_transport_header(skb) - skb->head;
	skb->csum_offset = offsetof(struct tcphdr, check);
	if (t->family == SLC_FAMILY_IPV4) {
		th->check = ~tcp_v4_check(skb->len, slc_addr_v4_get(&t->src),
					  slc_addr_v4_get(&t->dst), 0);
		seg_put_ip4(skb, t, ttl);
	} else {
		th->check = ~tcp_v6_check(skb->len,
					  (const struct in6_addr *)&t->src,
					  (const struct in6_addr *)&t->dst, 0);
		seg_put_ip6(skb, t, ttl);
	}
	return skb;
}

/* A cached route may have lost its last reference meanwhile: RCU keeps it to
 * look at, not to take along.
 */
static bool seg_set_route(struct sk_buff *skb, struct dst_entry *dst)
{
	skb_dst_drop(skb);
	skb_dst_set_noref(skb, dst);
	if (skb_dst_force(skb))
		return true;
	kfree_skb(skb);
	return false;
}

bool slc_seg_out(struct slc_todo *todo, const struct slc_seg *seg,
		 struct dst_entry *dst)
{
	struct sk_buff *skb;
	u8 ttl;

	ttl = seg->tuple->family == SLC_FAMILY_IPV4 ? ip4_dst_hoplimit(dst) :
						      ip6_dst_hoplimit(dst);
	skb = seg_build(todo->sn, seg, ttl,
			LL_RESERVED_SPACE(dst->dev) + dst->header_len);
	if (!skb || !seg_set_route(skb, dst))
		return false;
	__skb_queue_tail(&todo->out, skb);
	return true;
}

static void seg_queue_in(struct slc_todo *todo, struct sk_buff *skb,
			 struct dst_entry *dst, struct net_device *dev)
{
	if (!seg_set_route(skb, dst))
		return;
	skb->dev = dev;
	skb->pkt_type = PACKET_HOST;
	skb_clear_tstamp(skb);
	slc_pkt_set_own(skb);
#ifdef CONFIG_NET_CLS_ACT
	/* Taps and tc have seen what the sender sent. */
	skb->tc_skip_classify = 1;
#endif
	__skb_queue_tail(&todo->in, skb);
}

struct net_device *slc_seg_dev(struct net *net, const struct slc_addr *to,
			       int ifindex)
{
	if (!slc_addr_is_v4(to) && slc_addr_is_loopback(to))
		return net->loopback_dev;
	return dev_get_by_index_rcu(net, ifindex);
}

void slc_seg_mac(struct sk_buff *skb, const struct net_device *dev)
{
	struct ethhdr *eth = (struct ethhdr *)(skb->data - ETH_HLEN);

	if (dev->type != ARPHRD_ETHER && dev->type != ARPHRD_LOOPBACK) {
		skb_reset_mac_header(skb);
		return;
	}
	memset(eth, 0, sizeof(*eth));
	if (dev->type == ARPHRD_ETHER)
		ether_addr_copy(eth->h_dest, dev->dev_addr);
	eth->h_proto = skb->protocol;
	skb_set_mac_header(skb, -ETH_HLEN);
}

void slc_seg_in(struct slc_todo *todo, const struct slc_seg *seg,
		struct dst_entry *dst, struct net_device *dev, u32 mark)
{
	struct sk_buff *skb;

	skb = seg_build(todo->sn, seg, SEG_INNER_TTL, LL_MAX_HEADER);
	if (!skb)
		return;
	slc_seg_mac(skb, dev);
	skb->mark = mark;
	skb->skb_iif = dev->ifindex;
	slc_secpath_set(skb, seg->secpath);
	seg_queue_in(todo, skb, dst, dev);
}

struct sk_buff *slc_seg_stand_in(struct slc_net *sn,
				 const struct slc_tuple *tuple,
				 struct net_device *dev, u32 mark)
{
	const struct slc_seg seg = { .tuple = tuple, .flags = SLC_TCP_ACK };
	struct sk_buff *skb = seg_build(sn, &seg, SEG_INNER_TTL, 0);

	if (!skb)
		return NULL;
	skb->dev = dev;
	skb->skb_iif = dev->ifindex;
	skb->mark = mark;
	return skb;
}

void slc_seg_requeue(struct slc_todo *todo, struct sk_buff *skb,
		     struct dst_entry *dst, struct net_device *dev)
{
	nf_reset_ct(skb);
	skb_orphan(skb);
	seg_queue_in(todo, skb, dst, dev);
}

void slc_output(struct net *net, struct sk_buff *skb)
{
	/* Without the flag POST_ROUTING would see this packet, and where both
	 * legs have one tuple, we would translate it again, for ever.
	 */
	if (skb->protocol == htons(ETH_P_IP))
		IPCB(skb)->flags |= IPSKB_REROUTED;
	else
		IP6CB(skb)->flags |= IP6SKB_REROUTED;

	skb->dev = skb_dst(skb)->dev;
	nf_reset_ct(skb);
	/* A sender on this host must find its own conntrack entry. */
	if (!(skb->dev->flags & IFF_LOOPBACK))
		nf_ct_set(skb, NULL, IP_CT_UNTRACKED);
	dst_output(net, skb->sk, skb);
}

static void todo_run_out(struct slc_todo *todo)
{
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(&todo->out))) {
		memset(skb->cb, 0, sizeof(skb->cb));
		slc_output(todo->sn->net, skb);
	}
}

void slc_todo_run(struct slc_todo *todo)
{
	struct sk_buff *skb;

	todo_run_out(todo);
	while ((skb = __skb_dequeue(&todo->in)))
		netif_rx(skb);
}

void slc_todo_run_task(struct slc_todo *todo)
{
	struct sk_buff *skb;

	todo_run_out(todo);
	while ((skb = __skb_dequeue(&todo->in)))
		netif_receive_skb(skb);
}
