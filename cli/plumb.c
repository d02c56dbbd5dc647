// SPDX-License-Identifier: GPL-2.0
/* Routes for answers to clients. */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <netlink/route/nexthop.h>
#include <netlink/route/route.h>
#include <netlink/route/rule.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "plumb.h"
#include "routes.h"

/* Larger than any path, so that the path to the sender alone limits. */
#define DEVICE_MTU	65535

/* Five seconds */
#define LOCK_TRIES	500
#define LOCK_WAIT_US	10000

/**
 * struct want - one rule
 * @family: AF_INET or AF_INET6
 * @proto: IPPROTO_TCP or IPPROTO_UDP
 * @kind: PLUMB_LOOPBACK or PLUMB_NO_ROUTE
 * @lo: first port that the application answers from, 0 for any
 * @hi: last one
 * @src: its address; PLUMB_LOOPBACK only
 * @found: there already
 */
struct want {
	int family;
	int proto;
	unsigned int kind;
	uint16_t lo;
	uint16_t hi;
	struct in6_addr src;
	bool found;
};

struct wants {
	struct want *want;
	unsigned int n;
};

static char why[160];

static const char *failed(const char *what, int err)
{
	snprintf(why, sizeof(why), "%s: %s", what, nl_geterror(err));
	return why;
}

/* 127.0.0.0/8. From ::1 the kernel lets packets out of any device. */
static bool is_loopback(const struct in6_addr *addr)
{
	return IN6_IS_ADDR_V4MAPPED(addr) && addr->s6_addr[12] == 127;
}

bool plumb_is_local(const struct in6_addr *addr)
{
	struct rtnl_route *route;
	bool local;

	if (!routes_sock())
		return true;
	route = routes_lookup(addr);
	local = route && rtnl_route_get_type(route) == RTN_LOCAL;
	if (route)
		rtnl_route_put(route);
	return local;
}

/* Whether any address in the wide world has a route, ours aside */
static bool has_default(int family)
{
	static const char *const somewhere[] = { "::ffff:1.0.0.1", "2000::1" };
	struct rtnl_nexthop *nh;
	struct rtnl_route *route;
	struct in6_addr addr;
	bool has = false;

	inet_pton(AF_INET6, somewhere[family == AF_INET6], &addr);
	route = routes_lookup(&addr);
	if (!route)
		return false;
	nh = rtnl_route_nexthop_n(route, 0);
	has = nh && rtnl_route_get_type(route) == RTN_UNICAST &&
	      rtnl_route_nh_get_ifindex(nh) != (int)if_nametoindex(PLUMB_DEVICE);
	rtnl_route_put(route);
	return has;
}

/* Whether the host has an address that others can reach */
static bool has_address(int family)
{
	struct nl_cache *cache;
	struct nl_object *obj;
	bool has = false;

	if (rtnl_addr_alloc_cache(routes_sock(), &cache))
		return false;
	for (obj = nl_cache_get_first(cache); obj && !has;
	     obj = nl_cache_get_next(obj)) {
		struct rtnl_addr *addr = (struct rtnl_addr *)obj;

		has = rtnl_addr_get_family(addr) == family &&
		      rtnl_addr_get_scope(addr) == RT_SCOPE_UNIVERSE;
	}
	nl_cache_free(cache);
	return has;
}

static void add_want(struct wants *w, const struct want *want)
{
	unsigned int i;

	for (i = 0; i < w->n; i++)
		if (w->want[i].family == want->family &&
		    w->want[i].proto == want->proto &&
		    w->want[i].kind == want->kind &&
		    w->want[i].lo == want->lo && w->want[i].hi == want->hi &&
		    !memcmp(&w->want[i].src, &want->src, sizeof(want->src)))
			return;
	w->want[w->n++] = *want;
}

