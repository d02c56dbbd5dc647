// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "core/addr.c"

#define V4(o1, o2, o3, o4) \
	{ .b = { [10] = 0xff, 0xff, o1, o2, o3, o4 } }

/* Which addresses may be a client's. */

struct class_case {
	const char *name;
	/* in */
	struct slc_addr addr;
	/* out */
	enum slc_addr_class class;
};

static const struct class_case class_cases[] = {
	{ "0.0.0.0 is unspecified", V4(0, 0, 0, 0), SLC_ADDR_UNSPECIFIED },
	{ "0.255.255.255 is unspecified", V4(0, 255, 255, 255), SLC_ADDR_UNSPECIFIED },
	{ "1.0.0.0 is ok", V4(1, 0, 0, 0), SLC_ADDR_OK },
	{ "126.255.255.255 is ok", V4(126, 255, 255, 255), SLC_ADDR_OK },
	{ "127.0.0.0 is loopback", V4(127, 0, 0, 0), SLC_ADDR_LOOPBACK },
	{ "127.255.255.255 is loopback", V4(127, 255, 255, 255), SLC_ADDR_LOOPBACK },
	{ "128.0.0.0 is ok", V4(128, 0, 0, 0), SLC_ADDR_OK },
	{ "169.253.255.255 is ok", V4(169, 253, 255, 255), SLC_ADDR_OK },
	{ "169.254.0.0 is link-local", V4(169, 254, 0, 0), SLC_ADDR_LINKLOCAL },
	{ "169.254.255.255 is link-local", V4(169, 254, 255, 255), SLC_ADDR_LINKLOCAL },
	{ "169.255.0.0 is ok", V4(169, 255, 0, 0), SLC_ADDR_OK },
	{ "223.255.255.255 is ok", V4(223, 255, 255, 255), SLC_ADDR_OK },
	{ "224.0.0.0 is multicast", V4(224, 0, 0, 0), SLC_ADDR_MULTICAST },
	{ "239.255.255.255 is multicast", V4(239, 255, 255, 255), SLC_ADDR_MULTICAST },
	{ "240.0.0.0 is reserved", V4(240, 0, 0, 0), SLC_ADDR_RESERVED },
	{ "255.255.255.254 is reserved", V4(255, 255, 255, 254), SLC_ADDR_RESERVED },
	{ "255.255.255.255 is broadcast", V4(255, 255, 255, 255), SLC_ADDR_BROADCAST },
	{ "10.0.0.1 (private) is ok", V4(10, 0, 0, 1), SLC_ADDR_OK },
	{ "172.16.0.1 (private) is ok", V4(172, 16, 0, 1), SLC_ADDR_OK },
	{ "192.168.0.1 (private) is ok", V4(192, 168, 0, 1), SLC_ADDR_OK },
	{ "100.64.0.1 (shared) is ok", V4(100, 64, 0, 1), SLC_ADDR_OK },
	{ "203.0.113.7 (documentation) is ok", V4(203, 0, 113, 7), SLC_ADDR_OK },
	{ "198.18.0.1 (benchmark) is ok", V4(198, 18, 0, 1), SLC_ADDR_OK },
	{ ":: is unspecified", { .b = { 0 } }, SLC_ADDR_UNSPECIFIED },
	{ "::1 is loopback", { .b = { [15] = 1 } }, SLC_ADDR_LOOPBACK },
	{ "::2 is v4-compatible", { .b = { [15] = 2 } }, SLC_ADDR_V4COMPAT },
	{ "::10.0.0.1 is v4-compatible", { .b = { [12] = 10, 0, 0, 1 } }, SLC_ADDR_V4COMPAT },
	{ "::1:0:0 is reserved", { .b = { [11] = 1 } }, SLC_ADDR_RESERVED },
	{ "::fffe:0:0 is reserved", { .b = { [10] = 0xff, 0xfe } }, SLC_ADDR_RESERVED },
	{ "::ffff:0:10.0.0.1 (SIIT) is reserved",
	  { .b = { [8] = 0xff, 0xff, 0, 0, 10, 0, 0, 1 } }, SLC_ADDR_RESERVED },
	{ "1::ffff:10.0.0.1 is not v4-mapped",
	  { .b = { 0, 1, [10] = 0xff, 0xff, 10, 0, 0, 1 } }, SLC_ADDR_RESERVED },
	{ "64:ff9b::10.0.0.1 (NAT64) is ok",
	  { .b = { 0, 0x64, 0xff, 0x9b, [12] = 10, 0, 0, 1 } }, SLC_ADDR_OK },
	{ "64:ff9b::1:0:0 is reserved",
	  { .b = { 0, 0x64, 0xff, 0x9b, [11] = 1 } }, SLC_ADDR_RESERVED },
	{ "64:ff9b:0:0:1:: is reserved",
	  { .b = { 0, 0x64, 0xff, 0x9b, [9] = 1 } }, SLC_ADDR_RESERVED },
	{ "64:ff9b:1::1 (local NAT64) is ok",
	  { .b = { 0, 0x64, 0xff, 0x9b, 0, 1, [15] = 1 } }, SLC_ADDR_OK },
	{ "64:ff9b:2::1 is reserved",
	  { .b = { 0, 0x64, 0xff, 0x9b, 0, 2, [15] = 1 } }, SLC_ADDR_RESERVED },
	{ "64:ff9a::1 is reserved",
	  { .b = { 0, 0x64, 0xff, 0x9a, [15] = 1 } }, SLC_ADDR_RESERVED },
	{ "ff:: is reserved", { .b = { 0, 0xff } }, SLC_ADDR_RESERVED },
	{ "100::1 is ok", { .b = { 1, [15] = 1 } }, SLC_ADDR_OK },
	{ "2001:db8::1 (documentation) is ok",
	  { .b = { 0x20, 1, 0x0d, 0xb8, [15] = 1 } }, SLC_ADDR_OK },
	{ "2002::1 (6to4) is ok", { .b = { 0x20, 2, [15] = 1 } }, SLC_ADDR_OK },
	{ "fd00::1 (unique local) is ok", { .b = { 0xfd, [15] = 1 } }, SLC_ADDR_OK },
	{ "fe7f::1 is ok", { .b = { 0xfe, 0x7f, [15] = 1 } }, SLC_ADDR_OK },
	{ "fe80::1 is link-local", { .b = { 0xfe, 0x80, [15] = 1 } }, SLC_ADDR_LINKLOCAL },
	{ "febf::1 is link-local", { .b = { 0xfe, 0xbf, [15] = 1 } }, SLC_ADDR_LINKLOCAL },
	{ "fec0::1 is ok", { .b = { 0xfe, 0xc0, [15] = 1 } }, SLC_ADDR_OK },
	{ "ff00:: is multicast", { .b = { 0xff } }, SLC_ADDR_MULTICAST },
	{ "ff02::1 is multicast", { .b = { 0xff, 2, [15] = 1 } }, SLC_ADDR_MULTICAST },
};

