/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Changes that are made in one step, or none of them. A change is a nest of
 * the attributes that a request of its own would have:
 *
 *	batch_begin(&rq);
 *	nest = batch_change_begin(&rq, &backend_object, ATTR_ADD,
 *				  "backend add web 10.0.0.1:80");
 *	bad = attr_put(...);
 *	batch_change_end(&rq, nest);
 *	batch_send(&rq, &done, &err);
 *
 * When it is refused, err.span tells the object and the argument at fault.
 */
#ifndef SLUICE_BATCH_H
#define SLUICE_BATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "nlsock.h"
#include "objects.h"

/**
 * struct batch_done - what came of a batch
 * @generation: of the configuration as it is now
 * @count: how many changes were made
 */
struct batch_done {
	uint32_t generation;
	uint32_t count;
};

void batch_begin(struct request *rq);

/* Only try it. */
void batch_dry_run(struct request *rq);

/* Refuse the batch unless the configuration is of this generation. */
void batch_generation(struct request *rq, uint32_t generation);

/**
 * batch_change_begin() - Begin a change; what is put now belongs to it.
 * @rq: the batch
 * @object: what is changed
 * @use: ATTR_ADD, ATTR_SET or ATTR_DEL
 * @name: what to call it in an error, "" if that goes without saying
 *
 * Return: what batch_change_end() wants.
 */
uint32_t batch_change_begin(struct request *rq, const struct object *object,
			    unsigned int use, const char *name);
void batch_change_end(struct request *rq, uint32_t nest);

/**
 * batch_send() - Send a batch.
 * @rq: the batch
 * @done: filled in if it was done
 * @err: filled in
 *
 * Return: 0 or @err->code.
 */
int batch_send(struct request *rq, struct batch_done *done,
	       struct nlsock_error *err);

#endif /* SLUICE_BATCH_H */
