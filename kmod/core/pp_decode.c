// SPDX-License-Identifier: GPL-2.0
/*
 * Decoding of PROXY protocol headers; the rules are in pp.h.
 *
 * A call starts from the first byte each time: headers are short and arrive
 * whole, so there is no state to keep and none to get wrong. Each field is
 * judged as soon as all of it is there, and nothing after it is looked at
 * before, so what is refused once is refused whatever follows.
 */
#include "pp.h"

const u8 slc_pp_v2_signature[SLC_PP_SIGNATURE_LEN] = {
	0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a
};

static int bad(struct slc_pp *pp, enum slc_pp_error err)
{
	pp->err = err;
	if (err == SLC_PP_ERR_TOO_BIG || err == SLC_PP_ERR_V1_LONG)
		return -E2BIG;
	if (err == SLC_PP_ERR_CRC)
		return -EBADE;
	return -EBADMSG;
}

/*
 * One family in a tuple: two v4-mapped addresses are IPv4, and one alone would
 * put a packet on the wire that no host may send.
 */
static enum slc_pp_error settle_family(struct slc_pp *pp)
{
	bool is_v4 = slc_addr_is_v4(&pp->src.addr);

	if (is_v4 != slc_addr_is_v4(&pp->dst.addr))
		return SLC_PP_ERR_MIXED;
	if (is_v4 && pp->family == SLC_FAMILY_IPV6) {
		pp->family = SLC_FAMILY_IPV4;
		pp->flags |= SLC_PP_F_MAPPED;
	}
	return SLC_PP_OK;
}

/* Version 1. The steps below return 1 when done, 0 for more, <0 for bad. */

struct v1_cursor {
	const u8 *at;
	const u8 *end;
	struct slc_pp *pp;
};

static int v1_word(struct v1_cursor *c, const char *word, enum slc_pp_error err)
{
	size_t n = strlen(word);
	size_t have = min_t(size_t, n, c->end - c->at);

	if (memcmp(c->at, word, have))
		return bad(c->pp, err);
	if (have < n)
		return 0;
	c->at += n;
	return 1;
}

static int v1_address(struct v1_cursor *c, struct slc_addr *a)
{
	size_t len = c->end - c->at;
	int n;

	if (len && *c->at == ' ')
		return bad(c->pp, SLC_PP_ERR_V1_SPACE);
	if (c->pp->family == SLC_FAMILY_IPV4)
		n = slc_addr_scan4(c->at, len, a);
	else
		n = slc_addr_scan6(c->at, len, a);
	if (n < 0)
		return bad(c->pp, SLC_PP_ERR_V1_ADDR);
	if (!n)
		return 0;
	c->at += n;
	return v1_word(c, " ", SLC_PP_ERR_V1_SPACE);
}

static int v1_port(struct v1_cursor *c, __be16 *port)
{
	const u8 *start = c->at;
	unsigned int v = 0;

	for (; c->at < c->end && *c->at >= '0' && *c->at <= '9'; c->at++) {
		if (c->at > start && !v)
			return bad(c->pp, SLC_PP_ERR_V1_PORT);
		v = v * 10 + (*c->at - '0');
		if (v > 65535)
			return bad(c->pp, SLC_PP_ERR_V1_PORT);
	}
	if (c->at == c->end)
		return 0;
	if (c->at == start)
		return bad(c->pp, *c->at == ' ' ? SLC_PP_ERR_V1_SPACE :
						  SLC_PP_ERR_V1_PORT);
	*port = htons(v);
	return 1;
}

/* Behind "UNKNOWN": CRLF, or a space and anything up to CRLF. */
static int v1_unknown(struct v1_cursor *c, const u8 *buf)
{
	const u8 *limit = min(c->end, buf + SLC_PP_V1_MAX_LEN);
	const u8 *p;

	if (c->at == c->end)
		return 0;
	if (*c->at != ' ')
		return v1_word(c, "\r\n", SLC_PP_ERR_V1_END);
	for (p = c->at; p < limit; p++) {
		if (p[0] != '\r')
			continue;
		if (p + 1 == limit)
			break;
		if (p[1] == '\n') {
			c->at = p + 2;
			return 1;
		}
	}
	/* The last two bytes there may be are the line end's. */
	if (limit - buf == SLC_PP_V1_MAX_LEN ||
	    (limit - buf == SLC_PP_V1_MAX_LEN - 1 && limit[-1] != '\r'))
		return bad(c->pp, SLC_PP_ERR_V1_LONG);
	return 0;
}

