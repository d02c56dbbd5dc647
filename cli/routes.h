/* SPDX-License-Identifier: GPL-2.0 */
/* Routes of this network namespace, by rtnetlink: what those who ask for them share. */
#ifndef SLUICE_ROUTES_H
#define SLUICE_ROUTES_H

#include <netinet/in.h>

struct nl_addr;
struct nl_sock;
struct rtnl_route;

/**
 * routes_sock() - The socket to ask by, connected at the first call.
 *
 * Return: it, or NULL if there is none to be had.
 */
struct nl_sock *routes_sock(void);

/**
 * routes_close() - Forget the socket, for one of another network namespace.
 */
void routes_close(void);

/**
 * routes_addr() - An address as libnl has it.
 * @addr: it, ::ffff:A.B.C.D for one of IPv4
 *
 * Return: it, to be put, or NULL.
 */
struct nl_addr *routes_addr(const struct in6_addr *addr);

/**
 * routes_lookup() - Where packets to an address would go.
 * @addr: it
 *
 * Return: the route, to be put; NULL if nowhere, or nobody can be asked.
 */
struct rtnl_route *routes_lookup(const struct in6_addr *addr);

#endif /* SLUICE_ROUTES_H */