static void class_desc(const struct class_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(class, class_cases, class_desc);

static void source_class_is(struct kunit *test)
{
	const struct class_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, slc_addr_source_class(&c->addr), c->class);
}

/* Text. */

struct text_case {
	/* in */
	const char *text;
	/* out */
	bool ok;
	struct slc_addr addr;
};

static const struct text_case v4_cases[] = {
	{ "0.0.0.0", true, V4(0, 0, 0, 0) },
	{ "1.2.3.4", true, V4(1, 2, 3, 4) },
	{ "255.255.255.255", true, V4(255, 255, 255, 255) },
	{ "192.168.100.200", true, V4(192, 168, 100, 200) },
	{ "10.0.0.10", true, V4(10, 0, 0, 10) },
	{ "" }, { "." }, { "1" }, { "1.2.3" }, { "1.2.3." }, { ".1.2.3" },
	{ "1..2.3" }, { "1.2.3.256" }, { "256.0.0.1" }, { "1.999.0.1" },
	{ "299.168.0.1" }, { "16909060" }, { "4294967297" }, { "01.2.3.4" },
	{ "1.02.3.4" }, { "1.2.3.04" }, { "1.2.3.00" }, { "00.0.0.0" },
	{ "1.2.3.4.5" }, { "1.2.3.4." }, { "0x1.2.3.4" }, { "1.2.3.a" },
	{ "+1.2.3.4" }, { "-1.2.3.4" }, { " 1.2.3.4" }, { "1. 2.3.4" },
	{ "1,2,3,4" }, { "1.2.3.4/32" }, { "::1" }, { "1.2.3.4x" },
	{ "1.2.3.1234" }, { "1.2.3.4%eth0" },
};

