// SPDX-License-Identifier: GPL-2.0
/*
 * A kernel that remembers: what batches made of it is what listings show. It
 * checks at each change what the kernel would, so that an order of changes that
 * cannot work is seen, and forgets a batch that it refuses.
 */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/sluice.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_data.h"

#define OBJECTS_MAX	512
#define OBJECT_LEN	8192

enum kind { SERVICE, POOL, BACKEND, RULE, KINDS };

/* What makes two objects one; 0 at the end */
static const uint16_t keys[KINDS][4] = {
	[SERVICE]	= { SLUICE_A_SERVICE_NAME },
	[POOL]		= { SLUICE_A_POOL_NAME },
	[BACKEND]	= { SLUICE_A_BACKEND_POOL, SLUICE_A_BACKEND_ADDR,
			    SLUICE_A_BACKEND_PORT },
	[RULE]		= { SLUICE_A_RULE_SERVICE, SLUICE_A_RULE_KIND,
			    SLUICE_A_RULE_PATTERN },
};

/* Attributes that name a pool */
static const uint16_t references[KINDS] = {
	[SERVICE]	= SLUICE_A_SERVICE_POOL,
	[POOL]		= SLUICE_A_POOL_SORRY,
	[BACKEND]	= SLUICE_A_BACKEND_POOL,
	[RULE]		= SLUICE_A_RULE_POOL,
};

/* The nest that made it, in a message to look things up in */
struct object {
	struct object *next;
	enum kind kind;
	uint32_t id;
	union {
		char mem[OBJECT_LEN];
		struct nlmsghdr nlh;
	};
};

struct state {
	struct object *object[OBJECTS_MAX];
	unsigned int n;
	uint32_t generation;
	uint32_t max_flows;
	uint32_t probe_mark;
	uint32_t probe_mask;
	uint8_t user_namespaces;
};

/* Every one there was, as a state that is left may come back */
static struct object *all;
static struct state state = { .generation = 1, .max_flows = 1048576 };
static uint32_t last_id;
static const char *why;

static void set_limits(const struct nlattr *attr)
{
	if (mnl_attr_get_type(attr) == SLUICE_A_INFO_MAX_FLOWS)
		state.max_flows = mnl_attr_get_u32(attr);
	if (mnl_attr_get_type(attr) == SLUICE_A_INFO_PROBE_MARK)
		state.probe_mark = mnl_attr_get_u32(attr);
	if (mnl_attr_get_type(attr) == SLUICE_A_INFO_PROBE_MASK)
		state.probe_mask = mnl_attr_get_u32(attr);
	if (mnl_attr_get_type(attr) == SLUICE_A_INFO_USER_NAMESPACES)
		state.user_namespaces = mnl_attr_get_u8(attr);
}

static struct object *new_object(enum kind kind)
{
	struct object *o = calloc(1, sizeof(*o));

	if (!o)
		abort();
	o->kind = kind;
	o->next = all;
	all = o;
	mnl_nlmsg_put_header(o->mem);
	return o;
}

static const struct nlattr *get(const struct nlmsghdr *nlh, uint16_t type)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, 0)
		if (mnl_attr_get_type(attr) == type)
			return attr;
	return NULL;
}

static const char *text(const struct object *o, uint16_t type)
{
	const struct nlattr *attr = get(&o->nlh, type);

	return attr ? mnl_attr_get_str(attr) : "";
}

static bool same(const struct object *a, const struct object *b)
{
	const struct nlattr *x, *y;
	const uint16_t *key;

	if (a->kind != b->kind)
		return false;
	for (key = keys[a->kind]; *key; key++) {
		x = get(&a->nlh, *key);
		y = get(&b->nlh, *key);
		if (!x != !y)
			return false;
		if (x && (x->nla_len != y->nla_len ||
			  memcmp(mnl_attr_get_payload(x),
				 mnl_attr_get_payload(y),
				 mnl_attr_get_payload_len(x))))
			return false;
	}
	return true;
}

static struct object *from_nest(enum kind kind, const struct nlattr *nest)
{
	struct object *o = new_object(kind);
	size_t len = mnl_attr_get_payload_len(nest);

	if (len > OBJECT_LEN - MNL_NLMSG_HDRLEN)
		abort();
	memcpy(o->mem + MNL_NLMSG_HDRLEN, mnl_attr_get_payload(nest), len);
	o->nlh.nlmsg_len += len;
	return o;
}

static int find(const struct object *like)
{
	unsigned int i;

	for (i = 0; i < state.n; i++)
		if (same(state.object[i], like))
			return i;
	return -1;
}

