// SPDX-License-Identifier: GPL-2.0
/* Backends that are names. See names.h. */
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../attr.h"
#include "../value.h"
#include "check.h"
#include "list.h"
#include "log.h"
#include "names.h"

/* A name that has never been found is asked for more often, as the network may come up. */
#define FIRST_MS	5000

/*
 * Look-ups wait in threads of libuv, half of which it leaves to others; what cannot be
 * reached keeps one for ten seconds or more.
 */
#define THREADS		"16"

void (*names_changed)(void);

/**
 * struct lookup - of one family
 * @rq: libuv's
 * @name: whose
 * @runs: it is under way
 * @status: how the last one ended, of libuv
 * @found: what it found
 * @known: what was found when last it was good, NULL: never
 */
struct lookup {
	uv_getaddrinfo_t rq;
	struct name *name;
	bool runs;
	int status;
	json_t *found;
	json_t *known;
};

/**
 * struct name - see names.h
 * @pool: for messages
 * @entry: what it was made of
 * @host: the name
 * @port: what comes after it
 * @interval_ms: how often it is looked up
 * @timer: for the next time
 * @of: look-ups
 * @told: what was said last of a failure, 0: nothing since it was good
 * @gone: nobody wants it any more
 * @closed: its timer is no more
 */
struct name {
	char *pool;
	json_t *entry;
	char *host;
	uint16_t port;
	uint32_t interval_ms;
	uv_timer_t timer;
	struct lookup of[NAMES_FAMILIES];
	int told;
	bool gone;
	bool closed;
};

static void on_turn(uv_timer_t *timer);

static bool is_busy(const struct name *name)
{
	return name->of[NAMES_IPV4].runs || name->of[NAMES_IPV6].runs;
}

/* Answers that are on their way have to come first. */
static void release(struct name *name)
{
	unsigned int i;

	if (!name->closed || is_busy(name))
		return;
	for (i = 0; i < NAMES_FAMILIES; i++) {
		json_decref(name->of[i].found);
		json_decref(name->of[i].known);
	}
	json_decref(name->entry);
	free(name->pool);
	free(name->host);
	free(name);
}

static void wait_for_next(struct name *name)
{
	uint32_t ms = name->interval_ms, random = 0;

	if (!name->of[NAMES_IPV4].known && !name->of[NAMES_IPV6].known &&
	    ms > FIRST_MS)
		ms = FIRST_MS;
	/* Not all of them at once for ever */
	uv_random(NULL, NULL, &random, sizeof(random), 0, NULL);
	ms -= (uint64_t)random * (ms / 8) >> 32;
	uv_timer_start(&name->timer, on_turn, ms, 0);
}

/* The name has nothing of this family, which is an answer. */
static bool is_nothing(int status)
{
	return status == UV_EAI_NODATA || status == UV_EAI_NONAME ||
	       status == UV_EAI_ADDRFAMILY;
}

static void tell(struct name *name, int why, bool some)
{
	if (name->told == why)
		return;
	if (why)
		log_say(LOG_WARNING, "pool %s: %s: %s is not found, backends stay as they are: %s",
			name->pool, name->host, some ? "all" : "it",
			uv_strerror(why));
	else
		log_say(LOG_NOTICE, "pool %s: %s is found again", name->pool,
			name->host);
	name->told = why;
}

/*
 * Both have ended. If neither has an address that is a failure, whatever they say: what
 * was found before is better than nothing.
 */
static void take(struct name *name)
{
	struct lookup *l, *end = name->of + NAMES_FAMILIES;
	bool changed = false, some = false;
	int why = 0;

	for (l = name->of; l < end; l++) {
		some |= json_array_size(l->found);
		if (l->status && (!why || !is_nothing(l->status)))
			why = l->status;
	}
	for (l = name->of; l < end && some; l++) {
		if (l->status && !is_nothing(l->status))
			continue;
		changed |= !l->known || !json_equal(l->known, l->found);
		json_decref(l->known);
		l->known = json_incref(l->found);
	}
	tell(name, some && is_nothing(why) ? 0 : why, some);
	for (l = name->of; l < end; l++) {
		json_decref(l->found);
		l->found = NULL;
	}
	if (changed)
		names_changed();
	wait_for_next(name);
}

static int by_text(const void *a, const void *b)
{
	json_t *const *x = a, *const *y = b;

	return strcmp(json_string_value(*x), json_string_value(*y));
}

