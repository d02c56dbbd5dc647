// SPDX-License-Identifier: GPL-2.0
/*
 * Routes. See route.h.
 */
#include <net/addrconf.h>
#include <net/flow.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>
#include <net/route.h>

#include "compat.h"
#include "path/route.h"

/* @from is the header by whose source and service it is routed. */
static struct dst_entry *route_input4(struct sk_buff *skb, __be32 to,
				      const struct iphdr *from, bool forward)
{
	struct dst_entry *dst;
	u8 type;

	skb_dst_drop(skb);
	if (slc_ip_route_input(skb, to, from->saddr, from))
		return ERR_PTR(-EXDEV);
	type = skb_rtable(skb)->rt_type;
	if (type != RTN_LOCAL && (type != RTN_UNICAST || !forward)) {
		skb_dst_drop(skb);
		return ERR_PTR(-EADDRNOTAVAIL);
	}
	/* Take it over from the packet, as a reference. */
	if (!skb_dst_force(skb))
		return ERR_PTR(-EXDEV);
	dst = skb_dst(skb);
	skb->_skb_refdst = 0;
	return dst;
}

static struct dst_entry *route_in4(struct slc_pkt *pkt, __be32 to, bool forward)
{
	return route_input4(pkt->skb, to, ip_hdr(pkt->skb), forward);
}

/* A mark leads input routing where a rule says. */
static struct dst_entry *route_lookup6(const struct slc_pkt *pkt,
				       const struct in6_addr *to, u32 mark,
				       bool forward)
{
	const struct ipv6hdr *iph = ipv6_hdr(pkt->skb);
	struct flowi6 fl6 = {
		.flowi6_iif = pkt->skb->dev->ifindex,
		.daddr = *to,
		.saddr = iph->saddr,
		.flowlabel = ip6_flowinfo(iph),
		.flowi6_mark = mark,
		.flowi6_proto = pkt->tuple.proto,
		.flowi6_uid = sock_net_uid(pkt->sn->net, NULL),
	};
	struct dst_entry *dst;

	dst = ip6_route_input_lookup(pkt->sn->net, pkt->skb->dev, &fl6,
				     pkt->skb, RT6_LOOKUP_F_HAS_SADDR);
	if (dst->error ||
	    (!forward && !(((struct rt6_info *)dst)->rt6i_flags & RTF_LOCAL))) {
		dst_release(dst);
		return ERR_PTR(-EADDRNOTAVAIL);
	}
	return dst;
}

static struct dst_entry *route_in6(struct slc_pkt *pkt,
				   const struct in6_addr *to)
{
	return route_lookup6(pkt, to, pkt->skb->mark, false);
}

/* The table that a VRF has for its addresses too, or that of the others'. A route
 * that delivers here may be in any, to intercept what is for somebody else.
 */
static bool route_owns6(const struct net_device *dev,
			const struct dst_entry *dst)
{
	const struct fib6_info *from;

	from = rcu_dereference(((const struct rt6_info *)dst)->from);
	return from && from->fib6_table->tb6_id ==
		       (l3mdev_fib_table_rcu(dev) ?: RT6_TABLE_LOCAL);
}

bool slc_route_owns(const struct slc_pkt *pkt, const struct slc_addr *addr)
{
	const struct net_device *dev = pkt->skb->dev;
	struct dst_entry *dst;
	bool owns;

	if (slc_addr_is_v4(addr))
		return inet_addr_type_dev_table(pkt->sn->net, dev,
						slc_addr_v4_get(addr)) ==
		       RTN_LOCAL;
	dst = route_lookup6(pkt, (const struct in6_addr *)addr, 0, false);
	if (IS_ERR(dst))
		return false;
	owns = route_owns6(dev, dst);
	dst_release(dst);
	return owns;
}

bool slc_route_is_local(const struct dst_entry *dst, u8 family)
{
	if (dst_xfrm(dst))
		return false;
	return family == SLC_FAMILY_IPV4 ?
	       ((const struct rtable *)dst)->rt_type == RTN_LOCAL :
	       ((const struct rt6_info *)dst)->rt6i_flags &
	       (RTF_LOCAL | RTF_ANYCAST);
}

/* The route of what this host sends to itself: it delivers as well as an
 * input route does. But IPv4 takes the device from such a route, which is the
 * port of a VRF then, and the VRF's sockets do not match.
 */
