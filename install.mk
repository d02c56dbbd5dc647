# SPDX-License-Identifier: GPL-2.0
#
#   make install        tool, library, manual pages, specification and module, for one
#                       kernel
#   make dkms-install   hand the module's source to DKMS and build it for every kernel
#
# and uninstall, dkms-remove, which take away just that. For packagers:
# DESTDIR, PREFIX, SBINDIR, LIBEXECDIR, LIBDIR, INCDIR, MANDIR, DATADIR, UNITDIR, MODDIR, CONFDIR, and for
# completion
# BASHDIR, ZSHDIR, FISHDIR; with a DESTDIR neither depmod, ldconfig nor dkms is run. install-tool
# leaves the module out. CONFDIR is made empty, and taken away if it still is.

DESTDIR		?=
PREFIX		?= /usr
SBINDIR		?= $(PREFIX)/sbin
# The tool looks beside itself and there: companion.h.
LIBEXECDIR	?= $(abspath $(SBINDIR)/../libexec/sluice)
LIBDIR		?= $(PREFIX)/lib
INCDIR		?= $(PREFIX)/include
MANDIR		?= $(PREFIX)/share/man
DATADIR		?= $(PREFIX)/share/sluice
# Not /usr/lib by PREFIX: systemd looks in /lib and /usr/lib alone, which are one.
UNITDIR		?= /lib/systemd/system
# Not by PREFIX either: the unit names it.
CONFDIR		?= /etc/sluice
BASHDIR		?= $(PREFIX)/share/bash-completion/completions
ZSHDIR		?= $(PREFIX)/share/zsh/vendor-completions
FISHDIR		?= $(PREFIX)/share/fish/vendor_completions.d
# The kernel that KDIR builds for, asked only when needed; Debian's
# kernel.release says something else.
KVER		?= $(or $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' \
			$(KDIR)/include/generated/utsrelease.h 2>/dev/null),$(shell uname -r))
MODDIR		?= /lib/modules/$(KVER)/updates
INSTALL		?= install

VERSION		:= $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
DKMS_SRC	:= /usr/src/sluice-$(VERSION)
# Everything that a build of the module reads, and the licence.
DKMS_FILES	= Kbuild dkms.conf COPYING \
		  $(shell find kmod include -name '*.[ch]' ! -name '*.mod.c' -o -name Kbuild)
# Kernels that have their headers here.
DKMS_KERNELS	?= $(patsubst /lib/modules/%/build/Makefile,%,$(wildcard /lib/modules/*/build/Makefile))

MAN_PAGES	= $(wildcard docs/man/*.[1-9])
# Each shell wants its own name: sluice, _sluice, sluice.fish
COMPLETION	= $(BASHDIR)/sluice $(ZSHDIR)/_sluice $(FISHDIR)/sluice.fish
SPEC		= docs/netlink/sluice.yaml
EXAMPLES	= $(wildcard docs/examples/*)
DASHBOARD	= docs/grafana/sluice.json
UNITS		= sluice $(COMPANIONS)
# Programs beside the tool, as cli/Makefile has them
COMPANIONS	?= sluice-export sluice-health
# Reads TOML for `sluice import convey`, if there is a python3.
TOML		= cli/import/toml.py
# The library, as cli/Makefile makes it
LIB_SO		= libsluice.so.0
LIB_BUILT	= $(BUILD)/cli/lib
LIB_FILES	= $(LIBDIR)/$(LIB_SO) $(LIBDIR)/libsluice.so $(LIBDIR)/libsluice.a \
		  $(LIBDIR)/pkgconfig/libsluice.pc $(INCDIR)/sluice.h
# What install-tool puts where, without DESTDIR: uninstall takes away this.
TOOL_FILES	= $(SBINDIR)/sluice $(DATADIR)/sluice.yaml \
		  $(EXAMPLES:docs/%=$(DATADIR)/%) $(DATADIR)/grafana.json $(DATADIR)/import-toml.py \
		  $(UNITS:%=$(UNITDIR)/%.service) $(COMPANIONS:%=$(LIBEXECDIR)/%) \
		  $(foreach p,$(MAN_PAGES),$(MANDIR)/man$(subst .,,$(suffix $(p)))/$(notdir $(p))) \
		  $(COMPLETION) $(LIB_FILES)

# Folders that may be there for us alone, the innermost first. Debian's pkg-config has an
# empty one, which is its own.
EMPTY_DIRS	= $(LIBEXECDIR) $(patsubst %/,%,$(dir $(LIBEXECDIR))) \
		   $(if $(DESTDIR),$(LIBDIR)/pkgconfig) \
		   $(DATADIR)/examples $(DATADIR) $(CONFDIR) $(MODDIR) $(FISHDIR) \
		   $(patsubst %/,%,$(dir $(FISHDIR)))

.PHONY: install install-tool install-lib install-module uninstall dkms-install dkms-remove test-install

install: install-tool install-module

install-tool: cli install-lib
	$(INSTALL) -D -m 755 cli/sluice $(DESTDIR)$(SBINDIR)/sluice
	$(INSTALL) -D -m 644 $(SPEC) $(DESTDIR)$(DATADIR)/sluice.yaml
	$(INSTALL) -d $(DESTDIR)$(DATADIR)/examples
	$(INSTALL) -m 644 $(EXAMPLES) $(DESTDIR)$(DATADIR)/examples
	$(INSTALL) -D -m 644 $(TOML) $(DESTDIR)$(DATADIR)/import-toml.py
	[ -d $(DESTDIR)$(CONFDIR) ] || $(INSTALL) -d -m 755 $(DESTDIR)$(CONFDIR)
	$(INSTALL) -d $(DESTDIR)$(UNITDIR)
	$(foreach u,$(UNITS),sed 's|@SBINDIR@|$(SBINDIR)|; s|@LIBEXECDIR@|$(LIBEXECDIR)|' docs/systemd/$(u).service.in \
		>$(DESTDIR)$(UNITDIR)/$(u).service &&) :
	$(foreach p,$(COMPANIONS),$(INSTALL) -D -m 755 cli/$(p) $(DESTDIR)$(LIBEXECDIR)/$(p) &&) :
	$(INSTALL) -D -m 644 $(DASHBOARD) $(DESTDIR)$(DATADIR)/grafana.json
	$(foreach p,$(MAN_PAGES),$(INSTALL) -D -m 644 $(p) \
		$(DESTDIR)$(MANDIR)/man$(subst .,,$(suffix $(p)))/$(notdir $(p)) &&) :
	$(INSTALL) -D -m 644 cli/completion/sluice.bash $(DESTDIR)$(BASHDIR)/sluice
	$(INSTALL) -D -m 644 cli/completion/sluice.zsh $(DESTDIR)$(ZSHDIR)/_sluice
	$(INSTALL) -D -m 644 cli/completion/sluice.fish $(DESTDIR)$(FISHDIR)/sluice.fish

install-lib: cli
	$(INSTALL) -D -m 644 $(LIB_BUILT)/$(LIB_SO) $(DESTDIR)$(LIBDIR)/$(LIB_SO)
	ln -sf $(LIB_SO) $(DESTDIR)$(LIBDIR)/libsluice.so
	$(INSTALL) -D -m 644 $(LIB_BUILT)/libsluice.a $(DESTDIR)$(LIBDIR)/libsluice.a
	$(INSTALL) -D -m 644 cli/lib/sluice.h $(DESTDIR)$(INCDIR)/sluice.h
	$(INSTALL) -d $(DESTDIR)$(LIBDIR)/pkgconfig
	sed 's|@PREFIX@|$(PREFIX)|; s|@LIBDIR@|$(LIBDIR)|; s|@INCDIR@|$(INCDIR)|; s|@VERSION@|$(VERSION)|' \
		cli/lib/libsluice.pc.in >$(DESTDIR)$(LIBDIR)/pkgconfig/libsluice.pc
	$(if $(DESTDIR),,ldconfig)

install-module: module
	$(INSTALL) -D -m 644 kmod/sluice.ko $(DESTDIR)$(MODDIR)/sluice.ko
	$(if $(DESTDIR),,depmod $(KVER))

uninstall:
	rm -f $(addprefix $(DESTDIR),$(TOOL_FILES) $(MODDIR)/sluice.ko)
	for d in $(EMPTY_DIRS); do \
		[ ! -d $(DESTDIR)$$d ] || rmdir --ignore-fail-on-non-empty $(DESTDIR)$$d; \
	done
	$(if $(DESTDIR),,depmod $(KVER))

dkms-install:
	rm -rf $(DESTDIR)$(DKMS_SRC)
	mkdir -p $(DESTDIR)$(DKMS_SRC)
	cp --parents $(DKMS_FILES) $(DESTDIR)$(DKMS_SRC)
ifeq ($(DESTDIR),)
	@command -v dkms >/dev/null || { echo "dkms is missing: apt-get install dkms" >&2; exit 1; }
	@[ -n "$(DKMS_KERNELS)" ] || \
		{ echo "no kernel headers: apt-get install linux-headers-$$(uname -r)" >&2; exit 1; }
	dkms status sluice/$(VERSION) | grep -q . || dkms add sluice/$(VERSION)
	for k in $(DKMS_KERNELS); do dkms install --force sluice/$(VERSION) -k $$k || exit; done
	@case " $(DKMS_KERNELS) " in *" $$(uname -r) "*) ;; *) \
		echo "not built for the running kernel: apt-get install" \
			"linux-headers-$$(uname -r), then once more" >&2; \
	esac
endif

dkms-remove:
ifeq ($(DESTDIR),)
	! dkms status sluice/$(VERSION) | grep -q . || dkms remove sluice/$(VERSION) --all
endif
	rm -rf $(DESTDIR)$(DKMS_SRC)

# In a Debian 12 of its own, against the headers of 6.1 and 6.12.
test-install:
	@tests/install/run