/* At most three for each service; @families: those without a default route */
static void want_for(struct wants *w, const struct plumb_need *need,
		     const bool families[2])
{
	static const int family[2] = { AF_INET, AF_INET6 };
	const struct in6_addr *addr = need->has_to ? &need->to.addr :
						      &need->at.addr;
	struct want want = { .proto = need->proto };
	int i;

	want.lo = need->has_to && need->to.port ? need->to.port :
						  need->at.port;
	want.hi = need->has_to && need->to.port ? need->to.port :
						  need->at.port_end;
	/* No rule matches port 65535; one for all ports does no harm. */
	if (want.hi == UINT16_MAX)
		want.lo = 0;
	if (!want.lo)
		want.hi = 0;
	for (i = 0; i < 2; i++) {
		want.family = family[i];
		want.kind = PLUMB_NO_ROUTE;
		if (families[i])
			add_want(w, &want);
	}
	if ((need->at.any && !need->has_to) || is_loopback(addr)) {
		want.family = AF_INET;
		want.kind = PLUMB_LOOPBACK;
		inet_pton(AF_INET6, "::ffff:127.0.0.1", &want.src);
		if (is_loopback(addr))
			want.src = *addr;
		add_want(w, &want);
	}
}

static unsigned int table_of(unsigned int kind)
{
	return kind == PLUMB_LOOPBACK ? PLUMB_TABLE_LOOPBACK :
					PLUMB_TABLE_NO_ROUTE;
}

static unsigned int pref_of(unsigned int kind)
{
	return kind == PLUMB_LOOPBACK ? PLUMB_PREF_LOOPBACK :
					PLUMB_PREF_NO_ROUTE;
}

static bool is_ours(struct rtnl_rule *rule)
{
	uint8_t protocol;

	return !rtnl_rule_get_protocol(rule, &protocol) &&
	       protocol == PLUMB_PROTOCOL;
}

static bool is_rule(struct rtnl_rule *rule, const struct want *want)
{
	uint16_t lo, hi;
	uint8_t proto;
	struct nl_addr *src = rtnl_rule_get_src(rule), *want_src;
	bool same;

	if (!is_ours(rule) || rtnl_rule_get_family(rule) != want->family ||
	    rtnl_rule_get_prio(rule) != pref_of(want->kind) ||
	    rtnl_rule_get_table(rule) != table_of(want->kind) ||
	    rtnl_rule_get_ipproto(rule, &proto) || proto != want->proto)
		return false;
	if (rtnl_rule_get_sport(rule, &lo, &hi)) {
		lo = 0;
		hi = 0;
	}
	if (lo != want->lo || hi != want->hi)
		return false;
	if (want->kind != PLUMB_LOOPBACK)
		return true;
	want_src = routes_addr(&want->src);
	same = src && want_src && !nl_addr_cmp(src, want_src);
	nl_addr_put(want_src);
	return same;
}

static int add_rule(const struct want *want)
{
	struct rtnl_rule *rule = rtnl_rule_alloc();
	struct nl_addr *src = NULL;
	int err;

	if (!rule)
		return -NLE_NOMEM;
	rtnl_rule_set_family(rule, want->family);
	rtnl_rule_set_prio(rule, pref_of(want->kind));
	rtnl_rule_set_table(rule, table_of(want->kind));
	rtnl_rule_set_action(rule, FR_ACT_TO_TBL);
	rtnl_rule_set_protocol(rule, PLUMB_PROTOCOL);
	rtnl_rule_set_ipproto(rule, want->proto);
	if (want->lo && want->lo == want->hi)
		rtnl_rule_set_sport(rule, want->lo);
	else if (want->lo)
		rtnl_rule_set_sport_range(rule, want->lo, want->hi);
	if (want->kind == PLUMB_LOOPBACK) {
		src = routes_addr(&want->src);
		rtnl_rule_set_src(rule, src);
	}
	err = rtnl_rule_add(routes_sock(), rule, NLM_F_CREATE | NLM_F_EXCL);
	nl_addr_put(src);
	rtnl_rule_put(rule);
	return err == -NLE_EXIST ? 0 : err;
}

/* Over no device in particular */
static struct rtnl_route *default_route(int family, unsigned int table)
{
	struct rtnl_route *route = rtnl_route_alloc();
	static const unsigned char zero[16];
	struct nl_addr *dst;

