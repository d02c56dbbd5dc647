// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "../../../cli/flowmem.h"
#include "tap.h"

/* Times in milliseconds; two sweeps, begun at 1000 and 2000 */
static const struct {
	const char *name;
	/* input: first reading (none if its time is 0) and second */
	struct flowmem_reading first;
	struct flowmem_reading second;
	/* output as expected of the second */
	bool known;
	double in;
	double out;
} cases[] = {
	{
		"a flow seen twice is timed by itself",
		{ 7, 100, 1000, 1200, 5000, 10 },
		{ 7, 300, 5000, 2200, 6000, 10 },
		true, 200, 4000,
	},
	{
		"one that stood still has rate 0",
		{ 7, 100, 1000, 1200, 5000, 500 },
		{ 7, 100, 1000, 2200, 6000, 1500 },
		true, 0, 0,
	},
	{
		"one that began since is timed from its beginning",
		{ 0 }, { 7, 2000, 4000, 3000, 2000, 10 },
		true, 1000, 2000,
	},
	{
		"one that is very young counts as a second old",
		{ 0 }, { 7, 2000, 4000, 2100, 2, 1 },
		true, 2000, 4000,
	},
	{
		"one that was missed and is not silent is not known",
		{ 0 }, { 7, 2000, 4000, 2100, 9000, 1 },
		false,
	},
	{
		"one that was missed and has been silent has rate 0",
		{ 0 }, { 7, 2000, 4000, 2100, 9000, 1100 },
		true, 0, 0,
	},
	{
		"one that was silent long enough is not remembered",
		{ 7, 100, 100, 1200, 90000, 60000 },
		{ 7, 200, 200, 2200, 91000, 10 },
		false,
	},
	{
		"counts that went back are not believed",
		{ 7, 100, 1000, 1200, 5000, 10 },
		{ 7, 90, 5000, 2200, 6000, 10 },
		false,
	},
	{
		"no time between the two gives no rate",
		{ 7, 100, 1000, 2000, 5000, 10 },
		{ 7, 300, 5000, 2000, 5000, 10 },
		false,
	},
	{
		"a flow without a number is not known",
		{ 0 }, { 0, 300, 5000, 2000, 1, 10 },
		false,
	},
};

static void test_case(unsigned int i)
{
	struct flowmem *m = flowmem_new(100);
	struct flowmem_rate rate = { 0 };
	bool known, first = false;

	flowmem_turn(m, 1000);
	if (cases[i].first.at)
		first = flowmem_note(m, &cases[i].first, &rate);
	flowmem_turn(m, 2000);
	known = flowmem_note(m, &cases[i].second, &rate);
	claim(cases[i].name, !first && known == cases[i].known &&
	      (!known || (rate.in == cases[i].in && rate.out == cases[i].out)));
	flowmem_free(m);
}

/* Each flow @i has carried @i bytes at first, 1000 more a sweep. */
static unsigned int sweep(struct flowmem *m, unsigned int n, uint64_t at)
{
	struct flowmem_reading now = { .age = 1000000 };
	struct flowmem_rate rate;
	unsigned int i, right = 0;

	flowmem_turn(m, at);
	for (i = 1; i <= n; i++) {
		now.id = i;
		now.bytes_in = i + at;
		now.bytes_out = 2 * (i + at);
		now.at = at;
		if (flowmem_note(m, &now, &rate))
			right += rate.in == 1000 && rate.out == 2000;
	}
	return right;
}

void test_flowmem(void)
{
	struct flowmem *m;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		test_case(i);

	m = flowmem_new(1 << 20);
	claim("of a first sweep nothing is known", !sweep(m, 300000, 1000));
	claim("of a second everything", sweep(m, 300000, 2000) == 300000);
	claim("of a third too", sweep(m, 300000, 3000) == 300000);
	flowmem_free(m);

	m = flowmem_new(1000);
	sweep(m, 5000, 1000);
	claim("no more is remembered than allowed", sweep(m, 5000, 2000) == 1000);
	claim("and in the next sweep as much", sweep(m, 5000, 3000) == 1000);
	flowmem_free(m);
	flowmem_free(NULL);
}
