#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 150
# limit: 400
#
# Two balancers with Debian's keepalived, by docs/examples/keepalived.conf and failover.yaml as
# they stand there: keepalived moves the VIP from one to the other, and checks backends and
# tells Sluice what it finds.
#
#     client -- router -- sw (a bridge) -- lb1, lb2, b1, b2
#
# On the bridge are 10.0.1.1 (b1), .2 (b2), .251 (lb1), .252 (lb2) and .254 (the router); the
# VIP is 10.0.1.80, of which backends speak to nobody.

# shellcheck disable=SC2317,SC2016,SC2034,SC2154	# called by name, evaluated later
. "$(dirname "$0")/ballib.sh"

examples=$TESTS/../docs/examples
VIP=10.0.1.80:8080

# --- the network ----------------------------------------------------------------------------

bal_module
modprobe -qa ip_vs ip_vs_rr
bal_hosts client router sw lb1 lb2 b1 b2
forwards router
bal_wire router lb1 lb2 b1 b2
ip link add eth0 netns client type veth peer name cl netns router
# host NS DEVICE ADDRESS ROUTER
host() {
	{
		echo "link set $2 up"
		addr_lines "$2" "$3"
		[ -z "${4:-}" ] || echo "route add default via $4"
	} | ip -n "$1" -batch - || bail "no network in $1"
}
host router cl 203.0.113.1/24
host router eth0 10.0.1.254/24
host client eth0 203.0.113.7/24 203.0.113.1
for i in 1 2; do
	host lb$i eth0 10.0.1.25$i/24 10.0.1.254
	set_sysctl b$i net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2
	host b$i lo 10.0.1.80/32
	host b$i eth0 10.0.1.$i/24 10.0.1.254
	server b$i 8080
done
[ -z "${SLUICE_CAPTURE:-}" ] ||
	for h in router lb1 lb2 b1 b2; do capture sw $h; done

# --- the balancers ----------------------------------------------------------------------------

installed=/usr/sbin/sluice
trap 'rm -f "$installed"; cleanup' EXIT
install "$SLUICE" "$installed"
on() { SLUICE_NS=$1 "${@:2}"; }
# keep NS: as its unit does, but for what two on one host would share
declare -A keeper
keep() {
	spawn "keepalived-$1.log" ip netns exec "$1" keepalived -n -l -D -i "$1" \
		-f "$examples/keepalived.conf" -p "$TMP/$1.pid" -r "$TMP/$1.vrrp" -c "$TMP/$1.check"
	keeper[$1]=$!
}
# leave NS: until it is over, as one that comes would find one there
leave() {
	kill "${keeper[$1]}"
	wait "${keeper[$1]}"
} 2>/dev/null
# has: who has the VIP
has() {
	local h
	for h in lb1 lb2; do
		! ip -n $h -o addr | grep -qF " 10.0.1.80/" || echo $h
	done | xargs
}
has_it() { [ "$(has)" = "$1" ]; }
# comes_to TEXT NS
comes_to() {
	wait_for -t 30 has_it "$2"
	is "$1" "$(has)" "$2" || tail -n 30 "$TMP"/keepalived-*.log | sed 's/^/# /'
}
# health_of NS: of b1 and b2
health_of() { on "$1" sluice -j backend show web | jq -r '[sort_by(.address)[] | .health // "unknown"] | join(" ")'; }
is_health() { [ "$(health_of lb1), $(health_of lb2)" = "$1, $1" ]; }
# finds TEXT HEALTH: both do
finds() {
	wait_for -t 20 is_health "$2"
	is "$1" "$(health_of lb1), $(health_of lb2)" "$2, $2" ||
		tail -n 30 "$TMP"/keepalived-*.log | sed 's/^/# /'
}
# taken NS: how many connections its backends have had
taken() { on "$1" sluice -j backend show web | jq -r '[sort_by(.address)[]."flows-opened"] | join(" ")'; }
# takers NS COUNT: how many of so many new connections each backend has by this balancer, and
# how many were served
takers() {
	local i before after served=0
	before=$(taken "$1")
	for ((i = 0; i < $2; i++)); do
		talk_from client -t 5 "$VIP" who | grep -q peer= && served=$((served + 1))
	done
	after=$(taken "$1")
	echo "$((${after% *} - ${before% *})) $((${after#* } - ${before#* })) $served"
}
# both_take NS: new connections, all by this balancer
both_take() {
	local n
	read -ra n <<<"$(takers "$1" 12)"
	[ $((n[0] + n[1])) = 12 ] && [ "${n[0]}" -gt 0 ] && [ "${n[1]}" -gt 0 ] && [ "${n[2]}" = 12 ]
}

