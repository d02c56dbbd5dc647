// SPDX-License-Identifier: GPL-2.0
/* What leads from one configuration to another. */
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "diff.h"
#include "emit.h"
#include "out.h"
#include "value.h"

/* What a pool's daemons need to know, beside the tables */
static const char *const of_daemons[] = { "health", "found", "names" };

static void add(struct diff *diff, enum diff_what what, enum model_kind kind,
		const char *name, json_t *old, json_t *new)
{
	/* Doubled whenever it is full */
	if (!(diff->n & (diff->n - 1))) {
		diff->change = realloc(diff->change, (2 * diff->n + 1) *
				       sizeof(*diff->change));
		if (!diff->change)
			abort();
	}
	diff->change[diff->n++] = (struct diff_change) {
		what, kind, name, old, new, NULL,
	};
}

static bool is_equal(const json_t *old, const json_t *new, const char *option)
{
	const json_t *a = json_object_get(old, option);
	const json_t *b = json_object_get(new, option);

	return a == b || (a && b && json_equal(a, b));
}

const struct attr *diff_next(const struct diff_change *change,
			     const struct attr *attr)
{
	for (; attr->name; attr++)
		if (model_is_option(attr) &&
		    (!(attr->flags & ATTR_HOST) ||
		     json_object_get(change->new, attr->name)) &&
		    !is_equal(change->old, change->new, attr->name))
			return attr;
	return NULL;
}

bool diff_is_for_daemons(const struct diff_change *change)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(of_daemons); i++)
		if (change->kind == MODEL_POOL &&
		    !is_equal(change->old, change->new, of_daemons[i]))
			return true;
	return false;
}

/*
 * Whether a service comes to be where another one is, that stays: one of the two
 * has to go before both can be where they are to be.
 */
static bool is_taken(const json_t *was, const json_t *is, const char *name)
{
	const json_t *service = json_object_get(is, name);
	const char *at = attr_text(service, "address");
	const char *proto = attr_text(service, "proto");
	const char *other;
	json_t *record;

	json_object_foreach((json_t *)was, other, record)
		if (strcmp(other, name) && json_object_get(is, other) &&
		    !strcmp(attr_text(record, "proto"), proto) &&
		    value_places_meet(attr_text(record, "address"), at))
			return true;
	return false;
}

/* Whether what differs can be set */
static void compare(struct diff *diff, enum model_kind kind, const char *name,
		    const struct model *before, const struct model *after)
{
	json_t *was = before->objects[kind], *is = after->objects[kind];
	json_t *old = json_object_get(was, name);
	json_t *new = json_object_get(is, name);
	struct diff_change change = { DIFF_SET, kind, name, old, new };
	const struct attr *attr = model_objects[kind]->attrs;
	bool differs = false;

	while ((attr = diff_next(&change, attr))) {
		differs = true;
		if (!(attr->flags & ATTR_SET) ||
		    (attr->kind == ATTR_PLACE && is_taken(was, is, name)))
			change.what = DIFF_REPLACE;
		attr++;
	}
	if (!differs && !diff_is_for_daemons(&change))
		return;
	add(diff, change.what, kind, name, old, new);
	diff->change[diff->n - 1].user_data =
		json_object_get(before->user_data[kind], name);
}

static void compare_kind(struct diff *diff, enum model_kind kind,
			 const struct model *old, const struct model *new)
{
	const char **was, **is, **w, **i;
	size_t n_was, n_is;
	json_t *a, *b;
	int c;

	was = model_names(old, kind, &n_was);
	is = model_names(new, kind, &n_is);
	for (w = was, i = is; *w || *i; ) {
		c = !*w ? 1 : !*i ? -1 : strverscmp(*w, *i) ?: strcmp(*w, *i);
		a = c <= 0 ? json_object_get(old->objects[kind], *w) : NULL;
		b = c >= 0 ? json_object_get(new->objects[kind], *i) : NULL;
		if (a && b)
			compare(diff, kind, *i, old, new);
		else if (b)
			add(diff, DIFF_ADD, kind, *i, NULL, b);
		else if (kind != MODEL_BACKEND || !model_is_theirs(new, a))
			add(diff, DIFF_DEL, kind, *w, a, NULL);
		w += c <= 0;
		i += c >= 0;
	}
	free(was);
	free(is);
}

