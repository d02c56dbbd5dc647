// SPDX-License-Identifier: GPL-2.0
/* A kernel for the tool's tests. */
#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/sluice.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "../../cli/cmd.h"
#include "../../cli/plumb.h"
#include "../../cli/transport.h"
#include "fake.h"

#define FAMILY	0x1c
#define PORTID	4711

FILE *fake_log;

static struct {
	bool unloaded, lost, busy, plumbed, elsewhere;
	int error;
	char text[128];
	unsigned int attr, missing, intr;
	bool range;
	uint64_t min, max;
	char flows[64];
} order;

/* What is to be received next: messages one after the other */
static char answer[65536];
static size_t answer_len;
static bool answered = true;

static const struct {
	const char *name;
	int code;
} errors[] = {
	{ "EBUSY", EBUSY }, { "EEXIST", EEXIST }, { "EPERM", EPERM },
	{ "EADDRINUSE", EADDRINUSE }, { "ENOENT", ENOENT },
	{ "EINVAL", EINVAL }, { "EOPNOTSUPP", EOPNOTSUPP },
};

static int order_error(const char *text)
{
	char name[32];
	unsigned int i;
	int n = 0;

	if (sscanf(text, "%31s%n", name, &n) != 1)
		return -1;
	for (i = 0; i < ARRAY_SIZE(errors); i++)
		if (!strcmp(errors[i].name, name))
			order.error = errors[i].code;
	text += n;
	if (sscanf(text, " attr %u%n", &order.attr, &n) == 1)
		text += n;
	snprintf(order.text, sizeof(order.text), "%s",
		 *text ? text + 1 : text);
	return order.error ? 0 : -1;
}

int fake_order(const char *text)
{
	unsigned long long min, max;

	if (!strncmp(text, "error ", 6))
		return order_error(text + 6);
	if (sscanf(text, "missing %u", &order.missing) == 1)
		return order.error = EINVAL, 0;
	if (sscanf(text, "range %llu %llu attr %u", &min, &max,
		   &order.attr) == 3) {
		order.range = true;
		order.min = min;
		order.max = max;
		snprintf(order.text, sizeof(order.text),
			 "integer out of range");
		order.error = ERANGE;
		return 0;
	}
	if (sscanf(text, "intr %u", &order.intr) == 1)
		return 0;
	if (sscanf(text, "flows %63s", order.flows) == 1)
		return 0;
	order.unloaded |= !strcmp(text, "unloaded");
	order.lost |= !strcmp(text, "lost");
	order.busy |= !strcmp(text, "busy");
	order.plumbed |= !strcmp(text, "plumbed");
	order.elsewhere |= !strcmp(text, "elsewhere");
	return order.unloaded || order.lost || order.busy || order.plumbed ||
	       order.elsewhere ? 0 : -1;
}

/* Numbers are little or big endian as the machine is: shown as numbers. */
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
	} else if (len == 1) {
		fprintf(fake_log, "%u", *p);
	} else if (len == 2 && p[1]) {
		fprintf(fake_log, "%u", mnl_attr_get_u16(attr));
	} else if (len == 4 && !(p[0] && p[1] && p[2] && !p[3])) {
		fprintf(fake_log, "%u", mnl_attr_get_u32(attr));
	} else if (len == 8) {
		fprintf(fake_log, "%llu",
			(unsigned long long)mnl_attr_get_u64(attr));
	} else if (len == 16) {
		for (i = 0; i < len; i++)
			fprintf(fake_log, "%02x", p[i]);
	} else if (len == 2) {
		fprintf(fake_log, "%u", mnl_attr_get_u16(attr));
	} else {
		fprintf(fake_log, "\"%.*s\"", (int)len, (const char *)p);
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
};

static void log_request(const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;

	fprintf(fake_log, "%s%s", nlh->nlmsg_flags & NLM_F_DUMP ? "dump " : "",
		cmds[genl->cmd]);
	mnl_attr_for_each(attr, nlh, sizeof(*genl))
		log_attr(attr);
	fputc('\n', fake_log);
}

