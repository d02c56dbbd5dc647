// SPDX-License-Identifier: GPL-2.0
/* Counters: what is not counting. */
#include "obj/net.h"
#include "obj/stats.h"

struct slc_stats __percpu *slc_stats_alloc(unsigned int n)
{
	struct slc_stats __percpu *stats;
	int cpu;

	stats = __alloc_percpu_gfp(offsetof(struct slc_stats, n) +
				   n * sizeof(u64_stats_t),
				   __alignof__(struct slc_stats),
				   SLC_GFP_CONFIG);
	if (!stats)
		return NULL;
	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(stats, cpu)->sync);
	return stats;
}

void slc_stats_sum(const struct slc_stats __percpu *stats, unsigned int n,
		   u64 *sum)
{
	const struct slc_stats *s;
	unsigned int start, i;
	u64 one[SLC_STATS];
	int cpu;

	memset(sum, 0, n * sizeof(*sum));
	for_each_possible_cpu(cpu) {
		s = per_cpu_ptr(stats, cpu);
		do {
			start = u64_stats_fetch_begin(&s->sync);
			for (i = 0; i < n; i++)
				one[i] = u64_stats_read(&s->n[i]);
		} while (u64_stats_fetch_retry(&s->sync, start));
		for (i = 0; i < n; i++)
			sum[i] += one[i];
	}
}

void slc_stats_fold(const struct slc_stats __percpu *stats, unsigned int n,
		    const u64 *zero, u64 *sum)
{
	unsigned int i;

	slc_stats_sum(stats, n, sum);
	for (i = 0; i < n; i++)
		sum[i] -= zero[i];
}

void slc_stats_merge(struct slc_stats __percpu *to,
		     const struct slc_stats __percpu *from, const u64 *zero)
{
	u64 sum[SLC_STATS];
	unsigned int i;

	slc_stats_fold(from, SLC_STATS, zero, sum);
	local_bh_disable();
	for (i = 0; i < SLC_STATS; i++)
		slc_stats_add(to, i, sum[i]);
	local_bh_enable();
}
