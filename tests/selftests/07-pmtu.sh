#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 8
#
# The path to the sender becomes narrower in mid-flow. The router says so about
# packets it saw (service to sender); the application must hear of it.
#
#     lb (client.py) --1300-- router --1500-- app (server.py)
#
# The network is drawn in lib.sh.

# shellcheck disable=SC2317,SC2016,SC2059	# called by name, evaluated later
. "$(dirname "$0")/lib.sh"

net_up
server app 8080
service web tcp "$SERVICE4:8080" accept-proxy trust 10.0.0.0/24 forward local
service web6 tcp "[$SERVICE6]:8080" accept-proxy trust fd00::/64 forward local
capture app eth0 'tcp or icmp or icmp6'

size=$(small 3000000 500000)
launch four.log lb client --v2 --client "$CLIENT4:5001" \
	"$SERVICE4:8080" "both=$size" "file=$TMP/go" "both=$size"
launch six.log lb client --v2 --client "[$CLIENT6]:5001" \
	"[$SERVICE6]:8080" "both=$size" "file=$TMP/go" "both=$size"
claim "a wide path carries (IPv4)" wait_for -t 30 grep -q "both $size ok" "$TMP/four.log"
claim "a wide path carries (IPv6)" wait_for -t 30 grep -q "both $size ok" "$TMP/six.log"

# A link has one MTU: lb knows its own, app has to be told.
ip -n router link set lb mtu 1300
ip -n lb link set eth0 mtu 1300
: >"$TMP/go"
twice() { [ "$(grep -c "both $size ok" "$TMP/$1")" = 2 ]; }
claim "the path became narrower in mid-flow (IPv4)" wait_for -t 30 twice four.log
claim "the path became narrower in mid-flow (IPv6)" wait_for -t 30 twice six.log
claim "the router had to say so" test \
	"$(router nstat -asz Icmp6OutPktTooBigs | awk '/TooBig/ {print $2}')" -ge 1
claim "and Sluice translated it" test "$(stat icmp-translated)" -ge 1
is "nothing was left to fragments" "$(router nstat -asz IpFragOKs | awk '/FragOK/ {print $2}')" 0

# A path that is narrow from the start
says "a new connection knows at once (IPv4)" "both $size ok" \
	talk --v2 --client "$CLIENT4:5002" "$SERVICE4:8080" "both=$size"
says "a new connection knows at once (IPv6)" "both $size ok" \
	talk --v2 --client "[$CLIENT6]:5002" "[$SERVICE6]:8080" "both=$size"

finish
