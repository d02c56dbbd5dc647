// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../cli/topview.h"
#include "tap.h"

static const struct grid_column services[] = {
	{ "NAME", false, 4, 0 }, { "FLOWS", true, 0, 1 }, { NULL }
};

static const struct grid_column many[] = {
	{ "NAME", false, 4, 0 }, { "FLOWS", true, 0, 1 },
	{ "PACKETS-IN-A-SECOND", true, 0, 2 },
	{ "PACKETS-OUT-A-SECOND", true, 0, 2 },
	{ "BYTES-IN-A-SECOND", true, 0, 3 }, { "LAST", true, 0, 3 }, { NULL }
};

static const struct grid_column flows[] = {
	{ "CLIENT", false, 4, 0 }, { "BIT/S", true, 0, 1 }, { NULL }
};

#define SET(field, text)	snprintf(field, sizeof(field), "%s", text)

static char screen[64][600];
static unsigned int rows, columns, torn;

static void put(unsigned int row, const char *line, enum topview_style style)
{
	(void)style;
	torn += row >= rows || strlen(line) > columns;
	if (row < 64)
		snprintf(screen[row], sizeof(screen[row]), "%s", line);
}

static int draw(struct topview *v, unsigned int r, unsigned int c)
{
	memset(screen, 0, sizeof(screen));
	rows = r;
	columns = c;
	return topview_draw(v, r, c, put);
}

static void add(struct grid *g, const char *name, double number)
{
	struct grid_row *row = grid_add(g);
	char text[32];

	row->text[0] = strdup(name);
	row->key[1] = number;
	snprintf(text, sizeof(text), "%g", number);
	row->text[1] = strdup(text);
}

static void fill(struct topview *v)
{
	char name[16];
	int i;

	memset(v, 0, sizeof(*v));
	v->grid[TOPVIEW_SERVICES].column = services;
	v->grid[TOPVIEW_BACKENDS].column = services;
	v->grid[TOPVIEW_FLOWS].column = flows;
	v->sorted[TOPVIEW_SERVICES] = 1;
	SET(v->clock, "12:34:56");
	SET(v->total[0], "flows 12");
	SET(v->total[1], "opens 3/s");
	SET(v->total[2], "in 1.2k pkt/s 12M bit/s");
	add(&v->grid[TOPVIEW_SERVICES], "web", 3);
	add(&v->grid[TOPVIEW_SERVICES], "mail", 9);
	for (i = 0; i < 50; i++) {
		sprintf(name, "c%02d", i);
		add(&v->grid[TOPVIEW_FLOWS], name, i);
	}
}

static void test_draw(void)
{
	struct topview v;

	fill(&v);
	draw(&v, 24, 80);
	claim_text("tabs and clock", screen[0],
		   "[services] backends  flows                                              12:34:56");
	claim_text("totals on one line", screen[1],
		   "flows 12  opens 3/s  in 1.2k pkt/s 12M bit/s");
	claim_text("titles", screen[2], "NAME  FLOWSv");
	claim_text("the largest first", screen[3], "mail       9");
	claim_text("then the next", screen[4], "web        3");
	claim_text("the status is the last row", screen[23], "q quit  ? help");
	draw(&v, 10, 40);
	claim_text("at 40 columns totals wrap", screen[1],
		   "flows 12  opens 3/s");
	claim_text("between items", screen[2], "in 1.2k pkt/s 12M bit/s");
	claim_text("and all is there", screen[3], "NAME  FLOWSv");
	draw(&v, 7, 40);
	claim_text("on few rows there are no totals", screen[1],
		   "NAME  FLOWSv");
	for (rows = 0; rows < 12; rows++)
		for (columns = 0; columns < 90; columns++)
			draw(&v, rows, columns);
	draw(&v, 60, 1000);
	claim("no size tears a line", !torn);
	topview_free(&v);
}

static void press(struct topview *v, const char *keys)
{
	for (; *keys; keys++)
		topview_key(v, *keys);
}

