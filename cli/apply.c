// SPDX-License-Identifier: GPL-2.0
/* Making a namespace what a configuration says. */
#include <errno.h>
#include <linux/sluice.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apply.h"
#include "batch.h"
#include "conf.h"
#include "diff.h"
#include "plumb.h"
#include "progress.h"
#include "service.h"
#include "userdata.h"

/* How often others may change something between reading and changing */
#define TRIES	10

static struct request rq;

/*
 * What could not be put, and of what. All of a file has been through this when it
 * was read, but not together with what others keep.
 */
static char unfit[192];
static struct request_span unfit_at;

static void refuse(const struct attr *attr, const char *why)
{
	snprintf(unfit, sizeof(unfit), "%s", why);
	unfit_at = (struct request_span) {
		.object	= rq.object,
		.option	= attr->name,
		.from	= rq.from,
	};
}

static void put(const struct attr *attr, const char *value)
{
	const char *bad, *why = attr_put(attr, value, &rq, &bad);

	if (why)
		refuse(attr, why);
}

/* Whether all of a request could be put; if not, it is not to be sent. */
static bool is_fit(struct nlsock_error *err)
{
	if (!*unfit)
		return true;
	memset(err, 0, sizeof(*err));
	err->code = EINVAL;
	err->span = &unfit_at;
	snprintf(err->text, sizeof(err->text), "%s", unfit);
	*unfit = '\0';
	return false;
}

/* The value that says there is none, where the command line has no word */
static void put_nothing(const struct attr *attr)
{
	request_span_begin(&rq, attr->name, NULL);
	if (attr->kind == ATTR_PREFIXES || attr->kind == ATTR_TLV_LIST)
		request_nest_end(&rq, request_nest_begin(&rq, attr->nla[0]));
	else
		request_put_str(&rq, attr->nla[0], "");
	request_span_end(&rq);
}

static void put_option(enum model_kind kind, const struct attr *attr,
		       const json_t *record)
{
	char *text = model_text(json_object_get(record, attr->name));
	const char *unset = model_unset(kind, attr);

	if (text || unset)
		put(attr, text ?: unset);
	else
		put_nothing(attr);
	free(text);
}

/* By which attributes a change finds its object */
static void put_name(const struct diff_change *c)
{
	const struct attr *attr = model_objects[c->kind]->attrs;

	for (; attr->name; attr++)
		if (attr->flags & ATTR_DEL && attr->flags & ATTR_ARG)
			put_option(c->kind, attr, c->old ?: c->new);
}

static bool is_name(const struct diff_change *c, const struct attr *attr)
{
	return attr->flags & ATTR_DEL && attr->flags & ATTR_ARG && c->old;
}

/* What other tools keep with an object stays, also with one in its place. */
static void put_user_data(const struct diff_change *c)
{
	const struct attr *attr = attr_find(model_objects[c->kind]->attrs,
					    "user-data", ~0u);
	const char *why;
	char *text;

	if (c->kind == MODEL_SERVICE) {
		if (c->what == DIFF_REPLACE && c->user_data)
			userdata_put(&rq, attr->nla[0], c->user_data);
		return;
	}
	if (!diff_is_for_daemons(c))
		return;
	text = userdata_of(c->new, c->user_data, &why);
	if (text)
		put(attr, text);
	else
		refuse(attr, why);
	free(text);
}

static uint32_t begin(const struct diff_change *c, unsigned int use,
		      const struct model *wanted)
{
	json_t *from = json_object_get(wanted->from[c->kind], c->name);
	char *title = model_title(c->kind, c->name);
	uint32_t nest;

	/* Where in the file, for an error */
	rq.from = (const void *)(intptr_t)json_integer_value(from);
	nest = batch_change_begin(&rq, model_objects[c->kind], use, title);
	free(title);
	return nest;
}

static const char *sorry_of(const json_t *pool)
{
	return json_string_value(json_object_get(pool, "sorry"));
}