/* Names of rules by their service, in order */
static json_t *by_service(const struct model *model)
{
	json_t *services = json_object(), *rule, *list;
	const char *name, *service;

	json_object_foreach(model->objects[MODEL_RULE], name, rule) {
		service = json_string_value(json_object_get(rule, "service"));
		list = json_object_get(services, service);
		if (!list) {
			list = json_array();
			json_object_set_new(services, service, list);
		}
		json_array_append_new(list, json_string(name));
	}
	return services;
}

/* Its own copy of the name would go with the list. */
static void add_rule(struct diff *diff, enum diff_what what,
		     const struct model *model, const json_t *name)
{
	json_t *rules = model->objects[MODEL_RULE];
	void *iter = json_object_iter_at(rules, json_string_value(name));
	json_t *rule = json_object_iter_value(iter);

	add(diff, what, MODEL_RULE, json_object_iter_key(iter),
	    what == DIFF_DEL ? rule : NULL, what == DIFF_ADD ? rule : NULL);
}

static bool same_rule(const struct model *old, const struct model *new,
		      const json_t *a, const json_t *b)
{
	const char *name = json_string_value(a);

	return json_equal(a, b) &&
	       json_equal(json_object_get(old->objects[MODEL_RULE], name),
			  json_object_get(new->objects[MODEL_RULE], name));
}

/*
 * New rules come after all that are there. So the first ones that are wanted
 * stay as long as they are there in this order, and from then on all are made
 * anew. @fresh: the service is, and takes no rules along.
 */
static void compare_rules(struct diff *diff, const struct model *old,
			  const struct model *new, const json_t *was,
			  const json_t *is, bool fresh)
{
	size_t n_was = json_array_size(was), n_is = json_array_size(is);
	size_t kept = 0, next = 0, i, j;
	bool *stays = calloc(n_was + 1, sizeof(*stays));

	if (!stays)
		abort();
	for (; !fresh && kept < n_is; kept++) {
		for (j = next; j < n_was; j++)
			if (same_rule(old, new, json_array_get(was, j),
				      json_array_get(is, kept)))
				break;
		if (j == n_was)
			break;
		stays[j] = true;
		next = j + 1;
	}
	for (i = 0; i < n_was; i++)
		if (!stays[i])
			add_rule(diff, DIFF_DEL, old, json_array_get(was, i));
	for (i = kept; i < n_is; i++)
		add_rule(diff, DIFF_ADD, new, json_array_get(is, i));
	free(stays);
}

static bool is_replaced(const struct diff *diff, const char *service)
{
	size_t i;

	for (i = 0; i < diff->n; i++)
		if (diff->change[i].kind == MODEL_SERVICE &&
		    diff->change[i].what == DIFF_REPLACE &&
		    !strcmp(diff->change[i].name, service))
			return true;
	return false;
}

static void compare_all_rules(struct diff *diff, const struct model *old,
			      const struct model *new)
{
	json_t *was = by_service(old), *is = by_service(new), *list;
	const char *service;

	json_object_foreach(was, service, list)
		compare_rules(diff, old, new, list,
			      json_object_get(is, service),
			      is_replaced(diff, service));
	json_object_foreach(is, service, list)
		if (!json_object_get(was, service))
			compare_rules(diff, old, new, NULL, list, true);
	json_decref(was);
	json_decref(is);
}

struct diff *diff_make(const struct model *old, const struct model *new)
{
	struct diff *diff = calloc(1, sizeof(*diff));

	if (!diff)
		abort();
	compare_kind(diff, MODEL_LIMITS, old, new);
	compare_kind(diff, MODEL_SERVICE, old, new);
	compare_all_rules(diff, old, new);
	compare_kind(diff, MODEL_POOL, old, new);
	compare_kind(diff, MODEL_BACKEND, old, new);
	return diff;
}

void diff_free(struct diff *diff)
{
	if (diff)
		free(diff->change);
	free(diff);
}

