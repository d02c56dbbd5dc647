// SPDX-License-Identifier: GPL-2.0
/*
 * The live test: a connection of this host's own through each service that can
 * be tried from here. Its header is LOCAL, so the application sees whoever it
 * comes from, as it does of a balancer that checks health.
 */
#include <errno.h>
#include <linux/sluice.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "doctor/doctor.h"
#include "doctor/rules.h"
#include "objects.h"
#include "out.h"

/* Whether an address is among those whose headers are believed */
static bool is_trusted(const struct doctor_service *s,
		       const struct in6_addr *addr)
{
	const json_t *trust = json_object_get(s->record, "trust"), *text;
	struct in6_addr net;
	unsigned int bit;
	uint8_t plen;
	size_t i;

	json_array_foreach(trust, i, text) {
		if (!strcmp(json_string_value(text), "any"))
			return true;
		if (value_get_prefix(json_string_value(text), &net, &plen))
			continue;
		for (bit = 0; bit < plen; bit++)
			if ((net.s6_addr[bit / 8] ^ addr->s6_addr[bit / 8]) &
			    0x80 >> bit % 8)
				break;
		if (bit == plen)
			return true;
	}
	return false;
}

/* An address of this host's that may speak for others here; false if none */
static bool find_source(const struct doctor *d, const struct doctor_service *s,
			struct value_endpoint *source)
{
	const struct value_endpoint *at = &s->at[0];
	const struct host_address *all;
	unsigned int n, i;

	if (d->has_source) {
		*source = d->source;
		return at->any || doctor_is_v4(&source->addr) ==
				  doctor_is_v4(&at->addr);
	}
	memset(source, 0, sizeof(*source));
	all = host_addresses(&n);
	for (i = 0; all && i < n; i++) {
		source->addr = all[i].addr;
		if (!IN6_IS_ADDR_LINKLOCAL(&source->addr) &&
		    !doctor_is_loopback(&source->addr) &&
		    (at->any || doctor_is_v4(&source->addr) ==
				doctor_is_v4(&at->addr)) &&
		    is_trusted(s, &source->addr))
			return true;
	}
	return false;
}

/* From here backends of other hosts are not reached. */
static bool is_here(const struct doctor *d, const struct doctor_service *s)
{
	unsigned int i, n = 0;

	for (i = 0; i < d->n_backends; i++) {
		if (!doctor_uses(d, s, d->backend[i].pool))
			continue;
		if (d->backend[i].route.way != HOST_HERE)
			return false;
		n++;
	}
	return n || !s->pool;
}

/* Trust that has an address more, of this host's */
static void mend_trust(struct doctor *d, const struct doctor_service *s,
		       const struct value_endpoint *source)
{
	const json_t *value = json_object_get(s->record, "trust");
	const struct in6_addr *addr = &s->at[0].addr;
	char *trust = value ? out_text(value) : NULL, text[VALUE_TEXT_LEN];

	if (d->has_source)
		addr = &source->addr;
	else if (!doctor_has(addr))
		addr = NULL;
	if (trust && addr)
		doctor_mend(d, "sluice service set %s trust %s,%s", s->name,
			    trust, value_put_addr(text, addr));
	free(trust);
}

/*
 * Does the module know a connection that the application has answered? On this
 * host a firewall may drop what says so to the sender: where nobody is spoken
 * for both legs have one tuple, and conntrack takes the two for one connection
 * whose numbers are wrong. No other sender meets that.
 */
static bool is_open(const struct value_endpoint *source)
{
	static struct request rq;
	char sender[VALUE_TEXT_LEN];
	struct nlsock_error err;
	json_t *flows, *flow;
	bool open = false;
	size_t i;

	value_put_endpoint(sender, source);
	request_begin(&rq, SLUICE_CMD_GET_FLOW, NLM_F_DUMP);
	request_put(&rq, SLUICE_A_FLOW_SENDER_ADDR, sizeof(source->addr),
		    &source->addr);
	request_put_u16(&rq, SLUICE_A_FLOW_SENDER_PORT, source->port);
	cmd_collect(&rq, flow_attrs, &flows, &err);
	json_array_foreach(flows, i, flow)
		open |= !strcmp(attr_text(flow, "sender") ?: "", sender) &&
			strcmp(attr_text(flow, "state") ?: "connect",
			       "connect");
	json_decref(flows);
	return open;
}

