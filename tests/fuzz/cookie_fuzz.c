// SPDX-License-Identifier: GPL-2.0
/*
 * SYN cookies. Input, zeros where it ends early: a tuple (36 bytes), the
 * client's initial number (4), the counter (4), MSS (2), flags with the window
 * shift (2); then what is done to the ACK: age (1), whether it has timestamps
 * (1), and bytes to exclusive-or into tuple, sequence number, acknowledgment
 * number and echo (48).
 *
 * An ACK is taken if, and only if, slc_cookie_make() could have led to it, which
 * it can if nothing was changed and it is in time; then it says what was vouched
 * for. That two MACs fit another tuple or number by chance is not expected in
 * 2^55 runs.
 */
#include "core/cookie.c"

#define SYN_LEN	48
#define FUZZ_MAX_LEN 98

static const struct slc_cookie_keys keys = {
	.isn = { { 0x0706050403020100ULL, 0x0f0e0d0c0b0a0908ULL } },
	.ts = { { 0x1716151413121110ULL, 0x1f1e1d1c1b1a1918ULL } },
};

static void get_tuple(const u8 *p, struct slc_tuple *t)
{
	memset(t, 0, sizeof(*t));
	memcpy(&t->src, p, 16);
	memcpy(&t->dst, p + 16, 16);
	memcpy(&t->sport, p + 32, 2);
	memcpy(&t->dport, p + 34, 2);
	t->family = slc_addr_family(&t->src);
	t->proto = IPPROTO_TCP;
}

/* Is there a SYN whose answer this client would return? */
static bool could_be(const struct slc_tuple *t, u32 seq,
		     const struct slc_cookie *echo, u32 now, bool has_ts)
{
	static const u16 mss[2][SLC_COOKIE_MSS_STEPS] = {
		{ 536, 1360, 1460, 8960 }, { 1220, 1360, 1440, 8940 },
	};
	bool v6 = t->family == SLC_FAMILY_IPV6;
	u32 i;

	for (i = 0; i < 2 * SLC_COOKIE_MSS_STEPS; i++) {
		struct slc_cookie_opts o = {
			.mss = mss[v6][i / 2],
			.has_ts = has_ts,
			.wscale = echo->tsval & 15,
			.has_wscale = (echo->tsval & 15) != 15,
			.has_sack = echo->tsval & 16,
			.has_ecn = echo->tsval & 32,
		};
		struct slc_cookie c;

		if (slc_cookie_make(&keys, t, seq, now - i % 2, &o, &c) &&
		    c.isn == echo->isn && (!has_ts || c.tsval == echo->tsval))
			return true;
	}
	return false;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	u8 in[FUZZ_MAX_LEN] = { 0 }, *x = in + SYN_LEN;
	struct slc_cookie_opts wish, made, got;
	bool same, same_syn, has_ts, taken;
	u32 client_isn, count, age, seq, i;
	struct slc_cookie c, echo;
	struct slc_tuple syn, ack;

	if (size > sizeof(in))
		return -1;
	if (size)
		memcpy(in, data, size);
	get_tuple(in, &syn);
	client_isn = get_unaligned_be32(in + 36);
	count = get_unaligned_be32(in + 40);
	wish = (struct slc_cookie_opts){
		.mss = get_unaligned_be16(in + 44),
		.has_ts = in[46] & 1,
		.has_sack = in[46] & 2,
		.has_ecn = in[46] & 4,
		.has_wscale = in[47] % 16 < 15,
	};
	wish.wscale = wish.has_wscale ? in[47] % 16 : 0;
	made = wish;
	if (!slc_cookie_make(&keys, &syn, client_isn, count, &made, &c))
		return 0;
	if (made.mss > wish.mss || made.wscale > wish.wscale ||
	    made.has_sack > wish.has_sack || made.has_ecn > wish.has_ecn ||
	    made.has_wscale > wish.has_wscale || made.has_ts != wish.has_ts)
		abort();

	age = (s8)x[0] / 16;
	has_ts = x[1] & 0x80 ? !wish.has_ts : wish.has_ts;
	x += 2;
	for (i = 0; i < 36; i++)
		in[i] ^= x[i];
	get_tuple(in, &ack);
	seq = client_isn ^ get_unaligned_be32(x + 36);
	echo.isn = c.isn ^ get_unaligned_be32(x + 40);
	echo.tsval = c.tsval ^ get_unaligned_be32(x + 44);

	memset(&got, 0, sizeof(got));
	got.has_ts = has_ts;
	taken = slc_cookie_check(&keys, &ack, seq, &echo, count + age, 0, &got);
	if (taken != could_be(&ack, seq, &echo, count + age, has_ts))
		abort();

	same_syn = slc_tuple_eq(&syn, &ack) && seq == client_isn &&
		   has_ts == wish.has_ts;
	same = same_syn && echo.isn == c.isn && age < 2 &&
	       (!has_ts || echo.tsval == c.tsval);
	if ((same && !taken) || (taken && has_ts && !same_syn))
		abort();
	if (same && (got.mss != made.mss || got.wscale != made.wscale ||
		     got.has_wscale != made.has_wscale ||
		     got.has_sack != made.has_sack ||
		     got.has_ecn != made.has_ecn))
		abort();
	return 0;
}
