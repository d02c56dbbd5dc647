// SPDX-License-Identifier: GPL-2.0
/* Time and waiting. */
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "wait.h"

static int signals = -1;

uint64_t wait_clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ull + now.tv_nsec / 1000000;
}

struct timespec wait_time(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now;
}

void wait_begin(unsigned int what)
{
	sigset_t mask;

	sigemptyset(&mask);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGHUP);
	if (what & WAIT_RESIZE)
		sigaddset(&mask, SIGWINCH);
	signal(SIGPIPE, SIG_IGN);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	signals = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
}

static unsigned int signal_came(void)
{
	struct signalfd_siginfo info;

	if (read(signals, &info, sizeof(info)) != sizeof(info))
		return 0;
	return info.ssi_signo == SIGWINCH ? WAIT_RESIZE : WAIT_END;
}

unsigned int wait_for(int fd, unsigned int what, int ms)
{
	enum { SIGNALS, FD, KEYS, OUTPUT, N };
	struct pollfd fds[N] = {
		[SIGNALS] = { .fd = signals, .events = POLLIN },
		[FD]	  = { .fd = fd, .events = POLLIN },
		[KEYS]	  = { .fd = what & WAIT_KEY ? STDIN_FILENO : -1,
			      .events = POLLIN },
		/* errors alone: a pipe that nobody reads */
		[OUTPUT]  = { .fd = signals < 0 ? -1 : STDOUT_FILENO },
	};
	unsigned int came = 0;

	if (poll(fds, N, ms) <= 0)
		return 0;
	if (fds[SIGNALS].revents)
		came |= signal_came();
	if (fds[FD].revents)
		came |= WAIT_FD;
	if (fds[KEYS].revents & POLLIN)
		came |= WAIT_KEY;
	if (fds[KEYS].revents & (POLLHUP | POLLERR) || fds[OUTPUT].revents & POLLERR)
		came |= WAIT_END;
	return came;
}