/* Servers turn their answers round: the order says nothing. */
static json_t *sorted(json_t **text, size_t n)
{
	json_t *all = json_array(), *last = NULL;
	size_t i;

	qsort(text, n, sizeof(*text), by_text);
	for (i = 0; i < n; i++) {
		if (last && json_equal(text[i], last)) {
			json_decref(text[i]);
			continue;
		}
		last = text[i];
		json_array_append_new(all, last);
	}
	return all;
}

static bool get_address(const struct addrinfo *ai, struct in6_addr *addr)
{
	const struct sockaddr_in *v4 = (const void *)ai->ai_addr;

	if (ai->ai_family == AF_INET6) {
		*addr = ((const struct sockaddr_in6 *)v4)->sin6_addr;
		return true;
	}
	memset(addr, 0, sizeof(*addr));
	memset(addr->s6_addr + 10, 0xff, 2);
	memcpy(addr->s6_addr + 12, &v4->sin_addr, 4);
	return ai->ai_family == AF_INET;
}

static json_t *addresses(const struct name *name, const struct addrinfo *ai)
{
	struct value_endpoint ep = {
		.port = name->port, .port_end = name->port
	};
	const struct addrinfo *a;
	char buf[VALUE_TEXT_LEN];
	json_t **text, *all;
	size_t n = 0;

	/* All of them, in any order: which are taken is for the pool to say. */
	for (a = ai; a; a = a->ai_next)
		n++;
	text = calloc(n + 1, sizeof(*text));
	if (!text)
		abort();
	for (a = ai, n = 0; a; a = a->ai_next)
		if (get_address(a, &ep.addr))
			text[n++] = json_string(value_put_endpoint(buf, &ep));
	all = sorted(text, n);
	free(text);
	return all;
}

static void on_answer(uv_getaddrinfo_t *rq, int status, struct addrinfo *ai)
{
	struct lookup *l = rq->data;
	struct name *name = l->name;

	l->runs = false;
	l->status = status;
	l->found = addresses(name, status ? NULL : ai);
	uv_freeaddrinfo(ai);
	if (name->gone)
		release(name);
	else if (!is_busy(name))
		take(name);
}

static void on_turn(uv_timer_t *timer)
{
	static const int families[] = {
		[NAMES_IPV4] = AF_INET, [NAMES_IPV6] = AF_INET6,
	};
	struct name *name = timer->data;
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct lookup *l;
	unsigned int i;

	for (i = 0; i < NAMES_FAMILIES; i++) {
		l = &name->of[i];
		hints.ai_family = families[i];
		l->status = uv_getaddrinfo(check_loop, &l->rq, on_answer,
					   name->host, NULL, &hints);
		l->runs = !l->status;
		if (!l->runs)
			l->found = json_array();
	}
	if (!is_busy(name))
		take(name);
}

struct name *name_new(const char *pool, json_t *entry, uint32_t interval_ms)
{
	const char *text = attr_text(entry, "address"), *colon;
	struct name *name = calloc(1, sizeof(*name));
	unsigned int i;

	colon = strrchr(text, ':');
	if (!name || !colon)
		abort();
	name->pool = strdup(pool);
	name->entry = json_incref(entry);
	name->host = strndup(text, colon - text);
	if (!name->pool || !name->host)
		abort();
	name->port = atoi(colon + 1);
	name->interval_ms = interval_ms;
	for (i = 0; i < NAMES_FAMILIES; i++) {
		name->of[i].name = name;
		name->of[i].rq.data = &name->of[i];
	}
	uv_timer_init(check_loop, &name->timer);
	name->timer.data = name;
	uv_timer_start(&name->timer, on_turn, 0, 0);
	return name;
}

static void on_closed(uv_handle_t *timer)
{
	struct name *name = timer->data;

	name->closed = true;
	release(name);
}

void name_free(struct name *name)
{
	unsigned int i;

	name->gone = true;
	for (i = 0; i < NAMES_FAMILIES; i++)
		if (name->of[i].runs)
			uv_cancel((uv_req_t *)&name->of[i].rq);
	uv_close((uv_handle_t *)&name->timer, on_closed);
}

bool name_is(const struct name *name, const json_t *entry, uint32_t interval_ms)
{
	return name->interval_ms == interval_ms &&
	       json_equal(name->entry, entry);
}

const json_t *name_answers(const struct name *name, enum names_family family)
{
	return name->of[family].known;
}

json_t *name_options(const struct name *name)
{
	json_t *options = json_copy(name->entry);

	json_object_del(options, "address");
	return options;
}

void names_begin(void)
{
	setenv("UV_THREADPOOL_SIZE", THREADS, 0);
}
