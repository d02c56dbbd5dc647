// SPDX-License-Identifier: GPL-2.0
/* Rows and columns. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grid.h"

#define GAP	1

unsigned int grid_columns(const struct grid *g)
{
	unsigned int n = 0;

	while (g->column[n].title)
		n++;
	return n;
}

struct grid_row *grid_add(struct grid *g)
{
	size_t room = g->room ? 2 * g->room : 32;
	struct grid_row *row = g->row;

	if (g->n == g->room) {
		row = realloc(row, room * sizeof(*row));
		if (!row)
			return NULL;
		g->row = row;
		g->room = room;
	}
	memset(&row[g->n], 0, sizeof(*row));
	return &row[g->n++];
}

void grid_row_free(struct grid_row *row)
{
	unsigned int i;

	for (i = 0; i < GRID_COLUMNS; i++)
		free(row->text[i]);
}

void grid_clear(struct grid *g)
{
	size_t i;

	for (i = 0; i < g->n; i++)
		grid_row_free(&g->row[i]);
	g->n = 0;
}

void grid_free(struct grid *g)
{
	grid_clear(g);
	free(g->row);
	g->row = NULL;
	g->room = 0;
}

struct order {
	unsigned int column;
	bool number;
	bool reversed;
};

static const char *text_of(const struct grid_row *row, unsigned int column)
{
	return row->text[column] ?: "";
}

static int compare(const void *pa, const void *pb, void *data)
{
	const struct grid_row *a = pa, *b = pb;
	const struct order *o = data;
	double ka = a->key[o->column], kb = b->key[o->column];
	int c;

	if (o->number)
		c = (kb > ka) - (kb < ka);
	else
		c = strverscmp(text_of(a, o->column), text_of(b, o->column));
	if (c)
		return o->reversed ? -c : c;
	/* Or those alike would dance. */
	return strverscmp(text_of(a, 0), text_of(b, 0));
}

void grid_sort(struct grid *g, unsigned int column, bool reversed)
{
	struct order o = { column, g->column[column].number, reversed };

	if (g->n)
		qsort_r(g->row, g->n, sizeof(*g->row), compare, &o);
}

bool grid_matches(const struct grid *g, const struct grid_row *row,
		  const char *filter)
{
	unsigned int i;

	if (!*filter)
		return true;
	for (i = 0; g->column[i].title; i++)
		if (strcasestr(text_of(row, i), filter))
			return true;
	return false;
}

/* The rows are a heap: none is more worth keeping than those below it. */
static double worth(const struct grid *g, size_t i, unsigned int column,
		    bool reversed)
{
	return reversed ? -g->row[i].key[column] : g->row[i].key[column];
}

static void swap(struct grid *g, size_t a, size_t b)
{
	struct grid_row row = g->row[a];

	g->row[a] = g->row[b];
	g->row[b] = row;
}

bool grid_drops(const struct grid *g, double key, unsigned int column,
		bool reversed, size_t most)
{
	return g->n >= most &&
	       (reversed ? -key : key) <= worth(g, 0, column, reversed);
}

static void sift_up(struct grid *g, size_t i, unsigned int column,
		    bool reversed)
{
	size_t up = (i - 1) / 2;

	for (; i && worth(g, i, column, reversed) <
		    worth(g, up, column, reversed); up = (i - 1) / 2) {
		swap(g, i, up);
		i = up;
	}
}

static void sift_down(struct grid *g, unsigned int column, bool reversed)
{
	size_t i = 0, down;

	for (;;) {
		down = 2 * i + 1;
		if (down >= g->n)
			return;
		if (down + 1 < g->n && worth(g, down + 1, column, reversed) <
				       worth(g, down, column, reversed))
			down++;
		if (worth(g, i, column, reversed) <=
		    worth(g, down, column, reversed))
			return;
		swap(g, i, down);
		i = down;
	}
}

void grid_keep(struct grid *g, struct grid_row *row, unsigned int column,
	       bool reversed, size_t most)
{
	struct grid_row *new;

	if (grid_drops(g, row->key[column], column, reversed, most)) {
		grid_row_free(row);
	} else if (g->n >= most) {
		grid_row_free(&g->row[0]);
		g->row[0] = *row;
		sift_down(g, column, reversed);
	} else {
		new = grid_add(g);
		if (!new) {
			grid_row_free(row);
			return;
		}
		*new = *row;
		sift_up(g, g->n - 1, column, reversed);
	}
}

