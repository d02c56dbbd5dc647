// SPDX-License-Identifier: GPL-2.0
/* Lines of HAProxy with addresses: bind and server. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "haproxy.h"

/* "10.0.0.1:80" of "ipv4@10.0.0.1:80"; NULL of what is no address */
static const char *plain(const char *text)
{
	static const char *const families[] = {
		"ipv4@", "ipv6@", "tcp@", "tcp4@", "tcp6@",
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(families); i++)
		if (!strncmp(text, families[i], strlen(families[i])))
			return text + strlen(families[i]);
	return *text == '/' || strchr(text, '@') ? NULL : text;
}

/**
 * struct bind_word - a parameter of bind
 * @word: the parameter
 * @values: how many words come behind it
 * @why: NULL if nothing is lost without it, else why it is left out
 * @all: the address is left out with it
 */
static const struct bind_word {
	const char *word;
	unsigned int values;
	const char *why;
	bool all;
} bind_words[] = {
	{ "accept-proxy" },
	{ "name", 1 }, { "id", 1 }, { "process", 1 }, { "thread", 1 },
	{ "shards", 1 }, { "nice", 1 }, { "backlog", 1 }, { "v4v6" },
	{ "v6only" }, { "level", 1 }, { "guid-prefix", 1 },
	{ "ssl", 0, "TLS ends at the application here", true },
	{ "crt", 1 }, { "ca-file", 1 }, { "alpn", 1 }, { "verify", 1 },
	{ "ciphers", 1 }, { "ciphersuites", 1 }, { "ssl-min-ver", 1 },
	{ "crt-list", 1 }, { "npn", 1 }, { "strict-sni" },
	{ "interface", 1, "a service is by its address, not by a link" },
	{ "maxconn", 1, "how many flows there may be is for limits: max-flows" },
	{ "transparent", 0, "addresses of others are services of their own" },
	{ "defer-accept", 0, "a connection is taken when it is open" },
	{ "tfo", 0, "a SYN with data is not taken as such" },
	{ "mss", 1, "a segment is as long as its way lets it be" },
	{ "tcp-ut", 1, "there is nothing like it here" },
	{ "namespace", 1, "sluice -n says which namespace", true },
	{ "accept-netscaler-cip", 1, "only PROXY headers are taken", true },
};

/* v6only is of use with an address that stands for all. */
static void tell_family(struct hap *h, const char *address, const char *place)
{
	unsigned int i;

	for (i = 2; i < h->w.n && *place == '*'; i++)
		if (!strcmp(h->w.word[i], "v6only"))
			import_note(h->im, h->w.line,
				    "bind %s v6only: is for IPv4, too", address);
}

static void add_bind(struct hap *h, const char *address, bool accept)
{
	const char *at = plain(address), *bad;
	char place[IMPORT_PLACE_LEN];

	bad = !at ? "is no address and port" :
	      json_array_size(h->now->binds) >= HAP_BINDS_MAX ?
	      "is one address too many" :
	      import_endpoint(at, "tcp", IMPORT_ANY | IMPORT_RANGE, place);
	if (bad) {
		import_left(h->im, h->w.line, "bind %s: %s, left out", address,
			    bad);
		return;
	}
	tell_family(h, address, place);
	json_array_append_new(h->now->binds,
			      json_pack("{s:s, s:b, s:i}", "place", place,
					"accept", accept, "line",
					(int)h->w.line));
}

/* Whether the addresses are still of use with the parameters behind them */
static bool read_bind(struct hap *h, bool *accept)
{
	const struct bind_word *b;
	bool good = true;
	unsigned int i, n;

	for (i = 2; i < h->w.n; i++) {
		for (n = 0; n < ARRAY_SIZE(bind_words); n++)
			if (!strcmp(bind_words[n].word, h->w.word[i]))
				break;
		b = n < ARRAY_SIZE(bind_words) ? &bind_words[n] : NULL;
		if (b == bind_words)
			*accept = true;
		if (!b)
			import_left(h->im, h->w.line,
				    "bind %s %s: there is nothing like it here, left out",
				    h->w.word[1], h->w.word[i]);
		else if (b->why)
			import_left(h->im, h->w.line, "bind %s %s: %s%s",
				    h->w.word[1], b->word, b->why, b->all ?
				    ", the address is left out" : ", left out");
		good = good && !(b && b->all);
		i += b ? b->values : 0;
	}
	return good;
}

void hap_bind(struct hap *h)
{
	char *next = h->w.word[1], *address;
	bool accept = false;

	if (!read_bind(h, &accept))
		return;
	while ((address = strsep(&next, ",")))
		add_bind(h, address, accept);
}

static const char *place_of(const json_t *bind)
{
	return json_string_value(json_object_get(bind, "place"));
}

