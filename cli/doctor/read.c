// SPDX-License-Identifier: GPL-2.0
/* What the doctor looks at: services, and the backends that they may come to. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/sluice.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "doctor/doctor.h"
#include "objects.h"

static const struct attr info_attrs[] = {
	{ "version", ATTR_STRING, ATTR_OUT, { SLUICE_A_INFO_VERSION } },
	{ "draining", ATTR_SWITCH, ATTR_OUT, { SLUICE_A_INFO_DRAINING },
	  attr_switches },
	{ NULL }
};

static struct request rq;

static int by_id(const void *a, const void *b)
{
	json_t *const *x = a, *const *y = b;
	json_int_t i = json_integer_value(json_object_get(*x, "id"));
	json_int_t j = json_integer_value(json_object_get(*y, "id"));

	return i < j ? -1 : i > j;
}

/* In the order in which they were made */
static json_t *sorted(json_t *records)
{
	size_t n = json_array_size(records), i;
	json_t **all = calloc(n + 1, sizeof(*all)), *record;
	json_t *out = json_array();

	if (!all)
		abort();
	json_array_foreach(records, i, record)
		all[i] = record;
	qsort(all, n, sizeof(*all), by_id);
	for (i = 0; i < n; i++)
		json_array_append(out, all[i]);
	free(all);
	json_decref(records);
	return out;
}

static int list(uint8_t cmd, uint16_t flags, const struct attr *table,
		json_t **records, struct nlsock_error *err)
{
	json_decref(*records);
	request_begin(&rq, cmd, flags);
	cmd_collect(&rq, table, records, err);
	*records = sorted(*records);
	return err->code;
}

static void read_service(struct doctor_service *s, const json_t *record)
{
	const char *at = attr_text(record, "address"), *text;

	memset(s, 0, sizeof(*s));
	s->record = record;
	s->name = attr_text(record, "name") ?: "";
	snprintf(s->object, sizeof(s->object), "service %s", s->name);
	text = attr_text(record, "proto");
	s->proto = text && !strcmp(text, "udp") ? IPPROTO_UDP : IPPROTO_TCP;
	text = attr_text(record, "accept-proxy");
	s->header = text && strcmp(text, "none");
	s->pool = attr_text(record, "pool");
	if (!at || value_get_place(at, s->at, &s->n_at))
		s->n_at = 0;
	text = attr_text(record, "to");
	s->has_to = s->n_at && text && !value_get_endpoint(text, 0, &s->to);
	if (s->has_to && !s->to.port) {
		s->to.port = s->at[0].port;
		s->to.port_end = s->at[0].port_end;
	}
}

static const char *pool_text(const struct doctor *d, const char *name,
			     const char *key)
{
	json_t *pool;
	size_t i;

	json_array_foreach(d->pools, i, pool)
		if (!strcmp(attr_text(pool, "name") ?: "", name))
			return attr_text(pool, key);
	return NULL;
}

/* As sorry pools may point in a circle, only so many steps */
static bool leads_to(const struct doctor *d, const char *from, const char *pool)
{
	size_t left = json_array_size(d->pools) + 1;

	for (; from && *from && left; left--) {
		if (!strcmp(from, pool))
			return true;
		from = pool_text(d, from, "sorry");
	}
	return false;
}

bool doctor_uses(const struct doctor *d, const struct doctor_service *s,
		 const char *pool)
{
	const char *of, *to;
	json_t *rule;
	size_t i;

	if (s->pool && leads_to(d, s->pool, pool))
		return true;
	json_array_foreach(d->rules, i, rule) {
		of = attr_text(rule, "service");
		to = attr_text(rule, "pool");
		if (of && !strcmp(of, s->name) && to && leads_to(d, to, pool))
			return true;
	}
	return false;
}

const struct doctor_service *doctor_user(const struct doctor *d,
					 const struct doctor_backend *b)
{
	unsigned int i;

	for (i = 0; i < d->n_services; i++)
		if (d->service[i].n_at && doctor_uses(d, &d->service[i],
						      b->pool))
			return &d->service[i];
	return NULL;
}

