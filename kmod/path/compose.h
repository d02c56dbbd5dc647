/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What PROXY headers for backends say: whom they name, and their TLVs.
 *
 * Locking: none; RCU held.
 */
#ifndef SLC_PATH_COMPOSE_H
#define SLC_PATH_COMPOSE_H

#include <linux/types.h>

struct slc_choice;
struct slc_flow;
struct slc_tuple;

/**
 * slc_compose_room() - Bytes that are enough for the header of a backend.
 * @to: the backend, which is sent one
 * @flow: by it; its own header, if one came, is set
 *
 * Context: Any.
 * Return: bytes, a multiple of four.
 */
size_t slc_compose_room(const struct slc_choice *to, const struct slc_flow *flow);

/**
 * slc_compose() - Make the header that a backend is to be sent.
 * @to: the backend, which is sent one
 * @flow: by it; its own header, if one came, is set
 * @outer: tuple of what the client, or who speaks for him, sends
 * @buf: where the header goes
 * @room: of slc_compose_room(), bytes there
 *
 * One for datagrams has an even number of bytes: what follows it has the same part
 * in their checksums then (PROXY protocol 2.2.4 has a TLV for this).
 *
 * Context: Any.
 * Return: its bytes, or -E2BIG if what it is to bear does not fit.
 */
int slc_compose(const struct slc_choice *to, const struct slc_flow *flow,
		const struct slc_tuple *outer, u8 *buf, size_t room);

#endif /* SLC_PATH_COMPOSE_H */
