/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Headers that datagrams bear on their way out: of those to a backend that is sent
 * some, and of answers to a sender that wants to see its own again.
 *
 * Owns the header of a conversation for its backend, which is made once, when the
 * backend is chosen.
 *
 * Locking: none; RCU held, softirq or bh disabled. What is sent is frozen.
 */
#ifndef SLC_PATH_DRESS_H
#define SLC_PATH_DRESS_H

#include "core/pp.h"
#include "obj/flow.h"
#include "path/pkt.h"

struct slc_choice;

/**
 * struct slc_dress - the header that a conversation's datagrams bear to its backend
 * @how: enum sluice_send_proxy
 * @len: bytes in @header, an even number
 * @header: the header, and zeros up to a multiple of four
 */
struct slc_dress {
	u8 how;
	u16 len;
	u8 header[] __aligned(4);
};

/**
 * slc_dress_size() - What has a conversation to keep, for its backend's headers?
 * @to: the backend
 * @flow: the conversation; its own header, if one came, is set
 *
 * Return: bytes, 0 for none.
 */
size_t slc_dress_size(const struct slc_choice *to, const struct slc_flow *flow);

/**
 * slc_dress_make() - Make the header that a backend is to be sent, if it is.
 * @to: the backend
 * @flow: a conversation, in no table yet; its own header, if one came, is set
 * @outer: tuple of what the client, or who speaks for him, sends
 *
 * Return: 0, -ENOMEM, or -E2BIG if what it is to bear does not fit.
 */
int slc_dress_make(const struct slc_choice *to, struct slc_flow *flow,
		   const struct slc_tuple *outer);

/**
 * slc_dress_first() - Is a datagram one that the backend may take for the first?
 * @flow: its flow, with SLC_FLOW_DRESSED
 *
 * Any may be, until one is known to have arrived, and after a pause.
 *
 * Return: true if it is.
 */
bool slc_dress_first(const struct slc_flow *flow);

/**
 * slc_dress_wanted() - Is a datagram to bear a header to the backend?
 * @flow: its flow
 *
 * Return: true if it is.
 */
static inline bool slc_dress_wanted(const struct slc_flow *flow)
{
	return unlikely(test_bit(SLC_FLOW_DRESSED, &flow->flags)) &&
	       (flow->dress->how != SLUICE_SEND_PROXY_FIRST ||
		slc_dress_first(flow));
}

/**
 * slc_dress_on() - Give a datagram the header that its backend is sent.
 * @pkt: the datagram, of the client's, no train; parsed anew
 * @flow: its flow; slc_dress_wanted() is true of it
 * @dst: its route to the backend
 *
 * Whoever can go no lower than an MTU of IPv6's may have it cut up, where there is no
 * room for the header.
 *
 * Return: as slc_rewrite_grow().
 */
int slc_dress_on(struct slc_pkt *pkt, const struct slc_flow *flow,
		 const struct dst_entry *dst);

/**
 * slc_dress_off() - Take off an answer what it has to bear.
 * @pkt: the datagram, of the backend's, no train; parsed anew
 * @flow: its flow; slc_dress_strips() is true of it
 *
 * The simple protocol has its header in answers, too. One that does not begin with
 * it stays as it is.
 *
 * Return: as slc_rewrite_cut(); -EINVAL if the checksum is wrong.
 */
int slc_dress_off(struct slc_pkt *pkt, const struct slc_flow *flow);

/**
 * slc_dress_strips() - May answers of a backend bear a header?
 * @flow: the flow
 *
 * Return: true if they may.
 */
static inline bool slc_dress_strips(const struct slc_flow *flow)
{
	return unlikely(test_bit(SLC_FLOW_DRESSED, &flow->flags)) &&
	       flow->dress->how == SLUICE_SEND_PROXY_SPP;
}

/**
 * slc_dress_back() - Give an answer the header that its sender wants to see again.
 * @pkt: the datagram, which has been found to fit; parsed anew
 * @flow: its flow, of a service that takes the simple protocol
 *
 * Return: as slc_rewrite_grow().
 */
int slc_dress_back(struct slc_pkt *pkt, const struct slc_flow *flow);

/**
 * slc_dress_backs() - Do answers get a header on their way to the sender?
 * @flow: a flow
 *
 * Return: true if they do.
 */
static inline bool slc_dress_backs(const struct slc_flow *flow)
{
	return unlikely(flow->version == SLC_PP_VERSION_SPP);
}

/**
 * slc_dress_grows() - By how much do answers grow on their way to the sender?
 * @flow: a flow
 *
 * Return: bytes; less than none if they lose what they bear.
 */
static inline int slc_dress_grows(const struct slc_flow *flow)
{
	int more = slc_dress_backs(flow) ? SLC_SPP_LEN : 0;

	if (slc_dress_strips(flow))
		more -= SLC_SPP_LEN;
	return more;
}

/**
 * slc_dress_asks() - By how much do datagrams grow on their way to the backend?
 * @flow: a flow
 *
 * Return: bytes.
 */
static inline int slc_dress_asks(const struct slc_flow *flow)
{
	return unlikely(test_bit(SLC_FLOW_DRESSED, &flow->flags)) ?
	       flow->dress->len : 0;
}

#endif /* SLC_PATH_DRESS_H */
