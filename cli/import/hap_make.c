// SPDX-License-Identifier: GPL-2.0
/* Proxies of HAProxy as pools and services. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "haproxy.h"

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static json_int_t number_of(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

/* Seconds as a text, with thousandths if there are some */
static void put_seconds(json_t *object, const char *key, json_int_t ms)
{
	json_object_set_new(object, key, ms % 1000 ? json_real(ms / 1000.0) :
						     json_integer(ms / 1000));
}

/* Whole seconds, at least as long, as a text */
static const char *whole(json_int_t ms)
{
	static char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)(ms + 999) / 1000);
	return text;
}

static const char *scheduler_of(const struct hap_proxy *p)
{
	const char *name = text_of(p->set, "scheduler") ?: "wrr";

	if (!strcmp(name, "sh") && json_object_get(p->set, "consistent"))
		return "maglev";
	return name;
}

static void put_time(struct hap *h, json_int_t line, const json_t *server,
		     const char *key, json_t *health, const char *option)
{
	const char *text = text_of(server, key);
	long ms = text ? hap_time(text) : 0;

	if (ms > 0)
		put_seconds(health, option, ms);
	else if (text)
		import_left(h->im, line, "server %s %s %s: is no time, left out",
			    text_of(server, "name"), key, text);
}

/* How a server is checked */
static json_t *health_of(struct hap *h, const struct hap_proxy *p,
			 const json_t *server)
{
	json_t *health = json_object_get(p->set, "health");
	const char *send = text_of(server, "send");
	json_int_t line = number_of(server, "line");

	health = health ? json_copy(health) : json_pack("{s:s}", "type", "tcp");
	json_object_set_new(health, "interval", json_integer(2));
	put_time(h, line, server, "inter", health, "interval");
	import_set(health, "rise", text_of(server, "rise") ?: "2");
	import_set(health, "fall", text_of(server, "fall") ?: "3");
	if (number_of(p->set, "check-ms"))
		put_seconds(health, "timeout", number_of(p->set, "check-ms"));
	if (send && strcmp(send, "none"))
		import_set(health, "send-proxy", send);
	else if (json_object_get(server, "check-send"))
		import_set(health, "send-proxy", "v1");
	return health;
}

/* All backends of a pool are checked alike, or none. */
static void put_health(struct hap *h, const struct hap_proxy *p,
		       const json_t *server, json_t *pool, bool first)
{
	json_t *was = json_object_get(pool, "health"), *health = NULL;

	if (json_object_get(server, "check"))
		health = health_of(h, p, server);
	if (first && health)
		json_object_set(pool, "health", health);
	else if (!json_equal(was ?: json_false(), health ?: json_false()))
		import_left(h->im, number_of(server, "line"),
			    "server %s: is checked as the first one of its pool, not in a way of its own",
			    text_of(server, "name"));
	json_decref(health);
}

/* Of `proxy-v2-options`; the others need TLS that HAProxy has ended. */
static void put_tlvs(struct hap *h, const json_t *server, json_t *pool)
{
	static const char *const kept[] = { "crc32c", "authority", "unique-id" };
	char *all = strdup(text_of(server, "tlv")), *next = all, *tlv;
	json_t *list = json_array();
	unsigned int i;

	while ((tlv = strsep(&next, ","))) {
		for (i = 0; i < ARRAY_SIZE(kept); i++)
			if (!strcmp(kept[i], tlv))
				break;
		if (i < ARRAY_SIZE(kept))
			json_array_append_new(list, json_string(tlv));
		else
			import_left(h->im, number_of(server, "line"),
				    "server %s proxy-v2-options %s: is not known of a connection here, left out",
				    text_of(server, "name"), tlv);
	}
	if (json_array_size(list))
		json_object_set(pool, "tlv", list);
	json_decref(list);
	free(all);
}

static const char *forward_of(const struct hap_proxy *p, const json_t *server)
{
	return json_object_get(p->set, "nat") || json_object_get(server, "nat") ?
	       "nat" : "fullnat";
}

