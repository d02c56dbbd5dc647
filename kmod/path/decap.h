/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The end of a tunnel: what a balancer sends to a service of this host inside of
 * another packet comes in by itself.
 *
 * No device is needed for it. What is inside goes back to where packets are received,
 * by the device that the tunnel's came by, so everybody behind sees it as if it had
 * come without a tunnel: it is verified there as any other.
 *
 * Locking: RCU held, softirq or bh disabled. No lock; no allocation, unless somebody
 * else has a copy of the packet.
 */
#ifndef SLC_PATH_DECAP_H
#define SLC_PATH_DECAP_H

#include "path/pkt.h"

struct slc_service_entry;

/**
 * struct slc_decap - what is inside of a packet
 * @svc: the service it is for
 * @off: where it begins, from skb->data
 * @family: SLC_FAMILY_*
 * @how: enum sluice_tunnel that it came by, ipip or gue
 * @plain: it comes as it is; else its tunnel's header says what we would have to do
 *	and do not know
 */
struct slc_decap {
	const struct slc_service_entry *svc;
	u32 off;
	u8 family;
	u8 how;
	bool plain;
};

/**
 * slc_decap_find() - Is this a tunnel's packet for a service of ours?
 * @pkt: the packet, in PRE_ROUTING, as slc_pkt_parse() left it
 * @kind: as that has said, SLC_PKT_OTHER or SLC_PKT_UDP
 * @family: of the packet, SLC_FAMILY_*
 * @in: filled in
 *
 * It is addressed to this host, and inside is a packet of TCP or UDP for a service that
 * takes such tunnels, or an ICMP error about what such a service has sent: of IPv4
 * (RFC 2003, RFC 2473) or IPv6 (RFC 4213, RFC 2473) in either, or in UDP
 * (draft-ietf-intarea-gue, variants 0 and 1). What is in fragments inside is none, nor a
 * tunnel in a tunnel, and control messages are none: the stack has them.
 *
 * Return: true if it is. The addresses of @pkt are set then, nothing else has changed.
 */
bool slc_decap_find(struct slc_pkt *pkt, enum slc_pkt_kind kind, u8 family,
		    struct slc_decap *in);

/**
 * slc_decap() - Take it out.
 * @pkt: the packet
 * @in: what is inside
 *
 * Of a sender that the service trusts; all others' are dropped. What congestion the way
 * here has met is told inside (RFC 6040).
 *
 * Return: a netfilter verdict, none of them NF_ACCEPT.
 */
unsigned int slc_decap(struct slc_pkt *pkt, const struct slc_decap *in);

#endif /* SLC_PATH_DECAP_H */
