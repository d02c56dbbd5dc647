// SPDX-License-Identifier: GPL-2.0
/* What matters between the objects of a configuration file. */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "conf.h"
#include "value.h"

static void check_counts(struct conf *c)
{
	static const struct {
		enum model_kind kind;
		const char *names;
		size_t max;
	} limits[] = {
		{ MODEL_SERVICE, "services", CONF_SERVICES_MAX },
		{ MODEL_POOL, "pools", CONF_POOLS_MAX },
		{ MODEL_BACKEND, "backends", CONF_BACKENDS_MAX },
	};
	const char *name;
	json_t *record;
	unsigned int i;
	size_t n;

	for (i = 0; i < ARRAY_SIZE(limits); i++) {
		n = 0;
		json_object_foreach(c->model->objects[limits[i].kind], name,
				    record) {
			if (n++ < limits[i].max)
				continue;
			yaml_error(c->file,
				   conf_where(conf_from(c, limits[i].kind,
							name), NULL, NULL),
				   NULL, NULL, limits[i].names,
				   "at most %zu in a network namespace",
				   limits[i].max);
			break;
		}
	}
}

/* A range of ports of a service */
struct place {
	struct value_endpoint at;
	bool is_udp;
	const char *service;
};

static int by_place(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int c = x->is_udp - y->is_udp ?: x->at.any - y->at.any ?:
		memcmp(&x->at.addr, &y->at.addr, sizeof(x->at.addr));

	return c ?: x->at.port - y->at.port;
}

static bool same_address(const struct place *a, const struct place *b)
{
	return a->is_udp == b->is_udp && a->at.any == b->at.any &&
	       !memcmp(&a->at.addr, &b->at.addr, sizeof(a->at.addr));
}

/* Told of the one that comes later in the file */
static void overlap(struct conf *c, const struct place *a,
		    const struct place *b)
{
	const struct yaml_node *at = conf_from(c, MODEL_SERVICE, a->service);
	const struct yaml_node *other = conf_from(c, MODEL_SERVICE, b->service);
	const char *first = b->service, *second = a->service;
	char *title;

	if (!conf_is_worth(c))
		return;
	if (at->pos < other->pos) {
		first = a->service;
		second = b->service;
		at = other;
	}
	title = model_title(MODEL_SERVICE, second);
	if (first == second || !strcmp(first, second))
		yaml_error(c->file, conf_where(at, "address", NULL), NULL,
			   title, "address", "has a port twice");
	else
		yaml_error(c->file, conf_where(at, "address", NULL), NULL,
			   title, "address",
			   "service %s has this address and port", first);
	free(title);
}

static size_t add_places(struct place **places, size_t n, size_t *max,
			 const char *service, const json_t *record)
{
	struct value_endpoint ep[VALUE_RANGES_MAX];
	const char *proto = attr_text(record, "proto");
	const char *at = attr_text(record, "address");
	unsigned int n_ep, i;

	if (!at || value_get_place(at, ep, &n_ep))
		return n;
	if (n + n_ep > *max) {
		*max = 2 * (n + n_ep);
		*places = realloc(*places, *max * sizeof(**places));
		if (!*places)
			abort();
	}
	for (i = 0; i < n_ep; i++)
		(*places)[n++] = (struct place) {
			ep[i], proto && !strcmp(proto, "udp"), service,
		};
	return n;
}

static void check_places(struct conf *c)
{
	struct place *places = NULL, *widest;
	const char *service;
	size_t n = 0, max = 0, i;
	json_t *record;

	json_object_foreach(c->model->objects[MODEL_SERVICE], service, record)
		n = add_places(&places, n, &max, service, record);
	if (n)
		qsort(places, n, sizeof(*places), by_place);
	widest = places;
	for (i = 1; i < n; i++) {
		if (!same_address(widest, &places[i])) {
			widest = &places[i];
			continue;
		}
		if (places[i].at.port <= widest->at.port_end)
			overlap(c, widest, &places[i]);
		if (places[i].at.port_end > widest->at.port_end)
			widest = &places[i];
	}
	free(places);
}

static void check_reference(struct conf *c, enum model_kind kind,
			    const char *name, const json_t *record,
			    const char *option, const char **pools)
{
	const char *pool = attr_text(record, option);
	const struct yaml_node *at = conf_from(c, kind, name);
	char *title;

	if (!pool || json_object_get(c->model->objects[MODEL_POOL], pool))
		return;
	title = model_title(kind, name);
	conf_unknown(c, conf_where(at, option, NULL), title, option, "pool",
		     pool, pools);
	free(title);
}

static void check_references(struct conf *c)
{
	static const struct {
		enum model_kind kind;
		const char *option;
	} references[] = {
		{ MODEL_SERVICE, "pool" }, { MODEL_RULE, "pool" },
		{ MODEL_POOL, "sorry" },
	};
	const char **pools, *name;
	json_t *record;
	unsigned int i;
	size_t n;

	pools = model_names(c->model, MODEL_POOL, &n);
	for (i = 0; i < ARRAY_SIZE(references); i++)
		json_object_foreach(c->model->objects[references[i].kind],
				    name, record)
			check_reference(c, references[i].kind, name, record,
					references[i].option, pools);
	free(pools);
}

