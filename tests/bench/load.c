// SPDX-License-Identifier: GPL-2.0
/*
 * load: a closed-loop client and the server it talks to, for counting.
 *
 *	load serve ADDR PORT			answer
 *	load read ADDR PORT			the same, after a header of version 2
 *	load accept ADDR PORT			only accept, and keep open
 *	load connect ADDR PORT HEADER COUNT	COUNT connections, one at a time
 *	load warm ADDR PORT HEADER COUNT	the same and a long answer, not counted
 *	load fetch ADDR PORT HEADER MEGABYTES	one connection, a long answer
 *	load hold ADDR PORT HEADER COUNT	COUNT idle connections, until EOF
 *	load answer ADDR PORT			answer datagrams
 *	load ask ADDR PORT HEADER COUNT		COUNT datagrams of one client, one at a time
 *
 * HEADER is none, v1 or v2; with one, each connection bears the address
 * 203.0.113.7 and a port of its own, from LOAD_PORT in the environment up. The
 * server's answer must name them (with v2-ip, the address alone), or the run
 * fails: what is measured has been delivered. any is none, too, but the server may
 * see any address.
 *
 * connect, fetch and ask print nanoseconds per connection, or per datagram and its
 * answer, on CLOCK_MONOTONIC, which
 * under an emulator that counts instructions are instructions.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "mark.h"

#define REQUEST_LEN	100	/* and the answer's */
#define CHUNK		65536

static struct sockaddr_in addr_of(const char *addr, const char *port)
{
	struct sockaddr_in sin = {
		.sin_family = AF_INET,
		.sin_port = htons(atoi(port)),
	};

	if (inet_pton(AF_INET, addr, &sin.sin_addr) != 1)
		errx(1, "%s: not an IPv4 address", addr);
	return sin;
}

static void read_all(int fd, char *buf, size_t len)
{
	while (len) {
		ssize_t n = read(fd, buf, len);

		if (n <= 0)
			errx(1, "connection ended early: %s",
			     n ? strerror(errno) : "EOF");
		buf += n;
		len -= n;
	}
}

static void write_all(int fd, const char *buf, size_t len)
{
	while (len) {
		ssize_t n = write(fd, buf, len);

		if (n < 0)
			err(1, "write");
		buf += n;
		len -= n;
	}
}

static void say_peer(char *buf, const struct sockaddr_in *peer)
{
	int n;

	memset(buf, ' ', REQUEST_LEN);
	n = sprintf(buf, "%s:%u", inet_ntoa(peer->sin_addr), ntohs(peer->sin_port));
	buf[n] = ' ';
}

/* A request is 100 bytes: "MEGABYTES\n" and padding. The answer is 100 bytes
 * that name the peer, then so many megabytes, then EOF.
 */
static void serve_one(int fd, int header)
{
	static char chunk[CHUNK];
	char buf[REQUEST_LEN + 1] = "";
	struct sockaddr_in peer;
	socklen_t len = sizeof(peer);
	long chunks;
	unsigned char head[28];
	ssize_t n;
	size_t got = 0;

	if (header)
		read_all(fd, (char *)head, sizeof(head));
	while (got < REQUEST_LEN) {
		n = read(fd, buf + got, REQUEST_LEN - got);
		if (n <= 0)
			return;
		got += n;
	}
	chunks = atol(buf) * ((1 << 20) / CHUNK);

	if (getpeername(fd, (struct sockaddr *)&peer, &len))
		return;
	if (header) {
		memcpy(&peer.sin_addr, head + 16, 4);
		memcpy(&peer.sin_port, head + 24, 2);
	}
	say_peer(buf, &peer);
	write_all(fd, buf, REQUEST_LEN);
	while (chunks-- > 0)
		write_all(fd, chunk, CHUNK);
	/* The client closes first, as clients do. */
	if (read(fd, buf, 1) < 0)
		return;
}

static void serve(const char *addr, const char *port, const char *how)
{
	struct sockaddr_in sin = addr_of(addr, port);
	int one = 1;
	int s = socket(AF_INET, SOCK_STREAM, 0);
	int fd;

	setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(s, (struct sockaddr *)&sin, sizeof(sin)) || listen(s, 4096))
		err(1, "bind %s:%s", addr, port);
	while ((fd = accept(s, NULL, NULL)) >= 0 || errno == EINTR) {
		if (!strcmp(how, "accept"))
			continue;
		serve_one(fd, !strcmp(how, "read"));
		close(fd);
	}
}

static int open_udp(const struct sockaddr_in *sin)
{
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	if (s < 0 || bind(s, (const struct sockaddr *)sin, sizeof(*sin)))
		err(1, "bind");
	return s;
}

static void answer(const char *addr, const char *port)
{
	struct sockaddr_in sin = addr_of(addr, port), peer;
	int s = open_udp(&sin);
	char buf[512];

	for (;;) {
		socklen_t len = sizeof(peer);

		if (recvfrom(s, buf, sizeof(buf), 0, (struct sockaddr *)&peer,
			     &len) != REQUEST_LEN)
			continue;
		say_peer(buf, &peer);
		sendto(s, buf, REQUEST_LEN, 0, (struct sockaddr *)&peer, len);
	}
}

