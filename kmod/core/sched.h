/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Schedulers: which of a pool's backends a new connection goes to.
 *
 * The control plane makes a view: targets and what the scheduler derives from
 * them, never changed after slc_view_build(). A pick reads the view, and of
 * what changes, only counters of struct slc_load and the pool's cursor.
 *
 * Owns the choice. Does not count connections, measure, hold references or
 * know which backends are up: that is whoever builds the view.
 * docs/schedulers.md says which scheduler is for what.
 *
 * Locking: none. A view is immutable; loads and cursors are atomic.
 */
#ifndef SLC_CORE_SCHED_H
#define SLC_CORE_SCHED_H

#include "base.h"

#define SLC_TARGETS_MAX		16384	/* of a view */
#define SLC_WEIGHT_MAX		65535	/* of a target */
#define SLC_RTT_MAX_US		((1 << 24) - 1)	/* more counts as this */
#define SLC_DOUBT_CAP		3	/* a wait is doubled so often at most */
#define SLC_DOUBT_MAX_MS	3600000	/* the longest that is doubled */
#define SLC_RTT_TAU_MS		10000	/* a peak falls to 1/e in this time */
#define SLC_START_MAX_S		3600	/* until a target has its full share */
#define SLC_START_FIRST		16	/* it begins with this part of it */
#define SLC_PART_ONE		BIT_ULL(32)	/* all of it */

static_assert((u64)SLC_TARGETS_MAX * SLC_WEIGHT_MAX <= 1 << 30,
	      "a sum of weights leaves room for a cursor");

/**
 * struct slc_load - What changes of a backend while a view is in use
 * @rtt:   peak estimate of its round trip, see slc_sched_ewma
 * @doubt: 0, or of a suspect: when one connection may try it, and how often it
 *         has been waited for
 * @flows: connections that it has; counted by whoever opens and ends them
 * @fails: that it has failed in a row
 * @answered_ms: when it last answered a connection, 0 for never
 *
 * Lives at least as long as each view with a target that refers to it, and
 * from one view to the next. All zero to begin with.
 */
struct slc_load {
	atomic64_t rtt;
	atomic64_t doubt;
	atomic_t flows;
	atomic_t fails;
	u32 answered_ms;
};

/**
 * struct slc_trial - A suspect that a connection may try
 * @was: slc_load.doubt before; 0 if it is no suspect
 * @is:  what it is since
 */
struct slc_trial {
	u64 was;
	u64 is;
};

/**
 * struct slc_target - A backend as schedulers see it
 * @load:      its counters
 * @key:       keyed hash of its address and port: 64 bits that other nodes find
 *             as well if they are to agree (sh, maglev), that strangers cannot
 *             know, and that two targets of a view do not share
 * @id:        what struct slc_pick calls it; the same from view to view
 * @max_flows: gets nothing more once it has so many connections; 0: no limit
 * @left_ms:   it starts slowly: so long after slc_view.built_ms it has all of its
 *             share, at most slc_view.ramp_ms. 0 if it has
 * @weight:    its share now, 0 to SLC_WEIGHT_MAX; with 0 it gets nothing new
 * @full:      its share when nothing is amiss, at least @weight: what the
 *             administrator set. Schedulers that SLC_SCHED_KEEPS give keys by
 *             it; the others do not look at it
 * @less:      hundredths of @weight that it is not to have for now, at most 99;
 *             slc_view_start() makes it those less than whoever has most
 */
struct slc_target {
	struct slc_load	*load;
	u64		key;
	u32		id;
	u32		max_flows;
	u32		left_ms;
	u16		weight;
	u16		full;
	u8		less;
};

/**
 * struct slc_view - Targets, and what a scheduler made of them
 * @sched:  the scheduler
 * @cursor: the pool's turn; shared by all its views, so that a change of one
 *          backend does not send the next connections to the first of them
 *          again. Written by each pick of rr and wrr: a cache line of its own
 * @n:      targets, at most SLC_TARGETS_MAX
 * @room:   backends that the pool has, whatever their state, at least @n.
 *          Decides the size of tables, so that they do not change theirs
 *          whenever a backend comes or goes
 * @priv:   the scheduler's part
 * @built_ms: when the view was built, by the clock of slc_pick.now_ms
 * @ramp_ms: how long targets take to start; 0 if none of these does
 * @least_ms: the least slc_target.left_ms of those with weight, whose share others'
 *          is measured by: where all begin at once none begins slowly
 * @parts:  there is one that is to have but a part of its share
 * @target: the targets, in an order that one coming or going does not change;
 *          for schedulers that SLC_SCHED_HASHES that of keys, so that other
 *          nodes, whose order it is too, agree
 */