static void tell_circle(struct conf *c, const char *name)
{
	json_t *pools = c->model->objects[MODEL_POOL];
	const struct yaml_node *at = conf_from(c, MODEL_POOL, name);
	const char *next = name;
	char *way = NULL, *title;
	unsigned int n = 0;
	size_t len;
	FILE *f;

	if (!conf_is_worth(c))
		return;
	f = open_memstream(&way, &len);
	fputs(name, f);
	do {
		next = attr_text(json_object_get(pools, next), "sorry");
		if (++n <= 8 || !strcmp(next, name))
			fprintf(f, " -> %s", next);
		else if (n == 9)
			fputs(" -> ...", f);
	} while (strcmp(next, name));
	fclose(f);
	title = model_title(MODEL_POOL, name);
	yaml_error(c->file, conf_where(at, "sorry", NULL), NULL, title,
		   "sorry", "goes in a circle: %s", way);
	free(title);
	free(way);
}

/* Each pool has at most one: who comes back to this round's has a circle. */
static void check_circles(struct conf *c)
{
	json_t *pools = c->model->objects[MODEL_POOL], *record;
	json_t *round = json_object();
	const char *name, *next;
	unsigned int n = 0;

	json_object_foreach(pools, name, record) {
		n++;
		next = name;
		while (next && json_object_get(pools, next) &&
		       !json_object_get(round, next)) {
			json_object_set_new(round, next, json_integer(n));
			next = attr_text(json_object_get(pools, next),
					 "sorry");
		}
		if (next && json_integer_value(json_object_get(round, next)) ==
		    n)
			tell_circle(c, next);
	}
	json_decref(round);
}

/* Whether an option is given, or it was told that it is misspelt. */
static bool is_tried(const struct yaml_node *map, const struct attr *table,
		     const char *option)
{
	const char *const words[] = { option, NULL };
	const struct yaml_node *n;

	if (map->is_part)
		return true;
	for (n = map->kind == YAML_MAP ? map->first : NULL; n; n = n->next)
		if (!strcmp(n->key->text, option) ||
		    (!attr_find(table, n->key->text, ~0u) &&
		     value_nearest(n->key->text, words)))
			return true;
	return false;
}

/* One that takes no headers has to be told where connections go. */
static void check_accepts(struct conf *c, const struct yaml_node *at,
			  const char *title, const json_t *record)
{
	const struct yaml_node *given = yaml_get(at, "accept-proxy");
	bool none = given && given->text && !strcmp(given->text, "none");

	if (json_object_get(record, "accept-proxy") ||
	    json_object_get(record, "forward") ||
	    (!none && is_tried(at, service_attrs, "accept-proxy")) ||
	    is_tried(at, service_attrs, "pool") ||
	    is_tried(at, service_attrs, "to") ||
	    is_tried(at, service_attrs, "reply-from"))
		return;
	yaml_error(c->file, conf_where(at, none ? "accept-proxy" : NULL, NULL),
		   NULL, title, "accept-proxy", none ?
		   "none is for a service that has a pool, or an address in to" :
		   "missing; only a service that has a pool, or an address in to, needs none");
}

static void check_service(struct conf *c, const char *name,
			  const json_t *record)
{
	const struct yaml_node *at = conf_from(c, MODEL_SERVICE, name);
	char *title = model_title(MODEL_SERVICE, name);

	check_accepts(c, at, title, record);
	/* What was tried and failed has been told. */
	if (json_object_get(record, "accept-proxy") &&
	    !is_tried(at, service_attrs, "trust"))
		yaml_error(c->file, conf_where(at, "accept-proxy", NULL), NULL,
			   title, "accept-proxy",
			   "needs trust: whose headers to believe");
	if (json_object_get(record, "tunnel") &&
	    !is_tried(at, service_attrs, "trust"))
		yaml_error(c->file, conf_where(at, "tunnel", NULL), NULL,
			   title, "tunnel", "needs trust: whose tunnels to open");
	if (json_object_get(record, "forward"))
		yaml_error(c->file, conf_where(at, "forward", NULL), NULL,
			   title, "forward",
			   "other than local is for pools; name one with pool");
	free(title);
}

/* What the schedulers alone look at that hash */
static void check_hash(struct conf *c, const char *name, const json_t *record)
{
	static const char *const why[][2] = {
		{ "hash", "other than src needs scheduler sh or maglev" },
		{ "hash-key", "needs scheduler sh or maglev" },
	};
	const struct attr *attr = attr_find(pool_attrs, "scheduler", ATTR_ADD);
	const struct yaml_node *at = conf_from(c, MODEL_POOL, name);
	const struct yaml_node *given = yaml_get(at, "scheduler");
	const char *text = given ? given->text : "rr";
	unsigned int i;
	char *title;

	/* What was tried and failed has been told. */
	if (at->is_part || !text || !attr_is_choice(attr, text) ||
	    !strcmp(text, "sh") || !strcmp(text, "maglev"))
		return;
	title = model_title(MODEL_POOL, name);
	for (i = 0; i < ARRAY_SIZE(why); i++)
		if (json_object_get(record, why[i][0]))
			yaml_error(c->file, conf_where(at, why[i][0], NULL),
				   NULL, title, why[i][0], "%s", why[i][1]);
	free(title);
}

