// SPDX-License-Identifier: GPL-2.0
/* Checks by the way that connections take. See probe.h. */
#include <linux/netdevice.h>

#include "mode/mode.h"
#include "obj/config.h"
#include "obj/flow.h"
#include "path/direct.h"
#include "path/forward.h"
#include "path/probe.h"
#include "path/route.h"

bool slc_probe_differs(const struct slc_pkt *pkt, const struct slc_flow *flow)
{
	if (likely(!test_bit(SLC_FLOW_PROBE, &flow->flags)) &&
	    likely(!slc_probe_id(pkt)))
		return false;
	return pkt->skb->mark != flow->outer_mark &&
	       (pkt->tuple.proto == IPPROTO_UDP || slc_pkt_is_syn(pkt));
}

/* As the service: what this host has made to it, the other way round */
static struct slc_flow *probe_of(const struct slc_pkt *pkt)
{
	struct slc_flow *flow;
	struct slc_half *half;
	struct slc_tuple key;

	if (!slc_config_port_rcu(pkt->sn, pkt->tuple.sport))
		return NULL;
	slc_tuple_reverse(&key, &pkt->tuple);
	key.side = SLC_SIDE_OUTER;
	half = slc_flow_lookup(pkt->sn, &key);
	if (!half || half->dir != SLC_IN)
		return NULL;
	flow = slc_half_flow(half);
	return test_bit(SLC_FLOW_PROBE, &flow->flags) &&
	       test_bit(SLC_FLOW_DIRECT, &flow->flags) ? flow : NULL;
}

/* Has conntrack seen what it is an answer to, as it is? */
static bool probe_is_tracked(const struct slc_flow *flow)
{
	return test_bit(SLC_FLOW_KEPT, &flow->flags) && !flow->mode->wrap;
}

bool slc_probe_reply(struct slc_pkt *pkt)
{
	struct slc_flow *flow;
	struct dst_entry *dst;

	/* A backend on this host: the stack knows the way. */
	if (pkt->skb->dev->flags & IFF_LOOPBACK)
		return false;
	flow = probe_of(pkt);
	if (!flow)
		return false;
	/* Input routing would take the service's address for a martian. */
	dst = slc_route_out(pkt->sn, &pkt->tuple, 0, 0);
	if (IS_ERR(dst))
		return false;
	if (!slc_route_is_local(dst, pkt->tuple.family)) {
		dst_release(dst);
		return false;
	}
	slc_forward_by(pkt->skb, dst);
	if (!probe_is_tracked(flow))
		slc_direct_untrack(pkt->skb);
	return true;
}
