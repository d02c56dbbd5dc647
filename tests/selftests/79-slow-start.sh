#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 90
# limit: 30000
#
# slow-start: how a backend that comes up gets to its share. By which of many clients each backend
# has had, and for connections by who took them. An hour is waited for where the clock runs ahead;
# elsewhere a second has to do.
#
#     client (client.py, firsts.py) -- router -- bal -- b1, b2, b3 (server.py, nft)
#
# The network is drawn in ballib.sh: the one with two arms, with sinks h1 to h10.

# shellcheck disable=SC2317,SC2016,SC2034,SC2154	# called by name, evaluated later
. "$(dirname "$0")/ballib.sh"

bal_net
bal_sinks
b1=10.0.1.1:8080 b2=10.0.1.2:8080 b3=10.0.1.3:8080

many=$(small 6000 1500)
# ready NAME tcp|udp ADDRESS:PORT "OPTION..." BACKEND...: a service and its pool, whose backends
# are there before: they have long been up
ready() {
	local b
	# shellcheck disable=SC2086	# a list
	sluice pool add "$1" $4 || bail "pool add $1"
	for b in "${@:5}"; do sluice backend add "$1" "$b" || bail "backend add $1 $b"; done
	service "$1" "$2" "$3" pool "$1"
}
# had I: of the clients of this round, those whose backend was hI
had() {
	local ip
	ip=$(h $f "$1")
	ip=${ip%:5320} ip=${ip#[} ip=${ip%]}
	grep -cE " $ip\$" "$TMP/round"
}
# part TEXT I NUMERATOR DENOMINATOR: so much of a new round goes to hI, but for chance: five
# standard deviations, two where it is in turn
part() {
	local got
	clients $f 80 "$many"
	seen $f >"$TMP/round"
	got=$(had "$2")
	claim "$1: $got of $many (IPv$f)" awk -v n="$many" -v g="$got" -v a="$3" -v b="$4" 'BEGIN {
		d = g - n * a / b
		exit !(d * d <= 25 * n * a / b * (1 - a / b)) }'
}
# A sixteenth beside two that have all: 1 / 16 / (2 + 1 / 16)
starts() { part "$1, and starts with a sixteenth of its share" 2 1 33; }

