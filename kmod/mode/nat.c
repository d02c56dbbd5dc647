// SPDX-License-Identifier: GPL-2.0
/*
 * NAT: the backend sees the client's own address and port, and answers this way
 * because its routes do.
 */
#include <linux/bits.h>
#include "mode/mode.h"

static int nat_bind(struct slc_flow *flow, const struct slc_pkt *pkt,
		    struct slc_tuple *inner)
{
	return 0;
}

const struct slc_mode slc_mode_nat = {
	.name	= "nat",
	.caps	= SLC_MODE_BUILT,
	.bind	= nat_bind,
};
