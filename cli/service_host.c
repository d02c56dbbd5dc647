// SPDX-License-Identifier: GPL-2.0
/* What services need of a host, beside the module. */
#include <linux/sluice.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "objects.h"
#include "plumb.h"
#include "service.h"
#include "value.h"

static struct request rq;

static int list(json_t **services, struct nlsock_error *err)
{
	request_begin(&rq, SLUICE_CMD_GET_SERVICE, NLM_F_DUMP);
	return cmd_collect(&rq, service_attrs, services, err);
}

/* One need for each range of ports, VALUE_RANGES_MAX; returns how many */
static unsigned int needs_of(const json_t *service, struct plumb_need *needs)
{
	const char *at = attr_text(service, "address"), *to, *proto;
	struct value_endpoint ep[VALUE_RANGES_MAX];
	unsigned int n, i;
	bool udp;

	/* Other hosts answer clients by routes of their own. */
	if (attr_text(service, "pool"))
		return 0;
	if (!at || value_get_place(at, ep, &n))
		return 0;
	to = attr_text(service, "to");
	proto = attr_text(service, "proto");
	udp = proto && !strcmp(proto, "udp");
	for (i = 0; i < n; i++) {
		memset(&needs[i], 0, sizeof(needs[i]));
		needs[i].proto = udp ? IPPROTO_UDP : IPPROTO_TCP;
		needs[i].at = ep[i];
		needs[i].has_to = to && !value_get_endpoint(to, 0,
							    &needs[i].to);
	}
	return n;
}

/* Without a header an application answers by routes of its own, too. */
static bool is_plumbed(const json_t *service)
{
	const char *accept = attr_text(service, "accept-proxy");

	return accept && strcmp(accept, "none");
}

static void plumb(void)
{
	struct plumb_need *needs;
	struct nlsock_error err;
	json_t *services, *service;
	unsigned int n = 0;
	const char *bad;
	size_t i;

	if (list(&services, &err)) {
		json_decref(services);
		cmd_warn("routes for answers were not checked");
		return;
	}
	needs = calloc(json_array_size(services) + 1,
		       VALUE_RANGES_MAX * sizeof(*needs));
	if (!needs)
		abort();
	json_array_foreach(services, i, service)
		if (is_plumbed(service))
			n += needs_of(service, needs + n);
	json_decref(services);
	bad = plumb_sync(needs, n);
	free(needs);
	if (bad)
		cmd_warn(bad);
}

int service_plumb(void)
{
	int lock = plumb_lock();

	plumb();
	plumb_unlock(lock);
	return EXIT_DONE;
}

/* One with a pool need not have its address, but nobody answers ARP for it then. */
static void check_pooled(const json_t *service)
{
	const char *at = attr_text(service, "address");
	struct value_endpoint ep[VALUE_RANGES_MAX];
	char text[VALUE_TEXT_LEN], why[256];
	unsigned int n;

	if (!at || value_get_place(at, ep, &n) || ep->any ||
	    plumb_is_local(&ep->addr))
		return;
	snprintf(why, sizeof(why),
		 "%s is on no interface of this host, what is for it has to be routed here",
		 value_put_addr(text, &ep->addr));
	cmd_warn(why);
}

/* A service on an address that packets do not find is no use. */
void service_check(const char *name)
{
	struct plumb_need needs[VALUE_RANGES_MAX];
	char text[VALUE_TEXT_LEN], why[256];
	const struct in6_addr *addr = NULL;
	json_t *services, *service;
	struct nlsock_error err;

	request_begin(&rq, SLUICE_CMD_GET_SERVICE, 0);
	request_put_str(&rq, SLUICE_A_SERVICE_NAME, name);
	cmd_collect(&rq, service_attrs, &services, &err);
	service = json_array_get(services, 0);
	if (attr_text(service, "pool")) {
		check_pooled(service);
	} else if (service && needs_of(service, needs)) {
		if (needs->has_to)
			addr = &needs->to.addr;
		else if (!needs->at.any)
			addr = &needs->at.addr;
	}
	json_decref(services);
	if (!addr || plumb_is_local(addr))
		return;
	snprintf(why, sizeof(why),
		 "%s is not an address of this host, connections will not be accepted until it is",
		 value_put_addr(text, addr));
	cmd_warn(why);
}

void service_plumbing(json_t *services)
{
	struct plumb_need needs[VALUE_RANGES_MAX];
	json_t *service, *plumbing;
	unsigned int state, n;
	size_t i;

	json_array_foreach(services, i, service) {
		state = 0;
		n = is_plumbed(service) ? needs_of(service, needs) : 0;
		for (; n; n--)
			state |= plumb_state(&needs[n - 1]);
		if (!state)
			continue;
		plumbing = json_array();
		if (state & PLUMB_LOOPBACK)
			json_array_append_new(plumbing,
					      json_string("loopback"));
		if (state & PLUMB_NO_ROUTE)
			json_array_append_new(plumbing,
					      json_string("no-route"));
		json_object_set_new(service, "plumbing", plumbing);
	}
}

const char *service_at(const char *place, const char *but)
{
	struct nlsock_error err;
	json_t *services, *service;
	static char why[160];
	const char *at;
	size_t i;

	*why = '\0';
	list(&services, &err);
	json_array_foreach(services, i, service) {
		at = attr_text(service, "address");
		if (at && strcmp(attr_text(service, "name"), but) &&
		    value_places_meet(place, at))
			snprintf(why, sizeof(why),
				 "service %s has this address and port",
				 attr_text(service, "name"));
	}
	json_decref(services);
	return *why ? why : NULL;
}
