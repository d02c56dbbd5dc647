// SPDX-License-Identifier: GPL-2.0
/*
 * A client that shares nothing with the tool but the uapi header: on libnl-3.
 *
 *	nlclient show service|pool|backend|flow	an object a line
 *	nlclient add NAME ADDRESS PORT SENDER	a service
 *	nlclient del NAME
 *	nlclient pool NAME SCHEDULER		a pool
 *	nlclient backend POOL ADDRESS PORT	a backend of it
 *	nlclient batch POOL [ADDRESS PORT]...	a pool with backends, in one step
 *	nlclient cut ID				end a flow
 *	nlclient groups				multicast groups
 *	nlclient events GROUP N			the next N events, as show has them
 *
 * Addresses are IPv6 or mapped. A refusal is told as the kernel says it, and the status is 2 then.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netlink.h>
#include <linux/sluice.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum type { END, TEXT, U32, U64, ADDR };

/* What is shown of an object, in this order */
struct column {
	enum type type;
	int attr;
	/* of an address */
	int port;
};

struct object {
	const char *name;
	uint8_t cmd;
	/* of events, and their attribute that says what happened */
	uint8_t event[2];
	int what;
	struct column column[8];
};

static const struct object objects[] = {
	{ "service", SLUICE_CMD_GET_SERVICE,
	  { SLUICE_CMD_SERVICE_EVENT }, SLUICE_A_SERVICE_EVENT, {
		{ TEXT, SLUICE_A_SERVICE_NAME },
		{ U32, SLUICE_A_SERVICE_ID },
		{ ADDR, SLUICE_A_SERVICE_ADDR, SLUICE_A_SERVICE_PORT },
		{ U32, SLUICE_A_SERVICE_HEADER_MAX },
		{ U32, SLUICE_A_SERVICE_FLOWS },
	} },
	{ "pool", SLUICE_CMD_GET_POOL,
	  { SLUICE_CMD_POOL_EVENT }, SLUICE_A_POOL_EVENT, {
		{ TEXT, SLUICE_A_POOL_NAME },
		{ U32, SLUICE_A_POOL_ID },
		{ TEXT, SLUICE_A_POOL_SCHEDULER },
		{ U32, SLUICE_A_POOL_RETRIES },
		{ U32, SLUICE_A_POOL_BACKENDS },
	} },
	{ "backend", SLUICE_CMD_GET_BACKEND,
	  { SLUICE_CMD_BACKEND_EVENT, SLUICE_CMD_HEALTH_EVENT },
	  SLUICE_A_BACKEND_EVENT, {
		{ TEXT, SLUICE_A_BACKEND_POOL },
		{ U32, SLUICE_A_BACKEND_ID },
		{ ADDR, SLUICE_A_BACKEND_ADDR, SLUICE_A_BACKEND_PORT },
		{ U32, SLUICE_A_BACKEND_WEIGHT },
	} },
	{ "flow", SLUICE_CMD_GET_FLOW,
	  { SLUICE_CMD_FLOW_EVENT }, SLUICE_A_FLOW_EVENT, {
		{ U64, SLUICE_A_FLOW_ID },
		{ TEXT, SLUICE_A_FLOW_SERVICE },
		{ ADDR, SLUICE_A_FLOW_SENDER_ADDR, SLUICE_A_FLOW_SENDER_PORT },
		{ ADDR, SLUICE_A_FLOW_CLIENT_ADDR, SLUICE_A_FLOW_CLIENT_PORT },
		{ ADDR, SLUICE_A_FLOW_BACKEND_ADDR,
		  SLUICE_A_FLOW_BACKEND_PORT },
		{ U64, SLUICE_A_FLOW_BYTES_IN },
		{ U64, SLUICE_A_FLOW_BYTES_OUT },
	} },
};

#define OBJECTS	(sizeof(objects) / sizeof(*objects))
/* More than any object has attributes */
#define ATTRS	64

/* By enum sluice_event */
static const char *const events[] = { "added", "changed", "removed", "ended" };

