// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../cli/grid.h"
#include "tap.h"

static const struct grid_column columns[] = {
	{ "NAME", false, 5, 0 },
	{ "PLACE", false, 4, 3 },
	{ "RATE", true, 0, 1 },
	{ "AGE", true, 0, 2 },
	{ NULL }
};

static void add(struct grid *g, const char *name, const char *where,
		double rate, double age)
{
	struct grid_row *row = grid_add(g);
	char text[32];

	row->text[0] = strdup(name);
	row->text[1] = where ? strdup(where) : NULL;
	row->key[2] = rate;
	snprintf(text, sizeof(text), "%g", rate);
	row->text[2] = strdup(text);
	row->key[3] = age;
	snprintf(text, sizeof(text), "%g", age);
	row->text[3] = strdup(text);
}

static void fill(struct grid *g)
{
	g->column = columns;
	add(g, "b10", "somewhere", 5, 1);
	add(g, "b9", NULL, 70, 1);
	add(g, "Everything", "x", 5, 3);
}

/* First letters of the names, in order */
static const char *order(const struct grid *g)
{
	static char text[64];
	size_t i;

	*text = '\0';
	for (i = 0; i < g->n; i++)
		sprintf(text + strlen(text), "%s ", g->row[i].text[0]);
	return text;
}

static void test_sort(void)
{
	struct grid g = { 0 };

	fill(&g);
	grid_sort(&g, 2, false);
	claim_text("numbers sort from the largest, those alike by name",
		   order(&g), "b9 Everything b10 ");
	grid_sort(&g, 2, true);
	claim_text("or the other way round", order(&g), "Everything b10 b9 ");
	grid_sort(&g, 0, false);
	claim_text("text sorts from A, numbers in it by value", order(&g),
		   "Everything b9 b10 ");
	grid_sort(&g, 1, false);
	claim_text("what has no text comes first", order(&g),
		   "b9 b10 Everything ");
	claim("a filter finds any text", grid_matches(&g, &g.row[1], "mewh"));
	claim("in capitals or not", grid_matches(&g, &g.row[2], "every"));
	claim("and not what is not there", !grid_matches(&g, &g.row[0], "x"));
	claim("an empty one finds all", grid_matches(&g, &g.row[0], ""));
	grid_free(&g);
	g.column = columns;
	grid_sort(&g, 0, false);
	claim("nothing can be sorted", !g.n);
}

static const struct {
	/* input */
	unsigned int columns;
	unsigned int sorted;
	bool reversed;
	unsigned int skip;
	/* output as expected: titles and the first row by name */
	const char *titles;
	const char *row;
} layouts[] = {
	{ 80, 2, false, 0, "NAME       PLACE     RATEv  AGE",
			"Everything x             5    3" },
	{ 30, 2, false, 0, "NAME       PLACE    RATEv  AGE",
			"Everything x            5    3" },
	{ 25, 2, true,  0, "NAME      PLA~ RATE^  AGE",
			"Everythi~ x        5    3" },
	{ 20, 0, false, 0, "NAME^      RATE  AGE", "Everythi~     5    3" },
	{ 15, 3, true,  0, "NAME       AGE^", "Everything    3" },
	{ 12, 2, false, 0, "NAME   RATEv", "Every~     5" },
	{ 9, 1, false,  0, "PLACE^", "x" },
	{ 5, 2, false,  0, "RATEv", "    5" },
	{ 3, 2, false,  0, "RA~", "  5" },
	{ 1, 0, false,  0, "~", "~" },
	{ 30, 0, false, 1, "NAME^       RATE  AGE", "Everything     5    3" },
	{ 30, 2, false, 1, "NAME       RATEv  AGE", "Everything     5    3" },
	{ 30, 2, false, 2, "NAME       RATEv", "Everything     5" },
};

static void test_layout(void)
{
	unsigned int width[GRID_COLUMNS], i;
	char line[128], name[64];
	struct grid g = { 0 };

	fill(&g);
	grid_sort(&g, 0, false);
	for (i = 0; i < ARRAY_SIZE(layouts); i++) {
		grid_layout(&g, layouts[i].columns, layouts[i].sorted,
			    layouts[i].skip, width);
		grid_header(&g, width, layouts[i].sorted, layouts[i].reversed,
			    line, layouts[i].columns + 1);
		snprintf(name, sizeof(name), "titles in %u columns",
			 layouts[i].columns);
		claim_text(name, line, layouts[i].titles);
		grid_line(&g, &g.row[0], width, line, layouts[i].columns + 1);
		snprintf(name, sizeof(name), "a row in %u columns",
			 layouts[i].columns);
		claim_text(name, line, layouts[i].row);
	}
	grid_free(&g);
}

static void test_keep(void)
{
	struct grid g = { .column = columns };
	bool held = true;
	unsigned int i;

	/* 0..9999 in an order of its own, 7919 being prime */
	for (i = 0; i < 10000; i++) {
		struct grid_row row = { .key = { [2] = i * 7919 % 10000 } };

		row.text[0] = strdup("x");
		grid_keep(&g, &row, 2, false, 100);
	}
	grid_sort(&g, 2, false);
	for (i = 0; i < 100; i++)
		held &= g.row[i].key[2] == 9999 - i;
	claim("of ten thousand the hundred largest are kept",
	      g.n == 100 && held);
	grid_free(&g);

	held = true;
	g.column = columns;
	for (i = 0; i < 10000; i++) {
		struct grid_row row = { .key = { [2] = i * 7919 % 10000 } };

		if (!grid_drops(&g, row.key[2], 2, true, 10))
			row.text[0] = strdup("x");
		grid_keep(&g, &row, 2, true, 10);
	}
	grid_sort(&g, 2, true);
	for (i = 0; i < 10; i++)
		held &= g.row[i].key[2] == i && g.row[i].text[0];
	claim("or the ten smallest", g.n == 10 && held);
	grid_free(&g);
}

void test_grid(void)
{
	test_sort();
	test_layout();
	test_keep();
}
