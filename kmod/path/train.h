/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Trains: several datagrams that have been sent, or received, as one packet (GSO, GRO),
 * and have to be told apart where each has a header of its own.
 *
 * Locking: none; RCU held, softirq or bh disabled.
 */
#ifndef SLC_PATH_TRAIN_H
#define SLC_PATH_TRAIN_H

#include <linux/skbuff.h>
#include "path/pkt.h"

/**
 * slc_train_is() - Has a packet several datagrams, each with a length of its own?
 * @skb: a UDP packet
 *
 * What is only to be sent in fragments (UFO) is one; what a tunnel has segments of
 * inside is several.
 *
 * Return: true if it has.
 */
static inline bool slc_train_is(const struct sk_buff *skb)
{
	return skb_is_gso(skb) && !(skb_shinfo(skb)->gso_type & SKB_GSO_UDP);
}

/**
 * slc_train_split() - Let each datagram of a train go by itself.
 * @pkt: the train, parsed
 * @each: is called for each, with slc_pkt.apart set; a netfilter verdict. As the hook
 *	does not have it, NF_ACCEPT is none that it may return: it puts the datagram
 *	into the stack again
 * @data: for @each
 *
 * Return: a netfilter verdict.
 */
unsigned int slc_train_split(struct slc_pkt *pkt,
			     unsigned int (*each)(struct slc_pkt *pkt, void *data),
			     void *data);

#endif /* SLC_PATH_TRAIN_H */
