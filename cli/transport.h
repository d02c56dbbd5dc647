/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel: the generic netlink socket, and the module's removal. Tests put
 * another in its place.
 */
#ifndef SLUICE_TRANSPORT_H
#define SLUICE_TRANSPORT_H

#include <stddef.h>
#include <sys/types.h>

/* 0, or -1 with errno set */
int transport_open(void);
unsigned int transport_portid(void);
ssize_t transport_send(const void *buf, size_t len);
ssize_t transport_recv(void *buf, size_t len);
void transport_close(void);

/*
 * A file that a process has open, 0 for our own process, as one of ours: its
 * number, or -1 with errno set
 */
int transport_socket(unsigned int pid, unsigned int fd);

/* Remove the module: 0, or -1 with errno set */
int transport_unload(void);

#endif /* SLUICE_TRANSPORT_H */
