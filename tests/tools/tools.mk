# SPDX-License-Identifier: GPL-2.0
#
# What the namespace tests use and guests cannot make: four programs, two of them out
# of docs/netlink.md and docs/libsluice.md, a library that kills one, and the kernel's own Python client
# for netlink (tools/net/ynl), out of its sources.

TOOLS_DIR	:= $(BUILD)/tools
TOOLS_PKGS	:= libnl-genl-3.0

.PHONY: tools

tools: $(TOOLS_DIR)/nlclient $(TOOLS_DIR)/nlexample $(TOOLS_DIR)/killat.so \
       $(TOOLS_DIR)/whois $(TOOLS_DIR)/greet
	@ynl=$$(tests/vm/source 7.2)/tools/net/ynl && cp -r "$$ynl/pyynl" $(TOOLS_DIR)/

$(TOOLS_DIR)/nlexample.c: docs/netlink.md
	@mkdir -p $(@D)
	sed -n '/^```c$$/,/^```$$/{ /^```/!p }' $< >$@

$(TOOLS_DIR)/nlclient: tests/tools/nlclient.c
$(TOOLS_DIR)/nlexample: $(TOOLS_DIR)/nlexample.c
$(TOOLS_DIR)/nlclient $(TOOLS_DIR)/nlexample: include/uapi/linux/sluice.h
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -O2 -Wall -Wextra -Werror -Wno-missing-field-initializers \
		-Iinclude/uapi $$(pkg-config --cflags $(TOOLS_PKGS)) -o $@ $(filter %.c,$^) \
		$$(pkg-config --libs $(TOOLS_PKGS))

# As a program of others is made, by the library's source or by the library
$(TOOLS_DIR)/greet.c: docs/libsluice.md
	@mkdir -p $(@D)
	sed -n '/^```c$$/,/^```$$/{ /^```/!p }' $< >$@

$(TOOLS_DIR)/whois: tests/tools/whois.c cli/lib/libsluice.c
$(TOOLS_DIR)/greet: $(TOOLS_DIR)/greet.c cli/lib/libsluice.c
$(TOOLS_DIR)/whois $(TOOLS_DIR)/greet: cli/lib/sluice.h include/uapi/linux/sluice.h
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -O2 -Wall -Wextra -Werror -Iinclude/uapi -Icli/lib \
		$$(pkg-config --cflags libmnl) -o $@ $(filter %.c,$^) $$(pkg-config --libs libmnl)

$(TOOLS_DIR)/killat.so: tests/tools/killat.c
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -O2 -Wall -Wextra -Werror -shared -fPIC -o $@ $<
