#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tracepoints: every state of a handshake and of a connection, every refusal.
#
# The network is drawn in lib.sh.

# shellcheck disable=SC2317,SC2016,SC2059	# called by name, evaluated later
. "$(dirname "$0")/lib.sh"

tracing=/sys/kernel/tracing
[ -e $tracing/trace ] || mount -t tracefs tracefs $tracing
net_up
if [ ! -d $tracing/events/sluice ]; then
	skip "a handshake is seen" "this kernel has no event tracing"
	finish
fi
server app 8080
service web tcp "$SERVICE4:8080" accept-proxy trust 10.0.0.1 forward local
echo 1 >$tracing/events/sluice/enable
echo >$tracing/trace
talk --v2 --bind 10.0.0.1:6001 --client "$CLIENT4:5001" "$SERVICE4:8080" who >/dev/null
talk --raw 00112233445566778899aabbccddeeff --bind 10.0.0.1:6002 "$SERVICE4:8080" who >/dev/null
talk -t 1 --bind 10.0.0.3:6003 "$SERVICE4:8080" who >/dev/null
echo 0 >$tracing/events/sluice/enable
grep sluice_ $tracing/trace >"$TMP/trace"
for state in half-open gather connect; do
	match "the handshake's state $state" "sluice_handshake: .*:6001 .*state=$state" cat "$TMP/trace"
done
match "the connection as it opens, with its client" "sluice_flow: .*client=\[.*$CLIENT4.*\]:5001" cat "$TMP/trace"
match "a bad header, with the reason" "sluice_handshake: .*:6002 .*why=[1-9]" cat "$TMP/trace"
match "a sender not trusted, with the reason" "sluice_refuse: .*:6003 .*why=[1-9]" cat "$TMP/trace"
echo >$tracing/trace

finish
