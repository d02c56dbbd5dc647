// SPDX-License-Identifier: GPL-2.0
/* Values between text and binary. */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "value.h"

static char why[160];

static const char v4_mapped[12] = { [10] = '\xff', [11] = '\xff' };

static bool is_v4(const struct in6_addr *addr)
{
	return !memcmp(addr, v4_mapped, sizeof(v4_mapped));
}

const char *value_get_number(const char *text, uint64_t min, uint64_t max,
			     uint64_t *value)
{
	/* Not C's: 010 is ten. */
	int base = strncasecmp(text, "0x", 2) ? 10 : 16;
	char *end;

	errno = 0;
	if (isdigit((unsigned char)*text)) {
		*value = strtoull(text, &end, base);
		if (!errno && !*end && *value >= min && *value <= max)
			return NULL;
	}
	snprintf(why, sizeof(why), "must be a number from %llu to %llu",
		 (unsigned long long)min, (unsigned long long)max);
	return why;
}

const char *value_get_seconds(const char *text, uint32_t min_ms,
			      uint32_t max_ms, uint32_t *ms)
{
	char *end = NULL;
	double s = -1;

	/* strtod() alone would take "inf", "0x3" and " 3". */
	if (strspn(text, "0123456789.") == strlen(text) && *text)
		s = strtod(text, &end);
	if (end && !*end && s * 1000 >= min_ms && s * 1000 <= max_ms) {
		*ms = s * 1000 + 0.5;
		return NULL;
	}
	snprintf(why, sizeof(why), "must be from %g to %g seconds",
		 min_ms / 1000.0, max_ms / 1000.0);
	return why;
}

const char *value_get_mark(const char *text, uint32_t *mark, uint32_t *mask)
{
	char value[32], *slash;
	uint64_t n;

	snprintf(value, sizeof(value), "%s", text);
	slash = strchr(value, '/');
	if (slash)
		*slash++ = '\0';
	if (strlen(text) >= sizeof(value) ||
	    value_get_number(value, 0, UINT32_MAX, &n))
		return "must be VALUE or VALUE/MASK, 32 bits each";
	*mark = n;
	*mask = UINT32_MAX;
	if (slash) {
		if (value_get_number(slash, 1, UINT32_MAX, &n))
			return "the mask must be 32 bits, not all of them 0";
		*mask = n;
	}
	if (*mark & ~*mask)
		return "the value has bits that the mask has not";
	return NULL;
}

/* Bytes of @text, at most @max, that are whole characters */
static int whole(const char *text, int max)
{
	int n = strnlen(text, max + 1);

	if (n <= max)
		return n;
	for (n = max; n && (text[n] & 0xc0) == 0x80; n--)
		;
	return n;
}

static const char *get_addr(const char *text, struct in6_addr *addr)
{
	if (inet_pton(AF_INET, text, addr->s6_addr + 12) == 1) {
		memcpy(addr, v4_mapped, sizeof(v4_mapped));
		return NULL;
	}
	if (inet_pton(AF_INET6, text, addr) == 1)
		return NULL;
	snprintf(why, sizeof(why), "'%.*s' is not an IPv4 or IPv6 address",
		 whole(text, 60), text);
	return why;
}

const char *value_get_key(const char *text, uint8_t *key)
{
	char byte[3] = "";
	unsigned int i;
	bool any = false;

	if (strlen(text) != 2 * VALUE_KEY_LEN ||
	    strspn(text, "0123456789abcdefABCDEF") != 2 * VALUE_KEY_LEN)
		return "must be 32 hexadecimal digits";
	for (i = 0; i < VALUE_KEY_LEN; i++) {
		memcpy(byte, text + 2 * i, 2);
		key[i] = strtoul(byte, NULL, 16);
		any |= key[i];
	}
	return any ? NULL : "must not be all zeros; none is for no key";
}

char *value_put_key(char *buf, const uint8_t *key)
{
	unsigned int i;

	for (i = 0; i < VALUE_KEY_LEN; i++)
		sprintf(buf + 2 * i, "%02x", key[i]);
	return buf;
}

const char *value_get_port(const char *text, uint16_t *port)
{
	uint64_t n;

	if (strspn(text, "0123456789") != strlen(text) ||
	    value_get_number(text, 1, UINT16_MAX, &n))
		return "a port must be a number from 1 to 65535";
	*port = n;
	return NULL;
}

static const char *get_range(char *text, struct value_endpoint *ep)
{
	char *dash = strchr(text, '-');
	const char *bad;

	if (dash)
		*dash++ = '\0';
	bad = value_get_port(text, &ep->port);
	ep->port_end = ep->port;
	if (!bad && dash)
		bad = value_get_port(dash, &ep->port_end);
	if (!bad && ep->port_end < ep->port)
		bad = "the last port is below the first";
	return bad;
}

/* Take the address off @buf; @port is what follows, NULL for nothing. */
static const char *get_host(char *buf, unsigned int flags,
			    struct value_endpoint *ep, char **port)
{
	char *addr = buf, *rest;
	const char *bad;

