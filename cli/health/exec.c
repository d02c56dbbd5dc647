// SPDX-License-Identifier: GPL-2.0
/*
 * Probes by a program. It gets no right of ours, little of the host, and no more time
 * than the check; at most RUNNING_MAX run at once, others wait for their turn.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../rights.h"
#include "log.h"
#include "probe.h"

#define RUNNING_MAX	32

/* What it says when it cannot become the program */
#define EXIT_NO_PROGRAM	127

/**
 * struct run - a program that runs, or waits for that
 * @poll: tells when it has ended
 * @check: it is for, NULL: nobody waits for it any more
 * @pid: its process, and group; 0: it waits
 * @pidfd: likewise, -1: it waits
 * @next: the next one that waits
 */
struct run {
	uv_poll_t poll;
	struct check *check;
	pid_t pid;
	int pidfd;
	struct run *next;
};

static struct run *waiting, **last = &waiting;
static unsigned int running;

static void start_waiting(void);

static void on_closed(uv_handle_t *handle)
{
	struct run *r = handle->data;

	close(r->pidfd);
	free(r);
}

static void forget_waiting(struct run *r)
{
	struct run **at;

	for (at = &waiting; *at != r; at = &(*at)->next)
		;
	*at = r->next;
	if (last == &r->next)
		last = at;
	free(r);
}

static void stop(struct check *check)
{
	struct run *r = check->probe;

	if (!r->pid) {
		forget_waiting(r);
		return;
	}
	/* It counts until it has ended, and is then forgotten. Just begun, it has no group. */
	if (kill(-r->pid, SIGKILL))
		kill(r->pid, SIGKILL);
	r->check = NULL;
}

/* What its end says of the backend; NULL: nothing bad */
static const char *judge(const siginfo_t *info)
{
	static char why[64];

	if (info->si_code != CLD_EXITED)
		snprintf(why, sizeof(why), "ended by signal %d",
			 info->si_status);
	else if (info->si_status == EXIT_NO_PROGRAM)
		snprintf(why, sizeof(why), "cannot be run, or status %d",
			 EXIT_NO_PROGRAM);
	else if (info->si_status)
		snprintf(why, sizeof(why), "status %d", info->si_status);
	else
		return NULL;
	return why;
}

static void on_ended(uv_poll_t *poll, int status, int events)
{
	struct run *r = poll->data;
	struct check *check = r->check;
	siginfo_t info = { 0 };
	int err = 0;

	(void)status;
	(void)events;
	if (waitid(P_PIDFD, r->pidfd, &info, WEXITED | WNOHANG))
		err = errno;
	else if (!info.si_pid)
		return;
	/* All that it has started goes with it. */
	kill(-r->pid, SIGKILL);
	uv_close((uv_handle_t *)&r->poll, on_closed);
	running--;
	if (check && err)
		check_skip(check, err);
	else if (check)
		check_done(check, judge(&info));
	start_waiting();
}

static void limit(int what, rlim_t most)
{
	const struct rlimit r = { most, most };

	setrlimit(what, &r);
}

/* In the child: only what may follow fork(). */
static void become(const struct check *check, char **env)
{
	int null = open("/dev/null", O_RDWR);
	sigset_t none;
	int sig;

	setsid();
	for (sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	dup2(null, 0);
	dup2(null, 1);
	dup2(null, 2);
	syscall(SYS_close_range, 3, ~0u, 0);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_NOFILE, 256);
	limit(RLIMIT_AS, 1 << 30);
	limit(RLIMIT_CPU, check->spec->timeout_ms / 1000 + 2);
	/* The right to change the network is the daemon's, not theirs. */
	if (rights_drop())
		_exit(EXIT_NO_PROGRAM);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (!chdir("/"))
		execve(*check->spec->argv, check->spec->argv, env);
	_exit(EXIT_NO_PROGRAM);
}

static void set(char **env, unsigned int n, const char *name, const char *value)
{
	if (asprintf(&env[n], "%s=%s", name, value) < 0)
		abort();
}

static void start(struct run *r)
{
	struct check *check = r->check;
	const struct sockaddr_in *to = &check->to.v4;
	char *env[5] = { NULL }, addr[INET6_ADDRSTRLEN], port[8];
	unsigned int i;
	int err;

	/* Port and family are at the same place in both. */
	if (to->sin_family == AF_INET)
		uv_ip4_name(to, addr, sizeof(addr));
	else
		uv_ip6_name(&check->to.v6, addr, sizeof(addr));
	snprintf(port, sizeof(port), "%u", ntohs(to->sin_port));
	set(env, 0, "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
	set(env, 1, "SLUICE_POOL", check->pool);
	set(env, 2, "SLUICE_ADDRESS", addr);
	set(env, 3, "SLUICE_PORT", port);
	r->pid = fork();
	if (!r->pid)
		become(check, env);
	r->pidfd = r->pid > 0 ? syscall(SYS_pidfd_open, r->pid, 0) : -1;
	err = errno;
	for (i = 0; env[i]; i++)
		free(env[i]);
	if (r->pidfd < 0) {
		if (r->pid > 0) {
			kill(r->pid, SIGKILL);
			waitpid(r->pid, NULL, 0);
		}
		free(r);
		check_skip(check, err);
		return;
	}
	running++;
	check_clock(check);
	uv_poll_init(check_loop, &r->poll, r->pidfd);
	r->poll.data = r;
	uv_poll_start(&r->poll, UV_READABLE, on_ended);
}

static void start_waiting(void)
{
	struct run *r;

	while (waiting && running < RUNNING_MAX) {
		r = waiting;
		waiting = r->next;
		if (!waiting)
			last = &waiting;
		start(r);
	}
}

void probe_exec(struct check *check)
{
	struct run *r = calloc(1, sizeof(*r));

	if (!r)
		abort();
	r->check = check;
	r->pidfd = -1;
	check->probe = r;
	check->stop = stop;
	*last = r;
	last = &r->next;
	/* Its time begins when it does. */
	uv_timer_stop(&check->timer);
	start_waiting();
}
