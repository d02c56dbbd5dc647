/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A packet as the path sees it: where its headers are and what they say.
 *
 * Locking: none; a struct slc_pkt lives on the stack of one hook call.
 */
#ifndef SLC_PATH_PKT_H
#define SLC_PATH_PKT_H

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include "core/addr.h"
#include "core/hs.h"
#include "obj/net.h"

struct slc_half;
struct slc_service;

enum slc_pkt_kind {
	SLC_PKT_OTHER,		/* none of ours */
	SLC_PKT_UNCLEAR,	/* headers that we cannot follow to their end */
	SLC_PKT_TCP,
	SLC_PKT_UDP,
	SLC_PKT_ICMP_ERROR,	/* quotes a packet; see path/icmp.c */
};

/**
 * struct slc_pkt - one packet in a hook
 * @skb: the packet, its data at the network header
 * @sn: namespace state
 * @state: the hook's
 * @tuple: as in the headers; side is SLC_SIDE_OUTER
 * @seg: TCP header fields, of UDP the length of the payload alone; timestamps only
 *	after slc_pkt_options()
 * @thoff: offset of the transport header from skb->data
 * @thlen: length of the transport header with options
 * @may_call: on its way in, it may be for a service; if not, it may be from a
 *	backend
 * @apart: it was cut out of a train, see path/train.h: the hook does not have it
 * @room: for a transport header that is not in one piece
 *
 * Any change to the packet's headers makes @tuple and @seg history.
 */
struct slc_pkt {
	struct sk_buff *skb;
	struct slc_net *sn;
	const struct nf_hook_state *state;
	struct slc_tuple tuple;
	struct slc_hs_seg seg;
	u32 thoff;
	u32 thlen;
	bool may_call;
	bool apart;
	u8 room[sizeof(struct tcphdr)] __aligned(4);
};

/**
 * slc_pkt_parse() - Find out what a packet is.
 * @pkt: @skb, @sn and @state set; the rest is filled in
 * @family: SLC_FAMILY_*
 * @out: on its way out: its source port alone decides if it may be ours; on its
 *	way in either may
 *
 * Packets of ports that no service has are SLC_PKT_OTHER after a few loads and
 * bit tests.
 *
 * Context: RCU held, softirq or bh disabled.
 * Return: what it is. Nothing has been written to the packet.
 */
enum slc_pkt_kind slc_pkt_parse(struct slc_pkt *pkt, u8 family, bool out);

/**
 * slc_pkt_options() - Read the TCP options.
 * @pkt: a parsed TCP packet; the timestamps of @seg are filled in
 * @o: the options
 *
 * Context: as slc_pkt_parse().
 * Return: false if they cannot be read.
 */
bool slc_pkt_options(struct slc_pkt *pkt, struct slc_tcpopts *o);

/**
 * slc_pkt_checksum_ok() - Is the TCP checksum good?
 * @pkt: a parsed TCP packet, in any hook
 *
 * While we are the TCP that the sender or a backend talks to, nobody else would ask; nor
 * where a connection is to tell of its backend.
 *
 * Context: as slc_pkt_parse().
 * Return: true if it is.
 */
bool slc_pkt_checksum_ok(const struct slc_pkt *pkt);

/**
 * slc_pkt_datagram_ok() - Is a datagram what its sender sent?
 * @pkt: a parsed UDP packet, in any hook
 *
 * Before a part of it goes, for nobody behind us would miss that.
 *
 * Context: as slc_pkt_parse().
 * Return: true if its checksum is good, or it has none, of which IPv4 has some.
 */
bool slc_pkt_datagram_ok(const struct slc_pkt *pkt);

/**
 * slc_pkt_policy_ok() - Do IPsec policies let this packet of the outer leg in?
 * @pkt: a parsed packet in PRE_ROUTING
 *
 * Asked of the outer tuple, before any rewrite. What the packet came through
 * is then forgotten by slc_secpath_forget(), where the inner leg is another.
 *
 * Context: as slc_pkt_parse().
 * Return: true if they do.
 */
bool slc_pkt_policy_ok(const struct slc_pkt *pkt);

/**
 * slc_pkt_is_own() - Did we put this packet into the stack?
 * @skb: a packet in PRE_ROUTING
 *
 * Our packets bear a route and a mark in a field that only encapsulated
 * packets use. Routes alone do not tell: those of IPv6 are shared between
 * input and output, and packets over lo keep theirs.
 *
 * Context: Any.
 * Return: true if we did.
 */
static inline bool slc_pkt_is_own(const struct sk_buff *skb)
{
	return skb->inner_protocol == htons(0x51ce) && !skb->encapsulation &&
	       skb_dst(skb);
}

/**
 * slc_pkt_set_own() - Mark a packet as ours, see slc_pkt_is_own().
 * @skb: the packet
 */
static inline void slc_pkt_set_own(struct sk_buff *skb)
{
	/* Of what is encapsulated somebody has to know what is inside. */
	if (likely(!skb->encapsulation))
		skb->inner_protocol = htons(0x51ce);
}

