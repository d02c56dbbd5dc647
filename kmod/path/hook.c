// SPDX-License-Identifier: GPL-2.0
/*
 * Netfilter hooks: where packets come in. See docs/datapath.md for why there.
 */
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/slab.h>
#include <linux/netfilter_bridge.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/addrconf.h>
#include <net/ip.h>
#include <net/ipv6_frag.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>

#include "compat.h"
#include "obj/config.h"
#include "obj/flow.h"
#include "obj/persist.h"
#include "obj/service.h"
#include "path/decap.h"
#include "path/forward.h"
#include "path/hook.h"
#include "path/rewrite.h"

/* After raw (-300), before conntrack (-200): conntrack and all rules behind it
 * see the client only.
 */
#define HOOK_PRIO_IN	(-290)
/* After source NAT (100) has undone what it did to a reply, before conntrack
 * confirms (INT_MAX).
 */
#define HOOK_PRIO_OUT	150
/* After the rules of the firewall, before conntrack confirms. */
#define HOOK_PRIO_LOCAL	150

#if IS_ENABLED(CONFIG_BRIDGE_NETFILTER)
/* Is this the run of the hooks that br_netfilter makes in a bridge? */
static bool hook_is_bridge(const struct sk_buff *skb)
{
	const struct nf_bridge_info *nf_bridge = nf_bridge_info_get(skb);

	return nf_bridge && nf_bridge->in_prerouting;
}

/* Is it for the bridge itself, or for one of its ports, which is the same? */
static bool hook_is_for_bridge(const struct sk_buff *skb)
{
	const struct net_device *br = skb->dev;
	struct net_device *dev;
	const u8 *to;

	if (!skb_mac_header_was_set(skb))
		return false;
	to = eth_hdr(skb)->h_dest;
	/* br_netfilter may name a VLAN on the bridge. */
	if (is_vlan_dev(br))
		br = vlan_dev_real_dev(br);
	if (likely(ether_addr_equal(to, br->dev_addr)))
		return true;
	for_each_netdev_rcu(dev_net(br), dev)
		if (ether_addr_equal(to, dev->dev_addr) &&
		    netdev_master_upper_dev_get_rcu(dev) == br)
			return true;
	return false;
}

/* Whatever route we preset in a bridge is overwritten, and which VLAN a frame is
 * of, and whether it may come in at all, the bridge has yet to say. So what is for
 * this host goes on there at once, as if no hook had been, and they all run where
 * IP receives it: br_netfilter lets them, where it is told that it has kept them
 * off already.
 */
static unsigned int hook_bridged(const struct slc_pkt *pkt)
{
	const struct nf_hook_state *state = pkt->state;

	if (!hook_is_for_bridge(pkt->skb))
		return NF_ACCEPT;
	nf_bridge_info_get(pkt->skb)->sabotage_in_done = 1;
	state->okfn(state->net, state->sk, pkt->skb);
	return NF_STOLEN;
}

/* A frame that is only bridged is not what this host sends. */
static bool hook_is_bridged_on(const struct sk_buff *skb)
{
	return nf_bridge_get_physoutdev(skb);
}
#else
static bool hook_is_bridge(const struct sk_buff *skb)
{
	return false;
}

static unsigned int hook_bridged(const struct slc_pkt *pkt)
{
	return NF_ACCEPT;
}

static bool hook_is_bridged_on(const struct sk_buff *skb)
{
	return false;
}
#endif

/* Mostly it is off already; asking is cheaper than counting up and down. */
static bool hook_bh_disable(void)
{
	if (likely(in_softirq()))
		return false;
	local_bh_disable();
	return true;
}

static void hook_bh_enable(bool disabled)
{
	if (unlikely(disabled))
		local_bh_enable();
}

/* The stack may follow headers further than we do, and what it finds may be
 * for a service. Where it would deliver such a packet, it does not get it.
 */
