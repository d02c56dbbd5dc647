// SPDX-License-Identifier: GPL-2.0
/* What the fake kernel writes down. */
#include <ctype.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/sluice.h>
#include <stdbool.h>

#include "fake.h"
#include "fake_data.h"

FILE *fake_log;

static bool is_text(const unsigned char *p, unsigned int len)
{
	for (; len; len--, p++)
		if (!isprint(*p))
			return false;
	return true;
}

static bool is_string(const unsigned char *p, unsigned int len)
{
	return len > 2 && !p[len - 1] && is_text(p, len - 1);
}

/*
 * Numbers are little or big endian as the machine is: shown as numbers. What
 * is a string of three letters or more is shown as that.
 */
static void log_attr(const struct nlattr *attr)
{
	const unsigned char *p = mnl_attr_get_payload(attr);
	unsigned int len = mnl_attr_get_payload_len(attr), i;
	const struct nlattr *part;

	fprintf(fake_log, " %u=", mnl_attr_get_type(attr));
	if (attr->nla_type & NLA_F_NESTED) {
		fputc('{', fake_log);
		mnl_attr_for_each_nested(part, attr)
			log_attr(part);
		fputs(" }", fake_log);
	} else if (is_string(p, len)) {
		fprintf(fake_log, "\"%s\"", (const char *)p);
	} else if (len == 1) {
		fprintf(fake_log, "%u", *p);
	} else if (len == 2) {
		fprintf(fake_log, "%u", mnl_attr_get_u16(attr));
	} else if (len == 4) {
		fprintf(fake_log, "%u", mnl_attr_get_u32(attr));
	} else if (len == 8) {
		fprintf(fake_log, "%llu",
			(unsigned long long)mnl_attr_get_u64(attr));
	} else if (is_text(p, len)) {
		fprintf(fake_log, "\"%.*s\"", (int)len, (const char *)p);
	} else {
		for (i = 0; i < len; i++)
			fprintf(fake_log, "%02x", p[i]);
	}
}

static const char *const cmds[] = {
	[SLUICE_CMD_GET_SERVICE]	= "get-service",
	[SLUICE_CMD_NEW_SERVICE]	= "new-service",
	[SLUICE_CMD_SET_SERVICE]	= "set-service",
	[SLUICE_CMD_DEL_SERVICE]	= "del-service",
	[SLUICE_CMD_GET_FLOW]		= "get-flow",
	[SLUICE_CMD_DEL_FLOW]		= "del-flow",
	[SLUICE_CMD_FLUSH_FLOWS]	= "flush-flows",
	[SLUICE_CMD_GET_STATS]		= "get-stats",
	[SLUICE_CMD_RESET_STATS]	= "reset-stats",
	[SLUICE_CMD_GET_INFO]		= "get-info",
	[SLUICE_CMD_SET_INFO]		= "set-info",
	[SLUICE_CMD_GET_POOL]		= "get-pool",
	[SLUICE_CMD_NEW_POOL]		= "new-pool",
	[SLUICE_CMD_SET_POOL]		= "set-pool",
	[SLUICE_CMD_DEL_POOL]		= "del-pool",
	[SLUICE_CMD_GET_BACKEND]	= "get-backend",
	[SLUICE_CMD_NEW_BACKEND]	= "new-backend",
	[SLUICE_CMD_SET_BACKEND]	= "set-backend",
	[SLUICE_CMD_DEL_BACKEND]	= "del-backend",
	[SLUICE_CMD_GET_RULE]		= "get-rule",
	[SLUICE_CMD_NEW_RULE]		= "new-rule",
	[SLUICE_CMD_DEL_RULE]		= "del-rule",
	[SLUICE_CMD_BATCH]		= "batch",
	[SLUICE_CMD_WHOAMI]		= "whoami",
};

void fake_log_request(const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;

	fprintf(fake_log, "%s%s", nlh->nlmsg_flags & NLM_F_DUMP ? "dump " : "",
		cmds[genl->cmd]);
	mnl_attr_for_each(attr, nlh, sizeof(*genl))
		log_attr(attr);
	fputc('\n', fake_log);
}
