/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Segments of our own: every TCP packet that this module makes.
 *
 * They are built under a lock and sent after it is dropped: sending may run
 * far into the stack. struct slc_todo holds them meanwhile.
 *
 * Locking: none; a struct slc_todo lives on one stack.
 */
#ifndef SLC_PATH_SEG_H
#define SLC_PATH_SEG_H

#include <linux/skbuff.h>
#include <net/dst.h>
#include "core/addr.h"
#include "core/tcpopt.h"

struct net;
struct net_device;
struct skb_ext;
struct slc_net;

/**
 * struct slc_seg - a segment to make, host byte order
 * @tuple: its addresses and ports, as on the wire
 * @opts: its options
 * @secpath: slc_flow.secpath, for segments to the application
 * @data: what it says; copied
 * @len: bytes of it
 * @seq: sequence number
 * @ack: acknowledgement
 * @win: window field
 * @flags: SLC_TCP_*
 */
struct slc_seg {
	const struct slc_tuple *tuple;
	struct slc_tcpopts opts;
	struct skb_ext *secpath;
	const u8 *data;
	unsigned int len;
	u32 seq;
	u32 ack;
	u16 win;
	u8 flags;
};

/**
 * struct slc_todo - packets to be sent once no lock is held
 * @sn: namespace state
 * @out: to the sender, by their route's output
 * @in: to the application, by their device's backlog
 */
struct slc_todo {
	struct slc_net *sn;
	struct sk_buff_head out;
	struct sk_buff_head in;
};

static inline void slc_todo_init(struct slc_todo *todo, struct slc_net *sn)
{
	todo->sn = sn;
	__skb_queue_head_init(&todo->out);
	__skb_queue_head_init(&todo->in);
}

/**
 * slc_seg_out() - Make a segment for the sender.
 * @todo: where it is queued
 * @seg: the segment
 * @dst: its output route, held or cached
 *
 * Without memory there is no segment, which is counted: TCP repairs that.
 *
 * Context: softirq or bh disabled, RCU held for @dst.
 * Return: false if there is none.
 */
bool slc_seg_out(struct slc_todo *todo, const struct slc_seg *seg,
		 struct dst_entry *dst);

/**
 * slc_seg_dev() - The device that packets of ours appear to come in by.
 * @net: the namespace
 * @to: address of the application
 * @ifindex: device that the sender's packets come in by
 *
 * Context: RCU held.
 * Return: that device, but lo for ::1, which IPv6 takes from nowhere else; or
 *	NULL if it is gone.
 */
struct net_device *slc_seg_dev(struct net *net, const struct slc_addr *to,
			       int ifindex);

/**
 * slc_seg_mac() - Let a packet of ours have a link layer header.
 * @skb: the packet, with room for ETH_HLEN bytes before its network header
 * @dev: device it appears to come in by
 *
 * Rules may look at it.
 *
 * Context: any.
 */
void slc_seg_mac(struct sk_buff *skb, const struct net_device *dev);

/**
 * slc_seg_in() - Make a segment for the application.
 * @todo: where it is queued
 * @seg: the segment
 * @dst: its input route, held or cached
 * @dev: device it appears to come in by
 * @mark: firewall mark
 *
 * Without memory, as slc_seg_out().
 *
 * Context: softirq or bh disabled, RCU held for @dev and @dst.
 */
void slc_seg_in(struct slc_todo *todo, const struct slc_seg *seg,
		struct dst_entry *dst, struct net_device *dev, u32 mark);

/**
 * slc_seg_stand_in() - Make a packet that stands for one of a sender's.
 * @sn: namespace state
 * @tuple: what the sender's bear
 * @dev: the device they come in by
 * @mark: their firewall mark
 *
 * For routes to be looked up when there is none at hand: by who sends it and where
 * it comes in. It goes nowhere itself.
 *
 * Context: softirq or bh disabled, RCU held for @dev.
 * Return: the packet, its data at the network header, or NULL.
 */
struct sk_buff *slc_seg_stand_in(struct slc_net *sn,
				 const struct slc_tuple *tuple,
				 struct net_device *dev, u32 mark);

/**
 * slc_seg_requeue() - Send a packet of the sender's, rewritten, as our own.
 * @todo: where it is queued
 * @skb: the packet; taken over
 * @dst: its input route, held or cached
 * @dev: device it appears to come in by
 *
 * Context: softirq or bh disabled, RCU held for @dev and @dst.
 */
void slc_seg_requeue(struct slc_todo *todo, struct sk_buff *skb,
		     struct dst_entry *dst, struct net_device *dev);

/**
 * slc_todo_run() - Send what is queued.
 * @todo: the queues; empty afterwards
 *
 * To the sender: by dst_output() with POST_ROUTING passed over, so that no
 * rule for the inner leg and no conntrack sees the outer one, and without
 * OUTPUT. To the application: by netif_rx(), so that they pass firewall and
 * conntrack like packets off the wire; never from within this call, which
 * may be deep in the stack already.
 *
 * Context: softirq or bh disabled, no lock held.
 */
void slc_todo_run(struct slc_todo *todo);

/**
 * slc_todo_run_task() - Send what is queued, from a task of our own.
 * @todo: the queues; empty afterwards
 *
 * As slc_todo_run(), but what goes to the application is received at once. Its
 * queue (net.core.netdev_max_backlog) may be full of what the same flush sends
 * to a thousand senders, and softirqs wait for ksoftirqd meanwhile.
 *
 * Context: process, bh disabled, no lock held: of a socket, either.
 */
void slc_todo_run_task(struct slc_todo *todo);

/**
 * slc_output() - Send a packet on its route, past POST_ROUTING.
 * @net: the namespace
 * @skb: the packet with its route set
 *
 * Context: softirq or bh disabled, RCU held.
 */
void slc_output(struct net *net, struct sk_buff *skb);

#endif /* SLC_PATH_SEG_H */