static struct nlmsghdr *put(const struct nlmsghdr *rq, uint16_t type,
			    uint16_t flags)
{
	struct nlmsghdr *nlh;

	nlh = mnl_nlmsg_put_header(answer + answer_len);
	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = flags;
	nlh->nlmsg_seq = rq->nlmsg_seq;
	nlh->nlmsg_pid = PORTID;
	return nlh;
}

static void end(struct nlmsghdr *nlh)
{
	answer_len += MNL_ALIGN(nlh->nlmsg_len);
}

static struct nlmsghdr *put_genl(const struct nlmsghdr *rq, uint8_t cmd)
{
	bool dump = rq->nlmsg_flags & NLM_F_DUMP;
	struct genlmsghdr *genl;
	struct nlmsghdr *nlh;

	nlh = put(rq, rq->nlmsg_type, dump ? NLM_F_MULTI : 0);
	if (dump && order.intr)
		nlh->nlmsg_flags |= NLM_F_DUMP_INTR;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	return nlh;
}

static void put_addr(struct nlmsghdr *nlh, uint16_t type, const char *text)
{
	struct in6_addr addr;

	inet_pton(AF_INET6, text, &addr);
	mnl_attr_put(nlh, type, sizeof(addr), &addr);
}

static void put_trust(struct nlmsghdr *nlh, const char *text, uint8_t plen)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, SLUICE_A_SERVICE_TRUST);

	put_addr(nlh, SLUICE_A_PREFIX_ADDR, text);
	mnl_attr_put_u8(nlh, SLUICE_A_PREFIX_PLEN, plen);
	mnl_attr_nest_end(nlh, nest);
}

static void put_rules(struct nlmsghdr *nlh, uint32_t untrusted,
		      uint32_t timeout, uint32_t max)
{
	mnl_attr_put_u32(nlh, SLUICE_A_SERVICE_ACCEPT_PROXY,
			 SLUICE_ACCEPT_PROXY_TCP);
	mnl_attr_put_u32(nlh, SLUICE_A_SERVICE_UNTRUSTED, untrusted);
	mnl_attr_put_u32(nlh, SLUICE_A_SERVICE_HEADER_TIMEOUT, timeout);
	mnl_attr_put_u32(nlh, SLUICE_A_SERVICE_HEADER_MAX, max);
	mnl_attr_put_strz(nlh, SLUICE_A_SERVICE_FORWARD, "local");
	mnl_attr_put_u32(nlh, SLUICE_A_SERVICE_BIND, SLUICE_BIND_HEADER);
}

static void put_services(const struct nlmsghdr *rq)
{
	struct nlmsghdr *nlh = put_genl(rq, SLUICE_CMD_GET_SERVICE);

	mnl_attr_put_strz(nlh, SLUICE_A_SERVICE_NAME, "web");
	mnl_attr_put_u32(nlh, SLUICE_A_SERVICE_ID, 1);
	mnl_attr_put_u8(nlh, SLUICE_A_SERVICE_PROTO, IPPROTO_TCP);
	put_addr(nlh, SLUICE_A_SERVICE_ADDR, "::ffff:10.0.0.2");
	mnl_attr_put_u16(nlh, SLUICE_A_SERVICE_PORT, 8080);
	mnl_attr_put_u16(nlh, SLUICE_A_SERVICE_PORT_END, 8080);
	put_rules(nlh, SLUICE_UNTRUSTED_DROP, 5000, 4096);
	put_trust(nlh, "::ffff:10.0.0.0", 120);
	mnl_attr_put_u32(nlh, SLUICE_A_SERVICE_FLOWS, 2);
	end(nlh);
	if (!(rq->nlmsg_flags & NLM_F_DUMP))
		return;

	nlh = put_genl(rq, SLUICE_CMD_GET_SERVICE);
	mnl_attr_put_strz(nlh, SLUICE_A_SERVICE_NAME, "everything");
	mnl_attr_put_u32(nlh, SLUICE_A_SERVICE_ID, 7);
	mnl_attr_put_u8(nlh, SLUICE_A_SERVICE_PROTO, IPPROTO_TCP);
	mnl_attr_put(nlh, SLUICE_A_SERVICE_ANY, 0, NULL);
	mnl_attr_put_u16(nlh, SLUICE_A_SERVICE_PORT, 90);
	mnl_attr_put_u16(nlh, SLUICE_A_SERVICE_PORT_END, 99);
	put_rules(nlh, SLUICE_UNTRUSTED_PASS, 7500, 536);
	put_trust(nlh, "2001:db8::", 32);
	put_trust(nlh, "::ffff:192.0.2.1", 128);
	put_trust(nlh, "::", 0);
	mnl_attr_put_u32(nlh, SLUICE_A_SERVICE_MARK, 0x10);
	mnl_attr_put_u32(nlh, SLUICE_A_SERVICE_MARK_MASK, 0xff);
	put_addr(nlh, SLUICE_A_SERVICE_TO_ADDR, "::1");
	mnl_attr_put_u16(nlh, SLUICE_A_SERVICE_TO_PORT, 443);
	mnl_attr_put_u32(nlh, SLUICE_A_SERVICE_FLOWS, 0);
	end(nlh);
}

