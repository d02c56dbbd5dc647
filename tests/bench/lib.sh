# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What run and balance share, in the guest.

# Memory of programs and of the kernel's objects, in bytes, without what the
# allocators keep back of what was freed. Free memory would not tell: pages wait
# in lists of each CPU.
used() {
	local f

	echo 3 > /proc/sys/vm/drop_caches
	for f in /sys/kernel/slab/*/shrink; do
		echo 1 > "$f"
	done
	awk '/^(AnonPages|Slab|KernelStack|PageTables|Percpu|VmallocUsed):/ { n += $2 }
	     END { print n * 1024 }' /proc/meminfo
}
