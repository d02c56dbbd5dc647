// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <signal.h>
#include <stdio.h>

#include "../../../cli/progress.h"
#include "tap.h"

bool cmd_json;

void test_progress(void)
{
	claim("where nobody looks", freopen("/dev/null", "w", stderr));
	progress_begin("test");
	errno = 0;
	raise(SIGALRM);
	claim("the clock leaves no error behind", !errno);
	progress_end();
}
