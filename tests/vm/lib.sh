# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Shared by the scripts of this folder: where things are cached, how two users
# of the cache are kept apart, and how packages of other Debian suites are
# fetched without the machine's own apt ever hearing of them.

set -euo pipefail

VM=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
REPO=$(cd "$VM/../.." && pwd)
# shellcheck disable=SC2034	# for the scripts that source this
BUILD=${SLUICE_BUILD:-$REPO/build}
CACHE=${SLUICE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/sluice}
MIRROR=${SLUICE_MIRROR:-http://deb.debian.org/debian}
# A kernel or root that is older than this many days is looked up anew.
MAX_AGE=${SLUICE_MAX_AGE:-30}

mkdir -p "$CACHE/lock"

me=$(basename "$0")
say() { printf '%s: %s\n' "$me" "$*" >&2; }
die() { say "$*"; exit 1; }

# hash_of FILE|STRING...: the key under which something made from these is kept
hash_of() {
	local a
	for a in "$@"; do
		if [ -f "$a" ]; then cat "$a"; else printf '%s\n' "$a"; fi
	done | sha256sum | cut -c1-12
}

# locked NAME COMMAND...: run COMMAND while no other process holds NAME
locked() {
	local name=$1
	shift
	(
		exec 9>"$CACHE/lock/$name"
		flock -n 9 || { say "waiting for another user of $name"; flock 9; }
		"$@" 9>&-
	)
}

# fresh FILE: exists and is younger than MAX_AGE days
fresh() {
	[ -e "$1" ] && [ -z "$(find "$1" -maxdepth 0 -mtime +"$MAX_AGE")" ]
}

# quietly LOG COMMAND...: on failure show the end of LOG
quietly() {
	local log=$1
	shift
	if ! "$@" >"$log" 2>&1 </dev/null; then
		tail -n 40 "$log" >&2
		die "failed: $* (whole log: $log)"
	fi
}

# apt_root SUITE: make apt look at SUITE alone, with lists and state of its own.
# Sets APT_CONFIG. The suite "host" is the machine's own apt, only read from.
apt_root() {
	local suite=$1 d=$CACHE/apt/$1

	if [ "$suite" = host ]; then
		unset APT_CONFIG
		return
	fi
	mkdir -p "$d/state/lists/partial" "$d/cache/archives/partial"
	: >"$d/status"
	printf 'deb [signed-by=%s] %s %s main\n' \
		/usr/share/keyrings/debian-archive-keyring.gpg \
		"$MIRROR" "$suite" >"$d/sources.list"
	# Check-Valid-Until: a mirror that lags, or a clock that leads, is no
	# reason to refuse a signed suite.
	cat >"$d/apt.conf" <<-EOF
		Dir::State "$d/state";
		Dir::State::status "$d/status";
		Dir::Cache "$d/cache";
		Dir::Etc::sourcelist "$d/sources.list";
		Dir::Etc::sourceparts "/dev/null";
		Dir::Etc::preferencesparts "/dev/null";
		APT::Architecture "amd64";
		APT::Architectures { "amd64"; };
		APT::Sandbox::User "root";
		Acquire::Check-Valid-Until "false";
		Acquire::Check-Date "false";
		Acquire::Languages "none";
		DPkg::Post-Invoke { };
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
	EOF
	export APT_CONFIG=$d/apt.conf
	if ! fresh "$d/updated"; then
		say "reading the package lists of $suite"
		quietly "$d/update.log" apt-get update
		touch "$d/updated"
	fi
}

# apt_dep PACKAGE PATTERN: the first dependency of PACKAGE that matches
apt_dep() {
	apt-cache show --no-all-versions "$1" 2>/dev/null |
		sed -n 's/^Depends: //p' | tr ',|' '\n\n' | sed 's/^ *//; s/ .*//' |
		grep -E -m1 "$2"
}

# apt_version PACKAGE: the candidate's version
apt_version() {
	apt-cache show --no-all-versions "$1" 2>/dev/null |
		sed -n 's/^Version: //p' | head -n1
}

# apt_fetch DIR PACKAGE...: download and unpack packages below DIR
apt_fetch() {
	local dir=$1 debs=$1.debs deb
	shift
	mkdir -p "$dir" "$debs"
	(cd "$debs" && apt-get -q download "$@" >"$dir.log" 2>&1) ||
		{ cat "$dir.log" >&2; die "cannot download $*"; }
	for deb in "$debs"/*.deb; do
		dpkg-deb -x "$deb" "$dir"
	done
	rm -rf "$debs"
}
