/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Values between text and binary: addresses, ports, prefixes, numbers. All
 * addresses are 16 bytes, IPv4 mapped.
 *
 * Parsers return NULL, or what is wrong: one lower-case phrase that says what
 * would be accepted. It stays valid until the next call.
 */
#ifndef SLUICE_VALUE_H
#define SLUICE_VALUE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room for any text that a value_put function makes */
#define VALUE_TEXT_LEN	96

/* Most ranges of ports of a place, and room for its text */
#define VALUE_RANGES_MAX	65
#define VALUE_PLACE_LEN		(VALUE_TEXT_LEN + 12 * VALUE_RANGES_MAX)

/**
 * struct value_endpoint - ADDR:PORT, *:PORT, ADDR:PORT-PORT, ADDR
 * @addr: address unless @any
 * @any: "*"
 * @port: host byte order, 0 if none was given
 * @port_end: last port, equal to @port for a single one
 */
struct value_endpoint {
	struct in6_addr addr;
	bool any;
	uint16_t port;
	uint16_t port_end;
};

/* Bytes of a secret */
#define VALUE_KEY_LEN		16

/* What an endpoint may look like */
#define VALUE_PORT_NEEDED	0x1	/* ADDR alone is not enough */
#define VALUE_ANY		0x2	/* "*" is good for an address */

const char *value_get_number(const char *text, uint64_t min, uint64_t max,
			     uint64_t *value);
const char *value_get_seconds(const char *text, uint32_t min_ms,
			      uint32_t max_ms, uint32_t *ms);
const char *value_get_mark(const char *text, uint32_t *mark, uint32_t *mask);
const char *value_get_key(const char *text, uint8_t *key);
const char *value_get_port(const char *text, uint16_t *port);
const char *value_get_endpoint(const char *text, unsigned int flags,
			       struct value_endpoint *ep);

/**
 * value_get_place() - ADDR:PORT[-PORT][,PORT[-PORT]]..
 * @text: as typed
 * @ep: filled with one for each range of ports, VALUE_RANGES_MAX
 * @n: set to how many there are
 */
const char *value_get_place(const char *text, struct value_endpoint *ep,
			    unsigned int *n);

/**
 * value_places_meet() - Have two places an address and port in common?
 * @a: as typed or shown
 * @b: the other
 *
 * Return: false, too, if one of them is none.
 */
bool value_places_meet(const char *a, const char *b);
const char *value_get_prefix(const char *text, struct in6_addr *addr,
			     uint8_t *plen);

/* Each writes into buf, VALUE_TEXT_LEN bytes, and returns it. */
char *value_put_addr(char *buf, const struct in6_addr *addr);
char *value_put_endpoint(char *buf, const struct value_endpoint *ep);
char *value_put_prefix(char *buf, const struct in6_addr *addr, uint8_t plen);
char *value_put_mark(char *buf, uint32_t mark, uint32_t mask);
char *value_put_key(char *buf, const uint8_t *key);

/* The same for all ranges of a place; VALUE_PLACE_LEN bytes */
char *value_put_place(char *buf, const struct value_endpoint *ep,
		      unsigned int n);

/**
 * value_text_end() - Where the first byte is that is not text.
 * @text: any bytes
 * @len: how many
 *
 * Text is UTF-8 without control characters other than tabs and ends of lines.
 *
 * Return: its offset, @len if all is text.
 */
size_t value_text_end(const char *text, size_t len);

/**
 * value_nearest() - The word that was perhaps meant.
 * @word: as typed
 * @words: what is known, NULL at the end
 *
 * Return: a word that differs in a letter or two, more if it is long, or NULL.
 */
const char *value_nearest(const char *word, const char *const *words);

#endif /* SLUICE_VALUE_H */
