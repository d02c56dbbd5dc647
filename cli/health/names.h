/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A backend that is a name: its addresses, looked up again and again.
 *
 * IPv4 and IPv6 are asked for by themselves, so that one that is not answered is not
 * taken for one that has no addresses.
 */
#ifndef SLUICE_HEALTH_NAMES_H
#define SLUICE_HEALTH_NAMES_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum names_family {
	NAMES_IPV4,
	NAMES_IPV6,
	NAMES_FAMILIES,
};

struct name;

/* Called when what is known of a name has become another */
extern void (*names_changed)(void);

/**
 * name_new() - Begin to look up a name.
 * @pool: for messages
 * @entry: as the pool's user-data has it, {address: NAME:PORT, ..}
 * @interval_ms: how often
 */
struct name *name_new(const char *pool, json_t *entry, uint32_t interval_ms);
void name_free(struct name *name);

/* Whether it is what name_new() would make of these */
bool name_is(const struct name *name, const json_t *entry,
	     uint32_t interval_ms);

/* The addresses of a family, with ports, last found; NULL: not known yet */
const json_t *name_answers(const struct name *name, enum names_family family);

/* What its entry says beside the name: options of its backends, a new object */
json_t *name_options(const struct name *name);

/* How many look-ups may run at once. Before there is any */
void names_begin(void);

#endif /* SLUICE_HEALTH_NAMES_H */
