// SPDX-License-Identifier: GPL-2.0
/* How backends of a pool are found: what the daemon knows from the pool's user-data. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "value.h"

#define DIRECTORY_MAX	1024

static const char *const keys[] = { "interval", "directory", NULL };

static json_t *get_interval(const char *text, const char **err)
{
	uint32_t ms = 0;

	*err = value_get_seconds(text, 1000, 86400000, &ms);
	return ms % 1000 ? json_real(ms / 1000.0) : json_integer(ms / 1000);
}

static json_t *get_directory(const char *text, const char **err)
{
	const char *c;

	if (*text != '/')
		*err = "must be a path that begins with /";
	else if (strlen(text) > DIRECTORY_MAX)
		*err = "must have at most 1024 letters";
	for (c = text; *c; c++)
		if (!isascii(*c) || !isgraph((unsigned char)*c))
			*err = "must have no spaces and nothing but ASCII";
	return json_string(text);
}

static json_t *get_value(struct conf *c, const char *title,
			 const struct yaml_node *node)
{
	const char *key = node->key->text, *err = NULL;
	json_t *value;

	if (node->kind != YAML_SCALAR || node->is_null) {
		yaml_error(c->file, node, NULL, title, key, "needs one value");
		return NULL;
	}
	value = strcmp(key, "interval") ? get_directory(node->text, &err) :
					  get_interval(node->text, &err);
	if (!err)
		return value;
	yaml_error(c->file, node, NULL, title, key, "%s", err);
	json_decref(value);
	return NULL;
}

json_t *conf_found(struct conf *c, const char *title,
		   const struct yaml_node *map)
{
	const struct yaml_node *node;
	json_t *found, *value;
	char *full = NULL;
	unsigned int i;

	if (map->kind == YAML_SCALAR && map->is_null)
		return NULL;
	if (map->kind != YAML_MAP) {
		yaml_error(c->file, map, NULL, title, "found",
			   "looks like {interval: 30, directory: /run/sluice/backends.d}");
		return NULL;
	}
	if (asprintf(&full, "%s found", title) < 0)
		abort();
	found = json_object();
	for (node = map->first; node; node = node->next)
		if (!conf_is_word(node->key->text, keys))
			conf_unknown(c, node->key, full, node->key->text,
				     "option of finding backends",
				     node->key->text, keys);
	for (i = 0; keys[i]; i++) {
		node = yaml_get(map, keys[i]);
		value = node ? get_value(c, full, node) : NULL;
		if (value)
			json_object_set_new(found, keys[i], value);
	}
	free(full);
	return found;
}
