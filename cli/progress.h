/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How far something has come that takes long: one line of the terminal that
 * changes, on standard error. Where that is no terminal there is none.
 */
#ifndef SLUICE_PROGRESS_H
#define SLUICE_PROGRESS_H

#include <stdbool.h>

/**
 * progress() - Show how far.
 * @format: of printf(), less than a line
 *
 * Return: false if there is no terminal to show it.
 */
bool progress(const char *format, ...);

/* Take the line away, before anything else is said. */
void progress_end(void);

#endif /* SLUICE_PROGRESS_H */
