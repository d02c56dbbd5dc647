// SPDX-License-Identifier: GPL-2.0
/* How the backends of a pool are checked. See spec.h. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "dns.h"
#include "spec.h"

#define INTERVAL_MS	2000
#define TIMEOUT_MS	5000
#define RISE		2
#define FALL		3

static const char *const types[] = {
	[SPEC_TCP]	= "tcp",
	[SPEC_HTTP]	= "http",
	[SPEC_HTTPS]	= "https",
	[SPEC_UDP]	= "udp",
	[SPEC_DNS]	= "dns",
	[SPEC_EXEC]	= "exec",
};

static uint32_t get_ms(const json_t *block, const char *key, uint32_t usual)
{
	const json_t *value = json_object_get(block, key);

	/* To the nearest: 0.29 times 1000 is 289.99.. */
	return value ? json_number_value(value) * 1000 + 0.5 : usual;
}

static uint32_t get_number(const json_t *block, const char *key, uint32_t usual)
{
	const json_t *value = json_object_get(block, key);

	return value ? json_integer_value(value) : usual;
}

static const char *get_text(const json_t *block, const char *key,
			    const char *usual)
{
	return json_string_value(json_object_get(block, key)) ?: usual;
}

static void *new(size_t n, size_t size)
{
	void *mem = calloc(n, size);

	if (!mem)
		abort();
	return mem;
}

static int digit(char c)
{
	return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

/* A text, or 0x and digits, which the reader has looked at */
static void get_bytes(const json_t *block, const char *key,
		      struct spec_bytes *bytes)
{
	const char *text = get_text(block, key, NULL), *c;
	uint8_t *to;

	if (!text)
		return;
	bytes->data = new(strlen(text) + 1, 1);
	to = bytes->data;
	if (strncmp(text, "0x", 2)) {
		bytes->len = strlen(text);
		memcpy(to, text, bytes->len);
		return;
	}
	for (c = text + 2; c[0] && c[1]; c += 2)
		*to++ = digit(c[0]) << 4 | digit(c[1]);
	bytes->len = to - bytes->data;
}

static void get_want(struct spec *spec, const char *text)
{
	spec->dns_type = DNS_A;
	if (!text)
		return;
	spec->has_want = true;
	if (inet_pton(AF_INET, text, spec->want) == 1)
		return;
	spec->dns_type = DNS_AAAA;
	spec->has_want = inet_pton(AF_INET6, text, spec->want) == 1;
}

static void get_command(struct spec *spec, const json_t *words)
{
	size_t i;

	spec->argv = new(json_array_size(words) + 1, sizeof(*spec->argv));
	for (i = 0; i < json_array_size(words); i++)
		spec->argv[i] = (char *)json_string_value(json_array_get(words,
									 i));
}

static void get_times(struct spec *spec, const json_t *block)
{
	spec->plan.interval = get_ms(block, "interval", INTERVAL_MS);
	spec->plan.jitter = get_ms(block, "jitter", 0);
	spec->plan.backoff = get_ms(block, "backoff", 0);
	spec->timeout_ms = get_ms(block, "timeout",
				  spec->plan.interval < TIMEOUT_MS ?
				  spec->plan.interval : TIMEOUT_MS);
	spec->rules.rise = get_number(block, "rise", RISE);
	spec->rules.fall = get_number(block, "fall", FALL);
	spec->rules.damping = get_ms(block, "damping", 0);
}

struct spec *spec_new(json_t *block)
{
	const char *type = get_text(block, "type", ""), *version;
	unsigned int kind, n = sizeof(types) / sizeof(*types);
	struct spec *spec;

	for (kind = 0; kind < n && strcmp(types[kind], type); kind++)
		;
	if (kind == n)
		return NULL;
	spec = new(1, sizeof(*spec));
	spec->refs = 1;
	spec->block = json_incref(block);
	spec->kind = kind;
	spec->type = types[kind];
	get_times(spec, block);
	spec->port = get_number(block, "port", 0);
	spec->agent = get_number(block, "agent", 0);
	spec->agent_send = get_text(block, "agent-send", NULL);
	version = get_text(block, "send-proxy", NULL);
	if (version)
		spec->send_proxy = *version == 'v' ? version[1] - '0' :
						     SPEC_SPP;
	spec->method = get_text(block, "method", "GET");
	spec->path = get_text(block, "path", "/");
	spec->host = get_text(block, "host", NULL);
	spec->status = get_text(block, "status", "200-399");
	spec->body = get_text(block, "body", NULL);
	get_bytes(block, "payload", &spec->payload);
	if (kind == SPEC_DNS)
		get_want(spec, get_text(block, "reply", NULL));
	else
		get_bytes(block, "reply", &spec->reply);
	if (kind == SPEC_EXEC)
		get_command(spec, json_object_get(block, "command"));
	return spec;
}

void spec_put(struct spec *spec)
{
	if (!spec || --spec->refs)
		return;
	json_decref(spec->block);
	free(spec->payload.data);
	free(spec->reply.data);
	free(spec->argv);
	free(spec);
}

bool spec_takes_status(const struct spec *spec, long status)
{
	const char *c = spec->status;
	char *end;
	long low, high;

	for (;; c = end + 1) {
		low = strtol(c, &end, 10);
		high = *end == '-' ? strtol(end + 1, &end, 10) : low;
		if (status >= low && status <= high)
			return true;
		if (*end != ',')
			return false;
	}
}

bool spec_has(const struct spec_bytes *what, const void *data, size_t len)
{
	return memmem(data, len, what->data, what->len);
}
