# SPDX-License-Identifier: GPL-2.0
#
#   make check          every static check; writes build/tap/check.tap
#   make lint-quick     those that need neither the kernel's sources nor headers
#   make lint-selftest  that each check finds the fault it is for
#
# One check:  tests/lint/NAME

LINT_QUICK	:= shellcheck python layers.sh codespell hygiene maintainers \
		   commits length version man links seeds
LINT_SLOW	:= selftest generated kerneldoc checkpatch cocci headers \
		   kmodbuild configs kernels

.PHONY: check lint-quick lint-selftest

check:
	@tests/lint/run $(BUILD)/tap/check.tap $(LINT_QUICK) $(LINT_SLOW)

lint-quick:
	@tests/lint/run $(BUILD)/tap/lint.tap $(LINT_QUICK)

lint-selftest:
	@tests/lint/run $(BUILD)/tap/lint-selftest.tap selftest