static void put_ends(struct nlmsghdr *nlh, const char *sender,
		     const char *client, const char *here)
{
	put_addr(nlh, SLUICE_A_FLOW_SENDER_ADDR, sender);
	mnl_attr_put_u16(nlh, SLUICE_A_FLOW_SENDER_PORT, 40000);
	put_addr(nlh, SLUICE_A_FLOW_SERVICE_ADDR, here);
	mnl_attr_put_u16(nlh, SLUICE_A_FLOW_SERVICE_PORT, 8080);
	put_addr(nlh, SLUICE_A_FLOW_CLIENT_ADDR, client);
	mnl_attr_put_u16(nlh, SLUICE_A_FLOW_CLIENT_PORT, 5555);
	put_addr(nlh, SLUICE_A_FLOW_BACKEND_ADDR, here);
	mnl_attr_put_u16(nlh, SLUICE_A_FLOW_BACKEND_PORT, 8080);
}

static void put_flow(const struct nlmsghdr *rq, uint64_t id, uint32_t state,
		     const char *sender, const char *client, const char *here,
		     uint8_t version, bool local, const void *tlvs, size_t len)
{
	struct nlmsghdr *nlh = put_genl(rq, SLUICE_CMD_GET_FLOW);

	mnl_attr_put_u64(nlh, SLUICE_A_FLOW_ID, id);
	mnl_attr_put_strz(nlh, SLUICE_A_FLOW_SERVICE, "web");
	mnl_attr_put_u8(nlh, SLUICE_A_FLOW_PROTO, IPPROTO_TCP);
	mnl_attr_put_u32(nlh, SLUICE_A_FLOW_STATE, state);
	put_ends(nlh, sender, client, here);
	mnl_attr_put_u8(nlh, SLUICE_A_FLOW_VERSION, version);
	if (local)
		mnl_attr_put(nlh, SLUICE_A_FLOW_LOCAL, 0, NULL);
	if (len)
		mnl_attr_put(nlh, SLUICE_A_FLOW_TLVS, len, tlvs);
	mnl_attr_put_u64(nlh, SLUICE_A_FLOW_PACKETS_IN, 10 * id);
	mnl_attr_put_u64(nlh, SLUICE_A_FLOW_PACKETS_OUT, 20 * id);
	mnl_attr_put_u64(nlh, SLUICE_A_FLOW_BYTES_IN, 1000 * id);
	mnl_attr_put_u64(nlh, SLUICE_A_FLOW_BYTES_OUT, 5000000000 * id);
	mnl_attr_put_u64(nlh, SLUICE_A_FLOW_AGE, 61000 + id);
	mnl_attr_put_u64(nlh, SLUICE_A_FLOW_IDLE, 1000);
	mnl_attr_put_u32(nlh, SLUICE_A_FLOW_IFINDEX, 4000000);
	end(nlh);
}

