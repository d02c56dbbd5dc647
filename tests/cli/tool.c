// SPDX-License-Identifier: GPL-2.0
/* The tool with the fake kernel behind it, for who wants to run it as such. */
#include "../../cli/cmd.h"
#include "fake.h"

int main(int argc, char **argv)
{
	fake_log = fopen("/dev/null", "w");
	return cmd_main(argc, argv);
}
