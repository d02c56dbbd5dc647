/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A file with the backends of a pool, which some other program finds and writes: read
 * when it changes. It has the pool's name, in a folder that is watched.
 */
#ifndef SLUICE_HEALTH_DOOR_H
#define SLUICE_HEALTH_DOOR_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct door;

/* Called when what a file says has become another thing */
extern void (*door_changed)(void);

/**
 * door_new() - Begin to watch a file.
 * @pool: its pool, and its name
 * @directory: where it is, or will be
 * @interval_ms: how often it is looked at whether it was seen to change or not
 */
struct door *door_new(const char *pool, const char *directory,
		      uint32_t interval_ms);
void door_free(struct door *door);

/* Whether it is what door_new() would make of these */
bool door_is(const struct door *door, const char *directory,
	     uint32_t interval_ms);

/* Options of each backend, by its address, when last it was good; NULL: never */
const json_t *door_backends(const struct door *door);

#endif /* SLUICE_HEALTH_DOOR_H */
