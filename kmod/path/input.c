// SPDX-License-Identifier: GPL-2.0
/*
 * The life of a packet, on one page. docs/datapath.md tells it in words.
 */
#include <net/netfilter/nf_conntrack.h>

#include "obj/config.h"
#include "obj/flow.h"
#include "obj/service.h"
#include "path/early.h"
#include "path/forward.h"
#include "path/handshake.h"
#include "path/hook.h"
#include "path/probe.h"
#include "path/relay.h"
#include "path/route.h"
#include "path/steer.h"
#include "path/udp.h"

/* Does a packet claim to be from the inner client of a live flow? We would
 * have known it as ours; nobody else may speak for the client.
 */
static struct slc_flow *input_claims(const struct slc_pkt *pkt)
{
	struct slc_half *half;
	struct slc_tuple key;

	slc_tuple_reverse(&key, &pkt->tuple);
	key.side = SLC_SIDE_INNER;
	half = slc_flow_lookup(pkt->sn, &key);
	if (!half)
		return NULL;
	/* A backend that the client has of us it may know as well. */
	if (!slc_flow_spent(slc_half_flow(half)))
		return test_bit(SLC_FLOW_NAT, &slc_half_flow(half)->flags) ?
		       NULL : slc_half_flow(half);
	/* The client itself begins anew: the answers are to be its own. */
	if (pkt->seg.flags & SLC_TCP_SYN)
		slc_flow_kill(slc_half_flow(half));
	return NULL;
}

static __always_inline unsigned int
input_flow(struct slc_pkt *pkt, struct slc_half *half)
{
	struct slc_flow *flow = container_of(half, struct slc_flow,
					     half[SLC_IN]);

	if (unlikely(!slc_pkt_policy_ok(pkt)))
		return slc_pkt_refuse(pkt, flow->service,
				      SLUICE_STAT_XFRM_DENIED);
	if (test_bit(SLC_FLOW_NAT, &flow->flags))
		return slc_forward_in(pkt, half);
	if (unlikely(pkt->tuple.proto == IPPROTO_UDP))
		return slc_udp_in(pkt, half);
	return slc_relay_in(pkt, half);
}

struct slc_half *slc_reply_half(const struct slc_pkt *pkt)
{
	struct slc_tuple key = pkt->tuple;
	struct slc_half *half;

	if (!slc_config_reply_rcu(pkt->sn, key.sport))
		return NULL;
	key.side = SLC_SIDE_INNER;
	half = slc_flow_lookup(pkt->sn, &key);
	return half && test_bit(SLC_FLOW_BACKEND,
				&slc_half_flow(half)->flags) ? half : NULL;
}

/* Not of a flow: of a handshake, the first of one, or not for us. */
static noinline unsigned int input_other(struct slc_pkt *pkt)
{
	const struct slc_service_entry *svc;
	struct slc_early *early;
	struct slc_flow *flow;
	struct slc_half *half;

	early = pkt->tuple.proto == IPPROTO_TCP ?
		slc_early_lookup(pkt->sn, &pkt->tuple) : NULL;
	if (early)
		return slc_pkt_policy_ok(pkt) ? slc_handshake(pkt, early) :
		       slc_pkt_refuse(pkt, NULL, SLUICE_STAT_XFRM_DENIED);

	svc = slc_config_lookup_rcu(pkt->sn, pkt->tuple.proto, &pkt->tuple.dst,
				    pkt->tuple.dport);
	if (svc) {
		/* Between the two lookups it may have become a flow. Pairs
		 * with the barrier in slc_early_finish().
		 */
		smp_rmb();
		half = slc_flow_lookup(pkt->sn, &pkt->tuple);
		if (half)
			return input_flow(pkt, half);
	}

	/* Who may say for whom he speaks may have been a client himself. */
	flow = svc && slc_udp_carries(pkt, svc) ? NULL : input_claims(pkt);
	if (flow)
		return slc_pkt_refuse(pkt, flow->service, SLUICE_STAT_SPOOFED);

	return svc ? slc_open(pkt, svc) : NF_ACCEPT;
}

unsigned int slc_input(struct slc_pkt *pkt)
{
	struct slc_half *half;

	if (likely(pkt->may_call)) {
		half = slc_flow_lookup(pkt->sn, &pkt->tuple);
		if (likely(half))
			return input_flow(pkt, half);
	}
	half = slc_reply_half(pkt);
	if (half)
		return slc_forward_reply(pkt, half);
	if (unlikely(READ_ONCE(pkt->sn->probe_mask)) && slc_probe_reply(pkt))
		return NF_ACCEPT;
	return pkt->may_call ? input_other(pkt) : NF_ACCEPT;
}

