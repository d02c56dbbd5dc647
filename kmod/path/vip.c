// SPDX-License-Identifier: GPL-2.0
/* Answers that leave from a VIP. See vip.h. */
#include <linux/netdevice.h>

#include "obj/config.h"
#include "obj/flow.h"
#include "obj/service.h"
#include "path/forward.h"
#include "path/handshake.h"
#include "path/route.h"
#include "path/steer.h"
#include "path/vip.h"

/* The flow that it is of, or NULL. */
static struct slc_flow *vip_flow(const struct slc_pkt *pkt)
{
	struct slc_half *half;
	struct slc_tuple key;

	slc_tuple_reverse(&key, &pkt->tuple);
	key.side = SLC_SIDE_INNER;
	half = slc_flow_lookup(pkt->sn, &key);
	return half && test_bit(SLC_FLOW_COMES, &slc_half_flow(half)->flags) ?
	       slc_half_flow(half) : NULL;
}

unsigned int slc_vip_comes(struct slc_pkt *pkt,
			   const struct slc_service_entry *svc)
{
	const struct slc_service_cfg *cfg = &svc->rules->cfg;
	struct slc_flow *flow;
	int err;

	if (pkt->skb->dev->flags & IFF_LOOPBACK ||
	    netif_is_l3_master(pkt->skb->dev))
		return NF_ACCEPT;
	flow = vip_flow(pkt);
	if (flow && !slc_pkt_policy_ok(pkt))
		return slc_pkt_refuse(pkt, flow->service,
				      SLUICE_STAT_XFRM_DENIED);
	if (flow)
		return slc_forward_in(pkt, &flow->half[SLC_IN]);
	/* Connections older than the service live on. */
	if (pkt->tuple.proto == IPPROTO_TCP && !slc_pkt_is_syn(pkt) &&
	    slc_socket_find(pkt->skb->dev, &pkt->tuple, false))
		return NF_ACCEPT;
	/* Its flow is there before the stack judges who has sent it; of whom IPv6 asks
	 * nothing.
	 */
	err = slc_route_judge(pkt, &cfg->addr);
	if (err)
		return slc_pkt_refuse(pkt, svc->service, slc_route_stat(err));
	if (slc_route_owns(pkt, &pkt->tuple.src))
		return slc_pkt_refuse(pkt, svc->service, SLUICE_STAT_SPOOFED);
	/* It is the VIP's, as its client has it: so is what he is told. */
	pkt->tuple.dst = cfg->reply_addr;
	if (cfg->reply_port)
		pkt->tuple.dport = htons(cfg->reply_port);
	return slc_steer(pkt, svc);
}
