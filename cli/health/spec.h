/* SPDX-License-Identifier: GPL-2.0 */
/* How the backends of a pool are checked: its `health`, ready for use. */
#ifndef SLUICE_HEALTH_SPEC_H
#define SLUICE_HEALTH_SPEC_H

#include <jansson.h>
#include <stddef.h>

#include "plan.h"
#include "state.h"

enum spec_kind {
	SPEC_TCP,
	SPEC_HTTP,
	SPEC_HTTPS,
	SPEC_UDP,
	SPEC_DNS,
	SPEC_EXEC,
};

struct spec_bytes {
	uint8_t *data;
	size_t len;
};

/* What is no version: the simple protocol */
#define SPEC_SPP	255

/**
 * struct spec - see sluice.yaml(5)
 * @refs: who has it
 * @block: what it was made of; texts are part of it
 * @kind: enum spec_kind
 * @type: its name
 * @plan: when
 * @timeout_ms: how long a check may take
 * @rules: what results mean
 * @port: that is checked, 0: the backend's own
 * @agent: port of the agent that is asked beside it, 0: there is none
 * @agent_send: what that is told first, or NULL
 * @send_proxy: version of the header that checks begin with, SPEC_SPP, 0: none
 * @method: of http and https; never NULL
 * @path: likewise
 * @host: likewise, or NULL; of dns, the name asked for
 * @status: statuses that are good; never NULL
 * @body: text that must be in the answer, or NULL
 * @payload: what is sent
 * @reply: what must be in what comes back
 * @want: of dns, the address wanted, 4 or 16 bytes, if @has_want
 * @has_want: there is one
 * @dns_type: DNS_A or DNS_AAAA
 * @argv: of exec
 */
struct spec {
	unsigned int refs;
	json_t *block;
	enum spec_kind kind;
	const char *type;
	struct plan plan;
	uint32_t timeout_ms;
	struct state_rules rules;
	uint16_t port;
	uint16_t agent;
	const char *agent_send;
	uint8_t send_proxy;
	const char *method;
	const char *path;
	const char *host;
	const char *status;
	const char *body;
	struct spec_bytes payload;
	struct spec_bytes reply;
	uint8_t want[16];
	bool has_want;
	uint16_t dns_type;
	char **argv;
};

/**
 * spec_new() - Make one, with one reference.
 * @block: `health` of a pool, as conf_health() makes it
 *
 * Return: NULL if it is of a kind that this version does not know.
 */
struct spec *spec_new(json_t *block);

static inline struct spec *spec_get(struct spec *spec)
{
	spec->refs++;
	return spec;
}

/* NULL is none. */
void spec_put(struct spec *spec);

/* Whether a status is good */
bool spec_takes_status(const struct spec *spec, long status);

/* Whether bytes have what must be in them */
bool spec_has(const struct spec_bytes *what, const void *data, size_t len);

#endif /* SLUICE_HEALTH_SPEC_H */