static size_t put_header(char *buf, const char *kind, unsigned short port)
{
	static const char v2[] = "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c"
				 "\xcb\0\x71\x07\x0a\0\0\x02";

	if (!strcmp(kind, "none") || !strcmp(kind, "any"))
		return 0;
	if (!strcmp(kind, "v1"))
		return sprintf(buf, "PROXY TCP4 203.0.113.7 10.0.0.2 %u 8080\r\n",
			       port);
	memcpy(buf, v2, 24);
	buf[24] = port >> 8;
	buf[25] = port;
	buf[26] = 8080 >> 8;
	buf[27] = 8080 & 0xff;
	return 28;
}

static int open_one(const struct sockaddr_in *sin)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || connect(fd, (const struct sockaddr *)sin, sizeof(*sin)))
		err(1, "connect");
	return fd;
}

static void exchange(const struct sockaddr_in *sin, const char *header,
		     unsigned short port, long megabytes)
{
	static char chunk[CHUNK];
	char buf[512];
	char want[32];
	size_t len, n;
	int fd = open_one(sin);
	long left;

	len = put_header(buf, header, port);
	memset(buf + len, ' ', REQUEST_LEN);
	buf[len + sprintf(buf + len, "%ld", megabytes)] = '\n';
	write_all(fd, buf, len + REQUEST_LEN);
	read_all(fd, buf, REQUEST_LEN);
	/* With or without a header, the same work. */
	n = sprintf(want, "%s:%u ", len ? "203.0.113.7" : "10.0.0.1", port);
	if (!len || !strcmp(header, "v2-ip"))
		n = strchr(want, ':') - want + 1;
	if (strcmp(header, "any") && strncmp(buf, want, n))
		errx(1, "the server saw %.25s instead of %s", buf, want);
	for (left = megabytes << 20; left > 0; left -= CHUNK)
		read_all(fd, chunk, CHUNK);
	close(fd);
}

static void ask(const struct sockaddr_in *to, const char *header,
		unsigned short port, long count)
{
	int s = open_udp(&(struct sockaddr_in) { .sin_family = AF_INET,
						 .sin_port = htons(port) });
	char buf[512], want[32];
	size_t len, n;

	if (connect(s, (const struct sockaddr *)to, sizeof(*to)))
		err(1, "connect");
	while (count-- > 0) {
		len = put_header(buf, header, port);
		/* IPv4, of datagrams */
		buf[13] = 0x12;
		memset(buf + len, ' ', REQUEST_LEN);
		if (send(s, buf, len + REQUEST_LEN, 0) < 0)
			err(1, "send");
		if (recv(s, buf, sizeof(buf), 0) != REQUEST_LEN)
			err(1, "recv");
		n = sprintf(want, "%s:%u ", len ? "203.0.113.7" : "10.0.0.1", port);
		if (strncmp(buf, want, n))
			errx(1, "the server saw %.25s instead of %s", buf, want);
	}
	close(s);
}

int main(int argc, char **argv)
{
	static unsigned short port;
	struct sockaddr_in sin;
	long long t;
	long count, i;

	if (argc == 4 && (!strcmp(argv[1], "serve") || !strcmp(argv[1], "read") ||
			  !strcmp(argv[1], "accept"))) {
		serve(argv[2], argv[3], argv[1]);
		return 1;
	}
	if (argc == 4 && !strcmp(argv[1], "answer"))
		answer(argv[2], argv[3]);
	if (argc != 6)
		errx(1, "usage: load COMMAND ADDR PORT [HEADER COUNT]");
	sin = addr_of(argv[2], argv[3]);
	count = atol(argv[5]);
	port = getenv("LOAD_PORT") ? atoi(getenv("LOAD_PORT")) : 1024;

	t = now_ns();
	if (!strcmp(argv[1], "warm")) {
		for (i = 0; i < count; i++)
			exchange(&sin, argv[4], port++, 0);
		exchange(&sin, argv[4], port, 20);
	} else if (!strcmp(argv[1], "connect")) {
		mark_start();
		for (i = 0; i < count; i++)
			exchange(&sin, argv[4], port++, 0);
		mark_stop();
		printf("%lld\n", (now_ns() - t) / count);
	} else if (!strcmp(argv[1], "fetch")) {
		mark_start();
		exchange(&sin, argv[4], port, count);
		mark_stop();
		printf("%lld\n", now_ns() - t);
	} else if (!strcmp(argv[1], "ask")) {
		ask(&sin, argv[4], port, count);
		printf("%lld\n", (now_ns() - t) / count);
	} else if (!strcmp(argv[1], "hold")) {
		char buf[64];

		for (i = 0; i < count; i++) {
			size_t len = put_header(buf, argv[4], port++);
			int fd = open_one(&sin);

			write_all(fd, buf, len);
		}
		printf("held\n");
		fflush(stdout);
		while (read(0, buf, sizeof(buf)) > 0)
			;
	}
	return 0;
}
