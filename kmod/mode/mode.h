/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Forwarding methods: what a backend is sent, and from whom. One object each, in
 * one array; to add one is a file and a line here and in mode.c.
 *
 * Locking: methods never change.
 */
#ifndef SLC_MODE_MODE_H
#define SLC_MODE_MODE_H

#include "core/addr.h"

struct slc_flow;
struct slc_pkt;

/* slc_mode.caps */
#define SLC_MODE_BUILT		BIT(0)	/* pools of services may have it */
#define SLC_MODE_OWN_SOURCE	BIT(1)	/* the source is this host's: choosing
					 * again may find another
					 */

/**
 * struct slc_mode - a forwarding method
 * @name: as configured
 * @caps: SLC_MODE_*
 * @bind: let a new flow have its inner leg. @pkt is the client's first packet;
 *	@inner its tuple with the backend as destination, whose source may be
 *	changed. Called once more for another source where @caps say so: what the
 *	flow had for the first is the method's to give back. RCU held, bh disabled.
 *	Returns 0, -EADDRNOTAVAIL where there is no source, -ENOMEM
 */
struct slc_mode {
	const char *name;
	unsigned int caps;
	int (*bind)(struct slc_flow *flow, const struct slc_pkt *pkt,
		    struct slc_tuple *inner);
};

extern const struct slc_mode slc_mode_nat;
extern const struct slc_mode slc_mode_fullnat;

/**
 * slc_mode_find() - A method by its name.
 * @name: its name
 *
 * Return: the method, or NULL.
 */
const struct slc_mode *slc_mode_find(const char *name);

#endif /* SLC_MODE_MODE_H */
