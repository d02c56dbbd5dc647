// SPDX-License-Identifier: GPL-2.0
/* From results of checks to the health of a backend. See state.h. */
#include <linux/sluice.h>

#include "state.h"

/* Nothing is left of a count of 32 bits. */
#define HALVES_MAX	32

void state_begin(struct state *s, uint8_t health)
{
	s->health = health;
	s->held = false;
	s->good = 0;
	s->bad = 0;
}

/* Between two halves along a line, which is close enough. */
uint32_t state_blame(const struct state *s, const struct state_rules *rules,
		     uint64_t now_ms)
{
	uint64_t past = now_ms - s->blame_ms, halves, rest;
	uint32_t blame;

	if (!rules->damping)
		return 0;
	halves = past / rules->damping;
	rest = past % rules->damping;
	if (halves >= HALVES_MAX)
		return 0;
	blame = s->blame >> halves;
	return blame - blame / 2 * rest / rules->damping;
}

static bool go_down(struct state *s, const struct state_rules *rules,
		    uint64_t now_ms)
{
	s->health = SLUICE_HEALTH_DOWN;
	if (!rules->damping)
		return true;
	s->blame = state_blame(s, rules, now_ms) + STATE_BLAME;
	s->blame_ms = now_ms;
	s->held = s->blame >= STATE_HOLD;
	return true;
}

static bool come_up(struct state *s)
{
	s->health = SLUICE_HEALTH_UP;
	return true;
}

bool state_result(struct state *s, const struct state_rules *rules, bool good,
		  uint64_t now_ms)
{
	uint16_t *run = good ? &s->good : &s->bad;

	*(good ? &s->bad : &s->good) = 0;
	if (*run < UINT16_MAX)
		++*run;
	if (s->held)
		s->held = state_blame(s, rules, now_ms) >= STATE_FREE;
	if (s->health == SLUICE_HEALTH_DOWN)
		return good && !s->held && s->good >= rules->rise && come_up(s);
	if (!good)
		return s->bad >= rules->fall && go_down(s, rules, now_ms);
	return s->health == SLUICE_HEALTH_UNKNOWN && come_up(s);
}
