/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Translation of TCP headers between the two legs of a flow.
 *
 * We answered the outer peer's handshake with a sequence number of our own and
 * opened the inner leg later. All that differs between the legs is constant
 * once the inner SYN-ACK is in: one struct slc_xlate per direction, frozen
 * before the flow is published, read without a lock.
 *
 *	D = sequence number of our SYN-ACK - that of the inner SYN-ACK
 *
 *			inward (client data)	outward (server data)
 *	seq_add		0			D
 *	ack_add		-D			0
 *	SACK blocks	-D (they say what of	unchanged, D-SACK too (they
 *			the server's data came)	say what of the client's)
 *	tsval_add	our clock - sender's	our clock - server's
 *	tsecr_add	- outward tsval_add	- inward tsval_add
 *	win_shift	outer shift - inner	inner shift - outer
 *
 * The inner leg's client numbers are the outer leg's, because we choose the
 * inner initial number as outer + length of the header taken away (or minus
 * that of one added). All additions are modulo 2^32.
 *
 * Sequence, acknowledgment, window, ports, SACK and timestamps are all that
 * is ever edited, and the MSS where legs differ in what fits them. The check
 * field is the caller's, who knows its state.
 *
 * Locking: none. Pure.
 */
#ifndef SLC_CORE_XLATE_H
#define SLC_CORE_XLATE_H

#include "base.h"
#include "csum.h"

/* In slc_xlate.flags. */
#define SLC_XL_TS		BIT(0)	/* rebase timestamps */
#define SLC_XL_SACK		BIT(1)	/* add ack_add to SACK block edges */
#define SLC_XL_DROP_TS		BIT(2)	/* next leg has none: NOPs instead */
#define SLC_XL_DROP_SACK	BIT(3)	/* next leg has none: NOPs instead */

/**
 * struct slc_xlate - What one direction of a flow adds to TCP headers
 * @seq_add:   added to the sequence number
 * @ack_add:   added to the acknowledgment number if the ACK flag is set, and
 *             with SLC_XL_SACK to the edges of SACK blocks
 * @tsval_add: with SLC_XL_TS, added to the timestamp value
 * @tsecr_add: with SLC_XL_TS, added to the timestamp echo if the ACK flag is
 *             set and the echo is not 0, which means "none"
 * @win_shift: scale of the leg a segment comes from, less that of the leg it
 *             goes to, -14..14; see slc_win_scale()
 * @flags:     SLC_XL_*; a DROP flag wins over the other of its kind
 *
 * Host byte order. Frozen before the flow is published.
 */
struct slc_xlate {
	u32 seq_add;
	u32 ack_add;
	u32 tsval_add;
	u32 tsecr_add;
	s8 win_shift;
	u8 flags;
};

/**
 * slc_seq_before() - Compare two sequence numbers
 * @a: sequence number
 * @b: sequence number
 *
 * Return: true if @a comes before @b, modulo 2^32.
 */
static inline bool slc_seq_before(u32 a, u32 b)
{
	return (s32)(a - b) < 0;
}

/**
 * slc_seq_after() - Compare two sequence numbers
 * @a: sequence number
 * @b: sequence number
 *
 * Return: true if @a comes after @b, modulo 2^32.
 */
static inline bool slc_seq_after(u32 a, u32 b)
{
	return slc_seq_before(b, a);
}

/**
 * slc_win_scale() - Express a window in another leg's units
 * @raw:   window field, host order
 * @shift: scale it was sent under, less the scale it will be read under,
 *         -14..14
 *
 * Never promises more than the receiver did: coarser units round down, finer
 * ones stop at 65535. A window smaller than one unit becomes 0; the sender
 * then probes, and every answer to a probe is a fresh chance, so this costs
 * time but cannot hang.
 *
 * Return: window field for the other leg.
 */
static inline u16 slc_win_scale(u16 raw, s8 shift)
{
	if (shift <= 0)
		return raw >> -shift;
	return min_t(u32, (u32)raw << shift, 0xffff);
}

/**
 * slc_xlate_tcp() - Translate one TCP header in place
 * @x:         the direction's frozen numbers
 * @th:        TCP header with its options, linear and writable, any alignment
 * @hlen:      its length, data offset * 4
 * @new_sport: source port of the other leg
 * @new_dport: destination port of the other leg
 *
 * All timestamp and SACK options are translated, should there be several;
 * the walk over options ends where a Linux receiver's would (see tcpopt.h), so
 * what it leaves alone no such receiver reads. The window of a SYN is not
 * scaled (RFC 7323 2.2).
 *
 * The caller moves the check field: by what is returned and the pseudo-header's
 * change for CHECKSUM_NONE, UNNECESSARY and COMPLETE, by the pseudo-header's
 * change alone for CHECKSUM_PARTIAL.
 *
 * A header that says another length than @hlen, or less than 20, is left alone.
 *
 * Context: Any. Pure.
 * Return: what changed in the header, check field excepted.
 */
struct slc_csum slc_xlate_tcp(const struct slc_xlate *x, u8 *th,
			      unsigned int hlen, __be16 new_sport,
			      __be16 new_dport);

/**
 * slc_xlate_mss() - Lower the maximum segment size of a SYN in place
 * @th:    TCP header with its options, linear and writable, any alignment
 * @hlen:  its length, data offset * 4
 * @max:   what it is to be at most
 * @delta: what changed is added here
 *
 * All of them, should there be several; without one there is none after. The check
 * field is the caller's, as of slc_xlate_tcp(), and what is left alone is as there.
 *
 * Context: Any. Pure.
 */
void slc_xlate_mss(u8 *th, unsigned int hlen, u16 max, struct slc_csum *delta);

/**
 * slc_xlate_ports() - Change the ports of a transport header in place
 * @th:        its first four bytes, writable, any alignment
 * @new_sport: source port of the other leg
 * @new_dport: destination port of the other leg
 *
 * All that UDP needs. The check field is the caller's, as of slc_xlate_tcp().
 *
 * Context: Any. Pure.
 * Return: what changed.
 */
struct slc_csum slc_xlate_ports(u8 *th, __be16 new_sport, __be16 new_dport);

/**
 * slc_xlate_seq_inverse() - Take a translation back in a quoted header
 * @x:         the numbers the quoted packet was translated with
 * @th:        the quoted TCP header's first 8 bytes: all that ICMP promises
 *             (RFC 792); they are writable, any alignment
 * @old_sport: source port before translation
 * @old_dport: destination port before translation
 * @delta:     what changed is added here, for the ICMP checksum
 *
 * An ICMP error quotes what we sent; its addressee knows the packet as it was
 * before. Bytes behind the eighth keep the other leg's numbers; receivers use
 * ports and sequence number only.
 *
 * Context: Any. Pure.
 */
void slc_xlate_seq_inverse(const struct slc_xlate *x, u8 *th,
			   __be16 old_sport, __be16 old_dport,
			   struct slc_csum *delta);

#endif /* SLC_CORE_XLATE_H */
