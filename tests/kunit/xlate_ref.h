/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The way back: what a translation is held against.
 */
#ifndef SLC_TEST_XLATE_REF_H
#define SLC_TEST_XLATE_REF_H

#include "core/xlate.h"

/* Of one that shifts no window and drops no option. */
static inline struct slc_xlate ref_inverse(const struct slc_xlate *x)
{
	return (struct slc_xlate) {
		.seq_add = -x->seq_add,
		.ack_add = -x->ack_add,
		.tsval_add = -x->tsval_add,
		.tsecr_add = -x->tsecr_add,
		.flags = x->flags,
	};
}

#endif /* SLC_TEST_XLATE_REF_H */
