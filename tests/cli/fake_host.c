// SPDX-License-Identifier: GPL-2.0
/*
 * A host for the doctor's tests, the other end of cli/doctor/host.h. Nothing is
 * wrong with it to begin with: it has the addresses and routes that the fake
 * kernel's objects need, and applications wherever a service has one.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../cli/cmd.h"
#include "../../cli/doctor/host.h"
#include "fake.h"
#include "fake_data.h"

#define MOST	32

/**
 * struct way - a route
 * @addr: destination, all zero for what no other has
 * @v4: of this family
 * @route: where it leads
 */
struct way {
	struct in6_addr addr;
	bool v4;
	struct host_route route;
};

static struct {
	struct host_address address[MOST];
	unsigned int n_addresses;
	struct way way[MOST];
	unsigned int n_ways;
	struct host_listener listener[MOST];
	unsigned int n_listeners;
	char sysctl[MOST][96];
	unsigned int n_sysctls;
	char config[MOST][64];
	unsigned int n_configs;
	char narrow[IF_NAMESIZE], joins[IF_NAMESIZE];
	unsigned int mtu;
	char *nft;
	char live[16], mac[18];
	bool no_sockets, legacy_nat, unchecked, made;
} host;

static bool get_addr(const char *text, struct in6_addr *addr)
{
	struct value_endpoint ep;

	if (value_get_endpoint(text, 0, &ep))
		return false;
	*addr = ep.addr;
	return true;
}

static int add_address(const char *text)
{
	struct host_address *a = &host.address[host.n_addresses];
	char addr[64];

	if (sscanf(text, "%63[^/]/%u %15s", addr, &a->plen, a->dev) != 3 ||
	    !get_addr(addr, &a->addr))
		return -1;
	host.n_addresses++;
	return 0;
}

/* "ADDR|4|6 here|nowhere|DEVICE [router] [mtu N]" */
static int add_route(const char *text)
{
	struct way *w = &host.way[host.n_ways];
	char addr[64], dev[IF_NAMESIZE];
	const char *mtu = strstr(text, " mtu ");

	memset(w, 0, sizeof(*w));
	if (sscanf(text, "%63s %15s", addr, dev) != 2)
		return -1;
	if (strcmp(addr, "4") && strcmp(addr, "6") &&
	    !get_addr(addr, &w->addr))
		return -1;
	w->v4 = !strcmp(addr, "4") || IN6_IS_ADDR_V4MAPPED(&w->addr);
	w->route.way = !strcmp(dev, "here") ? HOST_HERE :
		       !strcmp(dev, "nowhere") ? HOST_NOWHERE : HOST_OUT;
	if (w->route.way == HOST_OUT)
		memcpy(w->route.dev, dev, sizeof(dev));
	w->route.by_router = strstr(text, " router");
	w->route.mtu = mtu ? atoi(mtu + 5) : 0;
	host.n_ways++;
	return 0;
}

/* "ADDR:PORT [v6only]" */
static int add_listener(const char *text)
{
	struct host_listener *l = &host.listener[host.n_listeners];
	struct value_endpoint ep;
	char at[64];

	if (sscanf(text, "%63s", at) != 1 || value_get_endpoint(at, 0, &ep))
		return -1;
	l->addr = ep.addr;
	l->port = ep.port;
	l->v6only = strstr(text, " v6only");
	host.n_listeners++;
	return 0;
}

static void make(void)
{
	static const char *const addresses[] = {
		"127.0.0.1/8 lo", "::1/128 lo", "10.0.0.2/24 eth0",
		"2001:db8::2/64 eth0",
	};
	unsigned int i;

	if (host.made)
		return;
	host.made = true;
	for (i = 0; i < ARRAY_SIZE(addresses); i++)
		add_address(addresses[i]);
	add_route("4 eth0 router");
	add_route("6 eth0 router");
	add_listener("[::]:8080");
	add_listener("[::]:443");
}

/* Strings of one kind */
static int keep(char *to, size_t len, unsigned int *n, const char *text)
{
	snprintf(to + *n * len, len, "%s", text);
	(*n)++;
	return 0;
}

