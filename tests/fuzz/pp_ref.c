// SPDX-License-Identifier: GPL-2.0
/* See pp_ref.h. Plain C and libc; nothing of kmod/ is included. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include "pp_ref.h"

#define V1_MAX	107

static struct ref_header ref_verdict(enum ref_verdict v)
{
	struct ref_header h;

	memset(&h, 0, sizeof(h));
	h.verdict = v;
	return h;
}

/* Version 1: validators of one whole field. */

static bool only_of(const char *text, const char *alphabet)
{
	return *text && strspn(text, alphabet) == strlen(text);
}

static bool whole_ip(int version, const char *text, unsigned char out[16],
		     bool *mapped)
{
	static const unsigned char mapped_prefix[12] = {
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff
	};

	*mapped = false;
	memset(out, 0, 16);
	if (version == 4)
		return only_of(text, "0123456789.") &&
		       inet_pton(AF_INET, text, out) == 1;
	if (!only_of(text, "0123456789abcdefABCDEF:.") ||
	    inet_pton(AF_INET6, text, out) != 1)
		return false;
	/* dotted only the way inet_ntop() prints a mapped address */
	if (strchr(text, '.') && strncasecmp(text, "::ffff:", 7))
		return false;
	*mapped = !memcmp(out, mapped_prefix, 12);
	return !strchr(text, '.') || *mapped;
}

static bool whole_port(const char *text, unsigned int *out)
{
	char back[16];

	if (!only_of(text, "0123456789") || strlen(text) > 5 ||
	    sscanf(text, "%u", out) != 1)
		return false;
	snprintf(back, sizeof(back), "%u", *out);
	return *out < 65536 && !strcmp(back, text);
}

/* Can this beginning of a field be finished? */
static bool hopeful_ip(int version, const char *text)
{
	static const char * const v4_ends[] = {
		"", "0", ".0", "0.0", ".0.0", "0.0.0", ".0.0.0", "0.0.0.0",
	};
	static const char * const v6_ends[] = {
		"", "0", ":", "::", ":0", "0:0", ":0:0", "0:0:0", ":0:0:0",
		"0:0:0:0", ":0:0:0:0", "0:0:0:0:0", ":0:0:0:0:0",
		"0:0:0:0:0:0", ":0:0:0:0:0:0", "0:0:0:0:0:0:0",
		":0:0:0:0:0:0:0", "0:0:0:0:0:0:0:0",
		"0", ".0", "0.0", ".0.0", "0.0.0", ".0.0.0", "0.0.0.0",
	};
	const char * const *ends = version == 4 ? v4_ends : v6_ends;
	size_t n = version == 4 ? sizeof(v4_ends) / sizeof(*v4_ends) :
				  sizeof(v6_ends) / sizeof(*v6_ends);
	unsigned char ip[16];
	char tried[160];
	bool mapped;

	if (!*text)
		return true;
	while (n--) {
		snprintf(tried, sizeof(tried), "%s%s", text, ends[n]);
		if (whole_ip(version, tried, ip, &mapped))
			return true;
	}
	return false;
}

/* The four fields behind the family; @ended says CRLF was there. */
static struct ref_header v1_fields(int version, char *rest, bool ended)
{
	struct ref_header h = ref_verdict(REF_GOOD);
	bool mapped[2] = { false, false };
	char *field[4], *space;
	int whole = 0, n = 0;

	for (;;) {
		field[n++] = rest;
		space = strchr(rest, ' ');
		if (!space)
			break;
		if (n == 4)
			return ref_verdict(REF_BAD);
		*space = '\0';
		rest = space + 1;
		whole++;
	}
	if (ended) {
		if (n != 4)
			return ref_verdict(REF_BAD);
		whole = 4;
	}
	if (whole > 0 && !whole_ip(version, field[0], h.src, &mapped[0]))
		return ref_verdict(REF_BAD);
	if (whole > 1 && (!whole_ip(version, field[1], h.dst, &mapped[1]) ||
			  mapped[0] != mapped[1]))
		return ref_verdict(REF_BAD);
	if (whole > 2 && !whole_port(field[2], &h.sport))
		return ref_verdict(REF_BAD);
	if (whole > 3 && !whole_port(field[3], &h.dport))
		return ref_verdict(REF_BAD);
	if (!ended) {
		char *last = field[n - 1];
		unsigned int port;
		size_t len = strlen(last);

		/* half a line end */
		if (n == 4 && len > 1 && last[len - 1] == '\r') {
			last[len - 1] = '\0';
			return ref_verdict(whole_port(last, &port) ? REF_MORE : REF_BAD);
		}
		if (n > 2 && *last && !whole_port(last, &port))
			return ref_verdict(REF_BAD);
		if (n <= 2 && !hopeful_ip(version, last))
			return ref_verdict(REF_BAD);
		return ref_verdict(REF_MORE);
	}
	h.proxied = true;
	h.ip_version = version;
	if (mapped[0]) {
		h.ip_version = 4;
		memmove(h.src, h.src + 12, 4);
		memmove(h.dst, h.dst + 12, 4);
		memset(h.src + 4, 0, 12);
		memset(h.dst + 4, 0, 12);
	}
	return h;
}

