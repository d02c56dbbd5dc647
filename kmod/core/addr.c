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

/**
 * slc_addr_scan4() - Read an IPv4 address as PROXY v1 writes it.
 * @s:	 text, may end anywhere
 * @len: bytes in @s
 * @a:	 filled in if an address was read
 *
 * Four decimal numbers, 0 to 255, no leading zeros (spec 2.1). A byte that
 * cannot belong to the address must follow it: until then it may grow.
 *
 * Context: Any. Pure.
 * Return: bytes of the address, which @s[that many] ended; 0 if @s may be the
 *	   beginning of one; -EINVAL if it cannot.
 */
int slc_addr_scan4(const u8 *s, size_t len, struct slc_addr *a)
{
	unsigned int octet = 0, octets = 0;
	bool has_digits = false;
	u32 ip = 0;
	size_t i;

	for (i = 0; i < len; i++) {
		if (s[i] >= '0' && s[i] <= '9') {
			if (has_digits && !octet)
				return -EINVAL;
			octet = octet * 10 + (s[i] - '0');
			if (octet > 255)
				return -EINVAL;
			has_digits = true;
			continue;
		}
		if (!has_digits)
			return -EINVAL;
		ip = ip << 8 | octet;
		if (++octets == 4) {
			*a = slc_addr_v4(htonl(ip));
			return i;
		}
		if (s[i] != '.')
			return -EINVAL;
		octet = 0;
		has_digits = false;
	}
	return 0;
}

static int hex_value(u8 c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/* ::ffff:a.b.c.d as inet_ntop() writes it, @i being at the first dot. */
static int scan_mapped(const u8 *s, size_t len, size_t group_start,
		       struct slc_addr *a)
{
	static const char prefix[] = "::ffff:";
	size_t n = sizeof(prefix) - 1;
	size_t i;
	int ret;

	if (group_start != n)
		return -EINVAL;
	for (i = 0; i < n; i++)
		if ((s[i] | 0x20) != prefix[i])
			return -EINVAL;
	ret = slc_addr_scan4(s + n, len - n, a);
	return ret > 0 ? ret + (int)n : ret;
}

/**
 * slc_addr_scan6() - Read an IPv6 address as PROXY v1 writes it.
 * @s:	 text, may end anywhere
 * @len: bytes in @s
 * @a:	 filled in if an address was read; an IPv4 one if it was v4-mapped
 *
 * Groups of one to four hexadecimal digits of either case, at most one "::",
 * which stands for at least one group, 128 bits in all (spec 2.1); and
 * ::ffff:a.b.c.d, see pp.h. Otherwise like slc_addr_scan4().
 *
 * Context: Any. Pure.
 * Return: as slc_addr_scan4().
 */
int slc_addr_scan6(const u8 *s, size_t len, struct slc_addr *a)
{
	/* groups read; the group "::" stands before, or none; most there may be */
	unsigned int n = 0, gap = 8, room = 8;
	unsigned int digits = 0, value = 0;
	unsigned int g;
	u16 group[8];
	size_t i = 0;

	if (len && s[0] == ':') {
		if (len == 1)
			return 0;
		if (s[1] != ':')
			return -EINVAL;
		gap = 0;
		room = 7;
		i = 2;
	}
	for (; i < len; i++) {
		int hex = hex_value(s[i]);

		if (hex >= 0) {
			if (digits == 4 || n == room)
				return -EINVAL;
			value = value << 4 | hex;
			digits++;
		} else if (s[i] == ':' && digits) {
			group[n++] = value;
			digits = 0;
			value = 0;
			if (n == room)
				return -EINVAL;
		} else if (s[i] == ':') {
			if (gap != 8)
				return -EINVAL;
			gap = n;
			room = 7;
		} else {
			break;
		}
	}
	if (i == len)
		return 0;
	if (s[i] == '.' && digits)
		return scan_mapped(s, len, i - digits, a);
	if (digits)
		group[n++] = value;
	else if (gap != n)
		return -EINVAL;
	if (gap == 8 && n != 8)
		return -EINVAL;
	memset(a, 0, sizeof(*a));
	for (g = 0; g < n; g++)
		put_unaligned_be16(group[g], &a->b[2 * (g < gap ? g : g + 8 - n)]);
	return i;
}