/*
 * What differs, or all of it if there was nothing. A pool may refer to one
 * that comes later: @sorry is for another round.
 */
static void put_change(const struct diff_change *c, bool as_new, bool sorry)
{
	const struct diff_change whole = { c->what, c->kind, c->name, NULL,
					   c->new, c->user_data };
	const struct attr *attr = model_objects[c->kind]->attrs;

	if (!as_new)
		put_name(c);
	for (; (attr = diff_next(as_new ? &whole : c, attr)); attr++)
		if ((as_new || !is_name(c, attr)) &&
		    (sorry || strcmp(attr->name, "sorry")))
			put_option(c->kind, attr, c->new);
	if (c->kind == MODEL_POOL || c->kind == MODEL_SERVICE)
		put_user_data(as_new ? &whole : c);
}

/*
 * The order in which changes can be made: nothing may refer to what is not
 * there, two services not share a port, and pools not refer to each other in
 * a circle, not even for a moment.
 */
enum step {
	SET_LIMITS,
	DEL_RULES,
	DEL_SERVICES,
	FORGET_SORRY,
	ADD_POOLS,
	SET_POOLS,
	DEL_BACKENDS,
	SET_BACKENDS,
	FORGET_HEALTH,
	ADD_BACKENDS,
	SET_SERVICES,
	ADD_SERVICES,
	ADD_RULES,
	DEL_POOLS,
	STEPS,
};

static void put_sorry(const struct diff_change *c, const struct model *wanted,
		      const char *pool)
{
	uint32_t nest = begin(c, ATTR_SET, wanted);

	put(attr_find(pool_attrs, "name", ~0u), c->name);
	put(attr_find(pool_attrs, "sorry", ~0u), pool);
	batch_change_end(&rq, nest);
}

static void put_del(const struct diff_change *c, const struct model *wanted,
		    bool force)
{
	uint32_t nest = begin(c, ATTR_DEL, wanted);

	put_name(c);
	if (force)
		put(attr_find(model_objects[c->kind]->attrs, "force",
			      ATTR_DEL), NULL);
	batch_change_end(&rq, nest);
}

static void put_add(const struct diff_change *c, const struct model *wanted)
{
	uint32_t nest = begin(c, ATTR_ADD, wanted);

	put_change(c, true, false);
	batch_change_end(&rq, nest);
}

static void put_set(const struct diff_change *c, const struct model *wanted)
{
	uint32_t nest = begin(c, ATTR_SET, wanted);

	put_change(c, false, true);
	batch_change_end(&rq, nest);
}

/* Its backends go with it, and their flows go on as those of any that goes. */
static void put_pool_del(const struct diff_change *c, const struct model *wanted)
{
	uint32_t nest = begin(c, ATTR_DEL, wanted);

	put_name(c);
	request_put_flag(&rq, SLUICE_A_POOL_FORCE);
	batch_change_end(&rq, nest);
}

static bool sorry_changes(const struct diff_change *c)
{
	return !json_equal(json_object_get(c->old, "sorry"),
			   json_object_get(c->new, "sorry"));
}

static bool was_checked(const struct diff_change *c)
{
	return c->what == DIFF_SET && json_object_get(c->old, "health") &&
	       !json_object_get(c->new, "health");
}

/* Nobody says any more that backends are to have less. */
static bool lost_agent(const struct diff_change *c)
{
	const json_t *old = json_object_get(c->old, "health");

	return c->what == DIFF_SET && json_object_get(old, "agent") &&
	       !json_object_get(json_object_get(c->new, "health"), "agent");
}

