/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sets of addresses given as prefixes: an immutable sorted table of disjoint
 * ranges, built once by the control plane and searched by the packet path.
 *
 * Owns merging and search. Memory is the caller's, and so is publishing it.
 *
 * Locking: none. A table never changes after slc_prefix_build().
 */
#ifndef SLC_CORE_PREFIX_H
#define SLC_CORE_PREFIX_H

#include "addr.h"

/**
 * struct slc_prefix - A prefix of either family.
 * @addr: any address in it
 * @plen: leading bits that count, 0 to 128. IPv4 prefixes lie in
 *	  ::ffff:0:0/96, so 10.0.0.0/8 has 104. ::/0 is every address of both
 *	  families, and ::/1 to ::/80 hold all of IPv4 too.
 */
struct slc_prefix {
	struct slc_addr	addr;
	u8		plen;
};

/**
 * struct slc_prefix_range - Addresses from one to another, both included.
 * @first: the lowest
 * @last:  the highest
 */
struct slc_prefix_range {
	struct slc_addr	first;
	struct slc_addr	last;
};

/**
 * struct slc_prefix_table - A set of addresses.
 * @n:	   how many ranges
 * @range: ascending, disjoint, not even touching
 */
struct slc_prefix_table {
	unsigned int		n;
	struct slc_prefix_range	range[];
};

size_t slc_prefix_table_size(unsigned int n);
int slc_prefix_build(struct slc_prefix_table *t, const struct slc_prefix *p,
		     unsigned int n);
bool slc_prefix_match(const struct slc_prefix_table *t,
		      const struct slc_addr *a);

#endif /* SLC_CORE_PREFIX_H */
