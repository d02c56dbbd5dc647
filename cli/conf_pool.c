// SPDX-License-Identifier: GPL-2.0
/* The pools of a configuration file, and their backends. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "userdata.h"
#include "value.h"

/* NAME:PORT, and no address that was mistyped */
static bool is_name(const char *text, const char **port)
{
	const char *c, *last = text;

	*port = NULL;
	for (c = text; *c && *c != ':'; c++) {
		if (!isascii(*c) || (!isalnum((unsigned char)*c) &&
				     !strchr(".-_", *c)))
			return false;
		if (*c == '.' && c[1] && c[1] != ':')
			last = c + 1;
	}
	if (!isalpha((unsigned char)*last) || strchr(".-", *text))
		return false;
	*port = *c ? c + 1 : NULL;
	return !*c || !strchr(c + 1, ':');
}

static void add_name(struct conf *c, const char *title, json_t *pool,
		     json_t *record, const char *address, const char *port,
		     const struct yaml_node *at)
{
	json_t *names = json_object_get(pool, "names"), *twin;
	const char *bad = "a backend with a name has a port, NAME:PORT";
	uint16_t n;

	if (port)
		bad = value_get_port(port, &n);
	/* Daemons get it as it is, and each way to write it would be another. */
	if (!bad && *port == '0')
		bad = "a port has no zeros before it";
	if (bad)
		yaml_error(c->file, at, port, title, NULL, "%s", bad);
	twin = json_object_get(c->names, title);
	if (twin && conf_is_worth(c))
		yaml_error(c->file, at, NULL, title, NULL,
			   "is given twice, first in line %u",
			   yaml_line(c->file, (void *)(intptr_t)
				     json_integer_value(twin)));
	else if (!twin)
		json_object_set_new(c->names, title,
				    json_integer((intptr_t)at));
	if (!names) {
		names = json_array();
		json_object_set_new(pool, "names", names);
	}
	json_object_del(record, "pool");
	json_object_set_new(record, "address", json_string(address));
	json_array_append_new(names, record);
}

/* @at: its address, which may be a name */
static void read_address(struct conf *c, const char *pool_name, json_t *pool,
			 const struct yaml_node *node,
			 const struct yaml_node *at)
{
	/* Nor does a file say who has found it. */
	static const char *const given[] = {
		"pool", "address", "found", NULL
	};
	static const char *const others[] = { "address", NULL };
	const char *port = NULL, *err, *bad;
	struct value_endpoint ep;
	char *title = NULL;
	json_t *record;
	bool named;

	if (asprintf(&title, "backend %s %s", pool_name, at->text) < 0)
		abort();
	request_begin(&c->rq, 0, 0);
	conf_given(c, title, MODEL_BACKEND, "pool", pool_name, NULL);
	named = value_get_endpoint(at->text, 0, &ep) &&
		is_name(at->text, &port);
	if (!named) {
		err = attr_put(attr_find(backend_attrs, "address", ATTR_ADD),
			       at->text, &c->rq, &bad);
		if (err)
			yaml_error(c->file, at, NULL, title, NULL, "%s", err);
	}
	/* "address" is read already. */
	record = conf_options(c, MODEL_BACKEND, title, node, given, others);
	if (named)
		add_name(c, title, pool, record, at->text, port, at);
	else if (json_object_get(record, "address"))
		conf_add(c, MODEL_BACKEND, record, node);
	else
		json_decref(record);
	free(title);
}

static void read_backend(struct conf *c, const char *name, json_t *pool,
			 const struct yaml_node *node, const char *title)
{
	const struct yaml_node *at = node;

	if (node->kind == YAML_MAP)
		at = yaml_get(node, "address");
	if (!at && node->is_part)
		return;
	if (!at)
		yaml_error(c->file, node->first ? node->first->key : node,
			   NULL, title, "backends",
			   "a backend has an address");
	else if (at->kind != YAML_SCALAR || at->is_null)
		yaml_error(c->file, at, NULL, title, "backends",
			   "a backend is an address, or a map with one");
	else
		read_address(c, name, pool, node, at);
}

static int by_address(const void *a, const void *b)
{
	json_t *const *x = a, *const *y = b;

	return strverscmp(json_string_value(json_object_get(*x, "address")),
			  json_string_value(json_object_get(*y, "address")));
}

static void sort_names(json_t *pool)
{
	json_t *names = json_object_get(pool, "names"), **all;
	size_t n = json_array_size(names), i;

	if (!n)
		return;
	all = calloc(n, sizeof(*all));
	if (!all)
		abort();
	for (i = 0; i < n; i++)
		all[i] = json_incref(json_array_get(names, i));
	qsort(all, n, sizeof(*all), by_address);
	json_array_clear(names);
	for (i = 0; i < n; i++)
		json_array_append_new(names, all[i]);
	free(all);
}

static void check_user_data(struct conf *c, const char *title,
			    const json_t *pool, const struct yaml_node *node)
{
	const char *why;

	free(userdata_of(pool, NULL, &why));
	if (why)
		yaml_error(c->file, node->key ?: node, NULL, title, NULL, "%s",
			   why);
}

void conf_pool(struct conf *c, const struct yaml_node *node)
{
	static const char *const given[] = { "name", NULL };
	static const char *const others[] = {
		"health", "found", "backends", NULL
	};
	const char *name = node->key->text;
	char *title = model_title(MODEL_POOL, name);
	const struct yaml_node *part;
	json_t *pool, *value;
	bool good;

	request_begin(&c->rq, 0, 0);
	good = conf_given(c, title, MODEL_POOL, "name", name, node->key);
	if (conf_is_map(c, title, NULL, node)) {
		pool = conf_options(c, MODEL_POOL, title, node, given, others);
		part = yaml_get(node, "health");
		value = part ? conf_health(c, title, part) : NULL;
		if (value)
			json_object_set_new(pool, "health", value);
		part = yaml_get(node, "found");
		value = part ? conf_found(c, title, part) : NULL;
		if (value)
			json_object_set_new(pool, "found", value);
		part = conf_list(c, title, node, "backends");
		for (; part; part = part->next)
			read_backend(c, name, pool, part, title);
		sort_names(pool);
		check_user_data(c, title, pool, node);
		if (good)
			conf_add(c, MODEL_POOL, pool, node);
		else
			json_decref(pool);
	}
	free(title);
}

json_t *conf_part(const char *key, json_t *part)
{
	static const char name[] = "pool";
	json_t *document = json_pack("{s:{s:{s:O}}}", "pools", name, key, part);
	char *text = json_dumps(document, 0);
	struct yaml_file *file;
	struct model *model;
	json_t *pool = NULL;

	json_decref(document);
	file = yaml_parse("", text, strlen(text));
	model = conf_read(file);
	/* A backend that has an address is the kernel's. */
	if (!file->n_errors && !json_object_size(model->objects[MODEL_BACKEND]))
		pool = json_incref(json_object_get(model->objects[MODEL_POOL],
						   name));
	model_free(model);
	yaml_free(file);
	return pool;
}
