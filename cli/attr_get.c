// SPDX-License-Identifier: GPL-2.0
/* Attributes from netlink to JSON. */
#include <ctype.h>
#include <linux/genetlink.h>
#include <linux/sluice.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "attr.h"
#include "nlsock.h"
#include "tlv.h"
#include "userdata.h"
#include "value.h"

/* An empty one says that there is none. */
static json_t *get_string(const struct nlattr *attr)
{
	const char *text = mnl_attr_get_str(attr);

	return *text ? json_string(text) : NULL;
}

static uint16_t get_port(const struct nlattr *port, uint16_t none)
{
	return port ? mnl_attr_get_u16(port) : none;
}

static json_t *get_endpoint(const struct nlattr *addr,
			    const struct nlattr *port)
{
	struct value_endpoint ep = { .port = get_port(port, 0) };
	char text[VALUE_TEXT_LEN];

	memcpy(&ep.addr, mnl_attr_get_payload(addr), sizeof(ep.addr));
	return json_string(value_put_endpoint(text, &ep));
}

/* The first range is of the message, the others in nests. */
static json_t *get_place(const struct attr *attr, const struct nlattr **tb,
			 const struct nlmsghdr *nlh)
{
	const struct nlattr *range[SLUICE_A_PORT_RANGE_MAX + 1], *nest;
	const struct nlattr *addr = tb[attr->nla[0]], *any = tb[attr->nla[1]];
	struct value_endpoint ep[VALUE_RANGES_MAX] = { { .any = any } };
	char text[VALUE_PLACE_LEN];
	unsigned int n = 1;

	if (!addr && !any)
		return NULL;
	if (addr)
		memcpy(&ep->addr, mnl_attr_get_payload(addr), sizeof(ep->addr));
	ep->port = get_port(tb[attr->nla[2]], 0);
	ep->port_end = get_port(tb[attr->nla[3]], ep->port);
	mnl_attr_for_each(nest, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(nest) != attr->nla[4] ||
		    n == VALUE_RANGES_MAX)
			continue;
		nlsock_parse_nest(nest, range, SLUICE_A_PORT_RANGE_MAX);
		ep[n].port = get_port(range[SLUICE_A_PORT_RANGE_PORT], 0);
		ep[n].port_end = get_port(range[SLUICE_A_PORT_RANGE_PORT_END],
					  ep[n].port);
		n++;
	}
	return json_string(value_put_place(text, ep, n));
}

static json_t *get_prefix(const struct nlattr *nest)
{
	const struct nlattr *tb[SLUICE_A_PREFIX_MAX + 1];
	char text[VALUE_TEXT_LEN];
	struct in6_addr addr;

	nlsock_parse_nest(nest, tb, SLUICE_A_PREFIX_MAX);
	if (!tb[SLUICE_A_PREFIX_ADDR] || !tb[SLUICE_A_PREFIX_PLEN])
		return NULL;
	memcpy(&addr, mnl_attr_get_payload(tb[SLUICE_A_PREFIX_ADDR]),
	       sizeof(addr));
	value_put_prefix(text, &addr,
			 mnl_attr_get_u8(tb[SLUICE_A_PREFIX_PLEN]));
	return json_string(text);
}

static json_t *get_tlv(const struct nlattr *nest)
{
	const struct nlattr *tb[SLUICE_A_TLV_MAX + 1], *value;

	nlsock_parse_nest(nest, tb, SLUICE_A_TLV_MAX);
	if (!tb[SLUICE_A_TLV_TYPE])
		return NULL;
	value = tb[SLUICE_A_TLV_VALUE];
	return tlv_put(mnl_attr_get_u8(tb[SLUICE_A_TLV_TYPE]),
		       value ? mnl_attr_get_payload(value) : NULL,
		       value ? mnl_attr_get_payload_len(value) : 0);
}

