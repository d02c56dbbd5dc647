/* SPDX-License-Identifier: GPL-2.0 */
/* What takes no more connections, and those that it still has. */
#ifndef SLUICE_DRAINING_H
#define SLUICE_DRAINING_H

#include <stdbool.h>

#include "cmd.h"

/**
 * draining_deadline() - How long is it to be waited for?
 * @args: that a command was given, maybe with deadline
 * @seconds: set; -1 for any time
 *
 * Return: EXIT_DONE, or another after saying why.
 */
int draining_deadline(const struct cmd_args *args, long *seconds);

/**
 * draining_wait() - Wait for the last connection to end.
 * @look: sets how many there are; what is not 0 ends it
 * @data: for @look
 * @seconds: at most so long, -1 for any time
 * @flows: set by @look
 * @told_to_end: set if a signal has ended it
 *
 * Return: what @look said last.
 */
int draining_wait(int (*look)(void *data, long long *flows), void *data,
		  long seconds, long long *flows, bool *told_to_end);

/**
 * draining_flush() - Reset what is left; it may have ended by itself meanwhile.
 * @cmd: the command
 * @rq: a flush, which says whose
 * @flows: set to how many have been reset
 * @err: filled in
 *
 * Return: 0 or @err->code.
 */
int draining_flush(const struct cmd *cmd, struct request *rq, long long *flows,
		   struct nlsock_error *err);

/**
 * draining_left() - Say that not all have ended.
 * @flows: how many
 * @what: what becomes of them
 *
 * Return: EXIT_REFUSED.
 */
int draining_left(long long flows, const char *what);

#endif /* SLUICE_DRAINING_H */
