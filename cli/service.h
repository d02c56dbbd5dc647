/* SPDX-License-Identifier: GPL-2.0 */
/* What services need of a host, beside the module. */
#ifndef SLUICE_SERVICE_H
#define SLUICE_SERVICE_H

#include <jansson.h>

#include "attr.h"

extern const struct attr service_attrs[];

/* Routes follow the services that there are. Warns; returns EXIT_DONE. */
int service_plumb(void);

/* Warn if the address of a service is one that packets do not find. */
void service_check(const char *name);

/* Add to records of services what routes there are for them. */
void service_plumbing(json_t *services);

/*
 * Which service has some of the addresses and ports of a place, in words, or
 * NULL. Good until the next call.
 */
const char *service_at(const char *place);

#endif /* SLUICE_SERVICE_H */
