/* SPDX-License-Identifier: GPL-2.0 */
/* What the kernel is told of backends: many at once in one request. */
#ifndef SLUICE_HEALTH_KERNEL_H
#define SLUICE_HEALTH_KERNEL_H

#include "check.h"

void kernel_begin(void);
void kernel_end(void);

/**
 * kernel_tell() - Tell the kernel of a backend's health, and its part of the weight.
 * @check: of the backend; its state as it is then
 *
 * Before the daemon next sleeps. If the kernel does not take it, @check->told shows
 * that.
 */
void kernel_tell(struct check *check);

/* Not any more. */
void kernel_forget(struct check *check);

/* Tell now what waits. */
void kernel_flush(void);

/**
 * kernel_unknown() - Nobody checks this backend any more.
 * @check: which
 *
 * At once. One that is known to be down for ever would never take a connection again.
 */
void kernel_unknown(const struct check *check);

#endif /* SLUICE_HEALTH_KERNEL_H */
