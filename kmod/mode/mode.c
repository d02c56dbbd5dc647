// SPDX-License-Identifier: GPL-2.0
/* The list of forwarding methods. See mode.h. */
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include "mode/mode.h"
#include "obj/pool.h"

/* Delivery to this host is a service's own, without a pool. */
static const struct slc_mode mode_local = { .name = "local" };

static const struct slc_mode *const modes[] = {
	&mode_local,
	&slc_mode_nat,
	&slc_mode_fullnat,
	&slc_mode_dsr,
	&slc_mode_ipip,
	&slc_mode_gue,
	&slc_mode_dsr_nat,
};

const struct slc_mode *slc_mode_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(modes); i++)
		if (!strcmp(modes[i]->name, name))
			return modes[i];
	return NULL;
}

bool slc_mode_crosses(const struct slc_mode *mode)
{
	return mode->caps & SLC_MODE_CROSSES;
}

bool slc_mode_direct(const struct slc_mode *mode)
{
	return mode->caps & SLC_MODE_DIRECT;
}
