// SPDX-License-Identifier: GPL-2.0
/* Configurations as records. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "model.h"
#include "userdata.h"
#include "value.h"

const struct object *const model_objects[MODEL_KINDS] = {
	[MODEL_POOL]	= &pool_object,
	[MODEL_BACKEND]	= &backend_object,
	[MODEL_SERVICE]	= &service_object,
	[MODEL_RULE]	= &rule_object,
	[MODEL_LIMITS]	= &limits_object,
};

/* Which attributes together are its name; NULL at the end */
static const char *const names[MODEL_KINDS][4] = {
	[MODEL_POOL]	= { "name" },
	[MODEL_BACKEND]	= { "pool", "address" },
	[MODEL_SERVICE]	= { "name" },
	[MODEL_RULE]	= { "service", "kind", "pattern" },
};

struct model *model_new(void)
{
	struct model *model = calloc(1, sizeof(*model));
	unsigned int i;

	if (!model)
		abort();
	for (i = 0; i < MODEL_KINDS; i++) {
		model->objects[i] = json_object();
		model->from[i] = json_object();
		model->user_data[i] = json_object();
	}
	return model;
}

void model_free(struct model *model)
{
	unsigned int i;

	if (!model)
		return;
	for (i = 0; i < MODEL_KINDS; i++) {
		json_decref(model->objects[i]);
		json_decref(model->from[i]);
		json_decref(model->user_data[i]);
	}
	free(model);
}

char *model_name(enum model_kind kind, const json_t *record)
{
	const char *const *key;
	char *name = NULL;
	size_t len;
	FILE *f;

	f = open_memstream(&name, &len);
	for (key = names[kind]; *key; key++)
		fprintf(f, "%s%s", key == names[kind] ? "" : " ",
			json_string_value(json_object_get(record, *key)) ?: "");
	fclose(f);
	return name;
}

char *model_title(enum model_kind kind, const char *name)
{
	char *title = NULL;

	if (asprintf(&title, "%s%s%s", model_objects[kind]->name,
		     *name ? " " : "", name) < 0)
		abort();
	return title;
}

bool model_add(struct model *model, enum model_kind kind, json_t *record)
{
	char *name = model_name(kind, record);
	bool fresh = !json_object_get(model->objects[kind], name);

	if (fresh)
		json_object_set_new(model->objects[kind], name, record);
	else
		json_decref(record);
	free(name);
	return fresh;
}

char *model_text(const json_t *value)
{
	char *text = NULL, *part;
	size_t len, i;
	json_t *item;
	FILE *f;

	if (!value)
		return NULL;
	f = open_memstream(&text, &len);
	switch (json_typeof(value)) {
	case JSON_STRING:
		fputs(json_string_value(value), f);
		break;
	case JSON_INTEGER:
		fprintf(f, "%lld", (long long)json_integer_value(value));
		break;
	case JSON_REAL:
		fprintf(f, "%.12g", json_real_value(value));
		break;
	case JSON_ARRAY:
		json_array_foreach(value, i, item) {
			part = model_text(item);
			fprintf(f, "%s%s", i ? "," : "", part);
			free(part);
		}
		break;
	default:
		part = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
		fputs(part ?: "", f);
		free(part);
		break;
	}
	fclose(f);
	return text;
}

/* Those that `show` shows nevertheless */
static const struct {
	enum model_kind kind;
	const char *option;
	const char *value;
} usual[] = {
	{ MODEL_POOL, "scheduler", "rr" },
	{ MODEL_POOL, "forward", "nat" },
	{ MODEL_BACKEND, "weight", "1" },
	{ MODEL_LIMITS, "max-flows", "1048576" },
	{ MODEL_LIMITS, "max-half-open-bytes", "67108864" },
	{ MODEL_LIMITS, "user-namespaces", "off" },
};

const char *model_unset(enum model_kind kind, const struct attr *attr)
{
	size_t i;

	if (attr->usual)
		return attr->usual;
	for (i = 0; i < ARRAY_SIZE(usual); i++)
		if (usual[i].kind == kind &&
		    !strcmp(usual[i].option, attr->name))
			return usual[i].value;
	if (attr->flags & ATTR_NONE ||
	    (attr->kind == ATTR_CHOICE && !strcmp(attr->words[0], "none")))
		return "none";
	return NULL;
}

/* Whether an option need not be said */
static bool is_unset(enum model_kind kind, const struct attr *attr,
		     const json_t *value)
{
	const char *unset = model_unset(kind, attr);
	char *text = unset ? model_text(value) : NULL;
	bool is = text && !strcmp(text, unset);

	free(text);
	return is;
}

/* Without headers a service has one moment to choose a backend, and it is the first. */
static void trim_bind(json_t *record)
{
	const char *accept, *bind;

	accept = json_string_value(json_object_get(record, "accept-proxy"));
	bind = json_string_value(json_object_get(record, "bind"));
	if (bind && !strcmp(bind, "syn") && (!accept || !strcmp(accept, "none")))
		json_object_del(record, "bind");
}

json_t *model_trim(enum model_kind kind, json_t *record)
{
	const struct attr *attr;
	const char *key;
	json_t *value;
	void *next;

	if (kind == MODEL_POOL)
		userdata_open(record);
	if (kind == MODEL_SERVICE)
		trim_bind(record);
	json_object_foreach_safe(record, next, key, value) {
		if (json_is_object(value) || !strcmp(key, "names"))
			continue;
		attr = attr_find(model_objects[kind]->attrs, key, ~0u);
		if (!attr || !model_is_option(attr) ||
		    (!(attr->flags & ATTR_HOST) && is_unset(kind, attr, value)))
			json_object_del(record, key);
	}
	return record;
}