	dst = nl_addr_build(family, zero, family == AF_INET ? 4 : 16);
	if (!route || !dst) {
		nl_addr_put(dst);
		rtnl_route_put(route);
		return NULL;
	}
	nl_addr_set_prefixlen(dst, 0);
	rtnl_route_set_family(route, family);
	rtnl_route_set_table(route, table);
	rtnl_route_set_protocol(route, PLUMB_PROTOCOL);
	rtnl_route_set_type(route, RTN_UNICAST);
	rtnl_route_set_scope(route, family == AF_INET ? RT_SCOPE_LINK :
							RT_SCOPE_UNIVERSE);
	rtnl_route_set_dst(route, dst);
	nl_addr_put(dst);
	return route;
}

static int add_device(void)
{
	struct rtnl_link *link;
	int err;

	if (if_nametoindex(PLUMB_DEVICE))
		return 0;
	link = rtnl_link_alloc();
	if (!link)
		return -NLE_NOMEM;
	rtnl_link_set_name(link, PLUMB_DEVICE);
	rtnl_link_set_type(link, "dummy");
	rtnl_link_set_mtu(link, DEVICE_MTU);
	rtnl_link_set_group(link, PLUMB_GROUP);
	rtnl_link_set_flags(link, IFF_UP);
	err = rtnl_link_add(routes_sock(), link, NLM_F_CREATE | NLM_F_EXCL);
	rtnl_link_put(link);
	return err == -NLE_EXIST ? 0 : err;
}

static int add_route(int family, unsigned int kind)
{
	const char *device = kind == PLUMB_LOOPBACK ? "lo" : PLUMB_DEVICE;
	struct rtnl_nexthop *nh;
	struct rtnl_route *route;
	int err;

	if (kind == PLUMB_NO_ROUTE) {
		err = add_device();
		if (err)
			return err;
	}
	route = default_route(family, table_of(kind));
	nh = rtnl_route_nh_alloc();
	if (!route || !nh) {
		rtnl_route_nh_free(nh);
		rtnl_route_put(route);
		return -NLE_NOMEM;
	}
	rtnl_route_nh_set_ifindex(nh, if_nametoindex(device));
	rtnl_route_add_nexthop(route, nh);
	err = rtnl_route_add(routes_sock(), route, NLM_F_CREATE | NLM_F_REPLACE);
	rtnl_route_put(route);
	return err;
}

/*
 * Whether there is one only the kernel knows: rules that led to it may have been
 * removed by others.
 */
static void del_route(int family, unsigned int kind)
{
	struct rtnl_route *route = default_route(family, table_of(kind));

	if (route)
		rtnl_route_delete(routes_sock(), route, 0);
	rtnl_route_put(route);
}

/* One that somebody else made, under our name, has another group. */
static void del_device(void)
{
	struct rtnl_link *link;
	const char *type;

	if (!if_nametoindex(PLUMB_DEVICE) ||
	    rtnl_link_get_kernel(routes_sock(), 0, PLUMB_DEVICE, &link))
		return;
	type = rtnl_link_get_type(link);
	if (type && !strcmp(type, "dummy") &&
	    rtnl_link_get_group(link) == PLUMB_GROUP)
		rtnl_link_delete(routes_sock(), link);
	rtnl_link_put(link);
}

/* Is there a rule of this kind and family to come or to stay? */
static bool wanted(const struct wants *w, int family, unsigned int kind)
{
	unsigned int i;

	for (i = 0; i < w->n; i++)
		if (w->want[i].kind == kind &&
		    (family == AF_UNSPEC || w->want[i].family == family))
			return true;
	return false;
}

