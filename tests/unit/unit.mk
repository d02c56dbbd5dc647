# SPDX-License-Identifier: GPL-2.0
#
# The KUnit suites of tests/kunit/ in user space, under ASan and UBSan.
#
#   make unit                 all of them; TAP on screen and in build/tap/unit.tap
#   make unit CC=clang SUITES="slc_pp slc_addr"
#   make unit-cov             line and branch coverage of kmod/core, by gcov
#   make vectors              write the parser's table down for the namespace tests

UNIT_SRC	:= $(sort $(wildcard tests/kunit/*_test.c)) tests/unit/run.c
UNIT_DIR	:= $(BUILD)/unit
UNIT_OBJ	:= $(patsubst %.c,$(UNIT_DIR)/%.o,$(UNIT_SRC))
# Not -Ikmod/core: core/sched.h is not <sched.h>.
UNIT_INC	:= -Ikmod -iquote kmod/core -Itests/unit/shim
UNIT_SAN	:= -fsanitize=address,undefined -fno-sanitize-recover=all
UNIT_CFLAGS	:= -std=gnu11 -g -O1 -Wall -Wextra -Werror \
		   -Wno-missing-field-initializers \
		   -fno-omit-frame-pointer $(UNIT_SAN) $(UNIT_INC)

VECTORS		:= tests/tools/wire/vectors.txt

.PHONY: unit unit-cov vectors vectors-check

unit: $(UNIT_DIR)/unit
	@mkdir -p $(BUILD)/tap
	@rc=0; $< $(SUITES) >$(BUILD)/tap/unit.tap || rc=$$?; \
		cat $(BUILD)/tap/unit.tap; exit $$rc

$(UNIT_DIR)/unit: $(UNIT_OBJ)
	$(CC) $(UNIT_SAN) -o $@ $^

# CC and flags are part of what an object was made from.
$(UNIT_DIR)/%.o: %.c $(UNIT_DIR)/flags
	@mkdir -p $(@D)
	$(CC) $(UNIT_CFLAGS) -MMD -MP -c -o $@ $<

$(UNIT_DIR)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(UNIT_CFLAGS)' | cmp -s - $@ || \
		echo '$(CC) $(UNIT_CFLAGS)' >$@

# Branches of an assertion in a test are not counted, only those of core/.
unit-cov:
	@rm -rf $(BUILD)/unit-cov && mkdir -p $(BUILD)/unit-cov
	@for f in $(UNIT_SRC); do \
		gcc -std=gnu11 -O0 --coverage $(UNIT_INC) -c $$f \
			-o $(BUILD)/unit-cov/$$(basename $$f .c).o || exit 1; \
	done
	@gcc --coverage -o $(BUILD)/unit-cov/unit $(BUILD)/unit-cov/*.o
	@$(BUILD)/unit-cov/unit >/dev/null
	@gcov -n -b -r -s $(CURDIR) $(BUILD)/unit-cov/*_test.gcda | \
		grep -A4 "^File 'kmod/core/"

$(UNIT_DIR)/vectors: tests/unit/vectors.c $(UNIT_DIR)/flags
	@mkdir -p $(@D)
	$(CC) $(UNIT_CFLAGS) -MMD -MP -MF $@.d -o $@ $<

vectors: $(UNIT_DIR)/vectors
	$< >$(VECTORS)

vectors-check: $(UNIT_DIR)/vectors
	@$< | diff -u $(VECTORS) -

.PHONY: FORCE
FORCE:

-include $(UNIT_OBJ:.o=.d) $(UNIT_DIR)/vectors.d
