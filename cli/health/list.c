// SPDX-License-Identifier: GPL-2.0
/* A file of backends that somebody else has found. See list.h. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../value.h"
#include "list.h"

#define SPACE	" \t\r"

static void refuse(struct list_error *err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(err->why, sizeof(err->why), format, args);
	va_end(args);
}

/* Options after the address: there is but one. False: refused */
static bool get_options(char **rest, json_t *options, struct list_error *err)
{
	const char *word, *bad;
	uint64_t weight;

	word = strtok_r(NULL, SPACE, rest);
	if (!word)
		return true;
	if (strcmp(word, "weight")) {
		refuse(err, "'%.40s' is no option, there is weight", word);
		return false;
	}
	word = strtok_r(NULL, SPACE, rest);
	if (!word) {
		refuse(err, "weight needs a value");
		return false;
	}
	bad = value_get_number(word, 0, 65535, &weight);
	if (bad) {
		refuse(err, "weight '%.40s': %s", word, bad);
		return false;
	}
	word = strtok_r(NULL, SPACE, rest);
	if (word) {
		refuse(err, "'%.40s' is one word too many", word);
		return false;
	}
	json_object_set_new(options, "weight", json_integer(weight));
	return true;
}

/* False: refused */
static bool get_line(char *line, json_t *all, struct list_error *err)
{
	char address[VALUE_TEXT_LEN], *word, *rest;
	struct value_endpoint ep;
	const char *bad;
	json_t *options;

	line[strcspn(line, "#")] = '\0';
	word = strtok_r(line, SPACE, &rest);
	if (!word)
		return true;
	bad = value_get_endpoint(word, VALUE_PORT_NEEDED, &ep);
	if (bad) {
		/* Some say it themselves. */
		if (*bad == '\'')
			refuse(err, "%s", bad);
		else
			refuse(err, "'%.60s': %s", word, bad);
		return false;
	}
	/* There may be other ways to write it. */
	value_put_endpoint(address, &ep);
	if (json_object_get(all, address)) {
		refuse(err, "%s is given twice", address);
		return false;
	}
	if (json_object_size(all) == LIST_MAX) {
		refuse(err, "at most %u backends of a pool are found", LIST_MAX);
		return false;
	}
	options = json_object();
	json_object_set_new(all, address, options);
	return get_options(&rest, options, err);
}

static unsigned int lines(const char *text, size_t len)
{
	unsigned int n = 1;

	for (; len--; text++)
		n += *text == '\n';
	return n;
}

/* False: refused */
static bool get_lines(char *text, json_t *all, struct list_error *err)
{
	char *line;

	while ((line = strsep(&text, "\n"))) {
		err->line++;
		if (!get_line(line, all, err))
			return false;
	}
	if (json_object_size(all))
		return true;
	err->line = 0;
	refuse(err, "has no backends in it");
	return false;
}

json_t *list_read(const char *text, size_t len, struct list_error *err)
{
	size_t end = value_text_end(text, len);
	json_t *all = json_object();
	char *copy;
	bool good;

	*err = (struct list_error) { 0 };
	if (len > LIST_BYTES) {
		refuse(err, "has more than %u bytes", LIST_BYTES);
		good = false;
	} else if (end < len) {
		err->line = lines(text, end);
		refuse(err, "is no text");
		good = false;
	} else {
		copy = strndup(text, len);
		if (!copy)
			abort();
		good = get_lines(copy, all, err);
		free(copy);
	}
	if (good)
		return all;
	json_decref(all);
	return NULL;
}
