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

struct dst_entry;
struct sk_buff;
struct slc_choice;
struct slc_flow;
struct slc_pkt;

/* slc_mode.caps */
#define SLC_MODE_BUILT		BIT(0)	/* pools of services may have it */
#define SLC_MODE_OWN_SOURCE	BIT(1)	/* the source is this host's: choosing
					 * again may find another
					 */
#define SLC_MODE_CROSSES	BIT(2)	/* backends may be of the other family */
#define SLC_MODE_DIRECT		BIT(3)	/* answers do not come this way */
#define SLC_MODE_STACK		BIT(4)	/* the stack forwards its packets */

/**
 * struct slc_mode - a forwarding method
 * @name: as configured
 * @caps: SLC_MODE_*
 * @bind: let a new flow have its inner leg. @pkt is the client's first packet, @to what
 *	was chosen for it; @inner its tuple with the backend as destination, whose source
 *	may be changed, or that of a tunnel there. Called once more for another source
 *	where @caps say so: what the flow had for the first is the method's to give back.
 *	RCU held, bh disabled. Returns 0, -EADDRNOTAVAIL where there is no source,
 *	-EHOSTUNREACH where there is no way, -ENOMEM
 * @route: the output route to the backend of a flow whose packets keep their headers,
 *	referenced, or ERR_PTR. NULL where they are rewritten
 * @wrap: put the headers of a tunnel before such a packet's, to go by @dst. RCU held, bh
 *	disabled. Returns 0 or -ENOMEM. NULL for none
 */
struct slc_mode {
	const char *name;
	unsigned int caps;
	int (*bind)(struct slc_flow *flow, const struct slc_pkt *pkt,
		    const struct slc_choice *to, struct slc_tuple *inner);
	struct dst_entry *(*route)(const struct slc_flow *flow);
	int (*wrap)(struct sk_buff *skb, const struct slc_flow *flow,
		    const struct dst_entry *dst);
};

extern const struct slc_mode slc_mode_nat;
extern const struct slc_mode slc_mode_dsr_nat;
extern const struct slc_mode slc_mode_fullnat;
extern const struct slc_mode slc_mode_dsr;
extern const struct slc_mode slc_mode_ipip;
extern const struct slc_mode slc_mode_gue;

/**
 * slc_mode_find() - A method by its name.
 * @name: its name
 *
 * Return: the method, or NULL.
 */
const struct slc_mode *slc_mode_find(const char *name);

#endif /* SLC_MODE_MODE_H */
