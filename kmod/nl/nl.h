/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The netlink family: parse, check, call obj/, answer. What a request may hold
 * is in docs/netlink/sluice.yaml; here is what a specification cannot say.
 * A request finds its namespace's state in genl_info.user_ptr[0].
 *
 * Locking: slc_net.cfg_lock, taken here around each request and each part of
 * a dump.
 */
#ifndef SLC_NL_NL_H
#define SLC_NL_NL_H

#include <net/genetlink.h>
#include "core/addr.h"
#include "obj/net.h"

/* A flow with its TLVs or a service with its prefixes fits into this. */
#define SLC_NL_MSG_SIZE		16384U

/**
 * slc_nl_init() - Register the family.
 *
 * Context: Process, module init, after all namespaces have their state.
 * Return: 0 or -errno.
 */
int slc_nl_init(void);

/**
 * slc_nl_exit() - Unregister the family.
 *
 * No request runs on return.
 *
 * Context: Process, module exit, before any namespace loses its state.
 */
void slc_nl_exit(void);

/**
 * slc_nl_net() - May a request configure this namespace?
 * @net: the namespace
 * @extack: says why not
 *
 * Return: the namespace's state, or ERR_PTR(-EPERM).
 */
struct slc_net *slc_nl_net(const struct net *net,
			   struct netlink_ext_ack *extack);

/**
 * slc_nl_put() - Begin a message of the family.
 * @skb: put into this
 * @portid: receiver
 * @seq: of the request
 * @flags: NLM_F_*
 * @cmd: SLUICE_CMD_*
 *
 * Return: to be given to genlmsg_end() or genlmsg_cancel(), or NULL if there
 *	is no room.
 */
void *slc_nl_put(struct sk_buff *skb, u32 portid, u32 seq, int flags, u8 cmd);

/**
 * slc_nl_reply() - Begin the answer to a request.
 * @info: the request
 * @cmd: SLUICE_CMD_*
 * @hdr: for genlmsg_end()
 *
 * Return: what to fill and send, or NULL.
 */
struct sk_buff *slc_nl_reply(struct genl_info *info, u8 cmd, void **hdr);

/**
 * slc_nl_put_addr() - Put an address.
 * @skb: put into this
 * @attr: attribute number
 * @addr: the address
 *
 * Return: 0 or -EMSGSIZE.
 */
int slc_nl_put_addr(struct sk_buff *skb, int attr, const struct slc_addr *addr);

/**
 * slc_nl_get_addr() - The address in an attribute.
 * @attr: validated by the policy
 *
 * Return: the address.
 */
struct slc_addr slc_nl_get_addr(const struct nlattr *attr);

/**
 * slc_nl_service_find() - The service that a request names.
 * @sn: namespace state, cfg_lock held
 * @attr: its name, NULL if missing
 * @extack: says that there is none
 *
 * Return: the service, or ERR_PTR(-ENOENT) or ERR_PTR(-EINVAL).
 */
struct slc_service *slc_nl_service_find(const struct slc_net *sn,
					const struct nlattr *attr,
					struct netlink_ext_ack *extack);

/**
 * slc_nl_dump_start() - Begin a dump: the specification's old form cannot name
 *	starts and ends.
 * @cb: the dump
 *
 * Return: 0 or -errno.
 */
int slc_nl_dump_start(struct netlink_callback *cb);

/**
 * slc_nl_flow_dump_start() - Begin a dump of flows.
 * @cb: the dump; keeps the walk over the table
 *
 * Return: 0 or -errno.
 */
int slc_nl_flow_dump_start(struct netlink_callback *cb);

/**
 * slc_nl_flow_dump_done() - End a dump of flows.
 * @cb: the dump; its walk ends
 *
 * Return: 0.
 */
int slc_nl_flow_dump_done(struct netlink_callback *cb);

#endif /* SLC_NL_NL_H */
