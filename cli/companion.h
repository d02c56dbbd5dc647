/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Programs that belong to the tool and are not part of it, for what they are
 * linked with: not each host is to have that.
 */
#ifndef SLUICE_COMPANION_H
#define SLUICE_COMPANION_H

/**
 * companion_run() - Become another program.
 * @name: of its file
 * @args: its arguments, NULL at the end
 *
 * It is looked for beside the tool, where a build leaves it, and in
 * ../libexec/sluice from there, where it is installed. Its environment has
 * SLUICE, the path of the tool; the network namespace is the one that was
 * entered.
 *
 * Return: an exit code, after saying why it cannot be run.
 */
int companion_run(const char *name, const char *const *args);

#endif /* SLUICE_COMPANION_H */
