/* SPDX-License-Identifier: GPL-2.0 */
/* The terminal of `sluice top`: the only file that knows of curses. */
#ifndef SLUICE_TOPSCREEN_H
#define SLUICE_TOPSCREEN_H

#include "topview.h"

/* NULL, or why there is no screen */
const char *topscreen_open(void);

void topscreen_draw(struct topview *v);

/* The terminal has another size. */
void topscreen_resize(void);

/* A key as topview_key() takes it, 0 if none was pressed */
int topscreen_key(void);

void topscreen_close(void);

#endif /* SLUICE_TOPSCREEN_H */
