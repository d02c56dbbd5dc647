// SPDX-License-Identifier: GPL-2.0
/* A configuration file that is applied whenever it changes. */
#include <errno.h>
#include <libgen.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wait.h"
#include "watch.h"

/* Editors write a file in several steps, but others may never end. */
#define DEBOUNCE_MS	200
#define DEBOUNCE_MAX_MS	2000

/*
 * The directory, as editors put a new file in the place of the old one. Any
 * name in it: the file may be a link to what another one in it leads to.
 */
#define EVENTS	(IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_ATTRIB | \
		 IN_DELETE_SELF | IN_MOVE_SELF)

struct watcher {
	int inotify;
	int signals;
	bool gone;
};

static const char *begin(struct watcher *w, const char *name)
{
	char *copy = strdup(name), *dir;
	sigset_t ends;
	int wd;

	if (!copy)
		abort();
	dir = dirname(copy);
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	w->signals = -1;
	w->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (w->inotify >= 0 && !sigprocmask(SIG_BLOCK, &ends, NULL))
		w->signals = signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
	wd = w->signals < 0 ? -1 : inotify_add_watch(w->inotify, dir, EVENTS);
	free(copy);
	return wd < 0 ? strerror(errno) : NULL;
}

static void end(struct watcher *w)
{
	if (w->inotify >= 0)
		close(w->inotify);
	if (w->signals >= 0)
		close(w->signals);
}

/* Take all events that have come. */
static void drain(struct watcher *w)
{
	char buf[4096] __attribute__((aligned(8)));
	const struct inotify_event *e;
	ssize_t len, i;

	while ((len = read(w->inotify, buf, sizeof(buf))) > 0)
		for (i = 0; i < len; i += sizeof(*e) + e->len) {
			e = (void *)(buf + i);
			if (e->mask & (IN_DELETE_SELF | IN_MOVE_SELF |
				       IN_IGNORED))
				w->gone = true;
		}
}

/* Until something has happened, and then nothing for a while; false: end */
static bool wait_change(struct watcher *w)
{
	struct pollfd fds[2] = {
		{ .fd = w->inotify, .events = POLLIN },
		{ .fd = w->signals, .events = POLLIN },
	};
	uint64_t now, last = 0;
	int timeout = -1, n;

	for (;;) {
		n = poll(fds, 2, timeout);
		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0 && fds[1].revents)
			return false;
		if (!n || w->gone)
			return true;
		if (n > 0) {
			drain(w);
			now = wait_clock_ms();
			if (!last)
				last = now + DEBOUNCE_MAX_MS;
			if (now >= last)
				return true;
			timeout = DEBOUNCE_MS;
		}
	}
}

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	       a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static int tell_done(const char *name, int ret, size_t changes)
{
	if (!ret && !cmd_json) {
		printf("applied %s, changes: %zu\n", name, changes);
		fflush(stdout);
	}
	return ret;
}

static int follow(const struct cmd *cmd, const char *name, unsigned int how,
		  struct watcher *w)
{
	struct stat seen, now;
	size_t changes = 0;
	int ret;

	if (stat(name, &seen))
		return cmd_bad(NULL, name, strerror(errno));
	ret = config_apply(cmd, name, how, &changes);
	tell_done(name, ret, changes);
	while (!ret && wait_change(w)) {
		if (w->gone) {
			cmd_bad(NULL, name, "its directory is gone");
			return EXIT_USAGE;
		}
		/* Between two steps of an editor there may be none. */
		if (stat(name, &now) || is_same(&seen, &now))
			continue;
		seen = now;
		/* The module may be another by now, with another number. */
		nlsock_close();
		tell_done(name, config_apply(cmd, name, how, &changes),
			  changes);
	}
	return ret;
}

int watch(const struct cmd *cmd, const char *name, unsigned int how)
{
	struct watcher w = { .signals = -1 };
	const char *bad;
	int ret;

	if (!strcmp(name, "-"))
		return cmd_bad(NULL, name, "only a file can be watched");
	bad = begin(&w, name);
	ret = bad ? cmd_bad(NULL, name, bad) : follow(cmd, name, how, &w);
	end(&w);
	return ret;
}
