// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "core/portset.c"
#include "rnd.h"

static struct slc_portset *set_make(struct kunit *test, u32 seed)
{
	struct slc_portset *set;
	u64 *word;

	set = kunit_kzalloc(test, sizeof(*set), GFP_KERNEL);
	word = kunit_kzalloc(test, SLC_PORTSET_WORDS * sizeof(*word),
			     GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, set);
	KUNIT_ASSERT_NOT_NULL(test, word);
	slc_portset_init(set, word, seed);
	return set;
}

/* Each port is in one of 65536 bits of a plain array, too. */
static u8 *seen_make(struct kunit *test)
{
	u8 *seen = kunit_kzalloc(test, 65536, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, seen);
	return seen;
}

static void portset_gives_each_port_once(struct kunit *test)
{
	static const u32 seeds[] = { 0, 1, 63, 64, 4095, 4096, 40000,
				     SLC_PORTSET_N - 1, SLC_PORTSET_N,
				     U32_MAX };
	struct slc_portset *set;
	unsigned int i, n;
	u8 *seen;
	u16 port;

	for (i = 0; i < ARRAY_SIZE(seeds); i++) {
		set = set_make(test, seeds[i]);
		seen = seen_make(test);
		for (n = 0; n < SLC_PORTSET_N; n++) {
			port = slc_portset_take(set);
			KUNIT_ASSERT_GE(test, port, SLC_PORTSET_FIRST);
			KUNIT_ASSERT_FALSE(test, seen[port]);
			seen[port] = 1;
			if (!n)
				KUNIT_EXPECT_EQ(test, port, SLC_PORTSET_FIRST +
						seeds[i] % SLC_PORTSET_N);
		}
		KUNIT_EXPECT_EQ(test, set->used, SLC_PORTSET_N);
		KUNIT_EXPECT_EQ(test, slc_portset_take(set), 0);
		KUNIT_EXPECT_EQ(test, slc_portset_take(set), 0);
	}
	KUNIT_EXPECT_GE(test, SLC_PORTSET_N, 60000);
}

static void portset_finds_the_one_that_is_free(struct kunit *test)
{
	struct slc_portset *set = set_make(test, 5);
	unsigned int i;
	u16 port;

	for (i = 0; i < SLC_PORTSET_N; i++)
		slc_portset_take(set);
	for (port = SLC_PORTSET_FIRST; port; port = port > 65535 - 61 ? 0 :
						       port + 61) {
		slc_portset_give(set, port);
		KUNIT_ASSERT_EQ(test, slc_portset_take(set), port);
		KUNIT_ASSERT_EQ(test, slc_portset_take(set), 0);
	}
	slc_portset_give(set, 65535);
	KUNIT_EXPECT_EQ(test, slc_portset_take(set), 65535);

	/* One behind in the same word, and in the same 64 words, has to wait. */
	slc_portset_give(set, SLC_PORTSET_FIRST + 6400);
	slc_portset_give(set, SLC_PORTSET_FIRST + 6400 + 65);
	set->next = 6405;
	KUNIT_EXPECT_EQ(test, slc_portset_take(set),
			SLC_PORTSET_FIRST + 6400 + 65);
	slc_portset_give(set, SLC_PORTSET_FIRST + 64000);
	KUNIT_EXPECT_EQ(test, slc_portset_take(set),
			SLC_PORTSET_FIRST + 64000);
	KUNIT_EXPECT_EQ(test, slc_portset_take(set), SLC_PORTSET_FIRST + 6400);
}

static void portset_uses_again_what_is_free_longest(struct kunit *test)
{
	struct slc_portset *set = set_make(test, 0);
	unsigned int i;
	u16 port;

	for (i = 0; i < SLC_PORTSET_N; i++) {
		port = slc_portset_take(set);
		slc_portset_give(set, port);
		KUNIT_ASSERT_EQ(test, port, SLC_PORTSET_FIRST + i);
	}
	KUNIT_EXPECT_EQ(test, slc_portset_take(set), SLC_PORTSET_FIRST);
}

/* What a walk over all ports would find, from where the set is. */
static u16 plain_next(const u8 *seen, u32 next)
{
	unsigned int i, at;

	for (i = 0; i < SLC_PORTSET_N; i++) {
		at = (next + i) % SLC_PORTSET_N;
		if (!seen[SLC_PORTSET_FIRST + at])
			return SLC_PORTSET_FIRST + at;
	}
	return 0;
}

static void portset_does_as_a_walk_would(struct kunit *test)
{
	struct slc_portset *set = set_make(test, 777);
	u8 *seen = seen_make(test);
	u64 state = 42;
	unsigned int i, fill;
	u32 used = 0;
	u16 port;

	/* Nearly full, where finding is hardest, then half, then nearly empty */
	for (fill = 0; fill < 3; fill++) {
		unsigned int want = fill == 0 ? SLC_PORTSET_N - 40 :
				    fill == 1 ? SLC_PORTSET_N / 2 : 40;

		while (used < want) {
			port = slc_portset_take(set);
			KUNIT_ASSERT_FALSE(test, seen[port]);
			seen[port] = 1;
			used++;
		}
		for (i = 0; used > want; i++) {
			port = SLC_PORTSET_FIRST +
			       rnd_below(&state, SLC_PORTSET_N);
			if (!seen[port])
				continue;
			slc_portset_give(set, port);
			seen[port] = 0;
			used--;
		}
		for (i = 0; i < 300; i++) {
			u16 plain = plain_next(seen, set->next);

			port = slc_portset_take(set);
			KUNIT_ASSERT_EQ(test, port, plain);
			seen[port] = 1;
			do
				port = SLC_PORTSET_FIRST +
				       rnd_below(&state, SLC_PORTSET_N);
			while (!seen[port]);
			slc_portset_give(set, port);
			seen[port] = 0;
		}
		KUNIT_EXPECT_EQ(test, set->used, used);
	}
}

static struct kunit_case portset_tests[] = {
	KUNIT_CASE(portset_gives_each_port_once),
	KUNIT_CASE(portset_finds_the_one_that_is_free),
	KUNIT_CASE(portset_uses_again_what_is_free_longest),
	KUNIT_CASE(portset_does_as_a_walk_would),
	{}
};

static struct kunit_suite portset_suite = {
	.name = "slc_portset",
	.test_cases = portset_tests,
};

kunit_test_suite(portset_suite);
