// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "core/csum.h"
#include "csum_ref.h"
#include "rnd.h"

#define LEN	48
#define ROUNDS	2000

static __sum16 check_of(const u8 *p, unsigned int len)
{
	return ref_field(ref_check(ref_sum(0, p, len)));
}

/* Every so often a value that makes carries run through, or none at all. */
static u32 awkward(u64 *seed)
{
	static const u32 values[] = { 0, 0xffffffff, 0xffff, 0xffff0000, 1 };
	u32 i = rnd_below(seed, 2 * ARRAY_SIZE(values));

	return i < ARRAY_SIZE(values) ? values[i] : rnd(seed);
}

static void fill(u64 *seed, u8 *p)
{
	unsigned int i;

	rnd_bytes(seed, p, LEN);
	for (i = 0; i < LEN; i += 4)
		put_unaligned_be32(awkward(seed), p + i);
}

static void replace4_at_any_offset_equals_full_sum(struct kunit *test)
{
	u64 seed = 1;
	u32 from, to;
	u8 p[LEN];
	int n;

	for (n = 0; n < ROUNDS * 4; n++) {
		unsigned int off = n % (LEN - 3);
		struct slc_csum c = { 0 };
		__sum16 check;

		fill(&seed, p);
		check = check_of(p, LEN);
		from = get_unaligned_be32(p + off);
		to = awkward(&seed);
		put_unaligned_be32(to, p + off);
		slc_csum_replace4_at(&c, off, cpu_to_be32(from),
				     cpu_to_be32(to));
		KUNIT_ASSERT_EQ(test, (__force u16)slc_csum_apply(check, &c),
				(__force u16)check_of(p, LEN));
		if (off & 1)
			continue;
		c.sum = 0;
		slc_csum_replace4(&c, cpu_to_be32(from), cpu_to_be32(to));
		KUNIT_ASSERT_EQ(test, (__force u16)slc_csum_apply(check, &c),
				(__force u16)check_of(p, LEN));
	}
}

static void replace2_and_replace1_equal_full_sum(struct kunit *test)
{
	u64 seed = 2;
	u8 p[LEN];
	int n;

	for (n = 0; n < ROUNDS; n++) {
		unsigned int off2 = n % (LEN / 2) * 2, off1 = n % LEN;
		struct slc_csum c = { 0 };
		__sum16 check;
		u16 from, to;
		u8 byte;

		fill(&seed, p);
		check = check_of(p, LEN);
		from = get_unaligned_be16(p + off2);
		to = awkward(&seed);
		put_unaligned_be16(to, p + off2);
		slc_csum_replace2(&c, cpu_to_be16(from), cpu_to_be16(to));
		byte = awkward(&seed);
		slc_csum_replace1_at(&c, off1, p[off1], byte);
		p[off1] = byte;
		KUNIT_ASSERT_EQ(test, (__force u16)slc_csum_apply(check, &c),
				(__force u16)check_of(p, LEN));
	}
}

/* An address of one family in place of one of the other, in a longer whole. */
static void replace_bytes_of_unequal_length_equals_full_sum(struct kunit *test)
{
	static const unsigned int lens[] = { 0, 4, 8, 16, 32 };
	u8 old[LEN], new[LEN], rest[LEN];
	u64 seed = 3;
	int n;

	for (n = 0; n < ROUNDS; n++) {
		unsigned int from = lens[rnd_below(&seed, ARRAY_SIZE(lens))];
		unsigned int to = lens[rnd_below(&seed, ARRAY_SIZE(lens))];
		struct slc_csum c = { 0 };
		u16 before, after;

		fill(&seed, old);
		fill(&seed, new);
		fill(&seed, rest);
		rest[0] = 1;	/* all zero is no packet: 0 and 0xffff differ */
		before = ref_check(ref_sum(ref_sum(0, rest, LEN), old, from));
		after = ref_check(ref_sum(ref_sum(0, rest, LEN), new, to));
		slc_csum_replace_bytes(&c, old, from, new, to);
		KUNIT_ASSERT_EQ(test,
				ref_host(slc_csum_apply(ref_field(before), &c)),
				after);
	}
}

