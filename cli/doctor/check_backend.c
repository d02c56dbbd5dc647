// SPDX-License-Identifier: GPL-2.0
/* Checks of the way to backends. */
#include <stdio.h>
#include <string.h>

#include "doctor/doctor.h"

/* What tunnels put in front of a packet */
#define IPV4_BYTES	20
#define IPV6_BYTES	40
#define GUE_BYTES	12	/* and UDP's header */

/* More than this no client is thought to send at once. */
#define CLIENT_MTU	1500

/* What IPv6 must be able to carry whole */
#define IPV6_MIN_MTU	1280

static void check_route(struct doctor *d, const struct doctor_backend *b)
{
	char text[VALUE_TEXT_LEN];

	value_put_addr(text, &b->at.addr);
	switch (b->route.way) {
	case HOST_HERE:
		doctor_say(d, DOCTOR_VERIFIED, b->object,
			   "is an address of this host");
		return;
	case HOST_NOWHERE:
		doctor_mend(d, "ip route add %s via ROUTER", text);
		doctor_say(d, DOCTOR_FAILED, b->object, "there is no route to %s",
			   text);
		return;
	default:
		break;
	}
	if (!strcmp(b->forward, "local")) {
		doctor_mend(d, "sluice backend set %s forward nat",
			    b->object + strlen("backend "));
		doctor_say(d, DOCTOR_FAILED, b->object,
			   "is another host, which forward local does not reach");
		return;
	}
	if (!strcmp(b->forward, "dsr") && b->route.by_router) {
		doctor_mend(d, "sluice backend set %s forward ipip",
			    b->object + strlen("backend "));
		doctor_say(d, DOCTOR_FAILED, b->object,
			   "is behind a router, and dsr reaches neighbours alone; a tunnel would do");
		return;
	}
	doctor_say(d, DOCTOR_VERIFIED, b->object, "is reached by %s%s",
		   b->route.dev, b->route.by_router ? " and a router" : "");
}

void doctor_backends(struct doctor *d)
{
	unsigned int i;

	for (i = 0; i < d->n_backends; i++)
		check_route(d, &d->backend[i]);
}

/* How much of a packet is the tunnel's, 0 without one */
static unsigned int tunnel_bytes(const struct doctor_backend *b)
{
	unsigned int ip = doctor_is_v4(&b->at.addr) ? IPV4_BYTES : IPV6_BYTES;

	if (!strcmp(b->forward, "ipip"))
		return ip;
	return !strcmp(b->forward, "gue") ? ip + GUE_BYTES : 0;
}

static void check_mtu(struct doctor *d, const struct doctor_backend *b,
		      const struct doctor_service *s)
{
	unsigned int more = tunnel_bytes(b), mtu, clients = CLIENT_MTU;
	struct host_link in, out;
	char dev[IF_NAMESIZE];
	bool v4;

	if (!more || b->route.way != HOST_OUT || !host_link(b->route.dev, &out))
		return;
	mtu = b->route.mtu ?: out.mtu;
	doctor_way_in(s, dev);
	if (*dev && host_link(dev, &in) && in.mtu < clients)
		clients = in.mtu;
	if (mtu >= clients + more) {
		doctor_say(d, DOCTOR_VERIFIED, b->object,
			   "clients' packets of %u bytes fit the tunnel",
			   clients);
		return;
	}
	/* A path that is narrower further on is none of ours to widen. */
	if (mtu == out.mtu)
		doctor_mend(d, "ip link set %s mtu %u", b->route.dev,
			    clients + more);
	else
		doctor_mend(d, "ip route get %s",
			    value_put_addr((char[VALUE_TEXT_LEN]) { "" },
					   &b->at.addr));
	v4 = !s->at[0].any && doctor_is_v4(&s->at[0].addr);
	if (!v4 && mtu < IPV6_MIN_MTU + more)
		doctor_say(d, DOCTOR_FAILED, b->object,
			   "an MTU of %u leaves %u bytes in the tunnel, IPv6 needs %u",
			   mtu, mtu > more ? mtu - more : 0, IPV6_MIN_MTU);
	else
		doctor_say(d, DOCTOR_WARNING, b->object,
			   "an MTU of %u leaves %u bytes in the tunnel: clients that send %u have to be told by ICMP, and to believe it",
			   mtu, mtu > more ? mtu - more : 0, clients);
}

void doctor_mtu(struct doctor *d)
{
	unsigned int i;

	for (i = 0; i < d->n_backends; i++)
		check_mtu(d, &d->backend[i], doctor_user(d, &d->backend[i]));
}