static int v1_endpoints(struct v1_cursor *c)
{
	struct slc_pp *pp = c->pp;
	enum slc_pp_error err;
	int ret;

	ret = v1_address(c, &pp->src.addr);
	if (ret <= 0)
		return ret;
	ret = v1_address(c, &pp->dst.addr);
	if (ret <= 0)
		return ret;
	err = settle_family(pp);
	if (err)
		return bad(pp, err);
	ret = v1_port(c, &pp->src.port);
	if (ret <= 0)
		return ret;
	ret = v1_word(c, " ", SLC_PP_ERR_V1_SPACE);
	if (ret <= 0)
		return ret;
	ret = v1_port(c, &pp->dst.port);
	if (ret <= 0)
		return ret;
	pp->has_addr = true;
	return v1_word(c, "\r\n", SLC_PP_ERR_V1_END);
}

static int decode_v1(const u8 *buf, size_t len, struct slc_pp *pp)
{
	struct v1_cursor c = { .at = buf, .end = buf + len, .pp = pp };
	int ret;

	pp->version = 1;
	pp->cmd = SLC_PP_PROXY;
	ret = v1_word(&c, "PROXY", SLC_PP_ERR_SIGNATURE);
	if (ret <= 0)
		return ret;
	ret = v1_word(&c, " ", SLC_PP_ERR_V1_SPACE);
	if (ret <= 0 || c.at == c.end)
		return min(ret, 0);
	if (*c.at == ' ')
		return bad(pp, SLC_PP_ERR_V1_SPACE);
	if (*c.at == 'U') {
		ret = v1_word(&c, "UNKNOWN", SLC_PP_ERR_V1_FAMILY);
		if (ret > 0)
			ret = v1_unknown(&c, buf);
		return ret > 0 ? c.at - buf : ret;
	}
	ret = v1_word(&c, "TCP", SLC_PP_ERR_V1_FAMILY);
	if (ret <= 0 || c.at == c.end)
		return min(ret, 0);
	if (*c.at != '4' && *c.at != '6')
		return bad(pp, SLC_PP_ERR_V1_FAMILY);
	pp->family = *c.at++ == '4' ? SLC_FAMILY_IPV4 : SLC_FAMILY_IPV6;
	pp->transport = SLC_PP_STREAM;
	ret = v1_word(&c, " ", SLC_PP_ERR_V1_SPACE);
	if (ret > 0)
		ret = v1_endpoints(&c);
	return ret > 0 ? c.at - buf : ret;
}

/* Version 2. */

/* Bytes of addresses a family byte announces; <0 if the byte is undefined. */
static int v2_block_len(u8 fam)
{
	switch (fam) {
	case 0x00:
		return 0;
	case 0x11:
	case 0x12:
		return 12;
	case 0x21:
	case 0x22:
		return 36;
	case 0x31:
	case 0x32:
		return 216;
	default:
		return -1;
	}
}

/**
 * struct tlv_walk - What a walk over TLVs found.
 * @crc_off: where the CRC32C's value begins, or 0
 * @flags:   SLC_PP_F_SSL
 * @is_cut:  the bytes ended before the walk did
 */
struct tlv_walk {
	unsigned int crc_off;
	u16 flags;
	bool is_cut;
};

/* As walk_tlvs(), one level down, where all types are alike. */
static enum slc_pp_error walk_ssl(const u8 *buf, size_t have, unsigned int off,
				  unsigned int end, struct tlv_walk *w)
{
	/* client (1 byte) and verify (4) come before the sub-TLVs */
	if (end - off < 5)
		return SLC_PP_ERR_TLV_SSL;
	for (off += 5; off != end;) {
		if (end - off < 3)
			return SLC_PP_ERR_TLV_SSL;
		if (have < off + 3) {
			w->is_cut = true;
			return SLC_PP_OK;
		}
		off += 3 + get_unaligned_be16(buf + off + 1);
		if (off > end)
			return SLC_PP_ERR_TLV_SSL;
	}
	return SLC_PP_OK;
}

