// SPDX-License-Identifier: GPL-2.0
/* Agents of HAProxy's servers: a pool has one port for them, and one text. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cmd.h"
#include "haproxy.h"
#include "value.h"

/* Most bytes of agent-send in sluice.yaml(5) */
#define SEND_MAX	255
/* How often HAProxy asks an agent if it is not told */
#define INTER_MS	2000

static void left(struct hap *h, const json_t *server, const char *key,
		 const char *why)
{
	const char *value = attr_text(server, key);

	import_left(h->im, json_integer_value(json_object_get(server, "line")),
		    "server %s %s%s%s: %s, no agent of its pool is asked",
		    attr_text(server, "name"), key, value ? " " : "",
		    value ?: "", why);
}

/* Whether this is the host of a place, as import_endpoint() made it */
static bool is_host_of(const char *host, const char *place)
{
	struct value_endpoint a, b;
	size_t len;

	/* Of which it made this */
	if (!strcmp(host, "localhost"))
		host = "127.0.0.1";
	len = strlen(host);
	if (!value_get_endpoint(host, 0, &a))
		return !a.port && !value_get_endpoint(place, 0, &b) &&
		       !memcmp(&a.addr, &b.addr, sizeof(a.addr));
	return !strncasecmp(host, place, len) && (!place[len] || place[len] == ':');
}

/* Whether a pool can ask it in this way; what is in its way is told. */
static bool is_good(struct hap *h, const json_t *server, const json_t *pool)
{
	const char *addr = attr_text(server, "agent-addr");
	const char *port = attr_text(server, "agent-port");
	const char *send = attr_text(server, "agent-send");
	const char *key = NULL, *why;

	if (!json_object_get(pool, "health")) {
		key = "agent-check";
		why = "an agent is asked beside each check, and there is no check";
	} else if (!port) {
		key = "agent-check";
		why = "needs agent-port";
	} else if (import_number(port, 65535) < 1) {
		key = "agent-port";
		why = "is no port from 1 to 65535";
	} else if (send && strlen(send) > SEND_MAX) {
		key = "agent-send";
		why = "has more than 255 letters";
	} else if (addr && !is_host_of(addr, attr_text(server, "place"))) {
		key = "agent-addr";
		why = "an agent is asked at the address of its backend";
	}
	if (key)
		left(h, server, key, why);
	return !key;
}

/* Whether it is asked as the first one is; what differs is told. */
static bool is_as(struct hap *h, const json_t *server, const json_t *first)
{
	const char *port = attr_text(server, "agent-port");
	const char *send = attr_text(server, "agent-send") ?: "";
	const char *key = NULL;
	char why[200];

	if (!json_object_get(server, "agent-check"))
		key = "agent-check";
	else if (import_number(port, 65535) !=
		 import_number(attr_text(first, "agent-port"), 65535))
		key = "agent-port";
	else if (strcmp(send, attr_text(first, "agent-send") ?: ""))
		key = "agent-send";
	if (!key)
		return true;
	snprintf(why, sizeof(why), strcmp(key, "agent-check") ?
		 "a pool has one for all, and server %s has another" :
		 "is missing, and server %s has it",
		 attr_text(first, "name"));
	left(h, server, key, why);
	return false;
}

/* Agents are asked as often as backends are checked. */
static void tell_inter(struct hap *h, const json_t *server,
		       const json_t *health)
{
	double interval = json_number_value(json_object_get(health,
							    "interval"));
	const char *text = attr_text(server, "agent-inter");
	json_int_t line = json_integer_value(json_object_get(server, "line"));
	long ms = text ? hap_time(text) : INTER_MS;

	if (ms >= 0 && ms == (long)(interval * 1000 + 0.5))
		return;
	if (text)
		import_left(h->im, line,
			    "server %s agent-inter %s: an agent is asked with each check, every %g seconds, left out",
			    attr_text(server, "name"), text, interval);
	else
		import_note(h->im, line,
			    "server %s agent-check: its agent is asked with each check, every %g seconds, not every 2",
			    attr_text(server, "name"), interval);
}

/* How often the agent of a server is asked, for comparison */
static const char *inter_of(const json_t *server)
{
	return attr_text(server, "agent-inter") ?: "2s";
}

void hap_agents(struct hap *h, const json_t *servers, json_t *pool)
{
	json_t *health = json_object_get(pool, "health"), *server;
	const json_t *first = NULL;
	const char *send, *told = NULL;
	bool good = true;
	json_int_t port;
	size_t i;

	json_array_foreach(servers, i, server)
		if (!first && json_object_get(server, "agent-check"))
			first = server;
	if (!first)
		return;
	json_array_foreach(servers, i, server) {
		if (json_object_get(server, "agent-check") &&
		    !is_good(h, server, pool))
			good = false;
		else if (server != first && !is_as(h, server, first))
			good = false;
	}
	if (!good)
		return;
	port = import_number(attr_text(first, "agent-port"), 65535);
	json_object_set_new(health, "agent", json_integer(port));
	send = attr_text(first, "agent-send");
	if (send && *send)
		import_set(health, "agent-send", send);
	json_array_foreach(servers, i, server) {
		if (!told || strcmp(told, inter_of(server)))
			tell_inter(h, server, health);
		told = inter_of(server);
	}
}
