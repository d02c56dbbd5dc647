// SPDX-License-Identifier: GPL-2.0
/* What connections tell of their backends. See health.h. */
#include <linux/jiffies.h>
#include "core/sched.h"
#include "obj/event.h"
#include "obj/flow.h"
#include "obj/health.h"
#include "obj/pick.h"
#include "obj/pool.h"

/* More counts as this: who still waits then has other things to worry about. */
#define HEALTH_WAIT_MAX	(60 * HZ)

/* Many come at once, when a host goes. */
#define SUSPECTS_DELAY	(HZ / 10)

static void health_suspects(struct work_struct *work)
{
	slc_event_suspects(container_of(to_delayed_work(work), struct slc_net,
					suspects));
}

void slc_health_net_init(struct slc_net *sn)
{
	INIT_DELAYED_WORK(&sn->suspects, health_suspects);
}

void slc_health_net_exit(struct slc_net *sn)
{
	cancel_delayed_work_sync(&sn->suspects);
}

/* Is what was told of a backend no longer so? What races with the telling is told of
 * with the next connection.
 */
static void health_tell(const struct slc_flow *flow)
{
	const struct slc_backend *backend = flow->backend;

	if (likely(slc_backend_suspect(backend) ==
		   READ_ONCE(backend->told_suspect)) ||
	    READ_ONCE(flow->sn->dying))
		return;
	schedule_delayed_work(&flow->sn->suspects, SUSPECTS_DELAY);
}

/* When a flow began, by the clock of schedulers */
static u32 health_since_ms(const struct slc_flow *flow)
{
	return (u32)slc_pick_now_ms() -
	       jiffies_to_msecs(jiffies - flow->created);
}

/* Checks say what they find by another way. */
static bool health_asks(const struct slc_flow *flow)
{
	return flow->backend && !test_bit(SLC_FLOW_PROBE, &flow->flags);
}

void slc_health_answered(const struct slc_flow *flow)
{
	if (!health_asks(flow))
		return;
	slc_load_answered(&flow->backend->load, slc_pick_now_ms());
	health_tell(flow);
}

void slc_health_rtt(const struct slc_flow *flow, u32 rtt_us)
{
	if (flow->sched)
		flow->sched->feedback(&flow->backend->load, rtt_us,
				      slc_pick_now_ms());
}

void slc_health_failed(const struct slc_flow *flow)
{
	struct slc_backend *backend = flow->backend;

	if (!health_asks(flow))
		return;
	slc_load_failed(&backend->load, READ_ONCE(backend->max_fails),
			READ_ONCE(backend->fail_timeout_s) * MSEC_PER_SEC,
			health_since_ms(flow), slc_pick_now_ms());
	health_tell(flow);
}

void slc_health_silent(struct slc_flow *flow)
{
	unsigned long waited = jiffies - flow->created;

	if (!health_asks(flow) ||
	    test_and_set_bit(SLC_FLOW_SILENT, &flow->flags) ||
	    !slc_load_alone(&flow->backend->load, health_since_ms(flow),
			    slc_pick_now_ms()))
		return;
	slc_health_failed(flow);
	slc_health_rtt(flow, jiffies_to_usecs(min_t(unsigned long, waited,
						    HEALTH_WAIT_MAX)));
}
