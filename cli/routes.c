// SPDX-License-Identifier: GPL-2.0
/* Routes, by rtnetlink. See routes.h. */
#include <linux/rtnetlink.h>
#include <netlink/route/route.h>

#include "routes.h"

static struct nl_sock *sock;

struct nl_sock *routes_sock(void)
{
	if (sock)
		return sock;
	sock = nl_socket_alloc();
	if (sock && nl_connect(sock, NETLINK_ROUTE))
		routes_close();
	return sock;
}

void routes_close(void)
{
	nl_socket_free(sock);
	sock = NULL;
}

struct nl_addr *routes_addr(const struct in6_addr *addr)
{
	return IN6_IS_ADDR_V4MAPPED(addr) ?
	       nl_addr_build(AF_INET, addr->s6_addr + 12, 4) :
	       nl_addr_build(AF_INET6, addr, 16);
}

struct rtnl_route *routes_lookup(const struct in6_addr *addr)
{
	struct rtnl_route *route = NULL;
	struct nl_addr *dst;

	if (!routes_sock())
		return NULL;
	dst = routes_addr(addr);
	if (dst && rtnl_route_lookup(sock, dst, &route))
		route = NULL;
	nl_addr_put(dst);
	return route;
}
