/* SPDX-License-Identifier: GPL-2.0 */
/* What the daemon says, to people and to systemd. */
#ifndef SLUICE_HEALTH_LOG_H
#define SLUICE_HEALTH_LOG_H

#include <syslog.h>

/**
 * log_say() - A line on standard error, with its level where the journal reads it.
 * @level: LOG_ERR, LOG_WARNING, LOG_NOTICE or LOG_INFO
 * @format: as of printf()
 */
void log_say(int level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Tell systemd, if it has started us, as sd_notify(3): "READY=1" */
void log_notify(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif /* SLUICE_HEALTH_LOG_H */
