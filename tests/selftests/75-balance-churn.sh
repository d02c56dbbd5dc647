#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 60
# limit: 400
#
# Balanced services that are edited from all sides, a backend's cable that comes and goes, a
# namespace that dies with its connections: all the while others use services that nobody
# touches, by either way, and none of their connections is lost or goes astray.
#
#     client (load.py, client.py, udp.py) -- router -- bal, configured from all sides -- b1, b2, b3
#
# The network is drawn in ballib.sh: the one with two arms.

# shellcheck disable=SC2317,SC2016,SC2034,SC2154	# called by name, evaluated later
. "$(dirname "$0")/ballib.sh"

bal_net
# Those that nobody touches, and one that all of them edit; of the backends all know b1 and b2,
# b3 is of the latter alone.
balance web tcp 80 b1:8080 b2:8080
balance dns udp 53 b1:5300 b2:5300
BAL_FORWARD=fullnat balance full tcp 81 b1:8080 b2:8080
balance edit tcp 90 b1:8080 b2:8080 b3:8080
balance editu udp 90 b1:5300 b2:5300 b3:5300

# --- who edits --------------------------------------------------------------------------------

any() { local all=("$@"); echo "${all[RANDOM % $#]}"; }
# some POOL: a backend of it
some() {
	case $1 in
	edit)	any 10.0.1.{1,2,3}:8080 ;;
	edit6)	any "[fd00:1::"{1,2,3}]:8080 ;;
	editu)	any 10.0.1.{1,2,3}:5300 ;;
	esac
}
weights() {
	local p
	p=$(any edit edit6 editu)
	sluice backend set "$p" "$(some "$p")" weight $((RANDOM % 5)) max-flows $((RANDOM % 50)) \
		state "$(any up up down drain)"
}
schedule() {
	sluice pool set "$(any edit edit6 editu)" on-down "$(any keep reset)" \
		scheduler "$(any rr wrr lc p2c sh maglev random)" retries $((RANDOM % 4)) \
		forward "$(any nat fullnat)"
}
come_and_go() {
	local p b
	p=$(any edit edit6 editu)
	b=$(some "$p")
	sluice backend del "$p" "$b" && sluice backend add "$p" "$b"
}
# make_and_take NAME ADDRESS:PORT BACKEND SORRY: a service whose pool another's stands in for
make_and_take() {
	local ok=
	sluice service add "$1" tcp "$2" scheduler rr forward "$(any nat fullnat)" &&
		sluice backend add "$1" "$3" && sluice pool set "$1" sorry "$4" &&
		sluice backend set "$1" "$3" weight $((RANDOM % 3)) && ok=1
	sluice service del "$1" force && [ -n "$ok" ]
}
# All at once: what there is, with other weights
batch() {
	sluice save "$TMP/batch.yaml" &&
		sed -i "s/weight: [0-9]*/weight: $((1 + RANDOM % 9))/" "$TMP/batch.yaml" &&
		sluice apply "$TMP/batch.yaml"
}
list() { sluice service show && sluice -j flow show && sluice stats && sluice -j backend stats; }
flush() { sluice flow flush "$(any edit edit6 editu)"; }
cable_b3() { ip -n sw link set b3 down; nap 0.05; ip -n sw link set b3 up; }
# The edited ones have clients, too, of whom nothing is asked but that they come back.
edited() {
	local f
	for f in 4 6; do
		names "$f" 90
		talk_from client -t 2 "$vip" who both=1000
		udp_from client -t 1 "$vip" who
	done
	:
}
# A namespace that has a service, its backend and connections of its own
die() {
	local ok=1
	ns_new doomed && addr doomed lo 192.0.2.1/32 192.0.2.2/32 &&
		ip netns exec doomed "$SLUICE" service add web tcp 192.0.2.1:80 scheduler rr forward nat &&
		ip netns exec doomed "$SLUICE" backend add web 192.0.2.2:8080 || ok=
	ip netns exec doomed python3 "$TOOLS/server.py" 8080 &
	wait_for -t 10 listening doomed 8080
	ip netns exec doomed bash -c 'exec 3<>/dev/tcp/192.0.2.1/80 && echo who >&3 && read -r line <&3 &&
		ip netns del doomed' || ok=
	kill -9 "$!"
	wait "$!"
	ip netns del doomed
	[ -n "$ok" ]
} 2>/dev/null

# --- who does not care ---------------------------------------------------------------------------

for f in 4 6; do
	n=$((n + 1))
	names $f 80
	launch "long-$f.log" client client -t 60 --bind "$me" "$vip" who "until=$TMP/stop" who
	names $f 81
	launch "full-$f.log" client client -t 60 "$vip" "until=$TMP/stop"
