// SPDX-License-Identifier: GPL-2.0
/* sluice backend add|set|del|show|stats */
#include <linux/sluice.h>

#include "backend_stats.h"
#include "cmd.h"
#include "objects.h"
#include "stats.h"

static const char *const states[] = {
	[SLUICE_BACKEND_STATE_UP]	= "up",
	[SLUICE_BACKEND_STATE_DOWN]	= "down",
	[SLUICE_BACKEND_STATE_DRAIN]	= "drain",
	NULL, NULL
};

static const char *const healths[] = {
	[SLUICE_HEALTH_UNKNOWN]	= "unknown",
	[SLUICE_HEALTH_UP]	= "up",
	[SLUICE_HEALTH_DOWN]	= "down",
	NULL, NULL
};

static const char *const sends[] = {
	[SLUICE_BACKEND_SEND_PROXY_POOL]	= "pool",
	[SLUICE_BACKEND_SEND_PROXY_NONE]	= "none",
	[SLUICE_BACKEND_SEND_PROXY_V1]		= "v1",
	[SLUICE_BACKEND_SEND_PROXY_V2]		= "v2",
	[SLUICE_BACKEND_SEND_PROXY_EACH]	= "each",
	[SLUICE_BACKEND_SEND_PROXY_FIRST]	= "first",
	[SLUICE_BACKEND_SEND_PROXY_SPP]		= "spp",
	NULL, NULL
};

static const char *const csums[] = {
	[SLUICE_TUNNEL_CSUM_AUTO]	= "auto",
	[SLUICE_TUNNEL_CSUM_OFF]	= "off",
	[SLUICE_TUNNEL_CSUM_ON]		= "on",
	NULL, NULL
};

#define NAME	(ATTR_ADD | ATTR_SET | ATTR_DEL | ATTR_SHOW | ATTR_DRAIN | \
		 ATTR_ARG | ATTR_NEEDED | ATTR_OUT | ATTR_COLUMN)
#define SETTING	(ATTR_ADD | ATTR_SET | ATTR_OUT)
#define COUNT	(ATTR_OUT | ATTR_JSON)

