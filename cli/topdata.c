// SPDX-License-Identifier: GPL-2.0
/* What `sluice top` reads of services and backends, and the totals. */
#include <errno.h>
#include <linux/sluice.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "counter.h"
#include "human.h"
#include "objects.h"
#include "out.h"
#include "rate.h"
#include "topdata.h"
#include "topflow.h"
#include "wait.h"

#define SERVICES_MAX	1024

enum {
	S_NAME, S_ADDRESS, S_FLOWS, S_OPENS, S_PKTS_IN, S_PKTS_OUT, S_BITS_IN,
	S_BITS_OUT, S_REFUSED,
};

static const struct grid_column service_columns[] = {
	[S_NAME]	= { "NAME", false, 8, 0 },
	[S_ADDRESS]	= { "ADDRESS", false, 12, 5 },
	[S_FLOWS]	= { "FLOWS", true, 0, 2 },
	[S_OPENS]	= { "OPENS/S", true, 0, 3 },
	[S_PKTS_IN]	= { "PKT-IN/S", true, 0, 6 },
	[S_PKTS_OUT]	= { "PKT-OUT/S", true, 0, 6 },
	[S_BITS_IN]	= { "BIT-IN/S", true, 0, 1 },
	[S_BITS_OUT]	= { "BIT-OUT/S", true, 0, 1 },
	[S_REFUSED]	= { "REFUSED/S", true, 0, 4 },
	{ NULL }
};

enum {
	B_POOL, B_ADDRESS, B_STATE, B_HEALTH, B_WEIGHT, B_MAX, B_FLOWS, B_OPENS,
	B_PKTS_IN, B_PKTS_OUT, B_BITS_IN, B_BITS_OUT, B_REFUSED,
};

static const struct grid_column backend_columns[] = {
	[B_POOL]	= { "POOL", false, 8, 1 },
	[B_ADDRESS]	= { "ADDRESS", false, 14, 0 },
	[B_STATE]	= { "STATE", false, 5, 6 },
	[B_HEALTH]	= { "HEALTH", false, 7, 3 },
	[B_WEIGHT]	= { "WEIGHT", true, 0, 7 },
	[B_MAX]		= { "MAX-FLOWS", true, 0, 9 },
	[B_FLOWS]	= { "FLOWS", true, 0, 1 },
	[B_OPENS]	= { "OPENS/S", true, 0, 4 },
	[B_PKTS_IN]	= { "PKT-IN/S", true, 0, 8 },
	[B_PKTS_OUT]	= { "PKT-OUT/S", true, 0, 8 },
	[B_BITS_IN]	= { "BIT-IN/S", true, 0, 2 },
	[B_BITS_OUT]	= { "BIT-OUT/S", true, 0, 2 },
	[B_REFUSED]	= { "REFUSED/S", true, 0, 5 },
	{ NULL }
};

/* Readings of the counters of all services */
struct readings {
	struct counters *all;
	unsigned int n;
	uint64_t at;
};

static struct request rq;
static struct readings before, after;
/* Backends as they were listed last */
static json_t *listed;
static uint64_t listed_at;
static struct counters sum_before, sum;
static uint64_t sum_at;

void topdata_init(struct topview *v)
{
	v->grid[TOPVIEW_SERVICES].column = service_columns;
	v->sorted[TOPVIEW_SERVICES] = S_BITS_OUT;
	v->grid[TOPVIEW_BACKENDS].column = backend_columns;
	v->sorted[TOPVIEW_BACKENDS] = B_BITS_OUT;
	topflow_init(v);
}

/* Cells. A rate below 0 is one that is not known yet. */
static void put_number(struct grid_row *row, unsigned int column, double value)
{
	char text[HUMAN_LEN];

	row->key[column] = value;
	row->text[column] = strdup(value < 0 ? "-" : human_count(text, value));
}

static void put_text(struct grid_row *row, unsigned int column,
		     const json_t *record, const char *key)
{
	const json_t *value = json_object_get(record, key);

	row->text[column] = value ? out_text(value) : NULL;
}

static double number_of(const json_t *record, const char *key)
{
	return json_integer_value(json_object_get(record, key));
}

static int get_total(const struct nlmsghdr *nlh, void *data)
{
	counter_parse(nlh, data);
	return MNL_CB_OK;
}

