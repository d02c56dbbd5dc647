// SPDX-License-Identifier: GPL-2.0
/* TCP options: parser and writer. See tcpopt.h for the rules. */

#include "tcpopt.h"

/* RFC 7413's magic number in an experimental option. */
#define FASTOPEN_MAGIC 0xf989

static void parse_one(const u8 *opts, unsigned int at, unsigned int size,
		      bool syn, struct slc_tcpopts *o)
{
	const u8 *p = opts + at;

	switch (p[0]) {
	case SLC_TCPOPT_MSS:
		if (syn && size == SLC_TCPOLEN_MSS && get_unaligned_be16(p + 2))
			o->mss = get_unaligned_be16(p + 2);
		break;
	case SLC_TCPOPT_WSCALE:
		if (syn && size == SLC_TCPOLEN_WSCALE) {
			o->has_wscale = true;
			o->wscale = min_t(u8, p[2], SLC_TCPOPT_MAX_WSCALE);
		}
		break;
	case SLC_TCPOPT_SACK_PERM:
		if (syn && size == SLC_TCPOLEN_SACK_PERM)
			o->sack_perm = true;
		break;
	case SLC_TCPOPT_SACK:
		if (slc_tcpopt_sack_ok(size)) {
			o->sack_off = at;
			o->n_sack = (size - SLC_TCPOLEN_SACK_BASE) /
				    SLC_TCPOLEN_SACK_BLOCK;
		}
		break;
	case SLC_TCPOPT_TS:
		if (size == SLC_TCPOLEN_TS) {
			o->has_ts = true;
			o->ts_off = at;
			o->tsval = get_unaligned_be32(p + 2);
			o->tsecr = get_unaligned_be32(p + 6);
		}
		break;
	case SLC_TCPOPT_MD5:
		o->seen |= SLC_TCPOPT_SEEN_MD5;
		break;
	case SLC_TCPOPT_AO:
		o->seen |= SLC_TCPOPT_SEEN_AO;
		break;
	case SLC_TCPOPT_MPTCP:
		o->seen |= SLC_TCPOPT_SEEN_MPTCP;
		break;
	case SLC_TCPOPT_FASTOPEN:
		o->seen |= SLC_TCPOPT_SEEN_FASTOPEN;
		break;
	case SLC_TCPOPT_ACCECN0:
	case SLC_TCPOPT_ACCECN1:
		o->seen |= SLC_TCPOPT_SEEN_ACCECN;
		break;
	case SLC_TCPOPT_EXP:
		if (size >= 4 && get_unaligned_be16(p + 2) == FASTOPEN_MAGIC)
			o->seen |= SLC_TCPOPT_SEEN_FASTOPEN;
		break;
	}
}

void slc_tcpopt_parse(const u8 *opts, unsigned int len, bool syn,
		      struct slc_tcpopts *o)
{
	unsigned int off = 0, size;
	int kind;

	memset(o, 0, sizeof(*o));

	if (len == 12 && get_unaligned_be32(opts) == SLC_TCPOPT_TS_ALIGNED) {
		o->has_ts = true;
		o->ts_off = 2;
		o->tsval = get_unaligned_be32(opts + 4);
		o->tsecr = get_unaligned_be32(opts + 8);
		return;
	}

	while ((kind = slc_tcpopt_next(opts, len, &off, &size)) > 0)
		parse_one(opts, off - size, size, syn, o);
	if (kind < 0)
		o->seen |= SLC_TCPOPT_SEEN_MALFORMED;
}

unsigned int slc_tcpopt_build(u8 *buf, const struct slc_tcpopts *o)
{
	u8 *p = buf;

	if (o->mss) {
		put_unaligned_be32(SLC_TCPOPT_MSS << 24 |
				   SLC_TCPOLEN_MSS << 16 | o->mss, p);
		p += 4;
	}
	if (o->sack_perm || o->has_ts) {
		p[0] = o->sack_perm ? SLC_TCPOPT_SACK_PERM : SLC_TCPOPT_NOP;
		p[1] = o->sack_perm ? SLC_TCPOLEN_SACK_PERM : SLC_TCPOPT_NOP;
		p += 2;
	}
	if (o->has_ts) {
		p[0] = SLC_TCPOPT_TS;
		p[1] = SLC_TCPOLEN_TS;
		put_unaligned_be32(o->tsval, p + 2);
		put_unaligned_be32(o->tsecr, p + 6);
		p += SLC_TCPOLEN_TS;
	} else if (o->sack_perm) {
		/* Linux puts these NOPs first; so do we. */
		p[0] = p[-2];
		p[1] = p[-1];
		p[-2] = SLC_TCPOPT_NOP;
		p[-1] = SLC_TCPOPT_NOP;
		p += 2;
	}
	if (o->has_wscale) {
		put_unaligned_be32(SLC_TCPOPT_NOP << 24 |
				   SLC_TCPOPT_WSCALE << 16 |
				   SLC_TCPOLEN_WSCALE << 8 | o->wscale, p);
		p += 4;
	}
	return p - buf;
}
