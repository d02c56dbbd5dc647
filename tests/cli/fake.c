// SPDX-License-Identifier: GPL-2.0
/* A kernel for the tool's tests. */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/sluice.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../cli/cmd.h"
#include "../../cli/plumb.h"
#include "../../cli/transport.h"
#include "fake.h"
#include "fake_data.h"

#define PORTID	4711
/* They fit into what is received at once. */
#define FLOWS_AT_ONCE	100

static struct {
	bool unloaded, lost, answer_lost, plumbed, elsewhere, pooled, keep;
	bool small, restless, no_sockets, no_groups;
	int error, unload, fails;
	char unroutable[128], slow[16];
	char text[128];
	unsigned int attr, in_attr, missing, intr, many, after;
	unsigned int missing_in, missing_inner;
	unsigned int signals;
	bool range;
	uint64_t min, max;
	unsigned int moves, reload, gone;
	uint32_t offset;
	char flows[64];
	char others[8];
	unsigned int looks;
} order;

/**
 * struct transport - a socket
 * @answer: what is to be received next: messages one after the other
 * @len: of them
 * @answered: they were received
 * @dump: request of a listing that goes on, not there if its length is 0
 * @flow: flow that it comes to next
 * @listens: to events
 */
struct transport {
	char answer[65536];
	size_t len;
	bool answered;
	struct nlmsghdr dump;
	unsigned int flow;
	bool listens;
};

/* Another one each time the module is loaded */
static uint16_t family = FAKE_FAMILY;

/* The one that is being answered */
static struct transport *to;

static const struct {
	const char *name;
	int code;
} errors[] = {
	{ "EBUSY", EBUSY }, { "EEXIST", EEXIST }, { "EPERM", EPERM },
	{ "EADDRINUSE", EADDRINUSE }, { "ENOENT", ENOENT },
	{ "EINVAL", EINVAL }, { "EOPNOTSUPP", EOPNOTSUPP },
	{ "EAGAIN", EAGAIN }, { "ENOSYS", ENOSYS }, { "ENOMEM", ENOMEM },
};

/* 0 if it is not known */
static int code_of(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(errors); i++)
		if (!strcmp(errors[i].name, name))
			return errors[i].code;
	return 0;
}

static int order_error(const char *text)
{
	char name[32];
	int n = 0;

	if (sscanf(text, "%31s%n", name, &n) != 1)
		return -1;
	order.error = code_of(name);
	text += n;
	n = 0;
	if (sscanf(text, " attr %u%n/%u%n", &order.attr, &n, &order.in_attr,
		   &n) > 0)
		text += n;
	snprintf(order.text, sizeof(order.text), "%s",
		 *text ? text + 1 : text);
	return order.error ? 0 : -1;
}

/* Those that are there or not */
static const struct {
	const char *text;
	bool *is;
} switches[] = {
	{ "unloaded", &order.unloaded },
	{ "lost", &order.lost },
	{ "answer lost", &order.answer_lost },
	{ "plumbed", &order.plumbed },
	{ "elsewhere", &order.elsewhere },
	{ "pooled", &order.pooled },
	{ "keep", &order.keep },
	{ "small", &order.small },
	{ "restless", &order.restless },
	{ "no sockets", &order.no_sockets },
	{ "no events", &order.no_groups },
	{ "wound back", &fake_wound },
	{ "wide", &fake_keep_wide },
	{ "found", &fake_keep_found },
};

