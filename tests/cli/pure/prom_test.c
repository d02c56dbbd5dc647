// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>

#include "../../../cli/export/prom.h"
#include "tap.h"

static const struct {
	const char *name;
	/* input */
	const char *type;
	struct prom_label labels[3];
	uint64_t value;
	/* output as expected */
	const char *text;
} samples[] = {
	{
		"a gauge without labels", "gauge", { { NULL } }, 7,
		"sluice_x 7\n",
	},
	{
		"a counter's name says that it is one", "counter",
		{ { "a", "b" }, { NULL } }, UINT64_MAX,
		"sluice_x_total{a=\"b\"} 18446744073709551615\n",
	},
	{
		"what would end a label is escaped", "gauge",
		{ { "a", "b\"c\\d\ne" }, { "f", "" }, { NULL } }, 0,
		"sluice_x{a=\"b\\\"c\\\\d\\ne\",f=\"\"} 0\n",
	},
	{
		"a label that is not known is left out", "gauge",
		{ { "a", NULL }, { "b", "c" }, { NULL } }, 1,
		"sluice_x{b=\"c\"} 1\n",
	},
	{
		"and if it was the only one, the braces too", "gauge",
		{ { "a", NULL }, { NULL } }, 1,
		"sluice_x 1\n",
	},
};

void test_prom(void)
{
	unsigned int i;
	size_t len;
	char *text;
	FILE *f;

	for (i = 0; i < ARRAY_SIZE(samples); i++) {
		f = open_memstream(&text, &len);
		prom_sample(f, "x", samples[i].type, samples[i].labels,
			    samples[i].value);
		fclose(f);
		claim_text(samples[i].name, text, samples[i].text);
		free(text);
	}
	f = open_memstream(&text, &len);
	prom_family(f, "x", "counter", "two\nlines, \"quoted\", a \\");
	fclose(f);
	claim_text("help is one line", text,
		   "# HELP sluice_x_total two\\nlines, \"quoted\", a \\\\\n"
		   "# TYPE sluice_x_total counter\n");
	free(text);
}
