// SPDX-License-Identifier: GPL-2.0
/* Attributes between text, netlink and JSON. */
#include <ctype.h>
#include <linux/genetlink.h>
#include <linux/sluice.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attr.h"
#include "value.h"

/* As many prefixes as the kernel takes for one service */
#define PREFIXES_MAX	256

static char why[320];

const struct attr *attr_find(const struct attr *table, const char *name,
			     unsigned int flags)
{
	for (; table->name; table++)
		if (table->flags & flags && !strcmp(table->name, name))
			return table;
	return NULL;
}

static const char *const *words_later(const struct attr *attr)
{
	const char *const *w = attr->words;

	while (*w)
		w++;
	return w + 1;
}

/* Number of a word, or -1 */
static int word_of(const char *const *words, const char *word)
{
	int i;

	for (i = 0; words[i]; i++)
		if (!strcmp(words[i], word))
			return i;
	return -1;
}

bool attr_is_choice(const struct attr *attr, const char *word)
{
	return word_of(attr->words, word) >= 0 ||
	       word_of(words_later(attr), word) >= 0;
}

/* Number of a word, or -1 and why it is none */
static int choose(const struct attr *attr, const char *word, const char **err)
{
	const char *near = value_nearest(word, attr->words);
	int n = word_of(attr->words, word), i;

	*err = NULL;
	if (n >= 0)
		return n;
	*err = why;
	if (word_of(words_later(attr), word) >= 0) {
		*err = "not available in this version";
		return -1;
	}
	if (near) {
		snprintf(why, sizeof(why), "did you mean %s?", near);
		return -1;
	}
	n = snprintf(why, sizeof(why), "must be ");
	for (i = 0; attr->words[i]; i++)
		n += snprintf(why + n, sizeof(why) - n, "%s%s",
			      !i ? "" : attr->words[i + 1] ? ", " : " or ",
			      attr->words[i]);
	return -1;
}

static const char *put_place(const struct attr *attr, const char *value,
			     struct nlmsghdr *nlh)
{
	struct value_endpoint ep;
	const char *err;

	err = value_get_endpoint(value, VALUE_PORT_NEEDED | VALUE_RANGE |
				 VALUE_ANY, &ep);
	if (err)
		return err;
	if (ep.any)
		mnl_attr_put(nlh, attr->nla[1], 0, NULL);
	else
		mnl_attr_put(nlh, attr->nla[0], sizeof(ep.addr), &ep.addr);
	mnl_attr_put_u16(nlh, attr->nla[2], ep.port);
	if (ep.port_end != ep.port)
		mnl_attr_put_u16(nlh, attr->nla[3], ep.port_end);
	return NULL;
}

static const char *put_endpoint(const struct attr *attr, const char *value,
				unsigned int flags, struct nlmsghdr *nlh)
{
	struct value_endpoint ep;
	const char *err;

	err = value_get_endpoint(value, flags, &ep);
	if (err)
		return err;
	if (!ep.any)
		mnl_attr_put(nlh, attr->nla[0], sizeof(ep.addr), &ep.addr);
	if (ep.port)
		mnl_attr_put_u16(nlh, attr->nla[1], ep.port);
	return NULL;
}

static const char *put_target(const struct attr *attr, const char *value,
			      struct nlmsghdr *nlh)
{
	static const struct in6_addr none;

	if (strcmp(value, "none"))
		return put_endpoint(attr, value, 0, nlh);
	mnl_attr_put(nlh, attr->nla[0], sizeof(none), &none);
	return NULL;
}

static const char *put_prefixes(const struct attr *attr, const char *value,
				struct nlsock_request *rq, const char **bad)
{
	/* Errors to come may name its parts. */
	static char *list;
	struct in6_addr addr;
	unsigned int n = 0;
	struct nlattr *nest;
	const char *err = NULL;
	char *next, *text;
	uint8_t plen;