/* Judges the TLVs in [@off, @end) as far as the first @have bytes show them. */
static enum slc_pp_error walk_tlvs(const u8 *buf, size_t have, unsigned int off,
				   unsigned int end, struct tlv_walk *w)
{
	while (off != end) {
		enum slc_pp_error err;
		unsigned int val = off + 3;
		unsigned int next;

		if (end - off < 3)
			return SLC_PP_ERR_TLV;
		if (have < val)
			return SLC_PP_OK;
		next = val + get_unaligned_be16(buf + off + 1);
		if (next > end)
			return SLC_PP_ERR_TLV;
		switch (buf[off]) {
		case SLC_PP_TLV_CRC32C:
			if (next - val != 4)
				return SLC_PP_ERR_CRC_LEN;
			if (w->crc_off)
				return SLC_PP_ERR_CRC_TWICE;
			w->crc_off = val;
			break;
		case SLC_PP_TLV_UNIQUE_ID:
			if (next - val > SLC_PP_UNIQUE_ID_MAX)
				return SLC_PP_ERR_UNIQUE_ID;
			break;
		case SLC_PP_TLV_SSL:
			err = walk_ssl(buf, have, val, next, w);
			if (err || w->is_cut)
				return err;
			w->flags |= SLC_PP_F_SSL;
			break;
		}
		off = next;
	}
	return SLC_PP_OK;
}

/* Of a whole header; the field itself counts as zero (spec 2.2.3). */
static enum slc_pp_error check_crc(const u8 *buf, unsigned int total,
				   struct tlv_walk *w)
{
	static const u8 zero[4];
	u32 crc;

	if (!w->crc_off)
		return SLC_PP_OK;
	crc = crc32c(~0, buf, w->crc_off);
	crc = crc32c(crc, zero, 4);
	crc = crc32c(crc, buf + w->crc_off + 4, total - w->crc_off - 4);
	if (~crc != get_unaligned_be32(buf + w->crc_off))
		return SLC_PP_ERR_CRC;
	w->flags |= SLC_PP_F_CRC;
	return SLC_PP_OK;
}

/*
 * A LOCAL header may hold anything, and we use none of it; but bytes that do
 * read as TLVs with a CRC32C were meant to be checked. AWS NLB puts its TLVs
 * at 16 and still says INET.
 */
static int decode_local(const u8 *buf, unsigned int total, struct slc_pp *pp)
{
	unsigned int off = SLC_PP_V2_FIXED_LEN;
	int block = v2_block_len(buf[13]);
	enum slc_pp_error err;
	struct tlv_walk w = {};

	err = walk_tlvs(buf, total, off, total, &w);
	if (err && block > 0 && total - off >= (unsigned int)block) {
		memset(&w, 0, sizeof(w));
		off += block;
		err = walk_tlvs(buf, total, off, total, &w);
	}
	/* neither: no TLVs */
	if (err) {
		pp->tlv_off = total;
		return total;
	}
	err = check_crc(buf, total, &w);
	if (err)
		return bad(pp, err);
	pp->tlv_off = off;
	pp->tlv_len = total - off;
	pp->flags = w.flags;
	return total;
}

static enum slc_pp_error v2_endpoints(const u8 *p, struct slc_pp *pp)
{
	if (pp->family == SLC_FAMILY_IPV4) {
		pp->src.addr = slc_addr_v4(get_unaligned((__be32 *)p));
		pp->dst.addr = slc_addr_v4(get_unaligned((__be32 *)(p + 4)));
		p += 8;
	} else {
		pp->src.addr = slc_addr_from_bytes(p);
		pp->dst.addr = slc_addr_from_bytes(p + 16);
		p += 32;
	}
	pp->src.port = get_unaligned((__be16 *)p);
	pp->dst.port = get_unaligned((__be16 *)(p + 2));
	pp->has_addr = true;
	return settle_family(pp);
}

