// SPDX-License-Identifier: GPL-2.0
/* JSON as YAML. */
#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "emit.h"
#include "out.h"

#define WIDTH		80
/* Objects up to here get a line for each of their members. */
#define BLOCK_DEPTH	2

static bool is_word(const char *text)
{
	/* What YAML 1.1 or 1.2 takes for something else than text */
	static const char *const special[] = {
		"null", "true", "false", "yes", "no", "y", "n", "~",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(special); i++)
		if (!strcasecmp(text, special[i]))
			return false;
	/* Colons are good before what is no space, see put_text(). */
	for (i = 0; text[i]; i++)
		if (!isascii(text[i]) || (!isalnum((unsigned char)text[i]) &&
					  !strchr("._-/:=+@%", text[i])))
			return false;
	return i && (isalnum((unsigned char)text[0]) || text[0] == '/') &&
	       text[i - 1] != ':';
}

static void put_text(FILE *f, const char *text)
{
	json_t *json;

	if (is_word(text)) {
		fputs(text, f);
		return;
	}
	/* The quotes and escapes of JSON are among those of YAML. */
	json = json_string(text);
	out_dump(json, 0, f);
	json_decref(json);
}

static void put_flow(FILE *f, const json_t *value)
{
	const char *key, *comma = "";
	json_t *item;
	size_t i;

	switch (json_typeof(value)) {
	case JSON_OBJECT:
		fputc('{', f);
		json_object_foreach((json_t *)value, key, item) {
			fputs(comma, f);
			put_text(f, key);
			fputs(": ", f);
			put_flow(f, item);
			comma = ", ";
		}
		fputc('}', f);
		break;
	case JSON_ARRAY:
		fputc('[', f);
		json_array_foreach(value, i, item) {
			fputs(comma, f);
			put_flow(f, item);
			comma = ", ";
		}
		fputc(']', f);
		break;
	case JSON_STRING:
		put_text(f, json_string_value(value));
		break;
	default:
		out_dump(value, 0, f);
		break;
	}
}

/* Those of which one would like to see what comes and goes */
static bool is_long(const char *key)
{
	return !strcmp(key, "backends") || !strcmp(key, "rules");
}

static bool fits(const json_t *value, size_t used)
{
	char *text = NULL;
	size_t len;
	FILE *f;

	f = open_memstream(&text, &len);
	put_flow(f, value);
	fclose(f);
	free(text);
	return used + len <= WIDTH;
}

static void put_list(FILE *f, const json_t *list, unsigned int indent);

/* What comes after a key or a dash: on its line or on the next ones */
static void put_value(FILE *f, const char *key, const json_t *value,
		      unsigned int indent, unsigned int depth);

static void put_object(FILE *f, const json_t *object, unsigned int indent,
		       unsigned int depth)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)object, key, value) {
		fprintf(f, "%*s", indent, "");
		put_text(f, key);
		fputc(':', f);
		put_value(f, key, value, indent, depth);
	}
}

static void put_value(FILE *f, const char *key, const json_t *value,
		      unsigned int indent, unsigned int depth)
{
	size_t used = indent + strlen(key) + 2;
	bool object = json_is_object(value) && json_object_size(value);
	bool list = json_is_array(value) && json_array_size(value);
	bool open = (object && depth < BLOCK_DEPTH) || (list && is_long(key));

	if ((!object && !list) || (!open && fits(value, used))) {
		fputc(' ', f);
		put_flow(f, value);
		fputc('\n', f);
		return;
	}
	fputc('\n', f);
	if (object)
		put_object(f, value, indent + 2, depth + 1);
	else
		put_list(f, value, indent + 2);
}

/* A member of an object may stand beside the dash. */
static void put_item(FILE *f, const json_t *item, unsigned int indent)
{
	const char *key, *before = "";
	json_t *value;

	fprintf(f, "%*s-", indent, "");
	if (!json_is_object(item) || fits(item, indent + 2)) {
		fputc(' ', f);
		put_flow(f, item);
		fputc('\n', f);
		return;
	}
	json_object_foreach((json_t *)item, key, value) {
		fprintf(f, "%*s", *before ? indent + 2 : 1, "");
		put_text(f, key);
		fputc(':', f);
		put_value(f, key, value, indent + 2, BLOCK_DEPTH);
		before = key;
	}
}

static void put_list(FILE *f, const json_t *list, unsigned int indent)
{
	json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
		put_item(f, item, indent);
}

void emit_yaml(FILE *f, const json_t *document)
{
	put_object(f, document, 0, 0);
}

void emit_line(FILE *f, const json_t *value)
{
	put_flow(f, value);
}
