// SPDX-License-Identifier: GPL-2.0
/* sluice flow show|del|flush */
#include <errno.h>
#include <linux/sluice.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "counter.h"
#include "objects.h"
#include "out.h"
#include "progress.h"
#include "value.h"

static const char *const states[] = {
	[SLUICE_FLOW_STATE_CONNECT]	= "connect",
	[SLUICE_FLOW_STATE_ESTABLISHED]	= "established",
	[SLUICE_FLOW_STATE_FIN_IN]	= "fin-in",
	[SLUICE_FLOW_STATE_FIN_OUT]	= "fin-out",
	[SLUICE_FLOW_STATE_CLOSING]	= "closing",
	[SLUICE_FLOW_STATE_RESET]	= "reset",
	NULL, NULL
};

const char *const object_headers[] = { "none", "v1", "v2", "spp", NULL, NULL };

#define FILTER	(ATTR_SHOW | ATTR_OUT)
#define END	"ADDR[:PORT]"

#define SHOWN	(ATTR_OUT | ATTR_ALIGNED)

/*
 * The order of the line: who, how far, from where to where, how much; at the
 * end what few have or what may be long
 */
const struct attr flow_attrs[] = {
	{ "id", ATTR_NUMBER64, FILTER | ATTR_COLUMN, { SLUICE_A_FLOW_ID },
	  .max = UINT64_MAX, .arg = "ID", .help = "number of the connection" },
	{ "service", ATTR_STRING, FILTER | ATTR_COLUMN,
	  { SLUICE_A_FLOW_SERVICE }, .max = 63, .names = &service_object,
	  .arg = "NAME",
	  .help = "name of the service" },
	{ "proto", ATTR_PROTO, ATTR_OUT | ATTR_JSON, { SLUICE_A_FLOW_PROTO } },
	{ "state", ATTR_CHOICE, FILTER | ATTR_COLUMN, { SLUICE_A_FLOW_STATE },
	  states, .arg = "STATE",
	  .help = "connect, established, fin-in, fin-out, closing, reset" },
	{ "sender", ATTR_ENDPOINT, FILTER | ATTR_ALIGNED,
	  { SLUICE_A_FLOW_SENDER_ADDR, SLUICE_A_FLOW_SENDER_PORT },
	  .arg = END, .help = "who sent the header" },
	{ "client", ATTR_ENDPOINT, FILTER | ATTR_ALIGNED,
	  { SLUICE_A_FLOW_CLIENT_ADDR, SLUICE_A_FLOW_CLIENT_PORT },
	  .arg = END, .help = "whom the application sees" },
	{ "address", ATTR_ENDPOINT, FILTER | ATTR_ALIGNED,
	  { SLUICE_A_FLOW_SERVICE_ADDR, SLUICE_A_FLOW_SERVICE_PORT },
	  .arg = END, .help = "where the sender connected to" },
	{ "backend", ATTR_ENDPOINT, FILTER | ATTR_ALIGNED,
	  { SLUICE_A_FLOW_BACKEND_ADDR, SLUICE_A_FLOW_BACKEND_PORT },
	  .arg = END, .help = "where the application listens" },
	{ "header", ATTR_HEADER, FILTER | ATTR_ALIGNED,
	  { SLUICE_A_FLOW_VERSION }, object_headers,
	  .arg = "v1|v2|spp", .help = "version of the PROXY header" },
	{ "packets-in", ATTR_NUMBER64, SHOWN, { SLUICE_A_FLOW_PACKETS_IN } },
	{ "bytes-in", ATTR_NUMBER64, SHOWN, { SLUICE_A_FLOW_BYTES_IN } },
	{ "packets-out", ATTR_NUMBER64, SHOWN,
	  { SLUICE_A_FLOW_PACKETS_OUT } },
	{ "bytes-out", ATTR_NUMBER64, SHOWN, { SLUICE_A_FLOW_BYTES_OUT } },
	{ "age", ATTR_AGE, SHOWN, { SLUICE_A_FLOW_AGE } },
	{ "idle", ATTR_AGE, SHOWN, { SLUICE_A_FLOW_IDLE } },
	{ "rtt", ATTR_RTT, SHOWN, { SLUICE_A_FLOW_RTT } },
	{ "device", ATTR_DEVICE, SHOWN, { SLUICE_A_FLOW_IFINDEX } },
	{ "source", ATTR_ENDPOINT, ATTR_OUT,
	  { SLUICE_A_FLOW_SOURCE_ADDR, SLUICE_A_FLOW_SOURCE_PORT } },
	{ "opened", ATTR_AGE, ATTR_OUT, { SLUICE_A_FLOW_OPENED } },
	{ "first-byte", ATTR_AGE, ATTR_OUT, { SLUICE_A_FLOW_FIRST_BYTE } },
	{ "reason", ATTR_CHOICE, ATTR_OUT, { SLUICE_A_FLOW_REASON },
	  counter_names },
	{ "mark", ATTR_MARK, ATTR_OUT,
	  { SLUICE_A_FLOW_MARK, SLUICE_A_FLOW_MARK_MASK } },
	{ "destination", ATTR_ENDPOINT, ATTR_OUT,
	  { SLUICE_A_FLOW_HEADER_ADDR, SLUICE_A_FLOW_HEADER_PORT } },
	{ "local", ATTR_WORD, ATTR_OUT, { SLUICE_A_FLOW_LOCAL } },
	{ "tlv", ATTR_TLVS, ATTR_OUT, { SLUICE_A_FLOW_TLVS } },
	{ NULL }
};

