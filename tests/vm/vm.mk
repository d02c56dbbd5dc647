# SPDX-License-Identifier: GPL-2.0
#
#   make deps           install what tests need (apt; Debian 12)
#   make test           everything: lint, unit, fuzz smoke, KUnit, namespace tests on 6.1
#   make test-debug     the namespace tests, smaller, on the debug kernel
#   make demo           see Sluice work between HAProxy and nginx
#   make kunit          the KUnit suites in UML
#   make selftests      the namespace tests; TESTS="pattern..." picks some
#   make harness        the tests of the harness itself
#
# KERNELS=6.1,6.12,7.2 widens test and selftests; uml is a kernel too.

KERNELS		?= 6.1
comma		:= ,
VM_KERNELS	:= $(subst $(comma), ,$(KERNELS))
VM		:= tests/vm
# Seconds a guest may take for the namespace tests.
VM_LIMIT	?= 2400
# Counts of the namespace tests: 1 for what fits CI, empty for all of them.
SLUICE_SMALL	?= 1
export SLUICE_SMALL
# On the debug kernel, ten times slower, all but those of the wire tests whose
# claims are about real time; DEBUG_TESTS= runs these too.
DEBUG_TESTS	?= 01- 02- 03- 04- 05- 06- 07- 08- 10- 11- 12- 13- 20- 30- 41- 42- 60-
VM_STAGES	:= lint unit fuzz harness kunit $(VM_KERNELS:%=selftests-%)

.PHONY: deps test test-debug demo kunit selftests harness

deps:
	@tests/deps/install

check lint-quick lint-selftest unit-cov: deps

test: deps
	@$(VM)/stage lint $(MAKE) -s --no-print-directory lint-quick || :
	@$(VM)/stage unit $(MAKE) -s --no-print-directory unit || :
	@$(VM)/stage fuzz $(MAKE) -s --no-print-directory fuzz-smoke || :
	@$(VM)/stage harness $(VM)/selftest uml 6.1 || :
	@$(VM)/stage kunit $(VM)/kunit || :
	@$(MAKE) -s --no-print-directory selftests || :
	@$(VM)/tap-summary -v $(VM_STAGES)

test-debug: deps
	@$(MAKE) -s --no-print-directory cli || :
	@SLUICE_SMALL=1 $(VM)/stage kunit-debug $(VM)/kunit debug || :
	@SLUICE_SMALL=1 $(VM)/stage selftests-debug \
		$(VM)/run -k debug -n selftests -t 3000 -- tests/selftests/run $(or $(TESTS),$(DEBUG_TESTS)) || :
	@$(VM)/tap-summary -v kunit-debug selftests-debug

selftests: deps
	@$(MAKE) -s --no-print-directory cli
	@rc=0; for k in $(VM_KERNELS); do \
		$(VM)/stage selftests-$$k $(VM)/run -k $$k -n selftests -t $(VM_LIMIT) \
			-- tests/selftests/run $(TESTS) || rc=1; \
	done; exit $$rc

kunit: deps
	@$(VM)/stage kunit $(VM)/kunit

harness: deps
	@$(VM)/stage harness $(VM)/selftest uml 6.1

demo: deps
	@$(MAKE) -s --no-print-directory cli
	@$(VM)/run -k 6.1 -n demo -t 300 -- tests/demo/run
