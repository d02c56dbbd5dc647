// SPDX-License-Identifier: GPL-2.0
/*
 * Probes by http and https. The connection is ours (connect.c), with its header; what
 * goes through it is libcurl's, driven by the loop through its socket interface.
 */
#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "probe.h"

/* A text of an answer must be in so many bytes. */
#define BODY_MAX	65536
/* Handles that are kept for the next probes */
#define SPARE_MAX	64

/**
 * struct web - a request
 * @check: it is for
 * @easy: libcurl's handle
 * @headers: what we add to the request
 * @where: where it goes, whatever it calls the server
 * @fd: the connection, -1 once libcurl has it
 * @found: the answer has all that it must
 * @len: of what was kept of the answer
 * @body: that, if a text must be in it
 */
struct web {
	struct check *check;
	CURL *easy;
	struct curl_slist *headers;
	struct curl_slist *where;
	int fd;
	bool found;
	size_t len;
	char *body;
};

static CURLM *multi;
static uv_timer_t timer;
static CURL *spare[SPARE_MAX];
static unsigned int n_spare;

static void release(struct web *w)
{
	curl_multi_remove_handle(multi, w->easy);
	curl_easy_reset(w->easy);
	if (n_spare < SPARE_MAX)
		spare[n_spare++] = w->easy;
	else
		curl_easy_cleanup(w->easy);
	curl_slist_free_all(w->headers);
	curl_slist_free_all(w->where);
	if (w->fd >= 0)
		close(w->fd);
	free(w->body);
	free(w);
}

static void stop(struct check *check)
{
	release(check->probe);
}

/* What is wrong with the answer, NULL for nothing */
static const char *judge(struct web *w, int code)
{
	const struct spec *spec = w->check->spec;
	static char why[96];
	long status = 0;

	curl_easy_getinfo(w->easy, CURLINFO_RESPONSE_CODE, &status);
	/* We end it ourselves once we know. */
	if (code == CURLE_WRITE_ERROR)
		code = CURLE_OK;
	if (code != CURLE_OK && !w->found)
		return curl_easy_strerror(code);
	if (!spec_takes_status(spec, status)) {
		snprintf(why, sizeof(why), "status %ld", status);
		return why;
	}
	return !spec->body || w->found ? NULL : "another body";
}

static void done(struct web *w, int code)
{
	const char *why = judge(w, code);
	struct check *check = w->check;

	release(w);
	check_done(check, why);
}

static void take_done(void)
{
	struct web *w;
	int left;

	for (;;) {
		__auto_type msg = curl_multi_info_read(multi, &left);

		if (!msg)
			return;
		if (msg->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &w);
		done(w, msg->data.result);
	}
}

/* Fewer bytes than there are end the request. */
static size_t on_body(char *data, size_t size, size_t n, void *arg)
{
	struct web *w = arg;
	const char *text = w->check->spec->body;
	size_t len = size * n, take = len, overlap, from;

	if (!text)
		return 0;
	/* What was there before has been searched, but for what may begin in it. */
	overlap = strlen(text) - 1;
	from = w->len > overlap ? w->len - overlap : 0;
	if (take > BODY_MAX - w->len)
		take = BODY_MAX - w->len;
	w->body = realloc(w->body, w->len + take + 1);
	if (!w->body)
		abort();
	memcpy(w->body + w->len, data, take);
	w->len += take;
	w->found = memmem(w->body + from, w->len - from, text, strlen(text));
	return w->found || w->len == BODY_MAX ? 0 : len;
}

/* --- what libcurl waits for ----------------------------------------------------- */

static void on_time(uv_timer_t *handle)
{
	int running;

	(void)handle;
	curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running);
	take_done();
}

static int set_time(CURLM *m, long ms, void *arg)
{
	(void)m;
	(void)arg;
	if (ms < 0)
		uv_timer_stop(&timer);
	else
		uv_timer_start(&timer, on_time, ms, 0);
	return 0;
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
	/* With an error, what came before it may be all that is wanted. */
	int what = status < 0 ? CURL_CSELECT_IN | CURL_CSELECT_ERR : 0, running;
	uv_os_fd_t fd;

	if (uv_fileno((uv_handle_t *)poll, &fd))
		return;
	what |= events & UV_READABLE ? CURL_CSELECT_IN : 0;
	what |= events & UV_WRITABLE ? CURL_CSELECT_OUT : 0;
	curl_multi_socket_action(multi, fd, what, &running);
	take_done();
	/* libuv waits no more, though libcurl may not have read all. */
	if (status < 0 && !uv_is_closing((uv_handle_t *)poll))
		uv_poll_start(poll, UV_READABLE, on_ready);
}

static void on_poll_closed(uv_handle_t *handle)
{
	free(handle);
}

