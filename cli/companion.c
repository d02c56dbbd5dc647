// SPDX-License-Identifier: GPL-2.0
/* Programs beside the tool. See companion.h. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "companion.h"

#define ARGS_MAX	16

static const char *const places[] = { "", "../libexec/sluice/" };

int companion_run(const char *name, const char *const *args)
{
	char tool[PATH_MAX], path[2 * PATH_MAX], *argv[ARGS_MAX + 2] = { path };
	unsigned int i, n = 1;
	char why[160];
	ssize_t len;

	len = readlink("/proc/self/exe", tool, sizeof(tool) - 1);
	if (len < 0)
		return cmd_bad(NULL, NULL, "cannot tell where the tool is: no /proc");
	tool[len] = '\0';
	setenv("SLUICE", tool, 1);
	*(strrchr(tool, '/') + 1) = '\0';
	for (; *args && n <= ARGS_MAX; args++)
		argv[n++] = (char *)*args;
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		snprintf(path, sizeof(path), "%s%s%s", tool, places[i], name);
		execv(path, argv);
		if (errno != ENOENT)
			break;
	}
	snprintf(why, sizeof(why), errno == ENOENT ? "%s is not installed" :
		 "cannot run %s: %s", name, strerror(errno));
	cmd_bad(NULL, NULL, why);
	return EXIT_UNABLE;
}