	free(list);
	list = strdup(value);
	next = list;
	while (!err && (text = strsep(&next, ","))) {
		if (++n > PREFIXES_MAX) {
			snprintf(why, sizeof(why), "at most %u prefixes",
				 PREFIXES_MAX);
			return why;
		}
		*bad = text;
		err = *text ? value_get_prefix(text, &addr, &plen) :
			      "an empty prefix; give PREFIX,PREFIX or any";
		if (err)
			break;
		nlsock_span_begin(rq, attr->name, text);
		nest = mnl_attr_nest_start(rq->nlh, attr->nla[0]);
		mnl_attr_put(rq->nlh, SLUICE_A_PREFIX_ADDR, sizeof(addr),
			     &addr);
		mnl_attr_put_u8(rq->nlh, SLUICE_A_PREFIX_PLEN, plen);
		mnl_attr_nest_end(rq->nlh, nest);
		nlsock_span_end(rq);
	}
	return err;
}

static const char *put_mark(const struct attr *attr, const char *value,
			    struct nlmsghdr *nlh)
{
	uint32_t mark = 0, mask = 0;
	const char *err;

	if (strcmp(value, "none")) {
		err = value_get_mark(value, &mark, &mask);
		if (err)
			return err;
	}
	mnl_attr_put_u32(nlh, attr->nla[0], mark);
	mnl_attr_put_u32(nlh, attr->nla[1], mask);
	return NULL;
}

static const char *put_scalar(const struct attr *attr, const char *value,
			      struct nlmsghdr *nlh)
{
	const char *err = NULL;
	uint64_t n64;
	uint32_t ms;
	int n;

	switch (attr->kind) {
	case ATTR_CHOICE:
		n = choose(attr, value, &err);
		if (!err)
			mnl_attr_put_u32(nlh, attr->nla[0], n);
		return err;
	case ATTR_SWITCH:
	case ATTR_HEADER:
		n = choose(attr, value, &err);
		if (!err)
			mnl_attr_put_u8(nlh, attr->nla[0], n);
		return err;
	case ATTR_PROTO:
		choose(attr, value, &err);
		if (!err)
			mnl_attr_put_u8(nlh, attr->nla[0], IPPROTO_TCP);
		return err;
	case ATTR_METHOD:
		choose(attr, value, &err);
		if (!err)
			mnl_attr_put_strz(nlh, attr->nla[0], value);
		return err;
	case ATTR_SECONDS:
		err = value_get_seconds(value, attr->min, attr->max, &ms);
		if (!err)
			mnl_attr_put_u32(nlh, attr->nla[0], ms);
		return err;
	case ATTR_NUMBER:
		err = value_get_number(value, attr->min, attr->max, &n64);
		if (!err)
			mnl_attr_put_u32(nlh, attr->nla[0], n64);
		return err;
	default:
		err = value_get_number(value, attr->min, attr->max, &n64);
		if (!err)
			mnl_attr_put_u64(nlh, attr->nla[0], n64);
		return err;
	}
}

static const char *put_value(const struct attr *attr, const char *value,
			     struct nlsock_request *rq)
{
	switch (attr->kind) {
	case ATTR_STRING:
		if (!*value || strlen(value) > attr->max) {
			snprintf(why, sizeof(why), "must have 1 to %u letters",
				 (unsigned int)attr->max);
			return why;
		}
		mnl_attr_put_strz(rq->nlh, attr->nla[0], value);
		return NULL;
	case ATTR_WORD:
		mnl_attr_put(rq->nlh, attr->nla[0], 0, NULL);
		return NULL;
	case ATTR_PLACE:
		return put_place(attr, value, rq->nlh);
	case ATTR_ENDPOINT:
		return put_endpoint(attr, value, VALUE_ANY, rq->nlh);
	case ATTR_TARGET:
		return put_target(attr, value, rq->nlh);
	case ATTR_MARK:
		return put_mark(attr, value, rq->nlh);
	default:
		return put_scalar(attr, value, rq->nlh);
	}
}

