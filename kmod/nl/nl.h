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

struct slc_backend_entry;
struct slc_config;
struct slc_draft;
struct slc_flow;
struct slc_mode;
struct slc_pool;
struct slc_pool_entry;
struct slc_service_cfg;
struct slc_service_entry;

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
 * slc_nl_answer() - Send the answer to a request, if there is one.
 * @info: the request
 * @reply: from slc_nl_reply(); taken over
 * @hdr: from slc_nl_reply()
 * @err: 0, or why there is none
 *
 * Return: 0 or -errno.
 */
int slc_nl_answer(struct genl_info *info, struct sk_buff *reply, void *hdr,
		  int err);

/* Puts what a request asks for: 0 or -errno. slc_net.cfg_lock is held. */
typedef int slc_nl_show(struct sk_buff *skb, struct slc_net *sn,
			struct genl_info *info);

/**
 * slc_nl_get() - Answer a request.
 * @info: the request
 * @cmd: SLUICE_CMD_*
 * @show: puts the answer
 *
 * Return: 0 or -errno.
 */
int slc_nl_get(struct genl_info *info, u8 cmd, slc_nl_show *show);

/* Puts the first object above an id, whose id becomes that: 0, -ENOENT if there is
 * none, -EMSGSIZE. slc_net.cfg_lock is held.
 */
typedef int slc_nl_show_next(struct sk_buff *skb,
			     const struct slc_config *config, u32 *id);

/**
 * slc_nl_dump_net() - May a dump be, and of which namespace?
 * @cb: the dump
 * @filter: the one attribute that it takes, or 0
 *
 * To be asked in each part of it, not at its start: on 6.1 that has nowhere to say
 * why not.
 *
 * Return: the namespace's state, ERR_PTR(-EPERM), or ERR_PTR(-EINVAL) if the
 *	request has another attribute.
 */
struct slc_net *slc_nl_dump_net(struct netlink_callback *cb, int filter);

/**
 * slc_nl_dump() - List objects by ascending id: a part of a dump.
 * @skb: put into this
 * @cb: the dump
 * @cmd: SLUICE_CMD_* of each message
 * @show_next: puts an object
 *
 * Return: how much is in @skb, or -errno.
 */
int slc_nl_dump(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd,
		slc_nl_show_next *show_next);

/**
 * slc_nl_dump_put() - Begin a message of a dump.
 * @skb: put into this
 * @cb: the dump
 * @cmd: SLUICE_CMD_*
 *
 * Return: as slc_nl_put().
 */
void *slc_nl_dump_put(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd);

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
 * slc_nl_put_endpoint() - Put an address and a port.
 * @skb: put into this
 * @addr_attr: attribute number of the address
 * @port_attr: attribute number of the port
 * @addr: the address
 * @port: the port, network byte order
 *
 * Return: 0 or -EMSGSIZE.
 */
int slc_nl_put_endpoint(struct sk_buff *skb, int addr_attr, int port_attr,
			const struct slc_addr *addr, __be16 port);

/**
 * slc_nl_get_addr() - The address in an attribute.
 * @attr: validated by the policy
 *
 * Return: the address.
 */
struct slc_addr slc_nl_get_addr(const struct nlattr *attr);

/**
 * struct slc_nl_req - an object as somebody asks for it
 * @nest: what it is in, in a batch; NULL if it is all of the request
 * @tb: its attributes by number, the last of those that came several times
 * @first: the first of its attributes as they came
 * @len: bytes of them all
 * @extack: says what is wrong
 * @skb: the message, for what its sender may; NULL if it is one of those that
 *	do not ask
 */
struct slc_nl_req {
	const struct nlattr *nest;
	struct nlattr **tb;
	const struct nlattr *first;
	int len;
	struct netlink_ext_ack *extack;
	const struct sk_buff *skb;
};

/**
 * slc_nl_req_of() - A request of its own, which is one object.
 * @info: the request
 *
 * Return: the object, without slc_nl_req.skb.
 */
