/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Routes: which one a packet takes after its rewrite. See docs/datapath.md,
 * the crossing table.
 *
 * Locking: all of it under RCU, softirq or bh disabled.
 */
#ifndef SLC_PATH_ROUTE_H
#define SLC_PATH_ROUTE_H

#include <linux/in.h>
#include <net/dst.h>
#include <net/ipv6.h>
#include "core/addr.h"
#include "obj/flow.h"
#include "path/pkt.h"

/* 127.0.0.0/8 or ::1 */
static inline bool slc_addr_is_loopback(const struct slc_addr *a)
{
	return slc_addr_is_v4(a) ?
	       ipv4_is_loopback(slc_addr_v4_get(a)) :
	       ipv6_addr_loopback((const struct in6_addr *)a);
}

/**
 * slc_route_in() - The input route by which a packet reaches an application.
 * @pkt: the packet as it came, from the sender and its device: reverse path
 *	filtering judges the sender
 * @to: address of this host that it will be delivered to
 *
 * A loopback address, or one of the other family, is routed as if by this host
 * itself, after the sender was found good for the address it used. So is what
 * came over lo.
 *
 * Return: a referenced route that delivers here, or ERR_PTR: -EXDEV if
 *	rp_filter refuses the sender (IPv4), -EADDRNOTAVAIL if the address is not
 *	ours.
 */
struct dst_entry *slc_route_in(struct slc_pkt *pkt, const struct slc_addr *to);

/**
 * slc_route_judge() - Would input routing believe who has sent a packet?
 * @pkt: the packet as it came
 * @to: address of this host that it would be delivered to
 *
 * For what is taken before it would be asked.
 *
 * Return: 0, or as slc_route_in().
 */
int slc_route_judge(struct slc_pkt *pkt, const struct slc_addr *to);

/**
 * slc_route_stat() - The counter for a packet that has no way.
 * @err: of slc_route_in(), slc_route_forward() or slc_route_judge()
 *
 * Return: enum sluice_stat.
 */
static inline int slc_route_stat(int err)
{
	return err == -EXDEV ? SLUICE_STAT_RP_FILTERED :
			       SLUICE_STAT_CONNECT_UNREACHABLE;
}

/**
 * slc_route_forward() - The input route by which a packet goes on through this host.
 * @pkt: the packet as it came, from a client or a backend, and its device: reverse
 *	path filtering judges its source
 * @to: where it is to go
 *
 * If that is of the other family, the route is one for packets from this host's
 * address, and the source is judged by the address it was sent to.
 *
 * Return: a referenced route that delivers here or forwards, or ERR_PTR: -EXDEV if
 *	rp_filter refuses the source (IPv4), -EHOSTUNREACH if there is no way, or
 *	this host does not forward.
 */
struct dst_entry *slc_route_forward(struct slc_pkt *pkt,
				    const struct slc_addr *to);

/**
 * slc_route_owns() - Is an address one of this host's?
 * @pkt: the packet for it, and its device, which may be in a VRF
 * @addr: the address
 *
 * What a rule or a mark has routed here as well, to be intercepted, is not.
 *
 * Return: true if it is.
 */
bool slc_route_owns(const struct slc_pkt *pkt, const struct slc_addr *addr);

/**
 * slc_route_source() - Choose the address that this host speaks to a backend from.
 * @sn: namespace state
 * @t: tuple of what is to be sent; its source is set
 * @mark: firewall mark to route with
 *
 * Return: 0 or -EHOSTUNREACH.
 */
int slc_route_source(const struct slc_net *sn, struct slc_tuple *t, u32 mark);

/**
 * slc_route_out() - The output route for packets to a peer.
 * @sn: namespace state
 * @t: tuple of the packets to be sent
 * @ifindex: device the peer's packets come in by, for VRFs and link-local
 *	addresses; 0 for none
 * @mark: firewall mark to route with
 *
 * The source need not be an address of this host. Policies of IPsec see all
 * of the tuple.
 *
 * Return: a referenced route, or ERR_PTR.
 */
struct dst_entry *slc_route_out(const struct slc_net *sn,
				const struct slc_tuple *t, int ifindex,
				u32 mark);

/**
 * slc_route_neighbour() - The output route for packets to somebody on a link of ours.
 * @sn: namespace state
 * @t: tuple of the packets, whoever's, which stay as they are
 * @to: address whose link layer address they are to be sent to, of their family
 * @ifindex: device that they have come in by, for VRFs; 0 for none
 * @mark: firewall mark to route with
 *
 * Return: a referenced route, which may deliver here, or ERR_PTR: -EHOSTUNREACH if that
 *	address is behind a router.
 */
struct dst_entry *slc_route_neighbour(const struct slc_net *sn,
				      const struct slc_tuple *t,
				      const struct slc_addr *to, int ifindex,
				      u32 mark);

/**
 * slc_route_sender() - The output route for packets to a flow's sender or client.
 * @flow: the flow
 *
 * Return: a referenced route, or ERR_PTR.
 */
struct dst_entry *slc_route_sender(const struct slc_flow *flow);

/**
 * slc_route_is_local() - Does an output route lead to this host itself?
 * @dst: the route
 * @family: SLC_FAMILY_*
 *
 * Return: true if it does, and not by way of IPsec.
 */
bool slc_route_is_local(const struct dst_entry *dst, u8 family);

/**
 * slc_route_cookie() - What dst_check() wants to see again.
 * @dst: a route
 * @family: SLC_FAMILY_*
 *
 * Return: the cookie.
 */
u32 slc_route_cookie(const struct dst_entry *dst, u8 family);

/**
 * slc_route_set() - Remember a half's route.
 * @half: the half
 * @dst: its route; the reference is taken over
 * @cookie: slc_route_cookie() of when it was looked up: a later one would hide
 *	what has changed since
 * @ifindex: device it holds for, 0 for any
 */
void slc_route_set(struct slc_half *half, struct dst_entry *dst, u32 cookie,
		   int ifindex);

/**
 * slc_route_recheck() - Does a half's route still hold?
 * @half: the half; its MTU is asked for again
 * @dst: its route
 *
 * Return: false if it has to be looked up again.
 */
bool slc_route_recheck(struct slc_half *half, struct dst_entry *dst);

/**
 * slc_route_cached() - A half's route, if it still holds.
 * @half: the half
 * @ifindex: device it must hold for, 0 for any
 *
 * What held for one packet is taken to hold until the clock ticks: a change of
 * routes, or a smaller MTU, is seen some milliseconds late by who sends more
 * than one packet in them.
 *
 * Return: the route, not referenced, or NULL.
 */
static inline struct dst_entry *slc_route_cached(struct slc_half *half,
						 int ifindex)
{
	struct dst_entry *dst = rcu_dereference(half->dst);

	if (unlikely(!dst || READ_ONCE(half->dst_ifindex) != ifindex))
		return NULL;
	if (likely(READ_ONCE(half->last_seen) == (u32)jiffies) ||
	    slc_route_recheck(half, dst))
		return dst;
	return NULL;
}

#endif /* SLC_PATH_ROUTE_H */