static unsigned int hook_unclear(struct slc_pkt *pkt, u8 family)
{
	if (!ipv6_chk_addr(pkt->sn->net, &ipv6_hdr(pkt->skb)->daddr, NULL, 0))
		return NF_ACCEPT;
	slc_pkt_addrs(pkt, family);
	return slc_pkt_refuse(pkt, NULL, SLUICE_STAT_BAD_PACKET);
}

/* What is ours passes; what was another namespace's, over a cable, no longer
 * is its.
 */
static bool hook_own(struct sk_buff *skb, u8 family)
{
	if (likely(!slc_pkt_is_own(skb))) {
		slc_pkt_clear_own(skb);
		return false;
	}
	if (family == SLC_FAMILY_IPV4)
		return true;
	/* IPv6 took the device from the route: that of the address. */
	if (!(IP6CB(skb)->flags & IP6SKB_L3SLAVE))
		IP6CB(skb)->iif = skb->dev->ifindex;
	slc_forward_own6(skb);
	slc_rewrite_fragments(skb);
	return true;
}

/* Put together what comes in pieces, for the first has the port and the rest
 * has the data. Mostly conntrack has done so before us. Its own hooks are not
 * enabled for us: they would look at all that this host sends, too, and leave
 * alone what a rule before them does not want tracked.
 */
static unsigned int hook_gather(struct slc_pkt *pkt, u8 family)
{
	struct net *net = pkt->sn->net;
	struct sk_buff *skb = pkt->skb;
	int err;

	if (family == SLC_FAMILY_IPV4) {
		if (likely(!ip_is_fragment(ip_hdr(skb))))
			return NF_ACCEPT;
		slc_pkt_addrs(pkt, family);
		err = ip_defrag(net, skb, hook_is_bridge(skb) ?
					  IP_DEFRAG_CONNTRACK_BRIDGE_IN :
					  IP_DEFRAG_CONNTRACK_IN);
		if (err) {	/* It is in the queue, or gone. */
			if (err != -EINPROGRESS)
				slc_pkt_refuse(pkt, NULL,
					       SLUICE_STAT_FRAGMENT_DROPPED);
			return NF_STOLEN;
		}
		skb->ignore_df = 1;
		return NF_ACCEPT;
	}
	if (likely(ipv6_hdr(skb)->nexthdr == IPPROTO_TCP) ||
	    ipv6_hdr(skb)->nexthdr == IPPROTO_UDP ||
	    !IS_ENABLED(CONFIG_NF_DEFRAG_IPV6))
		return NF_ACCEPT;
	err = nf_ct_frag6_gather(net, skb, hook_is_bridge(skb) ?
					   IP6_DEFRAG_CONNTRACK_BRIDGE_IN :
					   IP6_DEFRAG_CONNTRACK_IN);
	if (err == -EINPROGRESS)
		return NF_STOLEN;
	if (!err)
		return NF_ACCEPT;
	slc_pkt_addrs(pkt, family);
	return slc_pkt_refuse(pkt, NULL, SLUICE_STAT_FRAGMENT_DROPPED);
}

static unsigned int walk_in(struct slc_pkt *pkt, u8 family)
{
	enum slc_pkt_kind kind;
	unsigned int verdict;
	struct slc_decap in;

	/* Put there by us, or seen before on another device of a stack. */
	if (hook_own(pkt->skb, family))
		return NF_ACCEPT;
	verdict = hook_gather(pkt, family);
	if (unlikely(verdict != NF_ACCEPT))
		return verdict;
	kind = slc_pkt_parse(pkt, family, false);
	if (unlikely(slc_config_tunnels_rcu(pkt->sn)) &&
	    (kind == SLC_PKT_OTHER || kind == SLC_PKT_UDP) &&
	    slc_decap_find(pkt, kind, family, &in))
		return hook_is_bridge(pkt->skb) ? hook_bridged(pkt) :
						  slc_decap(pkt, &in);
	if (kind == SLC_PKT_OTHER)
		return NF_ACCEPT;
	if (unlikely(kind == SLC_PKT_UNCLEAR))
		return hook_unclear(pkt, family);
	if (unlikely(hook_is_bridge(pkt->skb)))
		return hook_bridged(pkt);
	return kind == SLC_PKT_ICMP_ERROR ? slc_icmp_in(pkt) : slc_input(pkt);
}

