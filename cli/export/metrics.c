// SPDX-License-Identifier: GPL-2.0
/*
 * Names and words of metrics, and what is said under each. A counter of the
 * module is one row of counts[], and has the same name for a network namespace,
 * a service and a backend, behind a prefix of its own: sums over labels are not to
 * have a thing in them twice.
 */
#include <assert.h>
#include <linux/sluice.h>
#include <stdbool.h>
#include <string.h>

#include "cmd.h"
#include "metrics.h"
#include "prom.h"

enum family_id {
	PACKETS, BYTES, OPENED, ENDED, SYNS, SYN_ACKS, COOKIES_SENT,
	COOKIES_ACCEPTED, REFUSED, UNTRUSTED_PASSED, HEADERS, HEADERS_LOCAL,
	HEADERS_UNKNOWN, HEADERS_SENT, RETRIED, ADOPTED, RECYCLED, DOWNGRADED,
	PERSIST_FULL, DROPPED, ICMP, DECAPSULATED, NO_MEMORY, EVENTS_LOST,
};

/**
 * struct family - counters that add up
 * @name: without prefix and suffix
 * @label: what tells its counters apart, NULL if it has but one
 * @help: one line
 */
struct family {
	const char *name;
	const char *label;
	const char *help;
};

static const struct family families[] = {
	[PACKETS] = { "packets", "direction",
		"Packets relayed, in from clients, out to them" },
	[BYTES] = { "bytes", "direction",
		"Bytes relayed, IP headers included, in from clients, out to them" },
	[OPENED] = { "flows_opened", NULL, "Connections whose both legs opened" },
	[ENDED] = { "flows_ended", "reason", "Connections that are over, and why" },
	[SYNS] = { "syns_received", NULL, "SYN segments for a service" },
	[SYN_ACKS] = { "syn_acks_sent", NULL,
		"SYN segments answered with state kept" },
	[COOKIES_SENT] = { "cookies_sent", NULL,
		"SYN segments answered with a cookie" },
	[COOKIES_ACCEPTED] = { "cookies_accepted", NULL, "Cookies that came back" },
	[REFUSED] = { "connections_refused", "reason",
		"Connections that did not come about, and why" },
	[UNTRUSTED_PASSED] = { "untrusted_passed", NULL,
		"Senders not trusted, passed to the application" },
	[HEADERS] = { "headers_received", "version", "PROXY headers" },
	[HEADERS_LOCAL] = { "headers_local", NULL,
		"PROXY headers with the command LOCAL" },
	[HEADERS_UNKNOWN] = { "headers_unknown", NULL,
		"PROXY headers that name no client" },
	[HEADERS_SENT] = { "headers_sent", NULL, "PROXY headers sent to backends" },
	[RETRIED] = { "connects_retried", NULL,
		"Times that a connection has gone on to another backend" },
	[ADOPTED] = { "flows_adopted", NULL,
		"Connections whose beginning another balancer has seen" },
	[RECYCLED] = { "time_wait_recycled", NULL,
		"Old connections in TIME_WAIT replaced by a new one" },
	[DOWNGRADED] = { "downgraded", NULL,
		"Applications that declined a TCP option promised to the sender" },
	[PERSIST_FULL] = { "persist_full", NULL,
		"Clients that a pool did not remember, because there were too many" },
	[DROPPED] = { "packets_dropped", "reason",
		"Packets that went no further, and why" },
	[ICMP] = { "icmp_translated", NULL,
		"ICMP errors translated to the other leg" },
	[DECAPSULATED] = { "packets_decapsulated", NULL,
		"Packets taken out of a tunnel" },
	[NO_MEMORY] = { "no_memory", NULL,
		"Packets and connections for which there was no memory" },
	[EVENTS_LOST] = { "events_lost", NULL,
		"Events that did not reach who listens" },
};

/**
 * struct count - where a counter of the module is told
 * @family: under which name
 * @value: of its label; NULL for the counter's own name
 */
struct count {
	enum family_id family;
	const char *value;
};

