// SPDX-License-Identifier: GPL-2.0
/* From a tree of YAML to a configuration. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "value.h"

bool conf_is_worth(struct conf *c)
{
	if (c->file->n_errors < YAML_ERRORS_MAX)
		return true;
	c->file->n_more++;
	return false;
}

void conf_unknown(struct conf *c, const struct yaml_node *at,
		  const char *title, const char *option, const char *what,
		  const char *word, const char *const *words)
{
	char all[400] = "";
	const char *near;
	size_t n = 0;

	if (!conf_is_worth(c))
		return;
	near = value_nearest(word, words);
	if (near) {
		yaml_error(c->file, at, NULL, title, option,
			   "no such %s, did you mean %s?", what, near);
		return;
	}
	for (; *words && n < sizeof(all); words++)
		n += snprintf(all + n, sizeof(all) - n, " %s", *words);
	yaml_error(c->file, at, NULL, title, option, "no such %s, there is%s%s",
		   what, n ? "" : " none", n < 300 ? all : " another");
}

const struct yaml_node *conf_from(const struct conf *c, enum model_kind kind,
				  const char *name)
{
	json_t *from = json_object_get(c->model->from[kind], name);

	return (const void *)(intptr_t)json_integer_value(from);
}

const struct yaml_node *conf_where(const struct yaml_node *at,
				   const char *option, const char *value)
{
	const struct yaml_node *node = option ? yaml_get(at, option) : NULL;
	const struct yaml_node *part;

	if (!node)
		return at->key && at->kind != YAML_SCALAR ? at->key : at;
	if (node->kind == YAML_LIST && value)
		for (part = node->first; part; part = part->next)
			if (!strcmp(part->text, value))
				return part;
	return node;
}

/* "*." and the end of a name, or all of it: labels of at most 63 */
static bool is_host_pattern(const char *p)
{
	size_t len;

	p += strncmp(p, "*.", 2) ? 0 : 2;
	for (;; p += len + 1) {
		len = strcspn(p, ".");
		if (!len || len > 63 || *p == '-' || p[len - 1] == '-')
			return false;
		if (!p[len])
			return true;
	}
}

/* The rules of the kernel */
static const char *bad_pattern(const char *kind, const char *p)
{
	const char *c, *value = strchr(p, '=');
	uint64_t n;

	if (!strcmp(kind, "sni") || !strcmp(kind, "host")) {
		for (c = p + (!strncmp(p, "*.", 2) || !strcmp(p, "*")); *c; c++)
			if (!isascii(*c) || (!isalnum((unsigned char)*c) &&
					     !strchr("._-", *c)))
				break;
		if (*c || (strcmp(p, "*") && !is_host_pattern(p)))
			return "is a host's name, *.NAME or *";
	} else if (!strcmp(kind, "tlv")) {
		char type[8] = "";

		if (value && value - p < (int)sizeof(type))
			memcpy(type, p, value - p);
		c = value ? value + 1 : "";
		n = strspn(c, "0123456789abcdefABCDEF");
		if (!n || n % 2 || c[n] || value_get_number(type, 0, 255, &n))
			return "is TYPE=HEX, as 0x02=6578616d706c65";
	}
	return NULL;
}

