// SPDX-License-Identifier: GPL-2.0
/* The two messages of DNS that a check needs. See dns.h. */
#include <string.h>
#include <strings.h>

#include "dns.h"

#define HEADER_LEN	12
#define LABEL_MAX	63
#define CLASS_IN	1
/* Type and class; with time and length */
#define QUESTION_TAIL	4
#define RECORD_TAIL	10

#define FLAG_QR		0x80	/* of byte 2 */
#define FLAG_TC		0x02
#define FLAG_RD		0x01
#define RCODE		0x0f	/* of byte 3 */

static uint16_t get16(const uint8_t *p)
{
	return p[0] << 8 | p[1];
}

static void put16(uint8_t *p, uint16_t n)
{
	p[0] = n >> 8;
	p[1] = n;
}

size_t dns_query(uint8_t *buf, uint16_t id, const char *name, uint16_t type)
{
	static const uint8_t header[HEADER_LEN] = { 0, 0, FLAG_RD, 0, 0, 1 };
	uint8_t *p = buf + HEADER_LEN;
	size_t len;

	memcpy(buf, header, sizeof(header));
	put16(buf, id);
	while (*name) {
		len = strcspn(name, ".");
		/* The root's length is the last byte of 255. */
		if (!len || len > LABEL_MAX ||
		    p - buf - HEADER_LEN + 1 + len > 254)
			return 0;
		*p++ = len;
		memcpy(p, name, len);
		p += len;
		name += len;
		name += *name == '.';
	}
	if (p == buf + HEADER_LEN)
		return 0;
	*p++ = 0;
	put16(p, type);
	put16(p + 2, CLASS_IN);
	return p + QUESTION_TAIL - buf;
}

/* Offset after a name that may end in a reference, 0 if it has no end */
static size_t skip_name(const uint8_t *msg, size_t len, size_t at)
{
	while (at < len) {
		if (!msg[at])
			return at + 1;
		if (msg[at] >= 0xc0)
			return at + 2;
		if (msg[at] > LABEL_MAX)
			return 0;
		at += 1 + msg[at];
	}
	return 0;
}

static const char *error_of(uint8_t rcode)
{
	static const char *const errors[] = {
		[1] = "the server does not understand the question",
		[2] = "the server has failed",
		[3] = "there is no such name",
		[4] = "the server does not know how",
		[5] = "the server refuses",
	};

	if (rcode < sizeof(errors) / sizeof(*errors))
		return errors[rcode];
	return "the server answers with an error";
}

/* The question comes back, though not always in the same letters. */
static int is_answer(const uint8_t *query, size_t query_len,
		     const uint8_t *msg, size_t len)
{
	size_t name = query_len - HEADER_LEN - QUESTION_TAIL, i;
	const uint8_t *a = query + HEADER_LEN, *b = msg + HEADER_LEN;

	if (len < query_len || memcmp(query, msg, 2) || !(msg[2] & FLAG_QR) ||
	    get16(msg + 4) != 1)
		return 0;
	for (i = 0; i < name; i++)
		if (strncasecmp((const char *)a + i, (const char *)b + i, 1))
			return 0;
	return !memcmp(a + name, b + name, QUESTION_TAIL);
}

const char *dns_answer(const uint8_t *query, size_t query_len,
		       const uint8_t *msg, size_t len, const void *want)
{
	uint16_t type = get16(query + query_len - QUESTION_TAIL), n, size;
	size_t need = type == DNS_A ? 4 : 16, at = query_len;
	int any = 0;

	if (!is_answer(query, query_len, msg, len))
		return "";
	if (msg[3] & RCODE)
		return error_of(msg[3] & RCODE);
	for (n = get16(msg + 6); n; n--) {
		at = skip_name(msg, len, at);
		if (!at || at + RECORD_TAIL > len)
			break;
		size = get16(msg + at + 8);
		if (at + RECORD_TAIL + size > len)
			break;
		if (get16(msg + at) == type && size == need) {
			any = 1;
			if (!want || !memcmp(msg + at + RECORD_TAIL, want, need))
				return NULL;
		}
		at += RECORD_TAIL + size;
	}
	if (n && !(msg[2] & FLAG_TC))
		return "the answer is malformed";
	return any ? "the address is not among the answers" :
		     "no address of this kind";
}
