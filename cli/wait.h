/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Time, and waiting for what may come first. Tests put another in its place.
 */
#ifndef SLUICE_WAIT_H
#define SLUICE_WAIT_H

#include <stdint.h>
#include <time.h>

/* Milliseconds of a clock that nobody sets */
uint64_t wait_clock_ms(void);

/* The time of day */
struct timespec wait_time(void);

/* What may come; 0 is nothing, the time is over. */
#define WAIT_FD		0x1	/* something to read */
#define WAIT_KEY	0x2	/* something typed */
#define WAIT_RESIZE	0x4	/* the terminal has another size */
#define WAIT_END	0x8	/* a signal to end, or nobody reads our output */

/**
 * wait_begin() - From here on signals are waited for.
 * @what: WAIT_RESIZE if that one is wanted, or 0
 *
 * SIGINT, SIGTERM and SIGHUP end nothing any more, wait_for() tells; nor does
 * SIGPIPE, a write fails.
 */
void wait_begin(unsigned int what);

/**
 * wait_for() - Wait.
 * @fd: WAIT_FD, -1 for none
 * @what: besides, WAIT_KEY or 0
 * @ms: at most so long, -1 for any time
 *
 * Return: what came, WAIT_*.
 */
unsigned int wait_for(int fd, unsigned int what, int ms);

#endif /* SLUICE_WAIT_H */