unsigned int slc_deliver(struct slc_pkt *pkt)
{
	struct slc_half *half = slc_reply_half(pkt);

	if (half && slc_half_crosses(half))
		return slc_relay_deliver(pkt, half);
	if (half && test_bit(SLC_FLOW_NAT, &slc_half_flow(half)->flags))
		return slc_forward_out(pkt, half);
	if (half && pkt->tuple.proto == IPPROTO_UDP)
		return slc_relay_deliver(pkt, half);
	return slc_guard(pkt, false);
}

/* A socket of this host may begin with a port that a flow to the same backend was
 * lent. The backend could not tell the two apart, so the socket is refused, which is
 * the one error that connect() does not wait out.
 */
static noinline unsigned int made_lent(struct slc_pkt *pkt)
{
	struct slc_half *half;
	struct slc_tuple key;

	if (pkt->tuple.proto == IPPROTO_TCP && !slc_pkt_is_syn(pkt))
		return NF_ACCEPT;
	slc_tuple_reverse(&key, &pkt->tuple);
	key.side = SLC_SIDE_INNER;
	half = slc_flow_lookup(pkt->sn, &key);
	if (!half || !slc_half_flow(half)->port)
		return NF_ACCEPT;
	if (slc_flow_spent(slc_half_flow(half))) {
		slc_flow_kill(slc_half_flow(half));
		return NF_ACCEPT;
	}
	slc_pkt_refuse(pkt, slc_half_flow(half)->service,
		       SLUICE_STAT_CLIENT_IN_USE);
	return NF_DROP_ERR(-ECONNREFUSED);
}

unsigned int slc_made(struct slc_pkt *pkt)
{
	const struct slc_service_entry *svc;
	struct slc_half *half;
	u8 family = pkt->tuple.family;

	if (unlikely(pkt->tuple.proto == IPPROTO_UDP) &&
	    slc_udp_made(pkt) != NF_ACCEPT)
		return NF_DROP;
	if (!pkt->may_call)
		return made_lent(pkt);
	half = slc_flow_lookup(pkt->sn, &pkt->tuple);
	if (half && !test_bit(SLC_FLOW_NAT, &slc_half_flow(half)->flags))
		return NF_ACCEPT;
	/* Made of a packet that claimed to be from here */
	if (half && slc_half_crosses(half))
		return slc_pkt_refuse(pkt, slc_half_flow(half)->service,
				      SLUICE_STAT_FAMILY_REFUSED);
	if (half && !slc_probe_differs(pkt, slc_half_flow(half)))
		return slc_forward_in(pkt, half);
	if (half)
		slc_flow_kill(slc_half_flow(half));
	svc = slc_config_lookup_rcu(pkt->sn, pkt->tuple.proto, &pkt->tuple.dst,
				    pkt->tuple.dport);
	/* Who has to begin with a header does so over lo, and so does who is to have
	 * one of ours. No balancer has changed what comes from here.
	 */
	if (!svc)
		return made_lent(pkt);
	if (svc->sends || svc->rules->cfg.has_reply ||
	    slc_service_bind(&svc->rules->cfg) != SLUICE_BIND_SYN)
		return NF_ACCEPT;
	if (svc->rules->cfg.any_addr &&
	    !slc_route_is_local(skb_dst(pkt->skb), family))
		return NF_ACCEPT;
	return slc_steer(pkt, svc);
}

/* Only this host speaks for its applications, or a container to which a rule
 * leads the inner leg. IPv6 forwards what claims to be from here.
 */
static noinline bool output_is_foreign(const struct slc_pkt *pkt)
{
#if IS_ENABLED(CONFIG_NF_CONNTRACK)
	enum ip_conntrack_info ctinfo;
	const struct nf_conn *ct = nf_ct_get(pkt->skb, &ctinfo);

	if (ct && ct->status & IPS_NAT_MASK)
		return false;
#endif
	return !netif_is_l3_master(pkt->state->in);
}

unsigned int slc_output_hook(struct slc_pkt *pkt)
{
	struct slc_half *half;

	pkt->tuple.side = SLC_SIDE_INNER;
	half = slc_flow_lookup(pkt->sn, &pkt->tuple);
	if (!half)
		return NF_ACCEPT;
	if (unlikely(pkt->state->in) &&
	    !test_bit(SLC_FLOW_BACKEND, &slc_half_flow(half)->flags) &&
	    output_is_foreign(pkt))
		return slc_pkt_refuse(pkt, slc_half_flow(half)->service,
				      SLUICE_STAT_SPOOFED);
	if (test_bit(SLC_FLOW_NAT, &slc_half_flow(half)->flags))
		return slc_forward_out(pkt, half);
	return slc_relay_reply(pkt, half);
}
