/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Clients that headers name: which may be one, and for whom.
 *
 * Locking: none; RCU held, softirq or bh disabled.
 */
#ifndef SLC_PATH_CLIENT_H
#define SLC_PATH_CLIENT_H

#include "core/addr.h"
#include "path/pkt.h"

struct slc_flow;
struct slc_mode;
struct slc_pool_entry;
struct slc_pp;

/**
 * slc_client_ok() - Is an address one that a client can have?
 * @pkt: the packet that names it, in PRE_ROUTING
 * @inner: tuple of what the application or backend is to be sent
 *
 * None of this host is, nor the one that it calls.
 *
 * Return: true if it is.
 */
bool slc_client_ok(const struct slc_pkt *pkt, const struct slc_tuple *inner);

/**
 * slc_client_meets() - Give an application an address of its client's family.
 * @pkt: the packet that names the client, in PRE_ROUTING
 * @pp: its header
 * @inner: tuple of what the application is to be sent; its destination may change
 *
 * An application that is spoken to in another family than the sender's needs an
 * address in it: the configured one, the one the header names, if it is of this host,
 * or the one this host would use to speak to the client.
 *
 * Return: false if there is none.
 */
bool slc_client_meets(const struct slc_pkt *pkt, const struct slc_pp *pp,
		      struct slc_tuple *inner);

/**
 * slc_client_back() - Is there a way back to a client?
 * @pkt: the packet that begins with it, in PRE_ROUTING
 * @inner: tuple of what the application is to be sent
 * @named: by a header, so it must not be this host itself, by whatever route
 *
 * Without one the application would be silent, and the sender wait for nothing.
 *
 * Return: 0 or enum sluice_stat.
 */
int slc_client_back(const struct slc_pkt *pkt, const struct slc_tuple *inner,
		    bool named);

/**
 * slc_client_pool_back() - The same, of a client that has a backend.
 * @pkt: the packet that begins with it, in PRE_ROUTING
 * @inner: tuple of what the backend is to be sent
 * @mode: how that is reached
 *
 * Where the sender has no address of the client's family, answers go as if to the
 * client, until we meet them on their way.
 *
 * Return: 0 or enum sluice_stat.
 */
int slc_client_pool_back(const struct slc_pkt *pkt, const struct slc_tuple *inner,
			 const struct slc_mode *mode);

/**
 * slc_client_nobody() - Why has a pool nobody for a client?
 * @pool: the pool, or NULL
 * @client: SLC_FAMILY_* of the client
 * @sender: that of who names it, for whom it may have somebody
 *
 * Return: enum sluice_stat.
 */
int slc_client_nobody(const struct slc_pool_entry *pool, u8 client, u8 sender);

/**
 * slc_client_keep() - Keep of a header what a flow is to tell of it.
 * @flow: the flow, in no table yet
 * @pp: what the header says
 * @tlv: its TLVs
 *
 * Return: 0 or -ENOMEM.
 */
int slc_client_keep(struct slc_flow *flow, const struct slc_pp *pp, const u8 *tlv);

/**
 * slc_client_stat() - The counter for a header that is good.
 * @pp: what it says
 *
 * Return: enum sluice_stat.
 */
int slc_client_stat(const struct slc_pp *pp);

#endif /* SLC_PATH_CLIENT_H */
