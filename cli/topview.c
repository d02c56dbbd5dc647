// SPDX-License-Identifier: GPL-2.0
/* The screen of `sluice top` as lines of text. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "topview.h"

#define COLUMNS_MAX	512

static const char *const names[TOPVIEW_N] = { "services", "backends", "flows" };

static const char *const help[] = {
	"s b f Tab  services, backends, flows",
	"< > r      sort: which column, reverse",
	"/          only rows with a text",
	"Esc        all rows",
	"p Space    pause",
	"Up Down PgUp PgDn Home End  scroll",
	"Left Right scroll to columns that do not fit",
	"q          quit",
	NULL
};

static unsigned int key_typed(struct topview *v, int key)
{
	size_t len = strlen(v->filter);

	switch (key) {
	case TOPVIEW_ESCAPE:
		memcpy(v->filter, v->before, sizeof(v->filter));
		v->typing = false;
		return TOPVIEW_READ;
	case TOPVIEW_ENTER:
		v->typing = false;
		return TOPVIEW_READ;
	case TOPVIEW_BACKSPACE:
		if (len)
			v->filter[len - 1] = '\0';
		break;
	default:
		if (key < 256 && isascii(key) && isprint(key) &&
		    len + 1 < sizeof(v->filter)) {
			v->filter[len] = key;
			v->filter[len + 1] = '\0';
		}
	}
	v->first = 0;
	return 0;
}

static unsigned int show(struct topview *v, enum topview_what what)
{
	v->what = what;
	v->first = 0;
	*v->notice = '\0';
	return TOPVIEW_READ;
}

static unsigned int sort_by(struct topview *v, int step)
{
	unsigned int n = grid_columns(&v->grid[v->what]);
	unsigned int *sorted = &v->sorted[v->what];

	*sorted = (*sorted + n + step) % n;
	v->reversed[v->what] = false;
	v->first = 0;
	return TOPVIEW_READ;
}

unsigned int topview_key(struct topview *v, int key)
{
	if (v->typing)
		return key_typed(v, key);
	if (v->help) {
		v->help = false;
		return key == 'q' ? TOPVIEW_QUIT : 0;
	}
	switch (key) {
	case 'q':
		return TOPVIEW_QUIT;
	case 's':
		return show(v, TOPVIEW_SERVICES);
	case 'b':
		return show(v, TOPVIEW_BACKENDS);
	case 'f':
		return show(v, TOPVIEW_FLOWS);
	case TOPVIEW_TAB:
		return show(v, (v->what + 1) % TOPVIEW_N);
	case '<':
		return sort_by(v, -1);
	case '>':
		return sort_by(v, 1);
	case 'r':
		v->reversed[v->what] = !v->reversed[v->what];
		v->first = 0;
		return TOPVIEW_READ;
	case '/':
		memcpy(v->before, v->filter, sizeof(v->before));
		*v->filter = '\0';
		v->typing = true;
		return 0;
	case TOPVIEW_ESCAPE:
		*v->filter = '\0';
		v->first = 0;
		return TOPVIEW_READ;
	case 'p':
	case ' ':
		v->paused = !v->paused;
		return v->paused ? 0 : TOPVIEW_READ;
	case '?':
	case 'h':
		v->help = true;
		return 0;
	case TOPVIEW_UP:
		v->first -= v->first > 0;
		return 0;
	case TOPVIEW_DOWN:
		v->first++;
		return 0;
	case TOPVIEW_LEFT:
		v->skipped[v->what] -= v->skipped[v->what] > 0;
		return 0;
	case TOPVIEW_RIGHT:
		v->skipped[v->what]++;
		return 0;
	case TOPVIEW_PAGE_UP:
		v->first -= v->first < v->page ? v->first : v->page;
		return 0;
	case TOPVIEW_PAGE_DOWN:
		v->first += v->page;
		return 0;
	case TOPVIEW_HOME:
		v->first = 0;
		return 0;
	case TOPVIEW_END:
		v->first = v->grid[v->what].n;
		return 0;
	}
	return 0;
}

typedef void (*put_fn)(unsigned int row, const char *line,
		       enum topview_style style);

/* @left and @right of one line; @right goes if there is no room for both. */
static void put_sides(unsigned int row, unsigned int columns, const char *left,
		      const char *right, enum topview_style style, put_fn put)
{
	char line[COLUMNS_MAX + 1];
	size_t l = strlen(left), r = strlen(right);

	if (l + 1 + r > columns || !r)
		snprintf(line, columns + 1, "%s", left);
	else
		snprintf(line, columns + 1, "%s%*s", left, (int)(columns - l),
			 right);
	put(row, line, style);
}

static void put_tabs(const struct topview *v, unsigned int columns,
		     unsigned int hidden, put_fn put)
{
	char line[80] = "", more[40] = "";
	unsigned int i;

	for (i = 0; i < TOPVIEW_N; i++)
		sprintf(line + strlen(line), i == v->what ? "[%s]" : " %s ",
			names[i]);
	if (hidden)
		snprintf(more, sizeof(more), "  columns +%u: Left Right",
			 hidden);
	if (strlen(line) + strlen(more) + 1 + strlen(v->clock) <= columns)
		strcat(line, more);
	put_sides(0, columns, line, v->clock, TOPVIEW_BOLD, put);
}

