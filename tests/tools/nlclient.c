// SPDX-License-Identifier: GPL-2.0
/*
 * A client that shares nothing with the tool but the uapi header: on libnl-3.
 *
 *	nlclient show services|pools|backends|flows	an object a line
 *	nlclient add NAME ADDRESS PORT SENDER		a service; IPv6 or mapped
 *	nlclient del NAME
 *	nlclient groups					multicast groups
 *
 * A refusal is told as the kernel says it, and the status is 2 then.
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
	struct column column[8];
};

static const struct object objects[] = {
	{ "services", SLUICE_CMD_GET_SERVICE, {
		{ TEXT, SLUICE_A_SERVICE_NAME },
		{ U32, SLUICE_A_SERVICE_ID },
		{ ADDR, SLUICE_A_SERVICE_ADDR, SLUICE_A_SERVICE_PORT },
		{ U32, SLUICE_A_SERVICE_HEADER_MAX },
		{ U32, SLUICE_A_SERVICE_FLOWS },
	} },
	{ "pools", SLUICE_CMD_GET_POOL, {
		{ TEXT, SLUICE_A_POOL_NAME },
		{ U32, SLUICE_A_POOL_ID },
		{ TEXT, SLUICE_A_POOL_SCHEDULER },
		{ U32, SLUICE_A_POOL_RETRIES },
		{ U32, SLUICE_A_POOL_BACKENDS },
	} },
	{ "backends", SLUICE_CMD_GET_BACKEND, {
		{ TEXT, SLUICE_A_BACKEND_POOL },
		{ U32, SLUICE_A_BACKEND_ID },
		{ ADDR, SLUICE_A_BACKEND_ADDR, SLUICE_A_BACKEND_PORT },
		{ U32, SLUICE_A_BACKEND_WEIGHT },
	} },
	{ "flows", SLUICE_CMD_GET_FLOW, {
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

/* More than any object has attributes */
#define ATTRS	64

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

static int show(struct nl_msg *msg, void *data)
{
	const struct object *o = data;
	const struct column *c;
	struct nlattr *tb[ATTRS];

	if (genlmsg_parse(nlmsg_hdr(msg), 0, tb, ATTRS - 1, NULL))
		return NL_STOP;
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

static int dump(const char *name)
{
	const struct object *o = objects;
	struct nl_msg *msg;
	int err;

	for (; strcmp(o->name, name); o++)
		if (o == &objects[sizeof(objects) / sizeof(*objects) - 1])
			return 1;
	nl_socket_modify_cb(sock, NL_CB_VALID, NL_CB_CUSTOM, show, (void *)o);
	msg = request(o->cmd, NLM_F_DUMP);
	err = nl_send_auto(sock, msg);
	if (err >= 0)
		err = nl_recvmsgs_default(sock);
	if (err < 0)
		die(name, err);
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

static int del(const char *name)
{
	struct nl_msg *msg = request(SLUICE_CMD_DEL_SERVICE, 0);

	NLA_PUT_STRING(msg, SLUICE_A_SERVICE_NAME, name);
	return change(msg);
nla_put_failure:
	abort();
}

static int groups(void)
{
	static const char *const names[] = {
		SLUICE_MCGRP_CONFIG, SLUICE_MCGRP_HEALTH, SLUICE_MCGRP_FLOW,
	};
	unsigned int i;
	int group;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		group = genl_ctrl_resolve_grp(sock, SLUICE_FAMILY_NAME,
					      names[i]);
		if (group < 0)
			die(names[i], group);
		puts(names[i]);
	}
	return 0;
}

int main(int argc, char **argv)
{
	const int on = 1;

	sock = nl_socket_alloc();
	if (!sock || genl_connect(sock) ||
	    setsockopt(nl_socket_get_fd(sock), SOL_NETLINK, NETLINK_EXT_ACK,
		       &on, sizeof(on)))
		abort();
	family = genl_ctrl_resolve(sock, SLUICE_FAMILY_NAME);
	if (family < 0)
		die("no family", family);
	nl_socket_modify_err_cb(sock, NL_CB_CUSTOM, on_error, NULL);
	if (argc == 3 && !strcmp(argv[1], "show"))
		return dump(argv[2]);
	if (argc == 6 && !strcmp(argv[1], "add"))
		return add(argv + 2);
	if (argc == 3 && !strcmp(argv[1], "del"))
		return del(argv[2]);
	if (argc == 2 && !strcmp(argv[1], "groups"))
		return groups();
	fprintf(stderr, "nlclient: see what is on top of nlclient.c\n");
	return 1;
}
