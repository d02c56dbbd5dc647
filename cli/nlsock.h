/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Requests to the module and what comes back. Keeps, for each attribute put
 * into a request, the argument it was made from, so that an error of the
 * kernel can be shown after it.
 */
#ifndef SLUICE_NLSOCK_H
#define SLUICE_NLSOCK_H

#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <stdint.h>

#define NLSOCK_REQUEST_LEN	32768
#define NLSOCK_SPANS		320

/**
 * struct nlsock_span - which argument a part of a request was made from
 * @start: offset of the first byte
 * @end: offset after the last
 * @option: its option, NULL for an argument without
 * @value: its value, NULL for a word alone
 */
struct nlsock_span {
	uint32_t start;
	uint32_t end;
	const char *option;
	const char *value;
};

/**
 * struct nlsock_request - a request in the making
 * @buf: the message
 * @align: makes @buf fit for a header
 * @nlh: its header
 * @span: where its parts come from
 * @n_spans: how many of @span are used
 */
struct nlsock_request {
	union {
		char buf[NLSOCK_REQUEST_LEN];
		uint64_t align;
	};
	struct nlmsghdr *nlh;
	struct nlsock_span span[NLSOCK_SPANS];
	unsigned int n_spans;
};

/**
 * struct nlsock_error - why a request was refused
 * @code: errno, 0 for none
 * @unloaded: the module is not there
 * @text: what the kernel says, or an empty string
 * @span: the argument at fault, or NULL
 * @missing: number of the attribute that is missing, 0 for none
 * @has_range: @min and @max hold
 * @min: lowest number that would do
 * @max: highest
 */
struct nlsock_error {
	int code;
	bool unloaded;
	char text[192];
	const struct nlsock_span *span;
	unsigned int missing;
	bool has_range;
	uint64_t min;
	uint64_t max;
};

/**
 * nlsock_begin() - Begin a request.
 * @rq: the request
 * @cmd: SLUICE_CMD_*
 * @flags: NLM_F_DUMP or 0
 */
void nlsock_begin(struct nlsock_request *rq, uint8_t cmd, uint16_t flags);

/* What is put between the two is made from this argument. */
void nlsock_span_begin(struct nlsock_request *rq, const char *option,
		       const char *value);
void nlsock_span_end(struct nlsock_request *rq);

/**
 * nlsock_talk() - Send a request and wait for the end of the answer.
 * @rq: the request
 * @cb: called with each message of the answer, may be NULL
 * @data: for @cb
 * @err: filled in
 *
 * Return: 0, or @err->code. EINTR: things changed while they were listed, so
 *	forget what was seen and ask again.
 */
int nlsock_talk(struct nlsock_request *rq, mnl_cb_t cb, void *data,
		struct nlsock_error *err);

/**
 * nlsock_parse() - The attributes of a message or of a nest.
 * @nlh: a message of ours
 * @tb: by attribute number; the first of several alike
 * @max: highest number
 */
void nlsock_parse(const struct nlmsghdr *nlh, const struct nlattr **tb,
		  unsigned int max);
void nlsock_parse_nest(const struct nlattr *nest, const struct nlattr **tb,
		       unsigned int max);

void nlsock_close(void);

#endif /* SLUICE_NLSOCK_H */
