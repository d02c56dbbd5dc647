// SPDX-License-Identifier: GPL-2.0
/* Headers that are made: bytes of some, and what the decoder reads of many. */
#include <kunit/test.h>

#include "core/pp_encode.c"
#include "rnd.h"

#define CLIENT6	"\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07"
#define SERVER6	"\x20\x01\x0d\xb8\0\0\0\x01\0\0\0\0\0\0\0\x02"
#define SIG	"\r\n\r\n\0\r\nQUIT\n"

static struct slc_pp header(u8 version, bool is_v4)
{
	struct slc_pp pp = {
		.src.port = htons(5555),
		.dst.port = htons(80),
		.version = version,
		.cmd = SLC_PP_PROXY,
		.transport = SLC_PP_STREAM,
		.has_addr = true,
	};

	pp.src.addr = is_v4 ? slc_addr_v4(htonl(0xcb007107)) :
			      slc_addr_from_bytes(CLIENT6);
	pp.dst.addr = is_v4 ? slc_addr_v4(htonl(0x0a000002)) :
			      slc_addr_from_bytes(SERVER6);
	return pp;
}

struct made_case {
	const char *name;
	u8 version;
	bool is_v4, local, nameless, dgram;
	const char *bytes;
	size_t len;
};

#define BYTES(s)	(s), sizeof(s) - 1

static const struct made_case made_cases[] = {
	{ "v1_ipv4", 1, true, false, false, false,
	  BYTES("PROXY TCP4 203.0.113.7 10.0.0.2 5555 80\r\n") },
	{ "v1_ipv6", 1, false, false, false, false,
	  BYTES("PROXY TCP6 2001:db8::7 2001:db8:0:1::2 5555 80\r\n") },
	{ "v1_local", 1, true, true, false, false,
	  BYTES("PROXY UNKNOWN\r\n") },
	{ "v1_nameless", 1, true, false, true, false,
	  BYTES("PROXY UNKNOWN\r\n") },
	{ "v1_datagram", 1, true, false, false, true,
	  BYTES("PROXY UNKNOWN\r\n") },
	{ "v2_ipv4", 2, true, false, false, false,
	  BYTES(SIG "\x21\x11\0\x0c\xcb\0\x71\x07\x0a\0\0\x02\x15\xb3\0\x50") },
	{ "v2_ipv6", 2, false, false, false, false,
	  BYTES(SIG "\x21\x21\0\x24" CLIENT6 SERVER6 "\x15\xb3\0\x50") },
	{ "v2_datagram_ipv4", 2, true, false, false, true,
	  BYTES(SIG "\x21\x12\0\x0c\xcb\0\x71\x07\x0a\0\0\x02\x15\xb3\0\x50") },
	{ "v2_datagram_ipv6", 2, false, false, false, true,
	  BYTES(SIG "\x21\x22\0\x24" CLIENT6 SERVER6 "\x15\xb3\0\x50") },
	{ "v2_local", 2, true, true, false, false,
	  BYTES(SIG "\x20\0\0\0") },
	{ "v2_nameless", 2, true, false, true, false,
	  BYTES(SIG "\x21\0\0\0") },
};

