// SPDX-License-Identifier: GPL-2.0
/* Numbers at a glance. */
#include <stdio.h>

#include "human.h"

char *human_count(char *buf, double value)
{
	static const char units[] = " kMGTPE";
	unsigned int unit = 0;

	if (!(value > 0))
		value = 0;
	/* 999.5 would be shown as 1000. */
	while (value >= 999.5 && units[unit + 1]) {
		value /= 1000;
		unit++;
	}
	if (value > 9999)
		value = 9999;
	snprintf(buf, HUMAN_LEN, value < 9.95 && (unit || value != (int)value) ?
		 "%.1f%.1s" : "%.0f%.1s", value, unit ? units + unit : "");
	return buf;
}

char *human_delay(char *buf, double seconds)
{
	static const char *const units[] = { "us", "ms", "s" };
	double value = seconds > 0 ? seconds * 1e6 : 0;
	unsigned int unit = 0;

	while (value >= 999.5 && unit < 2) {
		value /= 1000;
		unit++;
	}
	if (value > 9999)
		value = 9999;
	snprintf(buf, HUMAN_LEN, unit && value < 9.95 ? "%.1f%s" : "%.0f%s",
		 value, units[unit]);
	return buf;
}

char *human_age(char *buf, double seconds)
{
	unsigned int s = seconds > 0 ? seconds > 1e9 ? 1e9 : seconds : 0;

	if (s < 60)
		snprintf(buf, HUMAN_LEN, "%us", s);
	else if (s < 3600)
		snprintf(buf, HUMAN_LEN, "%um%02us", s / 60, s % 60);
	else if (s < 86400)
		snprintf(buf, HUMAN_LEN, "%uh%02um", s / 3600, s / 60 % 60);
	else if (s < 100 * 86400)
		snprintf(buf, HUMAN_LEN, "%ud%02uh", s / 86400,
			 s / 3600 % 24);
	else
		snprintf(buf, HUMAN_LEN, "%ud", s / 86400);
	return buf;
}
