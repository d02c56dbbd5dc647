/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Datagrams whose clients come in headers: in each datagram (PROXY version 2, or the
 * simple protocol, spp), or in the first of a conversation.
 *
 * What is kept of a conversation is its flow; of a datagram, nothing. docs/datapath.md
 * says what becomes of those that are lost or come late.
 *
 * Locking: RCU held, softirq or bh disabled.
 */
#ifndef SLC_PATH_UDP_H
#define SLC_PATH_UDP_H

#include "core/pp.h"
#include "obj/alias.h"
#include "obj/config.h"
#include "obj/service.h"
#include "path/pkt.h"

/**
 * slc_udp_carries() - Has a datagram a header, or is it to have one?
 * @pkt: a packet in PRE_ROUTING
 * @svc: the service it is addressed to, and its rules
 *
 * Return: true if its sender is trusted to say who the client is.
 */
static inline bool slc_udp_carries(const struct slc_pkt *pkt,
				   const struct slc_service_entry *svc)
{
	return pkt->tuple.proto == IPPROTO_UDP &&
	       svc->rules->cfg.accept_proxy != SLUICE_ACCEPT_PROXY_NONE &&
	       slc_service_trusts(svc->rules, &pkt->tuple.src);
}

/**
 * slc_udp_open() - A datagram to a service that takes headers.
 * @pkt: the packet, in PRE_ROUTING; slc_udp_carries() is true of it
 * @svc: the service, its rules and pool
 *
 * Of a conversation that there is, or the first of one.
 *
 * Return: a netfilter verdict.
 */
unsigned int slc_udp_open(struct slc_pkt *pkt,
			  const struct slc_service_entry *svc);

/**
 * slc_udp_in() - A datagram of a conversation whose first one had the header.
 * @pkt: the packet, in PRE_ROUTING
 * @half: its half, SLC_IN; IPsec policies let it in
 *
 * Return: a netfilter verdict.
 */
unsigned int slc_udp_in(struct slc_pkt *pkt, struct slc_half *half);

/**
 * slc_udp_out() - An application's or a backend's answer, on to the sender.
 * @pkt: the packet, in POST_ROUTING, or in LOCAL_IN if the sender is of this host
 * @half: its half, SLC_OUT
 *
 * Return: a netfilter verdict.
 */
unsigned int slc_udp_out(struct slc_pkt *pkt, struct slc_half *half);

/**
 * slc_udp_made() - Let an answer come from the address that was asked.
 * @pkt: a datagram that this host makes, in LOCAL_OUT
 *
 * A socket that is bound to no address leaves that to the stack, which chooses by the
 * way to the client. The firewall, which comes next, is to know the answer for one.
 * Where such a socket says itself where an answer comes from, and that is not what was
 * asked, it cannot be told apart.
 *
 * Return: a netfilter verdict.
 */
unsigned int slc_udp_made(struct slc_pkt *pkt);

/**
 * slc_udp_unreach() - Tell who has sent a datagram that nobody is there for it.
 * @pkt: the packet, in PRE_ROUTING
 */
void slc_udp_unreach(struct slc_pkt *pkt);

#endif /* SLC_PATH_UDP_H */
