// SPDX-License-Identifier: GPL-2.0
/*
 * Checks of the firewall: does it drop what docs/datapath.md says passes it?
 * Not before it is sure; and a rule may be meant so, so it is a warning.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "doctor/doctor.h"
#include "doctor/rules.h"

/* "tcp to 10.0.0.2:80", or "from" where it is an answer */
static void describe(char *text, size_t len, const struct rules_packet *p)
{
	const struct in6_addr *addr = p->dport ? p->daddr : p->saddr;
	struct value_endpoint at = {
		.any = !addr,
		.port = p->dport ?: p->sport,
		.port_end = p->dport ?: p->sport,
	};
	char where[VALUE_TEXT_LEN];

	if (addr)
		at.addr = *addr;
	snprintf(text, len, "%s %s %s", p->proto == IPPROTO_TCP ? "tcp" : "udp",
		 p->dport ? "to" : "from", value_put_endpoint(where, &at));
}

static void mend(struct doctor *d, const struct rules_packet *p,
		 const struct rules_chain *chain)
{
	const char *proto = p->proto == IPPROTO_TCP ? "tcp" : "udp";
	char daddr[VALUE_TEXT_LEN + 16] = "", text[VALUE_TEXT_LEN];

	if (p->daddr)
		snprintf(daddr, sizeof(daddr), "%s daddr %s ",
			 p->v4 ? "ip" : "ip6", value_put_addr(text, p->daddr));
	if (!p->dport)
		doctor_mend(d, "nft insert rule %s %s %s ct state established accept",
			    chain->family, chain->table, chain->name);
	else
		doctor_mend(d, "nft insert rule %s %s %s %s%s%s dport %u accept",
			    chain->family, chain->table, chain->name,
			    p->state && !strcmp(p->state, "untracked") ?
			    "ct state untracked " : "", daddr, proto, p->dport);
}

/* Returns whether it may pass. */
static bool check(struct doctor *d, const char *object,
		  const struct rules_packet *p)
{
	struct rules_chain chain;
	char text[VALUE_TEXT_LEN + 16];

	if (!rules_drop(d->nft, p, &chain))
		return true;
	describe(text, sizeof(text), p);
	mend(d, p, &chain);
	doctor_say(d, DOCTOR_WARNING, object,
		   "chain %s %s %s drops %s%s%s: %s", chain.family, chain.table,
		   chain.name, p->state ?: "", p->state ? " " : "", text,
		   chain.policy ? "no rule can accept it" : "a rule does");
	return false;
}

/* Where the module and conntrack have their hooks among chains */
#define PRIO_IN		(-290)
#define PRIO_CONNTRACK	(-200)
#define PRIO_OUT	150

/*
 * What the module has made of what comes in, at prerouting behind it. To ::1 it
 * comes over lo, of which chains may think otherwise.
 */
static bool check_behind(struct doctor *d, const char *object,
			 const struct rules_packet *in)
{
	struct rules_packet p = *in;
	bool passes;

	if (p.daddr && IN6_IS_ADDR_LOOPBACK(p.daddr))
		return true;
	p.hook = "prerouting";
	p.after = PRIO_CONNTRACK;
	p.before = INT_MAX;
	passes = check(d, object, &p);
	p.state = NULL;
	p.after = PRIO_IN;
	p.before = PRIO_CONNTRACK;
	return check(d, object, &p) && passes;
}

/* What comes in for an application of this host, and what that answers */
static bool check_here(struct doctor *d, const char *object, int proto,
		       const struct value_endpoint *at, bool v4)
{
	struct rules_packet in = {
		.hook = "input", .v4 = v4, .proto = proto,
		.daddr = at->any ? NULL : &at->addr,
		.dport = at->port, .state = "new",
	};
	struct rules_packet out = {
		.hook = "output", .v4 = v4, .proto = proto,
		.saddr = at->any ? NULL : &at->addr,
		.sport = at->port, .state = "established",
	};
	bool passes = check_behind(d, object, &in);

	passes = check(d, object, &in) && passes;
	passes = check(d, object, &out) && passes;
	out.hook = "postrouting";
	out.after = INT_MIN;
	out.before = PRIO_OUT;
	return check(d, object, &out) && passes;
}

/*
 * What comes off a wire for a service, before the module sees it; and the segment
 * that begins a connection behind a header, which is made there and comes by again
 */
static bool check_before(struct doctor *d, const struct doctor_service *s)
{
	const struct value_endpoint *at = &s->at[0];
	struct rules_packet p = {
		.hook = "prerouting", .after = INT_MIN, .before = PRIO_IN,
		.v4 = at->any || doctor_is_v4(&at->addr), .proto = s->proto,
		.daddr = at->any ? NULL : &at->addr, .dport = at->port,
	};
	bool passes;

	/* In a tunnel it is something else. */
	passes = attr_text(s->record, "tunnel") || check(d, s->object, &p);
	if (s->pool || !s->header || s->proto != IPPROTO_TCP || !s->has_to ||
	    IN6_IS_ADDR_LOOPBACK(&s->to.addr))
		return passes;
	p.v4 = doctor_is_v4(&s->to.addr);
	p.daddr = &s->to.addr;
	p.dport = s->to.port;
	return check(d, s->object, &p) && passes;
}

