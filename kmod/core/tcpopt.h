/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TCP options: a bounded walk, a parser and a writer (RFC 9293 3.2, RFC 7323,
 * RFC 2018).
 *
 * What is read and what is ignored follows Linux's tcp_parse_options(): the
 * hosts on both legs should see what we see.
 *  - The walk stops at EOL, at an option with a length below 2 and at one that
 *    runs past the end. What came before counts.
 *  - Options with a length other than their kind has are skipped.
 *  - Of duplicates the last wins; an MSS of zero is as none.
 *  - A window shift above 14 is 14.
 *
 * Locking: none. Pure.
 */
#ifndef SLC_CORE_TCPOPT_H
#define SLC_CORE_TCPOPT_H

#include "base.h"

/* Option kinds and lengths: IANA "TCP Option Kind Numbers". */
#define SLC_TCPOPT_EOL		0
#define SLC_TCPOPT_NOP		1
#define SLC_TCPOPT_MSS		2
#define SLC_TCPOPT_WSCALE	3
#define SLC_TCPOPT_SACK_PERM	4
#define SLC_TCPOPT_SACK		5
#define SLC_TCPOPT_TS		8

#define SLC_TCPOLEN_MSS		4
#define SLC_TCPOLEN_WSCALE	3
#define SLC_TCPOLEN_SACK_PERM	2
#define SLC_TCPOLEN_TS		10
#define SLC_TCPOLEN_SACK_BASE	2
#define SLC_TCPOLEN_SACK_BLOCK	8

/* NOP NOP TS 10: what all stacks send in front of the two timestamps. */
#define SLC_TCPOPT_TS_ALIGNED	0x0101080a

#define SLC_TCPOPT_MAX_LEN	40	/* doff 15 */
#define SLC_TCPOPT_BUILD_MAX	20	/* MSS, SACK permitted, TS, window */
#define SLC_TCPOPT_MAX_WSCALE	14	/* RFC 7323 2.3 */

/**
 * struct slc_tcpopts - What the options of one segment say, or are to say
 * @tsval:      timestamp value, valid if @has_ts
 * @tsecr:      timestamp echo, valid if @has_ts
 * @mss:        maximum segment size, 0 if absent; SYN only
 * @wscale:     window shift 0..14, valid if @has_wscale; SYN only
 * @has_wscale: window scale option present; SYN only
 * @sack_perm:  SACK permitted; SYN only
 * @has_ts:     timestamps present
 *
 * Host byte order.
 */
struct slc_tcpopts {
	u32 tsval;
	u32 tsecr;
	u16 mss;
	u8 wscale;
	bool has_wscale;
	bool sack_perm;
	bool has_ts;
};

/**
 * slc_tcpopt_next() - One step of a bounded walk
 * @opts: option area
 * @len:  its length
 * @off:  where to go on; afterwards just behind the option found
 * @size: length of the option found, which begins at *@off - *@size
 *
 * NOPs are passed over.
 *
 * Return: the option's kind (above 1), SLC_TCPOPT_EOL at the end, or -EBADMSG
 *         where the walk has to stop: a length below 2 or past the end.
 */
static inline int slc_tcpopt_next(const u8 *opts, unsigned int len,
				  unsigned int *off, unsigned int *size)
{
	unsigned int at = *off;

	while (at < len && opts[at] == SLC_TCPOPT_NOP)
		at++;
	*off = at;
	if (at >= len || opts[at] == SLC_TCPOPT_EOL)
		return SLC_TCPOPT_EOL;
	if (len - at < 2 || opts[at + 1] < 2 || opts[at + 1] > len - at)
		return -EBADMSG;
	*size = opts[at + 1];
	*off = at + *size;
	return opts[at];
}

/**
 * slc_tcpopt_sack_ok() - Has a SACK option a sensible length?
 * @size: option length, kind and length bytes included
 *
 * Return: true for one or more whole blocks; Linux ignores the others.
 */
static inline bool slc_tcpopt_sack_ok(unsigned int size)
{
	return size >= SLC_TCPOLEN_SACK_BASE + SLC_TCPOLEN_SACK_BLOCK &&
	       !((size - SLC_TCPOLEN_SACK_BASE) % SLC_TCPOLEN_SACK_BLOCK);
}

/**
 * slc_tcpopt_parse() - Read the options of one segment
 * @opts: option area, any alignment
 * @len:  its length (doff * 4 - 20)
 * @syn:  the segment has the SYN flag: MSS, window scale and SACK permitted
 *        count only then
 * @o:    filled in
 *
 * Never reads past @len. A malformed tail ends the walk; what came before it
 * counts, as on Linux.
 *
 * Context: Any. Pure.
 */
void slc_tcpopt_parse(const u8 *opts, unsigned int len, bool syn,
		      struct slc_tcpopts *o);

/**
 * slc_tcpopt_build() - Write the options of a segment of our own
 * @buf: at least SLC_TCPOPT_BUILD_MAX bytes, any alignment
 * @o:   what they are to say
 *
 * Order and padding are Linux's: MSS; SACK permitted and timestamps sharing
 * words; window scale. "SACK permitted" never comes first where an MSS is
 * given: some stacks choke on it. For a plain ACK leave all but timestamps
 * unset.
 *
 * Context: Any. Pure.
 * Return: bytes written, a multiple of 4.
 */
unsigned int slc_tcpopt_build(u8 *buf, const struct slc_tcpopts *o);

#endif /* SLC_CORE_TCPOPT_H */
