// SPDX-License-Identifier: GPL-2.0
/* Lines in the kernel's log. See log.h. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt
#include <linux/jiffies.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <net/net_namespace.h>
#include "obj/log.h"
#include "obj/net.h"

/* Of one thing in one namespace */
#define LOG_INTERVAL	(600 * HZ)

static const char *const lines[SLC_LOG_NR] = {
	[SLC_LOG_FLOWS] =
		"max-flows is reached, new connections are refused: sluice limits",
	[SLC_LOG_HALF_OPEN] =
		"max-half-open-bytes is reached, SYN cookies answer: sluice limits",
	[SLC_LOG_PORTS] =
		"no port is left for fullnat, connections are refused: sluice backend stats",
	[SLC_LOG_MEMORY] =
		"no memory for connections, new ones are refused",
};

void slc_log(struct slc_net *sn, enum slc_log what)
{
	unsigned long now = jiffies ?: 1, last = READ_ONCE(sn->logged[what]);
	/* Of all namespaces together but the host's own: there may be thousands. */
	static DEFINE_RATELIMIT_STATE(all, 60 * HZ, 30);

	if (last && time_before(now, last + LOG_INTERVAL))
		return;
	if (cmpxchg(&sn->logged[what], last, now) != last)
		return;
	if (net_eq(sn->net, &init_net) || __ratelimit(&all))
		pr_warn("network namespace %u: %s\n", sn->net->ns.inum,
			lines[what]);
}
