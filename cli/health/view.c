// SPDX-License-Identifier: GPL-2.0
/* What the kernel has, and so what there is to check. See view.h. */
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/sluice.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "../cmd.h"
#include "../model.h"
#include "../nlstream.h"
#include "../objects.h"
#include "../userdata.h"
#include "../value.h"
#include "found.h"
#include "kernel.h"
#include "log.h"
#include "via.h"
#include "view.h"

/*
 * Several changes, or all of a file, are read at once. No check is made meanwhile, so
 * that reading gets a tenth of the time at most, however often there are changes.
 */
#define SETTLE_MS	50
#define SETTLE_MAX_MS	5000
#define SHARE		9
/* What failed is tried again. */
#define AGAIN_MS	1000

void (*view_failed)(const struct nlsock_error *err);

static struct nlstream events;
/* The module is gone, and may come back. */
static bool away;
static uv_poll_t poll;
static uv_timer_t timer;
static struct request rq;

/* Of checks, by key */
static void *tree;
static size_t n_checks;
static unsigned int round_no;
/* Of pools with a health, by name: how they are checked */
static json_t *specs;
/* What it took to read all */
static uint64_t took_ms;

static int compare(const void *a, const void *b)
{
	const struct check *x = a, *y = b;

	return strcmp(x->key, y->key);
}

static struct check *find(const char *pool, const char *address)
{
	struct check key = { NULL }, **found;

	if (asprintf(&key.key, "%s %s", pool, address) < 0)
		abort();
	found = tfind(&key, &tree, compare);
	free(key.key);
	return found ? *found : NULL;
}

static struct spec *spec_of(const json_t *all, const char *pool)
{
	return (void *)(intptr_t)json_integer_value(json_object_get(all, pool));
}

static void free_specs(json_t *all)
{
	const char *pool;
	json_t *value;

	json_object_foreach(all, pool, value)
		spec_put(spec_of(all, pool));
	json_decref(all);
}

/* Those that are as they were stay the same, and so do checks by them. */
static json_t *make_specs(json_t *pools)
{
	json_t *all = json_object(), *pool, *health;
	struct spec *spec;
	const char *name;
	size_t i;

	json_array_foreach(pools, i, pool) {
		userdata_open(pool);
		health = json_object_get(pool, "health");
		name = attr_text(pool, "name");
		if (!health || !name)
			continue;
		spec = spec_of(specs, name);
		if (spec && json_equal(spec->block, health))
			spec_get(spec);
		else
			spec = spec_new(health);
		if (spec)
			json_object_set_new(all, name,
					    json_integer((intptr_t)spec));
	}
	return all;
}

static uint8_t health_of(const char *text)
{
	return !text ? SLUICE_HEALTH_UNKNOWN :
	       !strcmp(text, "up") ? SLUICE_HEALTH_UP :
	       !strcmp(text, "down") ? SLUICE_HEALTH_DOWN :
				       SLUICE_HEALTH_UNKNOWN;
}

static uint8_t part_of(const json_t *backend)
{
	const json_t *part = json_object_get(backend, "health-weight");

	return part ? json_integer_value(part) : 100;
}

static struct check *add(const char *pool, const char *address,
			 struct spec *spec)
{
	struct value_endpoint ep;
	struct check *check;

	if (value_get_endpoint(address, 0, &ep))
		return NULL;
	check = check_new(pool, address, &ep.addr, ep.port, spec);
	if (!tsearch(check, &tree, compare))
		abort();
	n_checks++;
	return check;
}

static void see(const json_t *backend, const json_t *all, const json_t *pools)
{
	const char *pool = attr_text(backend, "pool");
	const char *address = attr_text(backend, "address");
	uint8_t health = health_of(attr_text(backend, "health"));
	uint32_t id = json_integer_value(json_object_get(backend, "id"));
	struct spec *spec = pool ? spec_of(all, pool) : NULL;
	struct check_via via;
	struct check *check;

	if (!spec || !address)
		return;
	check = find(pool, address);
	if (!check)
		check = add(pool, address, spec);
	else if (check->spec != spec)
		check_set(check, spec);
	if (!check)
		return;
	if (!check->waits)
		check_adopt_part(check, part_of(backend));
	via_of(check, json_object_get(pools, pool), backend, &via);
	check_set_via(check, &via);
	/* What waits to be told is newer than what the kernel says. */
	if (check->id != id || (check->told != health && !check->waits))
		check_adopt(check, health);
	check->id = id;
	check->seen = round_no;
}

