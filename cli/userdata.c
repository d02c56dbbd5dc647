// SPDX-License-Identifier: GPL-2.0
/* What tools keep with objects. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "conf.h"
#include "objects.h"
#include "userdata.h"
#include "value.h"

/* Keys of a pool's that are ours, and what they are among its options */
static const struct {
	const char *key;
	const char *option;
	json_type type;
} ours[] = {
	{ "health", "health", JSON_OBJECT },
	{ "found", "found", JSON_OBJECT },
	{ "backends", "names", JSON_ARRAY },
};

json_t *userdata_get(const void *data, size_t len)
{
	json_t *text = json_stringn(data, len);
	const unsigned char *byte = data;

	if (text)
		return text;
	text = json_array();
	for (; len; len--)
		json_array_append_new(text, json_integer(*byte++));
	return text;
}

/* NULL if it is none */
static json_t *object_of(const json_t *was)
{
	json_t *data = json_loadb(json_string_value(was) ?: "",
				  json_string_length(was), 0, NULL);

	if (json_is_object(data))
		return data;
	json_decref(data);
	return NULL;
}

/* Whether a file might have it: no control characters, in names or values */
static bool is_text(json_t *value)
{
	const char *key;
	json_t *part;
	size_t i;

	if (json_is_string(value))
		return value_text_end(json_string_value(value),
				      json_string_length(value)) ==
		       json_string_length(value);
	json_array_foreach(value, i, part)
		if (!is_text(part))
			return false;
	json_object_foreach(value, key, part)
		if (value_text_end(key, strlen(key)) < strlen(key) ||
		    !is_text(part))
			return false;
	return true;
}

/* Whether nothing is said: a file could have it, and would say nothing. */
static bool is_empty(const json_t *part)
{
	return !part || json_is_null(part) ||
	       (json_is_array(part) && !json_array_size(part));
}

/* One of ours as a file that has it would be read; NULL if that is refused */
static json_t *part_of(const json_t *data, unsigned int i)
{
	json_t *part = json_object_get(data, ours[i].key), *read;

	if (is_empty(part) || json_typeof(part) != ours[i].type ||
	    !is_text(part))
		return NULL;
	read = conf_part(ours[i].key, part);
	part = json_incref(json_object_get(read, ours[i].option));
	json_decref(read);
	return part;
}

void userdata_open(json_t *pool)
{
	json_t *data = object_of(json_object_get(pool, "user-data")), *part;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ours); i++) {
		part = part_of(data, i);
		if (part)
			json_object_set_new(pool, ours[i].option, part);
	}
	json_decref(data);
}

const char *userdata_left(const json_t *pool, const json_t *was,
			  unsigned int n)
{
	const char *key = NULL;
	json_t *data;
	unsigned int i;

	data = object_of(was);
	for (i = 0; i < ARRAY_SIZE(ours) && !key; i++)
		if (!is_empty(json_object_get(data, ours[i].key)) &&
		    !json_object_get(pool, ours[i].option) && !n--)
			key = ours[i].key;
	json_decref(data);
	return key;
}

/* Numbers with as few digits as give the same ones back */
static char *write_text(const json_t *data)
{
	unsigned int digits = 9;
	json_t *again;
	char *text;
	bool same;

	if (!json_object_size(data))
		return strdup("");
	for (;; digits++) {
		text = json_dumps(data, JSON_COMPACT |
				  JSON_REAL_PRECISION(digits));
		again = json_loads(text, 0, NULL);
		same = json_equal(data, again);
		json_decref(again);
		if (same || digits == 17)
			return text;
		free(text);
	}
}

char *userdata_of(const json_t *pool, const json_t *was, const char **why)
{
	const struct attr *attr = attr_find(pool_attrs, "user-data", ~0u);
	static char too_long[160];
	json_t *data, *part;
	unsigned int i;
	char *text;

	*why = NULL;
	data = was ? object_of(was) : json_object();
	if (!data) {
		*why = "what another tool keeps there is no JSON object, nothing goes beside it";
		return NULL;
	}
	for (i = 0; i < ARRAY_SIZE(ours); i++) {
		part = json_object_get(pool, ours[i].option);
		if (part)
			json_object_set(data, ours[i].key, part);
		else
			json_object_del(data, ours[i].key);
	}
	text = write_text(data);
	json_decref(data);
	if (strlen(text) <= attr->max)
		return text;
	snprintf(too_long, sizeof(too_long),
		 "its health, found and backends with names need %zu bytes%s, at most %u are kept",
		 strlen(text), was ? " with what other tools keep there" : "",
		 (unsigned int)attr->max);
	*why = too_long;
	free(text);
	return NULL;
}

void userdata_put(struct request *rq, uint16_t type, const json_t *was)
{
	size_t len = json_array_size(was), i;
	unsigned char *bytes;

	if (json_is_string(was)) {
		request_put(rq, type, json_string_length(was),
			    json_string_value(was));
		return;
	}
	bytes = malloc(len + 1);
	if (!bytes)
		abort();
	for (i = 0; i < len; i++)
		bytes[i] = json_integer_value(json_array_get(was, i));
	request_put(rq, type, len, bytes);
	free(bytes);
}