static void made_desc(const struct made_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(made, made_cases, made_desc);

/* Byte by byte; in less room than that, not at all, nor beyond it. */
static void header_is_as_written_down(struct kunit *test)
{
	const struct made_case *c = test->param_value;
	struct slc_pp pp = header(c->version, c->is_v4);
	struct slc_pp_writer w;
	u8 buf[128];
	size_t room;

	pp.has_addr = !c->nameless;
	if (c->local)
		pp.cmd = SLC_PP_LOCAL;
	if (c->dgram)
		pp.transport = SLC_PP_DGRAM;
	for (room = 0; room <= c->len; room++) {
		memset(buf, 0xaa, sizeof(buf));
		slc_pp_begin(&w, buf, room, &pp);
		KUNIT_EXPECT_EQ(test, slc_pp_end(&w),
				room < c->len ? -E2BIG : (int)c->len);
		KUNIT_EXPECT_EQ(test, buf[room], 0xaa);
	}
	KUNIT_EXPECT_MEMEQ(test, buf, c->bytes, c->len);
}

static void tlvs_are_added(struct kunit *test)
{
	static const u8 want[] = "\x05\0\x02id" "\x03\0\x04\0\0\0\0" "\xea\0\0";
	struct slc_pp pp = header(2, true), got;
	struct slc_pp_writer w;
	u8 buf[128];
	int len;

	slc_pp_begin(&w, buf, sizeof(buf), &pp);
	slc_pp_put_tlv(&w, SLC_PP_TLV_UNIQUE_ID, "id", 2);
	slc_pp_put_crc(&w);
	slc_pp_put_crc(&w);	/* one is enough */
	slc_pp_put_tlv(&w, 0xea, NULL, 0);
	len = slc_pp_end(&w);
	KUNIT_ASSERT_EQ(test, len, 28 + 15);
	KUNIT_ASSERT_EQ(test, slc_pp_decode(buf, len, SLC_PP_MAX_LEN, &got),
			len);
	KUNIT_EXPECT_EQ(test, got.flags, SLC_PP_F_CRC);
	KUNIT_EXPECT_EQ(test, got.tlv_off, 28);
	memset(buf + 28 + 8, 0, 4);
	KUNIT_EXPECT_MEMEQ(test, buf + 28, want, sizeof(want) - 1);

	/* Version 1 has none. */
	pp.version = 1;
	slc_pp_begin(&w, buf, sizeof(buf), &pp);
	slc_pp_put_tlv(&w, 0xea, "x", 1);
	slc_pp_put_crc(&w);
	KUNIT_EXPECT_EQ(test, slc_pp_end(&w), 41);
}

static void tlvs_are_found(struct kunit *test)
{
	static const u8 tlvs[] = "\x05\0\x02id" "\xea\0\0" "\x05\0\x01z" "\xea\0\x09";
	unsigned int len = sizeof(tlvs) - 1;

	KUNIT_EXPECT_EQ(test, slc_pp_find_tlv(tlvs, len, 0, 5), 0);
	KUNIT_EXPECT_EQ(test, slc_pp_find_tlv(tlvs, len, 5, 5), 8);
	KUNIT_EXPECT_EQ(test, slc_pp_find_tlv(tlvs, len, 12, 5), len);
	KUNIT_EXPECT_EQ(test, slc_pp_find_tlv(tlvs, len, 0, 0xea), 5);
	/* The last one does not fit, so it is none. */
	KUNIT_EXPECT_EQ(test, slc_pp_find_tlv(tlvs, len, 8, 0xea), len);
	KUNIT_EXPECT_EQ(test, slc_pp_find_tlv(tlvs, 0, 0, 5), 0);
}

static void none_is_longer_than_may_be(struct kunit *test)
{
	u8 *buf = kunit_kzalloc(test, 2 * SLC_PP_MAX_LEN, GFP_KERNEL);
	struct slc_pp pp = header(2, true);
	struct slc_pp_writer w;
	u8 *value = buf + SLC_PP_MAX_LEN;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	slc_pp_begin(&w, buf, 2 * SLC_PP_MAX_LEN, &pp);
	slc_pp_put_tlv(&w, 0xea, value, SLC_PP_MAX_LEN - 28 - 3);
	KUNIT_EXPECT_EQ(test, slc_pp_end(&w), SLC_PP_MAX_LEN);
	slc_pp_begin(&w, buf, 2 * SLC_PP_MAX_LEN, &pp);
	slc_pp_put_tlv(&w, 0xea, value, SLC_PP_MAX_LEN - 28 - 2);
	/* Full is full, also for what would fit. */
	slc_pp_put_tlv(&w, 0xeb, NULL, 0);
	KUNIT_EXPECT_EQ(test, slc_pp_end(&w), -E2BIG);
}

static struct slc_addr some_addr(u64 *seed, bool is_v4)
{
	struct slc_addr a = { };
	unsigned int i;

	if (is_v4)
		return slc_addr_v4(htonl((u32)rnd(seed)));
	/* Zeros in all places, so that each way to leave them out comes up */
	for (i = 0; i < 8; i++)
		if (rnd_below(seed, 2))
			put_unaligned_be16(rnd_below(seed, 65536), a.b + 2 * i);
	a.b[0] |= 0x20;
	return a;
}

static void the_decoder_reads_what_was_written(struct kunit *test)
{
	static const u8 value[100];
	struct slc_pp pp, got;
	u64 seed = 1;
	unsigned int i;
	u8 buf[256];

	for (i = 0; i < 20000; i++) {
		bool is_v4 = rnd_below(&seed, 2);
		struct slc_pp_writer w;
		int len;

		pp = header(1 + rnd_below(&seed, 2), is_v4);
		pp.src.addr = some_addr(&seed, is_v4);
		pp.dst.addr = some_addr(&seed, is_v4);
		pp.src.port = htons(rnd_below(&seed, 65536));
		pp.dst.port = htons(rnd_below(&seed, 65536));
		slc_pp_begin(&w, buf, sizeof(buf), &pp);
		if (rnd_below(&seed, 2))
			slc_pp_put_crc(&w);
		if (rnd_below(&seed, 2))
			slc_pp_put_tlv(&w, 0xea, value,
				       rnd_below(&seed, sizeof(value)));
		len = slc_pp_end(&w);
		KUNIT_ASSERT_GT(test, len, 0);
		KUNIT_ASSERT_EQ(test, slc_pp_decode(buf, len, SLC_PP_MAX_LEN,
						    &got), len);
		KUNIT_ASSERT_TRUE(test, got.has_addr);
		KUNIT_ASSERT_EQ(test, got.version, pp.version);
		KUNIT_ASSERT_MEMEQ(test, &got.src, &pp.src, sizeof(pp.src));
		KUNIT_ASSERT_MEMEQ(test, &got.dst, &pp.dst, sizeof(pp.dst));
	}
}

static struct kunit_case pp_encode_cases[] = {
	KUNIT_CASE_PARAM(header_is_as_written_down, made_gen_params),
	KUNIT_CASE(tlvs_are_added),
	KUNIT_CASE(tlvs_are_found),
	KUNIT_CASE(none_is_longer_than_may_be),
	KUNIT_CASE(the_decoder_reads_what_was_written),
	{}
};

static struct kunit_suite pp_encode_suite = {
	.name = "slc_pp_encode",
	.test_cases = pp_encode_cases,
};

kunit_test_suite(pp_encode_suite);