static struct dst_entry *route_self(const struct slc_pkt *pkt,
				    const struct slc_addr *to)
{
	const struct net_device *dev = pkt->skb->dev;
	struct slc_tuple t = {
		.src = *to,
		.dst = *to,
		.family = slc_addr_family(to),
		.proto = pkt->tuple.proto,
	};
	struct dst_entry *dst;

	if (slc_addr_is_v4(to) && netif_is_l3_slave(dev))
		return ERR_PTR(-EADDRNOTAVAIL);
	dst = slc_route_out(pkt->sn, &t,
			    slc_addr_is_loopback(to) ? 0 : dev->ifindex, 0);

	/* But only if the address is ours. */
	if (!IS_ERR(dst) && !slc_route_is_local(dst, t.family)) {
		dst_release(dst);
		return ERR_PTR(-EADDRNOTAVAIL);
	}
	return dst;
}

static struct dst_entry *route_in(struct slc_pkt *pkt,
				  const struct slc_addr *to)
{
	return slc_addr_is_v4(to) ? route_in4(pkt, slc_addr_v4_get(to), false) :
				    route_in6(pkt, (const struct in6_addr *)to);
}

struct dst_entry *slc_route_in(struct slc_pkt *pkt, const struct slc_addr *to)
{
	struct dst_entry *dst;

	/* Whom this host sends to itself as needs no judging, and input
	 * routing would not take it: a source of ours is a martian there.
	 */
	if (pkt->skb->dev->flags & IFF_LOOPBACK ||
	    netif_is_l3_master(pkt->skb->dev))
		return route_self(pkt, to);

	if (slc_addr_family(to) == pkt->tuple.family &&
	    !slc_addr_is_loopback(to))
		return route_in(pkt, to);

	/* These have no input route from a real device. The sender is judged
	 * by the address it used.
	 */
	dst = route_in(pkt, &pkt->tuple.dst);
	if (IS_ERR(dst))
		return dst;
	dst_release(dst);
	return route_self(pkt, to);
}

int slc_route_judge(struct slc_pkt *pkt, const struct slc_addr *to)
{
	struct dst_entry *dst = slc_route_in(pkt, to);

	if (IS_ERR(dst))
		return PTR_ERR(dst);
	dst_release(dst);
	return 0;
}

/* The input route to a backend that is spoken to from this host's own address: a
 * martian, if it came in by a device. So it is looked up as if the backend had
 * sent it, by the device that leads there, and nobody is judged by it.
 */
static struct dst_entry *route_across4(struct slc_pkt *pkt, __be32 to)
{
	struct flowi4 fl4 = {
		.flowi4_mark = pkt->skb->mark,
		.flowi4_proto = pkt->tuple.proto,
		.flowi4_uid = sock_net_uid(pkt->sn->net, NULL),
		.daddr = to,
	};
	const struct iphdr from = { .saddr = to };
	struct sk_buff *skb = pkt->skb;
	struct net_device *dev = skb->dev;
	struct dst_entry *dst;
	u8 cb[sizeof(skb->cb)];
	struct slc_addr addr;
	struct rtable *rt;

	rt = ip_route_output_key(pkt->sn->net, &fl4);
	if (IS_ERR(rt))
		return ERR_PTR(-EHOSTUNREACH);
	if (rt->rt_type == RTN_LOCAL) {
		ip_rt_put(rt);
		addr = slc_addr_v4(to);
		return route_self(pkt, &addr);
	}
	/* Input routing writes there, and does not route other families. */
	memcpy(cb, skb->cb, sizeof(cb));
	skb->protocol = htons(ETH_P_IP);
	skb->dev = rt->dst.dev;
	dst = route_input4(skb, to, &from, true);
	skb->dev = dev;
	skb->protocol = htons(ETH_P_IPV6);
	memcpy(skb->cb, cb, sizeof(cb));
	ip_rt_put(rt);
	return dst;
}

static struct dst_entry *route_across6(struct slc_pkt *pkt,
				       const struct in6_addr *to)
{
	struct flowi6 fl6 = {
		.flowi6_iif = pkt->skb->dev->ifindex,
		.daddr = *to,
		.flowi6_mark = pkt->skb->mark,
		.flowi6_proto = pkt->tuple.proto,
		.flowi6_uid = sock_net_uid(pkt->sn->net, NULL),
	};
	const struct inet6_dev *idev = __in6_dev_get(pkt->skb->dev);
	struct dst_entry *dst;

	/* IPv6 would not receive it by that device, whatever its route. */
	if (!idev || READ_ONCE(idev->cnf.disable_ipv6))
		return ERR_PTR(-EHOSTUNREACH);
	dst = ip6_route_input_lookup(pkt->sn->net, pkt->skb->dev, &fl6, NULL, 0);
	if (!dst->error)
		return dst;
	dst_release(dst);
	return ERR_PTR(-EHOSTUNREACH);
}

/* To a backend of the other family. Who has sent the packet is judged by the address
 * that he used, where his family does that.
 */
