// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "core/cookie.c"
#include "rnd.h"

#define NOW	0x12345678
#define SEQ	0xfffffffe

static const struct slc_cookie_keys keys = {
	.isn = { { 0x0123456789abcdefULL, 0xfedcba9876543210ULL } },
	.ts = { { 0x1111111111111111ULL, 0x2222222222222222ULL } },
};

static struct slc_tuple tuple_of(u8 family)
{
	struct slc_tuple t = {
		.src = slc_addr_v4(cpu_to_be32(0x0a000001)),
		.dst = slc_addr_v4(cpu_to_be32(0x0a000002)),
		.sport = cpu_to_be16(40000),
		.dport = cpu_to_be16(8080),
		.family = family,
		.proto = IPPROTO_TCP,
	};

	if (family == SLC_FAMILY_IPV6) {
		t.src.w[0] = cpu_to_be32(0x20010db8);
		t.dst.w[0] = cpu_to_be32(0x20010db8);
	}
	return t;
}

static const struct slc_cookie_opts plain = { .mss = 1460 };
static const struct slc_cookie_opts full = {
	.mss = 1460, .has_ts = true, .has_wscale = true, .wscale = 7,
	.has_sack = true, .has_ecn = true,
};

/* A cookie for the usual SYN of the usual client. */
static struct slc_cookie usual(struct kunit *test,
			       const struct slc_cookie_opts *wish)
{
	struct slc_tuple t = tuple_of(SLC_FAMILY_IPV4);
	struct slc_cookie_opts o = *wish;
	struct slc_cookie c;

	KUNIT_ASSERT_TRUE(test, slc_cookie_make(&keys, &t, SEQ, NOW, &o, &c));
	return c;
}

/* Would the usual client's ACK be taken? */
static bool taken(const struct slc_cookie *c, u32 seq, u32 count, bool has_ts)
{
	struct slc_tuple t = tuple_of(SLC_FAMILY_IPV4);
	struct slc_cookie_opts o = { .has_ts = has_ts };

	return slc_cookie_check(&keys, &t, seq, c, count, 0, &o);
}

static bool same(const struct slc_cookie_opts *a,
		 const struct slc_cookie_opts *b)
{
	return a->mss == b->mss && a->has_wscale == b->has_wscale &&
	       a->wscale == b->wscale && a->has_sack == b->has_sack &&
	       a->has_ecn == b->has_ecn && a->has_ts == b->has_ts;
}

/* Every MSS, and with it in turn every shift, SACK, ECN and timestamps. */
static void everything_vouched_for_comes_back(struct kunit *test)
{
	static const u8 families[] = { SLC_FAMILY_IPV4, SLC_FAMILY_IPV6 };
	u32 mss, i, f;

	for (f = 0; f < 2; f++) {
		struct slc_tuple t = tuple_of(families[f]);

		for (mss = 0; mss <= 0xffff; mss++) {
			u32 bits = mss;
			struct slc_cookie_opts o = {
				.mss = mss,
				.has_ts = bits & 1,
				.has_sack = bits & 2,
				.has_ecn = bits & 4,
				.has_wscale = bits / 8 % 16 < 15,
			}, wish, got;
			struct slc_cookie c;

			o.wscale = o.has_wscale ? bits / 8 % 16 : 0;
			wish = o;
			if (!slc_cookie_make(&keys, &t, mss, NOW, &o, &c)) {
				KUNIT_ASSERT_LT(test, mss, f ? 1220U : 536U);
				continue;
			}
			KUNIT_ASSERT_GE(test, mss, f ? 1220U : 536U);
			KUNIT_ASSERT_LE(test, o.mss, wish.mss);
			for (i = 0; i < 2; i++) {
				memset(&got, 0xff, sizeof(got));
				got.has_ts = o.has_ts;
				KUNIT_ASSERT_TRUE(test,
						  slc_cookie_check(&keys, &t,
								   mss, &c,
								   NOW + i, 0,
								   &got));
				KUNIT_ASSERT_TRUE(test, same(&got, &o));
			}
			if (!wish.has_ts) {
				KUNIT_ASSERT_EQ(test, c.tsval, 0U);
				KUNIT_ASSERT_FALSE(test, o.has_sack ||
						   o.has_ecn || o.has_wscale);
				continue;
			}
			wish.mss = o.mss;
			KUNIT_ASSERT_TRUE(test, same(&wish, &o));
		}
	}
}

struct mss_case {
	const char *name;
	/* in */
	u8 family;
	u16 mss;
	/* out; 0: no cookie */
	u16 vouched;
};

