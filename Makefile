# SPDX-License-Identifier: GPL-2.0
#
# Targets for people. The kernel's own build reads Kbuild and ignores this
# file, so DKMS and in-tree style builds work from the same tree.
#
#   make            module and tool       make demo        see it work in a guest
#   make test       prove it              make test-debug  prove it under KASAN and lockdep
#   make check      static checks         make bench       measure it beside its peers

KDIR	?= /lib/modules/$(shell uname -r)/build
CC	?= gcc
BUILD	?= build

.DEFAULT_GOAL := all
.PHONY: all module cli clean help

all: module cli

module:
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

cli:
	$(MAKE) -C cli

clean:
	-[ ! -d $(KDIR) ] || $(MAKE) -C $(KDIR) M=$(CURDIR) clean
	$(MAKE) -C cli clean
	rm -rf $(BUILD)

# Each part brings its own targets.
include $(wildcard tests/*/*.mk docs/*.mk install.mk)

help:
	@sed -n 's/^#   make/  make/p' Makefile