static const struct count counts[] = {
	[SLUICE_STAT_PACKETS_IN]	= { PACKETS, "in" },
	[SLUICE_STAT_PACKETS_OUT]	= { PACKETS, "out" },
	[SLUICE_STAT_BYTES_IN]		= { BYTES, "in" },
	[SLUICE_STAT_BYTES_OUT]		= { BYTES, "out" },
	[SLUICE_STAT_FLOWS_OPENED]	= { OPENED },
	[SLUICE_STAT_FLOWS_CLOSED]	= { ENDED, "closed" },
	[SLUICE_STAT_FLOWS_RESET]	= { ENDED, "reset" },
	[SLUICE_STAT_FLOWS_EXPIRED]	= { ENDED, "expired" },
	[SLUICE_STAT_FLOWS_FLUSHED]	= { ENDED, "flushed" },
	[SLUICE_STAT_SYN_RECEIVED]	= { SYNS },
	[SLUICE_STAT_SYN_ACK_SENT]	= { SYN_ACKS },
	[SLUICE_STAT_COOKIE_SENT]	= { COOKIES_SENT },
	[SLUICE_STAT_COOKIE_ACCEPTED]	= { COOKIES_ACCEPTED },
	[SLUICE_STAT_COOKIE_REFUSED]	= { REFUSED },
	[SLUICE_STAT_UNTRUSTED_DROPPED]	= { REFUSED },
	[SLUICE_STAT_UNTRUSTED_RESET]	= { REFUSED },
	[SLUICE_STAT_UNTRUSTED_PASSED]	= { UNTRUSTED_PASSED },
	[SLUICE_STAT_HEADER_V1]		= { HEADERS, "v1" },
	[SLUICE_STAT_HEADER_V2]		= { HEADERS, "v2" },
	[SLUICE_STAT_HEADER_LOCAL]	= { HEADERS_LOCAL },
	[SLUICE_STAT_HEADER_UNKNOWN]	= { HEADERS_UNKNOWN },
	[SLUICE_STAT_BAD_SIGNATURE]	= { REFUSED },
	[SLUICE_STAT_BAD_VERSION]	= { REFUSED },
	[SLUICE_STAT_BAD_COMMAND]	= { REFUSED },
	[SLUICE_STAT_BAD_FAMILY]	= { REFUSED },
	[SLUICE_STAT_BAD_LENGTH]	= { REFUSED },
	[SLUICE_STAT_BAD_TLV]		= { REFUSED },
	[SLUICE_STAT_BAD_CRC]		= { REFUSED },
	[SLUICE_STAT_BAD_V1]		= { REFUSED },
	[SLUICE_STAT_HEADER_TOO_LONG]	= { REFUSED },
	[SLUICE_STAT_HEADER_TIMEOUT]	= { REFUSED },
	[SLUICE_STAT_HEADER_CUT]	= { REFUSED },
	[SLUICE_STAT_CLIENT_REFUSED]	= { REFUSED },
	[SLUICE_STAT_CLIENT_NO_ROUTE]	= { REFUSED },
	[SLUICE_STAT_CLIENT_IN_USE]	= { REFUSED },
	[SLUICE_STAT_TIME_WAIT_RECYCLED] = { RECYCLED },
	[SLUICE_STAT_FAMILY_REFUSED]	= { REFUSED },
	[SLUICE_STAT_CONNECT_REFUSED]	= { REFUSED },
	[SLUICE_STAT_CONNECT_TIMEOUT]	= { REFUSED },
	[SLUICE_STAT_CONNECT_UNREACHABLE] = { REFUSED },
	[SLUICE_STAT_HALF_OPEN_EVICTED]	= { REFUSED },
	[SLUICE_STAT_HALF_OPEN_LIMIT]	= { REFUSED },
	[SLUICE_STAT_FLOW_LIMIT]	= { REFUSED },
	[SLUICE_STAT_HOLD_LIMIT]	= { DROPPED },
	[SLUICE_STAT_ACK_INVALID]	= { DROPPED },
	[SLUICE_STAT_SEQ_INVALID]	= { DROPPED },
	[SLUICE_STAT_PAWS_REJECTED]	= { DROPPED },
	[SLUICE_STAT_RST_INEXACT]	= { DROPPED },
	[SLUICE_STAT_NO_FLOW]		= { DROPPED },
	[SLUICE_STAT_SPOOFED]		= { DROPPED },
	[SLUICE_STAT_NOT_LOCAL]		= { DROPPED },
	[SLUICE_STAT_RP_FILTERED]	= { DROPPED },
	[SLUICE_STAT_TOO_BIG]		= { DROPPED },
	[SLUICE_STAT_ICMP_TRANSLATED]	= { ICMP },
	[SLUICE_STAT_ICMP_DROPPED]	= { DROPPED },
	[SLUICE_STAT_XFRM_DENIED]	= { DROPPED },
	[SLUICE_STAT_BAD_PACKET]	= { DROPPED },
	[SLUICE_STAT_FRAGMENT_DROPPED]	= { DROPPED },
	[SLUICE_STAT_NO_MEMORY]		= { NO_MEMORY },
	[SLUICE_STAT_DRAINING]		= { REFUSED },
	[SLUICE_STAT_DOWNGRADED]	= { DOWNGRADED },
	[SLUICE_STAT_BYPASS_REFUSED]	= { REFUSED },
	[SLUICE_STAT_EVENTS_LOST]	= { EVENTS_LOST },
	[SLUICE_STAT_NO_BACKEND]	= { REFUSED },
	[SLUICE_STAT_NO_PORT]		= { REFUSED },
	[SLUICE_STAT_FLOWS_MOVED]	= { ENDED, "moved" },
	[SLUICE_STAT_CONNECT_ABANDONED]	= { REFUSED },
	[SLUICE_STAT_PERSIST_FULL]	= { PERSIST_FULL },
	[SLUICE_STAT_CONNECT_RETRIED]	= { RETRIED },
	[SLUICE_STAT_HEADER_SPP]	= { HEADERS, "spp" },
	[SLUICE_STAT_HEADER_MISSING]	= { REFUSED },
	[SLUICE_STAT_HEADER_SENT]	= { HEADERS_SENT },
	[SLUICE_STAT_HEADER_UNACKED]	= { REFUSED },
	[SLUICE_STAT_DECAPSULATED]	= { DECAPSULATED },
	[SLUICE_STAT_TUNNEL_REFUSED]	= { DROPPED },
	[SLUICE_STAT_FLOWS_ADOPTED]	= { ADOPTED },
};

