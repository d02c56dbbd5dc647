// SPDX-License-Identifier: GPL-2.0
/*
 * Gathering a PROXY header that may come in pieces.
 */
#include <linux/slab.h>
#include <uapi/linux/sluice.h>

#include "obj/service.h"
#include "path/handshake.h"

int slc_gather_stat(enum slc_pp_error err)
{
	switch (err) {
	case SLC_PP_OK:
	case SLC_PP_NR_ERRORS:
		break;
	case SLC_PP_ERR_SIGNATURE:
		return SLUICE_STAT_BAD_SIGNATURE;
	case SLC_PP_ERR_VERSION:
		return SLUICE_STAT_BAD_VERSION;
	case SLC_PP_ERR_COMMAND:
		return SLUICE_STAT_BAD_COMMAND;
	case SLC_PP_ERR_FAMILY:
	case SLC_PP_ERR_MIXED:
		return SLUICE_STAT_BAD_FAMILY;
	case SLC_PP_ERR_SHORT:
		return SLUICE_STAT_BAD_LENGTH;
	case SLC_PP_ERR_TOO_BIG:
	case SLC_PP_ERR_V1_LONG:
		return SLUICE_STAT_HEADER_TOO_LONG;
	case SLC_PP_ERR_TLV:
	case SLC_PP_ERR_TLV_SSL:
	case SLC_PP_ERR_UNIQUE_ID:
		return SLUICE_STAT_BAD_TLV;
	case SLC_PP_ERR_CRC_LEN:
	case SLC_PP_ERR_CRC_TWICE:
	case SLC_PP_ERR_CRC:
		return SLUICE_STAT_BAD_CRC;
	case SLC_PP_ERR_V1_SPACE:
	case SLC_PP_ERR_V1_FAMILY:
	case SLC_PP_ERR_V1_ADDR:
	case SLC_PP_ERR_V1_PORT:
	case SLC_PP_ERR_V1_END:
		return SLUICE_STAT_BAD_V1;
	}
	return SLUICE_STAT_BAD_PACKET;
}

/* Keep bytes until the next piece comes. Room grows by doubling, so that a
 * sender of single bytes costs no more copies than its header is long.
 */
static int gather_keep(struct slc_early *e, const struct slc_pkt *pkt, u32 off,
		       u32 n)
{
	u32 size = e->buf_size;
	u8 *buf = e->buf;

	if (e->buf_len + n > size) {
		size = max_t(u32, 64, roundup_pow_of_two(e->buf_len + n));
		buf = krealloc(e->buf, size, GFP_ATOMIC | __GFP_NOWARN);
		if (!buf)
			return -ENOMEM;
		slc_early_charge(e, size - e->buf_size);
		e->buf = buf;
		e->buf_size = size;
	}
	if (skb_copy_bits(pkt->skb, off, buf + e->buf_len, n))
		return -ENOMEM;
	e->buf_len += n;
	return 0;
}

int slc_gather(struct slc_early *e, const struct slc_pkt *pkt, u32 skip,
	       u32 take, u8 *small, struct slc_pp *pp, const u8 **hdr)
{
	u32 off = pkt->thoff + pkt->thlen + skip;
	u32 max = e->rules->cfg.header_max;
	int ret;

	if (!take)
		return 0;

	/* The usual case: all of it in this one segment. */
	if (!e->buf_len) {
		u32 n = min_t(u32, take, SLC_GATHER_SMALL);
		const u8 *p = skb_header_pointer(pkt->skb, off, n, small);

		if (!p)
			return -ENOMEM;
		*hdr = p;
		ret = slc_pp_decode(p, n, max, pp);
		if (ret)
			return ret;
	}

	if (e->buf_len >= max) {
		pp->err = SLC_PP_ERR_TOO_BIG;
		return -E2BIG;
	}
	ret = gather_keep(e, pkt, off, min(take, max - e->buf_len));
	if (ret) {
		pp->err = SLC_PP_OK;
		return ret;
	}
	*hdr = e->buf;
	return slc_pp_decode(e->buf, e->buf_len, max, pp);
}
