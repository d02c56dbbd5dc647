/* SPDX-License-Identifier: GPL-2.0 */
/* A file of backends that somebody else has found: its text. */
#ifndef SLUICE_HEALTH_LIST_H
#define SLUICE_HEALTH_LIST_H

#include <jansson.h>
#include <stddef.h>

/* Most backends of a pool that are found */
#define LIST_MAX	256

/* Most bytes of a file */
#define LIST_BYTES	65536

/**
 * struct list_error - why a file is refused
 * @line: where, from 1; 0: all of it
 * @why: a phrase
 */
struct list_error {
	unsigned int line;
	char why[160];
};

/**
 * list_read() - Backends of a text: a line ADDRESS:PORT [weight N] for each.
 * @text: whatever there is
 * @len: bytes of it
 * @err: filled in if it is refused
 *
 * What is after a # is a remark. All of the text is good, or none of it.
 *
 * Return: options of each, by its address as the tool shows it; NULL: refused.
 */
json_t *list_read(const char *text, size_t len, struct list_error *err);

#endif /* SLUICE_HEALTH_LIST_H */
