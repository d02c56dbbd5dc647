// SPDX-License-Identifier: GPL-2.0
/* Counters and their names. */
#include <assert.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "counter.h"

/* By enum sluice_stat */
const char *const counter_names[] = {
	"packets-in", "packets-out", "bytes-in", "bytes-out", "flows-opened",
	"flows-closed", "flows-reset", "flows-expired", "flows-flushed",
	"syn-received", "syn-ack-sent", "cookie-sent", "cookie-accepted",
	"cookie-refused", "untrusted-dropped", "untrusted-reset",
	"untrusted-passed", "header-v1", "header-v2", "header-local",
	"header-unknown", "bad-signature", "bad-version", "bad-command",
	"bad-family", "bad-length", "bad-tlv", "bad-crc", "bad-v1",
	"header-too-long", "header-timeout", "header-cut", "client-refused",
	"client-no-route", "client-in-use", "time-wait-recycled",
	"family-refused", "connect-refused", "connect-timeout",
	"connect-unreachable", "half-open-evicted", "half-open-limit",
	"flow-limit", "hold-limit", "ack-invalid", "seq-invalid",
	"paws-rejected", "rst-inexact", "no-flow", "spoofed", "not-local",
	"rp-filtered", "too-big", "icmp-translated", "icmp-dropped",
	"xfrm-denied", "bad-packet", "fragment-dropped", "no-memory",
	"draining", "downgraded", "bypass-refused",
	"events-lost", "no-backend", "no-port", "flows-moved",
	"connect-abandoned", "persist-full", "connect-retried",
	"header-spp", "header-missing",
	"header-sent", "header-unacked", "decapsulated", "tunnel-refused",
	"flows-adopted", NULL, NULL
};

static_assert(ARRAY_SIZE(counter_names) == SLUICE_STAT_MAX + 3,
	      "every counter has a name");

/* A connection counts under one of these if it does not come about. */
static const unsigned char refusals[] = {
	SLUICE_STAT_UNTRUSTED_DROPPED, SLUICE_STAT_UNTRUSTED_RESET,
	SLUICE_STAT_COOKIE_REFUSED, SLUICE_STAT_BAD_SIGNATURE,
	SLUICE_STAT_BAD_VERSION, SLUICE_STAT_BAD_COMMAND,
	SLUICE_STAT_BAD_FAMILY, SLUICE_STAT_BAD_LENGTH, SLUICE_STAT_BAD_TLV,
	SLUICE_STAT_BAD_CRC, SLUICE_STAT_BAD_V1, SLUICE_STAT_HEADER_TOO_LONG,
	SLUICE_STAT_HEADER_TIMEOUT, SLUICE_STAT_HEADER_CUT,
	SLUICE_STAT_CLIENT_REFUSED, SLUICE_STAT_CLIENT_NO_ROUTE,
	SLUICE_STAT_CLIENT_IN_USE, SLUICE_STAT_FAMILY_REFUSED,
	SLUICE_STAT_CONNECT_REFUSED, SLUICE_STAT_CONNECT_TIMEOUT,
	SLUICE_STAT_CONNECT_UNREACHABLE, SLUICE_STAT_HALF_OPEN_EVICTED,
	SLUICE_STAT_HALF_OPEN_LIMIT, SLUICE_STAT_FLOW_LIMIT,
	SLUICE_STAT_DRAINING, SLUICE_STAT_BYPASS_REFUSED,
	SLUICE_STAT_NO_BACKEND, SLUICE_STAT_NO_PORT,
	SLUICE_STAT_CONNECT_ABANDONED, SLUICE_STAT_HEADER_MISSING,
};

/* What is counted of a backend, too */
static const unsigned char of_backends[] = {
	SLUICE_STAT_PACKETS_IN, SLUICE_STAT_PACKETS_OUT, SLUICE_STAT_BYTES_IN,
	SLUICE_STAT_BYTES_OUT, SLUICE_STAT_FLOWS_OPENED,
	SLUICE_STAT_FLOWS_CLOSED, SLUICE_STAT_FLOWS_RESET,
	SLUICE_STAT_FLOWS_EXPIRED, SLUICE_STAT_FLOWS_FLUSHED,
	SLUICE_STAT_FLOWS_MOVED, SLUICE_STAT_CONNECT_REFUSED,
	SLUICE_STAT_CONNECT_TIMEOUT, SLUICE_STAT_CONNECT_ABANDONED,
	SLUICE_STAT_CONNECT_RETRIED,
};

const char *counter_name(unsigned int id)
{
	static char number[16];

	if (id <= SLUICE_STAT_MAX)
		return counter_names[id];
	snprintf(number, sizeof(number), "%u", id);
	return number;
}

static void take(struct counters *counters, const struct nlattr *nest)
{
	const struct nlattr *tb[SLUICE_A_COUNTER_MAX + 1];
	uint32_t id;

	nlsock_parse_nest(nest, tb, SLUICE_A_COUNTER_MAX);
	if (!tb[SLUICE_A_COUNTER_ID] || !tb[SLUICE_A_COUNTER_VALUE])
		return;
	id = mnl_attr_get_u32(tb[SLUICE_A_COUNTER_ID]);
	if (id >= COUNTERS_MAX)
		return;
	counters->value[id] = mnl_attr_get_u64(tb[SLUICE_A_COUNTER_VALUE]);
	if (id >= counters->n)
		counters->n = id + 1;
}

void counter_parse(const struct nlmsghdr *nlh, struct counters *counters)
{
	const struct nlattr *attr;

	memset(counters, 0, sizeof(*counters));
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) == SLUICE_A_STATS_COUNTER)
			take(counters, attr);
		else if (mnl_attr_get_type(attr) == SLUICE_A_STATS_SERVICE)
			snprintf(counters->service, sizeof(counters->service),
				 "%s", mnl_attr_get_str(attr));
	}
}

int counter_of_key(const char *key)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(of_backends); i++)
		if (!strcmp(counter_names[of_backends[i]], key))
			return of_backends[i];
	return -1;
}

void counter_of_record(const json_t *record, struct counters *counters)
{
	const json_t *value;
	unsigned int i, id;

	memset(counters, 0, sizeof(*counters));
	counters->n = SLUICE_STAT_MAX + 1;
	for (i = 0; i < ARRAY_SIZE(of_backends); i++) {
		id = of_backends[i];
		value = json_object_get(record, counter_names[id]);
		counters->value[id] = json_integer_value(value);
	}
}

static bool is_same(const json_t *a, const json_t *b)
{
	return json_equal(json_object_get(a, "id"), json_object_get(b, "id"));
}

const json_t *counter_before(const json_t *records, const json_t *record,
			     size_t guess)
{
	const json_t *before = json_array_get(records, guess);
	size_t i;

	if (before && is_same(before, record))
		return before;
	json_array_foreach(records, i, before)
		if (is_same(before, record))
			return before;
	return NULL;
}

double counter_refused(const double *value, unsigned int n)
{
	double sum = 0;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(refusals); i++)
		if (refusals[i] < n)
			sum += value[refusals[i]];
	return sum;
}
