# SPDX-License-Identifier: GPL-2.0
#
#   make deps           install what tests need (apt; Debian 12)
#   make test           everything: lint, unit, fuzz smoke, KUnit, namespace tests on 6.1
#   make test-full      the namespace tests at full counts, on two processors of UML
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
# Counts of the namespace tests: 1 for what emulation can do in minutes, empty for
# all of them, which is what test-full does, at the machine's own speed.
SLUICE_SMALL	?= 1
export SLUICE_SMALL
# Those that have counts worth the time
FULL_TESTS	?= 06- 13- 30- 32- 45- 50- 52-
# On the debug kernel, whose clock stands still while there is work: not those of
# connections that are never at rest. DEBUG_TESTS= runs these too.
DEBUG_TESTS	?= 01- 02- 03- 04- 05- 06- 07- 08- 09- 10- 11- 12- 13- 14- 15- 16- \
		   17- 20- 21- 22- 30- 40- 41- 42- 43- 44- 45- 50- 60- 70-
VM_STAGES	:= lint unit fuzz harness kunit $(VM_KERNELS:%=selftests-%)

.PHONY: deps test test-host test-full test-debug demo kunit selftests harness

deps:
	@tests/deps/install

check lint-quick lint-selftest unit-cov: deps

# An emulator keeps one processor busy: two rows of stages, side by side.
test: deps
	@$(MAKE) -s --no-print-directory cli
	@$(MAKE) -s --no-print-directory -j2 test-host selftests || :
	@$(VM)/tap-summary -v $(VM_STAGES)

test-host: deps
	@$(VM)/stage lint $(MAKE) -s --no-print-directory lint-quick || :
	@$(VM)/stage unit $(MAKE) -s --no-print-directory unit || :
	@$(VM)/stage fuzz $(MAKE) -s --no-print-directory fuzz-smoke || :
	@$(VM)/stage kunit $(VM)/kunit || :
	@$(VM)/stage harness $(VM)/selftest uml 6.1 || :

test-full: deps
	@$(MAKE) -s --no-print-directory cli || :
	@SLUICE_SMALL= $(VM)/stage selftests-full $(VM)/run -k uml -n selftests-full \
		-t 3600 -e SLUICE_PATIENCE=5 -- \
		tests/selftests/run $(or $(TESTS),$(FULL_TESTS)) || :
	@$(VM)/tap-summary -v selftests-full

test-debug: deps
	@$(MAKE) -s --no-print-directory cli || :
	@SLUICE_SMALL=1 $(VM)/stage kunit-debug $(VM)/kunit debug || :
	@SLUICE_SMALL=1 $(VM)/stage selftests-debug \
		$(VM)/run -k debug --virtual -n selftests -t 3000 -- \
		tests/selftests/run $(or $(TESTS),$(DEBUG_TESTS)) || :
	@$(VM)/tap-summary -v kunit-debug selftests-debug

selftests: deps
	@$(MAKE) -s --no-print-directory cli
	@rc=0; for k in $(VM_KERNELS); do \
		$(VM)/stage selftests-$$k $(VM)/run -k $$k --virtual -n selftests -t $(VM_LIMIT) \
			-- tests/selftests/run $(TESTS) || rc=1; \
	done; exit $$rc

kunit: deps
	@$(VM)/stage kunit $(VM)/kunit

harness: deps
	@$(VM)/stage harness $(VM)/selftest uml 6.1

demo: deps
	@$(MAKE) -s --no-print-directory cli
	@$(VM)/run -k 6.1 -n demo -t 300 -- tests/demo/run
