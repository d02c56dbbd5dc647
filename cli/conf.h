/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Configuration files, sluice.yaml(5): from a tree of YAML to a configuration,
 * by the tables of the objects. Everything that is wrong is told at once.
 */
#ifndef SLUICE_CONF_H
#define SLUICE_CONF_H

#include "model.h"
#include "yaml.h"

/* As many as the kernel allows for a network namespace */
#define CONF_SERVICES_MAX	1024
#define CONF_POOLS_MAX		4096
#define CONF_BACKENDS_MAX	16384

/**
 * struct conf - a file being read
 * @file: the file; gets the errors
 * @model: what it says
 * @rq: where values are tried
 * @names: backends with names, by pool and name, as struct model.from
 */
struct conf {
	struct yaml_file *file;
	struct model *model;
	struct request rq;
	json_t *names;
};

/**
 * conf_read() - The configuration that a file says.
 * @file: the file; gets the errors, and must outlive the configuration
 *
 * Return: the configuration; of no use if @file->n_errors.
 */
struct model *conf_read(struct yaml_file *file);

/**
 * conf_where() - Where in its file something stands.
 * @at: an object's node
 * @option: its option, NULL for the object itself
 * @value: the part of a list that is meant, or NULL
 */
const struct yaml_node *conf_where(const struct yaml_node *at,
				   const char *option, const char *value);

/**
 * conf_part() - What a file would say of a pool that has just this.
 * @key: "health", "found" or "backends", the latter all by name
 * @part: what it has there
 *
 * Return: the pool, to be released; NULL if a file with it is refused.
 */
json_t *conf_part(const char *key, json_t *part);

/* Of the reader's parts: */

/* What matters between objects: places, references, limits */
void conf_check(struct conf *c);

/**
 * conf_health() - How the health of a pool's backends is checked.
 * @c: the file
 * @title: "pool web"
 * @map: the block
 *
 * Return: the block as JSON, in a certain order.
 */
json_t *conf_health(struct conf *c, const char *title,
		    const struct yaml_node *map);

/* How a pool's backends are found, as JSON in a certain order; as conf_health() */
json_t *conf_found(struct conf *c, const char *title,
		   const struct yaml_node *map);

/* Whether there is room for one more error: finding it may be costly. */
bool conf_is_worth(struct conf *c);

/* "no such WHAT, did you mean ...?", at the key of a node or the node */
void conf_unknown(struct conf *c, const struct yaml_node *at,
		  const char *title, const char *option, const char *what,
		  const char *word, const char *const *words);

/* Whether a word is among others; @words may be NULL, and ends with it */
bool conf_is_word(const char *word, const char *const *words);

/* Whether a node is what it should be, or it is told that it is not */
bool conf_is_scalar(struct conf *c, const char *title, const char *option,
		    const struct yaml_node *node);
bool conf_is_map(struct conf *c, const char *title, const char *option,
		 const struct yaml_node *node);

/* The first of the list that a map has under a key, or NULL */
const struct yaml_node *conf_list(struct conf *c, const char *title,
				  const struct yaml_node *map,
				  const char *key);

/**
 * conf_given() - Put an attribute that is no value of a map.
 * @c: the file
 * @title: of its object, for errors
 * @kind: of its object
 * @option: which it is
 * @value: what it says
 * @at: where that is, NULL if errors are not of interest
 *
 * Return: whether it is good.
 */
bool conf_given(struct conf *c, const char *title, enum model_kind kind,
		const char *option, const char *value,
		const struct yaml_node *at);

/**
 * conf_options() - What a map says of an object.
 * @c: the file; @c->rq has what was given
 * @kind: of object
 * @title: for errors
 * @map: the map, or a scalar for an object without options
 * @given: options that were given already and may not be here
 * @others: keys that somebody else reads
 *
 * Return: a record.
 */
json_t *conf_options(struct conf *c, enum model_kind kind, const char *title,
		     const struct yaml_node *map, const char *const *given,
		     const char *const *others);

/* Add an object to the configuration, or tell that it is there. */
void conf_add(struct conf *c, enum model_kind kind, json_t *record,
	      const struct yaml_node *node);

/* A member of `pools` */
void conf_pool(struct conf *c, const struct yaml_node *node);

/* Where an object stands, or NULL */
const struct yaml_node *conf_from(const struct conf *c, enum model_kind kind,
				  const char *name);

#endif /* SLUICE_CONF_H */
