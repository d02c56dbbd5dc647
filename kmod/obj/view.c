// SPDX-License-Identifier: GPL-2.0
/* What packets see of the services: order and search. */
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include "obj/view.h"

struct slc_service_view *slc_view_alloc(unsigned int n)
{
	struct slc_service_view *view;

	view = kvzalloc(struct_size(view, entry, n), GFP_KERNEL_ACCOUNT);
	return view;
}

/* Order of @e and a key; 0 if the key's port lies within @e's range. */
static int entry_cmp(const struct slc_view_entry *e, bool any, u8 proto,
		     const struct slc_addr *addr, u16 port)
{
	int diff;

	if (e->any != any)
		return e->any ? 1 : -1;
	if (e->proto != proto)
		return e->proto < proto ? -1 : 1;
	diff = any ? 0 : slc_addr_cmp(&e->addr, addr);
	if (diff)
		return diff;
	if (e->port_hi < port)
		return -1;
	return e->port_lo > port;
}

/* Index of the first entry that is not below the key. */
static unsigned int search(const struct slc_service_view *view, bool any,
			   u8 proto, const struct slc_addr *addr, u16 port)
{
	unsigned int lo = 0, hi = view->n;

	while (lo < hi) {
		unsigned int mid = lo + (hi - lo) / 2;

		if (entry_cmp(&view->entry[mid], any, proto, addr, port) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct slc_service *slc_view_add(struct slc_service_view *view,
				 const struct slc_view_entry *entry)
{
	struct slc_view_entry *e;
	unsigned int i;

	i = search(view, entry->any, entry->proto, &entry->addr,
		   entry->port_lo);
	e = &view->entry[i];
	/* No other than the first that ends at or after our first port. */
	if (i < view->n && e->port_lo <= entry->port_hi &&
	    !entry_cmp(e, entry->any, entry->proto, &entry->addr,
		       max(e->port_lo, entry->port_lo)))
		return e->service;
	memmove(e + 1, e, (view->n - i) * sizeof(*e));
	*e = *entry;
	view->n++;
	bitmap_set(view->ports, entry->port_lo,
		   entry->port_hi - entry->port_lo + 1);
	return NULL;
}

struct slc_service *slc_view_find(const struct slc_service_view *view,
				  u8 proto, const struct slc_addr *addr,
				  u16 port)
{
	unsigned int i;
	int any;

	for (any = 0; any <= 1; any++) {
		i = search(view, any, proto, addr, port);
		if (i < view->n &&
		    !entry_cmp(&view->entry[i], any, proto, addr, port))
			return view->entry[i].service;
	}
	return NULL;
}