/* Does the firewall drop what conntrack does not believe, on lo as well? */
static bool is_drowned(const struct doctor *d,
		       const struct value_endpoint *source,
		       const struct value_endpoint *to,
		       struct rules_chain *chain)
{
	struct rules_packet p = {
		.hook = "input", .v4 = doctor_is_v4(&to->addr),
		.proto = IPPROTO_TCP, .saddr = &to->addr,
		.daddr = &source->addr, .sport = to->port,
		.dport = source->port, .state = "invalid", .own = true,
	};

	return rules_drop(d->nft, &p, chain);
}

static const char *const endings[] = {
	[HOST_TAKEN]	= "reached the application",
	[HOST_SILENT]	= "is not answered",
	[HOST_REFUSED]	= "is refused",
	[HOST_RESET]	= "is reset after its header: is the application up?",
	[HOST_UNACKED]	= "does not get to the application, whose host or firewall is silent",
};

static void tell(struct doctor *d, const struct doctor_service *s,
		 struct value_endpoint *source, const struct value_endpoint *to)
{
	char from[VALUE_TEXT_LEN], at[VALUE_TEXT_LEN];
	enum host_live live = host_live(source, to);
	enum doctor_verdict verdict = DOCTOR_FAILED;
	struct rules_chain chain;
	int error = errno;

	value_put_addr(from, &source->addr);
	value_put_endpoint(at, to);
	if (live == HOST_NO_SOCKET) {
		doctor_say(d, DOCTOR_WARNING, s->object,
			   "not tried from %s: %s", from, strerror(error));
		return;
	}
	if (live == HOST_UNACKED && is_open(source))
		live = HOST_TAKEN;
	if (live == HOST_TAKEN) {
		verdict = DOCTOR_VERIFIED;
	} else if ((live == HOST_SILENT || live == HOST_UNACKED) &&
		   is_drowned(d, source, to, &chain)) {
		verdict = DOCTOR_WARNING;
		doctor_mend(d, "nft insert rule %s %s %s iif lo accept",
			    chain.family, chain.table, chain.name);
	} else {
		doctor_mend(d, "sluice stats %s", s->name);
	}
	doctor_say(d, verdict, s->object, "a connection from %s to %s %s%s",
		   from, at, endings[live], verdict == DOCTOR_WARNING ?
		   ", but the firewall drops what is said on lo" : "");
}

static void try(struct doctor *d, const struct doctor_service *s)
{
	struct value_endpoint source, to = s->at[0];
	char from[VALUE_TEXT_LEN];
	struct host_route route;
	bool found;

	found = find_source(d, s, &source);
	value_put_addr(from, &source.addr);
	if (!found || !is_trusted(s, &source.addr)) {
		/* A source of the other family is for other services. */
		if (d->has_source && !found)
			return;
		mend_trust(d, s, &source);
		if (d->has_source)
			doctor_say(d, DOCTOR_WARNING, s->object,
				   "not tried: %s is not in trust", from);
		else
			doctor_say(d, DOCTOR_WARNING, s->object,
				   "not tried: no address of this host is in trust");
		return;
	}
	if (to.any) {
		to.any = false;
		to.addr = source.addr;
	}
	to.port_end = to.port;
	host_route(&to.addr, &route);
	if (route.way != HOST_HERE)
		return;
	tell(d, s, &source, &to);
}

void doctor_live(struct doctor *d)
{
	const struct doctor_service *s;
	unsigned int i;

	for (i = 0; i < d->n_services; i++) {
		s = &d->service[i];
		if (s->n_at && s->header && s->proto == IPPROTO_TCP &&
		    is_here(d, s))
			try(d, s);
	}
}