/* Whether a place has a port, written so, already */
static bool has_port(const char *place, const char *port)
{
	const char *at = strrchr(place, ':'), *end;

	for (; *at; at = end) {
		end = strchrnul(++at, ',');
		if ((size_t)(end - at) == strlen(port) &&
		    !strncmp(at, port, end - at))
			return true;
	}
	return false;
}

/*
 * Ports of one address are of one service. Both families of any address, which
 * HAProxy binds one by one, are one address here.
 */
void hap_join_binds(struct hap_proxy *p)
{
	const char *port, *has;
	json_t *a, *b;
	size_t i, j;
	char *text;

	json_array_foreach(p->binds, i, a)
		for (j = i + 1; j < json_array_size(p->binds); ) {
			b = json_array_get(p->binds, j);
			has = place_of(a);
			port = strrchr(place_of(b), ':');
			if (json_object_get(a, "accept") !=
			    json_object_get(b, "accept") ||
			    strncmp(has, place_of(b),
				    port - place_of(b) + 1) ||
			    strlen(has) > 400) {
				j++;
				continue;
			}
			if (asprintf(&text, "%s,%s", has, port + 1) < 0)
				abort();
			if (!has_port(has, port + 1))
				import_set(a, "place", text);
			free(text);
			json_array_remove(p->binds, j);
		}
}

/* What becomes of a parameter of server */
enum does {
	KEEP,	/* its value, under its key */
	FLAG,	/* its key is true */
	CLEAR,	/* its key is gone */
	SEND,	/* its key is what a header is sent by */
	NOTHING,	/* nothing is lost without it */
	TELL,	/* it is left out, and why */
	DROP,	/* the server is left out, and why */
};

static const struct server_word {
	const char *word;
	enum does does;
	const char *key;
	unsigned int values;
} server_words[] = {
	{ "weight", KEEP, "weight", 1 },
	{ "check", FLAG, "check" }, { "no-check", CLEAR, "check" },
	{ "inter", KEEP, "inter", 1 }, { "rise", KEEP, "rise", 1 },
	{ "fall", KEEP, "fall", 1 }, { "maxconn", KEEP, "maxconn", 1 },
	{ "slowstart", KEEP, "slowstart", 1 },
	{ "backup", FLAG, "backup" }, { "no-backup", CLEAR, "backup" },
	{ "disabled", FLAG, "disabled" }, { "enabled", CLEAR, "disabled" },
	{ "send-proxy", SEND, "v1" }, { "send-proxy-v2", SEND, "v2" },
	{ "no-send-proxy", SEND, "none" },
	{ "no-send-proxy-v2", SEND, "none" },
	{ "check-send-proxy", FLAG, "check-send" },
	{ "proxy-v2-options", KEEP, "tlv", 1 },
	{ "on-marked-down", KEEP, "down", 1 },
	{ "id", NOTHING, NULL, 1 }, { "cookie", NOTHING, NULL, 1 },
	{ "guid", NOTHING, NULL, 1 },
	{ "init-addr", NOTHING, NULL, 1 }, { "proto", NOTHING, NULL, 1 },
	{ "verify", NOTHING, NULL, 1 }, { "ca-file", NOTHING, NULL, 1 },
	{ "crt", NOTHING, NULL, 1 }, { "sni", NOTHING, NULL, 1 },
	{ "alpn", NOTHING, NULL, 1 }, { "no-ssl", NOTHING },
	{ "verifyhost", NOTHING, NULL, 1 }, { "stick", NOTHING },
	{ "pool-max-conn", NOTHING, NULL, 1 },
	{ "pool-purge-delay", NOTHING, NULL, 1 },
	{ "fastinter", TELL, "checks have one interval", 1 },
	{ "downinter", TELL, "checks have one interval", 1 },
	{ "port", TELL, "checks go to the backend's own port", 1 },
	{ "addr", TELL, "checks go to the backend's own address", 1 },
	{ "observe", TELL, "max-fails of the pool sees to it", 1 },
	{ "error-limit", TELL, "max-fails of the pool sees to it", 1 },
	{ "on-error", TELL, "max-fails of the pool sees to it", 1 },
	{ "on-marked-up", TELL, "flows stay where they are", 1 },
	{ "minconn", TELL, "nothing waits for a backend", 1 },
	{ "maxqueue", TELL, "nothing waits for a backend", 1 },
	{ "resolvers", TELL, "names are looked up as on the host", 1 },
	{ "resolve-prefer", TELL, "names are looked up as on the host", 1 },
	{ "resolve-opts", TELL, "names are looked up as on the host", 1 },
	{ "track", TELL, "each pool has checks of its own", 1 },
	{ "agent-check", FLAG, "agent-check" },
	{ "no-agent-check", CLEAR, "agent-check" },
	{ "agent-port", KEEP, "agent-port", 1 },
	{ "agent-send", KEEP, "agent-send", 1 },
	{ "agent-addr", KEEP, "agent-addr", 1 },
	{ "agent-inter", KEEP, "agent-inter", 1 },
	{ "check-ssl", TELL, "checks are not by TLS" },
	{ "check-sni", NOTHING, NULL, 1 }, { "check-alpn", NOTHING, NULL, 1 },
	{ "tcp-ut", TELL, "there is nothing like it here", 1 },
	{ "tfo", TELL, "there is nothing like it here" },
	{ "non-stick", TELL, "clients keep any backend" },
	{ "ssl", DROP, "TLS is for client and backend to speak" },
	{ "send-proxy-v2-ssl", DROP, "TLS is not looked at" },
	{ "send-proxy-v2-ssl-cn", DROP, "TLS is not looked at" },
	{ "socks4", DROP, "there is nothing like it here", 1 },
	{ "namespace", DROP, "backends are of this network namespace", 1 },
};

