/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the doctor reads of this host, beside the module. Nothing is changed by
 * it. Tests put another host in place of host*.c.
 */
#ifndef SLUICE_DOCTOR_HOST_H
#define SLUICE_DOCTOR_HOST_H

#include <jansson.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "value.h"

/* Where packets to an address go */
enum host_way {
	HOST_NOWHERE,	/* no route, or one that refuses */
	HOST_HERE,	/* it is this host's */
	HOST_OUT,	/* out of a device */
};

/**
 * struct host_route - the way to an address
 * @way: where it leads
 * @dev: device, of HOST_OUT
 * @by_router: its next hop is another host than the address
 * @mtu: that the route says or that was learned, 0 for the device's
 */
struct host_route {
	enum host_way way;
	char dev[IF_NAMESIZE];
	bool by_router;
	unsigned int mtu;
};

void host_route(const struct in6_addr *to, struct host_route *route);

/**
 * struct host_address - an address of this host
 * @addr: the address
 * @plen: of its network, of 32 or 128 bits
 * @dev: device that has it
 */
struct host_address {
	struct in6_addr addr;
	unsigned int plen;
	char dev[IF_NAMESIZE];
};

/**
 * host_addresses() - All addresses of this host.
 * @n: set to how many
 *
 * Return: an array, that belongs to the host; NULL if they cannot be had.
 */
const struct host_address *host_addresses(unsigned int *n);

/**
 * struct host_link - a device
 * @mtu: its MTU
 * @lro: large receive offload is on
 */
struct host_link {
	unsigned int mtu;
	bool lro;
};

/* Whether there is such a device */
bool host_link(const char *dev, struct host_link *link);

/* A number below /proc/sys, as "net/ipv4/ip_forward"; false if unknown */
bool host_sysctl(const char *key, long *value);

/* An option of the kernel's, without CONFIG_: y, m, n, or 0 if unknown */
char host_config(const char *option);

/**
 * struct host_listener - a socket that takes connections, or datagrams of anybody
 * @addr: that it is bound to, :: or ::ffff:0.0.0.0 for any
 * @port: host byte order
 * @v6only: of IPv6 alone, though bound to ::
 */
struct host_listener {
	struct in6_addr addr;
	uint16_t port;
	bool v6only;
};

/**
 * host_listeners() - Sockets of the applications.
 * @proto: IPPROTO_TCP or IPPROTO_UDP
 * @n: set to how many
 *
 * Return: an array, that belongs to the host; NULL if they cannot be had.
 */
const struct host_listener *host_listeners(int proto, unsigned int *n);

/* `nft -j list ruleset`: a JSON array, to be released; NULL if not to be had */
json_t *host_nft(void);

/* Whether iptables, of the kind that nft does not show, may lead ports elsewhere */
bool host_legacy_nat(void);

/* What became of a connection */
enum host_live {
	HOST_TAKEN,	/* the header was acknowledged, the application has it */
	HOST_SILENT,	/* nobody answered the SYN */
	HOST_REFUSED,	/* by a reset, before anything was said */
	HOST_RESET,	/* after the header */
	HOST_UNACKED,	/* the header was not acknowledged */
	HOST_NO_SOCKET,	/* it could not begin; errno says why */
};

/**
 * host_live() - Connect, say a PROXY header of version 2 that is LOCAL, hang up.
 * @source: where from, port 0 for any: set to the one it was
 * @to: where to
 *
 * Return: what became of it, after ten seconds at most.
 */
enum host_live host_live(struct value_endpoint *source,
			 const struct value_endpoint *to);

/**
 * host_arp() - Who answers ARP for an address, but for this host.
 * @dev: asked on this device
 * @addr: IPv4, mapped
 * @mac: filled with the link layer address of who does, 18 bytes
 *
 * Return: 1 if somebody does, 0 if nobody, -1 if it cannot be asked.
 */
int host_arp(const char *dev, const struct in6_addr *addr, char *mac);

/* Whether a daemon checks backends; so it is if we may not ask. */
bool host_checker(void);

#endif /* SLUICE_DOCTOR_HOST_H */
