/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How far something has come that takes long, on standard error: one line of
 * the terminal that changes. Where that is no terminal, lines now and then.
 */
#ifndef SLUICE_PROGRESS_H
#define SLUICE_PROGRESS_H

#include <stdbool.h>

/**
 * progress() - Show how far.
 * @format: of printf(), less than a line
 *
 * Return: false if there is no terminal to show it.
 */
bool progress(const char *format, ...) __attribute__((format(printf, 1, 2)));

/**
 * progress_flows() - Show how many connections are waited for.
 * @flows: how many
 * @told: how many were shown before, -1 to begin with; set to @flows
 * @seconds: that are left, -1 if nobody counts them
 *
 * Without a terminal it is a line of the output each time that something changes,
 * but not in JSON.
 */
void progress_flows(long long flows, long long *told, long seconds);

/* Something begins that says nothing before a second has gone by. */
void progress_begin(const char *command);

struct cmd;

/* A command begins what may take long; says so on a terminal only. */
void progress_wait(const struct cmd *cmd, const char *what);

/* What of it is being done now */
void progress_stage(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/* Make room for something else that is said. */
void progress_hide(void);

/* It is over: take the line away. */
void progress_end(void);

#endif /* SLUICE_PROGRESS_H */
