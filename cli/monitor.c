// SPDX-License-Identifier: GPL-2.0
/* sluice monitor [config|health|flow] [csv] */
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/sluice.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "flowcsv.h"
#include "nlstream.h"
#include "objects.h"
#include "out.h"
#include "wait.h"

static const char *const groups[] = {
	SLUICE_MCGRP_CONFIG, SLUICE_MCGRP_HEALTH, SLUICE_MCGRP_FLOW, NULL, NULL
};

/* By enum sluice_event */
static const char *const events[] = { "added", "changed", "removed", "ended" };

/**
 * struct kind - what an event is about
 * @cmd: SLUICE_CMD_*
 * @object: its object
 * @table: rows of it
 * @event: attribute that says what happened
 * @time: when, 0 if nothing says so
 */
struct kind {
	uint8_t cmd;
	const char *object;
	const struct attr *table;
	uint16_t event;
	uint16_t time;
};

static const struct kind kinds[] = {
	{ SLUICE_CMD_SERVICE_EVENT, "service", service_attrs,
	  SLUICE_A_SERVICE_EVENT },
	{ SLUICE_CMD_POOL_EVENT, "pool", pool_attrs, SLUICE_A_POOL_EVENT },
	{ SLUICE_CMD_BACKEND_EVENT, "backend", backend_attrs,
	  SLUICE_A_BACKEND_EVENT },
	{ SLUICE_CMD_HEALTH_EVENT, "backend", backend_attrs,
	  SLUICE_A_BACKEND_EVENT },
	{ SLUICE_CMD_FLOW_EVENT, "flow", flow_attrs, SLUICE_A_FLOW_EVENT,
	  SLUICE_A_FLOW_TIME },
	{ SLUICE_CMD_INFO_EVENT, "limits", limits_attrs, SLUICE_A_INFO_EVENT },
};

/* More than any object has */
#define ATTRIBUTES_MAX	63

static const struct attr monitor_attrs[] = {
	{ "events", ATTR_CHOICE, ATTR_SHOW | ATTR_ARG, { 0 }, groups,
	  .arg = "config|health|flow" },
	{ "csv", ATTR_WORD, ATTR_SHOW,
	  .help = "of flow: a line of CSV for each connection that is over" },
	{ NULL }
};

static bool csv;

/* Local time as ISO 8601 writes it, to the millisecond */
static const char *stamp(struct timespec at)
{
	static char text[48];
	char zone[8] = "";
	struct tm tm;
	size_t n;

	localtime_r(&at.tv_sec, &tm);
	n = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	strftime(zone, sizeof(zone), "%z", &tm);
	snprintf(text + n, sizeof(text) - n, ".%03ld%.3s:%s",
		 at.tv_nsec / 1000000, zone, zone + 3);
	return text;
}

static const struct kind *kind_of(uint8_t cmd)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (kinds[i].cmd == cmd)
			return &kinds[i];
	return NULL;
}

static bool show_csv(const char *event, json_t *record, struct timespec at)
{
	if (!strcmp(event, events[SLUICE_EVENT_ENDED]))
		flowcsv_put(record, at.tv_sec * 1000ull +
			    at.tv_nsec / 1000000);
	json_decref(record);
	return !fflush(stdout);
}

/* More came than was read in time. */
static bool show_lost(void)
{
	if (!csv)
		return out_event(stamp(wait_time()), "lost", NULL, NULL, NULL);
	/* No line of CSV says so. */
	cmd_warn("connections were lost, more ended than was read in time");
	return true;
}

static int show(const struct nlmsghdr *nlh, void *data)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const struct kind *kind = kind_of(genl->cmd);
	const struct nlattr *tb[ATTRIBUTES_MAX + 1];
	struct timespec at = wait_time();
	const char *event = "unknown";
	bool *readable = data;
	json_t *record;
	uint64_t ns;
	uint32_t n;

	/* A newer module than this tool */
	if (!kind) {
		*readable &= out_event(stamp(at), event, NULL, NULL, NULL);
		return MNL_CB_OK;
	}
	nlsock_parse(nlh, tb, ATTRIBUTES_MAX);
	if (tb[kind->event]) {
		n = mnl_attr_get_u32(tb[kind->event]);
		if (n < ARRAY_SIZE(events))
			event = events[n];
	}
	if (kind->time && tb[kind->time]) {
		ns = mnl_attr_get_u64(tb[kind->time]);
		at.tv_sec = ns / 1000000000;
		at.tv_nsec = ns % 1000000000;
	}
	record = attr_record(kind->table, nlh);
	if (!csv)
		*readable &= out_event(stamp(at), event, kind->object,
				       kind->table, record);
	else
		*readable &= show_csv(event, record, at);
	return MNL_CB_OK;
}

