// SPDX-License-Identifier: GPL-2.0
/*
 * What `ipvsadm -S` writes: -A adds a virtual service, -a a real server to one.
 */
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "import.h"

/* As long as one that is given no time */
#define PERSIST_USUAL	"300"

/* Long options, and those that take a value */
static const struct {
	const char *name;
	char is;
	bool value;
} options[] = {
	{ "-A", 'A' }, { "--add-service", 'A' },
	{ "-a", 'a' }, { "--add-server", 'a' },
	{ "-t", 't', true }, { "--tcp-service", 't', true },
	{ "-u", 'u', true }, { "--udp-service", 'u', true },
	{ "--sctp-service", 'S', true },
	{ "-f", 'f', true }, { "--fwmark-service", 'f', true },
	{ "-s", 's', true }, { "--scheduler", 's', true },
	{ "-p", 'p', true }, { "--persistent", 'p', true },
	{ "-M", 'M', true }, { "--netmask", 'M', true },
	{ "-b", 'b', true }, { "--sched-flags", 'b', true },
	{ "--pe", 'P', true },
	{ "-o", 'o' }, { "-O", 'o' }, { "--ops", 'o' },
	{ "-6", '6' }, { "--ipv6", '6' },
	{ "-r", 'r', true }, { "--real-server", 'r', true },
	{ "-m", 'm' }, { "--masquerading", 'm' },
	{ "-g", 'g' }, { "--gatewaying", 'g' },
	{ "-i", 'i' }, { "--ipip", 'i' },
	{ "-w", 'w', true }, { "--weight", 'w', true },
	{ "-x", 'x', true }, { "--u-threshold", 'x', true },
	{ "-y", 'y', true }, { "--l-threshold", 'y', true },
	{ "--tun-type", 'T', true }, { "--tun-port", 'B', true },
	{ "--tun-nocsum", 'n' }, { "--tun-csum", 'c' },
	{ "--tun-remcsum", 'R' },
};

/* @exact: it chooses as ours does */
static const struct {
	const char *theirs;
	const char *ours;
	bool exact;
} schedulers[] = {
	{ "rr", "rr", true }, { "wrr", "wrr", true }, { "lc", "lc", true },
	{ "wlc", "wlc", true }, { "sh", "sh", true }, { "mh", "maglev", true },
	{ "twos", "p2c", true }, { "dh", "sh", true },
	{ "sed", "wlc" }, { "nq", "wlc" }, { "lblc", "wlc" },
	{ "lblcr", "wlc" }, { "fo", "wlc" }, { "ovf", "wlc" },
};

/**
 * struct line - one command
 * @value: of each option by its letter, "" of one without, NULL if not given
 */
struct line {
	const char *value[128];
};

/* Whether an option is good, with what it takes of the words behind it */
static bool read_option(struct import *im, const struct import_words *w,
			unsigned int *i, struct line *l)
{
	const char *word = w->word[*i], *next = w->word[*i + 1];
	unsigned int o = 0;

	while (o < ARRAY_SIZE(options) && strcmp(options[o].name, word))
		o++;
	if (o == ARRAY_SIZE(options)) {
		import_left(im, w->line,
			    "%s: is no option of ipvsadm -S, the line is left out",
			    word);
		return false;
	}
	/* The time of -p may be missing. */
	if (options[o].is == 'p' && (!next || *next == '-')) {
		l->value['p'] = PERSIST_USUAL;
		return true;
	}
	if (options[o].value && !next) {
		import_left(im, w->line,
			    "%s: has no value, the line is left out", word);
		return false;
	}
	l->value[(int)options[o].is] = options[o].value ? next : "";
	*i += options[o].value;
	return true;
}

/* Whether a line makes sense, or it was told why not */
static bool read_line(struct import *im, const struct import_words *w,
		      struct line *l)
{
	unsigned int i;

	memset(l, 0, sizeof(*l));
	/* The name of the command may stand before its options. */
	for (i = *w->word[0] != '-'; i < w->n; i++)
		if (!read_option(im, w, &i, l))
			return false;
	return true;
}

static const char *service_of(const struct line *l)
{
	return l->value['t'] ?: l->value['u'] ?: l->value['S'] ?: l->value['f'];
}

