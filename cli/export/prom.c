// SPDX-License-Identifier: GPL-2.0
/* Prometheus's text. See prom.h. */
#include <stdbool.h>
#include <string.h>

#include "prom.h"

/* A counter's name ends so, which the type tells too. */
static const char *suffix(const char *type)
{
	return strcmp(type, "counter") ? "" : "_total";
}

static void put_escaped(FILE *f, const char *text, bool quotes)
{
	for (; *text; text++)
		if (*text == '\n')
			fputs("\\n", f);
		else if (*text == '\\' || (quotes && *text == '"'))
			fprintf(f, "\\%c", *text);
		else
			fputc(*text, f);
}

void prom_family(FILE *f, const char *name, const char *type, const char *help)
{
	fprintf(f, "# HELP sluice_%s%s ", name, suffix(type));
	put_escaped(f, help, false);
	fprintf(f, "\n# TYPE sluice_%s%s %s\n", name, suffix(type), type);
}

void prom_sample(FILE *f, const char *name, const char *type,
		 const struct prom_label *labels, uint64_t value)
{
	char before = '{';

	fprintf(f, "sluice_%s%s", name, suffix(type));
	for (; labels->name; labels++) {
		if (!labels->value)
			continue;
		fprintf(f, "%c%s=\"", before, labels->name);
		put_escaped(f, labels->value, true);
		fputc('"', f);
		before = ',';
	}
	fprintf(f, "%s %llu\n", before == ',' ? "}" : "",
		(unsigned long long)value);
}