static bool begins(const unsigned char *buf, size_t have, const char *text)
{
	size_t n = strlen(text);

	return have >= n && !memcmp(buf, text, n);
}

static struct ref_header read_v1(const unsigned char *buf, size_t have)
{
	static const char * const starts[] = {
		"PROXY TCP4 ", "PROXY TCP6 ", "PROXY UNKNOWN ", "PROXY UNKNOWN\r\n",
	};
	size_t shown = have < V1_MAX ? have : V1_MAX;
	const unsigned char *crlf = memmem(buf, shown, "\r\n", 2);
	size_t text = crlf ? (size_t)(crlf - buf) : shown;
	char line[V1_MAX + 1];
	struct ref_header h;
	size_t i;

	for (i = 0; i < 4; i++) {
		size_t n = strlen(starts[i]);

		if (have < n && !memcmp(buf, starts[i], have))
			return ref_verdict(REF_MORE);
	}
	if (begins(buf, have, starts[3]) ||
	    (begins(buf, have, starts[2]) && crlf)) {
		h = ref_verdict(REF_GOOD);
		h.used = crlf + 2 - buf;
		return h;
	}
	if (begins(buf, have, starts[2])) {
		/* could CRLF still come within the limit? */
		if (have <= V1_MAX - 2 ||
		    (have == V1_MAX - 1 && buf[have - 1] == '\r'))
			return ref_verdict(REF_MORE);
		return ref_verdict(REF_BAD);
	}
	if (!begins(buf, have, starts[0]) && !begins(buf, have, starts[1]))
		return ref_verdict(REF_BAD);
	memcpy(line, buf, text);
	line[text] = '\0';
	if (strlen(line) != text)
		return ref_verdict(REF_BAD);
	h = v1_fields(buf[9] - '0', line + 11, crlf);
	if (h.verdict == REF_MORE && have >= V1_MAX)
		h.verdict = REF_BAD;
	if (h.verdict == REF_GOOD)
		h.used = text + 2;
	return h;
}

/* Version 2. */

uint32_t ref_crc32c(const unsigned char *buf, size_t len)
{
	static uint32_t table[256];
	uint32_t crc = 0xffffffff;
	size_t i;

	if (!table[1]) {
		uint32_t v;
		int bit, n;

		for (n = 0; n < 256; n++) {
			for (v = n, bit = 8; bit--;)
				v = v & 1 ? v >> 1 ^ 0x82f63b78u : v >> 1;
			table[n] = v;
		}
	}
	for (i = 0; i < len; i++)
		crc = table[(crc ^ buf[i]) & 0xff] ^ crc >> 8;
	return crc ^ 0xffffffff;
}

/* A stretch of the header that items must fill. */
struct stretch {
	const unsigned char *buf;
	size_t have;		/* bytes at @buf that are here */
	size_t at, end;		/* places in @buf */
};

enum next { NONE, ITEM, LATER, BROKEN };

/* Takes one type-length-value off the front. */
static enum next take_item(struct stretch *s, unsigned int *type,
			   struct stretch *value)
{
	size_t left = s->end - s->at;
	size_t len;

	if (left == 0)
		return NONE;
	if (left < 3)
		return BROKEN;
	if (s->have < s->at + 3)
		return LATER;
	len = s->buf[s->at + 1] * 256 + s->buf[s->at + 2];
	if (len > left - 3)
		return BROKEN;
	*type = s->buf[s->at];
	*value = *s;
	value->at = s->at + 3;
	value->end = value->at + len;
	s->at = value->end;
	return ITEM;
}

/* NONE: all well; LATER: well so far. *@crc: where its value is, or 0. */
static enum next check_items(struct stretch s, size_t *crc)
{
	struct stretch value, inner;
	unsigned int type;
	enum next r;

	*crc = 0;
	while ((r = take_item(&s, &type, &value)) == ITEM) {
		size_t len = value.end - value.at;

		if (type == 0x03) {
			if (len != 4 || *crc)
				return BROKEN;
			*crc = value.at;
		}
		if (type == 0x05 && len > 128)
			return BROKEN;
		if (type == 0x20) {
			if (len < 5)
				return BROKEN;
			value.at += 5;
			do {
				r = take_item(&value, &type, &inner);
			} while (r == ITEM);
			if (r != NONE)
				return r;
		}
	}
	return r;
}