static struct nl_sock *sock;
static int family;

static void die(const char *what, int err)
{
	fprintf(stderr, "nlclient: %s: %s\n", what, nl_geterror(err));
	exit(1);
}

static void print_addr(struct nlattr **tb, const struct column *c)
{
	const struct in6_addr *addr = nla_data(tb[c->attr]);
	uint16_t port = tb[c->port] ? nla_get_u16(tb[c->port]) : 0;
	char text[INET6_ADDRSTRLEN];

	if (IN6_IS_ADDR_V4MAPPED(addr))
		printf("%s:%u", inet_ntop(AF_INET, &addr->s6_addr[12], text,
					  sizeof(text)), port);
	else
		printf("[%s]:%u", inet_ntop(AF_INET6, addr, text,
					    sizeof(text)), port);
}

static void print_object(const struct object *o, struct nlattr **tb)
{
	const struct column *c;

	for (c = o->column; c->type; c++) {
		if (c > o->column)
			putchar(' ');
		if (!tb[c->attr])
			putchar('-');
		else if (c->type == TEXT)
			printf("%s", nla_get_string(tb[c->attr]));
		else if (c->type == U32)
			printf("%u", nla_get_u32(tb[c->attr]));
		else if (c->type == U64)
			printf("%llu", (unsigned long long)
			       nla_get_u64(tb[c->attr]));
		else
			print_addr(tb, c);
	}
	putchar('\n');
}

static int show(struct nl_msg *msg, void *data)
{
	struct nlattr *tb[ATTRS];

	if (genlmsg_parse(nlmsg_hdr(msg), 0, tb, ATTRS - 1, NULL))
		return NL_STOP;
	print_object(data, tb);
	return NL_OK;
}

static int show_event(struct nl_msg *msg, void *left)
{
	uint8_t cmd = genlmsg_hdr(nlmsg_hdr(msg))->cmd;
	struct nlattr *tb[ATTRS];
	const struct object *o;
	uint32_t what;

	for (o = objects; o < objects + OBJECTS; o++) {
		if (o->event[0] != cmd && o->event[1] != cmd)
			continue;
		if (genlmsg_parse(nlmsg_hdr(msg), 0, tb, ATTRS - 1, NULL) ||
		    !tb[o->what])
			return NL_STOP;
		what = nla_get_u32(tb[o->what]);
		printf("%s %s ", what < sizeof(events) / sizeof(*events) ?
		       events[what] : "?", o->name);
		print_object(o, tb);
		fflush(stdout);
		--*(int *)left;
		break;
	}
	return NL_OK;
}

static int show_count(struct nl_msg *msg, void *data)
{
	struct nlattr *tb[ATTRS];

	(void)data;
	if (genlmsg_parse(nlmsg_hdr(msg), 0, tb, ATTRS - 1, NULL) ||
	    !tb[SLUICE_A_BATCH_COUNT])
		return NL_STOP;
	printf("changes: %u\n", nla_get_u32(tb[SLUICE_A_BATCH_COUNT]));
	return NL_OK;
}

/* The kernel's own words, which stand behind the request that it gives back,
 * or its header alone.
 */
static int on_error(struct sockaddr_nl *from, struct nlmsgerr *e, void *data)
{
	struct nlmsghdr *nlh = (struct nlmsghdr *)((char *)e - NLMSG_HDRLEN);
	int request = nlh->nlmsg_flags & NLM_F_CAPPED ?
		      (int)sizeof(*e) : (int)(sizeof(e->error) + e->msg.nlmsg_len);
	struct nlattr *tb[NLMSGERR_ATTR_MAX + 1] = { NULL };
	const char *text = "";

	(void)from;
	(void)data;
	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS)
		nlmsg_parse(nlh, request, tb, NLMSGERR_ATTR_MAX, NULL);
	if (tb[NLMSGERR_ATTR_MSG])
		text = nla_get_string(tb[NLMSGERR_ATTR_MSG]);
	printf("refused: %s: %s\n", strerror(-e->error), text);
	exit(2);
}

