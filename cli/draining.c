// SPDX-License-Identifier: GPL-2.0
/* What takes no more connections, and those that it still has. See draining.h. */
#include <linux/sluice.h>
#include <stdio.h>

#include "draining.h"
#include "progress.h"
#include "value.h"
#include "wait.h"

#define DEADLINE_MAX_MS	86400000

/* What a flush says */
static const struct attr flush_attrs[] = {
	{ "flows", ATTR_NUMBER, ATTR_OUT, { SLUICE_A_FLOW_COUNT } },
	{ NULL }
};

int draining_deadline(const struct cmd_args *args, long *seconds)
{
	const struct cmd_arg *arg = cmd_given(args, "deadline");
	const char *bad;
	uint32_t ms;

	*seconds = -1;
	if (!arg)
		return EXIT_DONE;
	bad = value_get_seconds(arg->value, 0, DEADLINE_MAX_MS, &ms);
	if (bad)
		return cmd_bad("deadline", arg->value, bad);
	*seconds = ms / 1000;
	return EXIT_DONE;
}

int draining_wait(int (*look)(void *data, long long *flows), void *data,
		  long seconds, long long *flows, bool *told_to_end)
{
	long long told = -1;
	int ret;

	*told_to_end = false;
	while (!(ret = look(data, flows)) && *flows && seconds) {
		progress_flows(*flows, &told, seconds);
		*told_to_end = wait_for(-1, 0, 1000) & WAIT_END;
		if (*told_to_end)
			break;
		seconds -= seconds > 0;
	}
	progress_end();
	return ret;
}

int draining_flush(const struct cmd *cmd, struct request *rq, long long *flows,
		   struct nlsock_error *err)
{
	json_t *records;

	progress_wait(cmd, "waiting for the module");
	cmd_collect(rq, flush_attrs, &records, err);
	progress_end();
	*flows = json_integer_value(json_object_get(json_array_get(records, 0),
						    "flows"));
	json_decref(records);
	return err->code;
}

int draining_left(long long flows, const char *what)
{
	char why[128];

	snprintf(why, sizeof(why), "connections still open: %lld, %s", flows,
		 what);
	cmd_bad(NULL, NULL, why);
	return EXIT_REFUSED;
}
