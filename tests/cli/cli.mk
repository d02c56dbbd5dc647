# SPDX-License-Identifier: GPL-2.0
#
# The tool against a fake kernel, under ASan and UBSan.
#
#   make unit-cli             golden cases, pure parts, imports, what needs a terminal, and what
#                             other programs make of metrics; TAP on screen and in build/tap/cli*.tap
#   make unit-completion      the tab key in bash, zsh and fish
#   make cli-golden           write the cases anew; read the difference

CLI_TEST_DIR	:= $(BUILD)/cli-test
# Of the tool all but the kernel's and the host's end, the clock and main()
CLI_TEST_TOOL	:= $(filter-out cli/main.c cli/transport.c cli/plumb.c cli/routes.c cli/wait.c cli/lib/% cli/exportd/% \
		     cli/health/% cli/doctor/host%, $(wildcard cli/*.c cli/*/*.c))
CLI_TEST_FAKE	:= $(filter-out tests/cli/fake_wait.c, $(wildcard tests/cli/fake*.c))
CLI_TEST_obj	= $(patsubst %.c,$(CLI_TEST_DIR)/%.o,$(1))
# Golden cases, in a time of their own
CLI_TEST_RUN	:= $(call CLI_TEST_obj,$(CLI_TEST_TOOL) $(CLI_TEST_FAKE) \
		     tests/cli/run.c tests/cli/fake_wait.c)
# A program for terminals and pipes
CLI_TEST_PROG	:= $(call CLI_TEST_obj,$(CLI_TEST_TOOL) $(CLI_TEST_FAKE) \
		     cli/wait.c tests/cli/tool.c)
# What is pure
CLI_TEST_PURE	:= $(call CLI_TEST_obj,$(wildcard tests/cli/pure/*.c) \
		     $(patsubst %,cli/%.c,human rate flowmem grid topview progress \
		     export/prom health/state health/plan health/dns health/list \
		     health/says value))
CLI_TEST_OBJ	:= $(sort $(CLI_TEST_RUN) $(CLI_TEST_PROG) $(CLI_TEST_PURE))
CLI_TEST_PKGS	:= libmnl jansson libfyaml ncursesw
CLI_TEST_SAN	:= -fsanitize=address,undefined -fno-sanitize-recover=all
CLI_TEST_CFLAGS	:= -std=gnu11 -g -O1 -D_GNU_SOURCE -Wall -Wextra -Werror \
		   -Wno-missing-field-initializers \
		   -fno-omit-frame-pointer $(CLI_TEST_SAN) \
		   -Iinclude/uapi -Icli -DSLUICE_VERSION='"0.0.0"'

.PHONY: unit-cli unit-completion cli-golden

unit-cli: $(addprefix $(CLI_TEST_DIR)/,run tool pure import/toml.py)
	@mkdir -p $(BUILD)/tap
	@rc=0; \
	cd $(BUILD)/tap; t=$(CURDIR)/tests/cli b=$(abspath $(CLI_TEST_DIR)); \
	$$b/run $$t/cases* >cli.tap || rc=$$?; \
	$$b/pure >cli-pure.tap || rc=$$?; \
	$$t/terminal/run $$b/tool >cli-terminal.tap || rc=$$?; \
	$$t/export $$b/tool >cli-export.tap || rc=$$?; \
	$$t/import $$b/tool >cli-import.tap || rc=$$?; \
	cat cli.tap cli-pure.tap cli-terminal.tap cli-export.tap cli-import.tap; exit $$rc

unit-completion: $(CLI_TEST_DIR)/tool
	@mkdir -p $(BUILD)/tap
	@rc=0; tests/cli/completion $< >$(BUILD)/tap/completion.tap || rc=$$?; \
		cat $(BUILD)/tap/completion.tap; exit $$rc

cli-golden: $(addprefix $(CLI_TEST_DIR)/,run import/toml.py)
	-$< -u tests/cli/cases* >/dev/null
	git diff --stat tests/cli/cases*

$(CLI_TEST_DIR)/run: $(CLI_TEST_RUN)
$(CLI_TEST_DIR)/tool: $(CLI_TEST_PROG)
$(CLI_TEST_DIR)/pure: $(CLI_TEST_PURE)

# The tool looks for its helper beside itself.
$(CLI_TEST_DIR)/import/toml.py: cli/import/toml.py
	@mkdir -p $(@D)
	cp $< $@

$(CLI_TEST_DIR)/run $(CLI_TEST_DIR)/tool:
	$(CC) $(CLI_TEST_SAN) -o $@ $^ $$(pkg-config --libs $(CLI_TEST_PKGS))

$(CLI_TEST_DIR)/pure:
	$(CC) $(CLI_TEST_SAN) -o $@ $^ $$(pkg-config --libs jansson)

# CC and flags are part of what an object was made from.
$(CLI_TEST_DIR)/%.o: %.c $(CLI_TEST_DIR)/flags
	@mkdir -p $(@D)
	$(CC) $(CLI_TEST_CFLAGS) $$(pkg-config --cflags $(CLI_TEST_PKGS)) \
		-MMD -MP -c -o $@ $<

$(CLI_TEST_DIR)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(CLI_TEST_CFLAGS)' | cmp -s - $@ || \
		echo '$(CC) $(CLI_TEST_CFLAGS)' >$@

-include $(CLI_TEST_OBJ:.o=.d) $(CLI_MAIN_OBJ:.o=.d)
