// SPDX-License-Identifier: GPL-2.0
/*
 * Packets of flows whose backends answer the client themselves. See direct.h.
 */
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/ip.h>
#include <net/netfilter/nf_conntrack.h>

#include "compat.h"
#include "mode/mode.h"
#include "obj/health.h"
#include "obj/pool.h"
#include "obj/service.h"
#include "path/direct.h"
#include "path/enter.h"
#include "path/forward.h"
#include "path/handshake.h"
#include "path/icmp.h"
#include "path/relay.h"
#include "path/route.h"
#include "path/router.h"
#include "path/secpath.h"
#include "path/seg.h"
#include "path/train.h"

/* Between two of its packets a client gets no further than this in what it says: all of
 * them come this way, but one may be lost before, or overtake others.
 */
#define DIRECT_AHEAD	0x1000000U

/* A SYN begins a connection, or comes again. What it says of one that has begun is for
 * the two ends to judge.
 */
static void direct_syn(struct slc_pkt *pkt, struct slc_half *half)
{
	struct slc_tcpopts o;

	WRITE_ONCE(half->seq_end, pkt->seg.seq + 1 + pkt->seg.len);
	/* Nothing is acknowledged yet: our note of the first number */
	WRITE_ONCE(half->ack, pkt->seg.seq);
	/* As if the backend says so, too: windows are no smaller. */
	if (slc_pkt_options(pkt, &o) && o.has_wscale)
		WRITE_ONCE(half->wscale, min_t(u8, o.wscale, TCP_MAX_WSCALE));
}

/* The client has answered a SYN-ACK, so there is a backend and a connection. Who has not
 * sent the SYN does not know its number. The backend takes of data that came with that as
 * much as it likes (RFC 7413).
 */
static bool direct_established(const struct slc_pkt *pkt, struct slc_half *half)
{
	struct slc_flow *flow = slc_half_flow(half);
	u32 first = READ_ONCE(half->ack) + 1;

	if (!(pkt->seg.flags & SLC_TCP_ACK) ||
	    pkt->seg.seq - first > READ_ONCE(half->seq_end) - first)
		return false;
	set_bit(SLC_FLOW_REPLIED, &flow->flags);
	if (cmpxchg(&flow->state, SLUICE_FLOW_STATE_CONNECT,
		    SLUICE_FLOW_STATE_ESTABLISHED) != SLUICE_FLOW_STATE_CONNECT)
		return true;
	WRITE_ONCE(half->ack, pkt->seg.ack);
	/* Else a doubt from before it was reached like this stays. */
	slc_health_answered(flow);
	slc_flow_proven(flow);
	slc_forward_begun(flow);
	return true;
}

/* Is it what the client may send now? It acknowledges no more than it was ready to take;
 * what the backend is ready to take, only that one knows. So an off-path guess has two
 * numbers to guess. Either may be older: another packet has overtaken it.
 */
static bool direct_plausible(const struct slc_pkt *pkt, const struct slc_half *half)
{
	u32 end = pkt->seg.seq + pkt->seg.len;

	return pkt->seg.flags & SLC_TCP_ACK &&
	       end - READ_ONCE(half->seq_end) + DIRECT_AHEAD <= 2 * DIRECT_AHEAD &&
	       pkt->seg.ack - READ_ONCE(half->ack) + DIRECT_AHEAD <=
	       DIRECT_AHEAD + min(READ_ONCE(half->win), DIRECT_AHEAD);
}

/* False for a guess. */
static bool direct_tcp(struct slc_pkt *pkt, struct slc_half *half)
{
	struct slc_flow *flow = slc_half_flow(half);
	u8 flags = pkt->seg.flags;
	u32 end = pkt->seg.seq + pkt->seg.len + !!(flags & SLC_TCP_FIN);
	bool begins = READ_ONCE(flow->state) == SLUICE_FLOW_STATE_CONNECT;

	if (flags & SLC_TCP_SYN) {
		if (begins && slc_pkt_is_syn(pkt))
			direct_syn(pkt, half);
		return begins;
	}
	if (flags & SLC_TCP_RST) {
		if (pkt->seg.seq != READ_ONCE(half->seq_end))
			return false;
		slc_relay_state(half, SLUICE_FLOW_STATE_RESET);
		return true;
	}
	if (!(begins ? direct_established(pkt, half) :
		       direct_plausible(pkt, half)))
		return false;
	if (slc_seq_after(end, half->seq_end))
		WRITE_ONCE(half->seq_end, end);
	if (!slc_seq_before(pkt->seg.ack, half->ack)) {
		WRITE_ONCE(half->ack, pkt->seg.ack);
		WRITE_ONCE(half->win, (u32)pkt->seg.win << half->wscale);
	}
	/* One that began elsewhere, and goes on. */
	if (unlikely(test_bit(SLC_FLOW_FRESH, &flow->flags)) &&
	    atomic64_read(&half->packets) > 1)
		slc_flow_proven(flow);
	if (flags & SLC_TCP_FIN &&
	    !test_and_set_bit(SLC_FLOW_FIN_IN, &flow->flags) &&
	    !slc_flow_over(flow))
		slc_relay_state(half, SLUICE_FLOW_STATE_FIN_IN);
	return true;
}

