// SPDX-License-Identifier: GPL-2.0
/*
 * sluice backend stats [POOL [ADDR[:PORT]]] [rate [SEC]]
 * sluice pool stats [NAME] [rate [SEC]]
 *
 * Both read backends: a pool's counters are the sums of those of its backends,
 * and the module has no others.
 */
#include <linux/sluice.h>
#include <string.h>

#include "backend_stats.h"
#include "counter.h"
#include "objects.h"
#include "out.h"
#include "rate.h"
#include "stats.h"
#include "wait.h"

#define COUNT	(ATTR_OUT | ATTR_ALIGNED)

/* Of a backend or of a pool, which has no address, in the order that users of
 * ipvsadm know; then how flows ended and why some never began, if any did.
 */
static const struct attr columns[] = {
	{ "pool", ATTR_STRING, ATTR_OUT | ATTR_COLUMN,
	  { SLUICE_A_BACKEND_POOL } },
	{ "address", ATTR_TARGET, ATTR_OUT | ATTR_COLUMN,
	  { SLUICE_A_BACKEND_ADDR, SLUICE_A_BACKEND_PORT } },
	{ "id", ATTR_NUMBER, ATTR_OUT | ATTR_JSON, { SLUICE_A_BACKEND_ID } },
	{ "seconds", ATTR_LOCAL, ATTR_OUT | ATTR_JSON },
	{ "backends", ATTR_LOCAL, COUNT },
	{ "flows", ATTR_NUMBER, COUNT, { SLUICE_A_BACKEND_FLOWS } },
	{ "flows-opened", ATTR_NUMBER64, COUNT,
	  { SLUICE_A_BACKEND_FLOWS_OPENED } },
	{ "packets-in", ATTR_NUMBER64, COUNT,
	  { SLUICE_A_BACKEND_PACKETS_IN } },
	{ "packets-out", ATTR_NUMBER64, COUNT,
	  { SLUICE_A_BACKEND_PACKETS_OUT } },
	{ "bytes-in", ATTR_NUMBER64, COUNT,
	  { SLUICE_A_BACKEND_BYTES_IN } },
	{ "bytes-out", ATTR_NUMBER64, COUNT,
	  { SLUICE_A_BACKEND_BYTES_OUT } },
	{ "flows-closed", ATTR_NUMBER64, ATTR_OUT,
	  { SLUICE_A_BACKEND_FLOWS_CLOSED }, .usual = "0" },
	{ "flows-reset", ATTR_NUMBER64, ATTR_OUT,
	  { SLUICE_A_BACKEND_FLOWS_RESET }, .usual = "0" },
	{ "flows-expired", ATTR_NUMBER64, ATTR_OUT,
	  { SLUICE_A_BACKEND_FLOWS_EXPIRED }, .usual = "0" },
	{ "flows-flushed", ATTR_NUMBER64, ATTR_OUT,
	  { SLUICE_A_BACKEND_FLOWS_FLUSHED }, .usual = "0" },
	{ "flows-moved", ATTR_NUMBER64, ATTR_OUT,
	  { SLUICE_A_BACKEND_FLOWS_MOVED }, .usual = "0" },
	{ "connect-refused", ATTR_NUMBER64, ATTR_OUT,
	  { SLUICE_A_BACKEND_CONNECT_REFUSED }, .usual = "0" },
	{ "connect-timeout", ATTR_NUMBER64, ATTR_OUT,
	  { SLUICE_A_BACKEND_CONNECT_TIMEOUT }, .usual = "0" },
	{ "connect-abandoned", ATTR_NUMBER64, ATTR_OUT,
	  { SLUICE_A_BACKEND_CONNECT_ABANDONED }, .usual = "0" },
	{ "connect-retried", ATTR_NUMBER64, ATTR_OUT,
	  { SLUICE_A_BACKEND_CONNECT_RETRIED }, .usual = "0" },
	{ NULL }
};

static struct request rq;

/*
 * Per second, of a reading and an earlier one; a backend that is new meanwhile began
 * at zero. True if others were set to zero.
 */
static bool rate_records(const json_t *before, json_t *after, uint64_t ms)
{
	struct counters a, b;
	double rate[COUNTERS_MAX];
	json_t *record, *value;
	bool anew = false;
	const char *key;
	size_t i;
	int id;

	json_array_foreach(after, i, record) {
		counter_of_record(counter_before(before, record, i), &a);
		counter_of_record(record, &b);
		anew |= rate_of(a.value, b.value, b.n, ms, rate);
		json_object_foreach(record, key, value) {
			id = counter_of_key(key);
			if (id >= 0)
				json_object_set_new(record, key,
						    json_real(rate[id]));
		}
	}
	return anew;
}

/* The time that really passed comes before what it is of, and people get no more
 * digits than mean anything.
 */
