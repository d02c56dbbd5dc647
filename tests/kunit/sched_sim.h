/* SPDX-License-Identifier: GPL-2.0 */
/* A pool to schedule for: targets 0 to n - 1, their loads, and fresh picks. */
#ifndef SLC_TEST_SCHED_SIM_H
#define SLC_TEST_SCHED_SIM_H

#include <kunit/test.h>
#include "core/sched.h"
#include "rnd.h"

/**
 * struct sim - a pool
 * @view: its targets; ids are index + 1
 * @load: of each target
 * @cursor: its turn
 * @now_ms: the time
 * @rnd: where numbers come from
 */
struct sim {
	struct slc_view *view;
	struct slc_load *load;
	atomic_t cursor;
	u64 now_ms;
	u64 rnd;
};

static inline void sim_free(void *p)
{
	kvfree(p);
}

static inline void *sim_alloc(struct kunit *test, size_t size)
{
	void *p = kvzalloc(size ? size : 1, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, sim_free, p), 0);
	return p;
}

/* A pool whose targets all have weight 1, not built yet. */
static inline void sim_init(struct kunit *test, struct sim *s,
			    const struct slc_sched *sched, unsigned int n)
{
	unsigned int i;

	s->rnd = n;
	s->now_ms = 0;
	atomic_set(&s->cursor, 0);
	s->load = sim_alloc(test, n * sizeof(*s->load));
	s->view = sim_alloc(test, slc_view_size(sched, n, n));
	slc_view_init(s->view, sched, n, n, &s->cursor);
	for (i = 0; i < n; i++) {
		struct slc_target *t = &s->view->target[i];

		t->load = &s->load[i];
		t->key = rnd(&s->rnd);
		t->id = i + 1;
		t->weight = 1;
		t->full = 1;
	}
}

static inline void sim_weight(struct sim *s, unsigned int i, u16 weight)
{
	s->view->target[i].weight = weight;
	s->view->target[i].full = weight;
}

/* The same with given weights, and built. */
static inline void sim_weights(struct kunit *test, struct sim *s,
			       const struct slc_sched *sched,
			       const u16 *weight, unsigned int n)
{
	unsigned int i;

	sim_init(test, s, sched, n);
	for (i = 0; i < n; i++)
		sim_weight(s, i, weight[i]);
	slc_view_build(s->view, NULL);
}

static inline int sim_pick_but(struct sim *s, const u32 *tried,
			       unsigned int n_tried)
{
	struct slc_pick pick = {
		.rnd = rnd(&s->rnd), .hash = rnd(&s->rnd), .now_ms = s->now_ms,
		.tried = tried, .n_tried = n_tried,
	};

	return slc_view_pick(s->view, &pick);
}

static inline int sim_pick(struct sim *s)
{
	return sim_pick_but(s, NULL, 0);
}

static inline int sim_hash(const struct sim *s, u32 hash)
{
	struct slc_pick pick = { .hash = hash };

	return slc_view_pick(s->view, &pick);
}

/*
 * Is a count of @n that should be share / total of it within five standard
 * deviations? By chance one in 10^6 is not; numbers are the same in each run.
 */
static inline bool sim_share_ok(u64 count, u64 n, u64 share, u64 total)
{
	s64 off = (s64)(count * total) - (s64)(n * share);

	return off * off <= 25 * (s64)(n * share * (total - share));
}

#endif /* SLC_TEST_SCHED_SIM_H */
