/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What comes from the module a piece at a time, on a socket of its own, while
 * requests go on beside it: long listings and events.
 */
#ifndef SLUICE_NLSTREAM_H
#define SLUICE_NLSTREAM_H

#include "nlsock.h"

/**
 * struct nlstream - one of them; all zero is a closed one
 * @transport: its socket
 * @rq: the request of a listing, NULL for events
 * @seq: number of the request
 */
struct nlstream {
	struct transport *transport;
	const struct request *rq;
	uint32_t seq;
};

/**
 * nlstream_dump() - Begin a listing.
 * @s: a closed stream
 * @rq: the request, to be kept until the end
 * @err: filled in
 *
 * Return: 0 or @err->code.
 */
int nlstream_dump(struct nlstream *s, struct request *rq,
		  struct nlsock_error *err);

/**
 * nlstream_watch() - Begin to listen for the module itself, which may go and come.
 * @s: a closed stream
 * @err: filled in
 *
 * Return: 0 or @err->code.
 */
int nlstream_watch(struct nlstream *s, struct nlsock_error *err);

/**
 * nlstream_join() - Begin to listen for events, and for the module itself.
 * @s: a stream, closed or one that listens
 * @group: name of their group
 * @err: filled in
 *
 * Return: 0 or @err->code.
 */
int nlstream_join(struct nlstream *s, const char *group,
		  struct nlsock_error *err);

/* What to poll for before nlstream_read() */
int nlstream_fd(const struct nlstream *s);

/**
 * nlstream_read() - Take what the socket holds next; waits if it is nothing.
 * @s: the stream
 * @cb: called with each message; its result does not matter
 * @data: for @cb
 * @err: filled in; ENOBUFS: events were lost, others follow.
 *	@err->unloaded: the module is gone
 *
 * A listing that changes meanwhile goes on.
 *
 * Return: true if there is more to come; false with @err->code 0 is the end
 *	of a listing.
 */
bool nlstream_read(struct nlstream *s, mnl_cb_t cb, void *data,
		   struct nlsock_error *err);

/**
 * nlstream_is_back() - Take what the socket holds next; waits if it is nothing.
 * @s: one of events, or that watches
 *
 * The module's family has another number then, and none of its groups is joined:
 * nlsock_close() and join anew. It may be gone again by then.
 *
 * Return: whether the module has come.
 */
bool nlstream_is_back(struct nlstream *s);

void nlstream_close(struct nlstream *s);

#endif /* SLUICE_NLSTREAM_H */
