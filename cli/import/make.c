// SPDX-License-Identifier: GPL-2.0
/* Objects of a configuration that is being made, and what is told of it. */
#include <arpa/inet.h>
#include <ctype.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "conf.h"
#include "import.h"
#include "out.h"
#include "value.h"

/* Most letters of a line that is told */
#define TELL_LEN	500

/* Texts are of others: cut where a letter ends, and in one line. */
static void print_text(char *text, size_t len)
{
	char *c;

	if (len >= TELL_LEN) {
		len = TELL_LEN - 1;
		while (len && (text[len] & 0xc0) == 0x80)
			len--;
		memcpy(text + len, "...", 4);
	}
	for (c = text; *c; c++)
		if (iscntrl((unsigned char)*c))
			*c = ' ';
}

static void tell(const char *kind, const char *file, unsigned int line,
		 const char *fmt, va_list args)
{
	char text[TELL_LEN + 8];
	json_t *json;

	print_text(text, vsnprintf(text, TELL_LEN, fmt, args));
	fflush(stdout);
	if (!cmd_json) {
		fprintf(stderr, "%s:%u: %s%s\n", file, line,
			!strcmp(kind, "error") ? "" : "note: ", text);
		return;
	}
	json = json_pack("{s:{s:s, s:o*, s:i, s:o*}}", kind, "command",
			 "import", "file", out_string(file), "line", (int)line,
			 "reason", out_string(text));
	json_dumpf(json, stderr, JSON_COMPACT);
	fputc('\n', stderr);
	json_decref(json);
}

void import_left(struct import *im, unsigned int line, const char *fmt, ...)
{
	va_list args;

	if (im->told++ >= IMPORT_TELL_MAX)
		return;
	va_start(args, fmt);
	tell("error", im->file, line, fmt, args);
	va_end(args);
}

void import_left_in(struct import *im, const char *file, unsigned int line,
		    const char *fmt, ...)
{
	va_list args;

	if (im->told++ >= IMPORT_TELL_MAX)
		return;
	va_start(args, fmt);
	tell("error", file, line, fmt, args);
	va_end(args);
}

void import_note(struct import *im, unsigned int line, const char *fmt, ...)
{
	va_list args;

	if (im->told >= IMPORT_TELL_MAX)
		return;
	va_start(args, fmt);
	tell("warning", im->file, line, fmt, args);
	va_end(args);
}

static bool is_reserved(const char *name)
{
	static const char *const words[] = { "none", OBJECT_NO_NAMES, NULL };

	return conf_is_word(name, words);
}

/* What our names may have, and of that none that is there */
static void make_name(const json_t *in, const char *from, char *name)
{
	unsigned int n = 0, len = 0;
	char end[16];

	name[0] = '\0';
	if (!isascii(*from) || !isalnum((unsigned char)*from))
		name[len++] = 'x';
	for (; *from && len < 63; from++)
		if (isascii(*from) && (isalnum((unsigned char)*from) ||
				       strchr("._-", *from)))
			name[len++] = *from;
		else if (name[len - 1] != '-')
			name[len++] = '-';
	name[len] = '\0';
	while (is_reserved(name) || json_object_get(in, name)) {
		n = n ? n + 1 : 2;
		snprintf(end, sizeof(end), "-%u", n);
		if (len + strlen(end) > 63)
			len = 63 - strlen(end);
		memcpy(name + len, end, strlen(end) + 1);
	}
}

/* Where what is titled so comes from */
static void remember(struct import *im, const char *kind, const char *name,
		     unsigned int line)
{
	char *title;

	if (asprintf(&title, "%s %s", kind, name) < 0)
		abort();
	json_object_set_new(im->lines, title, json_integer(line));
	free(title);
}

void import_set(json_t *object, const char *option, const char *value)
{
	json_object_set_new(object, option, json_string(value));
}

void import_put(struct import *im, unsigned int line,
		const struct object *kind, json_t *object, const char *option,
		const char *value)
{
	const struct attr *attr = attr_find(kind->attrs, option, ~0u);
	struct request rq = { 0 };
	const char *err, *bad;

	request_begin(&rq, 0, 0);
	err = attr_put(attr, value, &rq, &bad);
	request_free(&rq);
	if (err)
		import_left(im, line, "%s %s: %s, left out", option, value, err);
	else
		import_set(object, option, value);
}

json_t *import_service(struct import *im, unsigned int line, const char *from,
		       const char *proto, const char *address)
{
	char name[64];
	json_t *service;

	if (json_object_size(im->services) >= CONF_SERVICES_MAX) {
		import_left(im, line,
			    "service %s: there are %u services already, left out",
			    from, CONF_SERVICES_MAX);
		return NULL;
	}
	make_name(im->services, from, name);
	service = json_object();
	import_set(service, "proto", proto);
	import_set(service, "address", address);
	json_object_set_new(im->services, name, service);
	remember(im, "service", name, line);
	return service;
}

json_t *import_pool(struct import *im, unsigned int line, const char *from,
		    char *name)
{
	json_t *pool;

	if (json_object_size(im->pools) >= CONF_POOLS_MAX) {
		import_left(im, line,
			    "pool %s: there are %u pools already, left out",
			    from, CONF_POOLS_MAX);
		return NULL;
	}
	make_name(im->pools, from, name);
	pool = json_object();
	json_object_set_new(im->pools, name, pool);
	remember(im, "pool", name, line);
	return pool;
}