int fake_order(const char *text)
{
	unsigned long long min, max;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(switches); i++)
		if (!strcmp(text, switches[i].text))
			return *switches[i].is = true, 0;
	if (!strncmp(text, "error ", 6))
		return order_error(text + 6);
	if (!strncmp(text, "unload ", 7))
		return (order.unload = code_of(text + 7)) ? 0 : -1;
	if (!strncmp(text, "fails ", 6))
		return (order.fails = code_of(text + 6)) ? 0 : -1;
	if (sscanf(text, "unroutable %127[^\n]", order.unroutable) == 1)
		return 0;
	if (sscanf(text, "missing %u in %u/%u", &order.missing,
		   &order.missing_in, &order.missing_inner) >= 1)
		return order.error = EINVAL, 0;
	if (sscanf(text, "range %llu %llu attr %u/%u", &min, &max,
		   &order.attr, &order.in_attr) >= 3) {
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
	if (sscanf(text, "signals %u", &order.signals) == 1)
		return 0;
	if (sscanf(text, "move %u", &order.moves) == 1)
		return 0;
	if (sscanf(text, "after %u", &order.after) == 1)
		return 0;
	if (sscanf(text, "reload %u", &order.reload) == 1)
		return 0;
	if (sscanf(text, "gone %u", &order.gone) == 1)
		return 0;
	if (sscanf(text, "flows %63s", order.flows) == 1)
		return 0;
	if (sscanf(text, "others %7s %u", order.others, &order.looks) == 2)
		return 0;
	if (sscanf(text, "device %15s", fake_device) == 1)
		return 0;
	if (sscanf(text, "many %u", &order.many) == 1)
		return 0;
	if (sscanf(text, "moving %u", &fake_moving) == 1)
		return 0;
	if (!strncmp(text, "host ", 5))
		return fake_host(text + 5);
	if (!strncmp(text, "data ", 5))
		return fake_keep_data(text + 5), 0;
	if (!strncmp(text, "event ", 6))
		return fake_expect(text + 6);
	if (!strcmp(text, "slow"))
		text = "slow request";
	if (sscanf(text, "slow %15s", order.slow) == 1)
		return 0;
	return -1;
}

static struct nlmsghdr *put(const struct nlmsghdr *rq, uint16_t type,
			    uint16_t flags)
{
	struct nlmsghdr *nlh;

	nlh = mnl_nlmsg_put_header(to->answer + to->len);
	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = flags;
	nlh->nlmsg_seq = rq->nlmsg_seq;
	nlh->nlmsg_pid = PORTID;
	return nlh;
}

void fake_end(struct nlmsghdr *nlh)
{
	to->len += MNL_ALIGN(nlh->nlmsg_len);
}

struct nlmsghdr *fake_genl(const struct nlmsghdr *rq, uint8_t cmd)
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

/* Offset of the first attribute of a number, or 0 */
static uint32_t find(const struct nlmsghdr *rq, unsigned int number,
		     unsigned int inner)
{
	const struct nlattr *attr, *part;

	mnl_attr_for_each(attr, rq, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) != number)
			continue;
		if (!inner)
			return (char *)attr - (char *)rq;
		mnl_attr_for_each_nested(part, attr)
			if (mnl_attr_get_type(part) == inner)
				return (char *)part - (char *)rq;
	}
	return 0;
}

static void put_error(const struct nlmsghdr *rq, int code)
{
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
		if (order.missing_in)
			mnl_attr_put_u32(nlh, NLMSGERR_ATTR_MISS_NEST,
					 find(rq, order.missing_in,
					      order.missing_inner));
		if (order.offset)
			mnl_attr_put_u32(nlh, NLMSGERR_ATTR_OFFS,
					 order.offset);
		else if (find(rq, order.attr, order.in_attr))
			mnl_attr_put_u32(nlh, NLMSGERR_ATTR_OFFS,
					 find(rq, order.attr, order.in_attr));
		if (order.range) {
			nest = mnl_attr_nest_start(nlh, NLMSGERR_ATTR_POLICY);
			mnl_attr_put_u64(nlh, NL_POLICY_TYPE_ATTR_MIN_VALUE_U,
					 order.min);
			mnl_attr_put_u64(nlh, NL_POLICY_TYPE_ATTR_MAX_VALUE_U,
					 order.max);
			mnl_attr_nest_end(nlh, nest);
		}
	}
	fake_end(nlh);
}

static void put_done(const struct nlmsghdr *rq)
{
	struct nlmsghdr *nlh = put(rq, NLMSG_DONE, NLM_F_MULTI);
	int *code = mnl_nlmsg_put_extra_header(nlh, sizeof(*code));

	*code = -order.fails;
	fake_end(nlh);
	if (order.intr)
		order.intr--;
}

static void answer_family(const struct nlmsghdr *rq)
{
	struct nlmsghdr *nlh;

	if (order.unloaded || fake_is_away()) {
		put_error(rq, ENOENT);
		return;
	}
	nlh = fake_genl(rq, CTRL_CMD_NEWFAMILY);
	mnl_attr_put_u16(nlh, CTRL_ATTR_FAMILY_ID, family);
	if (!order.no_groups)
		fake_groups(nlh);
	fake_end(nlh);
	put_error(rq, 0);
}

