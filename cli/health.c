// SPDX-License-Identifier: GPL-2.0
/* sluice health run|show: the daemon itself is a program of its own. */
#include <errno.h>
#include <linux/sluice.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "companion.h"
#include "healthask.h"
#include "objects.h"
#include "out.h"
#include "userdata.h"

static const struct attr health_attrs[] = {
	{ "pool", ATTR_STRING, ATTR_SHOW | ATTR_ARG | ATTR_OUT | ATTR_COLUMN,
	  { SLUICE_A_BACKEND_POOL }, .max = 63, .names = &pool_object,
	  .arg = "POOL" },
	{ "address", ATTR_LOCAL, ATTR_OUT | ATTR_COLUMN },
	{ "state", ATTR_LOCAL, ATTR_OUT | ATTR_ALIGNED },
	{ "health", ATTR_LOCAL, ATTR_OUT | ATTR_ALIGNED },
	{ "check", ATTR_LOCAL, ATTR_OUT | ATTR_ALIGNED },
	{ "health-weight", ATTR_LOCAL, ATTR_OUT, .usual = "100" },
	{ "suspect", ATTR_LOCAL, ATTR_OUT },
	{ "by-service", ATTR_LOCAL, ATTR_OUT },
	{ "good", ATTR_LOCAL, ATTR_OUT, .usual = "0" },
	{ "bad", ATTR_LOCAL, ATTR_OUT, .usual = "0" },
	{ "held", ATTR_LOCAL, ATTR_OUT },
	{ "took-ms", ATTR_LOCAL, ATTR_OUT },
	{ "result", ATTR_LOCAL, ATTR_OUT },
	{ "agent", ATTR_LOCAL, ATTR_OUT },
	{ NULL }
};

static struct request rq;

/* "POOL ADDRESS", to be freed */
static char *key_of(const json_t *record)
{
	char *key;

	if (asprintf(&key, "%s %s", attr_text(record, "pool") ?: "",
		     attr_text(record, "address") ?: "") < 0)
		abort();
	return key;
}

/* What the daemon knows, by key */
static json_t *ask(void)
{
	json_t *known = json_object(), *records = healthask(), *record;
	char *key;
	size_t i;

	if (!records)
		cmd_warn(errno == ENOENT || errno == ECONNREFUSED ?
			 "nobody checks: health stays as it was found last" :
			 strerror(errno));
	json_array_foreach(records, i, record) {
		key = key_of(record);
		json_object_set(known, key, record);
		free(key);
	}
	json_decref(records);
	return known;
}

/* Names of pools that want to be checked, and how: all, or one */
static int get_checks(const char *pool, json_t **checks,
		      struct nlsock_error *err)
{
	json_t *pools, *record, *type;
	size_t i;

	*checks = json_object();
	request_begin(&rq, SLUICE_CMD_GET_POOL, pool ? 0 : NLM_F_DUMP);
	if (pool)
		request_put_str(&rq, SLUICE_A_POOL_NAME, pool);
	cmd_collect(&rq, pool_attrs, &pools, err);
	json_array_foreach(pools, i, record) {
		userdata_open(record);
		type = json_object_get(json_object_get(record, "health"),
				       "type");
		if (type)
			json_object_set(*checks, attr_text(record, "name"),
					type);
	}
	json_decref(pools);
	return err->code;
}

static void take(json_t *to, const json_t *from, const char *name)
{
	json_t *value = json_object_get(from, name);

	if (value && !json_is_false(value))
		json_object_set(to, name, value);
}

static json_t *join(const json_t *backend, json_t *check, const json_t *known)
{
	static const char *const ours[] = { "pool", "address", "state", "health" };
	static const char *const theirs[] = {
		"by-service", "good", "bad", "held", "took-ms", "result",
		"agent",
	};
	json_t *record = json_object();
	char *key = key_of(backend);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ours); i++)
		take(record, backend, ours[i]);
	json_object_set(record, "check", check);
	take(record, backend, "health-weight");
	take(record, backend, "suspect");
	for (i = 0; i < ARRAY_SIZE(theirs); i++)
		take(record, json_object_get(known, key), theirs[i]);
	free(key);
	return record;
}

static int show(const struct cmd *cmd, int argc, char **argv)
{
	json_t *checks, *backends, *record, *check, *known, *out;
	const char *pool = argc ? argv[0] : NULL;
	struct nlsock_error err;
	int ret;
	size_t i;

	ret = cmd_parse(cmd, argc, argv, NLM_F_DUMP, &rq);
	if (ret)
		return ret;
	if (get_checks(pool, &checks, &err)) {
		json_decref(checks);
		return cmd_refused(cmd, &err);
	}
	request_begin(&rq, SLUICE_CMD_GET_BACKEND, NLM_F_DUMP);
	if (pool)
		request_put_str(&rq, SLUICE_A_BACKEND_POOL, pool);
	ret = cmd_collect(&rq, backend_attrs, &backends, &err) ?
	      cmd_refused(cmd, &err) : EXIT_DONE;
	if (!ret) {
		known = ask();
		out = json_array();
		json_array_foreach(backends, i, record) {
			check = json_object_get(checks,
						attr_text(record, "pool"));
			if (check)
				json_array_append_new(out,
						      join(record, check,
							   known));
		}
		out_table(cmd->table, out);
		json_decref(known);
	}
	json_decref(backends);
	json_decref(checks);
	return ret;
}

/* The daemon is a program of its own. */
static int run(const struct cmd *cmd, int argc, char **argv)
{
	static const char *const none[] = { NULL };

	(void)cmd;
	if (argc)
		return cmd_bad(NULL, argv[0], "one argument too many");
	return companion_run("sluice-health", none);
}

const struct cmd health_cmds[] = {
	{ "health", "run", NULL, NULL, 0, 0, run,
	  "check backends as their pools say, until it is ended" },
	{ "health", "show", health_attrs, NULL, ATTR_SHOW,
	  SLUICE_CMD_GET_BACKEND, show,
	  "show what checks say of backends, of all pools or one" },
	{ NULL }
};
