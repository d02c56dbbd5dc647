// SPDX-License-Identifier: GPL-2.0
/* SYN cookies. See cookie.h for what is bound to what. */

#include "cookie.h"

#define ISN_COUNT_SHIFT	31
#define ISN_STEP_SHIFT	29
#define ISN_STEP_MASK	(SLC_COOKIE_MSS_STEPS - 1)
#define ISN_MAC_MASK	((1U << ISN_STEP_SHIFT) - 1)

#define TS_MAC_SHIFT	6
#define TS_DATA_MASK	((1U << TS_MAC_SHIFT) - 1)
#define TS_WSCALE_MASK	0x0f
#define TS_WSCALE_NONE	0x0f
#define TS_SACK		0x10
#define TS_ECN		0x20

/*
 * The steps: what the RFCs demand; what is left in common tunnels; Ethernet;
 * jumbo frames.
 */
static const u16 mss_v4[SLC_COOKIE_MSS_STEPS] = { 536, 1360, 1460, 8960 };
static const u16 mss_v6[SLC_COOKIE_MSS_STEPS] = { 1220, 1360, 1440, 8940 };

/* What the MACs cover; no holes, as it is hashed as it lies in memory. */
struct bound {
	struct slc_tuple tuple;
	u32 client_isn;
	u32 count;
	u8 step;
	u8 has_ts;
	u8 data;	/* 0 for the sequence number */
	u8 pad[5];
};

static_assert(sizeof(struct bound) == sizeof(struct slc_tuple) + 16,
	      "no holes");

static const u16 *mss_table(const struct slc_tuple *tuple)
{
	return tuple->family == SLC_FAMILY_IPV6 ? mss_v6 : mss_v4;
}

static u32 make_isn(const struct slc_cookie_keys *keys, const struct bound *b)
{
	u32 mac = siphash(b, sizeof(*b), &keys->isn);

	return b->count << ISN_COUNT_SHIFT | (u32)b->step << ISN_STEP_SHIFT |
	       (mac & ISN_MAC_MASK);
}

/* To be called with @b as make_isn() saw it. */
static u32 make_tsval(const struct slc_cookie_keys *keys, struct bound *b,
		      u8 data)
{
	u32 mac;

	b->data = data;
	mac = siphash(b, sizeof(*b), &keys->ts);
	return mac << TS_MAC_SHIFT | data;
}

static u8 pack(const struct slc_cookie_opts *opts)
{
	return (opts->has_wscale ? opts->wscale : TS_WSCALE_NONE) |
	       (opts->has_sack ? TS_SACK : 0) | (opts->has_ecn ? TS_ECN : 0);
}

static void unpack(u8 data, struct slc_cookie_opts *opts)
{
	opts->wscale = data & TS_WSCALE_MASK;
	opts->has_wscale = opts->wscale != TS_WSCALE_NONE;
	if (!opts->has_wscale)
		opts->wscale = 0;
	opts->has_sack = data & TS_SACK;
	opts->has_ecn = data & TS_ECN;
}

bool slc_cookie_make(const struct slc_cookie_keys *keys,
		     const struct slc_tuple *tuple, u32 client_isn, u32 count,
		     struct slc_cookie_opts *opts, struct slc_cookie *cookie)
{
	struct bound b = {
		.tuple = *tuple,
		.client_isn = client_isn,
		.count = count,
		.step = SLC_COOKIE_MSS_STEPS,
		.has_ts = opts->has_ts,
	};
	const u16 *mss = mss_table(tuple);

	do {
		if (!b.step)
			return false;
		b.step--;
	} while (opts->mss < mss[b.step]);

	cookie->isn = make_isn(keys, &b);
	cookie->tsval = 0;
	if (opts->has_ts)
		cookie->tsval = make_tsval(keys, &b, pack(opts));
	else
		unpack(TS_WSCALE_NONE, opts);
	opts->mss = mss[b.step];
	return true;
}

bool slc_cookie_check(const struct slc_cookie_keys *keys,
		      const struct slc_tuple *tuple, u32 client_isn,
		      const struct slc_cookie *cookie, u32 count, u16 min_mss,
		      struct slc_cookie_opts *opts)
{
	u32 isn = cookie->isn;
	u8 data = TS_WSCALE_NONE;
	struct bound b = {
		.tuple = *tuple,
		.client_isn = client_isn,
		.count = count,
		.step = isn >> ISN_STEP_SHIFT & ISN_STEP_MASK,
		.has_ts = opts->has_ts,
	};
	u16 mss = mss_table(tuple)[b.step];

	if ((count ^ isn >> ISN_COUNT_SHIFT) & 1)
		b.count--;

	if (mss < min_mss || make_isn(keys, &b) != isn)
		return false;
	if (opts->has_ts) {
		data = cookie->tsval & TS_DATA_MASK;
		if (make_tsval(keys, &b, data) != cookie->tsval)
			return false;
	}

	opts->mss = mss;
	unpack(data, opts);
	return true;
}

u32 slc_isn(const siphash_key_t *key, const struct slc_tuple *tuple, u32 clock)
{
	return slc_tuple_hash(tuple, key) + clock;
}

u32 slc_ts_offset(const siphash_key_t *key, const struct slc_tuple *tuple)
{
	return slc_tuple_hash(tuple, key);
}
