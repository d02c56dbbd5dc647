// SPDX-License-Identifier: GPL-2.0
/*
 * Connections that got by PRE_ROUTING to an application's door. There they
 * are on their way to a service after all: what the sender may not do in front
 * it may not do at the back. docs/datapath.md tells how they get there.
 *
 * What makes a connection is a SYN, so nothing else is looked at, but for datagrams,
 * each of which may make one.
 */
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/addrconf.h>
#include <net/ipv6.h>
#include <net/netfilter/nf_conntrack.h>

#include "obj/config.h"
#include "obj/service.h"
#include "path/handshake.h"
#include "path/hook.h"
#include "path/route.h"

static bool guard_is_syn(u8 flags)
{
	return (flags & (SLC_TCP_SYN | SLC_TCP_ACK | SLC_TCP_RST)) ==
	       SLC_TCP_SYN;
}

/* Where a routing header leads at last. In segment routing, as in the older
 * kinds, that address comes first; in RPL (RFC 6554) at the end, without what it
 * shares with the address before.
 */
static bool guard_last(const struct sk_buff *skb, unsigned int off,
		       const u8 *hdr, struct in6_addr *last)
{
	unsigned int at = off + 8, shared = 0;

	if (hdr[2] == IPV6_SRCRT_TYPE_3) {
		shared = hdr[4] & 15;
		at += hdr[1] * 8 - (hdr[5] >> 4) - (sizeof(*last) - shared);
	}
	return !skb_copy_bits(skb, at, last->s6_addr + shared,
			      sizeof(*last) - shared);
}

bool slc_guard_unfinished(struct slc_pkt *pkt)
{
	const struct sk_buff *skb = pkt->skb;
	struct in6_addr last = ipv6_hdr(skb)->daddr;
	unsigned int off = skb_network_offset(skb) + sizeof(struct ipv6hdr);
	u8 nexthdr = ipv6_hdr(skb)->nexthdr;
	const struct tcphdr *th;
	bool unfinished = false;
	struct tcphdr _th;
	const u8 *hdr;
	u8 _hdr[8];	/* none is shorter */

	pkt->seg.flags = 0;
	while (nexthdr != IPPROTO_TCP && nexthdr != IPPROTO_UDP) {
		/* Until its end is found it is nobody's. */
		pkt->tuple = (struct slc_tuple) { };
		if (nexthdr == NEXTHDR_NONE || !ipv6_ext_hdr(nexthdr))
			return unfinished;
		hdr = skb_header_pointer(skb, off, sizeof(_hdr), _hdr);
		if (!hdr)
			return unfinished;
		if (nexthdr == NEXTHDR_ROUTING && hdr[3]) {
			unfinished = true;
			if (!guard_last(skb, off, hdr, &last))
				return true;
		}
		if (nexthdr == NEXTHDR_FRAGMENT) {
			unfinished = true;
			/* All of a header is in the first, or there is none. */
			if (hdr[2] || hdr[3] & ~7)
				return true;
			off += sizeof(struct frag_hdr);
		} else {
			off += nexthdr == NEXTHDR_AUTH ? (hdr[1] + 2) * 4 :
							 (hdr[1] + 1) * 8;
		}
		nexthdr = hdr[0];
	}
	if (likely(!unfinished))
		return false;

	/* Both have their ports at the start, and of UDP there is no more. */
	th = skb_header_pointer(skb, off, nexthdr == IPPROTO_TCP ?
				sizeof(_th) : sizeof(struct udphdr), &_th);
	if (!th)
		return true;
	pkt->tuple = (struct slc_tuple) {
		.src = slc_addr_from_bytes(&ipv6_hdr(skb)->saddr),
		.dst = slc_addr_from_bytes(&last),
		.sport = th->source,
		.dport = th->dest,
		.family = SLC_FAMILY_IPV6,
		.proto = nexthdr,
	};
	if (nexthdr == IPPROTO_TCP)
		pkt->seg.flags = ((const u8 *)th)[SLC_TCP_FLAGS_OFF];
	return true;
}

/* An answer comes from where the question went, before any translation. */
static void guard_undo_nat(struct slc_pkt *pkt)
{
#if IS_ENABLED(CONFIG_NF_CONNTRACK)
	const struct nf_conntrack_tuple *orig;
	enum ip_conntrack_info ctinfo;
	const struct nf_conn *ct = nf_ct_get(pkt->skb, &ctinfo);

	if (!ct)
		return;
	orig = &ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	pkt->tuple.dst = pkt->tuple.family == SLC_FAMILY_IPV4 ?
			 slc_addr_v4(orig->dst.u3.ip) :
			 slc_addr_from_bytes(&orig->dst.u3.in6);
	pkt->tuple.dport = orig->dst.u.tcp.port;
#endif
}

unsigned int slc_guard(struct slc_pkt *pkt, bool unfinished)
{
	const struct slc_service_entry *svc;
	const struct slc_service_rules *rules;

	if (pkt->tuple.proto != IPPROTO_UDP &&
	    likely(!guard_is_syn(pkt->seg.flags)))
		return NF_ACCEPT;
	svc = slc_config_lookup_rcu(pkt->sn, pkt->tuple.proto, &pkt->tuple.dst,
				    pkt->tuple.dport);
	if (!svc)
		return NF_ACCEPT;
	rules = svc->rules;
	/* Where it is balanced there is nothing that a client may not do. */
	if (rules->cfg.accept_proxy == SLUICE_ACCEPT_PROXY_NONE)
		return NF_ACCEPT;
	/* "*" is any address of this host, not what is intercepted for others. */
	if (rules->cfg.any_addr && !slc_route_owns(pkt, &pkt->tuple.dst))
		return NF_ACCEPT;
	/* A sender that may speak PROXY is not to be believed without. */
	if (rules->cfg.untrusted == SLUICE_UNTRUSTED_PASS &&
	    !slc_service_trusts(rules, &pkt->tuple.src))
		return NF_ACCEPT;

	if (rules->cfg.untrusted != SLUICE_UNTRUSTED_DROP && !unfinished &&
	    pkt->tuple.proto == IPPROTO_TCP) {
		guard_undo_nat(pkt);
		slc_rst_reply(pkt);
	}
	return slc_pkt_refuse(pkt, svc->service, SLUICE_STAT_BYPASS_REFUSED);
}
