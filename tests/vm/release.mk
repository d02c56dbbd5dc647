# SPDX-License-Identifier: GPL-2.0
#
#   make test-release   everything, at full counts; hours, for a person to start
#
# What it adds to test and test-debug: RELEASE_RUNS of every fuzzer, the whole
# counts on every kernel, every seeded fault, installing, lifetimes of days, and
# more of what is random: half headers, guesses around a connection, blind
# acknowledgments; of what goes through, of what is taken away and of what goes on.

RELEASE_RUNS	?= 10000000
RELEASE_KERNELS	?= 6.1 6.12 7.2 debug debug-smp
# Seconds for the namespace tests of one kernel
RELEASE_LIMIT	?= 20000
# On UML, which runs at the machine's own speed
RELEASE_HALF	?= 1000000
RELEASE_PROBES	?= 10000000
RELEASE_BLIND	?= 16777216
# Requests made of good ones, on the debug kernel
RELEASE_MUTATE	?= 1000000
# Connections, and bytes through all offloads, packet sizes and bad lines
RELEASE_CONNS	?= 100000
RELEASE_BYTES	?= 1099511627776
RELEASE_BULK	?= 120000
# Times that the module, a service and a namespace are taken away under load
RELEASE_CYCLES	?= 10000
# SYNs of a flood, at some 1000 a part and less than 20 parts a second: ten minutes
RELEASE_FLOOD	?= 10000000
# Seconds of a soak; allocations that fail under traffic, on the debug kernel, some 400 a second
RELEASE_SOAK	?= 7200
RELEASE_FAULTS	?= 1000000
# Seconds of everything at once, after which memory is what it was
RELEASE_DRIFT	?= 3600
RELEASE_LONG	?= 90000
RELEASE_FULL	:= -e SLUICE_FULL=1 -e SLUICE_PATIENCE=10
RELEASE_STAGES	:= check unit cli completion fuzz-release harness harness-debug kunit \
		   kunit-debug $(RELEASE_KERNELS:%=selftests-%) hostile mutate lifetimes \
		   bulk cycles soak drift faults seeds install

.PHONY: test-release

test-release: deps
	@$(MAKE) -s --no-print-directory cli
	@$(VM)/stage check $(MAKE) -s --no-print-directory check || :
	@$(VM)/stage unit $(MAKE) -s --no-print-directory unit || :
	@$(VM)/stage cli $(MAKE) -s --no-print-directory unit-cli || :
	@$(VM)/stage completion $(MAKE) -s --no-print-directory unit-completion || :
	@$(VM)/stage fuzz-release $(MAKE) -s --no-print-directory fuzz RUNS=$(RELEASE_RUNS) || :
	@$(VM)/stage harness $(VM)/selftest uml 6.1 || :
	@$(VM)/stage harness-debug $(VM)/selftest debug || :
	@$(VM)/stage kunit $(VM)/kunit || :
	@$(VM)/stage kunit-debug $(VM)/kunit debug || :
	@for k in $(RELEASE_KERNELS); do \
		SLUICE_SMALL= $(VM)/stage selftests-$$k $(VM)/run -k $$k -n selftests \
			-t $(RELEASE_LIMIT) $(RELEASE_FULL) -- tests/selftests/run $(TESTS) || :; \
	done
	@SLUICE_SMALL= $(VM)/stage hostile $(VM)/run -k uml -n hostile -t $(RELEASE_LIMIT) \
		$(RELEASE_FULL) -e SLUICE_HALF=$(RELEASE_HALF) \
		-e SLUICE_PROBES=$(RELEASE_PROBES) -e SLUICE_BLIND=$(RELEASE_BLIND) \
		-e SLUICE_FLOOD=$(RELEASE_FLOOD) \
		-- tests/selftests/run 42- 50- || :
	@SLUICE_SMALL= $(VM)/stage mutate $(VM)/run -k debug --virtual -n mutate \
		-t $(RELEASE_LIMIT) $(RELEASE_FULL) -e SLUICE_MUTATE=$(RELEASE_MUTATE) \
		-- tests/selftests/run 22- || :
	@SLUICE_SMALL= $(VM)/stage lifetimes $(VM)/run -k 6.1 --virtual -n lifetimes \
		-t $(RELEASE_LIMIT) -- tests/selftests/run 18- || :
	@SLUICE_SMALL= $(VM)/stage bulk $(VM)/run -k uml -n bulk -t $(RELEASE_BULK) \
		$(RELEASE_FULL) -e SLUICE_PATIENCE=200 -e SLUICE_CONNS=$(RELEASE_CONNS) \
		-e SLUICE_BYTES=$(RELEASE_BYTES) -- tests/selftests/run 06- 30- || :
	@SLUICE_SMALL=1 $(VM)/stage cycles $(VM)/run -k uml -n cycles -t $(RELEASE_LONG) \
		-e SLUICE_PATIENCE=150 -e SLUICE_CYCLES=$(RELEASE_CYCLES) \
		-- tests/selftests/run 30- || :
	@SLUICE_SMALL=1 $(VM)/stage soak $(VM)/run -k uml -n soak -t $(RELEASE_LONG) \
		-e SLUICE_PATIENCE=150 -e SLUICE_SOAK=$(RELEASE_SOAK) \
		-- tests/selftests/run 75- || :
	@$(MAKE) -s --no-print-directory stage-drift SOAK_SECONDS=$(RELEASE_DRIFT) || :
	@SLUICE_SMALL=1 $(VM)/stage faults $(VM)/run -k debug -n faults -t $(RELEASE_LONG) \
		-e SLUICE_PATIENCE=20 -e SLUICE_FAULTS=$(RELEASE_FAULTS) \
		-e SLUICE_FAULTS_TIME=10800 -- tests/selftests/run 89- || :
	@$(VM)/stage seeds tests/seeds/run || :
	@$(VM)/stage install $(MAKE) -s --no-print-directory test-install || :
	@$(VM)/tap-summary -v $(RELEASE_STAGES)
