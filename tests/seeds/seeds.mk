# SPDX-License-Identifier: GPL-2.0
#
#   make seeds          plant each fault of tests/seeds/; its test must find it
#
# SEEDS="unit B12" picks some, by name, row, or kind or name of test.

.PHONY: seeds

seeds: deps
	@$(VM)/stage seeds tests/seeds/run $(SEEDS) || :
	@$(VM)/tap-summary -v seeds
