/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A configuration of HAProxy as it is read: sections that are proxies, with
 * what they have of `defaults`. When all of it is read, backends become pools
 * and binds become services.
 */
#ifndef SLUICE_IMPORT_HAPROXY_H
#define SLUICE_IMPORT_HAPROXY_H

#include "import.h"

/* Kinds of sections, and where a keyword may stand */
#define HAP_GLOBAL	0x01
#define HAP_DEFAULTS	0x02
#define HAP_FRONTEND	0x04
#define HAP_BACKEND	0x08
#define HAP_LISTEN	(HAP_FRONTEND | HAP_BACKEND)
#define HAP_OTHER	0x10

/* Most sections that are proxies, binds of one, servers of all */
#define HAP_PROXIES_MAX	8192
#define HAP_BINDS_MAX	1024
#define HAP_SERVERS_MAX	16384

/**
 * struct hap_proxy - a section that is a proxy
 * @kind: HAP_FRONTEND, HAP_BACKEND or both
 * @name: of it
 * @line: where it begins
 * @set: what it is told, by words of our own; a section begins with a copy of
 *	that of its defaults
 * @binds: where it listens: place, accept, line
 * @servers: what server lines say
 * @acls: sources by the names of acls, lists of prefixes
 * @next: the next one in the file
 */
struct hap_proxy {
	unsigned int kind;
	char *name;
	unsigned int line;
	json_t *set;
	json_t *binds;
	json_t *servers;
	json_t *acls;
	struct hap_proxy *next;
};

/**
 * struct hap - a file
 * @im: the import
 * @w: the line that is being read
 * @kind: of the section that it is in
 * @now: the proxy that it is of; one that is not kept for `defaults`
 * @first: all proxies, in order
 * @n_proxies: how many they are
 * @n_servers: and how many servers they have
 */
struct hap {
	struct import *im;
	struct import_words w;
	unsigned int kind;
	struct hap_proxy *now;
	struct hap_proxy *first;
	unsigned int n_proxies;
	unsigned int n_servers;
};

/* The line is left out: its first words, and why. */
void hap_left(struct hap *h, const char *why);

/* Milliseconds of a time, which are what a number alone means; -1 if none */
long hap_time(const char *text);

/* A line of a proxy or of defaults */
void hap_keyword(struct hap *h);

/* bind, server, default-server */
void hap_bind(struct hap *h);
void hap_server(struct hap *h);
void hap_default_server(struct hap *h);

/* When all binds of a proxy are there: one for each address */
void hap_join_binds(struct hap_proxy *p);

/* acl, and tcp-request connection */
void hap_acl(struct hap *h);
void hap_request(struct hap *h);

/**
 * hap_agents() - Agents of servers as that of a pool.
 * @h: the file
 * @servers: those that are backends of the pool
 * @pool: whose health block gets it
 *
 * All have to be asked in one way, at their own addresses, and to be checked;
 * else none is asked, and why is told.
 */
void hap_agents(struct hap *h, const json_t *servers, json_t *pool);

/* Pools and services of all that was read */
void hap_make(struct hap *h);

#endif /* SLUICE_IMPORT_HAPROXY_H */