static unsigned int walk_out(struct slc_pkt *pkt, u8 family)
{
	unsigned int verdict = NF_ACCEPT;

	if (unlikely(hook_is_bridged_on(pkt->skb)))
		return NF_ACCEPT;
	switch (slc_pkt_parse(pkt, family, true)) {
	case SLC_PKT_TCP:
	case SLC_PKT_UDP:
		verdict = slc_output_hook(pkt);
		break;
	case SLC_PKT_ICMP_ERROR:
		verdict = slc_icmp_out(pkt);
		break;
	default:
		break;
	}
	if (verdict == NF_ACCEPT)
		slc_forward_sent(pkt->skb);
	return verdict;
}

static unsigned int walk_made(struct slc_pkt *pkt, u8 family)
{
	enum slc_pkt_kind kind;

	/* Of a train's we have had each: see forward_made(). */
	if (unlikely(slc_pkt_is_own(pkt->skb)))
		return NF_ACCEPT;
	kind = slc_pkt_parse(pkt, family, false);
	if (kind == SLC_PKT_TCP || kind == SLC_PKT_UDP)
		return slc_made(pkt);
	if (kind == SLC_PKT_ICMP_ERROR)
		slc_icmp_made(pkt);
	return NF_ACCEPT;
}

static unsigned int walk_local(struct slc_pkt *pkt, u8 family)
{
	if (likely(slc_pkt_is_own(pkt->skb))) {
		/* DNAT has it delivered here after all: see slc_forward_own6(). */
		if (family == SLC_FAMILY_IPV6 &&
		    ipv6_hdr(pkt->skb)->nexthdr != NEXTHDR_ROUTING)
			IP6CB(pkt->skb)->srcrt = 0;
		return NF_ACCEPT;
	}
	if (family == SLC_FAMILY_IPV6 && slc_guard_unfinished(pkt))
		return slc_guard(pkt, true);
	switch (slc_pkt_parse(pkt, family, false)) {
	case SLC_PKT_TCP:
	case SLC_PKT_UDP:
		return slc_deliver(pkt);
	case SLC_PKT_ICMP_ERROR:
		return slc_icmp_out(pkt);
	case SLC_PKT_UNCLEAR:
		slc_pkt_addrs(pkt, family);
		return slc_pkt_refuse(pkt, NULL, SLUICE_STAT_BAD_PACKET);
	default:
		return NF_ACCEPT;
	}
}

/* What all hooks have in common. Packets come in process context too: from
 * applications, and from queues in user space.
 */
static __always_inline unsigned int
hook_run(void *priv, struct sk_buff *skb, const struct nf_hook_state *state,
	 unsigned int (*walk)(struct slc_pkt *pkt, u8 family))
{
	struct slc_pkt pkt slc_uninitialized;
	unsigned int verdict;
	bool bh;

	pkt.skb = skb;
	pkt.sn = priv;
	pkt.state = state;
	pkt.apart = false;
	bh = hook_bh_disable();
	verdict = walk(&pkt, state->pf == NFPROTO_IPV4 ? SLC_FAMILY_IPV4 :
							 SLC_FAMILY_IPV6);
	hook_bh_enable(bh);
	return verdict;
}

static unsigned int hook_in(void *priv, struct sk_buff *skb,
			    const struct nf_hook_state *state)
{
	return hook_run(priv, skb, state, walk_in);
}

static unsigned int hook_out(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	return hook_run(priv, skb, state, walk_out);
}

static unsigned int hook_made(void *priv, struct sk_buff *skb,
			      const struct nf_hook_state *state)
{
	return hook_run(priv, skb, state, walk_made);
}

static unsigned int hook_local(void *priv, struct sk_buff *skb,
			       const struct nf_hook_state *state)
{
	return hook_run(priv, skb, state, walk_local);
}

#define HOOK(_pf, _where, _fn, _prio)					\
	{ .hook = _fn, .pf = _pf, .hooknum = _where, .priority = _prio }

