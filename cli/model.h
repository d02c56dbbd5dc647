/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A configuration: all objects of a namespace, in one form whether they come
 * from a file or from the kernel, so that the two can be compared.
 *
 * An object is a record as `show` prints it in JSON, its keys option names, but
 * without what is not configured (counts, numbers) and what is as usual, unless
 * it is of the whole host. Of a pool, what only daemons know is taken out of its
 * user-data: `health`, `found`, and `names`, the backends whose names they look up.
 */
#ifndef SLUICE_MODEL_H
#define SLUICE_MODEL_H

#include <jansson.h>
#include <stdbool.h>

#include "nlsock.h"
#include "objects.h"

enum model_kind {
	MODEL_POOL,
	MODEL_BACKEND,
	MODEL_SERVICE,
	MODEL_RULE,
	MODEL_LIMITS,
	MODEL_KINDS,
};

/**
 * struct model - a configuration
 * @objects: of each kind, records by a name that is theirs alone: "web" of
 *	a pool or service, "web 10.0.0.1:80" of a backend of pool web, "web sni
 *	www.example.org" of a rule of service web, "" of the limits. Rules are
 *	in the order in which they are looked at
 * @from: of each kind, where in a file objects come from: pointers to struct
 *	yaml_node in integers
 * @user_data: of services and pools that come from the kernel, what tools keep
 *	with them, if anything (userdata.h)
 * @generation: that the kernel gave this configuration
 */
struct model {
	json_t *objects[MODEL_KINDS];
	json_t *from[MODEL_KINDS];
	json_t *user_data[MODEL_KINDS];
	uint32_t generation;
};

/* What objects of a kind are */
extern const struct object *const model_objects[MODEL_KINDS];

/*
 * Rows that are written in a file: neither shown only, nor a word of commands, nor
 * what changes by itself
 */
static inline bool model_is_option(const struct attr *attr)
{
	return attr->flags & (ATTR_ADD | ATTR_SET) &&
	       !(attr->flags & ATTR_FLEETING) &&
	       attr->kind != ATTR_WORD && attr->kind != ATTR_LOCAL;
}

struct model *model_new(void);
void model_free(struct model *model);

/**
 * model_from_kernel() - The configuration that is in force.
 * @model: set to it, NULL in case of an error
 * @err: filled in
 *
 * Return: 0 or @err->code.
 */
int model_from_kernel(struct model **model, struct nlsock_error *err);

/* The number that changes with the configuration; 0 or @err->code */
int model_generation(uint32_t *generation, struct nlsock_error *err);

/**
 * model_add() - Add an object.
 * @model: to this configuration
 * @kind: what it is
 * @record: with all that it is; given away
 *
 * Return: false if there is one like it; then @record is gone.
 */
bool model_add(struct model *model, enum model_kind kind, json_t *record);

/* The name of an object in its kind, to be freed */
char *model_name(enum model_kind kind, const json_t *record);

/* "backend web 10.0.0.1:80", to be freed */
char *model_title(enum model_kind kind, const char *name);

/* A record without what is not configured, and what is usual; @record */
json_t *model_trim(enum model_kind kind, json_t *record);

/* A value as the command line would have it, to be freed; NULL for NULL */
char *model_text(const json_t *value);

/* What an option is as long as nobody gives it; NULL if there is no such value */
const char *model_unset(enum model_kind kind, const struct attr *attr);

/**
 * model_names() - Names of all objects of a kind, sorted.
 * @model: a configuration
 * @kind: which
 * @n: set to how many
 *
 * Return: an array to be freed, with NULL at its end; names belong to @model.
 */
const char **model_names(const struct model *model, enum model_kind kind,
			 size_t *n);

/* Whether a backend is one that a daemon has found */
bool model_is_found(const json_t *backend);

/* Whether daemons find backends of a pool, NULL for none: by a name, or in a folder */
bool model_finds(const json_t *pool);

/* Whether a backend is theirs to remove: they have found it, and by @model they still do */
bool model_is_theirs(const struct model *model, const json_t *backend);

/* Backends with names as a file has them: those without options as texts */
json_t *model_brief(const json_t *names);

/**
 * model_document() - A configuration as a file has it.
 * @model: the configuration
 *
 * Return: an object with `services`, `pools`, `limits`.
 */
json_t *model_document(const struct model *model);

#endif /* SLUICE_MODEL_H */
