// SPDX-License-Identifier: GPL-2.0
/* Checks of applications of this host, and of the way of what they answer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "doctor/doctor.h"
#include "doctor/rules.h"
#include "out.h"
#include "plumb.h"

/**
 * struct place - where an application should be
 * @object: whose it is
 * @proto: IPPROTO_TCP or IPPROTO_UDP
 * @at: address and ports
 * @both: clients of the other family come here, too
 */
struct place {
	const char *object;
	int proto;
	const struct value_endpoint *at;
	bool both;
};

static bool is_any(const struct in6_addr *addr)
{
	static const unsigned char zero[4];

	return IN6_IS_ADDR_UNSPECIFIED(addr) ||
	       (doctor_is_v4(addr) && !memcmp(addr->s6_addr + 12, zero, 4));
}

/* Does a socket take what is for a family, at an address if one is given? */
static bool takes(const struct host_listener *l, bool v4,
		  const struct in6_addr *addr)
{
	bool family = doctor_is_v4(&l->addr) == v4 ||
		      (v4 && IN6_IS_ADDR_UNSPECIFIED(&l->addr) && !l->v6only);

	if (!family)
		return false;
	return !addr || is_any(&l->addr) || IN6_ARE_ADDR_EQUAL(&l->addr, addr);
}

static bool is_at(const struct host_listener *all, unsigned int n,
		  const struct place *p, bool v4, const struct in6_addr *addr)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (all[i].port >= p->at->port &&
		    all[i].port <= p->at->port_end && takes(&all[i], v4, addr))
			return true;
	return false;
}

static void check_place(struct doctor *d, const struct place *p)
{
	/* An address that stands for all: either family will do. */
	bool v4 = p->at->any || doctor_is_v4(&p->at->addr);
	enum doctor_verdict bad = DOCTOR_FAILED;
	const struct host_listener *all;
	char at[VALUE_TEXT_LEN];
	bool here, other;
	unsigned int n;

	all = host_listeners(p->proto, &n);
	if (!all)
		return;
	here = is_at(all, n, p, v4, p->at->any ? NULL : &p->at->addr);
	other = is_at(all, n, p, !v4, NULL);
	value_put_endpoint(at, p->at);
	if (here || (p->at->any && other)) {
		if (!p->both || (here && other) || !doctor_speaks(!v4) ||
		    !doctor_speaks(v4)) {
			doctor_say(d, DOCTOR_VERIFIED, p->object,
				   p->at->port == p->at->port_end ?
				   "an application is at %s" :
				   "an application is at some port of %s", at);
			return;
		}
		doctor_mend(d, "ss -Hlnp%c 'sport = :%u'",
			    p->proto == IPPROTO_TCP ? 't' : 'u', p->at->port);
		doctor_say(d, DOCTOR_WARNING, p->object,
			   "the application at %s listens for IPv%d only: clients of IPv%d that headers name are refused",
			   at, here == v4 ? 4 : 6, here == v4 ? 6 : 4);
		return;
	}
	/* Who leads ports elsewhere knows better where the application is. */
	if (rules_redirect(d->nft) || host_legacy_nat())
		bad = DOCTOR_WARNING;
	doctor_mend(d, "ss -Hlnp%c 'sport = :%u'",
		    p->proto == IPPROTO_TCP ? 't' : 'u', p->at->port);
	if (other)
		doctor_say(d, bad, p->object,
			   "the application at %s listens for IPv%d only", at,
			   v4 ? 6 : 4);
	else
		doctor_say(d, bad, p->object, "no application is at %s", at);
}

/* Where a backend takes the service's port there may be several. */
static void check_backend(struct doctor *d, const struct doctor_backend *b)
{
	const struct doctor_service *s = doctor_user(d, b);
	struct value_endpoint at = b->at;
	struct place p = { b->object, s->proto, &at, s->header };

	/* Direct ways bring what is for the service's address. */
	if (b->route.way != HOST_HERE || b->direct ||
	    doctor_is_loopback(&at.addr))
		return;
	if (!at.port) {
		at.port = s->at[0].port;
		at.port_end = s->at[0].port_end;
	}
	p.both = false;
	check_place(d, &p);
}

