/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a router owes a packet that it sends on: a hop less, and a look at its size; and
 * its sender, to be told where either ends it. For what the stack does not forward, as
 * that would do it.
 *
 * Locking: none; RCU held, softirq or bh disabled.
 */
#ifndef SLC_PATH_ROUTER_H
#define SLC_PATH_ROUTER_H

#include "compat.h"
#include "path/pkt.h"

/**
 * slc_router_size() - How much of a path's MTU does a packet take?
 * @pkt: the packet, parsed
 *
 * Return: its size, or that of the largest that it will be segmented into, in bytes.
 */
static __always_inline unsigned int slc_router_size(const struct slc_pkt *pkt)
{
	if (skb_is_gso(pkt->skb))
		return pkt->thoff - slc_jumbo_hlen(pkt->skb) + pkt->thlen +
		       skb_shinfo(pkt->skb)->gso_size;
	return pkt->skb->len;
}

/**
 * slc_router_hops() - How far may a packet go?
 * @pkt: the packet, parsed
 *
 * Return: its hops, of which the last one is where it has to have arrived.
 */
static inline u8 slc_router_hops(const struct slc_pkt *pkt)
{
	return pkt->tuple.family == SLC_FAMILY_IPV4 ?
	       ip_hdr(pkt->skb)->ttl : ipv6_hdr(pkt->skb)->hop_limit;
}

/**
 * slc_router_exceeds() - May a packet go that is larger than its way?
 * @pkt: the packet, parsed; of IPv4 it has a route, for who tells its sender to come from
 * @family: that it leaves in
 * @mtu: what fits, in bytes of the packet as it is
 *
 * If not, its sender is told, of the packet as it is.
 *
 * Return: true if it may be cut up.
 */
bool slc_router_exceeds(struct slc_pkt *pkt, u8 family, unsigned int mtu);

/**
 * slc_router_hop() - Take a hop from a packet.
 * @pkt: the packet, parsed
 *
 * Whose hops are used up goes no further, and its sender is told.
 *
 * Return: true if it goes on.
 */
bool slc_router_hop(struct slc_pkt *pkt);

#endif /* SLC_PATH_ROUTER_H */