/* What flush takes is an argument, not a filter. */
static const struct attr flush_attrs[] = {
	{ "service", ATTR_STRING, ATTR_DEL | ATTR_ARG,
	  { SLUICE_A_FLOW_SERVICE }, .max = 63, .names = &service_object,
	  .arg = "SERVICE" },
	{ "count", ATTR_NUMBER, ATTR_OUT, { SLUICE_A_FLOW_COUNT } },
	{ NULL }
};

static const struct attr del_attrs[] = {
	{ "flow", ATTR_LOCAL, ATTR_DEL | ATTR_ARG | ATTR_NEEDED,
	  { SLUICE_A_FLOW_ID },
	  .arg = "ID|SENDER-ADDRESS|CLIENT-BACKEND" },
	{ NULL }
};

static struct request rq;

static int show_one(const struct nlmsghdr *nlh, void *data)
{
	(void)data;
	out_record(flow_attrs, attr_record(flow_attrs, nlh));
	return MNL_CB_OK;
}

static int do_show(const struct cmd *cmd, int argc, char **argv)
{
	struct nlsock_error err;
	int ret;

	ret = cmd_parse(cmd, argc, argv, NLM_F_DUMP, &rq);
	if (ret)
		return ret;
	/* There may be a million: shown as they come. */
	nlsock_talk(&rq, show_one, NULL, &err);
	out_end(flow_attrs, !err.code);
	return err.code ? cmd_refused(cmd, &err) : EXIT_DONE;
}

static void put_ends(const struct value_endpoint *a, uint16_t a_addr,
		     uint16_t a_port, const struct value_endpoint *b,
		     uint16_t b_addr, uint16_t b_port)
{
	request_put(&rq, a_addr, sizeof(a->addr), &a->addr);
	request_put_u16(&rq, a_port, a->port);
	request_put(&rq, b_addr, sizeof(b->addr), &b->addr);
	request_put_u16(&rq, b_port, b->port);
}

/* Reset the connection from @a to @b, which both kinds of ends may name. */
static int del_tuple(const struct cmd *cmd, const char *text)
{
	struct value_endpoint a, b;
	struct nlsock_error err;
	char buf[200], *dash;
	const char *bad;

	snprintf(buf, sizeof(buf), "%s", text);
	dash = strchr(buf, '-');
	if (!dash)
		return cmd_bad("flow", text,
			       "must be ID, or ADDR:PORT-ADDR:PORT");
	*dash = '\0';
	bad = value_get_endpoint(buf, VALUE_PORT_NEEDED, &a);
	if (bad)
		return cmd_bad("flow", buf, bad);
	bad = value_get_endpoint(dash + 1, VALUE_PORT_NEEDED, &b);
	if (bad)
		return cmd_bad("flow", dash + 1, bad);

	request_begin(&rq, cmd->request, 0);
	put_ends(&a, SLUICE_A_FLOW_SENDER_ADDR, SLUICE_A_FLOW_SENDER_PORT,
		 &b, SLUICE_A_FLOW_SERVICE_ADDR, SLUICE_A_FLOW_SERVICE_PORT);
	if (!nlsock_talk(&rq, NULL, NULL, &err))
		return EXIT_DONE;
	if (err.code != ENOENT || err.unloaded)
		return cmd_refused(cmd, &err);
	request_begin(&rq, cmd->request, 0);
	request_span_begin(&rq, "flow", text);
	put_ends(&a, SLUICE_A_FLOW_CLIENT_ADDR, SLUICE_A_FLOW_CLIENT_PORT,
		 &b, SLUICE_A_FLOW_BACKEND_ADDR, SLUICE_A_FLOW_BACKEND_PORT);
	request_span_end(&rq);
	return cmd_send(cmd, &rq);
}

static int do_del(const struct cmd *cmd, int argc, char **argv)
{
	uint64_t id;

	if (argc < 1)
		return cmd_bad("flow", NULL, "missing");
	if (argc > 1)
		return cmd_bad(NULL, argv[1], "one argument too many");
	if (strspn(argv[0], "0123456789") != strlen(argv[0]) || !*argv[0])
		return del_tuple(cmd, argv[0]);
	if (value_get_number(argv[0], 1, UINT64_MAX, &id))
		return cmd_bad("flow", argv[0], "is no number of a connection");
	request_begin(&rq, cmd->request, 0);
	request_span_begin(&rq, "flow", argv[0]);
	request_put_u64(&rq, SLUICE_A_FLOW_ID, id);
	request_span_end(&rq);
	return cmd_send(cmd, &rq);
}

static int do_flush(const struct cmd *cmd, int argc, char **argv)
{
	json_t *records, *count;
	struct nlsock_error err;
	int ret;

	ret = cmd_parse(cmd, argc, argv, 0, &rq);
	if (ret)
		return ret;
	progress_wait(cmd, "waiting for the module");
	cmd_collect(&rq, flush_attrs, &records, &err);
	progress_end();
	if (err.code) {
		json_decref(records);
		return cmd_refused(cmd, &err);
	}
	count = json_object_get(json_array_get(records, 0), "count");
	if (cmd_json)
		out_json(json_incref(json_array_get(records, 0)));
	else
		printf("%lld connections reset\n",
		       (long long)json_integer_value(count));
	json_decref(records);
	return EXIT_DONE;
}

const struct cmd flow_cmds[] = {
	{ "flow", "show", flow_attrs, NULL, ATTR_SHOW, SLUICE_CMD_GET_FLOW,
	  do_show, "show connections, those that have all options given" },
	{ "flow", "del", del_attrs, NULL, ATTR_DEL, SLUICE_CMD_DEL_FLOW, do_del,
	  "reset a connection" },
	{ "flow", "flush", flush_attrs, NULL, ATTR_DEL,
	  SLUICE_CMD_FLUSH_FLOWS, do_flush,
	  "reset all connections, or those of a service" },
	{ NULL }
};
