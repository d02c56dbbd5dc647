/* SPDX-License-Identifier: GPL-2.0 */
/* What a fuzzer asserts: run looks for these words in its log. */
#ifndef SLC_FUZZ_CHECK_H
#define SLC_FUZZ_CHECK_H

#include <stdio.h>
#include <stdlib.h>

#define CHECK(cond) do {						\
	if (!(cond)) {							\
		fprintf(stderr, "Assertion failed, line %d: %s\n",	\
			__LINE__, #cond);				\
		abort();						\
	}								\
} while (0)

#endif /* SLC_FUZZ_CHECK_H */
