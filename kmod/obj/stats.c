// SPDX-License-Identifier: GPL-2.0
/* Counters: what is not counting. */
#include <linux/cpu.h>
#include <linux/workqueue.h>
#include "obj/stats.h"

struct slc_stats __percpu *slc_stats_alloc(void)
{
	struct slc_stats __percpu *stats;
	int cpu;

	stats = alloc_percpu_gfp(struct slc_stats, GFP_KERNEL_ACCOUNT);
	if (!stats)
		return NULL;
	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(stats, cpu)->sync);
	return stats;
}

void slc_stats_fold(const struct slc_stats __percpu *stats, u64 *sum)
{
	u64 n[SLUICE_STAT_MAX + 1];
	const struct slc_stats *s;
	unsigned int start, i;
	int cpu;

	memset(sum, 0, sizeof(n));
	for_each_possible_cpu(cpu) {
		s = per_cpu_ptr(stats, cpu);
		do {
			start = u64_stats_fetch_begin(&s->sync);
			for (i = 0; i <= SLUICE_STAT_MAX; i++)
				n[i] = u64_stats_read(&s->n[i]);
		} while (u64_stats_fetch_retry(&s->sync, start));
		for (i = 0; i <= SLUICE_STAT_MAX; i++)
			sum[i] += n[i];
	}
}

static void zero_one(struct slc_stats *s)
{
	unsigned int i;

	/* Those who count on this CPU do so with bh disabled. */
	local_bh_disable();
	u64_stats_update_begin(&s->sync);
	for (i = 0; i <= SLUICE_STAT_MAX; i++)
		u64_stats_set(&s->n[i], 0);
	u64_stats_update_end(&s->sync);
	local_bh_enable();
}

static long zero_here(void *stats)
{
	zero_one(stats);
	return 0;
}

void slc_stats_zero(struct slc_stats __percpu *stats)
{
	int cpu;

	cpus_read_lock();
	for_each_possible_cpu(cpu) {
		struct slc_stats *s = per_cpu_ptr(stats, cpu);

		if (cpu_online(cpu))
			work_on_cpu(cpu, zero_here, s);
		else
			zero_one(s);
	}
	cpus_read_unlock();
}

void slc_stats_merge(struct slc_stats __percpu *to,
		     const struct slc_stats __percpu *from)
{
	u64 sum[SLUICE_STAT_MAX + 1];
	unsigned int i;

	slc_stats_fold(from, sum);
	local_bh_disable();
	for (i = 0; i <= SLUICE_STAT_MAX; i++)
		slc_stats_add(to, i, sum[i]);
	local_bh_enable();
}