int fake_host(const char *text)
{
	make();
	if (!strcmp(text, "bare"))
		return host.n_addresses = 2, host.n_ways = 0,
		       host.n_listeners = 0;
	if (!strncmp(text, "addr ", 5))
		return add_address(text + 5);
	if (!strncmp(text, "route ", 6))
		return add_route(text + 6);
	if (!strncmp(text, "listen ", 7))
		return add_listener(text + 7);
	if (!strncmp(text, "sysctl ", 7))
		return keep(*host.sysctl, sizeof(*host.sysctl),
			    &host.n_sysctls, text + 7);
	if (!strncmp(text, "config ", 7))
		return keep(*host.config, sizeof(*host.config),
			    &host.n_configs, text + 7);
	if (sscanf(text, "mtu %15s %u", host.narrow, &host.mtu) == 2)
		return 0;
	if (sscanf(text, "lro %15s", host.joins) == 1)
		return 0;
	if (sscanf(text, "live %15s", host.live) == 1)
		return 0;
	if (sscanf(text, "arp %17s", host.mac) == 1)
		return 0;
	if (!strncmp(text, "nft ", 4))
		return (host.nft = strdup(text + 4)) ? 0 : -1;
	if (!strcmp(text, "no sockets"))
		return host.no_sockets = true, 0;
	if (!strcmp(text, "unchecked"))
		return host.unchecked = true, 0;
	if (!strcmp(text, "legacy nat"))
		return host.legacy_nat = true, 0;
	return -1;
}

void host_route(const struct in6_addr *to, struct host_route *route)
{
	static const struct in6_addr any;
	bool v4 = IN6_IS_ADDR_V4MAPPED(to);
	unsigned int i;

	make();
	memset(route, 0, sizeof(*route));
	for (i = host.n_ways; i--; )
		if (IN6_ARE_ADDR_EQUAL(&host.way[i].addr, to)) {
			*route = host.way[i].route;
			return;
		}
	for (i = 0; i < host.n_addresses; i++)
		if (IN6_ARE_ADDR_EQUAL(&host.address[i].addr, to)) {
			route->way = HOST_HERE;
			return;
		}
	for (i = host.n_ways; i--; )
		if (host.way[i].v4 == v4 &&
		    IN6_ARE_ADDR_EQUAL(&host.way[i].addr, &any)) {
			*route = host.way[i].route;
			return;
		}
}

const struct host_address *host_addresses(unsigned int *n)
{
	make();
	*n = host.n_addresses;
	return host.address;
}

bool host_link(const char *dev, struct host_link *link)
{
	link->mtu = strcmp(dev, host.narrow) ? 1500 : host.mtu;
	link->lro = !strcmp(dev, host.joins);
	return true;
}

bool host_sysctl(const char *key, long *value)
{
	size_t len = strlen(key);
	unsigned int i;

	for (i = 0; i < host.n_sysctls; i++)
		if (!strncmp(host.sysctl[i], key, len) &&
		    host.sysctl[i][len] == ' ') {
			*value = atol(host.sysctl[i] + len);
			return true;
		}
	*value = !!strstr(key, "forward");
	return true;
}

/* Of none there is no configuration at all. */
char host_config(const char *option)
{
	unsigned int i;

	for (i = 0; i < host.n_configs; i++)
		if (!strcmp(host.config[i], option))
			return 'n';
	return host.n_configs ? 'y' : 0;
}

const struct host_listener *host_listeners(int proto, unsigned int *n)
{
	(void)proto;
	make();
	*n = host.n_listeners;
	return host.no_sockets ? NULL : host.listener;
}

json_t *host_nft(void)
{
	json_t *rules = host.nft ? json_loads(host.nft, 0, NULL) : json_array();

	if (!rules)
		abort();
	return rules;
}

bool host_legacy_nat(void)
{
	return host.legacy_nat;
}

enum host_live host_live(struct value_endpoint *source,
			 const struct value_endpoint *to)
{
	static const char *const words[] = {
		[HOST_TAKEN] = "taken", [HOST_SILENT] = "silent",
		[HOST_REFUSED] = "refused", [HOST_RESET] = "reset",
		[HOST_UNACKED] = "unacked", [HOST_NO_SOCKET] = "nowhere",
	};
	char from[VALUE_TEXT_LEN], at[VALUE_TEXT_LEN];
	unsigned int i;

	fprintf(fake_log, "live %s to %s\n", value_put_endpoint(from, source),
		value_put_endpoint(at, to));
	if (!source->port)
		source->port = 40001;
	errno = EADDRNOTAVAIL;
	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcmp(host.live, words[i]))
			return i;
	return HOST_TAKEN;
}

int host_arp(const char *dev, const struct in6_addr *addr, char *mac)
{
	char text[VALUE_TEXT_LEN];

	fprintf(fake_log, "arp %s on %s\n", value_put_addr(text, addr), dev);
	memcpy(mac, host.mac, sizeof(host.mac));
	return *host.mac != '\0';
}

bool host_checker(void)
{
	return !host.unchecked;
}
