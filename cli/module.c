// SPDX-License-Identifier: GPL-2.0
/* sluice unload | version */
#include <errno.h>
#include <linux/sluice.h>
#include <stdio.h>
#include <string.h>

#include "draining.h"
#include "out.h"
#include "plumb.h"
#include "progress.h"
#include "transport.h"
#include "value.h"
#include "wait.h"

/* What the module tells of itself */
static const struct attr info_attrs[] = {
	{ "version", ATTR_STRING, ATTR_OUT, { SLUICE_A_INFO_VERSION } },
	{ "flows-everywhere", ATTR_NUMBER, ATTR_OUT,
	  { SLUICE_A_INFO_FLOWS_EVERYWHERE } },
	{ "half-open-everywhere", ATTR_NUMBER, ATTR_OUT,
	  { SLUICE_A_INFO_HALF_OPEN_EVERYWHERE } },
	{ "draining", ATTR_SWITCH, ATTR_OUT, { SLUICE_A_INFO_DRAINING },
	  attr_switches },
	{ "everywhere", ATTR_WORD, 0, { SLUICE_A_INFO_EVERYWHERE } },
	{ NULL }
};

/* For help; cmd_parse() is for requests, and this makes several. */
static const struct attr unload_attrs[] = {
	{ "drain", ATTR_LOCAL, ATTR_DEL, .arg = "SEC",
	  .help = "refuse new connections and wait for the others to end" },
	{ "force", ATTR_WORD, ATTR_DEL, .help = "reset all connections" },
	{ NULL }
};

static struct request rq;

static int get_info(bool everywhere, json_t **info, struct nlsock_error *err)
{
	json_t *records;

	request_begin(&rq, SLUICE_CMD_GET_INFO, 0);
	if (everywhere)
		request_put_flag(&rq, SLUICE_A_INFO_EVERYWHERE);
	cmd_collect(&rq, info_attrs, &records, err);
	*info = json_incref(json_array_get(records, 0));
	json_decref(records);
	return err->code;
}

static int count(void *err, bool headers, long long *flows)
{
	json_t *info;
	int ret = get_info(true, &info, err);

	*flows = json_integer_value(json_object_get(info, "flows-everywhere"));
	if (headers)
		*flows += json_integer_value(json_object_get(info, "half-open-everywhere"));
	json_decref(info);
	return ret;
}

static int count_flows(void *err, long long *flows)
{
	return count(err, false, flows);
}

/* And headers under way, which become connections */
static int count_all(void *err, long long *flows)
{
	return count(err, true, flows);
}

static int set_draining(bool on, struct nlsock_error *err)
{
	request_begin(&rq, SLUICE_CMD_SET_INFO, 0);
	request_put_u8(&rq, SLUICE_A_INFO_DRAINING, on);
	request_put_flag(&rq, SLUICE_A_INFO_EVERYWHERE);
	return nlsock_talk(&rq, NULL, NULL, err);
}

static int remove_module(const struct cmd *cmd)
{
	struct nlsock_error err = { 0 };
	int failed;

	nlsock_close();
	progress_wait(cmd, "removing the module");
	failed = transport_unload();
	if (failed) {
		err.code = errno;
		snprintf(err.text, sizeof(err.text), "%s",
			 errno == EPERM ? "not permitted, needs CAP_SYS_MODULE" :
			 errno == EAGAIN ? "the module is in use" :
			 strerror(errno));
	} else {
		plumb_end();
	}
	progress_end();
	return failed ? cmd_refused(cmd, &err) : EXIT_DONE;
}

static int parse_unload(int argc, char **argv, bool *force, uint32_t *drain_ms)
{
	const char *bad;

	*force = false;
	*drain_ms = 0;
	if (!argc)
		return EXIT_DONE;
	if (!strcmp(argv[0], "force")) {
		*force = true;
		return argc > 1 ? cmd_bad(NULL, argv[1], "one argument too many") :
				  EXIT_DONE;
	}
	if (strcmp(argv[0], "drain"))
		return cmd_bad(NULL, argv[0],
			       "no such option, there are drain SEC and force");
	if (argc < 2)
		return cmd_bad("drain", NULL, "needs a value");
	bad = value_get_seconds(argv[1], 1000, 86400000, drain_ms);
	if (bad)
		return cmd_bad("drain", argv[1], bad);
	return argc > 2 ? cmd_bad(NULL, argv[2], "one argument too many") :
			  EXIT_DONE;
}

/*
 * New connections are refused from before the count, so that none comes
 * between the count and the end. A signal ends the waiting and nothing else:
 * the host is not left draining, nor routes without the module.
 */
static int unload(const struct cmd *cmd, int argc, char **argv)
{
	struct nlsock_error err;
	uint32_t drain_ms;
	long long flows;
	char why[128];
	bool force, told_to_end;
	int ret;

	ret = parse_unload(argc, argv, &force, &drain_ms);
	if (ret)
		return ret;
	wait_begin(0);
	if (set_draining(true, &err))
		return cmd_refused(cmd, &err);
	if (force) {
		ret = remove_module(cmd);
		flows = 0;
	} else if (draining_wait(drain_ms ? count_all : count_flows, &err,
				 drain_ms / 1000, &flows, &told_to_end)) {
		ret = cmd_refused(cmd, &err);
	} else if (!flows) {
		ret = remove_module(cmd);
	}
	if (!ret && !flows)
		return EXIT_DONE;

	set_draining(false, &err);
	if (ret)
		return ret;
	if (drain_ms)
		snprintf(why, sizeof(why),
			 "connections still open: %lld, new ones are accepted again",
			 flows);
	else
		snprintf(why, sizeof(why),
			 "connections open: %lld; drain SEC waits for them, force resets them",
			 flows);
	cmd_bad(NULL, NULL, why);
	return EXIT_REFUSED;
}

static int version(const struct cmd *cmd, int argc, char **argv)
{
	struct nlsock_error err;
	const char *module;
	json_t *info;

	(void)cmd;
	if (argc)
		return cmd_bad(NULL, argv[0], "one argument too many");
	get_info(false, &info, &err);
	module = json_string_value(json_object_get(info, "version"));
	if (cmd_json)
		out_json(json_pack("{s:s, s:s?}", "tool", SLUICE_VERSION,
				   "module", module));
	else
		printf("sluice %s, module %s\n", SLUICE_VERSION,
		       module ?: err.unloaded ? "not loaded" : "unknown");
	json_decref(info);
	return EXIT_DONE;
}

const struct cmd module_cmds[] = {
	{ "unload", NULL, unload_attrs, NULL, ATTR_DEL, SLUICE_CMD_SET_INFO,
	  unload, "remove the module when there are no connections" },
	{ "version", NULL, NULL, NULL, 0, SLUICE_CMD_GET_INFO, version,
	  "versions of this tool and of the module" },
	{ NULL }
};
