/* SPDX-License-Identifier: GPL-2.0 */
/* Does a packet match an expression of nft's? Pure. */
#ifndef SLUICE_DOCTOR_MATCH_H
#define SLUICE_DOCTOR_MATCH_H

#include <string.h>

#include "doctor/rules.h"

/* Nobody knows, of much. */
enum match { MATCH_NO, MATCH_YES, MATCH_UNKNOWN };

/* Whether two expressions hold */
static inline enum match match_both(enum match a, enum match b)
{
	if (a == MATCH_NO || b == MATCH_NO)
		return MATCH_NO;
	return a == MATCH_YES && b == MATCH_YES ? MATCH_YES : MATCH_UNKNOWN;
}

/* A text of an object of JSON, "" if there is none */
static inline const char *match_text(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key)) ?: "";
}

static inline bool match_is(const json_t *object, const char *key,
			    const char *value)
{
	return !strcmp(match_text(object, key), value);
}

/* Whether what an expression looks at is a value, or one of a list */
enum match match_among(const struct rules_packet *p, const json_t *left,
		       const json_t *right);

/* The same for a whole `match`, with its operator */
enum match match_rule(const struct rules_packet *p, const json_t *match);

#endif /* SLUICE_DOCTOR_MATCH_H */