void slc_direct_track(struct slc_pkt *pkt, struct slc_half *half)
{
	struct slc_flow *flow = container_of(half, struct slc_flow,
					     half[SLC_IN]);
	u32 now = (u32)jiffies;

	/* First: if it is the last, the event of that has it. */
	atomic64_inc(&half->packets);
	atomic64_add(pkt->skb->len, &half->bytes);
	if (pkt->tuple.proto == IPPROTO_TCP) {
		/* Guesses must not keep what is over. */
		if (!direct_tcp(pkt, half) && slc_flow_over(flow))
			return;
	} else if (unlikely(!test_bit(SLC_FLOW_REPLIED, &flow->flags)) &&
		   atomic64_read(&half->packets) > 1) {
		/* Who goes on has been answered, mostly; nobody knows better. */
		slc_forward_replied(flow);
	}
	if (half->last_seen != now)
		WRITE_ONCE(half->last_seen, now);
}

static void direct_set_route(struct sk_buff *skb, struct dst_entry *dst)
{
	skb_dst_drop(skb);
	skb_dst_set_noref(skb, dst);
}

/* Is the tunnel to the backend of another family than what is in there? */
static bool direct_crosses(const struct slc_pkt *pkt, const struct slc_flow *flow)
{
	return flow->half[SLC_OUT].key.family != pkt->tuple.family;
}

/* Whoever looks at the packet, or tells the client of an error, takes its route for one of
 * its family. So until it is in the tunnel it has that to the client.
 */
static bool direct_route_back(struct sk_buff *skb, struct slc_flow *flow)
{
	struct slc_half *out = &flow->half[SLC_OUT];
	struct dst_entry *dst = slc_route_cached(out, 0);

	if (!dst) {
		dst = slc_route_sender(flow);
		if (IS_ERR(dst))
			return false;
		slc_route_set(out, dst,
			      slc_route_cookie(dst, flow->half[SLC_IN].key.family), 0);
	}
	direct_set_route(skb, dst);
	return true;
}

/* Into the tunnel, if there is one, and out. Only what is in there has been seen by the
 * firewall.
 */
static unsigned int direct_leave(struct slc_pkt *pkt, const struct slc_flow *flow,
				 struct dst_entry *dst)
{
	struct sk_buff *skb = pkt->skb;

	direct_set_route(skb, dst);
	if (flow->mode->wrap && unlikely(flow->mode->wrap(skb, flow, dst)))
		return slc_pkt_refuse(pkt, flow->service,
				      SLUICE_STAT_NO_MEMORY);
	slc_output(pkt->sn->net, skb);
	return NF_STOLEN;
}

/* What a packet of the outer leg is of */
static struct slc_half *direct_whose(struct slc_pkt *pkt, u8 family)
{
	enum slc_pkt_kind kind = slc_pkt_parse(pkt, family, false);
	struct slc_icmp_quote q;
	struct slc_tuple key;

	if (kind == SLC_PKT_ICMP_ERROR && slc_icmp_parse_quote(pkt, &q)) {
		slc_tuple_reverse(&key, &q.tuple);
		pkt->tuple = key;
	} else if (kind != SLC_PKT_TCP && kind != SLC_PKT_UDP) {
		return NULL;
	}
	return slc_flow_lookup(pkt->sn, &pkt->tuple);
}

