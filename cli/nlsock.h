/* SPDX-License-Identifier: GPL-2.0 */
/* Requests to the module and what comes back. */
#ifndef SLUICE_NLSOCK_H
#define SLUICE_NLSOCK_H

#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <stdint.h>

#include "request.h"

/**
 * struct nlsock_error - why a request was refused
 * @code: errno, 0 for none
 * @unloaded: the module is not there
 * @text: what the kernel says, or an empty string
 * @span: the argument at fault, one without option for an object, or NULL;
 *	good as long as the request
 * @missing: number of the attribute that is missing, 0 for none
 * @has_range: @min and @max hold
 * @min: lowest number that would do
 * @max: highest
 */
struct nlsock_error {
	int code;
	bool unloaded;
	char text[192];
	const struct request_span *span;
	unsigned int missing;
	bool has_range;
	uint64_t min;
	uint64_t max;
};

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
int nlsock_talk(struct request *rq, mnl_cb_t cb, void *data,
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

/* The family's number, or 0 and why there is none */
uint16_t nlsock_family(struct nlsock_error *err);

/* The number of one of its multicast groups, 0 if it has none of this name */
uint32_t nlsock_group(const char *name);

/* What an NLMSG_DONE or NLMSG_ERROR says of a request; 0 in @err->code: done */
void nlsock_acked(const struct nlmsghdr *nlh, const struct request *rq,
		  struct nlsock_error *err);

void nlsock_close(void);

#endif /* SLUICE_NLSOCK_H */
