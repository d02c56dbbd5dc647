/* SPDX-License-Identifier: GPL-2.0 */
/* A configuration file that is applied whenever it changes. */
#ifndef SLUICE_WATCH_H
#define SLUICE_WATCH_H

#include "cmd.h"

/**
 * watch() - Apply a file now and whenever it changes.
 * @cmd: the command
 * @name: of the file
 * @how: see apply()
 *
 * Ends with SIGTERM or SIGINT, or if the first try fails. What fails later
 * is told and leaves all as it was.
 *
 * Return: an exit code.
 */
int watch(const struct cmd *cmd, const char *name, unsigned int how);

/* Of cli/config.c: once, from the file to the end */
int config_apply(const struct cmd *cmd, const char *name, unsigned int how,
		 size_t *changes);

#endif /* SLUICE_WATCH_H */
