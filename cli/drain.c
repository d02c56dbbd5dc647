// SPDX-License-Identifier: GPL-2.0
/* sluice drain POOL ADDR[:PORT] [deadline SEC] */
#include <errno.h>
#include <linux/sluice.h>
#include <stdio.h>
#include <string.h>

#include "draining.h"
#include "objects.h"
#include "wait.h"

static const struct attr drain_attrs[] = {
	{ "deadline", ATTR_LOCAL, ATTR_DRAIN, .arg = "SEC",
	  .help = "reset what is left then, 0 to 86400 seconds (no deadline)" },
	{ NULL }
};

/* The backend, as a flush of its connections names it */
static const struct attr flush_attrs[] = {
	{ "pool", ATTR_STRING, ATTR_DRAIN, { SLUICE_A_FLOW_POOL }, .max = 63 },
	{ "address", ATTR_TARGET, ATTR_DRAIN,
	  { SLUICE_A_FLOW_BACKEND_ADDR, SLUICE_A_FLOW_BACKEND_PORT } },
	{ NULL }
};

/**
 * struct drain - what is under way
 * @cmd: the command
 * @args: the pool, the address, and perhaps more
 * @id: of the backend that drains; 0 before it was looked at
 */
struct drain {
	const struct cmd *cmd;
	struct cmd_args args;
	long long id;
};

static struct request rq;

/* A request that begins with the backend's names, as they are in @table */
static void begin(const struct drain *d, uint8_t request,
		  const struct attr *table)
{
	struct cmd_arg arg;
	unsigned int i;

	request_begin(&rq, request, 0);
	for (i = 0; i < 2; i++) {
		arg.attr = attr_find(table, d->args.arg[i].attr->name, ~0u);
		arg.value = d->args.arg[i].value;
		/* They have been found to be good. */
		cmd_put(&arg, &rq);
	}
}

/* It is no longer ours to wait for. */
static int meddled(const struct drain *d, const char *why)
{
	cmd_bad("address", d->args.arg[1].value, why);
	return EXIT_REFUSED;
}

static int refused(const struct drain *d, const struct nlsock_error *err)
{
	if (d->id && err->code == ENOENT && !err->unloaded)
		return meddled(d, "somebody else has removed it");
	return cmd_refused(d->cmd, err);
}

static int start(const struct drain *d)
{
	struct nlsock_error err;

	begin(d, SLUICE_CMD_SET_BACKEND, backend_attrs);
	request_put_u32(&rq, SLUICE_A_BACKEND_STATE,
			SLUICE_BACKEND_STATE_DRAIN);
	return nlsock_talk(&rq, NULL, NULL, &err) ? refused(d, &err) :
						    EXIT_DONE;
}

/* How many it has; is it still the one, and draining? */
static int look(void *data, long long *flows)
{
	struct drain *d = data;
	struct nlsock_error err;
	const json_t *backend;
	const char *state;
	json_t *records;
	long long id;
	char why[80];
	int ret = 0;

	begin(d, SLUICE_CMD_GET_BACKEND, backend_attrs);
	if (cmd_collect(&rq, backend_attrs, &records, &err)) {
		json_decref(records);
		return refused(d, &err);
	}
	backend = json_array_get(records, 0);
	id = json_integer_value(json_object_get(backend, "id"));
	state = attr_text(backend, "state");
	if (d->id && d->id != id) {
		ret = meddled(d, "somebody else has removed it and added it again");
	} else if (!state || strcmp(state, "drain")) {
		snprintf(why, sizeof(why), "somebody else has set its state to %s",
			 state ?: "another");
		ret = meddled(d, why);
	}
	d->id = id;
	*flows = json_integer_value(json_object_get(backend, "flows"));
	json_decref(records);
	return ret;
}

/* All that was typed is good, or it is said what is not. */
static int check(const struct drain *d)
{
	request_begin(&rq, 0, 0);
	return cmd_needed(d->cmd, &d->args) ?: cmd_put(&d->args.arg[0], &rq) ?:
	       cmd_put(&d->args.arg[1], &rq);
}

/*
 * It takes no more from before the count. A signal ends the waiting and nothing
 * else: who drains a backend goes on to stop it, and wants no new connections.
 */
static int drain(const struct cmd *cmd, int argc, char **argv)
{
	struct drain d = { .cmd = cmd };
	struct nlsock_error err;
	bool told_to_end;
	long long flows;
	long seconds;
	int ret;

	ret = cmd_split(cmd, argc, argv, &d.args) ?: check(&d) ?:
	      draining_deadline(&d.args, &seconds);
	if (ret)
		return ret;
	wait_begin(0);
	ret = start(&d) ?:
	      draining_wait(look, &d, seconds, &flows, &told_to_end);
	if (ret || !flows)
		return ret;
	if (told_to_end)
		return draining_left(flows, "the backend goes on draining");
	begin(&d, SLUICE_CMD_FLUSH_FLOWS, flush_attrs);
	if (draining_flush(cmd, &rq, &flows, &err))
		return refused(&d, &err);
	return flows ? draining_left(flows, "they have been reset") : EXIT_DONE;
}

const struct cmd drain_cmds[] = {
	{ "drain", NULL, backend_attrs, drain_attrs, ATTR_DRAIN,
	  SLUICE_CMD_SET_BACKEND, drain,
	  "let a backend take no more connections and wait for its own to end" },
	{ NULL }
};
