// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "core/xfam.c"
#include "csum_ref.h"
#include "rnd.h"

static struct slc_tuple tuple4(void)
{
	return (struct slc_tuple){
		.src = slc_addr_v4(cpu_to_be32(0xc0000201)),
		.dst = slc_addr_v4(cpu_to_be32(0xc6336402)),
		.family = SLC_FAMILY_IPV4, .proto = IPPROTO_TCP,
	};
}

static struct slc_tuple tuple6(void)
{
	struct slc_tuple t = { .family = SLC_FAMILY_IPV6,
			       .proto = IPPROTO_TCP };
	u64 seed = 6;

	rnd_bytes(&seed, t.src.b, 16);
	rnd_bytes(&seed, t.dst.b, 16);
	return t;
}

/* An exact copy, so that a byte read too many is seen. */
static u8 *exact(struct kunit *test, const void *bytes, unsigned int len)
{
	u8 *p = kunit_kzalloc(test, len, GFP_KERNEL);

	KUNIT_ASSERT_TRUE(test, p);
	memcpy(p, bytes, len);
	return p;
}

/* 24 bytes of header: TOS b8 (EF), TTL 61, four NOP options if IHL is 6 */
#define IP4(vihl, frag, proto) \
	vihl "\xb9\xab\xcd\x12\x34" frag "\x3d" proto "\xee\xee" \
	"\xc0\x00\x02\x01\xc6\x33\x64\x02"

struct case46 {
	const char *name;
	/* in */
	const char *ip;
	unsigned int hlen;
	u32 plen;
	/* out */
	int ret;
};

#define HEAD(s)	.ip = s, .hlen = sizeof(s) - 1

static const struct case46 cases46[] = {
	{ .name = "plain", HEAD(IP4("\x45", "\x40\x00", "\x06")), .plen = 20 },
	{ .name = "without_df", HEAD(IP4("\x45", "\x00\x00", "\x06")) },
	{ .name = "evil_bit_is_no_fragment",
	  HEAD(IP4("\x45", "\x80\x00", "\x06")) },
	{ .name = "longest", HEAD(IP4("\x45", "\x40\x00", "\x06")),
	  .plen = 65535 },
	{ .name = "too_long", HEAD(IP4("\x45", "\x40\x00", "\x06")),
	  .plen = 65536, .ret = -EMSGSIZE },
	{ .name = "big_tcp", HEAD(IP4("\x45", "\x40\x00", "\x06")),
	  .plen = 180000, .ret = -EMSGSIZE },
	{ .name = "first_fragment", HEAD(IP4("\x45", "\x20\x00", "\x06")),
	  .ret = -EOPNOTSUPP },
	{ .name = "last_fragment", HEAD(IP4("\x45", "\x00\x01", "\x06")),
	  .ret = -EOPNOTSUPP },
	{ .name = "udp_in_a_tcp_flow", HEAD(IP4("\x45", "\x40\x00", "\x11")),
	  .ret = -EPROTONOSUPPORT },
	{ .name = "version_six", HEAD(IP4("\x65", "\x40\x00", "\x06")),
	  .ret = -EINVAL },
	{ .name = "ihl_below_five", HEAD(IP4("\x44", "\x40\x00", "\x06")),
	  .ret = -EINVAL },
	{ .name = "ihl_above_length", HEAD(IP4("\x46", "\x40\x00", "\x06")),
	  .ret = -EINVAL },
	{ .name = "ihl_below_length",
	  HEAD(IP4("\x45", "\x40\x00", "\x06") "\x01\x01\x01\x01"),
	  .ret = -EINVAL },
	{ .name = "harmless_options",
	  HEAD(IP4("\x47", "\x40\x00", "\x06")
	       "\x94\x04\x00\x00\x01\x01\x00\x83") },
	{ .name = "source_route",
	  HEAD(IP4("\x47", "\x40\x00", "\x06")
	       "\x01\x83\x07\x04\x0a\x00\x00\x01"), .ret = -EOPNOTSUPP },
	{ .name = "strict_source_route",
	  HEAD(IP4("\x47", "\x40\x00", "\x06")
	       "\x89\x07\x04\x0a\x00\x00\x01\x00"), .ret = -EOPNOTSUPP },
	{ .name = "source_route_used_up",
	  HEAD(IP4("\x47", "\x40\x00", "\x06")
	       "\x89\x07\x08\x0a\x00\x00\x01\x00") },
	{ .name = "source_route_with_a_bad_pointer",
	  HEAD(IP4("\x47", "\x40\x00", "\x06")
	       "\x83\x07\x07\x0a\x00\x00\x01\x00"), .ret = -EOPNOTSUPP },
	{ .name = "source_route_without_a_pointer",
	  HEAD(IP4("\x46", "\x40\x00", "\x06") "\x01\x01\x83\x02"),
	  .ret = -EOPNOTSUPP },
	{ .name = "option_past_the_end",
	  HEAD(IP4("\x46", "\x40\x00", "\x06") "\x94\x05\x00\x00"),
	  .ret = -EOPNOTSUPP },
	{ .name = "option_kind_alone",
	  HEAD(IP4("\x46", "\x40\x00", "\x06") "\x01\x01\x01\x83"),
	  .ret = -EOPNOTSUPP },
};

