/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of ICMP errors share: icmp.c says whose they are and where they go,
 * icmp_quote.c what they quote, icmp_across.c makes those anew whose legs are of two
 * families, and icmp_tunnel.c those that are about a tunnel of ours.
 */
#ifndef SLC_PATH_ICMP_H
#define SLC_PATH_ICMP_H

#include "core/addr.h"
#include "core/xlate.h"
#include "path/pkt.h"

/* Both families' error header is 8 bytes, and their checksum at offset 2. */
#define SLC_ICMP_HLEN	8

/**
 * struct slc_icmp_quote - the packet an error quotes
 * @tuple: its tuple
 * @nhoff: offset of its network header
 * @thoff: offset of its transport header
 */
struct slc_icmp_quote {
	struct slc_tuple tuple;
	unsigned int nhoff;
	unsigned int thoff;
};

/**
 * slc_icmp_parse_quote() - Find out what an error quotes.
 * @pkt: the error, SLC_PKT_ICMP_ERROR; may be not linear
 * @q: filled in
 *
 * Return: false if it is nothing that we would know.
 */
bool slc_icmp_parse_quote(const struct slc_pkt *pkt, struct slc_icmp_quote *q);

/**
 * slc_icmp_parse_at() - Find out what is quoted somewhere in a packet.
 * @skb: the packet; may be not linear
 * @nhoff: offset of the quoted network header
 * @family: of that
 * @q: filled in
 *
 * Return: false if it is nothing that we would know.
 */
bool slc_icmp_parse_at(const struct sk_buff *skb, unsigned int nhoff, u8 family,
		       struct slc_icmp_quote *q);

/**
 * slc_icmp_checksum_ok() - Is an error's checksum good?
 * @pkt: the error, in PRE_ROUTING
 *
 * Context: RCU held, softirq or bh disabled.
 * Return: true if it is.
 */
bool slc_icmp_checksum_ok(const struct slc_pkt *pkt);

/**
 * slc_icmp_note_mtu() - Note the MTU of a path that an error tells of.
 * @pkt: the error, in PRE_ROUTING, its checksum good, as far as @q in one piece
 * @q: what it quotes: offsets, and the protocol of its tuple
 * @ifindex: device that what is quoted is routed by, for VRFs; 0 for none
 * @mark: firewall mark that it is routed with
 *
 * For the route of what is quoted.
 *
 * Context: RCU held, softirq or bh disabled.
 * Return: the MTU, or 0 if it is not about that.
 */
u32 slc_icmp_note_mtu(struct slc_pkt *pkt, const struct slc_icmp_quote *q,
		      int ifindex, u32 mark);

/**
 * slc_icmp_tunnel() - An error about what we have sent through a tunnel.
 * @pkt: the error, in PRE_ROUTING
 *
 * Who sent what is in there is told, as far as he can do something about it: of a size
 * that fits the tunnel, or that there is no way.
 *
 * Context: RCU held, softirq or bh disabled.
 * Return: a netfilter verdict; NF_ACCEPT if it is about nothing of ours.
 */
unsigned int slc_icmp_tunnel(struct slc_pkt *pkt);

/**
 * slc_icmp_hide() - Let an error say nothing of what is behind a UDP header.
 * @pkt: the error
 * @q: what it quotes, a datagram
 *
 * There a header of ours begins, which is the backend's to know and not the sender's:
 * a secret may be in it. He is told of zeros.
 *
 * Return: false without memory.
 */
bool slc_icmp_hide(struct slc_pkt *pkt, const struct slc_icmp_quote *q);

/**
 * slc_icmp_across() - Make an error anew, in the other family.
 * @pkt: the error, parsed; changed, of no more use if it fails
 * @q: what it quotes
 * @to: what it is to be about, of the other family
 * @x: what had turned that into what it quotes
 * @src: whom it is to come from
 * @dst: whom it is for
 *
 * Whoever has said so has no address in that family. What has no meaning there fails
 * (RFC 7915 4.2, 5.2), and so does one whose checksum is wrong.
 *
 * Context: RCU held.
 * Return: true if it was made.
 */
bool slc_icmp_across(struct slc_pkt *pkt, const struct slc_icmp_quote *q,
		     const struct slc_tuple *to, const struct slc_xlate *x,
		     const struct slc_addr *src, const struct slc_addr *dst);

#endif /* SLC_PATH_ICMP_H */
