/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Connections that are over as lines of CSV. Columns have the names of IPFIX's
 * information elements (RFC 7012, IANA's registry), and what has none there
 * begins with sluice.
 */
#ifndef SLUICE_FLOWCSV_H
#define SLUICE_FLOWCSV_H

#include <jansson.h>
#include <stdint.h>

/* The first line */
void flowcsv_head(void);

/**
 * flowcsv_put() - One connection.
 * @record: of flow_attrs, with its final counts
 * @end_ms: when it ended, milliseconds since 1970
 */
void flowcsv_put(const json_t *record, uint64_t end_ms);

#endif /* SLUICE_FLOWCSV_H */
