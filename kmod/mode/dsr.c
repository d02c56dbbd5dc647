// SPDX-License-Identifier: GPL-2.0
/*
 * Direct server return: the backend is on a link of this host's and gets the packet as
 * it is, by its link layer address. It answers from the service's address, past us.
 */
#include <linux/bits.h>
#include "mode/mode.h"
#include "obj/flow.h"
#include "obj/pool.h"
#include "path/pkt.h"
#include "path/route.h"

/* The packet stays as it is. */
static int dsr_bind(struct slc_flow *flow, const struct slc_pkt *pkt,
		    const struct slc_choice *to, struct slc_tuple *inner)
{
	*inner = pkt->tuple;
	return 0;
}

static struct dst_entry *dsr_route(const struct slc_flow *flow)
{
	return slc_route_neighbour(flow->sn, &flow->half[SLC_IN].key,
				   &flow->backend->addr, flow->ifindex,
				   flow->outer_mark);
}

const struct slc_mode slc_mode_dsr = {
	.name	= "dsr",
	.caps	= SLC_MODE_BUILT | SLC_MODE_DIRECT,
	.bind	= dsr_bind,
	.route	= dsr_route,
};