static void check_service(struct doctor *d, const struct doctor_service *s)
{
	const struct value_endpoint *at = doctor_target(s);
	bool passes = check_before(d, s);

	if (s->pool)
		return;
	passes = check_here(d, s->object, s->proto, at,
			    at->any || doctor_is_v4(&at->addr)) && passes;
	if (passes)
		doctor_say(d, DOCTOR_VERIFIED, s->object,
			   "nothing that is known drops its packets");
}

/* Direct ways take what is for the service's address past conntrack. */
static bool check_direct(struct doctor *d, const struct doctor_backend *b,
			 const struct doctor_service *s)
{
	struct rules_packet p = {
		.hook = "forward",
		.v4 = s->at[0].any || doctor_is_v4(&s->at[0].addr),
		.proto = s->proto,
		.daddr = s->at[0].any ? NULL : &s->at[0].addr,
		.dport = s->at[0].port,
		.state = "untracked",
	};

	return check(d, b->object, &p);
}

static bool check_nat(struct doctor *d, const struct doctor_backend *b,
		      const struct doctor_service *s)
{
	uint16_t port = b->at.port ?: s->at[0].port;
	struct rules_packet to = {
		.hook = "forward", .v4 = doctor_is_v4(&b->at.addr),
		.proto = s->proto, .daddr = &b->at.addr, .dport = port,
		.state = "new",
	};
	struct rules_packet from = {
		.hook = "forward", .v4 = doctor_is_v4(&b->at.addr),
		.proto = s->proto, .saddr = &b->at.addr, .sport = port,
		.state = "established",
	};
	bool passes = check(d, b->object, &to);

	/*
	 * Answers go past by dsr-nat, and are for this host where full NAT
	 * joins two families.
	 */
	if (!strcmp(b->forward, "dsr-nat") ||
	    (!s->at[0].any && doctor_is_v4(&s->at[0].addr) != from.v4))
		return passes;
	return check(d, b->object, &from) && passes;
}

static void check_backend(struct doctor *d, const struct doctor_backend *b)
{
	const struct doctor_service *s = doctor_user(d, b);
	struct value_endpoint at = b->at;
	bool passes;

	if (b->route.way == HOST_NOWHERE ||
	    (b->route.way == HOST_HERE && b->direct))
		return;
	if (!at.port)
		at.port = s->at[0].port;
	if (b->route.way == HOST_HERE)
		passes = check_here(d, b->object, s->proto, &at,
				    doctor_is_v4(&at.addr));
	else if (b->direct)
		passes = check_direct(d, b, s);
	else
		passes = check_nat(d, b, s);
	if (passes)
		doctor_say(d, DOCTOR_VERIFIED, b->object,
			   "nothing that is known drops its packets");
}

void doctor_firewall(struct doctor *d)
{
	unsigned int i;

	if (!d->nft)
		return;
	for (i = 0; i < d->n_services; i++)
		if (d->service[i].n_at)
			check_service(d, &d->service[i]);
	for (i = 0; i < d->n_backends; i++)
		check_backend(d, &d->backend[i]);
}

/* A chain for what there may be none for */
static void mend_zone(struct doctor *d, const struct rules_chain *in,
		      const struct doctor_service *s, int zone)
{
	char rule[256];

	snprintf(rule, sizeof(rule),
		 "add rule %s %s zones %s sport %u ct zone set %d", in->family,
		 in->table, s->proto == IPPROTO_TCP ? "tcp" : "udp",
		 doctor_target(s)->port, zone);
	doctor_mend(d, "nft 'add chain %s %s zones { type filter hook output priority raw; }; %s'",
		    in->family, in->table, rule);
}

/*
 * What an application answers passes the output hook, so what prerouting puts
 * into a zone by the service's port that has to put there, too.
 */
static void check_zone(struct doctor *d, const struct doctor_service *s)
{
	const struct value_endpoint *at = doctor_target(s);
	struct rules_packet p = {
		.hook = "prerouting",
		.v4 = at->any || doctor_is_v4(&at->addr), .proto = s->proto,
		.daddr = at->any ? NULL : &at->addr, .dport = at->port,
	};
	struct rules_packet answer = {
		.hook = "output", .v4 = p.v4, .proto = s->proto,
		.saddr = p.daddr, .sport = at->port,
	};
	struct rules_chain in, out;
	int zone = rules_zone(d->nft, &p, &in), other;

	if (zone < 0)
		return;
	other = rules_zone(d->nft, &answer, &out);
	if (other == zone) {
		doctor_say(d, DOCTOR_VERIFIED, s->object,
			   "both directions are in zone %d", zone);
		return;
	}
	if (other < 0)
		mend_zone(d, &in, s, zone);
	else
		doctor_mend(d, "nft list chain %s %s %s", out.family, out.table,
			    out.name);
	doctor_say(d, DOCTOR_WARNING, s->object,
		   "chain %s %s %s puts what comes in into zone %d of conntrack, and no rule of output does so with answers",
		   in.family, in.table, in.name, zone);
}

void doctor_zones(struct doctor *d)
{
	unsigned int i;

	for (i = 0; d->nft && i < d->n_services; i++)
		if (d->service[i].n_at && !d->service[i].pool)
			check_zone(d, &d->service[i]);
}
