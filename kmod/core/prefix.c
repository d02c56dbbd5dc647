// SPDX-License-Identifier: GPL-2.0
/* Sets of addresses: prefixes in, disjoint ranges out. */
#include "prefix.h"

/**
 * slc_prefix_table_size() - Memory for a table of at most so many ranges.
 * @n: prefixes that slc_prefix_build() will be given
 *
 * Return: bytes.
 */
size_t slc_prefix_table_size(unsigned int n)
{
	struct slc_prefix_table *t = NULL;

	return struct_size(t, range, n);
}

static void range_of(struct slc_prefix_range *r, const struct slc_prefix *p)
{
	unsigned int i;

	for (i = 0; i < sizeof(p->addr.b); i++) {
		unsigned int bits = clamp_t(int, p->plen - 8 * (int)i, 0, 8);
		u8 host = 0xff >> bits;

		r->first.b[i] = p->addr.b[i] & ~host;
		r->last.b[i] = p->addr.b[i] | host;
	}
}

static int range_cmp(const void *a, const void *b)
{
	const struct slc_prefix_range *ra = a, *rb = b;

	return slc_addr_cmp(&ra->first, &rb->first);
}

/* Whether @b begins inside @a or right behind it; it does not begin before. */
static bool range_touches(const struct slc_prefix_range *a,
			  const struct slc_prefix_range *b)
{
	struct slc_addr next = a->last;
	int i;

	for (i = sizeof(next.b) - 1; i >= 0; i--)
		if (++next.b[i])
			break;
	/* past the last address of all there is nothing */
	return i < 0 || slc_addr_cmp(&b->first, &next) <= 0;
}

/**
 * slc_prefix_build() - Make a table of prefixes.
 * @t: memory of slc_prefix_table_size(@n) bytes, filled in
 * @p: prefixes in any order; they may overlap, bits beyond the length are
 *     ignored
 * @n: how many; none makes a table that matches nothing
 *
 * Context: Any. Pure.
 * Return: 0, or -EINVAL if a length is above 128.
 */
int slc_prefix_build(struct slc_prefix_table *t, const struct slc_prefix *p,
		     unsigned int n)
{
	unsigned int i, last = 0;

	t->n = 0;
	for (i = 0; i < n; i++) {
		if (p[i].plen > 128)
			return -EINVAL;
		range_of(&t->range[i], &p[i]);
	}
	if (!n)
		return 0;
	sort(t->range, n, sizeof(t->range[0]), range_cmp, NULL);
	for (i = 1; i < n; i++) {
		if (!range_touches(&t->range[last], &t->range[i]))
			t->range[++last] = t->range[i];
		else if (slc_addr_cmp(&t->range[i].last,
				      &t->range[last].last) > 0)
			t->range[last].last = t->range[i].last;
	}
	t->n = last + 1;
	return 0;
}

/**
 * slc_prefix_match() - Whether an address is in a set.
 * @t: the set
 * @a: the address
 *
 * Context: Any. Pure; time logarithmic in the number of ranges.
 * Return: true if one of the prefixes holds it.
 */
bool slc_prefix_match(const struct slc_prefix_table *t,
		      const struct slc_addr *a)
{
	unsigned int lo = 0, hi = t->n;

	while (lo < hi) {
		unsigned int mid = lo + (hi - lo) / 2;

		if (slc_addr_cmp(a, &t->range[mid].first) < 0)
			hi = mid;
		else if (slc_addr_cmp(a, &t->range[mid].last) > 0)
			lo = mid + 1;
		else
			return true;
	}
	return false;
}