/* All ports of an address are those of port 0. */
static const char *place_of(const struct line *l, char *place)
{
	const char *at = l->value['t'] ?: l->value['u'];
	const char *proto = l->value['t'] ? "tcp" : "udp";
	size_t len = strlen(at);
	char text[IMPORT_PLACE_LEN];

	if (len > 2 && !strcmp(at + len - 2, ":0") && len < sizeof(text) - 8) {
		snprintf(text, sizeof(text), "%.*s1-65535", (int)len - 1, at);
		at = text;
	}
	return import_endpoint(at, proto, IMPORT_RANGE, place);
}

/* Both belong to one service by its protocol and place. */
static void make_key(const struct line *l, const char *place, char *key,
		     size_t size)
{
	snprintf(key, size, "%s-%s", l->value['t'] ? "tcp" : "udp", place);
}

static void put_scheduler(struct import *im, const struct import_words *w,
			  const struct line *l, json_t *pool)
{
	const char *name = l->value['s'] ?: "wlc", *flags = l->value['b'];
	json_t *hash = json_array();
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(schedulers); i++)
		if (!strcmp(schedulers[i].theirs, name))
			break;
	if (i == ARRAY_SIZE(schedulers)) {
		import_left(im, w->line, "-s %s: is no scheduler here, wlc is nearest",
			    name);
		name = "wlc";
	} else {
		if (!schedulers[i].exact)
			import_left(im, w->line,
				    "-s %s: is no scheduler here, %s is nearest",
				    name, schedulers[i].ours);
		if (!strcmp(name, "dh"))
			json_array_append_new(hash, json_string("dst"));
		name = schedulers[i].ours;
	}
	import_set(pool, "scheduler", name);
	/* Others than the port's say what ours do anyway. */
	if (flags && (strstr(flags, "sh-port") || strstr(flags, "mh-port"))) {
		json_array_append_new(hash, json_string("src"));
		json_array_append_new(hash, json_string("src-port"));
	} else if (flags && !strstr(flags, "-fallback")) {
		import_left(im, w->line, "-b %s: flags of a scheduler have no equal here, left out",
			    flags);
	}
	if (json_array_size(hash))
		json_object_set(pool, "hash", hash);
	json_decref(hash);
}

static void put_service(struct import *im, const struct import_words *w,
			const struct line *l, json_t *pool)
{
	const char *mask = l->value['M'];

	put_scheduler(im, w, l, pool);
	if (l->value['p'])
		import_put(im, w->line, &pool_object, pool, "persist",
			   l->value['p']);
	if (mask && strcmp(mask, "255.255.255.255") && strcmp(mask, "128"))
		import_left(im, w->line,
			    "-M %s: persist goes by the whole address of a client, left out",
			    mask);
	if (l->value['P'])
		import_left(im, w->line,
			    "--pe %s: persist goes by the client's address, left out",
			    l->value['P']);
	if (l->value['o'])
		import_left(im, w->line,
			    "--ops: datagrams of a client go to one backend while it sends, left out");
}

static void add_service(struct import *im, const struct import_words *w,
			const struct line *l, json_t *known)
{
	char place[IMPORT_PLACE_LEN], key[IMPORT_PLACE_LEN + 8], name[64];
	json_t *service, *pool;
	const char *bad;

	if (l->value['f']) {
		import_left(im, w->line,
			    "-f %s: a service is an address and ports, not a firewall mark: add one for what has the mark",
			    l->value['f']);
		return;
	}
	if (l->value['S'] || !service_of(l)) {
		import_left(im, w->line, "%s %s: only tcp and udp are balanced, left out",
			    l->value['S'] ? "--sctp-service" : "-A",
			    l->value['S'] ?: "");
		return;
	}
	bad = place_of(l, place);
	if (bad) {
		import_left(im, w->line, "-A %s: %s, left out; ipvsadm -Sn writes numbers",
			    service_of(l), bad);
		return;
	}
	make_key(l, place, key, sizeof(key));
	if (json_object_get(known, key)) {
		import_left(im, w->line, "-A %s: is there already, left out",
			    service_of(l));
		return;
	}
	service = import_service(im, w->line, key,
				 l->value['t'] ? "tcp" : "udp", place);
	pool = service ? import_pool(im, w->line, key, name) : NULL;
	if (!pool)
		return;
	import_set(service, "pool", name);
	put_service(im, w, l, pool);
	json_object_set_new(known, key, json_string(name));
}

