// SPDX-License-Identifier: GPL-2.0
/* What a configuration file says of one object, by its table. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"

#define WORDS_MAX	64

/* The rules of the kernel */
static const char *bad_name(const char *name)
{
	const char *c;

	if (!isascii(*name) || !isalnum((unsigned char)*name))
		return "a name begins with a letter or digit";
	for (c = name; *c; c++)
		if (!isascii(*c) || (!isalnum((unsigned char)*c) &&
				     !strchr("._-", *c)))
			return "a name has letters, digits and . _ - only";
	return NULL;
}

static bool is_list(const struct attr *attr)
{
	return attr->kind == ATTR_PREFIXES || attr->kind == ATTR_TLV_LIST ||
	       attr->kind == ATTR_FIELDS;
}

/*
 * Each part by itself, so that each one at fault is told. To @all go all of
 * them, each after a comma.
 */
static void put_parts(struct conf *c, const char *title,
		      const struct attr *attr, const struct yaml_node *node,
		      FILE *all)
{
	const char *p = node->text, *end, *err, *bad;
	size_t len;
	char *part;

	for (;; p = end + 1) {
		p += strspn(p, " ");
		end = strchrnul(p, ',');
		for (len = end - p; len && p[len - 1] == ' '; len--)
			;
		part = strndup(p, len);
		err = attr_put(attr, part, &c->rq, &bad);
		if (err)
			yaml_error(c->file, node, p, title, attr->name, "%s",
				   err);
		fprintf(all, ",%s", part);
		free(part);
		if (!*end)
			break;
	}
}

bool conf_is_scalar(struct conf *c, const char *title, const char *option,
		    const struct yaml_node *node)
{
	if (node->kind == YAML_SCALAR)
		return true;
	yaml_error(c->file, node, NULL, title, option, "takes %svalue, not a %s",
		   node->key ? "one " : "a ",
		   node->kind == YAML_LIST ? "list" : "map");
	return false;
}

/* A list, or a scalar with commas */
static void put_list(struct conf *c, const char *title,
		     const struct attr *attr, const struct yaml_node *node)
{
	unsigned int errors = c->file->n_errors + c->file->n_more;
	const char *err, *bad;
	struct yaml_node *part;
	char *all = NULL;
	size_t len;
	FILE *f;

	f = open_memstream(&all, &len);
	if (node->kind == YAML_SCALAR)
		put_parts(c, title, attr, node, f);
	for (part = node->first; part; part = part->next)
		if (conf_is_scalar(c, title, attr->name, part))
			put_parts(c, title, attr, part, f);
	fclose(f);
	if (attr->kind == ATTR_FIELDS && node->kind == YAML_LIST && !node->first)
		yaml_error(c->file, node, NULL, title, attr->name,
			   "is an empty list");
	/* Together they may be too many, which none of them was. */
	if (len && errors == c->file->n_errors + c->file->n_more) {
		struct request whole = { 0 };

		request_begin(&whole, 0, 0);
		err = attr_put(attr, all + 1, &whole, &bad);
		if (err)
			yaml_error(c->file, node, NULL, title, attr->name,
				   "%s", err);
		request_free(&whole);
	}
	free(all);
}

/* Switches are true and false to programs. */
static const char *text_of(const struct attr *attr,
			   const struct yaml_node *node)
{
	if (attr->kind != ATTR_SWITCH)
		return node->text;
	return !strcmp(node->text, "true") ? "on" :
	       !strcmp(node->text, "false") ? "off" : node->text;
}

static void put_option(struct conf *c, const char *title,
		       const struct attr *attr, const struct yaml_node *node)
{
	const char *err, *bad;

	if (attr->flags & ATTR_LATER) {
		yaml_error(c->file, node->key, NULL, title, attr->name,
			   "not available in this version");
	} else if (node->kind == YAML_LIST && is_list(attr)) {
		put_list(c, title, attr, node);
	} else if (!conf_is_scalar(c, title, attr->name, node)) {
		return;
	} else if (node->is_null && !(attr->flags & ATTR_BARE)) {
		yaml_error(c->file, node, NULL, title, attr->name,
			   "needs a value");
	} else if (attr->flags & ATTR_NONE && !strcmp(node->text, "none")) {
		/* As if it had not been said: this is no change. */
		return;
	} else if (is_list(attr)) {
		put_list(c, title, attr, node);
	} else {
		err = attr_put(attr, node->is_null ? NULL : text_of(attr, node),
			       &c->rq, &bad);
		if (err)
			yaml_error(c->file, node, NULL, title, attr->name,
				   "%s", err);
	}
}

bool conf_is_word(const char *word, const char *const *words)
{
	for (; words && *words; words++)
		if (!strcmp(word, *words))
			return true;
	return false;
}

