// SPDX-License-Identifier: GPL-2.0
/* The generic netlink socket, and the module's removal. */
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "transport.h"

/* So much any socket takes. */
#define SEND_LEN	65536

static struct mnl_socket *sock;

int transport_open(void)
{
	int on = 1;

	sock = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (!sock)
		return -1;
	/* Without these we do with less to say about errors. */
	mnl_socket_setsockopt(sock, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(sock, NETLINK_CAP_ACK, &on, sizeof(on));
	if (!mnl_socket_bind(sock, 0, MNL_SOCKET_AUTOPID))
		return 0;
	transport_close();
	return -1;
}

unsigned int transport_portid(void)
{
	return mnl_socket_get_portid(sock);
}

ssize_t transport_send(const void *buf, size_t len)
{
	int room = len, fd = mnl_socket_get_fd(sock);

	/* A message goes as a whole; the limit is for those who may not. */
	if (len > SEND_LEN &&
	    setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room)))
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	return mnl_socket_sendto(sock, buf, len);
}

ssize_t transport_recv(void *buf, size_t len)
{
	return mnl_socket_recvfrom(sock, buf, len);
}

void transport_close(void)
{
	if (sock)
		mnl_socket_close(sock);
	sock = NULL;
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
	return syscall(SYS_delete_module, "sluice", O_NONBLOCK);
}