static int set_socket(CURL *easy, curl_socket_t fd, int what, void *arg,
		      void *of_socket)
{
	uv_poll_t *poll = of_socket;
	int events = what == CURL_POLL_IN ? UV_READABLE :
		     what == CURL_POLL_OUT ? UV_WRITABLE :
					     UV_READABLE | UV_WRITABLE;

	(void)easy;
	(void)arg;
	if (what == CURL_POLL_REMOVE) {
		if (poll)
			uv_close((uv_handle_t *)poll, on_poll_closed);
		curl_multi_assign(multi, fd, NULL);
		return 0;
	}
	if (!poll) {
		poll = malloc(sizeof(*poll));
		if (!poll)
			abort();
		uv_poll_init(check_loop, poll, fd);
		curl_multi_assign(multi, fd, poll);
	}
	uv_poll_start(poll, events, on_ready);
	return 0;
}

/* --- a request ------------------------------------------------------------------ */

static curl_socket_t give_socket(void *arg, curlsocktype purpose,
				 struct curl_sockaddr *addr)
{
	struct web *w = arg;
	int fd = w->fd;

	(void)purpose;
	(void)addr;
	w->fd = -1;
	return fd < 0 ? CURL_SOCKET_BAD : fd;
}

static int is_connected(void *arg, curl_socket_t fd, curlsocktype purpose)
{
	(void)arg;
	(void)fd;
	(void)purpose;
	return CURL_SOCKOPT_ALREADY_CONNECTED;
}

static void add(struct curl_slist **list, const char *text)
{
	*list = curl_slist_append(*list, text);
	if (!*list)
		abort();
}

/* A name in the address is also what TLS asks for; one with a port is only told. */
static void set_url(struct web *w)
{
	const struct check *check = w->check;
	const struct spec *spec = check->spec;
	bool v4 = check->to.sa.sa_family == AF_INET;
	char text[INET6_ADDRSTRLEN], to[80], where[90], host[300], url[1400];
	bool named = spec->host && !strpbrk(spec->host, ":[]");

	inet_ntop(check->to.sa.sa_family, v4 ? (void *)&check->to.v4.sin_addr :
		  (void *)&check->to.v6.sin6_addr, text, sizeof(text));
	snprintf(to, sizeof(to), v4 ? "%s:%u" : "[%s]:%u", text,
		 ntohs(check->to.v4.sin_port));
	snprintf(url, sizeof(url), "%s://%s%s", spec->type,
		 named ? spec->host : to, spec->path);
	curl_easy_setopt(w->easy, CURLOPT_URL, url);
	/* Or the name would be looked up. */
	snprintf(where, sizeof(where), "::%s", to);
	add(&w->where, where);
	curl_easy_setopt(w->easy, CURLOPT_CONNECT_TO, w->where);
	snprintf(host, sizeof(host), "Host: %s", spec->host ?: to);
	add(&w->headers, host);
}

static void set_method(struct web *w)
{
	const char *method = w->check->spec->method;

	if (!strcmp(method, "HEAD")) {
		curl_easy_setopt(w->easy, CURLOPT_NOBODY, 1L);
	} else if (!strcmp(method, "POST")) {
		curl_easy_setopt(w->easy, CURLOPT_POST, 1L);
		curl_easy_setopt(w->easy, CURLOPT_POSTFIELDS, "");
		curl_easy_setopt(w->easy, CURLOPT_POSTFIELDSIZE, 0L);
	} else if (strcmp(method, "GET")) {
		curl_easy_setopt(w->easy, CURLOPT_CUSTOMREQUEST, method);
	}
}

static void set_options(struct web *w)
{
	CURL *easy = w->easy;

	curl_easy_setopt(easy, CURLOPT_PRIVATE, w);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, give_socket);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, w);
	curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, is_connected);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, w);
	curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
	/* It would look through all addresses that it has for each that it adds. */
	curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
	curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "sluice/" SLUICE_VERSION);
	/* Whether a backend answers, not whether it is who it says */
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
	/* The side that closes first remembers the connection for a minute. */
	add(&w->headers, "Connection: close");
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, w->headers);
}

static void begin(struct check *check, int fd)
{
	struct web *w = calloc(1, sizeof(*w));

	if (!w)
		abort();
	w->check = check;
	w->fd = fd;
	w->easy = n_spare ? spare[--n_spare] : curl_easy_init();
	if (!w->easy)
		abort();
	check->probe = w;
	check->stop = stop;
	set_url(w);
	set_method(w);
	set_options(w);
	/* It begins with the loop's next round, and so does not end before this does. */
	curl_multi_add_handle(multi, w->easy);
}

void probe_web(struct check *check)
{
	probe_connect(check, SOCK_STREAM, begin);
}

int probe_web_init(void)
{
	if (!curl_global_init(CURL_GLOBAL_DEFAULT))
		multi = curl_multi_init();
	if (!multi) {
		log_say(LOG_ERR, "libcurl does not start");
		return -1;
	}
	uv_timer_init(check_loop, &timer);
	curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, set_socket);
	curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, set_time);
	return 0;
}

void probe_web_exit(void)
{
	while (n_spare)
		curl_easy_cleanup(spare[--n_spare]);
	curl_multi_cleanup(multi);
	uv_close((uv_handle_t *)&timer, NULL);
	curl_global_cleanup();
}
