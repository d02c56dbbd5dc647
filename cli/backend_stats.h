/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What backends count, each by itself or as the sums of their pools.
 */
#ifndef SLUICE_BACKEND_STATS_H
#define SLUICE_BACKEND_STATS_H

#include "cmd.h"

/* sluice backend stats, pool stats: each an exit code */
int backend_stats(const struct cmd *cmd, int argc, char **argv);
int pool_stats(const struct cmd *cmd, int argc, char **argv);

#endif /* SLUICE_BACKEND_STATS_H */
