// SPDX-License-Identifier: GPL-2.0
/* Lines of text on a terminal. Bold and reverse are all the colour it needs. */
#include "topscreen.h"	/* first: <term.h> has macros for words like columns */

#include <curses.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <term.h>
#include <unistd.h>

/* Enough to tell an escape key from a cursor key */
#define ESCAPE_MS	50

static SCREEN *screen;

const char *topscreen_open(void)
{
	static char why[160];
	const char *term = getenv("TERM");
	int status;

	if (!term || !*term)
		return "TERM is not set, so it is not known what the terminal can do";
	if (setupterm(NULL, STDOUT_FILENO, &status) == ERR) {
		snprintf(why, sizeof(why), "the terminal '%.40s' is not known",
			 term);
		return why;
	}
	if (!cursor_address || generic_type) {
		snprintf(why, sizeof(why),
			 "the terminal '%.40s' cannot show a screen, there is 'sluice stats rate'",
			 term);
		return why;
	}
	/* That was to ask; newterm() has its own. */
	del_curterm(cur_term);
	screen = newterm(NULL, stdout, stdin);
	if (!screen)
		return "the terminal cannot be set up";
	set_escdelay(ESCAPE_MS);
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	curs_set(0);
	return NULL;
}

static void put(unsigned int row, const char *line, enum topview_style style)
{
	static const attr_t attrs[] = {
		[TOPVIEW_PLAIN] = A_NORMAL,
		[TOPVIEW_BOLD]	= A_BOLD,
		[TOPVIEW_TITLE]	= A_REVERSE,
	};

	attrset(attrs[style]);
	mvaddnstr(row, 0, line, COLS);
	/* Titles are a bar across the screen. */
	if (style == TOPVIEW_TITLE) {
		int x = getcurx(stdscr);

		if (x)
			mvhline(row, x, ' ', COLS - x);
	}
	attrset(A_NORMAL);
}

void topscreen_draw(struct topview *v)
{
	int x;

	erase();
	x = topview_draw(v, LINES, COLS, put);
	curs_set(x >= 0);
	if (x >= 0)
		move(LINES - 1, x);
	refresh();
}

void topscreen_resize(void)
{
	struct winsize size;

	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_row &&
	    size.ws_col)
		resizeterm(size.ws_row, size.ws_col);
	clearok(curscr, TRUE);
}

int topscreen_key(void)
{
	int key = getch();

	switch (key) {
	case ERR:
		return 0;
	case KEY_UP:
		return TOPVIEW_UP;
	case KEY_DOWN:
		return TOPVIEW_DOWN;
	case KEY_LEFT:
		return TOPVIEW_LEFT;
	case KEY_RIGHT:
		return TOPVIEW_RIGHT;
	case KEY_PPAGE:
		return TOPVIEW_PAGE_UP;
	case KEY_NPAGE:
		return TOPVIEW_PAGE_DOWN;
	case KEY_HOME:
		return TOPVIEW_HOME;
	case KEY_END:
		return TOPVIEW_END;
	case KEY_ENTER:
	case '\r':
	case '\n':
		return TOPVIEW_ENTER;
	case '\033':
		return TOPVIEW_ESCAPE;
	case KEY_BACKSPACE:
	case '\b':
	case 0x7f:
		return TOPVIEW_BACKSPACE;
	case '\t':
		return TOPVIEW_TAB;
	case '\f':
		clearok(curscr, TRUE);
		return TOPVIEW_REDRAW;
	}
	/* Others that curses knows mean nothing here. */
	return key < 256 ? key : TOPVIEW_REDRAW;
}

void topscreen_close(void)
{
	if (!screen)
		return;
	endwin();
	delscreen(screen);
	screen = NULL;
}
