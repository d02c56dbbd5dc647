#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# limit: 300
# cost: 40
#
# The module goes while SYNs flood in, headers are half there, connections carry
# data and requests are being answered: nothing hangs, nothing is left, and each
# sender of a connection is reset.
#
#     lb (flood.py, gone.py, load.py) -> app (server.py)
#
# The network is drawn in tools/wire/wire.sh.

# shellcheck disable=SC2317,SC2016,SC2015	# called by name, evaluated later; each step or out
. "$(dirname "$0")/lib.sh"
. "$TOOLS/wire/wire.sh"

wire_net
server app 8080
add_services() {
	sluice service add web tcp 10.0.0.2:8080 accept-proxy trust 10.0.9.0/24,10.0.0.0/24 \
		header-timeout 30 forward local &&
	sluice service add web6 tcp '[fd00::2]:8080' accept-proxy trust fd00::/64 \
		header-timeout 30 forward local
}
add_services || bail "services are refused"

# --- a request that is being answered ------------------------------------------------

spawn many ip netns exec lb python3 "$TOOLS/load.py" --hold 8 10.0.0.2:8080
wait_for grep -q holding "$TMP/many"
spawn dump ip netns exec app python3 "$TOOLS/wire/slowdump.py" "$TMP/go"
wait_for grep -q holding "$TMP/dump"
match "the module stays while a list of its flows is being read" "in use" \
	sh -c '! rmmod sluice 2>&1'
claim "its services are there" sluice service show web
: >"$TMP/go"
claim "the list is read to its end" wait_for -t 10 grep -q '^parts=[2-9]' "$TMP/dump"
gone() { rmmod sluice; }
claim "then the module goes" wait_for -t 5 gone
claim "and all connections with it" wait_for -t 20 grep -q 'reset=8 ' "$TMP/many"

# --- all at once ----------------------------------------------------------------------

# again FILE COMMAND...: until FILE is there
again() {
	local stop=$1
	shift
	until [ -e "$stop" ]; do
		"$@" >/dev/null 2>&1
		sleep 0.02
	done
}
half_open() { app python3 "$TOOLS/wire/left.py" | sed 's/.*half-open=\([0-9]*\).*/\1/'; }
flooded() { [ "$(half_open)" -ge 500 ]; }
# Who listens does not hold the module, and hears of its end, if not of all before, and of
# the next one.
heard() { [ "$(grep -c " $1 module\$" "$TMP/events")" = "$2" ]; }
conns=4
resets() { grep -q "^reset=$((4 * conns)) closed=0 stuck=0" "$log"; }
app_free() { [ -z "$(app ss -Htn state established "sport = :8080")" ]; }

times=$(small 10 3)
good=0
for ((i = 1; i <= times; i++)); do
	sluice-insmod && add_services || break
	log=$TMP/gone$i
	spawn "gone$i" ip netns exec lb python3 "$TOOLS/gone.py" "$conns" 10.0.0.2:8080 '[fd00::2]:8080'
	spawn "flood$i" ip netns exec lb python3 "$TOOLS/wire/flood.py"
	flood=${PIDS[-1]}
	spawn "list$i" again "$TMP/stop$i" sluice flow show
	[ "$i" != 1 ] || spawn events ip netns exec app "$SLUICE" monitor
	wait_for -t 5 heard added $((i - 1)) || break
	spawn "policy$i" again "$TMP/stop$i" genl ctrl policy name sluice
	wait_for grep -q holding "$log" && wait_for grep -q flooding "$TMP/flood$i" &&
		wait_for flooded || break
	# A list that is being read holds it, for a moment.
	wait_for -t 10 gone || break
	! grep -q '^slc_' /proc/slabinfo || break
	wait_for -t 20 resets && wait_for -t 20 app_free || break
	wait_for -t 5 heard removed "$i" || break
	kill -0 "$flood" || break
	kill -9 "$flood"
	: >"$TMP/stop$i"
	good=$((good + 1))
done
[ "$good" = "$times" ] || note "$(cat "$log" "$TMP/flood$i"; grep '^s[lc]' /proc/modules; app ss -tn)"
is "the module goes under a flood, half headers, data and lists, $times times" "$good" "$times"

finish