/* tdelete() within a walk is not safe: collected first. */
static struct check **gone;
static size_t n_gone;

static void collect(const void *node, VISIT which, int depth)
{
	struct check *check = *(struct check **)node;

	(void)depth;
	if ((which == postorder || which == leaf) && check->seen != round_no)
		gone[n_gone++] = check;
}

static void remove_gone(const json_t *pools)
{
	struct check *check;

	gone = calloc(n_checks + 1, sizeof(*gone));
	if (!gone)
		abort();
	twalk(tree, collect);
	while (n_gone) {
		check = gone[--n_gone];
		/* The pool is there, and wants no checks any more. */
		if (pools && json_object_get(pools, check->pool) &&
		    !json_object_get(specs, check->pool))
			kernel_unknown(check);
		tdelete(check, &tree, compare);
		n_checks--;
		check_free(check);
	}
	free(gone);
}

static int collect_kind(const struct object *object, json_t **records,
			struct nlsock_error *err)
{
	request_begin(&rq, object->get, NLM_F_DUMP);
	return cmd_collect(&rq, object->attrs, records, err);
}

static void status(void)
{
	log_notify("STATUS=%zu backends of %zu pools are checked", n_checks,
		   json_object_size(specs));
}

static void take(json_t *pools, const json_t *backends, uint32_t generation)
{
	json_t *all = make_specs(pools), *names = json_object(), *record;
	size_t i;

	round_no++;
	json_array_foreach(pools, i, record)
		json_object_set(names, attr_text(record, "name"), record);
	json_array_foreach(backends, i, record)
		see(record, all, names);
	free_specs(specs);
	specs = all;
	remove_gone(names);
	json_decref(names);
	status();
	found_see(pools, backends, generation);
}

static int read_all(struct nlsock_error *err)
{
	json_t *pools = NULL, *backends = NULL;
	uint64_t began = uv_hrtime();
	uint32_t generation;

	kernel_flush();
	if (!model_generation(&generation, err) && !via_read(err) &&
	    !collect_kind(&pool_object, &pools, err) &&
	    !collect_kind(&backend_object, &backends, err))
		take(pools, backends, generation);
	json_decref(pools);
	json_decref(backends);
	took_ms = (uv_hrtime() - began) / 1000000;
	return err->code;
}

static int join(struct nlsock_error *err)
{
	return nlstream_join(&events, SLUICE_MCGRP_CONFIG, err) ||
	       nlstream_join(&events, SLUICE_MCGRP_HEALTH, err) ? err->code : 0;
}

/* Without it there is nothing to check, and nobody to tell. */
static void go_away(void)
{
	json_t *none = json_array();

	if (away)
		return;
	log_say(LOG_WARNING, "the module is gone, waiting for it");
	away = true;
	uv_timer_stop(&timer);
	take(none, none, 0);
	json_decref(none);
	log_notify("STATUS=waiting for the module");
}

/* Its numbers are others now, and of its groups none is joined. */
static void come_back(void)
{
	struct nlsock_error err;

	nlsock_close();
	if (!join(&err)) {
		away = false;
		log_say(LOG_NOTICE, "the module is there again");
		view_changed();
	} else if (!err.unloaded) {
		view_failed(&err);
	}
}

static void on_settled(uv_timer_t *handle)
{
	struct nlsock_error err;
	char why[96];

	(void)handle;
	if (!read_all(&err))
		return;
	/* An event that said so may have been lost. */
	if (err.code == ENOENT) {
		go_away();
		come_back();
		return;
	}
	log_say(LOG_WARNING, "cannot read what there is: %s",
		cmd_reason(&err, why, sizeof(why)));
	uv_timer_start(&timer, on_settled, AGAIN_MS, 0);
}

