/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Checks of one backend by the way that connections take to it: this host makes them
 * to the service, by sockets whose mark says which backend is meant.
 *
 * A backend that answers clients itself answers these as the service, too. Its answers
 * are taken although the service's address may be one of this host's.
 */
#ifndef SLC_PATH_PROBE_H
#define SLC_PATH_PROBE_H

#include "obj/flow.h"
#include "obj/net.h"
#include "path/pkt.h"

/**
 * slc_probe_id() - Which backend does a packet of this host's mean?
 * @pkt: the packet, in LOCAL_OUT
 *
 * Context: Any.
 * Return: slc_backend.id; 0 if it is no check.
 */
static inline u32 slc_probe_id(const struct slc_pkt *pkt)
{
	u32 mask = READ_ONCE(pkt->sn->probe_mask);
	u32 mark = pkt->skb->mark;

	return unlikely(mask) && (mark & mask) == READ_ONCE(pkt->sn->probe_mark) ?
	       mark & ~mask : 0;
}

/**
 * slc_probe_differs() - Does a packet of this host's mean another backend than its flow?
 * @pkt: the packet, in LOCAL_OUT
 * @flow: what there is between its ends
 *
 * Ports come again before what was made from them is forgotten: each check has its own,
 * and an ordinary client may get one that was a check's.
 *
 * Context: Any.
 * Return: true if it begins anew.
 */
bool slc_probe_differs(const struct slc_pkt *pkt, const struct slc_flow *flow);

/**
 * slc_probe_reply() - A packet that may be a backend's answer to a check.
 * @pkt: the packet, in PRE_ROUTING, of no flow as it is
 *
 * If it is one, it is delivered here. Where conntrack has not seen what it is an answer
 * to, in a tunnel or with the service's address, it does not see it either.
 *
 * Context: RCU held, softirq or bh disabled.
 * Return: whether it is one.
 */
bool slc_probe_reply(struct slc_pkt *pkt);

#endif /* SLC_PATH_PROBE_H */
