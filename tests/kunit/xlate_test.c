// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "core/xlate.c"
#include "csum_ref.h"
#include "rnd.h"
#include "tcpopt_ref.h"
#include "xlate_ref.h"

#define SPORT	40000
#define DPORT	8080
#define FIN	0x01
#define SYN	0x02
#define RST	0x04
#define ACK	0x10

static u8 *area(struct kunit *test, unsigned int len)
{
	u8 *p = kunit_kzalloc(test, len, GFP_KERNEL);

	KUNIT_ASSERT_TRUE(test, p);
	return p;
}

static void put_head(u8 *th, unsigned int hlen, u8 flags, u32 seq, u32 ack,
		     u16 win)
{
	put_unaligned_be16(1111, th);
	put_unaligned_be16(2222, th + 2);
	put_unaligned_be32(seq, th + 4);
	put_unaligned_be32(ack, th + 8);
	th[12] = hlen / 4 << 4;
	th[13] = flags;
	put_unaligned_be16(win, th + 14);
	put_unaligned_be32(0, th + 16);	/* check, urgent pointer */
}

static struct slc_csum translate(const struct slc_xlate *x, u8 *th,
				 unsigned int hlen)
{
	return slc_xlate_tcp(x, th, hlen, cpu_to_be16(SPORT),
			     cpu_to_be16(DPORT));
}

struct xlate_case {
	const char *name;
	/* in */
	struct slc_xlate x;
	u8 flags;
	u32 seq, ack;
	u16 win;
	const char *opts;
	unsigned int opts_len;
	/* out */
	u32 new_seq, new_ack;
	u16 new_win;
	const char *new_opts;
};

#define OPTS(s)		.opts = s, .opts_len = sizeof(s) - 1
#define TS(val, ecr)	"\x01\x01\x08\x0a" val ecr

