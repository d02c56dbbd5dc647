/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What tools keep with an object of the kernel's. With a pool it is a JSON object,
 * of which `health`, `found` and `backends` are ours; all else in it, and all there is with
 * a service, is of others and stays as it is.
 */
#ifndef SLUICE_USERDATA_H
#define SLUICE_USERDATA_H

#include <jansson.h>

#include "attr.h"

/* As `show` has it: a text, or a list of its bytes if that is none */
json_t *userdata_get(const void *data, size_t len);

/*
 * What is ours becomes options of a pool: `health`, `found`, `names`. Others may write it as
 * well; what a file may not have, as control characters, is none of ours.
 */
void userdata_open(json_t *pool);

/* The @n-th key of ours, from 0, that is in @was and none of ours; or NULL */
const char *userdata_left(const json_t *pool, const json_t *was,
			  unsigned int n);

/**
 * userdata_of() - What is to be kept with a pool.
 * @pool: a pool with its options
 * @was: what is kept with it, as userdata_get() has it, or NULL
 * @why: set to what is in the way, or NULL
 *
 * Return: a text to be freed, "" for nothing; NULL if there is no way to keep
 * both what others have there and what is ours.
 */
char *userdata_of(const json_t *pool, const json_t *was, const char **why);

/* Put what userdata_get() made, byte by byte as it was. */
void userdata_put(struct request *rq, uint16_t type, const json_t *was);

#endif /* SLUICE_USERDATA_H */
