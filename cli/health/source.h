/* SPDX-License-Identifier: GPL-2.0 */
/* Where the backends of one pool are found, and what is found there. */
#ifndef SLUICE_HEALTH_SOURCE_H
#define SLUICE_HEALTH_SOURCE_H

#include <jansson.h>
#include <stdbool.h>

#include "door.h"
#include "names.h"

/**
 * struct source - of one pool
 * @pool: its name
 * @names: look-ups, NULL at the end
 * @door: the file, or NULL
 * @have: its backends in the kernel: records by address
 * @said: options of those that were wanted last, by address
 * @refused: of those that the kernel did not take, why and when, by address
 * @too_many: it was said that there are
 * @nameless: it was said that no file has the pool's name
 * @seen: round in which the pool was there
 */
struct source {
	char *pool;
	struct name **names;
	struct door *door;
	json_t *have;
	json_t *said;
	json_t *refused;
	bool too_many;
	bool nameless;
	unsigned int seen;
};

struct source *source_new(const char *pool);
void source_free(struct source *source);

/* Find by what a pool says now; what it said before goes on. */
void source_set(struct source *source, const json_t *pool);

/**
 * source_wanted() - The backends that the pool is to have.
 * @source: of the pool
 * @all: set for each family if all of its backends are known
 *
 * Return: options of each, by address.
 */
json_t *source_wanted(struct source *source, bool all[NAMES_FAMILIES]);

#endif /* SLUICE_HEALTH_SOURCE_H */