static bool read_backend(const struct doctor *d, struct doctor_backend *b,
			 const json_t *record)
{
	const char *at = attr_text(record, "address");

	memset(b, 0, sizeof(*b));
	b->record = record;
	b->pool = attr_text(record, "pool") ?: "";
	if (!at || value_get_endpoint(at, 0, &b->at) || !doctor_user(d, b))
		return false;
	snprintf(b->object, sizeof(b->object), "backend %s %s", b->pool, at);
	b->forward = attr_text(record, "forward") ?:
		     pool_text(d, b->pool, "forward") ?: "nat";
	b->direct = !strcmp(b->forward, "dsr") || !strcmp(b->forward, "ipip") ||
		    !strcmp(b->forward, "gue");
	host_route(&b->at.addr, &b->route);
	return true;
}

static void sort_out(struct doctor *d, const char *name)
{
	json_t *record;
	size_t i;

	d->service = calloc(json_array_size(d->services) + 1,
			    sizeof(*d->service));
	d->backend = calloc(json_array_size(d->backends) + 1,
			    sizeof(*d->backend));
	if (!d->service || !d->backend)
		abort();
	json_array_foreach(d->services, i, record)
		if (!name || !strcmp(name, attr_text(record, "name") ?: ""))
			read_service(&d->service[d->n_services++], record);
	json_array_foreach(d->backends, i, record)
		d->n_backends += read_backend(d, &d->backend[d->n_backends],
					      record);
}

int doctor_read(struct doctor *d, const char *name, struct nlsock_error *err)
{
	if (list(SLUICE_CMD_GET_INFO, 0, info_attrs, &d->info, err) ||
	    list(SLUICE_CMD_GET_SERVICE, NLM_F_DUMP, service_attrs,
		 &d->services, err) ||
	    list(SLUICE_CMD_GET_POOL, NLM_F_DUMP, pool_attrs, &d->pools, err) ||
	    list(SLUICE_CMD_GET_BACKEND, NLM_F_DUMP, backend_attrs,
		 &d->backends, err) ||
	    list(SLUICE_CMD_GET_RULE, NLM_F_DUMP, rule_attrs, &d->rules, err))
		return err->code;
	sort_out(d, name);
	if (name && !d->n_services)
		err->code = ENOENT;
	return err->code;
}

void doctor_free(struct doctor *d)
{
	json_decref(d->info);
	json_decref(d->services);
	json_decref(d->pools);
	json_decref(d->backends);
	json_decref(d->rules);
	json_decref(d->nft);
	free(d->service);
	free(d->backend);
}

const struct host_address *doctor_has(const struct in6_addr *addr)
{
	const struct host_address *all;
	unsigned int n, i;

	all = host_addresses(&n);
	for (i = 0; all && i < n; i++)
		if (IN6_ARE_ADDR_EQUAL(&all[i].addr, addr))
			return &all[i];
	return NULL;
}

bool doctor_speaks(bool v4)
{
	const struct host_address *all;
	unsigned int n, i;

	all = host_addresses(&n);
	for (i = 0; all && i < n; i++)
		if (doctor_is_v4(&all[i].addr) == v4 &&
		    !doctor_is_loopback(&all[i].addr) &&
		    !IN6_IS_ADDR_LINKLOCAL(&all[i].addr))
			return true;
	return false;
}

void doctor_default(bool v4, struct host_route *route)
{
	struct in6_addr somewhere;

	inet_pton(AF_INET6, v4 ? "::ffff:1.0.0.1" : "2000::1", &somewhere);
	host_route(&somewhere, route);
}

void doctor_way_in(const struct doctor_service *s, char *dev)
{
	const struct host_address *has = doctor_has(&s->at[0].addr);
	struct host_route route;

	*dev = '\0';
	if (has && strcmp(has->dev, "lo")) {
		memcpy(dev, has->dev, IF_NAMESIZE);
		return;
	}
	doctor_default(s->at[0].any || doctor_is_v4(&s->at[0].addr), &route);
	if (route.way == HOST_OUT)
		memcpy(dev, route.dev, IF_NAMESIZE);
}
