#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# limit: 1000000
# cost: 24
#
# How long Sluice remembers: what is over, what is half closed, what is idle. For
# guests whose clock runs ahead while nothing happens: all of this is waiting.
#
#     lb (client.py) -> app (server.py)
#
# The network is drawn in lib.sh.

# shellcheck disable=SC2317,SC2016,SC2059	# called by name, evaluated later
. "$(dirname "$0")/lib.sh"
. "$TOOLS/wire/trace.sh"

if [ -z "${SLUICE_VIRTUAL:-}" ]; then
	skip "what is half closed ends after an hour" "this guest's clock is the real one"
	finish
fi
net_up
server app 8080
service web tcp "$SERVICE4:8080" accept-proxy trust 10.0.0.0/24 forward local
service web6 tcp "[$SERVICE6]:8080" accept-proxy trust fd00::/64 forward local

# state PORT: of the flow that this port of the sender's has, in both families
state() { sluice -j flow show | jq -r --arg p ":$1" '.[] | select(.sender | endswith($p)).state' | sort | paste -sd' '; }
is_state() { [ "$(state "$1")" = "$2" ]; }
# both PORT COMMAND...: a connection in each family, in the background
both() {
	local port=$1
	shift
	launch "c$port-4" lb client -t 900000 --bind "10.0.0.1:$port" \
		--v2 --client "$CLIENT4:$port" "$SERVICE4:8080" "$@"
	launch "c$port-6" lb client -t 900000 --bind "[fd00::1]:$port" \
		--v1 --client "[$CLIENT6]:$port" "[$SERVICE6]:8080" "$@"
}
# sockets PORT: at both hosts
sockets() { { lb ss -Htan "sport = :$1"; app ss -Htan "dport = :$1"; } | grep -vc TIME-WAIT; }

# --- what is over ------------------------------------------------------------------

both 7001 who half
both 7002 who peer-rst
claim "two connections are closed" wait_for -t 10 is_state 7001 "closing closing"
claim "two are reset" wait_for -t 10 is_state 7002 "reset reset"
sleep 5
is "what was reset is remembered for 10 seconds" "$(state 7002)" "reset reset"
sleep 15
is "and no longer" "$(state 7002)" ""
sleep 40
is "what was closed is remembered for 70 seconds" "$(state 7001)" "closing closing"
sleep 25
is "and no longer" "$(state 7001)" ""
is "nothing of this has expired" "$(stat flows-expired)" 0

# --- what is half closed, what is idle ------------------------------------------------

both 7003 who stall=800000 half
both 7004 who peer-fin hold=800000
both 7005 who hold=4000 who hold=500000
claim "two connections are half closed by the sender" wait_for -t 10 is_state 7003 "fin-in fin-in"
claim "two by the application" wait_for -t 10 is_state 7004 "fin-out fin-out"
claim "two are idle" wait_for -t 10 is_state 7005 "established established"
sleep 3540
is "half closed connections stand for an hour" "$(state 7003) $(state 7004)" \
	"fin-in fin-in fin-out fin-out"
trace_on
sleep 90
trace_off
is "and no longer" "$(state 7003)$(state 7004)" ""
is "they have expired" "$(stat flows-expired web) $(stat flows-expired web6)" "2 2"
if traced; then
	is "and are traced so" "$(grep -c ' state=reset why=flows-expired$' "$TMP/trace")" 4
fi
is "neither host has a socket of them" "$(sockets 7003) $(sockets 7004)" "0 0"
is "the senders were reset" "$(cat "$TMP/c7003-"[46] | grep -c '^refused: Connection reset')" 2
sleep 400
is "what is idle stands" "$(state 7005)" "established established"
is "and carries" "$(cat "$TMP/c7005-"[46] | grep -c '^peer=')" 4

# --- five days ---------------------------------------------------------------------------

if [ -n "${SLUICE_SMALL:-}" ]; then
	skip "what is idle ends after five days" "it takes minutes"
	finish
fi
# 4000 seconds after its beginning it last spoke.
sleep $((5 * 24 * 3600 - 400))
is "what is idle stands for five days" "$(state 7005)" "established established"
sleep 600
is "and no longer" "$(state 7005)" ""
is "it has expired" "$(stat flows-expired web) $(stat flows-expired web6)" "3 3"
is "neither host has a socket of it" "$(sockets 7005)" 0

finish
