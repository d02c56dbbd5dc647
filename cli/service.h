/* SPDX-License-Identifier: GPL-2.0 */
/* What commands on services do beside the request for it. */
#ifndef SLUICE_SERVICE_H
#define SLUICE_SERVICE_H

#include <jansson.h>
#include <stdbool.h>

#include "cmd.h"

/* Routes follow the services that there are. Warns; returns EXIT_DONE. */
int service_plumb(void);

/* Warn if the address of a service is one that packets do not find. */
void service_check(const char *name);

/* Add to records of services what routes there are for them. */
void service_plumbing(json_t *services);

/*
 * Which service but one has some of the addresses and ports of a place, in words,
 * or NULL. Good until the next call.
 */
const char *service_at(const char *place, const char *but);

/* The first argument that asks for a pool of the service's own, or NULL */
const struct cmd_arg *service_pool_option(const struct cmd_args *args);

/**
 * service_pool_put() - Make a batch for a service and its own pool.
 * @cmd: service add or set
 * @args: its arguments
 * @rq: the batch
 *
 * Return: EXIT_DONE, or EXIT_USAGE after saying why.
 */
int service_pool_put(const struct cmd *cmd, const struct cmd_args *args,
		     struct request *rq);

/* Whether there is such a service and it has a pool of its own. */
bool service_has_own_pool(const char *name);

/**
 * service_pool_del() - Remove a service and its own pool.
 * @cmd: service del
 * @argc: how many arguments
 * @argv: the arguments
 * @rq: for the request
 *
 * If others need the pool, it stays; a warning says so.
 *
 * Return: an exit code.
 */
int service_pool_del(const struct cmd *cmd, int argc, char **argv,
		     struct request *rq);

#endif /* SLUICE_SERVICE_H */
