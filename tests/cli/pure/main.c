// SPDX-License-Identifier: GPL-2.0
/* Runs the tests of what is pure in the tool. */
#include <stdio.h>
#include <string.h>

#include "tap.h"

static unsigned int ran, failed;

void tap(const char *file, int line, const char *name, bool holds)
{
	ran++;
	failed += !holds;
	printf("%sok %u - %s\n", holds ? "" : "not ", ran, name);
	if (!holds)
		printf("# %s:%d\n", file, line);
}

void tap_text(const char *file, int line, const char *name, const char *got,
	      const char *want)
{
	bool holds = !strcmp(got, want);

	tap(file, line, name, holds);
	if (!holds)
		printf("# got:  '%s'\n# want: '%s'\n", got, want);
}

int main(void)
{
	puts("TAP version 13");
	test_human();
	test_rate();
	test_flowmem();
	test_grid();
	test_topview();
	test_progress();
	test_prom();
	test_health();
	printf("1..%u\n", ran);
	return failed > 0;
}
