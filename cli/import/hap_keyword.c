// SPDX-License-Identifier: GPL-2.0
/* Keywords of proxies in a configuration of HAProxy, one line each. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "conf.h"
#include "haproxy.h"

static const char *word(const struct hap *h, unsigned int n)
{
	return n < h->w.n ? h->w.word[n] : "";
}

/* Each has the word of HAProxy, and what chooses so here. */
static const struct {
	const char *theirs;
	const char *ours;
} balances[] = {
	{ "roundrobin", "wrr" }, { "static-rr", "wrr" },
	{ "leastconn", "wlc" }, { "source", "sh" }, { "random", "p2c" },
	{ "random(1)", "random" }, { "random(2)", "p2c" },
};

static void read_balance(struct hap *h)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(balances); i++)
		if (!strcmp(balances[i].theirs, word(h, 1))) {
			import_set(h->now->set, "scheduler", balances[i].ours);
			return;
		}
	import_set(h->now->set, "scheduler", "wrr");
	hap_left(h, "is no scheduler here, wrr takes its place");
}

/* Of `balance source` alone: which clients move when servers come and go */
static void read_hash_type(struct hap *h)
{
	if (!strcmp(word(h, 1), "consistent"))
		json_object_set_new(h->now->set, "consistent", json_true());
	else if (strcmp(word(h, 1), "map-based"))
		hap_left(h, "is consistent or map-based");
	if (h->w.n > 2)
		hap_left(h, "what is hashed is for a pool's hash");
}

static void read_retries(struct hap *h)
{
	import_set(h->now->set, "retries", word(h, 1));
	json_object_set_new(h->now->set, "retries-line",
			    json_integer(h->w.line));
}

static void read_timeout(struct hap *h)
{
	static const char *const kept[] = {
		"client", "server", "tunnel", "check", NULL
	};
	/* They have no effect on TCP. */
	static const char *const of_http[] = {
		"http-request", "http-keep-alive", "tarpit", NULL
	};
	const char *what = word(h, 1);
	long ms = hap_time(word(h, 2));
	char key[32];

	if (conf_is_word(what, of_http))
		return;
	if (!strcmp(what, "connect")) {
		if (ms != 3000)
			hap_left(h, "a backend has 3 seconds to answer");
	} else if (!strcmp(what, "queue")) {
		hap_left(h, "nothing waits for a backend");
	} else if (!conf_is_word(what, kept)) {
		hap_left(h, "there is no such time here");
	} else if (ms < 0) {
		hap_left(h, "is no time");
	} else {
		snprintf(key, sizeof(key), "%s-ms", what);
		json_object_set_new(h->now->set, key, json_integer(ms));
	}
}

static void read_default_backend(struct hap *h)
{
	import_set(h->now->set, "pool", word(h, 1));
	json_object_set_new(h->now->set, "pool-line", json_integer(h->w.line));
	if (h->w.n > 2)
		hap_left(h, "what comes behind the name is not looked at");
}

static void read_use_backend(struct hap *h)
{
	hap_left(h,
		 "what tells connections apart is for rules, which this version's module has not");
}

/* `source ADDR usesrc clientip` is to keep the client's address. */
static void read_source(struct hap *h)
{
	if (!strcmp(word(h, 2), "usesrc") &&
	    (!strcmp(word(h, 3), "clientip") || !strcmp(word(h, 3), "client"))) {
		json_object_set_new(h->now->set, "nat", json_true());
		return;
	}
	hap_left(h, "addresses for backends are chosen by routes");
}

/* `httpchk [METHOD] [PATH [VERSION]]` */
static void read_httpchk(struct hap *h)
{
	const char *method = h->w.n > 3 ? word(h, 2) : "OPTIONS";
	const char *path = h->w.n > 3 ? word(h, 3) : word(h, 2);

	json_object_set_new(h->now->set, "health",
			    json_pack("{s:s, s:s, s:s, s:s}", "type", "http",
				      "method", method, "path",
				      *path ? path : "/", "status",
				      "200-399"));
}

