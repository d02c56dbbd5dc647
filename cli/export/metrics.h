/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What Prometheus is told, by the names that it has there. Pure: of what was
 * read of the module to text.
 */
#ifndef SLUICE_EXPORT_METRICS_H
#define SLUICE_EXPORT_METRICS_H

#include <jansson.h>
#include <stdio.h>

#include "counter.h"

/**
 * struct metrics - what was read of the module
 * @tool: version of the tool
 * @info: of the network namespace, a record
 * @services: records
 * @pools: records
 * @backends: records
 * @total: counters of the network namespace
 * @of_service: those of each service
 * @n_of_service: how many these are
 */
struct metrics {
	const char *tool;
	json_t *info;
	json_t *services;
	json_t *pools;
	json_t *backends;
	struct counters total;
	struct counters *of_service;
	size_t n_of_service;
};

/**
 * metrics_put() - Say all of it.
 * @f: where to
 * @m: what was read
 */
void metrics_put(FILE *f, const struct metrics *m);

#endif /* SLUICE_EXPORT_METRICS_H */
