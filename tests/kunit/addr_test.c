// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "core/addr.c"

static void tuple_hash_is_siphash_of_forty_bytes(struct kunit *test)
{
	/* Key and input of the SipHash paper's appendix, 40 bytes of it. */
	static const siphash_key_t key = {
		{ 0x0706050403020100ULL, 0x0f0e0d0c0b0a0908ULL }
	};
	struct slc_tuple t;
	u8 *p = (u8 *)&t;
	unsigned int i;

	for (i = 0; i < sizeof(t); i++)
		p[i] = i;
	KUNIT_EXPECT_EQ(test, slc_tuple_hash(&t, &key),
			(u32)siphash(&t, 40, &key));
}

static struct kunit_case addr_cases[] = {
	KUNIT_CASE(tuple_hash_is_siphash_of_forty_bytes),
	{}
};

static struct kunit_suite addr_suite = {
	.name = "slc_addr",
	.test_cases = addr_cases,
};

kunit_test_suite(addr_suite);
