/* SPDX-License-Identifier: GPL-2.0 */
/* Ways to check. */
#ifndef SLUICE_HEALTH_PROBE_H
#define SLUICE_HEALTH_PROBE_H

#include "check.h"

/*
 * Each begins a probe: sets @check->probe and @check->stop, or ends it at once by
 * check_done().
 */
void probe_talk(struct check *check);	/* tcp, udp and dns */
void probe_web(struct check *check);	/* http and https */
void probe_exec(struct check *check);

/* What they have for all: 0, or -1 after saying why */
int probe_web_init(void);
void probe_web_exit(void);

/**
 * probe_connect() - Connect to a backend, and send a header if it gets one.
 * @check: it is for
 * @type: SOCK_STREAM or SOCK_DGRAM
 * @then: what is done with the connection, which is its own from there on
 *
 * If there is no connection, the check is done.
 */
void probe_connect(struct check *check, int type,
		   void (*then)(struct check *check, int fd));

/**
 * probe_source() - From which address does this host speak to another? Nothing is sent.
 * @to: that one
 * @from: filled in, with a port that says nothing
 *
 * Return: 0, or -1 with errno set.
 */
int probe_source(const union check_addr *to, union check_addr *from);

/* The longest line of version 1, with its end */
#define PROBE_HEADER_MAX	108

/**
 * probe_header() - Make the header that a probe begins with, which speaks for itself.
 * @buf: for it, PROBE_HEADER_MAX bytes
 * @version: 2 says LOCAL; 1 and SPEC_SPP, which have no word for that, whence it really is
 * @fd: its socket, connected
 *
 * Return: its length, 0 if the socket does not know its ends.
 */
size_t probe_header(char *buf, unsigned int version, int fd);

/**
 * probe_failed() - For a probe that is over by an error, and has nothing left of itself.
 * @check: it was for
 * @err: of the socket. What this host has run out of is no fault of the backend's.
 */
void probe_failed(struct check *check, int err);

#endif /* SLUICE_HEALTH_PROBE_H */
