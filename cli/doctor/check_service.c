// SPDX-License-Identifier: GPL-2.0
/* Checks of where a service is, and whether packets get there. */
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "counter.h"
#include "doctor/doctor.h"
#include "stats.h"

static int take_counters(const struct nlmsghdr *nlh, void *data)
{
	counter_parse(nlh, data);
	return MNL_CB_OK;
}

/* Whether anybody has ever come to it, be it to be refused */
static bool has_been_used(const struct doctor_service *s)
{
	static struct request rq;
	struct counters counters = { 0 };
	struct nlsock_error err;
	unsigned int i;

	request_begin(&rq, SLUICE_CMD_GET_STATS, 0);
	request_put_str(&rq, SLUICE_A_STATS_SERVICE, s->name);
	if (nlsock_talk(&rq, take_counters, &counters, &err))
		return false;
	for (i = 0; i < counters.n; i++)
		if (counters.value[i])
			return true;
	return false;
}

/* A device that would do for an address: that its packets would leave by */
static void put_address(struct doctor *d, const struct in6_addr *addr)
{
	char text[VALUE_TEXT_LEN];
	struct host_route route;

	host_route(addr, &route);
	doctor_mend(d, "ip addr add %s/%u dev %s", value_put_addr(text, addr),
		    doctor_is_v4(addr) ? 32 : 128,
		    route.way == HOST_OUT ? route.dev : "lo");
}

/* An application of this host is at an address of this host. */
static void check_target(struct doctor *d, const struct doctor_service *s,
			 const struct in6_addr *addr)
{
	char text[VALUE_TEXT_LEN];

	value_put_addr(text, addr);
	put_address(d, addr);
	doctor_say(d, DOCTOR_FAILED, s->object,
		   "%s is not an address of this host, so no application is reached there",
		   text);
}

/* An address that no interface has, of a service that does not need one */
static void check_elsewhere(struct doctor *d, const struct doctor_service *s,
			    const struct in6_addr *addr)
{
	char text[VALUE_TEXT_LEN];

	value_put_addr(text, addr);
	if (!s->header && !s->pool) {
		doctor_say(d, DOCTOR_VERIFIED, s->object,
			   "%s is on no interface: a balancer or a route has to bring here what is for it",
			   text);
	} else if (has_been_used(s)) {
		doctor_say(d, DOCTOR_VERIFIED, s->object,
			   "%s is on no interface, but packets for it have been routed here",
			   text);
	} else {
		put_address(d, addr);
		doctor_say(d, DOCTOR_WARNING, s->object,
			   "%s is on no interface and nothing for it has been routed here: nobody answers ARP or ND for it",
			   text);
	}
}

static void check_address(struct doctor *d, const struct doctor_service *s)
{
	const struct in6_addr *addr = &s->at[0].addr;
	const struct host_address *has;
	char text[VALUE_TEXT_LEN];
	struct host_route route;

	if (!s->pool && s->has_to) {
		host_route(&s->to.addr, &route);
		if (route.way != HOST_HERE) {
			check_target(d, s, &s->to.addr);
			return;
		}
	}
	if (s->at[0].any)
		return;
	has = doctor_has(addr);
	host_route(addr, &route);
	value_put_addr(text, addr);
	if (has)
		doctor_say(d, DOCTOR_VERIFIED, s->object, "%s is on %s", text,
			   has->dev);
	else if (route.way == HOST_HERE)
		doctor_say(d, DOCTOR_VERIFIED, s->object,
			   "%s is on no interface, a local route has it", text);
	else if (!s->pool && !s->has_to)
		check_target(d, s, addr);
	else
		check_elsewhere(d, s, addr);
}

void doctor_address(struct doctor *d)
{
	unsigned int i;

	for (i = 0; i < d->n_services; i++)
		if (d->service[i].n_at)
			check_address(d, &d->service[i]);
}

/* The larger of the two counts, as the kernel has it */
static long conf_of(const char *dev, const char *what)
{
	long all = 0, own = 0;
	char key[128];

	snprintf(key, sizeof(key), "net/ipv4/conf/all/%s", what);
	host_sysctl(key, &all);
	snprintf(key, sizeof(key), "net/ipv4/conf/%s/%s", dev, what);
	host_sysctl(key, &own);
	return own > all ? own : all;
}

/*
 * A backend of a balancer that forwards directly: who also answers ARP for the
 * VIP takes it from the balancer. Addresses on lo are answered for, too, by any
 * device, unless told otherwise; those of IPv6 are not.
 */
static void check_backend_arp(struct doctor *d, const struct doctor_service *s)
{
	const struct in6_addr *addr = &s->at[0].addr;
	const struct host_address *has = doctor_has(addr);
	bool v4 = doctor_is_v4(addr);
	char text[VALUE_TEXT_LEN], dev[IF_NAMESIZE];

	value_put_addr(text, addr);
	if (!has) {
		doctor_say(d, DOCTOR_VERIFIED, s->object,
			   "no interface has %s, so this host answers no %s for it",
			   text, v4 ? "ARP" : "ND");
		return;
	}
	/* One with a network is this host's own, of no balancer. */
	if (has->plen < (v4 ? 32 : 128))
		return;
	if (!strcmp(has->dev, "lo")) {
		doctor_way_in(s, dev);
		if (!v4 || !*dev || conf_of(dev, "arp_ignore") > 0) {
			doctor_say(d, DOCTOR_VERIFIED, s->object,
				   "%s is on lo, this host answers no %s for it",
				   text, v4 ? "ARP" : "ND");
			return;
		}
	}
	doctor_mend(d, "ip addr del %s/%u dev %s", text, has->plen, has->dev);
	doctor_say(d, DOCTOR_WARNING, s->object,
		   "%s is on %s, so this host answers %s for it beside the balancer; it need not be on any interface",
		   text, has->dev, v4 ? "ARP" : "ND");
}

