// SPDX-License-Identifier: GPL-2.0
/* Generic netlink sockets, and the module's removal. */
#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "transport.h"

/* So much any socket takes. */
#define SEND_LEN	65536
/* Events wait here while a terminal is slow. */
#define EVENTS_LEN	(8 << 20)

/* The library's socket under our name: there is nothing to add to it. */
static struct mnl_socket *mnl_of(const struct transport *t)
{
	return (struct mnl_socket *)t;
}

struct transport *transport_open(void)
{
	struct mnl_socket *sock;
	int on = 1, err;

	sock = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (!sock)
		return NULL;
	/* Without these we do with less to say about errors. */
	mnl_socket_setsockopt(sock, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(sock, NETLINK_CAP_ACK, &on, sizeof(on));
	if (!mnl_socket_bind(sock, 0, MNL_SOCKET_AUTOPID))
		return (struct transport *)sock;
	err = errno;
	mnl_socket_close(sock);
	errno = err;
	return NULL;
}

int transport_fd(const struct transport *t)
{
	return mnl_socket_get_fd(mnl_of(t));
}

unsigned int transport_portid(const struct transport *t)
{
	return mnl_socket_get_portid(mnl_of(t));
}

ssize_t transport_send(struct transport *t, const void *buf, size_t len)
{
	int room = len, fd = transport_fd(t);

	/* A message goes as a whole; the limit is for those who may not. */
	if (len > SEND_LEN &&
	    setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room)))
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	return mnl_socket_sendto(mnl_of(t), buf, len);
}

ssize_t transport_recv(struct transport *t, void *buf, size_t len)
{
	return mnl_socket_recvfrom(mnl_of(t), buf, len);
}

int transport_join(struct transport *t, unsigned int group)
{
	int room = EVENTS_LEN, on = 1, fd = transport_fd(t);

	/* What does not fit is told as lost, so less room is no error. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	/* The module is to count it. */
	mnl_socket_setsockopt(mnl_of(t), NETLINK_BROADCAST_ERROR, &on,
			      sizeof(on));
	return mnl_socket_setsockopt(mnl_of(t), NETLINK_ADD_MEMBERSHIP, &group,
				     sizeof(group));
}

void transport_close(struct transport *t)
{
	if (t)
		mnl_socket_close(mnl_of(t));
}

int transport_socket(unsigned int pid, unsigned int fd)
{
	int pidfd, sock;

	if (!pid)
		return fcntl(fd, F_GETFD) < 0 ? -1 : (int)fd;
	pidfd = syscall(SYS_pidfd_open, pid, 0);
	if (pidfd < 0)
		return -1;
	sock = syscall(SYS_pidfd_getfd, pidfd, fd, 0);
	close(pidfd);
	return sock;
}

int transport_unload(void)
{
	int ret;

	/* It may wait for other modules that come or go, until a signal comes. */
	do {
		ret = syscall(SYS_delete_module, "sluice", O_NONBLOCK);
	} while (ret && errno == EINTR);
	return ret;
}
