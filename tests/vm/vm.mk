# SPDX-License-Identifier: GPL-2.0
#
#   make deps           install what tests need (apt; Debian 12)
#   make test           everything: lint, unit, fuzz smoke, KUnit, namespace tests on 6.1,
#                       and in UML those of them that are long in an emulator
#   make test-slow      what takes longer: test-full, test-debug, those of the harness, the demo,
#                       and on KERNELS= what test has in UML
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
VM_MAKE		:= $(MAKE) -s --no-print-directory
# Seconds a guest may take for the namespace tests.
VM_LIMIT	?= 2400
# Counts of the namespace tests: 1 for what emulation can do in minutes, empty for
# all of them, which is what test-full does, at the machine's own speed.
SLUICE_SMALL	?= 1
export SLUICE_SMALL
# Those that have counts worth the time
FULL_TESTS	?= 06- 13- 22- 24- 25- 30- 31- 32- 40- 42- 44- 45- 50- 52-
# On the debug kernel, whose clock stands still while there is work: not those of
# connections that are never at rest (26-, 75-, and 31-, 32- and 89-, which stage debug-load
# has by the real one; 53-, which counts what expires), nor what wants no conntrack (00-) or a host
# as Debian has it (36-, 37-), nor what is about programs and daemons, which ask the kernel for
# nothing that others do not (38-, 39-, 85-, 86-, 98-, 99-, 101-, 102-, 103-, 104-), nor what
# others have as well (25-: 24-; 51-, 52-: 45-, 50-; 61-, 63-, 65-, 67-, 73-, 74-: 64-, 69-;
# 72-: 09-, 82-, 84-; 68-, 77-, 79-, 81-: KUnit, 80-, 18-; 91-, 93-, 95-, 96-, 97-:
# 90-, 92-, 94-).
# 62-, 66-, 76-, 78- and 83- take minutes each there, and are left to test-release.
# DEBUG_TESTS= runs all.
DEBUG_TESTS	?= 01- 02- 03- 04- 05- 06- 07- 08- 09- 10- 11- 12- 13- 14- 15- 16- \
		   17- 18- 19- 20- 21- 22- 23- 24- 27- 28- 29- 30- 33- 34- 35- 40- 41- 42- 43- \
		   44- 45- 46- 50- 60- 64- 69- 70- 71- 80- 82- 84- 87- 88- \
		   90- 92- 94- 100-

# Load, and much work of the tool: twice to four times as long in an emulator as in
# UML. There make test has them; on the stock kernel, make test-slow and selftests.
UML_TESTS	?= 24- 25- 28- 29- 31- 34- 37- 38- 39- 50- 53- 61- 63- 65- 67- 68- 73- 75- 77- \
		   98- 101- 103- 104-
# Of these the stock kernel has in test-slow all but those of balancing, which take
# minutes there, those of daemons and what they check (38-, 39-, 77-, 98-, 101-, 103-, 104-), or
# that count what a clock that runs ahead makes expire (53-); 62-, 64-, 66-, 69- and 71- it has
# with the others.
STOCK_LOAD	?= $(filter-out 38- 39- 53- 61- 63- 65- 67- 68- 73- 75- 77- 98- 101- 103- 104-, \
		   $(UML_TESTS))
ALL_TESTS	:= $(sort $(foreach t,$(notdir $(wildcard tests/selftests/[0-9]*-*.sh)),\
			$(firstword $(subst -, ,$(t)))-))
STOCK_TESTS	:= $(filter-out $(UML_TESTS),$(ALL_TESTS))

# An emulator keeps one processor busy, so the namespace tests of a kernel are
# dealt out to several guests.
VM_SHARDS	?= $(if $(TESTS),1,2)
VM_PARTS	:= $(foreach k,$(VM_KERNELS),$(foreach n,$(shell seq $(VM_SHARDS)),\
			selftests-$(k)-$(n)))
# With TESTS= they are run where KERNELS= says, and nowhere else.
VM_UML		:= $(if $(TESTS),,selftests-uml)
VM_HOST		:= lint unit cli completion fuzz kunit
VM_STAGES	:= $(VM_HOST) $(VM_PARTS) $(VM_UML)
# The debug kernel has one processor
VM_DPARTS	:= $(foreach n,$(shell seq $(VM_SHARDS)),debug-selftests-$(n))
DEBUG_LOAD_TESTS ?= 31- 32- 89-
VM_LOAD		:= $(if $(TESTS),,debug-load)
VM_DEBUG	:= kunit-debug $(VM_DPARTS) $(VM_LOAD)
VM_STOCK	:= $(VM_KERNELS:%=selftests-stock-%)
VM_SLOW		:= $(VM_DEBUG) selftests-full $(VM_STOCK) harness harness-debug demo
VM_ROWS		:= $(VM_PARTS) $(VM_UML:%=stage-%) $(VM_HOST:%=stage-%)

.PHONY: deps test test-full test-debug test-slow demo kunit selftests harness stages \
	$(VM_ROWS) $(VM_DPARTS) $(VM_STOCK) \
	stage-kunit-debug stage-debug-load stage-full stage-harness stage-harness-debug stage-demo

