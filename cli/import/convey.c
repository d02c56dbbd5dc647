// SPDX-License-Identifier: GPL-2.0
/*
 * Convey's TOML: frontends with an address and a backend, backends with servers
 * and an interval for checks.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "import.h"
#include "toml.h"

/**
 * struct reader - a file
 * @im: the import
 * @lines: of toml_lines()
 * @pools: names of pools that backends have become
 * @hashes: it has what is for passthrough and DSR, which choose by a hash
 */
struct reader {
	struct import *im;
	json_t *lines;
	json_t *pools;
	bool hashes;
};

static unsigned int line_of(const struct reader *r, const char *table,
			    const char *key)
{
	return toml_line(r->lines, table, key);
}

/* A value as text, to be freed; NULL if it has no place in a line */
static char *text_of(const json_t *value)
{
	char *text = NULL;

	if (json_is_string(value))
		return strdup(json_string_value(value));
	if (json_is_integer(value) &&
	    asprintf(&text, "%lld", (long long)json_integer_value(value)) < 0)
		abort();
	return text;
}

/* Keys that nobody knows are told, with where they stand. */
static void tell_others(const struct reader *r, const char *table,
			json_t *map, const char *const *known)
{
	const char *key, *const *k;
	json_t *value;

	json_object_foreach(map, key, value) {
		for (k = known; *k && strcmp(*k, key); k++)
			;
		if (!*k)
			import_left(r->im, *table ? line_of(r, table, key) :
				    line_of(r, key, NULL),
				    "%s%s%s: is no key of Convey's, left out",
				    table, *table ? "." : "", key);
	}
}

static void add_server(const struct reader *r, const char *pool,
		       const char *table, json_t *server)
{
	static const char *const known[] = { "addr", "weight", NULL };
	const char *addr = json_string_value(json_object_get(server, "addr"));
	json_t *weight = json_object_get(server, "weight"), *backend;
	unsigned int line = line_of(r, table, "addr");
	char place[IMPORT_PLACE_LEN], *text;
	const char *bad;

	bad = addr ? import_endpoint(addr, "tcp", 0, place) : "has no addr";
	if (bad) {
		import_left(r->im, line, "%s: %s%s%s, left out", table,
			    addr ?: "", addr ? ": " : "", bad);
		return;
	}
	tell_others(r, table, server, known);
	backend = import_backend(r->im, line, pool, place);
	if (!backend || !weight)
		return;
	line = line_of(r, table, "weight");
	text = text_of(weight);
	if (r->hashes)
		import_left(r->im, line,
			    "%s.weight: Convey does not look at it in passthrough or DSR, left out",
			    table);
	else
		import_put(r->im, line, &backend_object, backend, "weight",
			   text ?: "");
	free(text);
}

static void put_health(const struct reader *r, const char *table,
		       json_t *backend, json_t *pool)
{
	json_t *value = json_object_get(backend, "health_check_interval");
	json_int_t seconds = json_integer_value(value);

	/* Without it Convey checks each 5 seconds. */
	if (value && (seconds < 1 || seconds > 3600)) {
		import_left(r->im, line_of(r, table, "health_check_interval"),
			    "%s.health_check_interval: is 1 to 3600 seconds here, left out",
			    table);
		seconds = 0;
	}
	json_object_set_new(pool, "health",
			    json_pack("{s:s, s:I, s:i, s:i, s:i}",
				      "type", "tcp", "interval", seconds ?: 5,
				      "timeout", 3, "rise", 1, "fall", 1));
}

static void add_backend(struct reader *r, const char *name, json_t *backend)
{
	static const char *const known[] = {
		"health_check_interval", "servers", NULL
	};
	char table[600], pool_name[64];
	json_t *pool, *servers, *server;
	const char *key;

	snprintf(table, sizeof(table), "backends.%.200s", name);
	pool = import_pool(r->im, line_of(r, table, NULL), name, pool_name);
	if (!pool)
		return;
	json_object_set_new(r->pools, name, json_string(pool_name));
	import_set(pool, "forward", "fullnat");
	import_set(pool, "scheduler", r->hashes ? "maglev" : "random");
	if (r->hashes)
		json_object_set_new(pool, "hash",
				    json_pack("[s, s, s, s]", "src", "src-port",
					      "dst", "dst-port"));
	put_health(r, table, backend, pool);
	tell_others(r, table, backend, known);
	servers = json_object_get(backend, "servers");
	json_object_foreach(servers, key, server) {
		snprintf(table, sizeof(table),
			 "backends.%.200s.servers.%.200s", name, key);
		add_server(r, pool_name, table, server);
	}
}

static void add_frontend(const struct reader *r, const char *name,
			 json_t *frontend)
{
	static const char *const known[] = { "listen_addr", "backend", NULL };
	const char *addr, *to, *pool, *bad;
	char table[300], place[IMPORT_PLACE_LEN];
	json_t *service;
	unsigned int line;

	snprintf(table, sizeof(table), "frontends.%.200s", name);
	tell_others(r, table, frontend, known);
	addr = json_string_value(json_object_get(frontend, "listen_addr"));
	to = json_string_value(json_object_get(frontend, "backend"));
	line = line_of(r, table, "listen_addr");
	bad = addr ? import_endpoint(addr, "tcp", IMPORT_ANY, place) :
		     "has no listen_addr";
	if (bad) {
		import_left(r->im, line, "%s: %s%s%s, left out", table,
			    addr ?: "", addr ? ": " : "", bad);
		return;
	}
	pool = to ? json_string_value(json_object_get(r->pools, to)) : NULL;
	if (!pool) {
		import_left(r->im, line_of(r, table, "backend"),
			    "%s: there is no backend %s, left out", table,
			    to ?: "");
		return;
	}
	service = import_service(r->im, line, name, "tcp", place);
	if (service)
		import_set(service, "pool", pool);
}

static void tell_rest(const struct reader *r, json_t *root)
{
	static const char *const known[] = {
		"frontends", "backends", "stats", "passthrough", NULL
	};
	const char *key;
	json_t *value;
	char *text;

	tell_others(r, "", root, known);
	json_object_foreach(json_object_get(root, "stats"), key, value) {
		text = text_of(value);
		import_left(r->im, line_of(r, "stats", key),
			    "stats.%s %s: nothing listens for counters, sluice -j stats shows them",
			    key, text ?: "");
		free(text);
	}
	json_object_foreach(json_object_get(root, "passthrough"), key, value)
		import_left(r->im, line_of(r, "passthrough", key),
			    "passthrough.%s: %s, left out", key,
			    strcmp(key, "connection_tracker_capacity") ?
			    "there is nothing like it here" :
			    "how many flows there may be is for limits: max-flows");
}

const char *import_convey(struct import *im, unsigned int *line)
{
	struct reader r = { .im = im };
	const char *bad, *name;
	json_t *root, *value;

	bad = toml_read(im->text, im->len, &root, line);
	if (bad)
		return bad;
	r.lines = toml_lines(im->text);
	r.pools = json_object();
	r.hashes = json_object_get(root, "passthrough");
	json_object_foreach(json_object_get(root, "backends"), name, value)
		add_backend(&r, name, value);
	json_object_foreach(json_object_get(root, "frontends"), name, value)
		add_frontend(&r, name, value);
	tell_rest(&r, root);
	json_decref(r.lines);
	json_decref(r.pools);
	json_decref(root);
	return NULL;
}