static_assert(ARRAY_SIZE(counts) == SLUICE_STAT_MAX + 1,
	      "every counter is told");

/**
 * struct gauge - a number of a record
 * @key: of the record
 * @name: without prefix
 * @help: one line
 */
struct gauge {
	const char *key;
	const char *name;
	const char *help;
};

static const struct gauge of_netns[] = {
	{ "services", "services", "Services" },
	{ "pools", "pools", "Pools" },
	{ "backends", "backends", "Backends of all pools" },
	{ "flows", "flows", "Connections that live" },
	{ "max-flows", "flows_limit", "Most connections" },
	{ "half-open", "half_open_flows", "Unfinished handshakes" },
	{ "half-open-bytes", "half_open_bytes", "Memory of unfinished handshakes" },
	{ "max-half-open-bytes", "half_open_limit_bytes",
	  "Memory for unfinished handshakes, then SYN cookies answer" },
	{ NULL }
};

static const struct gauge of_service[] = {
	{ "flows", "service_flows", "Connections of the service that live" },
	{ NULL }
};

static const struct gauge of_pool[] = {
	{ "backends", "pool_backends", "Backends of the pool" },
	{ "up", "pool_backends_up",
	  "Backends of the pool that are ready for new connections" },
	{ NULL }
};

static const struct gauge of_backend[] = {
	{ "flows", "backend_flows", "Connections of the backend that live" },
	{ "max-flows", "backend_flows_limit",
	  "Most connections of the backend, 0 for no limit" },
	{ "weight", "backend_weight", "Share of the backend" },
	{ NULL }
};

/**
 * struct info - what is no number: 1, with the words as labels
 * @name: without prefix
 * @help: one line
 * @words: keys of the record that are labels as well, after @labels of the object
 */
struct info {
	const char *name;
	const char *help;
	const char *words[4];
};

static const struct info service_info = {
	"service_info", "What the service is",
	{ "proto", "address", "pool", "forward" }
};

static const struct info pool_info = {
	"pool_info", "What the pool is", { "scheduler", "forward" }
};

/**
 * struct state - what is one of some words: 1 for that, 0 for the others
 * @key: of the record
 * @name: without prefix
 * @help: one line
 * @words: what it may be
 */
struct state {
	const char *key;
	const char *name;
	const char *help;
	const char *words[4];
};

