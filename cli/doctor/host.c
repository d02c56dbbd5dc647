// SPDX-License-Identifier: GPL-2.0
/* Routes, addresses and devices, by rtnetlink. */
#include <linux/ethtool.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <netlink/route/nexthop.h>
#include <netlink/route/route.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "doctor/host.h"
#include "routes.h"

/* Of ETHTOOL_GFLAGS */
#define FLAG_LRO	0x8000

static void set_way(struct rtnl_route *r, struct host_route *route)
{
	struct rtnl_nexthop *nh = rtnl_route_nexthop_n(r, 0);
	uint32_t mtu;

	if (rtnl_route_get_type(r) == RTN_LOCAL) {
		route->way = HOST_HERE;
		return;
	}
	if (!nh || (rtnl_route_get_type(r) != RTN_UNICAST &&
		    rtnl_route_get_type(r) != RTN_BROADCAST) ||
	    !if_indextoname(rtnl_route_nh_get_ifindex(nh), route->dev))
		return;
	route->way = HOST_OUT;
	/* One of the other family is a router as well. */
	route->by_router = rtnl_route_nh_get_gateway(nh) ||
			   rtnl_route_nh_get_via(nh);
	if (!rtnl_route_get_metric(r, RTAX_MTU, &mtu))
		route->mtu = mtu;
}

void host_route(const struct in6_addr *to, struct host_route *route)
{
	struct rtnl_route *r = routes_lookup(to);

	memset(route, 0, sizeof(*route));
	if (r) {
		set_way(r, route);
		rtnl_route_put(r);
	}
}

static bool set_address(struct rtnl_addr *addr, struct host_address *to)
{
	struct nl_addr *local = rtnl_addr_get_local(addr);

	memset(to, 0, sizeof(*to));
	if (!local || !if_indextoname(rtnl_addr_get_ifindex(addr), to->dev))
		return false;
	if (nl_addr_get_family(local) == AF_INET) {
		to->addr.s6_addr[10] = 0xff;
		to->addr.s6_addr[11] = 0xff;
		memcpy(to->addr.s6_addr + 12, nl_addr_get_binary_addr(local), 4);
	} else if (nl_addr_get_family(local) == AF_INET6) {
		memcpy(&to->addr, nl_addr_get_binary_addr(local), 16);
	} else {
		return false;
	}
	to->plen = rtnl_addr_get_prefixlen(addr);
	return true;
}

const struct host_address *host_addresses(unsigned int *n)
{
	static struct host_address *all;
	static unsigned int count;
	struct nl_cache *cache;
	struct nl_object *obj;

	*n = count;
	if (all || !routes_sock() || rtnl_addr_alloc_cache(routes_sock(), &cache))
		return all;
	all = calloc(nl_cache_nitems(cache) + 1, sizeof(*all));
	if (!all)
		abort();
	for (obj = nl_cache_get_first(cache); obj; obj = nl_cache_get_next(obj))
		count += set_address((struct rtnl_addr *)obj, &all[count]);
	nl_cache_free(cache);
	*n = count;
	return all;
}

/* What no driver can do nobody can say is on. */
static bool has_lro(const char *dev)
{
	struct ethtool_value value = { .cmd = ETHTOOL_GFLAGS };
	struct ifreq ifr = { .ifr_data = (void *)&value };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool on;

	if (fd < 0)
		return false;
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", dev);
	on = !ioctl(fd, SIOCETHTOOL, &ifr) && value.data & FLAG_LRO;
	close(fd);
	return on;
}

bool host_link(const char *dev, struct host_link *link)
{
	struct rtnl_link *l;

	if (!routes_sock() || rtnl_link_get_kernel(routes_sock(), 0, dev, &l))
		return false;
	link->mtu = rtnl_link_get_mtu(l);
	link->lro = has_lro(dev);
	rtnl_link_put(l);
	return true;
}
