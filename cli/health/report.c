// SPDX-License-Identifier: GPL-2.0
/* Who asks what the daemon knows. See report.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../healthask.h"
#include "check.h"
#include "log.h"
#include "report.h"
#include "view.h"

/**
 * struct asker - who has asked
 * @pipe: its connection
 * @write: what it gets
 * @text: the text of that
 * @next: others that have not got all
 * @at: what points here
 */
struct asker {
	uv_pipe_t pipe;
	uv_write_t write;
	char *text;
	struct asker *next;
	struct asker **at;
};

static struct asker *askers;

static uv_pipe_t door;
static int lock = -1;
static char path[HEALTHASK_PATH_LEN];

static void on_closed(uv_handle_t *handle)
{
	struct asker *a = handle->data;

	free(a->text);
	free(a);
}

static void hang_up(struct asker *a)
{
	*a->at = a->next;
	if (a->next)
		a->next->at = a->at;
	uv_close((uv_handle_t *)&a->pipe, on_closed);
}

/* Also for what hang_up() has cut off. */
static void on_written(uv_write_t *write, int status)
{
	struct asker *a = write->data;

	(void)status;
	if (!uv_is_closing((uv_handle_t *)&a->pipe))
		hang_up(a);
}

/* It gets all there is, and need not say what it wants. */
static void on_asker(uv_stream_t *stream, int status)
{
	struct asker *a;
	json_t *report;
	uv_buf_t buf;

	if (status < 0)
		return;
	a = calloc(1, sizeof(*a));
	if (!a)
		abort();
	uv_pipe_init(check_loop, &a->pipe, 0);
	a->pipe.data = a;
	a->write.data = a;
	a->at = &askers;
	a->next = askers;
	if (askers)
		askers->at = &a->next;
	askers = a;
	if (uv_accept(stream, (uv_stream_t *)&a->pipe)) {
		hang_up(a);
		return;
	}
	report = view_report();
	a->text = json_dumps(report, JSON_COMPACT);
	json_decref(report);
	if (!a->text)
		abort();
	buf = uv_buf_init(a->text, strlen(a->text));
	if (uv_write(&a->write, (uv_stream_t *)&a->pipe, &buf, 1, on_written))
		hang_up(a);
}

/* One that has died leaves its socket behind, but no lock. */
static int take_lock(void)
{
	char name[HEALTHASK_PATH_LEN + 8];

	snprintf(name, sizeof(name), "%s.lock", path);
	if (mkdir(HEALTHASK_DIR, 0755) && errno != EEXIST) {
		log_say(LOG_ERR, HEALTHASK_DIR ": %m");
		return -1;
	}
	lock = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (lock < 0) {
		log_say(LOG_ERR, "%s: %m", name);
		return -1;
	}
	if (flock(lock, LOCK_EX | LOCK_NB)) {
		log_say(LOG_ERR, "another one checks in this network namespace");
		return -1;
	}
	return 0;
}

int report_begin(void)
{
	int err;

	if (healthask_path(path) || take_lock())
		return -1;
	unlink(path);
	uv_pipe_init(check_loop, &door, 0);
	err = uv_pipe_bind(&door, path) ?:
	      uv_listen((uv_stream_t *)&door, 16, on_asker);
	if (err) {
		log_say(LOG_ERR, "%s: %s", path, uv_strerror(err));
		return -1;
	}
	/* It is read only, and tells what is in the configuration. */
	chmod(path, 0600);
	return 0;
}

/*
 * Who does not read what he has asked for is not waited for. The lock's file stays: one
 * who waits for it must not get another.
 */
void report_end(void)
{
	while (askers)
		hang_up(askers);
	uv_close((uv_handle_t *)&door, NULL);
	close(lock);
}
