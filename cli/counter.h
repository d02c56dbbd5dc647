/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counters: their names, and a reading of them.
 */
#ifndef SLUICE_COUNTER_H
#define SLUICE_COUNTER_H

#include <jansson.h>
#include <linux/sluice.h>
#include <stdbool.h>
#include <stdint.h>

#include "nlsock.h"

/* More than this version knows, for those of a newer module */
#define COUNTERS_MAX	128

/**
 * struct counters - a reading of all counters
 * @service: whose they are, empty for the network namespace
 * @n: how many of @value there are
 * @value: by enum sluice_stat
 */
struct counters {
	char service[64];
	unsigned int n;
	uint64_t value[COUNTERS_MAX];
};

/* By enum sluice_stat; two NULL at the end, as rows of attributes have words */
extern const char *const counter_names[];

/**
 * counter_name() - What a counter is called.
 * @id: enum sluice_stat, or what a newer module has
 *
 * Return: its name, or its number; valid until the next call.
 */
const char *counter_name(unsigned int id);

/* What a message of the kernel says */
void counter_parse(const struct nlmsghdr *nlh, struct counters *counters);

/**
 * counter_of_record() - The counters that a backend's record has.
 * @record: of backend_attrs
 * @counters: set; those that backends do not have are 0
 */
void counter_of_record(const json_t *record, struct counters *counters);

/* The counter of a backend that a key of its record names, or -1 */
int counter_of_key(const char *key);

/**
 * counter_before() - The record of the same object in an earlier list.
 * @records: an array, or NULL
 * @record: has an id
 * @guess: where it was perhaps: objects seldom change places
 *
 * Return: it, or NULL if there is none.
 */
const json_t *counter_before(const json_t *records, const json_t *record,
			     size_t guess);

/* Connections that were refused, for whatever reason; of any array by id */
double counter_refused(const double *value, unsigned int n);

#endif /* SLUICE_COUNTER_H */
