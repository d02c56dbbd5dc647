# SPDX-License-Identifier: GPL-2.0
#
# Fuzzers of kmod/core and of the tool's files, one program for each
# tests/fuzz/*_fuzz.c, which includes the core files it needs. libFuzzer with ASan
# and UBSan: any report, failed assertion or slow input fails the run and names
# the input kept.
#
#   make fuzz-smoke           FUZZ_SMOKE_RUNS of each target; build/tap/fuzz.tap
#   make fuzz RUNS=10000000   as many of each
#   make fuzz FUZZ=pp         of one
#
# Seeds in tests/fuzz/corpus/<target>/ are read, never written; what a run
# finds goes to build/fuzz/corpus/<target>/ and is used again. `make fuzz-merge`
# writes the few that add coverage to build/fuzz/merged/<target>/.

FUZZ		?= $(sort $(patsubst tests/fuzz/%_fuzz.c,%,$(wildcard tests/fuzz/*_fuzz.c)))
RUNS		?= 10000000
FUZZ_CC		?= clang
FUZZ_DIR	:= $(BUILD)/fuzz
FUZZ_CFLAGS	:= -std=gnu11 -g -O2 -Wall -Wextra -Werror \
		   -Wno-missing-field-initializers -fno-omit-frame-pointer \
		   -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
		   -Ikmod -iquote kmod/core -Itests/unit/shim -Itests/fuzz -Itests/kunit
FUZZ_SMOKE_RUNS	?= 100000

.PHONY: fuzz fuzz-smoke fuzz-merge fuzz-build

fuzz-build: $(FUZZ:%=$(FUZZ_DIR)/%)

$(FUZZ_DIR)/%: tests/fuzz/%_fuzz.c tests/fuzz/fuzz.mk
	@mkdir -p $(@D)
	$(FUZZ_CC) $(FUZZ_CFLAGS) -MMD -MP -MF $@.d -o $@ $<

# The tool is not kernel code: it has its own headers and libraries, and the
# fake kernel and host of its tests (tests/cli/cli.mk).
FUZZ_TOOL	:= $(CLI_TEST_TOOL) $(wildcard tests/cli/fake*.c)
FUZZ_PKGS	:= libmnl jansson libfyaml ncursesw

$(FUZZ_DIR)/conf: tests/fuzz/conf_fuzz.c $(FUZZ_TOOL) $(wildcard cli/*.h cli/*/*.h) \
		tests/fuzz/fuzz.mk
	@mkdir -p $(@D)
	$(FUZZ_CC) $(filter-out -I% -Werror,$(FUZZ_CFLAGS)) -D_GNU_SOURCE \
		-Iinclude/uapi -Icli -DSLUICE_VERSION='"0.0.0"' \
		$$(pkg-config --cflags $(FUZZ_PKGS)) -o $@ $(filter %.c,$^) \
		$$(pkg-config --libs $(FUZZ_PKGS))

fuzz: fuzz-build
	@tests/fuzz/run $(FUZZ_DIR) $(RUNS) $(FUZZ)

fuzz-smoke: fuzz-build
	@mkdir -p $(BUILD)/tap
	@rc=0; tests/fuzz/run $(FUZZ_DIR) $(FUZZ_SMOKE_RUNS) $(FUZZ) \
		>$(BUILD)/tap/fuzz.tap || rc=$$?; \
		cat $(BUILD)/tap/fuzz.tap; exit $$rc

fuzz-merge: fuzz-build
	@for t in $(FUZZ); do \
		rm -rf $(FUZZ_DIR)/merged/$$t; \
		mkdir -p $(FUZZ_DIR)/merged/$$t $(FUZZ_DIR)/corpus/$$t; \
		$(FUZZ_DIR)/$$t -merge=1 -max_len=4400 $(FUZZ_DIR)/merged/$$t \
			tests/fuzz/corpus/$$t $(FUZZ_DIR)/corpus/$$t || exit 1; \
	done

-include $(FUZZ:%=$(FUZZ_DIR)/%.d)
