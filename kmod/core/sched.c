// SPDX-License-Identifier: GPL-2.0
/* Schedulers: their list, views, and draws that several of them make. */
#include "sched.h"
#include "sched/common.h"

const struct slc_sched *const slc_scheds[] = {
	&slc_sched_rr,
	&slc_sched_wrr,
	&slc_sched_random,
	&slc_sched_lc,
	&slc_sched_wlc,
	&slc_sched_p2c,
	&slc_sched_ewma,
	&slc_sched_sh,
	&slc_sched_maglev,
	NULL
};

const struct slc_sched *slc_sched_find(const char *name)
{
	const struct slc_sched *const *s;

	for (s = slc_scheds; *s; s++)
		if (!strcmp((*s)->name, name))
			break;
	return *s;
}

/* The private part is behind the targets, whose size is a multiple of 8. */
static size_t priv_offset(unsigned int n)
{
	struct slc_view *view = NULL;

	BUILD_BUG_ON(sizeof(*view) % 8 || sizeof(view->target[0]) % 8);
	return struct_size(view, target, n);
}

size_t slc_view_size(const struct slc_sched *sched, unsigned int n,
		     unsigned int room)
{
	return priv_offset(n) + (sched->size ? sched->size(room) : 0);
}

void slc_view_init(struct slc_view *view, const struct slc_sched *sched,
		   unsigned int n, unsigned int room, atomic_t *cursor)
{
	view->sched = sched;
	view->cursor = cursor;
	view->n = n;
	view->room = room;
	view->priv = (u8 *)view + priv_offset(n);
}

/* Only what one has less than another counts: somebody has all of his share. */
static bool start_less(struct slc_view *view)
{
	unsigned int i, most = 0;
	bool any = false;

	for (i = 0; i < view->n; i++)
		if (view->target[i].weight)
			most = max(most, 100U - view->target[i].less);
	for (i = 0; i < view->n && most; i++) {
		struct slc_target *t = &view->target[i];
		unsigned int has = min(100U - t->less, most);

		t->less = (most - has) * 100 / most;
		any |= t->less;
	}
	return any;
}

void slc_view_start(struct slc_view *view, u32 ramp_ms, u64 now_ms)
{
	u32 least = ramp_ms, most = 0;
	unsigned int i;

	for (i = 0; i < view->n; i++) {
		const struct slc_target *t = &view->target[i];

		if (!t->weight)
			continue;
		least = min(least, t->left_ms);
		most = max(most, t->left_ms);
	}
	view->built_ms = now_ms;
	view->ramp_ms = most ? ramp_ms : 0;
	view->least_ms = least;
	view->parts = start_less(view) || most;
}

/* Does a scheduler that keeps places make the same of both? */
static bool same_places(const struct slc_view *a, const struct slc_view *b)
{
	unsigned int i;

	if (a->sched != b->sched || a->n != b->n || a->room != b->room ||
	    !(a->sched->flags & SLC_SCHED_KEEPS))
		return false;
	for (i = 0; i < a->n; i++)
		if (a->target[i].key != b->target[i].key ||
		    a->target[i].full != b->target[i].full)
			return false;
	return true;
}

void slc_view_build(struct slc_view *view, const struct slc_view *old)
{
	if (old && same_places(view, old))
		memcpy(view->priv, old->priv, view->sched->size(view->room));
	else if (view->sched->build)
		view->sched->build(view);
}

/* slc_load.doubt: the time above, how often it was set below, at least 1. */
#define DOUBT_SHIFT	32

/* Later than now by more than any wait is long ago. */
static bool doubt_waits(u64 doubt, u32 now_ms)
{
	u32 left = (u32)(doubt >> DOUBT_SHIFT) - now_ms;

	return left && left <= (u32)SLC_DOUBT_MAX_MS << SLC_DOUBT_CAP;
}

static u64 doubt_make(u32 times, u32 wait_ms, u32 now_ms)
{
	u32 until = now_ms + (wait_ms << min_t(u32, times - 1, SLC_DOUBT_CAP));

	return (u64)until << DOUBT_SHIFT | times;
}

bool slc_load_passed(const struct slc_load *load, u32 now_ms)
{
	u64 doubt = atomic64_read(&load->doubt);

	return doubt && doubt_waits(doubt, now_ms);
}

bool slc_load_alone(const struct slc_load *load, u32 since_ms, u32 now_ms)
{
	u32 answered_ms = READ_ONCE(load->answered_ms);

	return !answered_ms || now_ms - answered_ms > now_ms - since_ms;
}

bool slc_load_failed(struct slc_load *load, unsigned int max, u32 wait_ms,
		     u32 since_ms, u32 now_ms)
{
	s64 none = 0;

	if (!max || !slc_load_alone(load, since_ms, now_ms))
		return false;
	/* One that tries a suspect has set its time when it was let. */
	if (atomic64_read(&load->doubt))
		return true;
	if ((u32)atomic_fetch_inc_relaxed(&load->fails) + 1 >= max)
		atomic64_try_cmpxchg(&load->doubt, &none,
				     doubt_make(1, wait_ms, now_ms));
	return true;
}

