// SPDX-License-Identifier: GPL-2.0
/* Listings a piece at a time, and events. */
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/sluice.h>
#include <stdio.h>
#include <string.h>

#include "nlstream.h"
#include "transport.h"

/* The kernel's messages grow up to this. */
#define RECV_LEN	65536

static bool begin(struct nlstream *s, struct nlsock_error *err)
{
	if (!nlsock_family(err))
		return false;
	if (!s->transport)
		s->transport = transport_open();
	if (!s->transport)
		err->code = errno;
	return s->transport;
}

int nlstream_dump(struct nlstream *s, struct request *rq,
		  struct nlsock_error *err)
{
	if (!begin(s, err))
		return err->code;
	rq->nlh->nlmsg_type = nlsock_family(err);
	rq->nlh->nlmsg_seq = ++s->seq;
	s->rq = rq;
	if (transport_send(s->transport, rq->nlh, rq->nlh->nlmsg_len) < 0) {
		err->code = errno;
		nlstream_close(s);
	}
	return err->code;
}

int nlstream_watch(struct nlstream *s, struct nlsock_error *err)
{
	if (!begin(s, err))
		return err->code;
	/* The controller's own group, for when the module goes and comes */
	if (transport_join(s->transport, GENL_ID_CTRL))
		err->code = errno;
	return err->code;
}

int nlstream_join(struct nlstream *s, const char *group,
		  struct nlsock_error *err)
{
	uint32_t id;

	if (s->transport ? !begin(s, err) : nlstream_watch(s, err))
		return err->code;
	id = nlsock_group(group);
	if (!id) {
		snprintf(err->text, sizeof(err->text),
			 "the module has no events %s", group);
		return err->code = ENOENT;
	}
	if (transport_join(s->transport, id))
		err->code = errno;
	return err->code;
}

int nlstream_fd(const struct nlstream *s)
{
	return s->transport ? transport_fd(s->transport) : -1;
}

/* The controller tells that our family is gone, or there. */
static bool is_told(const struct nlmsghdr *nlh, uint8_t cmd)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[CTRL_ATTR_FAMILY_NAME + 1];

	if (nlh->nlmsg_type != GENL_ID_CTRL ||
	    nlh->nlmsg_len < mnl_nlmsg_size(sizeof(*genl)) || genl->cmd != cmd)
		return false;
	nlsock_parse(nlh, tb, CTRL_ATTR_FAMILY_NAME);
	return tb[CTRL_ATTR_FAMILY_NAME] &&
	       !strcmp(mnl_attr_get_str(tb[CTRL_ATTR_FAMILY_NAME]),
		       SLUICE_FAMILY_NAME);
}

/* False: nothing follows this one. */
static bool take(struct nlstream *s, const struct nlmsghdr *nlh, mnl_cb_t cb,
		 void *data, struct nlsock_error *err)
{
	struct nlsock_error none;

	if (s->rq && nlh->nlmsg_seq != s->seq)
		return true;
	if (s->rq && (nlh->nlmsg_type == NLMSG_DONE ||
		      nlh->nlmsg_type == NLMSG_ERROR)) {
		nlsock_acked(nlh, s->rq, err);
		return false;
	}
	if (nlh->nlmsg_len < mnl_nlmsg_size(sizeof(struct genlmsghdr)))
		return true;
	if (nlh->nlmsg_type == nlsock_family(&none)) {
		cb(nlh, data);
	} else if (is_told(nlh, CTRL_CMD_DELFAMILY)) {
		err->code = ENOENT;
		err->unloaded = true;
		return false;
	}
	return true;
}

bool nlstream_read(struct nlstream *s, mnl_cb_t cb, void *data,
		   struct nlsock_error *err)
{
	static uint64_t buf[RECV_LEN / sizeof(uint64_t)];
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)buf;
	ssize_t len;
	int rest;

	memset(err, 0, sizeof(*err));
	len = transport_recv(s->transport, buf, sizeof(buf));
	if (len < 0) {
		err->code = errno;
		return errno == EINTR || errno == EAGAIN || errno == ENOBUFS;
	}
	rest = len;
	for (; mnl_nlmsg_ok(nlh, rest); nlh = mnl_nlmsg_next(nlh, &rest))
		if (!take(s, nlh, cb, data, err)) {
			s->rq = NULL;
			return false;
		}
	return true;
}

bool nlstream_is_back(struct nlstream *s)
{
	static uint64_t buf[RECV_LEN / sizeof(uint64_t)];
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)buf;
	ssize_t len = transport_recv(s->transport, buf, sizeof(buf));
	int rest = len;

	/* What was lost may have said so. */
	if (len < 0)
		return errno == ENOBUFS;
	for (; mnl_nlmsg_ok(nlh, rest); nlh = mnl_nlmsg_next(nlh, &rest))
		if (is_told(nlh, CTRL_CMD_NEWFAMILY))
			return true;
	return false;
}

void nlstream_close(struct nlstream *s)
{
	transport_close(s->transport);
	s->transport = NULL;
	s->rq = NULL;
}
