// SPDX-License-Identifier: GPL-2.0
/* What the kernel is told of backends. See kernel.h. */
#include <errno.h>
#include <linux/sluice.h>
#include <string.h>

#include "../batch.h"
#include "../cmd.h"
#include "kernel.h"
#include "log.h"

/* Changes in one request: a few hundred bytes each, of 200 KB that a socket takes */
#define MANY	256

static struct check *first, **last = &first;
static uv_prepare_t prepare;
static struct request rq;

static void put(const struct check *check, uint32_t health, uint8_t part)
{
	request_put_str(&rq, SLUICE_A_BACKEND_POOL, check->pool);
	request_put(&rq, SLUICE_A_BACKEND_ADDR, sizeof(check->addr),
		    &check->addr);
	request_put_u16(&rq, SLUICE_A_BACKEND_PORT, check->port);
	request_put_u32(&rq, SLUICE_A_BACKEND_HEALTH, health);
	if (part != PART_NONE)
		request_put_u32(&rq, SLUICE_A_BACKEND_HEALTH_WEIGHT, part);
}

/* One that is gone is no error: an event tells us soon. */
static int tell_one(const struct check *check, uint32_t health, uint8_t part)
{
	struct nlsock_error err;
	char why[96];

	request_begin(&rq, SLUICE_CMD_SET_BACKEND, 0);
	put(check, health, part);
	nlsock_talk(&rq, NULL, NULL, &err);
	if (err.code && err.code != ENOENT)
		log_say(LOG_ERR, "pool %s: %s: the kernel does not take it: %s",
			check->pool, check->address,
			cmd_reason(&err, why, sizeof(why)));
	return err.code;
}

static int tell_many(struct check *const *checks, unsigned int n)
{
	struct batch_done done;
	struct nlsock_error err;
	unsigned int i;
	uint32_t nest;

	batch_begin(&rq);
	for (i = 0; i < n; i++) {
		nest = batch_change_begin(&rq, &backend_object, ATTR_SET, "");
		put(checks[i], checks[i]->state.health, checks[i]->part);
		batch_change_end(&rq, nest);
	}
	return batch_send(&rq, &done, &err);
}

static unsigned int take(struct check **checks)
{
	unsigned int n = 0;

	while (first && n < MANY) {
		checks[n] = first;
		first = first->next;
		checks[n++]->waits = false;
	}
	if (!first)
		last = &first;
	return n;
}

static void was_told(struct check *check)
{
	check->told = check->state.health;
	if (check->part == PART_NONE)
		return;
	check->told_part = check->part;
	/* Without an agent it is others' from now on. */
	if (!check->spec->agent)
		check->part = PART_NONE;
}

void kernel_flush(void)
{
	struct check *checks[MANY];
	unsigned int n, i;
	bool all;

	while ((n = take(checks))) {
		/* All or nothing: one that is gone must not hold up others. */
		all = n > 1 && !tell_many(checks, n);
		for (i = 0; i < n; i++)
			if (all || !tell_one(checks[i], checks[i]->state.health,
					     checks[i]->part))
				was_told(checks[i]);
	}
}

void kernel_tell(struct check *check)
{
	if (check->waits)
		return;
	check->waits = true;
	check->next = NULL;
	*last = check;
	last = &check->next;
}

void kernel_forget(struct check *check)
{
	struct check **at;

	if (!check->waits)
		return;
	for (at = &first; *at != check; at = &(*at)->next)
		;
	*at = check->next;
	if (last == &check->next)
		last = at;
	check->waits = false;
}

void kernel_unknown(const struct check *check)
{
	if (check->told != SLUICE_HEALTH_UNKNOWN || check->spec->agent)
		tell_one(check, SLUICE_HEALTH_UNKNOWN,
			 check->spec->agent ? 100 : PART_NONE);
}

/* After timers and before the loop sleeps; what comes of sockets, a round later */
static void on_prepare(uv_prepare_t *handle)
{
	(void)handle;
	kernel_flush();
}

void kernel_begin(void)
{
	uv_prepare_init(check_loop, &prepare);
	uv_prepare_start(&prepare, on_prepare);
}

void kernel_end(void)
{
	uv_close((uv_handle_t *)&prepare, NULL);
	request_free(&rq);
}
