/* SPDX-License-Identifier: GPL-2.0 */
/* TAP for tests of what is pure in the tool. */
#ifndef SLUICE_PURE_TAP_H
#define SLUICE_PURE_TAP_H

#include <stdbool.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* A claim; says where it was made if it does not hold. */
#define claim(name, holds)	tap(__FILE__, __LINE__, name, holds)
#define claim_text(name, got, want) \
	tap_text(__FILE__, __LINE__, name, got, want)

void tap(const char *file, int line, const char *name, bool holds);
void tap_text(const char *file, int line, const char *name, const char *got,
	      const char *want);

/* Each file's tests */
void test_human(void);
void test_rate(void);
void test_flowmem(void);
void test_grid(void);
void test_topview(void);
void test_progress(void);
void test_prom(void);
void test_health(void);

#endif /* SLUICE_PURE_TAP_H */
