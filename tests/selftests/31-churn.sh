#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 44
#
# Services made, changed, listed, emptied and taken away by several at once, the
# first and the last of them too, so that hooks come and go, while connections
# are made and run.
#
#     lb (load.py) -> app (server.py), configured from all sides
#
# limit: 300

# shellcheck disable=SC2317,SC2016	# called by name, evaluated later
. "$(dirname "$0")/lib.sh"

net_up
server app 8080
server app 8081

make_and_take() {
	sluice service add "$1" tcp "$2" accept-proxy trust any forward local || return
	sluice service set "$1" trust 10.0.0.0/8,fd00::/16 mark $((RANDOM % 100)) &&
	sluice service set "$1" trust any &&
	sluice service del "$1" force
}
retrust() {
	sluice service set web trust 10.0.0.0/24,10.9.0.0/16 &&
	sluice service set web trust 10.0.0.0/24
}
list() {
	sluice service show &&
	sluice -j flow show &&
	sluice stats &&
	ip netns exec app nft list hooks
}

seconds=$(small 30 5)
# Time enough for each to go round
[ "${SLUICE_SLOW:-1}" = 1 ] || seconds=$((5 * seconds))
writers() {
	local stop=$1
	spawn churn-a again "$stop" make_and_take a "$SERVICE4:8081"
	spawn churn-b again "$stop" make_and_take b "$SERVICE4:8081"
	spawn churn-c again "$stop" make_and_take c "[$SERVICE6]:8081"
	spawn churn-l again "$stop" list
	spawn churn-f again "$stop" sluice flow flush
}
# Each of them has gone round, with success, and ends.
ended() { [ "$(cat "$TMP"/churn-? | grep -c '^done [1-9]')" = "$1" ]; }

# No service is there but those that come and go.
writers "$TMP/stop1"
deadline=$((SECONDS + seconds))
while [ "$SECONDS" -lt "$deadline" ]; do
	lb timeout 5 python3 "$TOOLS/load.py" --count 20 "$SERVICE4:8081" >>"$TMP/load" 2>&1
done
: >"$TMP/stop1"
claim "hooks come and go under load, everybody comes back" wait_for -t 90 ended 5
note "$(grep -h 'done' "$TMP"/churn-? | paste -sd' ')"
claim "some connections met a service" grep -q 'ok=[1-9]' "$TMP/load"
says "no service is left" "" sluice service show

# One stays, is edited, and serves all the while.
rm -f "$TMP"/churn-?
service web tcp "$SERVICE4:8080" accept-proxy trust 10.0.0.0/24 forward local
spawn churn-a again "$TMP/stop2" make_and_take a "$SERVICE4:8081"
spawn churn-b again "$TMP/stop2" make_and_take b "[$SERVICE6]:8081"
spawn churn-c again "$TMP/stop2" retrust
spawn churn-l again "$TMP/stop2" list
total=$((seconds * $(small 30 10)))
says "$total connections to a service that is edited, beside others that come and go" \
	"ok=$total bad=0" lb python3 "$TOOLS/load.py" --count "$total" "$SERVICE4:8080"
: >"$TMP/stop2"
claim "everybody comes back" wait_for -t 90 ended 4
is "each was opened" "$(stat flows-opened web)" "$total"

finish
