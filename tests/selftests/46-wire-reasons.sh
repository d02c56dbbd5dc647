#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 14
#
# Every refusal and every end has a counter and a tracepoint (docs/datapath.md): each
# reason once, by the packets of tools/wire/reasons.py, and as many traces of it as
# counts.

# shellcheck disable=SC2317	# called by name
. "$(dirname "$0")/lib.sh"
. "$TOOLS/wire/wire.sh"
. "$TOOLS/wire/trace.sh"

wire_net
service web tcp 10.0.0.2:8080 accept-proxy trust 10.0.7.0/24,10.0.8.0/24,10.0.9.0/24 \
	header-timeout 30 forward local
service web6 tcp '[fd00::2]:8080' accept-proxy trust fd07::/64,fd08::/64,fd09::/64 \
	header-timeout 30 forward local
trace_on
WIRE_V6=1 wire reasons
wire reasons	# last, for its last one moves the device
trace_off

# What is counted and neither refuses nor ends
fine='packets-|bytes-|flows-opened|syn-|cookie-sent|cookie-accepted|untrusted-passed|header-v|header-local|header-unknown|time-wait-recycled|icmp-translated|downgraded'
counts() {
	sluice -j stats | jq -r '[.. | objects | to_entries[] | select(.value | type == "number")]
		| group_by(.key)[] | "\(.[0].key) \(map(.value) | add)"' |
		grep -vE "^($fine)| 0\$" | sort
}
traces() { grep -o 'why=[^ ]*' "$TMP/trace" | sort | uniq -c | awk '{ print substr($2, 5), $1 }' | grep -v '^none ' | sort; }
if traced; then
	is "as many traces of each reason as counts" "$(traces)" "$(counts)"
else
	skip "as many traces of each reason as counts" "this kernel has no event tracing"
fi

finish
