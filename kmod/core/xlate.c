// SPDX-License-Identifier: GPL-2.0
/* Translation of TCP headers between two legs. See xlate.h for the algebra. */

#include "tcpopt.h"
#include "xlate.h"

/* Offsets in a TCP header (RFC 9293 3.1). */
#define TH_SPORT	0
#define TH_SEQ		4
#define TH_ACK		8
#define TH_DOFF		12
#define TH_FLAGS	13
#define TH_WIN		14
#define TH_OPTS		20

#define TH_FLAG_SYN	0x02
#define TH_FLAG_ACK	0x10

/* @off counts from the start of the TCP header: its parity matters. */
static __always_inline void add32(u8 *th, unsigned int off, u32 add,
				  struct slc_csum *delta)
{
	u32 from = get_unaligned_be32(th + off);
	u32 to = from + add;

	put_unaligned_be32(to, th + off);
	slc_csum_replace4_at(delta, off, cpu_to_be32(from), cpu_to_be32(to));
}

static __always_inline void set_ports(u8 *th, __be16 sport, __be16 dport,
				      struct slc_csum *delta)
{
	__be16 ports[2] = { sport, dport };
	__be32 from, to;

	memcpy(&from, th + TH_SPORT, sizeof(from));
	memcpy(&to, ports, sizeof(to));
	memcpy(th + TH_SPORT, ports, sizeof(ports));
	slc_csum_replace4(delta, from, to);
}

static __always_inline void scale_window(u8 *th, s8 shift,
					 struct slc_csum *delta)
{
	u16 from = get_unaligned_be16(th + TH_WIN);
	u16 to = slc_win_scale(from, shift);

	put_unaligned_be16(to, th + TH_WIN);
	slc_csum_replace2(delta, cpu_to_be16(from), cpu_to_be16(to));
}

static void drop_option(u8 *th, unsigned int off, unsigned int size,
			struct slc_csum *delta)
{
	for (; size; size--, off++) {
		slc_csum_replace1_at(delta, off, th[off], SLC_TCPOPT_NOP);
		th[off] = SLC_TCPOPT_NOP;
	}
}

static __always_inline void xlate_ts(const struct slc_xlate *x, u8 *th,
				     unsigned int off, struct slc_csum *delta)
{
	add32(th, off + 2, x->tsval_add, delta);
	/* Without ACK the echo means nothing, and 0 says there is none. */
	if (th[TH_FLAGS] & TH_FLAG_ACK && get_unaligned_be32(th + off + 6))
		add32(th, off + 6, x->tsecr_add, delta);
}

static void xlate_option(const struct slc_xlate *x, u8 *th, unsigned int off,
			 unsigned int size, struct slc_csum *delta)
{
	unsigned int edge;

	switch (th[off]) {
	case SLC_TCPOPT_TS:
		if (x->flags & SLC_XL_DROP_TS)
			drop_option(th, off, size, delta);
		else if (x->flags & SLC_XL_TS && size == SLC_TCPOLEN_TS)
			xlate_ts(x, th, off, delta);
		break;
	case SLC_TCPOPT_SACK:
		if (x->flags & SLC_XL_DROP_SACK) {
			drop_option(th, off, size, delta);
		} else if (x->flags & SLC_XL_SACK && slc_tcpopt_sack_ok(size)) {
			for (edge = 2; edge < size; edge += 4)
				add32(th, off + edge, x->ack_add, delta);
		}
		break;
	}
}

static noinline struct slc_csum xlate_options(const struct slc_xlate *x,
					      u8 *th, unsigned int hlen,
					      struct slc_csum delta)
{
	unsigned int len = hlen - TH_OPTS;
	unsigned int off = 0, size;

	while (slc_tcpopt_next(th + TH_OPTS, len, &off, &size) > 0)
		xlate_option(x, th, TH_OPTS + off - size, size, &delta);
	return delta;
}

struct slc_csum slc_xlate_tcp(const struct slc_xlate *x, u8 *th,
			      unsigned int hlen, __be16 new_sport,
			      __be16 new_dport)
{
	/* In a register all along: its address goes to inline functions only */
	struct slc_csum sum = { 0 };
	u8 flags;

	if (hlen < TH_OPTS || hlen != (th[TH_DOFF] >> 4) * 4U)
		return sum;

	flags = th[TH_FLAGS];
	set_ports(th, new_sport, new_dport, &sum);
	add32(th, TH_SEQ, x->seq_add, &sum);
	if (flags & TH_FLAG_ACK)
		add32(th, TH_ACK, x->ack_add, &sum);
	if (x->win_shift && !(flags & TH_FLAG_SYN))
		scale_window(th, x->win_shift, &sum);

	if (hlen == TH_OPTS + 12 && !(x->flags & SLC_XL_DROP_TS) &&
	    get_unaligned_be32(th + TH_OPTS) == SLC_TCPOPT_TS_ALIGNED) {
		if (x->flags & SLC_XL_TS)
			xlate_ts(x, th, TH_OPTS + 2, &sum);
		return sum;
	}
	return hlen > TH_OPTS && x->flags ? xlate_options(x, th, hlen, sum) :
					    sum;
}

static void lower_mss(u8 *th, unsigned int off, u16 max,
		      struct slc_csum *delta)
{
	unsigned int i;
	u8 to[2];

	if (get_unaligned_be16(th + off) <= max)
		return;
	put_unaligned_be16(max, to);
	for (i = 0; i < sizeof(to); i++) {
		slc_csum_replace1_at(delta, off + i, th[off + i], to[i]);
		th[off + i] = to[i];
	}
}

void slc_xlate_mss(u8 *th, unsigned int hlen, u16 max, struct slc_csum *delta)
{
	unsigned int off = 0, size;

	if (hlen < TH_OPTS || hlen != (th[TH_DOFF] >> 4) * 4U ||
	    !(th[TH_FLAGS] & TH_FLAG_SYN))
		return;
	while (slc_tcpopt_next(th + TH_OPTS, hlen - TH_OPTS, &off, &size) > 0)
		if (th[TH_OPTS + off - size] == SLC_TCPOPT_MSS &&
		    size == SLC_TCPOLEN_MSS)
			lower_mss(th, TH_OPTS + off - 2, max, delta);
}

struct slc_csum slc_xlate_ports(u8 *th, __be16 new_sport, __be16 new_dport)
{
	struct slc_csum sum = { 0 };

	set_ports(th, new_sport, new_dport, &sum);
	return sum;
}

void slc_xlate_seq_inverse(const struct slc_xlate *x, u8 *th,
			   __be16 old_sport, __be16 old_dport,
			   struct slc_csum *delta)
{
	set_ports(th, old_sport, old_dport, delta);
	add32(th, TH_SEQ, -x->seq_add, delta);
}
