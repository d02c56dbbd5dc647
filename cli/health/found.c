// SPDX-License-Identifier: GPL-2.0
/* Backends that are found. See found.h. */
#include <errno.h>
#include <linux/sluice.h>
#include <stdlib.h>
#include <string.h>

#include "../batch.h"
#include "../cmd.h"
#include "../model.h"
#include "check.h"
#include "found.h"
#include "log.h"
#include "source.h"

/* When what was refused is tried again: something else may have changed by then. */
#define AGAIN_MS	30000

/**
 * struct change - of one backend
 * @use: ATTR_ADD, ATTR_SET or ATTR_DEL
 * @address: as the tool shows it; its source's
 * @options: to be set, NULL for none
 */
struct change {
	unsigned int use;
	const char *address;
	const json_t *options;
};

/* Of pools, by name */
static json_t *sources;
static unsigned int round_no;
static struct request rq;

static struct source *source_of(const char *pool)
{
	json_t *value = pool ? json_object_get(sources, pool) : NULL;

	return (void *)(intptr_t)json_integer_value(value);
}

static void put(const char *option, const char *value)
{
	const char *bad;

	attr_put(attr_find(backend_attrs, option, ~0u), value, &rq, &bad);
}

static void put_change(const struct source *source, const struct change *c)
{
	const char *option;
	json_t *value;
	char *text;

	put("pool", source->pool);
	put("address", c->address);
	if (c->use & ATTR_ADD)
		put("found", "on");
	json_object_foreach((json_t *)c->options, option, value) {
		text = model_text(value);
		put(option, text);
		free(text);
	}
}

static int send_all(const struct source *source, const struct change *change,
		    size_t n)
{
	struct batch_done done;
	struct nlsock_error err;
	uint32_t nest;

	batch_begin(&rq);
	for (; n--; change++) {
		nest = batch_change_begin(&rq, &backend_object, change->use,
					  "");
		put_change(source, change);
		batch_change_end(&rq, nest);
	}
	return batch_send(&rq, &done, &err);
}

/* What the kernel does not take is not asked for again at once, nor told twice. */
static void refuse(struct source *source, const char *address,
		   const char *why)
{
	const json_t *old = json_object_get(source->refused, address);
	const char *told = attr_text(old, "why");

	if (!told || strcmp(told, why))
		log_say(LOG_WARNING, "pool %s: %s is found, but the kernel does not take it: %s",
			source->pool, address, why);
	json_object_set_new(source->refused, address,
			    json_pack("{s:s, s:I}", "why", why, "at",
				      (json_int_t)uv_now(check_loop)));
}

static bool was_refused(const struct source *source, const char *address)
{
	const json_t *old = json_object_get(source->refused, address);
	json_int_t at = json_integer_value(json_object_get(old, "at"));

	return old && uv_now(check_loop) < (uint64_t)at + AGAIN_MS;
}

/* Whether it was done; what somebody else has done meanwhile is seen the next time. */
static bool send_one(struct source *source, const struct change *c)
{
	struct nlsock_error err;
	char why[96];

	request_begin(&rq, c->use & ATTR_ADD ? SLUICE_CMD_NEW_BACKEND :
			   c->use & ATTR_SET ? SLUICE_CMD_SET_BACKEND :
					       SLUICE_CMD_DEL_BACKEND, 0);
	put_change(source, c);
	if (!nlsock_talk(&rq, NULL, NULL, &err)) {
		json_object_del(source->refused, c->address);
		return true;
	}
	if (err.code != EEXIST && err.code != ENOENT)
		refuse(source, c->address,
		       cmd_reason(&err, why, sizeof(why)));
	return false;
}

static void tell(const struct source *source, const struct change *c)
{
	if (c->use & ATTR_ADD)
		log_say(LOG_NOTICE, "pool %s: %s is found", source->pool,
			c->address);
	else if (c->use & ATTR_DEL)
		log_say(LOG_NOTICE, "pool %s: %s is found no more",
			source->pool, c->address);
}

/*
 * One by one, if not all are taken. @standing: how many of those that are wanted are
 * there. If all of them are refused what there was is better than nothing.
 */
static void send_each(struct source *source, const struct change *change,
		      size_t n, size_t standing)
{
	for (; n--; change++) {
		if (change->use & ATTR_DEL && !standing)
			continue;
		if (!send_one(source, change))
			continue;
		standing += !!(change->use & ATTR_ADD);
		tell(source, change);
	}
}

