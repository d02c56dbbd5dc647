/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Services whose clients have spoken to a VIP, which a balancer has changed to this
 * host's address: their answers are to leave from there.
 *
 * Locking: RCU held, softirq or bh disabled.
 */
#ifndef SLC_PATH_VIP_H
#define SLC_PATH_VIP_H

#include "path/pkt.h"

struct slc_service_entry;

/**
 * slc_vip_comes() - A packet to a service whose answers leave from a VIP.
 * @pkt: the packet, in PRE_ROUTING; not changed
 * @svc: the service, slc_service_cfg.has_reply
 *
 * Its flow is known by the inner leg, and by what the client has sent to the VIP, which
 * is what errors about answers quote. What comes over lo has no balancer before it.
 *
 * Return: a netfilter verdict.
 */
unsigned int slc_vip_comes(struct slc_pkt *pkt,
			   const struct slc_service_entry *svc);

#endif /* SLC_PATH_VIP_H */
