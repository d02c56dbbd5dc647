/* SPDX-License-Identifier: GPL-2.0 */
/* sluice complete WORD...: what may stand in place of the last word */
#ifndef SLUICE_COMPLETE_H
#define SLUICE_COMPLETE_H

/**
 * complete() - Show words for a shell, one a line, a tab before what they mean.
 * @argc: how many words there are
 * @argv: the words after the program's name, NULL after the last, which may
 *	be only begun or empty
 *
 * The line ":file" asks the shell for names of files.
 *
 * Return: EXIT_DONE.
 */
int complete(int argc, char **argv);

#endif /* SLUICE_COMPLETE_H */
