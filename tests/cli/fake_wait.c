// SPDX-License-Identifier: GPL-2.0
/* Time that passes only while somebody waits; what comes is the fake kernel's. */
#include <sys/time.h>

#include "../../cli/wait.h"
#include "fake_data.h"

/* 2026-11-25 12:34:00 */
#define BEGIN_S		1795610040

static uint64_t now_ms = 1000;

uint64_t wait_clock_ms(void)
{
	return now_ms;
}

struct timespec wait_time(void)
{
	struct timespec now = {
		.tv_sec = BEGIN_S + now_ms / 1000,
		.tv_nsec = now_ms % 1000 * 1000000,
	};

	return now;
}

void wait_begin(unsigned int what)
{
	(void)what;
}

unsigned int wait_for(int fd, unsigned int what, int ms)
{
	(void)what;
	if (fd >= 0 && (ms || fake_events()))
		return fake_events() ? WAIT_FD : WAIT_END;
	now_ms += ms;
	return 0;
}

/* Here nothing takes long, whatever the machine does. */
int setitimer(__itimer_which_t which, const struct itimerval *new,
	      struct itimerval *old)
{
	(void)which;
	(void)new;
	(void)old;
	return 0;
}
