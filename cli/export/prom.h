/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Text that Prometheus reads: its exposition format, version 0.0.4. Pure.
 */
#ifndef SLUICE_EXPORT_PROM_H
#define SLUICE_EXPORT_PROM_H

#include <stdint.h>
#include <stdio.h>

/* Most labels of a sample */
#define PROM_LABELS_MAX	6

/**
 * struct prom_label - one label of a sample
 * @name: a word
 * @value: any text; NULL for a label that is left out
 */
struct prom_label {
	const char *name;
	const char *value;
};

/**
 * prom_family() - Begin the samples of one name.
 * @f: where to
 * @name: without its prefix, and of a counter without its suffix
 * @type: "counter" or "gauge"
 * @help: what it is, one line
 */
void prom_family(FILE *f, const char *name, const char *type, const char *help);

/**
 * prom_sample() - One sample of the family that was begun last.
 * @f: where to
 * @name: that of the family
 * @type: that of the family
 * @labels: ended by one without a name; PROM_LABELS_MAX of them at most
 * @value: its value
 */
void prom_sample(FILE *f, const char *name, const char *type,
		 const struct prom_label *labels, uint64_t value);

#endif /* SLUICE_EXPORT_PROM_H */
