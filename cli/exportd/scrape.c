// SPDX-License-Identifier: GPL-2.0
/* Running the tool. See scrape.h. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "scrape.h"

#define LIMIT_MS	10000
#define CHUNK		65536

static long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000ll + t.tv_nsec / 1000000;
}

/* It has no signals blocked, as we have, and all it says goes one way. */
static pid_t run(int out)
{
	char *argv[3] = { getenv("SLUICE"), "export" };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t none;
	pid_t pid;
	int err;

	sigemptyset(&none);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, out, 1);
	posix_spawn_file_actions_adddup2(&actions, out, 2);
	err = posix_spawn(&pid, argv[0], &actions, &attr, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attr);
	return err ? -1 : pid;
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

void scrape(struct scrape *s)
{
	int pipes[2], status = -1;
	pid_t pid;

	*s = (struct scrape){ .why = "the tool cannot be run\n" };
	/* What another thread runs meanwhile must not hold its end open. */
	if (pipe2(pipes, O_CLOEXEC))
		return;
	pid = run(pipes[1]);
	close(pipes[1]);
	if (pid > 0) {
		s->text = read_all(pipes[0], &s->len, now_ms() + LIMIT_MS);
		if (!s->text)
			kill(pid, SIGKILL);
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
		s->ok = s->text && WIFEXITED(status) && !WEXITSTATUS(status);
		s->why = "the tool was too slow\n";
	}
	close(pipes[0]);
}
