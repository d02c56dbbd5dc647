// SPDX-License-Identifier: GPL-2.0
/* Trying what is there: a connection, and who answers ARP. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <linux/sockios.h>
#include <net/ethernet.h>
#include <net/if_arp.h>
#include <netinet/if_ether.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "doctor/host.h"
#include "healthask.h"
#include "wait.h"

/* For the SYN to be answered, and for the application to take the connection */
#define CONNECT_MS	4000
#define TAKEN_MS	6000
#define LOOK_MS		20

#define ARP_MS		500

static socklen_t set_name(const struct value_endpoint *ep,
			  struct sockaddr_storage *name)
{
	struct sockaddr_in *in = (struct sockaddr_in *)name;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)name;

	memset(name, 0, sizeof(*name));
	if (IN6_IS_ADDR_V4MAPPED(&ep->addr)) {
		in->sin_family = AF_INET;
		in->sin_port = htons(ep->port);
		memcpy(&in->sin_addr, ep->addr.s6_addr + 12, 4);
		return sizeof(*in);
	}
	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons(ep->port);
	in6->sin6_addr = ep->addr;
	return sizeof(*in6);
}

static int error_of(int fd)
{
	socklen_t len = sizeof(int);
	int error = 0;

	getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len);
	return error;
}

static enum host_live connect_to(int fd, const struct value_endpoint *to)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLOUT };
	struct sockaddr_storage name;
	socklen_t len = set_name(to, &name);
	int error;

	if (!connect(fd, (struct sockaddr *)&name, len))
		return HOST_TAKEN;
	error = errno;
	if (error == EINPROGRESS) {
		if (poll(&poll_fd, 1, CONNECT_MS) <= 0)
			return HOST_SILENT;
		error = error_of(fd);
	}
	errno = error;
	if (!error)
		return HOST_TAKEN;
	return error == ECONNREFUSED || error == ECONNRESET ? HOST_REFUSED :
	       error == ETIMEDOUT || error == EHOSTUNREACH ? HOST_SILENT :
							     HOST_NO_SOCKET;
}

/*
 * What completes a header the module acknowledges when the application has
 * taken the connection, not before. That may say something by itself, and hang
 * up, too: it was there.
 */
static enum host_live say_header(int fd)
{
	static const unsigned char header[16] =
		"\r\n\r\n\0\r\nQUIT\n\x20\0\0";
	uint64_t end = wait_clock_ms() + TAKEN_MS;
	struct pollfd poll_fd = { .fd = fd };
	int left;

	if (send(fd, header, sizeof(header), MSG_NOSIGNAL) != sizeof(header))
		return HOST_RESET;
	do {
		if (poll(&poll_fd, 1, LOOK_MS) > 0 &&
		    poll_fd.revents & (POLLERR | POLLHUP))
			return HOST_RESET;
		if (!ioctl(fd, SIOCOUTQ, &left) && !left)
			return error_of(fd) ? HOST_RESET : HOST_TAKEN;
	} while (wait_clock_ms() < end);
	return HOST_UNACKED;
}

/* Ports are at one place in both families. */
static void get_port(int fd, struct value_endpoint *source)
{
	struct sockaddr_in6 name = { .sin6_port = 0 };
	socklen_t len = sizeof(name);

	if (!getsockname(fd, (struct sockaddr *)&name, &len))
		source->port = ntohs(name.sin6_port);
	source->port_end = source->port;
}

enum host_live host_live(struct value_endpoint *source,
			 const struct value_endpoint *to)
{
	struct sockaddr_storage name;
	socklen_t len = set_name(source, &name);
	enum host_live live;
	int fd, on = 1, error;

	fd = socket(name.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
		    0);
	if (fd < 0)
		return HOST_NO_SOCKET;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	live = bind(fd, (struct sockaddr *)&name, len) ? HOST_NO_SOCKET :
							 connect_to(fd, to);
	error = errno;
	get_port(fd, source);
	if (live == HOST_TAKEN)
		live = say_header(fd);
	close(fd);
	errno = error;
	return live;
}

/* As duplicate address detection asks (RFC 5227, 2.1.1): nobody learns from it. */
static bool ask(int fd, const char *dev, const unsigned char *mac,
		const struct in6_addr *addr)
{
	struct ether_arp arp = {
		.arp_hrd = htons(ARPHRD_ETHER),
		.arp_pro = htons(ETHERTYPE_IP),
		.arp_hln = ETH_ALEN,
		.arp_pln = 4,
		.arp_op = htons(ARPOP_REQUEST),
	};
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ARP),
		.sll_ifindex = if_nametoindex(dev),
		.sll_halen = ETH_ALEN,
	};

	memcpy(arp.arp_sha, mac, ETH_ALEN);
	memcpy(arp.arp_tpa, addr->s6_addr + 12, 4);
	memset(to.sll_addr, 0xff, ETH_ALEN);
	return !bind(fd, (struct sockaddr *)&to, sizeof(to)) &&
	       sendto(fd, &arp, sizeof(arp), 0, (struct sockaddr *)&to,
		      sizeof(to)) == sizeof(arp);
}

/* A host answers by all of its links that are on a segment. */
static bool is_ours(int fd, const unsigned char *mac)
{
	struct if_nameindex *all = if_nameindex(), *i;
	struct ifreq ifr = { .ifr_flags = 0 };
	bool ours = false;

	for (i = all; i && i->if_name && !ours; i++) {
		snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", i->if_name);
		ours = !ioctl(fd, SIOCGIFHWADDR, &ifr) &&
		       !memcmp(ifr.ifr_hwaddr.sa_data, mac, ETH_ALEN);
	}
	if (all)
		if_freenameindex(all);
	return ours;
}

static bool is_answer(const struct ether_arp *arp, ssize_t len,
		      const struct in6_addr *addr)
{
	return len >= (ssize_t)sizeof(*arp) &&
	       arp->arp_op == htons(ARPOP_REPLY) &&
	       !memcmp(arp->arp_spa, addr->s6_addr + 12, 4);
}

int host_arp(const char *dev, const struct in6_addr *addr, char *mac)
{
	int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, htons(ETH_P_ARP));
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	struct ifreq ifr = { .ifr_flags = 0 };
	unsigned char own[ETH_ALEN];
	struct ether_arp arp;
	uint64_t now, end;
	int ret = -1;

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", dev);
	if (fd < 0 || ioctl(fd, SIOCGIFHWADDR, &ifr) ||
	    ifr.ifr_hwaddr.sa_family != ARPHRD_ETHER)
		goto out;
	memcpy(own, ifr.ifr_hwaddr.sa_data, ETH_ALEN);
	if (!ask(fd, dev, own, addr))
		goto out;
	ret = 0;
	end = wait_clock_ms() + ARP_MS;
	while (!ret && (now = wait_clock_ms()) < end) {
		if (poll(&poll_fd, 1, end - now) <= 0)
			break;
		if (!is_answer(&arp, recv(fd, &arp, sizeof(arp), 0), addr) ||
		    is_ours(fd, arp.arp_sha))
			continue;
		snprintf(mac, 18, "%02x:%02x:%02x:%02x:%02x:%02x",
			 arp.arp_sha[0], arp.arp_sha[1], arp.arp_sha[2],
			 arp.arp_sha[3], arp.arp_sha[4], arp.arp_sha[5]);
		ret = 1;
	}
out:
	if (fd >= 0)
		close(fd);
	return ret;
}

bool host_checker(void)
{
	json_t *records = healthask();
	bool there = records || (errno != ENOENT && errno != ECONNREFUSED);

	json_decref(records);
	return there;
}