static const struct state of_backend_states[] = {
	{ "state", "backend_state", "What the administrator wants of the backend",
	  { "up", "down", "drain" } },
	{ "health", "backend_health", "What checks say of the backend",
	  { "unknown", "up", "down" } },
	{ NULL }
};

/**
 * struct kind - objects that are told of
 * @prefix: of the names of their counters
 * @key: keys of their records that name one
 * @label: what these are called
 */
struct kind {
	const char *prefix;
	const char *key[2];
	const char *label[2];
};

static const struct kind netns_kind = { "" };
static const struct kind service_kind = { "service_", { "name" }, { "service" } };
static const struct kind pool_kind = { "pool_", { "name" }, { "pool" } };
static const struct kind backend_kind = {
	"backend_", { "pool", "address" }, { "pool", "backend" }
};

/* The labels that name an object; there is room for more after them. */
static struct prom_label *put_labels(struct prom_label *l,
				     const struct kind *kind,
				     const json_t *record)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kind->key) && kind->key[i]; i++)
		*l++ = (struct prom_label){
			kind->label[i], attr_text(record, kind->key[i])
		};
	l->name = NULL;
	return l;
}

static void put_gauges(FILE *f, const struct gauge *g, const struct kind *kind,
		       const json_t *records)
{
	struct prom_label labels[PROM_LABELS_MAX];
	const json_t *value;
	json_t *record;
	size_t i;

	for (; g->key; g++) {
		prom_family(f, g->name, "gauge", g->help);
		json_array_foreach(records, i, record) {
			value = json_object_get(record, g->key);
			put_labels(labels, kind, record);
			if (value)
				prom_sample(f, g->name, "gauge", labels,
					    json_integer_value(value));
		}
	}
}

static void put_info(FILE *f, const struct info *info, const struct kind *kind,
		     const json_t *records)
{
	struct prom_label labels[PROM_LABELS_MAX], *l;
	json_t *record;
	unsigned int n;
	size_t i;

	prom_family(f, info->name, "gauge", info->help);
	json_array_foreach(records, i, record) {
		l = put_labels(labels, kind, record);
		for (n = 0; n < ARRAY_SIZE(info->words) && info->words[n]; n++)
			*l++ = (struct prom_label){
				info->words[n], attr_text(record, info->words[n])
			};
		l->name = NULL;
		prom_sample(f, info->name, "gauge", labels, 1);
	}
}

static void put_states(FILE *f, const struct state *s, const struct kind *kind,
		       const json_t *records)
{
	struct prom_label labels[PROM_LABELS_MAX], *l;
	json_t *record;
	unsigned int n;
	const char *is;
	size_t i;

	for (; s->key; s++) {
		prom_family(f, s->name, "gauge", s->help);
		json_array_foreach(records, i, record) {
			is = attr_text(record, s->key) ?: "";
			l = put_labels(labels, kind, record);
			l[1].name = NULL;
			for (n = 0; n < ARRAY_SIZE(s->words) && s->words[n]; n++) {
				*l = (struct prom_label){ s->key, s->words[n] };
				prom_sample(f, s->name, "gauge", labels,
					    !strcmp(is, s->words[n]));
			}
		}
	}
}

/* Whether it is there, of those of which the record says nothing otherwise */
static void put_flag(FILE *f, const char *key, const char *name,
		     const char *help, const struct kind *kind,
		     const json_t *records)
{
	struct prom_label labels[PROM_LABELS_MAX];
	json_t *record;
	size_t i;

	prom_family(f, name, "gauge", help);
	json_array_foreach(records, i, record) {
		put_labels(labels, kind, record);
		prom_sample(f, name, "gauge", labels,
			    json_is_true(json_object_get(record, key)));
	}
}

/* The counters of an object that are of one family */
static void put_counts(FILE *f, enum family_id id, const char *name,
		       struct prom_label *labels, struct prom_label *last,
		       const struct counters *counters,
		       bool (*has)(unsigned int id))
{
	const struct family *family = &families[id];
	unsigned int i;

	last[1].name = NULL;
	for (i = 0; i < ARRAY_SIZE(counts) && i < counters->n; i++) {
		if (counts[i].family != id || (has && !has(i)))
			continue;
		*last = (struct prom_label){
			family->label, counts[i].value ?: counter_name(i)
		};
		prom_sample(f, name, "counter", labels, counters->value[i]);
	}
}

