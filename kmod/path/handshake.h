/* SPDX-License-Identifier: GPL-2.0 */
/*
 * New connections: from a sender's SYN to a published flow.
 *
 *	open.c		no flow, no handshake: whose packet is it?
 *	handshake.c	does what the state machine (core/hs.h) says
 *	proxy.c		gathers the header
 *	connect.c	client and application from the header: may they meet?
 *	retry.c		a backend does not take it: another one
 *	send.c		the header that a backend is sent
 *	publish.c	the application answers, the flow begins
 *
 * Locking: all of it in hooks: softirq or bh disabled, RCU held.
 */
#ifndef SLC_PATH_HANDSHAKE_H
#define SLC_PATH_HANDSHAKE_H

#include "core/pp.h"
#include "obj/flow.h"
#include "path/early.h"
#include "path/pkt.h"
#include "path/seg.h"

struct slc_flow;
struct slc_service_entry;

/* Headers up to this long are read without a buffer of their own. */
#define SLC_GATHER_SMALL	256

/**
 * slc_open() - A TCP packet to a service's port that belongs to nothing yet.
 * @pkt: the packet, in PRE_ROUTING
 * @svc: the service it is addressed to, and its rules
 *
 * Return: a netfilter verdict.
 */
unsigned int slc_open(struct slc_pkt *pkt, const struct slc_service_entry *svc);

/**
 * slc_open_anew() - The same, of a packet whose flow is no more.
 * @pkt: the packet, in PRE_ROUTING
 *
 * Return: a netfilter verdict.
 */
unsigned int slc_open_anew(struct slc_pkt *pkt);

/**
 * slc_handshake_offer() - What a sender may be promised.
 * @svc: the service it calls
 * @offer: what its namespace's TCP would promise
 *
 * Context: any.
 */
void slc_handshake_offer(const struct slc_service *svc,
			 struct slc_hs_offer *offer);

/**
 * slc_handshake_begin() - Answer a SYN, or go on from a cookie's ACK.
 * @pkt: the packet; its options read
 * @o: its options
 * @svc: its service, and the rules that the handshake is to have
 * @cookie: what the cookie vouched for, or NULL for a SYN
 *
 * Return: a netfilter verdict.
 */
unsigned int slc_handshake_begin(struct slc_pkt *pkt,
				 const struct slc_tcpopts *o,
				 const struct slc_service_entry *svc,
				 const struct slc_hs *cookie);

/**
 * slc_handshake() - A packet of the sender's for a handshake.
 * @pkt: the packet, in PRE_ROUTING
 * @e: the handshake
 *
 * Return: a netfilter verdict.
 */
unsigned int slc_handshake(struct slc_pkt *pkt, struct slc_early *e);

/**
 * slc_handshake_inner() - A packet of the application's for a handshake.
 * @pkt: the packet, in POST_ROUTING
 * @e: the handshake
 * @flow: the flow it was found by
 *
 * Return: a netfilter verdict.
 */
unsigned int slc_handshake_inner(struct slc_pkt *pkt, struct slc_early *e,
				 struct slc_flow *flow);

/**
 * slc_handshake_refuse() - Name the reason why a handshake, or a packet of one, goes no
 *	further.
 * @e: the handshake, locked
 * @why: enum sluice_stat
 *
 * Context: softirq or bh disabled.
 */
void slc_handshake_refuse(const struct slc_early *e, int why);

/**
 * slc_handshake_send() - Make a segment for the sender.
 * @e: the handshake, locked
 * @todo: where it is queued
 * @flags: SLC_TCP_*
 * @now_ms: clock of our timestamps
 *
 * Context: softirq or bh disabled, RCU held.
 */
void slc_handshake_send(const struct slc_early *e, struct slc_todo *todo,
			u8 flags, u32 now_ms);

/**
 * slc_handshake_dev() - The device that packets of ours appear to come in by.
 * @e: the handshake
 * @flow: its flow
 *
 * Context: RCU held.
 * Return: the device or NULL, see slc_seg_dev().
 */
struct net_device *slc_handshake_dev(const struct slc_early *e,
				     const struct slc_flow *flow);

/**
 * slc_handshake_seg_in() - Make a segment for the application, as if the client had
 *	sent it.
 * @e: the handshake, locked, with a flow
 * @todo: where it is queued
 * @seg: the segment; its tuple and secpath are set here
 *
 * Context: softirq or bh disabled, RCU held.
 */
void slc_handshake_seg_in(const struct slc_early *e, struct slc_todo *todo,
			  struct slc_seg *seg);

/**
 * slc_handshake_rearm() - Let the timer run anew.
 * @e: the handshake, locked; its state is a new one
 *
 * Context: softirq or bh disabled.
 */
void slc_handshake_rearm(struct slc_early *e);

/**
 * slc_handshake_failed() - What was to happen has not, or something else has.
 * @e: the handshake, locked; may be dead afterwards
 * @out: what the machine says of it; may be taken further
 * @todo: where segments are queued
 *
 * Ask again, or another application, or that is the end.
 *
 * Context: softirq or bh disabled, RCU held.
 */
void slc_handshake_failed(struct slc_early *e, struct slc_hs_out *out,
			  struct slc_todo *todo);

/**
 * slc_retry_late() - A packet of a backend's that a connection has left.
 * @pkt: the packet, in POST_ROUTING
 * @flow: the flow by which it had it
 *
 * Return: a netfilter verdict.
 */
