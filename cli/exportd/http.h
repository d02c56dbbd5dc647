/* SPDX-License-Identifier: GPL-2.0 */
/* Answers by HTTP. */
#ifndef SLUICE_EXPORTD_HTTP_H
#define SLUICE_EXPORTD_HTTP_H

/**
 * http_start() - Serve, by threads that live as long as the process.
 * @sock: it listens, and does not block
 * @helper: from scrape_start()
 *
 * Return: 0, or -1.
 */
int http_start(int sock, int helper);

#endif /* SLUICE_EXPORTD_HTTP_H */
