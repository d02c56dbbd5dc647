// SPDX-License-Identifier: GPL-2.0
/*
 * Translation of TCP headers. Input: the numbers of a struct slc_xlate
 * (18 bytes), new ports (4), the length claimed for the header (1), then the
 * header.
 *
 * Whatever the header is: nothing outside it is touched, the check field stays,
 * the reported difference is that of full sums, other bits than those of ports,
 * numbers, window and options stay, and the inverse brings the header back.
 */
#include "core/xlate.c"
#include "../kunit/csum_ref.h"
#include "../kunit/tcpopt_ref.h"
#include "../kunit/xlate_ref.h"

#define PREFIX	23
#define FUZZ_MAX_LEN 83

static void need(bool cond)
{
	if (!cond)
		abort();
}

static __be16 port_at(const u8 *p)
{
	return cpu_to_be16(get_unaligned_be16(p));
}

/* Sum of a header with its check field taken for zero. */
static u16 sum_of(const u8 *th, unsigned int hlen)
{
	return ref_fold(ref_sum(ref_sum(0, th, 16), th + 18, hlen - 18));
}

/* An echo that became 0, or was dropped, does not come back. */
static bool reversible(const struct slc_xlate *x, const u8 *th,
		       unsigned int hlen)
{
	struct ref_opt list[20];
	unsigned int n;
	bool bad;

	if (x->win_shift || x->flags & (SLC_XL_DROP_TS | SLC_XL_DROP_SACK))
		return false;
	n = ref_list(th + 20, hlen - 20, list, &bad);
	while (n--)
		if (list[n].kind == SLC_TCPOPT_TS && list[n].size == 10 &&
		    get_unaligned_be32(th + 20 + list[n].at + 6) ==
		    -x->tsecr_add)
			return false;
	return true;
}

static void check_kept(const struct slc_xlate *x, const u8 *old, const u8 *new,
		       unsigned int hlen)
{
	need(new[12] == old[12] && new[13] == old[13]);
	need(!memcmp(new + 16, old + 16, 4));
	need(get_unaligned_be32(new + 4) - get_unaligned_be32(old + 4) ==
	     x->seq_add);
	if (!(old[13] & TH_FLAG_ACK))
		need(!memcmp(new + 8, old + 8, 4));
	if (old[13] & TH_FLAG_SYN || !x->win_shift)
		need(!memcmp(new + 14, old + 14, 2));
	if (!(x->flags & 0x0f))
		need(!memcmp(new + 20, old + 20, hlen - 20));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct slc_csum delta, back;
	struct slc_xlate x, inv;
	unsigned int hlen;
	u8 *th, old[60];

	if (size < PREFIX + 20 || size > FUZZ_MAX_LEN)
		return -1;
	x.seq_add = get_unaligned_be32(data);
	x.ack_add = get_unaligned_be32(data + 4);
	x.tsval_add = get_unaligned_be32(data + 8);
	x.tsecr_add = get_unaligned_be32(data + 12);
	x.win_shift = data[16] % 29 - 14;
	x.flags = data[17];

	/* On the heap and exact: ASan watches both ends. */
	th = malloc(size - PREFIX);
	if (!th)
		abort();
	memcpy(th, data + PREFIX, size - PREFIX);
	memcpy(old, th, size - PREFIX);

	/* Often the truth, so that the checks below are reached. */
	hlen = data[22] & 1 ? size - PREFIX : data[22];
	if (data[22] & 2)
		hlen = min_t(unsigned int, (th[12] >> 4) * 4, size - PREFIX);
	hlen = min_t(unsigned int, hlen, size - PREFIX);

	delta = slc_xlate_tcp(&x, th, hlen, port_at(data + 18),
			      port_at(data + 20));
	if (hlen < 20 || hlen != (old[12] >> 4) * 4U) {
		need(!delta.sum);
		need(!memcmp(old, th, size - PREFIX));
		goto out;
	}
	need(!memcmp(th, data + 18, 4));
	need(!memcmp(old + hlen, th + hlen, size - PREFIX - hlen));
	check_kept(&x, old, th, hlen);
	/* ~old + delta = ~new, in one's complement */
	need(ref_host(slc_csum_apply(ref_field(~sum_of(old, hlen)), &delta)) %
	     0xffff == (u16)~sum_of(th, hlen) % 0xffff);

	if (reversible(&x, old, hlen)) {
		inv = ref_inverse(&x);
		back = slc_xlate_tcp(&inv, th, hlen, port_at(old),
				     port_at(old + 2));
		need(!memcmp(old, th, size - PREFIX));
		slc_csum_merge(&delta, &back);
		need(slc_csum_fold(delta.sum) % 0xffff == 0);
	}
out:
	free(th);
	return 0;
}
