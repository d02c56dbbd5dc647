/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Enough of KUnit to run the suites of tests/kunit/ in user space, where the
 * sanitizers are. One TAP line for each case and each parameter; a suite is
 * registered by a constructor, main() is in tests/unit/run.c.
 */
#ifndef SLC_SHIM_KUNIT_TEST_H
#define SLC_SHIM_KUNIT_TEST_H

#include <setjmp.h>
#include <stdlib.h>
#include "slc_user.h"

#define KUNIT_PARAM_DESC_SIZE	128

struct kunit {
	void *priv;
	const void *param_value;
	const char *name;
	/* the shim's own */
	bool failed;
	char *skip;
	jmp_buf abort;
	void *allocs[64];
	unsigned int nr_allocs;
	struct {
		void (*fn)(void *ctx);
		void *ctx;
	} actions[64];
	unsigned int nr_actions;
};

struct kunit_case {
	void (*run_case)(struct kunit *test);
	const char *name;
	const void *(*generate_params)(const void *prev, char *desc);
};

struct kunit_suite {
	const char name[256];
	int (*init)(struct kunit *test);
	void (*exit)(struct kunit *test);
	struct kunit_case *test_cases;
	struct kunit_suite *next;
};

void kunit_shim_register(struct kunit_suite *suite);
void kunit_shim_fail(struct kunit *test, const char *file, int line,
		     const char *fmt, ...) __attribute__((format(printf, 4, 5)));
void *kunit_kzalloc(struct kunit *test, size_t size, int gfp);
#define kunit_kmalloc(test, size, gfp)	kunit_kzalloc(test, size, gfp)
#define GFP_KERNEL	0

int kunit_add_action_or_reset(struct kunit *test, void (*action)(void *),
			      void *ctx);
#define kvzalloc(size, gfp)	calloc(1, size)
#define kvfree(p)		free(p)