for h in lb1 lb2; do
	claim "$h: Sluice's file is applied" on $h sluice apply "$examples/failover.yaml"
done
is "nobody checks yet" "$(health_of lb1), $(health_of lb2)" "unknown unknown, unknown unknown"
# The second one is there first, and gives way.
keep lb2
comes_to "alone, the second one has the address" lb2
keep lb1
comes_to "the one of higher priority has it" lb1
finds "what checks find first is told" "up up"
claim "both backends take connections" both_take lb1
is "through the first one alone" "$(taken lb2)" "0 0"

# --- a backend that dies ---------------------------------------------------------------------

ip netns pids b1 | xargs -r kill -9
finds "a backend that dies is down" "down up"
is "it gets no new connections, and none fails" "$(takers lb1 12)" "0 12 12"
server b1 8080
finds "it is up again" "up up"
claim "and takes connections" both_take lb1
sed '/backends:/s|\]$|, 10.0.1.3:8080]|' "$examples/failover.yaml" >"$TMP/more.yaml"
on lb1 sluice apply "$TMP/more.yaml"
is "what is edited leaves what is known of others" "$(health_of lb1)" "up up unknown"
on lb1 sluice apply "$examples/failover.yaml"

# --- a balancer that goes -----------------------------------------------------------------------

count=$(small 12 4)
# begin: so many connections that talk until they are told
begin() {
	local i
	rm -f "$TMP/enough" "$TMP"/held-*.log
	for ((i = 0; i < count; i++)); do
		launch "held-$i.log" client client -t 60 --bind "$CLIENT4:$(($1 + i * 7))" \
			"$VIP" who "until=$TMP/enough" half
	done
	for ((i = 0; i < count; i++)); do wait_for grep -q peer= "$TMP/held-$i.log"; done
}
went_on() { [ "$(cat "$TMP"/held-*.log | grep -c '^bye')" = "$count" ]; }
go_on() {
	: >"$TMP/enough"
	claim "$1" wait_for -t 40 went_on
}

before=$(taken lb1)
begin 11000
after=$(taken lb1)
claim "connections have both backends" test "${before% *}" -lt "${after% *}" -a "${before#* }" -lt "${after#* }"
leave lb1
comes_to "where keepalived is stopped the other has the address" lb2
go_on "those that were connected go on"
is "each was adopted" "$(on lb2 stat flows-adopted web)" "$count"
claim "new ones come to it" both_take lb2
is "what was found of backends stays" "$(health_of lb1)" "up up"
keep lb1
comes_to "it is started, and has it again" lb1
claim "clients come to it" both_take lb1

begin 12000
ip -n sw link set lb1 down
comes_to "where a cable is cut the other has it" lb2
go_on "those that were connected go on"
claim "new ones come there" both_take lb2
ip -n sw link set lb1 up
comes_to "it is mended: it is back" lb1

on lb1 sluice service del web force
comes_to "where the service is gone the other has it" lb2
claim "which serves" both_take lb2
on lb1 sluice apply "$examples/failover.yaml"
comes_to "the service is there again: it is back" lb1
claim "and clients are served" both_take lb1
is "its pool is a new one, of which nothing is known" "$(health_of lb1)" "unknown unknown"
leave lb1
keep lb1
comes_to "keepalived is started anew" lb1
finds "it tells all again" "up up"
unused() { [ "$(ns "$1" ipvsadm -Ln --stats | awk '$1 == "FWM" { print $3 }')" = 0 ]; }
claim "IPVS, whose servers these are, has balanced nothing" eval 'unused lb1 && unused lb2'

finish
