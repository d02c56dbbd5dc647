/* SPDX-License-Identifier: GPL-2.0 */
/*
 * IPv4 and IPv6 headers of the two legs of a cross-family flow (RFC 7915's
 * rules where they apply).
 *
 * Addresses are not mapped: both legs' are known to the flow. Hop limit, DSCP
 * and ECN are carried over as they are (who forwards lowers the first);
 * fragments, unexpired source routes and anything but TCP and UDP are refused.
 *
 * Locking: none. Pure.
 */
#ifndef SLC_CORE_XFAM_H
#define SLC_CORE_XFAM_H

#include "base.h"
#include "addr.h"
#include "csum.h"

#define SLC_XFAM_IPV4_LEN	20
#define SLC_XFAM_IPV6_LEN	40
#define SLC_XFAM_ICMP_LEN	8
/* Least MTU of IPv6: what is no larger may be cut up on IPv4 (RFC 7915 5.1). */
#define SLC_XFAM_MTU_MIN	1280

/**
 * slc_xfam_4to6() - IPv6 header for what came under an IPv4 header
 * @ip4:  old header with its options, linear, any alignment
 * @hlen: its length, IHL * 4
 * @plen: length of all that follows it, GSO packets in full; the header's own
 *        total length is not looked at
 * @to:   addresses and protocol of the new leg
 * @ip6:  SLC_XFAM_IPV6_LEN bytes for the new header, not overlapping @ip4
 *
 * The flow label is 0. Options other than source routes are left out.
 *
 * Context: Any. Pure.
 * Return: 0; -EINVAL: not an IPv4 header of @hlen bytes; -EMSGSIZE: @plen
 *         does not fit an IPv6 payload length; -EPROTONOSUPPORT: not @to's
 *         protocol, or neither TCP nor UDP; -EOPNOTSUPP: fragment or source
 *         route.
 */
int slc_xfam_4to6(const u8 *ip4, unsigned int hlen, u32 plen,
		  const struct slc_tuple *to, u8 *ip6);

/**
 * slc_xfam_6to4() - IPv4 header for what came under an IPv6 header
 * @ip6:  old header with its extension headers, linear, any alignment
 * @hlen: length up to the transport header
 * @plen: length of all that follows @hlen, GSO packets in full; the header's
 *        own payload length is not looked at
 * @to:   addresses and protocol of the new leg
 * @id:   identification of the new header, host order
 * @ip4:  SLC_XFAM_IPV4_LEN bytes for the new header, not overlapping @ip6
 *
 * "Don't fragment" is set: IPv6 senders do path MTU discovery. The header
 * checksum is filled in. Hop-by-hop and destination options are left out.
 *
 * Context: Any. Pure.
 * Return: as slc_xfam_4to6(); -EMSGSIZE if @plen and the header do not fit an
 *         IPv4 total length, -EOPNOTSUPP also for other extension headers.
 */
int slc_xfam_6to4(const u8 *ip6, unsigned int hlen, u32 plen,
		  const struct slc_tuple *to, u16 id, u8 *ip4);

/**
 * slc_xfam_icmp() - An ICMP error in the words of the other family
 * @family: SLC_FAMILY_* of @old
 * @old: the first SLC_XFAM_ICMP_LEN bytes of an error
 * @new: the same of the other family's, checksum 0; not overlapping @old
 *
 * RFC 7915 4.2 and 5.2. An MTU is said for packets of the other family's, as they
 * differ in their headers alone; not less than IPv6 knows. What is about a field
 * of a header, or about us, has no counterpart.
 *
 * Context: Any. Pure.
 * Return: false if it has none.
 */
bool slc_xfam_icmp(u8 family, const u8 *old, u8 *new);

/**
 * slc_xfam_pseudo() - What new addresses change in a transport checksum
 * @from: the old leg's tuple
 * @to:   the new leg's tuple, of either family
 * @c:    the change is added here
 *
 * Covers the addresses of the pseudo-header. Its length and protocol fields
 * add up to the same in both families; ports are slc_xlate_tcp()'s.
 * Within IPv4 this is also what changes in the IP header's own checksum.
 *
 * Context: Any. Pure.
 */
void slc_xfam_pseudo(const struct slc_tuple *from, const struct slc_tuple *to,
		     struct slc_csum *c);

#endif /* SLC_CORE_XFAM_H */