#define KUNIT_CASE(fn) \
	{ .run_case = fn, .name = #fn }
#define KUNIT_CASE_PARAM(fn, gen) \
	{ .run_case = fn, .name = #fn, .generate_params = gen }
#define KUNIT_CASE_SLOW(fn)	KUNIT_CASE(fn)

#define KUNIT_ARRAY_PARAM(pname, array, get_desc)			\
static const void *pname##_gen_params(const void *prev, char *desc)	\
{									\
	__typeof__((array)[0]) *next = prev ?				\
		(__typeof__(next))prev + 1 : (array);			\
									\
	if (next - (array) >= (ptrdiff_t)ARRAY_SIZE(array))		\
		return NULL;						\
	(get_desc)(next, desc);						\
	return next;							\
}

#define SLC_CAT2(a, b)	a##b
#define SLC_CAT(a, b)	SLC_CAT2(a, b)
#define kunit_test_suite(suite)						\
static void __attribute__((constructor))				\
SLC_CAT(kunit_shim_ctor_, __LINE__)(void)				\
{									\
	kunit_shim_register(&(suite));					\
}									\
_Static_assert(1, "swallow the semicolon")
#define kunit_test_suites(suite)	kunit_test_suite(*(suite))

#define kunit_info(test, fmt, ...) \
	((void)(test), printf("    # " fmt "\n", ##__VA_ARGS__))
#define kunit_skip(test, why) do {					\
	(test)->skip = (char *)(why);					\
	longjmp((test)->abort, 1);					\
} while (0)

/* final: what to do after a failure; nothing, or leave the test */
#define SLC_K_GO_ON(test)	((void)0)
#define SLC_K_LEAVE(test)	longjmp((test)->abort, 1)

#define SLC_K_TRUE(test, cond, final, fmt, ...) do {			\
	if (!(cond)) {							\
		kunit_shim_fail(test, __FILE__, __LINE__,		\
				"expected %s " fmt, #cond, ##__VA_ARGS__); \
		final(test);						\
	}								\
} while (0)

/* As in the kernel, an enum or a size may be compared with a plain number. */
#define SLC_K_OP(test, a, op, b, final, fmt, ...) do {			\
	_Pragma("GCC diagnostic push")					\
	_Pragma("GCC diagnostic ignored \"-Wsign-compare\"")		\
	__typeof__(a) _l = (a);						\
	__typeof__(b) _r = (b);						\
	bool _ok = _l op _r;						\
	_Pragma("GCC diagnostic pop")					\
	if (!_ok) {							\
		kunit_shim_fail(test, __FILE__, __LINE__,		\
				"expected %s %s %s: %lld, %lld " fmt,	\
				#a, #op, #b, (long long)_l,		\
				(long long)_r, ##__VA_ARGS__);		\
		final(test);						\
	}								\
} while (0)

#define SLC_K_PTR(test, a, op, b, final, fmt, ...) do {			\
	const void *_l = (a), *_r = (b);				\
	if (!(_l op _r)) {						\
		kunit_shim_fail(test, __FILE__, __LINE__,		\
				"expected %s %s %s " fmt, #a, #op, #b,	\
				##__VA_ARGS__);				\
		final(test);						\
	}								\
} while (0)

#define SLC_K_STR(test, a, op, b, final, fmt, ...) do {			\
	const char *_l = (a), *_r = (b);				\
	if (!(strcmp(_l, _r) op 0)) {					\
		kunit_shim_fail(test, __FILE__, __LINE__,		\
				"expected %s %s %s: \"%s\", \"%s\" " fmt, \
				#a, #op, #b, _l, _r, ##__VA_ARGS__);	\
		final(test);						\
	}								\
} while (0)

#define SLC_K_MEM(test, a, op, b, n, final, fmt, ...) do {		\
	if (!(memcmp(a, b, n) op 0)) {					\
		kunit_shim_fail(test, __FILE__, __LINE__,		\
				"expected %s %s %s over %s bytes " fmt,	\
				#a, #op, #b, #n, ##__VA_ARGS__);	\
		final(test);						\
	}								\
} while (0)

#define KUNIT_FAIL(test, fmt, ...) \
	kunit_shim_fail(test, __FILE__, __LINE__, fmt, ##__VA_ARGS__)
#define KUNIT_FAIL_AND_ABORT(test, fmt, ...) do {			\
	KUNIT_FAIL(test, fmt, ##__VA_ARGS__);				\
	SLC_K_LEAVE(test);						\
} while (0)
#define KUNIT_SUCCEED(test)	((void)(test))


#define KUNIT_EXPECT_TRUE(t, c)	SLC_K_TRUE(t, c, SLC_K_GO_ON, "")
#define KUNIT_ASSERT_TRUE(t, c)	SLC_K_TRUE(t, c, SLC_K_LEAVE, "")
#define KUNIT_EXPECT_FALSE(t, c)	SLC_K_TRUE(t, !(c), SLC_K_GO_ON, "")
#define KUNIT_ASSERT_FALSE(t, c)	SLC_K_TRUE(t, !(c), SLC_K_LEAVE, "")
#define KUNIT_EXPECT_TRUE_MSG(t, c, ...)	SLC_K_TRUE(t, c, SLC_K_GO_ON, __VA_ARGS__)
#define KUNIT_ASSERT_TRUE_MSG(t, c, ...)	SLC_K_TRUE(t, c, SLC_K_LEAVE, __VA_ARGS__)
#define KUNIT_EXPECT_FALSE_MSG(t, c, ...)	SLC_K_TRUE(t, !(c), SLC_K_GO_ON, __VA_ARGS__)
#define KUNIT_ASSERT_FALSE_MSG(t, c, ...)	SLC_K_TRUE(t, !(c), SLC_K_LEAVE, __VA_ARGS__)

#define KUNIT_EXPECT_EQ(t, a, b)	SLC_K_OP(t, a, ==, b, SLC_K_GO_ON, "")
#define KUNIT_EXPECT_NE(t, a, b)	SLC_K_OP(t, a, !=, b, SLC_K_GO_ON, "")
#define KUNIT_EXPECT_LT(t, a, b)	SLC_K_OP(t, a, <, b, SLC_K_GO_ON, "")
#define KUNIT_EXPECT_LE(t, a, b)	SLC_K_OP(t, a, <=, b, SLC_K_GO_ON, "")
#define KUNIT_EXPECT_GT(t, a, b)	SLC_K_OP(t, a, >, b, SLC_K_GO_ON, "")
#define KUNIT_EXPECT_GE(t, a, b)	SLC_K_OP(t, a, >=, b, SLC_K_GO_ON, "")
#define KUNIT_ASSERT_EQ(t, a, b)	SLC_K_OP(t, a, ==, b, SLC_K_LEAVE, "")
#define KUNIT_ASSERT_NE(t, a, b)	SLC_K_OP(t, a, !=, b, SLC_K_LEAVE, "")
#define KUNIT_ASSERT_LT(t, a, b)	SLC_K_OP(t, a, <, b, SLC_K_LEAVE, "")
#define KUNIT_ASSERT_LE(t, a, b)	SLC_K_OP(t, a, <=, b, SLC_K_LEAVE, "")
#define KUNIT_ASSERT_GT(t, a, b)	SLC_K_OP(t, a, >, b, SLC_K_LEAVE, "")
#define KUNIT_ASSERT_GE(t, a, b)	SLC_K_OP(t, a, >=, b, SLC_K_LEAVE, "")
#define KUNIT_EXPECT_EQ_MSG(t, a, b, ...)	SLC_K_OP(t, a, ==, b, SLC_K_GO_ON, __VA_ARGS__)
#define KUNIT_EXPECT_NE_MSG(t, a, b, ...)	SLC_K_OP(t, a, !=, b, SLC_K_GO_ON, __VA_ARGS__)
#define KUNIT_EXPECT_LT_MSG(t, a, b, ...)	SLC_K_OP(t, a, <, b, SLC_K_GO_ON, __VA_ARGS__)
#define KUNIT_EXPECT_LE_MSG(t, a, b, ...)	SLC_K_OP(t, a, <=, b, SLC_K_GO_ON, __VA_ARGS__)
#define KUNIT_EXPECT_GT_MSG(t, a, b, ...)	SLC_K_OP(t, a, >, b, SLC_K_GO_ON, __VA_ARGS__)
#define KUNIT_EXPECT_GE_MSG(t, a, b, ...)	SLC_K_OP(t, a, >=, b, SLC_K_GO_ON, __VA_ARGS__)
#define KUNIT_ASSERT_EQ_MSG(t, a, b, ...)	SLC_K_OP(t, a, ==, b, SLC_K_LEAVE, __VA_ARGS__)
#define KUNIT_ASSERT_NE_MSG(t, a, b, ...)	SLC_K_OP(t, a, !=, b, SLC_K_LEAVE, __VA_ARGS__)

#define KUNIT_EXPECT_PTR_EQ(t, a, b)	SLC_K_PTR(t, a, ==, b, SLC_K_GO_ON, "")
#define KUNIT_EXPECT_PTR_NE(t, a, b)	SLC_K_PTR(t, a, !=, b, SLC_K_GO_ON, "")
#define KUNIT_ASSERT_PTR_EQ(t, a, b)	SLC_K_PTR(t, a, ==, b, SLC_K_LEAVE, "")
#define KUNIT_EXPECT_NULL(t, a)		SLC_K_PTR(t, a, ==, NULL, SLC_K_GO_ON, "")
#define KUNIT_EXPECT_NOT_NULL(t, a)	SLC_K_PTR(t, a, !=, NULL, SLC_K_GO_ON, "")
#define KUNIT_ASSERT_NULL(t, a)		SLC_K_PTR(t, a, ==, NULL, SLC_K_LEAVE, "")
#define KUNIT_ASSERT_NOT_NULL(t, a)	SLC_K_PTR(t, a, !=, NULL, SLC_K_LEAVE, "")
#define KUNIT_ASSERT_NOT_ERR_OR_NULL(t, a)	KUNIT_ASSERT_NOT_NULL(t, a)

#define KUNIT_EXPECT_STREQ(t, a, b)	SLC_K_STR(t, a, ==, b, SLC_K_GO_ON, "")
#define KUNIT_EXPECT_STRNEQ(t, a, b)	SLC_K_STR(t, a, !=, b, SLC_K_GO_ON, "")
#define KUNIT_ASSERT_STREQ(t, a, b)	SLC_K_STR(t, a, ==, b, SLC_K_LEAVE, "")
#define KUNIT_EXPECT_STREQ_MSG(t, a, b, ...)	SLC_K_STR(t, a, ==, b, SLC_K_GO_ON, __VA_ARGS__)

#define KUNIT_EXPECT_MEMEQ(t, a, b, n)	SLC_K_MEM(t, a, ==, b, n, SLC_K_GO_ON, "")
#define KUNIT_EXPECT_MEMNEQ(t, a, b, n)	SLC_K_MEM(t, a, !=, b, n, SLC_K_GO_ON, "")
#define KUNIT_ASSERT_MEMEQ(t, a, b, n)	SLC_K_MEM(t, a, ==, b, n, SLC_K_LEAVE, "")
#define KUNIT_EXPECT_MEMEQ_MSG(t, a, b, n, ...)	SLC_K_MEM(t, a, ==, b, n, SLC_K_GO_ON, __VA_ARGS__)

#endif /* SLC_SHIM_KUNIT_TEST_H */
