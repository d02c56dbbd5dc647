/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What an agent on a backend's host says of it, in the words of HAProxy's agents. Pure.
 *
 *	75%                     that much of its weight
 *	up                      it is not down
 *	down, failed, stopped   it is, whatever checks say
 *	drain                   it takes no new connections
 *	maint                   it is down
 *	ready                   an end of drain and maint
 *
 * Several words of one line hold together, and what a line does not say stays as it was.
 */
#ifndef SLUICE_HEALTH_SAYS_H
#define SLUICE_HEALTH_SAYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The longest line */
#define SAYS_MAX	128

/**
 * struct says - of one backend
 * @percent: of its weight, if @has_percent
 * @has_percent: it was said
 * @down: by its service
 * @maint: by an administrator
 * @drain: likewise
 * @text: the line, "": there was none
 */
struct says {
	uint8_t percent;
	bool has_percent;
	bool down;
	bool maint;
	bool drain;
	char text[SAYS_MAX];
};

/**
 * says_take() - An agent has spoken.
 * @says: what was known; stays as it is if this is no line of an agent's
 * @data: what it said, up to the end of a line or all
 * @len: length
 *
 * Return: whether it is such a line.
 */
bool says_take(struct says *says, const char *data, size_t len);

/* Is it down? */
bool says_down(const struct says *says);

/* Hundredths of its weight that it is to have */
uint8_t says_part(const struct says *says);

#endif /* SLUICE_HEALTH_SAYS_H */