/* What is of a pool here, and of each server there: the first one says it. */
static void put_first(struct hap *h, const struct hap_proxy *p,
		      const json_t *server, json_t *pool)
{
	const char *send = text_of(server, "send") ?: "none";
	const char *slow = text_of(server, "slowstart");
	const char *down = text_of(server, "down");
	json_int_t line = number_of(server, "line");

	import_set(pool, "forward", forward_of(p, server));
	if (strcmp(send, "none"))
		import_set(pool, "send-proxy", send);
	if (!strcmp(send, "v2") && text_of(server, "tlv"))
		put_tlvs(h, server, pool);
	if (slow && hap_time(slow) >= 0)
		import_put(h->im, line, &pool_object, pool, "slow-start",
			   whole(hap_time(slow)));
	if (down && !strcmp(down, "shutdown-sessions"))
		import_set(pool, "on-down", "reset");
}

/* Another one says it in vain, if it says something else. */
static void put_other(struct hap *h, const struct hap_proxy *p,
		      const json_t *server, const json_t *pool)
{
	static const char *const keys[] = { "tlv", "slow-start", "on-down" };
	json_t *other = json_object(), *a, *b;
	unsigned int i;

	put_first(h, p, server, other);
	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		a = json_object_get(pool, keys[i]);
		b = json_object_get(other, keys[i]);
		if (a != b && !json_equal(a, b))
			import_left(h->im, number_of(server, "line"),
				    "server %s: %s is as the first one of its pool has it",
				    text_of(server, "name"), keys[i]);
	}
	json_decref(other);
}

static void put_backend(struct hap *h, const struct hap_proxy *p,
			const json_t *server, json_t *pool, json_t *backend)
{
	const char *forward = forward_of(p, server);
	const char *usual = text_of(pool, "send-proxy") ?: "none";
	const char *send = text_of(server, "send") ?: "none";
	const char *weight = text_of(server, "weight");
	const char *most = text_of(server, "maxconn");
	json_int_t line = number_of(server, "line");

	if (strcmp(forward, text_of(pool, "forward")))
		import_set(backend, "forward", forward);
	if (strcmp(send, usual))
		import_set(backend, "send-proxy", send);
	if (weight)
		import_put(h->im, line, &backend_object, backend, "weight",
			   weight);
	if (most && strcmp(most, "0"))
		import_put(h->im, line, &backend_object, backend, "max-flows",
			   most);
	if (json_object_get(server, "disabled"))
		import_set(backend, "state", "down");
}

static json_t *make_pool(struct hap *h, const struct hap_proxy *p,
			 const char *from, unsigned int line, char *name)
{
	json_t *pool = import_pool(h->im, line, from, name);

	if (!pool)
		return NULL;
	import_set(pool, "scheduler", scheduler_of(p));
	import_set(pool, "forward", "fullnat");
	if (text_of(p->set, "retries"))
		import_put(h->im, number_of(p->set, "retries-line"),
			   &pool_object, pool, "retries",
			   text_of(p->set, "retries"));
	if (json_object_get(p->set, "stick") && number_of(p->set, "table-ms"))
		import_put(h->im, line, &pool_object, pool, "persist",
			   whole(number_of(p->set, "table-ms")));
	return pool;
}

/* Servers that are for when no other is up, or the others */
static void add_servers(struct hap *h, const struct hap_proxy *p,
			json_t *pool, const char *name, bool backup)
{
	json_t *added = json_array(), *server, *backend;
	bool first = true;
	size_t i;

	json_array_foreach(p->servers, i, server) {
		if (!json_object_get(server, "backup") == backup)
			continue;
		backend = import_backend(h->im, number_of(server, "line"), name,
					 text_of(server, "place"));
		if (!backend)
			continue;
		if (first)
			put_first(h, p, server, pool);
		else
			put_other(h, p, server, pool);
		if (!first && backup && !json_object_get(p->set, "backups"))
			import_left(h->im, number_of(server, "line"),
				    "server %s backup: all backups serve together here, as by option allbackups",
				    text_of(server, "name"));
		put_health(h, p, server, pool, first);
		put_backend(h, p, server, pool, backend);
		json_array_append(added, server);
		first = false;
	}
	hap_agents(h, added, pool);
	json_decref(added);
}

static bool has_backup(const struct hap_proxy *p)
{
	json_t *server;
	size_t i;

	json_array_foreach(p->servers, i, server)
		if (json_object_get(server, "backup"))
			return true;
	return false;
}

