/* SPDX-License-Identifier: GPL-2.0 */
/* One run of the tool, for one who asks. */
#ifndef SLUICE_EXPORTD_SCRAPE_H
#define SLUICE_EXPORTD_SCRAPE_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct scrape - what `sluice export` said
 * @ok: these are metrics; otherwise @text is why there are none
 * @text: to be freed; NULL if it could not be had
 * @len: its length
 * @why: why not, if @text is NULL
 */
struct scrape {
	bool ok;
	char *text;
	size_t len;
	const char *why;
};

/**
 * scrape() - Run `sluice export`.
 * @s: filled in
 *
 * The tool is the one that the environment names as SLUICE. It has 10 seconds.
 */
void scrape(struct scrape *s);

#endif /* SLUICE_EXPORTD_SCRAPE_H */
