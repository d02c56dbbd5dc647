/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counters: one per-CPU array for each service, each backend and the namespace.
 * Those of services and of the namespace are by enum sluice_stat of the uapi
 * header, of which a backend has a few: see slc_backend_count().
 *
 * Locking: none. Counting is for softirq or bh-disabled context.
 */
#ifndef SLC_OBJ_STATS_H
#define SLC_OBJ_STATS_H

#include <linux/percpu.h>
#include <linux/types.h>
#include <linux/u64_stats_sync.h>
#include <uapi/linux/sluice.h>

#define SLC_STATS	(SLUICE_STAT_MAX + 1)	/* of a service, a namespace */
#define SLC_BACKEND_STATS	14		/* of a backend */

/**
 * struct slc_stats - one CPU's counters
 * @sync: makes @n readable on 32-bit machines
 * @n: SLC_STATS of them, or SLC_BACKEND_STATS
 */
struct slc_stats {
	struct u64_stats_sync sync;
	u64_stats_t n[];
};

/**
 * slc_stats_alloc() - Make a set of counters, all zero.
 * @n: how many, at most SLC_STATS
 *
 * Context: Process.
 * Return: the counters, to be freed by free_percpu(), or NULL.
 */
struct slc_stats __percpu *slc_stats_alloc(unsigned int n);

/**
 * slc_stats_fold() - Sum the counters of all CPUs, from where zero is.
 * @stats: the counters
 * @n: how many
 * @zero: what slc_stats_sum() said when they were last set to zero
 * @sum: @n numbers
 *
 * Context: slc_net.cfg_lock held, which guards @zero.
 */
void slc_stats_fold(const struct slc_stats __percpu *stats, unsigned int n,
		    const u64 *zero, u64 *sum);

/**
 * slc_stats_sum() - What all CPUs have counted since the counters were made.
 * @stats: the counters
 * @n: how many
 * @sum: @n numbers; kept, it is where zero is from now on
 *
 * Context: any.
 */
void slc_stats_sum(const struct slc_stats __percpu *stats, unsigned int n,
		   u64 *sum);

/**
 * slc_stats_merge() - Add what one set has counted to another.
 * @to: added to; a namespace's
 * @from: left as it is; a service's
 * @zero: of @from
 *
 * Context: Process, slc_net.cfg_lock held.
 */
void slc_stats_merge(struct slc_stats __percpu *to,
		     const struct slc_stats __percpu *from, const u64 *zero);

/**
 * slc_stats_add() - Count.
 * @stats: the counters
 * @id: which, enum sluice_stat or a place in a backend's counters
 * @n: how many
 *
 * Context: Softirq or bh disabled.
 */
static inline void slc_stats_add(struct slc_stats __percpu *stats,
				 unsigned int id, u64 n)
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
 * Packets and bytes have one place in the counters of a service and of a backend.
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
