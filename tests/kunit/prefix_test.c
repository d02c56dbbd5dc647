// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "core/prefix.c"

#define V4(o1, o2, o3, o4)	{ .b = { [10] = 0xff, 0xff, o1, o2, o3, o4 } }
#define V6(first, last)	{ .w = { cpu_to_be32((first) << 16), 0, 0, cpu_to_be32(last) } }

#define MAX_PREFIXES	6

struct match_case {
	const char *name;
	/* in */
	struct slc_prefix prefix[MAX_PREFIXES];
	unsigned int n;
	struct slc_addr addr;
	/* out */
	unsigned int ranges;
	bool match;
};

static const struct match_case match_cases[] = {
	{
		.name	= "nothing matches an empty table",
		.addr	= V4(10, 0, 0, 1),
	},
	{
		.name	= "a v4 prefix holds its first address",
		.prefix	= { { V4(10, 1, 2, 0), 120 } }, .n = 1,
		.addr	= V4(10, 1, 2, 0), .ranges = 1, .match = true,
	},
	{
		.name	= "a v4 prefix holds its last address",
		.prefix	= { { V4(10, 1, 2, 0), 120 } }, .n = 1,
		.addr	= V4(10, 1, 2, 255), .ranges = 1, .match = true,
	},
	{
		.name	= "a v4 prefix ends before the next address",
		.prefix	= { { V4(10, 1, 2, 0), 120 } }, .n = 1,
		.addr	= V4(10, 1, 3, 0), .ranges = 1,
	},
	{
		.name	= "a v4 prefix begins after the previous address",
		.prefix	= { { V4(10, 1, 2, 0), 120 } }, .n = 1,
		.addr	= V4(10, 1, 1, 255), .ranges = 1,
	},
	{
		.name	= "bits beyond the length do not count",
		.prefix	= { { V4(10, 1, 2, 77), 120 } }, .n = 1,
		.addr	= V4(10, 1, 2, 3), .ranges = 1, .match = true,
	},
	{
		.name	= "a length inside a byte cuts there, below",
		.prefix	= { { V4(172, 16, 0, 0), 108 } }, .n = 1,
		.addr	= V4(172, 31, 255, 255), .ranges = 1, .match = true,
	},
	{
		.name	= "a length inside a byte cuts there, above",
		.prefix	= { { V4(172, 16, 0, 0), 108 } }, .n = 1,
		.addr	= V4(172, 32, 0, 0), .ranges = 1,
	},
	{
		.name	= "a host prefix holds the host",
		.prefix	= { { V4(192, 0, 2, 7), 128 } }, .n = 1,
		.addr	= V4(192, 0, 2, 7), .ranges = 1, .match = true,
	},
	{
		.name	= "a host prefix holds the host alone",
		.prefix	= { { V4(192, 0, 2, 7), 128 } }, .n = 1,
		.addr	= V4(192, 0, 2, 8), .ranges = 1,
	},
	{
		.name	= "any holds IPv4",
		.prefix	= { { V6(0U, 0), 0 } }, .n = 1,
		.addr	= V4(255, 255, 255, 255), .ranges = 1, .match = true,
	},
	{
		.name	= "any holds the last IPv6 address",
		.prefix	= { { V6(0U, 0), 0 } }, .n = 1,
		.addr	= { .d = { U64_MAX, U64_MAX } }, .ranges = 1, .match = true,
	},
	{
		.name	= "any swallows what else is given",
		.prefix	= {
			{ V6(0xffffU, 0), 16 }, { V6(0U, 0), 0 }, { V6(0x2001U, 0), 16 },
		}, .n = 3,
		.addr	= V6(0x1234U, 5), .ranges = 1, .match = true,
	},
	{
		.name	= "all of IPv4 is not IPv6",
		.prefix	= { { V4(0, 0, 0, 0), 96 } }, .n = 1,
		.addr	= V6(0x2001U, 1), .ranges = 1,
	},
	{
		.name	= "all of IPv4 is IPv4",
		.prefix	= { { V4(0, 0, 0, 0), 96 } }, .n = 1,
		.addr	= V4(203, 0, 113, 7), .ranges = 1, .match = true,
	},
	{
		.name	= "an IPv6 prefix holds no IPv4",
		.prefix	= { { V6(0x2001U, 0), 16 } }, .n = 1,
		.addr	= V4(32, 1, 0, 1), .ranges = 1,
	},
	{
		.name	= "halves merge into a whole",
		.prefix	= { { V4(10, 0, 0, 128), 121 }, { V4(10, 0, 0, 0), 121 } }, .n = 2,
		.addr	= V4(10, 0, 0, 127), .ranges = 1, .match = true,
	},
	{
		.name	= "a gap of one address stays a gap",
		.prefix	= { { V4(10, 0, 0, 0), 128 }, { V4(10, 0, 0, 2), 128 } }, .n = 2,
		.addr	= V4(10, 0, 0, 1), .ranges = 2,
	},
	{
		.name	= "a prefix inside another adds nothing",
		.prefix	= { { V4(10, 0, 0, 0), 104 }, { V4(10, 9, 0, 0), 112 } }, .n = 2,
		.addr	= V4(10, 200, 0, 1), .ranges = 1, .match = true,
	},
	{
		.name	= "the same prefix twice is one range",
		.prefix	= { { V4(10, 0, 0, 0), 104 }, { V4(10, 0, 0, 0), 104 } }, .n = 2,
		.addr	= V4(11, 0, 0, 0), .ranges = 1,
	},
	{
		.name	= "prefixes that carry over a byte touch",
		.prefix	= { { V4(10, 0, 255, 0), 120 }, { V4(10, 1, 0, 0), 120 } }, .n = 2,
		.addr	= V4(10, 1, 0, 0), .ranges = 1, .match = true,
	},
	{
		.name	= "a range that carries into its first byte ends there",
		.prefix	= { { V6(0x2000U, 0), 8 }, { V6(0xfd00U, 0), 8 } }, .n = 2,
		.addr	= V6(0x4000U, 0), .ranges = 2,
	},
	{
		.name	= "the last of several unsorted ranges is found",
		.prefix	= {
			{ V6(0x2001U, 0), 32 }, { V4(192, 168, 0, 0), 112 },
			{ V4(10, 0, 0, 0), 104 }, { V6(0xfd00U, 0), 8 },
			{ V4(172, 16, 0, 0), 108 },
		}, .n = 5,
		.addr	= V6(0xfdffU, 1), .ranges = 5, .match = true,
	},
	{
		.name	= "the first of several unsorted ranges is found",
		.prefix	= {
			{ V6(0x2001U, 0), 32 }, { V4(192, 168, 0, 0), 112 },
			{ V4(10, 0, 0, 0), 104 }, { V6(0xfd00U, 0), 8 },
			{ V4(172, 16, 0, 0), 108 },
		}, .n = 5,
		.addr	= V4(10, 0, 0, 0), .ranges = 5, .match = true,
	},
	{
		.name	= "between several ranges nothing is found",
		.prefix	= {
			{ V6(0x2001U, 0), 32 }, { V4(192, 168, 0, 0), 112 },
			{ V4(10, 0, 0, 0), 104 }, { V6(0xfd00U, 0), 8 },
			{ V4(172, 16, 0, 0), 108 },
		}, .n = 5,
		.addr	= V4(192, 167, 255, 255), .ranges = 5,
	},
	{
		.name	= "a range up to the last address of all merges what follows",
		.prefix	= { { V6(0xffffU, 0), 16 }, { V6(0xffffU, 1), 128 } }, .n = 2,
		.addr	= { .d = { U64_MAX, U64_MAX } }, .ranges = 1, .match = true,
	},
};