static struct nl_msg *request(uint8_t cmd, int flags)
{
	struct nl_msg *msg = nlmsg_alloc();

	if (!msg || !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, family, 0,
				 flags, cmd, SLUICE_FAMILY_VERSION))
		abort();
	return msg;
}

static int dump(char **arg)
{
	const struct object *o = objects;
	struct nl_msg *msg;
	int err;

	for (; strcmp(o->name, arg[0]); o++)
		if (o == &objects[OBJECTS - 1])
			return 1;
	nl_socket_modify_cb(sock, NL_CB_VALID, NL_CB_CUSTOM, show, (void *)o);
	msg = request(o->cmd, NLM_F_DUMP);
	err = nl_send_auto(sock, msg);
	if (err >= 0)
		err = nl_recvmsgs_default(sock);
	if (err < 0)
		die(arg[0], err);
	nlmsg_free(msg);
	return 0;
}

static int change(struct nl_msg *msg)
{
	int err = nl_send_sync(sock, msg);

	if (err < 0)
		die("no answer", err);
	return 0;
}

static void put_addr(struct nl_msg *msg, int attr, const char *text)
{
	struct in6_addr addr;

	if (inet_pton(AF_INET6, text, &addr) != 1)
		die(text, -NLE_INVAL);
	NLA_PUT(msg, attr, sizeof(addr), &addr);
	return;
nla_put_failure:
	abort();
}

static int add(char **arg)
{
	struct nl_msg *msg = request(SLUICE_CMD_NEW_SERVICE, 0);
	struct nlattr *nest;

	NLA_PUT_STRING(msg, SLUICE_A_SERVICE_NAME, arg[0]);
	NLA_PUT_U8(msg, SLUICE_A_SERVICE_PROTO, IPPROTO_TCP);
	put_addr(msg, SLUICE_A_SERVICE_ADDR, arg[1]);
	NLA_PUT_U16(msg, SLUICE_A_SERVICE_PORT, atoi(arg[2]));
	NLA_PUT_U32(msg, SLUICE_A_SERVICE_ACCEPT_PROXY,
		    SLUICE_ACCEPT_PROXY_TCP);
	nest = nla_nest_start(msg, SLUICE_A_SERVICE_TRUST);
	put_addr(msg, SLUICE_A_PREFIX_ADDR, arg[3]);
	NLA_PUT_U8(msg, SLUICE_A_PREFIX_PLEN, 128);
	nla_nest_end(msg, nest);
	return change(msg);
nla_put_failure:
	abort();
}

static int del(char **arg)
{
	struct nl_msg *msg = request(SLUICE_CMD_DEL_SERVICE, 0);

	NLA_PUT_STRING(msg, SLUICE_A_SERVICE_NAME, arg[0]);
	return change(msg);
nla_put_failure:
	abort();
}

static int pool(char **arg)
{
	struct nl_msg *msg = request(SLUICE_CMD_NEW_POOL, 0);

	NLA_PUT_STRING(msg, SLUICE_A_POOL_NAME, arg[0]);
	NLA_PUT_STRING(msg, SLUICE_A_POOL_SCHEDULER, arg[1]);
	return change(msg);
nla_put_failure:
	abort();
}

static void put_backend(struct nl_msg *msg, const char *name, char **arg)
{
	NLA_PUT_STRING(msg, SLUICE_A_BACKEND_POOL, name);
	put_addr(msg, SLUICE_A_BACKEND_ADDR, arg[0]);
	NLA_PUT_U16(msg, SLUICE_A_BACKEND_PORT, atoi(arg[1]));
	return;
nla_put_failure:
	abort();
}

static int backend(char **arg)
{
	struct nl_msg *msg = request(SLUICE_CMD_NEW_BACKEND, 0);

	put_backend(msg, arg[0], arg + 1);
	return change(msg);
}

