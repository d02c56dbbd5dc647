// SPDX-License-Identifier: GPL-2.0
/*
 * maglev: a key always goes to the same target, few keys move when targets
 * come or go, and nodes that share keys agree (Eisenbud et al., Maglev: A Fast
 * and Reliable Software Network Load Balancer, NSDI 2016, 3.4).
 *
 * A key is a row of a table. To fill it, targets take turns, by weight; each
 * claims the first free row in an order of its own, made of its key: so a
 * target's rows are mostly the same whoever else is there. Turns go in the
 * order of targets' keys, whatever order the view has.
 *
 * The table has at least 2048 rows for each backend up to 2^16, and 512 beyond,
 * but no more than 2^21, of two bytes. The paper's 100 would do for shares
 * exact to 1 %; it takes that many for no more than 1 % of the keys to move
 * beyond those that must. Filling it is rows * ln(rows) looks at it, on average.
 */
#include "common.h"

#define FREE	U16_MAX
/*
 * Targets have 1/TURNS turns a round on average at least, however much their
 * weights differ; rounds are about TURNS * rows / n then, each of n steps.
 */
#define TURNS	8

static_assert(SLC_TARGETS_MAX <= FREE, "a row names a target");

#define ROWS_EACH	512
#define ROWS_EACH_FEW	2048
#define ROWS_FEW	65521

/* Primes, the largest below powers of two: any step meets each row. */
static const u32 primes[] = {
	2039, 4093, 8191, 16381, 32749, 65521, 131071, 262139, 524287,
	1048573, 2097143,
};

static_assert(2097143 > 100 * SLC_TARGETS_MAX, "shares are exact to 1 %");

/**
 * struct seat - where a target is in claiming rows; not used afterwards
 * @target: the target
 * @inc: turns that it has a round, 32 binary places
 * @saved: part of a turn left over from the rounds before
 * @row: the one that it looks at next
 * @step: to the one after it
 */
struct seat {
	const struct slc_target *target;
	u64 inc;
	u32 saved;
	u32 row;
	u32 step;
};

/**
 * struct maglev - private part
 * @rows: a prime, 0 if no target has weight
 * @seats: targets with weight
 * @seat: the targets by their keys; room for all, and the table after it
 */
struct maglev {
	u32 rows;
	u32 seats;
	struct seat seat[];
};

static u32 rows_for(unsigned int room)
{
	u32 need = max_t(u32, room * ROWS_EACH,
			 min_t(u32, room * ROWS_EACH_FEW, ROWS_FEW));
	unsigned int i = 0;

	while (i < ARRAY_SIZE(primes) - 1 && primes[i] < need)
		i++;
	return primes[i];
}

static u16 *table_of(const struct slc_view *view)
{
	struct maglev *m = view->priv;

	return (u16 *)&m->seat[view->room];
}

static size_t maglev_size(unsigned int room)
{
	struct maglev *m = NULL;

	return struct_size(m, seat, room) + rows_for(room) * sizeof(u16);
}

static int seat_cmp(const void *a, const void *b)
{
	const struct slc_target *ta = ((const struct seat *)a)->target;
	const struct slc_target *tb = ((const struct seat *)b)->target;

	return ta->key < tb->key ? -1 : ta->key > tb->key;
}

static void take_seats(struct slc_view *view, u32 rows)
{
	struct maglev *m = view->priv;
	u32 most = 0, sum = 0;
	struct seat *s;
	unsigned int i;

	m->seats = 0;
	for (i = 0; i < view->n; i++) {
		const struct slc_target *t = &view->target[i];

		if (!t->full)
			continue;
		m->seat[m->seats++].target = t;
		most = max_t(u32, most, t->full);
		sum += t->full;
	}
	sort(m->seat, m->seats, sizeof(m->seat[0]), seat_cmp, NULL);
	for (s = m->seat; s < m->seat + m->seats; s++) {
		u64 key = s->target->key;
		u64 full = s->target->full;

		/* One turn a round for the heaviest, or more if few have it. */
		if ((u64)m->seats * most <= (u64)TURNS * sum)
			s->inc = div_u64(full << 32, most);
		else
			s->inc = div_u64(full * m->seats << 32, sum) / TURNS;
		s->saved = slc_sched_mix((u32)key ^ (u32)(key >> 32));
		s->row = reciprocal_scale((u32)key, rows);
		s->step = 1 + reciprocal_scale(key >> 32, rows - 1);
	}
}

static void claim(struct seat *s, u16 *table, u32 rows, u16 name)
{
	while (table[s->row] != FREE) {
		s->row += s->step;
		if (s->row >= rows)
			s->row -= rows;
	}
	table[s->row] = name;
}

static void maglev_build(struct slc_view *view)
{
	struct maglev *m = view->priv;
	u32 rows = rows_for(view->room);
	u16 *table = table_of(view);
	u32 claimed = 0;
	struct seat *s;

	take_seats(view, rows);
	m->rows = m->seats ? rows : 0;
	memset(table, 0xff, rows * sizeof(*table));
	while (claimed < m->rows) {
		for (s = m->seat; s < m->seat + m->seats; s++) {
			u64 turns = s->inc + s->saved;

			s->saved = turns;
			for (turns >>= 32; turns && claimed < rows; turns--) {
				claim(s, table, rows, s->target - view->target);
				claimed++;
			}
		}
	}
}

static int maglev_pick(const struct slc_view *view, struct slc_pick *pick)
{
	const struct maglev *m = view->priv;
	const u16 *table = table_of(view);
	u32 mixed = slc_sched_mix(pick->hash);
	unsigned int draws;
	u32 row, step;

	if (!m->rows)
		return -1;
	/* Who does not take a key leaves it to one of all others by weight. */
	row = reciprocal_scale(pick->hash, m->rows);
	step = 1 + reciprocal_scale(mixed, m->rows - 1);
	for (draws = 0; draws < SLC_SCHED_DRAWS; draws++) {
		if (slc_sched_takes(view, &view->target[table[row]], pick))
			return table[row];
		row += step;
		if (row >= m->rows)
			row -= m->rows;
	}
	return slc_sched_walk(view, pick, table[row], -1);
}

const struct slc_sched slc_sched_maglev = {
	.name	= "maglev",
	.flags	= SLC_SCHED_HASHES | SLC_SCHED_KEEPS,
	.size	= maglev_size,
	.build	= maglev_build,
	.pick	= maglev_pick,
};
