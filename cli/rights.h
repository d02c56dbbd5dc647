/* SPDX-License-Identifier: GPL-2.0 */
/* Giving up the rights of root, or those that a unit has lent. */
#ifndef SLUICE_RIGHTS_H
#define SLUICE_RIGHTS_H

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/**
 * rights_drop() - Have none from now on, nor get any by running a program.
 *
 * Ambient capabilities go with those that they are of (capabilities(7)), and with
 * PR_SET_NO_NEW_PRIVS not even root gets back what it has given up. Threads have their
 * own: before there are any. May follow fork().
 *
 * Return: 0, or -1 with errno set.
 */
static inline int rights_drop(void)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3 };
	const struct __user_cap_data_struct none[2] = { { 0 } };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	       syscall(SYS_capset, &head, none) ? -1 : 0;
}

#endif /* SLUICE_RIGHTS_H */
