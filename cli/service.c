// SPDX-License-Identifier: GPL-2.0
/* sluice service add|set|del|show */
#include <errno.h>
#include <linux/sluice.h>
#include <string.h>

#include "cmd.h"
#include "objects.h"
#include "progress.h"
#include "out.h"
#include "service.h"
#include "value.h"

static const char *const protos[] = { "tcp", "udp", NULL, NULL };

static const char *const accepts[] = {
	[SLUICE_ACCEPT_PROXY_NONE]	= "none",
	[SLUICE_ACCEPT_PROXY_TCP]	= "tcp",
	[SLUICE_ACCEPT_PROXY_EACH]	= "each",
	[SLUICE_ACCEPT_PROXY_FIRST]	= "first",
	[SLUICE_ACCEPT_PROXY_SPP]	= "spp",
	NULL, NULL
};

static const char *const untrusteds[] = {
	[SLUICE_UNTRUSTED_DROP]		= "drop",
	[SLUICE_UNTRUSTED_RESET]	= "reset",
	[SLUICE_UNTRUSTED_PASS]		= "pass",
	NULL, NULL
};

static const char *const binds[] = {
	[SLUICE_BIND_SYN]		= "syn",
	[SLUICE_BIND_HEADER]		= "header",
	[SLUICE_BIND_PAYLOAD]		= "payload",
	NULL, NULL
};

static const char *const adopts[] = {
	[SLUICE_ADOPT_NONE]		= "none",
	[SLUICE_ADOPT_HASH]		= "hash",
	NULL, NULL
};

static const char *const tunnels[] = {
	[SLUICE_TUNNEL_NONE]		= "none",
	[SLUICE_TUNNEL_IPIP]		= "ipip",
	[SLUICE_TUNNEL_GUE]		= "gue",
	[SLUICE_TUNNEL_ANY]		= "any",
	NULL, NULL
};

static const char *const no_names[] = { OBJECT_NO_NAMES, NULL };

#define RULE	(ATTR_ADD | ATTR_SET | ATTR_OUT)

