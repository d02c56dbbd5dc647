// SPDX-License-Identifier: GPL-2.0
/* Sockets that applications listen on. */
#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doctor/host.h"

/* A socket of UDP that is connected to nobody is in this state. */
#define STATE_OF(proto)	((proto) == IPPROTO_TCP ? TCP_LISTEN : TCP_CLOSE)

/* Sockets of one protocol */
static struct list {
	struct host_listener *all;
	unsigned int n;
} *to;

static struct host_listener *add(void)
{
	struct host_listener *l;

	to->all = realloc(to->all, (to->n + 1) * sizeof(*to->all));
	if (!to->all)
		abort();
	l = &to->all[to->n++];
	memset(l, 0, sizeof(*l));
	return l;
}

static void set_v4(struct in6_addr *addr, const void *bytes)
{
	addr->s6_addr[10] = 0xff;
	addr->s6_addr[11] = 0xff;
	memcpy(addr->s6_addr + 12, bytes, 4);
}

static int take(const struct nlmsghdr *nlh, void *data)
{
	const struct inet_diag_msg *msg = mnl_nlmsg_get_payload(nlh);
	struct host_listener *l = add();
	const struct nlattr *attr;

	(void)data;
	l->port = ntohs(msg->id.idiag_sport);
	if (msg->idiag_family == AF_INET)
		set_v4(&l->addr, msg->id.idiag_src);
	else
		memcpy(&l->addr, msg->id.idiag_src, 16);
	mnl_attr_for_each(attr, nlh, sizeof(*msg))
		if (mnl_attr_get_type(attr) == INET_DIAG_SKV6ONLY)
			l->v6only = mnl_attr_get_u8(attr);
	return MNL_CB_OK;
}

static bool ask(struct mnl_socket *s, int family, int proto)
{
	char buf[32768];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct inet_diag_req_v2 *rq;
	ssize_t len;
	int ret = MNL_CB_OK;

	nlh->nlmsg_type = SOCK_DIAG_BY_FAMILY;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	rq = mnl_nlmsg_put_extra_header(nlh, sizeof(*rq));
	rq->sdiag_family = family;
	rq->sdiag_protocol = proto;
	rq->idiag_states = 1 << STATE_OF(proto);
	if (mnl_socket_sendto(s, nlh, nlh->nlmsg_len) < 0)
		return false;
	while (ret > MNL_CB_STOP) {
		len = mnl_socket_recvfrom(s, buf, sizeof(buf));
		if (len < 0)
			return false;
		ret = mnl_cb_run(buf, len, 0, mnl_socket_get_portid(s), take,
				 NULL);
	}
	return ret == MNL_CB_STOP;
}

static bool by_diag(int proto)
{
	struct mnl_socket *s = mnl_socket_open(NETLINK_SOCK_DIAG);
	bool done;

	if (!s)
		return false;
	done = !mnl_socket_bind(s, 0, MNL_SOCKET_AUTOPID) &&
	       ask(s, AF_INET, proto) && ask(s, AF_INET6, proto);
	mnl_socket_close(s);
	return done;
}

/* 4 or 16 bytes in words of the host's order, as /proc has them */
static bool parse_addr(const char *hex, struct in6_addr *addr)
{
	size_t len = strlen(hex), i;
	uint32_t word[4];

	if (len != 8 && len != 32)
		return false;
	for (i = 0; i < len / 8; i++)
		if (sscanf(hex + 8 * i, "%8x", &word[i]) != 1)
			return false;
	if (len == 8)
		set_v4(addr, word);
	else
		memcpy(addr, word, 16);
	return true;
}

/* Where the kernel cannot be asked that way. Who is v6only is a guess. */
static bool by_proc(int proto)
{
	char path[64], line[512], hex[40];
	struct host_listener *l;
	unsigned int port, state, i;
	bool any = false;
	long v6only = 0;
	FILE *f;

	host_sysctl("net/ipv6/bindv6only", &v6only);
	for (i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "/proc/net/%s%s",
			 proto == IPPROTO_TCP ? "tcp" : "udp", i ? "6" : "");
		f = fopen(path, "re");
		any |= !!f;
		while (f && fgets(line, sizeof(line), f)) {
			if (sscanf(line, " %*d: %39[0-9A-F]:%x %*[0-9A-F]:%*x %x",
				   hex, &port, &state) != 3 ||
			    state != STATE_OF(proto))
				continue;
			l = add();
			l->port = port;
			l->v6only = i && v6only;
			if (!parse_addr(hex, &l->addr))
				to->n--;
		}
		if (f)
			fclose(f);
	}
	return any;
}

const struct host_listener *host_listeners(int proto, unsigned int *n)
{
	static struct list lists[2];

	to = &lists[proto == IPPROTO_UDP];
	if (!to->all && !by_diag(proto)) {
		to->n = 0;
		by_proc(proto);
	}
	*n = to->n;
	/* None is not unknown. */
	return to->all ?: (to->all = calloc(1, sizeof(*to->all)));
}
