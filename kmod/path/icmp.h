/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of ICMP errors share: icmp.c says whose they are and where they go,
 * icmp_quote.c what they quote, icmp_across.c makes those anew whose legs are of two
 * families.
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
