/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What packets came through, IPsec: on the outer leg, and what of it the inner
 * leg is to show. slc_flow.secpath holds the latter.
 *
 * slc_secpath_put() is declared in obj/flow.h: a flow drops it at its end.
 *
 * Locking: none; what is held is never written to.
 */
#ifndef SLC_PATH_SECPATH_H
#define SLC_PATH_SECPATH_H

#include <net/xfrm.h>
#include "core/addr.h"

/**
 * slc_secpath_get() - What a packet came through, if the inner leg is to show it.
 * @skb: a packet of the sender's
 * @outer: its tuple
 * @inner: tuple of what the application will get
 *
 * Context: Any.
 * Return: a reference for slc_flow.secpath, or NULL.
 */
struct skb_ext *slc_secpath_get(const struct sk_buff *skb,
				const struct slc_tuple *outer,
				const struct slc_tuple *inner);

/**
 * slc_secpath_set() - Let a segment of ours show what the header came through.
 * @skb: the segment, without extensions
 * @secpath: slc_flow.secpath, or NULL
 *
 * Context: Any.
 */
void slc_secpath_set(struct sk_buff *skb, struct skb_ext *secpath);

/**
 * slc_secpath_forget() - Past the policies of the outer leg, a packet is one of
 *	the inner leg, which came through nothing, unless policies of the sender's
 *	meet it too.
 * @skb: the packet, let in by slc_pkt_policy_ok()
 * @secpath: slc_flow.secpath
 *
 * Context: Any.
 */
static inline void slc_secpath_forget(struct sk_buff *skb,
				      const struct skb_ext *secpath)
{
	if (!secpath)
		secpath_reset(skb);
}

#endif /* SLC_PATH_SECPATH_H */
