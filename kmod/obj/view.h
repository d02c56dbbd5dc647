/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What packets see of the services: an immutable array, and a bitmap of the
 * ports that matter. Made anew with every change and swapped by RCU.
 *
 * Owns order, overlap and search. Does not hold references or publish.
 *
 * Locking: none; a view never changes.
 */
#ifndef SLC_OBJ_VIEW_H
#define SLC_OBJ_VIEW_H

#include <linux/bitmap.h>
#include <linux/rcupdate.h>
#include "core/addr.h"

struct slc_service;

/**
 * struct slc_view_entry - where a service is found
 * @service: the service
 * @addr: its address, all zero for any
 * @port_lo: first port, host byte order
 * @port_hi: last port
 * @proto: IPPROTO_*
 * @any: no address: found after those that have one
 */
struct slc_view_entry {
	struct slc_service *service;
	struct slc_addr addr;
	u16 port_lo;
	u16 port_hi;
	u8 proto;
	bool any;
};

/**
 * struct slc_service_view - all services of a namespace
 * @rcu: frees it after the last reader
 * @ports: ports of services and ports that they deliver to
 * @n: entries in @entry
 * @entry: ascending by @any, protocol, address, port; no two overlap
 */
struct slc_service_view {
	struct rcu_head rcu;
	DECLARE_BITMAP(ports, U16_MAX + 1);
	unsigned int n;
	struct slc_view_entry entry[];
};

/**
 * slc_view_alloc() - Make an empty view.
 * @n: room for so many services
 *
 * Context: Process.
 * Return: the view, to be freed by kvfree() or kvfree_rcu(), or NULL.
 */
struct slc_service_view *slc_view_alloc(unsigned int n);

/**
 * slc_view_add() - Put a service into a view that is not yet published.
 * @view: has room for it
 * @entry: where it is found; copied
 *
 * Context: Any.
 * Return: NULL, or the service that has some of its addresses and ports.
 */
struct slc_service *slc_view_add(struct slc_service_view *view,
				 const struct slc_view_entry *entry);

/**
 * slc_view_find() - The service at an address.
 * @view: the view
 * @proto: IPPROTO_*
 * @addr: the address
 * @port: host byte order
 *
 * Context: Any, RCU held for @view.
 * Return: the service, one with this very address if there is one, or NULL.
 */
struct slc_service *slc_view_find(const struct slc_service_view *view,
				  u8 proto, const struct slc_addr *addr,
				  u16 port);

#endif /* SLC_OBJ_VIEW_H */
