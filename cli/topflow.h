/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What `sluice top` shows of flows. There may be a million: a sweep over them
 * takes as many steps as it needs, on a socket of its own, and keeps the first
 * thousand of them by the number that they are sorted by, or else by rate.
 */
#ifndef SLUICE_TOPFLOW_H
#define SLUICE_TOPFLOW_H

#include "nlsock.h"
#include "topview.h"

/* Set up columns and their order. */
void topflow_init(struct topview *v);

/**
 * topflow_start() - Begin a sweep.
 * @v: says what is wanted of the flows
 * @err: filled in
 *
 * One that is under way for the same goes on, another is given up.
 *
 * Return: 0 or @err->code.
 */
int topflow_start(struct topview *v, struct nlsock_error *err);

/* Whether a sweep is under way; whether one came to its end */
bool topflow_is_sweeping(void);
bool topflow_has_swept(void);

/**
 * topflow_step() - Read some more; waits for them.
 * @v: the view; gets the flows with the last step
 * @err: filled in
 *
 * Return: 0 or @err->code.
 */
int topflow_step(struct topview *v, struct nlsock_error *err);

/* Give up a sweep: the module cannot go while one is under way. */
void topflow_stop(void);

/* Nor is any flow known: there is another module, or none. */
void topflow_forget(void);

void topflow_free(void);

#endif /* SLUICE_TOPFLOW_H */
