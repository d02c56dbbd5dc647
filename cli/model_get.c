// SPDX-License-Identifier: GPL-2.0
/* The configuration that is in force. */
#include <errno.h>
#include <linux/sluice.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "model.h"

/* How often a configuration that keeps changing is read */
#define TRIES	10

static const struct attr generation_attrs[] = {
	{ "generation", ATTR_NUMBER, ATTR_OUT, { SLUICE_A_INFO_GENERATION } },
	{ NULL }
};

static struct request rq;

/* Limits are one record, of what the module tells of itself. */
static int get_limits(struct model *model, struct nlsock_error *err)
{
	json_t *records;

	request_begin(&rq, SLUICE_CMD_GET_INFO, 0);
	if (!cmd_collect(&rq, limits_attrs, &records, err) &&
	    json_array_size(records))
		model_add(model, MODEL_LIMITS,
			  model_trim(MODEL_LIMITS,
				     json_incref(json_array_get(records, 0))));
	json_decref(records);
	return err->code;
}

int model_generation(uint32_t *generation, struct nlsock_error *err)
{
	json_t *records, *value;

	request_begin(&rq, SLUICE_CMD_GET_INFO, 0);
	if (!cmd_collect(&rq, generation_attrs, &records, err)) {
		value = json_object_get(json_array_get(records, 0),
					"generation");
		*generation = json_integer_value(value);
	}
	json_decref(records);
	return err->code;
}

static int by_id(const void *a, const void *b)
{
	json_t *const *x = a, *const *y = b;
	json_int_t i = json_integer_value(json_object_get(*x, "id"));
	json_int_t j = json_integer_value(json_object_get(*y, "id"));

	return i < j ? -1 : i > j;
}

/* In the order in which they were made */
static void add_sorted(struct model *model, enum model_kind kind,
		       json_t *records)
{
	size_t n = json_array_size(records), i;
	json_t **all = calloc(n + 1, sizeof(*all)), *data;

	if (!all)
		abort();
	for (i = 0; i < n; i++)
		all[i] = json_incref(json_array_get(records, i));
	qsort(all, n, sizeof(*all), by_id);
	for (i = 0; i < n; i++) {
		data = json_object_get(all[i], "user-data");
		if (data)
			json_object_set(model->user_data[kind],
					attr_text(all[i], "name"), data);
		model_add(model, kind, model_trim(kind, all[i]));
	}
	free(all);
}

static int get_kind(struct model *model, enum model_kind kind,
		    struct nlsock_error *err)
{
	const struct object *object = model_objects[kind];
	json_t *records;

	request_begin(&rq, object->get, NLM_F_DUMP);
	if (!cmd_collect(&rq, object->attrs, &records, err))
		add_sorted(model, kind, records);
	json_decref(records);
	return err->code;
}

static int get_all(struct model *m, struct nlsock_error *err)
{
	if (model_generation(&m->generation, err) || get_limits(m, err) ||
	    get_kind(m, MODEL_POOL, err) || get_kind(m, MODEL_BACKEND, err) ||
	    get_kind(m, MODEL_SERVICE, err))
		return err->code;
	return get_kind(m, MODEL_RULE, err);
}

/* Several listings are one configuration if nothing changed meanwhile. */
int model_from_kernel(struct model **model, struct nlsock_error *err)
{
	uint32_t generation;
	unsigned int i;
	struct model *m;

	*model = NULL;
	for (i = 0; i < TRIES; i++) {
		m = model_new();
		if (get_all(m, err) || model_generation(&generation, err)) {
			model_free(m);
			return err->code;
		}
		*model = m;
		if (generation == m->generation)
			return 0;
		*model = NULL;
		model_free(m);
	}
	err->code = EAGAIN;
	snprintf(err->text, sizeof(err->text),
		 "the configuration changes all the time, try again");
	return err->code;
}
