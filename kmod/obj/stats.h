/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counters: one per-CPU array for each service and one for the namespace.
 * Ids are enum sluice_stat of the uapi header.
 *
 * Locking: none. Counting is for softirq or bh-disabled context.
 */
#ifndef SLC_OBJ_STATS_H
#define SLC_OBJ_STATS_H

#include <linux/percpu.h>
#include <linux/types.h>
#include <linux/u64_stats_sync.h>
#include <uapi/linux/sluice.h>

/**
 * struct slc_stats - one CPU's counters
 * @n: by enum sluice_stat
 * @sync: makes @n readable on 32-bit machines
 */
struct slc_stats {
	u64_stats_t n[SLUICE_STAT_MAX + 1];
	struct u64_stats_sync sync;
};

/**
 * slc_stats_alloc() - Make a set of counters, all zero.
 *
 * Context: Process.
 * Return: the counters, to be freed by free_percpu(), or NULL.
 */
struct slc_stats __percpu *slc_stats_alloc(void);

/**
 * slc_stats_fold() - Sum the counters of all CPUs, from where zero is.
 * @stats: the counters
 * @zero: what slc_stats_sum() said when they were last set to zero
 * @sum: SLUICE_STAT_MAX + 1 numbers, by enum sluice_stat
 *
 * Context: slc_net.cfg_lock held, which guards @zero.
 */
void slc_stats_fold(const struct slc_stats __percpu *stats, const u64 *zero,
		    u64 *sum);

/**
 * slc_stats_sum() - What all CPUs have counted since the counters were made.
 * @stats: the counters
 * @sum: SLUICE_STAT_MAX + 1 numbers; kept, it is where zero is from now on
 *
 * Context: any.
 */
void slc_stats_sum(const struct slc_stats __percpu *stats, u64 *sum);

/**
 * slc_stats_merge() - Add what one set has counted to another.
 * @to: added to
 * @from: left as it is
 * @zero: of @from
 *
 * Context: Process, slc_net.cfg_lock held.
 */
void slc_stats_merge(struct slc_stats __percpu *to,
		     const struct slc_stats __percpu *from, const u64 *zero);

/**
 * slc_stats_add() - Count.
 * @stats: the counters
 * @id: which
 * @n: how many
 *
 * Context: Softirq or bh disabled.
 */
static inline void slc_stats_add(struct slc_stats __percpu *stats,
				 enum sluice_stat id, u64 n)
{
	struct slc_stats *s = this_cpu_ptr(stats);

	u64_stats_update_begin(&s->sync);
	u64_stats_add(&s->n[id], n);
	u64_stats_update_end(&s->sync);
}

/**
 * slc_stats_add2() - Count two things at once, as each packet does.
 * @stats: the counters
 * @id1: which
 * @n1: how many
 * @id2: which other
 * @n2: how many of these
 *
 * Context: Softirq or bh disabled.
 */
static inline void slc_stats_add2(struct slc_stats __percpu *stats,
				  enum sluice_stat id1, u64 n1,
				  enum sluice_stat id2, u64 n2)
{
	struct slc_stats *s = this_cpu_ptr(stats);

	u64_stats_update_begin(&s->sync);
	u64_stats_add(&s->n[id1], n1);
	u64_stats_add(&s->n[id2], n2);
	u64_stats_update_end(&s->sync);
}

#endif /* SLC_OBJ_STATS_H */
