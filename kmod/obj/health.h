/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What connections tell of their backends: that one has answered, and how fast, that it
 * has refused or kept silent. Schedulers hear of it (core/sched.h) and pass over those
 * that fail. All who carry connections to backends say so here.
 *
 * An application of this host that no pool has is nobody's choice: what it does to a
 * flow, whose backend is NULL, is of no consequence.
 *
 * Locking: none; what is noted are atomic words of the backend's.
 */
#ifndef SLC_OBJ_HEALTH_H
#define SLC_OBJ_HEALTH_H

#include <linux/types.h>

struct slc_flow;
struct slc_net;

/**
 * slc_health_net_init() - What is needed in a network namespace.
 * @sn: its state
 *
 * Context: Process.
 */
void slc_health_net_init(struct slc_net *sn);

/**
 * slc_health_net_exit() - Tell of no more suspects.
 * @sn: state of a namespace that has been dying for a grace period, with its
 *	configuration
 *
 * Context: Process; sleeps.
 */
void slc_health_net_exit(struct slc_net *sn);

/**
 * slc_health_answered() - A backend has answered a SYN, whoever's.
 * @flow: the flow whose packet says so
 *
 * Context: Softirq or bh disabled.
 */
void slc_health_answered(const struct slc_flow *flow);

/**
 * slc_health_rtt() - How long a backend took to answer.
 * @flow: the flow
 * @rtt_us: microseconds, for whoever has chosen the backend
 *
 * Context: Softirq or bh disabled.
 */
void slc_health_rtt(const struct slc_flow *flow, u32 rtt_us);

/**
 * slc_health_failed() - A backend has not taken a connection, and said so, or others.
 * @flow: the flow
 *
 * Believed if it has answered nobody since the connection began.
 *
 * Context: Softirq or bh disabled.
 */
void slc_health_failed(const struct slc_flow *flow);

/**
 * slc_health_silent() - A backend has not answered a connection.
 * @flow: the flow, which nothing has answered since it was made
 *
 * As slc_health_failed(), but once for a flow; and whoever has chosen the backend is
 * told how long it was waited for, if that is believed.
 *
 * Context: Softirq or bh disabled.
 */
void slc_health_silent(struct slc_flow *flow);

#endif /* SLC_OBJ_HEALTH_H */
