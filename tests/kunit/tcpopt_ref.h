/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A second reader of TCP options, for tests to hold the first against. It
 * turns the bytes into a list before it looks at any of them, and knows the
 * rules from tcpopt.h's words only.
 */
#ifndef SLC_TEST_TCPOPT_REF_H
#define SLC_TEST_TCPOPT_REF_H

#include "core/tcpopt.h"

struct ref_opt {
	u8 kind;
	u8 at;
	u8 size;
};

/* Return: number of options, at most 20 in 40 bytes; *@bad if the tail is. */
static inline unsigned int ref_list(const u8 *p, unsigned int len,
				    struct ref_opt list[20], bool *bad)
{
	unsigned int at, n = 0;

	*bad = false;
	for (at = 0; at < len; at += list[n++].size) {
		while (at < len && p[at] == 1)
			at++;
		if (at == len || !p[at])
			break;
		*bad = at + 1 >= len || p[at + 1] < 2 || at + p[at + 1] > len;
		if (*bad)
			break;
		list[n].kind = p[at];
		list[n].at = at;
		list[n].size = p[at + 1];
	}
	return n;
}

/* The last option of a kind with one of the sizes in @sizes (a bit mask). */
static inline const struct ref_opt *ref_last(const struct ref_opt *list,
					     unsigned int n, u8 kind,
					     u64 sizes)
{
	while (n--)
		if (list[n].kind == kind && sizes >> list[n].size & 1)
			return &list[n];
	return NULL;
}

static inline void ref_parse(const u8 *p, unsigned int len, bool syn,
			     struct slc_tcpopts *o)
{
	const struct ref_opt *f;
	struct ref_opt list[20];
	unsigned int n, i;
	bool bad;

	memset(o, 0, sizeof(*o));
	n = ref_list(p, len, list, &bad);
	for (i = 0; syn && i < n; i++)
		if (list[i].kind == 2 && list[i].size == 4 &&
		    (p[list[i].at + 2] || p[list[i].at + 3]))
			o->mss = p[list[i].at + 2] << 8 | p[list[i].at + 3];
	f = ref_last(list, n, 3, 1 << 3);
	if (syn && f) {
		o->has_wscale = true;
		o->wscale = p[f->at + 2] > 14 ? 14 : p[f->at + 2];
	}
	o->sack_perm = syn && ref_last(list, n, 4, 1 << 2);
	f = ref_last(list, n, 8, 1 << 10);
	if (f) {
		o->has_ts = true;
		for (i = 0; i < 4; i++) {
			o->tsval = o->tsval << 8 | p[f->at + 2 + i];
			o->tsecr = o->tsecr << 8 | p[f->at + 6 + i];
		}
	}
}

/* Not memcmp(): there may be holes. */
static inline bool ref_same(const struct slc_tcpopts *a,
			    const struct slc_tcpopts *b)
{
	return a->tsval == b->tsval && a->tsecr == b->tsecr &&
	       a->mss == b->mss && a->wscale == b->wscale &&
	       a->has_wscale == b->has_wscale &&
	       a->sack_perm == b->sack_perm && a->has_ts == b->has_ts;
}

#endif /* SLC_TEST_TCPOPT_REF_H */
