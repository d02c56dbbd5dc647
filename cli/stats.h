/* SPDX-License-Identifier: GPL-2.0 */
/* What commands that show counters have in common. */
#ifndef SLUICE_STATS_H
#define SLUICE_STATS_H

#include <stdint.h>

#include "attr.h"

/* The option, for help and completion; stats_take_rate() takes it. */
extern const struct attr stats_rate_attrs[];

/**
 * stats_take_rate() - Take "rate [SEC]" off the end.
 * @argc: how many arguments; those before it, on return
 * @argv: the arguments
 * @names: at most so many come before it
 * @ms: set to the time, in milliseconds; 0 if it is not there
 *
 * Return: EXIT_DONE, or EXIT_USAGE after saying why.
 */
int stats_take_rate(int *argc, char **argv, int names, uint32_t *ms);

#endif /* SLUICE_STATS_H */