/* What nobody looks after any more is not known: a backend must not stay down for ever. */
static void put_unknown(const struct diff_change *c, const struct model *now,
			const struct model *wanted)
{
	const struct attr *health = attr_find(backend_attrs, "health", ATTR_SET);
	const struct attr *part = attr_find(backend_attrs, "health-weight",
					    ATTR_SET);
	json_t *backend;
	const char *name;
	uint32_t nest;

	json_object_foreach(now->objects[MODEL_BACKEND], name, backend) {
		const struct diff_change b = { DIFF_SET, MODEL_BACKEND, name,
					       backend, backend, NULL };

		if (strcmp(attr_text(backend, "pool"), c->name) ||
		    !(json_object_get(wanted->objects[MODEL_BACKEND], name) ||
		      model_is_theirs(wanted, backend)))
			continue;
		nest = begin(&b, ATTR_SET, wanted);
		put_name(&b);
		if (was_checked(c))
			put(health, health->usual);
		put(part, part->usual);
		batch_change_end(&rq, nest);
	}
}

static void put_pool(const struct diff_change *c, enum step step,
		     const struct model *now, const struct model *wanted)
{
	if (step == FORGET_SORRY && sorry_of(c->old) && sorry_changes(c))
		put_sorry(c, wanted, "none");
	else if (step == ADD_POOLS && c->what == DIFF_ADD)
		put_add(c, wanted);
	else if (step == SET_POOLS && c->what == DIFF_SET)
		put_set(c, wanted);
	else if (step == SET_POOLS && c->what == DIFF_ADD && sorry_of(c->new))
		put_sorry(c, wanted, sorry_of(c->new));
	else if (step == FORGET_HEALTH && (was_checked(c) || lost_agent(c)))
		put_unknown(c, now, wanted);
	else if (step == DEL_POOLS && c->what == DIFF_DEL)
		put_pool_del(c, wanted);
}

/* Those of a pool that goes go with it. */
static bool goes_with_pool(const struct diff_change *c,
			   const struct model *wanted)
{
	return !json_object_get(wanted->objects[MODEL_POOL],
				json_string_value(json_object_get(c->old,
								  "pool")));
}

static void put_backend(const struct diff_change *c, enum step step,
			const struct model *wanted)
{
	if (step == DEL_BACKENDS && c->what == DIFF_DEL &&
	    !goes_with_pool(c, wanted))
		put_del(c, wanted, false);
	else if (step == SET_BACKENDS && c->what == DIFF_SET)
		put_set(c, wanted);
	else if (step == ADD_BACKENDS && c->what == DIFF_ADD)
		put_add(c, wanted);
}

static void put_service(const struct diff_change *c, enum step step,
			const struct model *wanted, bool force)
{
	bool dels = c->what == DIFF_DEL || c->what == DIFF_REPLACE;
	bool adds = c->what == DIFF_ADD || c->what == DIFF_REPLACE;

	if (step == DEL_SERVICES && dels)
		put_del(c, wanted, force);
	else if (step == SET_SERVICES && c->what == DIFF_SET)
		put_set(c, wanted);
	else if (step == ADD_SERVICES && adds)
		put_add(c, wanted);
}

static void put_all(const struct diff *diff, const struct model *now,
		    const struct model *wanted, bool force)
{
	const struct diff_change *c;
	enum step step;

	for (step = 0; step < STEPS; step++)
		for (c = diff->change; c < diff->change + diff->n; c++)
			switch (c->kind) {
			case MODEL_POOL:
				put_pool(c, step, now, wanted);
				break;
			case MODEL_BACKEND:
				put_backend(c, step, wanted);
				break;
			case MODEL_SERVICE:
				put_service(c, step, wanted, force);
				break;
			case MODEL_RULE:
				if (step == DEL_RULES && c->what == DIFF_DEL)
					put_del(c, wanted, false);
				if (step == ADD_RULES && c->what == DIFF_ADD)
					put_add(c, wanted);
				break;
			case MODEL_LIMITS:
				if (step == SET_LIMITS)
					put_set(c, wanted);
				break;
			case MODEL_KINDS:
				break;
			}
}

