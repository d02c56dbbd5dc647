/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PROXY headers that backends are sent: made when the backend is chosen, sent as
 * segments of our own, and again until they are acknowledged.
 *
 * Owns the bytes of such a header. When it is sent is for the handshake's state
 * machine to say (core/hs.h).
 *
 * Locking: slc_early.lock, as what it is part of.
 */
#ifndef SLC_PATH_SEND_H
#define SLC_PATH_SEND_H

#include "core/hs.h"
#include "core/tcpopt.h"

struct slc_choice;
struct slc_early;
struct slc_flow;
struct slc_todo;

/**
 * struct slc_send - a header for a backend
 * @synack: that backend's SYN-ACK, from SLC_HS_SENT on
 * @opts: its options
 * @len: bytes in @header
 * @room: bytes that it has room for
 * @header: the header
 */
struct slc_send {
	struct slc_hs_seg synack;
	struct slc_tcpopts opts;
	u16 len;
	u16 room;
	u8 header[];
};

/**
 * slc_send_make() - Make the header that a backend is to be sent.
 * @e: the handshake, locked
 * @flow: by that backend; its own header, if one came, is set
 * @to: the backend
 * @send: the header; NULL if it is sent none
 *
 * Context: softirq, RCU held.
 * Return: 0, -ENOMEM, or -E2BIG if what it is to bear does not fit.
 */
int slc_send_make(const struct slc_early *e, const struct slc_flow *flow,
		  const struct slc_choice *to, struct slc_send **send);

/**
 * slc_send_begin() - Let a handshake have a header to send, instead of another.
 * @e: the handshake, locked, before its SYN is sent
 * @send: the header or NULL; taken over
 *
 * Context: softirq.
 */
void slc_send_begin(struct slc_early *e, struct slc_send *send);

/**
 * slc_send_header() - Send what the backend has not acknowledged of its header.
 * @e: the handshake, locked, in SLC_HS_SENT
 * @todo: where the segments are queued
 *
 * Context: softirq or bh disabled, RCU held.
 */
void slc_send_header(const struct slc_early *e, struct slc_todo *todo);

/**
 * slc_send_expected() - What may a backend expect next?
 * @hs: the handshake
 * @first: what it does if nothing more of our header has arrived
 * @end: if all of it has; the same if there is none
 *
 * For resets, which have to be exact.
 *
 * Context: Any.
 */
static inline void slc_send_expected(const struct slc_hs *hs, u32 *first,
				     u32 *end)
{
	*first = hs->inner_iss + 1;
	*end = *first;
	if (hs->state >= SLC_HS_SENT) {
		*first += hs->added_acked;
		*end += hs->added;
	}
}

#endif /* SLC_PATH_SEND_H */
