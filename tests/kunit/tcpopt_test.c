// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "core/tcpopt.c"
#include "rnd.h"
#include "tcpopt_ref.h"

struct parse_case {
	const char *name;
	/* in */
	const char *bytes;
	unsigned int len;
	bool syn;
	/* out */
	struct slc_tcpopts o;
};

#define BYTES(s)	.bytes = s, .len = sizeof(s) - 1

static const struct parse_case parse_cases[] = {
	{
		.name = "none",
		BYTES(""), .syn = true,
	}, {
		.name = "linux_syn",
		BYTES("\x02\x04\x05\xb4\x04\x02\x08\x0a\x01\x02\x03\x04"
		      "\x00\x00\x00\x00\x01\x03\x03\x07"), .syn = true,
		.o = { .mss = 1460, .sack_perm = true, .has_ts = true,
		       .tsval = 0x01020304, .has_wscale = true, .wscale = 7 },
	}, {
		.name = "syn_options_without_syn_do_not_count",
		BYTES("\x02\x04\x05\xb4\x04\x02\x03\x03\x07\x00"),
	}, {
		.name = "aligned_timestamp",
		BYTES("\x01\x01\x08\x0a\x80\x00\x00\x01\xff\xff\xff\xfe"),
		.o = { .has_ts = true, .tsval = 0x80000001,
		       .tsecr = 0xfffffffe },
	}, {
		.name = "timestamp_at_odd_offset",
		BYTES("\x01\x08\x0a\x80\x00\x00\x01\xff\xff\xff\xfe\x00"),
		.o = { .has_ts = true, .tsval = 0x80000001,
		       .tsecr = 0xfffffffe },
	}, {
		.name = "last_of_duplicates_wins",
		BYTES("\x02\x04\x05\xb4\x02\x04\x02\x18\x03\x03\x01"
		      "\x03\x03\x02"), .syn = true,
		.o = { .mss = 536, .has_wscale = true, .wscale = 2 },
	}, {
		.name = "mss_zero_is_none",
		BYTES("\x02\x04\x05\xb4\x02\x04\x00\x00"), .syn = true,
		.o = { .mss = 1460 },
	}, {
		.name = "wscale_above_14_is_14",
		BYTES("\x03\x03\x0f\x01"), .syn = true,
		.o = { .has_wscale = true, .wscale = 14 },
	}, {
		.name = "wrong_lengths_are_skipped",
		BYTES("\x02\x03\x05\x03\x02\x04\x03\x00\x08\x06\x01\x02\x03\x04"
		      "\x05\x0b\x01\x02\x03\x04\x05\x06\x07\x08\x09"
		      "\x02\x04\x01\x00"), .syn = true,
		.o = { .mss = 256 },
	}, {
		.name = "nothing_after_end_of_list",
		BYTES("\x02\x04\x05\xb4\x00\x03\x03\x07"), .syn = true,
		.o = { .mss = 1460 },
	}, {
		.name = "tail_that_runs_past_the_end",
		BYTES("\x02\x04\x05\xb4\x08\x0a\x01\x02"), .syn = true,
		.o = { .mss = 1460 },
	}, {
		.name = "length_of_one",
		BYTES("\x02\x01\x03\x03\x07\x00"), .syn = true,
	}, {
		.name = "kind_alone_at_the_end",
		BYTES("\x01\x01\x01\x02"), .syn = true,
	}, {
		.name = "sack_is_left_to_translation",
		BYTES("\x05\x0a\x01\x01\x01\x01\x02\x02\x02\x02"
		      "\x08\x0a\x00\x00\x00\x01\x00\x00\x00\x02"),
		.o = { .has_ts = true, .tsval = 1, .tsecr = 2 },
	}, {
		.name = "options_of_others_are_passed_over",
		BYTES("\x13\x02\x1d\x02\x1e\x02\x22\x02\xac\x02"
		      "\xfe\x04\xf9\x89\x02\x04\x05\xb4"), .syn = true,
		.o = { .mss = 1460 },
	},
};

