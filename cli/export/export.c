// SPDX-License-Identifier: GPL-2.0
/* sluice export [LISTEN] */
#include <errno.h>
#include <linux/sluice.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "companion.h"
#include "metrics.h"
#include "objects.h"
#include "value.h"

/* Listings that were disturbed are asked for so often. */
#define RETRIES		10

static const struct attr export_attrs[] = {
	{ "listen", ATTR_LOCAL, ATTR_SHOW | ATTR_ARG, .arg = "ADDR:PORT" },
	{ NULL }
};

/* Beside limits_attrs */
static const struct attr info_attrs[] = {
	{ "version", ATTR_STRING, ATTR_OUT, { SLUICE_A_INFO_VERSION } },
	{ "draining", ATTR_SWITCH, ATTR_OUT, { SLUICE_A_INFO_DRAINING },
	  attr_switches },
	{ NULL }
};

static struct request rq;

static int collect(uint8_t ask, uint16_t flags, const struct attr *table,
		   json_t **records, struct nlsock_error *err)
{
	request_begin(&rq, ask, flags);
	return cmd_collect(&rq, table, records, err);
}

static int get_info(const struct nlmsghdr *nlh, void *data)
{
	json_t *info = data, *more = attr_record(info_attrs, nlh);
	bool drains = !strcmp(attr_text(more, "draining") ?: "", "on");

	json_object_set_new(more, "draining", json_boolean(drains));
	json_object_update(info, more);
	json_decref(more);
	more = attr_record(limits_attrs, nlh);
	json_object_update(info, more);
	json_decref(more);
	return MNL_CB_OK;
}

static int get_total(const struct nlmsghdr *nlh, void *data)
{
	counter_parse(nlh, data);
	return MNL_CB_OK;
}

static int get_service(const struct nlmsghdr *nlh, void *data)
{
	struct metrics *m = data;

	m->of_service = realloc(m->of_service, (m->n_of_service + 1) *
				sizeof(*m->of_service));
	if (!m->of_service)
		abort();
	counter_parse(nlh, &m->of_service[m->n_of_service++]);
	return MNL_CB_OK;
}

/* Of each service, all of one time */
static int collect_counters(struct metrics *m, struct nlsock_error *err)
{
	int i;

	for (i = 0; i < RETRIES; i++) {
		m->n_of_service = 0;
		request_begin(&rq, SLUICE_CMD_GET_STATS, NLM_F_DUMP);
		if (nlsock_talk(&rq, get_service, m, err) != EINTR)
			break;
	}
	return err->code;
}

static int collect_all(struct metrics *m, struct nlsock_error *err)
{
	request_begin(&rq, SLUICE_CMD_GET_INFO, 0);
	if (nlsock_talk(&rq, get_info, m->info, err))
		return err->code;
	request_begin(&rq, SLUICE_CMD_GET_STATS, 0);
	if (nlsock_talk(&rq, get_total, &m->total, err))
		return err->code;
	return collect_counters(m, err) ?:
	       collect(SLUICE_CMD_GET_SERVICE, NLM_F_DUMP, service_attrs,
		       &m->services, err) ?:
	       collect(SLUICE_CMD_GET_POOL, NLM_F_DUMP, pool_attrs, &m->pools,
		       err) ?:
	       collect(SLUICE_CMD_GET_BACKEND, NLM_F_DUMP, backend_attrs,
		       &m->backends, err);
}

/* All of it is read before any is said: half of it would look like all. */
static int put(const struct cmd *cmd)
{
	struct metrics m = { .tool = SLUICE_VERSION, .info = json_object() };
	struct nlsock_error err;

	if (!collect_all(&m, &err))
		metrics_put(stdout, &m);
	json_decref(m.info);
	json_decref(m.services);
	json_decref(m.pools);
	json_decref(m.backends);
	free(m.of_service);
	return err.code ? cmd_refused(cmd, &err) : EXIT_DONE;
}

static int serve(const char *listen)
{
	char addr[VALUE_TEXT_LEN], port[8];
	struct value_endpoint ep;
	const char *bad;

	bad = value_get_endpoint(listen, VALUE_PORT_NEEDED | VALUE_ANY, &ep);
	if (bad)
		return cmd_bad(NULL, listen, bad);
	if (ep.any)
		snprintf(addr, sizeof(addr), "*");
	else
		value_put_addr(addr, &ep.addr);
	snprintf(port, sizeof(port), "%u", ep.port);
	return companion_run("sluice-export",
			     (const char *const []){ addr, port, NULL });
}

static int export(const struct cmd *cmd, int argc, char **argv)
{
	if (cmd_json)
		return cmd_bad("-j", NULL, "there is no JSON of this, stats has it");
	if (argc > 1)
		return cmd_bad(NULL, argv[1], "one argument too many");
	return argc ? serve(argv[0]) : put(cmd);
}

const struct cmd export_cmds[] = {
	{ "export", NULL, export_attrs, NULL, ATTR_SHOW, SLUICE_CMD_GET_STATS,
	  export, "print what Prometheus reads, or serve it at an address" },
	{ NULL }
};
