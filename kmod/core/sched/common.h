/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What schedulers share: whether a target may be had, weighted draws, the walk
 * for the last one that may. For core/sched*.c alone.
 *
 * Locking: none. See core/sched.h.
 */
#ifndef SLC_CORE_SCHED_COMMON_H
#define SLC_CORE_SCHED_COMMON_H

#include "core/sched.h"

/*
 * Targets that are drawn, one after the other, before all are walked. A pool
 * with half of its backends full comes to the walk once in 2^16 times.
 */
#define SLC_SCHED_DRAWS	16

/**
 * struct slc_sums - Weights summed up, for weighted draws
 * @total: of all
 * @end:   of the targets up to and with this one
 */
struct slc_sums {
	u32 total;
	u32 end[];
};

/* The next 32 of as many random bits as are wanted (Knuth's MMIX, its top). */
static inline u32 slc_sched_rnd(struct slc_pick *pick)
{
	pick->rnd = pick->rnd * 6364136223846793005ULL + 1442695040888963407ULL;
	return pick->rnd >> 32;
}

/* Another hash made of one (murmur3's last step): no two become one. */
static inline u32 slc_sched_mix(u32 h)
{
	h ^= h >> 16;
	h *= 0x85ebca6b;
	h ^= h >> 13;
	h *= 0xc2b2ae35;
	return h ^ h >> 16;
}

/* Has a target all of its share? */
static inline bool slc_sched_whole(const struct slc_target *t)
{
	return likely(!(t->left_ms | t->less));
}

/**
 * slc_sched_part() - How much of its share has a target that has not all of it?
 * @view: the view
 * @t: one of its targets
 * @pick: when
 *
 * Return: SLC_PART_ONE for all of it; of one view never less, as time goes on.
 */
u64 slc_sched_part(const struct slc_view *view, const struct slc_target *t,
		   const struct slc_pick *pick);

/* What a target makes of a key: is it among the part that it takes? */
static inline u32 slc_sched_own(const struct slc_target *t,
				const struct slc_pick *pick)
{
	return slc_sched_mix(pick->hash ^ (u32)t->key);
}

/*
 * May it be had, and if it has but a part, is it its turn? By chance; of keys it is by
 * the key.
 */
static inline bool slc_sched_usable(const struct slc_view *view,
				    const struct slc_target *t,
				    struct slc_pick *pick)
{
	u64 part;

	if (!slc_target_free(t, pick))
		return false;
	if (slc_sched_whole(t))
		return true;
	part = slc_sched_part(view, t, pick);
	return part >= SLC_PART_ONE ||
	       (view->sched->flags & SLC_SCHED_HASHES ?
		slc_sched_own(t, pick) : slc_sched_rnd(pick)) < part;
}

/*
 * Does a key that leads to this target go there? As many of its keys as it has
 * of its full weight, and that as far as it has started, always the same ones.
 */
static inline bool slc_sched_takes(const struct slc_view *view,
				   const struct slc_target *t,
				   const struct slc_pick *pick)
{
	u64 part = SLC_PART_ONE;

	if (!slc_target_free(t, pick))
		return false;
	if (!slc_sched_whole(t))
		part = slc_sched_part(view, t, pick);
	if (t->weight >= t->full && part >= SLC_PART_ONE)
		return true;
	return (u64)slc_sched_own(t, pick) * t->full < t->weight * part;
}

/*
 * Connections, as many as it would have with all of its share: one with a part
 * is to have fewer than others. Of 2^31 at most.
 */
static inline u64 slc_sched_scaled(const struct slc_view *view,
				   const struct slc_target *t,
				   const struct slc_pick *pick, u32 flows)
{
	u64 part;

	if (slc_sched_whole(t))
		return flows;
	part = slc_sched_part(view, t, pick);
	return part >= SLC_PART_ONE ? flows :
	       div_u64((u64)flows << 32, (u32)part);
}

/**
 * slc_sums_size() - Memory for sums.
 * @n: targets
 *
 * Return: bytes.
 */
size_t slc_sums_size(unsigned int n);

/**
 * slc_sums_find() - The target that a point belongs to.
 * @sums: the sums
 * @n: targets
 * @at: the point, below the total
 *
 * Return: its index.
 */
unsigned int slc_sums_find(const struct slc_sums *sums, unsigned int n, u32 at);

/**
 * slc_sums_build() - Sum up a view's weights in its private part.
 * @view: the view; its private part is a struct slc_sums
 */
void slc_sums_build(struct slc_view *view);

/**
 * slc_sched_draw() - Draw a target by weight.
 * @view: the view; its private part is a struct slc_sums
 * @pick: by what
 * @not: index of a target not to draw, -1 if there is none; the others are
 *	drawn as if it had no weight
 *
 * Return: index of a target, or -1 if there is none to be had.
 */
int slc_sched_draw(const struct slc_view *view, struct slc_pick *pick, int not);

/**
 * slc_sched_draw_two() - Draw two targets by weight.
 * @view: the view; its private part is a struct slc_sums
 * @pick: by what
 * @second: index of the second, -1 if there is but one
 *
 * Return: index of the first, or -1 if there is none to be had.
 */
int slc_sched_draw_two(const struct slc_view *view, struct slc_pick *pick,
		       int *second);

/**
 * slc_sched_walk() - The first target to be had.
 * @view: the view, not empty
 * @pick: by what
 * @start: where to begin; the walk goes around
 * @not: index of a target not to take, or -1
 *
 * Return: index of a target, or -1 if there is none to be had.
 */
int slc_sched_walk(const struct slc_view *view, struct slc_pick *pick,
		   unsigned int start, int not);

#endif /* SLC_CORE_SCHED_COMMON_H */