unsigned int slc_retry_late(struct slc_pkt *pkt, const struct slc_flow *flow);

/**
 * slc_gather() - Look for a header in what came.
 * @e: the handshake, locked
 * @pkt: the packet
 * @skip: payload bytes to pass over
 * @take: payload bytes that are new
 * @small: room for SLC_GATHER_SMALL bytes
 * @pp: filled in when the header is whole; its error when it is none
 * @hdr: then points to the header, in @small, @e or the packet
 *
 * Return: its length, 0 if it needs more, negative if it will never be one;
 *	-ENOMEM then means that there was no memory to keep it.
 */
int slc_gather(struct slc_early *e, const struct slc_pkt *pkt, u32 skip,
	       u32 take, u8 *small, struct slc_pp *pp, const u8 **hdr);

/**
 * slc_gather_stat() - The counter for a header's error.
 * @err: the error
 *
 * Return: enum sluice_stat.
 */
int slc_gather_stat(enum slc_pp_error err);

/**
 * slc_connect() - Make the flow that a header asks for.
 * @e: the handshake, locked; its flow and inner route are set
 * @pkt: the packet that completed the header, or that proved the sender
 * @pp: the header, or NULL if none is awaited
 * @hdr: its bytes
 *
 * Checks that the client may be one, that there is a way back to it, and that
 * the connection does not exist already.
 *
 * Return: 0, or the enum sluice_stat that says why not.
 */
int slc_connect(struct slc_early *e, struct slc_pkt *pkt,
		const struct slc_pp *pp, const u8 *hdr);

/**
 * slc_connect_again() - Make the flow anew, by another backend.
 * @e: the handshake, locked, with a flow, which stays as it is
 * @pkt: stands for one of the sender's
 * @route: to the backend, referenced
 *
 * Context: SLC_HS_DO_RETRY; RCU held, softirq or bh disabled.
 * Return: the flow, in the table, or NULL if there is no other backend to be had.
 */
struct slc_flow *slc_connect_again(struct slc_early *e, struct slc_pkt *pkt,
				   struct dst_entry **route);

/**
 * slc_retry() - Leave a backend that has not taken a connection for another.
 * @e: the handshake, locked
 * @out: SLC_HS_DO_RETRY; what to do then
 * @todo: for what the former one is told
 *
 * Context: RCU held, softirq or bh disabled.
 */
void slc_retry(struct slc_early *e, struct slc_hs_out *out,
	       struct slc_todo *todo);

/**
 * slc_handshake_unreachable() - An ICMP error about what an application was sent.
 * @e: the handshake that its flow has
 * @flow: that flow
 * @seq: number of the segment that it quotes
 * @gone: a router says that nobody is there, rather than that we may not
 *
 * Context: RCU held, softirq or bh disabled, no lock held.
 */
void slc_handshake_unreachable(struct slc_early *e, const struct slc_flow *flow,
			       u32 seq, bool gone);

/**
 * slc_rst_inner() - Reset what an application may have of a connection.
 * @flow: the flow; its route inwards is set
 * @seq: the number that the application expects
 * @todo: where it is queued
 *
 * Context: RCU held, softirq or bh disabled.
 */
void slc_rst_inner(const struct slc_flow *flow, u32 seq, struct slc_todo *todo);

/**
 * slc_alloc_stat() - The counter for a flow or a handshake that is not made.
 * @err: why, of slc_flow_alloc() or slc_early_alloc()
 *
 * Return: enum sluice_stat.
 */
static inline int slc_alloc_stat(long err)
{
	if (err == -ENOSPC)
		return SLUICE_STAT_FLOW_LIMIT;
	/* The administrator has ended what else would be made. */
	return err == -ESHUTDOWN ? SLUICE_STAT_FLOWS_FLUSHED :
				   SLUICE_STAT_NO_MEMORY;
}

/**
 * slc_socket_find() - Has this host a connection with this tuple?
 * @dev: the device that the peer's packets come in by
 * @t: their tuple
 * @recycle: end it if it is in TIME_WAIT
 *
 * Return: 0 if there is none, 1 if it was in TIME_WAIT and now is not,
 *	-EADDRINUSE if there is.
 */
int slc_socket_find(struct net_device *dev, const struct slc_tuple *t,
		    bool recycle);

/**
 * slc_rst_reply() - Answer a segment of no connection with a reset.
 * @pkt: the packet, in PRE_ROUTING
 *
 * RFC 9293 3.10.7.1; never to a reset.
 */
void slc_rst_reply(struct slc_pkt *pkt);

/**
 * slc_socket_is() - Is an application's packet from the socket of its tuple?
 * @pkt: the packet, in POST_ROUTING
 *
 * It is not where the firewall translates the inner leg, or where there is no
 * socket of this host; then slc_socket_find() cannot tell if it lives.
 *
 * Return: true if it is.
 */
bool slc_socket_is(const struct slc_pkt *pkt);

/**
 * slc_flow_has_socket() - Note that a flow's application has a socket.
 * @flow: its flow
 * @pkt: a packet of the application's
 */
static inline void slc_flow_has_socket(struct slc_flow *flow,
				       const struct slc_pkt *pkt)
{
	if (!slc_socket_is(pkt))
		return;
	/* Pairs with connect_forgotten(): who sees this can find the socket. */
	smp_mb__before_atomic();
	set_bit(SLC_FLOW_SOCKET, &flow->flags);
}

#endif /* SLC_PATH_HANDSHAKE_H */