const struct attr service_attrs[] = {
	{ "name", ATTR_STRING, ATTR_ADD | ATTR_SET | ATTR_DEL | ATTR_SHOW |
	  ATTR_ARG | ATTR_NEEDED | ATTR_OUT | ATTR_COLUMN,
	  { SLUICE_A_SERVICE_NAME }, no_names, .max = 63,
	  .names = &service_object, .arg = "NAME" },
	{ "proto", ATTR_PROTO, ATTR_ADD | ATTR_ARG | ATTR_NEEDED | ATTR_OUT |
	  ATTR_COLUMN, { SLUICE_A_SERVICE_PROTO }, protos, .arg = "tcp|udp" },
	{ "address", ATTR_PLACE, ATTR_ADD | ATTR_SET | ATTR_ARG | ATTR_MOVES |
	  ATTR_NEEDED | ATTR_OUT | ATTR_COLUMN,
	  { SLUICE_A_SERVICE_ADDR, SLUICE_A_SERVICE_ANY, SLUICE_A_SERVICE_PORT,
	    SLUICE_A_SERVICE_PORT_END, SLUICE_A_SERVICE_PORTS },
	  .arg = "ADDR:PORT[-PORT][,PORT[-PORT]..]",
	  .help = "another address or other ports, for new connections (set)" },
	{ "id", ATTR_NUMBER, ATTR_OUT, { SLUICE_A_SERVICE_ID } },
	{ "accept-proxy", ATTR_CHOICE, RULE | ATTR_BARE,
	  { SLUICE_A_SERVICE_ACCEPT_PROXY }, accepts,
	  .arg = "tcp|each|first|spp",
	  .help = "PROXY headers in front: of connections (tcp), or of datagrams" },
	{ "trust", ATTR_PREFIXES, RULE, { SLUICE_A_SERVICE_TRUST },
	  .arg = "PREFIX,..|any",
	  .help = "senders whose headers, or tunnels, are believed" },
	{ "untrusted", ATTR_CHOICE, RULE, { SLUICE_A_SERVICE_UNTRUSTED },
	  untrusteds, .usual = "drop", .arg = "drop|reset|pass",
	  .help = "what happens to other senders (drop)" },
	{ "header-timeout", ATTR_SECONDS, RULE,
	  { SLUICE_A_SERVICE_HEADER_TIMEOUT }, .min = 3000, .max = 30000,
	  .usual = "5", .arg = "SEC",
	  .help = "time to send the header, 3 to 30 seconds (5)" },
	{ "header-max", ATTR_NUMBER, RULE, { SLUICE_A_SERVICE_HEADER_MAX },
	  .min = 536, .max = 4096, .usual = "4096", .arg = "BYTES",
	  .help = "longest header, 536 to 4096 (4096)" },
	{ "bind", ATTR_CHOICE, RULE, { SLUICE_A_SERVICE_BIND }, binds,
	  .usual = "header", .arg = "header",
	  .help = "when the backend is chosen (header)" },
	{ "mark", ATTR_MARK, RULE | ATTR_NONE,
	  { SLUICE_A_SERVICE_MARK, SLUICE_A_SERVICE_MARK_MASK },
	  .arg = "VALUE[/MASK]|none",
	  .help = "mark of packets and conntrack entries inside" },
	{ "to", ATTR_TARGET, RULE | ATTR_NONE,
	  { SLUICE_A_SERVICE_TO_ADDR, SLUICE_A_SERVICE_TO_PORT },
	  .arg = "ADDR[:PORT]|none",
	  .help = "where the application listens, if elsewhere on this host" },
	{ "reply-from", ATTR_TARGET, RULE | ATTR_NONE,
	  { SLUICE_A_SERVICE_REPLY_ADDR, SLUICE_A_SERVICE_REPLY_PORT },
	  .arg = "VIP[:PORT]|none",
	  .help = "what answers leave from, if a balancer has changed it" },
	{ "forward", ATTR_METHOD, RULE, { SLUICE_A_SERVICE_FORWARD },
	  object_methods, .usual = "local", .arg = "METHOD",
	  .help = "how packets reach the backend, by a pool if not local (local)" },
	{ "pool", ATTR_STRING, RULE, { SLUICE_A_SERVICE_POOL }, .max = 63,
	  .names = &pool_object, .arg = "POOL",
	  .help = "where connections go, if not to this host" },
	{ "idle-timeout", ATTR_NUMBER, RULE, { SLUICE_A_SERVICE_IDLE_TIMEOUT },
	  .max = 604800, .usual = "0", .arg = "SEC",
	  .help = "time that a flow may be silent, 0: 300 of udp, 5 days of tcp (0)" },
	{ "tunnel", ATTR_CHOICE, RULE, { SLUICE_A_SERVICE_TUNNEL }, tunnels,
	  .usual = "none", .arg = "ipip|gue|any|none",
	  .help = "what trusted balancers may send packets inside of (none)" },
	{ "tunnel-port", ATTR_NUMBER16, RULE, { SLUICE_A_SERVICE_TUNNEL_PORT },
	  .max = 65535, .usual = "0", .arg = "N",
	  .help = "UDP port that gue tunnels end at, 0: 6080 (0)" },
	{ "adopt", ATTR_CHOICE, RULE, { SLUICE_A_SERVICE_ADOPT }, adopts,
	  .usual = "none", .arg = "hash|none",
	  .help = "place connections that another balancer has begun (none)" },
	{ "max-mss", ATTR_NUMBER16, RULE, { SLUICE_A_SERVICE_MAX_MSS },
	  .max = 65535, .usual = "0", .arg = "BYTES",
	  .help = "most that SYNs may say a segment has, 0: what they say (0)" },
	{ "flows", ATTR_NUMBER, ATTR_OUT, { SLUICE_A_SERVICE_FLOWS } },
	{ "plumbing", ATTR_LOCAL, ATTR_OUT },
	{ "force", ATTR_WORD, ATTR_DEL, { SLUICE_A_SERVICE_FORCE },
	  .help = "reset its connections (del)" },
	{ "user-data", ATTR_DATA, ATTR_OUT | ATTR_JSON,
	  { SLUICE_A_SERVICE_USER_DATA }, .max = 4096 },
	{ NULL }
};