static void match_desc(const struct match_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(match, match_cases, match_desc);

static void table_matches(struct kunit *test)
{
	const struct match_case *c = test->param_value;
	struct slc_prefix_table *t;

	t = kunit_kzalloc(test, slc_prefix_table_size(c->n), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, t);
	KUNIT_ASSERT_EQ(test, slc_prefix_build(t, c->prefix, c->n), 0);
	KUNIT_EXPECT_EQ(test, t->n, c->ranges);
	KUNIT_EXPECT_EQ(test, slc_prefix_match(t, &c->addr), c->match);
}

static void length_above_128_is_refused(struct kunit *test)
{
	static const struct slc_prefix p[] = {
		{ V4(10, 0, 0, 0), 104 }, { V4(11, 0, 0, 0), 129 },
	};
	struct slc_prefix_table *t;

	t = kunit_kzalloc(test, slc_prefix_table_size(2), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, t);
	KUNIT_EXPECT_EQ(test, slc_prefix_build(t, p, 2), -EINVAL);
	KUNIT_EXPECT_FALSE(test, slc_prefix_match(t, &p[0].addr));
}

static bool in_prefix(const struct slc_prefix *p, const struct slc_addr *a)
{
	unsigned int bit;

	for (bit = 0; bit < p->plen; bit++)
		if ((p->addr.b[bit / 8] ^ a->b[bit / 8]) & 0x80 >> bit % 8)
			return false;
	return true;
}

/* Lengths and addresses in a space so small that everything overlaps. */
static void table_agrees_with_asking_each_prefix(struct kunit *test)
{
	struct slc_prefix p[40] = {};
	struct slc_prefix_table *t;
	unsigned int round, i, n;
	u32 rnd = 12345;

	t = kunit_kzalloc(test, slc_prefix_table_size(ARRAY_SIZE(p)), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, t);
	for (round = 0; round < 300; round++) {
		struct slc_addr a = V4(10, 0, 0, 0);

		n = round % (ARRAY_SIZE(p) + 1);
		for (i = 0; i < n; i++) {
			rnd = rnd * 1664525 + 1013904223;
			p[i].addr = a;
			p[i].addr.b[15] = rnd >> 24;
			p[i].plen = 122 + (rnd >> 16) % 7;
		}
		KUNIT_ASSERT_EQ(test, slc_prefix_build(t, p, n), 0);
		for (i = 1; i < t->n; i++)
			KUNIT_ASSERT_LT(test, slc_addr_cmp(&t->range[i - 1].last,
							   &t->range[i].first), 0);
		for (i = 0; i < 256; i++) {
			bool want = false;
			unsigned int k;

			a.b[15] = i;
			for (k = 0; k < n; k++)
				want |= in_prefix(&p[k], &a);
			KUNIT_ASSERT_EQ_MSG(test, slc_prefix_match(t, &a), want,
					    "round %u, address %u", round, i);
		}
	}
}

static struct kunit_case prefix_cases[] = {
	KUNIT_CASE_PARAM(table_matches, match_gen_params),
	KUNIT_CASE(length_above_128_is_refused),
	KUNIT_CASE(table_agrees_with_asking_each_prefix),
	{}
};

static struct kunit_suite prefix_suite = {
	.name = "slc_prefix",
	.test_cases = prefix_cases,
};

kunit_test_suite(prefix_suite);
