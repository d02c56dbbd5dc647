// SPDX-License-Identifier: GPL-2.0
/* Asking agents. See agent.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent.h"
#include "log.h"

/**
 * struct agent - one that is being asked
 * @tcp: the connection
 * @connect: that it is made
 * @write: what it is told first
 * @timer: for the end
 * @check: it is for; NULL: nobody waits any more
 * @len: bytes heard
 * @heard: these
 * @open: handles that are not closed yet
 */
struct agent {
	uv_tcp_t tcp;
	uv_connect_t connect;
	uv_write_t write;
	uv_timer_t timer;
	struct check *check;
	size_t len;
	char heard[SAYS_MAX];
	unsigned int open;
};

static void on_closed(uv_handle_t *handle)
{
	struct agent *agent = handle->data;

	if (!--agent->open)
		free(agent);
}

void agent_leave(struct check *check)
{
	struct agent *agent = check->agent;

	if (!agent)
		return;
	check->agent = NULL;
	agent->check = NULL;
	uv_close((uv_handle_t *)&agent->timer, on_closed);
	uv_close((uv_handle_t *)&agent->tcp, on_closed);
}

/* What it said last stands: who cannot be asked has said nothing else. */
static void fail(struct agent *agent, const char *why)
{
	struct check *check = agent->check;

	agent_leave(check);
	if (!strcmp(check->mute, why))
		return;
	snprintf(check->mute, sizeof(check->mute), "%s", why);
	log_say(LOG_WARNING, "pool %s: %s: its agent says nothing, what it said stands: %s",
		check->pool, check->address, why);
}

static void end(struct agent *agent)
{
	struct check *check = agent->check;

	if (!says_take(&check->says, agent->heard, agent->len)) {
		fail(agent, "no word of an agent");
		return;
	}
	agent_leave(check);
	*check->mute = '\0';
	check_said(check);
}

static void on_room(uv_handle_t *handle, size_t size, uv_buf_t *buf)
{
	struct agent *agent = handle->data;

	(void)size;
	*buf = uv_buf_init(agent->heard + agent->len,
			   sizeof(agent->heard) - agent->len);
}

static void on_heard(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct agent *agent = stream->data;

	(void)buf;
	if (!agent->check || !n)
		return;
	if (n < 0 && n != UV_EOF) {
		fail(agent, uv_strerror(n));
		return;
	}
	agent->len += n > 0 ? n : 0;
	if (n < 0 || agent->len == sizeof(agent->heard) ||
	    memchr(agent->heard, '\n', agent->len) ||
	    memchr(agent->heard, '\r', agent->len))
		end(agent);
}

static void on_timeout(uv_timer_t *timer)
{
	fail(timer->data, "timed out");
}

static void on_written(uv_write_t *write, int status)
{
	struct agent *agent = write->data;

	if (status && agent->check)
		fail(agent, uv_strerror(status));
}

static void on_connected(uv_connect_t *connect, int status)
{
	struct agent *agent = connect->data;
	const char *text;
	uv_buf_t buf;

	if (!agent->check)
		return;
	if (status) {
		fail(agent, uv_strerror(status));
		return;
	}
	uv_read_start((uv_stream_t *)&agent->tcp, on_room, on_heard);
	text = agent->check->spec->agent_send;
	if (!text)
		return;
	buf = uv_buf_init((char *)text, strlen(text));
	status = uv_write(&agent->write, (uv_stream_t *)&agent->tcp, &buf, 1,
			  on_written);
	if (status)
		fail(agent, uv_strerror(status));
}

void agent_ask(struct check *check)
{
	struct agent *agent;
	union check_addr to;
	int err;

	if (check->agent)
		return;
	check_address(&to, &check->addr, check->spec->agent);
	agent = calloc(1, sizeof(*agent));
	if (!agent)
		abort();
	agent->check = check;
	agent->open = 2;
	agent->connect.data = agent;
	agent->write.data = agent;
	agent->tcp.data = agent;
	agent->timer.data = agent;
	check->agent = agent;
	uv_tcp_init(check_loop, &agent->tcp);
	uv_timer_init(check_loop, &agent->timer);
	uv_timer_start(&agent->timer, on_timeout, check->spec->timeout_ms, 0);
	err = uv_tcp_connect(&agent->connect, &agent->tcp, &to.sa,
			     on_connected);
	if (err)
		fail(agent, uv_strerror(err));
}