void doctor_listener(struct doctor *d)
{
	const struct doctor_service *s;
	unsigned int i, j;

	for (i = 0; i < d->n_services; i++) {
		s = &d->service[i];
		if (s->pool)
			continue;
		for (j = 0; j < (s->has_to ? !!s->n_at : s->n_at); j++) {
			struct place p = {
				s->object, s->proto,
				s->has_to ? &s->to : &s->at[j],
				s->header && s->proto == IPPROTO_TCP,
			};

			check_place(d, &p);
		}
	}
	for (i = 0; i < d->n_backends; i++)
		check_backend(d, &d->backend[i]);
}

/* What there is of routes for answers, of all its ports */
static unsigned int plumbing(const struct doctor_service *s)
{
	unsigned int i, state = PLUMB_LOOPBACK | PLUMB_NO_ROUTE;
	struct plumb_need need;

	for (i = 0; i < s->n_at; i++) {
		memset(&need, 0, sizeof(need));
		need.proto = s->proto;
		need.at = s->at[i];
		need.has_to = s->has_to;
		need.to = s->to;
		state &= plumb_state(&need);
	}
	return state;
}

/* Any change of a service makes the routes that are missing. */
static void mend_routes(struct doctor *d, const struct doctor_service *s)
{
	const json_t *value = json_object_get(s->record, "trust");
	char *trust = value ? out_text(value) : NULL;

	if (trust)
		doctor_mend(d, "sluice service set %s trust %s", s->name,
			    trust);
	free(trust);
}

static bool needs_loopback(const struct doctor_service *s)
{
	const struct value_endpoint *to = doctor_target(s);

	return to->any ? !s->has_to :
	       doctor_is_v4(&to->addr) && doctor_is_loopback(&to->addr);
}

void doctor_answers(struct doctor *d)
{
	const struct doctor_service *s;
	unsigned int i;

	for (i = 0; i < d->n_services; i++) {
		s = &d->service[i];
		if (!s->n_at || s->pool || !s->header || !needs_loopback(s))
			continue;
		if (plumbing(s) & PLUMB_LOOPBACK) {
			doctor_say(d, DOCTOR_VERIFIED, s->object,
				   "answers from 127.0.0.1 have a route");
			continue;
		}
		mend_routes(d, s);
		/* An application at another address than that needs none. */
		doctor_say(d, s->has_to ? DOCTOR_FAILED : DOCTOR_WARNING,
			   s->object,
			   "answers from 127.0.0.1 have no route, the rule for it is gone");
	}
}

/* Whoever is not on a network of ours needs a way back. */
static void check_clients(struct doctor *d, const struct doctor_service *s,
			  bool v4)
{
	struct host_route route;
	int family = v4 ? 4 : 6;

	doctor_default(v4, &route);
	if (route.way == HOST_OUT && strcmp(route.dev, PLUMB_DEVICE)) {
		doctor_say(d, DOCTOR_VERIFIED, s->object,
			   "clients of IPv%d are answered by %s", family,
			   route.dev);
	} else if (s->header && !s->pool) {
		if (plumbing(s) & PLUMB_NO_ROUTE) {
			doctor_say(d, DOCTOR_VERIFIED, s->object,
				   "clients of IPv%d have a route of the service's",
				   family);
			return;
		}
		mend_routes(d, s);
		doctor_say(d, DOCTOR_FAILED, s->object,
			   "there is no route to clients of IPv%d, nor one of the service's",
			   family);
	} else {
		doctor_mend(d, "ip%s route add default via ROUTER",
			    v4 ? "" : " -6");
		doctor_say(d, DOCTOR_WARNING, s->object,
			   "there is no default route of IPv%d, so only clients nearby are answered",
			   family);
	}
}

void doctor_clients(struct doctor *d)
{
	const struct doctor_service *s;
	unsigned int i;
	bool v4;

	for (i = 0; i < d->n_services; i++) {
		s = &d->service[i];
		if (!s->n_at)
			continue;
		v4 = doctor_is_v4(&s->at[0].addr);
		/* Headers name clients of both, services have those of one. */
		if ((s->header || s->at[0].any || v4) && doctor_speaks(true))
			check_clients(d, s, true);
		if ((s->header || s->at[0].any || !v4) && doctor_speaks(false))
			check_clients(d, s, false);
	}
}
