/* SPDX-License-Identifier: GPL-2.0 */
/* Who asks what the daemon knows: `sluice health show`, by a socket. */
#ifndef SLUICE_HEALTH_REPORT_H
#define SLUICE_HEALTH_REPORT_H

/**
 * report_begin() - Be the daemon of this network namespace.
 *
 * Return: 0; -1 after saying why, as another one is.
 */
int report_begin(void);
void report_end(void);

#endif /* SLUICE_HEALTH_REPORT_H */
