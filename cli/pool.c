// SPDX-License-Identifier: GPL-2.0
/* sluice pool add|set|del|show|stats */
#include <assert.h>
#include <linux/sluice.h>

#include "backend_stats.h"
#include "cmd.h"
#include "objects.h"
#include "stats.h"

static const char *const schedulers[] = {
	"rr", "wrr", "random", "lc", "wlc", "p2c", "ewma", "sh", "maglev",
	NULL, NULL
};

const char *const object_methods[] = {
	"local", "nat", "fullnat", "dsr", "ipip", "gue", "dsr-nat", NULL, NULL
};

static const char *const sends[] = {
	[SLUICE_SEND_PROXY_NONE]	= "none",
	[SLUICE_SEND_PROXY_V1]		= "v1",
	[SLUICE_SEND_PROXY_V2]		= "v2",
	[SLUICE_SEND_PROXY_EACH]	= "each",
	[SLUICE_SEND_PROXY_FIRST]	= "first",
	[SLUICE_SEND_PROXY_SPP]		= "spp",
	NULL, NULL
};

static const char *const on_downs[] = {
	[SLUICE_ON_DOWN_KEEP]	= "keep",
	[SLUICE_ON_DOWN_RESET]	= "reset",
	NULL, NULL
};

/* By their bits */
static const char *const hash_fields[] = {
	"src", "src-port", "dst", "dst-port", NULL, NULL
};

static_assert(SLUICE_HASH_FIELD_SRC == 1 << 0 &&
	      SLUICE_HASH_FIELD_DST_PORT == 1 << 3, "words are by bits");

/* Where the name of a pool stands, the first says that there is none. */
static const char *const no_names[] = { "none", OBJECT_NO_NAMES, NULL };

#define SETTING	(ATTR_ADD | ATTR_SET | ATTR_OUT)