static void many_changes_add_up(struct kunit *test)
{
	struct slc_csum c = { 0 }, half = { 0 };
	u64 seed = 4;
	__sum16 check;
	u8 p[LEN];
	int n;

	fill(&seed, p);
	check = check_of(p, LEN);
	for (n = 0; n < ROUNDS; n++) {
		unsigned int off = rnd_below(&seed, LEN - 3);
		u32 to = awkward(&seed);

		slc_csum_replace4_at(n & 1 ? &half : &c, off,
				     cpu_to_be32(get_unaligned_be32(p + off)),
				     cpu_to_be32(to));
		put_unaligned_be32(to, p + off);
	}
	slc_csum_merge(&c, &half);
	KUNIT_EXPECT_EQ(test, (__force u16)slc_csum_apply(check, &c),
			(__force u16)check_of(p, LEN));
}

static void wrong_checksum_stays_wrong_by_as_much(struct kunit *test)
{
	u64 seed = 5;
	u8 p[LEN];
	int n;

	for (n = 0; n < ROUNDS; n++) {
		unsigned int off = rnd_below(&seed, LEN - 3);
		u16 error = 1 + rnd_below(&seed, 0xfffe);
		struct slc_csum c = { 0 };
		u32 to = awkward(&seed);
		u16 check, wrong;

		fill(&seed, p);
		check = ref_host(check_of(p, LEN));
		wrong = ref_fold((u32)check + error);
		slc_csum_replace4_at(&c, off,
				     cpu_to_be32(get_unaligned_be32(p + off)),
				     cpu_to_be32(to));
		put_unaligned_be32(to, p + off);
		wrong = ref_host(slc_csum_apply(ref_field(wrong), &c));
		KUNIT_ASSERT_NE(test, ref_fold(ref_sum(wrong, p, LEN)), 0xffff);
		check = ref_host(check_of(p, LEN));
		/* Equal, or the two faces of zero. */
		KUNIT_ASSERT_EQ(test, wrong % 0xffff,
				ref_fold((u32)check + error) % 0xffff);
	}
}

static void no_change_leaves_any_check_alone(struct kunit *test)
{
	struct slc_csum c = { 0 };
	u32 check;

	for (check = 0; check <= 0xffff; check++)
		KUNIT_ASSERT_EQ(test, (__force u16)
				slc_csum_apply((__force __sum16)check, &c),
				check);
}

static void negate_takes_back(struct kunit *test)
{
	u64 seed = 6;
	int n;

	for (n = 0; n < ROUNDS; n++) {
		struct slc_csum c = { 0 }, neg;
		__sum16 check = (__force __sum16)(u16)rnd_below(&seed, 0xffff);

		slc_csum_replace4_at(&c, n & 1, cpu_to_be32(awkward(&seed)),
				     cpu_to_be32(awkward(&seed)));
		neg = slc_csum_negate(&c);
		KUNIT_ASSERT_EQ(test, (__force u16)
				slc_csum_apply(slc_csum_apply(check, &c), &neg),
				(__force u16)check);
	}
}

/* CHECKSUM_PARTIAL: the field holds the pseudo-header's sum, as it is. */
static void partial_follows_the_pseudo_header(struct kunit *test)
{
	u8 old[LEN], new[LEN];
	u64 seed = 7;
	int n;

	for (n = 0; n < ROUNDS; n++) {
		struct slc_csum c = { 0 };
		u16 from, to, diff;

		fill(&seed, old);
		fill(&seed, new);
		old[11] = 6;	/* protocol and length: never all zero */
		new[11] = 6;
		from = ref_fold(ref_sum(0, old, 12));
		to = ref_fold(ref_sum(0, new, 12));
		slc_csum_replace_bytes(&c, old, 12, new, 12);
		diff = slc_csum_fold(c.sum);
		KUNIT_ASSERT_EQ(test, to,
				ref_host(slc_csum_apply_partial(ref_field(from),
								diff)));
	}
}

/*
 * CHECKSUM_COMPLETE: the device summed the segment. Ports change and so does
 * the pseudo-header; the check field takes both, so only the latter shows in
 * the sum, the other way round.
 */