/* @transport is what its addresses are used of. */
static int decode_proxy(const u8 *buf, size_t len, unsigned int total,
			u8 transport, struct slc_pp *pp)
{
	static const u8 families[] = {
		SLC_PP_FAMILY_UNSPEC, SLC_FAMILY_IPV4, SLC_FAMILY_IPV6,
		SLC_PP_FAMILY_UNIX
	};
	unsigned int off = SLC_PP_V2_FIXED_LEN + v2_block_len(buf[13]);
	enum slc_pp_error err = SLC_PP_OK;
	struct tlv_walk w = {};

	if (off > total)
		return bad(pp, SLC_PP_ERR_SHORT);
	/* too few for a TLV: known before any of it is here */
	if (total - off == 1 || total - off == 2)
		return bad(pp, SLC_PP_ERR_TLV);
	pp->family = families[buf[13] >> 4];
	pp->transport = buf[13] & 0xf;
	/* addresses come first, so they are judged first */
	if (len >= off && pp->transport == transport &&
	    pp->family != SLC_PP_FAMILY_UNIX)
		err = v2_endpoints(buf + SLC_PP_V2_FIXED_LEN, pp);
	if (!err)
		err = walk_tlvs(buf, len, off, total, &w);
	if (!err && len >= total)
		err = check_crc(buf, total, &w);
	if (err)
		return bad(pp, err);
	if (len < total)
		return 0;
	pp->tlv_off = off;
	pp->tlv_len = total - off;
	pp->flags |= w.flags;
	return total;
}

static int decode_v2(const u8 *buf, size_t len, unsigned int max, u8 transport,
		     struct slc_pp *pp)
{
	unsigned int total;

	if (memcmp(buf, slc_pp_v2_signature,
		   min(len, sizeof(slc_pp_v2_signature))))
		return bad(pp, SLC_PP_ERR_SIGNATURE);
	pp->version = 2;
	if (len <= 12)
		return 0;
	if (buf[12] >> 4 != 2)
		return bad(pp, SLC_PP_ERR_VERSION);
	pp->cmd = buf[12] & 0xf;
	if (pp->cmd > SLC_PP_PROXY)
		return bad(pp, SLC_PP_ERR_COMMAND);
	if (len <= 13)
		return 0;
	if (pp->cmd == SLC_PP_PROXY && v2_block_len(buf[13]) < 0)
		return bad(pp, SLC_PP_ERR_FAMILY);
	if (len < SLC_PP_V2_FIXED_LEN)
		return 0;
	total = SLC_PP_V2_FIXED_LEN + get_unaligned_be16(buf + 14);
	if (total > min_t(unsigned int, max, SLC_PP_MAX_LEN))
		return bad(pp, SLC_PP_ERR_TOO_BIG);
	if (pp->cmd == SLC_PP_PROXY)
		return decode_proxy(buf, len, total, transport, pp);
	if (len < total)
		return 0;
	return decode_local(buf, total, pp);
}

/**
 * slc_pp_decode() - Read a PROXY protocol header at the start of a stream.
 * @buf: bytes received so far, may end anywhere
 * @len: number of bytes in @buf
 * @max: longest v2 header taken, in bytes, SLC_PP_MIN_MAX_LEN to
 *	 SLC_PP_MAX_LEN; v1 is always taken up to SLC_PP_V1_MAX_LEN
 * @pp:	 filled in when a header was read; on failure only @err counts
 *
 * Reads at most the header itself, in time linear in its length. Every proper
 * prefix of a good header gives 0. Once a verdict is negative, more bytes
 * would not change it.
 *
 * Context: Any. Pure.
 * Return: bytes of the header (> 0); 0 if more are needed; if this cannot
 *	   become a header, with the reason in @pp->err: -E2BIG when it is too
 *	   long, -EBADE when its CRC32C does not match, else -EBADMSG.
 */
int slc_pp_decode(const u8 *buf, size_t len, unsigned int max,
		  struct slc_pp *pp)
{
	memset(pp, 0, sizeof(*pp));
	if (!len)
		return 0;
	if (buf[0] == 'P')
		return decode_v1(buf, len, pp);
	return decode_v2(buf, len, max, SLC_PP_STREAM, pp);
}

/**
 * slc_pp_is_v2() - Does a datagram begin as a version 2 header does?
 * @buf: its payload
 * @len: number of bytes in @buf
 *
 * Context: Any. Pure.
 * Return: true if the signature is there, whatever follows.
 */