/* A queue to user space has had it; its flow may be gone. */
static int direct_resume(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	u8 family = skb->protocol == htons(ETH_P_IP) ? SLC_FAMILY_IPV4 :
						       SLC_FAMILY_IPV6;
	const struct nf_hook_state state = {
		.hook	= NF_INET_FORWARD,
		.pf	= family == SLC_FAMILY_IPV4 ? NFPROTO_IPV4 : NFPROTO_IPV6,
		.net	= net,
	};
	struct slc_pkt pkt = {
		.skb	= skb,
		.sn	= slc_pernet(net),
		.state	= &state,
	};
	struct dst_entry *dst = NULL;
	struct slc_half *half;

	local_bh_disable();
	half = direct_whose(&pkt, family);
	/* By now it may be another, of another backend. */
	if (half && test_bit(SLC_FLOW_KEPT, &slc_half_flow(half)->flags))
		dst = slc_route_cached(half, 0);
	if (!dst || direct_leave(&pkt, slc_half_flow(half), dst) != NF_STOLEN)
		kfree_skb(skb);
	local_bh_enable();
	return 0;
}

/* conntrack sees one direction of it, and would make no sense of that. */
void slc_direct_untrack(struct sk_buff *skb)
{
	nf_reset_ct(skb);
	nf_ct_set(skb, NULL, IP_CT_UNTRACKED);
}

/* What the stack does where it forwards */
static void direct_forwarded(struct sk_buff *skb)
{
	skb_forward_csum(skb);
	skb_clear_tstamp(skb);
	slc_direct_untrack(skb);
	if (skb->protocol == htons(ETH_P_IP)) {
		IPCB(skb)->flags |= IPSKB_FORWARDED;
		skb->priority = rt_tos2priority(ip_hdr(skb)->tos);
	} else {
		IP6CB(skb)->flags |= IP6SKB_FORWARDED;
	}
}

static unsigned int direct_forward(struct slc_pkt *pkt, const struct slc_flow *flow,
				   struct dst_entry *dst)
{
	struct sk_buff *skb = pkt->skb;

	direct_forwarded(skb);
	if (nf_hook(pkt->state->pf, NF_INET_FORWARD, pkt->sn->net, NULL, skb,
		    skb->dev, dst->dev, direct_resume) != 1)
		return NF_STOLEN;
	return direct_leave(pkt, flow, dst);
}

/* By a route that the packet has, or gets: to a backend on another host */
static unsigned int direct_send(struct slc_pkt *pkt, struct slc_flow *flow,
				struct dst_entry *dst)
{
	unsigned int mtu = READ_ONCE(flow->half[SLC_IN].mtu) - flow->wrap_len;
	struct sk_buff *skb = pkt->skb;
	bool made = slc_pkt_is_made(pkt);

	direct_set_route(skb, dst);
	slc_relay_mark(skb, flow);
	/* The stack goes on with it, by that route; who made it may be past RCU when it
	 * is sent.
	 */
	if (made && !flow->mode->wrap) {
		if (!skb_dst_force(skb))
			return slc_pkt_refuse(pkt, flow->service,
					      SLUICE_STAT_CONNECT_UNREACHABLE);
		slc_pkt_set_own(skb);
		return NF_ACCEPT;
	}
	if (unlikely(made))
		skb->dev = dst->dev;
	if (unlikely(direct_crosses(pkt, flow)) && !direct_route_back(skb, flow))
		return slc_pkt_refuse(pkt, flow->service,
				      SLUICE_STAT_CLIENT_NO_ROUTE);
	if (!made && !slc_router_hop(pkt))
		return NF_DROP;
	if (unlikely(slc_router_size(pkt) > mtu) &&
	    !slc_router_exceeds(pkt, pkt->tuple.family, mtu))
		return slc_pkt_refuse(pkt, flow->service, SLUICE_STAT_TOO_BIG);
	return unlikely(made) ? direct_leave(pkt, flow, dst) :
				direct_forward(pkt, flow, dst);
}

static void direct_note(struct slc_pkt *pkt, struct slc_half *half)
{
	const struct slc_flow *flow = container_of(half, struct slc_flow,
						   half[SLC_IN]);

	if (!slc_pkt_is_made(pkt))
		slc_secpath_forget(pkt->skb, flow->secpath);
	slc_direct_track(pkt, half);
	slc_relay_count(flow, SLUICE_STAT_PACKETS_IN, SLUICE_STAT_BYTES_IN,
			pkt->skb->len);
}

struct direct_way {
	struct slc_flow *flow;
	struct dst_entry *dst;
};

