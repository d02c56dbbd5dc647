/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Changing a packet's headers from one leg's to the other's, checksums in all
 * their states included.
 *
 * Locking: none; RCU held for the half.
 */
#ifndef SLC_PATH_REWRITE_H
#define SLC_PATH_REWRITE_H

#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include "core/xfam.h"
#include "obj/flow.h"
#include "path/pkt.h"

/**
 * slc_rewrite() - Give a packet the headers of the other leg.
 * @pkt: a parsed packet; its tuple and header fields are history after
 * @half: the half it belongs to
 * @xlate: its translation, or that of one packet
 *
 * A wrong checksum stays wrong. GSO packets pass whole. Where the legs are of
 * different families the packet gets a network header of the other one: its
 * control block is then empty and its hook no longer the right one.
 *
 * Context: softirq or bh disabled.
 * Return: 0; -ENOMEM without memory to make the headers writable; else, for a
 *	packet without a counterpart in the other family, as slc_xfam_4to6().
 */
int slc_rewrite(struct slc_pkt *pkt, const struct slc_half *half,
		const struct slc_xlate *xlate);

/**
 * slc_rewrite_cut() - Cut bytes off the front of a packet's payload.
 * @pkt: a parsed packet whose checksum, if it has one, was found good; parsed anew
 * @n: how many, at most a header's length
 *
 * Moves the headers, not the payload, unless GRO made a list of packets of it,
 * which is copied into one piece.
 *
 * Context: softirq or bh disabled.
 * Return: 0; -ENODATA if nothing but a bare ACK would be left, -EMSGSIZE for BIG TCP,
 *	-ENOMEM.
 */
int slc_rewrite_cut(struct slc_pkt *pkt, u32 n);

/**
 * slc_rewrite_grow() - Put bytes before a datagram's payload.
 * @pkt: a parsed datagram, no train of several; parsed anew
 * @head: the bytes, and zeros behind them up to a multiple of four
 * @n: how many, an even number
 *
 * A wrong checksum stays wrong, and none stays none.
 *
 * Context: softirq or bh disabled.
 * Return: 0; -EMSGSIZE if it would be too long for UDP, -EINVAL if it is not as long as
 *	it says, -ENOMEM.
 */
int slc_rewrite_grow(struct slc_pkt *pkt, const u8 *head, u32 n);

/**
 * slc_rewrite_source() - Let a datagram come from another address.
 * @pkt: a parsed datagram that this host makes; its tuple follows
 * @from: the address, of its family
 *
 * Context: softirq or bh disabled.
 * Return: 0 or -ENOMEM.
 */
int slc_rewrite_source(struct slc_pkt *pkt, const struct slc_addr *from);

/**
 * slc_rewrite_legs() - Say of a flow what its two legs are.
 * @flow: the flow, in no table yet
 * @outer: tuple of what its sender or client sends
 * @inner: tuple of what its application or backend is sent, of either side
 *
 * Sets keys, and what new addresses do to checksums.
 *
 * Context: any.
 */
void slc_rewrite_legs(struct slc_flow *flow, const struct slc_tuple *outer,
		      const struct slc_tuple *inner);

/**
 * slc_rewrite_fragments() - Say how large fragments of a packet may be.
 * @skb: an IPv6 packet; may it be cut up?
 *
 * Whoever lets routers of IPv4 cut up what he sends hears of no path that is narrower,
 * and of IPv6 no router does: it leaves in pieces that all of them take (RFC 7915 4).
 * IPv6 forgets when it receives the packet. Segments are no fragments, and IPv6 would
 * cut up the packet that has them for fragments (ip6_finish_output()): TCP's have been
 * made as small, those of UDP go as large as the way here allows.
 *
 * Context: Any.
 */
static inline void slc_rewrite_fragments(struct sk_buff *skb)
{
	if (skb->ignore_df && !skb_is_gso(skb) && !IP6CB(skb)->frag_max_size)
		IP6CB(skb)->frag_max_size = SLC_XFAM_MTU_MIN;
}

#endif /* SLC_PATH_REWRITE_H */
