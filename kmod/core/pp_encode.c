// SPDX-License-Identifier: GPL-2.0
/*
 * Making of PROXY protocol headers, versions 1 and 2. See pp.h.
 */
#include "pp.h"

/* Room for @n bytes more, or NULL and then for ever */
static u8 *encode_room(struct slc_pp_writer *w, size_t n)
{
	u8 *at = w->buf + w->len;

	if (w->is_full || n > w->room - w->len) {
		w->is_full = true;
		return NULL;
	}
	w->len += n;
	return at;
}

static void encode_bytes(struct slc_pp_writer *w, const void *bytes, size_t n)
{
	u8 *at = encode_room(w, n);

	if (at && n)
		memcpy(at, bytes, n);
}

static void encode_text(struct slc_pp_writer *w, const char *text)
{
	encode_bytes(w, text, strlen(text));
}

/* Without leading zeros; @base is 10 or 16. */
static void encode_number(struct slc_pp_writer *w, unsigned int v,
			  unsigned int base)
{
	char digits[10];
	unsigned int i = sizeof(digits);

	do {
		digits[--i] = "0123456789abcdef"[v % base];
		v /= base;
	} while (v);
	encode_bytes(w, digits + i, sizeof(digits) - i);
}

static void encode_addr4(struct slc_pp_writer *w, const u8 *b)
{
	unsigned int i;

	for (i = 0; i < 4; i++) {
		if (i)
			encode_text(w, ".");
		encode_number(w, b[i], 10);
	}
}

/* The longest run of groups that are zero, the first of equals, at least two
 * (RFC 5952 4.2): where it begins, 8 if there is none.
 */
static unsigned int encode_zeros(const u8 *b, unsigned int *n)
{
	unsigned int i, run = 0, at = 8;

	*n = 1;
	for (i = 0; i < 8; i++) {
		run = get_unaligned_be16(b + 2 * i) ? 0 : run + 1;
		if (run > *n) {
			*n = run;
			at = i + 1 - run;
		}
	}
	return at;
}

static void encode_addr6(struct slc_pp_writer *w, const u8 *b)
{
	unsigned int i, n, at = encode_zeros(b, &n);

	for (i = 0; i < 8; i++) {
		if (i == at) {
			encode_text(w, "::");
			i += n - 1;
			continue;
		}
		if (i && i != at + n)
			encode_text(w, ":");
		encode_number(w, get_unaligned_be16(b + 2 * i), 16);
	}
}

static void encode_addr(struct slc_pp_writer *w, const struct slc_addr *a,
			bool is_v4)
{
	if (is_v4)
		encode_addr4(w, a->b + 12);
	else
		encode_addr6(w, a->b);
}

static void encode_v1(struct slc_pp_writer *w, const struct slc_pp *pp,
		      bool is_v4)
{
	if (pp->cmd == SLC_PP_LOCAL || !pp->has_addr ||
	    pp->transport == SLC_PP_DGRAM) {
		encode_text(w, "PROXY UNKNOWN\r\n");
		return;
	}
	encode_text(w, is_v4 ? "PROXY TCP4 " : "PROXY TCP6 ");
	encode_addr(w, &pp->src.addr, is_v4);
	encode_text(w, " ");
	encode_addr(w, &pp->dst.addr, is_v4);
	encode_text(w, " ");
	encode_number(w, ntohs(pp->src.port), 10);
	encode_text(w, " ");
	encode_number(w, ntohs(pp->dst.port), 10);
	encode_text(w, "\r\n");
}

static void encode_v2(struct slc_pp_writer *w, const struct slc_pp *pp,
		      bool is_v4)
{
	bool named = pp->cmd == SLC_PP_PROXY && pp->has_addr;
	unsigned int from = is_v4 ? 12 : 0;
	u8 fixed[4] = { 0x20 | pp->cmd };

	if (named)
		fixed[1] = (is_v4 ? 0x10 : 0x20) |
			   (pp->transport == SLC_PP_DGRAM ? SLC_PP_DGRAM :
							    SLC_PP_STREAM);
	encode_bytes(w, slc_pp_v2_signature, sizeof(slc_pp_v2_signature));
	encode_bytes(w, fixed, sizeof(fixed));
	if (!named)
		return;
	encode_bytes(w, pp->src.addr.b + from, 16 - from);
	encode_bytes(w, pp->dst.addr.b + from, 16 - from);
	encode_bytes(w, &pp->src.port, sizeof(pp->src.port));
	encode_bytes(w, &pp->dst.port, sizeof(pp->dst.port));
}

void slc_pp_begin(struct slc_pp_writer *w, u8 *buf, size_t room,
		  const struct slc_pp *pp)
{
	bool is_v4 = slc_addr_is_v4(&pp->src.addr) &&
		     slc_addr_is_v4(&pp->dst.addr);

	*w = (struct slc_pp_writer) {
		.buf = buf,
		.room = min_t(size_t, room, pp->version == 1 ?
			      SLC_PP_V1_MAX_LEN : SLC_PP_MAX_LEN),
		.version = pp->version,
	};
	if (pp->version == 1)
		encode_v1(w, pp, is_v4);
	else
		encode_v2(w, pp, is_v4);
}

void slc_pp_put_tlv(struct slc_pp_writer *w, u8 type, const void *value, u16 len)
{
	u8 *at;

	if (w->version == 1)
		return;
	at = encode_room(w, 3 + (size_t)len);
	if (!at)
		return;
	at[0] = type;
	put_unaligned_be16(len, at + 1);
	if (len)
		memcpy(at + 3, value, len);
}

void slc_pp_put_crc(struct slc_pp_writer *w)
{
	static const u8 zero[4];

	if (w->version == 1 || w->crc_off)
		return;
	slc_pp_put_tlv(w, SLC_PP_TLV_CRC32C, zero, sizeof(zero));
	if (!w->is_full)
		w->crc_off = w->len - sizeof(zero);
}

int slc_pp_end(struct slc_pp_writer *w)
{
	if (w->is_full)
		return -E2BIG;
	if (w->version == 1)
		return w->len;
	put_unaligned_be16(w->len - SLC_PP_V2_FIXED_LEN, w->buf + 14);
	/* Over all of it, the sum itself zero: it comes last. */
	if (w->crc_off)
		put_unaligned_be32(~crc32c(~0, w->buf, w->len),
				   w->buf + w->crc_off);
	return w->len;
}

unsigned int slc_pp_find_tlv(const u8 *tlvs, unsigned int len,
			     unsigned int off, u8 type)
{
	while (off + 3 <= len) {
		unsigned int next = off + 3 +
				    get_unaligned_be16(tlvs + off + 1);

		if (next > len)
			break;
		if (tlvs[off] == type)
			return off;
		off = next;
	}
	return len;
}