static int get_flows(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[SLUICE_A_INFO_MAX + 1];
	double *flows = data;

	nlsock_parse(nlh, tb, SLUICE_A_INFO_MAX);
	if (tb[SLUICE_A_INFO_FLOWS])
		*flows = mnl_attr_get_u32(tb[SLUICE_A_INFO_FLOWS]);
	return MNL_CB_OK;
}

static const char *rate_text(char *buf, double rate)
{
	return rate < 0 ? "-" : human_count(buf, rate);
}

static void put_total(struct topview *v, unsigned int i, const char *label,
		      const char *first, const char *unit, const char *second,
		      const char *second_unit)
{
	snprintf(v->total[i], sizeof(v->total[i]), "%s%s%s%s%s", label, first,
		 unit, second, second_unit);
}

static int read_totals(struct topview *v, struct nlsock_error *err)
{
	double rate[COUNTERS_MAX], flows = 0, refused;
	char a[HUMAN_LEN], b[HUMAN_LEN];
	uint64_t now;
	unsigned int i;

	request_begin(&rq, SLUICE_CMD_GET_INFO, 0);
	if (nlsock_talk(&rq, get_flows, &flows, err))
		return err->code;
	sum_before = sum;
	request_begin(&rq, SLUICE_CMD_GET_STATS, 0);
	if (nlsock_talk(&rq, get_total, &sum, err))
		return err->code;
	now = wait_clock_ms();
	for (i = 0; i < COUNTERS_MAX; i++)
		rate[i] = -1;
	refused = -1;
	if (sum_at) {
		rate_of(sum_before.value, sum.value, sum.n, now - sum_at, rate);
		refused = counter_refused(rate, sum.n);
	}
	sum_at = now;
	put_total(v, 0, "flows ", human_count(a, flows), "", "", "");
	put_total(v, 1, "opens ",
		  rate_text(a, rate[SLUICE_STAT_FLOWS_OPENED]), "/s", "", "");
	put_total(v, 2, "in ", rate_text(a, rate[SLUICE_STAT_PACKETS_IN]),
		  " pkt/s ", rate_text(b, 8 * rate[SLUICE_STAT_BYTES_IN]),
		  " bit/s");
	put_total(v, 3, "out ", rate_text(a, rate[SLUICE_STAT_PACKETS_OUT]),
		  " pkt/s ", rate_text(b, 8 * rate[SLUICE_STAT_BYTES_OUT]),
		  " bit/s");
	put_total(v, 4, "refused ", rate_text(a, refused), "/s", "", "");
	return 0;
}

static int get_reading(const struct nlmsghdr *nlh, void *data)
{
	struct readings *r = data;

	if (r->n < SERVICES_MAX)
		counter_parse(nlh, &r->all[r->n++]);
	return MNL_CB_OK;
}

static const struct counters *find(const struct readings *r, const char *name,
				   unsigned int guess)
{
	unsigned int i;

	/* They seldom change places. */
	if (guess < r->n && !strcmp(r->all[guess].service, name))
		return &r->all[guess];
	for (i = 0; i < r->n; i++)
		if (!strcmp(r->all[i].service, name))
			return &r->all[i];
	return NULL;
}

/* Into six columns from @first on, in the order in which both views have them; of
 * readings of which either may be missing
 */
static void put_rates(struct grid_row *row, unsigned int first,
		      const struct counters *a, const struct counters *b,
		      uint64_t ms)
{
	double rate[COUNTERS_MAX], refused = -1;
	unsigned int i;

	for (i = 0; i < COUNTERS_MAX; i++)
		rate[i] = -1;
	if (a && b) {
		rate_of(a->value, b->value, b->n, ms, rate);
		refused = counter_refused(rate, b->n);
	}
	put_number(row, first++, rate[SLUICE_STAT_FLOWS_OPENED]);
	put_number(row, first++, rate[SLUICE_STAT_PACKETS_IN]);
	put_number(row, first++, rate[SLUICE_STAT_PACKETS_OUT]);
	put_number(row, first++, 8 * rate[SLUICE_STAT_BYTES_IN]);
	put_number(row, first++, 8 * rate[SLUICE_STAT_BYTES_OUT]);
	put_number(row, first, refused);
}

