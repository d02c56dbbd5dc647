// SPDX-License-Identifier: GPL-2.0
/*
 * Netfilter hooks: where packets come in. See docs/datapath.md for why there.
 */
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/slab.h>
#include <linux/netfilter_bridge.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/addrconf.h>
#include <net/netfilter/ipv4/nf_defrag_ipv4.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>

#include "compat.h"
#include "obj/flow.h"
#include "obj/service.h"
#include "path/hook.h"

/* After raw (-300) and defragmentation (-400), before conntrack (-200):
 * conntrack and all rules behind it see the client only.
 */
#define HOOK_PRIO_IN	(-290)
/* After source NAT (100) has undone what it did to a reply, before conntrack
 * confirms (INT_MAX).
 */
#define HOOK_PRIO_OUT	150

/* With br_netfilter the hooks run for bridged frames too, and whatever route
 * we preset there is overwritten. What is for this host goes on as if it had
 * come in by the bridge itself, which it would have a moment later.
 */
static bool hook_bridged(struct sk_buff *skb)
{
#if IS_ENABLED(CONFIG_BRIDGE_NETFILTER)
	if (!nf_bridge_info_get(skb))
		return false;
	/* The bridge delivers what is for any port's address. */
	if (!skb_mac_header_was_set(skb) ||
	    !dev_getbyhwaddr_rcu(dev_net(skb->dev), ARPHRD_ETHER,
				 eth_hdr(skb)->h_dest))
		return false;
	skb_ext_del(skb, SKB_EXT_BRIDGE_NF);
	skb->pkt_type = PACKET_HOST;
	netif_rx(skb);
	return true;
#else
	return false;
#endif
}

static bool hook_is_bridge(const struct sk_buff *skb)
{
#if IS_ENABLED(CONFIG_BRIDGE_NETFILTER)
	return nf_bridge_info_exists(skb);
#else
	return false;
#endif
}

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
static unsigned int hook_unclear(const struct slc_pkt *pkt)
{
	if (!ipv6_chk_addr(pkt->sn->net, &ipv6_hdr(pkt->skb)->daddr, NULL, 0))
		return NF_ACCEPT;
	slc_count(pkt->sn, NULL, SLUICE_STAT_BAD_PACKET);
	return NF_DROP;
}

static unsigned int hook_in(struct sk_buff *skb,
			    const struct nf_hook_state *state,
			    struct slc_net *sn, u8 family)
{
	struct slc_pkt pkt slc_uninitialized;
	unsigned int verdict = NF_ACCEPT;
	enum slc_pkt_kind kind;
	bool bh;

	pkt.skb = skb;
	pkt.sn = sn;
	pkt.state = state;

	/* What a queue in user space gives back comes in process context. */
	bh = hook_bh_disable();
	kind = slc_pkt_parse(&pkt, family, false);
	if (kind == SLC_PKT_OTHER)
		verdict = NF_ACCEPT;
	else if (unlikely(kind == SLC_PKT_UNCLEAR))
		verdict = hook_unclear(&pkt);
	else if (unlikely(hook_is_bridge(skb)))
		verdict = hook_bridged(skb) ? NF_STOLEN : NF_ACCEPT;
	else if (kind == SLC_PKT_TCP)
		verdict = slc_input(&pkt);
	else
		verdict = slc_icmp_in(&pkt);
	hook_bh_enable(bh);
	return verdict;
}

static unsigned int hook_out(struct sk_buff *skb,
			     const struct nf_hook_state *state,
			    struct slc_net *sn, u8 family)
{
	struct slc_pkt pkt slc_uninitialized;
	unsigned int verdict = NF_ACCEPT;
	enum slc_pkt_kind kind;
	bool bh;

	pkt.skb = skb;
	pkt.sn = sn;
	pkt.state = state;

	/* Applications send in process context. */
	bh = hook_bh_disable();
	kind = slc_pkt_parse(&pkt, family, true);
	if (kind == SLC_PKT_TCP)
		verdict = slc_output_hook(&pkt);
	else if (kind == SLC_PKT_ICMP_ERROR)
		verdict = slc_icmp_out(&pkt);
	hook_bh_enable(bh);
	return verdict;
}

static unsigned int hook_in4(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	return hook_in(skb, state, priv, SLC_FAMILY_IPV4);
}

static unsigned int hook_in6(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	return hook_in(skb, state, priv, SLC_FAMILY_IPV6);
}

static unsigned int hook_out4(void *priv, struct sk_buff *skb,
			      const struct nf_hook_state *state)
{
	return hook_out(skb, state, priv, SLC_FAMILY_IPV4);
}

static unsigned int hook_out6(void *priv, struct sk_buff *skb,
			      const struct nf_hook_state *state)
{
	return hook_out(skb, state, priv, SLC_FAMILY_IPV6);
}

static const struct nf_hook_ops hook_ops[] = {
	{
		.hook = hook_in4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = HOOK_PRIO_IN,
	}, {
		.hook = hook_out4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_POST_ROUTING,
		.priority = HOOK_PRIO_OUT,
	}, {
		.hook = hook_in6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = HOOK_PRIO_IN,
	}, {
		.hook = hook_out6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_POST_ROUTING,
		.priority = HOOK_PRIO_OUT,
	},
};

int slc_hooks_on(struct slc_net *sn)
{
	unsigned int i;
	int err;

	/* Each namespace has its own, so that each hook knows whose it is. */
	sn->hook_ops = kmemdup(hook_ops, sizeof(hook_ops), GFP_KERNEL);
	if (!sn->hook_ops)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(hook_ops); i++)
		sn->hook_ops[i].priv = sn;

	err = nf_defrag_ipv4_enable(sn->net);
	if (err)
		goto err_ops;
	err = nf_defrag_ipv6_enable(sn->net);
	if (err)
		goto err_defrag4;
	err = nf_register_net_hooks(sn->net, sn->hook_ops,
				    ARRAY_SIZE(hook_ops));
	if (err)
		goto err_defrag6;
	queue_delayed_work(system_power_efficient_wq, &sn->gc, HZ);
	return 0;

err_defrag6:
	nf_defrag_ipv6_disable(sn->net);
err_defrag4:
	nf_defrag_ipv4_disable(sn->net);
err_ops:
	kfree(sn->hook_ops);
	sn->hook_ops = NULL;
	return err;
}

void slc_hooks_off(struct slc_net *sn)
{
	nf_unregister_net_hooks(sn->net, sn->hook_ops, ARRAY_SIZE(hook_ops));
	nf_defrag_ipv6_disable(sn->net);
	nf_defrag_ipv4_disable(sn->net);
	cancel_delayed_work_sync(&sn->gc);

	/* The stack keeps no pointer to them beyond a grace period. */
	synchronize_rcu();
	kfree(sn->hook_ops);
	sn->hook_ops = NULL;
}