#define V6(w0, w1, w2, w3) \
	{ .w = { cpu_to_be32(w0), cpu_to_be32(w1), cpu_to_be32(w2), cpu_to_be32(w3) } }

static const struct text_case v6_cases[] = {
	{ "::", true, { .b = { 0 } } },
	{ "::1", true, V6(0, 0, 0, 0x1) },
	{ "1::", true, V6(0x10000, 0, 0, 0) },
	{ "2001:db8::1", true, V6(0x20010db8, 0, 0, 0x1) },
	{ "2001:DB8::aB", true, V6(0x20010db8, 0, 0, 0xab) },
	{ "1:2:3:4:5:6:7:8", true, V6(0x10002, 0x30004, 0x50006, 0x70008) },
	{ "1:2:3:4:5:6:7::", true, V6(0x10002, 0x30004, 0x50006, 0x70000) },
	{ "::2:3:4:5:6:7:8", true, V6(0x2, 0x30004, 0x50006, 0x70008) },
	{ "1:2:3::5:6:7:8", true, V6(0x10002, 0x30000, 0x50006, 0x70008) },
	{ "1::8", true, V6(0x10000, 0, 0, 0x8) },
	{ "0001:0002:0003:0004:0005:0006:0007:0008", true, V6(0x10002, 0x30004, 0x50006, 0x70008) },
	{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true,
	  { .d = { U64_MAX, U64_MAX } } },
	{ "::ffff:102:304", true, V4(1, 2, 3, 4) },
	{ "::ffff:1.2.3.4", true, V4(1, 2, 3, 4) },
	{ "::FFFF:255.255.255.255", true, V4(255, 255, 255, 255) },
	{ "0:0:0:0:0:ffff:102:304", true, V4(1, 2, 3, 4) },
	{ "" }, { ":" }, { ":::" }, { ":1" }, { "1:" }, { "1" }, { "1:2" },
	{ ":1:2:3:4:5:6:7" }, { "1:2:3:4:5:6:7:" }, { "1:2:3:4:5:6:7" },
	{ "1:2:3:4:5:6:7:8:" }, { "1:2:3:4:5:6:7:8:9" }, { "1:2:3:4:5:6:7:8::" },
	{ "1::2:3:4:5:6:7:8" }, { "::1:2:3:4:5:6:7:8" }, { "1:2:3:4:5:6:7::8" },
	{ "1::2::3" }, { "::1::" }, { ":::1" }, { "1:::2" }, { "1::2:" },
	{ "12345::" }, { "::00001" }, { "g::" }, { "::1,2" }, { "::1%eth0" },
	{ "[::1]" }, { "::1/128" }, { "1.2.3.4" }, { "::1.2.3.4" },
	{ "::ffff:1.2.3" }, { "::ffff:1.2.3.256" }, { "::ffff:01.2.3.4" },
	{ "::ffff:a.2.3.4" }, { "::fffe:1.2.3.4" }, { "::fff:1.2.3.4" },
	{ "8:ffff:1.2.3.4" },
	{ "::0:ffff:1.2.3.4" }, { "0:0:0:0:0:ffff:1.2.3.4" },
	{ "64:ff9b::1.2.3.4" }, { "::ffff:1.2.3.4:5" }, { "::ffff:1.2.3.4.5" },
	{ "::ffff:.2.3.4" }, { "::ffff:1234.2.3.4" }, { "1:2:3:4:5:6:1.2.3.4" },
	{ "2001:db8::0x1" }, { "::-1" }, { "1;2::" }, { "::@" }, { "::`" },
	{ "1:2:3:4::5:6:7:8" }, { "::.1" }, { "::1." },
};