static int read_counters(struct nlsock_error *err)
{
	struct readings swap = before;

	before = after;
	after = swap;
	if (!after.all)
		after.all = calloc(SERVICES_MAX, sizeof(*after.all));
	if (!after.all)
		return err->code = ENOMEM;
	after.n = 0;
	request_begin(&rq, SLUICE_CMD_GET_STATS, NLM_F_DUMP);
	nlsock_talk(&rq, get_reading, &after, err);
	after.at = wait_clock_ms();
	/* Some of them, if services came or went meanwhile */
	if (err->code == EINTR)
		err->code = 0;
	return err->code;
}

/*
 * All objects of a kind; NULL if that fails, and without an error if changes never
 * let it come to its end: then what is shown may stay.
 */
static json_t *list(struct topview *v, uint8_t command,
		    const struct attr *table, struct nlsock_error *err)
{
	json_t *records;

	request_begin(&rq, command, NLM_F_DUMP);
	*v->notice = '\0';
	if (!cmd_collect(&rq, table, &records, err))
		return records;
	json_decref(records);
	if (err->code == EINTR) {
		snprintf(v->notice, sizeof(v->notice),
			 "changes too fast to be listed, as it was before");
		err->code = 0;
	}
	return NULL;
}

static int read_services(struct topview *v, struct nlsock_error *err)
{
	struct grid *g = &v->grid[TOPVIEW_SERVICES];
	json_t *records, *record;
	struct grid_row *row;
	const char *name;
	size_t i;

	if (read_counters(err))
		return err->code;
	records = list(v, SLUICE_CMD_GET_SERVICE, service_attrs, err);
	if (!records)
		return err->code;
	grid_clear(g);
	json_array_foreach(records, i, record) {
		row = grid_add(g);
		if (!row)
			break;
		put_text(row, S_NAME, record, "name");
		put_text(row, S_ADDRESS, record, "address");
		put_number(row, S_FLOWS, number_of(record, "flows"));
		name = row->text[S_NAME] ?: "";
		put_rates(row, S_OPENS, find(&before, name, i),
			  find(&after, name, i), after.at - before.at);
	}
	json_decref(records);
	return 0;
}

static void put_backend_rates(struct grid_row *row, const json_t *record,
			      size_t guess, uint64_t ms)
{
	const json_t *last = counter_before(listed, record, guess);
	struct counters a, b;

	counter_of_record(last, &a);
	counter_of_record(record, &b);
	put_rates(row, B_OPENS, last ? &a : NULL, &b, ms);
}

static int read_backends(struct topview *v, struct nlsock_error *err)
{
	struct grid *g = &v->grid[TOPVIEW_BACKENDS];
	json_t *records, *record;
	struct grid_row *row;
	uint64_t now;
	size_t i;

	records = list(v, SLUICE_CMD_GET_BACKEND, backend_attrs, err);
	if (!records)
		return err->code;
	now = wait_clock_ms();
	grid_clear(g);
	json_array_foreach(records, i, record) {
		row = grid_add(g);
		if (!row)
			break;
		put_text(row, B_POOL, record, "pool");
		put_text(row, B_ADDRESS, record, "address");
		put_text(row, B_STATE, record, "state");
		put_text(row, B_HEALTH, record, "health");
		put_number(row, B_WEIGHT, number_of(record, "weight"));
		put_number(row, B_MAX, number_of(record, "max-flows"));
		put_number(row, B_FLOWS, number_of(record, "flows"));
		put_backend_rates(row, record, i, now - listed_at);
	}
	json_decref(listed);
	listed = records;
	listed_at = now;
	return 0;
}

int topdata_read(struct topview *v, struct nlsock_error *err)
{
	if (read_totals(v, err))
		return err->code;
	switch (v->what) {
	case TOPVIEW_SERVICES:
		return read_services(v, err);
	case TOPVIEW_BACKENDS:
		return read_backends(v, err);
	case TOPVIEW_FLOWS:
	case TOPVIEW_N:
		break;
	}
	return 0;
}

void topdata_forget(void)
{
	free(before.all);
	free(after.all);
	memset(&before, 0, sizeof(before));
	memset(&after, 0, sizeof(after));
	json_decref(listed);
	listed = NULL;
	sum_at = 0;
}
