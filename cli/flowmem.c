// SPDX-License-Identifier: GPL-2.0
/* What flows had carried when last seen: two hash tables that take turns. */
#include <stdlib.h>
#include <string.h>

#include "flowmem.h"

/* Who is silent for so long is known to be when seen again. */
#define SILENT_MS	60000
/* Shorter than this says little. */
#define SHORTEST_MS	1000
#define SLOTS_MIN	1024

struct slot {
	uint64_t id;		/* 0: empty */
	uint64_t bytes_in;
	uint64_t bytes_out;
	uint64_t at;
};

struct table {
	struct slot *slot;
	uint32_t n;		/* slots, a power of two */
	uint32_t used;
	uint64_t began;
};

struct flowmem {
	struct table last;
	struct table now;
	uint32_t max;
	unsigned int sweeps;
};

static struct slot *find(const struct table *t, uint64_t id)
{
	uint32_t i = (id * 0x9e3779b97f4a7c15ull) >> 32;

	for (;; i++) {
		struct slot *slot = &t->slot[i & (t->n - 1)];

		if (slot->id == id || !slot->id)
			return slot;
	}
}

static bool grow(struct table *t)
{
	struct table bigger = *t;
	uint32_t i;

	bigger.n = t->n ? 2 * t->n : SLOTS_MIN;
	bigger.slot = calloc(bigger.n, sizeof(*bigger.slot));
	if (!bigger.slot)
		return false;
	for (i = 0; i < t->n; i++)
		if (t->slot[i].id)
			*find(&bigger, t->slot[i].id) = t->slot[i];
	free(t->slot);
	*t = bigger;
	return true;
}

static void remember(struct flowmem *m, const struct flowmem_reading *now)
{
	struct table *t = &m->now;
	struct slot *slot = find(t, now->id);

	if (!slot->id) {
		if (t->used == m->max)
			return;
		/* A third stays empty. */
		if (t->used >= t->n / 3 * 2) {
			if (!grow(t))
				return;
			slot = find(t, now->id);
		}
		t->used++;
	}
	slot->id = now->id;
	slot->bytes_in = now->bytes_in;
	slot->bytes_out = now->bytes_out;
	slot->at = now->at;
}

struct flowmem *flowmem_new(uint32_t max)
{
	struct flowmem *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->max = max;
	if (grow(&m->last) && grow(&m->now))
		return m;
	flowmem_free(m);
	return NULL;
}

static bool since(const struct flowmem_reading *now, uint64_t bytes_in,
		  uint64_t bytes_out, uint64_t ms, struct flowmem_rate *rate)
{
	if (!ms || now->bytes_in < bytes_in || now->bytes_out < bytes_out)
		return false;
	rate->in = (now->bytes_in - bytes_in) * 1000.0 / ms;
	rate->out = (now->bytes_out - bytes_out) * 1000.0 / ms;
	return true;
}

bool flowmem_note(struct flowmem *m, const struct flowmem_reading *now,
		  struct flowmem_rate *rate)
{
	const struct slot *slot = find(&m->last, now->id);
	uint64_t ms;

	if (!now->id)
		return false;
	if (now->idle < SILENT_MS)
		remember(m, now);
	if (slot->id)
		return since(now, slot->bytes_in, slot->bytes_out,
			     now->at - slot->at, rate);
	if (m->sweeps < 2)
		return false;
	/* How long ago the last sweep began: it has not seen what is younger. */
	ms = now->at - m->last.began;
	if (now->age <= ms)
		return since(now, 0, 0, now->age > SHORTEST_MS ? now->age :
							 SHORTEST_MS, rate);
	/* Not remembered because it was silent, and still is. */
	if (now->idle >= ms)
		return since(now, now->bytes_in, now->bytes_out, 1, rate);
	return false;
}

void flowmem_turn(struct flowmem *m, uint64_t now)
{
	struct table t = m->last;

	m->last = m->now;
	m->now = t;
	m->sweeps++;
	memset(m->now.slot, 0, m->now.n * sizeof(*m->now.slot));
	m->now.used = 0;
	m->now.began = now;
}

void flowmem_free(struct flowmem *m)
{
	if (!m)
		return;
	free(m->last.slot);
	free(m->now.slot);
	free(m);
}
