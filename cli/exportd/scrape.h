/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Running the tool, by a process that does nothing else: who speaks HTTP has no
 * right to ask the module, and this one, which has, hears no word of HTTP.
 */
#ifndef SLUICE_EXPORTD_SCRAPE_H
#define SLUICE_EXPORTD_SCRAPE_H

#include <stddef.h>

/**
 * enum scrape_result - what came of a run of the tool
 * @SCRAPE_DONE: metrics
 * @SCRAPE_FAILED: none; why not it has said on standard error
 * @SCRAPE_SLOW: it was ended after 10 seconds, or one before it is still there
 */
enum scrape_result {
	SCRAPE_DONE,
	SCRAPE_FAILED,
	SCRAPE_SLOW,
};

/**
 * scrape_start() - Start the process that runs the tool.
 *
 * It has all rights of the caller, who is to call this before there are threads or
 * sockets, and ends when the caller does. The tool is the one that the environment
 * names as SLUICE.
 *
 * Return: where to ask it, for scrape(), or -1 and errno.
 */
int scrape_start(void);

/**
 * scrape() - Have `sluice export` run, once.
 * @helper: from scrape_start(); by one thread at a time
 * @text: becomes what it has printed, to be freed; NULL without metrics
 * @len: becomes its length
 *
 * Return: what came of it, or -1 if that process is no longer there.
 */
int scrape(int helper, char **text, size_t *len);

#endif /* SLUICE_EXPORTD_SCRAPE_H */
