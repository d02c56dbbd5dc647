// SPDX-License-Identifier: GPL-2.0
/* The pool that a service has by its own name: they come and go in one step. */
#include <linux/sluice.h>
#include <stdio.h>
#include <string.h>

#include "batch.h"
#include "cmd.h"
#include "objects.h"
#include "progress.h"
#include "service.h"

/* A pool of the service's own name takes what only pools have. */
static bool is_of_pool(const struct cmd_arg *arg)
{
	return attr_find(pool_attrs, arg->attr->name, ATTR_ADD) == arg->attr;
}

const struct cmd_arg *service_pool_option(const struct cmd_args *args)
{
	const struct cmd_arg *forward = cmd_given(args, "forward");
	unsigned int i;

	for (i = 0; i < args->n; i++)
		if (is_of_pool(&args->arg[i]))
			return &args->arg[i];
	return forward && strcmp(forward->value, "local") ? forward : NULL;
}

/* `forward` is of the pool where there is one. */
static bool goes_to_pool(const struct cmd_arg *arg)
{
	return is_of_pool(arg) || !strcmp(arg->attr->name, "forward");
}

static int put_pool(const struct cmd *cmd, const struct cmd_args *args,
		    struct request *rq)
{
	struct cmd_arg arg = { pool_attrs, args->arg[0].value };
	char name[80];
	uint32_t nest;
	unsigned int i;
	int ret;

	snprintf(name, sizeof(name), "pool %s", arg.value);
	nest = batch_change_begin(rq, &pool_object, cmd->uses, name);
	ret = cmd_put(&arg, rq);
	for (i = 0; !ret && i < args->n; i++) {
		if (!goes_to_pool(&args->arg[i]))
			continue;
		arg.attr = attr_find(pool_attrs, args->arg[i].attr->name,
				     ATTR_ADD);
		arg.value = args->arg[i].value;
		ret = cmd_put(&arg, rq);
	}
	batch_change_end(rq, nest);
	return ret;
}

static int put_service(const struct cmd *cmd, const struct cmd_args *args,
		       struct request *rq)
{
	struct cmd_arg pool = { attr_find(service_attrs, "pool", ATTR_ADD),
				args->arg[0].value };
	unsigned int i, n = 0;
	uint32_t nest;
	int ret = 0;

	for (i = 0; i < args->n; i++)
		n += !goes_to_pool(&args->arg[i]);
	/* A name alone changes nothing. */
	if (n < 2)
		return EXIT_DONE;
	nest = batch_change_begin(rq, &service_object, cmd->uses, "");
	for (i = 0; !ret && i < args->n; i++)
		if (!goes_to_pool(&args->arg[i]))
			ret = cmd_put(&args->arg[i], rq);
	if (!ret && cmd->uses & ATTR_ADD)
		ret = cmd_put(&pool, rq);
	batch_change_end(rq, nest);
	return ret;
}

int service_pool_put(const struct cmd *cmd, const struct cmd_args *args,
		     struct request *rq)
{
	const struct cmd_arg *pool = cmd_given(args, "pool");
	const struct cmd_arg *own = service_pool_option(args);
	int ret;

	if (pool)
		return cmd_bad(own->attr->name, own->value,
			       "is set at the pool that was given, by pool set");
	batch_begin(rq);
	ret = put_pool(cmd, args, rq) ?: put_service(cmd, args, rq);
	return ret ?: cmd_needed(cmd, args);
}

bool service_has_own_pool(const char *name)
{
	static struct request rq;
	struct nlsock_error err;
	json_t *services;
	const char *pool;
	bool own;

	request_begin(&rq, service_object.get, 0);
	request_put_str(&rq, SLUICE_A_SERVICE_NAME, name);
	cmd_collect(&rq, service_attrs, &services, &err);
	pool = json_string_value(json_object_get(json_array_get(services, 0),
						 "pool"));
	own = pool && !strcmp(pool, name);
	json_decref(services);
	return own;
}

static int put_both_del(const struct cmd *cmd, const struct cmd_args *args,
			struct request *rq)
{
	const struct cmd_arg pool = { pool_attrs, args->arg[0].value };
	uint32_t nest;
	unsigned int i;
	int ret = 0;

	batch_begin(rq);
	nest = batch_change_begin(rq, &service_object, cmd->uses, "");
	for (i = 0; !ret && i < args->n; i++)
		ret = cmd_put(&args->arg[i], rq);
	batch_change_end(rq, nest);
	nest = batch_change_begin(rq, &pool_object, cmd->uses, "");
	ret = ret ?: cmd_put(&pool, rq);
	request_put_flag(rq, SLUICE_A_POOL_FORCE);
	batch_change_end(rq, nest);
	return ret;
}

int service_pool_del(const struct cmd *cmd, int argc, char **argv,
		     struct request *rq)
{
	struct nlsock_error err;
	struct batch_done done;
	struct cmd_args args;
	char why[256];
	int ret;

	cmd_split(cmd, argc, argv, &args);
	ret = put_both_del(cmd, &args, rq);
	if (ret)
		return ret;
	progress_wait(cmd, "waiting for the module");
	batch_send(rq, &done, &err);
	progress_end();
	if (!err.code)
		return EXIT_DONE;
	if (!err.span || !err.span->object ||
	    err.span->object->table != pool_attrs)
		return cmd_refused(cmd, &err);
	/* Others need the pool. */
	snprintf(why, sizeof(why), "pool %s stays: %s", argv[0],
		 *err.text ? err.text : strerror(err.code));
	ret = cmd_parse(cmd, argc, argv, 0, rq) ?: cmd_send(cmd, rq);
	if (!ret)
		cmd_warn(why);
	return ret;
}
