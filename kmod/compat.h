/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Differences between the kernels we build for, 6.1 to 7.2. The only file
 * that looks at a kernel's version.
 */
#ifndef SLC_COMPAT_H
#define SLC_COMPAT_H

#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "sluice needs Linux 6.1 or later"
#endif
#if !IS_ENABLED(CONFIG_IPV6)
#error "sluice needs a kernel with CONFIG_IPV6"
#endif

#include <net/genetlink.h>
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
#include <net/gso.h>
#endif
#include <net/inet6_hashtables.h>
#include <net/inet_hashtables.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/route.h>
#include <net/tcp.h>

/* Kernels that zero what is on the stack do so for each packet's struct
 * slc_pkt too, though all of it that is read has been written.
 */
#if __has_attribute(__uninitialized__)
#define slc_uninitialized	__attribute__((__uninitialized__))
#else
#define slc_uninitialized
#endif

/* Until 6.17 the table was an argument, and before that exported. */
static inline struct sock *
slc_inet_lookup_established(struct net *net, __be32 saddr, __be16 sport,
			    __be32 daddr, u16 hnum, int dif, int sdif)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
	return __inet_lookup_established(net, saddr, sport, daddr, hnum, dif,
					 sdif);
#else
	return __inet_lookup_established(net, net->ipv4.tcp_death_row.hashinfo,
					 saddr, sport, daddr, hnum, dif, sdif);
#endif
}

static inline struct sock *
slc_inet6_lookup_established(struct net *net, const struct in6_addr *saddr,
			     __be16 sport, const struct in6_addr *daddr,
			     u16 hnum, int dif, int sdif)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
	return __inet6_lookup_established(net, saddr, sport, daddr, hnum, dif,
					  sdif);
#else
	return __inet6_lookup_established(net, net->ipv4.tcp_death_row.hashinfo,
					  saddr, sport, daddr, hnum, dif, sdif);
#endif
}

/* An errno until 6.13, a drop reason since; 0 is good in both. */
static inline int slc_ip_route_input(struct sk_buff *skb, __be32 daddr,
				     __be32 saddr, const struct iphdr *iph)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
	return ip_route_input_noref(skb, daddr, saddr, ip4h_dscp(iph),
				    skb->dev);
#else
	return ip_route_input_noref(skb, daddr, saddr, iph->tos, skb->dev);
#endif
}

/* A BIG TCP packet of IPv6 has a header for its length, which its segments will
 * not have. Kernels that do without have no flag for it.
 */
static inline unsigned int slc_jumbo_hlen(const struct sk_buff *skb)
{
#ifdef IP6SKB_FAKEJUMBO
	if (skb->protocol == htons(ETH_P_IPV6) &&
	    IP6CB(skb)->flags & IP6SKB_FAKEJUMBO)
		return sizeof(struct hop_jumbo_hdr);
#endif
	return 0;
}

/* By this name since 6.2, and in some of 6.1. */
static inline int slc_timer_delete(struct timer_list *timer)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
	return timer_delete(timer);
#else
	return del_timer(timer);
#endif
}

/* For policy_gen.c, which is compiled as if it included this. Since 6.9 the kernel
 * has one, but of what that allows a refusal brings nothing back.
 */
#undef NLA_POLICY_MAX_LEN
#define NLA_POLICY_MAX_LEN(_len)	{ .type = NLA_BINARY, .len = _len }

/* Until 6.7, and 6.1.68, groups had the flags of operations. */
#ifndef GENL_MCAST_CAP_NET_ADMIN
#define GENL_MCAST_CAP_NET_ADMIN	GENL_UNS_ADMIN_PERM
#endif

/* What a family's pre_doit is told of the operation */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define slc_genl_op	genl_split_ops
#else
#define slc_genl_op	genl_ops
#endif

/* The attributes of a dump's request, NULL if it has none. */
static inline struct nlattr **slc_dump_attrs(struct netlink_callback *cb)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
	return genl_info_dump(cb)->attrs;
#else
	return genl_dumpit_info(cb)->attrs;
#endif
}

#endif /* SLC_COMPAT_H */
