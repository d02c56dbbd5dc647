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

u64 slc_sched_part(const struct slc_view *view, const struct slc_target *t,
		   const struct slc_pick *pick)
{
	u64 passed = pick->now_ms - view->built_ms;

	/* A clock may be behind another processor's. */
	if ((s64)passed < 0)
		passed = 0;
	if (pick->all || t->left_ms <= max_t(u64, view->least_ms, passed))
		return SLC_PART_ONE;
	return div_u64((u64)part_of(view, t->left_ms, passed) << 32,
		       part_of(view, view->least_ms, passed));
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
