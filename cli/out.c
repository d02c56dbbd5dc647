// SPDX-License-Identifier: GPL-2.0
/* Records as text and as JSON. */
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "out.h"

#define COLUMNS_MAX	8

static unsigned int shown;

/* Microseconds are the finest there is. */
static void put_real(FILE *f, double real)
{
	char text[64];
	int n = snprintf(text, sizeof(text), "%.6f", real);

	while (text[n - 1] == '0')
		n--;
	fprintf(f, "%.*s", text[n - 1] == '.' ? n - 1 : n, text);
}

char *out_text(const json_t *value)
{
	char *text = NULL, *part;
	size_t i, len;
	json_t *item;
	FILE *f;

	f = open_memstream(&text, &len);
	switch (json_typeof(value)) {
	case JSON_STRING:
		fputs(json_string_value(value), f);
		break;
	case JSON_INTEGER:
		fprintf(f, "%lld", (long long)json_integer_value(value));
		break;
	case JSON_REAL:
		put_real(f, json_real_value(value));
		break;
	case JSON_ARRAY:
		json_array_foreach(value, i, item) {
			part = out_text(item);
			fprintf(f, "%s%s", i ? "," : "", part);
			free(part);
		}
		break;
	case JSON_OBJECT:
		/* a TLV */
		fprintf(f, "%s=%s",
			json_string_value(json_object_get(value, "type")),
			json_string_value(json_object_get(value, "value")));
		break;
	default:
		break;
	}
	fclose(f);
	return text;
}

json_t *out_string(const char *text)
{
	json_t *string = json_string(text);
	char *safe, *c;

	if (string || !text)
		return string;
	safe = strdup(text);
	for (c = safe; *c; c++)
		if (*c & 0x80)
			*c = '?';
	string = json_string(safe);
	free(safe);
	return string;
}

static void widths_of(const struct attr *table, const json_t *records,
		      int *width)
{
	unsigned int column;
	const json_t *value;
	json_t *record;
	char *text;
	size_t i;
	int len;

	for (column = 0; table->name; table++) {
		if (!(table->flags & ATTR_COLUMN))
			continue;
		json_array_foreach(records, i, record) {
			value = json_object_get(record, table->name);
			if (!value)
				continue;
			text = out_text(value);
			len = strlen(text);
			if (len > width[column])
				width[column] = len;
			free(text);
		}
		column++;
	}
}

static void put_line(const struct attr *table, const json_t *record,
		     const int *width)
{
	const char *space = "";
	unsigned int column = 0;
	const json_t *value;
	char *text;

	for (; table->name; table++) {
		if (table->flags & ATTR_JSON)
			continue;
		value = json_object_get(record, table->name);
		text = value ? out_text(value) : NULL;
		if (table->flags & ATTR_COLUMN) {
			printf("%s%-*s", space, width ? width[column] : 0,
			       text ?: "");
			column++;
		} else if (text && json_is_true(value)) {
			printf("%s%s", space, table->name);
		} else if (text && (!table->usual ||
				    strcmp(text, table->usual))) {
			printf("%s%s %s", space, table->name, text);
		}
		space = " ";
		free(text);
	}
	putchar('\n');
}

static void put_json(const json_t *value)
{
	json_dumpf(value, stdout, JSON_COMPACT | JSON_ENCODE_ANY |
		   JSON_REAL_PRECISION(9));
}

void out_fields(const json_t *record, bool all)
{
	const json_t *value;
	const char *name;
	char *text;

	if (cmd_json) {
		put_json(record);
		putchar('\n');
		return;
	}
	json_object_foreach((json_t *)record, name, value) {
		if (!all && !json_integer_value(value))
			continue;
		if (json_is_true(value)) {
			puts(name);
			continue;
		}
		text = out_text(value);
		printf("%-20s %s\n", name, text);
		free(text);
	}
}

void out_json(json_t *value)
{
	put_json(value);
	putchar('\n');
	json_decref(value);
}

bool out_event(const char *time, const char *event, const char *object,
	       const struct attr *table, json_t *record)
{
	json_t *line;

	if (cmd_json) {
		line = json_pack("{s:s, s:s, s:s*}", "time", time,
				 "event", event, "object", object);
		if (record)
			json_object_update(line, record);
		out_json(line);
	} else {
		printf("%s %s%s%s", time, event, object ? " " : "",
		       object ?: "");
		if (record) {
			putchar(' ');
			put_line(table, record, NULL);
		} else {
			putchar('\n');
		}
	}
	json_decref(record);
	return !fflush(stdout);
}

void out_give_up(void)
{
	__fpurge(stdout);
	clearerr(stdout);
}

void out_record(const struct attr *table, json_t *record)
{
	if (cmd_json) {
		fputs(shown ? ",\n" : "[\n", stdout);
		put_json(record);
	} else {
		put_line(table, record, NULL);
	}
	shown++;
	json_decref(record);
}

void out_end(bool all)
{
	if (cmd_json && (shown || all))
		fputs(shown ? "\n]\n" : "[]\n", stdout);
	shown = 0;
}

void out_table(const struct attr *table, json_t *records)
{
	int width[COLUMNS_MAX] = { 0 };
	json_t *record;
	size_t i;

	if (cmd_json) {
		json_array_foreach(records, i, record)
			out_record(table, json_incref(record));
		out_end(true);
	} else {
		widths_of(table, records, width);
		json_array_foreach(records, i, record)
			put_line(table, record, width);
	}
	json_decref(records);
}