static const struct nf_hook_ops hooks_all[] = {
	HOOK(NFPROTO_IPV4, NF_INET_PRE_ROUTING, hook_in, HOOK_PRIO_IN),
	HOOK(NFPROTO_IPV6, NF_INET_PRE_ROUTING, hook_in, HOOK_PRIO_IN),
	HOOK(NFPROTO_IPV4, NF_INET_LOCAL_IN, hook_local, HOOK_PRIO_LOCAL),
	HOOK(NFPROTO_IPV6, NF_INET_LOCAL_IN, hook_local, HOOK_PRIO_LOCAL),
	HOOK(NFPROTO_IPV4, NF_INET_POST_ROUTING, hook_out, HOOK_PRIO_OUT),
	HOOK(NFPROTO_IPV6, NF_INET_POST_ROUTING, hook_out, HOOK_PRIO_OUT),
};

static const struct nf_hook_ops hooks_local[] = {
	HOOK(NFPROTO_IPV4, NF_INET_LOCAL_OUT, hook_made, HOOK_PRIO_IN),
	HOOK(NFPROTO_IPV6, NF_INET_LOCAL_OUT, hook_made, HOOK_PRIO_IN),
};

static const struct hook_set {
	const struct nf_hook_ops *ops;
	unsigned int n;
} hook_sets[SLC_HOOKS_NR] = {
	[SLC_HOOKS_ALL]		= { hooks_all, ARRAY_SIZE(hooks_all) },
	[SLC_HOOKS_LOCAL]	= { hooks_local, ARRAY_SIZE(hooks_local) },
};

/* Who lists hooks looks at them for a grace period after they are gone. */
static void hooks_free(struct slc_net *sn, enum slc_hooks which)
{
	synchronize_rcu();
	kfree(sn->hook_ops[which]);
	sn->hook_ops[which] = NULL;
}

int slc_hooks_on(struct slc_net *sn, enum slc_hooks which)
{
	const struct hook_set *set = &hook_sets[which];
	struct nf_hook_ops *ops;
	unsigned int i;
	int err;

	/* Each namespace has its own, so that each hook knows whose it is. */
	ops = kmemdup(set->ops, set->n * sizeof(*ops), GFP_KERNEL);
	if (!ops)
		return -ENOMEM;
	for (i = 0; i < set->n; i++)
		ops[i].priv = sn;
	sn->hook_ops[which] = ops;

	err = nf_register_net_hooks(sn->net, ops, set->n);
	if (err) {
		hooks_free(sn, which);
		return err;
	}
	if (which == SLC_HOOKS_ALL)
		queue_delayed_work(system_power_efficient_wq, &sn->gc, HZ);
	return 0;
}

/* Nobody sweeps any more, nor comes back. */
static void hooks_last(struct slc_net *sn)
{
	cancel_delayed_work_sync(&sn->gc);
	slc_persist_sweep(sn, true);
}

/* Those of PRE_ROUTING first, and then wait for who is in there: a packet that is in a
 * queue of FORWARD, to user space, goes on by our code (path/direct.c). Whoever takes a
 * hook away empties the queues, which is to be done when nobody fills them any more.
 */
static void hooks_unregister(struct slc_net *sn, enum slc_hooks which)
{
	const struct nf_hook_ops *ops = sn->hook_ops[which];
	unsigned int n = hook_sets[which].n, first = n;

	if (which == SLC_HOOKS_ALL)
		for (first = 0; ops[first].hooknum == NF_INET_PRE_ROUTING; first++)
			;
	nf_unregister_net_hooks(sn->net, ops, first);
	if (first == n)
		return;
	synchronize_rcu();
	nf_unregister_net_hooks(sn->net, ops + first, n - first);
}

void slc_hooks_off(struct slc_net *sn)
{
	int which;

	for (which = SLC_HOOKS_NR - 1; which >= 0; which--) {
		if (!sn->hook_ops[which])
			continue;
		hooks_unregister(sn, which);
		if (which == SLC_HOOKS_ALL)
			hooks_last(sn);
		hooks_free(sn, which);
	}
}