const struct attr pool_attrs[] = {
	{ "name", ATTR_STRING, ATTR_ADD | ATTR_SET | ATTR_DEL | ATTR_SHOW |
	  ATTR_ARG | ATTR_NEEDED | ATTR_OUT | ATTR_COLUMN,
	  { SLUICE_A_POOL_NAME }, no_names, .max = 63,
	  .names = &pool_object, .arg = "NAME" },
	{ "id", ATTR_NUMBER, ATTR_OUT, { SLUICE_A_POOL_ID } },
	{ "scheduler", ATTR_METHOD, SETTING, { SLUICE_A_POOL_SCHEDULER },
	  schedulers, .arg = "NAME",
	  .help = "rr, wrr, random, lc, wlc, p2c, ewma, sh or maglev (rr)" },
	{ "hash", ATTR_FIELDS, SETTING, { SLUICE_A_POOL_HASH }, hash_fields,
	  .usual = "src", .arg = "FIELD,..",
	  .help = "what sh and maglev go by: src, src-port, dst, dst-port (src)" },
	{ "hash-key", ATTR_KEY, SETTING | ATTR_NONE | ATTR_SECRET,
	  { SLUICE_A_POOL_HASH_KEY }, .arg = "HEX|none",
	  .help = "secret of that, 32 digits, of balancers that choose alike (none)" },
	{ "forward", ATTR_METHOD, SETTING, { SLUICE_A_POOL_FORWARD },
	  object_methods, .arg = "METHOD",
	  .help = "local, nat, fullnat, dsr, ipip, gue or dsr-nat (nat)" },
	{ "send-proxy", ATTR_CHOICE, SETTING, { SLUICE_A_POOL_SEND_PROXY },
	  sends, .usual = "none", .arg = "VERSION",
	  .help = "PROXY header for backends: none, v1, v2, each, first or spp (none)" },
	{ "tlv", ATTR_TLV_LIST, SETTING | ATTR_NONE, { SLUICE_A_POOL_TLV },
	  .arg = "TYPE[=HEX],..|none",
	  .help = "TLVs of that header, as received or of this value (none)" },
	{ "retries", ATTR_NUMBER, SETTING, { SLUICE_A_POOL_RETRIES },
	  .max = 16, .usual = "2", .arg = "N",
	  .help = "further backends that a connection tries, at most 16 (2)" },
	{ "max-fails", ATTR_NUMBER, SETTING, { SLUICE_A_POOL_MAX_FAILS },
	  .max = 100, .usual = "3", .arg = "N",
	  .help = "failed connections in a row that make a backend suspect, 0 for none (3)" },
	{ "fail-timeout", ATTR_NUMBER, SETTING, { SLUICE_A_POOL_FAIL_TIMEOUT },
	  .min = 1, .max = 3600, .usual = "10", .arg = "SEC",
	  .help = "time that a suspect backend is passed over at first (10)" },
	{ "persist", ATTR_NUMBER, SETTING, { SLUICE_A_POOL_PERSIST },
	  .max = 604800, .usual = "0", .arg = "SEC",
	  .help = "time that a client keeps its backend, at most a week (0)" },
	{ "slow-start", ATTR_NUMBER, SETTING, { SLUICE_A_POOL_SLOW_START },
	  .max = 3600, .usual = "0", .arg = "SEC",
	  .help = "time to full weight of a backend that comes up (0)" },
	{ "sorry", ATTR_STRING, SETTING | ATTR_NONE, { SLUICE_A_POOL_SORRY },
	  .max = 63, .names = &pool_object, .arg = "POOL|none",
	  .help = "pool for when no backend is up (none)" },
	{ "min-up", ATTR_NUMBER, SETTING, { SLUICE_A_POOL_MIN_UP },
	  .max = 16384, .usual = "0", .arg = "N",
	  .help = "backends that must be up for any of them to get connections (0)" },
	{ "on-down", ATTR_CHOICE, SETTING, { SLUICE_A_POOL_ON_DOWN },
	  on_downs, .usual = "keep", .arg = "keep|reset",
	  .help = "what becomes of connections of a backend that goes down (keep)" },
	{ "backends", ATTR_NUMBER, ATTR_OUT, { SLUICE_A_POOL_BACKENDS } },
	{ "up", ATTR_NUMBER, ATTR_OUT, { SLUICE_A_POOL_UP } },
	{ "user-data", ATTR_DATA, ATTR_OUT | ATTR_JSON,
	  { SLUICE_A_POOL_USER_DATA }, .max = 4096 },
	{ "force", ATTR_WORD, ATTR_DEL,
	  { SLUICE_A_POOL_FORCE, SLUICE_A_POOL_RESET },
	  .help = "remove its backends, too, and reset their connections (del)" },
	{ NULL }
};

const struct object pool_object = {
	.name		= "pool",
	.attrs		= pool_attrs,
	.get		= SLUICE_CMD_GET_POOL,
	.in_batch.add	= SLUICE_A_BATCH_NEW_POOL,
	.in_batch.set	= SLUICE_A_BATCH_SET_POOL,
	.in_batch.del	= SLUICE_A_BATCH_DEL_POOL,
};

static int do_show(const struct cmd *cmd, int argc, char **argv)
{
	return cmd_show(cmd, argc, argv, !argc);
}

const struct cmd pool_cmds[] = {
	{ "pool", "add", pool_attrs, NULL, ATTR_ADD, SLUICE_CMD_NEW_POOL,
	  cmd_change, "add a pool of backends" },
	{ "pool", "set", pool_attrs, NULL, ATTR_SET, SLUICE_CMD_SET_POOL,
	  cmd_set, "change options of a pool, the others stay" },
	{ "pool", "del", pool_attrs, NULL, ATTR_DEL, SLUICE_CMD_DEL_POOL,
	  cmd_change, "remove a pool that nothing refers to" },
	{ "pool", "show", pool_attrs, NULL, ATTR_SHOW, SLUICE_CMD_GET_POOL,
	  do_show, "show all pools or one" },
	{ "pool", "stats", pool_attrs, stats_rate_attrs, ATTR_SHOW,
	  SLUICE_CMD_GET_POOL, pool_stats,
	  "show what went to their backends, or goes per second" },
	{ NULL }
};