void slc_load_clear(struct slc_load *load)
{
	atomic_set(&load->fails, 0);
	atomic64_set(&load->doubt, 0);
}

void slc_load_answered(struct slc_load *load, u32 now_ms)
{
	now_ms = now_ms ?: 1;
	if (READ_ONCE(load->answered_ms) != now_ms)
		WRITE_ONCE(load->answered_ms, now_ms);
	if (atomic_read(&load->fails) || atomic64_read(&load->doubt))
		slc_load_clear(load);
}

bool slc_load_try(struct slc_load *load, u32 wait_ms, u32 now_ms,
		  struct slc_trial *trial)
{
	s64 old = atomic64_read(&load->doubt);
	u32 times = (u32)old;
	u64 is;

	if (likely(!old))
		return true;
	if (doubt_waits(old, now_ms))
		return false;
	if (times <= SLC_DOUBT_CAP)
		times++;
	is = doubt_make(times, wait_ms, now_ms);
	if (!atomic64_try_cmpxchg(&load->doubt, &old, is))
		return false;
	*trial = (struct slc_trial) { .was = old, .is = is };
	return true;
}

void slc_load_untry(struct slc_load *load, const struct slc_trial *trial)
{
	s64 is = trial->is;

	atomic64_try_cmpxchg(&load->doubt, &is, trial->was);
}

size_t slc_sums_size(unsigned int n)
{
	struct slc_sums *sums = NULL;

	return struct_size(sums, end, n);
}

void slc_sums_build(struct slc_view *view)
{
	struct slc_sums *sums = view->priv;
	unsigned int i;

	sums->total = 0;
	for (i = 0; i < view->n; i++) {
		sums->total += view->target[i].weight;
		sums->end[i] = sums->total;
	}
}

unsigned int slc_sums_find(const struct slc_sums *sums, unsigned int n, u32 at)
{
	unsigned int lo = 0, hi = n - 1;

	while (lo < hi) {
		unsigned int mid = lo + (hi - lo) / 2;

		if (at < sums->end[mid])
			hi = mid;
		else
			lo = mid + 1;
	}
	return lo;
}

/* A sixteenth at first, or rather as much of what is left as that. */
static u32 part_of(const struct slc_view *view, u32 left_ms, u64 passed_ms)
{
	u32 left = left_ms > passed_ms ? left_ms - passed_ms : 0;

	return SLC_START_FIRST * view->ramp_ms - (SLC_START_FIRST - 1) * left;
}

static_assert((u64)SLC_START_FIRST * SLC_START_MAX_S * 1000 <= U32_MAX,
	      "parts of the longest start fit");

/* Of one that starts, in 2^32nds */
static u64 start_part(const struct slc_view *view, u32 left_ms, u64 now_ms)
{
	u64 passed = now_ms - view->built_ms;

	/* A clock may be behind another processor's. */
	if ((s64)passed < 0)
		passed = 0;
	if (left_ms <= max_t(u64, view->least_ms, passed))
		return SLC_PART_ONE;
	return div_u64((u64)part_of(view, left_ms, passed) << 32,
		       part_of(view, view->least_ms, passed));
}

u64 slc_sched_part(const struct slc_view *view, const struct slc_target *t,
		   const struct slc_pick *pick)
{
	u64 part;

	if (pick->all)
		return SLC_PART_ONE;
	part = start_part(view, t->left_ms, pick->now_ms);
	return t->less ? div_u64(part * (100 - t->less), 100) : part;
}

int slc_sched_walk(const struct slc_view *view, struct slc_pick *pick,
		   unsigned int start, int not)
{
	unsigned int i = start;

	do {
		if ((int)i != not &&
		    slc_sched_usable(view, &view->target[i], pick))
			return i;
		if (++i == view->n)
			i = 0;
	} while (i != start);
	return -1;
}

int slc_sched_draw(const struct slc_view *view, struct slc_pick *pick, int not)
{
	const struct slc_sums *sums = view->priv;
	u32 gap = 0, gap_start = 0;
	unsigned int i, draws;
	u32 at;

	if (not >= 0) {
		gap = view->target[not].weight;
		gap_start = sums->end[not] - gap;
	}
	if (sums->total == gap)
		return -1;
	for (draws = 0; draws < SLC_SCHED_DRAWS; draws++) {
		at = reciprocal_scale(slc_sched_rnd(pick), sums->total - gap);
		if (at >= gap_start)
			at += gap;
		i = slc_sums_find(sums, view->n, at);
		if (slc_sched_usable(view, &view->target[i], pick))
			return i;
	}
	return slc_sched_walk(view, pick, i, not);
}

int slc_sched_draw_two(const struct slc_view *view, struct slc_pick *pick,
		       int *second)
{
	int first = slc_sched_draw(view, pick, -1);

	*second = first < 0 ? -1 : slc_sched_draw(view, pick, first);
	return first;
}
