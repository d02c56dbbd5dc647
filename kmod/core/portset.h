/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A set of ports that are in use, which finds a free one in a fixed number of
 * steps however many are: words of bits, and above them bits that say which
 * words are full.
 *
 * Free ports are taken in turn, so that one that was given back is used again as
 * late as may be: its last peer may still remember the connection.
 *
 * Locking: none here; the owner of a struct slc_portset serialises.
 */
#ifndef SLC_CORE_PORTSET_H
#define SLC_CORE_PORTSET_H

#include "base.h"

#define SLC_PORTSET_FIRST	1024	/* those below are for servers */
#define SLC_PORTSET_N		(65536 - SLC_PORTSET_FIRST)
#define SLC_PORTSET_WORDS	(SLC_PORTSET_N / 64)
#define SLC_PORTSET_TOPS	DIV_ROUND_UP(SLC_PORTSET_WORDS, 64)

static_assert(SLC_PORTSET_N % 64 == 0 && SLC_PORTSET_TOPS <= 64);

/**
 * struct slc_portset - Ports in use
 * @full: which of @top are full
 * @top: which of @word are full
 * @next: offset of the port to be tried first
 * @used: how many are in use
 * @word: which ports are in use, from SLC_PORTSET_FIRST on; SLC_PORTSET_WORDS of
 *        them, zero to begin with, owned by whoever owns the set
 *
 * Bits beyond the last word are set: there is nothing to be had there.
 */
struct slc_portset {
	u64 full;
	u64 top[SLC_PORTSET_TOPS];
	u32 next;
	u32 used;
	u64 *word;
};

/**
 * slc_portset_init() - Begin with all ports free.
 * @set:  the set
 * @word: room for SLC_PORTSET_WORDS words, zeroed
 * @seed: where to begin: any number
 *
 * Context: Any. Pure.
 */
void slc_portset_init(struct slc_portset *set, u64 *word, u32 seed);

/**
 * slc_portset_take() - Take the next free port.
 * @set: the set
 *
 * Context: Any. Pure.
 * Return: the port, host byte order, 0 if all are in use.
 */
u16 slc_portset_take(struct slc_portset *set);

/**
 * slc_portset_give() - Give a port back.
 * @set:  the set
 * @port: taken before, host byte order
 *
 * Context: Any. Pure.
 */
void slc_portset_give(struct slc_portset *set, u16 port);

#endif /* SLC_CORE_PORTSET_H */