static bool backend_has(unsigned int id)
{
	return counter_of_key(counter_name(id)) >= 0;
}

/* Is there a counter of this family that backends have? */
static bool backends_have(enum family_id id)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(counts); i++)
		if (counts[i].family == id && backend_has(i))
			return true;
	return false;
}

static const char *begin(FILE *f, enum family_id id, const struct kind *kind)
{
	static char name[64];

	snprintf(name, sizeof(name), "%s%s", kind->prefix, families[id].name);
	prom_family(f, name, "counter", families[id].help);
	return name;
}

static void put_total(FILE *f, const struct metrics *m, enum family_id id)
{
	struct prom_label labels[PROM_LABELS_MAX];
	const char *name = begin(f, id, &netns_kind);

	put_counts(f, id, name, labels, labels, &m->total, NULL);
}

static void put_of_services(FILE *f, const struct metrics *m, enum family_id id)
{
	struct prom_label labels[PROM_LABELS_MAX] = { { "service" } };
	const char *name = begin(f, id, &service_kind);
	size_t i;

	for (i = 0; i < m->n_of_service; i++) {
		labels->value = m->of_service[i].service;
		put_counts(f, id, name, labels, labels + 1, &m->of_service[i],
			   NULL);
	}
}

static void put_of_backends(FILE *f, const struct metrics *m, enum family_id id)
{
	const char *name = begin(f, id, &backend_kind);
	struct prom_label labels[PROM_LABELS_MAX], *last;
	struct counters counters;
	json_t *record;
	size_t i;

	json_array_foreach(m->backends, i, record) {
		counter_of_record(record, &counters);
		last = put_labels(labels, &backend_kind, record);
		put_counts(f, id, name, labels, last, &counters, backend_has);
	}
}

/* What a newer module counts, and has no name for us */
static void put_unknown(FILE *f, const struct counters *counters)
{
	struct prom_label labels[2] = { { "number" } };
	unsigned int i;

	if (counters->n <= ARRAY_SIZE(counts))
		return;
	prom_family(f, "unknown", "counter",
		    "Counters that this version has no names for");
	for (i = ARRAY_SIZE(counts); i < counters->n; i++) {
		labels->value = counter_name(i);
		prom_sample(f, "unknown", "counter", labels, counters->value[i]);
	}
}

static void put_netns(FILE *f, const struct metrics *m)
{
	const struct prom_label build[] = {
		{ "tool", m->tool }, { "module", attr_text(m->info, "version") },
		{ NULL }
	};
	json_t *records = json_pack("[O]", m->info);

	prom_family(f, "build_info", "gauge", "Versions");
	prom_sample(f, "build_info", "gauge", build, 1);
	put_gauges(f, of_netns, &netns_kind, records);
	put_flag(f, "draining", "draining",
		 "Whether new connections are refused", &netns_kind, records);
	json_decref(records);
}

static void put_services(FILE *f, const struct metrics *m)
{
	unsigned int id;

	put_info(f, &service_info, &service_kind, m->services);
	put_gauges(f, of_service, &service_kind, m->services);
	for (id = 0; id < ARRAY_SIZE(families); id++)
		put_of_services(f, m, id);
}

static void put_pools(FILE *f, const struct metrics *m)
{
	put_info(f, &pool_info, &pool_kind, m->pools);
	put_gauges(f, of_pool, &pool_kind, m->pools);
}

static void put_backends(FILE *f, const struct metrics *m)
{
	unsigned int id;

	put_gauges(f, of_backend, &backend_kind, m->backends);
	put_states(f, of_backend_states, &backend_kind, m->backends);
	put_flag(f, "suspect", "backend_suspect",
		 "Whether the backend is passed over for connections that failed",
		 &backend_kind, m->backends);
	for (id = 0; id < ARRAY_SIZE(families); id++)
		if (backends_have(id))
			put_of_backends(f, m, id);
}

void metrics_put(FILE *f, const struct metrics *m)
{
	unsigned int id;

	put_netns(f, m);
	for (id = 0; id < ARRAY_SIZE(families); id++)
		put_total(f, m, id);
	put_unknown(f, &m->total);
	if (m->n_of_service)
		put_services(f, m);
	if (json_array_size(m->pools))
		put_pools(f, m);
	if (json_array_size(m->backends))
		put_backends(f, m);
}