	memset(ep, 0, sizeof(*ep));
	if (*buf == '[') {
		addr = buf + 1;
		rest = strchr(addr, ']');
		if (!rest || (rest[1] && rest[1] != ':'))
			return "an IPv6 address and port look like [2001:db8::1]:80";
		*rest++ = '\0';
	} else {
		rest = strchrnul(buf, ':');
		/* More than one colon: an IPv6 address without port */
		if (*rest && strchr(rest + 1, ':'))
			rest += strlen(rest);
	}
	*port = *rest ? rest + 1 : NULL;
	*rest = '\0';

	if (!strcmp(addr, "*")) {
		if (!(flags & VALUE_ANY))
			return "needs an address, not *";
		ep->any = true;
	} else {
		bad = get_addr(addr, &ep->addr);
		if (bad)
			return bad;
		if (*buf == '[' && is_v4(&ep->addr))
			return "brackets are for IPv6 addresses";
	}
	if (!*port && flags & VALUE_PORT_NEEDED)
		return "needs a port: ADDR:PORT, [ADDR]:PORT or *:PORT";
	return NULL;
}

const char *value_get_endpoint(const char *text, unsigned int flags,
			       struct value_endpoint *ep)
{
	char buf[VALUE_TEXT_LEN], *port;
	const char *bad;

	if (strlen(text) >= sizeof(buf))
		return "is longer than any address";
	memcpy(buf, text, strlen(text) + 1);
	bad = get_host(buf, flags, ep, &port);
	if (bad || !port)
		return bad;
	if (strpbrk(port, "-,"))
		return "takes one port, not a range";
	return get_range(port, ep);
}

const char *value_get_place(const char *text, struct value_endpoint *ep,
			    unsigned int *n)
{
	char buf[VALUE_PLACE_LEN], *ports, *range;
	const char *bad;

	if (strlen(text) >= sizeof(buf))
		return "is longer than any address and ports";
	memcpy(buf, text, strlen(text) + 1);
	bad = get_host(buf, VALUE_PORT_NEEDED | VALUE_ANY, ep, &ports);
	for (*n = 0; !bad && (range = strsep(&ports, ",")); ++*n) {
		if (*n == VALUE_RANGES_MAX) {
			snprintf(why, sizeof(why), "at most %u ranges of ports",
				 VALUE_RANGES_MAX);
			return why;
		}
		ep[*n] = ep[0];
		bad = get_range(range, &ep[*n]);
	}
	return bad;
}

bool value_places_meet(const char *a, const char *b)
{
	struct value_endpoint x[VALUE_RANGES_MAX], y[VALUE_RANGES_MAX];
	unsigned int n_x, n_y, i, j;

	if (value_get_place(a, x, &n_x) || value_get_place(b, y, &n_y) ||
	    x->any != y->any || memcmp(&x->addr, &y->addr, sizeof(x->addr)))
		return false;
	for (i = 0; i < n_x; i++)
		for (j = 0; j < n_y; j++)
			if (x[i].port <= y[j].port_end &&
			    y[j].port <= x[i].port_end)
				return true;
	return false;
}

/* Bits from @plen on that are set in @addr */
static bool host_bits(const struct in6_addr *addr, unsigned int plen)
{
	for (; plen < 128; plen++)
		if (addr->s6_addr[plen / 8] & (0x80 >> (plen % 8)))
			return true;
	return false;
}

/* All IPv4 addresses are among those of a prefix; it is shorter than theirs. */
static bool covers_v4(const struct in6_addr *addr, unsigned int plen)
{
	struct in6_addr differs;
	unsigned int i;

	for (i = 0; i < sizeof(v4_mapped); i++)
		differs.s6_addr[i] = addr->s6_addr[i] ^ v4_mapped[i];
	for (i = 0; i < plen; i++)
		if (differs.s6_addr[i / 8] & (0x80 >> (i % 8)))
			return false;
	return true;
}

const char *value_get_prefix(const char *text, struct in6_addr *addr,
			     uint8_t *plen)
{
	char buf[VALUE_TEXT_LEN], *slash;
	unsigned int base, max;
	const char *bad;
	uint64_t n;

	if (!strcmp(text, "any")) {
		memset(addr, 0, sizeof(*addr));
		*plen = 0;
		return NULL;
	}
	if (strlen(text) >= sizeof(buf))
		return "is longer than any prefix";
	memcpy(buf, text, strlen(text) + 1);
	slash = strchr(buf, '/');
	if (slash)
		*slash++ = '\0';
	bad = get_addr(buf, addr);
	if (bad)
		return bad;
	max = is_v4(addr) ? 32 : 128;
	base = 128 - max;
	n = max;
	if (slash && (strspn(slash, "0123456789") != strlen(slash) ||
		      value_get_number(slash, 0, max, &n))) {
		snprintf(why, sizeof(why), "prefix length is at most %u", max);
		return why;
	}
	*plen = base + n;
	/* As the kernel has it; who types ::/0 means IPv6. */
	if (*plen < 96 && covers_v4(addr, *plen))
		return "has all of IPv4 in it, too: any is for both, 2000::/3 for IPv6";
	if (host_bits(addr, *plen)) {
		struct in6_addr net = *addr;
		char fit[VALUE_TEXT_LEN];
		unsigned int i;

		for (i = *plen; i < 128; i++)
			net.s6_addr[i / 8] &= ~(0x80 >> (i % 8));
		snprintf(why, sizeof(why),
			 "address has bits set after the prefix, %s has not",
			 value_put_prefix(fit, &net, *plen));
		return why;
	}
	return NULL;
}

