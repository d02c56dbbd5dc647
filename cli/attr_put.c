// SPDX-License-Identifier: GPL-2.0
/* Attributes from text to netlink. */
#include <linux/sluice.h>
#include <stdio.h>
#include <string.h>

#include "attr.h"
#include "tlv.h"
#include "value.h"

/* As many prefixes and TLVs as the kernel takes for one object */
#define PREFIXES_MAX	256
#define TLVS_MAX	32

static char why[160];

static const char *put_string(const struct attr *attr, const char *value,
			      struct request *rq)
{
	const char *const *word = attr->words;

	if (!*value || strlen(value) > attr->max) {
		snprintf(why, sizeof(why), "must have 1 to %u letters",
			 (unsigned int)attr->max);
		return why;
	}
	for (; word && *word; word++)
		if (!strcmp(*word, value))
			return "is a word of this tool";
	request_put_str(rq, attr->nla[0], value);
	return NULL;
}

static const char *put_place(const struct attr *attr, const char *value,
			     struct request *rq)
{
	struct value_endpoint ep[VALUE_RANGES_MAX];
	unsigned int n, i;
	const char *err;
	uint32_t nest;

	err = value_get_place(value, ep, &n);
	if (err)
		return err;
	if (ep->any)
		request_put_flag(rq, attr->nla[1]);
	else
		request_put(rq, attr->nla[0], sizeof(ep->addr), &ep->addr);
	request_put_u16(rq, attr->nla[2], ep->port);
	if (ep->port_end != ep->port)
		request_put_u16(rq, attr->nla[3], ep->port_end);
	for (i = 1; i < n; i++) {
		nest = request_nest_begin(rq, attr->nla[4]);
		request_put_u16(rq, SLUICE_A_PORT_RANGE_PORT, ep[i].port);
		if (ep[i].port_end != ep[i].port)
			request_put_u16(rq, SLUICE_A_PORT_RANGE_PORT_END,
					ep[i].port_end);
		request_nest_end(rq, nest);
	}
	return NULL;
}

static const char *put_endpoint(const struct attr *attr, const char *value,
				unsigned int flags, struct request *rq)
{
	struct value_endpoint ep;
	const char *err;

	err = value_get_endpoint(value, flags, &ep);
	if (err)
		return err;
	if (!ep.any)
		request_put(rq, attr->nla[0], sizeof(ep.addr), &ep.addr);
	if (ep.port)
		request_put_u16(rq, attr->nla[1], ep.port);
	return NULL;
}

static const char *put_mark(const struct attr *attr, const char *value,
			    struct request *rq)
{
	uint32_t mark, mask;
	const char *err;

	err = value_get_mark(value, &mark, &mask);
	if (err)
		return err;
	request_put_u32(rq, attr->nla[0], mark);
	request_put_u32(rq, attr->nla[1], mask);
	return NULL;
}

static const char *put_number(const struct attr *attr, const char *value,
			      struct request *rq)
{
	const char *err;
	uint64_t n;

	err = value_get_number(value, attr->min, attr->max, &n);
	if (err)
		return err;
	if (attr->kind == ATTR_NUMBER16)
		request_put_u16(rq, attr->nla[0], n);
	else if (attr->kind == ATTR_NUMBER)
		request_put_u32(rq, attr->nla[0], n);
	else
		request_put_u64(rq, attr->nla[0], n);
	return NULL;
}

static const char *put_choice(const struct attr *attr, const char *value,
			      struct request *rq)
{
	const char *err;
	int n;

	n = attr_choose(attr, value, &err);
	if (err)
		return err;
	if (attr->kind == ATTR_METHOD)
		request_put_str(rq, attr->nla[0], value);
	else if (attr->kind == ATTR_CHOICE)
		request_put_u32(rq, attr->nla[0], n);
	else if (attr->kind == ATTR_PROTO)
		request_put_u8(rq, attr->nla[0], n ? IPPROTO_UDP : IPPROTO_TCP);
	else
		request_put_u8(rq, attr->nla[0], n);
	return NULL;
}

static const char *put_key(const struct attr *attr, const char *value,
			   struct request *rq)
{
	uint8_t key[VALUE_KEY_LEN];
	const char *err = value_get_key(value, key);

	if (!err)
		request_put(rq, attr->nla[0], sizeof(key), key);
	return err;
}

static bool is_none(const struct attr *attr, const char *value)
{
	return attr->flags & ATTR_NONE && !strcmp(value, "none");
}

/* What the kernel takes for none at all */
static void put_none(const struct attr *attr, struct request *rq)
{
	static const struct in6_addr none;

	if (attr->kind == ATTR_TARGET || attr->kind == ATTR_KEY) {
		request_put(rq, attr->nla[0], sizeof(none), &none);
	} else if (attr->kind == ATTR_MARK) {
		request_put_u32(rq, attr->nla[0], 0);
		request_put_u32(rq, attr->nla[1], 0);
	} else if (attr->kind == ATTR_TLV_LIST) {
		request_nest_end(rq, request_nest_begin(rq, attr->nla[0]));
	} else {
		request_put_str(rq, attr->nla[0], "");
	}
}

