/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What happens, told to those who listen. Declared here for the layers where it
 * does, defined in nl/ where messages are made. Nothing is made when nobody
 * listens.
 *
 * Locking: see each.
 */
#ifndef SLC_OBJ_EVENT_H
#define SLC_OBJ_EVENT_H

#include <linux/types.h>
#include <uapi/linux/sluice.h>

struct slc_config;
struct slc_flow;
struct slc_net;

/**
 * slc_event_config() - The configuration has changed.
 * @sn: namespace state
 * @old: what held before
 * @new: what holds
 * @limits: limits have, too
 *
 * Tells of each object in which they differ. In the lock, so that events come in
 * the order of what they tell of.
 *
 * Context: Process, slc_net.cfg_lock held; sleeps.
 */
void slc_event_config(struct slc_net *sn, const struct slc_config *old,
		      const struct slc_config *new, bool limits);

/**
 * slc_event_suspects() - Backends may have become suspects, or be none any more.
 * @sn: namespace state
 *
 * Tells of each that is not as it was told of last, as of a change of health.
 *
 * Context: Process; takes slc_net.cfg_lock.
 */
void slc_event_suspects(struct slc_net *sn);

/**
 * slc_event_flow() - A flow has come or gone.
 * @flow: the flow
 * @what: SLUICE_EVENT_ADDED or SLUICE_EVENT_ENDED
 *
 * Context: RCU held, any.
 */
void slc_event_flow(const struct slc_flow *flow, enum sluice_event what);

#endif /* SLC_OBJ_EVENT_H */