static const struct xlate_case xlate_cases[] = {
	{
		.name = "numbers_wrap",
		.x = { .seq_add = 0x20, .ack_add = -0x20 },
		.flags = ACK, .seq = 0xfffffff0, .ack = 0x10, .win = 5,
		.new_seq = 0x10, .new_ack = 0xfffffff0, .new_win = 5,
	}, {
		.name = "no_ack_flag_no_ack_number",
		.x = { .seq_add = 1, .ack_add = 1 },
		.flags = RST, .seq = 7, .ack = 0,
		.new_seq = 8, .new_ack = 0,
	}, {
		.name = "window_of_syn_is_not_scaled",
		.x = { .win_shift = 7 },
		.flags = SYN | ACK, .win = 1000,
		.new_win = 1000,
	}, {
		.name = "window_grows_up_to_65535",
		.x = { .win_shift = 7 },
		.flags = ACK, .win = 1000,
		.new_win = 65535,
	}, {
		.name = "window_rounds_down",
		.x = { .win_shift = -3 },
		.flags = ACK, .win = 1007,
		.new_win = 125,
	}, {
		.name = "zero_window_stays_zero",
		.x = { .win_shift = 14 },
		.flags = ACK, .win = 0,
		.new_win = 0,
	}, {
		.name = "aligned_timestamps",
		.x = { .tsval_add = 2, .tsecr_add = -3, .flags = SLC_XL_TS },
		.flags = ACK,
		OPTS(TS("\xff\xff\xff\xff", "\x00\x00\x00\x01")),
		.new_opts = TS("\x00\x00\x00\x01", "\xff\xff\xff\xfe"),
	}, {
		.name = "echo_of_zero_stays_zero",
		.x = { .tsval_add = 2, .tsecr_add = -3, .flags = SLC_XL_TS },
		.flags = ACK,
		OPTS(TS("\x00\x00\x00\x00", "\x00\x00\x00\x00")),
		.new_opts = TS("\x00\x00\x00\x02", "\x00\x00\x00\x00"),
	}, {
		.name = "echo_without_ack_is_left",
		.x = { .tsval_add = 2, .tsecr_add = -3, .flags = SLC_XL_TS },
		.flags = RST,
		OPTS(TS("\x00\x00\x00\x00", "\x00\x00\x00\x09")),
		.new_opts = TS("\x00\x00\x00\x02", "\x00\x00\x00\x09"),
	}, {
		.name = "timestamps_of_a_flow_without_are_left",
		.x = { .tsval_add = 2, .tsecr_add = -3 },
		.flags = ACK,
		OPTS(TS("\x00\x00\x00\x08", "\x00\x00\x00\x09")),
		.new_opts = TS("\x00\x00\x00\x08", "\x00\x00\x00\x09"),
	}, {
		.name = "timestamps_at_odd_offset",
		.x = { .tsval_add = 0x01010101, .tsecr_add = -1,
		       .flags = SLC_XL_TS },
		.flags = ACK,
		OPTS("\x01\x08\x0a\x01\x02\x03\x04\x00\x00\x01\x00\x01"),
		.new_opts = "\x01\x08\x0a\x02\x03\x04\x05\x00\x00\x00\xff\x01",
	}, {
		.name = "every_one_of_two_timestamps",
		.x = { .tsval_add = 1, .tsecr_add = 2, .flags = SLC_XL_TS },
		.flags = ACK,
		OPTS("\x08\x0a\x00\x00\x00\x01\x00\x00\x00\x01\x01"
		     "\x08\x0a\x00\x00\x00\x02\x00\x00\x00\x02\x01\x01\x01"),
		.new_opts = "\x08\x0a\x00\x00\x00\x02\x00\x00\x00\x03\x01"
			    "\x08\x0a\x00\x00\x00\x03\x00\x00\x00\x04\x01\x01\x01",
	}, {
		.name = "dropped_timestamps_are_nops",
		.x = { .flags = SLC_XL_TS | SLC_XL_DROP_TS, .tsval_add = 1 },
		.flags = ACK,
		OPTS(TS("\x00\x00\x00\x08", "\x00\x00\x00\x09")),
		.new_opts = "\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01",
	}, {
		.name = "sack_edges_wrap",
		.x = { .ack_add = -0x10, .flags = SLC_XL_SACK },
		.flags = ACK, .ack = 0x20, .new_ack = 0x10,
		OPTS("\x01\x01\x05\x12\x00\x00\x00\x08\x00\x00\x00\x18"
		     "\x80\x00\x00\x00\x80\x00\x00\x10"),
		.new_opts = "\x01\x01\x05\x12\xff\xff\xff\xf8\x00\x00\x00\x08"
			    "\x7f\xff\xff\xf0\x80\x00\x00\x00",
	}, {
		.name = "sack_of_client_data_is_left",
		.x = { .seq_add = 5, .flags = 0 },
		.flags = ACK, .seq = 1, .new_seq = 6,
		OPTS("\x01\x01\x05\x0a\x00\x00\x00\x08\x00\x00\x00\x18"),
		.new_opts = "\x01\x01\x05\x0a\x00\x00\x00\x08\x00\x00\x00\x18",
	}, {
		/* RFC 2883: the first block lies below the ACK number. */
		.name = "d_sack_below_ack",
		.x = { .ack_add = 0x1000, .flags = SLC_XL_SACK },
		.flags = ACK, .ack = 0x100, .new_ack = 0x1100,
		OPTS("\x05\x12\x00\x00\x00\x10\x00\x00\x00\x20"
		     "\x00\x00\x02\x00\x00\x00\x03\x00\x01\x01"),
		.new_opts = "\x05\x12\x00\x00\x10\x10\x00\x00\x10\x20"
			    "\x00\x00\x12\x00\x00\x00\x13\x00\x01\x01",
	}, {
		.name = "timestamps_and_sack_together",
		.x = { .ack_add = 1, .tsval_add = 1, .tsecr_add = 1,
		       .flags = SLC_XL_SACK | SLC_XL_TS },
		.flags = ACK, .new_ack = 1,
		OPTS(TS("\x00\x00\x00\x00", "\x00\x00\x00\x02")
		     "\x01\x01\x05\x0a\x00\x00\x00\x08\x00\x00\x00\x18"),
		.new_opts = TS("\x00\x00\x00\x01", "\x00\x00\x00\x03")
			    "\x01\x01\x05\x0a\x00\x00\x00\x09\x00\x00\x00\x19",
	}, {
		.name = "dropped_sack_keeps_timestamps",
		.x = { .ack_add = 1, .tsval_add = 1, .tsecr_add = 1,
		       .flags = SLC_XL_DROP_SACK | SLC_XL_SACK | SLC_XL_TS },
		.flags = ACK, .new_ack = 1,
		OPTS(TS("\x00\x00\x00\x00", "\x00\x00\x00\x02")
		     "\x01\x01\x05\x0a\x00\x00\x00\x08\x00\x00\x00\x18"),
		.new_opts = TS("\x00\x00\x00\x01", "\x00\x00\x00\x03")
			    "\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01",
	}, {
		.name = "sack_of_odd_length_is_left",
		.x = { .ack_add = 1, .flags = SLC_XL_SACK },
		.flags = ACK, .new_ack = 1,
		OPTS("\x05\x06\x00\x00\x00\x08\x01\x01"),
		.new_opts = "\x05\x06\x00\x00\x00\x08\x01\x01",
	}, {
		.name = "nothing_behind_the_end_of_list",
		.x = { .tsval_add = 1, .tsecr_add = 1, .flags = SLC_XL_TS },
		.flags = ACK,
		OPTS("\x01\x00\x08\x0a\x00\x00\x00\x01\x00\x00\x00\x01"),
		.new_opts = "\x01\x00\x08\x0a\x00\x00\x00\x01\x00\x00\x00\x01",
	}, {
		.name = "nothing_behind_a_malformed_option",
		.x = { .ack_add = 1, .tsval_add = 1, .tsecr_add = 1,
		       .flags = SLC_XL_TS | SLC_XL_SACK },
		.flags = ACK, .new_ack = 1,
		OPTS("\x08\x0a\x00\x00\x00\x01\x00\x00\x00\x01\x02\x01"
		     "\x05\x0a\x00\x00\x00\x08\x00\x00\x00\x18\x05\x0a"),
		.new_opts = "\x08\x0a\x00\x00\x00\x02\x00\x00\x00\x02\x02\x01"
			    "\x05\x0a\x00\x00\x00\x08\x00\x00\x00\x18\x05\x0a",
	},
};