/* Each of the words once */
static const char *put_fields(const struct attr *attr, const char *value,
			      struct request *rq, const char **bad)
{
	char *next = request_keep(rq, value);
	const char *err = NULL;
	uint32_t fields = 0;
	int n;

	while (!err && (*bad = strsep(&next, ","))) {
		n = attr_choose(attr, *bad, &err);
		if (!err && fields & 1U << n)
			err = "is given twice";
		if (!err)
			fields |= 1U << n;
	}
	if (!err)
		request_put_u32(rq, attr->nla[0], fields);
	return err;
}

static const char *put_value(const struct attr *attr, const char *value,
			     struct request *rq)
{
	uint32_t ms;
	const char *err;

	if (is_none(attr, value)) {
		put_none(attr, rq);
		return NULL;
	}
	switch (attr->kind) {
	case ATTR_STRING:
		return put_string(attr, value, rq);
	case ATTR_DATA:
		request_put(rq, attr->nla[0], strlen(value), value);
		return NULL;
	case ATTR_WORD:
		request_put_flag(rq, attr->nla[0]);
		if (attr->nla[1])
			request_put_flag(rq, attr->nla[1]);
		return NULL;
	case ATTR_PLACE:
		return put_place(attr, value, rq);
	case ATTR_ENDPOINT:
		return put_endpoint(attr, value, VALUE_ANY, rq);
	case ATTR_TARGET:
		return put_endpoint(attr, value, 0, rq);
	case ATTR_MARK:
		return put_mark(attr, value, rq);
	case ATTR_KEY:
		return put_key(attr, value, rq);
	case ATTR_SECONDS:
		err = value_get_seconds(value, attr->min, attr->max, &ms);
		if (!err)
			request_put_u32(rq, attr->nla[0], ms);
		return err;
	case ATTR_NUMBER16:
	case ATTR_NUMBER:
	case ATTR_NUMBER64:
		return put_number(attr, value, rq);
	case ATTR_CHOICE:
	case ATTR_PROTO:
	case ATTR_METHOD:
	case ATTR_SWITCH:
	case ATTR_HEADER:
		return put_choice(attr, value, rq);
	case ATTR_PREFIXES:
	case ATTR_TLV_LIST:
	case ATTR_FIELDS:
	case ATTR_AGE:
	case ATTR_RTT:
	case ATTR_DEVICE:
	case ATTR_TLVS:
	case ATTR_LOCAL:
		break;
	}
	return "is no option of a request";
}

static const char *put_prefix(const char *text, struct request *rq)
{
	struct in6_addr addr;
	const char *err;
	uint8_t plen;

	if (!*text)
		return "an empty prefix; give PREFIX,PREFIX or any";
	err = value_get_prefix(text, &addr, &plen);
	if (err)
		return err;
	request_put(rq, SLUICE_A_PREFIX_ADDR, sizeof(addr), &addr);
	request_put_u8(rq, SLUICE_A_PREFIX_PLEN, plen);
	return NULL;
}

static const char *put_tlv(const char *text, struct request *rq)
{
	uint8_t type, value[TLV_VALUE_MAX];
	const char *err;
	int len;

	err = tlv_get(text, &type, value, &len);
	if (err)
		return err;
	request_put_u8(rq, SLUICE_A_TLV_TYPE, type);
	if (len >= 0)
		request_put(rq, SLUICE_A_TLV_VALUE, len, value);
	return NULL;
}

static const char *put_list(const struct attr *attr, const char *value,
			    struct request *rq, const char **bad)
{
	bool tlvs = attr->kind == ATTR_TLV_LIST;
	unsigned int max = tlvs ? TLVS_MAX : PREFIXES_MAX, n = 0;
	char *next = request_keep(rq, value), *text;
	const char *err = NULL;
	uint32_t nest;

	while (!err && (text = strsep(&next, ","))) {
		if (++n > max) {
			*bad = value;
			snprintf(why, sizeof(why), "at most %u %s", max,
				 tlvs ? "TLVs" : "prefixes");
			return why;
		}
		*bad = text;
		request_span_begin(rq, attr->name, text);
		nest = request_nest_begin(rq, attr->nla[0]);
		err = tlvs ? put_tlv(text, rq) : put_prefix(text, rq);
		request_nest_end(rq, nest);
		request_span_end(rq);
	}
	return err;
}

const char *attr_put(const struct attr *attr, const char *value,
		     struct request *rq, const char **bad)
{
	bool list = attr->kind == ATTR_PREFIXES || attr->kind == ATTR_TLV_LIST;
	const char *err;

	*bad = value;
	if (list && !is_none(attr, value))
		return put_list(attr, value, rq, bad);
	/* What the kernel does not like of a secret need not show it. */
	request_span_begin(rq, attr->name, attr->flags & ATTR_SECRET &&
			   !is_none(attr, value) ? ATTR_HIDDEN : value);
	if (!value && attr->flags & ATTR_BARE)
		value = attr->words[1];
	err = attr->kind == ATTR_FIELDS ? put_fields(attr, value, rq, bad) :
					  put_value(attr, value, rq);
	request_span_end(rq);
	return err;
}
