# SPDX-License-Identifier: GPL-2.0
#
#   make soak           an hour of load, edits and flaps; then memory is what it was

# Seconds of it, and before that, until all is as large as it gets: the daemon's heap takes
# half an hour
SOAK_SECONDS	?= 3600
SOAK_WARM	?= 1800

.PHONY: soak stage-drift

stage-drift:
	@$(VM)/stage drift $(VM)/run -k uml -n soak -t $$(($(SOAK_SECONDS) + $(SOAK_WARM) + 900)) \
		-e SOAK_SECONDS=$(SOAK_SECONDS) -e SOAK_WARM=$(SOAK_WARM) -- tests/soak/run || :

soak: deps
	@$(VM_MAKE) cli tools
	@$(VM_MAKE) stage-drift
	@$(VM)/tap-summary -v drift
