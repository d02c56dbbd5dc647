// SPDX-License-Identifier: GPL-2.0
/* Running the tool. See scrape.h. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "scrape.h"

/* Of one run, and then of the kernel for making it go */
#define LIMIT_MS	10000
#define KILL_MS		1000
#define CHUNK		65536

/* What is said of a run, before its text */
struct reply {
	int result;
	size_t len;
};

/* The run, if there is one: one at a time, whatever is asked */
static pid_t pid;
static int pidfd;

static long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000ll + t.tv_nsec / 1000000;
}

/* What it says of errors is for who runs us. */
static bool start(int out)
{
	char *argv[3] = { getenv("SLUICE"), "export" };
	posix_spawn_file_actions_t actions;
	int err;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, out, 1);
	err = posix_spawn(&pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (err) {
		fprintf(stderr, "sluice: export: cannot run %s: %s\n", argv[0],
			strerror(err));
		pid = 0;
		return false;
	}
	pidfd = syscall(SYS_pidfd_open, pid, 0);
	if (pidfd >= 0)
		return true;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	pid = 0;
	return false;
}

/* Is it over by then? */
static bool over(long long until, int *status)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };
	long long ms = until - now_ms();

	if (poll(&p, 1, ms > 0 ? ms : 0) <= 0)
		return false;
	waitpid(pid, status, 0);
	close(pidfd);
	pid = 0;
	return true;
}

/* All that comes until the end, or NULL */
static char *read_all(int in, size_t *len, long long until)
{
	struct pollfd p = { .fd = in, .events = POLLIN };
	size_t size = 0;
	char *text = NULL, *more;
	ssize_t n;

	for (*len = 0;; *len += n) {
		if (size - *len < CHUNK) {
			size = size ? 2 * size : 2 * CHUNK;
			more = realloc(text, size);
			if (!more)
				break;
			text = more;
		}
		n = until - now_ms();
		if (n <= 0 || poll(&p, 1, n) <= 0)
			break;
		n = read(in, text + *len, size - *len);
		if (n < 0)
			break;
		if (!n)
			return text;
	}
	free(text);
	return NULL;
}

static int run(char **text, size_t *len)
{
	long long until = now_ms() + LIMIT_MS;
	int pipes[2], status = -1;

	*text = NULL;
	/* One that was killed and is still in the kernel is not to get company. */
	if (pid && !over(0, &status))
		return SCRAPE_SLOW;
	if (pipe2(pipes, O_CLOEXEC))
		return SCRAPE_FAILED;
	if (start(pipes[1])) {
		close(pipes[1]);
		*text = read_all(pipes[0], len, until);
	} else {
		close(pipes[1]);
	}
	close(pipes[0]);
	/* It may have closed its end and live on. */
	if (pid && (!*text || !over(until, &status))) {
		kill(pid, SIGKILL);
		over(now_ms() + KILL_MS, &status);
	}
	if (*text && WIFEXITED(status) && !WEXITSTATUS(status))
		return SCRAPE_DONE;
	free(*text);
	*text = NULL;
	return now_ms() < until ? SCRAPE_FAILED : SCRAPE_SLOW;
}

static int put(int to, const void *data, size_t len)
{
	ssize_t n;

	for (; len; data += n, len -= n) {
		n = write(to, data, len);
		if (n < 0)
			return -1;
	}
	return 0;
}

static int get(int from, void *data, size_t len)
{
	ssize_t n;

	for (; len; data += n, len -= n) {
		n = read(from, data, len);
		if (n <= 0)
			return -1;
	}
	return 0;
}

/* In the process of its own: a byte asks, a reply and a text answer. */
static void serve(int at)
{
	char ask, *text;
	int err;

	while (!get(at, &ask, 1)) {
		struct reply r = { 0 };

		r.result = run(&text, &r.len);
		if (!text)
			r.len = 0;
		err = put(at, &r, sizeof(r)) || put(at, text, r.len);
		free(text);
		if (err)
			break;
	}
	_exit(0);
}

int scrape_start(void)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		return -1;
	switch (fork()) {
	case -1:
		return -1;
	case 0:
		close(ends[0]);
		serve(ends[1]);
	}
	close(ends[1]);
	return ends[0];
}

int scrape(int helper, char **text, size_t *len)
{
	struct reply r;

	*text = NULL;
	if (put(helper, "", 1) || get(helper, &r, sizeof(r)))
		return -1;
	*len = r.len;
	if (r.result != SCRAPE_DONE)
		return r.result;
	*text = malloc(r.len + 1);
	if (!*text || get(helper, *text, r.len))
		return -1;
	return SCRAPE_DONE;
}