struct slc_view {
	const struct slc_sched	*sched;
	atomic_t		*cursor;
	unsigned int		n;
	unsigned int		room;
	void			*priv;
	u64			built_ms;
	u32			ramp_ms;
	u32			least_ms;
	bool			parts;
	struct slc_target	target[];
};

/**
 * struct slc_pick - What a choice is made by
 * @rnd:     64 random bits, fresh for each connection; used up
 * @tried:   ids of targets that this connection has tried: not these
 * @n_tried: how many
 * @hash:    keyed hash of what the administrator wants connections told apart
 *           by; only for schedulers that are SLC_SCHED_HASHES
 * @now_ms:  any clock of milliseconds; its lower half, which may wrap, is the
 *           one of slc_sched.feedback()
 * @all:     targets that have but a part are as good as others; slc_view_pick()
 *           says so where else there is no choice
 * @any:     suspects may be had, too
 */
struct slc_pick {
	u64		rnd;
	const u32	*tried;
	unsigned int	n_tried;
	u32		hash;
	u64		now_ms;
	bool		all;
	bool		any;
};

/* slc_sched.flags */
#define SLC_SCHED_HASHES	BIT(0)	/* looks at slc_pick.hash */
#define SLC_SCHED_TCP		BIT(1)	/* wants feedback, which TCP alone has */
#define SLC_SCHED_KEEPS		BIT(2)	/* a target that is down or drains had
					 * better stay in the view, its weight
					 * 0: then no key of another one moves.
					 * Other schedulers' views are better
					 * without.
					 */

/**
 * struct slc_sched - A scheduler
 * @name:     as configured
 * @flags:    SLC_SCHED_*
 * @size:     bytes of slc_view.priv for a pool of so many backends, or NULL
 * @build:    fills in slc_view.priv, without pointers that are used later;
 *            process context, it may take its time. NULL if there is nothing
 *            to fill in
 * @pick:     index of a target, or -1 if there is none that has weight, is
 *            below its limit, was not tried and is no suspect. Any context
 * @feedback: tells of a round trip, in microseconds, at a time as that of
 *            slc_pick.now_ms. NULL unless SLC_SCHED_TCP. Any context.
 *            A backend that kept silent is told of by the time it was waited
 *            for; one that refused is not told of, that is no fast answer
 */
struct slc_sched {
	const char *name;
	unsigned int flags;
	size_t (*size)(unsigned int room);
	void (*build)(struct slc_view *view);
	int (*pick)(const struct slc_view *view, struct slc_pick *pick);
	void (*feedback)(struct slc_load *load, u32 rtt_us, u32 now_ms);
};

extern const struct slc_sched slc_sched_rr;
extern const struct slc_sched slc_sched_wrr;
extern const struct slc_sched slc_sched_random;
extern const struct slc_sched slc_sched_lc;
extern const struct slc_sched slc_sched_wlc;
extern const struct slc_sched slc_sched_p2c;
extern const struct slc_sched slc_sched_ewma;
extern const struct slc_sched slc_sched_sh;
extern const struct slc_sched slc_sched_maglev;

/* All of them, ended by NULL: the place to register one. */
extern const struct slc_sched *const slc_scheds[];

/**
 * slc_sched_find() - A scheduler by its name.
 * @name: its name
 *
 * Context: Any. Pure.
 * Return: the scheduler or NULL.
 */
const struct slc_sched *slc_sched_find(const char *name);

/**
 * slc_view_size() - Memory for a view.
 * @sched: the scheduler
 * @n:     targets
 * @room:  backends of the pool, at least @n
 *
 * Context: Any. Pure.
 * Return: bytes; up to some MB for maglev.
 */
size_t slc_view_size(const struct slc_sched *sched, unsigned int n,
		     unsigned int room);

/**
 * slc_view_init() - Begin a view; the targets are to be filled in next.
 * @view:   zeroed memory of slc_view_size() bytes
 * @sched:  the scheduler
 * @n:      targets
 * @room:   backends of the pool, at least @n
 * @cursor: the pool's turn
 *
 * Context: Any. Pure.
 */
void slc_view_init(struct slc_view *view, const struct slc_sched *sched,
		   unsigned int n, unsigned int room, atomic_t *cursor);

/**
 * slc_view_start() - Let targets have a part of their share: such as came up of
 *	late, which start slowly, and such as are to have less.
 * @view:   the view, not built; slc_target.left_ms and less are set, or 0
 * @ramp_ms: how long they take
 * @now_ms: the time
 *
 * Context: Any. Pure.
 */
void slc_view_start(struct slc_view *view, u32 ramp_ms, u64 now_ms);

/**
 * slc_view_build() - End a view: its targets are there and stay as they are.
 * @view: the view
 * @old:  the one that it replaces, or NULL. If the scheduler is one that
 *        SLC_SCHED_KEEPS, and keys and full weights are the same, its private
 *        part is copied: nothing but a weight changed, as when a backend goes
 *        down
 *
 * Context: Process: maglev takes a fraction of a second for 16384 targets.
 */
