// SPDX-License-Identifier: GPL-2.0
/* sluice node drain [deadline SEC] | up | show: all services of a network namespace */
#include <linux/sluice.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "objects.h"
#include "out.h"
#include "progress.h"
#include "value.h"
#include "wait.h"

#define DEADLINE_MAX_MS	86400000

static const char *const switches[] = { "off", "on", NULL, NULL };

static const struct attr node_attrs[] = {
	{ "deadline", ATTR_LOCAL, ATTR_DRAIN, .arg = "SEC",
	  .help = "reset what is left then, 0 to 86400 seconds (no deadline)" },
	{ "draining", ATTR_SWITCH, ATTR_OUT, { SLUICE_A_INFO_DRAINING },
	  switches },
	{ "flows", ATTR_NUMBER, ATTR_OUT, { SLUICE_A_INFO_FLOWS } },
	{ "half-open", ATTR_NUMBER, ATTR_OUT, { SLUICE_A_INFO_HALF_OPEN } },
	{ NULL }
};

/* What a flush says */
static const struct attr flush_attrs[] = {
	{ "flows", ATTR_NUMBER, ATTR_OUT, { SLUICE_A_FLOW_COUNT } },
	{ NULL }
};

static struct request rq;

static int set_draining(const struct cmd *cmd, bool on)
{
	struct nlsock_error err;

	request_begin(&rq, SLUICE_CMD_SET_INFO, 0);
	request_put_u8(&rq, SLUICE_A_INFO_DRAINING, on);
	return nlsock_talk(&rq, NULL, NULL, &err) ? cmd_refused(cmd, &err) :
						    EXIT_DONE;
}

/* To be released */
static int get(const struct cmd *cmd, json_t **node)
{
	struct nlsock_error err;
	json_t *records;

	request_begin(&rq, SLUICE_CMD_GET_INFO, 0);
	cmd_collect(&rq, node_attrs, &records, &err);
	*node = json_incref(json_array_get(records, 0));
	json_decref(records);
	return err.code ? cmd_refused(cmd, &err) : EXIT_DONE;
}

/* How many there are, of a node that still drains */
static int look(const struct cmd *cmd, long long *flows)
{
	const char *draining;
	json_t *node;
	int ret;

	ret = get(cmd, &node);
	draining = attr_text(node, "draining");
	*flows = json_integer_value(json_object_get(node, "flows"));
	if (!ret && (!draining || strcmp(draining, "on"))) {
		cmd_bad(NULL, NULL, "somebody else has ended it");
		ret = EXIT_REFUSED;
	}
	json_decref(node);
	return ret;
}

/* Wait for the last one to end, at most so long; -1 for any time. */
static int wait_for_end(const struct cmd *cmd, long seconds, long long *flows,
			bool *told_to_end)
{
	long long told = -1;
	int ret;

	*told_to_end = false;
	while (!(ret = look(cmd, flows)) && *flows && seconds) {
		progress_flows(*flows, &told, seconds);
		*told_to_end = wait_for(-1, 0, 1000) & WAIT_END;
		if (*told_to_end)
			break;
		seconds -= seconds > 0;
	}
	progress_end();
	return ret;
}

/* Reset what is left. It may have ended by itself meanwhile. */
static int flush(const struct cmd *cmd, long long *flows)
{
	struct nlsock_error err;
	json_t *records;

	request_begin(&rq, SLUICE_CMD_FLUSH_FLOWS, 0);
	progress_wait(cmd, "waiting for the module");
	cmd_collect(&rq, flush_attrs, &records, &err);
	progress_end();
	*flows = json_integer_value(json_object_get(json_array_get(records, 0),
						    "flows"));
	json_decref(records);
	return err.code ? cmd_refused(cmd, &err) : EXIT_DONE;
}

static int parse(const struct cmd *cmd, int argc, char **argv, long *seconds)
{
	const struct cmd_arg *arg;
	struct cmd_args args;
	const char *bad;
	uint32_t ms;
	int ret;

	*seconds = -1;
	ret = cmd_split(cmd, argc, argv, &args);
	arg = ret ? NULL : cmd_given(&args, "deadline");
	if (!arg)
		return ret;
	bad = value_get_seconds(arg->value, 0, DEADLINE_MAX_MS, &ms);
	if (bad)
		return cmd_bad("deadline", arg->value, bad);
	*seconds = ms / 1000;
	return EXIT_DONE;
}

/*
 * It takes no more from before the count, and until it is told to, whatever ends the
 * waiting: who drains a node goes on to stop it.
 */
static int drain(const struct cmd *cmd, int argc, char **argv)
{
	bool told_to_end;
	long long flows;
	long seconds;
	char why[96];
	int ret;

	ret = parse(cmd, argc, argv, &seconds);
	if (ret)
		return ret;
	wait_begin(0);
	ret = set_draining(cmd, true) ?:
	      wait_for_end(cmd, seconds, &flows, &told_to_end);
	if (ret || !flows)
		return ret;
	if (told_to_end) {
		snprintf(why, sizeof(why),
			 "connections still open: %lld, it goes on draining",
			 flows);
	} else {
		ret = flush(cmd, &flows);
		if (ret || !flows)
			return ret;
		snprintf(why, sizeof(why),
			 "connections still open: %lld, they have been reset",
			 flows);
	}
	cmd_bad(NULL, NULL, why);
	return EXIT_REFUSED;
}

static int up(const struct cmd *cmd, int argc, char **argv)
{
	return argc ? cmd_bad(NULL, argv[0], "one argument too many") :
		      set_draining(cmd, false);
}

static int show(const struct cmd *cmd, int argc, char **argv)
{
	json_t *node;
	int ret;

	if (argc)
		return cmd_bad(NULL, argv[0], "one argument too many");
	ret = get(cmd, &node);
	if (!ret)
		out_fields(node, true);
	json_decref(node);
	return ret;
}

const struct cmd node_cmds[] = {
	{ "node", "drain", node_attrs, NULL, ATTR_DRAIN, SLUICE_CMD_SET_INFO,
	  drain, "accept no more connections at all and wait for those there are" },
	{ "node", "up", NULL, NULL, 0, SLUICE_CMD_SET_INFO, up,
	  "accept connections again" },
	{ "node", "show", NULL, NULL, 0, SLUICE_CMD_GET_INFO, show,
	  "show whether it drains, and how many connections are left" },
	{ NULL }
};
