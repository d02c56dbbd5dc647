# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0
#
# What the checks share. A check is a script beside this one: it sources this
# file, which takes it to the root of the tree under test, and prints one line
# of result for each thing it looks at. LINT_ROOT names another tree than our
# own; the self-test plants faults in one.

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck disable=SC2034 # for the checks
cache=${SLUICE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/sluice}
top=${LINT_ROOT:-$(cd "$here/../.." && pwd)}
out=$top/build/lint
cd "$top" || exit 1
mkdir -p "$out" || exit 1
failed=0
# A make above us may have been told to be quiet; our makes are read.
unset MAKEFLAGS MFLAGS MAKELEVEL

# files [PATTERN...] - files of the tree, relative to its root, matched as
# case does (* crosses slashes). What git does not follow is not ours.
files() {
	if [ -e .git ]; then
		git ls-files --cached
	else
		find . -name build -prune -o -type f -printf '%P\n'
	fi | sort | while read -r f; do
		[ -f "$f" ] || continue
		[ $# -gt 0 ] || { printf '%s\n' "$f"; continue; }
		for p in "$@"; do
			# shellcheck disable=SC2254 # a pattern, not a string
			case $f in $p) printf '%s\n' "$f"; break ;; esac
		done
	done
}

# Written by the netlink generator: held to "regenerating changes nothing".
is_generated() {
	case $1 in
	include/uapi/linux/sluice.h | kmod/nl/policy_gen.[ch]) return 0 ;;
	esac
	return 1
}

not_generated() {
	while read -r f; do
		is_generated "$f" || printf '%s\n' "$f"
	done
}

# report NAME [FINDINGS] - ok if there are no findings, else list them
report() {
	if [ -z "${2-}" ]; then
		printf 'ok - %s\n' "$1"
		return
	fi
	printf 'not ok - %s\n' "$1"
	printf '%s\n' "$2" | head -n "${LINT_MAX:-60}" | sed 's/^/# /'
	failed=1
}

# need NAME TOOL [PACKAGE] - fail the check called NAME unless TOOL is there
need() {
	command -v "$2" >/dev/null 2>&1 && return
	report "$1" "$2 is missing: install package ${3:-$2}"
	exit 1
}

# kernel_scripts NAME - set $scripts to the folder of the kernel's own, or fail the
# check called NAME
kernel_scripts() {
	# shellcheck disable=SC2034 # for the check
	scripts=$("$here/kernel-scripts" 2>"$out/${0##*/}-scripts.log") && return
	report "$1" "no scripts of the kernel's: $(cat "$out/${0##*/}-scripts.log")"
	finish
}

finish() {
	exit "$failed"
}
