// SPDX-License-Identifier: GPL-2.0
/*
 * Answers by HTTP. Who asks for metrics waits for a run of the tool that begins after
 * that, with all others that have asked by then: so there is one run at a time, each
 * answer is of its time, and one who asks holds up nobody.
 */
#include <microhttpd.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "http.h"
#include "scrape.h"

#define CONNECTIONS	64
/* Of one address: four would have to conspire. */
#define PER_ADDRESS	16
/* Of a connection that says nothing */
#define IDLE_SECONDS	15

#define METRICS_TYPE	"text/plain; version=0.0.4; charset=utf-8"
#define TEXT_TYPE	"text/plain; charset=utf-8"

/**
 * struct ask - a request
 * @connection: it came by
 * @waited: for a run of the tool
 * @next: another that waits
 */
struct ask {
	struct MHD_Connection *connection;
	bool waited;
	struct ask *next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t asked = PTHREAD_COND_INITIALIZER;
static struct ask *waiting;
/* What came of the last run */
static struct MHD_Response *last;
static unsigned int last_status;

/* Takes @text if it is to be freed. */
static struct MHD_Response *make(char *text, size_t len, const char *type,
				 enum MHD_ResponseMemoryMode mode)
{
	struct MHD_Response *r;

	r = MHD_create_response_from_buffer(len, text, mode);
	if (r)
		MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	else if (mode == MHD_RESPMEM_MUST_FREE)
		free(text);
	return r;
}

static struct MHD_Response *make_text(const char *text)
{
	return make((char *)text, strlen(text), TEXT_TYPE, MHD_RESPMEM_PERSISTENT);
}

static enum MHD_Result say(struct MHD_Connection *c, unsigned int status,
			   const char *text)
{
	struct MHD_Response *r = make_text(text);
	enum MHD_Result ret;

	if (!r)
		return MHD_NO;
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(r, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	ret = MHD_queue_response(c, status, r);
	MHD_destroy_response(r);
	return ret;
}

static enum MHD_Result metrics(struct ask *ask)
{
	enum MHD_Result ret = MHD_YES;

	pthread_mutex_lock(&lock);
	if (ask->waited) {
		/* Or of one that has begun still later */
		ret = last ? MHD_queue_response(ask->connection, last_status, last) :
			     MHD_NO;
	} else {
		ask->waited = true;
		MHD_suspend_connection(ask->connection);
		ask->next = waiting;
		waiting = ask;
		pthread_cond_signal(&asked);
	}
	pthread_mutex_unlock(&lock);
	return ret;
}

static enum MHD_Result handle(void *data, struct MHD_Connection *c,
			      const char *url, const char *method,
			      const char *version, const char *body,
			      size_t *body_len, void **state)
{
	struct ask *ask = *state;

	(void)data;
	(void)version;
	(void)body;
	/* Once for the head, which is to be read to its end */
	if (!ask) {
		ask = calloc(1, sizeof(*ask));
		if (!ask)
			return MHD_NO;
		ask->connection = c;
		*state = ask;
		return MHD_YES;
	}
	if (*body_len) {
		*body_len = 0;
		return MHD_YES;
	}
	if (strcmp(method, MHD_HTTP_METHOD_GET) &&
	    strcmp(method, MHD_HTTP_METHOD_HEAD))
		return say(c, MHD_HTTP_METHOD_NOT_ALLOWED,
			   "GET and HEAD are all there is\n");
	if (!strcmp(url, "/metrics"))
		return metrics(ask);
	if (!strcmp(url, "/"))
		return say(c, MHD_HTTP_OK, "Sluice's metrics are at /metrics\n");
	return say(c, MHD_HTTP_NOT_FOUND, "there is /metrics and nothing else\n");
}

static void forget(void *data, struct MHD_Connection *c, void **state,
		   enum MHD_RequestTerminationCode why)
{
	(void)data;
	(void)c;
	(void)why;
	free(*state);
	*state = NULL;
}

/* Why not is for who runs us, not for all who may connect. */
static struct MHD_Response *run(int helper, unsigned int *status)
{
	char *text;
	size_t len;

	switch (scrape(helper, &text, &len)) {
	case SCRAPE_DONE:
		*status = MHD_HTTP_OK;
		return make(text, len, METRICS_TYPE, MHD_RESPMEM_MUST_FREE);
	case SCRAPE_FAILED:
		*status = MHD_HTTP_INTERNAL_SERVER_ERROR;
		return make_text("there are no metrics, the exporter's log has why\n");
	case SCRAPE_SLOW:
		*status = MHD_HTTP_SERVICE_UNAVAILABLE;
		return make_text("there are no metrics, the tool was too slow\n");
	}
	/*
	 * Without it there is nothing to serve; another start has another. If a signal
	 * has ended both of us that is the end, and no failure.
	 */
	sleep(1);
	fputs("sluice: export: what runs the tool has died\n", stderr);
	_exit(1);
}

static void *scrapes(void *data)
{
	struct MHD_Response *r, *old;
	struct ask *all, *next;
	unsigned int status;

	for (;;) {
		pthread_mutex_lock(&lock);
		while (!waiting)
			pthread_cond_wait(&asked, &lock);
		all = waiting;
		waiting = NULL;
		pthread_mutex_unlock(&lock);

		r = run(*(int *)data, &status);
		pthread_mutex_lock(&lock);
		old = last;
		last = r;
		last_status = status;
		pthread_mutex_unlock(&lock);
		if (old)
			MHD_destroy_response(old);
		/* One that goes on may be over, and forgotten, at once. */
		for (; all; all = next) {
			next = all->next;
			MHD_resume_connection(all->connection);
		}
	}
	return NULL;
}

int http_start(int sock, int helper)
{
	unsigned int flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL |
			     MHD_ALLOW_SUSPEND_RESUME;
	static int to;
	pthread_t thread;

	to = helper;
	if (pthread_create(&thread, NULL, scrapes, &to))
		return -1;
	return MHD_start_daemon(flags, 0, NULL, NULL, handle, NULL,
				MHD_OPTION_LISTEN_SOCKET, sock,
				MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS,
				MHD_OPTION_PER_IP_CONNECTION_LIMIT, PER_ADDRESS,
				MHD_OPTION_CONNECTION_TIMEOUT, IDLE_SECONDS,
				MHD_OPTION_NOTIFY_COMPLETED, forget, NULL,
				MHD_OPTION_END) ? 0 : -1;
}