char *value_put_addr(char *buf, const struct in6_addr *addr)
{
	if (is_v4(addr))
		inet_ntop(AF_INET, addr->s6_addr + 12, buf, VALUE_TEXT_LEN);
	else
		inet_ntop(AF_INET6, addr, buf, VALUE_TEXT_LEN);
	return buf;
}

char *value_put_endpoint(char *buf, const struct value_endpoint *ep)
{
	char addr[VALUE_TEXT_LEN], ports[16] = "";
	const char *fmt = "%s%s";

	if (ep->any)
		snprintf(addr, sizeof(addr), "*");
	else
		value_put_addr(addr, &ep->addr);
	if (ep->port && ep->port_end > ep->port)
		snprintf(ports, sizeof(ports), ":%u-%u", ep->port,
			 ep->port_end);
	else if (ep->port)
		snprintf(ports, sizeof(ports), ":%u", ep->port);
	if (ep->port && strchr(addr, ':'))
		fmt = "[%s]%s";
	snprintf(buf, VALUE_TEXT_LEN, fmt, addr, ports);
	return buf;
}

char *value_put_place(char *buf, const struct value_endpoint *ep,
		      unsigned int n)
{
	size_t len;
	unsigned int i;

	value_put_endpoint(buf, ep);
	len = strlen(buf);
	for (i = 1; i < n && i < VALUE_RANGES_MAX; i++)
		len += sprintf(buf + len, ep[i].port_end > ep[i].port ?
			       ",%u-%u" : ",%u", ep[i].port, ep[i].port_end);
	return buf;
}

char *value_put_prefix(char *buf, const struct in6_addr *addr, uint8_t plen)
{
	char text[VALUE_TEXT_LEN];
	bool v4 = is_v4(addr) && plen >= 96;

	value_put_addr(text, addr);
	if (!plen)
		snprintf(buf, VALUE_TEXT_LEN, "any");
	else if (plen == 128)
		snprintf(buf, VALUE_TEXT_LEN, "%s", text);
	else
		snprintf(buf, VALUE_TEXT_LEN, "%.45s/%u", text,
			 plen - (v4 ? 96 : 0));
	return buf;
}

char *value_put_mark(char *buf, uint32_t mark, uint32_t mask)
{
	if (mask == UINT32_MAX)
		snprintf(buf, VALUE_TEXT_LEN, "0x%x", mark);
	else
		snprintf(buf, VALUE_TEXT_LEN, "0x%x/0x%x", mark, mask);
	return buf;
}

/* Bytes of the character at @s, 0 if it is none that text has */
static unsigned int char_len(const unsigned char *s, size_t rest)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned int len, i;
	uint32_t c = *s;

	if (c < 0x80)
		return (c >= ' ' && c != 0x7f) || c == '\n' || c == '\r' ||
		       c == '\t';
	len = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
	if (c < 0xc0 || c > 0xf7 || len > rest)
		return 0;
	c &= 0xff >> (len + 1);
	for (i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	/* Overlong, a surrogate, out of range, or a control character */
	if (c < least[len] || (c >= 0xd800 && c < 0xe000) || c > 0x10ffff ||
	    c < 0xa0)
		return 0;
	return len;
}

size_t value_text_end(const char *text, size_t len)
{
	const unsigned char *s = (const unsigned char *)text;
	unsigned int n = 1;
	size_t i;

	for (i = 0; i < len; i += n) {
		n = char_len(s + i, len - i);
		if (!n)
			break;
	}
	return i;
}

/* Letters to insert, delete, replace or swap with their neighbour */
static size_t distance(const char *a, const char *b)
{
	size_t la = strlen(a), lb = strlen(b), i, j, best;
	size_t d[34][34];

	if (la > 32 || lb > 32)
		return SIZE_MAX;
	for (i = 0; i <= la; i++)
		for (j = 0; j <= lb; j++) {
			if (!i || !j) {
				d[i][j] = i + j;
				continue;
			}
			best = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
			if (d[i - 1][j] + 1 < best)
				best = d[i - 1][j] + 1;
			if (d[i][j - 1] + 1 < best)
				best = d[i][j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] && d[i - 2][j - 2] + 1 < best)
				best = d[i - 2][j - 2] + 1;
			d[i][j] = best;
		}
	return d[la][lb];
}

const char *value_nearest(const char *word, const char *const *words)
{
	size_t len = strlen(word), best = len < 4 ? 1 : len / 3 + 1, d;
	const char *found = NULL;

	for (; *words; words++) {
		d = distance(word, *words);
		if (d < best || (d == best && !found)) {
			best = d;
			found = *words;
		}
	}
	return found;
}
