// SPDX-License-Identifier: GPL-2.0
/* A configuration file that is applied whenever it changes. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nlstream.h"
#include "wait.h"
#include "watch.h"

/* Editors write a file in several steps, but others may never end. */
#define DEBOUNCE_MS	200
#define DEBOUNCE_MAX_MS	2000

/*
 * What no event tells: a directory further up gets another name, one is mounted
 * over, another host writes to a shared disk.
 */
#define LOOK_MS		10000

/* As many as the kernel follows */
#define LINKS_MAX	40

/*
 * Of a directory, as editors put a new file in the place of the old one. The one
 * that we are in is never told to be gone, but what is in it goes before.
 */
#define EVENTS	(IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_DELETE | \
		 IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF)

/**
 * struct watcher - who waits for changes of a file
 * @inotify: tells of them
 * @signals: tells of signals that end it
 * @module: tells of the module, which may go and come
 * @away: it has gone
 * @back: it has come, and the file is not applied to it yet
 * @dir: directories that are watched, by their numbers at @inotify
 * @n: how many
 */
struct watcher {
	int inotify;
	int signals;
	struct nlstream module;
	bool away;
	bool back;
	int dir[LINKS_MAX + 2];
	unsigned int n;
};

/* Watch a directory, which may be watched already; 0 or -errno */
static int add(struct watcher *w, const char *dir)
{
	int wd = inotify_add_watch(w->inotify, dir, EVENTS);

	if (wd < 0)
		return -errno;
	w->dir[w->n++] = wd;
	return 0;
}

/**
 * struct way - the way to a file
 * @at: directory that was reached, without links in it
 * @rest: what is to go from there
 * @links: how many led here
 */
struct way {
	char at[PATH_MAX];
	char *rest;
	unsigned int links;
};

static void set_rest(struct way *way, const char *to, const char *after)
{
	char *rest;

	if (asprintf(&rest, "%s%s%s", to, *to && *after ? "/" : "", after) < 0)
		abort();
	free(way->rest);
	way->rest = rest;
}

/* Over one part of it; 0 or -errno */
static int step(struct watcher *w, struct way *way)
{
	const char *part = way->rest + strspn(way->rest, "/");
	const char *end = strchrnul(part, '/');
	const char *after = end + strspn(end, "/");
	char path[PATH_MAX], to[PATH_MAX];
	ssize_t len;
	int err;

	if (snprintf(path, sizeof(path), "%s/%.*s", way->at, (int)(end - part),
		     part) >= PATH_MAX)
		return -ENAMETOOLONG;
	len = readlink(path, to, sizeof(to) - 1);
	if (len < 0 && *after && !access(path, F_OK)) {
		memcpy(way->at, path, sizeof(way->at));
		set_rest(way, "", after);
		return 0;
	}
	/* A directory in which a link is, or the file, or one of them may be */
	err = add(w, way->at);
	if (err)
		return err;
	if (len < 0) {
		err = *after && !way->links ? -ENOENT : 0;
		set_rest(way, "", "");
		return err;
	}
	/* Reading it will tell. */
	if (way->links++ == LINKS_MAX) {
		set_rest(way, "", "");
		return 0;
	}
	to[len] = '\0';
	if (*to == '/')
		snprintf(way->at, sizeof(way->at), "/");
	set_rest(way, to, after);
	return 0;
}

static bool is_watched(const struct watcher *w, int dir)
{
	unsigned int i;

	for (i = 0; i < w->n; i++)
		if (w->dir[i] == dir)
			return true;
	return false;
}

/* Of the way there is now; *@same: it is as it was */
static int look_once(struct watcher *w, const char *name, bool *same)
{
	struct way way = { .at = "/" };
	struct watcher before = *w;
	unsigned int i;
	int err = 0;

	*same = false;
	if (*name != '/' && !getcwd(way.at, sizeof(way.at)))
		return -errno;
	w->n = 0;
	set_rest(&way, "", name);
	while (!err && *way.rest)
		err = step(w, &way);
	free(way.rest);
	for (i = 0; i < before.n; i++)
		if (!is_watched(w, before.dir[i]))
			inotify_rm_watch(w->inotify, before.dir[i]);
	*same = w->n == before.n &&
		!memcmp(w->dir, before.dir, w->n * sizeof(*w->dir));
	return err;
}

