// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>

#include "../../../cli/human.h"
#include "tap.h"

static const struct {
	/* input */
	double value;
	/* output as expected */
	const char *text;
} counts[] = {
	{ 0, "0" }, { -3, "0" }, { 0.04, "0.0" }, { 0.5, "0.5" }, { 1, "1" },
	{ 9.94, "9.9" }, { 9.96, "10" }, { 12.3, "12" }, { 999, "999" },
	{ 999.4, "999" }, { 999.5, "1.0k" }, { 1000, "1.0k" }, { 1234, "1.2k" },
	{ 12345, "12k" }, { 999499, "999k" }, { 999500, "1.0M" },
	{ 1.2e6, "1.2M" }, { 5e9, "5.0G" }, { 1e12, "1.0T" }, { 3.14e15, "3.1P" },
	{ 1.8446744073709552e19, "18E" }, { 1e300, "9999E" },
};

static const struct {
	/* input */
	double seconds;
	/* output as expected */
	const char *text;
} ages[] = {
	{ 0, "0s" }, { -1, "0s" }, { 59.9, "59s" }, { 60, "1m00s" },
	{ 3599, "59m59s" }, { 3600, "1h00m" }, { 86399, "23h59m" },
	{ 86400, "1d00h" }, { 99 * 86400.0 + 86399, "99d23h" },
	{ 100 * 86400.0, "100d" }, { 1e300, "11574d" },
};

static const struct {
	/* input */
	double seconds;
	/* output as expected */
	const char *text;
} delays[] = {
	{ 0, "0us" }, { -1, "0us" }, { 0.000001, "1us" },
	{ 0.000085, "85us" },
	{ 0.000999, "999us" }, { 0.0009996, "1.0ms" }, { 0.00523, "5.2ms" },
	{ 0.00996, "10ms" }, { 0.05, "50ms" }, { 0.9994, "999ms" },
	{ 0.9996, "1.0s" }, { 1.23, "1.2s" }, { 15, "15s" }, { 4294.97, "4295s" },
	{ 1e300, "9999s" },
};

void test_human(void)
{
	char buf[HUMAN_LEN], name[64];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		snprintf(name, sizeof(name), "%g at a glance", counts[i].value);
		claim_text(name, human_count(buf, counts[i].value),
			   counts[i].text);
	}
	for (i = 0; i < ARRAY_SIZE(ages); i++) {
		snprintf(name, sizeof(name), "%g seconds at a glance",
			 ages[i].seconds);
		claim_text(name, human_age(buf, ages[i].seconds), ages[i].text);
	}
	for (i = 0; i < ARRAY_SIZE(delays); i++) {
		snprintf(name, sizeof(name), "a delay of %g seconds at a glance",
			 delays[i].seconds);
		claim_text(name, human_delay(buf, delays[i].seconds),
			   delays[i].text);
	}
}