/* `source ADDR usesrc clientip` of a server */
static unsigned int read_source(struct hap *h, unsigned int i, json_t *server)
{
	bool uses = i + 3 < h->w.n && !strcmp(h->w.word[i + 2], "usesrc");

	if (uses && !strncmp(h->w.word[i + 3], "client", 6))
		json_object_set_new(server, "nat", json_true());
	else
		import_left(h->im, h->w.line,
			    "%s %s source: addresses for backends are chosen by routes, left out",
			    h->w.word[0], h->w.word[1]);
	return uses ? i + 3 : i + 1;
}

static bool take(struct hap *h, const struct server_word *s,
		 const char *value, json_t *server)
{
	switch (s->does) {
	case KEEP:
		import_set(server, s->key, value ?: "");
		break;
	case FLAG:
		json_object_set_new(server, s->key, json_true());
		break;
	case CLEAR:
		json_object_del(server, s->key);
		break;
	case SEND:
		import_set(server, "send", s->key);
		break;
	case NOTHING:
		break;
	case TELL:
		import_left(h->im, h->w.line, "%s %s %s: %s, left out",
			    h->w.word[0], h->w.word[1], s->word, s->key);
		break;
	case DROP:
		import_left(h->im, h->w.line,
			    "%s %s %s: %s, the server is left out",
			    h->w.word[0], h->w.word[1], s->word, s->key);
		return false;
	}
	return true;
}

/* Parameters from a word on; false if the server is left out with them. */
static bool read_words(struct hap *h, unsigned int i, json_t *server)
{
	unsigned int n;

	for (; i < h->w.n; i++) {
		if (!strcmp(h->w.word[i], "source")) {
			i = read_source(h, i, server);
			continue;
		}
		for (n = 0; n < ARRAY_SIZE(server_words); n++)
			if (!strcmp(server_words[n].word, h->w.word[i]))
				break;
		if (n == ARRAY_SIZE(server_words)) {
			import_left(h->im, h->w.line,
				    "%s %s %s: there is nothing like it here, left out",
				    h->w.word[0], h->w.word[1], h->w.word[i]);
			continue;
		}
		if (!take(h, &server_words[n], h->w.word[i + 1], server))
			return false;
		i += server_words[n].values;
	}
	return true;
}

void hap_default_server(struct hap *h)
{
	json_t *server = json_object_get(h->now->set, "server");

	if (!server) {
		server = json_object();
		json_object_set_new(h->now->set, "server", server);
	}
	/* What would leave a server out leaves out all. */
	if (!read_words(h, 1, server))
		json_object_set_new(server, "gone", json_true());
}

void hap_server(struct hap *h)
{
	json_t *usual = json_object_get(h->now->set, "server"), *server;
	char place[IMPORT_PLACE_LEN];
	const char *at, *bad;

	if (h->w.n < 3) {
		hap_left(h, "has no address");
		return;
	}
	at = plain(h->w.word[2]);
	bad = !at ? "is no address and port" :
	      h->n_servers >= HAP_SERVERS_MAX ? "is one server too many" :
	      strchr(at, '+') ?
	      "a port relative to the service's is not known" :
	      import_endpoint(at, "tcp", IMPORT_NAME | IMPORT_NO_PORT, place);
	if (bad) {
		import_left(h->im, h->w.line, "server %s %s: %s, left out",
			    h->w.word[1], h->w.word[2], bad);
		return;
	}
	server = usual ? json_deep_copy(usual) : json_object();
	if (json_object_get(server, "gone")) {
		import_left(h->im, h->w.line,
			    "server %s: left out, see default-server",
			    h->w.word[1]);
	} else if (read_words(h, 3, server)) {
		import_set(server, "name", h->w.word[1]);
		import_set(server, "place", place);
		json_object_set_new(server, "line", json_integer(h->w.line));
		json_array_append(h->now->servers, server);
		h->n_servers++;
	}
	json_decref(server);
}
