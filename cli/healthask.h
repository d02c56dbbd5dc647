/* SPDX-License-Identifier: GPL-2.0 */
/* The daemon that checks backends, asked by a socket what it knows. */
#ifndef SLUICE_HEALTHASK_H
#define SLUICE_HEALTHASK_H

#include <jansson.h>

/* Sockets are here, each with the number of its network namespace. */
#define HEALTHASK_DIR		"/run/sluice-health"
#define HEALTHASK_PATH_LEN	64

/**
 * healthask_path() - The socket of the daemon in our network namespace.
 * @path: room for it, HEALTHASK_PATH_LEN bytes
 *
 * Return: 0, or -1 with errno set.
 */
int healthask_path(char *path);

/**
 * healthask() - What it knows of each backend that it checks.
 *
 * Return: an array of records; NULL with errno set if there is no daemon, or we may not
 * ask it.
 */
json_t *healthask(void);

#endif /* SLUICE_HEALTHASK_H */
