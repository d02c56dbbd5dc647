// SPDX-License-Identifier: GPL-2.0
/* sluice node drain [deadline SEC] | up | show: all services of a network namespace */
#include <linux/sluice.h>
#include <string.h>

#include "draining.h"
#include "objects.h"
#include "out.h"
#include "wait.h"

static const struct attr node_attrs[] = {
	{ "deadline", ATTR_LOCAL, ATTR_DRAIN, .arg = "SEC",
	  .help = "reset what is left then, 0 to 86400 seconds (no deadline)" },
	{ "draining", ATTR_SWITCH, ATTR_OUT, { SLUICE_A_INFO_DRAINING },
	  attr_switches },
	{ "flows", ATTR_NUMBER, ATTR_OUT, { SLUICE_A_INFO_FLOWS } },
	{ "half-open", ATTR_NUMBER, ATTR_OUT, { SLUICE_A_INFO_HALF_OPEN } },
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
static int look(void *cmd, long long *flows)
{
	const char *draining;
	json_t *node;
	int ret;

	ret = get(cmd, &node);
	draining = attr_text(node, "draining");
	/* A header that is under way becomes a connection. */
	*flows = json_integer_value(json_object_get(node, "flows")) +
		 json_integer_value(json_object_get(node, "half-open"));
	if (!ret && (!draining || strcmp(draining, "on"))) {
		cmd_bad(NULL, NULL, "somebody else has ended it");
		ret = EXIT_REFUSED;
	}
	json_decref(node);
	return ret;
}

/*
 * It takes no more from before the count, and until it is told to, whatever ends the
 * waiting: who drains a node goes on to stop it.
 */
static int drain(const struct cmd *cmd, int argc, char **argv)
{
	struct nlsock_error err;
	struct cmd_args args;
	bool told_to_end;
	long long flows;
	long seconds;
	int ret;

	ret = cmd_split(cmd, argc, argv, &args) ?:
	      draining_deadline(&args, &seconds);
	if (ret)
		return ret;
	wait_begin(0);
	ret = set_draining(cmd, true) ?:
	      draining_wait(look, (void *)cmd, seconds, &flows, &told_to_end);
	if (ret || !flows)
		return ret;
	if (told_to_end)
		return draining_left(flows, "it goes on draining");
	request_begin(&rq, SLUICE_CMD_FLUSH_FLOWS, 0);
	if (draining_flush(cmd, &rq, &flows, &err))
		return cmd_refused(cmd, &err);
	return flows ? draining_left(flows, "they have been reset") : EXIT_DONE;
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
