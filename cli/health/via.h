/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Checks by the way that connections take: to the service, by sockets whose mark tells
 * the kernel which backend is meant. For backends that answer clients themselves, as the
 * service; all others are spoken to at their own addresses by connections as well.
 */
#ifndef SLUICE_HEALTH_VIA_H
#define SLUICE_HEALTH_VIA_H

#include <jansson.h>

#include "../nlsock.h"
#include "check.h"

/**
 * via_read() - Read what services there are, and which mark.
 * @err: filled in
 *
 * Return: 0 or @err->code.
 */
int via_read(struct nlsock_error *err);

/**
 * via_of() - Which way has a check to take?
 * @check: it
 * @pool: record of its pool
 * @backend: record of its backend
 * @via: filled in; all zero for the backend's own address
 */
void via_of(const struct check *check, const json_t *pool,
	    const json_t *backend, struct check_via *via);

/**
 * via_bind() - Make a socket one of such a check.
 * @fd: it, of the family of the service's address, not connected yet
 * @check: which has a way to a service
 *
 * Return: 0, or -1 with errno set.
 */
int via_bind(int fd, const struct check *check);

void via_end(void);

#endif /* SLUICE_HEALTH_VIA_H */
