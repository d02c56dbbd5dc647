// SPDX-License-Identifier: GPL-2.0
/* sluice top [SEC] */
#include <errno.h>
#include <linux/sluice.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "cmd.h"
#include "topdata.h"
#include "topflow.h"
#include "topscreen.h"
#include "value.h"
#include "wait.h"

static const struct attr top_attrs[] = {
	{ "interval", ATTR_LOCAL, ATTR_SHOW | ATTR_ARG, .arg = "SEC" },
	{ NULL }
};

static const char no_terminal[] =
	"needs a terminal; for programs there is 'sluice -j stats rate'";

static int parse(int argc, char **argv, uint32_t *ms)
{
	const char *bad = NULL;

	*ms = 1000;
	if (argc)
		bad = value_get_seconds(argv[0], 200, 3600000, ms);
	if (bad)
		return cmd_bad(NULL, argv[0], bad);
	return argc > 1 ? cmd_bad(NULL, argv[1], "one argument too many") :
			  EXIT_DONE;
}

static void set_clock(struct topview *v)
{
	struct timespec now = wait_time();
	struct tm tm;

	localtime_r(&now.tv_sec, &tm);
	strftime(v->clock, sizeof(v->clock), "%H:%M:%S", &tm);
}

/* Another module counts from nothing. */
static void forget(void)
{
	nlsock_close();
	topflow_forget();
	topdata_forget();
}

/* Without a module what was read last stays. It may be another already, too. */
static int go_away(struct topview *v, struct nlsock_error *err)
{
	if (!err->unloaded && err->code != ENOENT)
		return err->code;
	v->away = err->unloaded;
	forget();
	return err->code = 0;
}

/* Whether a module that is gone was meant is for the family's name to say. */
static int read_all(struct topview *v, struct nlsock_error *err)
{
	set_clock(v);
	if (topdata_read(v, err) == ENOENT && !err->unloaded) {
		forget();
		topdata_read(v, err);
	}
	if (err->code)
		return go_away(v, err);
	v->away = false;
	if (v->what == TOPVIEW_FLOWS)
		return topflow_start(v, err) ? go_away(v, err) : 0;
	topflow_stop();
	return 0;
}

/*
 * Flows are read in the first quarter of an interval, so that a million of
 * them cost no more than that of a processor. Only for the first sweep
 * somebody waits: it takes all the time.
 */
static bool is_time_to_sweep(const struct topview *v, uint64_t now,
			     uint64_t next, uint32_t interval)
{
	return !v->paused && topflow_is_sweeping() &&
	       (!topflow_has_swept() || now + interval < next + interval / 4);
}

/* What was typed: 0, or TOPVIEW_* of all of it */
static unsigned int take_keys(struct topview *v)
{
	unsigned int wants = 0;
	int key;

	while ((key = topscreen_key()))
		wants |= topview_key(v, key);
	return wants;
}

static int loop(struct topview *v, uint32_t interval, struct nlsock_error *err)
{
	uint64_t next = 0, now, drawn = 0;
	unsigned int came, wants;
	bool draw = true, busy;

	for (;;) {
		now = wait_clock_ms();
		if (now >= next && !v->paused) {
			if (read_all(v, err))
				return err->code;
			next = now + interval;
			draw = true;
		}
		busy = is_time_to_sweep(v, now, next, interval);
		if (busy && topflow_step(v, err) && go_away(v, err))
			return err->code;
		/* A sweep that ended is shown, one that goes on now and then. */
		if (draw || (busy && (!topflow_is_sweeping() ||
				      now - drawn >= 200))) {
			topscreen_draw(v);
			drawn = now;
		}
		now = wait_clock_ms();
		came = wait_for(-1, WAIT_KEY | WAIT_RESIZE, v->paused ? -1 :
				busy || now >= next ? 0 : (int)(next - now));
		if (came & WAIT_END)
			return 0;
		draw = came;
		if (came & WAIT_RESIZE)
			topscreen_resize();
		wants = came & WAIT_KEY ? take_keys(v) : 0;
		if (wants & TOPVIEW_QUIT)
			return 0;
		if (wants & TOPVIEW_READ)
			next = 0;
	}
}

static int top(const struct cmd *cmd, int argc, char **argv)
{
	struct topview view = { .what = TOPVIEW_SERVICES };
	struct nlsock_error err;
	const char *bad;
	uint32_t ms;
	int ret;

	ret = parse(argc, argv, &ms);
	if (ret)
		return ret;
	if (cmd_json || !isatty(STDOUT_FILENO) || !isatty(STDIN_FILENO))
		return cmd_bad(NULL, NULL, no_terminal);
	/* What is refused is better read without a screen. */
	topdata_init(&view);
	if (topdata_read(&view, &err)) {
		ret = cmd_refused(cmd, &err);
	} else {
		bad = topscreen_open();
		if (bad) {
			ret = cmd_bad(NULL, NULL, bad);
		} else {
			wait_begin(WAIT_RESIZE);
			loop(&view, ms, &err);
			topscreen_close();
			if (err.code)
				ret = cmd_refused(cmd, &err);
		}
	}
	topflow_free();
	topdata_forget();
	topview_free(&view);
	return ret;
}

const struct cmd top_cmds[] = {
	{ "top", NULL, top_attrs, NULL, ATTR_SHOW, SLUICE_CMD_GET_STATS, top,
	  "watch services, backends and connections on the terminal" },
	{ NULL }
};
