/* SPDX-License-Identifier: GPL-2.0 */
/* Help, made of the tables. Each function returns EXIT_DONE. */
#ifndef SLUICE_HELP_H
#define SLUICE_HELP_H

#include "cmd.h"

int help_all(void);
int help_object(const struct cmd *first);

#endif /* SLUICE_HELP_H */
