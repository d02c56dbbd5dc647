// SPDX-License-Identifier: GPL-2.0
#include "../../../cli/rate.h"
#include "tap.h"

void test_rate(void)
{
	static const uint64_t zero[3], before[3] = { 10, 20, 30 },
			      after[3] = { 15, 20, 130 },
			      anew[3] = { 12, 5, 30 },
			      most[3] = { UINT64_MAX, 0, 0 };
	double rate[3];

	claim("counters that went on", !rate_of(before, after, 3, 500, rate));
	claim("are counted per second",
	      rate[0] == 10 && rate[1] == 0 && rate[2] == 200);
	claim("counters that went back are told",
	      rate_of(before, anew, 3, 1000, rate));
	claim("all of them count from zero, those ahead too",
	      rate[0] == 12 && rate[1] == 5 && rate[2] == 30);
	claim("no time gives no rate",
	      !rate_of(before, after, 3, 0, rate) && rate[0] == 0);
	claim("the highest count is no going back",
	      !rate_of(zero, most, 3, 1000, rate) && rate[0] > 1e19);
	claim("people get three digits of a rate",
	      rate_round(0.0123456) == 0.0123 && rate_round(12.345) == 12.3 &&
	      rate_round(99.96) == 100);
	claim("or all before the point", rate_round(123456.7) == 123457);
	claim("nothing is nothing", rate_round(0) == 0);
	claim("no counters, no matter", !rate_of(before, after, 0, 1, rate));
}