static int by_name(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strverscmp(*x, *y) ?: strcmp(*x, *y);
}

const char **model_names(const struct model *model, enum model_kind kind,
			 size_t *n)
{
	json_t *objects = model->objects[kind], *value;
	const char **all, *name;
	size_t i = 0;

	all = calloc(json_object_size(objects) + 1, sizeof(*all));
	if (!all)
		abort();
	json_object_foreach(objects, name, value)
		all[i++] = name;
	/* Rules have an order of their own. */
	if (kind != MODEL_RULE)
		qsort(all, i, sizeof(*all), by_name);
	*n = i;
	return all;
}

/* The options of a record that are not usual, in the table's order, nameless */
static json_t *options_of(enum model_kind kind, json_t *record)
{
	const struct attr *attr = model_objects[kind]->attrs;
	json_t *options = json_object(), *value;

	for (; attr->name; attr++) {
		if (!strcmp(attr->name, names[kind][0] ?: ""))
			continue;
		value = json_object_get(record, attr->name);
		if (value && !is_unset(kind, attr, value))
			json_object_set(options, attr->name, value);
	}
	return options;
}

/* Under "web", after what is there */
static void append(json_t *in, const json_t *record, const char *owner,
		   const char *list, json_t *item)
{
	const char *name = json_string_value(json_object_get(record, owner));
	json_t *object = json_object_get(in, name), *array;

	array = json_object_get(object, list);
	if (object && !array) {
		array = json_array();
		json_object_set_new(object, list, array);
	}
	if (array)
		json_array_append_new(array, item);
	else
		json_decref(item);
}

/* Just its address if there is nothing else to say */
static json_t *backend_item(json_t *options)
{
	json_t *item = options;

	if (json_object_size(options) == 1) {
		item = json_incref(json_object_get(options, "address"));
		json_decref(options);
	}
	return item;
}

json_t *model_brief(const json_t *names)
{
	json_t *brief = json_array(), *name;
	size_t i;

	json_array_foreach(names, i, name)
		json_array_append_new(brief, backend_item(json_copy(name)));
	return brief;
}

bool model_is_found(const json_t *backend)
{
	const char *found = attr_text(backend, "found");

	return found && !strcmp(found, "on");
}

bool model_finds(const json_t *pool)
{
	return json_object_get(pool, "names") ||
	       json_object_get(json_object_get(pool, "found"), "directory");
}

bool model_is_theirs(const struct model *model, const json_t *backend)
{
	const char *pool = attr_text(backend, "pool");

	return pool && model_is_found(backend) &&
	       model_finds(json_object_get(model->objects[MODEL_POOL], pool));
}

/* What is found now is in no file; where nobody finds any more it is as any other. */
static void add_backend(const struct model *model, json_t *pools,
			json_t *record)
{
	json_t *options;

	if (model_is_theirs(model, record))
		return;
	options = options_of(MODEL_BACKEND, record);
	json_object_del(options, "found");
	append(pools, record, "pool", "backends", backend_item(options));
}

static void add_backends(const struct model *model, json_t *pools)
{
	json_t *record, *value, *names;
	const char **name, *pool;
	size_t n, i;

	name = model_names(model, MODEL_BACKEND, &n);
	for (i = 0; i < n; i++) {
		record = json_object_get(model->objects[MODEL_BACKEND],
					 name[i]);
		add_backend(model, pools, record);
	}
	free(name);
	json_object_foreach(model->objects[MODEL_POOL], pool, record) {
		names = model_brief(json_object_get(record, "names"));
		json_array_foreach(names, i, value)
			append(pools, record, "name", "backends",
			       json_incref(value));
		json_decref(names);
	}
}

static void add_rules(const struct model *model, json_t *services)
{
	const char *name, *looks;
	json_t *record, *item;

	json_object_foreach(model->objects[MODEL_RULE], name, record) {
		item = json_object();
		looks = json_string_value(json_object_get(record, "kind"));
		json_object_set(item, looks ?: "",
				json_object_get(record, "pattern"));
		json_object_set(item, "pool", json_object_get(record, "pool"));
		append(services, record, "service", "rules", item);
	}
}

static json_t *section(const struct model *model, enum model_kind kind)
{
	static const char *const of_daemons[] = { "health", "found" };
	json_t *in = json_object(), *record, *options, *value;
	const char **name;
	size_t n, i, j;

	name = model_names(model, kind, &n);
	for (i = 0; i < n; i++) {
		record = json_object_get(model->objects[kind], name[i]);
		options = options_of(kind, record);
		for (j = 0; j < ARRAY_SIZE(of_daemons); j++) {
			value = json_object_get(record, of_daemons[j]);
			if (value)
				json_object_set(options, of_daemons[j], value);
		}
		json_object_set_new(in, name[i], options);
	}
	free(name);
	return in;
}

json_t *model_document(const struct model *model)
{
	json_t *document = json_object(), *services, *pools, *limits;

	services = section(model, MODEL_SERVICE);
	add_rules(model, services);
	pools = section(model, MODEL_POOL);
	add_backends(model, pools);
	limits = options_of(MODEL_LIMITS,
			    json_object_get(model->objects[MODEL_LIMITS], ""));
	json_object_set_new(document, "services", services);
	json_object_set_new(document, "pools", pools);
	if (json_object_size(limits))
		json_object_set(document, "limits", limits);
	json_decref(limits);
	return document;
}
