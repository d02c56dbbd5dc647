/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The check of one backend: when it is made, and what comes of it.
 *
 * A check waits, or is under way. It has one timer, for whichever ends first: its turn,
 * or what it may take. How it is made is a probe's matter (probe.h), which ends it by
 * check_done() unless the check has stopped it.
 */
#ifndef SLUICE_HEALTH_CHECK_H
#define SLUICE_HEALTH_CHECK_H

#include <netinet/in.h>
#include <uv.h>

#include "says.h"
#include "spec.h"

/* The event loop, of which there is one */
extern uv_loop_t *check_loop;

union check_addr {
	struct sockaddr sa;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/**
 * struct check_via - the way that connections take
 * @to: the service; no family: the check is of the backend's own address
 * @mark: of the socket
 */
struct check_via {
	union check_addr to;
	uint32_t mark;
};

/**
 * struct check - of one backend of one pool
 * @key: "POOL ADDRESS", by which it is found
 * @pool: its pool
 * @address: as the tool shows it
 * @addr: as the kernel has it
 * @port: the backend's own, 0 if it has none
 * @id: the kernel's number of this backend
 * @spec: how it is checked
 * @via: the way that it takes
 * @to: where
 * @timer: for its turn, or its end
 * @state: what is known
 * @told: the health that the kernel has
 * @waits: for the kernel to be told
 * @next: of those that wait
 * @seen: round in which the kernel still had it
 * @due_ms: when the last one was to begin
 * @began_ms: when it did
 * @late: its time is over, and it gets the time that the loop was late
 * @took_ms: what it took, the last that has ended
 * @stop: ends what is under way, without a word; NULL: nothing is
 * @probe: of the one under way
 * @why: why the last one failed, or was not made; "": it was good
 * @checked: there was a last one
 * @agent: being asked, or NULL
 * @says: what it has said
 * @mute: why it said nothing the last time, "": it did
 * @part: hundredths of its weight by its agent; PART_NONE: nothing is said of that
 * @told_part: what the kernel has
 */
struct check {
	char *key;
	char *pool;
	char *address;
	struct in6_addr addr;
	uint16_t port;
	uint32_t id;
	struct spec *spec;
	struct check_via via;
	union check_addr to;
	uv_timer_t timer;
	struct state state;
	uint8_t told;
	bool waits;
	struct check *next;
	unsigned int seen;
	uint64_t due_ms;
	uint64_t began_ms;
	bool late;
	uint32_t took_ms;
	void (*stop)(struct check *check);
	void *probe;
	char why[SAYS_MAX + 32];
	bool checked;
	struct agent *agent;
	struct says says;
	char mute[64];
	uint8_t part;
	uint8_t told_part;
};

#define PART_NONE	255

/**
 * check_new() - Begin to check a backend.
 * @pool: its pool
 * @address: its address as the tool shows it
 * @addr: as the kernel has it
 * @port: likewise, 0 for none
 * @spec: how; a reference is taken
 */
struct check *check_new(const char *pool, const char *address,
			const struct in6_addr *addr, uint16_t port,
			struct spec *spec);

/* Check it in another way from now on. */
void check_set(struct check *check, struct spec *spec);

/* Likewise, by another way; nothing if that is the one. */
void check_set_via(struct check *check, const struct check_via *via);

/* An address and port as sockets have them; @addr maps IPv4, @port is host byte order */
void check_address(union check_addr *to, const struct in6_addr *addr,
		   uint16_t port);

/* The kernel, or somebody who told it, has this health of it. */
void check_adopt(struct check *check, uint8_t health);

/* Likewise this part of its weight. */
void check_adopt_part(struct check *check, uint8_t part);

/* End it, and give back all it has. */
void check_free(struct check *check);

/**
 * check_done() - For a probe that is over and has nothing left of itself.
 * @check: it was for
 * @why: why it is bad, NULL: it is good
 */
void check_done(struct check *check, const char *why);

/**
 * check_skip() - For a probe that could not be made by this host: there is no result.
 * @check: it was for
 * @err: why, as errno has it
 */
void check_skip(struct check *check, int err);

/* Make the next check now; if there has just been one, a little later. */
void check_soon(struct check *check);

/* Its agent has said something. */
void check_said(struct check *check);

/* Its time begins now: for a probe that had to wait before it could begin */
void check_clock(struct check *check);

/* How many were made since the daemon began */
extern uint64_t check_count;

#endif /* SLUICE_HEALTH_CHECK_H */
