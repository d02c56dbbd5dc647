// SPDX-License-Identifier: GPL-2.0
/* Requests to the module and what comes back. */
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/sluice.h>
#include <stdio.h>
#include <string.h>

#include "nlsock.h"
#include "transport.h"

/* The kernel's messages grow up to this. */
#define RECV_LEN	65536

static struct transport *sock;
static uint16_t family;
static uint32_t seq;

#define GROUPS_MAX	8

/* The family's multicast groups */
static struct {
	char name[16];
	uint32_t id;
} groups[GROUPS_MAX];

struct table {
	const struct nlattr **tb;
	unsigned int max;
};

static int parse_one(const struct nlattr *attr, void *data)
{
	const struct table *table = data;
	unsigned int type = mnl_attr_get_type(attr);

	if (type <= table->max && !table->tb[type])
		table->tb[type] = attr;
	return MNL_CB_OK;
}

void nlsock_parse(const struct nlmsghdr *nlh, const struct nlattr **tb,
		  unsigned int max)
{
	struct table table = { tb, max };

	memset(tb, 0, (max + 1) * sizeof(*tb));
	mnl_attr_parse(nlh, sizeof(struct genlmsghdr), parse_one, &table);
}

void nlsock_parse_nest(const struct nlattr *nest, const struct nlattr **tb,
		       unsigned int max)
{
	struct table table = { tb, max };

	memset(tb, 0, (max + 1) * sizeof(*tb));
	mnl_attr_parse_nested(nest, parse_one, &table);
}

/* From <linux/netlink.h>, which may be older here than the kernel */
#define ACK_MSG		1
#define ACK_OFFS	2
#define ACK_POLICY	4
#define ACK_MISS_TYPE	5
#define ACK_MISS_NEST	6
#define ACK_MAX		6

static uint64_t get_uint(const struct nlattr *attr)
{
	return mnl_attr_get_payload_len(attr) >= 8 ? mnl_attr_get_u64(attr) :
						     mnl_attr_get_u32(attr);
}

/* The range that a policy of the kernel allows */
static void decode_policy(const struct nlattr *attr, struct nlsock_error *err)
{
	const struct nlattr *tb[NL_POLICY_TYPE_ATTR_MAX + 1];

	nlsock_parse_nest(attr, tb, NL_POLICY_TYPE_ATTR_MAX);
	if (!tb[NL_POLICY_TYPE_ATTR_MIN_VALUE_U] ||
	    !tb[NL_POLICY_TYPE_ATTR_MAX_VALUE_U])
		return;
	err->has_range = true;
	err->min = get_uint(tb[NL_POLICY_TYPE_ATTR_MIN_VALUE_U]);
	err->max = get_uint(tb[NL_POLICY_TYPE_ATTR_MAX_VALUE_U]);
}

static void decode_tlvs(const struct nlmsghdr *nlh, size_t offset,
			const struct request *rq,
			struct nlsock_error *err)
{
	const struct nlattr *tb[ACK_MAX + 1] = { NULL }, *at;
	struct table table = { tb, ACK_MAX };

	if (nlh->nlmsg_len <= MNL_NLMSG_HDRLEN + offset)
		return;
	mnl_attr_parse(nlh, offset, parse_one, &table);
	if (tb[ACK_MSG])
		snprintf(err->text, sizeof(err->text), "%s",
			 mnl_attr_get_str(tb[ACK_MSG]));
	if (tb[ACK_MISS_TYPE])
		err->missing = mnl_attr_get_u32(tb[ACK_MISS_TYPE]);
	if (tb[ACK_POLICY])
		decode_policy(tb[ACK_POLICY], err);
	at = tb[ACK_OFFS] ?: tb[ACK_MISS_NEST];
	if (at)
		err->span = request_span_at(rq, mnl_attr_get_u32(at));
}

/* One exchange: the request, who wants the answer, and what went wrong */
struct talk {
	const struct request *rq;
	mnl_cb_t cb;
	void *data;
	struct nlsock_error *err;
};

static int on_message(const struct nlmsghdr *nlh, void *data)
{
	struct talk *talk = data;

	return talk->cb ? talk->cb(nlh, talk->data) : MNL_CB_OK;
}

static int on_error(const struct nlmsghdr *nlh, void *data)
{
	const struct nlmsgerr *ack = mnl_nlmsg_get_payload(nlh);
	struct talk *talk = data;
	size_t offset = sizeof(*ack);

	if (nlh->nlmsg_len < mnl_nlmsg_size(sizeof(*ack))) {
		talk->err->code = EBADMSG;
		return MNL_CB_STOP;
	}
	talk->err->code = -ack->error;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		offset += MNL_ALIGN(ack->msg.nlmsg_len) - MNL_NLMSG_HDRLEN;
	if (ack->error && nlh->nlmsg_flags & NLM_F_ACK_TLVS)
		decode_tlvs(nlh, offset, talk->rq, talk->err);
	return MNL_CB_STOP;
}

static int on_done(const struct nlmsghdr *nlh, void *data)
{
	struct talk *talk = data;
	const int *error = mnl_nlmsg_get_payload(nlh);

	if (nlh->nlmsg_len >= mnl_nlmsg_size(sizeof(*error)) && *error < 0) {
		talk->err->code = -*error;
		decode_tlvs(nlh, sizeof(*error), talk->rq, talk->err);
	}
	return MNL_CB_STOP;
}

