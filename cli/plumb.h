/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Routes that the kernel needs before it lets an application answer a client
 * whose packets do not really come this way. What is sent there never goes
 * there: the module takes the packets to the sender before they leave.
 *
 *   loopback	an application on 127.0.0.1 answers from there, which no route
 *		out of a real device allows
 *   no-route	the host has no route to the client, for want of a default one
 *
 * Everything made here bears the protocol number PLUMB_PROTOCOL, the device the
 * group PLUMB_GROUP, and goes with the last service that needs it.
 */
#ifndef SLUICE_PLUMB_H
#define SLUICE_PLUMB_H

#include <stdbool.h>

#include "value.h"

/* Of rules and routes, as in /etc/iproute2/rt_protos */
#define PLUMB_PROTOCOL		0x5c
#define PLUMB_TABLE_LOOPBACK	20748
#define PLUMB_TABLE_NO_ROUTE	20749
#define PLUMB_PREF_LOOPBACK	32700	/* before main, after local */
#define PLUMB_PREF_NO_ROUTE	40000	/* after main and default */
#define PLUMB_DEVICE		"sluice0"
#define PLUMB_GROUP		PLUMB_PROTOCOL	/* of the device: it is ours */

/**
 * struct plumb_need - what matters of a service
 * @proto: IPPROTO_TCP or IPPROTO_UDP
 * @at: where it is
 * @has_to: @to counts
 * @to: where it delivers to, port 0 for that of @at
 */
struct plumb_need {
	int proto;
	struct value_endpoint at;
	bool has_to;
	struct value_endpoint to;
};

#define PLUMB_LOOPBACK	0x1
#define PLUMB_NO_ROUTE	0x2

/**
 * plumb_lock() - Keep others of this network namespace from plumb_sync(), from
 *	before the services are listed: who comes with an older list would
 *	remove what a newer service needs.
 *
 * Who does not get it within some seconds goes on without: anybody may take it.
 *
 * Return: what plumb_unlock() wants.
 */
int plumb_lock(void);
void plumb_unlock(int lock);

/**
 * plumb_sync() - Make what services need and remove what none does.
 * @needs: all services
 * @n: how many
 *
 * Return: NULL, or what could not be done; the rest is.
 */
const char *plumb_sync(const struct plumb_need *needs, unsigned int n);

/**
 * plumb_end() - Remove all, from each network namespace that has a name.
 *
 * Leaves the caller in any of them.
 */
void plumb_end(void);

/**
 * plumb_state() - What there is for a service.
 * @need: the service
 *
 * Return: PLUMB_LOOPBACK, PLUMB_NO_ROUTE, both or 0.
 */
unsigned int plumb_state(const struct plumb_need *need);

/* Whether packets to an address are for this host; true if unknown */
bool plumb_is_local(const struct in6_addr *addr);

#endif /* SLUICE_PLUMB_H */