struct slc_nl_req slc_nl_req_of(const struct genl_info *info);

/**
 * slc_nl_next() - The next of a request's attributes of one kind.
 * @req: the request
 * @attr: one of its attributes, or NULL for the first of the kind
 * @type: attribute number
 *
 * Return: the attribute, or NULL if @attr was the last.
 */
const struct nlattr *slc_nl_next(const struct slc_nl_req *req,
				 const struct nlattr *attr, int type);

/**
 * slc_nl_count() - How often does a request have an attribute?
 * @req: the request
 * @type: attribute number
 *
 * Return: how often.
 */
unsigned int slc_nl_count(const struct slc_nl_req *req, int type);

/**
 * slc_nl_missing() - Does a request lack an attribute?
 * @req: the request
 * @type: attribute number
 *
 * Return: true if it does; then the sender is told which, and of what.
 */
bool slc_nl_missing(const struct slc_nl_req *req, int type);

/* Does to the draft what a request says: 0 or -errno, and then the draft is of
 * no more use.
 */
typedef int slc_nl_edit(struct slc_draft *draft, const struct slc_nl_req *req);

/**
 * slc_nl_change() - Make the one change that a request asks for.
 * @info: the request
 * @edit: what it is
 *
 * Return: 0 or -errno; then nothing has changed.
 */
int slc_nl_change(struct genl_info *info, slc_nl_edit *edit);

/**
 * slc_nl_change_locked() - As slc_nl_change(), in the lock.
 * @sn: namespace state
 * @req: the request
 * @edit: what it is
 *
 * Context: Process, slc_net.cfg_lock held.
 * Return: 0 or -errno; then nothing has changed.
 */
int slc_nl_change_locked(struct slc_net *sn, const struct slc_nl_req *req,
			 slc_nl_edit *edit);

/**
 * slc_nl_check_name() - May an object have this name?
 * @attr: the name
 * @extack: says why not
 *
 * Return: 0 or -EINVAL.
 */
int slc_nl_check_name(const struct nlattr *attr,
		      struct netlink_ext_ack *extack);

/**
 * slc_nl_is_host_addr() - May a host have this address, and tell packets to it
 *	from others by it alone?
 * @addr: the address
 *
 * Return: true if it may.
 */
bool slc_nl_is_host_addr(const struct slc_addr *addr);

/**
 * slc_nl_is_here() - Is an address one of this host's?
 * @net: the namespace
 * @addr: the address
 *
 * Context: Any.
 * Return: true if it is.
 */
bool slc_nl_is_here(struct net *net, const struct slc_addr *addr);

/**
 * slc_nl_service_find() - The service that a request names.
 * @config: where to look
 * @attr: its name
 * @extack: says that there is none
 *
 * Return: its entry, or ERR_PTR(-ENOENT).
 */
struct slc_service_entry *slc_nl_service_find(const struct slc_config *config,
					      const struct nlattr *attr,
					      struct netlink_ext_ack *extack);

/**
 * slc_nl_pool_find() - The pool that a request names.
 * @config: where to look
 * @attr: its name
 * @extack: says that there is none
 *
 * Return: its entry, or ERR_PTR(-ENOENT).
 */
struct slc_pool_entry *slc_nl_pool_find(const struct slc_config *config,
					const struct nlattr *attr,
					struct netlink_ext_ack *extack);

/**
 * slc_nl_backend_find() - The backend that a request names.
 * @pool: its pool
 * @addr: its address
 * @port: its port, or NULL for the one connected to
 * @extack: says that there is none
 *
 * Return: its entry, or ERR_PTR(-ENOENT).
 */
struct slc_backend_entry *
slc_nl_backend_find(const struct slc_pool_entry *pool, const struct nlattr *addr,
		    const struct nlattr *port, struct netlink_ext_ack *extack);