json_t *import_backend(struct import *im, unsigned int line, const char *pool,
		       const char *address)
{
	json_t *object = json_object_get(im->pools, pool), *backends, *backend;
	char title[IMPORT_PLACE_LEN + 80];

	snprintf(title, sizeof(title), "backend %s %s", pool, address);
	backend = json_object_get(im->lines, title);
	if (backend) {
		import_left(im, line,
			    "backend %s: is there already, from line %lld, left out",
			    address, (long long)json_integer_value(backend));
		return NULL;
	}
	backends = json_object_get(object, "backends");
	if (!backends) {
		backends = json_array();
		json_object_set_new(object, "backends", backends);
	}
	if (json_array_size(backends) >= CONF_BACKENDS_MAX) {
		import_left(im, line,
			    "backend %s: there are %u already, left out",
			    address, CONF_BACKENDS_MAX);
		return NULL;
	}
	backend = json_object();
	import_set(backend, "address", address);
	json_array_append_new(backends, backend);
	json_object_set_new(im->lines, title, json_integer(line));
	return backend;
}

long import_number(const char *text, long max)
{
	uint64_t n;

	return !text || value_get_number(text, 0, max, &n) ? -1 : (long)n;
}

bool import_is_v6(const char *place)
{
	return *place == '[' || strchr(place, ':') != strrchr(place, ':');
}

static bool is_host_name(const char *host)
{
	const char *c, *last = host;

	for (c = host; *c; c++) {
		if (!isascii(*c) ||
		    (!isalnum((unsigned char)*c) && !strchr(".-_", *c)))
			return false;
		if (*c == '.' && c[1])
			last = c + 1;
	}
	/* Else it is an address that was mistyped. */
	return strlen(host) <= 255 && !strchr(".-", *host) &&
	       isalpha((unsigned char)*last);
}

/* Digits, a range of them, or a name as ipvsadm and others print it */
static const char *put_port(const char *text, const char *proto,
			    unsigned int flags, char *out)
{
	static const char bad[] = "has no port from 1 to 65535";
	const char *dash = strchr(text, '-');
	const struct servent *known;
	char first[8] = "";
	long low, high;

	if (isalpha((unsigned char)*text)) {
		known = getservbyname(text, proto);
		if (!known)
			return "has a port by a name that is not known here";
		sprintf(out, "%u", ntohs(known->s_port));
		return NULL;
	}
	if (!dash || !(flags & IMPORT_RANGE)) {
		low = import_number(text, 65535);
		if (low < 1)
			return bad;
		sprintf(out, "%ld", low);
		return NULL;
	}
	if (dash - text < (int)sizeof(first))
		memcpy(first, text, dash - text);
	low = import_number(first, 65535);
	high = import_number(dash + 1, 65535);
	if (low < 1 || high < low)
		return bad;
	sprintf(out, low == high ? "%ld" : "%ld-%ld", low, high);
	return NULL;
}

/* The host in @host, without brackets; its port, or NULL */
static const char *split(const char *text, char *host, size_t size)
{
	const char *end = strrchr(text, ':'), *port = end ? end + 1 : NULL;
	size_t len;

	if (*text == '[') {
		end = strchr(++text, ']');
		port = end && end[1] == ':' ? end + 2 : NULL;
	}
	len = end ? (size_t)(end - text) : strlen(text);
	if (len >= size)
		len = size - 1;
	memcpy(host, text, len);
	host[len] = '\0';
	return port;
}

static bool is_any(const char *host)
{
	return !*host || !strcmp(host, "*") || !strcmp(host, "0.0.0.0") ||
	       !strcmp(host, "::");
}

/* The address as our files have it, "" for a name that stays; or why not */
static const char *put_host(const char *host, unsigned int flags, char *addr)
{
	struct in6_addr in;
	int family = strchr(host, ':') ? AF_INET6 : AF_INET;

	if (!strcmp(host, "localhost"))
		host = "127.0.0.1";
	*addr = '\0';
	if (inet_pton(family, host, &in) == 1) {
		inet_ntop(family, &in, addr, INET6_ADDRSTRLEN);
		return NULL;
	}
	if (!is_host_name(host))
		return "has no address";
	return flags & IMPORT_NAME ? NULL :
	       "has a name where an address is needed";
}

const char *import_endpoint(const char *text, const char *proto,
			    unsigned int flags, char *out)
{
	char host[264], addr[INET6_ADDRSTRLEN], ports[24] = "";
	const char *port = split(text, host, sizeof(host)), *bad;

	if (!port && !(flags & IMPORT_NO_PORT))
		return "has no port";
	bad = port ? put_port(port, proto, flags, ports) : NULL;
	if (bad)
		return bad;
	if (is_any(host) && flags & IMPORT_ANY)
		snprintf(addr, sizeof(addr), "*");
	else
		bad = put_host(host, flags, addr);
	if (bad)
		return bad;
	if (!port && !*addr)
		return "has a name, which needs a port";
	snprintf(out, IMPORT_PLACE_LEN, !port ? "%s" : strchr(addr, ':') ?
		 "[%s]:%s" : "%s:%s", *addr ? addr : host, ports);
	return NULL;
}