/* Connections everywhere go as they were ordered. */
static unsigned int next_flows(void)
{
	unsigned int n = atoi(order.flows);
	char *comma = strchr(order.flows, ',');

	if (comma)
		memmove(order.flows, comma + 1, strlen(comma));
	return n;
}

/* Whether the namespace drains; what is for all of them is another matter. */
static bool draining;

static const struct nlattr *attr_of(const struct nlmsghdr *rq, uint16_t type)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, rq, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == type)
			return attr;
	return NULL;
}

static void take_info(const struct nlmsghdr *rq)
{
	const struct nlattr *attr = attr_of(rq, SLUICE_A_INFO_DRAINING);

	if (attr && !attr_of(rq, SLUICE_A_INFO_EVERYWHERE))
		draining = mnl_attr_get_u8(attr);
}

static void answer_info(const struct nlmsghdr *rq)
{
	bool everywhere = attr_of(rq, SLUICE_A_INFO_EVERYWHERE);
	unsigned int flows = 3;

	if (*order.others && !order.looks--)
		draining = false;
	if (everywhere || *order.flows)
		flows = next_flows();
	fake_info(rq, everywhere ? 3 : flows, everywhere ? flows : 0, draining);
}

/* One of them, or all; false if it is not there any more */
static bool answer_backends(const struct nlmsghdr *rq)
{
	if (!(rq->nlmsg_flags & NLM_F_DUMP) && *order.others && !order.looks--) {
		if (!strcmp(order.others, "gone"))
			return false;
		if (!strcmp(order.others, "up"))
			fake_backend.state = SLUICE_BACKEND_STATE_UP;
		else
			fake_backend.id++;
	}
	if (*order.flows)
		fake_backend.flows = next_flows();
	fake_backends(rq);
	return true;
}

/* The next flows of a listing of many, and its end with the last */
static void go_on(struct transport *t)
{
	unsigned int n;

	to = t;
	t->len = 0;
	for (n = 0; n < FLOWS_AT_ONCE && t->flow <= order.many; n++)
		fake_many(&t->dump, t->flow++);
	if (t->flow <= order.many)
		return;
	put_done(&t->dump);
	t->dump.nlmsg_len = 0;
}

/* Once. The tool's clock wakes us: sleep on. */
static void be_slow(const char *what)
{
	struct timespec left = { 1, 600000000 };

	if (strcmp(order.slow, what))
		return;
	*order.slow = '\0';
	while (nanosleep(&left, &left))
		;
}

/* True if this is all there is to say */
static bool answer_kept(const struct nlmsghdr *rq)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(rq);
	const char *text = "";
	int err;

	switch (genl->cmd) {
	case SLUICE_CMD_GET_SERVICE:
	case SLUICE_CMD_GET_POOL:
	case SLUICE_CMD_GET_BACKEND:
	case SLUICE_CMD_GET_RULE:
		fake_keep_dump(rq);
		return false;
	case SLUICE_CMD_GET_INFO:
		fake_keep_info(rq);
		if (order.restless)
			fake_keep_move();
		return false;
	case SLUICE_CMD_SET_INFO:
		fake_keep_limits(rq);
		return false;
	case SLUICE_CMD_GET_FLOW:
		fake_flows(rq);
		return false;
	case SLUICE_CMD_BATCH:
		break;
	default:
		return false;
	}
	if (order.moves) {
		order.moves--;
		fake_keep_move();
	}
	be_slow("request");
	err = fake_keep_batch(rq, &text, &order.offset);
	if (!err) {
		order.offset = 0;
		fake_batch(rq);
		return false;
	}
	snprintf(order.text, sizeof(order.text), "%s", text);
	put_error(rq, err);
	*order.text = '\0';
	order.offset = 0;
	return true;
}