static int join(struct nlstream *s, const char *which, struct nlsock_error *err)
{
	unsigned int i;

	for (i = 0; groups[i]; i++)
		if ((!which || !strcmp(groups[i], which)) &&
		    nlstream_join(s, groups[i], err))
			return err->code;
	return 0;
}

/* Who owns a network namespace may join, even where that is all he may: then
 * nothing would ever come.
 */
static int join_checked(struct nlstream *s, const char *which,
			struct nlsock_error *err)
{
	static struct request rq;

	if (join(s, which, err))
		return err->code;
	request_begin(&rq, SLUICE_CMD_GET_INFO, 0);
	return nlsock_talk(&rq, NULL, NULL, err);
}

/* It may come back, as another: who listens is told, and goes on listening. */
static bool show_module(const char *event)
{
	char why[64];

	if (!csv)
		return out_event(stamp(wait_time()), event, "module", NULL,
				 NULL);
	snprintf(why, sizeof(why), "the module was %s", event);
	cmd_warn(why);
	return true;
}

/* Until the module is there again; false: to end, or @err has why */
static bool await(struct nlstream *s, const char *which,
		  struct nlsock_error *err)
{
	unsigned int came;

	for (;;) {
		/* It may have come before, and its coming been lost. */
		nlsock_close();
		if (!join_checked(s, which, err))
			return true;
		if (!err->unloaded)
			return false;
		do {
			came = wait_for(nlstream_fd(s), 0, -1);
			if (came & WAIT_END) {
				err->code = 0;
				return false;
			}
		} while (!(came & WAIT_FD) || !nlstream_is_back(s));
	}
}

/*
 * What was lost may be that the module went, and with it who listens to what. False if
 * it cannot be listened to now; @another: it is not the one that it was
 */
static bool look_again(struct nlstream *s, const char *which, bool *another,
		       struct nlsock_error *err)
{
	uint16_t was = nlsock_family(err);

	nlsock_close();
	if (join_checked(s, which, err))
		return false;
	*another = nlsock_family(err) != was;
	return true;
}

static int parse(int argc, char **argv)
{
	const char *err;

	if (!argc)
		return EXIT_DONE;
	attr_choose(monitor_attrs, argv[0], &err);
	if (err)
		return cmd_bad(NULL, argv[0], err);
	csv = argc > 1 && !strcmp(argv[1], "csv");
	if (argc > 1 + csv)
		return cmd_bad(NULL, argv[1 + csv], "one argument too many");
	if (csv && (cmd_json || strcmp(argv[0], SLUICE_MCGRP_FLOW)))
		return cmd_bad("csv", NULL, cmd_json ? "is no JSON" :
			       "only flow has it");
	return EXIT_DONE;
}

/* Until a signal, the last reader or an error ends it */
static void hear(struct nlstream *s, const char *which,
		 struct nlsock_error *err)
{
	bool readable = true, more = true, lost = false, another;
	unsigned int came;

	while (more && readable) {
		another = false;
		came = wait_for(nlstream_fd(s), 0, lost ? 0 : -1);
		if (came & WAIT_END)
			break;
		if (came & WAIT_FD) {
			more = nlstream_read(s, show, &readable, err);
			if (err->code == ENOBUFS) {
				readable &= show_lost();
				lost = true;
			}
		} else if (lost) {
			/* Until all is read the kernel drops what comes, without a word. */
			lost = false;
			more = look_again(s, which, &another, err);
		}
		if (!err->unloaded && !another)
			continue;
		lost = false;
		readable &= show_module("removed");
		more = readable && (another || await(s, which, err));
		readable &= !more || show_module("added");
	}
	if (more || !readable)
		err->code = 0;
	if (!readable && errno == EPIPE)
		out_give_up();
}

static int monitor(const struct cmd *cmd, int argc, char **argv)
{
	const char *which = argc ? argv[0] : NULL;
	struct nlstream s = { NULL };
	struct nlsock_error err;
	int ret;

	ret = parse(argc, argv);
	if (ret)
		return ret;
	wait_begin(0);
	if (!join_checked(&s, which, &err)) {
		if (csv)
			flowcsv_head();
		if (fflush(stdout))
			out_give_up();
		else
			hear(&s, which, &err);
	}
	nlstream_close(&s);
	return err.code ? cmd_refused(cmd, &err) : EXIT_DONE;
}

const struct cmd monitor_cmds[] = {
	{ "monitor", NULL, monitor_attrs, NULL, ATTR_SHOW, SLUICE_CMD_GET_INFO,
	  monitor, "show what happens as it happens, a line each" },
	{ NULL }
};
