// SPDX-License-Identifier: GPL-2.0
/* The program; tests call cmd_main() themselves. */
#include "cmd.h"

int main(int argc, char **argv)
{
	return cmd_main(argc, argv);
}