static struct object *pool_of(const char *name)
{
	unsigned int i;

	for (i = 0; i < state.n; i++)
		if (state.object[i]->kind == POOL &&
		    !strcmp(text(state.object[i], SLUICE_A_POOL_NAME), name))
			return state.object[i];
	return NULL;
}

/* What means "none" goes, as the kernel does not show it. */
static bool is_none(enum kind kind, const struct nlattr *attr)
{
	static const char zero[16];
	uint16_t type = mnl_attr_get_type(attr);
	bool empty = !mnl_attr_get_payload_len(attr);

	switch (kind) {
	case SERVICE:
		if (type == SLUICE_A_SERVICE_TO_ADDR)
			return !memcmp(mnl_attr_get_payload(attr), zero, 16);
		if (type == SLUICE_A_SERVICE_MARK ||
		    type == SLUICE_A_SERVICE_MARK_MASK)
			return !mnl_attr_get_u32(attr);
		return type == SLUICE_A_SERVICE_TRUST && empty;
	case POOL:
		if (type == SLUICE_A_POOL_HASH_KEY)
			return !memcmp(mnl_attr_get_payload(attr), zero, 16);
		return (type == SLUICE_A_POOL_TLV ||
			type == SLUICE_A_POOL_USER_DATA) && empty;
	default:
		return false;
	}
}

static void copy(struct object *to, const struct object *from,
		 const struct object *except)
{
	const struct nlattr *attr;
	uint16_t type;

	mnl_attr_for_each(attr, &from->nlh, 0) {
		type = mnl_attr_get_type(attr);
		if (except && (get(&except->nlh, type) ||
			       (from->kind == SERVICE &&
				type == SLUICE_A_SERVICE_TO_PORT &&
				get(&except->nlh, SLUICE_A_SERVICE_TO_ADDR))))
			continue;
		if (!is_none(from->kind, attr))
			mnl_attr_put(&to->nlh, attr->nla_type,
				     mnl_attr_get_payload_len(attr),
				     mnl_attr_get_payload(attr));
	}
}

static struct object *merge(const struct object *old, const struct object *set)
{
	struct object *o = new_object(set->kind);

	o->id = old ? old->id : ++last_id;
	if (old)
		copy(o, old, set);
	copy(o, set, NULL);
	return o;
}

static uint16_t port_end(const struct object *o)
{
	const struct nlattr *end = get(&o->nlh, SLUICE_A_SERVICE_PORT_END);

	return mnl_attr_get_u16(end ?: get(&o->nlh, SLUICE_A_SERVICE_PORT));
}

/* By the first range of ports alone */
static bool overlaps(const struct object *a, const struct object *b)
{
	static const uint16_t where[] = {
		SLUICE_A_SERVICE_PROTO, SLUICE_A_SERVICE_ADDR
	};
	const struct nlattr *x, *y;
	unsigned int i;

	if (a->kind != SERVICE || b->kind != SERVICE)
		return false;
	for (i = 0; i < 2; i++) {
		x = get(&a->nlh, where[i]);
		y = get(&b->nlh, where[i]);
		if (!x != !y || (x && memcmp(x, y, x->nla_len)))
			return false;
	}
	return mnl_attr_get_u16(get(&a->nlh, SLUICE_A_SERVICE_PORT)) <=
	       port_end(b) &&
	       mnl_attr_get_u16(get(&b->nlh, SLUICE_A_SERVICE_PORT)) <=
	       port_end(a);
}

/* 0 or an error for an object that is to be */
static int check(const struct object *o, int but)
{
	const char *name = text(o, references[o->kind]), *next = name;
	unsigned int i;

	why = "there is no such pool";
	if (*name && !pool_of(name))
		return -ENOENT;
	why = "pools refer to each other in a circle";
	for (i = 0; o->kind == POOL && *next; i++) {
		if (i == OBJECTS_MAX ||
		    !strcmp(next, text(o, SLUICE_A_POOL_NAME)))
			return -ELOOP;
		next = text(pool_of(next), SLUICE_A_POOL_SORRY);
	}
	why = "another service has this address and port";
	for (i = 0; i < state.n; i++)
		if ((int)i != but && overlaps(o, state.object[i]))
			return -EADDRINUSE;
	return 0;
}

static void drop(unsigned int i)
{
	memmove(&state.object[i], &state.object[i + 1],
		(--state.n - i) * sizeof(state.object[0]));
}

