/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Changes of the configuration. Each is made to a draft: a copy of the
 * configuration with references of its own, which is edited in place and then
 * published, or dropped. All checks and all allocations are made on the way, so
 * nobody ever sees half of a change, and a change that is given up needs no
 * undoing: its references are put.
 *
 * Owns begin and end. What may be edited is said in service.h and pool.h.
 *
 * Locking: slc_net.cfg_lock, from begin to end.
 */
#ifndef SLC_OBJ_DRAFT_H
#define SLC_OBJ_DRAFT_H

#include <linux/types.h>
#include "obj/net.h"

struct netlink_ext_ack;
struct slc_backend;
struct slc_config;
struct slc_place;
struct slc_service_entry;

/**
 * struct slc_draft - a configuration in the making
 * @sn: namespace state
 * @old: what holds while it is made
 * @config: the draft
 * @limits: which hold with it
 * @doomed: backends that it does not have and whose flows are to be reset, by
 *	slc_backend.doomed; referenced
 * @room_services: entries that slc_config.service has room for
 * @room_places: entries that slc_config.place has room for
 * @room_pools: entries that slc_config.pool has room for
 * @next_id: id of the last object made
 * @changed: it differs in what makes a generation: in all but health
 * @taken: a backend that might be given connections is to get none, or is gone
 */
struct slc_draft {
	struct slc_net *sn;
	struct slc_config *old;
	struct slc_config *config;
	struct slc_limits limits;
	struct slc_backend *doomed;
	unsigned int room_services;
	unsigned int room_places;
	unsigned int room_pools;
	u32 next_id;
	bool changed;
	bool taken;
};

/**
 * slc_draft_begin() - Begin to change the configuration.
 * @draft: filled in
 * @sn: namespace state
 *
 * Context: Process, slc_net.cfg_lock held until the end.
 * Return: 0, -ENOMEM.
 */
int slc_draft_begin(struct slc_draft *draft, struct slc_net *sn);

/**
 * slc_draft_commit() - Let the draft hold from now on.
 * @draft: it; over, whatever comes of it
 * @extack: says what was wrong
 *
 * Registers the hooks with the first service and unregisters them after the
 * last. Flows of services that are gone are reset, and those of backends that are
 * doomed or went down where the pool resets; what services that are gone have
 * counted is from now on counted in slc_net.stats.
 *
 * Context: Process, slc_net.cfg_lock held; sleeps.
 * Return: 0, or -errno if the hooks cannot be registered: nothing has changed.
 */
int slc_draft_commit(struct slc_draft *draft, struct netlink_ext_ack *extack);

/**
 * slc_draft_drop() - Forget a draft.
 * @draft: it; over
 *
 * Context: Process, slc_net.cfg_lock held.
 */
void slc_draft_drop(struct slc_draft *draft);

/**
 * slc_draft_id() - A number for a new object.
 * @draft: the draft
 * @extack: says what was wrong
 *
 * Return: the number, 0 if there are no more.
 */
u32 slc_draft_id(struct slc_draft *draft, struct netlink_ext_ack *extack);

/**
 * slc_draft_grow() - Make room in an array for one more entry.
 * @array: the array; freed if another is returned
 * @n: entries in it
 * @room: entries it has room for
 * @size: of an entry
 *
 * Return: the array, perhaps another, or NULL: then it is as it was.
 */
void *slc_draft_grow(void *array, unsigned int n, unsigned int *room,
		     size_t size);

/**
 * slc_draft_place() - Put a place into the draft.
 * @draft: the draft
 * @place: copied
 * @other: the service that has some of it already, or NULL
 *
 * Return: 0, -ENOMEM, -EADDRINUSE.
 */
int slc_draft_place(struct slc_draft *draft, const struct slc_place *place,
		    const struct slc_service_entry **other);

/**
 * slc_draft_displace() - Take all places of a service out of the draft.
 * @draft: the draft
 * @service: its index
 */
void slc_draft_displace(struct slc_draft *draft, unsigned int service);

#endif /* SLC_OBJ_DRAFT_H */