/* By its place in the file if it is there */
static int tell(const struct cmd *cmd, struct yaml_file *file,
		const struct nlsock_error *err)
{
	const struct request_span *span = err->span;
	const struct yaml_node *at = span ? span->from : NULL;
	const char *option;
	char why[192];

	if (!at || err->unloaded || err->code == EPERM)
		return cmd_refused(cmd, err);
	option = span->option;
	if (err->missing && !*err->text && !option)
		option = attr_option_of(span->object->table, err->missing);
	yaml_error(file, conf_where(at, option, span->value), NULL,
		   span->object->name, option, "%s", cmd_reason(err, why, sizeof(why)));
	fflush(stdout);
	yaml_print_errors(file, stderr, cmd_json, cmd->object);
	return EXIT_REFUSED;
}

static bool moved(uint32_t generation)
{
	struct nlsock_error err;
	uint32_t now;

	return !model_generation(&now, &err) && now != generation;
}

/* Returns 0 or @err->code; EAGAIN: changed by others, look again. */
static int make(const struct model *now, const struct model *wanted,
		const struct diff *diff, unsigned int how,
		struct nlsock_error *err)
{
	struct batch_done done;

	if (!diff->n)
		return err->code = 0;
	batch_begin(&rq);
	batch_generation(&rq, now->generation);
	if (how & APPLY_DRY)
		batch_dry_run(&rq);
	put_all(diff, now, wanted, how & APPLY_FORCE);
	progress_stage(how & APPLY_DRY ? "trying %zu changes" :
					 "making %zu changes", diff->n);
	if (is_fit(err) && !batch_send(&rq, &done, err))
		return 0;
	if (moved(now->generation))
		err->code = EAGAIN;
	return err->code;
}

/* A service on an address that packets do not find is no use. */
static void check_addresses(const struct diff *diff)
{
	json_t *seen = json_object(), *value;
	struct value_endpoint ep[VALUE_RANGES_MAX];
	const struct diff_change *c;
	char text[VALUE_TEXT_LEN], why[256];
	const char *address;
	unsigned int n;

	for (c = diff->change; c < diff->change + diff->n; c++) {
		if (c->kind != MODEL_SERVICE || !c->new ||
		    json_object_get(c->new, "pool"))
			continue;
		value = json_object_get(c->new, "to") ?:
			json_object_get(c->new, "address");
		address = json_string_value(value);
		if (value_get_endpoint(address, 0, ep) &&
		    value_get_place(address, ep, &n))
			continue;
		value_put_addr(text, &ep->addr);
		if (ep->any || json_object_get(seen, text))
			continue;
		json_object_set_new(seen, text, json_true());
		if (plumb_is_local(&ep->addr))
			continue;
		snprintf(why, sizeof(why),
			 "%s is not an address of this host, connections will not be accepted until it is",
			 text);
		cmd_warn(why);
	}
	json_decref(seen);
}

int apply(const struct cmd *cmd, struct yaml_file *file,
	  const struct model *wanted, unsigned int how, size_t *changes)
{
	struct nlsock_error err = { 0 };
	struct diff *diff = NULL;
	struct model *now = NULL;
	unsigned int i;
	int ret = EXIT_DONE;

	*changes = 0;
	progress_begin("apply");
	for (i = 0; i < TRIES; i++) {
		diff_free(diff);
		model_free(now);
		diff = NULL;
		progress_stage("reading what there is");
		if (model_from_kernel(&now, &err))
			break;
		diff = diff_make(now, wanted);
		if (make(now, wanted, diff, how, &err) != EAGAIN)
			break;
	}
	if (err.code) {
		/* Not hidden only: the clock would draw between two lines. */
		progress_end();
		ret = tell(cmd, file, &err);
	} else {
		*changes = diff->n;
		check_addresses(diff);
		if (!(how & APPLY_DRY)) {
			progress_stage("making routes");
			ret = service_plumb();
		}
	}
	progress_end();
	diff_free(diff);
	model_free(now);
	return ret;
}
