// SPDX-License-Identifier: GPL-2.0
/*
 * Netfilter hooks: where packets come in. See docs/datapath.md for why there.
 */
#include <linux/etherdevice.h>
#include <linux/netfilter_bridge.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/netfilter/ipv4/nf_defrag_ipv4.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>

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
	if (!skb_mac_header_was_set(skb) ||
	    !ether_addr_equal(eth_hdr(skb)->h_dest, skb->dev->dev_addr))
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

static unsigned int hook_in(struct sk_buff *skb,
			    const struct nf_hook_state *state, u8 family)
{
	struct slc_pkt pkt = {
		.skb = skb,
		.sn = slc_pernet(state->net),
		.state = state,
	};
	unsigned int verdict = NF_ACCEPT;
	enum slc_pkt_kind kind;

	/* What a queue in user space gives back comes in process context. */
	local_bh_disable();
	kind = slc_pkt_parse(&pkt, family, false);
	if (kind == SLC_PKT_OTHER)
		verdict = NF_ACCEPT;
	else if (unlikely(hook_is_bridge(skb)))
		verdict = hook_bridged(skb) ? NF_STOLEN : NF_ACCEPT;
	else if (kind == SLC_PKT_TCP)
		verdict = slc_input(&pkt);
	else
		verdict = slc_icmp_in(&pkt);
	local_bh_enable();
	return verdict;
}

static unsigned int hook_out(struct sk_buff *skb,
			     const struct nf_hook_state *state, u8 family)
{
	struct slc_pkt pkt = {
		.skb = skb,
		.sn = slc_pernet(state->net),
		.state = state,
	};
	unsigned int verdict = NF_ACCEPT;
	enum slc_pkt_kind kind;

	/* Applications send in process context. */
	local_bh_disable();
	kind = slc_pkt_parse(&pkt, family, true);
	if (kind == SLC_PKT_TCP)
		verdict = slc_output_hook(&pkt);
	else if (kind == SLC_PKT_ICMP_ERROR)
		verdict = slc_icmp_out(&pkt);
	local_bh_enable();
	return verdict;
}

static unsigned int hook_in4(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	return hook_in(skb, state, SLC_FAMILY_IPV4);
}

static unsigned int hook_in6(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	return hook_in(skb, state, SLC_FAMILY_IPV6);
}

static unsigned int hook_out4(void *priv, struct sk_buff *skb,
			      const struct nf_hook_state *state)
{
	return hook_out(skb, state, SLC_FAMILY_IPV4);
}

static unsigned int hook_out6(void *priv, struct sk_buff *skb,
			      const struct nf_hook_state *state)
{
	return hook_out(skb, state, SLC_FAMILY_IPV6);
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
	int err;

	err = nf_defrag_ipv4_enable(sn->net);
	if (err)
		return err;
	err = nf_defrag_ipv6_enable(sn->net);
	if (err)
		goto err_defrag4;
	err = nf_register_net_hooks(sn->net, hook_ops, ARRAY_SIZE(hook_ops));
	if (err)
		goto err_defrag6;
	queue_delayed_work(system_power_efficient_wq, &sn->gc, HZ);
	return 0;

err_defrag6:
	nf_defrag_ipv6_disable(sn->net);
err_defrag4:
	nf_defrag_ipv4_disable(sn->net);
	return err;
}

void slc_hooks_off(struct slc_net *sn)
{
	nf_unregister_net_hooks(sn->net, hook_ops, ARRAY_SIZE(hook_ops));
	nf_defrag_ipv6_disable(sn->net);
	nf_defrag_ipv4_disable(sn->net);
	cancel_delayed_work_sync(&sn->gc);
}
