// SPDX-License-Identifier: GPL-2.0
/* Records as text and as JSON. */
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "out.h"

/* Of a long listing so many records are held back, to see how wide they are. */
#define AHEAD		1000

static unsigned int shown;

/* Records that wait for their widths, and these, by the table's rows */
static json_t *held;
static int *widths;

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

static bool is_aligned(const struct attr *attr)
{
	return attr->flags & (ATTR_COLUMN | ATTR_ALIGNED);
}

static void widen(const struct attr *table, const json_t *record)
{
	const json_t *value;
	unsigned int i;
	char *text;
	int len;

	for (i = 0; !widths && table[i].name; i++)
		;
	if (!widths)
		widths = calloc(i, sizeof(*widths));
	for (i = 0; table[i].name; i++) {
		value = is_aligned(&table[i]) ?
			json_object_get(record, table[i].name) : NULL;
		if (!value)
			continue;
		text = out_text(value);
		len = strlen(text);
		if (len > widths[i])
			widths[i] = len;
		free(text);
	}
}

/* After the spaces that are due; how many are due then */
static int put_item(int due, const char *name, const char *text)
{
	printf("%*s%s%s%s", due, "", name ?: "", name && text ? " " : "",
	       text ?: "");
	return 1;
}

/* One that is wider than all before it widens its column for those to come. */
static int put_aligned(int due, const char *name, const char *text, int *width)
{
	int len = text ? strlen(text) : 0;

	if (len > *width)
		*width = len;
	if (text)
		due = put_item(due, name, text);
	else if (*width)
		due += 1 + (name ? strlen(name) + 1 : 0);
	return due + *width - len;
}

static void put_line(const struct attr *table, const json_t *record, int *width)
{
	const struct attr *attr;
	const json_t *value;
	const char *name;
	int due = 0, none;
	char *text;

	for (attr = table; attr->name; attr++) {
		if (attr->flags & ATTR_JSON)
			continue;
		name = attr->flags & ATTR_COLUMN ? NULL : attr->name;
		value = json_object_get(record, attr->name);
		text = !value ? NULL : attr->flags & ATTR_SECRET ?
		       strdup(ATTR_HIDDEN) : out_text(value);
		none = 0;
		if (is_aligned(attr))
			due = put_aligned(due, name, text, width ?
					  &width[attr - table] : &none);
		else if (text && json_is_true(value))
			due = put_item(due, name, NULL);
		else if (text && (!attr->usual || strcmp(text, attr->usual)))
			due = put_item(due, name, text);
		free(text);
	}
	putchar('\n');
}

/*
 * The library escapes what JSON has it escape. DEL and U+0080 to U+009f, which it
 * does not, are control characters of terminals as well.
 */
static int put_escaped(const char *text, size_t len, void *file)
{
	const unsigned char *s = (const unsigned char *)text;
	FILE *f = file;
	size_t i;

	if (!memchr(s, 0x7f, len) && !memchr(s, 0xc2, len))
		return fwrite(s, 1, len, f) == len ? 0 : -1;
	for (i = 0; i < len; i++)
		if (s[i] == 0x7f)
			fputs("\\u007f", f);
		else if (s[i] == 0xc2 && i + 1 < len && s[i + 1] < 0xa0)
			fprintf(f, "\\u%04x", s[++i]);
		else
			fputc(s[i], f);
	return 0;
}

void out_dump(const json_t *value, size_t flags, FILE *f)
{
	json_dump_callback(value, put_escaped, f, flags | JSON_ENCODE_ANY |
			   JSON_REAL_PRECISION(9));
}

static void put_json(const json_t *value)
{
	out_dump(value, JSON_COMPACT, stdout);
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

/* What was held back is as wide as it will be, until something wider comes. */
static void let_go(const struct attr *table)
{
	json_t *record;
	size_t i;

	json_array_foreach(held, i, record)
		put_line(table, record, widths);
	json_decref(held);
	held = NULL;
}

/* A record of a listing of which @ahead are held back */
static void take(const struct attr *table, json_t *record, size_t ahead)
{
	shown++;
	if (cmd_json) {
		fputs(shown > 1 ? ",\n" : "[\n", stdout);
		put_json(record);
	} else if (shown > ahead) {
		let_go(table);
		put_line(table, record, widths);
	} else {
		widen(table, record);
		if (!held)
			held = json_array();
		json_array_append(held, record);
	}
	json_decref(record);
}

void out_record(const struct attr *table, json_t *record)
{
	take(table, record, AHEAD);
}

void out_end(const struct attr *table, bool all)
{
	let_go(table);
	if (cmd_json && (shown || all))
		fputs(shown ? "\n]\n" : "[]\n", stdout);
	shown = 0;
	free(widths);
	widths = NULL;
}

void out_table(const struct attr *table, json_t *records)
{
	json_t *record;
	size_t i;

	json_array_foreach(records, i, record)
		take(table, json_incref(record), SIZE_MAX);
	out_end(table, true);
	json_decref(records);
}