static void put_flows(const struct nlmsghdr *rq)
{
	/* authority, an escape sequence, one beyond its end */
	static const char tlvs[] = "\x02\0\x0b" "example.com"
				   "\x05\0\x04" "a\033[m"
				   "\xea\0\0"
				   "\x04\0\x09" "z";

	put_flow(rq, 1, SLUICE_FLOW_STATE_ESTABLISHED, "::ffff:10.0.0.1",
		 "::ffff:203.0.113.7", "::ffff:10.0.0.2", 2, false, tlvs,
		 sizeof(tlvs) - 1);
	put_flow(rq, 2, SLUICE_FLOW_STATE_CONNECT, "2001:db8::1",
		 "2001:db8::1", "2001:db8::2", 2, true, NULL, 0);
	put_flow(rq, 3, 99, "::ffff:10.0.0.1", "2001:db8:5::9", "2001:db8::2",
		 1, false, NULL, 0);
}

static void put_stats(const struct nlmsghdr *rq)
{
	struct nlmsghdr *nlh = put_genl(rq, SLUICE_CMD_GET_STATS);
	struct nlattr *nest;
	uint32_t i;

	if (mnl_nlmsg_get_payload_len(rq) > sizeof(struct genlmsghdr))
		mnl_attr_put_strz(nlh, SLUICE_A_STATS_SERVICE, "web");
	/* one more than this tool knows of */
	for (i = 0; i <= SLUICE_STAT_MAX + 1; i++) {
		nest = mnl_attr_nest_start(nlh, SLUICE_A_STATS_COUNTER);
		mnl_attr_put_u32(nlh, SLUICE_A_COUNTER_ID, i);
		mnl_attr_put_u64(nlh, SLUICE_A_COUNTER_VALUE,
				 i % 20 ? 0 : 1000000000000 + i);
		mnl_attr_nest_end(nlh, nest);
	}
	end(nlh);
}

static void put_info(const struct nlmsghdr *rq)
{
	struct nlmsghdr *nlh = put_genl(rq, SLUICE_CMD_GET_INFO);
	char *comma = strchr(order.flows, ',');

	mnl_attr_put_strz(nlh, SLUICE_A_INFO_VERSION, "1.2.3");
	mnl_attr_put_u32(nlh, SLUICE_A_INFO_FLOWS_EVERYWHERE,
			 atoi(order.flows));
	mnl_attr_put_u8(nlh, SLUICE_A_INFO_DRAINING, 0);
	end(nlh);
	if (comma)
		memmove(order.flows, comma + 1, strlen(comma));
}

static void put_error(const struct nlmsghdr *rq, int code)
{
	const struct nlattr *attr;
	struct nlmsgerr *err;
	struct nlmsghdr *nlh;
	struct nlattr *nest;

	nlh = put(rq, NLMSG_ERROR, NLM_F_CAPPED);
	err = mnl_nlmsg_put_extra_header(nlh, sizeof(*err));
	err->error = -code;
	err->msg = *rq;
	if (code) {
		nlh->nlmsg_flags |= NLM_F_ACK_TLVS;
		if (*order.text)
			mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, order.text);
		if (order.missing)
			mnl_attr_put_u32(nlh, NLMSGERR_ATTR_MISS_TYPE,
					 order.missing);
		mnl_attr_for_each(attr, rq, sizeof(struct genlmsghdr))
			if (mnl_attr_get_type(attr) == order.attr)
				mnl_attr_put_u32(nlh, NLMSGERR_ATTR_OFFS,
						 (char *)attr - (char *)rq);
		if (order.range) {
			nest = mnl_attr_nest_start(nlh, NLMSGERR_ATTR_POLICY);
			mnl_attr_put_u64(nlh, NL_POLICY_TYPE_ATTR_MIN_VALUE_U,
					 order.min);
			mnl_attr_put_u64(nlh, NL_POLICY_TYPE_ATTR_MAX_VALUE_U,
					 order.max);
			mnl_attr_nest_end(nlh, nest);
		}
	}
	end(nlh);
}