done
for s in web web6 full full6; do
	wait_for eval "sluice flow show service $s | grep -q established" || bail "$s is not used"
done
writers=(weights schedule come_and_go batch list flush cable_b3 die edited
	"make_and_take a $VIP4:95 10.0.1.1:8080 edit" "make_and_take b [$VIP6]:95 [fd00:1::2]:8080 edit6"
	"make_and_take c $VIP4:95 10.0.1.3:8080 edit")
for i in "${!writers[@]}"; do
	# shellcheck disable=SC2086	# a list
	spawn "writer-$i" again "$TMP/stop" ${writers[i]}
done

# A soak goes on for so many seconds, and for as many rounds as that takes.
count=$(small 2000 100)
rounds=$(small 4 2)
soaked=$((SECONDS + ${SLUICE_SOAK:-0}))
for ((i = 0; i < rounds; i++)); do
	[ "$i" -lt $((rounds - 1)) ] || [ "$SECONDS" -ge "$soaked" ] || rounds=$((rounds + 1))
	# Ports come back when what they were is long forgotten.
	[ "$n" -lt 50000 ] || n=6000
	for f in 4 6; do
		names $f 80
		says "round $i: connections by nat (IPv$f)" "ok=$count bad=0
0" agent client - load --plain --count "$count" "$vip"
		names $f 81
		says "round $i: connections by full NAT (IPv$f)" "$(for ((j = 0; j < 10; j++)); do
			printf 'both 10000 ok\n'
		done)" talk_from client -t 20 --count 10 "$vip" both=10000
		n=$((n + 100))
		names $f 53
		says "round $i: conversations, half to either backend (IPv$f)" "local=$b1:5300 20
local=$b2:5300 20" udp_from client --bind "${me%:*}:$n" "$vip" many=40
	done
done
: >"$TMP/stop"
ended() { [ "$(cat "$TMP"/writer-* | grep -c '^done ')" = "${#writers[@]}" ]; }
claim "everybody comes back" wait_for -t 90 ended
for i in "${!writers[@]}"; do
	match "and has done something: ${writers[i]}" '^done [1-9]' cat "$TMP/writer-$i"
done
for f in 4 6; do
	for l in long full; do
		claim "a long connection came through ($l, IPv$f)" \
			wait_for grep -q "all came through" "$TMP/$l-$f.log"
	done
	names $f
	is "and had one backend (IPv$f)" "$(grep -c peer= "$TMP/long-$f.log") $(grep peer= "$TMP/long-$f.log" |
		sort -u | wc -l)" "2 1"
done
# made SERVICE CONNECTIONS
made() {
	is "$1: each of its $2 connections went to one of its two backends, and none was taken away" \
		"$(sluice -j backend stats | jq -c --arg p "$1" '[.[] | select(.pool == $p)] |
			[length, (map(."flows-opened") | add), (map(."flows-flushed" + ."flows-moved" +
				."connect-refused" + ."connect-timeout") | add)]') $(stat flows-opened "$1") $(
			stat no-backend "$1") $(stat no-port "$1")" "[2,$2,0] $2 0 0"
}
for f in "" 6; do
	made "web$f" $((1 + rounds * count))
	made "full$f" $((1 + rounds * 10))
	made "dns$f" $((rounds * 40))
done

# Who takes a backend out counts what it has left, which is to be all of it: it is waited for
# processors that have chosen it. That takes them until their next tick, or two.
waits() {
	bal python3 - "$TOOLS" <<-'END'
		import sys, time
		sys.path.insert(0, sys.argv[1])
		from slnl import Sluice
		s = Sluice()
		def fastest(one, other):
		    took = []
		    for _ in range(20):
		        s.do("set-backend", {"pool": "web", "addr": "10.0.1.1", "port": 8080, **other})
		        begin = time.monotonic()
		        s.do("set-backend", {"pool": "web", "addr": "10.0.1.1", "port": 8080, **one})
		        took.append(time.monotonic() - begin)
		    return min(took)
		usual = fastest({"weight": 2, "state": "up"}, {"weight": 1})
		for out in {"state": "drain"}, {"state": "down"}, {"weight": 0}:
		    took = fastest(out, {"state": "up", "weight": 1})
		    print(f"{out}: {took * 1e6:.0f} us, what takes nothing {usual * 1e6:.0f} us")
		    if took < usual + 0.001:
		        sys.exit(1)
		fastest({"state": "up", "weight": 1}, {})
	END
}
# One processor has chosen when it is told.
if [ "$(bal nproc)" -gt 1 ]; then
	claim "who takes a backend out waits for those that have chosen it" waits
	sed 's/^/# /' "$TMP/claim.out"
fi

finish
