// SPDX-License-Identifier: GPL-2.0
/* The check of one backend. See check.h. */
#include <linux/sluice.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "agent.h"
#include "kernel.h"
#include "log.h"
#include "probe.h"

/* That checks cannot be made is said so often. */
#define SKIP_SAID_MS	60000

/* Who can be made a suspect by strangers is not checked more often for that. */
#define SOON_MS		1000

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

void check_address(union check_addr *to, const struct in6_addr *addr,
		   uint16_t port)
{
	memset(to, 0, sizeof(*to));
	if (IN6_IS_ADDR_V4MAPPED(addr)) {
		to->v4.sin_family = AF_INET;
		to->v4.sin_port = htons(port);
		memcpy(&to->v4.sin_addr, addr->s6_addr + 12, 4);
		return;
	}
	to->v6.sin6_family = AF_INET6;
	to->v6.sin6_port = htons(port);
	to->v6.sin6_addr = *addr;
}

/* Where a check goes. Port 0 is none. */
static void set_to(struct check *check)
{
	if (check->via.mark)
		check->to = check->via.to;
	else
		check_address(&check->to, &check->addr,
			      check->spec->port ?: check->port);
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
	if (check->spec->agent)
		agent_ask(check);
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

void check_soon(struct check *check)
{
	uint64_t soon = uv_now(check_loop);

	if (check->stop)
		return;
	if (check->checked && soon < check->began_ms + SOON_MS)
		soon = check->began_ms + SOON_MS;
	if (soon < check->due_ms)
		wait_until(check, soon);
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

/* @why: NULL: it is good */
static void judge(struct check *check, const char *why)
{
	struct state_rules rules = check->spec->rules;

	snprintf(check->why, sizeof(check->why), "%s", why ?: "");
	/* An agent knows, and need not say it often. */
	if (says_down(&check->says)) {
		snprintf(check->why, sizeof(check->why), "its agent says %s",
			 check->says.text);
		rules.fall = 1;
	}
	if (state_result(&check->state, &rules, !*check->why,
			 uv_now(check_loop)))
		tell(check);
	/* Each time: it may not have been possible the last time. */
	if (check->state.health != check->told)
		kernel_tell(check);
}

void check_done(struct check *check, const char *why)
{
	end(check);
	judge(check, why);
	plan(check);
}

void check_said(struct check *check)
{
	uint8_t part = says_part(&check->says);

	if (check->part != part && (check->part != PART_NONE ||
				    check->told_part != part))
		log_say(LOG_NOTICE, "pool %s: %s has %u%% of its weight by its agent",
			check->pool, check->address, part);
	check->part = part;
	if (part != check->told_part)
		kernel_tell(check);
	if (says_down(&check->says) &&
	    check->state.health != SLUICE_HEALTH_DOWN)
		judge(check, NULL);
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
	check->part = PART_NONE;
	check->told_part = 100;
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

/* Nobody says any more that it is to have less, or is down. */
static void forget_agent(struct check *check)
{
	memset(&check->says, 0, sizeof(check->says));
	*check->mute = '\0';
	check->part = 100;
	kernel_tell(check);
}

static void begin_anew(struct check *check)
{
	check->state.good = 0;
	check->state.bad = 0;
	set_to(check);
	wait_for_first(check);
}

void check_set(struct check *check, struct spec *spec)
{
	bool had = check->spec->agent;

	stop(check);
	agent_leave(check);
	spec_put(check->spec);
	check->spec = spec_get(spec);
	if (had && !spec->agent)
		forget_agent(check);
	begin_anew(check);
}

void check_set_via(struct check *check, const struct check_via *via)
{
	if (!memcmp(&check->via, via, sizeof(*via)))
		return;
	stop(check);
	check->via = *via;
	begin_anew(check);
}

void check_adopt(struct check *check, uint8_t health)
{
	check->told = health;
	if (check->state.health != health)
		state_begin(&check->state, health);
}

void check_adopt_part(struct check *check, uint8_t part)
{
	check->told_part = part;
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
	agent_leave(check);
	kernel_forget(check);
	uv_close((uv_handle_t *)&check->timer, on_closed);
}
