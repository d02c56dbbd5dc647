// SPDX-License-Identifier: GPL-2.0
/* The PROXY headers that probes begin with. See probe.h. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "probe.h"

#define SPP_LEN		38

/* Both ends of a socket */
struct ends {
	union check_addr from;
	union check_addr to;
};

static bool get_ends(struct ends *ends, int fd)
{
	socklen_t from = sizeof(ends->from), to = sizeof(ends->to);

	memset(ends, 0, sizeof(*ends));
	return !getsockname(fd, &ends->from.sa, &from) &&
	       !getpeername(fd, &ends->to.sa, &to);
}

static size_t put_v1(char *buf, const struct ends *ends)
{
	bool v4 = ends->from.sa.sa_family == AF_INET;
	char from[INET6_ADDRSTRLEN], to[INET6_ADDRSTRLEN];

	inet_ntop(ends->from.sa.sa_family, v4 ?
		  (const void *)&ends->from.v4.sin_addr :
		  (const void *)&ends->from.v6.sin6_addr, from, sizeof(from));
	inet_ntop(ends->to.sa.sa_family, v4 ?
		  (const void *)&ends->to.v4.sin_addr :
		  (const void *)&ends->to.v6.sin6_addr, to, sizeof(to));
	return snprintf(buf, PROBE_HEADER_MAX, "PROXY %s %s %s %u %u\r\n",
			v4 ? "TCP4" : "TCP6", from, to,
			ntohs(ends->from.v4.sin_port),
			ntohs(ends->to.v4.sin_port));
}

/* IPv4 is there as IPv6 has it. */
static void put_sixteen(char *buf, const union check_addr *addr)
{
	if (addr->sa.sa_family == AF_INET6) {
		memcpy(buf, &addr->v6.sin6_addr, 16);
		return;
	}
	memset(buf, 0, 10);
	memset(buf + 10, 0xff, 2);
	memcpy(buf + 12, &addr->v4.sin_addr, 4);
}

/* Ports are at the same place in either family. */
static size_t put_spp(char *buf, const struct ends *ends)
{
	memcpy(buf, "\x56\xec", 2);
	put_sixteen(buf + 2, &ends->from);
	put_sixteen(buf + 18, &ends->to);
	memcpy(buf + 34, &ends->from.v4.sin_port, 2);
	memcpy(buf + 36, &ends->to.v4.sin_port, 2);
	return SPP_LEN;
}

size_t probe_header(char *buf, unsigned int version, int fd)
{
	static const char local[] = "\r\n\r\n\0\r\nQUIT\n\x20\0\0";
	struct ends ends;

	if (version == 2) {
		/* What ends the text is the last byte of the length. */
		memcpy(buf, local, sizeof(local));
		return sizeof(local);
	}
	if (!get_ends(&ends, fd))
		return 0;
	return version == SPEC_SPP ? put_spp(buf, &ends) : put_v1(buf, &ends);
}
