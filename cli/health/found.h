/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Backends that are found: by names, or in files of others. What a pool has of them is
 * compared with what was found whenever either has changed. Only those that are marked
 * as found are removed; others are the administrator's.
 */
#ifndef SLUICE_HEALTH_FOUND_H
#define SLUICE_HEALTH_FOUND_H

#include <jansson.h>

/* Before anything is looked for; @changed is called when something else is found. */
void found_begin(void (*changed)(void));

/**
 * found_see() - What the kernel has; make of it what is found.
 * @pools: records, their user-data opened (userdata.h)
 * @backends: records, of all pools
 * @gen: generation of the configuration, from before they were read
 */
void found_see(json_t *pools, const json_t *backends, uint32_t gen);

/* Look for nothing any more. */
void found_end(void);

#endif /* SLUICE_HEALTH_FOUND_H */
