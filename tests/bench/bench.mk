# SPDX-License-Identifier: GPL-2.0
#
#   make bench          measure Sluice beside its peers, write docs/benchmarks.md; fails
#                       if an aim is missed
#   make bench-profile  the part of it that counts each function
#   make bench-flows    what flows cost by the clock, up to a million of them, and how
#                       many packets and connections a second two processors forward
#
# BENCH_KERNEL=6.12 and the like measure another of the harness's QEMU kernels.

BENCH_KERNEL	?= 6.1
BENCH_DIR	:= $(BUILD)/bench
BENCH_CFLAGS	:= -std=gnu11 -O2 -Wall -Wextra -Werror

BENCH_BUILT	:= $(BENCH_DIR)/load $(BENCH_DIR)/packets $(BENCH_DIR)/count.so

.PHONY: bench bench-profile bench-flows bench-report

bench: bench-profile
	@tests/bench/guest $(BENCH_KERNEL) run peers
	@tests/bench/guest $(BENCH_KERNEL) run datagrams
	@tests/bench/guest $(BENCH_KERNEL) run sends
	@tests/bench/guest $(BENCH_KERNEL) balance peers
	@tests/bench/guest $(BENCH_KERNEL) balance sizes
	@tests/bench/guest $(BENCH_KERNEL) balance direct
	@$(MAKE) -s --no-print-directory bench-report

bench-flows: deps cli $(BENCH_BUILT) $(BENCH_DIR)/layout.txt
	@tests/bench/guest uml balance flows
	@tests/bench/guest uml balance rates
	@$(MAKE) -s --no-print-directory bench-report

# From what is in $(BENCH_DIR); what was not measured there stays as it is.
bench-report:
	@tests/bench/report $(BENCH_DIR) > $(BENCH_DIR)/benchmarks.md
	@cp $(BENCH_DIR)/benchmarks.md docs/benchmarks.md
	@sed -n '/^|/p; /^Aims:/,/^$$/p' docs/benchmarks.md
	@! grep -qE '(\(|; )missed: ' docs/benchmarks.md

bench-profile: deps cli $(BENCH_BUILT)
	@tests/bench/guest $(BENCH_KERNEL) run profile
	@tests/bench/guest $(BENCH_KERNEL) balance profile
	@tests/bench/guest $(BENCH_KERNEL) balance direct-profile

$(BENCH_DIR)/load $(BENCH_DIR)/packets: $(BENCH_DIR)/%: tests/bench/%.c tests/bench/mark.h
	@mkdir -p $(@D)
	$(CC) $(BENCH_CFLAGS) -static -o $@ $<

$(BENCH_DIR)/count.so: tests/bench/count.c tests/bench/qemu_plugin.h
	@mkdir -p $(@D)
	$(CC) $(BENCH_CFLAGS) -fPIC -shared -fvisibility=hidden -o $@ $<

# Only to be looked at by pahole
$(BENCH_DIR)/layout.txt: tests/bench/layout.c kmod/obj/flow.h tests/bench/bench.mk
	@mkdir -p $(BENCH_DIR)/layout
	@rsync -a --delete kmod include $(BENCH_DIR)/layout/
	@cp tests/bench/layout.c $(BENCH_DIR)/layout/
	@echo 'obj-m := layout.o' > $(BENCH_DIR)/layout/Kbuild
	@echo 'ccflags-y := -g $(foreach d,kmod include include/uapi,-I$$(src)/$d)' >> \
		$(BENCH_DIR)/layout/Kbuild
	$(MAKE) -s -C $$(tests/vm/kernel $(BENCH_KERNEL))/headers \
		M=$(abspath $(BENCH_DIR))/layout layout.o
	@for s in slc_flow slc_half nf_conn ip_vs_conn; do \
		pahole -C $$s $(BENCH_DIR)/layout/layout.o || exit; \
	done > $@

# What checks of health cost, on this machine and its kernel.
HEALTH_BENCH	:= $(patsubst %,cli/health/%.c,check connect talk web exec spec state plan dns log \
			     header agent says)

$(BENCH_DIR)/checks: tests/bench/checks.c $(HEALTH_BENCH) $(wildcard cli/health/*.h)
	@mkdir -p $(@D)
	$(CC) $(BENCH_CFLAGS) -Wno-missing-field-initializers -D_GNU_SOURCE -Iinclude/uapi \
		-DSLUICE_VERSION='"0"' -o $@ $(filter %.c,$^) \
		$$(pkg-config --cflags --libs libuv libcurl jansson)

# Built with the tests' tools, lest a file that the daemon's need is forgotten here
tools: $(BENCH_DIR)/checks

.PHONY: bench-health

bench-health: deps $(BENCH_DIR)/checks
	@for type in tcp udp http; do $(BENCH_DIR)/checks $$type 2000 20; done
	@$(BENCH_DIR)/checks exec 100 20
