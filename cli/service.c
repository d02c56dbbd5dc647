// SPDX-License-Identifier: GPL-2.0
/* sluice service add|set|del|show */
#include <errno.h>
#include <linux/sluice.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "out.h"
#include "plumb.h"
#include "value.h"

static const char *const protos[] = { "tcp", NULL, "udp", NULL };

static const char *const accepts[] = {
	[SLUICE_ACCEPT_PROXY_NONE]	= "none",
	[SLUICE_ACCEPT_PROXY_TCP]	= "tcp",
	NULL, "each", "first", "spp", NULL
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

static const char *const methods[] = {
	"local", NULL, "nat", "fullnat", "dsr", "ipip", "gue", "dsr-nat", NULL
};

#define RULE	(ATTR_ADD | ATTR_SET | ATTR_OUT)
#define LATER	(ATTR_ADD | ATTR_SET | ATTR_LATER)

static const struct attr service_attrs[] = {
	{ "name", ATTR_STRING, ATTR_ADD | ATTR_SET | ATTR_DEL | ATTR_SHOW |
	  ATTR_ARG | ATTR_NEEDED | ATTR_OUT | ATTR_COLUMN,
	  { SLUICE_A_SERVICE_NAME }, .max = 63, .arg = "NAME" },
	{ "proto", ATTR_PROTO, ATTR_ADD | ATTR_ARG | ATTR_NEEDED | ATTR_OUT |
	  ATTR_COLUMN, { SLUICE_A_SERVICE_PROTO }, protos, .arg = "tcp" },
	{ "address", ATTR_PLACE, ATTR_ADD | ATTR_ARG | ATTR_NEEDED | ATTR_OUT |
	  ATTR_COLUMN,
	  { SLUICE_A_SERVICE_ADDR, SLUICE_A_SERVICE_ANY, SLUICE_A_SERVICE_PORT,
	    SLUICE_A_SERVICE_PORT_END }, .arg = "ADDR:PORT[-PORT]" },
	{ "id", ATTR_NUMBER, ATTR_OUT, { SLUICE_A_SERVICE_ID } },
	{ "accept-proxy", ATTR_CHOICE, RULE | ATTR_BARE,
	  { SLUICE_A_SERVICE_ACCEPT_PROXY }, accepts, .arg = "tcp",
	  .help = "connections begin with a PROXY header, version 1 or 2" },
	{ "trust", ATTR_PREFIXES, RULE, { SLUICE_A_SERVICE_TRUST },
	  .arg = "PREFIX,..|any",
	  .help = "senders whose headers are believed" },
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
	{ "mark", ATTR_MARK, RULE,
	  { SLUICE_A_SERVICE_MARK, SLUICE_A_SERVICE_MARK_MASK },
	  .arg = "VALUE[/MASK]|none",
	  .help = "mark of packets and conntrack entries inside" },
	{ "to", ATTR_TARGET, RULE,
	  { SLUICE_A_SERVICE_TO_ADDR, SLUICE_A_SERVICE_TO_PORT },
	  .arg = "ADDR[:PORT]|none",
	  .help = "where the application listens, if elsewhere on this host" },
	{ "forward", ATTR_METHOD, RULE, { SLUICE_A_SERVICE_FORWARD }, methods,
	  .usual = "local", .arg = "local",
	  .help = "how packets reach the backend (local)" },
	{ "flows", ATTR_NUMBER, ATTR_OUT, { SLUICE_A_SERVICE_FLOWS } },
	{ "plumbing", ATTR_LOCAL, ATTR_OUT },
	{ "force", ATTR_WORD, ATTR_DEL, { SLUICE_A_SERVICE_FORCE },
	  .help = "reset its connections (del)" },
	{ "reply-from", ATTR_LOCAL, LATER },
	{ "pool", ATTR_LOCAL, LATER },
	{ "scheduler", ATTR_LOCAL, LATER },
	{ "send-proxy", ATTR_LOCAL, LATER },
	{ "tlv", ATTR_LOCAL, LATER },
	{ "retries", ATTR_LOCAL, LATER },
	{ "persist", ATTR_LOCAL, LATER },
	{ "slow-start", ATTR_LOCAL, LATER },
	{ "sorry", ATTR_LOCAL, LATER },
	{ "on-down", ATTR_LOCAL, LATER },
	{ NULL }
};

static struct nlsock_request rq;

static int list(json_t **services, struct nlsock_error *err)
{
	nlsock_begin(&rq, SLUICE_CMD_GET_SERVICE, NLM_F_DUMP);
	return cmd_collect(&rq, service_attrs, SLUICE_A_SERVICE_MAX, services,
			   err);
}

static bool endpoint_of(const json_t *service, const char *key,
			struct value_endpoint *ep)
{
	const char *text = json_string_value(json_object_get(service, key));

	return text && !value_get_endpoint(text, VALUE_RANGE | VALUE_ANY, ep);
}

static void need_of(const json_t *service, struct plumb_need *need)
{
	memset(need, 0, sizeof(*need));
	endpoint_of(service, "address", &need->at);
	need->has_to = endpoint_of(service, "to", &need->to);
}

/* Routing rules follow the services that there are. */
static int plumb_all(void)
{
	static struct plumb_need needs[1024];
	struct nlsock_error err;
	json_t *services, *service;
	unsigned int n = 0;
	const char *bad;
	size_t i;

	if (list(&services, &err)) {
		json_decref(services);
		cmd_warn("routes for answers were not checked");
		return EXIT_DONE;
	}
	json_array_foreach(services, i, service)
		if (n < ARRAY_SIZE(needs))
			need_of(service, &needs[n++]);
	json_decref(services);
	bad = plumb_sync(needs, n);
	if (bad)
		cmd_warn(bad);
	return EXIT_DONE;
}

/* A service on an address that packets do not find is no use. */
static void check_address(const char *name)
{
	char text[VALUE_TEXT_LEN], why[256];
	struct nlsock_error err;
	struct plumb_need need;
	const struct in6_addr *addr = NULL;
	json_t *services;

	nlsock_begin(&rq, SLUICE_CMD_GET_SERVICE, 0);
	mnl_attr_put_strz(rq.nlh, SLUICE_A_SERVICE_NAME, name);
	if (!cmd_collect(&rq, service_attrs, SLUICE_A_SERVICE_MAX, &services,
			 &err) && json_array_size(services)) {
		need_of(json_array_get(services, 0), &need);
		if (need.has_to)
			addr = &need.to.addr;
		else if (!need.at.any)
			addr = &need.at.addr;
	}
	json_decref(services);
	if (!addr || plumb_is_local(addr))
		return;
	snprintf(why, sizeof(why),
		 "%s is not an address of this host, connections will not be accepted until it is",
		 value_put_addr(text, addr));
	cmd_warn(why);
}

/* The service that has some of the addresses and ports of the request */
static const char *overlapping(const char *text)
{
	struct value_endpoint want, has;
	static char why[160];
	struct nlsock_error err;
	json_t *services, *service;
	size_t i;

	*why = '\0';
	if (value_get_endpoint(text, VALUE_RANGE | VALUE_ANY, &want))
		return NULL;
	list(&services, &err);
	json_array_foreach(services, i, service) {
		if (!endpoint_of(service, "address", &has) ||
		    has.any != want.any ||
		    memcmp(&has.addr, &want.addr, sizeof(has.addr)) ||
		    has.port > want.port_end || want.port > has.port_end)
			continue;
		snprintf(why, sizeof(why), "service %s has this address and port",
			 json_string_value(json_object_get(service, "name")));
	}
	json_decref(services);
	return *why ? why : NULL;
}

static int do_add(const struct cmd *cmd, int argc, char **argv)
{
	struct nlsock_error err;
	const char *other;
	int ret;

	/* `stats` takes a name where it takes these. */
	if (argc && (!strcmp(argv[0], "reset") || !strcmp(argv[0], "rate")))
		return cmd_bad("name", argv[0], "is a word of this tool, after stats");
	ret = cmd_parse(cmd, argc, argv, 0, &rq);
	if (ret)
		return ret;
	if (nlsock_talk(&rq, NULL, NULL, &err)) {
		other = err.code == EADDRINUSE ? overlapping(argv[2]) : NULL;
		if (!other)
			return cmd_refused(cmd, &err);
		cmd_bad("address", argv[2], other);
		return EXIT_REFUSED;
	}
	check_address(argv[0]);
	return plumb_all();
}

static int do_set(const struct cmd *cmd, int argc, char **argv)
{
	int ret;

	ret = cmd_parse(cmd, argc, argv, 0, &rq);
	if (!ret && argc == 1)
		ret = cmd_bad(NULL, NULL, "nothing to set, give an option");
	if (!ret)
		ret = cmd_send(cmd, &rq);
	if (ret)
		return ret;
	check_address(argv[0]);
	return plumb_all();
}

static int do_del(const struct cmd *cmd, int argc, char **argv)
{
	int ret;

	ret = cmd_parse(cmd, argc, argv, 0, &rq);
	if (!ret)
		ret = cmd_send(cmd, &rq);
	return ret ?: plumb_all();
}

static int do_show(const struct cmd *cmd, int argc, char **argv)
{
	json_t *services, *service, *plumbing;
	struct nlsock_error err;
	struct plumb_need need;
	unsigned int state;
	size_t i;
	int ret;

	ret = cmd_parse(cmd, argc, argv, argc ? 0 : NLM_F_DUMP, &rq);
	if (ret)
		return ret;
	if (cmd_collect(&rq, service_attrs, SLUICE_A_SERVICE_MAX, &services,
			&err)) {
		json_decref(services);
		return cmd_refused(cmd, &err);
	}
	json_array_foreach(services, i, service) {
		need_of(service, &need);
		state = plumb_state(&need);
		if (!state)
			continue;
		plumbing = json_array();
		if (state & PLUMB_LOOPBACK)
			json_array_append_new(plumbing,
					      json_string("loopback"));
		if (state & PLUMB_NO_ROUTE)
			json_array_append_new(plumbing,
					      json_string("no-route"));
		json_object_set_new(service, "plumbing", plumbing);
	}
	out_table(service_attrs, services);
	return EXIT_DONE;
}

const struct cmd service_cmds[] = {
	{ "service", "add", service_attrs, ATTR_ADD, SLUICE_CMD_NEW_SERVICE,
	  do_add, "add a service" },
	{ "service", "set", service_attrs, ATTR_SET, SLUICE_CMD_SET_SERVICE,
	  do_set, "change options of a service, the others stay" },
	{ "service", "del", service_attrs, ATTR_DEL, SLUICE_CMD_DEL_SERVICE,
	  do_del, "remove a service without connections" },
	{ "service", "show", service_attrs, ATTR_SHOW, SLUICE_CMD_GET_SERVICE,
	  do_show, "show all services or one" },
	{ NULL }
};
