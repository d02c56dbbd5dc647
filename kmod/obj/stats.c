// SPDX-License-Identifier: GPL-2.0
/* Counters: what is not counting. */
#include "obj/net.h"
#include "obj/stats.h"

struct slc_stats __percpu *slc_stats_alloc(void)
{
	struct slc_stats __percpu *stats;
	int cpu;

	stats = alloc_percpu_gfp(struct slc_stats, SLC_GFP_CONFIG);
	if (!stats)
		return NULL;
	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(stats, cpu)->sync);
	return stats;
}

void slc_stats_sum(const struct slc_stats __percpu *stats, u64 *sum)
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

void slc_stats_fold(const struct slc_stats __percpu *stats, const u64 *zero,
		    u64 *sum)
{
	unsigned int i;

	slc_stats_sum(stats, sum);
	for (i = 0; i <= SLUICE_STAT_MAX; i++)
		sum[i] -= zero[i];
}

void slc_stats_merge(struct slc_stats __percpu *to,
		     const struct slc_stats __percpu *from, const u64 *zero)
{
	u64 sum[SLUICE_STAT_MAX + 1];
	unsigned int i;

	slc_stats_fold(from, zero, sum);
	local_bh_disable();
	for (i = 0; i <= SLUICE_STAT_MAX; i++)
		slc_stats_add(to, i, sum[i]);
	local_bh_enable();
}
