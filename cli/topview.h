/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What `sluice top` shows and how keys change it: lines of text, made without
 * a terminal. Pure.
 */
#ifndef SLUICE_TOPVIEW_H
#define SLUICE_TOPVIEW_H

#include <stdbool.h>

#include "grid.h"

enum topview_what { TOPVIEW_SERVICES, TOPVIEW_BACKENDS, TOPVIEW_FLOWS,
		    TOPVIEW_N };

/* Keys that are no letters */
enum topview_key {
	TOPVIEW_UP = 256, TOPVIEW_DOWN, TOPVIEW_PAGE_UP, TOPVIEW_PAGE_DOWN,
	TOPVIEW_HOME, TOPVIEW_END, TOPVIEW_ENTER, TOPVIEW_ESCAPE,
	TOPVIEW_BACKSPACE, TOPVIEW_TAB, TOPVIEW_REDRAW, TOPVIEW_LEFT,
	TOPVIEW_RIGHT,
};

#define TOPVIEW_TOTALS	8

/**
 * struct topview - everything on the screen
 * @grid: by enum topview_what
 * @sorted: column, likewise
 * @reversed: order, likewise
 * @skipped: columns scrolled off, likewise
 * @what: the one that is shown
 * @total: items of the header, of which none is torn
 * @clock: time of day
 * @notice: what is to be known of the rows, or empty
 * @filter: rows without it are left out
 * @before: filter before it was typed anew
 * @typing: it is
 * @paused: nothing is read
 * @away: nothing can be, there is no module
 * @help: the keys are shown
 * @first: rows scrolled off
 * @page: rows on the screen, from topview_draw()
 */
struct topview {
	struct grid grid[TOPVIEW_N];
	unsigned int sorted[TOPVIEW_N];
	bool reversed[TOPVIEW_N];
	unsigned int skipped[TOPVIEW_N];
	enum topview_what what;
	char total[TOPVIEW_TOTALS][40];
	char clock[16];
	char notice[80];
	char filter[64];
	char before[64];
	bool typing;
	bool paused;
	bool away;
	bool help;
	unsigned int first;
	unsigned int page;
};

/* What a key asks for */
#define TOPVIEW_QUIT	0x1
#define TOPVIEW_READ	0x2	/* what is shown now was not read so far */

/**
 * topview_key() - A key was pressed.
 * @v: the view
 * @key: a letter or enum topview_key
 *
 * Return: TOPVIEW_QUIT, TOPVIEW_READ or 0; drawn anew it must be anyway.
 */
unsigned int topview_key(struct topview *v, int key);

enum topview_style { TOPVIEW_PLAIN, TOPVIEW_BOLD, TOPVIEW_TITLE };

/**
 * topview_draw() - The screen's lines.
 * @v: the view; rows get sorted
 * @rows: of the screen
 * @columns: of the screen
 * @put: called with each line that is not empty, at most @columns long
 *
 * Return: column of the last row where the cursor is, -1 for nowhere.
 */
int topview_draw(struct topview *v, unsigned int rows, unsigned int columns,
		 void (*put)(unsigned int row, const char *line,
			     enum topview_style style));

void topview_free(struct topview *v);

#endif /* SLUICE_TOPVIEW_H */
