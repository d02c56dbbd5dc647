// SPDX-License-Identifier: GPL-2.0
/*
 * Full NAT: the backend sees an address of this host's and a port lent to the
 * connection, so it answers this way from wherever it is.
 */
#include <linux/bits.h>
#include <linux/errno.h>
#include "mode/mode.h"
#include "obj/flow.h"
#include "obj/log.h"
#include "obj/ports.h"
#include "path/pkt.h"
#include "path/route.h"

static int fullnat_bind(struct slc_flow *flow, const struct slc_pkt *pkt,
			const struct slc_choice *to, struct slc_tuple *inner)
{
	int err;

	err = slc_route_source(pkt->sn, inner, pkt->skb->mark);
	if (err)
		return err;
	if (!flow->ports)
		flow->ports = slc_ports_get(pkt->sn, inner);
	if (!flow->ports)
		return -ENOMEM;
	/* The new one first: it is not to be the one that was no good. */
	inner->sport = slc_ports_take(flow->ports);
	if (flow->port)
		slc_ports_give(flow->ports, flow->port);
	flow->port = inner->sport;
	if (flow->port)
		return 0;
	slc_log(flow->sn, SLC_LOG_PORTS);
	return -EADDRNOTAVAIL;
}

const struct slc_mode slc_mode_fullnat = {
	.name	= "fullnat",
	.caps	= SLC_MODE_BUILT | SLC_MODE_STACK | SLC_MODE_OWN_SOURCE |
		  SLC_MODE_CROSSES,
	.bind	= fullnat_bind,
};