/* Options that are given are as given; all others are somebody else's. */
static bool differs(const json_t *record, const json_t *options)
{
	const char *option;
	json_t *value;

	json_object_foreach((json_t *)options, option, value)
		if (!json_equal(json_object_get(record, option), value))
			return true;
	return false;
}

/* In the order in which they are made: nothing goes before what replaces it. */
static size_t list_wanted(struct source *source, json_t *wanted,
			  struct change *change, size_t *standing)
{
	const json_t *record;
	const char *address;
	json_t *options;
	size_t n = 0;

	json_object_foreach(wanted, address, options) {
		record = json_object_get(source->have, address);
		*standing += !!record;
		if (was_refused(source, address))
			continue;
		if (!record)
			change[n++] = (struct change) { ATTR_ADD, address,
							options };
		else if (model_is_found(record) && differs(record, options))
			change[n++] = (struct change) { ATTR_SET, address,
							options };
	}
	return n;
}

/* [ADDRESS]:PORT, or an address alone */
static enum names_family family_of(const char *address)
{
	const char *colon = strchr(address, ':');

	return *address == '[' || (colon && strchr(colon + 1, ':')) ?
	       NAMES_IPV6 : NAMES_IPV4;
}

static size_t list_gone(const struct source *source, const json_t *wanted,
			const bool all[NAMES_FAMILIES], struct change *change)
{
	const char *address;
	json_t *record;
	size_t n = 0;

	json_object_foreach(source->have, address, record)
		if (model_is_found(record) &&
		    !json_object_get(wanted, address) &&
		    all[family_of(address)])
			change[n++] = (struct change) { ATTR_DEL, address,
							NULL };
	return n;
}

static void forget_refused(struct source *source, const json_t *wanted)
{
	const char *address;
	json_t *value;
	void *next;

	json_object_foreach_safe(source->refused, next, address, value)
		if (!json_object_get(wanted, address))
			json_object_del(source->refused, address);
}

static void make(struct source *source)
{
	bool all[NAMES_FAMILIES];
	json_t *wanted = source_wanted(source, all);
	size_t n, i, standing = 0;
	struct change *change;

	change = calloc(json_object_size(wanted) +
			json_object_size(source->have) + 1, sizeof(*change));
	if (!change)
		abort();
	forget_refused(source, wanted);
	n = list_wanted(source, wanted, change, &standing);
	/* Without any that is wanted it is not known which are not. */
	if (standing || n)
		n += list_gone(source, wanted, all, change + n);
	if (n && send_all(source, change, n))
		send_each(source, change, n, standing);
	else
		for (i = 0; i < n; i++)
			tell(source, &change[i]);
	free(change);
	json_decref(wanted);
}

static void see_pool(json_t *pool)
{
	const char *name = attr_text(pool, "name");
	struct source *source = source_of(name);

	if (!name || !model_finds(pool))
		return;
	if (!source) {
		source = source_new(name);
		json_object_set_new(sources, name,
				    json_integer((intptr_t)source));
	}
	source_set(source, pool);
	source->seen = round_no;
	json_object_clear(source->have);
}

static void forget_gone(void)
{
	struct source *source;
	const char *name;
	json_t *value;
	void *next;

	json_object_foreach_safe(sources, next, name, value) {
		source = source_of(name);
		if (source->seen == round_no)
			continue;
		json_object_del(sources, name);
		source_free(source);
	}
}

void found_see(json_t *pools, const json_t *backends)
{
	struct source *source;
	const char *name;
	json_t *record;
	size_t i;

	round_no++;
	json_array_foreach(pools, i, record)
		see_pool(record);
	forget_gone();
	json_array_foreach(backends, i, record) {
		source = source_of(attr_text(record, "pool"));
		if (source && attr_text(record, "address"))
			json_object_set(source->have,
					attr_text(record, "address"), record);
	}
	json_object_foreach(sources, name, record)
		make(source_of(name));
}

void found_begin(void (*changed)(void))
{
	sources = json_object();
	names_changed = changed;
	door_changed = changed;
	names_begin();
}

void found_end(void)
{
	round_no++;
	forget_gone();
	json_decref(sources);
	request_free(&rq);
}