static void case46_desc(const struct case46 *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(case46, cases46, case46_desc);

static void maps_4to6(struct kunit *test)
{
	const struct case46 *c = test->param_value;
	u8 *old = exact(test, c->ip, c->hlen);
	struct slc_tuple to = tuple6();
	u8 new[SLC_XFAM_IPV6_LEN];

	memset(new, 0x77, sizeof(new));
	KUNIT_ASSERT_EQ(test, slc_xfam_4to6(old, c->hlen, c->plen, &to, new),
			c->ret);
	if (c->ret) {
		KUNIT_EXPECT_EQ(test, new[0], 0x77);
		return;
	}
	/* Version, traffic class b9, flow label 0 */
	KUNIT_EXPECT_EQ(test, get_unaligned_be32(new), 0x6b900000U);
	KUNIT_EXPECT_EQ(test, get_unaligned_be16(new + 4), c->plen);
	KUNIT_EXPECT_EQ(test, new[6], 6);
	KUNIT_EXPECT_EQ(test, new[7], 61);
	KUNIT_EXPECT_EQ(test, memcmp(new + 8, to.src.b, 16), 0);
	KUNIT_EXPECT_EQ(test, memcmp(new + 24, to.dst.b, 16), 0);
}

#define ADDR16	"\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01"
#define IP6(vtf, next)	vtf "\xab\xcd" next "\x3d" ADDR16 ADDR16
#define EXT(next, a, b)	next "\x00" a b "\x00\x00\x00\x00"

static const struct case46 cases64[] = {
	{ .name = "plain", HEAD(IP6("\x6b\x91\x23\x45", "\x06")), .plen = 20 },
	{ .name = "longest", HEAD(IP6("\x6b\x91\x23\x45", "\x06")),
	  .plen = 65515 },
	{ .name = "too_long", HEAD(IP6("\x6b\x91\x23\x45", "\x06")),
	  .plen = 65516, .ret = -EMSGSIZE },
	{ .name = "big_tcp", HEAD(IP6("\x6b\x91\x23\x45", "\x06")),
	  .plen = 180000, .ret = -EMSGSIZE },
	{ .name = "udp_in_a_tcp_flow", HEAD(IP6("\x6b\x91\x23\x45", "\x11")),
	  .ret = -EPROTONOSUPPORT },
	{ .name = "version_four", HEAD(IP6("\x4b\x91\x23\x45", "\x06")),
	  .ret = -EINVAL },
	{ .name = "hop_by_hop",
	  HEAD(IP6("\x6b\x91\x23\x45", "\x00") EXT("\x06", "\x01", "\x04")) },
	{ .name = "two_destination_options",
	  HEAD(IP6("\x6b\x91\x23\x45", "\x3c") EXT("\x3c", "\x01", "\x04")
	       EXT("\x06", "\x01", "\x04")) },
	{ .name = "long_extension",
	  HEAD(IP6("\x6b\x91\x23\x45", "\x3c") "\x06\x01\x01\x0c\0\0\0\0"
	       "\0\0\0\0\0\0\0\0") },
	{ .name = "extension_past_the_end",
	  HEAD(IP6("\x6b\x91\x23\x45", "\x3c") "\x06\x01\x01\x0c\0\0\0\0"),
	  .ret = -EINVAL },
	{ .name = "half_an_extension",
	  HEAD(IP6("\x6b\x91\x23\x45", "\x3c") "\x06\x00\x01\x0c"),
	  .ret = -EINVAL },
	{ .name = "one_byte_of_an_extension",
	  HEAD(IP6("\x6b\x91\x23\x45", "\x3c") "\x06"), .ret = -EINVAL },
	{ .name = "extension_without_protocol",
	  HEAD(IP6("\x6b\x91\x23\x45", "\x3c")), .ret = -EPROTONOSUPPORT },
	{ .name = "fragment",
	  HEAD(IP6("\x6b\x91\x23\x45", "\x2c") EXT("\x06", "\x00", "\x01")),
	  .ret = -EOPNOTSUPP },
	{ .name = "route_used_up",
	  HEAD(IP6("\x6b\x91\x23\x45", "\x2b") EXT("\x06", "\x04", "\x00")) },
	{ .name = "route_to_follow",
	  HEAD(IP6("\x6b\x91\x23\x45", "\x2b") EXT("\x06", "\x04", "\x01")),
	  .ret = -EOPNOTSUPP },
	{ .name = "authentication_header",
	  HEAD(IP6("\x6b\x91\x23\x45", "\x33") EXT("\x06", "\x00", "\x00")),
	  .ret = -EOPNOTSUPP },
	{ .name = "tcp_before_the_transport_header",
	  HEAD(IP6("\x6b\x91\x23\x45", "\x06") EXT("\x06", "\x00", "\x00")),
	  .ret = -EOPNOTSUPP },
};

KUNIT_ARRAY_PARAM(case64, cases64, case46_desc);

static void maps_6to4(struct kunit *test)
{
	const struct case46 *c = test->param_value;
	u8 *old = exact(test, c->ip, c->hlen);
	struct slc_tuple to = tuple4();
	u8 new[SLC_XFAM_IPV4_LEN];

	memset(new, 0x77, sizeof(new));
	KUNIT_ASSERT_EQ(test, slc_xfam_6to4(old, c->hlen, c->plen, &to, 0xbeef,
					    new), c->ret);
	if (c->ret) {
		KUNIT_EXPECT_EQ(test, new[0], 0x77);
		return;
	}
	KUNIT_EXPECT_EQ(test, get_unaligned_be16(new), 0x45b9);
	KUNIT_EXPECT_EQ(test, get_unaligned_be16(new + 2), 20 + c->plen);
	KUNIT_EXPECT_EQ(test, get_unaligned_be32(new + 4), 0xbeef4000U);
	KUNIT_EXPECT_EQ(test, get_unaligned_be16(new + 8), 0x3d06);
	KUNIT_EXPECT_EQ(test, ref_fold(ref_sum(0, new, 20)), 0xffff);
	KUNIT_EXPECT_EQ(test, get_unaligned_be32(new + 12), 0xc0000201U);
	KUNIT_EXPECT_EQ(test, get_unaligned_be32(new + 16), 0xc6336402U);
}

static void short_headers_are_refused(struct kunit *test)
{
	struct slc_tuple to4 = tuple4(), to6 = tuple6();
	u8 new[SLC_XFAM_IPV6_LEN];
	unsigned int len;

	for (len = 1; len < 40; len++) {
		u8 *p = exact(test, cases64[0].ip, len);

		KUNIT_EXPECT_EQ(test, slc_xfam_6to4(p, len, 0, &to4, 0, new),
				-EINVAL);
		if (len >= 20)
			continue;
		memcpy(p, cases46[0].ip, len);
		p[0] = 4 << 4 | len / 4;
		KUNIT_EXPECT_EQ(test, slc_xfam_4to6(p, len, 0, &to6, new),
				-EINVAL);
	}
}

static void udp_is_mapped_too(struct kunit *test)
{
	struct slc_tuple to = tuple6();
	u8 *old = exact(test, cases46[0].ip, 20);
	u8 new[SLC_XFAM_IPV6_LEN];

	old[9] = IPPROTO_UDP;
	to.proto = IPPROTO_UDP;
	KUNIT_ASSERT_EQ(test, slc_xfam_4to6(old, 20, 8, &to, new), 0);
	KUNIT_EXPECT_EQ(test, new[6], IPPROTO_UDP);
	/* ICMP's numbers differ between families: not a matter of headers. */
	old[9] = IPPROTO_ICMP;
	to.proto = IPPROTO_ICMP;
	KUNIT_EXPECT_EQ(test, slc_xfam_4to6(old, 20, 8, &to, new),
			-EPROTONOSUPPORT);
}

/* Every DSCP and ECN value and hop limit, there and back. */
static void there_and_back(struct kunit *test)
{
	struct slc_tuple to4 = tuple4(), to6 = tuple6();
	u8 old[SLC_XFAM_IPV4_LEN], mid[SLC_XFAM_IPV6_LEN];
	u8 new[SLC_XFAM_IPV4_LEN];
	u32 i;

	for (i = 0; i < 256; i++) {
		memcpy(old, cases46[0].ip, sizeof(old));
		old[1] = i;
		old[8] = 255 - i;
		put_unaligned_be16(20 + i, old + 2);
		put_unaligned_be16(0, old + 10);
		put_unaligned_be16(ref_check(ref_sum(0, old, 20)), old + 10);
		KUNIT_ASSERT_EQ(test, slc_xfam_4to6(old, 20, i, &to6, mid), 0);
		KUNIT_ASSERT_EQ(test, slc_xfam_6to4(mid, 40, i, &to4, 0x1234,
						    new), 0);
		KUNIT_ASSERT_EQ(test, memcmp(old, new, 20), 0);
	}
}

/* RFC 9293 3.1: addresses, protocol and length, in each family's layout. */
static u64 pseudo_sum(const struct slc_tuple *t, u32 len)
{
	bool v4 = t->family == SLC_FAMILY_IPV4;
	unsigned int alen = v4 ? 4 : 16;
	u8 tail[8] = { 0 };
	u64 sum;

	sum = ref_sum(0, t->src.b + 16 - alen, alen);
	sum = ref_sum(sum, t->dst.b + 16 - alen, alen);
	if (v4) {
		tail[1] = t->proto;
		put_unaligned_be16(len, tail + 2);
		return ref_sum(sum, tail, 4);
	}
	put_unaligned_be32(len, tail);
	tail[7] = t->proto;
	return ref_sum(sum, tail, 8);
}

static void random_tuple(u64 *seed, struct slc_tuple *t)
{
	*t = rnd_below(seed, 2) ? tuple4() : tuple6();
	if (t->family == SLC_FAMILY_IPV4) {
		rnd_bytes(seed, t->src.b + 12, 4);
		rnd_bytes(seed, t->dst.b + 12, 4);
	} else {
		rnd_bytes(seed, t->src.b, 16);
		rnd_bytes(seed, t->dst.b, 16);
	}
}

static void checksum_follows_any_change_of_addresses(struct kunit *test)
{
	u64 seed = 1;
	int n;

	for (n = 0; n < 50000; n++) {
		struct slc_csum c = { 0 };
		struct slc_tuple from, to;
		u8 seg[24];
		u32 len = 20 + rnd_below(&seed, 65496);
		u16 before, after;

		random_tuple(&seed, &from);
		random_tuple(&seed, &to);
		rnd_bytes(&seed, seg, sizeof(seg));
		before = ref_check(ref_sum(pseudo_sum(&from, len), seg, 24));
		after = ref_check(ref_sum(pseudo_sum(&to, len), seg, 24));
		slc_xfam_pseudo(&from, &to, &c);
		KUNIT_ASSERT_EQ(test, after,
				ref_host(slc_csum_apply(ref_field(before),
							&c)));
	}
}

/* Type, code and what follows the checksum, of either family */
struct icmp_case {
	const char *name;
	u8 type, code;
	u32 rest;
	u8 to_type, to_code;	/* 0 and 0: none */
	u32 to_rest;
};

/* RFC 7915 4.2 */
static const struct icmp_case icmp46[] = {
	{ "network", 3, 0, 0, 1, 0 }, { "host", 3, 1, 0, 1, 0 },
	{ "protocol", 3, 2, 0, 4, 1, 6 }, { "port", 3, 3, 0, 1, 4 },
	{ "mtu_1400", 3, 4, 1400, 2, 0, 1420 },
	{ "mtu_1260", 3, 4, 1260, 2, 0, 1280 },
	{ "mtu_1259", 3, 4, 1259, 2, 0, 1280 },
	{ "mtu_68", 3, 4, 68, 2, 0, 1280 }, { "mtu_0", 3, 4, 0, 2, 0, 1280 },
	{ "mtu_65535", 3, 4, 65535, 2, 0, 65555 },
	{ "mtu_half_is_unused", 3, 4, 0x00440000 | 1300, 2, 0, 1320 },
	{ "source_route", 3, 5, 0, 1, 0 }, { "network_unknown", 3, 6, 0, 1, 0 },
	{ "host_unknown", 3, 7, 0, 1, 0 }, { "isolated", 3, 8, 0, 1, 0 },
	{ "network_prohibited", 3, 9, 0, 1, 1 },
	{ "host_prohibited", 3, 10, 0, 1, 1 }, { "network_tos", 3, 11, 0, 1, 0 },
	{ "host_tos", 3, 12, 0, 1, 0 }, { "prohibited", 3, 13, 0, 1, 1 },
	{ "precedence_violation", 3, 14 }, { "precedence_cutoff", 3, 15, 0, 1, 1 },
	{ "unreachable_16", 3, 16 }, { "unreachable_255", 3, 255 },
	{ "hops", 11, 0, 0, 3, 0 }, { "reassembly", 11, 1, 0, 3, 1 },
	{ "time_2", 11, 2 }, { "quench", 4, 0 }, { "redirect", 5, 0 },
	{ "parameter", 12, 0 }, { "echo", 8, 0 }, { "rest_is_not_kept", 3, 3, 77, 1, 4 },
};

/* RFC 7915 5.2 */
static const struct icmp_case icmp64[] = {
	{ "no_route", 1, 0, 0, 3, 1 }, { "prohibited", 1, 1, 0, 3, 10 },
	{ "scope", 1, 2, 0, 3, 1 }, { "address", 1, 3, 0, 3, 1 },
	{ "port", 1, 4, 0, 3, 3 }, { "policy", 1, 5, 0, 3, 10 },
	{ "reject_route", 1, 6, 0, 3, 10 }, { "unreachable_7", 1, 7 },
	{ "mtu_1280", 2, 0, 1280, 3, 4, 1260 },
	{ "mtu_1500", 2, 0, 1500, 3, 4, 1480 },
	{ "mtu_below_what_is", 2, 0, 576, 3, 4, 1260 },
	{ "mtu_0", 2, 0, 0, 3, 4, 1260 },
	{ "mtu_beyond_ipv4", 2, 0, 0xffffffff, 3, 4, 65535 },
	{ "hops", 3, 0, 0, 11, 0 }, { "reassembly", 3, 1, 0, 11, 1 },
	{ "time_2", 3, 2 }, { "field", 4, 0 }, { "next_header", 4, 1, 40, 3, 2 },
	{ "option", 4, 2 }, { "echo", 128, 0 }, { "type_0", 0, 0 },
};

static void icmp_maps(struct kunit *test, u8 family, const struct icmp_case *c)
{
	u8 old[SLC_XFAM_ICMP_LEN] = { c->type, c->code, 0xbe, 0xef };
	u8 new[SLC_XFAM_ICMP_LEN];
	bool has;

	put_unaligned_be32(c->rest, old + 4);
	has = slc_xfam_icmp(family, exact(test, old, sizeof(old)), new);
	KUNIT_ASSERT_EQ_MSG(test, has, c->to_type != 0, "%s", c->name);
	if (!has)
		return;
	KUNIT_EXPECT_EQ_MSG(test, get_unaligned_be32(new),
			    c->to_type << 24 | c->to_code << 16, "%s", c->name);
	KUNIT_EXPECT_EQ_MSG(test, get_unaligned_be32(new + 4), c->to_rest,
			    "%s", c->name);
}

static void icmp_errors_are_mapped(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(icmp46); i++)
		icmp_maps(test, SLC_FAMILY_IPV4, &icmp46[i]);
	for (i = 0; i < ARRAY_SIZE(icmp64); i++)
		icmp_maps(test, SLC_FAMILY_IPV6, &icmp64[i]);
}

static struct kunit_case xfam_cases[] = {
	KUNIT_CASE(icmp_errors_are_mapped),
	KUNIT_CASE_PARAM(maps_4to6, case46_gen_params),
	KUNIT_CASE_PARAM(maps_6to4, case64_gen_params),
	KUNIT_CASE(short_headers_are_refused),
	KUNIT_CASE(udp_is_mapped_too),
	KUNIT_CASE(there_and_back),
	KUNIT_CASE(checksum_follows_any_change_of_addresses),
	{}
};

static struct kunit_suite xfam_suite = {
	.name = "slc_xfam",
	.test_cases = xfam_cases,
};

kunit_test_suite(xfam_suite);