/* Rules of ours that are not wanted go, those that are get marked. */
static void sort_rules(struct wants *w, struct nl_cache *cache)
{
	struct nl_object *obj;
	unsigned int i;
	bool keep;

	for (obj = nl_cache_get_first(cache); obj;
	     obj = nl_cache_get_next(obj)) {
		struct rtnl_rule *rule = (struct rtnl_rule *)obj;

		if (!is_ours(rule))
			continue;
		keep = false;
		for (i = 0; i < w->n; i++)
			if (!w->want[i].found && is_rule(rule, &w->want[i])) {
				w->want[i].found = true;
				keep = true;
				break;
			}
		if (!keep)
			rtnl_rule_delete(routes_sock(), rule, 0);
	}
}

static const char *apply(struct wants *w)
{
	static const int family[2] = { AF_INET, AF_INET6 };
	static const unsigned int kind[2] = { PLUMB_LOOPBACK, PLUMB_NO_ROUTE };
	const char *bad = NULL;
	unsigned int i, j;
	int err;

	/* A route first: a rule must not lead nowhere. */
	for (i = 0; i < 2; i++)
		for (j = 0; j < 2; j++) {
			if (wanted(w, family[i], kind[j])) {
				err = add_route(family[i], kind[j]);
				if (err)
					bad = failed("route for answers", err);
			} else {
				del_route(family[i], kind[j]);
			}
		}
	for (i = 0; i < w->n; i++) {
		if (w->want[i].found)
			continue;
		err = add_rule(&w->want[i]);
		if (err)
			bad = failed("rule for answers", err);
	}
	if (!wanted(w, AF_UNSPEC, PLUMB_NO_ROUTE))
		del_device();
	return bad;
}

/* The namespace itself is the file: it is one wherever /run is another. */
int plumb_lock(void)
{
	int fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	unsigned int i;

	for (i = 0; fd >= 0 && i < LOCK_TRIES; i++) {
		if (!flock(fd, LOCK_EX | LOCK_NB) || errno != EWOULDBLOCK)
			break;
		usleep(LOCK_WAIT_US);
	}
	return fd;
}

void plumb_unlock(int lock)
{
	if (lock >= 0)
		close(lock);
}

const char *plumb_sync(const struct plumb_need *needs, unsigned int n)
{
	struct wants w = { calloc(3 * n + 1, sizeof(*w.want)), 0 };
	struct nl_cache *cache;
	bool lacks[2];
	const char *bad;
	unsigned int i;
	int err;

	if (!w.want || !routes_sock()) {
		free(w.want);
		return "routes not checked, no netlink socket";
	}
	err = rtnl_rule_alloc_cache(routes_sock(), AF_UNSPEC, &cache);
	if (err) {
		free(w.want);
		return failed("routing rules", err);
	}
	lacks[0] = n && has_address(AF_INET) && !has_default(AF_INET);
	lacks[1] = n && has_address(AF_INET6) && !has_default(AF_INET6);
	for (i = 0; i < n; i++)
		want_for(&w, &needs[i], lacks);
	sort_rules(&w, cache);
	bad = apply(&w);
	nl_cache_free(cache);
	free(w.want);
	return bad;
}

void plumb_end(void)
{
	DIR *names = opendir("/var/run/netns");
	struct dirent *name;
	int fd;

	plumb_sync(NULL, 0);
	while (names && (name = readdir(names))) {
		fd = openat(dirfd(names), name->d_name, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		if (!setns(fd, CLONE_NEWNET)) {
			routes_close();
			plumb_sync(NULL, 0);
		}
		close(fd);
	}
	if (names)
		closedir(names);
}

unsigned int plumb_state(const struct plumb_need *need)
{
	static const bool both[2] = { true, true };
	struct want want[3];
	struct wants w = { want, 0 };
	struct nl_cache *cache;
	struct nl_object *obj;
	unsigned int i, state = 0;

	if (!routes_sock() || rtnl_rule_alloc_cache(routes_sock(), AF_UNSPEC, &cache))
		return 0;
	want_for(&w, need, both);
	for (obj = nl_cache_get_first(cache); obj; obj = nl_cache_get_next(obj))
		for (i = 0; i < w.n; i++)
			if (is_rule((struct rtnl_rule *)obj, &want[i]))
				state |= want[i].kind;
	nl_cache_free(cache);
	return state;
}