/**
 * slc_nl_service_check() - Does what is asked of a service make sense?
 * @config: the draft's
 * @req: the request
 * @cfg: what the service is to be; of options that mean nothing without
 *	accept-proxy those are cleared that it had before
 *
 * Return: 0 or -errno, with what is wrong and with which attribute in the request's
 *	extack.
 */
int slc_nl_service_check(const struct slc_config *config,
			 const struct slc_nl_req *req,
			 struct slc_service_cfg *cfg);

/**
 * slc_nl_pool_suits() - Can all services that use a pool reach its backends, and
 *	those of the pools that stand in for it?
 * @config: the draft's, with the pool as it is to be
 * @pool: the pool
 * @e: the backend that has changed, or NULL for the pool itself
 * @attr: to be blamed
 * @extack: says what was wrong
 *
 * Return: 0, -EOPNOTSUPP for a method that is not there, -EAFNOSUPPORT.
 */
int slc_nl_pool_suits(const struct slc_config *config,
		      const struct slc_pool_entry *pool,
		      const struct slc_backend_entry *e,
		      const struct nlattr *attr,
		      struct netlink_ext_ack *extack);

/**
 * slc_nl_forward() - The forwarding method that a request names.
 * @attr: its name
 * @forward: filled in
 * @extack: says which there are
 *
 * Return: 0 or -EINVAL.
 */
int slc_nl_forward(const struct nlattr *attr, const struct slc_mode **forward,
		   struct netlink_ext_ack *extack);

/*
 * What requests of these names do to a draft, alone or in a batch: see
 * slc_nl_edit. All in process context with slc_net.cfg_lock held.
 */

/**
 * slc_nl_service_add() - Add a service.
 * @draft: edited
 * @req: says what
 *
 * Return: 0 or -errno, and then @draft is of no more use.
 */
int slc_nl_service_add(struct slc_draft *draft, const struct slc_nl_req *req);

/**
 * slc_nl_service_set() - Change a service.
 * @draft: edited
 * @req: says what
 *
 * Return: 0 or -errno, and then @draft is of no more use.
 */
int slc_nl_service_set(struct slc_draft *draft, const struct slc_nl_req *req);

/**
 * slc_nl_service_del() - Remove a service.
 * @draft: edited
 * @req: says what
 *
 * Return: 0 or -errno, and then @draft is of no more use.
 */
int slc_nl_service_del(struct slc_draft *draft, const struct slc_nl_req *req);

/**
 * slc_nl_pool_add() - Add a pool.
 * @draft: edited
 * @req: says what
 *
 * Return: 0 or -errno, and then @draft is of no more use.
 */
int slc_nl_pool_add(struct slc_draft *draft, const struct slc_nl_req *req);

/**
 * slc_nl_pool_set() - Change a pool.
 * @draft: edited
 * @req: says what
 *
 * Return: 0 or -errno, and then @draft is of no more use.
 */
int slc_nl_pool_set(struct slc_draft *draft, const struct slc_nl_req *req);

/**
 * slc_nl_pool_del() - Remove a pool.
 * @draft: edited
 * @req: says what
 *
 * Return: 0 or -errno, and then @draft is of no more use.
 */
int slc_nl_pool_del(struct slc_draft *draft, const struct slc_nl_req *req);

/**
 * slc_nl_backend_add() - Add a backend to its pool.
 * @draft: edited
 * @req: says what
 *
 * Return: 0 or -errno, and then @draft is of no more use.
 */
int slc_nl_backend_add(struct slc_draft *draft, const struct slc_nl_req *req);

/**
 * slc_nl_backend_set() - Change a backend.
 * @draft: edited
 * @req: says what
 *
 * Return: 0 or -errno, and then @draft is of no more use.
 */
int slc_nl_backend_set(struct slc_draft *draft, const struct slc_nl_req *req);

/**
 * slc_nl_backend_del() - Remove a backend.
 * @draft: edited
 * @req: says what
 *
 * Return: 0 or -errno, and then @draft is of no more use.
 */
int slc_nl_backend_del(struct slc_draft *draft, const struct slc_nl_req *req);

