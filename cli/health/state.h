/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From results of checks to the health of a backend. Pure: time is an argument.
 *
 *	health     results that change it
 *	unknown    up after a good one, down after `fall` bad ones in a row
 *	up         down after `fall` bad ones in a row
 *	down       up after `rise` good ones in a row
 *
 * With damping, a backend that goes down adds one to what it is blamed for, and half
 * of that is forgotten each `damping` milliseconds. Over STATE_HOLD it is held: it stays
 * down until less than STATE_FREE is left, whatever its results, and then comes up by the
 * next good one.
 */
#ifndef SLUICE_HEALTH_STATE_H
#define SLUICE_HEALTH_STATE_H

#include <stdbool.h>
#include <stdint.h>

/* In thousandths of having gone down once */
#define STATE_BLAME	1000
#define STATE_HOLD	2500
#define STATE_FREE	1000

/**
 * struct state_rules - what it takes
 * @rise: good results that bring it up
 * @fall: bad results that take it down
 * @damping: time in which half of the blame is forgotten, in milliseconds; 0: there
 *	is none
 */
struct state_rules {
	uint16_t rise;
	uint16_t fall;
	uint32_t damping;
};

/**
 * struct state - what is known of a backend
 * @health: enum sluice_health
 * @held: down for going down too often
 * @good: good results in a row, up to the last one
 * @bad: bad ones; either is 0
 * @blame: thousandths, as of @blame_ms
 * @blame_ms: when it went down last
 */
struct state {
	uint8_t health;
	bool held;
	uint16_t good;
	uint16_t bad;
	uint32_t blame;
	uint64_t blame_ms;
};

/**
 * state_begin() - What the kernel has is what is, until results say otherwise.
 * @s: of a backend; blame stays
 * @health: enum sluice_health
 */
void state_begin(struct state *s, uint8_t health);

/**
 * state_result() - A check has ended.
 * @s: of the backend
 * @rules: of its pool
 * @good: how it ended
 * @now_ms: when, by a clock that only goes on
 *
 * Return: whether @s->health has changed.
 */
bool state_result(struct state *s, const struct state_rules *rules, bool good,
		  uint64_t now_ms);

/* What is left of the blame */
uint32_t state_blame(const struct state *s, const struct state_rules *rules,
		     uint64_t now_ms);

#endif /* SLUICE_HEALTH_STATE_H */
