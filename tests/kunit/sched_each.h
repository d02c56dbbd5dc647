/* SPDX-License-Identifier: GPL-2.0 */
/* Cases that are run once for each scheduler: KUNIT_CASE_PARAM(case, sched_gen_params). */
#ifndef SLC_TEST_SCHED_EACH_H
#define SLC_TEST_SCHED_EACH_H

#include <kunit/test.h>
#include "core/sched.h"

static const char *const names[] = {
	"rr", "wrr", "random", "lc", "wlc", "p2c", "ewma", "sh", "maglev",
};

static void name_desc(const char *const *name, char *desc)
{
	strscpy(desc, *name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(sched, names, name_desc);

static const struct slc_sched *sched_of(struct kunit *test)
{
	const char *const *name = test->param_value;
	const struct slc_sched *sched = slc_sched_find(*name);

	KUNIT_ASSERT_NOT_NULL(test, sched);
	KUNIT_ASSERT_STREQ(test, sched->name, *name);
	return sched;
}

#endif /* SLC_TEST_SCHED_EACH_H */
