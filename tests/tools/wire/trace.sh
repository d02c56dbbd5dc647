# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the tracepoints say; sourced after selftests/lib.sh.

TRACING=/sys/kernel/tracing
[ -e $TRACING/trace ] || mount -t tracefs tracefs $TRACING

# Has this kernel event tracing?
traced() { [ -d $TRACING/events/sluice ]; }

# trace_on, trace_off: what comes between them is in $TMP/trace
trace_on() {
	traced || return 0
	echo 16384 >$TRACING/buffer_size_kb
	echo >$TRACING/trace
	echo 1 >$TRACING/events/sluice/enable
}
trace_off() {
	traced || return 0
	echo 0 >$TRACING/events/sluice/enable
	grep sluice_ $TRACING/trace >"$TMP/trace"
	echo >$TRACING/trace
	echo 1408 >$TRACING/buffer_size_kb
}
