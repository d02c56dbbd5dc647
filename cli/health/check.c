// SPDX-License-Identifier: GPL-2.0
/* The check of one backend. See check.h. */
#include <linux/sluice.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "kernel.h"
#include "log.h"
#include "probe.h"

/* That checks cannot be made is said so often. */
#define SKIP_SAID_MS	60000

uv_loop_t *check_loop;
uint64_t check_count;

/* How many checks there were, for where the next falls */
static uint32_t planned;

static uint32_t random_number(void)
{
	uint32_t n = 0;

	if (getrandom(&n, sizeof(n), GRND_NONBLOCK) < 0)
		n = uv_hrtime();
	return n;
}

static void begin(struct check *check);

static void on_turn(uv_timer_t *timer)
{
	begin(timer->data);
}

/*
 * Where the loop itself was late, an answer may be waiting in its socket, or what it is
 * an answer to could not be said yet. So that time is given back, and one round of the
 * loop at least: timers come before sockets in it.
 */
static void on_timeout(uv_timer_t *timer)
{
	struct check *check = timer->data;
	uint64_t most = check->spec->timeout_ms, late;

	if (!check->late) {
		check->late = true;
		late = uv_now(check_loop) - check->began_ms - most;
		uv_timer_start(timer, on_timeout,
			       !late ? 1 : late < most ? late : most, 0);
		return;
	}
	check->stop(check);
	check->probe = NULL;
	check->stop = NULL;
	check_done(check, "timed out");
}

/* Where a check goes. Port 0 is none. */
static void set_to(struct check *check)
{
	uint16_t port = check->spec->port ?: check->port;

	memset(&check->to, 0, sizeof(check->to));
	if (IN6_IS_ADDR_V4MAPPED(&check->addr)) {
		check->to.v4.sin_family = AF_INET;
		check->to.v4.sin_port = htons(port);
		memcpy(&check->to.v4.sin_addr, check->addr.s6_addr + 12, 4);
		return;
	}
	check->to.v6.sin6_family = AF_INET6;
	check->to.v6.sin6_port = htons(port);
	check->to.v6.sin6_addr = check->addr;
}

void check_clock(struct check *check)
{
	check->late = false;
	check->began_ms = uv_now(check_loop);
	uv_timer_start(&check->timer, on_timeout, check->spec->timeout_ms, 0);
}

static void begin(struct check *check)
{
	static void (*const probes[])(struct check *) = {
		[SPEC_TCP]	= probe_talk,
		[SPEC_HTTP]	= probe_web,
		[SPEC_HTTPS]	= probe_web,
		[SPEC_UDP]	= probe_talk,
		[SPEC_DNS]	= probe_talk,
		[SPEC_EXEC]	= probe_exec,
	};

	check_count++;
	check_clock(check);
	probes[check->spec->kind](check);
}

static void wait_until(struct check *check, uint64_t due_ms)
{
	uint64_t now = uv_now(check_loop);

	check->due_ms = due_ms;
	uv_timer_start(&check->timer, on_turn, due_ms > now ? due_ms - now : 0,
		       0);
}

static void wait_for_first(struct check *check)
{
	wait_until(check, uv_now(check_loop) +
		   plan_first(&check->spec->plan, planned++));
}

/*
 * The next one, from when the last was due; at once if that has just passed. What is
 * missed by more is left out: after a time in which nothing was done all would be made
 * at once, and for ever.
 */
static void plan(struct check *check)
{
	bool down = check->state.health == SLUICE_HEALTH_DOWN;
	uint64_t now = uv_now(check_loop);
	uint64_t at = check->due_ms +
		      plan_next(&check->spec->plan, down ? check->state.bad : 0,
				random_number());

	while (at + check->spec->plan.interval / 2 < now)
		at += check->spec->plan.interval;
	wait_until(check, at);
}

static void tell(const struct check *check)
{
	if (check->state.health == SLUICE_HEALTH_UP)
		log_say(LOG_NOTICE, "pool %s: %s is up", check->pool,
			check->address);
	else
		log_say(LOG_WARNING, "pool %s: %s is down%s: %s", check->pool,
			check->address, check->state.held ?
			", and stays so for a while as it was too often" : "",
			check->why);
}

static void end(struct check *check)
{
	check->probe = NULL;
	check->stop = NULL;
	check->checked = true;
	check->took_ms = uv_now(check_loop) - check->began_ms;
}

void check_done(struct check *check, const char *why)
{
	uint64_t now = uv_now(check_loop);

	end(check);
	snprintf(check->why, sizeof(check->why), "%s", why ?: "");
	if (state_result(&check->state, &check->spec->rules, !why, now))
		tell(check);
	/* Each time: it may not have been possible the last time. */
	if (check->state.health != check->told)
		kernel_tell(check);
	plan(check);
}

void check_skip(struct check *check, int err)
{
	static uint64_t said_ms;
	uint64_t now = uv_now(check_loop);

	end(check);
	snprintf(check->why, sizeof(check->why), "not made: %s", strerror(err));
	/* What has run out has done so for all. */
	if (!said_ms || now - said_ms >= SKIP_SAID_MS) {
		log_say(LOG_ERR, "pool %s: %s: a check could not be made: %s",
			check->pool, check->address, strerror(err));
		said_ms = now;
	}
	plan(check);
}

static void *keep(void *mem)
{
	if (!mem)
		abort();
	return mem;
}

struct check *check_new(const char *pool, const char *address,
			const struct in6_addr *addr, uint16_t port,
			struct spec *spec)
{
	struct check *check = keep(calloc(1, sizeof(*check)));

	if (asprintf(&check->key, "%s %s", pool, address) < 0)
		abort();
	check->pool = keep(strdup(pool));
	check->address = keep(strdup(address));
	check->addr = *addr;
	check->port = port;
	check->spec = spec_get(spec);
	set_to(check);
	uv_timer_init(check_loop, &check->timer);
	check->timer.data = check;
	wait_for_first(check);
	return check;
}

static void stop(struct check *check)
{
	if (check->stop)
		check->stop(check);
	check->stop = NULL;
	check->probe = NULL;
}

void check_set(struct check *check, struct spec *spec)
{
	stop(check);
	spec_put(check->spec);
	check->spec = spec_get(spec);
	check->state.good = 0;
	check->state.bad = 0;
	set_to(check);
	wait_for_first(check);
}

void check_adopt(struct check *check, uint8_t health)
{
	check->told = health;
	if (check->state.health != health)
		state_begin(&check->state, health);
}

static void on_closed(uv_handle_t *timer)
{
	struct check *check = timer->data;

	spec_put(check->spec);
	free(check->key);
	free(check->pool);
	free(check->address);
	free(check);
}

void check_free(struct check *check)
{
	stop(check);
	kernel_forget(check);
	uv_close((uv_handle_t *)&check->timer, on_closed);
}