static void complete_moves_against_the_pseudo_header(struct kunit *test)
{
	u8 seg[LEN], old[LEN], new[LEN];
	u64 seed = 8;
	int n;

	for (n = 0; n < ROUNDS; n++) {
		struct slc_csum pseudo = { 0 }, all = { 0 };
		u32 port = rnd(&seed);
		__sum16 check;
		__wsum sum;
		u16 all_of;

		fill(&seed, seg);
		fill(&seed, old);
		fill(&seed, new);
		all_of = ref_fold(ref_sum(0, seg, LEN));
		sum = (__force __wsum)(u32)ref_field(all_of);

		slc_csum_replace_bytes(&pseudo, old, 8, new, 8);
		all = pseudo;
		slc_csum_replace4(&all, cpu_to_be32(get_unaligned_be32(seg)),
				  cpu_to_be32(port));
		put_unaligned_be32(port, seg);
		memcpy(&check, seg + 16, 2);
		check = slc_csum_apply(check, &all);
		memcpy(seg + 16, &check, 2);

		pseudo = slc_csum_negate(&pseudo);
		sum = slc_csum_apply_wsum(sum, &pseudo);
		all_of = ref_fold(ref_sum(0, seg, LEN));
		KUNIT_ASSERT_EQ(test, slc_csum_fold((__force u32)sum) % 0xffff,
				(__force u16)ref_field(all_of) % 0xffff);
	}
}

static void complete_carries_at_the_top(struct kunit *test)
{
	struct slc_csum c = { .sum = 0x1ffffffffULL };
	__wsum sum = (__force __wsum)0xffffffff;

	/* One and zero in one's complement. */
	KUNIT_EXPECT_EQ(test, (__force u32)slc_csum_apply_wsum(sum, &c), 1U);
}

static void fold_is_zero_for_zero_only(struct kunit *test)
{
	static const u64 sums[] = {
		0xffff, 0xffffffff, 0x1fffe, 0xffff0000, ~0ULL, ~0ULL - 0xffff,
		0x1fffffffeULL, 0x10000ULL * 0xffff,
	};
	unsigned int i;

	KUNIT_EXPECT_EQ(test, slc_csum_fold(0), 0);
	for (i = 0; i < ARRAY_SIZE(sums); i++)
		KUNIT_EXPECT_EQ(test, slc_csum_fold(sums[i]), 0xffff);
	KUNIT_EXPECT_EQ(test, slc_csum_fold(0x10000), 1);
	KUNIT_EXPECT_EQ(test, slc_csum_fold(1ULL << 63), 0x8000);
	KUNIT_EXPECT_EQ(test, slc_csum_fold(0x10000ffffffffULL), 1);
}

/* What every packet takes, against what it stands for. */
static void short_forms_equal_the_long_ones(struct kunit *test)
{
	static const u64 diffs[] = { 0, 1, 0xfffe, 0xffff, 0x10000, 0xfffeffff,
				     0xffffffff, 0x1fffffffe, 0x123456789abcdef };
	struct slc_csum c;
	unsigned int i;
	__sum16 check;
	u32 n;
	u16 diff;

	for (i = 0; i < ARRAY_SIZE(diffs); i++) {
		c.sum = diffs[i];
		diff = slc_csum_fold(c.sum);
		for (n = 0; n <= 0xffff; n++) {
			check = (__force __sum16)(u16)n;
			KUNIT_ASSERT_EQ(test, (__force u16)
					slc_csum_apply16(check, diff),
					(__force u16)
					slc_csum_apply(check, &c));
			KUNIT_ASSERT_EQ(test, slc_csum_add16(n, diff),
					slc_csum_fold((u64)diff + n));
		}
	}
}

static struct kunit_case csum_cases[] = {
	KUNIT_CASE(replace4_at_any_offset_equals_full_sum),
	KUNIT_CASE(replace2_and_replace1_equal_full_sum),
	KUNIT_CASE(replace_bytes_of_unequal_length_equals_full_sum),
	KUNIT_CASE(many_changes_add_up),
	KUNIT_CASE(wrong_checksum_stays_wrong_by_as_much),
	KUNIT_CASE(no_change_leaves_any_check_alone),
	KUNIT_CASE(negate_takes_back),
	KUNIT_CASE(partial_follows_the_pseudo_header),
	KUNIT_CASE(complete_moves_against_the_pseudo_header),
	KUNIT_CASE(complete_carries_at_the_top),
	KUNIT_CASE(fold_is_zero_for_zero_only),
	KUNIT_CASE(short_forms_equal_the_long_ones),
	{}
};

static struct kunit_suite csum_suite = {
	.name = "slc_csum",
	.test_cases = csum_cases,
};

kunit_test_suite(csum_suite);
