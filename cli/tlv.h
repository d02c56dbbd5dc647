/* SPDX-License-Identifier: GPL-2.0 */
/* TLVs of PROXY headers between text and binary. */
#ifndef SLUICE_TLV_H
#define SLUICE_TLV_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

/* Longest value that can be configured */
#define TLV_VALUE_MAX	255

/**
 * tlv_get() - TYPE or TYPE=HEX.
 * @text: as typed; TYPE is a name or a number
 * @type: set to its number
 * @value: filled with what HEX stands for, TLV_VALUE_MAX bytes
 * @len: set to how many bytes, -1 if there is no value
 *
 * Return: NULL, or what is wrong with it.
 */
const char *tlv_get(const char *text, uint8_t *type, uint8_t *value, int *len);

/* The same the other way; @value may be NULL */
json_t *tlv_put(uint8_t type, const uint8_t *value, size_t len);

/* What stands in a header: an array of objects with type and value */
json_t *tlv_list(const uint8_t *tlvs, size_t len);

#endif /* SLUICE_TLV_H */