static json_t *finish(json_t *records, uint64_t ms)
{
	json_t *list = json_array(), *record, *line, *value;
	const struct attr *attr;
	double real;
	size_t i;

	json_array_foreach(records, i, record) {
		line = json_object();
		for (attr = columns; attr->name; attr++) {
			value = json_object_get(record, attr->name);
			real = json_real_value(value);
			if (!strcmp(attr->name, "seconds") && ms)
				json_object_set_new(line, attr->name,
						    json_real(ms / 1000.0));
			else if (json_is_real(value) && !cmd_json)
				json_object_set_new(line, attr->name,
						    json_real(rate_round(real)));
			else if (value)
				json_object_set(line, attr->name, value);
		}
		json_array_append_new(list, line);
	}
	json_decref(records);
	return list;
}

/* Add what a backend has to what its pool has. */
static void add(json_t *sum, const json_t *backend)
{
	const struct attr *attr;
	json_t *a, *b;

	for (attr = columns; attr->name; attr++) {
		a = json_object_get(sum, attr->name);
		b = json_object_get(backend, attr->name);
		if (!json_is_number(a) || !json_is_number(b))
			continue;
		if (json_is_real(b))
			json_object_set_new(sum, attr->name,
					    json_real(json_number_value(a) +
						      json_real_value(b)));
		else
			json_object_set_new(sum, attr->name,
					    json_integer(json_integer_value(a) +
							 json_integer_value(b)));
	}
}

/* What a pool without backends has, too */
static json_t *sum_new(const char *name, bool rate)
{
	json_t *sum = json_pack("{s:s, s:i, s:i}", "pool", name,
				"backends", 0, "flows", 0);
	const struct attr *attr;

	for (attr = columns; attr->name; attr++)
		if (counter_of_key(attr->name) >= 0)
			json_object_set_new(sum, attr->name, rate ?
					    json_real(0) : json_integer(0));
	return sum;
}

/* One line a pool. Those that came after the pools were listed are left out. */
static json_t *sum_up(const json_t *pools, json_t *backends, bool rate)
{
	json_t *sums = json_array(), *by_name = json_object(), *record, *sum;
	size_t i;

	json_array_foreach(pools, i, record) {
		sum = sum_new(attr_text(record, "name"), rate);
		json_object_set(by_name, attr_text(record, "name"), sum);
		json_array_append_new(sums, sum);
	}
	json_array_foreach(backends, i, record) {
		sum = json_object_get(by_name, attr_text(record, "pool"));
		if (!sum)
			continue;
		add(sum, record);
		json_object_set_new(sum, "backends", json_integer(1 +
			json_integer_value(json_object_get(sum, "backends"))));
	}
	json_decref(by_name);
	json_decref(backends);
	return sums;
}

/* Ask again, and again @ms later; then it is rates. NULL after saying why not. */
static json_t *read_backends(const struct cmd *cmd, struct request *ask,
			     uint32_t ms, uint64_t *took, int *ret)
{
	json_t *before = NULL, *after = NULL;
	struct nlsock_error err;
	uint64_t from;

	*took = 0;
	if (cmd_collect(ask, columns, &before, &err))
		goto refused;
	if (!ms)
		return before;
	from = wait_clock_ms();
	wait_for(-1, 0, ms);
	if (cmd_collect(ask, columns, &after, &err))
		goto refused;
	*took = wait_clock_ms() - from;
	if (rate_records(before, after, *took))
		cmd_warn("counters were set to zero meanwhile, more was counted than this");
	json_decref(before);
	return after;

refused:
	json_decref(before);
	json_decref(after);
	*ret = cmd_refused(cmd, &err);
	return NULL;
}

int backend_stats(const struct cmd *cmd, int argc, char **argv)
{
	json_t *records;
	uint64_t took;
	uint32_t ms;
	int ret;

	ret = stats_take_rate(&argc, argv, 2, &ms) ?:
	      cmd_parse(cmd, argc, argv, argc < 2 ? NLM_F_DUMP : 0, &rq);
	if (ret)
		return ret;
	records = read_backends(cmd, &rq, ms, &took, &ret);
	if (records)
		out_table(columns, finish(records, took));
	return ret;
}

int pool_stats(const struct cmd *cmd, int argc, char **argv)
{
	static struct request of_backends;
	json_t *pools, *records = NULL;
	struct nlsock_error err;
	uint64_t took;
	uint32_t ms;
	int ret;

	ret = stats_take_rate(&argc, argv, 1, &ms) ?:
	      cmd_parse(cmd, argc, argv, argc ? 0 : NLM_F_DUMP, &rq);
	if (ret)
		return ret;
	if (cmd_collect(&rq, pool_attrs, &pools, &err)) {
		ret = cmd_refused(cmd, &err);
	} else {
		request_begin(&of_backends, SLUICE_CMD_GET_BACKEND, NLM_F_DUMP);
		if (argc) {
			request_span_begin(&of_backends, "name", argv[0]);
			request_put_str(&of_backends, SLUICE_A_BACKEND_POOL,
					argv[0]);
			request_span_end(&of_backends);
		}
		records = read_backends(cmd, &of_backends, ms, &took, &ret);
	}
	if (records)
		out_table(columns, finish(sum_up(pools, records, ms), took));
	json_decref(pools);
	return ret;
}