static struct dst_entry *route_across(struct slc_pkt *pkt,
				      const struct slc_addr *to)
{
	struct dst_entry *dst;

	if (slc_addr_is_v4(to))
		return route_across4(pkt, slc_addr_v4_get(to));
	dst = route_in4(pkt, slc_addr_v4_get(&pkt->tuple.dst), true);
	if (IS_ERR(dst))
		return dst;
	dst_release(dst);
	return route_across6(pkt, (const struct in6_addr *)to);
}

struct dst_entry *slc_route_forward(struct slc_pkt *pkt,
				    const struct slc_addr *to)
{
	struct dst_entry *dst;

	if (pkt->skb->dev->flags & IFF_LOOPBACK || slc_addr_is_loopback(to))
		return slc_route_in(pkt, to);
	if (unlikely(slc_addr_family(to) != pkt->tuple.family)) {
		dst = route_across(pkt, to);
		return dst == ERR_PTR(-EADDRNOTAVAIL) ?
		       ERR_PTR(-EHOSTUNREACH) : dst;
	}
	if (slc_addr_is_v4(to))
		dst = route_in4(pkt, slc_addr_v4_get(to), true);
	else
		dst = route_lookup6(pkt, (const struct in6_addr *)to,
				    pkt->skb->mark, true);
	if (dst == ERR_PTR(-EADDRNOTAVAIL))
		return ERR_PTR(-EHOSTUNREACH);
	return dst;
}

struct dst_entry *slc_route_out(const struct slc_net *sn,
				const struct slc_tuple *t, int ifindex,
				u32 mark)
{
	int oif = l3mdev_master_ifindex_by_index(sn->net, ifindex);

	if (t->family == SLC_FAMILY_IPV4) {
		struct flowi4 fl4 = {
			.flowi4_oif = oif,
			.flowi4_mark = mark,
			.flowi4_proto = t->proto,
			.flowi4_flags = FLOWI_FLAG_ANYSRC,
			.flowi4_uid = sock_net_uid(sn->net, NULL),
			.daddr = slc_addr_v4_get(&t->dst),
			.saddr = slc_addr_v4_get(&t->src),
			.fl4_sport = t->sport,
			.fl4_dport = t->dport,
		};
		struct rtable *rt = ip_route_output_flow(sn->net, &fl4, NULL);

		return IS_ERR(rt) ? ERR_CAST(rt) : &rt->dst;
	}
	if (t->family == SLC_FAMILY_IPV6) {
		struct flowi6 fl6 = {
			.flowi6_oif = oif,
			.flowi6_mark = mark,
			.flowi6_proto = t->proto,
			.flowi6_flags = FLOWI_FLAG_ANYSRC,
			.flowi6_uid = sock_net_uid(sn->net, NULL),
			.fl6_sport = t->sport,
			.fl6_dport = t->dport,
		};

		memcpy(&fl6.daddr, &t->dst, sizeof(fl6.daddr));
		memcpy(&fl6.saddr, &t->src, sizeof(fl6.saddr));
		if (!oif && ipv6_addr_type(&fl6.daddr) & IPV6_ADDR_LINKLOCAL)
			fl6.flowi6_oif = ifindex;
		return ip6_dst_lookup_flow(sn->net, NULL, &fl6, NULL);
	}
	return ERR_PTR(-EAFNOSUPPORT);
}

static struct dst_entry *route_neighbour4(const struct slc_net *sn,
					  const struct slc_tuple *t, __be32 to,
					  int oif, u32 mark)
{
	struct flowi4 fl4 = {
		.flowi4_oif = oif,
		.flowi4_mark = mark,
		.flowi4_proto = t->proto,
		.flowi4_flags = FLOWI_FLAG_ANYSRC | FLOWI_FLAG_KNOWN_NH,
		.flowi4_uid = sock_net_uid(sn->net, NULL),
		.daddr = to,
		.saddr = slc_addr_v4_get(&t->src),
		.fl4_sport = t->sport,
		.fl4_dport = t->dport,
	};
	struct rtable *rt = ip_route_output_key(sn->net, &fl4);

	if (IS_ERR(rt))
		return ERR_CAST(rt);
	if (rt->rt_type != RTN_LOCAL &&
	    (rt->rt_type != RTN_UNICAST || rt->rt_uses_gateway)) {
		ip_rt_put(rt);
		return ERR_PTR(-EHOSTUNREACH);
	}
	return &rt->dst;
}