/* A secret, and whether it is another one than @old's */
static bool put_secret(const struct attr *attr, const json_t *record,
		       const json_t *old)
{
	if (!(attr->flags & ATTR_SECRET) ||
	    !json_object_get(record, attr->name))
		return false;
	fputs(json_object_get(old, attr->name) ? "(another)" : ATTR_HIDDEN,
	      stdout);
	return true;
}

/* Text of an option, as it goes on a line */
static void put_option(const json_t *record, const char *option,
		       const char *unset)
{
	const json_t *value = json_object_get(record, option);
	json_t *names;
	char *text;

	if (value && !strcmp(option, "names")) {
		names = model_brief(value);
		emit_line(stdout, names);
		json_decref(names);
		return;
	}
	if (json_is_object(value)) {
		emit_line(stdout, value);
		return;
	}
	text = model_text(value);
	fputs(text && *text ? text : unset ?: "none", stdout);
	free(text);
}

static void put_options(const struct diff_change *c)
{
	const struct attr *attr = model_objects[c->kind]->attrs;
	const char *comma = ":";
	unsigned int i;

	for (; (attr = diff_next(c, attr)); attr++) {
		/* Part of the name that the line begins with */
		if (!c->old && attr->flags & ATTR_ARG &&
		    attr->flags & ATTR_NEEDED &&
		    c->kind != MODEL_SERVICE)
			continue;
		if (!strcmp(attr->name, "name"))
			continue;
		printf("%s %s ", c->old ? comma : "", attr->name);
		if (c->old) {
			if (!put_secret(attr, c->old, NULL))
				put_option(c->old, attr->name,
					   model_unset(c->kind, attr));
			fputs(" -> ", stdout);
		}
		if (!put_secret(attr, c->new, c->old))
			put_option(c->new, attr->name,
				   model_unset(c->kind, attr));
		comma = ",";
	}
	for (i = 0; c->kind == MODEL_POOL && i < ARRAY_SIZE(of_daemons); i++) {
		if (is_equal(c->old, c->new, of_daemons[i]))
			continue;
		printf("%s %s ", c->old ? comma : "", of_daemons[i]);
		if (c->old) {
			put_option(c->old, of_daemons[i], NULL);
			fputs(" -> ", stdout);
		}
		put_option(c->new, of_daemons[i], NULL);
		comma = ",";
	}
}

static json_t *json_change(const struct diff_change *c)
{
	static const char *const words[] = {
		[DIFF_ADD] = "added", [DIFF_DEL] = "removed",
		[DIFF_SET] = "changed", [DIFF_REPLACE] = "replaced",
	};
	json_t *change, *options = json_object(), *value, *both;
	const char *option;

	change = json_pack("{s:s, s:s, s:s, s:o}", "change", words[c->what],
			   "object", model_objects[c->kind]->name, "name",
			   c->name, "options", options);
	if (!c->old || !c->new) {
		json_object_update(options, c->new ?: c->old);
		return change;
	}
	json_object_foreach(c->new, option, value) {
		if (is_equal(c->old, c->new, option))
			continue;
		both = json_pack("{s:O?, s:O}", "old",
				 json_object_get(c->old, option), "new", value);
		json_object_set_new(options, option, both);
	}
	json_object_foreach(c->old, option, value) {
		if (json_object_get(c->new, option))
			continue;
		both = json_pack("{s:O, s:n}", "old", value, "new");
		json_object_set_new(options, option, both);
	}
	return change;
}

void diff_print(const struct diff *diff, bool json)
{
	static const char signs[] = {
		[DIFF_ADD] = '+', [DIFF_DEL] = '-', [DIFF_SET] = '~',
		[DIFF_REPLACE] = '!',
	};
	const struct diff_change *c;
	json_t *all;
	char *title;

	if (json) {
		all = json_array();
		for (c = diff->change; c < diff->change + diff->n; c++)
			json_array_append_new(all, json_change(c));
		out_json(all);
		return;
	}
	for (c = diff->change; c < diff->change + diff->n; c++) {
		title = model_title(c->kind, c->name);
		printf("%c %s", signs[c->what], title);
		free(title);
		if (c->what != DIFF_DEL)
			put_options(c);
		putchar('\n');
	}
}
