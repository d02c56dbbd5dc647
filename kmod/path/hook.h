/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The netfilter hooks of one namespace.
 *
 * slc_hooks_on() and slc_hooks_off() are declared in obj/service.h: they come
 * and go with the first and the last service.
 */
#ifndef SLC_PATH_HOOK_H
#define SLC_PATH_HOOK_H

#include "path/pkt.h"

/**
 * slc_input() - A packet on its way in: the walk begins.
 * @pkt: the packet, in PRE_ROUTING, parsed
 *
 * Context: softirq, RCU held.
 * Return: a netfilter verdict.
 */
unsigned int slc_input(struct slc_pkt *pkt);

/**
 * slc_output_hook() - A packet on its way out.
 * @pkt: the packet, in POST_ROUTING, parsed
 *
 * Context: bh disabled, RCU held.
 * Return: a netfilter verdict.
 */
unsigned int slc_output_hook(struct slc_pkt *pkt);

/**
 * slc_made() - A packet that this host makes: is it for a service?
 * @pkt: the packet, in LOCAL_OUT, parsed
 *
 * Context: bh disabled, RCU held.
 * Return: a netfilter verdict.
 */
unsigned int slc_made(struct slc_pkt *pkt);

/**
 * slc_reply_half() - The half that a backend's packet belongs to.
 * @pkt: the packet, parsed
 *
 * Context: RCU held.
 * Return: the half, SLC_OUT, of a flow with a backend; or NULL.
 */
struct slc_half *slc_reply_half(const struct slc_pkt *pkt);

/**
 * slc_deliver() - A packet for this host that we have not given its way.
 * @pkt: the packet, in LOCAL_IN, parsed
 *
 * A backend's for a client on this host becomes the service's.
 *
 * Context: softirq, RCU held.
 * Return: a netfilter verdict.
 */
unsigned int slc_deliver(struct slc_pkt *pkt);

/**
 * slc_guard() - Has a packet got by us to an application's door?
 * @pkt: a packet of TCP or UDP, in LOCAL_IN, parsed or unfinished
 * @unfinished: as slc_guard_unfinished() says; then it has no answer
 *
 * Context: softirq, RCU held.
 * Return: a netfilter verdict.
 */
unsigned int slc_guard(struct slc_pkt *pkt, bool unfinished);

/**
 * slc_guard_unfinished() - Is there more to come of a packet of IPv6?
 * @pkt: the packet, in LOCAL_IN, not parsed
 *
 * IPv6 delivers before its headers have had their say. A fragment will be part
 * of a packet, and a packet with a way still to go, by routing headers, is
 * delivered to the last address of it without another hook.
 *
 * Context: softirq, RCU held.
 * Return: false if neither is the case; else @pkt is what a SYN or a datagram will
 *	be, or neither.
 */
bool slc_guard_unfinished(struct slc_pkt *pkt);

/**
 * slc_icmp_in() - An ICMP error about what we sent to a sender.
 * @pkt: the packet, in PRE_ROUTING, located
 *
 * Context: softirq, RCU held.
 * Return: a netfilter verdict.
 */
unsigned int slc_icmp_in(struct slc_pkt *pkt);

/**
 * slc_icmp_out() - An ICMP error about what a client sent.
 * @pkt: the packet, in POST_ROUTING or, for a client on this host, in LOCAL_IN,
 *	located
 *
 * Context: bh disabled, RCU held.
 * Return: a netfilter verdict.
 */
unsigned int slc_icmp_out(struct slc_pkt *pkt);

/**
 * slc_icmp_made() - An ICMP error of this host's about what a client sent.
 * @pkt: the packet, in LOCAL_OUT, located
 *
 * Kept from conntrack, as what it quotes was: it would be called invalid.
 *
 * Context: bh disabled, RCU held.
 */
void slc_icmp_made(const struct slc_pkt *pkt);

#endif /* SLC_PATH_HOOK_H */
