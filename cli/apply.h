/* SPDX-License-Identifier: GPL-2.0 */
/* Making a namespace what a configuration says. */
#ifndef SLUICE_APPLY_H
#define SLUICE_APPLY_H

#include "cmd.h"
#include "model.h"
#include "yaml.h"

/* Reset connections of services that it does not have */
#define APPLY_FORCE	0x1
/* Ask the kernel whether it would, and leave everything as it is */
#define APPLY_DRY	0x2

/**
 * apply() - Make the differences between what is and what is wanted, in one
 *	step. Tells what the kernel refuses, by the place in the file.
 * @cmd: the command
 * @file: where @wanted comes from
 * @wanted: a configuration without errors
 * @how: APPLY_* or 0
 * @changes: set to how many there were
 *
 * Return: an exit code.
 */
int apply(const struct cmd *cmd, struct yaml_file *file,
	  const struct model *wanted, unsigned int how, size_t *changes);

#endif /* SLUICE_APPLY_H */
