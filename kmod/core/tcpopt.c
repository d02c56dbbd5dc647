// SPDX-License-Identifier: GPL-2.0
/* TCP options: parser and writer. See tcpopt.h for the rules. */

#include "tcpopt.h"

static void parse_one(const u8 *p, unsigned int size, bool syn,
		      struct slc_tcpopts *o)
{
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
	case SLC_TCPOPT_TS:
		if (size == SLC_TCPOLEN_TS) {
			o->has_ts = true;
			o->tsval = get_unaligned_be32(p + 2);
			o->tsecr = get_unaligned_be32(p + 6);
		}
		break;
	}
}

void slc_tcpopt_parse(const u8 *opts, unsigned int len, bool syn,
		      struct slc_tcpopts *o)
{
	unsigned int off = 0, size;

	memset(o, 0, sizeof(*o));

	if (len == 12 && get_unaligned_be32(opts) == SLC_TCPOPT_TS_ALIGNED) {
		o->has_ts = true;
		o->tsval = get_unaligned_be32(opts + 4);
		o->tsecr = get_unaligned_be32(opts + 8);
		return;
	}

	while (slc_tcpopt_next(opts, len, &off, &size) > 0)
		parse_one(opts + off - size, size, syn, o);
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