/*
 * Watch all directories that have the file or a link on the way to it: links may
 * come to lead elsewhere. Not those above them, as what is beside the way there
 * would be told as well; see LOOK_MS. 0 or -errno; -ENOENT if the directory is gone
 * that its name begins with.
 */
static int look(struct watcher *w, const char *name)
{
	unsigned int i;
	bool same;
	int err;

	/* What changes before it is watched is seen when we look once more. */
	for (i = 0; i <= LINKS_MAX; i++) {
		err = look_once(w, name, &same);
		if (err || same)
			break;
	}
	return err;
}

static const char *begin(struct watcher *w, const char *name)
{
	sigset_t ends;
	int err;

	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	w->signals = -1;
	w->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (w->inotify >= 0 && !sigprocmask(SIG_BLOCK, &ends, NULL))
		w->signals = signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
	err = w->signals < 0 ? -errno : look(w, name);
	return err ? strerror(-err) : NULL;
}

static void end(struct watcher *w)
{
	if (w->inotify >= 0)
		close(w->inotify);
	if (w->signals >= 0)
		close(w->signals);
	nlstream_close(&w->module);
}

static int ignore(const struct nlmsghdr *nlh, void *data)
{
	(void)nlh;
	(void)data;
	return MNL_CB_OK;
}

/* Something is told of the module. A new one is empty, until the file is applied. */
static void hear_module(struct watcher *w)
{
	struct nlsock_error err;

	if (w->away) {
		w->back |= nlstream_is_back(&w->module);
		w->away = !w->back;
	} else if (!nlstream_read(&w->module, ignore, NULL, &err)) {
		cmd_warn("the module is gone, waiting for it");
		w->away = true;
	}
}

/* Take all events that have come. */
static void drain(const struct watcher *w)
{
	char buf[4096];

	while (read(w->inotify, buf, sizeof(buf)) > 0)
		;
}

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	       a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* Whether a file is another than the one seen, or not there */
static bool is_another(const char *name, const struct stat *seen)
{
	struct stat now;

	return stat(name, &now) || !is_same(seen, &now);
}

/*
 * Until something has happened, or the file is found to be another, and then
 * nothing for a while; false: end
 */
static bool wait_change(struct watcher *w, const char *name,
			const struct stat *seen)
{
	enum { FILES, SIGNALS, MODULE, N };
	struct pollfd fds[N] = {
		[FILES]	  = { .fd = w->inotify, .events = POLLIN },
		[SIGNALS] = { .fd = w->signals, .events = POLLIN },
		[MODULE]  = { .fd = nlstream_fd(&w->module), .events = POLLIN },
	};
	int timeout = LOOK_MS, n;
	uint64_t now, last = 0;

	for (;;) {
		n = poll(fds, N, timeout);
		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0 && fds[SIGNALS].revents)
			return false;
		if (n > 0 && fds[MODULE].revents)
			hear_module(w);
		if (w->back) {
			/* It is asked again, if the file is not there now. */
			drain(w);
			return true;
		}
		if (n > 0 && !fds[FILES].revents)
			continue;
		if (!n && last)
			return true;
		if (n < 0 || (!n && !is_another(name, seen)))
			continue;
		drain(w);
		now = wait_clock_ms();
		if (!last)
			last = now + DEBOUNCE_MAX_MS;
		if (now >= last)
			return true;
		timeout = DEBOUNCE_MS;
	}
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
	struct nlsock_error why;
	size_t changes = 0;
	int ret, err;

	if (stat(name, &seen))
		return cmd_bad(NULL, name, strerror(errno));
	if (nlstream_watch(&w->module, &why))
		return cmd_refused(cmd, &why);
	ret = config_apply(cmd, name, how, &changes);
	tell_done(name, ret, changes);
	while (!ret && wait_change(w, name, &seen)) {
		err = look(w, name);
		if (err)
			return cmd_bad(NULL, name, err == -ENOENT ?
				       "its directory is gone" : strerror(-err));
		/* Between two steps of an editor there may be none. */
		if (stat(name, &now) || (is_same(&seen, &now) && !w->back))
			continue;
		seen = now;
		w->back = false;
		/* The module may be another by now, with another number. */
		nlsock_close();
		err = config_apply(cmd, name, how, &changes);
		tell_done(name, err, changes);
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
