/* SPDX-License-Identifier: GPL-2.0 */
/* Between the parts of the fake kernel. */
#ifndef SLUICE_FAKE_DATA_H
#define SLUICE_FAKE_DATA_H

#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <stdint.h>

#define FAKE_FAMILY	0x1c

/* As ordered: how fast counters grow, and whether they began anew */
extern unsigned int fake_moving;
extern bool fake_wound;

/* Counts that begin at @from and, if so ordered, move; shown @times before */
uint64_t fake_count(uint32_t id, uint64_t from, uint64_t times);

/* What the device of flows is called, empty if it is gone */
extern char fake_device[];

/* Write down a request. */
void fake_log_request(const struct nlmsghdr *rq);

/* Begin and end a message of the answer to a request. */
struct nlmsghdr *fake_genl(const struct nlmsghdr *rq, uint8_t cmd);
void fake_end(struct nlmsghdr *nlh);

/* What may change of the first backend */
struct fake_backend {
	uint32_t id;
	uint32_t state;
	uint32_t flows;
};

extern struct fake_backend fake_backend;

/* Put an address. */
void fake_addr(struct nlmsghdr *nlh, uint16_t type, const char *text);

/* Records, all or what the request asks for; @flows are those everywhere. */
void fake_services(const struct nlmsghdr *rq, bool pooled);
void fake_pools(const struct nlmsghdr *rq);
void fake_backends(const struct nlmsghdr *rq);
void fake_set_backend(const struct nlmsghdr *rq);
void fake_rules(const struct nlmsghdr *rq);
void fake_flows(const struct nlmsghdr *rq);
void fake_stats(const struct nlmsghdr *rq);
void fake_info(const struct nlmsghdr *rq, unsigned int flows,
	       unsigned int everywhere, bool draining);
void fake_whoami(const struct nlmsghdr *rq);
void fake_many(const struct nlmsghdr *rq, unsigned int id);
void fake_batch(const struct nlmsghdr *rq);

/* How the host is, in fake_host.c: 0, or -1 if it cannot be so */
int fake_host(const char *text);

/* Groups of events: what a family tells, and who listens to one. */
void fake_groups(struct nlmsghdr *nlh);
void fake_join(unsigned int group);

/* An event to come: 0, or -1 if there is none of this name */
int fake_expect(const char *what);

/* How many are still to come, and what can be polled for them */
unsigned int fake_events(void);
int fake_event_fd(void);

/* Whether one of them was that the module is removed, and none since that it is loaded */
bool fake_is_away(void);

/* The next one: 0, or -1 if it was lost */
int fake_event(const struct nlmsghdr *rq);

/*
 * A kernel that remembers: a batch, 0 or an errno, what to say and of which
 * byte; a listing, limits; a change by somebody else.
 */
int fake_keep_batch(const struct nlmsghdr *rq, const char **text,
		    uint32_t *offset);
void fake_keep_dump(const struct nlmsghdr *rq);
void fake_keep_info(const struct nlmsghdr *rq);
void fake_keep_limits(const struct nlmsghdr *rq);
void fake_keep_move(void);
/* What another tool keeps with all services and pools after the first batch */
void fake_keep_data(const char *text);
/* Then, too, services trust ::/64, which no file may say. */
extern bool fake_keep_wide;
/* Whether a daemon finds backends after the next one */
extern bool fake_keep_found;

#endif /* SLUICE_FAKE_DATA_H */