static const struct mss_case mss_cases[] = {
	{ "v4_too_small", SLC_FAMILY_IPV4, 535, 0 },
	{ "v4_smallest", SLC_FAMILY_IPV4, 536, 536 },
	{ "v4_below_tunnel", SLC_FAMILY_IPV4, 1359, 536 },
	{ "v4_tunnel", SLC_FAMILY_IPV4, 1360, 1360 },
	{ "v4_below_ethernet", SLC_FAMILY_IPV4, 1459, 1360 },
	{ "v4_ethernet", SLC_FAMILY_IPV4, 1460, 1460 },
	{ "v4_jumbo", SLC_FAMILY_IPV4, 8960, 8960 },
	{ "v4_loopback", SLC_FAMILY_IPV4, 65495, 8960 },
	{ "v6_too_small", SLC_FAMILY_IPV6, 1219, 0 },
	{ "v6_smallest", SLC_FAMILY_IPV6, 1220, 1220 },
	{ "v6_ethernet", SLC_FAMILY_IPV6, 1440, 1440 },
	{ "v6_jumbo", SLC_FAMILY_IPV6, 8940, 8940 },
};

static void mss_case_desc(const struct mss_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(mss, mss_cases, mss_case_desc);

static void mss_is_rounded_down(struct kunit *test)
{
	const struct mss_case *p = test->param_value;
	struct slc_cookie_opts o = { .mss = p->mss };
	struct slc_tuple t = tuple_of(p->family);
	struct slc_cookie c;

	KUNIT_ASSERT_EQ(test, slc_cookie_make(&keys, &t, SEQ, NOW, &o, &c),
			!!p->vouched);
	if (p->vouched)
		KUNIT_EXPECT_EQ(test, o.mss, p->vouched);
}

static void cookie_lives_for_two_periods(struct kunit *test)
{
	struct slc_cookie c = usual(test, &full), d = usual(test, &plain);
	u32 age;

	for (age = 0; age < 1000; age++) {
		KUNIT_ASSERT_EQ(test, taken(&c, SEQ, NOW + age, true), age < 2);
		KUNIT_ASSERT_EQ(test, taken(&d, SEQ, NOW + age, false),
				age < 2);
	}
	/* Nor one from the future, nor when the counter's low bits return. */
	KUNIT_EXPECT_FALSE(test, taken(&d, SEQ, NOW - 1, false));
	KUNIT_EXPECT_FALSE(test, taken(&d, SEQ, NOW + 0x10000, false));
	KUNIT_EXPECT_FALSE(test, taken(&d, SEQ, NOW ^ 0x80000000, false));
}

/* The counter itself may wrap between cookie and ACK. */
static void counter_wraps(struct kunit *test)
{
	struct slc_tuple t = tuple_of(SLC_FAMILY_IPV4);
	struct slc_cookie_opts o = plain;
	struct slc_cookie c;

	slc_cookie_make(&keys, &t, SEQ, 0xffffffff, &o, &c);
	KUNIT_EXPECT_TRUE(test, taken(&c, SEQ, 0xffffffff, false));
	KUNIT_EXPECT_TRUE(test, taken(&c, SEQ, 0, false));
	KUNIT_EXPECT_FALSE(test, taken(&c, SEQ, 1, false));
}

/* The kernel's cookie lets the first three pass: facts of life elsewhere. */
static void sequence_off_by_k_is_refused(struct kunit *test)
{
	struct slc_cookie c = usual(test, &plain), d = usual(test, &full);
	struct slc_cookie e;
	int k;

	for (k = -70000; k <= 70000; k++) {
		KUNIT_ASSERT_EQ(test, taken(&c, SEQ + k, NOW, false), !k);
		KUNIT_ASSERT_EQ(test, taken(&d, SEQ + k, NOW, true), !k);
		e = c;
		e.isn += k;
		KUNIT_ASSERT_EQ(test, taken(&e, SEQ, NOW, false), !k);
		/* Nor do two errors make up for each other. */
		KUNIT_ASSERT_EQ(test, taken(&e, SEQ + k, NOW, false), !k);
	}
}

static void any_wrong_bit_is_refused(struct kunit *test)
{
	struct slc_cookie c = usual(test, &full), e;
	struct slc_tuple good = tuple_of(SLC_FAMILY_IPV4), t;
	struct slc_cookie_opts o;
	int i;

	for (i = 0; i < 32; i++) {
		KUNIT_ASSERT_FALSE(test, taken(&c, SEQ ^ 1U << i, NOW, true));
		e = c;
		e.isn ^= 1U << i;
		KUNIT_ASSERT_FALSE(test, taken(&e, SEQ, NOW, true));
		KUNIT_ASSERT_FALSE(test, taken(&e, SEQ, NOW + 1, true));
		e = c;
		e.tsval ^= 1U << i;
		KUNIT_ASSERT_FALSE(test, taken(&e, SEQ, NOW, true));
	}
	for (i = 0; i < (int)sizeof(t) * 8; i++) {
		t = good;
		((u8 *)&t)[i / 8] ^= 1 << i % 8;
		o = (struct slc_cookie_opts){ .has_ts = true };
		KUNIT_ASSERT_FALSE(test, slc_cookie_check(&keys, &t, SEQ, &c,
							  NOW, 0, &o));
	}
	/* The same ports and addresses, the other way round. */
	slc_tuple_reverse(&t, &good);
	KUNIT_EXPECT_FALSE(test, slc_cookie_check(&keys, &t, SEQ, &c, NOW, 0,
						  &o));
}

static void other_keys_are_refused(struct kunit *test)
{
	struct slc_tuple t = tuple_of(SLC_FAMILY_IPV4);
	struct slc_cookie c = usual(test, &full);
	struct slc_cookie_opts o = { .has_ts = true };
	struct slc_cookie_keys other = keys;

	KUNIT_ASSERT_TRUE(test, slc_cookie_check(&other, &t, SEQ, &c, NOW, 0,
						 &o));
	other.ts.key[1]++;
	KUNIT_EXPECT_FALSE(test, slc_cookie_check(&other, &t, SEQ, &c, NOW, 0,
						  &o));
	other = keys;
	other.isn.key[0]++;
	KUNIT_EXPECT_FALSE(test, slc_cookie_check(&other, &t, SEQ, &c, NOW, 0,
						  &o));
}

/* Leaving timestamps out must not make a 2^-55 guess a 2^-29 one. */
static void timestamps_cannot_be_left_out_or_added(struct kunit *test)
{
	struct slc_cookie c = usual(test, &full), d = usual(test, &plain);

	KUNIT_EXPECT_FALSE(test, taken(&c, SEQ, NOW, false));
	KUNIT_EXPECT_FALSE(test, taken(&d, SEQ, NOW, true));
}

static void low_steps_can_be_refused(struct kunit *test)
{
	struct slc_tuple t = tuple_of(SLC_FAMILY_IPV4);
	struct slc_cookie c = usual(test, &plain);
	struct slc_cookie_opts o = plain;

	KUNIT_EXPECT_TRUE(test, slc_cookie_check(&keys, &t, SEQ, &c, NOW, 1460,
						 &o));
	KUNIT_EXPECT_FALSE(test, slc_cookie_check(&keys, &t, SEQ, &c, NOW, 1461,
						  &o));
}

static void blind_acks_are_refused(struct kunit *test)
{
	struct slc_tuple t = tuple_of(SLC_FAMILY_IPV4);
	struct slc_cookie_opts o = { 0 };
	struct slc_cookie c;
	u64 seed = 1;
	u32 n;

	for (n = 0; n < 1U << 20; n++) {
		u64 r = rnd(&seed);

		c.isn = r;
		c.tsval = r >> 32;
		o.has_ts = n & 1;
		KUNIT_ASSERT_FALSE(test, slc_cookie_check(&keys, &t, SEQ, &c,
							  NOW, 0, &o));
	}
}

/* The sequence number known, say overheard: the timestamp still guards. */
static void blind_timestamps_are_refused(struct kunit *test)
{
	struct slc_cookie good = usual(test, &full), c = good;
	u64 seed = 2;
	u32 n;

	for (n = 0; n < 1U << 18; n++) {
		c.tsval = rnd(&seed);
		KUNIT_ASSERT_EQ(test, taken(&c, SEQ, NOW, true),
				c.tsval == good.tsval);
	}
}

/* Any of the 64 data values, under a good sequence number: only our own. */
static void data_cannot_be_exchanged(struct kunit *test)
{
	struct slc_cookie good = usual(test, &full), c = good;
	u32 data;

	for (data = 0; data < 64; data++) {
		c.tsval = (good.tsval & ~63U) | data;
		KUNIT_EXPECT_EQ(test, taken(&c, SEQ, NOW, true),
				c.tsval == good.tsval);
	}
}

/* For one SYN: one number a step and counter, 8 of 2^32 in all. */
static void eight_numbers_are_good(struct kunit *test)
{
	static const u16 steps[] = { 536, 1360, 1460, 8960 };
	u32 isn[8], i, j;

	for (i = 0; i < 8; i++) {
		struct slc_tuple t = tuple_of(SLC_FAMILY_IPV4);
		struct slc_cookie_opts o = { .mss = steps[i / 2] };
		struct slc_cookie c;

		slc_cookie_make(&keys, &t, SEQ, NOW - i % 2, &o, &c);
		KUNIT_EXPECT_TRUE(test, taken(&c, SEQ, NOW, false));
		KUNIT_EXPECT_EQ(test, c.isn >> 31, (NOW - i % 2) & 1);
		KUNIT_EXPECT_EQ(test, c.isn >> 29 & 3, i / 2);
		isn[i] = c.isn;
		for (j = 0; j < i; j++)
			KUNIT_EXPECT_NE(test, isn[i], isn[j]);
	}
}

/*
 * Chi-square over the low and the high byte of what neighbours get; 255
 * degrees of freedom exceed 400 once in 10^8.
 */
static void check_spread(struct kunit *test, u32 (*get)(u32 n))
{
	static u32 low[256], high[256];
	u64 chi_low = 0, chi_high = 0;
	u32 n, v;

	memset(low, 0, sizeof(low));
	memset(high, 0, sizeof(high));
	for (n = 0; n < 1U << 16; n++) {
		v = get(n);
		low[v & 0xff]++;
		high[v >> 24]++;
	}
	for (n = 0; n < 256; n++) {
		s64 a = (s64)low[n] - 256, b = (s64)high[n] - 256;

		chi_low += a * a;
		chi_high += b * b;
	}
	KUNIT_EXPECT_LT(test, chi_low / 256, 400ULL);
	KUNIT_EXPECT_LT(test, chi_high / 256, 400ULL);
}

static struct slc_tuple nth_tuple(u32 n)
{
	struct slc_tuple t = tuple_of(SLC_FAMILY_IPV4);

	t.sport = cpu_to_be16(n);
	return t;
}

static u32 nth_isn(u32 n)
{
	struct slc_tuple t = nth_tuple(n);

	return slc_isn(&keys.isn, &t, 0);
}

static u32 nth_ts_offset(u32 n)
{
	struct slc_tuple t = nth_tuple(n);

	return slc_ts_offset(&keys.ts, &t);
}

/* The highest 3 bits are not the MAC's. */
static u32 nth_cookie(u32 n)
{
	struct slc_tuple t = nth_tuple(n);
	struct slc_cookie_opts o = plain;
	struct slc_cookie c;

	slc_cookie_make(&keys, &t, SEQ, NOW, &o, &c);
	return (c.isn << 3 & 0xff000000) | (c.isn & 0xff);
}

/* Nor the lowest 6 of the timestamp. */
static u32 nth_cookie_ts(u32 n)
{
	struct slc_tuple t = nth_tuple(n);
	struct slc_cookie_opts o = full;
	struct slc_cookie c;

	slc_cookie_make(&keys, &t, SEQ, NOW, &o, &c);
	return (c.tsval & 0xff000000) | (c.tsval >> 6 & 0xff);
}

static void numbers_of_neighbours_are_unrelated(struct kunit *test)
{
	check_spread(test, nth_isn);
	check_spread(test, nth_ts_offset);
	check_spread(test, nth_cookie);
	check_spread(test, nth_cookie_ts);
}

static void isn_grows_with_the_clock(struct kunit *test)
{
	struct slc_tuple t = tuple_of(SLC_FAMILY_IPV6);
	u32 first = slc_isn(&keys.isn, &t, 0);

	KUNIT_EXPECT_EQ(test, slc_isn(&keys.isn, &t, 15625), first + 15625);
	KUNIT_EXPECT_EQ(test, slc_isn(&keys.isn, &t, 0xffffffff), first - 1);
	KUNIT_EXPECT_NE(test, slc_isn(&keys.ts, &t, 0), first);
}

static struct kunit_case cookie_cases[] = {
	KUNIT_CASE(everything_vouched_for_comes_back),
	KUNIT_CASE_PARAM(mss_is_rounded_down, mss_gen_params),
	KUNIT_CASE(cookie_lives_for_two_periods),
	KUNIT_CASE(counter_wraps),
	KUNIT_CASE(sequence_off_by_k_is_refused),
	KUNIT_CASE(any_wrong_bit_is_refused),
	KUNIT_CASE(other_keys_are_refused),
	KUNIT_CASE(timestamps_cannot_be_left_out_or_added),
	KUNIT_CASE(low_steps_can_be_refused),
	KUNIT_CASE(blind_acks_are_refused),
	KUNIT_CASE(blind_timestamps_are_refused),
	KUNIT_CASE(data_cannot_be_exchanged),
	KUNIT_CASE(eight_numbers_are_good),
	KUNIT_CASE(numbers_of_neighbours_are_unrelated),
	KUNIT_CASE(isn_grows_with_the_clock),
	{}
};

static struct kunit_suite cookie_suite = {
	.name = "slc_cookie",
	.test_cases = cookie_cases,
};

kunit_test_suite(cookie_suite);