static void unknown_key(struct conf *c, const char *title,
			enum model_kind kind, const struct yaml_node *key,
			const char *const *others, const char *const *given)
{
	const struct attr *attr = model_objects[kind]->attrs;
	const char *words[WORDS_MAX + 1];
	unsigned int n = 0;
	char what[64];

	if (kind == MODEL_SERVICE && attr_find(pool_attrs, key->text,
					       ATTR_ADD)) {
		yaml_error(c->file, key, NULL, title, key->text,
			   "is an option of pools; name one with pool");
		return;
	}
	/* The rest of an address or prefix, in braces */
	if (isdigit((unsigned char)*key->text)) {
		yaml_error(c->file, key, NULL, title, key->text,
			   "no such option; a value with a comma needs quotes here");
		return;
	}
	for (; attr->name && n < WORDS_MAX; attr++)
		if (model_is_option(attr) && !(attr->flags & ATTR_LATER) &&
		    !conf_is_word(attr->name, given))
			words[n++] = attr->name;
	for (; others && *others && n < WORDS_MAX; others++)
		words[n++] = *others;
	words[n] = NULL;
	snprintf(what, sizeof(what), "option of a %s",
		 model_objects[kind]->name);
	conf_unknown(c, key, title, key->text,
		     kind == MODEL_LIMITS ? "limit" : what, key->text, words);
}

/*
 * What a map says of an object, after @given, its attributes that come from
 * elsewhere, were put; @others are keys that somebody else reads.
 */
json_t *conf_options(struct conf *c, enum model_kind kind,
		     const char *title, const struct yaml_node *map,
			    const char *const *given, const char *const *others)
{
	const struct attr *table = model_objects[kind]->attrs, *attr;
	const struct yaml_node *n;

	for (n = map->kind == YAML_MAP ? map->first : NULL; n; n = n->next) {
		if (conf_is_word(n->key->text, others))
			continue;
		attr = attr_find(table, n->key->text, ATTR_ADD | ATTR_SET);
		if (attr && (attr->flags & ATTR_LATER ||
			     model_is_option(attr)) &&
		    !conf_is_word(attr->name, given))
			put_option(c, title, attr, n);
		else
			unknown_key(c, title, kind, n->key, others, given);
	}
	for (attr = table; attr->name; attr++)
		if (attr->flags & ATTR_NEEDED && model_is_option(attr) &&
		    !conf_is_word(attr->name, given) &&
		    yaml_lacks(map, attr->name))
			yaml_error(c->file, map->key ?: map, NULL, title,
				   attr->name, "missing");
	return model_trim(kind, attr_record(table, c->rq.nlh));
}

/* An attribute that is no value of a map */
bool conf_given(struct conf *c, const char *title, enum model_kind kind,
		const char *option, const char *value,
		      const struct yaml_node *at)
{
	const struct attr *attr;
	const char *err, *bad;

	attr = attr_find(model_objects[kind]->attrs, option, ~0u);
	err = attr_put(attr, value, &c->rq, &bad);
	if (!err && !strcmp(option, "name"))
		err = bad_name(value);
	if (err && at)
		yaml_error(c->file, at, NULL, title, NULL, "%s", err);
	return !err;
}

void conf_add(struct conf *c, enum model_kind kind, json_t *record,
	      const struct yaml_node *node)
{
	char *name = model_name(kind, record), *title;
	const struct yaml_node *twin = conf_from(c, kind, name);

	if (twin && !conf_is_worth(c)) {
		json_decref(record);
	} else if (twin) {
		title = model_title(kind, name);
		yaml_error(c->file, conf_where(node, NULL, NULL), NULL, title,
			   NULL, "is given twice, first in line %u",
			   yaml_line(c->file, twin));
		json_decref(record);
		free(title);
	} else {
		json_object_set_new(c->model->from[kind], name,
				    json_integer((intptr_t)node));
		model_add(c->model, kind, record);
	}
	free(name);
}

bool conf_is_map(struct conf *c, const char *title, const char *option,
		 const struct yaml_node *node)
{
	if (node->kind == YAML_MAP || (node->kind == YAML_SCALAR &&
				       node->is_null))
		return true;
	yaml_error(c->file, node, NULL, title, option,
		   "must be a map, a line KEY: VALUE for each");
	return false;
}

const struct yaml_node *conf_list(struct conf *c, const char *title,
				  const struct yaml_node *map,
				       const char *key)
{
	const struct yaml_node *node = yaml_get(map, key);

	if (!node || node->kind == YAML_LIST)
		return node ? node->first : NULL;
	if (node->kind == YAML_MAP || !node->is_null)
		yaml_error(c->file, node, NULL, title, key,
			   "must be a list, a line with a dash for each");
	return NULL;
}