/* Items of the header from row 1 on; how many rows that takes */
static unsigned int put_totals(const struct topview *v, unsigned int columns,
			       put_fn put)
{
	char line[COLUMNS_MAX + 1] = "";
	unsigned int i, rows = 0;
	size_t len;

	for (i = 0; i < TOPVIEW_TOTALS && *v->total[i]; i++) {
		len = strlen(line);
		if (len && len + 2 + strlen(v->total[i]) > columns) {
			if (put)
				put(1 + rows, line, TOPVIEW_PLAIN);
			rows++;
			len = 0;
		}
		snprintf(line + len, columns + 1 - len, "%s%s", len ? "  " : "",
			 v->total[i]);
	}
	if (*line) {
		if (put)
			put(1 + rows, line, TOPVIEW_PLAIN);
		rows++;
	}
	return rows;
}

static void put_status(const struct topview *v, unsigned int row,
		       unsigned int columns, size_t shown, size_t matching,
		       put_fn put)
{
	char left[160] = "", right[64] = "";

	if (v->typing) {
		snprintf(left, sizeof(left), "/%s", v->filter);
		put_sides(row, columns, left, "", TOPVIEW_BOLD, put);
		return;
	}
	if (v->paused)
		strcat(left, "paused  ");
	if (*v->filter)
		sprintf(left + strlen(left), "filter %s  ", v->filter);
	strcat(left, v->away ? "waiting for the module" :
		     *v->notice ? v->notice : "q quit  ? help");
	if (matching > shown)
		snprintf(right, sizeof(right), "%u-%zu of %zu", v->first + 1,
			 v->first + shown, matching);
	put_sides(row, columns, left, right, TOPVIEW_BOLD, put);
}

static size_t count(const struct topview *v, const struct grid *g)
{
	size_t i, n = 0;

	for (i = 0; i < g->n; i++)
		n += grid_matches(g, &g->row[i], v->filter);
	return n;
}

/* From a row on, so many; how many there were */
static size_t put_rows(const struct topview *v, const struct grid *g,
		       const unsigned int *width, unsigned int from,
		       unsigned int room, unsigned int columns, put_fn put)
{
	char line[COLUMNS_MAX + 1];
	size_t i, skip = v->first, n = 0;

	for (i = 0; i < g->n && n < room; i++) {
		if (!grid_matches(g, &g->row[i], v->filter))
			continue;
		if (skip) {
			skip--;
			continue;
		}
		grid_line(g, &g->row[i], width, line, columns + 1);
		put(from + n++, line, TOPVIEW_PLAIN);
	}
	return n;
}

int topview_draw(struct topview *v, unsigned int rows, unsigned int columns,
		 put_fn put)
{
	struct grid *g = &v->grid[v->what];
	unsigned int width[GRID_COLUMNS], sorted = v->sorted[v->what];
	unsigned int *skip = &v->skipped[v->what], hidden = 0;
	bool reversed = v->reversed[v->what];
	char line[COLUMNS_MAX + 1];
	unsigned int row = 1, i;
	size_t matching, shown;

	if (columns > COLUMNS_MAX)
		columns = COLUMNS_MAX;
	if (!rows || !columns)
		return -1;
	if (v->help) {
		for (i = 0; help[i] && i < rows; i++)
			put_sides(i, columns, help[i], "", TOPVIEW_PLAIN, put);
		return -1;
	}
	grid_sort(g, sorted, reversed);
	if (*skip > grid_skips(g, sorted))
		*skip = grid_skips(g, sorted);
	grid_layout(g, columns, sorted, *skip, width);
	for (i = 0; g->column[i].title; i++)
		hidden += !width[i];
	put_tabs(v, columns, hidden, put);
	/* Totals, where that leaves titles, three rows and a status. */
	i = put_totals(v, columns, NULL);
	if (1 + i + 5 <= rows)
		row += put_totals(v, columns, put);
	if (row + 2 > rows)
		return -1;

	grid_header(g, width, sorted, reversed, line, columns + 1);
	put_sides(row++, columns, line, "", TOPVIEW_TITLE, put);
	v->page = rows - row - 1;
	matching = count(v, g);
	if (v->first + v->page > matching)
		v->first = matching > v->page ? matching - v->page : 0;
	shown = put_rows(v, g, width, row, v->page, columns, put);
	put_status(v, rows - 1, columns, shown, matching, put);
	if (!v->typing)
		return -1;
	i = 1 + strlen(v->filter);
	return i < columns ? i : columns - 1;
}

void topview_free(struct topview *v)
{
	unsigned int i;

	for (i = 0; i < TOPVIEW_N; i++)
		grid_free(&v->grid[i]);
}
