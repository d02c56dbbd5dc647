/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What flows had carried when they were last seen, for how fast they are. A
 * sweep goes once over all flows; there may be a million, so one may take
 * many seconds and each flow is timed by itself. Flows that are silent are
 * not remembered. Pure.
 */
#ifndef SLUICE_FLOWMEM_H
#define SLUICE_FLOWMEM_H

#include <stdbool.h>
#include <stdint.h>

/* A flow as it is now. All times are milliseconds, @at of any one clock. */
struct flowmem_reading {
	uint64_t id;
	uint64_t bytes_in;
	uint64_t bytes_out;
	uint64_t at;
	uint64_t age;
	uint64_t idle;
};

/* Bytes a second */
struct flowmem_rate {
	double in;
	double out;
};

struct flowmem;

/**
 * flowmem_new() - Begin to remember.
 * @max: most flows remembered; 32 bytes each, twice
 *
 * Return: NULL for want of memory.
 */
struct flowmem *flowmem_new(uint32_t max);

/**
 * flowmem_note() - Remember a reading of this sweep.
 * @m: memory
 * @now: the reading
 * @rate: set, if that is known
 *
 * Return: whether the rate is known: since the last sweep, or since the flow
 *	began if that was after it.
 */
bool flowmem_note(struct flowmem *m, const struct flowmem_reading *now,
		  struct flowmem_rate *rate);

/**
 * flowmem_turn() - A sweep begins, the first or the next.
 * @m: memory
 * @now: time
 */
void flowmem_turn(struct flowmem *m, uint64_t now);

void flowmem_free(struct flowmem *m);

#endif /* SLUICE_FLOWMEM_H */
