#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# limit: 300
# cost: 26
#
# The ground shakes under connections: their device goes down, gets another name,
# is deleted and made anew; conntrack forgets everything a hundred times a second.
# Connections live on as plain ones do, every byte compared, and no reference
# keeps a device.
#
#     lb (client.py, load.py) -> app (server.py)
#
# The network is drawn in lib.sh.

# shellcheck disable=SC2317,SC2016,SC2015	# called by name, evaluated later; each step or out
. "$(dirname "$0")/lib.sh"

net_up
server app 8080
service web tcp "$SERVICE4:8080" accept-proxy trust 10.0.0.0/24 forward local
service web6 tcp "[$SERVICE6]:8080" accept-proxy trust fd00::/64 forward local
for i in app router; do
	set_sysctl $i net.ipv6.conf.all.keep_addr_on_down=1
done
# Lines slow enough for it all to happen in the middle
for i in lb ap; do
	router tc qdisc replace dev $i root netem delay 2ms rate 16mbit limit 1000 ||
		bail "no netem"
done

# --- the device ---------------------------------------------------------------------

n=5000
# begin: a connection in each family that carries data until $TMP/end is there
begin() {
	n=$((n + 1))
	rm -f "$TMP/up4" "$TMP/up6" "$TMP/end"
	launch "c$n-4" lb client -t 60 --v2 --client "$CLIENT4:$n" \
		"$SERVICE4:8080" who both=100000 "touch=$TMP/up4" "until=$TMP/end" who
	launch "c$n-6" lb client -t 60 --v1 --client "[$CLIENT6]:$n" \
		"[$SERVICE6]:8080" who both=100000 "touch=$TMP/up6" "until=$TMP/end" who
	wait_for -t 30 test -e "$TMP/up4" && wait_for -t 30 test -e "$TMP/up6"
}
# whole: both went on to their ends
whole() {
	[ "$(cat "$TMP/c$n-4")" = "peer=$CLIENT4:$n local=$SERVICE4:8080
both 100000 ok
all came through
peer=$CLIENT4:$n local=$SERVICE4:8080" ] &&
	[ "$(cat "$TMP/c$n-6")" = "peer=[$CLIENT6]:$n local=[$SERVICE6]:8080
both 100000 ok
all came through
peer=[$CLIENT6]:$n local=[$SERVICE6]:8080" ]
}
routes() {
	ip -n app route replace default via 10.0.1.254
	ip -n app -6 route replace default via fd00:1::fe
}
# shaken TEXT COMMAND: COMMAND again and again while connections run
times=$(small 20 3)
shaken() {
	local i
	claim "$1: connections run" begin
	for ((i = 1; i <= times; i++)); do
		$2 || break
		sleep 0.1
	done
	is "$1, $times times" "$((i - 1))" "$times"
	: >"$TMP/end"
	claim "$1: all came through, both ways" wait_for -t 60 whole ||
		note "$(cat "$TMP/c$n-4" "$TMP/c$n-6")"
}

down_up() {
	ip -n app link set eth0 down && sleep 0.02 && ip -n app link set eth0 up && routes
}
carrier() { ip -n router link set ap down && sleep 0.02 && ip -n router link set ap up; }
name=eth0
rename() {
	local to=up$((RANDOM))
	ip -n app link set "$name" down && ip -n app link set "$name" name "$to" up && routes &&
		name=$to
}
# A device that still had users would be waited for.
delete() {
	local start=$SECONDS
	ip -n app link del eth0 && [ $((SECONDS - start)) -lt 5 ] &&
	link app eth0 router ap && addr router ap 10.0.1.254/24 fd00:1::fe/64 &&
	addr app eth0 10.0.1.2/24 fd00:1::2/64 && routes &&
	router tc qdisc replace dev ap root netem delay 2ms rate 16mbit limit 1000
}
shaken "the device goes down and up" down_up
shaken "its cable is pulled" carrier
shaken "it gets another name" rename
ip -n app link set "$name" down
ip -n app link set "$name" name eth0 up
routes
shaken "it is deleted and made anew" delete

# --- conntrack ------------------------------------------------------------------------

app nft -f - <<END || bail "nft refuses the rules"
table inet t {
	counter new { }
	chain input { type filter hook input priority 0; ct state new counter name new; }
}
END
flush() {
	until [ -e "$TMP/still" ]; do
		conntrack -F
		sleep 0.01
	done
}
export -f flush
export TMP
counter() { app nft -j list counter inet t new | jq '.nftables[].counter.packets // empty'; }
spawn flush ip netns exec app bash -c flush
claim "conntrack forgets: connections run" begin
total=$(small 2000 200)
says "$total short connections while conntrack forgets" "ok=$total bad=0" \
	lb python3 "$TOOLS/load.py" --count "$total" "$SERVICE4:8080"
: >"$TMP/end"
claim "those that ran came through" wait_for -t 60 whole
: >"$TMP/still"
claim "it did forget: more new connections than there were ($(counter))" \
	test "$(counter)" -gt $((total + 20))

finish