static void put_done(const struct nlmsghdr *rq)
{
	struct nlmsghdr *nlh = put(rq, NLMSG_DONE, NLM_F_MULTI);
	int *code = mnl_nlmsg_put_extra_header(nlh, sizeof(*code));

	*code = 0;
	end(nlh);
	if (order.intr)
		order.intr--;
}

static void answer_family(const struct nlmsghdr *rq)
{
	struct nlmsghdr *nlh;

	if (order.unloaded) {
		put_error(rq, ENOENT);
		return;
	}
	nlh = put_genl(rq, CTRL_CMD_NEWFAMILY);
	mnl_attr_put_u16(nlh, CTRL_ATTR_FAMILY_ID, FAMILY);
	end(nlh);
	put_error(rq, 0);
}

static void answer_request(const struct nlmsghdr *rq)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(rq);
	struct nlmsghdr *nlh;

	log_request(rq);
	if (order.error) {
		put_error(rq, order.error);
		order.error = 0;
		return;
	}
	switch (genl->cmd) {
	case SLUICE_CMD_GET_SERVICE:
		put_services(rq);
		break;
	case SLUICE_CMD_GET_FLOW:
		put_flows(rq);
		break;
	case SLUICE_CMD_GET_STATS:
		put_stats(rq);
		break;
	case SLUICE_CMD_GET_INFO:
		put_info(rq);
		break;
	case SLUICE_CMD_FLUSH_FLOWS:
		nlh = put_genl(rq, SLUICE_CMD_FLUSH_FLOWS);
		mnl_attr_put_u32(nlh, SLUICE_A_FLOW_COUNT, 3);
		end(nlh);
		break;
	}
	if (rq->nlmsg_flags & NLM_F_DUMP)
		put_done(rq);
	else
		put_error(rq, 0);
}

int transport_open(void)
{
	return 0;
}

unsigned int transport_portid(void)
{
	return PORTID;
}

ssize_t transport_send(const void *buf, size_t len)
{
	const struct nlmsghdr *rq = buf;

	answer_len = 0;
	answered = false;
	if (order.lost) {
		errno = ENOBUFS;
		return -1;
	}
	if (rq->nlmsg_type == GENL_ID_CTRL)
		answer_family(rq);
	else if (rq->nlmsg_type == FAMILY)
		answer_request(rq);
	return len;
}

ssize_t transport_recv(void *buf, size_t len)
{
	/* Who asks once more would wait for ever. */
	if (answered || answer_len > len)
		abort();
	answered = true;
	memcpy(buf, answer, answer_len);
	return answer_len;
}

void transport_close(void)
{
	answered = true;
}

int transport_unload(void)
{
	fputs("unload\n", fake_log);
	errno = EAGAIN;
	return order.busy ? -1 : 0;
}

const char *plumb_sync(const struct plumb_need *needs, unsigned int n)
{
	char text[VALUE_TEXT_LEN];
	unsigned int i;

	fprintf(fake_log, "plumb");
	for (i = 0; i < n; i++) {
		value_put_endpoint(text, &needs[i].at);
		fprintf(fake_log, " %s", text);
		if (!needs[i].has_to)
			continue;
		value_put_endpoint(text, &needs[i].to);
		fprintf(fake_log, " to %s", text);
	}
	fputc('\n', fake_log);
	return NULL;
}

unsigned int plumb_state(const struct plumb_need *need)
{
	if (!order.plumbed)
		return 0;
	return need->has_to ? PLUMB_LOOPBACK | PLUMB_NO_ROUTE : PLUMB_NO_ROUTE;
}

bool plumb_is_local(const struct in6_addr *addr)
{
	(void)addr;
	return !order.elsewhere;
}
