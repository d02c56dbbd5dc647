// SPDX-License-Identifier: GPL-2.0
/*
 * The PROXY protocol, row by row (pp_vectors.h): every proper prefix of each
 * must ask for more, and no suffix may change its verdict. "spec" is HAProxy's
 * doc/proxy-protocol.txt.
 */
#include <kunit/test.h>

#include "core/pp_decode.c"
#include "pp_vectors.h"

#define BUF_SIZE	(SLC_PP_MAX_LEN + 256)
#define MAX		SLC_PP_MAX_LEN

static void good_desc(const struct good_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

static void bad_desc(const struct bad_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(v1_good, v1_good, good_desc);
KUNIT_ARRAY_PARAM(v2_good, v2_good, good_desc);
KUNIT_ARRAY_PARAM(v1_bad, v1_bad, bad_desc);
KUNIT_ARRAY_PARAM(v2_bad, v2_bad, bad_desc);

/* Room for a header, the end of which nothing may be read beyond. */
static u8 *room(struct kunit *test)
{
	u8 *buf = kunit_kzalloc(test, BUF_SIZE, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, buf);
	return buf;
}

/* Decode @len bytes that lie at the very end of @buf's allocation. */
static int decode_tight(u8 *buf, const u8 *data, size_t len, struct slc_pp *pp)
{
	u8 *p = buf + BUF_SIZE - len;

	memcpy(p, data, len);
	return slc_pp_decode(p, len, MAX, pp);
}

static void check_outcome(struct kunit *test, const struct good_case *c,
			  const struct slc_pp *pp)
{
	static const struct slc_endpoint none;
	struct slc_endpoint src = { c->src, htons(c->sport) };
	struct slc_endpoint dst = { c->dst, htons(c->dport) };

	if (c->outcome == IS4) {
		src.addr = slc_addr_v4(htonl(0xcb007107));
		dst.addr = slc_addr_v4(htonl(0x0a000002));
	} else if (c->outcome == IS6) {
		src.addr = slc_addr_from_bytes(IP6_7);
		dst.addr = slc_addr_from_bytes(IP6_2);
	} else if (c->outcome == REAL) {
		src = none;
		dst = none;
	}
	if (c->outcome == IS4 || c->outcome == IS6) {
		src.port = htons(5555);
		dst.port = htons(80);
	}
	KUNIT_EXPECT_EQ(test, pp->has_addr, c->outcome != REAL);
	KUNIT_EXPECT_TRUE(test, slc_addr_eq(&pp->src.addr, &src.addr));
	KUNIT_EXPECT_TRUE(test, slc_addr_eq(&pp->dst.addr, &dst.addr));
	KUNIT_EXPECT_EQ(test, ntohs(pp->src.port), ntohs(src.port));
	KUNIT_EXPECT_EQ(test, ntohs(pp->dst.port), ntohs(dst.port));
	if (pp->has_addr) {
		KUNIT_EXPECT_EQ(test, pp->family, slc_addr_family(&src.addr));
		KUNIT_EXPECT_EQ(test, pp->transport, SLC_PP_STREAM);
	}
}

/* Decode to an end; the result is for the header alone, whatever follows. */
static void header_is_good(struct kunit *test)
{
	static const char * const suffixes[] = {
		"", "\r", "\n", "G", "GET / HTTP/1.1\r\n\r\n", "\r\n\r\n",
		"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n", "\x16\x03\x01",
	};
	const struct good_case *c = test->param_value;
	u8 *buf = room(test);
	struct slc_pp pp;
	u8 *line;
	size_t i;

	KUNIT_ASSERT_EQ(test, decode_tight(buf, c->data, c->len, &pp), (int)c->len);
	check_outcome(test, c, &pp);
	KUNIT_EXPECT_EQ(test, pp.err, SLC_PP_OK);
	KUNIT_EXPECT_EQ(test, pp.flags, c->flags);
	KUNIT_EXPECT_EQ(test, pp.tlv_len, c->tlv_len);
	if (pp.tlv_len)
		KUNIT_EXPECT_EQ(test, pp.tlv_off + pp.tlv_len, c->len);
	KUNIT_EXPECT_EQ(test, pp.version, c->data[0] == 'P' ? 1 : 2);
	KUNIT_EXPECT_EQ(test, pp.cmd, pp.version == 1 ? SLC_PP_PROXY : c->data[12] & 0xf);

	line = room(test);
	memcpy(line, c->data, c->len);
	for (i = 0; i < ARRAY_SIZE(suffixes); i++) {
		size_t n = strlen(suffixes[i]);

		memcpy(line + c->len, suffixes[i], n);
		KUNIT_EXPECT_EQ(test, decode_tight(buf, line, c->len + n, &pp), (int)c->len);
		check_outcome(test, c, &pp);
		KUNIT_EXPECT_EQ(test, pp.flags, c->flags);
	}
	for (i = 0; i < 256; i++) {
		line[c->len] = i;
		KUNIT_EXPECT_EQ(test, decode_tight(buf, line, c->len + 1, &pp), (int)c->len);
	}
}

static void every_prefix_of_a_good_header_waits(struct kunit *test)
{
	const struct good_case *c = test->param_value;
	u8 *buf = room(test);
	struct slc_pp pp;
	size_t i;

	for (i = 0; i < c->len; i++) {
		KUNIT_EXPECT_EQ_MSG(test, decode_tight(buf, c->data, i, &pp), 0,
				    "%u bytes", (unsigned int)i);
		KUNIT_EXPECT_EQ(test, pp.err, SLC_PP_OK);
	}
}

static int code_of(enum slc_pp_error err)
{
	switch (err) {
	case SLC_PP_ERR_TOO_BIG:
	case SLC_PP_ERR_V1_LONG:
		return -E2BIG;
	case SLC_PP_ERR_CRC:
		return -EBADE;
	default:
		return -EBADMSG;
	}
}

static void header_is_bad_at_once_and_for_good(struct kunit *test)
{
	const struct bad_case *c = test->param_value;
	u8 *buf = room(test);
	u8 *line = room(test);
	struct slc_pp pp;
	size_t i;

	for (i = 0; i < c->len; i++)
		KUNIT_EXPECT_EQ_MSG(test, decode_tight(buf, c->data, i, &pp), 0,
				    "%u bytes", (unsigned int)i);
	KUNIT_EXPECT_EQ(test, decode_tight(buf, c->data, c->len, &pp), code_of(c->err));
	KUNIT_EXPECT_EQ(test, pp.err, c->err);
	memcpy(line, c->data, c->len);
	for (i = 0; i < 256; i++) {
		line[c->len] = i;
		KUNIT_EXPECT_EQ_MSG(test, decode_tight(buf, line, c->len + 1, &pp),
				    code_of(c->err), "and byte %u", (unsigned int)i);
		KUNIT_EXPECT_EQ(test, pp.err, c->err);
	}
	memset(line + c->len, 0, BUF_SIZE - c->len);
	KUNIT_EXPECT_EQ(test, slc_pp_decode(line, BUF_SIZE, MAX, &pp), code_of(c->err));
	KUNIT_EXPECT_EQ(test, pp.err, c->err);
}

/* A v2 header of @total bytes, body zero: that tiles as TLVs if it can. */
static void fill_v2(u8 *buf, u8 cmd, u8 fam, unsigned int total)
{
	memset(buf, 0, BUF_SIZE);
	memcpy(buf, SIG, 12);
	buf[12] = cmd;
	buf[13] = fam;
	put_unaligned_be16(total - 16, buf + 14);
}

static void any_other_first_byte_is_refused(struct kunit *test)
{
	struct slc_pp pp;
	unsigned int i;

	for (i = 0; i < 256; i++) {
		u8 byte = i;

		KUNIT_EXPECT_EQ_MSG(test, slc_pp_decode(&byte, 1, MAX, &pp),
				    byte == 'P' || byte == '\r' ? 0 : -EBADMSG,
				    "byte %u", i);
	}
}

static void each_byte_of_the_signature_counts(struct kunit *test)
{
	u8 *buf = room(test);
	struct slc_pp pp;
	unsigned int i, bit;

	for (i = 0; i < 12; i++)
		for (bit = 0; bit < 8; bit++) {
			u8 sig[] = SIG;

			sig[i] ^= 1 << bit;
			KUNIT_EXPECT_EQ(test, decode_tight(buf, sig, i, &pp), 0);
			KUNIT_EXPECT_EQ(test, decode_tight(buf, sig, i + 1, &pp), -EBADMSG);
			KUNIT_EXPECT_EQ(test, pp.err, SLC_PP_ERR_SIGNATURE);
		}
}

/* spec 2.2: version 2 and commands 0 and 1 are all there are. */
static void two_of_256_command_bytes_are_good(struct kunit *test)
{
	u8 *buf = room(test);
	struct slc_pp pp;
	unsigned int i;

	for (i = 0; i < 256; i++) {
		int want = i == 0x20 || i == 0x21 ? 28 : -EBADMSG;

		fill_v2(buf, i, 0x11, 28);
		KUNIT_EXPECT_EQ_MSG(test, slc_pp_decode(buf, 28, MAX, &pp), want,
				    "byte %#x", i);
		KUNIT_EXPECT_EQ(test, slc_pp_decode(buf, 13, MAX, &pp), want > 0 ? 0 : want);
		if (want < 0)
			KUNIT_EXPECT_EQ(test, pp.err, i >> 4 == 2 ? SLC_PP_ERR_COMMAND :
								    SLC_PP_ERR_VERSION);
	}
}

static bool family_is_defined(unsigned int byte)
{
	return byte == 0 || byte == 0x11 || byte == 0x12 || byte == 0x21 ||
	       byte == 0x22 || byte == 0x31 || byte == 0x32;
}

static void seven_of_256_family_bytes_are_good(struct kunit *test)
{
	static const u8 families[] = {
		SLC_PP_FAMILY_UNSPEC, SLC_FAMILY_IPV4, SLC_FAMILY_IPV6, SLC_PP_FAMILY_UNIX
	};
	u8 *buf = room(test);
	struct slc_pp pp;
	unsigned int i;

	for (i = 0; i < 256; i++) {
		int want = family_is_defined(i) ? 16 + 216 : -EBADMSG;

		fill_v2(buf, 0x21, i, 16 + 216);
		KUNIT_EXPECT_EQ_MSG(test, slc_pp_decode(buf, 16 + 216, MAX, &pp), want,
				    "byte %#x", i);
		if (want > 0) {
			KUNIT_EXPECT_EQ(test, pp.has_addr, i == 0x11 || i == 0x21);
			KUNIT_EXPECT_EQ(test, pp.family, families[i >> 4]);
			KUNIT_EXPECT_EQ(test, pp.transport, i & 0xf);
			continue;
		}
		KUNIT_EXPECT_EQ(test, pp.err, SLC_PP_ERR_FAMILY);
		KUNIT_EXPECT_EQ(test, slc_pp_decode(buf, 14, MAX, &pp), -EBADMSG);
	}
}

/* spec 2.2: "the family is ignored", and len must be skipped whatever it is. */
static void local_ignores_all_256_family_bytes(struct kunit *test)
{
	u8 *buf = room(test);
	struct slc_pp pp;
	unsigned int i, len;

	for (i = 0; i < 256; i++)
		for (len = 0; len < 40; len++) {
			fill_v2(buf, 0x20, i, 16 + len);
			memset(buf + 16, 0xff, len);
			KUNIT_EXPECT_EQ(test, slc_pp_decode(buf, BUF_SIZE, MAX, &pp),
					16 + (int)len);
			KUNIT_EXPECT_EQ(test, slc_pp_decode(buf, 16 + len - !!len, MAX, &pp),
					len ? 0 : 16);
			KUNIT_EXPECT_FALSE(test, pp.has_addr);
			KUNIT_EXPECT_EQ(test, pp.family, SLC_PP_FAMILY_UNSPEC);
		}
}

static void length_below_the_block_is_refused(struct kunit *test)
{
	static const struct {
		u8 fam;
		unsigned int block;
	} c[] = {
		{ 0x11, 12 }, { 0x12, 12 }, { 0x21, 36 }, { 0x22, 36 },
		{ 0x31, 216 }, { 0x32, 216 },
	};
	u8 *buf = room(test);
	struct slc_pp pp;
	unsigned int i, len;

	for (i = 0; i < ARRAY_SIZE(c); i++) {
		for (len = 0; len < c[i].block; len++) {
			fill_v2(buf, 0x21, c[i].fam, 16 + len);
			KUNIT_EXPECT_EQ(test, slc_pp_decode(buf, 15, MAX, &pp), 0);
			KUNIT_EXPECT_EQ(test, slc_pp_decode(buf, 16, MAX, &pp), -EBADMSG);
			KUNIT_EXPECT_EQ(test, pp.err, SLC_PP_ERR_SHORT);
		}
		fill_v2(buf, 0x21, c[i].fam, 16 + len);
		KUNIT_EXPECT_EQ(test, slc_pp_decode(buf, 16 + len, MAX, &pp), 16 + (int)len);
	}
}

/* spec 2.2: 536 bytes must do; more is configured; 4096 is the end of it. */
static void size_is_limited_as_configured(struct kunit *test)
{
	static const struct {
		unsigned int max, limit;
	} c[] = {
		{ 536, 536 }, { 537, 537 }, { 1000, 1000 }, { 4096, 4096 },
		{ 4097, 4096 }, { 70000, 4096 }, { UINT_MAX, 4096 },
	};
	u8 *buf = room(test);
	struct slc_pp pp;
	unsigned int i, cmd;

	for (i = 0; i < ARRAY_SIZE(c); i++)
		for (cmd = 0x20; cmd <= 0x21; cmd++) {
			unsigned int limit = c[i].limit;

			/* one TLV fills the header */
			fill_v2(buf, cmd, 0x11, limit);
			buf[28] = 0x04; /* NOOP */
			put_unaligned_be16(limit - 31, buf + 29);
			KUNIT_EXPECT_EQ(test, slc_pp_decode(buf, limit, c[i].max, &pp), (int)limit);
			KUNIT_EXPECT_EQ(test, slc_pp_decode(buf, limit - 1, c[i].max, &pp), 0);
			fill_v2(buf, cmd, 0x11, limit + 1);
			KUNIT_EXPECT_EQ(test, slc_pp_decode(buf, 15, c[i].max, &pp), 0);
			KUNIT_EXPECT_EQ(test, slc_pp_decode(buf, 16, c[i].max, &pp), -E2BIG);
			KUNIT_EXPECT_EQ(test, pp.err, SLC_PP_ERR_TOO_BIG);
		}
}

static void v1_is_limited_to_107_bytes_whatever_is_configured(struct kunit *test)
{
	u8 *buf = room(test);
	struct slc_pp pp;
	unsigned int n, max;

	for (max = 0; max <= 4096; max += 4096)
		for (n = 16; n < 120; n++) {
			memset(buf, 'x', BUF_SIZE);
			memcpy(buf, "PROXY UNKNOWN ", 14);
			memcpy(buf + n - 2, "\r\n", 2);
			KUNIT_EXPECT_EQ_MSG(test, slc_pp_decode(buf, BUF_SIZE, max, &pp),
					    n <= 107 ? (int)n : -E2BIG, "%u bytes", n);
			KUNIT_EXPECT_EQ(test, slc_pp_decode(buf, n - 1, max, &pp),
					n <= 107 ? 0 : -E2BIG);
		}
}

static void every_port_is_read(struct kunit *test)
{
	struct slc_pp pp;
	unsigned int v;
	char line[64];

	for (v = 0; v < 70000; v += v < 1000 || v > 65000 ? 1 : 7) {
		int n = scnprintf(line, sizeof(line), "PROXY TCP4 1.2.3.4 5.6.7.8 %u %u\r\n", v, v);

		KUNIT_ASSERT_EQ(test, slc_pp_decode((u8 *)line, n, MAX, &pp),
				v > 65535 ? -EBADMSG : n);
		if (v > 65535)
			continue;
		KUNIT_ASSERT_EQ(test, ntohs(pp.src.port), v);
		KUNIT_ASSERT_EQ(test, ntohs(pp.dst.port), v);
	}
}

static void unique_id_is_limited_to_128_bytes(struct kunit *test)
{
	u8 *buf = room(test);
	struct slc_pp pp;
	unsigned int n;

	for (n = 0; n < 300; n++) {
		fill_v2(buf, 0x21, 0x11, 31 + n);
		buf[28] = SLC_PP_TLV_UNIQUE_ID;
		put_unaligned_be16(n, buf + 29);
		KUNIT_EXPECT_EQ(test, slc_pp_decode(buf, 31 + n, MAX, &pp),
				n <= 128 ? (int)(31 + n) : -EBADMSG);
	}
}

/* Every length a TLV can claim in a header that has room for ten bytes. */
static void tlv_must_end_where_the_header_does(struct kunit *test)
{
	u8 *buf = room(test);
	struct slc_pp pp;
	unsigned int n, type;

	for (type = 0; type < 256; type++) {
		if (type == SLC_PP_TLV_CRC32C || type == SLC_PP_TLV_SSL)
			continue;
		for (n = 0; n <= 65535; n += n < 20 ? 1 : 977) {
			bool fits;

			fill_v2(buf, 0x21, 0x11, 28 + 3 + 10);
			buf[28] = type;
			put_unaligned_be16(n, buf + 29);
			/* behind it, zeros make TLVs of three bytes */
			fits = n <= 10 && (10 - n) % 3 == 0;
			KUNIT_EXPECT_EQ_MSG(test, slc_pp_decode(buf, BUF_SIZE, MAX, &pp),
					    fits ? 41 : -EBADMSG, "type %u, %u bytes", type, n);
		}
	}
}

static void ssl_must_be_tiled(struct kunit *test)
{
	u8 *buf = room(test);
	struct slc_pp pp;
	unsigned int n;

	for (n = 0; n < 40; n++) {
		bool fits = n >= 5 && (n - 5) % 3 == 0;

		fill_v2(buf, 0x21, 0x11, 31 + n);
		buf[28] = SLC_PP_TLV_SSL;
		put_unaligned_be16(n, buf + 29);
		KUNIT_EXPECT_EQ_MSG(test, slc_pp_decode(buf, BUF_SIZE, MAX, &pp),
				    fits ? (int)(31 + n) : -EBADMSG, "%u bytes", n);
		if (!fits)
			KUNIT_EXPECT_EQ(test, pp.err, SLC_PP_ERR_TLV_SSL);
	}
}

/* As many TLVs as fit: a walk that restarts would take forever. */
static void a_header_full_of_tlvs_is_walked_once(struct kunit *test)
{
	u8 *buf = room(test);
	struct slc_pp pp;

	fill_v2(buf, 0x21, 0x11, 28 + 3 * 1356);
	KUNIT_ASSERT_EQ(test, slc_pp_decode(buf, BUF_SIZE, MAX, &pp), 4096);
	KUNIT_EXPECT_EQ(test, pp.tlv_len, 3 * 1356);
}

/* Each single-bit error outside the CRC's own type is caught (spec 2.2.3). */
static void crc_catches_every_flipped_bit(struct kunit *test)
{
	static const u8 good[] = PROXY TCP4 "\0\x23" ADDR4 "\x03\0\x04" "\x15\x9b\x0d\x51"
				 "\x05\0\x0d" "7F000001:B07A";
	const size_t len = sizeof(good) - 1;
	u8 *buf = room(test);
	struct slc_pp pp;
	unsigned int bit;

	memcpy(buf, good, len);
	KUNIT_ASSERT_EQ(test, slc_pp_decode(buf, len, MAX, &pp), (int)len);
	for (bit = 0; bit < 8 * len; bit++) {
		if (bit / 8 == 28)
			continue;
		buf[bit / 8] ^= 1 << bit % 8;
		KUNIT_EXPECT_LE_MSG(test, slc_pp_decode(buf, len, MAX, &pp), 0, "bit %u", bit);
		buf[bit / 8] ^= 1 << bit % 8;
	}
}

static void tlvs_are_where_the_addresses_end(struct kunit *test)
{
	static const u8 header[] = PROXY TCP4 "\0\x1e" ADDR4 "\x02\0\x01" "a" "\x02\0\x02" "bb"
				   "\x30\0\0" "\x01\0\x03" "h2c";
	struct slc_pp pp;

	KUNIT_ASSERT_EQ(test, slc_pp_decode(header, sizeof(header) - 1, MAX, &pp), 46);
	KUNIT_EXPECT_EQ(test, pp.tlv_off, 28);
	KUNIT_EXPECT_EQ(test, pp.tlv_len, 18);
}

static void a_header_without_tlvs_has_none(struct kunit *test)
{
	static const u8 v1[] = "PROXY UNKNOWN\r\n";
	static const u8 v2[] = PROXY TCP4 "\0\x0c" ADDR4;
	static const u8 odd[] = LOCAL "\0" "\0\x04" "\x01\0\x63" "x";
	struct slc_pp pp;

	KUNIT_ASSERT_EQ(test, slc_pp_decode(v1, sizeof(v1) - 1, MAX, &pp), 15);
	KUNIT_EXPECT_EQ(test, pp.tlv_len, 0);
	KUNIT_ASSERT_EQ(test, slc_pp_decode(v2, sizeof(v2) - 1, MAX, &pp), 28);
	KUNIT_EXPECT_EQ(test, pp.tlv_len, 0);
	KUNIT_ASSERT_EQ(test, slc_pp_decode(odd, sizeof(odd) - 1, MAX, &pp), 20);
	KUNIT_EXPECT_EQ(test, pp.tlv_len, 0);
}

/* Addresses of two families and stray bytes: the length told of those first. */
static void the_first_reason_stays_the_reason(struct kunit *test)
{
	static const u8 block[] = Z8 "\0\0\xff\xff" "\xcb\0\x71\x07" IP6_2 "\0\0\0\0" "xx";
	u8 *buf = room(test);
	unsigned int stray;
	struct slc_pp pp;
	size_t len;

	for (stray = 1; stray <= 2; stray++)
		for (len = 16; len <= 52 + stray; len++) {
			fill_v2(buf, 0x21, 0x21, 52 + stray);
			memcpy(buf + 16, block, 36 + stray);
			KUNIT_EXPECT_EQ(test, slc_pp_decode(buf, len, MAX, &pp), -EBADMSG);
			KUNIT_EXPECT_EQ_MSG(test, pp.err, SLC_PP_ERR_TLV,
					    "%u bytes", (unsigned int)len);
		}
}

static void nothing_is_more(struct kunit *test)
{
	struct slc_pp pp;

	KUNIT_EXPECT_EQ(test, slc_pp_decode((const u8 *)"", 0, MAX, &pp), 0);
	KUNIT_EXPECT_EQ(test, pp.err, SLC_PP_OK);
}

static struct kunit_case pp_cases[] = {
	KUNIT_CASE_PARAM(header_is_good, v1_good_gen_params),
	KUNIT_CASE_PARAM(header_is_good, v2_good_gen_params),
	KUNIT_CASE_PARAM(every_prefix_of_a_good_header_waits, v1_good_gen_params),
	KUNIT_CASE_PARAM(every_prefix_of_a_good_header_waits, v2_good_gen_params),
	KUNIT_CASE_PARAM(header_is_bad_at_once_and_for_good, v1_bad_gen_params),
	KUNIT_CASE_PARAM(header_is_bad_at_once_and_for_good, v2_bad_gen_params),
	KUNIT_CASE(any_other_first_byte_is_refused),
	KUNIT_CASE(each_byte_of_the_signature_counts),
	KUNIT_CASE(two_of_256_command_bytes_are_good),
	KUNIT_CASE(seven_of_256_family_bytes_are_good),
	KUNIT_CASE(local_ignores_all_256_family_bytes),
	KUNIT_CASE(length_below_the_block_is_refused),
	KUNIT_CASE(size_is_limited_as_configured),
	KUNIT_CASE(v1_is_limited_to_107_bytes_whatever_is_configured),
	KUNIT_CASE(every_port_is_read),
	KUNIT_CASE(unique_id_is_limited_to_128_bytes),
	KUNIT_CASE(tlv_must_end_where_the_header_does),
	KUNIT_CASE(ssl_must_be_tiled),
	KUNIT_CASE(a_header_full_of_tlvs_is_walked_once),
	KUNIT_CASE(crc_catches_every_flipped_bit),
	KUNIT_CASE(tlvs_are_where_the_addresses_end),
	KUNIT_CASE(a_header_without_tlvs_has_none),
	KUNIT_CASE(the_first_reason_stays_the_reason),
	KUNIT_CASE(nothing_is_more),
	{}
};

static struct kunit_suite pp_suite = {
	.name = "slc_pp",
	.test_cases = pp_cases,
};

kunit_test_suite(pp_suite);