bool slc_pp_is_v2(const u8 *buf, size_t len)
{
	return len >= sizeof(slc_pp_v2_signature) &&
	       !memcmp(buf, slc_pp_v2_signature, sizeof(slc_pp_v2_signature));
}

/**
 * slc_pp_decode_datagram() - Read the header at the start of a datagram.
 * @buf: its payload, or as much of it as a header may be long
 * @len: number of bytes in @buf
 * @max: longest header taken, as for slc_pp_decode()
 * @pp:	 filled in when a header was read; on failure only @err counts
 *
 * A header and what it is about are in one datagram (spec 2), and only version 2
 * knows of datagrams (spec 2.1). Addresses of a stream are none of it: real endpoints.
 *
 * Context: Any. Pure.
 * Return: bytes of the header (> 0), or as slc_pp_decode(); never 0.
 */
int slc_pp_decode_datagram(const u8 *buf, size_t len, unsigned int max,
			   struct slc_pp *pp)
{
	int ret;

	memset(pp, 0, sizeof(*pp));
	if (len >= 6 && !memcmp(buf, "PROXY ", 6))
		return bad(pp, SLC_PP_ERR_VERSION);
	if (!slc_pp_is_v2(buf, len))
		return bad(pp, SLC_PP_ERR_SIGNATURE);
	ret = decode_v2(buf, len, max, SLC_PP_DGRAM, pp);
	return ret ?: bad(pp, SLC_PP_ERR_SHORT);
}

/* Cloudflare's Simple Proxy Protocol, all big-endian: magic, addresses as IPv6 has
 * them, ports.
 */
#define SPP_MAGIC	0x56ec
#define SPP_SRC		2
#define SPP_DST		18
#define SPP_SPORT	34
#define SPP_DPORT	36

/**
 * slc_spp_decode() - Read the simple header at the start of a datagram.
 * @buf: its payload, or the first bytes of it
 * @len: number of bytes in @buf
 * @pp:	 filled in; on failure only @err counts
 *
 * https://developers.cloudflare.com/spectrum/reference/simple-proxy-protocol-header/
 *
 * Context: Any. Pure.
 * Return: SLC_SPP_LEN, or -EBADMSG with the reason in @pp->err.
 */
int slc_spp_decode(const u8 *buf, size_t len, struct slc_pp *pp)
{
	enum slc_pp_error err;

	memset(pp, 0, sizeof(*pp));
	if (len < 2 || get_unaligned_be16(buf) != SPP_MAGIC)
		return bad(pp, SLC_PP_ERR_SIGNATURE);
	if (len < SLC_SPP_LEN)
		return bad(pp, SLC_PP_ERR_SHORT);
	pp->version = SLC_PP_VERSION_SPP;
	pp->cmd = SLC_PP_PROXY;
	pp->family = SLC_FAMILY_IPV6;
	pp->transport = SLC_PP_DGRAM;
	pp->src.addr = slc_addr_from_bytes(buf + SPP_SRC);
	pp->dst.addr = slc_addr_from_bytes(buf + SPP_DST);
	pp->src.port = get_unaligned((__be16 *)(buf + SPP_SPORT));
	pp->dst.port = get_unaligned((__be16 *)(buf + SPP_DPORT));
	pp->has_addr = true;
	pp->tlv_off = SLC_SPP_LEN;
	err = settle_family(pp);
	return err ? bad(pp, err) : SLC_SPP_LEN;
}

/**
 * slc_spp_encode() - Write the simple header.
 * @buf: SLC_SPP_LEN bytes
 * @src: the client
 * @dst: what it had sent to
 *
 * Context: Any. Pure.
 */
void slc_spp_encode(u8 *buf, const struct slc_endpoint *src,
		    const struct slc_endpoint *dst)
{
	put_unaligned_be16(SPP_MAGIC, buf);
	memcpy(buf + SPP_SRC, src->addr.b, sizeof(src->addr.b));
	memcpy(buf + SPP_DST, dst->addr.b, sizeof(dst->addr.b));
	put_unaligned(src->port, (__be16 *)(buf + SPP_SPORT));
	put_unaligned(dst->port, (__be16 *)(buf + SPP_DPORT));
}
