# SPDX-License-Identifier: GPL-2.0
#
#   make bench          measure Sluice beside its peers, write docs/benchmarks.md; fails
#                       if an aim is missed
#   make bench-profile  the part of it that counts each function
#
# BENCH_KERNEL=6.12 and the like measure another of the harness's QEMU kernels.

BENCH_KERNEL	?= 6.1
BENCH_DIR	:= $(BUILD)/bench
BENCH_CFLAGS	:= -std=gnu11 -O2 -Wall -Wextra -Werror

.PHONY: bench bench-profile

bench: bench-profile
	@tests/bench/guest $(BENCH_KERNEL) peers
	@tests/bench/report $(BENCH_DIR) > $(BENCH_DIR)/benchmarks.md
	@cp $(BENCH_DIR)/benchmarks.md docs/benchmarks.md
	@sed -n '/^|/p; /^Aims:/,/^$$/p' docs/benchmarks.md
	@! grep -q '(missed: ' docs/benchmarks.md

bench-profile: deps cli $(BENCH_DIR)/load $(BENCH_DIR)/count.so
	@tests/bench/guest $(BENCH_KERNEL) profile

$(BENCH_DIR)/load: tests/bench/load.c
	@mkdir -p $(@D)
	$(CC) $(BENCH_CFLAGS) -static -o $@ $<

$(BENCH_DIR)/count.so: tests/bench/count.c tests/bench/qemu_plugin.h
	@mkdir -p $(@D)
	$(CC) $(BENCH_CFLAGS) -fPIC -shared -fvisibility=hidden -o $@ $<
