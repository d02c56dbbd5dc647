// SPDX-License-Identifier: GPL-2.0
/* Help, made of the tables. */
#include <stdio.h>
#include <string.h>

#include "help.h"

static const char *arg_of(const struct attr *a)
{
	return a->arg ?: "";
}

/* "NAME tcp ADDR:PORT [option value]..." */
static void usage(const struct cmd *c)
{
	const struct attr *a;
	bool options = false;

	printf("sluice %s%s%s", c->object, c->verb ? " " : "", c->verb ?: "");
	for (a = c->table; a && a->name; a++) {
		if (!(a->flags & c->uses) || a->flags & ATTR_LATER)
			continue;
		if (!attr_is_arg(a, c->uses) && attr_is_needed(a, c->uses))
			printf(" %s %s", a->name, arg_of(a));
		else if (!attr_is_arg(a, c->uses))
			options = true;
		else if (attr_is_needed(a, c->uses))
			printf(" %s", arg_of(a));
		else
			printf(" [%s]", arg_of(a));
	}
	for (a = c->more; a && a->name; a++)
		if (!(a->flags & ATTR_LATER) && cmd_option(c, a->name) == a)
			options = true;
	printf("%s\n", options ? " [option value]..." : "");
	printf("        %s\n", c->help);
}

static void option(const struct attr *a)
{
	char left[64];

	snprintf(left, sizeof(left), a->flags & ATTR_BARE ? "%s [%s]" :
		 a->kind == ATTR_WORD ? "%s%s" : "%s %s",
		 a->name, arg_of(a));
	printf("  %-34s %s\n", left, a->help);
}

/* Whether a command before @c takes it too, then it was shown. */
static bool is_shown(const struct cmd *first, const struct cmd *c,
		     const struct attr *a)
{
	for (; first < c; first++)
		if (cmd_option(first, a->name) == a)
			return true;
	return false;
}

int help_object(const struct cmd *first)
{
	const char *title = "Options:\n";
	const struct cmd *c;
	const struct attr *a;
	unsigned int i;

	for (c = first; cmd_is_of(c, first->object); c++)
		usage(c);
	for (c = first; cmd_is_of(c, first->object); c++) {
		const struct attr *const tables[] = { c->table, c->more };

		for (i = 0; i < ARRAY_SIZE(tables); i++)
			for (a = tables[i]; a && a->name; a++) {
				if (a->flags & ATTR_LATER ||
				    cmd_option(c, a->name) != a ||
				    is_shown(first, c, a))
					continue;
				fputs(title, stdout);
				title = "";
				option(a);
			}
	}
	return EXIT_DONE;
}

int help_all(void)
{
	const struct cmd *const *tables = cmd_tables, *c;

	puts("Usage: sluice [-j] [-n NETNS] OBJECT COMMAND [NAME] [option value]...");
	for (; *tables; tables++)
		for (c = *tables; c->object; c++)
			printf("  %-8s %-6s %s\n", c->object, c->verb ?: "",
			       c->help);
	puts("  help     OBJECT its commands and options\n"
	     "-j shows JSON, -n works in the network namespace NETNS.");
	return EXIT_DONE;
}
