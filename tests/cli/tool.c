// SPDX-License-Identifier: GPL-2.0
/*
 * The tool on the fake kernel as a program of its own, for what needs a
 * terminal, a pipe or a shell. Orders are lines of the file that FAKE_ORDERS names,
 * requests are written down in the one that FAKE_LOG names.
 */
#include <stdlib.h>
#include <string.h>

#include "../../cli/cmd.h"
#include "fake.h"

static int take_orders(const char *path)
{
	FILE *f = fopen(path, "r");
	char line[256];

	if (!f)
		return -1;
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (fake_order(line)) {
			fprintf(stderr, "no such order: %s\n", line);
			fclose(f);
			return -1;
		}
	}
	fclose(f);
	return 0;
}

int main(int argc, char **argv)
{
	const char *orders = getenv("FAKE_ORDERS");

	fake_log = fopen(getenv("FAKE_LOG") ?: "/dev/null", "w");
	if (!fake_log || (orders && take_orders(orders)))
		return 99;
	return cmd_main(argc, argv);
}
