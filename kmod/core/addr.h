/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Addresses, endpoints and tuples: one form for both families, so that nothing
 * above has a v4 and a v6 twin. IPv4 is held as v4-mapped, ::ffff:a.b.c.d.
 *
 * Owns comparison, hashing, the strict text form of PROXY v1 and the question
 * "may this be a client's source address". Does not know routes, devices or
 * which addresses are ours.
 *
 * Locking: none. Everything here is pure.
 */
#ifndef SLC_CORE_ADDR_H
#define SLC_CORE_ADDR_H

#include "base.h"

/**
 * struct slc_addr - An IPv4 or IPv6 address.
 * @b: the sixteen bytes, network order
 * @w: the same as four words; IPv4 is in @w[3]
 * @d: the same as two words, for comparison only (host order means nothing)
 */
struct slc_addr {
	union {
		u8	b[16];
		__be32	w[4];
		u64	d[2];
	};
} __aligned(8);

/**
 * struct slc_endpoint - An address and a port.
 * @addr: the address
 * @port: network order
 */
struct slc_endpoint {
	struct slc_addr	addr;
	__be16		port;
};

/* slc_tuple.family */
#define SLC_FAMILY_IPV4		4
#define SLC_FAMILY_IPV6		6

/* slc_tuple.side: which key space a tuple belongs to. */
#define SLC_SIDE_OUTER		0
#define SLC_SIDE_INNER		1
#define SLC_SIDE_CARRIED	2	/* from a client that a header names */
#define SLC_SIDE_ANSWER		3	/* from whatever address of this host */

/**
 * struct slc_tuple - The key of a half-flow.
 * @src:    source address of the packets it names
 * @dst:    destination address
 * @sport:  source port, network order
 * @dport:  destination port, network order
 * @family: which header the packets bear, SLC_FAMILY_IPV4 or SLC_FAMILY_IPV6
 * @proto:  IPPROTO_TCP or IPPROTO_UDP
 * @side:   SLC_SIDE_OUTER, SLC_SIDE_INNER, or of an alias (obj/alias.h)
 * @pad:    always zero; the whole struct is hashed and compared
 */
struct slc_tuple {
	struct slc_addr	src;
	struct slc_addr	dst;
	__be16		sport;
	__be16		dport;
	u8		family;
	u8		proto;
	u8		side;
	u8		pad;
};

static_assert(sizeof(struct slc_addr) == 16, "an address is sixteen bytes");
static_assert(sizeof(struct slc_tuple) == 40, "a key has no holes");

/**
 * enum slc_addr_class - What kind of source address this is.
 * @SLC_ADDR_OK:	  may be a client's address
 * @SLC_ADDR_UNSPECIFIED: 0.0.0.0/8 or ::
 * @SLC_ADDR_LOOPBACK:	  127.0.0.0/8 or ::1
 * @SLC_ADDR_MULTICAST:	  224.0.0.0/4 or ff00::/8
 * @SLC_ADDR_BROADCAST:	  255.255.255.255
 * @SLC_ADDR_RESERVED:	  240.0.0.0/4, or the unassigned part of ::/8
 * @SLC_ADDR_LINKLOCAL:	  169.254.0.0/16 or fe80::/10
 * @SLC_ADDR_V4COMPAT:	  ::a.b.c.d, an IPv4 address in disguise
 */
enum slc_addr_class {
	SLC_ADDR_OK,
	SLC_ADDR_UNSPECIFIED,
	SLC_ADDR_LOOPBACK,
	SLC_ADDR_MULTICAST,
	SLC_ADDR_BROADCAST,
	SLC_ADDR_RESERVED,
	SLC_ADDR_LINKLOCAL,
	SLC_ADDR_V4COMPAT,
};

/**
 * slc_addr_v4() - Hold an IPv4 address.
 * @ip: the address, network order
 *
 * Return: ::ffff:@ip.
 */
static inline struct slc_addr slc_addr_v4(__be32 ip)
{
	struct slc_addr a = { .w = { 0, 0, htonl(0xffff), ip } };

	return a;
}

/**
 * slc_addr_from_bytes() - Hold the sixteen bytes of an IPv6 address.
 * @p: sixteen bytes, any alignment
 *
 * Return: the address; an IPv4 one if @p is v4-mapped.
 */
static inline struct slc_addr slc_addr_from_bytes(const void *p)
{
	struct slc_addr a;

	memcpy(a.b, p, sizeof(a.b));
	return a;
}

static inline bool slc_addr_is_v4(const struct slc_addr *a)
{
	return !a->d[0] && a->w[2] == htonl(0xffff);
}

/* Meaningful only if slc_addr_is_v4(); network order. */
static inline __be32 slc_addr_v4_get(const struct slc_addr *a)
{
	return a->w[3];
}

/* SLC_FAMILY_IPV4 or SLC_FAMILY_IPV6. */
static inline u8 slc_addr_family(const struct slc_addr *a)
{
	return slc_addr_is_v4(a) ? SLC_FAMILY_IPV4 : SLC_FAMILY_IPV6;
}

static inline bool slc_addr_eq(const struct slc_addr *a,
			       const struct slc_addr *b)
{
	return a->d[0] == b->d[0] && a->d[1] == b->d[1];
}

/* Order of the bytes on the wire: <0, 0 or >0. */
static inline int slc_addr_cmp(const struct slc_addr *a,
			       const struct slc_addr *b)
{
	return memcmp(a->b, b->b, sizeof(a->b));
}

static inline bool slc_tuple_eq(const struct slc_tuple *a,
				const struct slc_tuple *b)
{
	return slc_addr_eq(&a->src, &b->src) && slc_addr_eq(&a->dst, &b->dst) &&
	       a->sport == b->sport && a->dport == b->dport &&
	       a->family == b->family && a->proto == b->proto &&
	       a->side == b->side && a->pad == b->pad;
}

/**
 * slc_tuple_hash() - Keyed hash of a tuple.
 * @t:	 the tuple, @pad zero
 * @key: secret of the table
 *
 * Return: 32 bits of SipHash over all forty bytes.
 */
static inline u32 slc_tuple_hash(const struct slc_tuple *t,
				 const siphash_key_t *key)
{
	return (u32)siphash(t, sizeof(*t), key);
}

/**
 * slc_tuple_reverse() - The tuple of packets going the other way.
 * @dst: filled in; family, protocol and side are those of @src
 * @src: the tuple; not @dst
 */
static inline void slc_tuple_reverse(struct slc_tuple *dst,
				     const struct slc_tuple *src)
{
	*dst = *src;
	dst->src = src->dst;
	dst->dst = src->src;
	dst->sport = src->dport;
	dst->dport = src->sport;
}

enum slc_addr_class slc_addr_source_class(const struct slc_addr *a);
int slc_addr_scan4(const u8 *s, size_t len, struct slc_addr *a);
int slc_addr_scan6(const u8 *s, size_t len, struct slc_addr *a);

#endif /* SLC_CORE_ADDR_H */