void slc_view_build(struct slc_view *view, const struct slc_view *old);

/**
 * slc_view_pick() - Choose a target.
 * @view: the view, built
 * @pick: by what; its @rnd changes
 *
 * A limit of connections holds for what was counted when the choice was made.
 * Where it must not be passed at all, the one who counts checks again, and on
 * finding too many picks again with this target among those tried.
 *
 * Context: Any. Lock-free, allocates nothing.
 * Return: index of a target, or -1 if there is none to be had.
 */
static inline int slc_view_pick(const struct slc_view *view,
				struct slc_pick *pick)
{
	int at = view->sched->pick(view, pick);

	if (likely(at >= 0 || !view->parts))
		return at;
	/* Only such as are to have less may be had. */
	pick->all = true;
	at = view->sched->pick(view, pick);
	pick->all = false;
	return at;
}

/**
 * slc_load_alone() - Has a target answered nobody since?
 * @load:     its counters
 * @since_ms: when a connection began that it has failed
 * @now_ms:   now, by the clock of slc_pick.now_ms
 *
 * What one client gets no answer to, or is refused, may be for what it has sent.
 *
 * Context: Any. Pure.
 * Return: true if it has not, so that the failure may be believed to be its own.
 */
bool slc_load_alone(const struct slc_load *load, u32 since_ms, u32 now_ms);

/**
 * slc_load_failed() - A target has failed a connection.
 * @load:     its counters
 * @max:      as many in a row make it a suspect; 0: none do
 * @wait_ms:  then it is left alone for so long, at most SLC_DOUBT_MAX_MS
 * @since_ms: when the connection began
 * @now_ms:   now, by the clock of slc_pick.now_ms
 *
 * Counts only if it has answered nobody since the connection began, see
 * slc_load_alone().
 *
 * Context: Any. Lock-free.
 * Return: true if it counts.
 */
bool slc_load_failed(struct slc_load *load, unsigned int max, u32 wait_ms,
		     u32 since_ms, u32 now_ms);

/**
 * slc_load_answered() - A target has answered a connection: all is well.
 * @load:   its counters
 * @now_ms: now
 *
 * Context: Any. Lock-free.
 */
void slc_load_answered(struct slc_load *load, u32 now_ms);

/**
 * slc_load_clear() - Whatever a target has failed is over.
 * @load: its counters
 *
 * Context: Any. Lock-free.
 */
void slc_load_clear(struct slc_load *load);

/**
 * slc_load_try() - Let a connection have a target that was chosen.
 * @load:    its counters
 * @wait_ms: as of slc_load_failed()
 * @now_ms:  slc_pick.now_ms of the choice
 * @trial:   filled in if it is a suspect, and may be tried
 *
 * Of those that choose a suspect whose time has come, one may try it. Unless it
 * answers, the next may do so after twice as long, up to 2^SLC_DOUBT_CAP times
 * @wait_ms.
 *
 * Context: Any. Lock-free.
 * Return: false if somebody else tries it.
 */
bool slc_load_try(struct slc_load *load, u32 wait_ms, u32 now_ms,
		  struct slc_trial *trial);

/**
 * slc_load_untry() - What was let try a suspect is no connection after all.
 * @load:  its counters
 * @trial: of slc_load_try()
 *
 * The next may do so at once, as if nobody had, unless the suspect has answered.
 *
 * Context: Any. Lock-free.
 */
void slc_load_untry(struct slc_load *load, const struct slc_trial *trial);

/**
 * slc_load_passed() - Is a target passed over?
 * @load:   its counters
 * @now_ms: now
 *
 * Context: Any. Pure.
 * Return: true if it is a suspect and its time has not come.
 */
bool slc_load_passed(const struct slc_load *load, u32 now_ms);

static inline u32 slc_load_flows(const struct slc_load *load)
{
	return atomic_read(&load->flows);
}

/**
 * slc_target_free() - May a target be had?
 * @t:    the target; its key and its start do not matter
 * @pick: what was tried, when, and whether suspects may be had
 *
 * Context: Any. Pure.
 * Return: true if it has weight, is below its limit, was not tried and is no suspect.
 */
static inline bool slc_target_free(const struct slc_target *t,
				   const struct slc_pick *pick)
{
	unsigned int i;

	if (!t->weight)
		return false;
	if (t->max_flows && slc_load_flows(t->load) >= t->max_flows)
		return false;
	for (i = 0; i < pick->n_tried; i++)
		if (pick->tried[i] == t->id)
			return false;
	return pick->any || likely(!atomic64_read(&t->load->doubt)) ||
	       !slc_load_passed(t->load, pick->now_ms);
}

#endif /* SLC_CORE_SCHED_H */
