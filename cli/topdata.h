/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What `sluice top` shows of services, backends and in all, read from the
 * module as a whole. Flows are in topflow.h.
 */
#ifndef SLUICE_TOPDATA_H
#define SLUICE_TOPDATA_H

#include "nlsock.h"
#include "topview.h"

/* Set up columns and their order. */
void topdata_init(struct topview *v);

/* Read totals and, but for flows, what is shown: 0 or @err->code */
int topdata_read(struct topview *v, struct nlsock_error *err);

/* What was read before is no measure: of another module, or of none any more. */
void topdata_forget(void);

#endif /* SLUICE_TOPDATA_H */
