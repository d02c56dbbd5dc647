// SPDX-License-Identifier: GPL-2.0
/*
 * Headers of the other family. Input: which way and how the header's length is
 * told (1 byte), the protocol of the flow (1), the length of what follows the
 * header (3), a length claimed for the header (1), an identification (2),
 * the new leg's addresses (16 each), then the header and what follows it.
 *
 * Whatever the header is: nothing outside it is read or written, it is taken
 * exactly if RFC 791 and RFC 8200, read a second time below, find nothing in it
 * that would be refused, and what is refused writes nothing. The new header is
 * right in every byte, its checksum by a sum from scratch; back again it
 * is the old one without its options; and the transport's checksum, moved by
 * what is said to have changed, is that of a sum under the new addresses.
 *
 * FUZZ_MAX_LEN 240
 */
#include "core/xfam.c"
#include "../kunit/csum_ref.h"
#include "check.h"

#define PREFIX	40

/* Bits of the first byte. */
#define FROM_V6		0x01
#define LEN_TRUE	0x02	/* the header's length is what it says of itself */
#define LEN_ALL		0x04	/* it is all there is */

/* What is wrong with a header; any of these may be the answer. */
#define NOT_A_HEADER	0x1
#define NOT_THE_PROTO	0x2
#define NOT_ALONE	0x4	/* fragment, source route, other extension */
#define NOT_SO_LONG	0x8

static u8 *exact(const u8 *p, unsigned int len)
{
	u8 *copy = malloc(len);

	CHECK(copy);
	if (p)
		memcpy(copy, p, len);
	else
		memset(copy, 0x77, len);
	return copy;
}

/* RFC 791, 3.1: one option after the other, from the one at @o. */
static bool ref_options_good(const u8 *o, unsigned int left)
{
	if (!left || o[0] == 0)
		return true;
	if (o[0] == 1)
		return ref_options_good(o + 1, left - 1);
	if (left == 1 || o[1] < 2 || o[1] > left)
		return false;
	/* "If the pointer is greater than the length, the source route is empty" */
	if ((o[0] == 0x83 || o[0] == 0x89) && (o[1] == 2 || o[2] <= o[1]))
		return false;
	return ref_options_good(o + o[1], left - o[1]);
}

static unsigned int ref_faults4(const u8 *h, unsigned int hlen, u32 plen, u8 proto)
{
	unsigned int faults = 0;

	if (hlen < 20 || hlen > 60 || h[0] != (0x40 | hlen / 4) || hlen % 4)
		return NOT_A_HEADER;
	if (h[9] != proto || (proto != 6 && proto != 17))
		faults |= NOT_THE_PROTO;
	if (h[6] & 0x3f || h[7] || !ref_options_good(h + 20, hlen - 20))
		faults |= NOT_ALONE;
	return plen > 65535 ? faults | NOT_SO_LONG : faults;
}

/* RFC 8200, 4: @next is what is at @h, of which @left bytes come before TCP. */
static unsigned int ref_chain6(u8 next, const u8 *h, unsigned int left, u8 proto)
{
	unsigned int faults = 0, size;

	if (!left)
		return next == proto && (next == 6 || next == 17) ? 0 :
			NOT_THE_PROTO;
	size = left < 2 ? 8 : 8 + 8 * h[1];
	if (size > left)
		return NOT_A_HEADER;
	/* hop-by-hop and destination options, and routes that are used up */
	if (next != 0 && next != 60 && !(next == 43 && h[3] == 0))
		faults = NOT_ALONE;
	return faults | ref_chain6(h[0], h + size, left - size, proto);
}

static unsigned int ref_faults6(const u8 *h, unsigned int hlen, u32 plen, u8 proto)
{
	unsigned int faults;

	if (hlen < 40 || h[0] >> 4 != 6)
		return NOT_A_HEADER;
	faults = ref_chain6(h[6], h + 40, hlen - 40, proto);
	return plen > 65515 ? faults | NOT_SO_LONG : faults;
}

static void check_verdict(int ret, unsigned int faults)
{
	switch (ret) {
	case 0:
		CHECK(!faults);
		break;
	case -EINVAL:
		CHECK(faults & NOT_A_HEADER);
		break;
	case -EPROTONOSUPPORT:
		CHECK(faults & NOT_THE_PROTO);
		break;
	case -EOPNOTSUPP:
		CHECK(faults & NOT_ALONE);
		break;
	case -EMSGSIZE:
		CHECK(faults & NOT_SO_LONG);
		break;
	default:
		CHECK(!"one of these");
	}
}

/* What each header must be, byte by byte. */
static void ref_make4(u8 *h, u8 tos, u32 plen, u16 id, u8 ttl, u8 proto,
		      const u8 *src, const u8 *dst)
{
	const u8 fixed[12] = {
		0x45, tos, (20 + plen) >> 8, 20 + plen, id >> 8, id, 0x40, 0,
		ttl, proto, 0, 0
	};
	u16 check;

	memcpy(h, fixed, 12);
	memcpy(h + 12, src, 4);
	memcpy(h + 16, dst, 4);
	check = ref_check(ref_sum(0, h, 20));
	h[10] = check >> 8;
	h[11] = check;
}

static void ref_make6(u8 *h, u8 tclass, u32 plen, u8 hops, u8 proto,
		      const u8 *src, const u8 *dst)
{
	const u8 fixed[8] = {
		0x60 | tclass >> 4, tclass << 4, 0, 0, plen >> 8, plen, proto,
		hops
	};

	memcpy(h, fixed, 8);
	memcpy(h + 8, src, 16);
	memcpy(h + 24, dst, 16);
}

