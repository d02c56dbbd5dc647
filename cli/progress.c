// SPDX-License-Identifier: GPL-2.0
/* One line that changes. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "progress.h"

/* Columns of the line that is shown */
static int shown;

bool progress(const char *format, ...)
{
	char line[80];
	va_list ap;
	int len;

	if (!isatty(STDERR_FILENO))
		return false;
	va_start(ap, format);
	vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	len = strlen(line);
	/* Spaces cover what was longer: any terminal can do that. */
	fprintf(stderr, "\r%-*s\r%s", shown > len ? shown : 0, line, line);
	fflush(stderr);
	shown = len;
	return true;
}

void progress_end(void)
{
	if (shown)
		fprintf(stderr, "\r%*s\r", shown, "");
	shown = 0;
}
