// SPDX-License-Identifier: GPL-2.0
/*
 * Headers of datagrams: what differs from those of streams, row by row of
 * pp_vectors.h, and the simple header. Each is whole, or it is none.
 */
#include <kunit/test.h>

#include "core/pp.h"
#include "pp_vectors.h"

#define MAX		SLC_PP_MAX_LEN
#define TRANSPORT_AT	13

/* client 203.0.113.7:5353, proxy 10.0.0.2:53 */
static const u8 spp[SLC_SPP_LEN] = {
	0x56, 0xec,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 203, 0, 113, 7,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 2,
	0x14, 0xe9, 0x00, 0x35,
};

static void good_desc(const struct good_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

static void bad_desc(const struct bad_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(v2_good, v2_good, good_desc);
KUNIT_ARRAY_PARAM(v2_bad, v2_bad, bad_desc);
KUNIT_ARRAY_PARAM(v1_good, v1_good, good_desc);

/* Is it one that names addresses of a stream or of datagrams? */
static bool names_ip(const u8 *hdr)
{
	return (hdr[12] & 0xf) == SLC_PP_PROXY &&
	       (hdr[TRANSPORT_AT] >> 4 == 1 || hdr[TRANSPORT_AT] >> 4 == 2);
}

static u8 *copy(struct kunit *test, const void *data, size_t len)
{
	u8 *p = kunit_kzalloc(test, len, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	memcpy(p, data, len);
	return p;
}

static void addresses_are_used_of_datagrams_alone(struct kunit *test)
{
	const struct good_case *c = test->param_value;
	u8 *buf = copy(test, c->data, c->len);
	struct slc_pp as_stream, pp;
	u8 turned = buf[TRANSPORT_AT] ^ (SLC_PP_STREAM ^ SLC_PP_DGRAM);
	int ret;

	KUNIT_ASSERT_EQ(test, slc_pp_decode(buf, c->len, MAX, &as_stream), (int)c->len);
	ret = slc_pp_decode_datagram(buf, c->len, MAX, &pp);
	/* Looked at here, and found to be of two families */
	if (!as_stream.has_addr && pp.err == SLC_PP_ERR_MIXED) {
		KUNIT_EXPECT_EQ(test, buf[TRANSPORT_AT], 0x22);
		return;
	}
	KUNIT_ASSERT_EQ(test, ret, (int)c->len);
	KUNIT_EXPECT_EQ(test, pp.tlv_off, as_stream.tlv_off);
	KUNIT_EXPECT_EQ(test, pp.tlv_len, as_stream.tlv_len);
	if (!names_ip(buf)) {
		KUNIT_EXPECT_FALSE(test, pp.has_addr);
		return;
	}
	KUNIT_EXPECT_EQ(test, pp.has_addr, !as_stream.has_addr);
	/* A sum over the old byte would no longer fit. */
	if (as_stream.flags & SLC_PP_F_CRC)
		return;
	buf[TRANSPORT_AT] = turned;
	KUNIT_ASSERT_EQ(test, slc_pp_decode_datagram(buf, c->len, MAX, &pp), (int)c->len);
	KUNIT_EXPECT_EQ(test, pp.has_addr, as_stream.has_addr);
	if (!as_stream.has_addr)
		return;
	KUNIT_EXPECT_TRUE(test, slc_addr_eq(&pp.src.addr, &as_stream.src.addr));
	KUNIT_EXPECT_TRUE(test, slc_addr_eq(&pp.dst.addr, &as_stream.dst.addr));
	KUNIT_EXPECT_EQ(test, pp.src.port, as_stream.src.port);
	KUNIT_EXPECT_EQ(test, pp.dst.port, as_stream.dst.port);
}

static void no_prefix_is_a_header(struct kunit *test)
{
	const struct good_case *c = test->param_value;
	u8 *buf = copy(test, c->data, c->len);
	struct slc_pp pp;
	size_t n;

	for (n = 0; n < c->len; n++) {
		/* Nothing may be read behind its end. */
		u8 *at = buf + c->len - n;

		memcpy(at, c->data, n);
		KUNIT_EXPECT_LT_MSG(test, slc_pp_decode_datagram(at, n, MAX, &pp), 0,
				    "%u bytes", (unsigned int)n);
		KUNIT_EXPECT_NE(test, pp.err, SLC_PP_OK);
	}
}

/* What settles it is there; whatever a datagram has behind it, or if it has nothing */
static void bad_rows_are_none(struct kunit *test)
{
	const struct bad_case *c = test->param_value;
	u8 *buf = copy(test, c->data, c->len);
	u8 *more = kunit_kzalloc(test, MAX + 64, GFP_KERNEL);
	struct slc_pp pp;

	KUNIT_ASSERT_NOT_NULL(test, more);
	/* Of a stream's addresses it does not matter what they are. */
	if (c->err == SLC_PP_ERR_MIXED && buf[TRANSPORT_AT] == 0x21) {
		KUNIT_EXPECT_GT(test, slc_pp_decode_datagram(buf, c->len, MAX, &pp), 0);
		KUNIT_EXPECT_FALSE(test, pp.has_addr);
		buf[TRANSPORT_AT] = 0x22;
	}
	KUNIT_EXPECT_LT(test, slc_pp_decode_datagram(buf, c->len, MAX, &pp), 0);
	KUNIT_EXPECT_EQ(test, pp.err, c->err);
	memcpy(more, buf, c->len);
	KUNIT_EXPECT_LT(test, slc_pp_decode_datagram(more, MAX + 64, MAX, &pp), 0);
	KUNIT_EXPECT_EQ(test, pp.err, c->err);
}

static void version_1_is_none(struct kunit *test)
{
	const struct good_case *c = test->param_value;
	struct slc_pp pp;

	KUNIT_EXPECT_EQ(test, slc_pp_decode_datagram((const u8 *)c->data, c->len, MAX, &pp),
			-EBADMSG);
	KUNIT_EXPECT_EQ(test, pp.err, SLC_PP_ERR_VERSION);
}

static void the_signature_tells(struct kunit *test)
{
	u8 *buf = copy(test, v2_good[0].data, v2_good[0].len);
	unsigned int i;

	KUNIT_EXPECT_FALSE(test, slc_pp_is_v2(buf, 11));
	KUNIT_EXPECT_TRUE(test, slc_pp_is_v2(buf, 12));
	for (i = 0; i < 12; i++) {
		buf[i] ^= 0x20;
		KUNIT_EXPECT_FALSE(test, slc_pp_is_v2(buf, v2_good[0].len));
		buf[i] ^= 0x20;
	}
}

static void a_long_one_is_refused(struct kunit *test)
{
	u8 *buf = copy(test, v2_good[0].data, v2_good[0].len);
	struct slc_pp pp;

	put_unaligned_be16(SLC_PP_MIN_MAX_LEN - 15, buf + 14);
	KUNIT_EXPECT_EQ(test, slc_pp_decode_datagram(buf, v2_good[0].len, SLC_PP_MIN_MAX_LEN,
						     &pp), -E2BIG);
	KUNIT_EXPECT_EQ(test, pp.err, SLC_PP_ERR_TOO_BIG);
}

static void spp_is_read(struct kunit *test)
{
	const struct slc_addr src = slc_addr_v4(htonl(0xcb007107));
	const struct slc_addr dst = slc_addr_v4(htonl(0x0a000002));
	struct slc_pp pp;

	KUNIT_ASSERT_EQ(test, slc_spp_decode(spp, sizeof(spp), &pp), SLC_SPP_LEN);
	KUNIT_EXPECT_TRUE(test, pp.has_addr);
	KUNIT_EXPECT_EQ(test, pp.family, SLC_FAMILY_IPV4);
	KUNIT_EXPECT_EQ(test, pp.version, SLC_PP_VERSION_SPP);
	KUNIT_EXPECT_EQ(test, pp.tlv_len, 0);
	KUNIT_EXPECT_TRUE(test, slc_addr_eq(&pp.src.addr, &src));
	KUNIT_EXPECT_TRUE(test, slc_addr_eq(&pp.dst.addr, &dst));
	KUNIT_EXPECT_EQ(test, ntohs(pp.src.port), 5353);
	KUNIT_EXPECT_EQ(test, ntohs(pp.dst.port), 53);
}

static void spp_is_written_as_it_is_read(struct kunit *test)
{
	u8 in[SLC_SPP_LEN], out[SLC_SPP_LEN];
	struct slc_pp pp;
	unsigned int i;

	/* IPv6: no byte like another */
	in[0] = spp[0];
	in[1] = spp[1];
	for (i = 2; i < SLC_SPP_LEN; i++)
		in[i] = 0x20 + i;
	KUNIT_ASSERT_EQ(test, slc_spp_decode(in, sizeof(in), &pp), SLC_SPP_LEN);
	KUNIT_EXPECT_EQ(test, pp.family, SLC_FAMILY_IPV6);
	slc_spp_encode(out, &pp.src, &pp.dst);
	KUNIT_EXPECT_MEMEQ(test, out, in, sizeof(in));
	KUNIT_ASSERT_EQ(test, slc_spp_decode(spp, sizeof(spp), &pp), SLC_SPP_LEN);
	slc_spp_encode(out, &pp.src, &pp.dst);
	KUNIT_EXPECT_MEMEQ(test, out, spp, sizeof(spp));
}

static void spp_is_refused(struct kunit *test)
{
	u8 buf[SLC_SPP_LEN];
	struct slc_pp pp;
	size_t n;

	for (n = 0; n < sizeof(spp); n++) {
		KUNIT_EXPECT_EQ(test, slc_spp_decode(spp, n, &pp), -EBADMSG);
		KUNIT_EXPECT_EQ(test, pp.err, n < 2 ? SLC_PP_ERR_SIGNATURE :
						      SLC_PP_ERR_SHORT);
	}
	for (n = 0; n < 2; n++) {
		memcpy(buf, spp, sizeof(buf));
		buf[n] ^= 1;
		KUNIT_EXPECT_EQ(test, slc_spp_decode(buf, sizeof(buf), &pp), -EBADMSG);
		KUNIT_EXPECT_EQ(test, pp.err, SLC_PP_ERR_SIGNATURE);
	}
	/* An IPv4 client of an IPv6 address */
	memcpy(buf, spp, sizeof(buf));
	buf[18] = 0x20;
	KUNIT_EXPECT_EQ(test, slc_spp_decode(buf, sizeof(buf), &pp), -EBADMSG);
	KUNIT_EXPECT_EQ(test, pp.err, SLC_PP_ERR_MIXED);
}

static struct kunit_case pp_datagram_cases[] = {
	KUNIT_CASE_PARAM(addresses_are_used_of_datagrams_alone, v2_good_gen_params),
	KUNIT_CASE_PARAM(no_prefix_is_a_header, v2_good_gen_params),
	KUNIT_CASE_PARAM(bad_rows_are_none, v2_bad_gen_params),
	KUNIT_CASE_PARAM(version_1_is_none, v1_good_gen_params),
	KUNIT_CASE(the_signature_tells),
	KUNIT_CASE(a_long_one_is_refused),
	KUNIT_CASE(spp_is_read),
	KUNIT_CASE(spp_is_written_as_it_is_read),
	KUNIT_CASE(spp_is_refused),
	{}
};

static struct kunit_suite pp_datagram_suite = {
	.name = "slc_pp_datagram",
	.test_cases = pp_datagram_cases,
};

kunit_test_suite(pp_datagram_suite);
