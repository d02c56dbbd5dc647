// SPDX-License-Identifier: GPL-2.0
/*
 * NAT: the backend sees the client's own address and port, and answers this way
 * because its routes do. And where it answers the client past us, and undoes itself
 * what was done to its packets: then this is but half of NAT.
 */
#include <linux/bits.h>
#include "mode/mode.h"

static int nat_bind(struct slc_flow *flow, const struct slc_pkt *pkt,
		    const struct slc_choice *to, struct slc_tuple *inner)
{
	return 0;
}

const struct slc_mode slc_mode_nat = {
	.name	= "nat",
	.caps	= SLC_MODE_BUILT | SLC_MODE_STACK,
	.bind	= nat_bind,
};

const struct slc_mode slc_mode_dsr_nat = {
	.name	= "dsr-nat",
	.caps	= SLC_MODE_BUILT | SLC_MODE_STACK | SLC_MODE_DIRECT,
	.bind	= nat_bind,
};