for f in 4 6; do
	vip=$VIP4:80
	[ $f = 4 ] || vip=[$VIP6]:80
	p=slow$f
	ready $p udp "$vip" "scheduler random slow-start 3600" "$(h $f 1)" "$(h $f 2)" "$(h $f 3)"
	for i in 1 2 3; do
		part "of three that are there from the beginning each has its share" $i 1 3
	done
	sluice backend set $p "$(h $f 2)" state down
	part "one is down" 2 0 1
	sluice backend set $p "$(h $f 2)" state up
	starts "it comes up"
	part "another has half of the rest" 3 16 33
	sluice backend set $p "$(h $f 2)" state drain && sluice backend set $p "$(h $f 2)" state up
	starts "one was drained"
	sluice backend set $p "$(h $f 2)" weight 0 && sluice backend set $p "$(h $f 2)" weight 1
	starts "one had no weight"
	ip=$(h $f 2)
	ip=${ip%:5320} ip=${ip#[} ip=${ip%]}
	health $p "$ip" 5320 up
	sluice pool set $p slow-start 0
	part "without slow-start it has its share" 2 1 3
	sluice pool set $p slow-start 3600
	health $p "$ip" 5320 down
	health $p "$ip" 5320 up
	starts "its health was bad"
	sluice backend del $p "$(h $f 2)" && sluice backend add $p "$(h $f 2)"
	starts "one is added"
	if [ -n "${SLUICE_VIRTUAL:-}" ]; then
		sleep 1800
		# 17 / 32 / (2 + 17 / 32)
		part "after half of the time it has half of the rest, too" 2 17 81
		sluice backend set $p "$(h $f 1)" max-flows 60000
		part "what becomes of others is nothing to it" 2 17 81
		sleep 1790
		sluice backend set $p "$(h $f 3)" state down
		sluice backend set $p "$(h $f 3)" state up
		sleep 15
		part "after all of it it has its share" 2 16 33
		sluice backend set $p "$(h $f 3)" weight 0
		part "alone with another" 2 1 2
		sluice backend set $p "$(h $f 3)" weight 1
	else
		sluice pool set $p slow-start 1
		sleep 1.2
		part "after all of the time it has its share" 2 1 3
		sluice pool set $p slow-start 3600
	fi
	for i in 1 2 3; do sluice backend set $p "$(h $f $i)" state down; done
	for i in 3 1; do sluice backend set $p "$(h $f $i)" state up; done
	part "where all others have come up with it nobody starts slowly" 3 1 2
	sluice backend set $p "$(h $f 1)" state down
	part "and one alone has all" 3 1 1
	sluice service del $p force
done

# A service first, and then its backends: within moments
pool later udp "$VIP4:80" "scheduler random slow-start 3600" "$(h 4 1)" "$(h 4 2)" "$(h 4 3)"
f=4
for i in 1 2 3; do part "of three that are added one by one each has its share, nearly" $i 1 3; done
sluice service del later force

# --- keys: more and more of its own --------------------------------------------------------------

f=4
round() { clients 4 "$1" "$many"; seen 4 >"$TMP/$2"; }
moved() { comm -23 "$TMP/$1" "$TMP/$2" | wc -l; }
port=90
for s in sh maglev; do
	port=$((port + 1))
	backends=()
	for i in "${HOSTS[@]}"; do backends+=("$(h 4 "$i")"); done
	ready $s udp "$VIP4:$port" "scheduler $s slow-start 3600" "${backends[@]}"
	round $port first
	grep -v ' 10\.0\.1\.13$' "$TMP/first" >"$TMP/others"
	own=$(grep -c ' 10\.0\.1\.13$' "$TMP/first")
	sluice backend set $s "$(h 4 3)" state down && sluice backend set $s "$(h 4 3)" state up
	round $port up
	is "$s: while one starts all others' clients stay" "$(moved others up)" 0
	got=$(grep -c ' 10\.0\.1\.13$' "$TMP/up")
	claim "$s: and it has few of its own, $got of $own" within 1 $((own / 5)) "$got"
	[ -n "${SLUICE_VIRTUAL:-}" ] || continue
	sleep 1800
	round $port half
	is "$s: all others' clients stay still" "$(moved others half)" 0
	is "$s: those that it had it keeps" \
		"$(grep ' 10\.0\.1\.13$' "$TMP/up" | comm -23 - "$TMP/half" | wc -l)" 0
	got=$(grep -c ' 10\.0\.1\.13$' "$TMP/half")
	claim "$s: and it has about half, $got of $own" within $((own / 3)) $((own * 3 / 4)) "$got"
	sleep 1805
	round $port full
	is "$s: in the end all are where they were" "$(moved first full)" 0
done
sluice flow flush >"$TMP/claim.out" 2>&1

# --- connections -----------------------------------------------------------------------------------

# to_b1 PORT COUNT: how many of so many connections b1 took
to_b1() { shares 4 "$1" "$2" | awk '$2 == "local='$b1'" { n = $1 } END { print n + 0 }'; }
port=100
for s in rr lc p2c ewma; do
	port=$((port + 1))
	ready $s-tcp tcp "$VIP4:$port" "scheduler $s slow-start 3600" $b1 $b2 $b3
	to_b1 $port 6 >"$TMP/claim.out"
	sluice backend set $s-tcp $b1 state down && sluice backend set $s-tcp $b1 state up
	got=$(to_b1 $port 32)
	# On average 2; for p2c and ewma 2 of 3 times as many
	claim "$s: of 32 connections it has few: $got" within 0 11 "$got"
done

match "shown as it was said" "slow-start 3600" sluice pool show rr-tcp
is "and in JSON" "$(sluice -j pool show rr-tcp | jq '.[0]["slow-start"]')" 3600

finish
