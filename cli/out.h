/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records to people, one a line, or to programs, as a JSON array.
 */
#ifndef SLUICE_OUT_H
#define SLUICE_OUT_H

#include <jansson.h>
#include <stdio.h>

#include "attr.h"

/**
 * out_table() - Show records, aligned.
 * @table: rows of their object
 * @records: a JSON array; given away
 */
void out_table(const struct attr *table, json_t *records);

/*
 * Records one by one as they come, when there may be many: aligned by the first
 * thousand, later ones that are wider widen their columns. At the end, whether
 * they are all: of none, an error is all that is said.
 */
void out_record(const struct attr *table, json_t *record);
void out_end(const struct attr *table, bool all);

/* One record, a field a line; or only numbers that are not 0 */
void out_fields(const json_t *record, bool all);

/**
 * out_event() - Show what happened to an object, at once.
 * @time: when
 * @event: what; the only word of the line if there is no @object
 * @object: to what
 * @table: rows of it
 * @record: as it is now; given away
 *
 * JSON is one object a line.
 *
 * Return: false if nobody can read it.
 */
bool out_event(const char *time, const char *event, const char *object,
	       const struct attr *table, json_t *record);

/* Nobody reads us any more: forget what was not written, that is no error. */
void out_give_up(void);

/* One JSON value as a whole; given away */
void out_json(json_t *value);

/* A JSON value as the library dumps it, but nothing in it moves a cursor. */
void out_dump(const json_t *value, size_t flags, FILE *f);

/* A JSON string, with ? for bytes of what is no text; NULL for NULL */
json_t *out_string(const char *text);

/* What a value looks like in a line of text; to be freed */
char *out_text(const json_t *value);

#endif /* SLUICE_OUT_H */