static void text_desc(const struct text_case *c, char *desc)
{
	strscpy(desc, *c->text ? c->text : "nothing", KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(v4, v4_cases, text_desc);
KUNIT_ARRAY_PARAM(v6, v6_cases, text_desc);

typedef int scan_fn(const u8 *s, size_t len, struct slc_addr *a);

/* The text and a space behind it, as in a header. */
static int scan_field(scan_fn *scan, const char *text, struct slc_addr *a)
{
	u8 line[64] = "";
	size_t len = strlen(text);
	int n;

	memcpy(line, text, len);
	line[len] = ' ';
	n = scan(line, len + 1, a);
	return n > 0 && line[n] != ' ' ? -EINVAL : n;
}

static void check_text(struct kunit *test, scan_fn *scan)
{
	const struct text_case *c = test->param_value;
	const u8 *text = (const u8 *)c->text;
	struct slc_addr a = {};
	size_t len = strlen(c->text), i;
	int n;

	n = scan_field(scan, c->text, &a);
	if (c->ok) {
		KUNIT_EXPECT_EQ(test, n, (int)len);
		KUNIT_EXPECT_TRUE(test, slc_addr_eq(&a, &c->addr));
		for (i = 0; i <= len; i++)
			KUNIT_EXPECT_EQ(test, scan(text, i, &a), 0);
		return;
	}
	KUNIT_EXPECT_LT(test, n, 0);
	/* once bad, always bad */
	for (i = 0; i < len && !scan(text, i, &a); i++)
		;
	for (; i < len; i++)
		KUNIT_EXPECT_NE(test, scan(text, i, &a), 0);
}

static void ipv4_text_is_read_strictly(struct kunit *test)
{
	check_text(test, slc_addr_scan4);
}

static void ipv6_text_is_read_strictly(struct kunit *test)
{
	check_text(test, slc_addr_scan6);
}

static bool is_hex(unsigned int c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
	       (c >= 'A' && c <= 'F');
}

static void only_hex_digits_are_hex_digits(struct kunit *test)
{
	unsigned int c;

	for (c = 0; c < 256; c++) {
		u8 text[] = { ':', ':', c, ' ' };
		struct slc_addr a;
		int n = slc_addr_scan6(text, sizeof(text), &a);

		KUNIT_EXPECT_EQ_MSG(test, n, is_hex(c) ? 3 : c == ':' ? -EINVAL : 2,
				    "byte %u", c);
	}
}

static void every_octet_is_read(struct kunit *test)
{
	unsigned int v;

	for (v = 0; v < 1000; v++) {
		char text[32];
		struct slc_addr a = {};
		int len = scnprintf(text, sizeof(text), "10.%u.0.%u ", v, v);

		if (v > 255) {
			KUNIT_EXPECT_EQ(test, slc_addr_scan4((u8 *)text, len, &a), -EINVAL);
			continue;
		}
		KUNIT_EXPECT_EQ(test, slc_addr_scan4((u8 *)text, len, &a), len - 1);
		KUNIT_EXPECT_EQ(test, ntohl(slc_addr_v4_get(&a)), 10 << 24 | v << 16 | v);
	}
}

/* Form. */

static void v4_is_held_as_mapped(struct kunit *test)
{
	static const struct slc_addr want = V4(192, 0, 2, 1);
	struct slc_addr a = slc_addr_v4(htonl(0xc0000201));

	KUNIT_EXPECT_TRUE(test, slc_addr_eq(&a, &want));
	KUNIT_EXPECT_TRUE(test, slc_addr_is_v4(&a));
	KUNIT_EXPECT_EQ(test, slc_addr_family(&a), SLC_FAMILY_IPV4);
	KUNIT_EXPECT_EQ(test, ntohl(slc_addr_v4_get(&a)), 0xc0000201);
}

static void each_byte_makes_an_address_differ(struct kunit *test)
{
	struct slc_addr a = V4(10, 0, 0, 1);
	unsigned int i;

	for (i = 0; i < 16; i++) {
		struct slc_addr b = slc_addr_from_bytes(a.b);

		KUNIT_EXPECT_TRUE(test, slc_addr_eq(&a, &b));
		KUNIT_EXPECT_EQ(test, slc_addr_cmp(&a, &b), 0);
		b.b[i] ^= 1;
		KUNIT_EXPECT_FALSE(test, slc_addr_eq(&a, &b));
		KUNIT_EXPECT_EQ(test, slc_addr_cmp(&a, &b) < 0, b.b[i] > a.b[i]);
		KUNIT_EXPECT_EQ(test, slc_addr_is_v4(&b), i >= 12);
	}
}

/* Tuples. */

static const siphash_key_t key = {
	{ 0x0706050403020100ULL, 0x0f0e0d0c0b0a0908ULL }
};

static void siphash_is_the_published_one(struct kunit *test)
{
	u8 in[15];
	unsigned int i;

	for (i = 0; i < sizeof(in); i++)
		in[i] = i;
	KUNIT_EXPECT_EQ(test, siphash(in, sizeof(in), &key), 0xa129ca6149be45e5ULL);
}

static void each_byte_makes_a_tuple_differ(struct kunit *test)
{
	struct slc_tuple a = {
		.src = V4(203, 0, 113, 7), .dst = V4(10, 0, 0, 2),
		.sport = htons(5555), .dport = htons(80),
		.family = SLC_FAMILY_IPV4, .proto = IPPROTO_TCP,
		.side = SLC_SIDE_INNER,
	};
	unsigned int i;

	for (i = 0; i < sizeof(a); i++) {
		struct slc_tuple b = a;

		KUNIT_EXPECT_TRUE(test, slc_tuple_eq(&a, &b));
		KUNIT_EXPECT_EQ(test, slc_tuple_hash(&a, &key), slc_tuple_hash(&b, &key));
		((u8 *)&b)[i] ^= 0x80;
		KUNIT_EXPECT_FALSE(test, slc_tuple_eq(&a, &b));
		KUNIT_EXPECT_NE(test, slc_tuple_hash(&a, &key), slc_tuple_hash(&b, &key));
	}
}

static void the_key_changes_the_hash(struct kunit *test)
{
	static const siphash_key_t other = { { 1, 2 } };
	static const struct slc_tuple t;

	KUNIT_EXPECT_NE(test, slc_tuple_hash(&t, &key), slc_tuple_hash(&t, &other));
}

static void reverse_swaps_the_ends_and_nothing_else(struct kunit *test)
{
	static const struct slc_tuple a = {
		.src = V4(203, 0, 113, 7), .dst = V4(10, 0, 0, 2),
		.sport = cpu_to_be16(5555), .dport = cpu_to_be16(80),
		.family = SLC_FAMILY_IPV6, .proto = IPPROTO_UDP,
		.side = SLC_SIDE_INNER,
	};
	static const struct slc_tuple want = {
		.src = V4(10, 0, 0, 2), .dst = V4(203, 0, 113, 7),
		.sport = cpu_to_be16(80), .dport = cpu_to_be16(5555),
		.family = SLC_FAMILY_IPV6, .proto = IPPROTO_UDP,
		.side = SLC_SIDE_INNER,
	};
	struct slc_tuple b, back;

	slc_tuple_reverse(&b, &a);
	KUNIT_EXPECT_TRUE(test, slc_tuple_eq(&b, &want));
	slc_tuple_reverse(&back, &b);
	KUNIT_EXPECT_TRUE(test, slc_tuple_eq(&back, &a));
}

static struct kunit_case addr_cases[] = {
	KUNIT_CASE_PARAM(source_class_is, class_gen_params),
	KUNIT_CASE_PARAM(ipv4_text_is_read_strictly, v4_gen_params),
	KUNIT_CASE_PARAM(ipv6_text_is_read_strictly, v6_gen_params),
	KUNIT_CASE(only_hex_digits_are_hex_digits),
	KUNIT_CASE(every_octet_is_read),
	KUNIT_CASE(v4_is_held_as_mapped),
	KUNIT_CASE(each_byte_makes_an_address_differ),
	KUNIT_CASE(siphash_is_the_published_one),
	KUNIT_CASE(each_byte_makes_a_tuple_differ),
	KUNIT_CASE(the_key_changes_the_hash),
	KUNIT_CASE(reverse_swaps_the_ends_and_nothing_else),
	{}
};

static struct kunit_suite addr_suite = {
	.name = "slc_addr",
	.test_cases = addr_cases,
};

kunit_test_suite(addr_suite);
