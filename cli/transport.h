/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel: generic netlink sockets, and the module's removal. Tests put
 * another in its place.
 */
#ifndef SLUICE_TRANSPORT_H
#define SLUICE_TRANSPORT_H

#include <stddef.h>
#include <sys/types.h>

/* One socket; several may be open. */
struct transport;

/* NULL with errno set if there is none to be had */
struct transport *transport_open(void);
int transport_fd(const struct transport *t);
unsigned int transport_portid(const struct transport *t);

/* What was done, or -1 with errno set */
ssize_t transport_send(struct transport *t, const void *buf, size_t len);
ssize_t transport_recv(struct transport *t, void *buf, size_t len);
int transport_join(struct transport *t, unsigned int group);

/* NULL is none. */
void transport_close(struct transport *t);

/*
 * A file that a process has open, 0 for our own process, as one of ours: its
 * number, or -1 with errno set
 */
int transport_socket(unsigned int pid, unsigned int fd);

/* Remove the module: 0, or -1 with errno set */
int transport_unload(void);

#endif /* SLUICE_TRANSPORT_H */
