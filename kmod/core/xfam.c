// SPDX-License-Identifier: GPL-2.0
/* IPv4 <-> IPv6 headers. See xfam.h for the rules. */

#include "xfam.h"

/* Offsets in an IPv4 header (RFC 791) and an IPv6 header (RFC 8200). */
#define IP4_TOS		1
#define IP4_TOT_LEN	2
#define IP4_ID		4
#define IP4_FRAG	6
#define IP4_TTL		8
#define IP4_PROTO	9
#define IP4_CHECK	10
#define IP4_SRC		12
#define IP4_DST		16
#define IP6_PLEN	4
#define IP6_NEXT	6
#define IP6_HOPS	7
#define IP6_SRC		8
#define IP6_DST		24

#define IP4_DF		0x4000
#define IP4_MF_OFFSET	0x3fff

#define IP6_EXT_HOPOPTS	0
#define IP6_EXT_ROUTING	43
#define IP6_EXT_DSTOPTS	60

/* Errors of ICMP (RFC 792, 1191) and ICMPv6 (RFC 4443) */
#define ICMP4_UNREACH		3
#define ICMP4_UNREACH_BIG	4
#define ICMP4_TIME		11
#define ICMP4_MTU		6
#define ICMP6_MTU		4
#define ICMP6(type, code)	((type) << 8 | (code))

#define IP4_OPT_EOL	0
#define IP4_OPT_NOP	1
#define IP4_OPT_LSRR	131
#define IP4_OPT_SSRR	137

static bool proto_ok(u8 proto, const struct slc_tuple *to)
{
	return proto == to->proto &&
	       (proto == IPPROTO_TCP || proto == IPPROTO_UDP);
}

/* Is there somewhere else this packet wants to go first? */
static bool has_source_route(const u8 *opts, unsigned int len)
{
	unsigned int off = 0, size;

	while (off < len && opts[off] != IP4_OPT_EOL) {
		if (opts[off] == IP4_OPT_NOP) {
			off++;
			continue;
		}
		if (len - off < 2 || opts[off + 1] < 2 ||
		    opts[off + 1] > len - off)
			return true;	/* can't tell */
		size = opts[off + 1];
		/* The pointer is past the end once the route is used up. */
		if ((opts[off] == IP4_OPT_LSRR || opts[off] == IP4_OPT_SSRR) &&
		    (size < 3 || opts[off + 2] <= size))
			return true;
		off += size;
	}
	return false;
}

int slc_xfam_4to6(const u8 *ip4, unsigned int hlen, u32 plen,
		  const struct slc_tuple *to, u8 *ip6)
{
	if (hlen < SLC_XFAM_IPV4_LEN || ip4[0] >> 4 != 4 ||
	    hlen != (ip4[0] & 0x0f) * 4)
		return -EINVAL;
	if (!proto_ok(ip4[IP4_PROTO], to))
		return -EPROTONOSUPPORT;
	if (get_unaligned_be16(ip4 + IP4_FRAG) & IP4_MF_OFFSET ||
	    has_source_route(ip4 + SLC_XFAM_IPV4_LEN, hlen - SLC_XFAM_IPV4_LEN))
		return -EOPNOTSUPP;
	if (plen > U16_MAX)
		return -EMSGSIZE;

	put_unaligned_be32(6U << 28 | (u32)ip4[IP4_TOS] << 20, ip6);
	put_unaligned_be16(plen, ip6 + IP6_PLEN);
	ip6[IP6_NEXT] = ip4[IP4_PROTO];
	ip6[IP6_HOPS] = ip4[IP4_TTL];
	memcpy(ip6 + IP6_SRC, to->src.b, sizeof(to->src.b));
	memcpy(ip6 + IP6_DST, to->dst.b, sizeof(to->dst.b));
	return 0;
}

/* The transport protocol behind the extension headers, or an error. */
static int ip6_transport(const u8 *ip6, unsigned int hlen)
{
	unsigned int off = SLC_XFAM_IPV6_LEN, size;
	u8 next = ip6[IP6_NEXT];

	while (off < hlen) {
		if (hlen - off < 8)
			return -EINVAL;
		size = (ip6[off + 1] + 1) * 8;
		if (size > hlen - off)
			return -EINVAL;
		if (next != IP6_EXT_HOPOPTS && next != IP6_EXT_DSTOPTS &&
		    (next != IP6_EXT_ROUTING || ip6[off + 3]))
			return -EOPNOTSUPP;
		next = ip6[off];
		off += size;
	}
	return next;
}