static void answer_request(const struct nlmsghdr *rq)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(rq);
	struct nlmsghdr *nlh;

	fake_log_request(rq);
	if (order.error && !order.after--) {
		put_error(rq, order.error);
		order.error = 0;
		return;
	}
	if (order.keep) {
		if (answer_kept(rq))
			return;
		goto end;
	}
	be_slow("request");
	switch (genl->cmd) {
	case SLUICE_CMD_GET_SERVICE:
		fake_services(rq, order.pooled);
		break;
	case SLUICE_CMD_GET_POOL:
		fake_pools(rq);
		break;
	case SLUICE_CMD_GET_BACKEND:
		if (!answer_backends(rq)) {
			put_error(rq, ENOENT);
			return;
		}
		break;
	case SLUICE_CMD_SET_BACKEND:
		fake_set_backend(rq);
		break;
	case SLUICE_CMD_GET_RULE:
		fake_rules(rq);
		break;
	case SLUICE_CMD_GET_FLOW:
		if (order.many) {
			to->dump = *rq;
			to->flow = 1;
			go_on(to);
			return;
		}
		fake_flows(rq);
		break;
	case SLUICE_CMD_GET_STATS:
		fake_stats(rq);
		break;
	case SLUICE_CMD_GET_INFO:
		answer_info(rq);
		break;
	case SLUICE_CMD_SET_INFO:
		take_info(rq);
		break;
	case SLUICE_CMD_WHOAMI:
		fake_whoami(rq);
		break;
	case SLUICE_CMD_BATCH:
		be_slow("batch");
		fake_batch(rq);
		break;
	case SLUICE_CMD_FLUSH_FLOWS:
		nlh = fake_genl(rq, SLUICE_CMD_FLUSH_FLOWS);
		mnl_attr_put_u32(nlh, SLUICE_A_FLOW_COUNT, 3);
		fake_end(nlh);
		break;
	}
end:
	if (rq->nlmsg_flags & NLM_F_DUMP)
		put_done(rq);
	else
		put_error(rq, 0);
}

struct transport *transport_open(void)
{
	struct transport *t = calloc(1, sizeof(*t));

	if (order.no_sockets) {
		free(t);
		errno = EMFILE;
		return NULL;
	}
	t->answered = true;
	return t;
}

int transport_fd(const struct transport *t)
{
	(void)t;
	return fake_event_fd();
}

unsigned int transport_portid(const struct transport *t)
{
	(void)t;
	return PORTID;
}

int transport_join(struct transport *t, unsigned int group)
{
	if (order.error == EPERM) {
		errno = EPERM;
		return -1;
	}
	t->listens = true;
	fake_join(group);
	return 0;
}

ssize_t transport_send(struct transport *t, const void *buf, size_t len)
{
	const struct nlmsghdr *rq = buf;
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(rq);

	t->len = 0;
	t->answered = false;
	to = t;
	if (order.lost) {
		errno = ENOBUFS;
		return -1;
	}
	if (order.small && rq->nlmsg_type == family &&
	    genl->cmd == SLUICE_CMD_BATCH) {
		errno = EMSGSIZE;
		return -1;
	}
	if (rq->nlmsg_type == GENL_ID_CTRL) {
		answer_family(rq);
		return len;
	}
	if (rq->nlmsg_type == family)
		answer_request(rq);
	else
		put_error(rq, ENOENT);
	if (order.reload && !--order.reload)
		family++;
	if (order.gone && !--order.gone) {
		family = 0;
		order.unloaded = true;
	}
	return len;
}

ssize_t transport_recv(struct transport *t, void *buf, size_t len)
{
	struct nlmsghdr rq = { .nlmsg_type = FAKE_FAMILY };

	if (order.signals) {
		order.signals--;
		errno = EINTR;
		return -1;
	}
	if (order.answer_lost) {
		errno = ENOBUFS;
		return -1;
	}
	if (t->listens) {
		to = t;
		t->len = 0;
		if (fake_event(&rq)) {
			errno = ENOBUFS;
			return -1;
		}
	} else if (t->dump.nlmsg_len && t->answered) {
		go_on(t);
	} else if (t->answered || t->len > len) {
		/* Who asks once more would wait for ever. */
		abort();
	}
	t->answered = true;
	memcpy(buf, t->answer, t->len);
	return t->len;
}

void transport_close(struct transport *t)
{
	free(t);
}

int transport_socket(unsigned int pid, unsigned int fd)
{
	fprintf(fake_log, "socket %u of process %u\n", fd, pid);
	errno = fd == 9 ? EBADF : fd == 10 ? EPERM : fd == 12 ? EMFILE : ESRCH;
	return fd < 9 ? (int)fd : -1;
}

int transport_unload(void)
{
	fputs("unload\n", fake_log);
	be_slow("unload");
	errno = order.unload;
	return order.unload ? -1 : 0;
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
	be_slow("routes");
	return *order.unroutable ? order.unroutable : NULL;
}

int plumb_lock(void)
{
	return -1;
}

void plumb_unlock(int lock)
{
	(void)lock;
}

void plumb_end(void)
{
	fputs("plumb nothing anywhere\n", fake_log);
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
