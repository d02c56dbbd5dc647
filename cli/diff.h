/* SPDX-License-Identifier: GPL-2.0 */
/* What leads from one configuration to another. Sends nothing. */
#ifndef SLUICE_DIFF_H
#define SLUICE_DIFF_H

#include "model.h"

enum diff_what {
	DIFF_ADD,
	DIFF_DEL,
	DIFF_SET,	/* with other options */
	DIFF_REPLACE,	/* deleted and added: what cannot be set differs */
};

/**
 * struct diff_change - one change
 * @what: of what sort
 * @kind: of object
 * @name: of the object in its kind; belongs to one of the configurations
 * @old: as it is, or NULL
 * @new: as it is to be, or NULL
 * @user_data: of what there is and stays, what tools keep with it, or NULL
 */
struct diff_change {
	enum diff_what what;
	enum model_kind kind;
	const char *name;
	json_t *old;
	json_t *new;
	const json_t *user_data;
};

/**
 * struct diff - all changes, by kind and name; rules in their order
 * @change: the changes
 * @n: how many there are
 */
struct diff {
	struct diff_change *change;
	size_t n;
};

/* Both configurations must outlive what is returned. */
struct diff *diff_make(const struct model *old, const struct model *new);
void diff_free(struct diff *diff);

/* Options that a change is about: rows of the table, one after the other */
const struct attr *diff_next(const struct diff_change *change,
			     const struct attr *attr);

/* Whether it is about what daemons know of a pool */
bool diff_is_for_daemons(const struct diff_change *change);

/* A line for each change, or a JSON array */
void diff_print(const struct diff *diff, bool json);

#endif /* SLUICE_DIFF_H */
