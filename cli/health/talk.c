// SPDX-License-Identifier: GPL-2.0
/* Probes by tcp, udp and dns: connect, say something, hear something. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "dns.h"
#include "probe.h"

/* A reply must be in so many bytes, or one datagram of this size. */
#define HEARD_MAX	4096
/* What is heard at once: others are to be heard, too. */
#define HEAR_AT_ONCE	16

/**
 * struct talk - a conversation
 * @poll: tells when there is something to hear, or it can go on saying
 * @check: it is for
 * @fd: its socket
 * @sent: how much of what is to be said was
 * @head_len: of datagrams, the length of what goes before it
 * @head: their PROXY header
 * @query_len: of dns, the length of the question
 * @query: the question
 * @heard_len: how much was heard
 * @heard: what
 */
struct talk {
	uv_poll_t poll;
	struct check *check;
	int fd;
	size_t sent;
	size_t head_len;
	char head[PROBE_HEADER_MAX];
	size_t query_len;
	uint8_t query[DNS_QUERY_LEN];
	size_t heard_len;
	uint8_t heard[HEARD_MAX];
};

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

/* By a reset: thousands of checks a second leave nothing behind in the stack. */
static void hang_up(const struct check *check, int fd)
{
	static const struct linger none = { .l_onoff = 1 };

	if (check->spec->kind == SPEC_TCP)
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
	close(fd);
}

static void stop(struct check *check)
{
	struct talk *t = check->probe;

	uv_close((uv_handle_t *)&t->poll, on_closed);
	hang_up(check, t->fd);
}

static void done(struct talk *t, const char *why)
{
	struct check *check = t->check;

	stop(check);
	check_done(check, why);
}

static void fail(struct talk *t, int err)
{
	struct check *check = t->check;

	stop(check);
	probe_failed(check, err);
}

/* Whether enough was heard; if so the talk is over. */
static bool judge(struct talk *t, const uint8_t *data, size_t len)
{
	const struct spec *spec = t->check->spec;
	const char *why = NULL;

	if (spec->kind == SPEC_DNS) {
		why = dns_answer(t->query, t->query_len, data, len,
				 spec->has_want ? spec->want : NULL);
		if (why && !*why)
			return false;
	} else if (spec->reply.len && !spec_has(&spec->reply, data, len)) {
		if (spec->kind == SPEC_TCP && len < HEARD_MAX)
			return false;
		why = "another reply";
	}
	done(t, why);
	return true;
}

/* How long the header is that an answer begins with: the simple one, as questions have it */
static size_t head_in(const struct talk *t)
{
	return t->head_len && t->heard_len >= t->head_len &&
	       !memcmp(t->heard, t->head, t->head_len) ? t->head_len : 0;
}

/* False if the talk is over. */
static bool hear(struct talk *t)
{
	bool stream = t->check->spec->kind == SPEC_TCP;
	unsigned int i;
	size_t skip;
	ssize_t n;

	for (i = 0; i < HEAR_AT_ONCE; i++) {
		if (!stream)
			t->heard_len = 0;
		n = recv(t->fd, t->heard + t->heard_len,
			 sizeof(t->heard) - t->heard_len, 0);
		if (n < 0 && errno == EAGAIN)
			return true;
		if (n < 0) {
			fail(t, errno);
			return false;
		}
		if (stream && !n) {
			done(t, t->heard_len ? "another reply" :
			     "closed without a reply");
			return false;
		}
		t->heard_len += n;
		skip = head_in(t);
		if (judge(t, t->heard + skip, t->heard_len - skip))
			return false;
	}
	return true;
}

static void say(struct talk *t);

static void on_ready(uv_poll_t *poll, int status, int events)
{
	struct talk *t = poll->data;

	/* Of an error libuv says no more, and waits no more. What came before it counts. */
	if (status < 0) {
		if (hear(t))
			uv_poll_start(poll, UV_READABLE, on_ready);
	} else if (events & UV_WRITABLE) {
		say(t);
	} else {
		hear(t);
	}
}

/* A datagram goes with its header. How much of the rest went */
static ssize_t send_some(const struct talk *t, const uint8_t *data, size_t len)
{
	struct iovec parts[] = {
		{ .iov_base = (void *)t->head, .iov_len = t->head_len },
		{ .iov_base = (void *)data, .iov_len = len },
	};
	struct msghdr msg = { .msg_iov = parts, .msg_iovlen = 2 };
	ssize_t n = sendmsg(t->fd, &msg, MSG_NOSIGNAL);

	return n < 0 ? n : n - (ssize_t)t->head_len;
}

/* It goes on where it left off. */
static void say(struct talk *t)
{
	const struct spec *spec = t->check->spec;
	const uint8_t *data = t->query_len ? t->query : spec->payload.data;
	size_t len = t->query_len ?: spec->payload.len;
	ssize_t n = 0;

	if (t->sent < len)
		n = send_some(t, data + t->sent, len - t->sent);
	if (n < 0 && errno != EAGAIN) {
		fail(t, errno);
		return;
	}
	t->sent += n > 0 ? n : 0;
	if (t->sent < len)
		uv_poll_start(&t->poll, UV_WRITABLE, on_ready);
	else if (spec->kind == SPEC_TCP && !spec->reply.len)
		done(t, NULL);
	else
		uv_poll_start(&t->poll, UV_READABLE, on_ready);
}

static void begin(struct check *check, int fd)
{
	const struct spec *spec = check->spec;
	uint16_t id = uv_hrtime();
	struct talk *t;

	if (spec->kind == SPEC_TCP && !spec->payload.len && !spec->reply.len) {
		hang_up(check, fd);
		check_done(check, NULL);
		return;
	}
	t = calloc(1, sizeof(*t));
	if (!t)
		abort();
	t->check = check;
	t->fd = fd;
	uv_poll_init(check_loop, &t->poll, fd);
	t->poll.data = t;
	check->probe = t;
	check->stop = stop;
	/* Connections have begun with theirs. */
	if (spec->send_proxy && spec->kind != SPEC_TCP)
		t->head_len = probe_header(t->head, spec->send_proxy, fd);
	if (spec->kind == SPEC_DNS) {
		if (getrandom(&id, sizeof(id), GRND_NONBLOCK) < 0)
			id ^= uv_hrtime() >> 16;
		t->query_len = dns_query(t->query, id, spec->host,
					 spec->dns_type);
		if (!t->query_len) {
			done(t, "host is no name that DNS has");
			return;
		}
	}
	say(t);
}

void probe_talk(struct check *check)
{
	probe_connect(check, check->spec->kind == SPEC_TCP ? SOCK_STREAM :
		      SOCK_DGRAM, begin);
}