/* `http-check send meth M uri P hdr Host H`, `http-check expect status S` */
static void read_http_check(struct hap *h)
{
	json_t *health = json_object_get(h->now->set, "health");
	bool all = true;
	unsigned int i;

	if (!health) {
		hap_left(h, "stands before option httpchk");
		return;
	}
	if (!strcmp(word(h, 1), "expect")) {
		if (strcmp(word(h, 2), "status") || h->w.n != 4)
			hap_left(h, "only the status of an answer is looked at");
		else
			import_set(health, "status", word(h, 3));
		return;
	}
	if (strcmp(word(h, 1), "send")) {
		hap_left(h, "only send and expect are known");
		return;
	}
	for (i = 2; i + 1 < h->w.n; i += 2) {
		if (!strcmp(word(h, i), "meth"))
			import_set(health, "method", word(h, i + 1));
		else if (!strcmp(word(h, i), "uri"))
			import_set(health, "path", word(h, i + 1));
		else if (!strcmp(word(h, i), "hdr") &&
			 !strcasecmp(word(h, i + 1), "host") && i + 2 < h->w.n)
			import_set(health, "host", word(h, ++i + 1));
		else if (strcmp(word(h, i), "ver"))
			all = false;
	}
	if (!all)
		hap_left(h, "a check has a method, a path and a host only");
}

static bool is_check(const char *option)
{
	size_t len = strlen(option);

	return len > 6 && !strcmp(option + len - 6, "-check");
}

/* Of all kinds of check the last one is made: here, a connection. */
static void read_check(struct hap *h, const char *what)
{
	json_object_del(h->now->set, "health");
	if (strcmp(what, "tcp-check"))
		hap_left(h, "backends are checked by a connection alone");
}

static void read_option(struct hap *h)
{
	/* Logging, which `log` tells of, and what is always so */
	static const char *const nothing[] = {
		"tcplog", "httplog", "dontlognull", "dontlog-normal",
		"logasap", "log-separate-errors", "log-health-checks",
		"redispatch", "tcp-smart-accept", "tcp-smart-connect",
		"splice-auto", "splice-request", "splice-response",
		"socket-stats", "contstats", NULL
	};
	/* They have no effect on TCP. */
	static const char *const of_http[] = {
		"httpclose", "forwardfor", "forceclose", "http-server-close",
		"http-keep-alive", "http-pretend-keepalive",
		"http-buffer-request", "http-use-htx", "originalto",
		"prefer-last-server", "accept-invalid-http-request",
		"accept-invalid-http-response", NULL
	};
	const char *what = word(h, 1);

	if (conf_is_word(what, nothing) || conf_is_word(what, of_http))
		return;
	if (!strcmp(what, "httpchk"))
		read_httpchk(h);
	else if (!strcmp(what, "allbackups"))
		json_object_set_new(h->now->set, "backups", json_true());
	else if (is_check(what))
		read_check(h, what);
	else if (!strcmp(what, "tcpka") || !strcmp(what, "clitcpka") ||
		 !strcmp(what, "srvtcpka"))
		hap_left(h, "client and backend send their own keepalives");
	else
		hap_left(h, "there is no such option here");
}

/* `no option X` takes back what defaults say. */
static void read_no(struct hap *h)
{
	if (strcmp(word(h, 1), "option"))
		hap_left(h, "there is nothing like it here");
	else if (!strcmp(word(h, 2), "allbackups"))
		json_object_del(h->now->set, "backups");
	else if (!strcmp(word(h, 2), "httpchk") || is_check(word(h, 2)))
		json_object_del(h->now->set, "health");
}

/* `stick on src` with a table of clients is `persist`. */
static void read_stick(struct hap *h)
{
	const char *key = word(h, 2);

	if (strcmp(word(h, 1), "on") || strcmp(key, "src") || h->w.n != 3) {
		hap_left(h, "clients keep their backend by their address: stick on src");
		return;
	}
	json_object_set_new(h->now->set, "stick", json_true());
}