static void parse_case_desc(const struct parse_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(parse, parse_cases, parse_case_desc);

/* A copy without slack, so that KASAN and ASan see a byte read too many. */
static u8 *exact(struct kunit *test, const void *bytes, unsigned int len)
{
	u8 *p = kunit_kzalloc(test, len, GFP_KERNEL);

	KUNIT_ASSERT_TRUE(test, p || !len);
	if (len && bytes)
		memcpy(p, bytes, len);
	return p;
}

static void parses(struct kunit *test)
{
	const struct parse_case *c = test->param_value;
	struct slc_tcpopts o;

	slc_tcpopt_parse(exact(test, c->bytes, c->len), c->len, c->syn, &o);
	KUNIT_EXPECT_EQ(test, o.mss, c->o.mss);
	KUNIT_EXPECT_EQ(test, o.has_wscale, c->o.has_wscale);
	KUNIT_EXPECT_EQ(test, o.wscale, c->o.wscale);
	KUNIT_EXPECT_EQ(test, o.sack_perm, c->o.sack_perm);
	KUNIT_EXPECT_EQ(test, o.has_ts, c->o.has_ts);
	KUNIT_EXPECT_EQ(test, o.tsval, c->o.tsval);
	KUNIT_EXPECT_EQ(test, o.tsecr, c->o.tsecr);
}

/* Bytes that mean something as a kind or as a length, and some that do not. */
static const u8 telling[] = {
	0, 1, 2, 3, 4, 5, 6, 8, 10, 18, 19, 26, 29, 30, 34, 40, 172, 174, 253,
	254, 255, 0xf9, 0x89,
};

static bool agrees(const u8 *p, unsigned int len)
{
	struct slc_tcpopts o, ref;
	int syn;

	for (syn = 0; syn < 2; syn++) {
		slc_tcpopt_parse(p, len, syn, &o);
		ref_parse(p, len, syn, &ref);
		if (!ref_same(&o, &ref))
			return false;
	}
	return true;
}

static void all_tails_of_two_bytes(struct kunit *test)
{
	u8 *one = exact(test, NULL, 1), *two = exact(test, NULL, 2);
	u32 i;

	for (i = 0; i < 0x10000; i++) {
		one[0] = i >> 8;
		put_unaligned_be16(i, two);
		KUNIT_ASSERT_TRUE(test, agrees(one, 1));
		KUNIT_ASSERT_TRUE(test, agrees(two, 2));
	}
}

static void all_telling_tails_of_three_and_four_bytes(struct kunit *test)
{
	const u32 n = ARRAY_SIZE(telling);
	u8 *three = exact(test, NULL, 3), *four = exact(test, NULL, 4);
	u32 i;

	for (i = 0; i < n * n * n * n; i++) {
		four[0] = telling[i % n];
		four[1] = telling[i / n % n];
		four[2] = telling[i / n / n % n];
		four[3] = telling[i / n / n / n];
		KUNIT_ASSERT_TRUE(test, agrees(four, 4));
		if (four[3])
			continue;
		memcpy(three, four, 3);
		KUNIT_ASSERT_TRUE(test, agrees(three, 3));
	}
}

/* Each short tail behind each well-formed beginning, up to the full 40. */
static void tails_behind_whole_options(struct kunit *test)
{
	static const char *const heads[] = {
		"\x01", "\x08\x0a\x01\x02\x03\x04\x05\x06\x07\x08",
		"\x02\x04\x05\xb4", "\x03\x03\x07",
		"\x05\x0a\x01\x02\x03\x04\x05\x06\x07\x08",
	};
	static const u8 sizes[] = { 1, 10, 4, 3, 10 };
	u64 seed = 1;
	unsigned int len, n, i;
	u8 *areas[41];
	u8 *p;

	for (len = 0; len <= 40; len++)
		areas[len] = exact(test, NULL, len);
	for (n = 0; n < 400000; n++) {
		unsigned int at = 0;

		len = rnd_below(&seed, 41);
		p = areas[len];
		for (;;) {
			i = rnd_below(&seed, ARRAY_SIZE(heads) + 1);
			if (i == ARRAY_SIZE(heads) || at + sizes[i] > len)
				break;
			memcpy(p + at, heads[i], sizes[i]);
			at += sizes[i];
		}
		while (at < len)
			p[at++] = telling[rnd_below(&seed, ARRAY_SIZE(telling))];
		KUNIT_ASSERT_TRUE(test, agrees(p, len));
	}
}

static void build_and_parse_are_inverse(struct kunit *test)
{
	static const u16 mss[] = { 0, 1, 536, 1460, 65535 };
	u8 *buf = exact(test, NULL, SLC_TCPOPT_BUILD_MAX);
	unsigned int i;

	for (i = 0; i < 5 * 2 * 2 * 16; i++) {
		struct slc_tcpopts o = {
			.mss = mss[i % 5],
			.sack_perm = i / 5 % 2,
			.has_ts = i / 10 % 2,
			.has_wscale = i / 20 < 15,
			.wscale = i / 20 < 15 ? i / 20 : 0,
		};
		struct slc_tcpopts got;
		unsigned int len;

		if (o.has_ts) {
			o.tsval = 0xdeadbeef;
			o.tsecr = 0x12345678;
		}
		len = slc_tcpopt_build(buf, &o);
		KUNIT_ASSERT_LE(test, len, (u32)SLC_TCPOPT_BUILD_MAX);
		KUNIT_ASSERT_EQ(test, len % 4, 0U);
		KUNIT_ASSERT_EQ(test, len == 0, !o.mss && !o.sack_perm &&
				!o.has_ts && !o.has_wscale);
		slc_tcpopt_parse(buf, len, true, &got);
		KUNIT_ASSERT_TRUE(test, ref_same(&o, &got));
		/* SACK permitted leads only where it shares the TS words. */
		if (o.mss && o.sack_perm)
			KUNIT_ASSERT_EQ(test, buf[0], SLC_TCPOPT_MSS);
	}
}

struct build_case {
	const char *name;
	/* in */
	struct slc_tcpopts o;
	/* out, as Linux writes it */
	const char *bytes;
	unsigned int len;
};

static const struct build_case build_cases[] = {
	{
		.name = "syn_with_everything",
		.o = { .mss = 1460, .sack_perm = true, .has_ts = true,
		       .tsval = 0x01020304, .has_wscale = true, .wscale = 7 },
		BYTES("\x02\x04\x05\xb4\x04\x02\x08\x0a\x01\x02\x03\x04"
		      "\x00\x00\x00\x00\x01\x03\x03\x07"),
	}, {
		.name = "syn_without_sack",
		.o = { .mss = 1460, .has_ts = true, .tsval = 1, .tsecr = 2 },
		BYTES("\x02\x04\x05\xb4\x01\x01\x08\x0a\x00\x00\x00\x01"
		      "\x00\x00\x00\x02"),
	}, {
		.name = "syn_without_timestamps",
		.o = { .mss = 1460, .sack_perm = true, .has_wscale = true },
		BYTES("\x02\x04\x05\xb4\x01\x01\x04\x02\x01\x03\x03\x00"),
	}, {
		.name = "plain_ack",
		.o = { .has_ts = true, .tsval = 1, .tsecr = 2 },
		BYTES("\x01\x01\x08\x0a\x00\x00\x00\x01\x00\x00\x00\x02"),
	},
};

static void build_case_desc(const struct build_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(build, build_cases, build_case_desc);

static void builds(struct kunit *test)
{
	const struct build_case *c = test->param_value;
	u8 *buf = exact(test, NULL, SLC_TCPOPT_BUILD_MAX);

	KUNIT_ASSERT_EQ(test, slc_tcpopt_build(buf, &c->o), c->len);
	KUNIT_EXPECT_EQ(test, memcmp(buf, c->bytes, c->len), 0);
}

static struct kunit_case tcpopt_cases[] = {
	KUNIT_CASE_PARAM(parses, parse_gen_params),
	KUNIT_CASE(all_tails_of_two_bytes),
	KUNIT_CASE(all_telling_tails_of_three_and_four_bytes),
	KUNIT_CASE(tails_behind_whole_options),
	KUNIT_CASE(build_and_parse_are_inverse),
	KUNIT_CASE_PARAM(builds, build_gen_params),
	{}
};

static struct kunit_suite tcpopt_suite = {
	.name = "slc_tcpopt",
	.test_cases = tcpopt_cases,
};

kunit_test_suite(tcpopt_suite);
