/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Incremental Internet checksums (RFC 1624, equation 3).
 *
 * Collects the one's complement difference between old and new header fields
 * and applies it to a check field, so that a checksum that was wrong stays
 * wrong: nothing here ever looks at the data a checksum covers.
 *
 * A field at an odd offset of what is summed counts with its bytes swapped.
 *
 * Locking: none. Pure.
 */
#ifndef SLC_CORE_CSUM_H
#define SLC_CORE_CSUM_H

#include "base.h"

/**
 * struct slc_csum - A difference between two versions of some bytes
 * @sum: one's complement sum of ~old and new, in 32-bit lanes, not folded;
 *       room for 2^32 fields before it could wrap
 *
 * All zero is "nothing changed".
 */
struct slc_csum {
	u64 sum;
};

/**
 * slc_csum_replace4() - A 32-bit field at an even offset changes
 * @c:    difference to add to
 * @from: old value, as in memory
 * @to:   new value, as in memory
 */
static inline void slc_csum_replace4(struct slc_csum *c, __be32 from, __be32 to)
{
	/* ~from + to, so that constants of several fields become one */
	c->sum += 0xffffffffULL - (__force u32)from + (__force u32)to;
}

/**
 * slc_csum_replace2() - A 16-bit field at an even offset changes
 * @c:    difference to add to
 * @from: old value, as in memory
 * @to:   new value, as in memory
 */
static inline void slc_csum_replace2(struct slc_csum *c, __be16 from, __be16 to)
{
	c->sum += (u32)(u16)~(__force u16)from + (__force u16)to;
}

/**
 * slc_csum_replace4_at() - A 32-bit field at any offset changes
 * @c:    difference to add to
 * @off:  offset of the field from where the sum starts; only its parity counts
 * @from: old value, as in memory
 * @to:   new value, as in memory
 */
static inline void slc_csum_replace4_at(struct slc_csum *c, unsigned int off,
					__be32 from, __be32 to)
{
	u32 old = (__force u32)from, new = (__force u32)to;

	/* Modulo 2^16 - 1, to turn by eight bits is to swap the bytes. */
	if (off & 1) {
		old = (old << 8) | (old >> 24);
		new = (new << 8) | (new >> 24);
	}
	slc_csum_replace4(c, (__force __be32)old, (__force __be32)new);
}

/**
 * slc_csum_replace1_at() - One byte at any offset changes
 * @c:    difference to add to
 * @off:  offset of the byte from where the sum starts; only its parity counts
 * @from: old value
 * @to:   new value
 */
static inline void slc_csum_replace1_at(struct slc_csum *c, unsigned int off,
					u8 from, u8 to)
{
	unsigned int shift = off & 1 ? 0 : 8;

	slc_csum_replace2(c, cpu_to_be16(from << shift),
			  cpu_to_be16(to << shift));
}

/**
 * slc_csum_replace_bytes() - Some bytes at an even offset are exchanged
 * @c:      difference to add to
 * @from:   old bytes; NULL with @from_len 0 when they are only added
 * @from_len: number of old bytes, a multiple of 4
 * @to:     new bytes; NULL with @to_len 0 when they are only removed
 * @to_len: number of new bytes, a multiple of 4
 *
 * The two lengths may differ: the address of one family takes the place of
 * that of the other in a pseudo-header, whose length and protocol fields add
 * up to the same in both.
 */
static inline void slc_csum_replace_bytes(struct slc_csum *c,
					  const u8 *from, unsigned int from_len,
					  const u8 *to, unsigned int to_len)
{
	unsigned int i;
	u32 word;

	for (i = 0; i < from_len; i += sizeof(word)) {
		memcpy(&word, from + i, sizeof(word));
		c->sum += (u32)~word;
	}
	for (i = 0; i < to_len; i += sizeof(word)) {
		memcpy(&word, to + i, sizeof(word));
		c->sum += word;
	}
}

/**
 * slc_csum_merge() - Add one difference to another
 * @c:     difference to add to
 * @other: difference to add
 */
static inline void slc_csum_merge(struct slc_csum *c,
				  const struct slc_csum *other)
{
	c->sum = (c->sum & 0xffffffff) + (c->sum >> 32) +
		 (other->sum & 0xffffffff) + (other->sum >> 32);
}

/**
 * slc_csum_fold() - Fold a sum of lanes into sixteen bits
 * @sum: sum of 32-bit lanes
 *
 * Return: the folded sum, not complemented, in memory order. Zero only if
 *         @sum is.
 */
static inline u16 slc_csum_fold(u64 sum)
{
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	return sum + (sum >> 16);
}

/**
 * slc_csum_add16() - Add two folded sums
 * @a: folded sum, in memory order
 * @b: another
 *
 * Return: their one's complement sum, as slc_csum_fold() would give it.
 */
static inline u16 slc_csum_add16(u16 a, u16 b)
{
	a += b;
	return a + (a < b);
}

/**
 * slc_csum_apply() - Move a full checksum (TCP, IPv4 header)
 * @check: check field as it is
 * @c:     what changed in the bytes it covers
 *
 * Return: the new check field.
 */
static inline __sum16 slc_csum_apply(__sum16 check, const struct slc_csum *c)
{
	u64 sum = (c->sum & 0xffffffff) + (c->sum >> 32);

	sum += (u16)~(__force u16)check;
	return (__force __sum16)(u16)~slc_csum_fold(sum);
}

/**
 * slc_csum_apply16() - Move a full checksum by a folded difference
 * @check: check field as it is
 * @diff:  what changed in the bytes it covers, from slc_csum_fold()
 *
 * Return: the new check field, that of slc_csum_apply().
 */
static inline __sum16 slc_csum_apply16(__sum16 check, u16 diff)
{
	return (__force __sum16)(u16)~slc_csum_add16(~(__force u16)check, diff);
}

/**
 * slc_csum_apply_partial() - Move the check field of CHECKSUM_PARTIAL
 * @check: check field as it is: the sum of the pseudo-header, not complemented
 * @diff:  what changed in the pseudo-header, and only there, folded: the device
 *         adds up the rest from the packet as it is
 *
 * Return: the new check field.
 */
static inline __sum16 slc_csum_apply_partial(__sum16 check, u16 diff)
{
	return (__force __sum16)slc_csum_add16((__force u16)check, diff);
}

/**
 * slc_csum_apply_wsum() - Move the sum of CHECKSUM_COMPLETE
 * @sum: sum over the bytes of the packet
 * @c:   what changed in these bytes, check fields included
 *
 * When a TCP check field has been moved by slc_csum_apply() with everything
 * that changed, then what remains to be told here is the pseudo-header's part
 * with its sign reversed, see slc_csum_negate().
 *
 * Return: the new sum.
 */
static inline __wsum slc_csum_apply_wsum(__wsum sum, const struct slc_csum *c)
{
	u64 res = (c->sum & 0xffffffff) + (c->sum >> 32);

	res += (__force u32)sum;
	res = (res & 0xffffffff) + (res >> 32);
	return (__force __wsum)(u32)(res + (res >> 32));
}

/**
 * slc_csum_negate() - The difference the other way round
 * @c: difference
 *
 * Return: a difference that takes @c back.
 */
static inline struct slc_csum slc_csum_negate(const struct slc_csum *c)
{
	struct slc_csum neg = { 0 };

	if (c->sum)
		neg.sum = (u16)~slc_csum_fold(c->sum);
	return neg;
}

#endif /* SLC_CORE_CSUM_H */
