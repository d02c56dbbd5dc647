// SPDX-License-Identifier: GPL-2.0
/* Checks by the way that connections take. See via.h. */
#include <linux/genetlink.h>
#include <linux/sluice.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "../cmd.h"
#include "../objects.h"
#include "../value.h"
#include "probe.h"
#include "via.h"

static struct request rq;
/* Records of services by protocol, family and pool; of each the first by its name */
static json_t *services;
static uint32_t mark, mask;

static void take_limits(const json_t *limits)
{
	const char *text = attr_text(limits, "probe-mark");

	mark = 0;
	mask = 0;
	if (text && value_get_mark(text, &mark, &mask))
		mask = 0;
}

static char *key_of(const char *proto, const struct in6_addr *addr,
		    const char *pool)
{
	char *key;

	if (asprintf(&key, "%s %d %s", proto,
		     IN6_IS_ADDR_V4MAPPED(addr) ? 4 : 6, pool) < 0)
		abort();
	return key;
}

/* Where a service is, if it is at one address */
static bool place_of(const json_t *service, struct value_endpoint *place)
{
	struct value_endpoint ep[VALUE_RANGES_MAX];
	unsigned int n;

	if (value_get_place(attr_text(service, "address") ?: "", ep, &n))
		return false;
	*place = ep[0];
	return !place->any;
}

static void take_service(json_t *service)
{
	const char *pool = attr_text(service, "pool");
	const char *name = attr_text(service, "name");
	const char *proto = attr_text(service, "proto");
	struct value_endpoint place;
	json_t *was;
	char *key;

	if (!pool || !name || !proto || !place_of(service, &place))
		return;
	key = key_of(proto, &place.addr, pool);
	was = json_object_get(services, key);
	if (!was || strcmp(name, attr_text(was, "name")) < 0)
		json_object_set(services, key, service);
	free(key);
}

int via_read(struct nlsock_error *err)
{
	json_t *records = NULL, *record;
	size_t i;

	json_decref(services);
	services = json_object();
	request_begin(&rq, SLUICE_CMD_GET_INFO, 0);
	if (!cmd_collect(&rq, limits_attrs, &records, err))
		take_limits(json_array_get(records, 0));
	json_decref(records);
	if (err->code || !mask)
		return err->code;
	request_begin(&rq, SLUICE_CMD_GET_SERVICE, NLM_F_DUMP);
	cmd_collect(&rq, service_attrs, &records, err);
	json_array_foreach(records, i, record)
		take_service(record);
	json_decref(records);
	return err->code;
}

static bool is_direct(const json_t *pool, const json_t *backend)
{
	static const char *const direct[] = { "dsr", "ipip", "gue", "dsr-nat" };
	const char *forward = attr_text(backend, "forward") ?:
			      attr_text(pool, "forward");
	unsigned int i;

	for (i = 0; forward && i < ARRAY_SIZE(direct); i++)
		if (!strcmp(forward, direct[i]))
			return true;
	return false;
}

static const json_t *service_of(const struct check *check)
{
	enum spec_kind kind = check->spec->kind;
	bool udp = kind == SPEC_UDP || kind == SPEC_DNS;
	char *key = key_of(udp ? "udp" : "tcp", &check->addr, check->pool);
	const json_t *service = json_object_get(services, key);

	free(key);
	return service;
}

/* A port of its own, and a program, say where to look themselves. */
void via_of(const struct check *check, const json_t *pool,
	    const json_t *backend, struct check_via *via)
{
	uint32_t id = json_integer_value(json_object_get(backend, "id"));
	struct value_endpoint place;
	const json_t *service;

	memset(via, 0, sizeof(*via));
	if (!mask || !id || id & mask || check->spec->port ||
	    check->spec->kind == SPEC_EXEC || !is_direct(pool, backend))
		return;
	service = service_of(check);
	if (!service || !place_of(service, &place))
		return;
	check_address(&via->to, &place.addr, place.port);
	via->mark = mark | id;
}

int via_bind(int fd, const struct check *check)
{
	union check_addr from = { { 0 } }, to;
	int on = 1;

	/* Packets leave by the route to the backend, so they are to be from there. */
	check_address(&to, &check->addr, 9);
	if (probe_source(&to, &from) ||
	    setsockopt(fd, SOL_SOCKET, SO_MARK, &check->via.mark,
		       sizeof(check->via.mark)))
		return -1;
	/* A port is chosen when it connects, among those that are free there. */
	setsockopt(fd, SOL_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
	from.v4.sin_port = 0;
	return bind(fd, &from.sa, from.sa.sa_family == AF_INET ?
		    sizeof(from.v4) : sizeof(from.v6));
}

void via_end(void)
{
	json_decref(services);
	services = NULL;
	request_free(&rq);
}
