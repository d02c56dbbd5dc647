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
/* Of the configuration that was read, and is to be changed */
static uint32_t generation;
/* It has been changed since, and is to be read again */
static bool stale;
static uv_timer_t again;
static void (*look_again)(void);

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
	batch_generation(&rq, generation);
	for (; n--; change++) {
		nest = batch_change_begin(&rq, &backend_object, change->use,
					  "");
		put_change(source, change);
		batch_change_end(&rq, nest);
	}
	if (!batch_send(&rq, &done, &err))
		generation = done.generation;
	return err.code;
}

/* Was it somebody else's change that made ours fail? */
static bool moved(void)
{
	struct nlsock_error err;
	uint32_t now;

	return !model_generation(&now, &err) && now != generation;
}

static void on_again(uv_timer_t *timer)
{
	(void)timer;
	look_again();
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
	if (!uv_is_active((uv_handle_t *)&again))
		uv_timer_start(&again, on_again, AGAIN_MS, 0);
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

/*
 * Options that were given and are no longer become as usual: added to those that are.
 * True if there are such.
 */
static bool take_back(json_t *options, const json_t *said)
{
	const char *option, *unset;
	bool any = false;
	json_t *value;

	json_object_foreach((json_t *)said, option, value) {
		if (json_object_get(options, option))
			continue;
		unset = model_unset(MODEL_BACKEND,
				    attr_find(backend_attrs, option, ~0u));
		if (unset)
			json_object_set_new(options, option,
					    json_string(unset));
		any |= !!unset;
	}
	return any;
}

/* What has to be done for one that is wanted. False: nothing */
static bool want(const struct source *source, const char *address,
		 json_t *options, struct change *change)
{
	const json_t *record = json_object_get(source->have, address);

	*change = (struct change) { record ? ATTR_SET : ATTR_ADD, address,
				    options };
	if (!record)
		return true;
	return model_is_found(record) &&
	       (take_back(options, json_object_get(source->said, address)) ||
		differs(record, options));
}

/* In the order in which they are made: nothing goes before what replaces it. */
static size_t list_wanted(const struct source *source, const json_t *wanted,
			  struct change *change, size_t *standing)
{
	const char *address;
	json_t *options;
	size_t n = 0;

	json_object_foreach((json_t *)wanted, address, options) {
		*standing += !!json_object_get(source->have, address);
		if (!json_object_get(source->refused, address))
			n += want(source, address, options, change + n);
	}
	return n;
}

/* Alone, lest all the others should be refused with them once more. */
static bool try_again(struct source *source, const json_t *wanted)
{
	struct change change;
	const char *address;
	bool done = false;
	json_t *options;

	json_object_foreach((json_t *)wanted, address, options) {
		if (!json_object_get(source->refused, address) ||
		    was_refused(source, address))
			continue;
		if (!want(source, address, options, &change)) {
			json_object_del(source->refused, address);
		} else if (send_one(source, &change)) {
			tell(source, &change);
			done = true;
		}
	}
	return done;
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

/* True: what was read is old now. */
static bool make_wanted(struct source *source, const json_t *wanted,
			const bool all[NAMES_FAMILIES], struct change *change)
{
	size_t n, i, standing = 0;

	n = list_wanted(source, wanted, change, &standing);
	/* Without any that is wanted it is not known which are not. */
	if (standing || n)
		n += list_gone(source, wanted, all, change + n);
	if (n && send_all(source, change, n)) {
		/* One by one they have no generation. */
		if (!moved())
			send_each(source, change, n, standing);
		return true;
	}
	for (i = 0; i < n; i++)
		tell(source, &change[i]);
	return false;
}

/* What is found no more, but stands, may be found again with other options. */
static void keep_said(struct source *source, json_t *said)
{
	const char *address;
	json_t *value;
	void *next;

	json_object_update(source->said, said);
	json_object_foreach_safe(source->said, next, address, value)
		if (!json_object_get(said, address) &&
		    !json_object_get(source->have, address))
			json_object_del(source->said, address);
}

static void make(struct source *source)
{
	bool all[NAMES_FAMILIES];
	json_t *wanted = source_wanted(source, all);
	json_t *said = json_deep_copy(wanted);
	struct change *change;

	change = calloc(json_object_size(wanted) +
			json_object_size(source->have) + 1, sizeof(*change));
	if (!change)
		abort();
	forget_refused(source, wanted);
	stale = try_again(source, wanted) ||
		make_wanted(source, wanted, all, change);
	/* What is to be taken back is known until it was. */
	if (!stale)
		keep_said(source, said);
	json_decref(said);
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

void found_see(json_t *pools, const json_t *backends, uint32_t gen)
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
	generation = gen;
	stale = false;
	json_object_foreach(sources, name, record)
		if (!stale)
			make(source_of(name));
	if (stale)
		look_again();
}

void found_begin(void (*changed)(void))
{
	sources = json_object();
	look_again = changed;
	uv_timer_init(check_loop, &again);
	names_changed = changed;
	door_changed = changed;
	names_begin();
}

void found_end(void)
{
	round_no++;
	forget_gone();
	json_decref(sources);
	uv_close((uv_handle_t *)&again, NULL);
	request_free(&rq);
}