/* RFC 9293, 3.1: what a transport header is summed with. */
static u64 ref_pseudo(const struct slc_tuple *t, u32 plen)
{
	unsigned int at = t->family == SLC_FAMILY_IPV4 ? 12 : 0;

	return ref_sum(ref_sum(0, t->src.b + at, 16 - at), t->dst.b + at,
		       16 - at) + t->proto + (plen >> 16) + (plen & 0xffff);
}

/* @seg: what there is of the segment; the rest counts as zeros */
static void check_pseudo(const struct slc_tuple *from, const struct slc_tuple *to,
			 u32 plen, const u8 *seg, unsigned int len)
{
	u16 before = ref_check(ref_sum(ref_pseudo(from, plen), seg, len));
	u16 after = ref_check(ref_sum(ref_pseudo(to, plen), seg, len));
	struct slc_csum there = {}, back = {};

	slc_xfam_pseudo(from, to, &there);
	CHECK(ref_host(slc_csum_apply(ref_field(before), &there)) == after);
	slc_xfam_pseudo(to, from, &back);
	CHECK(ref_host(slc_csum_apply(ref_field(after), &back)) == before);
	/* what was wrong by one bit stays wrong by it */
	before ^= 1;
	CHECK(ref_host(slc_csum_apply(ref_field(before), &there)) != after);
	slc_csum_merge(&there, &back);
	CHECK(slc_csum_fold(there.sum) % 0xffff == 0);
}

static void from4(const u8 *h, unsigned int hlen, u32 plen, u16 id,
		  struct slc_tuple *to, const u8 *seg, unsigned int len)
{
	u8 *new = exact(NULL, 40), *back = exact(NULL, 20), want[40];
	struct slc_tuple from = {
		.family = SLC_FAMILY_IPV4, .proto = to->proto
	};
	int ret;

	to->family = SLC_FAMILY_IPV6;
	ret = slc_xfam_4to6(h, hlen, plen, to, new);
	check_verdict(ret, ref_faults4(h, hlen, plen, to->proto));
	if (ret) {
		memset(want, 0x77, 40);
		CHECK(!memcmp(new, want, 40));
		goto out;
	}
	ref_make6(want, h[1], plen, h[8], h[9], to->src.b, to->dst.b);
	CHECK(!memcmp(new, want, 40));

	from.src = slc_addr_v4(get_unaligned((__be32 *)(h + 12)));
	from.dst = slc_addr_v4(get_unaligned((__be32 *)(h + 16)));
	check_pseudo(&from, to, plen, seg, len);
	ret = slc_xfam_6to4(new, 40, plen, &from, id, back);
	check_verdict(ret, plen > 65515 ? NOT_SO_LONG : 0);
	if (!ret) {
		ref_make4(want, h[1], plen, id, h[8], h[9], h + 12, h + 16);
		CHECK(!memcmp(back, want, 20));
	}
out:
	free(new);
	free(back);
}

static void from6(const u8 *h, unsigned int hlen, u32 plen, u16 id,
		  struct slc_tuple *to, const u8 *seg, unsigned int len)
{
	u8 *new = exact(NULL, 20), *back = exact(NULL, 40), want[40];
	struct slc_tuple from = {
		.family = SLC_FAMILY_IPV6, .proto = to->proto
	};
	u8 tclass;
	int ret;

	to->family = SLC_FAMILY_IPV4;
	to->src = slc_addr_v4(to->src.w[3]);
	to->dst = slc_addr_v4(to->dst.w[3]);
	ret = slc_xfam_6to4(h, hlen, plen, to, id, new);
	check_verdict(ret, ref_faults6(h, hlen, plen, to->proto));
	if (ret) {
		memset(want, 0x77, 20);
		CHECK(!memcmp(new, want, 20));
		goto out;
	}
	tclass = get_unaligned_be16(h) >> 4;
	ref_make4(want, tclass, plen, id, h[7], to->proto, to->src.b + 12,
		  to->dst.b + 12);
	CHECK(!memcmp(new, want, 20));

	from.src = slc_addr_from_bytes(h + 8);
	from.dst = slc_addr_from_bytes(h + 24);
	check_pseudo(&from, to, plen, seg, len);
	CHECK(!slc_xfam_4to6(new, 20, plen, &from, back));
	ref_make6(want, tclass, plen, h[7], to->proto, h + 8, h + 24);
	CHECK(!memcmp(back, want, 40));
out:
	free(new);
	free(back);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct slc_tuple to = {};
	unsigned int hlen, rest;
	u8 *h, *old;
	u32 plen;

	if (size < PREFIX + 1)
		return -1;
	rest = size - PREFIX;
	to.proto = data[1];
	plen = data[2] << 16 | get_unaligned_be16(data + 3);
	/* Few would be short enough. */
	if (data[2] & 0xfc)
		plen &= 0xffff;
	memcpy(to.src.b, data + 8, 16);
	memcpy(to.dst.b, data + 24, 16);

	hlen = data[5];
	if (data[0] & LEN_TRUE)
		hlen = data[0] & FROM_V6 ? 40 : (data[PREFIX] & 0x0f) * 4;
	if (data[0] & LEN_ALL)
		hlen = rest;
	hlen = min(hlen, rest);

	/* On the heap and exact: ASan watches both ends. */
	h = exact(data + PREFIX, hlen);
	old = exact(h, hlen);
	if (data[0] & FROM_V6)
		from6(h, hlen, plen, get_unaligned_be16(data + 6), &to,
		      data + PREFIX + hlen, rest - hlen);
	else
		from4(h, hlen, plen, get_unaligned_be16(data + 6), &to,
		      data + PREFIX + hlen, rest - hlen);
	CHECK(!memcmp(h, old, hlen));
	free(h);
	free(old);
	return 0;
}