const char *attr_put(const struct attr *attr, const char *value,
		     struct nlsock_request *rq, const char **bad)
{
	const char *err;

	*bad = value;
	if (attr->kind == ATTR_PREFIXES)
		return put_prefixes(attr, value, rq, bad);
	if (!value && attr->flags & ATTR_BARE)
		value = attr->words[1];
	nlsock_span_begin(rq, attr->name, *bad);
	err = put_value(attr, value, rq);
	nlsock_span_end(rq);
	return err;
}

static json_t *get_endpoint(const struct nlattr *addr, const struct nlattr *any,
			    const struct nlattr *port,
			    const struct nlattr *port_end)
{
	struct value_endpoint ep = { .any = any };
	char text[VALUE_TEXT_LEN];

	if (!addr && !any)
		return NULL;
	if (addr)
		memcpy(&ep.addr, mnl_attr_get_payload(addr), sizeof(ep.addr));
	if (port)
		ep.port = mnl_attr_get_u16(port);
	ep.port_end = port_end ? mnl_attr_get_u16(port_end) : ep.port;
	return json_string(value_put_endpoint(text, &ep));
}

/* All attributes of this number, which tables by number cannot hold */
static json_t *get_prefixes(const struct nlmsghdr *nlh, uint16_t type)
{
	const struct nlattr *tb[SLUICE_A_PREFIX_MAX + 1];
	char text[VALUE_TEXT_LEN];
	const struct nlattr *attr;
	struct in6_addr addr;
	json_t *list = NULL;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) != type)
			continue;
		nlsock_parse_nest(attr, tb, SLUICE_A_PREFIX_MAX);
		if (!tb[SLUICE_A_PREFIX_ADDR] || !tb[SLUICE_A_PREFIX_PLEN])
			continue;
		memcpy(&addr, mnl_attr_get_payload(tb[SLUICE_A_PREFIX_ADDR]),
		       sizeof(addr));
		value_put_prefix(text, &addr,
				 mnl_attr_get_u8(tb[SLUICE_A_PREFIX_PLEN]));
		if (!list)
			list = json_array();
		json_array_append_new(list, json_string(text));
	}
	return list;
}

static const char *tlv_name(unsigned int type, char *buf, size_t len)
{
	switch (type) {
	case 0x01:
		return "alpn";
	case 0x02:
		return "authority";
	case 0x03:
		return "crc32c";
	case 0x04:
		return "noop";
	case 0x05:
		return "unique-id";
	case 0x20:
		return "ssl";
	case 0x30:
		return "netns";
	}
	snprintf(buf, len, "0x%02x", type);
	return buf;
}

/*
 * Printable letters as they are, the rest as hexadecimal. The sender wrote
 * this: nothing in it may reach a terminal or end a word.
 */
static json_t *tlv_value(const unsigned char *value, unsigned int len)
{
	char *text = malloc(2 * len + 3);
	unsigned int i, n = 2;
	json_t *json;

	for (i = 0; i < len; i++)
		if (!isascii(value[i]) || !isgraph(value[i]) ||
		    strchr(",'\"\\", value[i]))
			break;
	if (len && i == len && (len < 2 || memcmp(value, "0x", 2))) {
		memcpy(text, value, len);
		text[len] = '\0';
	} else {
		memcpy(text, "0x", 3);
		for (i = 0; i < len; i++)
			n += sprintf(text + n, "%02x", value[i]);
	}
	json = json_string(text);
	free(text);
	return json;
}