const struct object service_object = {
	.name		= "service",
	.attrs		= service_attrs,
	.get		= SLUICE_CMD_GET_SERVICE,
	.in_batch.add	= SLUICE_A_BATCH_NEW_SERVICE,
	.in_batch.set	= SLUICE_A_BATCH_SET_SERVICE,
	.in_batch.del	= SLUICE_A_BATCH_DEL_SERVICE,
};

static struct request rq;

static int parse(const struct cmd *cmd, int argc, char **argv,
		 struct cmd_args *args)
{
	int ret;

	ret = cmd_split(cmd, argc, argv, args);
	if (ret)
		return ret;
	return service_pool_option(args) ?
	       service_pool_put(cmd, args, &rq) :
	       cmd_parse(cmd, argc, argv, 0, &rq);
}

/* After each change */
static int plumb(const struct cmd *cmd)
{
	progress_wait(cmd, "making routes");
	service_plumb();
	progress_end();
	return EXIT_DONE;
}

/* A place that is taken is told with the name of who has it. */
static int send_change(const struct cmd *cmd, const struct cmd_args *args)
{
	const struct cmd_arg *place = cmd_given(args, "address");
	const char *name = cmd_given(args, "name")->value, *other;
	struct nlsock_error err;

	cmd_try(cmd, &rq, &err);
	if (err.code) {
		other = err.code == EADDRINUSE && place ?
			service_at(place->value, name) : NULL;
		if (!other)
			return cmd_refused(cmd, &err);
		cmd_bad("address", place->value, other);
		return EXIT_REFUSED;
	}
	service_check(name);
	return plumb(cmd);
}

static int do_add(const struct cmd *cmd, int argc, char **argv)
{
	struct cmd_args args;

	return parse(cmd, argc, argv, &args) ?: send_change(cmd, &args);
}

static int do_set(const struct cmd *cmd, int argc, char **argv)
{
	struct cmd_args args;
	int ret;

	ret = parse(cmd, argc, argv, &args);
	if (!ret && args.n == 1)
		ret = cmd_bad(NULL, NULL, "nothing to set, give an option");
	return ret ?: send_change(cmd, &args);
}

static int do_del(const struct cmd *cmd, int argc, char **argv)
{
	int ret = cmd_parse(cmd, argc, argv, 0, &rq);

	if (!ret && service_has_own_pool(argv[0]))
		ret = service_pool_del(cmd, argc, argv, &rq);
	else if (!ret)
		ret = cmd_send(cmd, &rq);
	return ret ?: plumb(cmd);
}

static int do_show(const struct cmd *cmd, int argc, char **argv)
{
	struct nlsock_error err;
	json_t *services;
	int ret;

	ret = cmd_parse(cmd, argc, argv, argc ? 0 : NLM_F_DUMP, &rq);
	if (ret)
		return ret;
	if (cmd_collect(&rq, service_attrs, &services, &err)) {
		json_decref(services);
		return cmd_refused(cmd, &err);
	}
	service_plumbing(services);
	out_table(service_attrs, services);
	return EXIT_DONE;
}

const struct cmd service_cmds[] = {
	{ "service", "add", service_attrs, pool_attrs, ATTR_ADD,
	  SLUICE_CMD_NEW_SERVICE, do_add, "add a service" },
	{ "service", "set", service_attrs, pool_attrs, ATTR_SET,
	  SLUICE_CMD_SET_SERVICE, do_set,
	  "change options of a service, the others stay" },
	{ "service", "del", service_attrs, NULL, ATTR_DEL,
	  SLUICE_CMD_DEL_SERVICE, do_del, "remove a service without connections" },
	{ "service", "show", service_attrs, NULL, ATTR_SHOW,
	  SLUICE_CMD_GET_SERVICE, do_show, "show all services or one" },
	{ NULL }
};