static unsigned int direct_each(struct slc_pkt *pkt, void *data)
{
	const struct direct_way *way = data;

	return direct_send(pkt, way->flow, way->dst);
}

/* Nobody makes segments in a tunnel of what GRO has made a list of, nor of what has a
 * tunnel inside already; and with its headers a packet has to have a length. A train of
 * datagrams in one of UDP is not told from one of tunnels where it arrives whole, as over
 * veth.
 */
static bool direct_is_apart(const struct sk_buff *skb, const struct slc_flow *flow)
{
	unsigned int type = skb_shinfo(skb)->gso_type;

	return flow->mode->wrap &&
	       (type & SKB_GSO_FRAGLIST || skb->encapsulation ||
		skb->len + flow->wrap_len > U16_MAX ||
		(type & SKB_GSO_UDP_L4 &&
		 flow->half[SLC_OUT].key.proto == IPPROTO_UDP));
}

static unsigned int direct_far(struct slc_pkt *pkt, struct slc_half *half,
			       struct dst_entry *dst)
{
	struct slc_flow *flow = container_of(half, struct slc_flow, half[SLC_IN]);
	struct direct_way way = { flow, dst };
	const struct sk_buff *skb = pkt->skb;

	/* Who forwards leaves alone what is not for it, or has a socket already. LRO has
	 * changed what it has joined.
	 */
	if (!slc_pkt_is_made(pkt) &&
	    unlikely(skb->pkt_type != PACKET_HOST || skb->sk ||
		     skb_warn_if_lro(skb)))
		return slc_pkt_refuse(pkt, flow->service,
				      SLUICE_STAT_BAD_PACKET);
	direct_note(pkt, half);
	if (unlikely(skb_is_gso(skb)) && direct_is_apart(skb, flow))
		return slc_train_split(pkt, direct_each, &way);
	return direct_send(pkt, flow, dst);
}

/* The backend is this host, which takes the packet as the service's address. */
static unsigned int direct_here(struct slc_pkt *pkt, struct slc_half *half,
				struct dst_entry *dst)
{
	bool ipsec = skb_sec_path(pkt->skb);

	direct_note(pkt, half);
	return slc_enter(pkt, slc_half_flow(half), dst, ipsec);
}

/* The backend's family is that of its routes. */
static u8 direct_family(const struct slc_flow *flow)
{
	return slc_addr_family(&flow->backend->addr);
}

/* The way to a backend of another host, referenced; NULL to one of this host's. */
static struct dst_entry *direct_route(const struct slc_flow *flow)
{
	struct dst_entry *dst = flow->mode->route(flow);

	if (IS_ERR(dst) || !slc_route_is_local(dst, direct_family(flow)))
		return dst;
	dst_release(dst);
	return NULL;
}

static void direct_route_set(struct slc_half *half, struct dst_entry *dst)
{
	u8 family = direct_family(slc_half_flow(half));

	slc_route_set(half, dst, slc_route_cookie(dst, family), 0);
}

/* Input routing, which the packet does not get, would judge who has sent it. By IPv4 it
 * does so for an address of this host's alone.
 */
static bool direct_judge(struct slc_pkt *pkt)
{
	const struct slc_addr *src = &pkt->tuple.src;
	__be32 ip;

	if (pkt->tuple.family == SLC_FAMILY_IPV6)
		return !(ipv6_addr_type((const struct in6_addr *)src) &
			 (IPV6_ADDR_MULTICAST | IPV6_ADDR_LOOPBACK |
			  IPV6_ADDR_LINKLOCAL)) &&
		       !ipv6_addr_any((const struct in6_addr *)src);
	ip = slc_addr_v4_get(src);
	return !ipv4_is_zeronet(ip) && !ipv4_is_multicast(ip) &&
	       !ipv4_is_lbcast(ip) && !ipv4_is_loopback(ip) &&
	       (!slc_route_owns(pkt, &pkt->tuple.dst) ||
		!slc_route_judge(pkt, &pkt->tuple.dst));
}

/* Who is told at once that he is refused has no connection to be reset later. Of a
 * conversation it was told that it began: it ends as others do.
 */
static unsigned int direct_refuse(struct slc_pkt *pkt, struct slc_flow *flow, int err)
{
	slc_pkt_refuse(pkt, flow->service, slc_route_stat(err));
	if (!slc_pkt_is_made(pkt))
		return NF_DROP;
	if (READ_ONCE(flow->state) == SLUICE_FLOW_STATE_CONNECT)
		slc_flow_kill(flow);
	return NF_DROP_ERR(-ECONNREFUSED);
}

