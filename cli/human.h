/* SPDX-License-Identifier: GPL-2.0 */
/* Numbers as people read them at a glance: 1.2M, 3m12s, 5.2ms. Pure. */
#ifndef SLUICE_HUMAN_H
#define SLUICE_HUMAN_H

/* Room for any of these */
#define HUMAN_LEN	16

/**
 * human_count() - A number in at most five letters.
 * @buf: HUMAN_LEN bytes
 * @value: not negative
 *
 * From 1000 on with one of k, M, G, T, P, E for thousands; with a digit after
 * the point if that leaves less than 10, or is less and not whole.
 *
 * Return: @buf.
 */
char *human_count(char *buf, double value);

/* A time in at most six letters: 12s, 3m12s, 2h05m, 4d03h, 123d */
char *human_age(char *buf, double seconds);

/* A short time in at most five letters: 0us, 85us, 5.2ms, 50ms, 1.2s, 95s */
char *human_delay(char *buf, double seconds);

#endif /* SLUICE_HUMAN_H */