static bool crc_is_right(const unsigned char *buf, size_t len, size_t crc)
{
	unsigned char copy[4096];
	uint32_t stored;

	memcpy(copy, buf, len);
	memset(copy + crc, 0, 4);
	memcpy(&stored, buf + crc, 4);
	return ntohl(stored) == ref_crc32c(copy, len);
}

static struct ref_header finish(struct ref_header h, const unsigned char *buf,
				size_t tlvs, size_t crc)
{
	if (crc && !crc_is_right(buf, h.used, crc))
		return ref_verdict(REF_BAD);
	h.crc_checked = crc;
	h.tlv_at = tlvs;
	h.tlv_bytes = h.used - tlvs;
	return h;
}

static size_t address_bytes(unsigned int family)
{
	static const size_t bytes[4] = { 0, 12, 36, 216 };
	unsigned int high = family / 16, low = family % 16;

	if (family == 0)
		return 0;
	if (high < 1 || high > 3 || low < 1 || low > 2)
		return SIZE_MAX;
	return bytes[high];
}

static struct ref_header read_local(const unsigned char *buf, size_t total)
{
	struct ref_header h = ref_verdict(REF_GOOD);
	size_t skip[2] = { 0, address_bytes(buf[13]) };
	size_t crc;
	int i;

	h.used = total;
	for (i = 0; i < 2; i++) {
		struct stretch s = { buf, total, 16 + skip[i], total };

		if (skip[i] <= total - 16 && check_items(s, &crc) == NONE)
			return finish(h, buf, 16 + skip[i], crc);
	}
	h.tlv_at = total;
	return h;
}

static bool is_mapped(const unsigned char *ip)
{
	int i;

	for (i = 0; i < 10; i++)
		if (ip[i])
			return false;
	return ip[10] == 255 && ip[11] == 255;
}

static bool read_addresses(struct ref_header *h, const unsigned char *p,
			   unsigned int family)
{
	h->proxied = true;
	if (family == 0x11) {
		h->ip_version = 4;
		memcpy(h->src, p, 4);
		memcpy(h->dst, p + 4, 4);
		h->sport = p[8] << 8 | p[9];
		h->dport = p[10] << 8 | p[11];
		return true;
	}
	h->sport = p[32] << 8 | p[33];
	h->dport = p[34] << 8 | p[35];
	if (is_mapped(p) != is_mapped(p + 16))
		return false;
	if (is_mapped(p)) {
		h->ip_version = 4;
		memcpy(h->src, p + 12, 4);
		memcpy(h->dst, p + 28, 4);
	} else {
		h->ip_version = 6;
		memcpy(h->src, p, 16);
		memcpy(h->dst, p + 16, 16);
	}
	return true;
}

static struct ref_header read_v2(const unsigned char *buf, size_t have,
				 size_t max)
{
	static const char start[] = "\r\n\r\n\0\r\nQUIT\n";
	struct ref_header h = ref_verdict(REF_GOOD);
	size_t total, addresses, tlvs;
	size_t crc;
	enum next items;

	if (memcmp(buf, start, have < 12 ? have : 12))
		return ref_verdict(REF_BAD);
	if (have > 12 && buf[12] != 0x20 && buf[12] != 0x21)
		return ref_verdict(REF_BAD);
	if (have > 13 && buf[12] == 0x21 && address_bytes(buf[13]) == SIZE_MAX)
		return ref_verdict(REF_BAD);
	if (have < 16)
		return ref_verdict(REF_MORE);
	total = 16 + buf[14] * 256 + buf[15];
	if (total > max || total > 4096)
		return ref_verdict(REF_BAD);
	if (buf[12] == 0x20)
		return have < total ? ref_verdict(REF_MORE) :
				      read_local(buf, total);
	addresses = address_bytes(buf[13]);
	tlvs = 16 + addresses;
	if (tlvs > total)
		return ref_verdict(REF_BAD);
	if ((buf[13] == 0x11 || buf[13] == 0x21) && have >= tlvs &&
	    !read_addresses(&h, buf + 16, buf[13]))
		return ref_verdict(REF_BAD);
	items = check_items((struct stretch){ buf, have, tlvs, total }, &crc);
	if (items == BROKEN)
		return ref_verdict(REF_BAD);
	if (have < total)
		return ref_verdict(REF_MORE);
	h.used = total;
	return finish(h, buf, tlvs, crc);
}

struct ref_header ref_read(const unsigned char *buf, size_t have, size_t max)
{
	if (!have)
		return ref_verdict(REF_MORE);
	return *buf == 'P' ? read_v1(buf, have) : read_v2(buf, have, max);
}
