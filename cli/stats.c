// SPDX-License-Identifier: GPL-2.0
/* sluice stats [NAME] | stats reset [NAME] */
#include <assert.h>
#include <linux/sluice.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "objects.h"
#include "out.h"

/* By enum sluice_stat */
static const char *const counters[] = {
	"packets-in", "packets-out", "bytes-in", "bytes-out", "flows-opened",
	"flows-closed", "flows-reset", "flows-expired", "flows-flushed",
	"syn-received", "syn-ack-sent", "cookie-sent", "cookie-accepted",
	"cookie-refused", "untrusted-dropped", "untrusted-reset",
	"untrusted-passed", "header-v1", "header-v2", "header-local",
	"header-unknown", "bad-signature", "bad-version", "bad-command",
	"bad-family", "bad-length", "bad-tlv", "bad-crc", "bad-v1",
	"header-too-long", "header-timeout", "header-cut", "client-refused",
	"client-no-route", "client-in-use", "time-wait-recycled",
	"family-refused", "connect-refused", "connect-timeout",
	"connect-unreachable", "half-open-evicted", "half-open-limit",
	"flow-limit", "hold-limit", "ack-invalid", "seq-invalid",
	"paws-rejected", "rst-inexact", "no-flow", "spoofed", "not-local",
	"rp-filtered", "too-big", "icmp-translated", "icmp-dropped",
	"xfrm-denied", "bad-packet", "fragment-dropped", "no-memory",
	"draining", "downgraded", "bypass-refused",
};

static_assert(ARRAY_SIZE(counters) == SLUICE_STAT_MAX + 1,
	      "every counter has a name");

static const struct attr stats_attrs[] = {
	{ "service", ATTR_STRING, ATTR_SHOW | ATTR_DEL | ATTR_ARG | ATTR_OUT,
	  { SLUICE_A_STATS_SERVICE }, .max = 63, .names = &service_object,
	  .arg = "NAME" },
	{ "rate", ATTR_LOCAL, ATTR_SHOW | ATTR_LATER },
	{ NULL }
};

static struct request rq;

static void add_counter(json_t *record, const struct nlattr *nest)
{
	const struct nlattr *tb[SLUICE_A_COUNTER_MAX + 1];
	char number[16];
	uint32_t id;

	nlsock_parse_nest(nest, tb, SLUICE_A_COUNTER_MAX);
	if (!tb[SLUICE_A_COUNTER_ID] || !tb[SLUICE_A_COUNTER_VALUE])
		return;
	id = mnl_attr_get_u32(tb[SLUICE_A_COUNTER_ID]);
	/* A newer module than this tool */
	snprintf(number, sizeof(number), "%u", id);
	json_object_set_new(record, id <= SLUICE_STAT_MAX ? counters[id] :
							    number,
		json_integer(mnl_attr_get_u64(tb[SLUICE_A_COUNTER_VALUE])));
}

static int get_record(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr;
	json_t **record = data;

	*record = attr_record(stats_attrs, nlh);
	mnl_attr_for_each(attr, nlh, MNL_ALIGN(4))
		if (mnl_attr_get_type(attr) == SLUICE_A_STATS_COUNTER)
			add_counter(*record, attr);
	return MNL_CB_OK;
}

static int show(const struct cmd *cmd, int argc, char **argv)
{
	struct nlsock_error err;
	json_t *record = NULL;
	int ret;

	ret = cmd_parse(cmd, argc, argv, 0, &rq);
	if (ret)
		return ret;
	if (nlsock_talk(&rq, get_record, &record, &err)) {
		json_decref(record);
		return cmd_refused(cmd, &err);
	}
	/* What never happened is not worth a line. */
	out_fields(record, false);
	json_decref(record);
	return EXIT_DONE;
}

const struct cmd stats_cmds[] = {
	{ "stats", "reset", stats_attrs, NULL, ATTR_DEL,
	  SLUICE_CMD_RESET_STATS, cmd_change, "set counters to zero, of a service or all" },
	{ "stats", NULL, stats_attrs, NULL, ATTR_SHOW, SLUICE_CMD_GET_STATS,
	  show, "show counters that are not zero, of a service or all" },
	{ NULL }
};
