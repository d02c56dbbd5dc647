/* SPDX-License-Identifier: GPL-2.0 */
/* What the kernel has, and so what there is to check. */
#ifndef SLUICE_HEALTH_VIEW_H
#define SLUICE_HEALTH_VIEW_H

#include <jansson.h>

#include "../nlsock.h"

/**
 * view_begin() - Read what there is, and hear of changes from now on.
 * @err: filled in
 *
 * Return: 0 or @err->code.
 */
int view_begin(struct nlsock_error *err);

/* Read it anew soon. */
void view_changed(void);

/* Stop all checks. Health stays as the kernel has it. */
void view_end(void);

/* A record of each check, as `sluice health show` wants them */
json_t *view_report(void);

/* Called when nothing can be read any more; a module that is gone is waited for. */
extern void (*view_failed)(const struct nlsock_error *err);

#endif /* SLUICE_HEALTH_VIEW_H */