static json_t *get_tlvs(const struct nlattr *attr)
{
	const unsigned char *p = mnl_attr_get_payload(attr);
	unsigned int rest = mnl_attr_get_payload_len(attr), len;
	json_t *list = json_array(), *tlv;
	char name[8];

	for (; rest >= 3; p += 3 + len, rest -= 3 + len) {
		len = p[1] << 8 | p[2];
		if (len > rest - 3)
			break;
		tlv = json_pack("{s:s, s:o}",
				"type", tlv_name(p[0], name, sizeof(name)),
				"value", tlv_value(p + 3, len));
		json_array_append_new(list, tlv);
	}
	return list;
}

static json_t *get_word(const struct attr *attr, unsigned int n)
{
	unsigned int i;

	for (i = 0; attr->words[i]; i++)
		if (i == n)
			return json_string(attr->words[i]);
	/* A newer module than this tool */
	return json_integer(n);
}

static json_t *get_ms(uint64_t ms)
{
	return ms % 1000 ? json_real(ms / 1000.0) : json_integer(ms / 1000);
}

static json_t *get_device(uint32_t ifindex)
{
	char name[IF_NAMESIZE];

	if (!ifindex)
		return NULL;
	if (if_indextoname(ifindex, name))
		return json_string(name);
	snprintf(name, sizeof(name), "if%u", ifindex);
	return json_string(name);
}

static json_t *get_mark(const struct nlattr *mark, const struct nlattr *mask)
{
	char text[VALUE_TEXT_LEN];

	return json_string(value_put_mark(text, mnl_attr_get_u32(mark), mask ?
					  mnl_attr_get_u32(mask) :
					  UINT32_MAX));
}

static json_t *get_value(const struct attr *attr, const struct nlattr **tb,
			 const struct nlmsghdr *nlh)
{
	const struct nlattr *a = tb[attr->nla[0]];

	if (attr->kind == ATTR_PLACE)
		return get_endpoint(a, tb[attr->nla[1]], tb[attr->nla[2]],
				    tb[attr->nla[3]]);
	if (!a)
		return NULL;
	switch (attr->kind) {
	case ATTR_STRING:
	case ATTR_METHOD:
		return json_string(mnl_attr_get_str(a));
	case ATTR_CHOICE:
		return get_word(attr, mnl_attr_get_u32(a));
	case ATTR_SWITCH:
	case ATTR_HEADER:
		return get_word(attr, mnl_attr_get_u8(a));
	case ATTR_PROTO:
		return mnl_attr_get_u8(a) == IPPROTO_TCP ?
		       json_string("tcp") : json_integer(mnl_attr_get_u8(a));
	case ATTR_PLACE:
	case ATTR_ENDPOINT:
	case ATTR_TARGET:
		return get_endpoint(a, NULL, tb[attr->nla[1]], NULL);
	case ATTR_PREFIXES:
		return get_prefixes(nlh, attr->nla[0]);
	case ATTR_SECONDS:
		return get_ms(mnl_attr_get_u32(a));
	case ATTR_AGE:
		return get_ms(mnl_attr_get_u64(a));
	case ATTR_NUMBER:
		return json_integer(mnl_attr_get_u32(a));
	case ATTR_NUMBER64:
		return json_integer(mnl_attr_get_u64(a));
	case ATTR_MARK:
		return get_mark(a, tb[attr->nla[1]]);
	case ATTR_WORD:
		return json_true();
	case ATTR_DEVICE:
		return get_device(mnl_attr_get_u32(a));
	case ATTR_TLVS:
		return get_tlvs(a);
	case ATTR_LOCAL:
		return NULL;
	}
	return NULL;
}

json_t *attr_record(const struct attr *table, const struct nlmsghdr *nlh,
		    unsigned int max)
{
	const struct nlattr *tb[max + 1];
	json_t *record = json_object(), *value;

	nlsock_parse(nlh, tb, max);
	for (; table->name; table++) {
		if (!(table->flags & ATTR_OUT) || table->kind == ATTR_LOCAL)
			continue;
		value = get_value(table, tb, nlh);
		if (value)
			json_object_set_new(record, table->name, value);
	}
	return record;
}
