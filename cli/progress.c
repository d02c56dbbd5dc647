// SPDX-License-Identifier: GPL-2.0
/* One line that changes, drawn by a clock too while we work. */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "cmd.h"
#include "progress.h"

#define COLUMNS	80

static const char *of;
/* What there is to show, and how much of it is on the terminal */
static char line[COLUMNS];
static size_t shown;
static sig_atomic_t seconds;
static bool on_terminal;

/* The clock interrupts us anywhere: nothing of stdio here */
static void put(const char *text, size_t len)
{
	if (write(STDERR_FILENO, text, len) < 0)
		return;
}

/* Spaces cover what was longer: any terminal can do that. */
static void draw(size_t len)
{
	char buf[2 * COLUMNS + 2];
	size_t n = 0;

	buf[n++] = '\r';
	if (shown > len) {
		memset(buf + n, ' ', shown);
		n += shown;
		buf[n++] = '\r';
	}
	memcpy(buf + n, line, len);
	put(buf, n + len);
	shown = len;
}

static void on_alarm(int sig)
{
	int err = errno;

	(void)sig;
	seconds++;
	if (on_terminal) {
		draw(strlen(line));
	} else if (!(seconds & (seconds - 1))) {
		/* After 1, 2, 4, 8.. seconds */
		put(line, strlen(line));
		put("\n", 1);
	}
	errno = err;
}

/* The clock sees one line or the other. */
static void block(bool on)
{
	sigset_t alarm;

	sigemptyset(&alarm);
	sigaddset(&alarm, SIGALRM);
	sigprocmask(on ? SIG_BLOCK : SIG_UNBLOCK, &alarm, NULL);
}

bool progress(const char *format, ...)
{
	va_list ap;

	if (!isatty(STDERR_FILENO))
		return false;
	va_start(ap, format);
	vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	draw(strlen(line));
	return true;
}

void progress_flows(long long flows, long long *told, long seconds)
{
	char left[40] = "";

	if (seconds >= 0)
		snprintf(left, sizeof(left), ", seconds left: %ld", seconds);
	/* Without a terminal a line each time that something changes */
	if (!progress("connections: %lld%s", flows, left) && !cmd_json &&
	    flows != *told) {
		printf("connections: %lld%s\n", flows, left);
		fflush(stdout);
	}
	*told = flows;
}

void progress_begin(const char *command)
{
	const struct itimerval every = { { 1, 0 }, { 1, 0 } };
	const struct sigaction action = {
		.sa_handler = on_alarm, .sa_flags = SA_RESTART,
	};

	of = command;
	on_terminal = isatty(STDERR_FILENO);
	seconds = 0;
	*line = '\0';
	if (cmd_json)
		return;
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &every, NULL);
}

void progress_stage(const char *format, ...)
{
	char text[COLUMNS - 24];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	block(true);
	snprintf(line, sizeof(line), "sluice: %s: %s ...", of, text);
	if (shown)
		draw(strlen(line));
	block(false);
}

void progress_wait(const struct cmd *cmd, const char *what)
{
	static char name[64];

	if (!isatty(STDERR_FILENO))
		return;
	snprintf(name, sizeof(name), "%s%s%s", cmd->object,
		 cmd->verb ? " " : "", cmd->verb ?: "");
	progress_begin(name);
	progress_stage("%s", what);
}

void progress_hide(void)
{
	block(true);
	if (shown) {
		draw(0);
		put("\r", 1);
	}
	block(false);
}

void progress_end(void)
{
	const struct itimerval never = { { 0, 0 }, { 0, 0 } };

	setitimer(ITIMER_REAL, &never, NULL);
	progress_hide();
}
