/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What core/ stands on: integer types, byte order, unaligned access, min/max,
 * division, memcpy and friends, atomics, sort(), siphash and crc32c.
 *
 * Core files are compiled by the kernel, by user-space tests and by fuzzers
 * from the same source. This is the only file that knows which; everything
 * else in core/ includes this and other core headers, nothing more.
 *
 * Locking: none. Everything here is pure.
 */
#ifndef SLC_CORE_BASE_H
#define SLC_CORE_BASE_H

#ifdef __KERNEL__

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/crc32c.h>
#include <linux/errno.h>
#include <linux/gcd.h>
#include <linux/in.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/siphash.h>
#include <linux/sort.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/types.h>
#include <asm/byteorder.h>

/*
 * Moved after 6.1, and compat.h is above core. sparse does not know
 * __has_include; chacha.h includes the right one on every kernel.
 */
#ifdef __CHECKER__
#include <crypto/chacha.h>
#elif __has_include(<linux/unaligned.h>)
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

#else

#include "slc_user.h"

#endif

#endif /* SLC_CORE_BASE_H */
