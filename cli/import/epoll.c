// SPDX-License-Identifier: GPL-2.0
/*
 * The JSON of tcp_proxy_epoll: {"Apps": [{"Name", "Ports", "Targets"}]}. Our
 * own reader of YAML reads it, as it knows where things stand.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cmd.h"
#include "import.h"
#include "yaml.h"

/* What it does by itself: a connection every 5 seconds, of at most 2 */
static json_t *usual_health(void)
{
	return json_pack("{s:s, s:i, s:i, s:i, s:i}", "type", "tcp",
			 "interval", 5, "timeout", 2, "rise", 1, "fall", 1);
}

/**
 * struct app - one of a file
 * @im: the import
 * @file: the file
 * @name: its Name
 * @ports: its Ports, a list, or NULL
 * @targets: its Targets, likewise
 */
struct app {
	struct import *im;
	struct yaml_file *file;
	const char *name;
	const struct yaml_node *ports;
	const struct yaml_node *targets;
};

static bool read_app(struct app *a, const struct yaml_node *node)
{
	const struct yaml_node *n;

	a->name = "app";
	a->ports = NULL;
	a->targets = NULL;
	if (node->kind != YAML_MAP) {
		import_left(a->im, yaml_line(a->file, node),
			    "an app is an object, left out");
		return false;
	}
	for (n = node->first; n; n = n->next) {
		/* As programs in Go read them */
		if (!strcasecmp(n->key->text, "Name") && n->kind == YAML_SCALAR)
			a->name = n->text;
		else if (!strcasecmp(n->key->text, "Ports") &&
			 n->kind == YAML_LIST)
			a->ports = n;
		else if (!strcasecmp(n->key->text, "Targets") &&
			 n->kind == YAML_LIST)
			a->targets = n;
		else
			import_left(a->im, yaml_line(a->file, n->key),
				    "app %s: %s: an app has a Name, a list of Ports and one of Targets, left out",
				    a->name, n->key->text);
	}
	return true;
}

/* "*:80,443"; as many as a service can have */
static unsigned int put_ports(struct app *a, char *place, size_t size)
{
	const struct yaml_node *n = a->ports ? a->ports->first : NULL;
	size_t len = snprintf(place, size, "*:");
	unsigned int count = 0;
	long port;

	for (; n; n = n->next) {
		port = n->kind == YAML_SCALAR ? import_number(n->text, 65535) :
						-1;
		if (port < 1 || count == 65) {
			import_left(a->im, yaml_line(a->file, n),
				    "app %s: port %s: a service has 1 to 65 ports from 1 to 65535, left out",
				    a->name, n->kind == YAML_SCALAR ? n->text :
				    "");
			continue;
		}
		len += snprintf(place + len, size - len, "%s%ld",
				count++ ? "," : "", port);
	}
	return count;
}

static void add_targets(struct app *a, const char *pool)
{
	const struct yaml_node *n = a->targets ? a->targets->first : NULL;
	char place[IMPORT_PLACE_LEN];
	unsigned int line;
	const char *bad;

	for (; n; n = n->next) {
		line = yaml_line(a->file, n);
		bad = n->kind != YAML_SCALAR ? "is no text" :
		      import_endpoint(n->text, "tcp", IMPORT_NAME, place);
		if (bad)
			import_left(a->im, line, "app %s: target %s: %s, left out",
				    a->name, n->kind == YAML_SCALAR ? n->text :
				    "", bad);
		else
			import_backend(a->im, line, pool, place);
	}
}

static void add_app(struct app *a, const struct yaml_node *node)
{
	unsigned int line = yaml_line(a->file, node);
	char place[8 * 66], name[64];
	json_t *service, *pool;

	if (!read_app(a, node))
		return;
	if (!put_ports(a, place, sizeof(place))) {
		import_left(a->im, line, "app %s: has no Ports, left out",
			    a->name);
		return;
	}
	service = import_service(a->im, line, a->name, "tcp", place);
	pool = service ? import_pool(a->im, line, a->name, name) : NULL;
	if (!pool)
		return;
	import_set(service, "pool", name);
	import_set(pool, "scheduler", "lc");
	import_set(pool, "forward", "fullnat");
	json_object_set_new(pool, "health", usual_health());
	add_targets(a, name);
}

static const char *read_file(struct app *a, unsigned int *line)
{
	const struct yaml_node *root = a->file->root, *n, *app;

	if (!root || root->kind != YAML_MAP)
		return "is no JSON object with Apps";
	for (n = root->first; n; n = n->next) {
		*line = yaml_line(a->file, n->key);
		if (strcasecmp(n->key->text, "Apps")) {
			import_left(a->im, *line, "%s: there are Apps only, left out",
				    n->key->text);
			continue;
		}
		if (n->kind != YAML_LIST)
			return "Apps is no list";
		for (app = n->first; app; app = app->next)
			add_app(a, app);
	}
	return NULL;
}

const char *import_epoll(struct import *im, unsigned int *line)
{
	struct app a = { .im = im };
	const struct yaml_error *e;
	const char *bad = NULL;
	static char why[256];

	a.file = yaml_parse(im->file, strdup(im->text), im->len);
	if (a.file->n_errors) {
		e = &a.file->error[0];
		*line = import_line_at(im->text, e->pos < im->len ? e->pos :
								    im->len);
		snprintf(why, sizeof(why), "%s", e->reason);
		bad = why;
	} else {
		bad = read_file(&a, line);
	}
	yaml_free(a.file);
	return bad;
}
