// SPDX-License-Identifier: GPL-2.0
/* Where the backends of one pool are found. See source.h. */
#include <stdlib.h>
#include <string.h>

#include "../attr.h"
#include "list.h"
#include "log.h"
#include "source.h"

#define INTERVAL_MS	30000

static const char *directory_of(const json_t *pool)
{
	return attr_text(json_object_get(pool, "found"), "directory");
}

struct source *source_new(const char *pool)
{
	struct source *source = calloc(1, sizeof(*source));

	if (!source)
		abort();
	source->pool = strdup(pool);
	source->names = calloc(1, sizeof(*source->names));
	if (!source->pool || !source->names)
		abort();
	source->have = json_object();
	source->said = json_object();
	source->refused = json_object();
	return source;
}

static void free_names(struct name **names)
{
	struct name **name;

	for (name = names; *name; name++)
		name_free(*name);
	free(names);
}

void source_free(struct source *source)
{
	free_names(source->names);
	if (source->door)
		door_free(source->door);
	json_decref(source->have);
	json_decref(source->said);
	json_decref(source->refused);
	free(source->pool);
	free(source);
}

/* Out of those there are, whose end is NULL */
static struct name *take_name(struct name **names, const json_t *entry,
			      uint32_t ms)
{
	struct name *name = NULL;

	for (; *names; names++)
		if (name || name_is(*names, entry, ms)) {
			name = name ?: *names;
			names[0] = names[1];
		}
	return name;
}

static void set_names(struct source *source, const json_t *entries,
		      uint32_t ms)
{
	struct name **old = source->names;
	json_t *entry;
	size_t i;

	source->names = calloc(json_array_size(entries) + 1,
			       sizeof(*source->names));
	if (!source->names)
		abort();
	json_array_foreach(entries, i, entry)
		source->names[i] = take_name(old, entry, ms) ?:
				   name_new(source->pool, entry, ms);
	free_names(old);
}

/* The kernel does not mind what a pool is called; a file's name it may not be. */
static bool is_file_name(const char *pool)
{
	return *pool != '.' && !strchr(pool, '/');
}

void source_set(struct source *source, const json_t *pool)
{
	const json_t *interval = json_object_get(json_object_get(pool, "found"),
						 "interval");
	const char *directory = directory_of(pool);
	uint32_t ms = INTERVAL_MS;

	if (interval)
		ms = json_number_value(interval) * 1000 + 0.5;
	if (directory && !is_file_name(source->pool)) {
		if (!source->nameless)
			log_say(LOG_WARNING,
				"pool %s: nothing is read from %s: no file has such a name",
				source->pool, directory);
		source->nameless = true;
		directory = NULL;
	}
	set_names(source, json_object_get(pool, "names"), ms);
	if (source->door && (!directory || !door_is(source->door, directory,
						    ms))) {
		door_free(source->door);
		source->door = NULL;
	}
	if (!source->door && directory)
		source->door = door_new(source->pool, directory, ms);
}

static void add_name(json_t *wanted, const struct name *name,
		     bool all[NAMES_FAMILIES])
{
	const json_t *answers;
	unsigned int i;
	json_t *text;
	size_t j;

	for (i = 0; i < NAMES_FAMILIES; i++) {
		answers = name_answers(name, i);
		if (!answers)
			all[i] = false;
		json_array_foreach(answers, j, text)
			json_object_set_new(wanted, json_string_value(text),
					    name_options(name));
	}
}

static int by_text(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

/* Always the same ones, so that nothing comes and goes */
static void keep_some(struct source *source, json_t *wanted)
{
	size_t n = json_object_size(wanted), i = 0;
	const char **all, *address;
	json_t *options;

	if (n <= LIST_MAX) {
		source->too_many = false;
		return;
	}
	if (!source->too_many)
		log_say(LOG_WARNING, "pool %s: %zu backends are found, no more than %u are taken",
			source->pool, n, LIST_MAX);
	source->too_many = true;
	all = calloc(n, sizeof(*all));
	if (!all)
		abort();
	json_object_foreach(wanted, address, options)
		all[i++] = address;
	qsort(all, n, sizeof(*all), by_text);
	for (i = LIST_MAX; i < n; i++)
		json_object_del(wanted, all[i]);
	free(all);
}

json_t *source_wanted(struct source *source, bool all[NAMES_FAMILIES])
{
	json_t *wanted = json_object();
	const json_t *said;
	struct name **name;
	unsigned int i;

	for (i = 0; i < NAMES_FAMILIES; i++)
		all[i] = true;
	for (name = source->names; *name; name++)
		add_name(wanted, *name, all);
	if (source->door) {
		said = door_backends(source->door);
		if (said)
			json_object_update(wanted, (json_t *)said);
		for (i = 0; i < NAMES_FAMILIES && !said; i++)
			all[i] = false;
	}
	keep_some(source, wanted);
	return wanted;
}
