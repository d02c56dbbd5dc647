/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A kernel for the tool's tests: the other end of cli/transport.h and
 * cli/plumb.h. It has a few of each object, whatever is asked of it, and
 * writes down what it was sent.
 */
#ifndef SLUICE_FAKE_H
#define SLUICE_FAKE_H

#include <stdio.h>

/* Where to write down requests */
extern FILE *fake_log;

/**
 * fake_order() - Change how the kernel behaves.
 * @text: one of
 *	unloaded			the module is not there
 *	error NAME [attr N[/M]] [TEXT..]	refuse the first request for
 *					attribute N, or M in it
 *	missing N [in M[/K]]		refuse it for want of attribute N
 *	range MIN MAX attr N[/M]	refuse it for a number out of range
 *	after N				let N requests pass before that
 *	intr N				the first N dumps are disturbed
 *	signals N			so many signals come before an answer
 *	fails NAME			listings end in this error
 *	lost				the socket fails
 *	answer lost			it fails when answers are read
 *	no sockets			there is none to be had
 *	no events			it has no groups
 *	small				batches are too much for it
 *	flows N,N,..			connections everywhere, or of a backend, each
 *					time asked
 *	others up|again|gone N		after N looks at a backend somebody else has set
 *					it up, has added it again, has removed it
 *	unload NAME			the module cannot be removed
 *	plumbed				services have their routes
 *	unroutable TEXT			they cannot have them
 *	elsewhere			no address is local
 *	reload N			after N requests the module is loaded anew
 *	gone N				after N requests it is not there any more
 *	pooled				there is a service that has a pool
 *	many N				there are N flows, and they carry
 *	device NAME			so the device of flows is called
 *	moving N			some counters grow by N times their number
 *					and one, each time they are shown
 *	wound back			once they were set to zero meanwhile
 *	event WHAT			this happens, fake_event.c says what can
 *	slow [batch|routes|unload]	the first request takes over a second, or
 *					that does
 *	keep				nothing is there but what batches make
 *	data TEXT			after the first batch another tool keeps it
 *					with each service and pool
 *	wide				and services get a range of IPv6 to trust
 *					that IPv4 lies in
 *	found				and a daemon has found backends at port 81
 *	host bare			it has no address, route or application
 *	host addr ADDR/N DEVICE		but this address
 *	host route ADDR|4|6 here|nowhere|DEVICE [router] [mtu N]
 *					this way to an address, or to all others
 *	host listen ADDR:PORT [v6only]	this application
 *	host no sockets			nobody can say what applications there are
 *	host sysctl KEY N		KEY as net/ipv4/ip_forward
 *	host config OPTION		the kernel is built without it
 *	host mtu DEVICE N, host lro DEVICE
 *	host nft JSON			its rules
 *	host legacy nat			and those of the old iptables
 *	host live WORD			live tests end so: taken, silent, refused, reset,
 *					unacked, nowhere
 *	host unchecked			no daemon checks backends
 *	host arp MAC			who else answers for its addresses
 *	restless			others change something all the time
 *	move N				then others change something, N times
 *
 * Return: 0, or -1 if it is none of these.
 */
int fake_order(const char *text);

#endif /* SLUICE_FAKE_H */
