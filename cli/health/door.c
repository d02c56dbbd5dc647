// SPDX-License-Identifier: GPL-2.0
/* A file with the backends of a pool. See door.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "door.h"
#include "list.h"
#include "log.h"

/* Who does not rename, but writes in place, gets so long from one write to the next. */
#define SETTLE_MS	50

/* A folder that is not there cannot be watched: how often it is looked for */
#define ABSENT_MS	5000

void (*door_changed)(void);

/**
 * struct door - see door.h
 * @pool: the file's name
 * @directory: where it is
 * @path: both
 * @interval_ms: how often it is looked at
 * @watch: of the folder
 * @timer: for the next look
 * @was: the file that was read last
 * @known: what it said when last it was good, or NULL
 * @told: what was said last of what is wrong; "": nothing since it was good
 * @open: handles that are not closed yet
 */
struct door {
	char *pool;
	char *directory;
	char *path;
	uint32_t interval_ms;
	uv_fs_event_t watch;
	uv_timer_t timer;
	struct stat was;
	json_t *known;
	char told[256];
	unsigned int open;
};

static void on_turn(uv_timer_t *timer);

static void complain(struct door *door, const char *why)
{
	if (!strcmp(door->told, why))
		return;
	snprintf(door->told, sizeof(door->told), "%s", why);
	log_say(LOG_WARNING, "pool %s: %s, backends stay as they are",
		door->pool, door->told);
}

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	       a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static void take(struct door *door, const char *text, size_t len)
{
	struct list_error err;
	json_t *all = list_read(text, len, &err);
	char why[256];

	if (!all) {
		if (err.line)
			snprintf(why, sizeof(why), "%s:%u: %s", door->path,
				 err.line, err.why);
		else
			snprintf(why, sizeof(why), "%s %s", door->path,
				 err.why);
		complain(door, why);
		return;
	}
	if (*door->told)
		log_say(LOG_NOTICE, "pool %s: %s is good again", door->pool,
			door->path);
	*door->told = '\0';
	if (door->known && json_equal(door->known, all)) {
		json_decref(all);
		return;
	}
	json_decref(door->known);
	door->known = all;
	door_changed();
}

/* Up to one byte too many: of a file that grows, no more than is needed to refuse it */
static ssize_t read_all(int fd, char *text, size_t max)
{
	size_t len = 0;
	ssize_t n;

	while (len < max && (n = read(fd, text + len, max - len))) {
		if (n < 0 && errno != EINTR)
			return n;
		len += n > 0 ? n : 0;
	}
	return len;
}

static void read_fd(struct door *door, int fd)
{
	static char text[LIST_BYTES + 1];
	struct stat now;
	char why[256];
	ssize_t len;

	if (fstat(fd, &now) || !S_ISREG(now.st_mode)) {
		snprintf(why, sizeof(why), "%s is no file", door->path);
		complain(door, why);
		return;
	}
	if (is_same(&door->was, &now))
		return;
	len = read_all(fd, text, sizeof(text));
	if (len < 0) {
		snprintf(why, sizeof(why), "%s: %s", door->path,
			 strerror(errno));
		complain(door, why);
		return;
	}
	door->was = now;
	take(door, text, len);
}

/* To open a device or a pipe may do something; a look at what is there does not. */
static int open_file(const char *path)
{
	int look = open(path, O_PATH | O_CLOEXEC), fd;
	char self[32];
	struct stat is;

	if (look < 0)
		return look;
	if (fstat(look, &is) || !S_ISREG(is.st_mode))
		return look;
	snprintf(self, sizeof(self), "/proc/self/fd/%d", look);
	fd = open(self, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	close(look);
	return fd;
}

static void look(struct door *door)
{
	int fd = open_file(door->path);
	char why[256];

	if (fd < 0) {
		snprintf(why, sizeof(why), "%s: %s", door->path,
			 strerror(errno));
		complain(door, why);
		memset(&door->was, 0, sizeof(door->was));
		return;
	}
	read_fd(door, fd);
	close(fd);
}

/*
 * A link to what is elsewhere may change by one beside it, whose name begins so. What
 * befalls the folder itself comes by its own name.
 */
static bool concerns(const struct door *door, const char *name)
{
	return !name || !strcmp(name, door->pool) || !strncmp(name, "..", 2) ||
	       !strcmp(name, strrchr(door->directory, '/') + 1);
}

static void on_event(uv_fs_event_t *watch, const char *name, int events,
		     int status)
{
	struct door *door = watch->data;

	(void)events;
	if (status || concerns(door, name))
		uv_timer_start(&door->timer, on_turn, SETTLE_MS, 0);
}

/* The folder may be another one than the one that was watched, or not there. */
static void on_turn(uv_timer_t *timer)
{
	struct door *door = timer->data;
	uint32_t ms = door->interval_ms;

	uv_fs_event_stop(&door->watch);
	if (uv_fs_event_start(&door->watch, on_event, door->directory, 0) &&
	    ms > ABSENT_MS)
		ms = ABSENT_MS;
	look(door);
	uv_timer_start(timer, on_turn, ms, 0);
}

struct door *door_new(const char *pool, const char *directory,
		      uint32_t interval_ms)
{
	struct door *door = calloc(1, sizeof(*door));

	if (!door || asprintf(&door->path, "%s/%s", directory, pool) < 0)
		abort();
	door->pool = strdup(pool);
	door->directory = strdup(directory);
	if (!door->pool || !door->directory)
		abort();
	door->interval_ms = interval_ms;
	uv_fs_event_init(check_loop, &door->watch);
	door->watch.data = door;
	uv_timer_init(check_loop, &door->timer);
	door->timer.data = door;
	door->open = 2;
	uv_timer_start(&door->timer, on_turn, 0, 0);
	return door;
}

static void on_closed(uv_handle_t *handle)
{
	struct door *door = handle->data;

	if (--door->open)
		return;
	json_decref(door->known);
	free(door->pool);
	free(door->directory);
	free(door->path);
	free(door);
}

void door_free(struct door *door)
{
	uv_close((uv_handle_t *)&door->watch, on_closed);
	uv_close((uv_handle_t *)&door->timer, on_closed);
}

bool door_is(const struct door *door, const char *directory,
	     uint32_t interval_ms)
{
	return door->interval_ms == interval_ms &&
	       !strcmp(door->directory, directory);
}

const json_t *door_backends(const struct door *door)
{
	return door->known;
}