/* A balancer whose backends have the VIP as well, where they answer ARP for it */
static void check_balancer_arp(struct doctor *d, const struct doctor_service *s)
{
	static const char silent[] =
		"sysctl -w net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2";
	const struct host_address *has = doctor_has(&s->at[0].addr);
	char text[VALUE_TEXT_LEN], mac[18];
	int ret;

	if (!has || !strcmp(has->dev, "lo") || !doctor_is_v4(&has->addr))
		return;
	ret = host_arp(has->dev, &has->addr, mac);
	value_put_addr(text, &has->addr);
	if (!ret) {
		doctor_say(d, DOCTOR_VERIFIED, s->object,
			   "nobody else answers ARP for %s on %s", text,
			   has->dev);
	} else if (ret > 0) {
		doctor_mend_there(d, "%s", silent);
		doctor_say(d, DOCTOR_FAILED, s->object,
			   "%s answers ARP for %s on %s, too: is it a backend? what mends is for that host",
			   mac, text, has->dev);
	}
}

void doctor_arp(struct doctor *d)
{
	const struct doctor_service *s;
	unsigned int i, j;

	for (i = 0; i < d->n_services; i++) {
		s = &d->service[i];
		if (!s->n_at || s->at[0].any)
			continue;
		if (!s->header && !s->pool) {
			check_backend_arp(d, s);
			continue;
		}
		for (j = 0; j < d->n_backends; j++)
			if (!strcmp(d->backend[j].forward, "dsr") &&
			    doctor_uses(d, s, d->backend[j].pool)) {
				check_balancer_arp(d, s);
				break;
			}
	}
}

/* An address of a prefix that is none of a network itself */
static void inside(struct in6_addr *addr, uint8_t plen)
{
	if (plen < 128)
		addr->s6_addr[15] |= 1;
}

/*
 * By which device do these come, and by which would their answers leave? Strict
 * filters refuse what comes in by another one. False if it cannot be said.
 */
static bool is_refused(const struct in6_addr *from, const char *in,
		       struct host_route *back)
{
	if (!from)
		doctor_default(true, back);
	else
		host_route(from, back);
	return back->way == HOST_OUT && strcmp(back->dev, in) &&
	       conf_of(in, "rp_filter") == 1;
}

static void tell_rp_filter(struct doctor *d, const struct doctor_service *s,
			   const char *in, const char *who, const char *back)
{
	if (strchr(in, '.'))
		doctor_mend(d, "sysctl -w net/ipv4/conf/%s/rp_filter=2", in);
	else
		doctor_mend(d, "sysctl -w net.ipv4.conf.%s.rp_filter=2", in);
	doctor_say(d, DOCTOR_WARNING, s->object,
		   "rp_filter is strict on %s: what comes in there of %s is dropped, as the way back is by %s",
		   in, who, back);
}

/* Devices that clients of a tunnel come by are those of the balancers. */
static bool in_of(const struct doctor_service *s, const struct in6_addr *trusted,
		  char *in)
{
	const struct host_address *has = doctor_has(&s->at[0].addr);
	struct host_route route;

	*in = '\0';
	if (trusted && !s->header) {
		host_route(trusted, &route);
		if (route.way == HOST_OUT)
			memcpy(in, route.dev, IF_NAMESIZE);
	} else if (has && strcmp(has->dev, "lo")) {
		memcpy(in, has->dev, IF_NAMESIZE);
	}
	return *in;
}

/* IPv4 alone has such a filter. */
static void check_rp_filter(struct doctor *d, const struct doctor_service *s)
{
	const json_t *trust = json_object_get(s->record, "trust"), *text;
	struct in6_addr from;
	struct host_route back;
	char in[IF_NAMESIZE];
	unsigned int judged = 0;
	uint8_t plen;
	size_t i;

	json_array_foreach(trust, i, text) {
		if (value_get_prefix(json_string_value(text), &from, &plen) ||
		    !doctor_is_v4(&from) || plen <= 96)
			continue;
		inside(&from, plen);
		if (!in_of(s, &from, in))
			continue;
		judged++;
		/* Out of a tunnel come clients, of anywhere. */
		if (is_refused(s->header ? &from : NULL, in, &back)) {
			tell_rp_filter(d, s, in, s->header ?
				       json_string_value(text) : "clients",
				       back.dev);
			return;
		}
	}
	if (!s->header && s->pool && in_of(s, NULL, in)) {
		judged++;
		if (is_refused(NULL, in, &back)) {
			tell_rp_filter(d, s, in, "clients", back.dev);
			return;
		}
	}
	if (judged)
		doctor_say(d, DOCTOR_VERIFIED, s->object,
			   "rp_filter lets %s in",
			   s->header ? "trusted senders" : "clients");
}

void doctor_rp_filter(struct doctor *d)
{
	const struct doctor_service *s;
	unsigned int i;

	for (i = 0; i < d->n_services; i++) {
		s = &d->service[i];
		if (s->n_at && !s->at[0].any && doctor_is_v4(&s->at[0].addr))
			check_rp_filter(d, s);
	}
}