static void xlate_case_desc(const struct xlate_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(xlate, xlate_cases, xlate_case_desc);

static void translates(struct kunit *test)
{
	const struct xlate_case *c = test->param_value;
	unsigned int hlen = 20 + c->opts_len;
	u8 *th = area(test, hlen);

	put_head(th, hlen, c->flags, c->seq, c->ack, c->win);
	if (c->opts_len)
		memcpy(th + 20, c->opts, c->opts_len);
	translate(&c->x, th, hlen);
	KUNIT_EXPECT_EQ(test, get_unaligned_be16(th), SPORT);
	KUNIT_EXPECT_EQ(test, get_unaligned_be16(th + 2), DPORT);
	KUNIT_EXPECT_EQ(test, get_unaligned_be32(th + 4), c->new_seq);
	KUNIT_EXPECT_EQ(test, get_unaligned_be32(th + 8), c->new_ack);
	KUNIT_EXPECT_EQ(test, th[13], c->flags);
	KUNIT_EXPECT_EQ(test, get_unaligned_be16(th + 14), c->new_win);
	if (c->opts_len)
		KUNIT_EXPECT_EQ(test, memcmp(th + 20, c->new_opts, c->opts_len),
				0);
}

/*
 * Random segments. Options come in any order with any padding, so at even and
 * odd offsets; now and then the tail is junk.
 */
static unsigned int put_opts(u64 *seed, u8 *p, unsigned int max)
{
	static const u8 sizes[] = { 10, 10, 18, 26, 34, 1, 1, 4, 2, 10, 6 };
	static const u8 kinds[] = { 8, 5, 5, 5, 5, 1, 1, 2, 30, 8, 254 };
	unsigned int at = 0, i;

	while (at < max) {
		i = rnd_below(seed, ARRAY_SIZE(kinds) + 1);
		if (i == ARRAY_SIZE(kinds) || at + sizes[i] > max)
			break;
		rnd_bytes(seed, p + at, sizes[i]);
		p[at] = kinds[i];
		if (sizes[i] > 1)
			p[at + 1] = sizes[i];
		/* "No echo" is rare by chance, and a rule of its own. */
		if (kinds[i] == 8 && !rnd_below(seed, 4))
			put_unaligned_be32(0, p + at + 6);
		at += sizes[i];
	}
	if (rnd_below(seed, 8))
		memset(p + at, rnd_below(seed, 2), max - at);
	else
		rnd_bytes(seed, p + at, max - at);
	return max;
}

static unsigned int put_random(u64 *seed, u8 *th)
{
	static const u8 flags[] = { ACK, ACK, ACK, ACK | FIN, RST, RST | ACK,
				    SYN, SYN | ACK };
	unsigned int hlen = 20 + 4 * rnd_below(seed, 11);

	rnd_bytes(seed, th, 20);
	th[12] = hlen / 4 << 4 | (th[12] & 0x0f);
	th[13] = flags[rnd_below(seed, ARRAY_SIZE(flags))];
	put_opts(seed, th + 20, hlen - 20);
	return hlen;
}

static void random_xlate(u64 *seed, struct slc_xlate *x)
{
	x->seq_add = rnd_below(seed, 3) ? rnd(seed) : 0;
	x->ack_add = rnd_below(seed, 3) ? rnd(seed) : 0;
	x->tsval_add = rnd(seed);
	x->tsecr_add = rnd(seed);
	x->win_shift = rnd_below(seed, 29) - 14;
	x->flags = rnd_below(seed, 16);
}

/* What xlate.h says, one option after the other, from a list. */
static void ref_translate(const struct slc_xlate *x, u8 *th, unsigned int hlen)
{
	bool ack = th[13] & ACK, bad;
	struct ref_opt list[20];
	unsigned int n, i;

	put_unaligned_be16(SPORT, th);
	put_unaligned_be16(DPORT, th + 2);
	put_unaligned_be32(get_unaligned_be32(th + 4) + x->seq_add, th + 4);
	if (ack)
		put_unaligned_be32(get_unaligned_be32(th + 8) + x->ack_add,
				   th + 8);
	if (!(th[13] & SYN)) {
		u64 win = get_unaligned_be16(th + 14);

		win = (win << 14) * (1 << (x->win_shift + 14)) >> 28;
		put_unaligned_be16(win > 65535 ? 65535 : win, th + 14);
	}
	n = ref_list(th + 20, hlen - 20, list, &bad);
	while (n--) {
		u8 *p = th + 20 + list[n].at, size = list[n].size;
		u32 ecr;

		if (list[n].kind == 8 && x->flags & SLC_XL_DROP_TS) {
			memset(p, 1, size);
		} else if (list[n].kind == 8 && x->flags & SLC_XL_TS &&
			   size == 10) {
			put_unaligned_be32(get_unaligned_be32(p + 2) +
					   x->tsval_add, p + 2);
			ecr = get_unaligned_be32(p + 6);
			put_unaligned_be32(ack && ecr ? ecr + x->tsecr_add : ecr,
					   p + 6);
		}
		if (list[n].kind == 5 && x->flags & SLC_XL_DROP_SACK)
			memset(p, 1, size);
		else if (list[n].kind == 5 && x->flags & SLC_XL_SACK &&
			 size > 2 && size % 8 == 2)
			for (i = 2; i < size; i += 4)
				put_unaligned_be32(get_unaligned_be32(p + i) +
						   x->ack_add, p + i);
	}
}

static void random_segments_match_a_second_translator(struct kunit *test)
{
	u8 *room = area(test, 60);
	u64 seed = 1;
	int n;

	for (n = 0; n < 300000; n++) {
		struct slc_xlate x;
		unsigned int hlen;
		u8 th[60];
		u8 *end;

		random_xlate(&seed, &x);
		hlen = put_random(&seed, th);
		end = room + 60 - hlen;	/* a byte too many is seen */
		memcpy(end, th, hlen);
		translate(&x, end, hlen);
		ref_translate(&x, th, hlen);
		KUNIT_ASSERT_EQ(test, memcmp(end, th, hlen), 0);
	}
}

static void delta_is_the_difference_of_full_sums(struct kunit *test)
{
	u8 *th = area(test, 60);
	u64 seed = 2;
	int n;

	for (n = 0; n < 300000; n++) {
		struct slc_csum delta;
		struct slc_xlate x;
		unsigned int hlen;
		u16 check, error;
		u8 field[2];

		random_xlate(&seed, &x);
		hlen = put_random(&seed, th);
		memcpy(field, th + 16, 2);
		memset(th + 16, 0, 2);
		/* Right once, wrong by @error once. */
		error = n & 1 ? rnd_below(&seed, 0xffff) : 0;
		check = ref_fold((u32)ref_check(ref_sum(0, th, hlen)) + error);
		memcpy(th + 16, field, 2);

		delta = translate(&x, th, hlen);
		/* The check field is the caller's. */
		KUNIT_ASSERT_EQ(test, memcmp(th + 16, field, 2), 0);
		check = ref_host(slc_csum_apply(ref_field(check), &delta));
		memset(th + 16, 0, 2);
		KUNIT_ASSERT_EQ(test, check % 0xffff,
				ref_fold((u32)ref_check(ref_sum(0, th, hlen)) +
					 error) % 0xffff);
	}
}

/* What the parser, which is as Linux's, reads is no more than what was to be, and the
 * rest of the header is what it was; the sum says what changed.
 */
static void mss_is_lowered_to_what_fits(struct kunit *test)
{
	struct slc_tcpopts was, is;
	u8 *th = area(test, 60);
	unsigned int hlen, i;
	u64 seed = 7;
	int n;

	for (n = 0; n < 200000; n++) {
		u16 max = rnd_below(&seed, 0xffff) + 1, check;
		struct slc_csum delta = { };
		u8 old[60];

		hlen = put_random(&seed, th);
		/* often one, anywhere, so that it counts, or once more */
		i = rnd_below(&seed, 40);
		if (n & 3 && i + 4 <= hlen - 20)
			memcpy(th + 20 + i, "\x02\x04\x05\xb4", 4);
		th[13] |= n & 7 ? SYN : 0;
		memset(th + 16, 0, 2);
		memcpy(old, th, sizeof(old));
		check = ref_check(ref_sum(0, th, hlen));
		slc_xlate_mss(th, hlen, max, &delta);
		check = ref_host(slc_csum_apply(ref_field(check), &delta));
		KUNIT_ASSERT_EQ(test, check % 0xffff,
				ref_check(ref_sum(0, th, hlen)) % 0xffff);

		slc_tcpopt_parse(old + 20, hlen - 20, old[13] & SYN, &was);
		slc_tcpopt_parse(th + 20, hlen - 20, th[13] & SYN, &is);
		KUNIT_ASSERT_EQ(test, is.mss, min(was.mss, max));
		was.mss = is.mss;
		KUNIT_ASSERT_TRUE(test, ref_same(&was, &is));
		KUNIT_ASSERT_EQ(test, memcmp(th, old, 20), 0);
		if (!(old[13] & SYN) || max == 0xffff)
			KUNIT_ASSERT_EQ(test, memcmp(th, old, hlen), 0);
	}
}

/* As Linux sends it, and where an odd offset turns its bytes in the sum */
static void mss_of_a_syn(struct kunit *test)
{
	struct slc_csum delta = { };
	u8 *th = area(test, 28);

	put_head(th, 28, SYN, 1, 0, 1000);
	memcpy(th + 20, "\x02\x04\x05\xb4\x01\x02\x04\x05", 8);
	slc_xlate_mss(th, 28, 1400, &delta);
	/* the second one runs past the end */
	KUNIT_EXPECT_EQ(test, memcmp(th + 20, "\x02\x04\x05\x78\x01\x02\x04\x05",
				     8), 0);
	memcpy(th + 20, "\x01\x02\x04\x05\xb4\x01\x01\x00", 8);
	slc_xlate_mss(th, 28, 1400, &delta);
	KUNIT_EXPECT_EQ(test, memcmp(th + 20, "\x01\x02\x04\x05\x78\x01\x01\x00",
				     8), 0);
	/* less is left as it is, and so is what begins no connection */
	slc_xlate_mss(th, 28, 1401, &delta);
	put_head(th, 28, ACK, 1, 0, 1000);
	slc_xlate_mss(th, 28, 536, &delta);
	KUNIT_EXPECT_EQ(test, get_unaligned_be16(th + 23), 1400);
}

static void translation_and_its_inverse_is_identity(struct kunit *test)
{
	u8 *th = area(test, 60);
	u64 seed = 3;
	int n;

	for (n = 0; n < 200000; n++) {
		struct slc_csum delta, back;
		struct slc_xlate x, inv;
		__be16 sport, dport;
		unsigned int hlen;
		u8 orig[60];

		random_xlate(&seed, &x);
		x.win_shift = 0;
		x.flags &= SLC_XL_TS | SLC_XL_SACK;
		hlen = put_random(&seed, th);
		memcpy(orig, th, hlen);
		sport = cpu_to_be16(get_unaligned_be16(th));
		dport = cpu_to_be16(get_unaligned_be16(th + 2));
		inv = ref_inverse(&x);
		delta = translate(&x, th, hlen);
		back = slc_xlate_tcp(&inv, th, hlen, sport, dport);
		slc_csum_merge(&delta, &back);
		KUNIT_ASSERT_EQ(test, memcmp(orig, th, hlen), 0);
		/* And so the difference of it all is none. */
		KUNIT_ASSERT_EQ(test, slc_csum_fold(delta.sum) % 0xffff, 0);
	}
}

static void quoted_header_gets_its_old_ports_and_number(struct kunit *test)
{
	const struct slc_xlate x = { .seq_add = 0xfffffff0, .ack_add = 99 };
	u8 *th = area(test, 20), *quote = area(test, 8);
	struct slc_csum there = { 0 };
	u16 from, to;

	put_head(th, 20, ACK, 5, 6, 7);
	translate(&x, th, 20);
	memcpy(quote, th, 8);
	slc_xlate_seq_inverse(&x, quote, cpu_to_be16(1111), cpu_to_be16(2222),
			      &there);
	KUNIT_EXPECT_EQ(test, get_unaligned_be16(quote), 1111);
	KUNIT_EXPECT_EQ(test, get_unaligned_be16(quote + 2), 2222);
	KUNIT_EXPECT_EQ(test, get_unaligned_be32(quote + 4), 5U);
	from = ref_check(ref_sum(0, th, 8));
	to = ref_check(ref_sum(0, quote, 8));
	KUNIT_EXPECT_EQ(test, to,
			ref_host(slc_csum_apply(ref_field(from), &there)));
}

static void header_that_lies_about_its_length_is_untouched(struct kunit *test)
{
	const struct slc_xlate x = { .seq_add = 1, .flags = 0x0f };
	unsigned int doff, hlen;
	u8 orig[60];

	for (doff = 0; doff < 16; doff++)
		for (hlen = 13; hlen <= 60; hlen++) {
			struct slc_csum delta;
			u8 *th = orig;

			memset(orig, 0x55, sizeof(orig));
			orig[12] = doff << 4;
			delta = translate(&x, th, hlen);
			if (doff >= 5 && hlen == doff * 4) {
				KUNIT_ASSERT_EQ(test,
						get_unaligned_be32(th + 4),
						0x55555556U);
				continue;
			}
			KUNIT_ASSERT_EQ(test, delta.sum, 0ULL);
			KUNIT_ASSERT_EQ(test, get_unaligned_be32(th),
					0x55555555U);
			KUNIT_ASSERT_EQ(test, get_unaligned_be32(th + 4),
					0x55555555U);
		}
}

/* In bytes: never more than was promised, and less than one unit is lost. */
static void window_never_promises_more(struct kunit *test)
{
	u32 raw, step;
	int from, to;

	for (from = 0; from <= 14; from++)
		for (to = 0; to <= 14; to++)
			for (raw = 0; raw <= 0xffff; raw += step) {
				u32 offered = raw << from;
				u32 told = slc_win_scale(raw, from - to) << to;

				step = raw < 300 || raw > 65200 ? 1 : 37;
				KUNIT_ASSERT_LE(test, told, offered);
				if (told != 65535U << to)
					KUNIT_ASSERT_LT(test, offered - told,
							1U << to);
			}
}

static void sequence_comparison_wraps(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, slc_seq_before(1, 2));
	KUNIT_EXPECT_FALSE(test, slc_seq_before(2, 2));
	KUNIT_EXPECT_TRUE(test, slc_seq_before(0xffffffff, 0));
	KUNIT_EXPECT_TRUE(test, slc_seq_after(0x7fffffff, 0));
	KUNIT_EXPECT_TRUE(test, slc_seq_after(5, 0xfffffff0));
	KUNIT_EXPECT_FALSE(test, slc_seq_after(0xfffffff0, 5));
}

