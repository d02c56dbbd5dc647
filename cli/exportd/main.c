// SPDX-License-Identifier: GPL-2.0
/*
 * sluice-export ADDR PORT: serves what `sluice export` prints, run by `sluice
 * export ADDR:PORT`. The tool is run to answer, and knows names and numbers; http.c
 * knows HTTP, and has no rights; scrape.c runs the tool, in a process that has.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../rights.h"
#include "http.h"
#include "scrape.h"

/* What opens later must not be taken for what is read and written by these. */
static void fill_standard(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
		if (fd < 0)
			exit(3);
	} while (fd <= 2);
	close(fd);
}

/* Addresses that both families can come to are of IPv6. */
static socklen_t address(struct sockaddr_storage *to, const char *addr, int port)
{
	struct sockaddr_in6 *in6 = (void *)to;
	struct sockaddr_in *in = (void *)to;

	memset(to, 0, sizeof(*to));
	if (port < 1 || port > 65535)
		return 0;
	if (inet_pton(AF_INET, addr, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons(port);
		return sizeof(*in);
	}
	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons(port);
	in6->sin6_addr = in6addr_any;
	if (strcmp(addr, "*") && inet_pton(AF_INET6, addr, &in6->sin6_addr) != 1)
		return 0;
	return sizeof(*in6);
}

static int listen_at(const char *addr, const char *port)
{
	int on = 1, v6only = !!strcmp(addr, "*"), sock;
	struct sockaddr_storage to;
	socklen_t len;

	len = address(&to, addr, atoi(port));
	if (!len) {
		errno = EINVAL;
		return -1;
	}
	sock = socket(to.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (sock < 0)
		return -1;
	/* What is left of connections that are over is not in its way. */
	if (setsockopt(sock, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    (to.ss_family == AF_INET6 &&
	     setsockopt(sock, IPPROTO_IPV6, IPV6_V6ONLY, &v6only, sizeof(v6only))) ||
	    bind(sock, (void *)&to, len) || listen(sock, SOMAXCONN))
		return -1;
	return sock;
}

int main(int argc, char **argv)
{
	int helper, sock, sig;
	sigset_t ends;

	fill_standard();
	/* Whoever has started us may ignore it, and then no end of a tool is told. */
	signal(SIGCHLD, SIG_DFL);
	if (argc != 3 || !getenv("SLUICE")) {
		fputs("sluice-export: this is run by sluice export ADDR:PORT\n",
		      stderr);
		return 1;
	}
	helper = scrape_start();
	if (helper < 0) {
		fprintf(stderr, "sluice: export: no process for the tool: %m\n");
		return 3;
	}
	sock = listen_at(argv[1], argv[2]);
	if (sock < 0) {
		fprintf(stderr, "sluice: export: cannot listen at %s port %s: %m\n",
			argv[1], argv[2]);
		return 3;
	}
	if (rights_drop()) {
		fprintf(stderr, "sluice: export: cannot give up rights: %m\n");
		return 3;
	}
	/* In all threads */
	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &ends, NULL);
	signal(SIGPIPE, SIG_IGN);
	if (http_start(sock, helper)) {
		fputs("sluice: export: no threads to serve\n", stderr);
		return 3;
	}
	printf("listening at %s port %s\n", argv[1], argv[2]);
	fflush(stdout);
	/* Threads go, and the process that runs the tool, when this one does. */
	sigwait(&ends, &sig);
	return 0;
}
