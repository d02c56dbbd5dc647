// SPDX-License-Identifier: GPL-2.0
/* sluice stats [NAME] [rate [SEC]] | stats reset [NAME] */
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "counter.h"
#include "objects.h"
#include "out.h"
#include "rate.h"
#include "stats.h"
#include "value.h"
#include "wait.h"

static const struct attr stats_attrs[] = {
	{ "service", ATTR_STRING, ATTR_SHOW | ATTR_DEL | ATTR_ARG,
	  { SLUICE_A_STATS_SERVICE }, .max = 63, .names = &service_object,
	  .arg = "NAME" },
	{ NULL }
};

const struct attr stats_rate_attrs[] = {
	{ "rate", ATTR_LOCAL, ATTR_SHOW | ATTR_BARE, .arg = "SEC",
	  .help = "per second, over so much time, 0.1 to 3600 seconds (1)" },
	{ NULL }
};

static struct request rq;

static int get_counters(const struct nlmsghdr *nlh, void *data)
{
	counter_parse(nlh, data);
	return MNL_CB_OK;
}

static json_t *record_of(const struct counters *counters)
{
	json_t *record = json_object();

	if (*counters->service)
		json_object_set_new(record, "service",
				    json_string(counters->service));
	return record;
}

/* What never happened is not worth a line. */
static void put_counters(const struct counters *counters)
{
	json_t *record = record_of(counters);
	unsigned int i;

	for (i = 0; i < counters->n; i++)
		json_object_set_new(record, counter_name(i),
				    json_integer(counters->value[i]));
	out_fields(record, false);
	json_decref(record);
}

/* What does not move is not worth a line. */
static void put_rates(const struct counters *counters, const double *rate,
		      uint64_t ms)
{
	json_t *record = record_of(counters);
	unsigned int i;

	json_object_set_new(record, "seconds", json_real(ms / 1000.0));
	for (i = 0; i < counters->n; i++) {
		if (cmd_json)
			json_object_set_new(record, counter_name(i),
					    json_real(rate[i]));
		else if (rate[i])
			printf(rate[i] < 100 ? "%-20s %.3g\n" : "%-20s %.0f\n",
			       counter_name(i), rate[i]);
	}
	if (cmd_json)
		out_json(record);
	else
		json_decref(record);
}

int stats_take_rate(int *argc, char **argv, int names, uint32_t *ms)
{
	const char *bad;
	int i, n = *argc;

	*ms = 0;
	/* No service and no pool has this name. */
	for (i = 0; i < n && i <= names; i++)
		if (!strcmp(argv[i], "rate"))
			break;
	if (i == n || i > names)
		return EXIT_DONE;
	*argc = i;
	*ms = 1000;
	if (n > i + 2)
		return cmd_bad(NULL, argv[i + 2], "one argument too many");
	if (n == i + 1)
		return EXIT_DONE;
	bad = value_get_seconds(argv[i + 1], 100, 3600000, ms);
	return bad ? cmd_bad("rate", argv[i + 1], bad) : EXIT_DONE;
}

static int show(const struct cmd *cmd, int argc, char **argv)
{
	struct counters before, after;
	double rate[COUNTERS_MAX];
	struct nlsock_error err;
	uint64_t from, took;
	uint32_t ms;
	int ret;

	ret = stats_take_rate(&argc, argv, 1, &ms) ?:
	      cmd_parse(cmd, argc, argv, 0, &rq);
	if (ret)
		return ret;
	if (nlsock_talk(&rq, get_counters, &before, &err))
		return cmd_refused(cmd, &err);
	if (!ms) {
		put_counters(&before);
		return EXIT_DONE;
	}
	from = wait_clock_ms();
	wait_for(-1, 0, ms);
	if (nlsock_talk(&rq, get_counters, &after, &err))
		return cmd_refused(cmd, &err);
	took = wait_clock_ms() - from;
	if (rate_of(before.value, after.value, after.n, took, rate))
		cmd_warn("counters were set to zero meanwhile, more was counted than this");
	put_rates(&after, rate, took);
	return EXIT_DONE;
}

const struct cmd stats_cmds[] = {
	{ "stats", "reset", stats_attrs, NULL, ATTR_DEL,
	  SLUICE_CMD_RESET_STATS, cmd_change,
	  "set counters to zero, of a service or all" },
	{ "stats", NULL, stats_attrs, stats_rate_attrs, ATTR_SHOW,
	  SLUICE_CMD_GET_STATS, show,
	  "show counters that are not zero, or those that move" },
	{ NULL }
};