/* Initial numbers of both legs at all distances from the wrap. */
static void spliced_legs_agree_across_the_wrap(struct kunit *test)
{
	static const u32 isns[] = { 0, 1, 0x7fffffff, 0x80000000, 0xfffffff0,
				    0xffffffff };
	unsigned int i, j, k;
	u8 *th = area(test, 32);

	for (i = 0; i < 6; i++)
		for (j = 0; j < 6; j++)
			for (k = 0; k < 64; k++) {
				u32 d = isns[i] - isns[j];
				const struct slc_xlate in = {
					.ack_add = -d, .flags = SLC_XL_SACK,
				}, out = { .seq_add = d };
				/* The server's k-th byte goes out... */
				put_head(th, 20, ACK, isns[j] + k, 0, 0);
				translate(&out, th, 20);
				KUNIT_ASSERT_EQ(test,
						get_unaligned_be32(th + 4),
						isns[i] + k);
				/* ...and is acknowledged. */
				put_head(th, 32, ACK, 0, isns[i] + k, 0);
				memcpy(th + 20, "\x01\x01\x05\x0a", 4);
				put_unaligned_be32(isns[i] + k, th + 24);
				put_unaligned_be32(isns[i] + k + 9, th + 28);
				translate(&in, th, 32);
				KUNIT_ASSERT_EQ(test,
						get_unaligned_be32(th + 8),
						isns[j] + k);
				KUNIT_ASSERT_EQ(test,
						get_unaligned_be32(th + 24),
						isns[j] + k);
				KUNIT_ASSERT_EQ(test,
						get_unaligned_be32(th + 28),
						isns[j] + k + 9);
			}
}

static struct kunit_case xlate_test_cases[] = {
	KUNIT_CASE_PARAM(translates, xlate_gen_params),
	KUNIT_CASE(random_segments_match_a_second_translator),
	KUNIT_CASE(delta_is_the_difference_of_full_sums),
	KUNIT_CASE(mss_is_lowered_to_what_fits),
	KUNIT_CASE(mss_of_a_syn),
	KUNIT_CASE(translation_and_its_inverse_is_identity),
	KUNIT_CASE(quoted_header_gets_its_old_ports_and_number),
	KUNIT_CASE(header_that_lies_about_its_length_is_untouched),
	KUNIT_CASE(window_never_promises_more),
	KUNIT_CASE(sequence_comparison_wraps),
	KUNIT_CASE(spliced_legs_agree_across_the_wrap),
	{}
};

static struct kunit_suite xlate_suite = {
	.name = "slc_xlate",
	.test_cases = xlate_test_cases,
};

kunit_test_suite(xlate_suite);