/* The widest text of each column, and a mark after its title */
static void natural(const struct grid *g, unsigned int *want)
{
	unsigned int c, len;
	size_t i;

	for (c = 0; g->column[c].title; c++) {
		want[c] = strlen(g->column[c].title) + 1;
		for (i = 0; i < g->n; i++) {
			len = strlen(text_of(&g->row[i], c));
			if (len > want[c])
				want[c] = len;
		}
	}
}

static unsigned int total(const unsigned int *width, unsigned int n)
{
	unsigned int i, sum = 0;

	for (i = 0; i < n; i++)
		if (width[i])
			sum += width[i] + (sum ? GAP : 0);
	return sum;
}

/* The column to go first: of the highest rank, the last of them; n for none */
static unsigned int least(const struct grid *g, const unsigned int *width,
			  unsigned int n, unsigned int sorted)
{
	unsigned int i, found = n;

	for (i = 0; i < n; i++)
		if (width[i] && i != sorted &&
		    (found == n || g->column[i].rank >= g->column[found].rank))
			found = i;
	return found;
}

static bool may_skip(const struct grid *g, unsigned int i, unsigned int sorted)
{
	return i != sorted && g->column[i].rank;
}

unsigned int grid_skips(const struct grid *g, unsigned int sorted)
{
	unsigned int i, n = 0;

	for (i = 0; g->column[i].title; i++)
		n += may_skip(g, i, sorted);
	return n ? n - 1 : 0;
}

void grid_layout(const struct grid *g, unsigned int columns,
		 unsigned int sorted, unsigned int skip, unsigned int *width)
{
	unsigned int want[GRID_COLUMNS] = { 0 }, n = grid_columns(g), i, rank;
	unsigned int rest, more;

	natural(g, want);
	for (i = 0; i < n; i++) {
		width[i] = want[i];
		if (!g->column[i].number && width[i] > g->column[i].min)
			width[i] = g->column[i].min;
		if (skip && may_skip(g, i, sorted)) {
			width[i] = 0;
			skip--;
		}
	}
	while (total(width, n) > columns) {
		i = least(g, width, n, sorted);
		if (i == n) {
			width[sorted] = columns;
			return;
		}
		width[i] = 0;
	}
	/* What is left goes to those that want it, the lowest ranks first. */
	rest = columns - total(width, n);
	for (rank = 0; rank < GRID_COLUMNS && rest; rank++)
		for (i = 0; i < n; i++) {
			if (!width[i] || g->column[i].rank != rank)
				continue;
			more = want[i] - width[i];
			if (more > rest)
				more = rest;
			width[i] += more;
			rest -= more;
		}
}

/* One cell at the end of a line; '~' where it is cut */
static void put(char *line, size_t size, const char *text, unsigned int width,
		bool right)
{
	size_t at = strlen(line), len = strlen(text);

	if (at && at + GAP < size) {
		memset(line + at, ' ', GAP);
		at += GAP;
		line[at] = '\0';
	}
	if (at >= size)
		return;
	if (len > width)
		snprintf(line + at, size - at, "%.*s~", (int)width - 1, text);
	else
		snprintf(line + at, size - at, right ? "%*s" : "%-*s",
			 (int)width, text);
}

static void trim(char *line)
{
	size_t len = strlen(line);

	while (len && line[len - 1] == ' ')
		line[--len] = '\0';
}

void grid_header(const struct grid *g, const unsigned int *width,
		 unsigned int sorted, bool reversed, char *line, size_t size)
{
	char title[32];
	unsigned int i;
	bool down;

	*line = '\0';
	for (i = 0; g->column[i].title; i++) {
		if (!width[i])
			continue;
		down = g->column[i].number != reversed;
		snprintf(title, sizeof(title), "%s%s", g->column[i].title,
			 i != sorted ? "" : down ? "v" : "^");
		put(line, size, title, width[i], g->column[i].number);
	}
	trim(line);
}

void grid_line(const struct grid *g, const struct grid_row *row,
	       const unsigned int *width, char *line, size_t size)
{
	unsigned int i;

	*line = '\0';
	for (i = 0; g->column[i].title; i++)
		if (width[i])
			put(line, size, text_of(row, i), width[i],
			    g->column[i].number);
	trim(line);
}