static void test_keys(void)
{
	struct topview v;
	int i;

	fill(&v);
	draw(&v, 10, 40);
	claim("q quits", topview_key(&v, 'q') == TOPVIEW_QUIT);
	claim("f shows flows, which are to be read",
	      topview_key(&v, 'f') == TOPVIEW_READ && v.what == TOPVIEW_FLOWS);
	topview_key(&v, TOPVIEW_TAB);
	claim("Tab goes on to the first", v.what == TOPVIEW_SERVICES);
	topview_key(&v, 'b');
	claim("b shows backends", v.what == TOPVIEW_BACKENDS);
	topview_key(&v, 's');
	claim("s shows services", v.what == TOPVIEW_SERVICES);
	press(&v, "<");
	draw(&v, 10, 40);
	claim_text("< sorts by the column before", screen[3], "NAME^  FLOWS");
	claim_text("from A", screen[4], "mail       9");
	press(&v, "r");
	draw(&v, 10, 40);
	claim_text("r turns that round", screen[3], "NAMEv  FLOWS");
	claim_text("from Z", screen[4], "web        3");
	press(&v, ">>");
	draw(&v, 10, 40);
	claim_text("> goes round", screen[3], "NAME^  FLOWS");
	v.grid[TOPVIEW_SERVICES].column = many;
	draw(&v, 10, 60);
	claim_text("columns that do not fit are told", screen[0],
		   "[services] backends  flows   columns +2: Left Right 12:34:56");
	claim_text("and not there", screen[2],
		   "NAME^  FLOWS  PACKETS-IN-A-SECOND  PACKETS-OUT-A-SECOND");
	topview_key(&v, TOPVIEW_RIGHT);
	topview_key(&v, TOPVIEW_RIGHT);
	draw(&v, 10, 60);
	claim_text("Right shows them", screen[2],
		   "NAME^  PACKETS-OUT-A-SECOND  BYTES-IN-A-SECOND  LAST");
	for (i = 0; i < 9; i++)
		topview_key(&v, TOPVIEW_RIGHT);
	draw(&v, 10, 60);
	claim_text("up to the last", screen[2], "NAME^  LAST");
	topview_key(&v, TOPVIEW_LEFT);
	draw(&v, 10, 60);
	claim_text("Left goes back by one", screen[2],
		   "NAME^  BYTES-IN-A-SECOND  LAST");
	for (i = 0; i < 9; i++)
		topview_key(&v, TOPVIEW_LEFT);
	draw(&v, 10, 30);
	claim_text("to the first, and no text where there is no room",
		   screen[0], "[services] backends  flows ");
	v.grid[TOPVIEW_SERVICES].column = services;
	press(&v, "?");
	draw(&v, 10, 40);
	claim_text("? explains", screen[7], "q          quit");
	claim("any key ends that", !topview_key(&v, 'x') && !v.help);
	claim("p pauses", !topview_key(&v, 'p') && v.paused);
	draw(&v, 10, 40);
	claim_text("which is told", screen[9], "paused  q quit  ? help");
	claim("p goes on at once",
	      topview_key(&v, 'p') == TOPVIEW_READ && !v.paused);
	v.away = true;
	draw(&v, 10, 40);
	claim_text("nothing is, without a module", screen[9],
		   "waiting for the module");
	topview_free(&v);
}

static void test_filter(void)
{
	struct topview v;
	int i;

	fill(&v);
	press(&v, "/wq");
	claim("what is typed is no key", v.typing && !v.help);
	claim("the cursor is behind it", draw(&v, 10, 40) == 3);
	claim_text("it is shown", screen[9], "/wq");
	claim_text("nothing matches", screen[4], "");
	topview_key(&v, TOPVIEW_BACKSPACE);
	draw(&v, 10, 40);
	claim_text("a letter less does", screen[4], "web        3");
	claim_text("just that", screen[5], "");
	claim("Enter takes it", topview_key(&v, TOPVIEW_ENTER) == TOPVIEW_READ);
	draw(&v, 10, 40);
	claim_text("it is told", screen[9], "filter w  q quit  ? help");
	press(&v, "/xyz");
	topview_key(&v, TOPVIEW_ESCAPE);
	claim_text("Escape brings back the last", v.filter, "w");
	topview_key(&v, TOPVIEW_ESCAPE);
	claim_text("and once more none", v.filter, "");
	press(&v, "/");
	for (i = 0; i < 200; i++)
		topview_key(&v, 'a' + i % 26);
	topview_key(&v, 0xe4);
	topview_key(&v, '\033');
	topview_key(&v, TOPVIEW_UP);
	claim("it is no longer than it may be", strlen(v.filter) == 63);
	draw(&v, 10, 40);
	claim("nor than the screen", strlen(screen[9]) == 40);
	topview_free(&v);
}

static void test_scroll(void)
{
	struct topview v;

	fill(&v);
	press(&v, "f>");
	draw(&v, 10, 40);
	claim_text("as many rows as there is room for", screen[9],
		   "q quit  ? help                 1-5 of 50");
	claim_text("from the largest", screen[4], "c49         49");
	topview_key(&v, TOPVIEW_DOWN);
	topview_key(&v, TOPVIEW_PAGE_DOWN);
	draw(&v, 10, 40);
	claim_text("a row and a page further", screen[4], "c43         43");
	topview_key(&v, TOPVIEW_END);
	draw(&v, 10, 40);
	claim_text("the last page is full", screen[8], "c00          0");
	topview_key(&v, TOPVIEW_PAGE_DOWN);
	draw(&v, 10, 40);
	claim_text("and the last", screen[8], "c00          0");
	topview_key(&v, TOPVIEW_PAGE_UP);
	topview_key(&v, TOPVIEW_UP);
	draw(&v, 10, 40);
	claim_text("back again", screen[8], "c06          6");
	topview_key(&v, TOPVIEW_HOME);
	topview_key(&v, TOPVIEW_UP);
	topview_key(&v, TOPVIEW_PAGE_UP);
	draw(&v, 10, 40);
	claim_text("to the first", screen[4], "c49         49");
	topview_key(&v, TOPVIEW_END);
	topview_key(&v, 's');
	draw(&v, 10, 40);
	claim_text("another view begins at its first", screen[4],
		   "mail       9");
	topview_free(&v);
}

void test_topview(void)
{
	test_draw();
	test_keys();
	test_filter();
	test_scroll();
}