/* All attributes of this number, which tables by number cannot hold */
static json_t *get_list(const struct nlmsghdr *nlh, uint16_t type,
			json_t *(*get)(const struct nlattr *nest))
{
	json_t *list = NULL, *item;
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		item = mnl_attr_get_type(attr) == type ? get(attr) : NULL;
		if (!item)
			continue;
		if (!list)
			list = json_array();
		json_array_append_new(list, item);
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

/* What a file says is one attribute for each of its words. */
static json_t *get_fields(const struct attr *attr, const struct nlmsghdr *nlh)
{
	const struct nlattr *nla;
	json_t *list = NULL;
	uint32_t fields = 0;
	unsigned int i;

	mnl_attr_for_each(nla, nlh, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(nla) == attr->nla[0])
			fields |= mnl_attr_get_u32(nla);
	if (fields)
		list = json_array();
	for (i = 0; attr->words[i]; i++) {
		if (fields & 1U << i)
			json_array_append_new(list, json_string(attr->words[i]));
		fields &= ~(1U << i);
	}
	/* A newer module than this tool */
	if (fields)
		json_array_append_new(list, json_integer(fields));
	return list;
}

static json_t *get_key(const struct nlattr *attr)
{
	char text[VALUE_TEXT_LEN];

	if (mnl_attr_get_payload_len(attr) != VALUE_KEY_LEN)
		return NULL;
	return json_string(value_put_key(text, mnl_attr_get_payload(attr)));
}

static json_t *get_proto(uint8_t proto)
{
	if (proto == IPPROTO_TCP)
		return json_string("tcp");
	if (proto == IPPROTO_UDP)
		return json_string("udp");
	return json_integer(proto);
}

static json_t *get_ms(uint64_t ms)
{
	return ms % 1000 ? json_real(ms / 1000.0) : json_integer(ms / 1000);
}

/*
 * Who owns a network namespace gives devices any name without a blank, slash or
 * colon. One that is no text gets ? for what a terminal may not see.
 */
static json_t *get_device(uint32_t ifindex)
{
	char name[IF_NAMESIZE], *c;

	if (!ifindex)
		return NULL;
	if (!if_indextoname(ifindex, name))
		snprintf(name, sizeof(name), "if%u", ifindex);
	if (value_text_end(name, strlen(name)) < strlen(name))
		for (c = name; *c; c++)
			if (!isascii(*c) || !isgraph(*c))
				*c = '?';
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
		return get_place(attr, tb, nlh);
	if (!a)
		return NULL;
	switch (attr->kind) {
	case ATTR_STRING:
	case ATTR_METHOD:
		return get_string(a);
	case ATTR_DATA:
		return userdata_get(mnl_attr_get_payload(a),
				    mnl_attr_get_payload_len(a));
	case ATTR_CHOICE:
		return get_word(attr, mnl_attr_get_u32(a));
	case ATTR_SWITCH:
	case ATTR_HEADER:
		return get_word(attr, mnl_attr_get_u8(a));
	case ATTR_PROTO:
		return get_proto(mnl_attr_get_u8(a));
	case ATTR_PLACE:
	case ATTR_ENDPOINT:
	case ATTR_TARGET:
		return get_endpoint(a, tb[attr->nla[1]]);
	case ATTR_PREFIXES:
		return get_list(nlh, attr->nla[0], get_prefix);
	case ATTR_TLV_LIST:
		return get_list(nlh, attr->nla[0], get_tlv);
	case ATTR_FIELDS:
		return get_fields(attr, nlh);
	case ATTR_KEY:
		return get_key(a);
	case ATTR_SECONDS:
		return get_ms(mnl_attr_get_u32(a));
	case ATTR_AGE:
		return get_ms(mnl_attr_get_u64(a));
	case ATTR_RTT:
		return json_real(mnl_attr_get_u32(a) / 1e6);
	case ATTR_NUMBER16:
		return json_integer(mnl_attr_get_u16(a));
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
		return tlv_list(mnl_attr_get_payload(a),
				mnl_attr_get_payload_len(a));
	case ATTR_LOCAL:
		return NULL;
	}
	return NULL;
}

static unsigned int highest(const struct attr *table)
{
	unsigned int max = 0, i;

	for (; table->name; table++)
		for (i = 0; i < ATTR_NLAS; i++)
			if (table->nla[i] > max)
				max = table->nla[i];
	return max;
}

json_t *attr_record(const struct attr *table, const struct nlmsghdr *nlh)
{
	unsigned int max = highest(table);
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
