// SPDX-License-Identifier: GPL-2.0
/*
 * checks TYPE COUNT SECONDS: what it costs the health daemon to check so many backends once a
 * second, by the clock and on the kernel that this runs on. Its checks and probes are the
 * daemon's; the kernel module is not needed, and nobody is told what they find. The backends
 * are addresses of 127.0.0.0/8, which one process of ours serves.
 */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../../cli/health/kernel.h"
#include "../../cli/health/probe.h"
#include "../../cli/health/via.h"

#define PORT	18080

static struct check **checks;
static unsigned int n_checks;

/* In place of the kernel */
void kernel_tell(struct check *check)
{
	check->told = check->state.health;
}

void kernel_forget(struct check *check)
{
	(void)check;
}

/* None goes by a service. */
int via_bind(int fd, const struct check *check)
{
	(void)fd;
	(void)check;
	return 0;
}

static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
			     "Connection: close\r\n\r\nok";

static void give_room(uv_handle_t *handle, size_t size, uv_buf_t *buf)
{
	static char room[65536];

	(void)handle;
	(void)size;
	*buf = uv_buf_init(room, sizeof(room));
}

static void on_closed(uv_handle_t *handle)
{
	free(handle);
}

static void on_data(uv_stream_t *stream, ssize_t len, const uv_buf_t *buf)
{
	uv_buf_t out = uv_buf_init((char *)answer, sizeof(answer) - 1);

	(void)buf;
	if (len > 0)
		uv_try_write(stream, &out, 1);
	if (len && !uv_is_closing((uv_handle_t *)stream))
		uv_close((uv_handle_t *)stream, on_closed);
}

static void on_connection(uv_stream_t *door, int status)
{
	uv_tcp_t *tcp = malloc(sizeof(*tcp));

	(void)status;
	uv_tcp_init(door->loop, tcp);
	if (uv_accept(door, (uv_stream_t *)tcp))
		uv_close((uv_handle_t *)tcp, on_closed);
	else
		uv_read_start((uv_stream_t *)tcp, give_room, on_data);
}

static void on_datagram(uv_udp_t *udp, ssize_t len, const uv_buf_t *buf,
			const struct sockaddr *from, unsigned int flags)
{
	uv_buf_t out = uv_buf_init(buf->base, len > 0 ? len : 0);

	(void)flags;
	if (from)
		uv_udp_try_send(udp, &out, 1, from);
}

static void serve(void)
{
	uv_loop_t *loop = uv_default_loop();
	struct sockaddr_in any;
	uv_tcp_t tcp;
	uv_udp_t udp;

	uv_ip4_addr("0.0.0.0", PORT, &any);
	uv_tcp_init(loop, &tcp);
	uv_udp_init(loop, &udp);
	if (uv_tcp_bind(&tcp, (struct sockaddr *)&any, 0) ||
	    uv_listen((uv_stream_t *)&tcp, 4096, on_connection) ||
	    uv_udp_bind(&udp, (struct sockaddr *)&any, 0) ||
	    uv_udp_recv_start(&udp, give_room, on_datagram))
		exit(1);
	uv_run(loop, UV_RUN_DEFAULT);
}

static double cpu(const struct timeval *t)
{
	return t->tv_sec + t->tv_usec / 1e6;
}

static struct rusage before;
static uint64_t count_before;

static void on_warm(uv_timer_t *timer)
{
	(void)timer;
	getrusage(RUSAGE_SELF, &before);
	count_before = check_count;
}

static void on_end(uv_timer_t *timer)
{
	(void)timer;
	uv_stop(check_loop);
}

static void tell(const char *type, unsigned int seconds)
{
	unsigned int i, up = 0, most = 0;
	struct rusage now;

	getrusage(RUSAGE_SELF, &now);
	for (i = 0; i < n_checks; i++) {
		up += checks[i]->state.health == 1;
		if (checks[i]->took_ms > most)
			most = checks[i]->took_ms;
	}
	printf("%u of %s: %u up, %.0f checks a second, last ones took at most %u ms\n",
	       n_checks, type, up, (double)(check_count - count_before) / seconds, most);
	printf("\t%.1f %% of a processor and %.1f %% in the kernel, %ld kB\n",
	       100 * (cpu(&now.ru_utime) - cpu(&before.ru_utime)) / seconds,
	       100 * (cpu(&now.ru_stime) - cpu(&before.ru_stime)) / seconds,
	       now.ru_maxrss);
}

static void make_checks(const char *type)
{
	json_t *block = json_pack("{s:s, s:i, s:s}", "type", type, "interval", 1,
				  "payload", "x");
	struct in6_addr addr = { { { [10] = 0xff, 0xff, 127, 1 } } };
	struct spec *spec;
	char text[64];
	unsigned int i;

	if (strcmp(type, "udp"))
		json_object_del(block, "payload");
	if (!strcmp(type, "exec"))
		json_object_set_new(block, "command",
				    json_pack("[s]", "/bin/true"));
	spec = spec_new(block);
	json_decref(block);
	for (i = 0; i < n_checks; i++) {
		/* Datagrams would be answered from another one. */
		addr.s6_addr[13] = strcmp(type, "udp") ? 1 : 0;
		addr.s6_addr[14] = strcmp(type, "udp") ? i >> 8 : 0;
		addr.s6_addr[15] = strcmp(type, "udp") ? i : 1;
		snprintf(text, sizeof(text), "127.1.%u.%u", i >> 8, i & 255);
		checks[i] = check_new("bench", text, &addr, PORT, spec);
	}
	spec_put(spec);
}

int main(int argc, char **argv)
{
	struct rlimit files;
	unsigned int seconds;
	uv_timer_t warm, end;
	pid_t server;

	if (argc != 4)
		return 1;
	n_checks = atoi(argv[2]);
	seconds = atoi(argv[3]);
	checks = calloc(n_checks, sizeof(*checks));
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	signal(SIGPIPE, SIG_IGN);
	if (!freopen("/dev/null", "w", stderr))
		return 1;
	server = fork();
	if (!server)
		serve();
	sleep(1);
	check_loop = uv_default_loop();
	if (probe_web_init())
		return 1;
	make_checks(argv[1]);
	uv_timer_init(check_loop, &warm);
	uv_timer_start(&warm, on_warm, 3000, 0);
	uv_timer_init(check_loop, &end);
	uv_timer_start(&end, on_end, 3000 + 1000 * seconds, 0);
	uv_run(check_loop, UV_RUN_DEFAULT);
	tell(argv[1], seconds);
	kill(server, SIGKILL);
	return 0;
}
