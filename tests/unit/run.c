// SPDX-License-Identifier: GPL-2.0
/*
 * Runs every suite linked into this program and prints TAP. Arguments are
 * suite names; none means all.
 */
#include <stdarg.h>
#include <kunit/test.h>

static struct kunit_suite *suites;
static unsigned int ran, failed;

void kunit_shim_register(struct kunit_suite *suite)
{
	struct kunit_suite **at = &suites;

	while (*at && strcmp((*at)->name, suite->name) < 0)
		at = &(*at)->next;
	suite->next = *at;
	*at = suite;
}

void kunit_shim_fail(struct kunit *test, const char *file, int line,
		     const char *fmt, ...)
{
	va_list ap;

	test->failed = true;
	printf("# %s:%d: ", file, line);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

void *kunit_kzalloc(struct kunit *test, size_t size, int gfp)
{
	(void)gfp;
	if (test->nr_allocs == ARRAY_SIZE(test->allocs)) {
		fprintf(stderr, "%s: too many allocations\n", test->name);
		abort();
	}
	return test->allocs[test->nr_allocs++] = calloc(1, size);
}

int kunit_add_action_or_reset(struct kunit *test, void (*action)(void *),
			      void *ctx)
{
	if (test->nr_actions == ARRAY_SIZE(test->actions)) {
		fprintf(stderr, "%s: too many actions\n", test->name);
		abort();
	}
	test->actions[test->nr_actions].fn = action;
	test->actions[test->nr_actions++].ctx = ctx;
	return 0;
}

static void run_one(const struct kunit_suite *suite,
		    const struct kunit_case *c, const void *param,
		    const char *desc)
{
	static struct kunit test;

	memset(&test, 0, sizeof(test));
	test.name = c->name;
	test.param_value = param;
	if (!setjmp(test.abort)) {
		if (suite->init && suite->init(&test))
			KUNIT_FAIL(&test, "the suite's init failed");
		else
			c->run_case(&test);
	}
	if (suite->exit)
		suite->exit(&test);
	while (test.nr_actions--)
		test.actions[test.nr_actions].fn(test.actions[test.nr_actions].ctx);
	while (test.nr_allocs)
		free(test.allocs[--test.nr_allocs]);
	failed += test.failed;
	printf("%sok %u %s.%s%s%s", test.failed ? "not " : "", ++ran,
	       suite->name, c->name, desc ? ": " : "", desc ? desc : "");
	if (test.skip)
		printf(" # SKIP %s", test.skip);
	putchar('\n');
}

static void run_suite(const struct kunit_suite *suite)
{
	const struct kunit_case *c;

	for (c = suite->test_cases; c->run_case; c++) {
		char desc[KUNIT_PARAM_DESC_SIZE] = "";
		const void *param = NULL;

		if (!c->generate_params) {
			run_one(suite, c, NULL, NULL);
			continue;
		}
		while ((param = c->generate_params(param, desc)))
			run_one(suite, c, param, desc);
	}
}

static bool wanted(const char *name, int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++)
		if (!strcmp(name, argv[i]))
			return true;
	return argc < 2;
}

int main(int argc, char **argv)
{
	struct kunit_suite *suite;

	setvbuf(stdout, NULL, _IOLBF, 0);
	puts("TAP version 13");
	for (suite = suites; suite; suite = suite->next)
		if (wanted(suite->name, argc, argv))
			run_suite(suite);
	printf("1..%u\n", ran);
	if (!ran)
		fputs("no such suite\n", stderr);
	return failed || !ran;
}