static void check_pool(struct conf *c, const char *name, const json_t *record)
{
	const struct yaml_node *at = conf_from(c, MODEL_POOL, name);
	const struct yaml_node *sends = yaml_get(at, "send-proxy");
	const char *text = sends ? sends->text : "none";
	char *title;

	/* What was tried and failed has been told. */
	if (!json_object_get(record, "tlv") || !text || at->is_part ||
	    (strcmp(text, "none") && strcmp(text, "v1") && strcmp(text, "spp")))
		return;
	title = model_title(MODEL_POOL, name);
	yaml_error(c->file, conf_where(at, "tlv", NULL), NULL, title, "tlv",
		   "needs send-proxy v2, each or first");
	free(title);
}

/* An option as it is written, or as usual; NULL if it was tried and failed */
static const char *written(const struct yaml_node *at,
			   const struct attr *table, const char *option,
			   const char *usual)
{
	const struct yaml_node *given = yaml_get(at, option);

	if (given)
		return given->text;
	return is_tried(at, table, option) ? NULL : usual;
}

/* The pool of a service, and those that stand in, have clients of this family. */
static void note_family(struct conf *c, json_t *clients, const char *family,
			const char *service, const char *pool)
{
	json_t *record, *of;

	/* Behind one that is noted all are; so a circle ends, too. */
	while (pool) {
		record = json_object_get(c->model->objects[MODEL_POOL], pool);
		of = json_object_get(clients, pool);
		if (!record || json_object_get(of, family))
			return;
		if (!of) {
			of = json_object();
			json_object_set_new(clients, pool, of);
		}
		json_object_set_new(of, family, json_string(service));
		pool = attr_text(record, "sorry");
	}
}

static bool is_v4(const struct value_endpoint *ep)
{
	return IN6_IS_ADDR_V4MAPPED(&ep->addr);
}

/* A header's clients, and those of any address, may be of either family. */
static void note_clients(struct conf *c, json_t *clients, const char *name,
			 const json_t *record)
{
	const struct yaml_node *at = conf_from(c, MODEL_SERVICE, name);
	const char *accept = written(at, service_attrs, "accept-proxy", "none");
	const char *place = attr_text(record, "address");
	struct value_endpoint ep[VALUE_RANGES_MAX];
	unsigned int n;

	if (accept && !strcmp(accept, "none") && place &&
	    !value_get_place(place, ep, &n) && !ep[0].any)
		note_family(c, clients, is_v4(&ep[0]) ? "4" : "6", name,
			    attr_text(record, "pool"));
}

/* Methods that keep the client's address reach backends of its family alone. */
static void check_family(struct conf *c, const json_t *clients,
			 const char *name, const json_t *record)
{
	static const char *const keep[] = { "nat", "dsr", "dsr-nat", NULL };
	const struct yaml_node *at = conf_from(c, MODEL_BACKEND, name);
	const char *pool = attr_text(record, "pool"), *service;
	json_t *of = json_object_get(clients, pool);
	struct value_endpoint ep;
	const char *method;
	char *title;

	if (!of || value_get_endpoint(attr_text(record, "address"), 0, &ep))
		return;
	service = attr_text(of, is_v4(&ep) ? "6" : "4");
	method = written(at, backend_attrs, "forward", "none");
	if (method && !strcmp(method, "none"))
		method = written(conf_from(c, MODEL_POOL, pool), pool_attrs,
				 "forward", "nat");
	if (!service || !method || !conf_is_word(method, keep))
		return;
	title = model_title(MODEL_BACKEND, name);
	yaml_error(c->file, conf_where(at, "address", NULL), NULL, title, NULL,
		   "%s keeps the client's address, so it has to be of the family of service %s; fullnat, ipip and gue reach either",
		   method, service);
	free(title);
}

static void check_families(struct conf *c)
{
	json_t *clients = json_object(), *record;
	const char *name;

	json_object_foreach(c->model->objects[MODEL_SERVICE], name, record)
		note_clients(c, clients, name, record);
	json_object_foreach(c->model->objects[MODEL_BACKEND], name, record)
		check_family(c, clients, name, record);
	json_decref(clients);
}

/* Whether there may be pools that are not known */
static bool lacks_pools(const struct yaml_file *file)
{
	const struct yaml_node *pools = yaml_get(file->root, "pools");

	return file->is_cut || file->root->is_part ||
	       (pools && (pools->is_told || pools->is_part));
}

void conf_check(struct conf *c)
{
	const char *name;
	json_t *record;

	json_object_foreach(c->model->objects[MODEL_SERVICE], name, record)
		check_service(c, name, record);
	json_object_foreach(c->model->objects[MODEL_POOL], name, record) {
		check_pool(c, name, record);
		check_hash(c, name, record);
	}
	check_counts(c);
	check_places(c);
	if (!lacks_pools(c->file))
		check_references(c);
	check_circles(c);
	check_families(c);
}
