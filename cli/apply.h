/* SPDX-License-Identifier: GPL-2.0 */
/* Making a namespace what a configuration says. */
#ifndef SLUICE_APPLY_H
#define SLUICE_APPLY_H

#include "cmd.h"
#include "model.h"
#include "yaml.h"

/**
 * apply() - Make the differences between what is and what is wanted, in one
 *	step. Tells what the kernel refuses, by the place in the file.
 * @cmd: the command
 * @file: where @wanted comes from
 * @wanted: a configuration without errors
 * @force: reset connections of services that it does not have
 * @changes: set to how many there were
 *
 * Return: an exit code.
 */
int apply(const struct cmd *cmd, struct yaml_file *file,
	  const struct model *wanted, bool force, size_t *changes);

#endif /* SLUICE_APPLY_H */