static int batch(char **arg)
{
	struct nl_msg *msg = request(SLUICE_CMD_BATCH, 0);
	const char *name = arg[0];
	struct nlattr *nest;

	nest = nla_nest_start(msg, SLUICE_A_BATCH_NEW_POOL);
	NLA_PUT_STRING(msg, SLUICE_A_POOL_NAME, name);
	nla_nest_end(msg, nest);
	for (arg++; arg[0] && arg[1]; arg += 2) {
		nest = nla_nest_start(msg, SLUICE_A_BATCH_NEW_BACKEND);
		put_backend(msg, name, arg);
		nla_nest_end(msg, nest);
	}
	nl_socket_modify_cb(sock, NL_CB_VALID, NL_CB_CUSTOM, show_count, NULL);
	return change(msg);
nla_put_failure:
	abort();
}

static int cut(char **arg)
{
	struct nl_msg *msg = request(SLUICE_CMD_DEL_FLOW, 0);

	NLA_PUT_U64(msg, SLUICE_A_FLOW_ID, strtoull(arg[0], NULL, 10));
	return change(msg);
nla_put_failure:
	abort();
}

/* Says so when it has begun to listen; gives up after ten quiet seconds. */
static int listen_to(char **arg)
{
	const struct timeval limit = { .tv_sec = 10 };
	int left = atoi(arg[1]), err;

	err = genl_ctrl_resolve_grp(sock, SLUICE_FAMILY_NAME, arg[0]);
	if (err >= 0)
		err = nl_socket_add_membership(sock, err);
	if (err < 0)
		die(arg[0], err);
	setsockopt(nl_socket_get_fd(sock), SOL_SOCKET, SO_RCVTIMEO, &limit,
		   sizeof(limit));
	nl_socket_disable_seq_check(sock);
	nl_socket_modify_cb(sock, NL_CB_VALID, NL_CB_CUSTOM, show_event, &left);
	puts("listening");
	fflush(stdout);
	while (left > 0) {
		err = nl_recvmsgs_default(sock);
		if (err < 0)
			die("no event", err);
	}
	return 0;
}

static int groups(char **arg)
{
	static const char *const names[] = {
		SLUICE_MCGRP_CONFIG, SLUICE_MCGRP_HEALTH, SLUICE_MCGRP_FLOW,
	};
	unsigned int i;
	int group;

	(void)arg;
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		group = genl_ctrl_resolve_grp(sock, SLUICE_FAMILY_NAME,
					      names[i]);
		if (group < 0)
			die(names[i], group);
		puts(names[i]);
	}
	return 0;
}

/* Words, how many arguments they take at least, and whether more may follow */
static const struct {
	const char *name;
	int args;
	int more;
	int (*run)(char **arg);
} commands[] = {
	{ "show", 1, 0, dump }, { "add", 4, 0, add }, { "del", 1, 0, del },
	{ "pool", 2, 0, pool }, { "backend", 3, 0, backend },
	{ "batch", 1, 1, batch }, { "cut", 1, 0, cut },
	{ "groups", 0, 0, groups }, { "events", 2, 0, listen_to },
};

int main(int argc, char **argv)
{
	const int on = 1;
	unsigned int i;

	sock = nl_socket_alloc();
	if (!sock || genl_connect(sock) ||
	    setsockopt(nl_socket_get_fd(sock), SOL_NETLINK, NETLINK_EXT_ACK,
		       &on, sizeof(on)))
		abort();
	family = genl_ctrl_resolve(sock, SLUICE_FAMILY_NAME);
	if (family < 0)
		die("no family", family);
	nl_socket_modify_err_cb(sock, NL_CB_CUSTOM, on_error, NULL);
	for (i = 0; argc > 1 && i < sizeof(commands) / sizeof(*commands); i++)
		if (!strcmp(argv[1], commands[i].name) &&
		    argc - 2 >= commands[i].args &&
		    (commands[i].more || argc - 2 == commands[i].args))
			return commands[i].run(argv + 2);
	fprintf(stderr, "nlclient: see what is on top of nlclient.c\n");
	return 1;
}
