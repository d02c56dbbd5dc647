// SPDX-License-Identifier: GPL-2.0
/*
 * Prefix tables. Input: the number of prefixes, then seventeen bytes for each,
 * then addresses to look up. The table must agree with asking each prefix, for
 * those addresses and for the edges of every prefix, and be sorted.
 *
 * FUZZ_MAX_LEN 320
 */
#include "core/prefix.c"
#include "check.h"

#define MAX_PREFIXES	12

static bool holds(const struct slc_prefix *p, const u8 *ip)
{
	unsigned int bytes = p->plen / 8, bits = p->plen % 8;

	return !memcmp(ip, p->addr.b, bytes) &&
	       (!bits || (ip[bytes] ^ p->addr.b[bytes]) >> (8 - bits) == 0);
}

static void ask(const struct slc_prefix_table *t, const struct slc_prefix *p,
		unsigned int n, const u8 *ip)
{
	struct slc_addr a = slc_addr_from_bytes(ip);
	bool want = false;
	unsigned int i;

	for (i = 0; i < n; i++)
		want |= holds(&p[i], ip);
	CHECK(slc_prefix_match(t, &a) == want);
}

/* The first and last address of a prefix, and those beside them. */
static void ask_edges(const struct slc_prefix_table *t,
		      const struct slc_prefix *p, unsigned int n,
		      unsigned int which)
{
	u8 low[16], high[16];
	unsigned int i;
	int k;

	memcpy(low, p[which].addr.b, 16);
	memcpy(high, low, 16);
	for (i = p[which].plen; i < 128; i++) {
		low[i / 8] &= ~(0x80 >> i % 8);
		high[i / 8] |= 0x80 >> i % 8;
	}
	ask(t, p, n, low);
	ask(t, p, n, high);
	for (k = 15; k >= 0 && low[k]-- == 0; k--)
		;
	for (k = 15; k >= 0 && ++high[k] == 0; k--)
		;
	ask(t, p, n, low);
	ask(t, p, n, high);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct slc_prefix p[MAX_PREFIXES] = {};
	struct slc_prefix_table *t;
	unsigned int n, i;
	bool valid = true;
	int ret;

	if (!size)
		return 0;
	n = *data++ % (MAX_PREFIXES + 1);
	for (size--, i = 0; i < n; i++) {
		if (size < 17) {
			n = i;
			break;
		}
		memcpy(p[i].addr.b, data, 16);
		p[i].plen = data[16];
		/* few inputs would have none above 128 */
		if (p[i].plen > 140)
			p[i].plen %= 129;
		valid &= p[i].plen <= 128;
		data += 17;
		size -= 17;
	}
	t = malloc(slc_prefix_table_size(n));
	CHECK(t);
	ret = slc_prefix_build(t, p, n);
	CHECK(ret == (valid ? 0 : -EINVAL));
	if (!valid) {
		CHECK(!t->n);
		free(t);
		return 0;
	}
	CHECK(t->n <= n && !t->n == !n);
	for (i = 0; i < t->n; i++) {
		CHECK(slc_addr_cmp(&t->range[i].first, &t->range[i].last) <= 0);
		if (i)
			CHECK(slc_addr_cmp(&t->range[i - 1].last, &t->range[i].first) < 0);
	}
	for (i = 0; i < n; i++)
		ask_edges(t, p, n, i);
	for (; size >= 16; data += 16, size -= 16)
		ask(t, p, n, data);
	free(t);
	return 0;
}
