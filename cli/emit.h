/* SPDX-License-Identifier: GPL-2.0 */
/* JSON as YAML for people, always the same for the same value. */
#ifndef SLUICE_EMIT_H
#define SLUICE_EMIT_H

#include <jansson.h>
#include <stdio.h>

/**
 * emit_yaml() - Write a document.
 * @f: where to
 * @document: an object of objects of objects; what is in those is written on
 *	one line if it fits
 */
void emit_yaml(FILE *f, const json_t *document);

/* Write a value in a line, without its end. */
void emit_line(FILE *f, const json_t *value);

#endif /* SLUICE_EMIT_H */