/**
 * slc_nl_rule_add() - Check a rule, and refuse it: none is available yet.
 * @draft: edited
 * @req: says what
 *
 * Return: 0 or -errno, and then @draft is of no more use.
 */
int slc_nl_rule_add(struct slc_draft *draft, const struct slc_nl_req *req);

/**
 * slc_nl_rule_del() - Refuse: there are no rules yet.
 * @draft: edited
 * @req: says what
 *
 * Return: 0 or -errno, and then @draft is of no more use.
 */
int slc_nl_rule_del(struct slc_draft *draft, const struct slc_nl_req *req);

/**
 * slc_nl_limits_set() - Change limits.
 * @draft: edited
 * @req: says what; needs slc_nl_req.skb
 *
 * Return: 0 or -errno, and then @draft is of no more use.
 */
int slc_nl_limits_set(struct slc_draft *draft, const struct slc_nl_req *req);

/**
 * slc_nl_service_fill() - Put a service, as replies, dumps and events show it.
 * @skb: put into this
 * @entry: the service
 *
 * Context: slc_net.cfg_lock held.
 * Return: 0 or -EMSGSIZE.
 */
int slc_nl_service_fill(struct sk_buff *skb,
			const struct slc_service_entry *entry);

/**
 * slc_nl_pool_fill() - Put a pool, as replies, dumps and events show it.
 * @skb: put into this
 * @entry: the pool
 *
 * Context: slc_net.cfg_lock held.
 * Return: 0 or -EMSGSIZE.
 */
int slc_nl_pool_fill(struct sk_buff *skb, const struct slc_pool_entry *entry);

/**
 * slc_nl_backend_fill() - Put a backend, as replies, dumps and events show it.
 * @skb: put into this
 * @pool: its pool
 * @entry: the backend
 *
 * Context: slc_net.cfg_lock held.
 * Return: 0 or -EMSGSIZE.
 */
int slc_nl_backend_fill(struct sk_buff *skb, const struct slc_pool *pool,
			const struct slc_backend_entry *entry);

/**
 * slc_nl_flow_fill() - Put a flow, as replies, dumps and events show it.
 * @skb: put into this
 * @flow: the flow
 *
 * Context: RCU held.
 * Return: 0 or -EMSGSIZE.
 */
int slc_nl_flow_fill(struct sk_buff *skb, const struct slc_flow *flow);

/**
 * slc_nl_info_fill() - Put limits and what is in use, as replies and events show
 *	them.
 * @skb: put into this
 * @sn: namespace state
 *
 * Context: slc_net.cfg_lock held.
 * Return: 0 or -EMSGSIZE.
 */
int slc_nl_info_fill(struct sk_buff *skb, const struct slc_net *sn);

/**
 * slc_nl_listened() - Does anybody listen to a group who may?
 * @net: in this namespace, or perhaps in another one
 * @group: SLUICE_NLGRP_*
 *
 * Context: RCU or slc_net.cfg_lock held, until what is sent is sent.
 * Return: false if nobody does.
 */
bool slc_nl_listened(struct net *net, unsigned int group);

/**
 * slc_nl_multicast() - Send to all who listen to a group.
 * @net: in this namespace
 * @skb: messages of the family; taken over
 * @group: SLUICE_NLGRP_*
 * @gfp: how to get memory
 *
 * Who has no room for it is told that something was lost; nobody is waited for.
 *
 * Context: see slc_nl_listened().
 * Return: 0, or -errno if somebody had no room who has asked the kernel to tell
 *	senders so.
 */
int slc_nl_multicast(struct net *net, struct sk_buff *skb, unsigned int group,
		     gfp_t gfp);

/**
 * slc_nl_lost() - Tell those who listen that something was not sent.
 * @net: in this namespace
 * @group: SLUICE_NLGRP_*
 *
 * Context: see slc_nl_listened().
 */
void slc_nl_lost(struct net *net, unsigned int group);

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
