// SPDX-License-Identifier: GPL-2.0
/*
 * LD_PRELOAD=killat.so KILL_AT=N COMMAND...: ends COMMAND as SIGKILL does. It may
 * be killed before and after each message that it sends: N counts these points
 * from 0.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static void point(void)
{
	static int at = -1, now;

	if (at < 0)
		at = atoi(getenv("KILL_AT"));
	if (now++ == at)
		kill(getpid(), SIGKILL);
}

ssize_t sendto(int fd, const void *buf, size_t len, int flags,
	       const struct sockaddr *to, socklen_t to_len)
{
	ssize_t ret;

	point();
	ret = syscall(SYS_sendto, fd, buf, len, flags, to, to_len);
	point();
	return ret;
}

ssize_t sendmsg(int fd, const struct msghdr *msg, int flags)
{
	ssize_t ret;

	point();
	ret = syscall(SYS_sendmsg, fd, msg, flags);
	point();
	return ret;
}