static struct dst_entry *route_neighbour6(const struct slc_net *sn,
					  const struct slc_tuple *t,
					  const struct in6_addr *to, int oif,
					  u32 mark)
{
	struct flowi6 fl6 = {
		.flowi6_oif = oif,
		.flowi6_mark = mark,
		.flowi6_proto = t->proto,
		.flowi6_flags = FLOWI_FLAG_ANYSRC | FLOWI_FLAG_KNOWN_NH,
		.flowi6_uid = sock_net_uid(sn->net, NULL),
		.daddr = *to,
		.fl6_sport = t->sport,
		.fl6_dport = t->dport,
	};
	struct dst_entry *dst;

	memcpy(&fl6.saddr, &t->src, sizeof(fl6.saddr));
	dst = ip6_route_output(sn->net, NULL, &fl6);
	if (dst->error || ((struct rt6_info *)dst)->rt6i_flags & RTF_GATEWAY) {
		dst_release(dst);
		return ERR_PTR(-EHOSTUNREACH);
	}
	return dst;
}

struct dst_entry *slc_route_neighbour(const struct slc_net *sn,
				      const struct slc_tuple *t,
				      const struct slc_addr *to, int ifindex,
				      u32 mark)
{
	int oif = l3mdev_master_ifindex_by_index(sn->net, ifindex);

	return slc_addr_is_v4(to) ?
	       route_neighbour4(sn, t, slc_addr_v4_get(to), oif, mark) :
	       route_neighbour6(sn, t, (const struct in6_addr *)to, oif, mark);
}

static int route_source4(const struct slc_net *sn, struct slc_tuple *t, u32 mark)
{
	struct flowi4 fl4 = {
		.flowi4_mark = mark,
		.flowi4_proto = t->proto,
		.flowi4_uid = sock_net_uid(sn->net, NULL),
		.daddr = slc_addr_v4_get(&t->dst),
		.fl4_dport = t->dport,
	};
	struct rtable *rt = ip_route_output_key(sn->net, &fl4);

	if (IS_ERR(rt))
		return -EHOSTUNREACH;
	ip_rt_put(rt);
	t->src = slc_addr_v4(fl4.saddr);
	return 0;
}

static int route_source6(const struct slc_net *sn, struct slc_tuple *t, u32 mark)
{
	struct flowi6 fl6 = {
		.flowi6_mark = mark,
		.flowi6_proto = t->proto,
		.flowi6_uid = sock_net_uid(sn->net, NULL),
		.fl6_dport = t->dport,
	};
	struct dst_entry *dst;

	memcpy(&fl6.daddr, &t->dst, sizeof(fl6.daddr));
	if (ip6_dst_lookup(sn->net, NULL, &dst, &fl6))
		return -EHOSTUNREACH;
	dst_release(dst);
	memcpy(&t->src, &fl6.saddr, sizeof(t->src));
	return 0;
}

int slc_route_source(const struct slc_net *sn, struct slc_tuple *t, u32 mark)
{
	return t->family == SLC_FAMILY_IPV4 ? route_source4(sn, t, mark) :
					      route_source6(sn, t, mark);
}

struct dst_entry *slc_route_sender(const struct slc_flow *flow)
{
	struct slc_tuple t;

	slc_tuple_reverse(&t, &flow->half[SLC_IN].key);
	return slc_route_out(flow->sn, &t, flow->ifindex, flow->outer_mark);
}

u32 slc_route_cookie(const struct dst_entry *dst, u8 family)
{
	if (family == SLC_FAMILY_IPV4 || dst_xfrm(dst))
		return 0;
	return rt6_get_cookie((const struct rt6_info *)dst);
}

/* What applications send has to fit, and what goes on as it is; what applications get
 * has come already, and the stack looks at the rest.
 */
static void route_note_mtu(struct slc_half *half, struct dst_entry *dst)
{
	if (half->dir == SLC_OUT ||
	    test_bit(SLC_FLOW_KEPT, &slc_half_flow(half)->flags))
		WRITE_ONCE(half->mtu, dst_mtu(dst));
}

bool slc_route_recheck(struct slc_half *half, struct dst_entry *dst)
{
	if (!dst_check(dst, READ_ONCE(half->dst_cookie)))
		return false;
	route_note_mtu(half, dst);
	return true;
}

void slc_route_set(struct slc_half *half, struct dst_entry *dst, u32 cookie,
		   int ifindex)
{
	struct dst_entry *old;

	/* A reader between these stores sees a cookie or device that is not
	 * the route's and looks the route up once more: no harm. Two writers
	 * who differ, as routes change between them, may leave one's route
	 * with the other's cookie: it holds until they change again.
	 */
	WRITE_ONCE(half->dst_ifindex, -1);
	route_note_mtu(half, dst);
	WRITE_ONCE(half->dst_cookie, cookie);
	old = unrcu_pointer(xchg(&half->dst, RCU_INITIALIZER(dst)));
	smp_wmb(); /* the route before the device that makes it valid */
	WRITE_ONCE(half->dst_ifindex, ifindex);
	dst_release(old);
}