/* The pool of a backend, with another one for its backups; pools has its name. */
static void add_pool(struct hap *h, const struct hap_proxy *p, json_t *pools)
{
	char name[64], spare[64], *from;
	json_t *pool, *sorry;

	if (json_object_get(pools, p->name)) {
		import_left(h->im, p->line,
			    "%s: is the name of a backend before it, left out",
			    p->name);
		return;
	}
	pool = make_pool(h, p, p->name, p->line, name);
	if (!pool)
		return;
	json_object_set_new(pools, p->name, json_string(name));
	add_servers(h, p, pool, name, false);
	if (!has_backup(p))
		return;
	if (asprintf(&from, "%s-backup", name) < 0)
		abort();
	sorry = make_pool(h, p, from, p->line, spare);
	free(from);
	if (!sorry)
		return;
	import_set(pool, "sorry", spare);
	add_servers(h, p, sorry, spare, true);
}

/* How long a flow may be silent: HAProxy has a time for either side. */
static void put_idle(struct hap *h, const struct hap_proxy *p, json_t *service)
{
	json_int_t client = number_of(p->set, "client-ms");
	json_int_t server = number_of(p->set, "server-ms");
	json_int_t ms = number_of(p->set, "tunnel-ms");

	if (!ms)
		ms = client > server ? client : server;
	if (ms)
		import_put(h->im, p->line, &service_object, service,
			   "idle-timeout", whole(ms));
}

static void put_accept(struct hap *h, const struct hap_proxy *p,
		       const json_t *bind, json_t *service)
{
	json_t *expected = json_object_get(p->set, "expected");
	json_t *allowed = json_object_get(p->set, "allowed");

	import_set(service, "accept-proxy", "tcp");
	if (expected) {
		json_object_set(service, "trust", expected);
		import_set(service, "untrusted", "pass");
	} else if (allowed) {
		json_object_set(service, "trust", allowed);
		import_set(service, "untrusted", "reset");
	} else {
		json_object_set_new(service, "trust",
				    json_pack("[s]", "any"));
		import_note(h->im, number_of(bind, "line"),
			    "%s: headers of everybody are believed: name your load balancers in trust",
			    p->name);
	}
	if (expected && allowed)
		import_left(h->im, number_of(p->set, "request-line"),
			    "%s: who may connect without a header is for a firewall, left out",
			    p->name);
}

static void add_service(struct hap *h, const struct hap_proxy *p,
			const json_t *bind, const char *pool)
{
	bool accept = json_is_true(json_object_get(bind, "accept")) ||
		      json_object_get(p->set, "expect") ||
		      json_object_get(p->set, "expected");
	json_t *service;

	service = import_service(h->im, number_of(bind, "line"), p->name,
				 "tcp", text_of(bind, "place"));
	if (!service)
		return;
	import_set(service, "pool", pool);
	if (accept)
		put_accept(h, p, bind, service);
	else if (json_object_get(p->set, "allowed"))
		import_left(h->im, number_of(p->set, "request-line"),
			    "%s: who may connect is for a firewall, left out",
			    p->name);
	put_idle(h, p, service);
}

static void add_services(struct hap *h, struct hap_proxy *p,
			 const json_t *pools)
{
	const char *to = text_of(p->set, "pool"), *pool;
	json_int_t line = number_of(p->set, "pool-line");
	json_t *bind;
	size_t i;

	/* A section of both kinds names others, or has servers of its own. */
	if (!to) {
		to = p->kind == HAP_LISTEN ? p->name : NULL;
		line = p->line;
	}
	pool = to ? text_of(pools, to) : NULL;
	if (!to)
		import_left(h->im, p->line,
			    "frontend %s: has no default_backend, left out",
			    p->name);
	else if (!pool)
		import_left(h->im, line ?: p->line,
			    "%s: there is no backend %s of mode tcp that it goes to, left out",
			    p->name, to);
	if (!pool)
		return;
	if (!json_array_size(p->binds))
		import_left(h->im, p->line,
			    "%s: has no address that could be carried over, left out",
			    p->name);
	hap_join_binds(p);
	json_array_foreach(p->binds, i, bind)
		add_service(h, p, bind, pool);
}

void hap_make(struct hap *h)
{
	json_t *pools = json_object();
	struct hap_proxy *p;

	for (p = h->first; p; p = p->next)
		if (p->kind & HAP_BACKEND &&
		    (p->kind != HAP_LISTEN || json_array_size(p->servers) ||
		     !text_of(p->set, "pool")))
			add_pool(h, p, pools);
	for (p = h->first; p; p = p->next)
		if (p->kind & HAP_FRONTEND)
			add_services(h, p, pools);
	json_decref(pools);
}
