/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rows and columns of text, sorted, filtered and fitted into the width that
 * there is. Text is ASCII. Pure.
 */
#ifndef SLUICE_GRID_H
#define SLUICE_GRID_H

#include <stdbool.h>
#include <stddef.h>

#define GRID_COLUMNS	16

/**
 * struct grid_column - one column
 * @title: in capitals
 * @number: to the right, and sorted from the largest
 * @min: text may be cut down to so many letters
 * @rank: where it is narrow those with the highest go first
 */
struct grid_column {
	const char *title;
	bool number;
	unsigned int min;
	unsigned int rank;
};

/**
 * struct grid_row - one row
 * @key: what columns of numbers sort by
 * @text: what is shown, to be freed; NULL for nothing
 */
struct grid_row {
	double key[GRID_COLUMNS];
	char *text[GRID_COLUMNS];
};

/**
 * struct grid - all of them
 * @column: ended by one without title
 * @row: allocated
 * @n: how many rows
 * @room: for how many
 */
struct grid {
	const struct grid_column *column;
	struct grid_row *row;
	size_t n;
	size_t room;
};

unsigned int grid_columns(const struct grid *g);

/* A row more, all zero; NULL for want of memory */
struct grid_row *grid_add(struct grid *g);

void grid_row_free(struct grid_row *row);
void grid_clear(struct grid *g);
void grid_free(struct grid *g);

/* Sort: numbers from the largest, text from A; the other way round on demand */
void grid_sort(struct grid *g, unsigned int column, bool reversed);

/* Whether any text of a row contains @filter, in capitals or not */
bool grid_matches(const struct grid *g, const struct grid_row *row,
		  const char *filter);

/**
 * grid_keep() - Add a row if it is among the first.
 * @g: rows in no order that means something to others
 * @row: given away in any case
 * @column: of numbers, that says which are first
 * @reversed: the smallest are
 * @most: how many are kept
 *
 * Context: all rows must have come by this function.
 */
void grid_keep(struct grid *g, struct grid_row *row, unsigned int column,
	       bool reversed, size_t most);

/* Whether grid_keep() would drop a row with this key at once */
bool grid_drops(const struct grid *g, double key, unsigned int column,
		bool reversed, size_t most);

/**
 * grid_layout() - How wide columns are.
 * @g: rows
 * @columns: of the screen
 * @sorted: column that stays as long as any
 * @skip: so many are left out from the left, not those of rank 0 nor @sorted
 * @width: set, by column, 0 for one that is left out
 */
void grid_layout(const struct grid *g, unsigned int columns,
		 unsigned int sorted, unsigned int skip, unsigned int *width);

/* The largest @skip that leaves a column to be seen */
unsigned int grid_skips(const struct grid *g, unsigned int sorted);

/**
 * grid_header() - The titles.
 * @g: columns
 * @width: of them
 * @sorted: column that gets a mark
 * @reversed: which one
 * @line: room for the screen's columns and a zero
 * @size: of @line
 */
void grid_header(const struct grid *g, const unsigned int *width,
		 unsigned int sorted, bool reversed, char *line, size_t size);
void grid_line(const struct grid *g, const struct grid_row *row,
	       const unsigned int *width, char *line, size_t size);

#endif /* SLUICE_GRID_H */
