// SPDX-License-Identifier: GPL-2.0
/*
 * sluice-health: what `sluice health run` runs. It checks the backends of the network
 * namespace that it was started in and tells the kernel what it finds; pools and
 * backends, and how to check and find them, it has from the kernel too.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../cmd.h"
#include "found.h"
#include "kernel.h"
#include "log.h"
#include "probe.h"
#include "report.h"
#include "view.h"

static uv_signal_t term, hup, interrupt;
static int result = EXIT_DONE;

static void stop(int why)
{
	result = why;
	uv_stop(check_loop);
}

static void on_end(uv_signal_t *handle, int sig)
{
	(void)handle;
	(void)sig;
	stop(EXIT_DONE);
}

static void on_hup(uv_signal_t *handle, int sig)
{
	(void)handle;
	(void)sig;
	view_changed();
}

static void say_error(const struct nlsock_error *err)
{
	char why[96];

	log_say(LOG_ERR, "%s", cmd_reason(err, why, sizeof(why)));
}

static void on_failed(const struct nlsock_error *err)
{
	say_error(err);
	stop(EXIT_UNABLE);
}

static void watch_signals(void)
{
	signal(SIGPIPE, SIG_IGN);
	/* Whoever has started us may ignore it, and then programs end unheard. */
	signal(SIGCHLD, SIG_DFL);
	uv_signal_init(check_loop, &term);
	uv_signal_start(&term, on_end, SIGTERM);
	uv_signal_init(check_loop, &interrupt);
	uv_signal_start(&interrupt, on_end, SIGINT);
	uv_signal_init(check_loop, &hup);
	uv_signal_start(&hup, on_hup, SIGHUP);
}

/* A socket for each check that is under way, and more */
static void raise_limit(void)
{
	struct rlimit r;

	if (!getrlimit(RLIMIT_NOFILE, &r) && r.rlim_cur < r.rlim_max) {
		r.rlim_cur = r.rlim_max;
		setrlimit(RLIMIT_NOFILE, &r);
	}
}

static void count(uv_handle_t *handle, void *n)
{
	(void)handle;
	++*(unsigned int *)n;
}

/*
 * Programs that were killed have to end. Look-ups of names may take as long as they
 * like, in threads that exit() would wait for.
 */
static void finish(void)
{
	unsigned int handles;

	for (;;) {
		handles = 0;
		uv_walk(check_loop, count, &handles);
		if (!handles)
			break;
		uv_run(check_loop, UV_RUN_ONCE);
	}
	uv_run(check_loop, UV_RUN_NOWAIT);
	if (!uv_loop_close(check_loop))
		return;
	fflush(NULL);
	_exit(result);
}

static void end(void)
{
	log_notify("STOPPING=1");
	view_end();
	found_end();
	kernel_end();
	report_end();
	probe_web_exit();
	uv_close((uv_handle_t *)&term, NULL);
	uv_close((uv_handle_t *)&interrupt, NULL);
	uv_close((uv_handle_t *)&hup, NULL);
	nlsock_close();
	finish();
}

int main(int argc, char **argv)
{
	struct nlsock_error err;

	(void)argv;
	if (argc > 1) {
		fputs("sluice-health: takes no arguments, see sluice-health(8)\n",
		      stderr);
		return EXIT_USAGE;
	}
	check_loop = uv_default_loop();
	view_failed = on_failed;
	raise_limit();
	if (report_begin() || probe_web_init())
		return EXIT_UNABLE;
	watch_signals();
	kernel_begin();
	found_begin(view_changed);
	if (view_begin(&err)) {
		say_error(&err);
		result = EXIT_UNABLE;
	} else {
		log_notify("READY=1");
		uv_run(check_loop, UV_RUN_DEFAULT);
	}
	end();
	return result;
}
