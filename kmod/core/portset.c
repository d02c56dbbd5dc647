// SPDX-License-Identifier: GPL-2.0
/* Ports in use. See portset.h. */

#include "portset.h"

void slc_portset_init(struct slc_portset *set, u64 *word, u32 seed)
{
	unsigned int i;

	*set = (struct slc_portset) {
		.word = word,
		.next = seed % SLC_PORTSET_N,
	};
	for (i = SLC_PORTSET_WORDS; i < SLC_PORTSET_TOPS * 64; i++)
		set->top[i / 64] |= BIT_ULL(i % 64);
	for (i = SLC_PORTSET_TOPS; i < 64; i++)
		set->full |= BIT_ULL(i);
}

/* The lowest zero bit of @bits that is not below @from, or -1. */
static int zero_from(u64 bits, unsigned int from)
{
	u64 zeros = from < 64 ? ~bits & (~0ULL << from) : 0;

	return zeros ? __builtin_ctzll(zeros) : -1;
}

/* The first free port that is not below an offset, or -1. */
static int find_from(const struct slc_portset *set, unsigned int at)
{
	unsigned int word = at / 64;
	int bit, top;

	bit = zero_from(set->word[word], at % 64);
	if (bit >= 0)
		return word * 64 + bit;
	bit = zero_from(set->top[word / 64], word % 64 + 1);
	if (bit < 0) {
		top = zero_from(set->full, word / 64 + 1);
		if (top < 0)
			return -1;
		bit = zero_from(set->top[top], 0);
		word = top * 64;
	}
	word = word / 64 * 64 + bit;
	return word * 64 + zero_from(set->word[word], 0);
}

u16 slc_portset_take(struct slc_portset *set)
{
	int at = find_from(set, set->next);
	unsigned int word;

	if (at < 0)
		at = find_from(set, 0);
	if (at < 0)
		return 0;
	word = at / 64;
	set->word[word] |= BIT_ULL(at % 64);
	if (!~set->word[word]) {
		set->top[word / 64] |= BIT_ULL(word % 64);
		if (!~set->top[word / 64])
			set->full |= BIT_ULL(word / 64);
	}
	set->next = (at + 1) % SLC_PORTSET_N;
	set->used++;
	return SLC_PORTSET_FIRST + at;
}

void slc_portset_give(struct slc_portset *set, u16 port)
{
	unsigned int at = port - SLC_PORTSET_FIRST;
	unsigned int word = at / 64;

	set->word[word] &= ~BIT_ULL(at % 64);
	set->top[word / 64] &= ~BIT_ULL(word % 64);
	set->full &= ~BIT_ULL(word / 64);
	set->used--;
}