int slc_xfam_6to4(const u8 *ip6, unsigned int hlen, u32 plen,
		  const struct slc_tuple *to, u16 id, u8 *ip4)
{
	struct slc_csum c = { 0 };
	int proto;
	u16 check;

	if (hlen < SLC_XFAM_IPV6_LEN || ip6[0] >> 4 != 6)
		return -EINVAL;
	proto = ip6_transport(ip6, hlen);
	if (proto < 0)
		return proto;
	if (!proto_ok(proto, to))
		return -EPROTONOSUPPORT;
	if (plen > U16_MAX - SLC_XFAM_IPV4_LEN)
		return -EMSGSIZE;

	ip4[0] = 4 << 4 | SLC_XFAM_IPV4_LEN / 4;
	ip4[IP4_TOS] = get_unaligned_be16(ip6) >> 4;
	put_unaligned_be16(SLC_XFAM_IPV4_LEN + plen, ip4 + IP4_TOT_LEN);
	put_unaligned_be16(id, ip4 + IP4_ID);
	put_unaligned_be16(IP4_DF, ip4 + IP4_FRAG);
	ip4[IP4_TTL] = ip6[IP6_HOPS];
	ip4[IP4_PROTO] = proto;
	memset(ip4 + IP4_CHECK, 0, 2);
	memcpy(ip4 + IP4_SRC, &to->src.w[3], 4);
	memcpy(ip4 + IP4_DST, &to->dst.w[3], 4);

	slc_csum_replace_bytes(&c, NULL, 0, ip4, SLC_XFAM_IPV4_LEN);
	check = ~slc_csum_fold(c.sum);
	memcpy(ip4 + IP4_CHECK, &check, sizeof(check));
	return 0;
}

/* An error of IPv4 by what it means in IPv6; 0: nothing */
static u16 icmp_4to6(u8 type, u8 code)
{
	static const u16 unreach[] = {
		ICMP6(1, 0), ICMP6(1, 0), ICMP6(4, 1), ICMP6(1, 4), ICMP6(2, 0),
		ICMP6(1, 0), ICMP6(1, 0), ICMP6(1, 0), ICMP6(1, 0), ICMP6(1, 1),
		ICMP6(1, 1), ICMP6(1, 0), ICMP6(1, 0), ICMP6(1, 1), 0,
		ICMP6(1, 1),
	};

	if (type == ICMP4_UNREACH && code < ARRAY_SIZE(unreach))
		return unreach[code];
	return type == ICMP4_TIME && code <= 1 ? ICMP6(3, code) : 0;
}

/* The reverse. Policies that IPv6 tells apart are one to IPv4. */
static u16 icmp_6to4(u8 type, u8 code)
{
	static const u8 unreach[] = { 1, 10, 1, 1, 3, 10, 10 };

	if (type == 1 && code < ARRAY_SIZE(unreach))
		return ICMP4_UNREACH << 8 | unreach[code];
	if (type == 2)
		return ICMP4_UNREACH << 8 | ICMP4_UNREACH_BIG;
	if (type == 3 && code <= 1)
		return ICMP4_TIME << 8 | code;
	return type == 4 && code == 1 ? ICMP4_UNREACH << 8 | 2 : 0;
}

bool slc_xfam_icmp(u8 family, const u8 *old, u8 *new)
{
	const u32 differ = SLC_XFAM_IPV6_LEN - SLC_XFAM_IPV4_LEN;
	bool v4 = family == SLC_FAMILY_IPV4;
	u16 what = v4 ? icmp_4to6(old[0], old[1]) : icmp_6to4(old[0], old[1]);
	u32 mtu;

	if (!what)
		return false;
	memset(new, 0, SLC_XFAM_ICMP_LEN);
	put_unaligned_be16(what, new);
	if (v4 && what == ICMP6(2, 0)) {
		/* 0 is from before there was path MTU discovery: the least. */
		mtu = get_unaligned_be16(old + ICMP4_MTU) + differ;
		put_unaligned_be32(max_t(u32, mtu, SLC_XFAM_MTU_MIN), new + ICMP6_MTU);
	} else if (v4 && what == ICMP6(4, 1)) {
		/* Which byte it is about: the protocol */
		put_unaligned_be32(IP6_NEXT, new + ICMP6_MTU);
	} else if (what == (ICMP4_UNREACH << 8 | ICMP4_UNREACH_BIG)) {
		mtu = max_t(u32, get_unaligned_be32(old + ICMP6_MTU), SLC_XFAM_MTU_MIN);
		put_unaligned_be16(min_t(u32, mtu - differ, U16_MAX), new + ICMP4_MTU);
	}
	return true;
}

void slc_xfam_pseudo(const struct slc_tuple *from, const struct slc_tuple *to,
		     struct slc_csum *c)
{
	/* What makes an IPv4 address a mapped one, ::ffff, sums up to zero. */
	slc_csum_replace_bytes(c, from->src.b, sizeof(from->src.b),
			       to->src.b, sizeof(to->src.b));
	slc_csum_replace_bytes(c, from->dst.b, sizeof(from->dst.b),
			       to->dst.b, sizeof(to->dst.b));
}