static int add(const struct object *o)
{
	int err = check(o, -1);

	if (err)
		return err;
	why = "exists";
	if (find(o) >= 0)
		return -EEXIST;
	if (state.n == OBJECTS_MAX)
		abort();
	state.object[state.n++] = merge(NULL, o);
	return 0;
}

static int set(const struct object *o)
{
	int i = find(o), err;
	struct object *new;

	why = "does not exist";
	if (i < 0)
		return -ENOENT;
	new = merge(state.object[i], o);
	err = check(new, i);
	if (!err)
		state.object[i] = new;
	return err;
}

static int del(const struct object *o)
{
	const char *name = text(o, SLUICE_A_POOL_NAME);
	struct object *other;
	int i = find(o), j;

	why = "does not exist";
	if (i < 0)
		return -ENOENT;
	why = "has connections, force resets them";
	if (o->kind == SERVICE && !get(&o->nlh, SLUICE_A_SERVICE_FORCE) &&
	    !strncmp(text(o, SLUICE_A_SERVICE_NAME), "busy", 4))
		return -EBUSY;
	why = "is in use";
	for (j = state.n - 1; o->kind == POOL && j >= 0; j--) {
		other = state.object[j];
		if (strcmp(text(other, references[other->kind]), name))
			continue;
		if (other->kind != BACKEND)
			return -EBUSY;
		drop(j);
	}
	drop(find(o));
	for (j = state.n - 1; o->kind == SERVICE && j >= 0; j--)
		if (state.object[j]->kind == RULE &&
		    !strcmp(text(state.object[j], SLUICE_A_RULE_SERVICE),
			    text(o, SLUICE_A_SERVICE_NAME)))
			drop(j);
	return 0;
}

static int change(const struct nlattr *nest)
{
	static const struct {
		enum kind kind;
		int (*how)(const struct object *o);
	} changes[] = {
		[SLUICE_A_BATCH_NEW_SERVICE]	= { SERVICE, add },
		[SLUICE_A_BATCH_SET_SERVICE]	= { SERVICE, set },
		[SLUICE_A_BATCH_DEL_SERVICE]	= { SERVICE, del },
		[SLUICE_A_BATCH_NEW_POOL]	= { POOL, add },
		[SLUICE_A_BATCH_SET_POOL]	= { POOL, set },
		[SLUICE_A_BATCH_DEL_POOL]	= { POOL, del },
		[SLUICE_A_BATCH_NEW_BACKEND]	= { BACKEND, add },
		[SLUICE_A_BATCH_SET_BACKEND]	= { BACKEND, set },
		[SLUICE_A_BATCH_DEL_BACKEND]	= { BACKEND, del },
		[SLUICE_A_BATCH_NEW_RULE]	= { RULE, add },
		[SLUICE_A_BATCH_DEL_RULE]	= { RULE, del },
		[SLUICE_A_BATCH_COUNT]		= { 0, NULL },
	};
	uint16_t type = mnl_attr_get_type(nest);
	const struct nlattr *attr;

	if (type == SLUICE_A_BATCH_SET_INFO)
		mnl_attr_for_each_nested(attr, nest)
			set_limits(attr);
	if (type > SLUICE_A_BATCH_COUNT || !changes[type].how)
		return 0;
	return changes[type].how(from_nest(changes[type].kind, nest));
}

/* Until the first batch is done */
static char *data;

void fake_keep_data(const char *text)
{
	data = strdup(text);
}

/* Another tool's way with user-data */
static void put_data(void)
{
	static const uint16_t types[KINDS] = {
		[SERVICE]	= SLUICE_A_SERVICE_USER_DATA,
		[POOL]		= SLUICE_A_POOL_USER_DATA,
	};
	struct object *with;
	unsigned int i;
	uint16_t type;

	for (i = 0; data && i < state.n; i++) {
		type = types[state.object[i]->kind];
		if (!type)
			continue;
		with = new_object(state.object[i]->kind);
		mnl_attr_put(&with->nlh, type, strlen(data), data);
		state.object[i] = merge(state.object[i], with);
	}
	free(data);
	data = NULL;
}

bool fake_keep_wide;

/* Another client's way with addresses */
static void put_wide(void)
{
	static const char any[16];
	struct object *with;
	struct nlattr *nest;
	unsigned int i;

	for (i = 0; fake_keep_wide && i < state.n; i++) {
		if (state.object[i]->kind != SERVICE)
			continue;
		with = new_object(SERVICE);
		nest = mnl_attr_nest_start(&with->nlh, SLUICE_A_SERVICE_TRUST);
		mnl_attr_put(&with->nlh, SLUICE_A_PREFIX_ADDR, sizeof(any),
			     any);
		mnl_attr_put_u8(&with->nlh, SLUICE_A_PREFIX_PLEN, 64);
		mnl_attr_nest_end(&with->nlh, nest);
		state.object[i] = merge(state.object[i], with);
	}
	fake_keep_wide = false;
}