deps:
	@tests/deps/install

check lint-quick lint-selftest unit-cov: deps

test: deps
	@$(VM_MAKE) cli tools
	@$(VM_MAKE) -j3 VM_TESTS="$(or $(TESTS),$(STOCK_TESTS))" $(VM_ROWS) || :
	@$(VM)/tap-summary -v $(VM_STAGES)

# Which of the namespace tests, all without a word
VM_TESTS	?= $(TESTS)
# selftests-KERNEL-PART
$(VM_PARTS): kernel = $(word 2,$(subst -, ,$@))
$(VM_PARTS): part = $(word 3,$(subst -, ,$@))
$(VM_PARTS):
	@$(VM)/stage $@ $(VM)/run -k $(kernel) --virtual -n selftests-$(part) -t $(VM_LIMIT) \
		-e SLUICE_SHARD=$(part)/$(VM_SHARDS) -- tests/selftests/run $(VM_TESTS) || :

stage-selftests-uml:
	@$(VM)/stage selftests-uml $(VM)/run -k uml -n selftests-uml -t $(VM_LIMIT) \
		-e SLUICE_PATIENCE=3 -- tests/selftests/run $(UML_TESTS) || :
stage-lint:
	@$(VM)/stage lint $(VM_MAKE) lint-quick || :
stage-unit:
	@$(VM)/stage unit $(VM_MAKE) unit || :
stage-cli:
	@$(VM)/stage cli $(VM_MAKE) unit-cli || :
stage-completion:
	@$(VM)/stage completion $(VM_MAKE) unit-completion || :
stage-fuzz:
	@$(VM)/stage fuzz $(VM_MAKE) fuzz-smoke || :
stage-kunit:
	@$(VM)/stage kunit $(VM)/kunit || :
stage-kunit-debug:
	@$(VM)/stage kunit-debug $(VM)/kunit debug || :
stage-harness:
	@$(VM)/stage harness $(VM)/selftest uml 6.1 || :
stage-harness-debug:
	@$(VM)/stage harness-debug $(VM)/selftest debug || :
stage-demo:
	@$(VM)/stage demo $(VM)/run -k 6.1 -n demo -t 300 -e DEMO_TAP=1 -- tests/demo/run || :

stage-full:
	@SLUICE_SMALL= $(VM)/stage selftests-full $(VM)/run -k uml -n selftests-full \
		-t 3600 -e SLUICE_PATIENCE=5 -- \
		tests/selftests/run $(or $(TESTS),$(FULL_TESTS)) || :

# debug-selftests-PART
$(VM_DPARTS): part = $(word 3,$(subst -, ,$@))
$(VM_DPARTS):
	@SLUICE_SMALL=1 $(VM)/stage $@ $(VM)/run -k debug --virtual -n selftests-$(part) \
		-t 3600 -e SLUICE_SHARD=$(part)/$(VM_SHARDS) -- \
		tests/selftests/run $(or $(TESTS),$(DEBUG_TESTS)) || :

stage-debug-load:
	@SLUICE_SMALL=1 $(VM)/stage debug-load $(VM)/run -k debug -n selftests-load -t 1800 -- \
		tests/selftests/run $(DEBUG_LOAD_TESTS) || :

# selftests-stock-KERNEL
$(VM_STOCK): kernel = $(word 3,$(subst -, ,$@))
$(VM_STOCK):
	@SLUICE_SMALL=1 $(VM)/stage $@ $(VM)/run -k $(kernel) --virtual -n selftests-stock \
		-t $(VM_LIMIT) -- tests/selftests/run $(STOCK_LOAD) || :

test-full: deps
	@$(VM_MAKE) cli tools
	@$(VM_MAKE) stage-full
	@$(VM)/tap-summary -v selftests-full

test-debug: deps
	@$(VM_MAKE) cli tools
	@$(VM_MAKE) -j2 $(VM_DPARTS) stage-kunit-debug $(VM_LOAD:%=stage-%)
	@$(VM)/tap-summary -v $(VM_DEBUG)

# All that make test leaves, two at a time, and so that both end together
test-slow: deps
	@$(VM_MAKE) cli tools
	@$(VM_MAKE) -j2 $(VM_DPARTS) stage-full $(VM_LOAD:%=stage-%) stage-kunit-debug $(VM_STOCK) \
		stage-harness stage-harness-debug stage-demo
	@$(VM)/tap-summary -v $(VM_SLOW)

selftests: deps
	@$(VM_MAKE) cli tools
	@$(VM_MAKE) -j2 $(VM_PARTS)
	@$(VM)/tap-summary -v $(VM_PARTS)

# What all of the above must have left in build/tap
stages:
	@printf '%s\n' $(VM_STAGES) $(VM_SLOW)

kunit: deps
	@$(VM)/stage kunit $(VM)/kunit

harness: deps
	@$(VM)/stage harness $(VM)/selftest uml 6.1

demo: deps
	@$(VM_MAKE) cli
	@$(VM)/run -k 6.1 -n demo -t 300 -- tests/demo/run
