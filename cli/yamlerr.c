// SPDX-License-Identifier: GPL-2.0
/* What is wrong with a file, with the line and the place in it. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "out.h"
#include "yaml.h"

/* Characters of a line that are shown */
#define SHOWN	76

/* Where the reader of a file has got to */
struct place {
	size_t pos;
	size_t line_start;
	unsigned int line;
};

static void advance(const struct yaml_file *file, struct place *at, size_t pos)
{
	const char *nl;

	while ((nl = memchr(file->text + at->pos, '\n', pos - at->pos))) {
		at->pos = nl + 1 - file->text;
		at->line_start = at->pos;
		at->line++;
	}
	at->pos = pos;
}

unsigned int yaml_line(const struct yaml_file *file,
		       const struct yaml_node *node)
{
	struct place at = { 0, 0, 1 };

	advance(file, &at, node->pos);
	return at.line;
}

static bool begins_char(char c)
{
	return (c & 0xc0) != 0x80;
}

/* Characters between two places */
static unsigned int count_chars(const struct yaml_file *file, size_t from,
				size_t to)
{
	unsigned int n = 0;

	for (; from < to; from++)
		n += begins_char(file->text[from]);
	return n;
}

/* Nothing in a file may move a cursor. */
static void put_safe(FILE *f, char c, bool is_binary)
{
	if (((unsigned char)c < ' ' && c != '\t') || c == 0x7f ||
	    (is_binary && c & 0x80))
		c = '?';
	fputc(c, f);
}

static void put_reason(FILE *f, const char *s)
{
	for (; *s; s++)
		put_safe(f, *s == '\t' ? ' ' : *s, false);
}

/* The line, or what of a long one is around the place */
static void put_line(const struct yaml_file *file, FILE *f,
		     const struct place *at, const struct yaml_error *e)
{
	const char *nl = memchr(file->text + at->line_start, '\n',
				file->len - at->line_start);
	size_t end = nl ? (size_t)(nl - file->text) : file->len;
	size_t from = at->line_start, p, left = e->len;

	if (end > from && file->text[end - 1] == '\r')
		end--;
	if (count_chars(file, from, end) > SHOWN) {
		for (p = e->pos; p > from &&
		     count_chars(file, p, e->pos) < SHOWN / 2; p--)
			;
		while (p < e->pos && !begins_char(file->text[p]))
			p++;
		from = p;
		for (p = from; p < end && count_chars(file, from, p) < SHOWN; )
			p++;
		while (p < end && !begins_char(file->text[p]))
			p++;
		end = p;
	}
	while (end > e->pos && end > from &&
	       strchr(" \t", file->text[end - 1]))
		end--;
	fputs("    ", f);
	for (p = from; p < end; p++)
		put_safe(f, file->text[p], file->is_binary);
	fputs("\n    ", f);
	for (p = from; p < e->pos && p < end; p++)
		if (begins_char(file->text[p]))
			fputc(file->text[p] == '\t' ? '\t' : ' ', f);
	fputc('^', f);
	for (p = e->pos + 1; left-- > 1 && p < end; p++)
		if (begins_char(file->text[p]))
			fputc('^', f);
	fputc('\n', f);
}

/* What the carets would mark, or NULL if that is nothing */
static json_t *text_at(const struct yaml_file *file, const struct yaml_error *e)
{
	size_t end = e->pos, left = e->len;
	unsigned int shown = 0;
	json_t *json = NULL;
	char *text;

	for (; end < file->len && left && !strchr("\r\n", file->text[end]);
	     end++, left--) {
		shown += begins_char(file->text[end]);
		if (shown > SHOWN)
			break;
	}
	text = strndup(file->text + e->pos, end - e->pos);
	if (!text)
		abort();
	if (*text)
		json = out_string(text);
	free(text);
	return json;
}

static void put_json(const struct yaml_file *file, FILE *f,
		     const char *command, const struct place *at,
		     const struct yaml_error *e)
{
	json_t *json;

	json = json_pack("{s:{s:s, s:o, s:i, s:i, s:o*, s:o*, s:o*, s:o}}", "error",
			 "command", command, "file", out_string(file->name),
			 "line", (int)at->line, "column",
			 (int)count_chars(file, at->line_start, e->pos) + 1,
			 "text", text_at(file, e),
			 "object", out_string(e->object),
			 "option", out_string(e->option),
			 "reason", out_string(e->reason));
	json_dumpf(json, f, JSON_COMPACT);
	fputc('\n', f);
	json_decref(json);
}

static void put_json_more(const struct yaml_file *file, FILE *f,
			  const char *command)
{
	json_t *json;

	json = json_pack("{s:{s:s, s:o, s:i}}", "error", "command", command,
			 "file", out_string(file->name),
			 "more", (int)file->n_more);
	json_dumpf(json, f, JSON_COMPACT);
	fputc('\n', f);
	json_decref(json);
}

static int by_place(const void *a, const void *b)
{
	const struct yaml_error *x = a, *y = b;

	if (x->pos != y->pos)
		return x->pos < y->pos ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

void yaml_print_errors(struct yaml_file *file, FILE *f, bool json,
		       const char *command)
{
	struct place at = { 0, 0, 1 };
	const struct yaml_error *e;
	unsigned int i;

	qsort(file->error, file->n_errors, sizeof(*file->error), by_place);
	for (i = 0; i < file->n_errors; i++) {
		e = &file->error[i];
		advance(file, &at, e->pos);
		if (json) {
			put_json(file, f, command, &at, e);
			continue;
		}
		fprintf(f, "%s:%u:%u: ", file->name, at.line,
			count_chars(file, at.line_start, e->pos) + 1);
		if (e->object)
			put_reason(f, e->object);
		if (e->option) {
			if (e->object)
				fputc(' ', f);
			put_reason(f, e->option);
		}
		if (e->object || e->option)
			fputs(": ", f);
		put_reason(f, e->reason);
		fputc('\n', f);
		if (file->len)
			put_line(file, f, &at, e);
	}
	if (file->n_more && json)
		put_json_more(file, f, command);
	else if (file->n_more)
		fprintf(f, "%s: and %u more errors\n", file->name,
			file->n_more);
}