/* How packets reach a server; NULL after telling that they cannot */
static const char *forward_of(struct import *im, const struct import_words *w,
			      const struct line *l)
{
	const char *type = l->value['T'] ?: "ipip";

	if (l->value['m'])
		return "nat";
	if (!l->value['i'])
		return "dsr";
	if (!strcmp(type, "ipip") || !strcmp(type, "gue"))
		return type;
	import_left(im, w->line,
		    "--tun-type %s: tunnels are ipip or gue, the server is left out",
		    type);
	return NULL;
}

static void put_server(struct import *im, const struct import_words *w,
		       const struct line *l, json_t *pool, json_t *backend,
		       const char *forward)
{
	const char *usual = json_string_value(json_object_get(pool, "forward"));

	/* The first server says how all of the pool are reached. */
	if (!usual)
		import_set(pool, "forward", forward);
	else if (strcmp(usual, forward))
		import_set(backend, "forward", forward);
	if (l->value['w'])
		import_put(im, w->line, &backend_object, backend, "weight",
			   l->value['w']);
	if (l->value['x'] && strcmp(l->value['x'], "0"))
		import_put(im, w->line, &backend_object, backend, "max-flows",
			   l->value['x']);
	if (l->value['y'] && strcmp(l->value['y'], "0"))
		import_left(im, w->line,
			    "-y %s: a backend takes flows again below max-flows, left out",
			    l->value['y']);
	if (l->value['B'])
		import_put(im, w->line, &backend_object, backend,
			   "tunnel-port", l->value['B']);
	if (!strcmp(forward, "gue") && (l->value['c'] || l->value['n']))
		import_set(backend, "tunnel-csum", l->value['c'] ? "on" : "off");
	if (l->value['R'])
		import_left(im, w->line,
			    "--tun-remcsum: checksums are where they are, left out");
}

static void add_server(struct import *im, const struct import_words *w,
		       const struct line *l, const json_t *known)
{
	const char *to = l->value['r'], *forward, *pool, *bad = NULL;
	char place[IMPORT_PLACE_LEN], key[IMPORT_PLACE_LEN + 8];
	json_t *backend;

	if (!service_of(l) || l->value['f'] || l->value['S'] ||
	    place_of(l, place))
		*key = '\0';
	else
		make_key(l, place, key, sizeof(key));
	pool = json_string_value(json_object_get(known, key));
	if (!pool || !to) {
		import_left(im, w->line, "-r %s: its service %s is not there, left out",
			    to ?: "", service_of(l) ?: "");
		return;
	}
	forward = forward_of(im, w, l);
	if (!forward)
		return;
	/* All but nat keep the service's port, as do all ports of an address. */
	bad = import_endpoint(to, l->value['t'] ? "tcp" : "udp",
			      IMPORT_NO_PORT, place);
	if (strcmp(forward, "nat") || strstr(key, ":1-65535")) {
		char host[IMPORT_PLACE_LEN], *port;

		snprintf(host, sizeof(host), "%s", to);
		port = strrchr(host, ':');
		if (port && !strchr(port, ']'))
			*port = '\0';
		bad = import_endpoint(host, NULL, IMPORT_NO_PORT, place);
	}
	if (bad) {
		import_left(im, w->line, "-r %s: %s, left out; ipvsadm -Sn writes numbers",
			    to, bad);
		return;
	}
	backend = import_backend(im, w->line, pool, place);
	if (backend)
		put_server(im, w, l, json_object_get(im->pools, pool), backend,
			   forward);
}

const char *import_ipvs(struct import *im, unsigned int *line)
{
	json_t *known = json_object();
	struct import_words w;
	struct line l;

	(void)line;
	import_words_begin(&w, im, 0);
	while (import_words_next(&w)) {
		if (!read_line(im, &w, &l))
			continue;
		if (l.value['A'])
			add_service(im, &w, &l, known);
		else if (l.value['a'])
			add_server(im, &w, &l, known);
		else
			import_left(im, w.line,
				    "%s: only -A and -a are read, left out",
				    w.word[0]);
	}
	import_words_end(&w);
	json_decref(known);
	return NULL;
}