bool fake_keep_found;

/* A daemon's way with backends: those at port 81 are its own. */
static void put_found(void)
{
	const struct nlattr *port;
	struct object *with;
	unsigned int i;

	for (i = 0; fake_keep_found && i < state.n; i++) {
		if (state.object[i]->kind != BACKEND)
			continue;
		port = get(&state.object[i]->nlh, SLUICE_A_BACKEND_PORT);
		if (mnl_attr_get_u16(port) != 81)
			continue;
		with = new_object(BACKEND);
		mnl_attr_put_u8(&with->nlh, SLUICE_A_BACKEND_FOUND, 1);
		state.object[i] = merge(state.object[i], with);
	}
	fake_keep_found = false;
}

int fake_keep_batch(const struct nlmsghdr *rq, const char **text,
		    uint32_t *offset)
{
	struct state before = state;
	const struct nlattr *attr;
	bool dry = false;
	int err = 0;

	mnl_attr_for_each(attr, rq, sizeof(struct genlmsghdr)) {
		*offset = (char *)attr - (char *)rq;
		why = "the configuration has changed";
		if (mnl_attr_get_type(attr) == SLUICE_A_BATCH_GENERATION &&
		    mnl_attr_get_u32(attr) != state.generation)
			err = -EAGAIN;
		err = err ?: change(attr);
		dry |= mnl_attr_get_type(attr) == SLUICE_A_BATCH_DRY_RUN;
		if (err) {
			state = before;
			*text = why;
			return -err;
		}
	}
	if (dry) {
		state = before;
		return 0;
	}
	state.generation++;
	put_data();
	put_wide();
	put_found();
	return 0;
}

void fake_keep_dump(const struct nlmsghdr *rq)
{
	static const struct {
		uint8_t cmd;
		uint16_t id;
	} kinds[KINDS] = {
		[SERVICE] = { SLUICE_CMD_GET_SERVICE, SLUICE_A_SERVICE_ID },
		[POOL]	  = { SLUICE_CMD_GET_POOL, SLUICE_A_POOL_ID },
		[BACKEND] = { SLUICE_CMD_GET_BACKEND, SLUICE_A_BACKEND_ID },
		[RULE]	  = { SLUICE_CMD_GET_RULE, SLUICE_A_RULE_ID },
	};
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(rq);
	const struct nlattr *attr;
	struct nlmsghdr *nlh;
	unsigned int i;

	/* Order is for the tool to make. */
	for (i = state.n; i-- > 0; ) {
		if (kinds[state.object[i]->kind].cmd != genl->cmd)
			continue;
		nlh = fake_genl(rq, genl->cmd);
		mnl_attr_for_each(attr, &state.object[i]->nlh, 0)
			mnl_attr_put(nlh, attr->nla_type,
				     mnl_attr_get_payload_len(attr),
				     mnl_attr_get_payload(attr));
		mnl_attr_put_u32(nlh, kinds[state.object[i]->kind].id,
				 state.object[i]->id);
		fake_end(nlh);
	}
}

void fake_keep_info(const struct nlmsghdr *rq)
{
	struct nlmsghdr *nlh = fake_genl(rq, SLUICE_CMD_GET_INFO);

	mnl_attr_put_u32(nlh, SLUICE_A_INFO_MAX_FLOWS, state.max_flows);
	mnl_attr_put_u64(nlh, SLUICE_A_INFO_MAX_HALF_OPEN_BYTES, 67108864);
	if (state.probe_mask) {
		mnl_attr_put_u32(nlh, SLUICE_A_INFO_PROBE_MARK,
				 state.probe_mark);
		mnl_attr_put_u32(nlh, SLUICE_A_INFO_PROBE_MASK,
				 state.probe_mask);
	}
	mnl_attr_put_u8(nlh, SLUICE_A_INFO_USER_NAMESPACES,
			state.user_namespaces);
	mnl_attr_put_u32(nlh, SLUICE_A_INFO_GENERATION, state.generation);
	fake_end(nlh);
}

void fake_keep_limits(const struct nlmsghdr *rq)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, rq, sizeof(struct genlmsghdr))
		set_limits(attr);
	state.generation++;
}

/* Somebody else changes something. */
void fake_keep_move(void)
{
	state.generation++;
}
