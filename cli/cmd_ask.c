// SPDX-License-Identifier: GPL-2.0
/* Requests whose answers look alike for all objects. */
#include <errno.h>
#include <stdio.h>

#include "cmd.h"
#include "out.h"
#include "progress.h"

/* Listings that were disturbed are asked for so often. */
#define RETRIES		10

void cmd_try(const struct cmd *cmd, struct request *rq,
	     struct nlsock_error *err)
{
	progress_wait(cmd, "waiting for the module");
	nlsock_talk(rq, NULL, NULL, err);
	progress_end();
}

int cmd_send(const struct cmd *cmd, struct request *rq)
{
	struct nlsock_error err;

	cmd_try(cmd, rq, &err);
	return err.code ? cmd_refused(cmd, &err) : EXIT_DONE;
}

struct collect {
	const struct attr *table;
	json_t *records;
};

static int collect_one(const struct nlmsghdr *nlh, void *data)
{
	struct collect *c = data;

	json_array_append_new(c->records, attr_record(c->table, nlh));
	return MNL_CB_OK;
}

int cmd_collect(struct request *rq, const struct attr *table,
		json_t **records, struct nlsock_error *err)
{
	struct collect c = { table, json_array() };
	int i;

	for (i = 0; i < RETRIES; i++) {
		json_array_clear(c.records);
		if (nlsock_talk(rq, collect_one, &c, err) != EINTR)
			break;
	}
	if (err->code == EINTR)
		snprintf(err->text, sizeof(err->text),
			 "changes while it is listed, try again");
	*records = c.records;
	return err->code;
}

static struct request rq;

int cmd_show(const struct cmd *cmd, int argc, char **argv, bool all)
{
	struct nlsock_error err;
	json_t *records;
	int ret;

	ret = cmd_parse(cmd, argc, argv, all ? NLM_F_DUMP : 0, &rq);
	if (ret)
		return ret;
	if (cmd_collect(&rq, cmd->table, &records, &err)) {
		json_decref(records);
		return cmd_refused(cmd, &err);
	}
	out_table(cmd->table, records);
	return EXIT_DONE;
}

int cmd_change(const struct cmd *cmd, int argc, char **argv)
{
	int ret = cmd_parse(cmd, argc, argv, 0, &rq);

	return ret ?: cmd_send(cmd, &rq);
}

int cmd_set(const struct cmd *cmd, int argc, char **argv)
{
	int ret = cmd_parse(cmd, argc, argv, 0, &rq);
	struct cmd_args args;

	if (ret)
		return ret;
	/* Options come last. */
	cmd_split(cmd, argc, argv, &args);
	if (!args.n || attr_is_arg(args.arg[args.n - 1].attr, cmd->uses))
		return cmd_bad(NULL, NULL, "nothing to set, give an option");
	return cmd_send(cmd, &rq);
}