static void disconnect(void)
{
	transport_close(sock);
	sock = NULL;
}

/* A signal is no answer: EINTR is for listings that are disturbed. */
static ssize_t receive(void *buf, size_t size)
{
	ssize_t len;

	do {
		len = transport_recv(sock, buf, size);
	} while (len < 0 && errno == EINTR);
	return len;
}

static int exchange(struct request *rq, mnl_cb_t cb, void *data,
		    struct nlsock_error *err)
{
	static mnl_cb_t ctl[NLMSG_MIN_TYPE] = {
		[NLMSG_ERROR]	= on_error,
		[NLMSG_DONE]	= on_done,
	};
	static uint64_t buf[RECV_LEN / sizeof(uint64_t)];
	struct talk talk = { rq, cb, data, err };
	ssize_t len;
	int ret;

	memset(err, 0, sizeof(*err));
	if (!sock)
		sock = transport_open();
	if (!sock)
		return err->code = errno;
	rq->nlh->nlmsg_seq = ++seq;
	if (transport_send(sock, rq->nlh, rq->nlh->nlmsg_len) < 0)
		return err->code = errno;
	do {
		len = receive(buf, sizeof(buf));
		if (len < 0)
			return err->code = errno;
		ret = mnl_cb_run2(buf, len, seq, transport_portid(sock),
				  on_message, &talk, ctl, NLMSG_MIN_TYPE);
	} while (ret > MNL_CB_STOP);
	if (ret < 0) {
		err->code = errno;
		/* The rest of the answer is of no use. */
		disconnect();
	}
	return err->code;
}

static void take_groups(const struct nlattr *list)
{
	const struct nlattr *tb[CTRL_ATTR_MCAST_GRP_ID + 1], *group;
	unsigned int n = 0;

	memset(groups, 0, sizeof(groups));
	mnl_attr_for_each_nested(group, list) {
		nlsock_parse_nest(group, tb, CTRL_ATTR_MCAST_GRP_ID);
		if (n == GROUPS_MAX ||
		    !tb[CTRL_ATTR_MCAST_GRP_NAME] || !tb[CTRL_ATTR_MCAST_GRP_ID])
			continue;
		snprintf(groups[n].name, sizeof(groups[n].name), "%s",
			 mnl_attr_get_str(tb[CTRL_ATTR_MCAST_GRP_NAME]));
		groups[n++].id = mnl_attr_get_u32(tb[CTRL_ATTR_MCAST_GRP_ID]);
	}
}

static int on_family(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[CTRL_ATTR_MCAST_GROUPS + 1];

	(void)data;
	nlsock_parse(nlh, tb, CTRL_ATTR_MCAST_GROUPS);
	if (tb[CTRL_ATTR_FAMILY_ID])
		family = mnl_attr_get_u16(tb[CTRL_ATTR_FAMILY_ID]);
	if (tb[CTRL_ATTR_MCAST_GROUPS])
		take_groups(tb[CTRL_ATTR_MCAST_GROUPS]);
	return MNL_CB_OK;
}

static int resolve(struct nlsock_error *err)
{
	static struct request rq;
	struct genlmsghdr *genl;

	request_begin(&rq, CTRL_CMD_GETFAMILY, 0);
	genl = mnl_nlmsg_get_payload(rq.nlh);
	genl->version = 1;
	rq.nlh->nlmsg_type = GENL_ID_CTRL;
	request_put_str(&rq, CTRL_ATTR_FAMILY_NAME, SLUICE_FAMILY_NAME);
	exchange(&rq, on_family, NULL, err);
	if (err->code == ENOENT)
		err->unloaded = true;
	else if (!err->code && !family)
		err->code = EBADMSG;
	return err->code;
}

uint16_t nlsock_family(struct nlsock_error *err)
{
	memset(err, 0, sizeof(*err));
	return family || !resolve(err) ? family : 0;
}

uint32_t nlsock_group(const char *name)
{
	unsigned int i;

	for (i = 0; i < GROUPS_MAX; i++)
		if (!strcmp(groups[i].name, name))
			return groups[i].id;
	return 0;
}

void nlsock_acked(const struct nlmsghdr *nlh, const struct request *rq,
		  struct nlsock_error *err)
{
	struct talk talk = { rq, NULL, NULL, err };

	if (nlh->nlmsg_type == NLMSG_DONE)
		on_done(nlh, &talk);
	else
		on_error(nlh, &talk);
}

/* The kernel knows no family of this number: what has become of ours? */
static void look_again(struct nlsock_error *err)
{
	uint16_t before = family;
	struct nlsock_error now;

	family = 0;
	if (!nlsock_family(&now))
		*err = now;
	else if (family != before)
		snprintf(err->text, sizeof(err->text),
			 "the module was loaded anew meanwhile");
}

int nlsock_talk(struct request *rq, mnl_cb_t cb, void *data,
		struct nlsock_error *err)
{
	if (!nlsock_family(err))
		return err->code;
	rq->nlh->nlmsg_type = family;
	if (exchange(rq, cb, data, err) == ENOENT && !*err->text)
		look_again(err);
	return err->code;
}

void nlsock_close(void)
{
	disconnect();
	family = 0;
}