void view_changed(void)
{
	uint64_t ms = SHARE * took_ms;

	if (ms < SETTLE_MS)
		ms = SETTLE_MS;
	if (ms > SETTLE_MAX_MS)
		ms = SETTLE_MAX_MS;
	if (!away && !uv_is_active((uv_handle_t *)&timer))
		uv_timer_start(&timer, on_settled, ms, 0);
}

/* What we have told comes back; what somebody else did is read. */
static int on_event(const struct nlmsghdr *nlh, void *data)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const char *pool, *address;
	struct check *check;
	json_t *record;

	(void)data;
	if (genl->cmd == SLUICE_CMD_BACKEND_EVENT ||
	    genl->cmd == SLUICE_CMD_POOL_EVENT ||
	    genl->cmd == SLUICE_CMD_SERVICE_EVENT ||
	    genl->cmd == SLUICE_CMD_INFO_EVENT) {
		view_changed();
	} else if (genl->cmd == SLUICE_CMD_HEALTH_EVENT) {
		record = attr_record(backend_attrs, nlh);
		pool = attr_text(record, "pool");
		address = attr_text(record, "address");
		check = pool && address ? find(pool, address) : NULL;
		/* Connections have found that something is wrong. */
		if (check && json_object_get(record, "suspect"))
			check_soon(check);
		if (check && (check->told !=
			      health_of(attr_text(record, "health")) ||
			      (check->spec->agent &&
			       check->told_part != part_of(record))))
			view_changed();
		json_decref(record);
	}
	return MNL_CB_OK;
}

static void on_ready(uv_poll_t *handle, int status, int what)
{
	struct nlsock_error err;

	(void)what;
	/* What went by unread is an error to libuv, which then waits no more. */
	if (status < 0)
		uv_poll_start(handle, UV_READABLE, on_ready);
	if (away) {
		if (nlstream_is_back(&events))
			come_back();
		return;
	}
	if (!nlstream_read(&events, on_event, NULL, &err)) {
		if (err.unloaded)
			go_away();
		else
			view_failed(&err);
		return;
	}
	if (err.code == ENOBUFS)
		view_changed();
}

int view_begin(struct nlsock_error *err)
{
	specs = json_object();
	uv_timer_init(check_loop, &timer);
	if (join(err) || read_all(err))
		return err->code;
	uv_poll_init(check_loop, &poll, nlstream_fd(&events));
	uv_poll_start(&poll, UV_READABLE, on_ready);
	return 0;
}

void view_end(void)
{
	round_no++;
	remove_gone(NULL);
	free_specs(specs);
	uv_close((uv_handle_t *)&timer, NULL);
	if (poll.loop)
		uv_close((uv_handle_t *)&poll, NULL);
	nlstream_close(&events);
	via_end();
	request_free(&rq);
}

static json_t *report;

static void report_one(const void *node, VISIT which, int depth)
{
	const struct check *check = *(struct check **)node;
	const struct state *s = &check->state;
	json_t *record;

	(void)depth;
	if (which != postorder && which != leaf)
		return;
	record = json_pack("{s:s, s:s, s:s, s:b, s:i, s:i, s:i, s:b}",
			   "pool", check->pool, "address", check->address,
			   "check", check->spec->type, "held", (int)s->held,
			   "good", (int)s->good, "bad", (int)s->bad,
			   "took-ms", (int)check->took_ms,
			   "by-service", (int)!!check->via.mark);
	if (check->checked)
		json_object_set_new(record, "result",
				    json_string(*check->why ? check->why :
							      "good"));
	if (*check->mute)
		json_object_set_new(record, "agent", json_string(check->mute));
	else if (*check->says.text)
		json_object_set_new(record, "agent",
				    json_string(check->says.text));
	json_array_append_new(report, record);
}

json_t *view_report(void)
{
	report = json_array();
	twalk(tree, report_one);
	return report;
}
