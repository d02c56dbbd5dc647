# SPDX-License-Identifier: GPL-2.0
#
# The netlink interface from its specification, by the kernel's own generator.
# Its output is committed, so only who changes the specification needs it.
#
#   make gen [YNL=<linux tree>]     make gen-check [YNL=<linux tree>]

.PHONY: gen gen-check

YNL	?= $(shell tests/vm/source 7.2)

gen_spec   := docs/netlink/sluice.yaml
gen_out    := include/uapi/linux/sluice.h \
	      kmod/nl/policy_gen.h kmod/nl/policy_gen.c
gen_tree   := $(abspath $(BUILD))/gen

# The generator wants the schema one folder above the specification and looks
# for a file MAINTAINERS upwards of it, for ever if there is none. The array of
# groups that it makes is for a family that it makes too; ours is in family.c,
# and says who may join.
define gen_run
	set -e; ynl=$(YNL); tree=$(gen_tree); rm -rf $$tree; \
	mkdir -p $$tree/docs/netlink $$tree/include/uapi/linux $$tree/kmod/nl; \
	: >$$tree/MAINTAINERS; \
	cp $(gen_spec) $$tree/docs/netlink/; \
	cp $$ynl/Documentation/netlink/genetlink-legacy.yaml $$tree/docs/; \
	run() { \
		python3 $$ynl/tools/net/ynl/pyynl/ynl_gen_c.py --mode $$1 \
			--$$2 --spec $$tree/$(gen_spec) -o $$tree/$$3; \
		sed -i 's,run: tools/net/ynl/ynl-regen.sh,run: make gen,' \
			$$tree/$$3; \
	}; \
	run uapi header include/uapi/linux/sluice.h; \
	run kernel header kmod/nl/policy_gen.h; \
	run kernel source kmod/nl/policy_gen.c; \
	sed -i '/^static const struct genl_multicast_group/,/^};/d' \
		$$tree/kmod/nl/policy_gen.c; \
	sed -i '$${/^$$/d}' $$tree/kmod/nl/policy_gen.c
endef

gen:
	@$(gen_run); for f in $(gen_out); do \
		cmp -s $$tree/$$f $$f || { cp $$tree/$$f $$f; echo "  GEN $$f"; }; \
	done

gen-check:
	@$(gen_run); for f in $(gen_out); do \
		diff -u $$f $$tree/$$f || { \
			echo "$$f: not what $(gen_spec) generates, run make gen" >&2; \
			exit 1; \
		}; \
	done
