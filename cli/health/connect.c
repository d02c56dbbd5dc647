// SPDX-License-Identifier: GPL-2.0
/* Connections of probes, with a PROXY header if the pool wants one. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "probe.h"
#include "via.h"

/**
 * struct connecting - a connection that is being made
 * @poll: tells when it is made, or may be written to
 * @check: it is for
 * @then: what is done with it
 * @fd: its socket
 * @connected: all but the header is done
 * @len: length of the header
 * @sent: how much of it was sent
 * @header: the header
 */
struct connecting {
	uv_poll_t poll;
	struct check *check;
	void (*then)(struct check *check, int fd);
	int fd;
	bool connected;
	size_t len;
	size_t sent;
	char header[PROBE_HEADER_MAX];
};

static socklen_t length_of(const union check_addr *addr)
{
	return addr->sa.sa_family == AF_INET ? sizeof(addr->v4) :
					       sizeof(addr->v6);
}

/* A datagram's socket needs no port that may have run out. */
int probe_source(const union check_addr *to, union check_addr *from)
{
	int fd = socket(to->sa.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof(*from);
	int err;

	if (fd < 0)
		return -1;
	err = connect(fd, &to->sa, length_of(to)) ||
	      getsockname(fd, &from->sa, &len) ? errno : 0;
	close(fd);
	errno = err;
	return err ? -1 : 0;
}

/*
 * No address is also what is said where this host has none of IPv6 to speak from, which
 * is no way to the backend.
 */
static bool has_source(const struct check *check)
{
	union check_addr from, to = check->to;

	/* By the service it goes to the backend all the same. */
	if (check->via.mark)
		check_address(&to, &check->addr, 9);
	return to.sa.sa_family != AF_INET6 ||
	       !probe_source(&to, &from) || errno != EADDRNOTAVAIL;
}

void probe_failed(struct check *check, int err)
{
	if (err == EADDRNOTAVAIL && !has_source(check)) {
		check_done(check, "this host has no address to speak from");
		return;
	}
	switch (err) {
	case ECONNREFUSED:
		check_done(check, "connection refused");
		break;
	case ECONNRESET:
	case EPIPE:
		check_done(check, "connection reset");
		break;
	case ETIMEDOUT:
		check_done(check, "no answer");
		break;
	case EMFILE:
	case ENFILE:
	case ENOMEM:
	case ENOBUFS:
	case EAGAIN:
	case EADDRNOTAVAIL:	/* All ports are in use. */
		check_skip(check, err);
		break;
	default:
		check_done(check, strerror(err));
	}
}

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

/* The socket stays open. */
static void let_go(struct connecting *c)
{
	c->check->probe = NULL;
	c->check->stop = NULL;
	uv_close((uv_handle_t *)&c->poll, on_closed);
}

static void stop(struct check *check)
{
	struct connecting *c = check->probe;

	let_go(c);
	close(c->fd);
}

static void fail(struct connecting *c, int err)
{
	struct check *check = c->check;

	stop(check);
	probe_failed(check, err);
}

static void step(struct connecting *c)
{
	struct check *check = c->check;
	void (*then)(struct check *check, int fd) = c->then;
	int err = 0, fd = c->fd;
	socklen_t size = sizeof(err);
	ssize_t n;

	if (!c->connected) {
		if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &size) || err) {
			fail(c, err ?: errno);
			return;
		}
		c->connected = true;
		if (check->spec->send_proxy)
			c->len = probe_header(c->header,
					      check->spec->send_proxy, fd);
	}
	while (c->sent < c->len) {
		n = send(fd, c->header + c->sent, c->len - c->sent,
			 MSG_NOSIGNAL);
		if (n < 0 && errno == EAGAIN)
			return;
		if (n < 0) {
			fail(c, errno);
			return;
		}
		c->sent += n;
	}
	let_go(c);
	then(check, fd);
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
	struct connecting *c = poll->data;

	(void)events;
	/* libuv tells of an error so; the socket says which. */
	(void)status;
	step(c);
}

/* The socket, or -1 with errno set */
static int open_socket(const struct check *check, int type)
{
	int err, fd;

	fd = socket(check->to.sa.sa_family,
		    type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	if (check->via.mark && via_bind(fd, check)) {
		err = errno;
		close(fd);
		errno = err;
		return -1;
	}
	if (!connect(fd, &check->to.sa, length_of(&check->to)) || errno == EINPROGRESS)
		return fd;
	err = errno;
	close(fd);
	errno = err;
	return -1;
}

void probe_connect(struct check *check, int type,
		   void (*then)(struct check *check, int fd))
{
	struct connecting *c;
	int fd;

	if (!check->to.v4.sin_port) {
		check_done(check, "no port to check: give one to health");
		return;
	}
	fd = open_socket(check, type);
	if (fd < 0) {
		probe_failed(check, errno);
		return;
	}
	if (type == SOCK_DGRAM) {
		then(check, fd);
		return;
	}
	c = calloc(1, sizeof(*c));
	if (!c)
		abort();
	c->check = check;
	c->then = then;
	c->fd = fd;
	uv_poll_init(check_loop, &c->poll, fd);
	c->poll.data = c;
	check->probe = c;
	check->stop = stop;
	uv_poll_start(&c->poll, UV_WRITABLE, on_ready);
}
