// SPDX-License-Identifier: GPL-2.0
/* sluice limits show|set */
#include <linux/sluice.h>

#include "cmd.h"
#include "objects.h"
#include "out.h"

/* What is in use, and of how much */
const struct attr limits_attrs[] = {
	{ "services", ATTR_NUMBER, ATTR_OUT, { SLUICE_A_INFO_SERVICES } },
	{ "pools", ATTR_NUMBER, ATTR_OUT, { SLUICE_A_INFO_POOLS } },
	{ "backends", ATTR_NUMBER, ATTR_OUT, { SLUICE_A_INFO_BACKENDS } },
	{ "flows", ATTR_NUMBER, ATTR_OUT, { SLUICE_A_INFO_FLOWS } },
	{ "max-flows", ATTR_NUMBER, ATTR_SET | ATTR_OUT,
	  { SLUICE_A_INFO_MAX_FLOWS }, .min = 1, .max = UINT32_MAX,
	  .arg = "N", .help = "most connections of the network namespace" },
	{ "half-open", ATTR_NUMBER, ATTR_OUT, { SLUICE_A_INFO_HALF_OPEN } },
	{ "half-open-bytes", ATTR_NUMBER64, ATTR_OUT,
	  { SLUICE_A_INFO_HALF_OPEN_BYTES } },
	{ "max-half-open-bytes", ATTR_NUMBER64, ATTR_SET | ATTR_OUT,
	  { SLUICE_A_INFO_MAX_HALF_OPEN_BYTES }, .min = 65536,
	  .max = INT64_MAX, .arg = "BYTES",
	  .help = "memory for unfinished handshakes, then SYN cookies answer" },
	{ "probe-mark", ATTR_MARK, ATTR_SET | ATTR_OUT | ATTR_NONE,
	  { SLUICE_A_INFO_PROBE_MARK, SLUICE_A_INFO_PROBE_MASK },
	  .arg = "VALUE/MASK|none",
	  .help = "mark of checks that go to backends as connections do (none)" },
	{ "user-namespaces", ATTR_SWITCH, ATTR_SET | ATTR_OUT | ATTR_HOST,
	  { SLUICE_A_INFO_USER_NAMESPACES }, attr_switches, .arg = "on|off",
	  .help = "whether owners of other user namespaces may configure" },
	{ NULL }
};

const struct object limits_object = {
	.name		= "limits",
	.attrs		= limits_attrs,
	.in_batch.set	= SLUICE_A_BATCH_SET_INFO,
};

static int do_show(const struct cmd *cmd, int argc, char **argv)
{
	static struct request rq;
	struct nlsock_error err;
	json_t *records;
	int ret;

	ret = cmd_parse(cmd, argc, argv, 0, &rq);
	if (ret)
		return ret;
	if (cmd_collect(&rq, limits_attrs, &records, &err))
		ret = cmd_refused(cmd, &err);
	else
		out_fields(json_array_get(records, 0), true);
	json_decref(records);
	return ret;
}

const struct cmd limits_cmds[] = {
	{ "limits", "show", limits_attrs, NULL, ATTR_SHOW, SLUICE_CMD_GET_INFO,
	  do_show, "show limits and how much is in use" },
	{ "limits", "set", limits_attrs, NULL, ATTR_SET, SLUICE_CMD_SET_INFO,
	  cmd_set, "change limits" },
	{ NULL }
};
