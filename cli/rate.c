// SPDX-License-Identifier: GPL-2.0
/* How fast counters count. */
#include <stdio.h>
#include <stdlib.h>

#include "rate.h"

bool rate_of(const uint64_t *before, const uint64_t *after, unsigned int n,
	     uint64_t ms, double *rate)
{
	bool anew = false;
	unsigned int i;

	for (i = 0; i < n; i++)
		anew |= after[i] < before[i];
	for (i = 0; i < n; i++)
		rate[i] = !ms ? 0 : (after[i] - (anew ? 0 : before[i])) *
				    1000.0 / ms;
	return anew;
}

double rate_round(double rate)
{
	char text[64];

	snprintf(text, sizeof(text), rate < 100 ? "%.3g" : "%.0f", rate);
	return strtod(text, NULL);
}