const struct attr backend_attrs[] = {
	{ "pool", ATTR_STRING, NAME, { SLUICE_A_BACKEND_POOL }, .max = 63,
	  .names = &pool_object, .arg = "POOL" },
	{ "address", ATTR_TARGET, NAME,
	  { SLUICE_A_BACKEND_ADDR, SLUICE_A_BACKEND_PORT },
	  .names = &backend_object, .arg = "ADDR[:PORT]" },
	{ "id", ATTR_NUMBER, ATTR_OUT, { SLUICE_A_BACKEND_ID } },
	{ "weight", ATTR_NUMBER, SETTING, { SLUICE_A_BACKEND_WEIGHT },
	  .max = 65535, .arg = "N",
	  .help = "its share, 0 for no new connections, at most 65535 (1)" },
	{ "state", ATTR_CHOICE, SETTING, { SLUICE_A_BACKEND_STATE }, states,
	  .usual = "up", .arg = "up|down|drain",
	  .help = "whether it takes connections, or only keeps its own (up)" },
	{ "health", ATTR_CHOICE, ATTR_SET | ATTR_OUT | ATTR_FLEETING,
	  { SLUICE_A_BACKEND_HEALTH }, healths, .usual = "unknown",
	  .arg = "up|down|unknown",
	  .help = "what checks say of it, down gets no connections (unknown)" },
	{ "health-weight", ATTR_NUMBER, ATTR_SET | ATTR_OUT | ATTR_FLEETING,
	  { SLUICE_A_BACKEND_HEALTH_WEIGHT }, .max = 100, .usual = "100",
	  .arg = "PERCENT",
	  .help = "how much of its weight checks leave it (100)" },
	{ "suspect", ATTR_WORD, ATTR_OUT, { SLUICE_A_BACKEND_SUSPECT } },
	{ "max-flows", ATTR_NUMBER, SETTING, { SLUICE_A_BACKEND_MAX_FLOWS },
	  .max = UINT32_MAX, .usual = "0", .arg = "N",
	  .help = "most connections, 0 for no limit (0)" },
	{ "forward", ATTR_METHOD, SETTING | ATTR_NONE,
	  { SLUICE_A_BACKEND_FORWARD }, object_methods, .arg = "METHOD|none",
	  .help = "how packets reach it, none for as the pool says (none)" },
	{ "tunnel-port", ATTR_NUMBER16, SETTING,
	  { SLUICE_A_BACKEND_TUNNEL_PORT }, .max = 65535, .usual = "0",
	  .arg = "N", .help = "UDP port of its end of a gue tunnel (6080)" },
	{ "tunnel-csum", ATTR_CHOICE, SETTING,
	  { SLUICE_A_BACKEND_TUNNEL_CSUM }, csums, .usual = "auto",
	  .arg = "auto|off|on",
	  .help = "UDP checksum of a gue tunnel, auto: over IPv6 (auto)" },
	{ "send-proxy", ATTR_CHOICE, SETTING, { SLUICE_A_BACKEND_SEND_PROXY },
	  sends, .usual = "pool", .arg = "VERSION",
	  .help = "PROXY header for it: pool, none, v1, v2, each, first or spp (pool)" },
	{ "found", ATTR_SWITCH, SETTING, { SLUICE_A_BACKEND_FOUND },
	  attr_switches, .usual = "off", .arg = "on|off",
	  .help = "whether a daemon has found it, and may remove it (off)" },
	{ "flows", ATTR_NUMBER, ATTR_OUT, { SLUICE_A_BACKEND_FLOWS } },
	{ "packets-in", ATTR_NUMBER64, COUNT,
	  { SLUICE_A_BACKEND_PACKETS_IN } },
	{ "packets-out", ATTR_NUMBER64, COUNT,
	  { SLUICE_A_BACKEND_PACKETS_OUT } },
	{ "bytes-in", ATTR_NUMBER64, COUNT,
	  { SLUICE_A_BACKEND_BYTES_IN } },
	{ "bytes-out", ATTR_NUMBER64, COUNT,
	  { SLUICE_A_BACKEND_BYTES_OUT } },
	{ "flows-opened", ATTR_NUMBER64, COUNT,
	  { SLUICE_A_BACKEND_FLOWS_OPENED } },
	{ "flows-closed", ATTR_NUMBER64, COUNT,
	  { SLUICE_A_BACKEND_FLOWS_CLOSED } },
	{ "flows-reset", ATTR_NUMBER64, COUNT,
	  { SLUICE_A_BACKEND_FLOWS_RESET } },
	{ "flows-expired", ATTR_NUMBER64, COUNT,
	  { SLUICE_A_BACKEND_FLOWS_EXPIRED } },
	{ "flows-flushed", ATTR_NUMBER64, COUNT,
	  { SLUICE_A_BACKEND_FLOWS_FLUSHED } },
	{ "flows-moved", ATTR_NUMBER64, COUNT,
	  { SLUICE_A_BACKEND_FLOWS_MOVED } },
	{ "connect-refused", ATTR_NUMBER64, COUNT,
	  { SLUICE_A_BACKEND_CONNECT_REFUSED } },
	{ "connect-timeout", ATTR_NUMBER64, COUNT,
	  { SLUICE_A_BACKEND_CONNECT_TIMEOUT } },
	{ "connect-abandoned", ATTR_NUMBER64, COUNT,
	  { SLUICE_A_BACKEND_CONNECT_ABANDONED } },
	{ "connect-retried", ATTR_NUMBER64, COUNT,
	  { SLUICE_A_BACKEND_CONNECT_RETRIED } },
	{ "force", ATTR_WORD, ATTR_DEL, { SLUICE_A_BACKEND_FORCE },
	  .help = "reset its connections, which go on otherwise (del)" },
	{ NULL }
};

const struct object backend_object = {
	.name		= "backend",
	.attrs		= backend_attrs,
	.get		= SLUICE_CMD_GET_BACKEND,
	.in_batch.add	= SLUICE_A_BATCH_NEW_BACKEND,
	.in_batch.set	= SLUICE_A_BATCH_SET_BACKEND,
	.in_batch.del	= SLUICE_A_BATCH_DEL_BACKEND,
};

static int do_show(const struct cmd *cmd, int argc, char **argv)
{
	return cmd_show(cmd, argc, argv, argc < 2);
}

const struct cmd backend_cmds[] = {
	{ "backend", "add", backend_attrs, NULL, ATTR_ADD,
	  SLUICE_CMD_NEW_BACKEND, cmd_change, "add a backend to a pool" },
	{ "backend", "set", backend_attrs, NULL, ATTR_SET,
	  SLUICE_CMD_SET_BACKEND, cmd_set,
	  "change options of a backend, the others stay" },
	{ "backend", "del", backend_attrs, NULL, ATTR_DEL,
	  SLUICE_CMD_DEL_BACKEND, cmd_change, "remove a backend" },
	{ "backend", "show", backend_attrs, NULL, ATTR_SHOW,
	  SLUICE_CMD_GET_BACKEND, do_show,
	  "show all backends, those of a pool or one" },
	{ "backend", "stats", backend_attrs, stats_rate_attrs, ATTR_SHOW,
	  SLUICE_CMD_GET_BACKEND, backend_stats,
	  "show what went to them, or goes per second" },
	{ NULL }
};
