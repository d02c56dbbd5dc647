/* SPDX-License-Identifier: GPL-2.0 */
/* The two messages of DNS that a check needs, RFC 1035 section 4. Pure. */
#ifndef SLUICE_HEALTH_DNS_H
#define SLUICE_HEALTH_DNS_H

#include <stddef.h>
#include <stdint.h>

/* Types of records */
#define DNS_A		1
#define DNS_AAAA	28

/* Room for any question: header, name, type and class */
#define DNS_QUERY_LEN	(12 + 255 + 4)

/**
 * dns_query() - Ask for addresses of a name.
 * @buf: DNS_QUERY_LEN bytes
 * @id: any number, not one to be guessed
 * @name: with or without a dot at the end
 * @type: DNS_A or DNS_AAAA
 *
 * Return: how many bytes it takes, 0 if that is no name.
 */
size_t dns_query(uint8_t *buf, uint16_t id, const char *name, uint16_t type);

/**
 * dns_answer() - Whether a message answers a question.
 * @query: the question, as dns_query() made it
 * @query_len: its length
 * @msg: the message
 * @len: its length
 * @want: an address that must be in it, 4 bytes or 16 by the type asked for;
 *	NULL: any of this type
 *
 * Return: NULL if it does; "" if it is no answer to this question, others may come;
 *	else why it is not good.
 */
const char *dns_answer(const uint8_t *query, size_t query_len,
		       const uint8_t *msg, size_t len, const void *want);

#endif /* SLUICE_HEALTH_DNS_H */
