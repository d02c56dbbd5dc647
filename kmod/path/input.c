// SPDX-License-Identifier: GPL-2.0
/*
 * The life of a packet, on one page. docs/datapath.md tells it in words.
 */
#include <net/netfilter/nf_conntrack.h>

#include "obj/config.h"
#include "obj/flow.h"
#include "obj/service.h"
#include "path/early.h"
#include "path/handshake.h"
#include "path/hook.h"
#include "path/relay.h"

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
	if (!slc_flow_spent(slc_half_flow(half)))
		return slc_half_flow(half);
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
	return slc_relay_in(pkt, half);
}

/* Not of a flow: of a handshake, the first of one, or not for us. */
static noinline unsigned int input_other(struct slc_pkt *pkt)
{
	const struct slc_service_entry *svc;
	struct slc_early *early;
	struct slc_flow *flow;
	struct slc_half *half;

	early = slc_early_lookup(pkt->sn, &pkt->tuple);
	if (early)
		return slc_pkt_policy_ok(pkt) ? slc_handshake(pkt, early) :
		       slc_pkt_refuse(pkt, NULL, SLUICE_STAT_XFRM_DENIED);

	svc = slc_config_lookup_rcu(pkt->sn, IPPROTO_TCP, &pkt->tuple.dst,
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

	flow = input_claims(pkt);
	if (flow)
		return slc_pkt_refuse(pkt, flow->service, SLUICE_STAT_SPOOFED);

	return svc ? slc_open(pkt, svc) : NF_ACCEPT;
}

unsigned int slc_input(struct slc_pkt *pkt)
{
	struct slc_half *half;

	half = slc_flow_lookup(pkt->sn, &pkt->tuple);
	return likely(half) ? input_flow(pkt, half) : input_other(pkt);
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
	if (unlikely(pkt->state->in) && output_is_foreign(pkt))
		return slc_pkt_refuse(pkt, slc_half_flow(half)->service,
				      SLUICE_STAT_SPOOFED);
	return slc_relay_out(pkt, half);
}