static void read_stick_table(struct hap *h)
{
	bool others = false;
	unsigned int i;
	long ms = 0;

	for (i = 1; i + 1 < h->w.n; i += 2) {
		if (!strcmp(word(h, i), "expire"))
			ms = hap_time(word(h, i + 1));
		else if (strcmp(word(h, i), "type") &&
			 strcmp(word(h, i), "size") &&
			 strcmp(word(h, i), "peers"))
			others = true;
	}
	if (ms <= 0)
		hap_left(h, "without an expire time nothing is kept here");
	else
		json_object_set_new(h->now->set, "table-ms", json_integer(ms));
	if (others)
		hap_left(h, "backends are kept by client only, not counters");
}

static void log_line(struct hap *h)
{
	hap_left(h, "nothing is logged here, sluice monitor shows what happens");
}

static void read_maxconn(struct hap *h)
{
	hap_left(h, "how many flows there may be is for max-flows, of limits or a backend");
}

/* What says nothing of connections */
static void read_nothing(struct hap *h)
{
	(void)h;
}

/* Only where sections are of TCP does it come here. */
static const struct keyword {
	const char *word;
	unsigned int where;
	void (*read)(struct hap *h);
} keywords[] = {
	{ "bind", HAP_FRONTEND, hap_bind },
	{ "server", HAP_BACKEND, hap_server },
	{ "default-server", HAP_BACKEND | HAP_DEFAULTS, hap_default_server },
	{ "balance", HAP_BACKEND | HAP_DEFAULTS, read_balance },
	{ "hash-type", HAP_BACKEND | HAP_DEFAULTS, read_hash_type },
	{ "retries", HAP_BACKEND | HAP_DEFAULTS, read_retries },
	{ "timeout", HAP_LISTEN | HAP_DEFAULTS, read_timeout },
	{ "default_backend", HAP_FRONTEND | HAP_DEFAULTS, read_default_backend },
	{ "use_backend", HAP_FRONTEND, read_use_backend },
	{ "use-server", HAP_BACKEND, read_use_backend },
	{ "source", HAP_BACKEND | HAP_DEFAULTS, read_source },
	{ "option", HAP_LISTEN | HAP_DEFAULTS, read_option },
	{ "http-check", HAP_BACKEND | HAP_DEFAULTS, read_http_check },
	{ "stick", HAP_BACKEND, read_stick },
	{ "stick-table", HAP_LISTEN, read_stick_table },
	{ "acl", HAP_LISTEN, hap_acl },
	{ "tcp-request", HAP_LISTEN, hap_request },
	{ "no", HAP_LISTEN | HAP_DEFAULTS, read_no },
	{ "log", HAP_LISTEN | HAP_DEFAULTS, log_line },
	{ "maxconn", HAP_LISTEN | HAP_DEFAULTS, read_maxconn },
	{ "fullconn", HAP_BACKEND | HAP_DEFAULTS, read_maxconn },
	{ "mode", HAP_LISTEN | HAP_DEFAULTS, read_nothing },
	{ "description", HAP_LISTEN | HAP_DEFAULTS, read_nothing },
	{ "id", HAP_LISTEN, read_nothing },
	{ "guid", HAP_LISTEN, read_nothing },
	{ "errorfile", HAP_LISTEN | HAP_DEFAULTS, read_nothing },
	{ "log-format", HAP_LISTEN | HAP_DEFAULTS, read_nothing },
	{ "log-tag", HAP_LISTEN | HAP_DEFAULTS, read_nothing },
};

void hap_keyword(struct hap *h)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(keywords); i++) {
		if (strcmp(keywords[i].word, word(h, 0)))
			continue;
		if (!(keywords[i].where & h->kind))
			hap_left(h, "has no place in this section");
		else if (h->w.n < 2)
			hap_left(h, "has no value");
		else
			keywords[i].read(h);
		return;
	}
	hap_left(h, "there is nothing like it here");
}
