// SPDX-License-Identifier: GPL-2.0
/*
 * sluice-export ADDR PORT: serves what `sluice export` prints, run by `sluice
 * export ADDR:PORT`. Who asks gets what holds then: the tool is run for each
 * request, and knows names and numbers; this knows HTTP.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scrape.h"

#define THREADS		4
#define CONNECTIONS	64
/* Of a connection that says nothing */
#define IDLE_SECONDS	15

#define METRICS_TYPE	"text/plain; version=0.0.4; charset=utf-8"
#define TEXT_TYPE	"text/plain; charset=utf-8"

static enum MHD_Result answer(struct MHD_Connection *c, unsigned int status,
			      const char *type, const char *header,
			      const char *value, char *text, size_t len,
			      enum MHD_ResponseMemoryMode mode)
{
	struct MHD_Response *r;
	enum MHD_Result ret;

	r = MHD_create_response_from_buffer(len, text, mode);
	if (!r) {
		if (mode == MHD_RESPMEM_MUST_FREE)
			free(text);
		return MHD_NO;
	}
	MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	if (header)
		MHD_add_response_header(r, header, value);
	ret = MHD_queue_response(c, status, r);
	MHD_destroy_response(r);
	return ret;
}

static enum MHD_Result say(struct MHD_Connection *c, unsigned int status,
			   const char *header, const char *value,
			   const char *text)
{
	return answer(c, status, TEXT_TYPE, header, value, (char *)text,
		      strlen(text), MHD_RESPMEM_PERSISTENT);
}

static enum MHD_Result metrics(struct MHD_Connection *c)
{
	struct scrape s;

	scrape(&s);
	if (s.text)
		return answer(c, s.ok ? MHD_HTTP_OK : MHD_HTTP_SERVICE_UNAVAILABLE,
			      s.ok ? METRICS_TYPE : TEXT_TYPE, NULL, NULL,
			      s.text, s.len, MHD_RESPMEM_MUST_FREE);
	return say(c, MHD_HTTP_SERVICE_UNAVAILABLE, NULL, NULL, s.why);
}

static enum MHD_Result handle(void *data, struct MHD_Connection *c,
			      const char *url, const char *method,
			      const char *version, const char *body,
			      size_t *body_len, void **state)
{
	static int seen;

	(void)data;
	(void)version;
	(void)body;
	/* Once for the head, which is to be read to its end */
	if (!*state) {
		*state = &seen;
		return MHD_YES;
	}
	if (*body_len) {
		*body_len = 0;
		return MHD_YES;
	}
	if (strcmp(method, MHD_HTTP_METHOD_GET) &&
	    strcmp(method, MHD_HTTP_METHOD_HEAD))
		return say(c, MHD_HTTP_METHOD_NOT_ALLOWED, MHD_HTTP_HEADER_ALLOW,
			   "GET, HEAD", "GET and HEAD are all there is\n");
	if (!strcmp(url, "/metrics"))
		return metrics(c);
	if (!strcmp(url, "/"))
		return say(c, MHD_HTTP_OK, NULL, NULL,
			   "Sluice's metrics are at /metrics\n");
	return say(c, MHD_HTTP_NOT_FOUND, NULL, NULL,
		   "there is /metrics and nothing else\n");
}

/* Addresses that both families can come to are of IPv6. */
static int address(struct sockaddr_storage *to, const char *addr,
		   const char *port, unsigned int *flags)
{
	struct sockaddr_in6 *in6 = (void *)to;
	struct sockaddr_in *in = (void *)to;
	int n = atoi(port);

	memset(to, 0, sizeof(*to));
	if (n < 1 || n > 65535)
		return -1;
	if (inet_pton(AF_INET, addr, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons(n);
		return 0;
	}
	*flags |= strcmp(addr, "*") ? MHD_USE_IPv6 : MHD_USE_DUAL_STACK;
	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons(n);
	in6->sin6_addr = in6addr_any;
	return !strcmp(addr, "*") ||
	       inet_pton(AF_INET6, addr, &in6->sin6_addr) == 1 ? 0 : -1;
}

static struct MHD_Daemon *start(const char *addr, const char *port)
{
	unsigned int flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL;
	struct sockaddr_storage to;

	if (address(&to, addr, port, &flags)) {
		errno = EINVAL;
		return NULL;
	}
	errno = 0;
	return MHD_start_daemon(flags, 0, NULL, NULL, handle, NULL,
				MHD_OPTION_SOCK_ADDR, &to,
				MHD_OPTION_THREAD_POOL_SIZE, THREADS,
				MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS,
				MHD_OPTION_CONNECTION_TIMEOUT, IDLE_SECONDS,
				MHD_OPTION_END);
}

int main(int argc, char **argv)
{
	struct MHD_Daemon *daemon;
	sigset_t ends;
	int sig;

	if (argc != 3 || !getenv("SLUICE")) {
		fputs("sluice-export: this is run by sluice export ADDR:PORT\n",
		      stderr);
		return 1;
	}
	/* In all threads, and what they run starts without. */
	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &ends, NULL);
	signal(SIGPIPE, SIG_IGN);
	daemon = start(argv[1], argv[2]);
	if (!daemon) {
		fprintf(stderr, "sluice: export: cannot listen at %s port %s: %s\n",
			argv[1], argv[2], errno ? strerror(errno) : "refused");
		return 3;
	}
	printf("listening at %s port %s\n", argv[1], argv[2]);
	fflush(stdout);
	sigwait(&ends, &sig);
	MHD_stop_daemon(daemon);
	return 0;
}
