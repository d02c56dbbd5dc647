// SPDX-License-Identifier: GPL-2.0
/* What is asked of a packet of which not all is known. */
#include <arpa/inet.h>
#include <stdlib.h>

#include "doctor/match.h"

static enum match yes(bool is)
{
	return is ? MATCH_YES : MATCH_NO;
}

static enum match is_text(const char *text, const json_t *right)
{
	return json_is_string(right) ?
	       yes(!strcmp(text, json_string_value(right))) : MATCH_UNKNOWN;
}

static enum match is_port(uint16_t port, const json_t *right)
{
	const json_t *range = json_object_get(right, "range");

	if (!port)
		return MATCH_UNKNOWN;
	if (json_is_integer(right))
		return yes(json_integer_value(right) == port);
	if (json_is_integer(json_array_get(range, 0)) &&
	    json_is_integer(json_array_get(range, 1)))
		return yes(json_integer_value(json_array_get(range, 0)) <= port &&
			   json_integer_value(json_array_get(range, 1)) >= port);
	return MATCH_UNKNOWN;
}

static enum match is_proto(int proto, const json_t *right)
{
	if (json_is_integer(right))
		return yes(json_integer_value(right) == proto);
	return is_text(proto == IPPROTO_TCP ? "tcp" : "udp", right);
}

/* Bits of the address itself, 4 or 16 bytes */
static enum match is_addr(const struct in6_addr *addr, bool v4,
			  const json_t *right)
{
	const json_t *prefix = json_object_get(right, "prefix");
	const char *text = json_string_value(prefix ?
					     json_object_get(prefix, "addr") :
					     right);
	unsigned int bits = v4 ? 32 : 128, i;
	unsigned char want[16];
	const uint8_t *is;

	if (prefix)
		bits = json_integer_value(json_object_get(prefix, "len"));
	if (!addr || !text || bits > (v4 ? 32 : 128) ||
	    inet_pton(v4 ? AF_INET : AF_INET6, text, want) != 1)
		return MATCH_UNKNOWN;
	is = addr->s6_addr + (v4 ? 12 : 0);
	for (i = 0; i < bits; i++)
		if ((is[i / 8] ^ want[i / 8]) & 0x80 >> i % 8)
			return MATCH_NO;
	return MATCH_YES;
}

static enum match is_payload(const struct rules_packet *p, const json_t *left,
			     const json_t *right)
{
	const char *proto = match_text(left, "protocol");
	const char *field = match_text(left, "field");
	bool v4 = !strcmp(proto, "ip"), tcp = p->proto == IPPROTO_TCP;

	if (!strcmp(proto, "tcp") || !strcmp(proto, "udp")) {
		if (!strcmp(proto, "tcp") != tcp)
			return MATCH_NO;
	} else if (v4 || !strcmp(proto, "ip6")) {
		if (v4 != p->v4)
			return MATCH_NO;
		if (!strcmp(field, "saddr"))
			return is_addr(p->saddr, v4, right);
		if (!strcmp(field, "daddr"))
			return is_addr(p->daddr, v4, right);
		if (!strcmp(field, "protocol") || !strcmp(field, "nexthdr"))
			return is_proto(p->proto, right);
		return MATCH_UNKNOWN;
	} else if (!strncmp(proto, "icmp", 4) || !strcmp(proto, "sctp") ||
		   !strcmp(proto, "esp") || !strcmp(proto, "igmp")) {
		return MATCH_NO;
	} else if (strcmp(proto, "th")) {
		return MATCH_UNKNOWN;
	}
	if (!strcmp(field, "dport"))
		return is_port(p->dport, right);
	return !strcmp(field, "sport") ? is_port(p->sport, right) : MATCH_UNKNOWN;
}

static enum match is_meta(const struct rules_packet *p, const char *key,
			  const json_t *right)
{
	if (!strcmp(key, "l4proto"))
		return is_proto(p->proto, right);
	if (!strcmp(key, "nfproto"))
		return is_text(p->v4 ? "ipv4" : "ipv6", right);
	if (!strcmp(key, "protocol"))
		return is_text(p->v4 ? "ip" : "ip6", right);
	if (strcmp(key, "iifname") && strcmp(key, "iif"))
		return MATCH_UNKNOWN;
	if (p->own)
		return is_text("lo", right);
	/* Off a wire, whichever that is */
	return is_text("lo", right) == MATCH_YES ? MATCH_NO : MATCH_UNKNOWN;
}

/* One value, no list */
static enum match is_one(const struct rules_packet *p, const json_t *left,
			 const json_t *right)
{
	const json_t *what = json_object_get(left, "payload");

	if (what)
		return is_payload(p, what, right);
	what = json_object_get(left, "meta");
	if (what)
		return is_meta(p, match_text(what, "key"), right);
	what = json_object_get(left, "ct");
	if (what && match_is(what, "key", "state") && p->state)
		return is_text(p->state, right);
	return MATCH_UNKNOWN;
}

/* A value or one of a list; sets with a name hold nobody knows what. */
enum match match_among(const struct rules_packet *p, const json_t *left,
		       const json_t *right)
{
	const json_t *list = json_object_get(right, "set") ?: right, *item;
	enum match is, all = MATCH_NO;
	size_t i;

	if (!json_is_array(list))
		return is_one(p, left, list);
	json_array_foreach(list, i, item) {
		is = is_one(p, left, item);
		if (is == MATCH_YES)
			return MATCH_YES;
		if (is == MATCH_UNKNOWN)
			all = MATCH_UNKNOWN;
	}
	return all;
}

enum match match_rule(const struct rules_packet *p, const json_t *match)
{
	enum match is = match_among(p, json_object_get(match, "left"),
				  json_object_get(match, "right"));
	const char *op = match_text(match, "op");

	if (!strcmp(op, "==") || !strcmp(op, "in"))
		return is;
	/* Of a header that it has not, nothing else holds either. */
	if (!strcmp(op, "!=") && json_object_get(json_object_get(match, "left"),
						 "payload"))
		return is == MATCH_YES ? MATCH_NO : MATCH_UNKNOWN;
	if (!strcmp(op, "!="))
		return is == MATCH_UNKNOWN ? MATCH_UNKNOWN : yes(is == MATCH_NO);
	return MATCH_UNKNOWN;
}