static void read_rule(struct conf *c, const char *service,
		      const struct yaml_node *node, const char *title)
{
	static const char *const given[] = {
		"service", "kind", "pattern", NULL
	};
	const struct attr *kinds = attr_find(rule_attrs, "kind", ~0u);
	const struct yaml_node *n, *key = NULL;
	const char *bad = NULL;
	json_t *record;

	if (node->kind != YAML_MAP) {
		yaml_error(c->file, node, NULL, title, "rules",
			   "a rule looks like {sni: PATTERN, pool: POOL}");
		return;
	}
	request_begin(&c->rq, 0, 0);
	conf_given(c, title, MODEL_RULE, "service", service, NULL);
	for (n = node->first; n; n = n->next) {
		if (!conf_is_word(n->key->text, kinds->words))
			continue;
		if (key) {
			yaml_error(c->file, n->key, NULL, title, "rules",
				   "a rule looks at one thing, this one at %s already",
				   key->key->text);
			return;
		}
		key = n;
	}
	if (!key && !node->is_part) {
		yaml_error(c->file, node->first ? node->first->key : node,
			   NULL, title, "rules",
			   "a rule looks at one of sni, host, prefix, tlv");
	} else if (key && conf_is_scalar(c, title, key->key->text, key)) {
		conf_given(c, title, MODEL_RULE, "kind", key->key->text, NULL);
		if (conf_given(c, title, MODEL_RULE, "pattern", key->text, key))
			bad = bad_pattern(key->key->text, key->text);
		if (bad)
			yaml_error(c->file, key, NULL, title, key->key->text,
				   "%s", bad);
	}
	record = conf_options(c, MODEL_RULE, title, node, given,
			      kinds->words);
	if (json_object_get(record, "pattern"))
		conf_add(c, MODEL_RULE, record, node);
	else
		json_decref(record);
}

static void read_service(struct conf *c, const struct yaml_node *node)
{
	static const char *const given[] = { "name", NULL };
	static const char *const others[] = { "rules", NULL };
	const char *name = node->key->text;
	char *title = model_title(MODEL_SERVICE, name);
	const struct yaml_node *rule;
	json_t *record;
	bool good;

	request_begin(&c->rq, 0, 0);
	good = conf_given(c, title, MODEL_SERVICE, "name", name, node->key);
	if (conf_is_map(c, title, NULL, node)) {
		record = conf_options(c, MODEL_SERVICE, title, node, given,
				      others);
		if (good)
			conf_add(c, MODEL_SERVICE, record, node);
		else
			json_decref(record);
		rule = conf_list(c, title, node, "rules");
		for (; rule; rule = rule->next)
			read_rule(c, name, rule, title);
	}
	free(title);
}

static void read_limits(struct conf *c, const struct yaml_node *node)
{
	json_t *record;

	request_begin(&c->rq, 0, 0);
	record = conf_options(c, MODEL_LIMITS, "limits", node, NULL, NULL);
	conf_add(c, MODEL_LIMITS, record, node);
}

static void read_all(struct conf *c, const struct yaml_node *root)
{
	static const char *const sections[] = {
		"services", "pools", "limits", NULL
	};
	const struct yaml_node *n, *object;

	if (!conf_is_map(c, NULL, NULL, root) || root->kind != YAML_MAP)
		return;
	for (n = root->first; n; n = n->next) {
		if (!conf_is_word(n->key->text, sections)) {
			conf_unknown(c, n->key, NULL, n->key->text, "section",
				     n->key->text, sections);
			continue;
		}
		if (!conf_is_map(c, NULL, n->key->text, n))
			continue;
		if (!strcmp(n->key->text, "limits")) {
			read_limits(c, n);
			continue;
		}
		for (object = n->first; object; object = object->next) {
			/* In the midst of this one the file breaks off. */
			if (object->is_part && c->file->is_cut)
				continue;
			if (!strcmp(n->key->text, "pools"))
				conf_pool(c, object);
			else
				read_service(c, object);
		}
	}
}

struct model *conf_read(struct yaml_file *file)
{
	static const struct yaml_node nothing = { .text = "" };
	struct conf c = { .file = file, .model = model_new() };

	c.names = json_object();
	if (file->root && !file->root->is_null &&
	    (!file->is_cut || file->root->kind == YAML_MAP)) {
		read_all(&c, file->root);
		conf_check(&c);
	} else if (!file->n_errors) {
		/* Half a file must not remove all there is. */
		yaml_error(file, &nothing, NULL, NULL, NULL,
			   "is empty; a configuration of nothing is {}");
	}
	/* Absent, they are as usual. */
	model_add(c.model, MODEL_LIMITS, json_object());
	request_free(&c.rq);
	json_decref(c.names);
	return c.model;
}
