/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sluice doctor: what makes a set-up not work, found before somebody has to look
 * for it. A check is a row of the table in doctor.c and a function that says
 * what it found, by doctor_say(), of each thing that it looked at. It says
 * nothing of what it cannot know.
 */
#ifndef SLUICE_DOCTOR_H
#define SLUICE_DOCTOR_H

#include <jansson.h>
#include <stdbool.h>

#include "doctor/host.h"
#include "nlsock.h"
#include "value.h"

/* Room for what doctor_say() calls an object */
#define DOCTOR_OBJECT_LEN	240

enum doctor_verdict {
	DOCTOR_VERIFIED,
	DOCTOR_WARNING,		/* may not work, or not for all */
	DOCTOR_FAILED,		/* does not work */
};

/**
 * struct doctor_service - a service
 * @record: as `service show` has it
 * @name: its name
 * @object: "service NAME"
 * @proto: IPPROTO_TCP or IPPROTO_UDP
 * @header: PROXY headers come in
 * @pool: where it sends connections, NULL for an application of this host
 * @at: where it is, a range of ports each
 * @n_at: how many
 * @has_to: @to counts
 * @to: where the application is, if elsewhere; with a port
 */
struct doctor_service {
	const json_t *record;
	const char *name;
	char object[DOCTOR_OBJECT_LEN];
	int proto;
	bool header;
	const char *pool;
	struct value_endpoint at[VALUE_RANGES_MAX];
	unsigned int n_at;
	bool has_to;
	struct value_endpoint to;
};

/**
 * struct doctor_backend - a backend
 * @record: as `backend show` has it
 * @pool: its pool's name
 * @object: "backend POOL ADDR:PORT"
 * @at: where it is; port 0 for the service's
 * @forward: how packets reach it
 * @direct: they reach it as they are: dsr, ipip, gue
 * @route: the way there
 */
struct doctor_backend {
	const json_t *record;
	const char *pool;
	char object[DOCTOR_OBJECT_LEN];
	struct value_endpoint at;
	const char *forward;
	bool direct;
	struct host_route route;
};

/**
 * struct doctor - an examination
 * @info: what the module says of itself
 * @pools: records of pools
 * @rules: records of rules
 * @service: services that are looked at
 * @n_services: how many
 * @backend: backends that they may come to
 * @n_backends: how many
 * @nft: rules of nft, NULL if unknown
 * @has_source: @source counts
 * @source: whose connections the live test makes
 * @check: what is being checked
 * @mend: what doctor_mend() said, whole: it is to be run
 * @said: by how many verdicts of each kind
 */
struct doctor {
	json_t *info;
	json_t *pools;
	json_t *rules;
	json_t *services;
	json_t *backends;
	struct doctor_service *service;
	unsigned int n_services;
	struct doctor_backend *backend;
	unsigned int n_backends;
	json_t *nft;
	bool has_source;
	struct value_endpoint source;
	const char *check;
	char *mend;
	unsigned int said[DOCTOR_FAILED + 1];
};

/**
 * doctor_read() - What there is.
 * @d: filled in
 * @name: the service to look at, NULL for all
 * @err: filled in
 *
 * Return: 0 or @err->code; ENOENT if there is no such service.
 */
int doctor_read(struct doctor *d, const char *name, struct nlsock_error *err);
void doctor_free(struct doctor *d);

/**
 * doctor_mend() - What would mend what is told of next.
 * @d: the examination
 * @format: a command, to be run in the network namespace that is looked at
 */
void doctor_mend(struct doctor *d, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The same, of a command for another host */
void doctor_mend_there(struct doctor *d, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * doctor_say() - What a check has found.
 * @d: the examination
 * @verdict: how bad it is
 * @object: of what, NULL for the host
 * @format: a phrase
 */
void doctor_say(struct doctor *d, enum doctor_verdict verdict,
		const char *object, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Whether a service may send connections to this pool, by rules or as a sorry */
bool doctor_uses(const struct doctor *d, const struct doctor_service *s,
		 const char *pool);

/* The first service that may send connections to a backend, or NULL */
const struct doctor_service *doctor_user(const struct doctor *d,
					 const struct doctor_backend *b);

static inline bool doctor_is_v4(const struct in6_addr *addr)
{
	return IN6_IS_ADDR_V4MAPPED(addr);
}

/* 127.0.0.0/8 and ::1 */
static inline bool doctor_is_loopback(const struct in6_addr *addr)
{
	return IN6_IS_ADDR_LOOPBACK(addr) ||
	       (doctor_is_v4(addr) && addr->s6_addr[12] == 127);
}

/* Where the application of a service without a pool is */
static inline const struct value_endpoint *
doctor_target(const struct doctor_service *s)
{
	return s->has_to ? &s->to : &s->at[0];
}

/* An address of this host's as it has it, or NULL */
const struct host_address *doctor_has(const struct in6_addr *addr);

/* Whether this host has an address of a family that others can reach */
bool doctor_speaks(bool v4);

/* The way to anywhere in the world; HOST_NOWHERE without a default route */
void doctor_default(bool v4, struct host_route *route);

/*
 * The device by which clients come in, as far as can be told: that which has the
 * service's address, or leads to the world; "" if none does.
 */
void doctor_way_in(const struct doctor_service *s, char *dev);

/* Each row of the table in doctor.c */
void doctor_version(struct doctor *d);
void doctor_draining(struct doctor *d);
void doctor_config(struct doctor *d);
void doctor_forwarding(struct doctor *d);
void doctor_health(struct doctor *d);
void doctor_offloads(struct doctor *d);
void doctor_address(struct doctor *d);
void doctor_arp(struct doctor *d);
void doctor_rp_filter(struct doctor *d);
void doctor_answers(struct doctor *d);
void doctor_clients(struct doctor *d);
void doctor_listener(struct doctor *d);
void doctor_backends(struct doctor *d);
void doctor_mtu(struct doctor *d);
void doctor_firewall(struct doctor *d);
void doctor_zones(struct doctor *d);
void doctor_live(struct doctor *d);

#endif /* SLUICE_DOCTOR_H */