/**
 * slc_pkt_clear_own() - Take such a mark off a packet that is not ours.
 * @skb: the packet
 */
static inline void slc_pkt_clear_own(struct sk_buff *skb)
{
	if (unlikely(skb->inner_protocol == htons(0x51ce) &&
		     !skb->encapsulation))
		skb->inner_protocol = 0;
}

/**
 * slc_pkt_is_made() - Does this host make the packet, rather than take it in?
 * @pkt: the packet
 *
 * Then it has no device that it came in by.
 *
 * Return: true in LOCAL_OUT.
 */
static inline bool slc_pkt_is_made(const struct slc_pkt *pkt)
{
	return pkt->state->hook == NF_INET_LOCAL_OUT;
}

/**
 * slc_pkt_is_syn() - Does a segment begin a connection, and nothing else?
 * @pkt: a parsed TCP packet
 *
 * Return: true if it does.
 */
static inline bool slc_pkt_is_syn(const struct slc_pkt *pkt)
{
	return (pkt->seg.flags & (SLC_TCP_SYN | SLC_TCP_ACK | SLC_TCP_RST |
				  SLC_TCP_FIN)) == SLC_TCP_SYN;
}

/**
 * slc_pkt_is_to() - Is a packet addressed to somebody, whatever @pkt->tuple says by now?
 * @pkt: the packet
 * @to: an address
 *
 * Return: true if it is of that one's family and its header has it for a destination.
 */
static inline bool slc_pkt_is_to(const struct slc_pkt *pkt,
				 const struct slc_addr *to)
{
	return pkt->skb->protocol == htons(ETH_P_IP) ?
	       slc_addr_is_v4(to) &&
	       ip_hdr(pkt->skb)->daddr == slc_addr_v4_get(to) :
	       !memcmp(&ipv6_hdr(pkt->skb)->daddr, to, sizeof(*to));
}

/**
 * slc_pkt_authenticated() - Is a packet under IPsec's authentication header?
 * @skb: the packet
 * @nhoff: offset of its IPv6 header, or of a quoted one's
 *
 * What is behind that header is IPsec's to judge, and comes again without it.
 * IPv4 says so in its own header.
 *
 * Context: any.
 * Return: true if it is.
 */
bool slc_pkt_authenticated(const struct sk_buff *skb, unsigned int nhoff);

/**
 * slc_pkt_addrs() - Addresses alone, for the trace of what could not be parsed.
 * @pkt: its tuple is set, ports 0
 * @family: SLC_FAMILY_*
 *
 * Context: as slc_pkt_parse().
 */
void slc_pkt_addrs(struct slc_pkt *pkt, u8 family);

/**
 * slc_pkt_refuse() - Name the reason why a packet goes no further.
 * @pkt: the packet
 * @svc: its service, or NULL
 * @why: enum sluice_stat
 *
 * Counts and traces.
 *
 * Context: as slc_pkt_parse().
 * Return: NF_DROP.
 */
unsigned int slc_pkt_refuse(const struct slc_pkt *pkt,
			    const struct slc_service *svc, int why);

/**
 * slc_pkt_consume() - A packet has arrived: with us.
 * @pkt: the packet; gone
 *
 * Not a drop: who watches for drops is not to see one.
 *
 * Return: NF_STOLEN.
 */
static inline unsigned int slc_pkt_consume(const struct slc_pkt *pkt)
{
	consume_skb(pkt->skb);
	return NF_STOLEN;
}

/* Least time between two challenge ACKs to one peer (RFC 5961 section 7) */
#define SLC_CHALLENGE_INTERVAL	(HZ / 2)

/**
 * slc_pkt_challenge() - May a challenge ACK be sent now?
 * @last: jiffies, low 32 bits, of the last one; updated
 *
 * Context: any; two at once may both be allowed.
 * Return: true if it may.
 */
static inline bool slc_pkt_challenge(u32 *last)
{
	u32 now = (u32)jiffies;
	u32 then = READ_ONCE(*last);

	if (then && now - then < SLC_CHALLENGE_INTERVAL)
		return false;
	WRITE_ONCE(*last, now ? now : 1);
	return true;
}

/**
 * slc_count() - Count for a service, or for the namespace without one.
 * @sn: namespace state
 * @svc: the service or NULL
 * @why: enum sluice_stat
 *
 * Context: softirq or bh disabled.
 */
void slc_count(const struct slc_net *sn, const struct slc_service *svc,
	       int why);

/**
 * slc_now_ms() - The clock of our timestamps.
 *
 * Context: Any.
 * Return: milliseconds since boot, low 32 bits.
 */
static inline u32 slc_now_ms(void)
{
	return (u32)ktime_to_ms(ktime_get());
}

/**
 * slc_now_us() - A clock for what takes less than an hour.
 *
 * Context: Any.
 * Return: microseconds since boot, low 32 bits, but never 0.
 */
static inline u32 slc_now_us(void)
{
	return (u32)ktime_to_us(ktime_get()) ?: 1;
}

#endif /* SLC_PATH_PKT_H */
