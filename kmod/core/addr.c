// SPDX-License-Identifier: GPL-2.0
/* Addresses: the rules for a client's source address, and strict text forms. */
#include "addr.h"

static enum slc_addr_class source_class4(u32 ip)
{
	if (ip == 0xffffffff)
		return SLC_ADDR_BROADCAST;
	if (ip >> 28 == 0xf)
		return SLC_ADDR_RESERVED;
	if (ip >> 28 == 0xe)
		return SLC_ADDR_MULTICAST;
	if (ip >> 24 == 0)
		return SLC_ADDR_UNSPECIFIED;
	if (ip >> 24 == 127)
		return SLC_ADDR_LOOPBACK;
	if (ip >> 16 == 0xa9fe)
		return SLC_ADDR_LINKLOCAL;
	return SLC_ADDR_OK;
}

/* ::/8 but for v4-mapped, which the caller has dealt with. */
static enum slc_addr_class source_class_zero8(const struct slc_addr *a)
{
	u32 w3 = ntohl(a->w[3]);

	/* NAT64: 64:ff9b::/96 (RFC 6052) and 64:ff9b:1::/48 (RFC 8215) */
	if (a->w[0] == htonl(0x0064ff9b)) {
		if (!a->w[1] && !a->w[2])
			return SLC_ADDR_OK;
		if (ntohl(a->w[1]) >> 16 == 1)
			return SLC_ADDR_OK;
	}
	if (a->d[0] || a->w[2])
		return SLC_ADDR_RESERVED;
	if (w3 == 0)
		return SLC_ADDR_UNSPECIFIED;
	if (w3 == 1)
		return SLC_ADDR_LOOPBACK;
	return SLC_ADDR_V4COMPAT;
}

/**
 * slc_addr_source_class() - May this be the source address of a client?
 * @a: an address that a PROXY header names
 *
 * Refuses what no router would carry from a client. Policy, where the RFCs
 * leave a choice:
 *
 * - 169.254.0.0/16 is refused: RFC 3927, 2.7 forbids forwarding it.
 * - fe80::/10 is refused: its meaning depends on a link the header cannot name.
 * - ::/8 is refused (RFC 4291, 2.4 and 2.5.5.1: reserved, v4-compatible) but
 *   for v4-mapped addresses, which are IPv4 and judged as such, and NAT64's
 *   64:ff9b::/96 and 64:ff9b:1::/48, which real packets bear.
 * - Private (RFC 1918), shared (RFC 6598), unique local, documentation and
 *   benchmark prefixes, 6to4 and Teredo are ordinary addresses.
 *
 * Subnet broadcast, our own addresses and virtual ones need a routing table:
 * they are the caller's to refuse.
 *
 * Context: Any. Pure.
 * Return: SLC_ADDR_OK, or why not.
 */
enum slc_addr_class slc_addr_source_class(const struct slc_addr *a)
{
	if (slc_addr_is_v4(a))
		return source_class4(ntohl(slc_addr_v4_get(a)));
	if (a->b[0] == 0)
		return source_class_zero8(a);
	if (a->b[0] == 0xff)
		return SLC_ADDR_MULTICAST;
	if (a->b[0] == 0xfe && (a->b[1] & 0xc0) == 0x80)
		return SLC_ADDR_LINKLOCAL;
	return SLC_ADDR_OK;
}
