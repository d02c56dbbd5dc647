/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Further names of flows: by what else than the tuple of their packets their halves
 * are found. Conversations whose clients come in headers have them, and no others.
 *
 * Owns the table; does not read headers.
 *
 * Locking: lookup under RCU. Who kills a flow takes its names out.
 */
#ifndef SLC_OBJ_ALIAS_H
#define SLC_OBJ_ALIAS_H

#include <linux/rhashtable-types.h>
#include "core/addr.h"
#include "obj/flow.h"

/**
 * struct slc_alias - a name of a half
 * @key: the name, a tuple of a side of its own; frozen
 * @node: in slc_net.aliases
 * @half: whose; frozen
 * @named: it is in the table, or is about to be
 */
struct slc_alias {
	struct slc_tuple key;
	struct rhash_head node;
	struct slc_half *half;
	bool named;
};

/**
 * struct slc_aliases - what a conversation has whose clients come in headers
 * @client: SLC_SIDE_CARRIED: who a header names, to the service
 * @answer: SLC_SIDE_ANSWER: the application to the client, whatever address of this
 *	host it speaks from: a socket that is bound to none leaves that to the stack
 * @header_len: bytes of the last header
 * @how: enum sluice_accept_proxy
 */
struct slc_aliases {
	struct slc_alias client;
	struct slc_alias answer;
	u16 header_len;
	u8 how;
};

/**
 * slc_alias_lookup() - The half that has a name.
 * @sn: namespace state
 * @key: the name
 *
 * Context: RCU held.
 * Return: the half or NULL.
 */
struct slc_half *slc_alias_lookup(struct slc_net *sn,
				  const struct slc_tuple *key);

/**
 * slc_alias_insert() - Give a half of a flow a name.
 * @alias: of slc_flow.aliases; @key is set
 * @half: the half
 *
 * Context: Softirq, RCU held.
 * Return: 0, -EEXIST if another has it, -ENOMEM, -ESHUTDOWN if the flow has been
 *	killed meanwhile.
 */
int slc_alias_insert(struct slc_alias *alias, struct slc_half *half);

/**
 * slc_alias_remove() - Take a flow's names out of the table.
 * @flow: the flow, which is being killed
 *
 * Context: RCU held or cfg_lock; any.
 */
void slc_alias_remove(struct slc_flow *flow);

/**
 * slc_alias_net_init() - Start with no names.
 * @sn: namespace state
 *
 * Context: Process.
 * Return: 0 or -ENOMEM.
 */
int slc_alias_net_init(struct slc_net *sn);

/**
 * slc_alias_net_exit() - Free the table; all flows are gone.
 * @sn: namespace state
 *
 * Context: Process.
 */
void slc_alias_net_exit(struct slc_net *sn);

#endif /* SLC_OBJ_ALIAS_H */
