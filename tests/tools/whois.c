// SPDX-License-Identifier: GPL-2.0
/*
 * whois PORT [ADDRESS]: an application that asks libsluice who its clients are. It says to
 * each connection, and of each datagram, what it hears; datagrams that are "plain" are asked
 * about without the address that they came to.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sluice.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char text[16384];
static size_t len;

static void say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	len += vsnprintf(text + len, sizeof(text) - len, format, args);
	va_end(args);
}

static void say_end(const char *what, const struct sockaddr_storage *ss)
{
	const struct sockaddr_in6 *sin6 = (const struct sockaddr_in6 *)ss;
	const struct sockaddr_in *sin = (const struct sockaddr_in *)ss;
	char addr[INET6_ADDRSTRLEN];

	if (ss->ss_family == AF_INET)
		say(" %s=%s:%u", what, inet_ntop(AF_INET, &sin->sin_addr, addr, sizeof(addr)),
		    ntohs(sin->sin_port));
	else if (ss->ss_family == AF_INET6)
		say(" %s=[%s]:%u", what,
		    inet_ntop(AF_INET6, &sin6->sin6_addr, addr, sizeof(addr)),
		    ntohs(sin6->sin6_port));
	else
		say(" %s=none", what);
}

static void say_all(int error, const struct sluice_whoami *w)
{
	struct sluice_tlv tlv;
	size_t at = 0, i;

	len = 0;
	if (error) {
		say("%s\n", strerrorname_np(-error));
		return;
	}
	say("%s v%u%s", w->name, w->version, w->local ? " local" : "");
	say_end("sender", &w->sender);
	say_end("service", &w->service);
	say_end("client", &w->client);
	say_end("destination", &w->destination);
	while (sluice_tlv_next(w, &at, &tlv)) {
		say(" %u=", tlv.type);
		for (i = 0; i < tlv.len; i++)
			say("%02x", tlv.value[i]);
	}
	if (sluice_tlv_find(w, 2, &tlv))
		say(" authority=%.*s", (int)tlv.len, (const char *)tlv.value);
	say("\n");
}

static void connection(int s)
{
	struct sluice_whoami w;
	int fd = accept(s, NULL, NULL);

	if (fd < 0)
		err(1, "accept");
	say_all(sluice_whoami(fd, &w), &w);
	if (write(fd, text, len) < 0)
		warn("write");
	close(fd);
}

static void datagram(int s)
{
	struct sockaddr_in6 peer, local = { .sin6_family = AF_INET6 };
	char data[2048], room[256];
	struct iovec iov = { data, sizeof(data) };
	struct msghdr msg = {
		.msg_name = &peer, .msg_namelen = sizeof(peer),
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = room, .msg_controllen = sizeof(room),
	};
	struct sluice_whoami w;
	struct cmsghdr *c;
	bool plain;
	ssize_t n;

	n = recvmsg(s, &msg, 0);
	if (n < 0)
		return;
	for (c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c))
		if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO)
			memcpy(&local.sin6_addr, CMSG_DATA(c), 16);
	plain = n >= 5 && !memcmp(data, "plain", 5);
	say_all(sluice_whoami_peer(s, (struct sockaddr *)&peer,
				   plain ? NULL : (struct sockaddr *)&local, &w), &w);
	iov.iov_len = len;
	iov.iov_base = text;
	if (sendmsg(s, &msg, 0) < 0)
		warn("sendmsg");
}

int main(int argc, char **argv)
{
	struct sockaddr_in6 at = { .sin6_family = AF_INET6 };
	int s = socket(AF_INET6, SOCK_STREAM, 0);
	int u = socket(AF_INET6, SOCK_DGRAM, 0);
	struct pollfd fds[] = { { s, POLLIN, 0 }, { u, POLLIN, 0 } };
	int one = 1;

	if (argc < 2)
		errx(2, "usage: whois PORT [ADDRESS]");
	at.sin6_port = htons(atoi(argv[1]));
	if (argc > 2)
		inet_pton(AF_INET6, argv[2], &at.sin6_addr);
	setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	setsockopt(u, IPPROTO_IPV6, IPV6_RECVPKTINFO, &one, sizeof(one));
	if (bind(u, (struct sockaddr *)&at, sizeof(at)) ||
	    bind(s, (struct sockaddr *)&at, sizeof(at)) || listen(s, 64))
		err(1, "port %s", argv[1]);
	while (poll(fds, 2, -1) > 0) {
		if (fds[0].revents)
			connection(s);
		if (fds[1].revents)
			datagram(u);
	}
	return 1;
}
