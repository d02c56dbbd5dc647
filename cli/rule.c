// SPDX-License-Identifier: GPL-2.0
/* sluice rule add|del|show */
#include <linux/sluice.h>

#include "cmd.h"
#include "objects.h"

static const char *const kinds[] = {
	[SLUICE_RULE_KIND_SNI]		= "sni",
	[SLUICE_RULE_KIND_HOST]		= "host",
	[SLUICE_RULE_KIND_PREFIX]	= "prefix",
	[SLUICE_RULE_KIND_TLV]		= "tlv",
	NULL, NULL
};

#define NAME	(ATTR_ADD | ATTR_DEL | ATTR_ARG | ATTR_NEEDED | ATTR_OUT | \
		 ATTR_COLUMN)

const struct attr rule_attrs[] = {
	{ "service", ATTR_STRING, NAME | ATTR_SHOW, { SLUICE_A_RULE_SERVICE },
	  .max = 63, .names = &service_object, .arg = "SERVICE" },
	{ "kind", ATTR_CHOICE, NAME, { SLUICE_A_RULE_KIND }, kinds,
	  .arg = "sni|host|prefix|tlv" },
	{ "pattern", ATTR_STRING, NAME, { SLUICE_A_RULE_PATTERN }, .max = 255,
	  .names = &rule_object, .arg = "PATTERN" },
	{ "pool", ATTR_STRING, ATTR_ADD | ATTR_NEEDED | ATTR_OUT,
	  { SLUICE_A_RULE_POOL }, .max = 63, .names = &pool_object,
	  .arg = "POOL",
	  .help = "where connections go that match" },
	{ "id", ATTR_NUMBER, ATTR_OUT, { SLUICE_A_RULE_ID } },
	{ NULL }
};

const struct object rule_object = {
	.name		= "rule",
	.attrs		= rule_attrs,
	.get		= SLUICE_CMD_GET_RULE,
	.in_batch.add	= SLUICE_A_BATCH_NEW_RULE,
	.in_batch.del	= SLUICE_A_BATCH_DEL_RULE,
};

static int do_show(const struct cmd *cmd, int argc, char **argv)
{
	return cmd_show(cmd, argc, argv, true);
}

const struct cmd rule_cmds[] = {
	{ "rule", "add", rule_attrs, NULL, ATTR_ADD, SLUICE_CMD_NEW_RULE,
	  cmd_change, "send some connections of a service to another pool" },
	{ "rule", "del", rule_attrs, NULL, ATTR_DEL, SLUICE_CMD_DEL_RULE,
	  cmd_change, "remove a rule" },
	{ "rule", "show", rule_attrs, NULL, ATTR_SHOW, SLUICE_CMD_GET_RULE,
	  do_show, "show all rules or those of a service" },
	{ NULL }
};