/* May it go to another host? What this one makes with an address of its own for the
 * service would be answered from there, which nobody believes here; but see probe.h.
 */
static int direct_may_leave(struct slc_pkt *pkt, const struct slc_flow *flow)
{
	if (slc_pkt_is_made(pkt))
		return !test_bit(SLC_FLOW_PROBE, &flow->flags) &&
		       slc_route_is_local(skb_dst(pkt->skb), pkt->tuple.family) ?
		       -EHOSTUNREACH : 0;
	return direct_judge(pkt) ? 0 : -EXDEV;
}

static unsigned int direct_find_here(struct slc_pkt *pkt, struct slc_half *half)
{
	struct dst_entry *dst;

	/* It comes in over lo. */
	if (slc_pkt_is_made(pkt))
		return NF_ACCEPT;
	dst = slc_route_in(pkt, &pkt->tuple.dst);
	if (IS_ERR(dst))
		return direct_refuse(pkt, slc_half_flow(half), PTR_ERR(dst));
	slc_route_set(half, dst, slc_route_cookie(dst, pkt->tuple.family),
		      pkt->skb->dev->ifindex);
	return direct_here(pkt, half, dst);
}

/* The route is not known yet, or holds no more. */
static noinline unsigned int direct_find(struct slc_pkt *pkt, struct slc_half *half)
{
	struct slc_flow *flow = slc_half_flow(half);
	struct dst_entry *dst = direct_route(flow);
	int err;

	if (!dst)
		return direct_find_here(pkt, half);
	if (IS_ERR(dst))
		return direct_refuse(pkt, flow, PTR_ERR(dst));
	err = direct_may_leave(pkt, flow);
	if (err) {
		dst_release(dst);
		return direct_refuse(pkt, flow, err);
	}
	direct_route_set(half, dst);
	return direct_far(pkt, half, dst);
}

unsigned int slc_direct_in(struct slc_pkt *pkt, struct slc_half *half)
{
	struct dst_entry *dst = slc_route_cached(half, 0);

	if (likely(dst))
		return direct_far(pkt, half, dst);
	if (!slc_pkt_is_made(pkt)) {
		dst = slc_route_cached(half, pkt->skb->dev->ifindex);
		if (dst)
			return direct_here(pkt, half, dst);
	}
	return direct_find(pkt, half);
}

unsigned int slc_direct_nat(struct slc_pkt *pkt, struct slc_half *half,
			    const struct dst_entry *dst)
{
	int err;

	if (slc_pkt_is_made(pkt) && !slc_route_is_local(dst, pkt->tuple.family)) {
		err = direct_may_leave(pkt, slc_half_flow(half));
		if (err)
			return direct_refuse(pkt, slc_half_flow(half), err);
		slc_direct_untrack(pkt->skb);
	}
	slc_direct_track(pkt, half);
	return NF_ACCEPT;
}

unsigned int slc_direct_enter(struct slc_pkt *pkt, const struct slc_flow *flow,
			      struct dst_entry *dst, bool ipsec)
{
	unsigned int verdict = slc_enter(pkt, flow, dst, ipsec);

	/* Of what stays here it sees both. */
	if (verdict == NF_ACCEPT && !slc_route_is_local(dst, pkt->tuple.family))
		slc_direct_untrack(pkt->skb);
	return verdict;
}

unsigned int slc_direct_icmp(struct slc_pkt *pkt, struct slc_flow *flow)
{
	struct slc_half *half = &flow->half[SLC_IN];
	struct dst_entry *dst = slc_route_cached(half, 0);

	/* One that is for another than whom it quotes is on its way. */
	if (!slc_pkt_is_to(pkt, &half->key.dst))
		return NF_ACCEPT;
	if (!slc_pkt_policy_ok(pkt))
		return slc_pkt_refuse(pkt, flow->service,
				      SLUICE_STAT_XFRM_DENIED);
	if (!dst) {
		dst = direct_route(flow);
		if (!dst)
			return NF_ACCEPT;
		if (IS_ERR(dst))
			return slc_pkt_refuse(pkt, flow->service,
					      SLUICE_STAT_ICMP_DROPPED);
		direct_route_set(half, dst);
	}
	return direct_send(pkt, flow, dst);
}
