/* SPDX-License-Identifier: GPL-2.0 */
/* Enough of workqueues to have several threads run at once, and wait for them. */
#ifndef SLC_SHIM_LINUX_WORKQUEUE_H
#define SLC_SHIM_LINUX_WORKQUEUE_H

#include <pthread.h>
#include <sched.h>
#include "slc_user.h"

struct work_struct {
	void (*func)(struct work_struct *work);
	pthread_t thread;
};

#define INIT_WORK(work, fn)	((work)->func = (fn))
#define system_unbound_wq	NULL

#define cond_resched()		sched_yield()

static inline void *slc_work_thread(void *arg)
{
	struct work_struct *work = arg;

	work->func(work);
	return NULL;
}

static inline bool queue_work(void *wq, struct work_struct *work)
{
	(void)wq;
	if (pthread_create(&work->thread, NULL, slc_work_thread, work))
		abort();
	return true;
}

static inline bool flush_work(struct work_struct *work)
{
	return !pthread_join(work->thread, NULL);
}

#endif /* SLC_SHIM_LINUX_WORKQUEUE_H */
