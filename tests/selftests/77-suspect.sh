#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 60
#
# Backends that fail connections get no new ones for a while, unless there is no other;
# and nobody but they themselves can make it look so.
#
#     client -- router (a sender) -- bal -- b1, b2, b3
#
# The network is drawn in ballib.sh: the one with two arms. Nobody listens at 8099, and
# what comes to 8098 is dropped.

# shellcheck disable=SC2317,SC2016,SC2034,SC2154	# called by name, evaluated later
. "$(dirname "$0")/ballib.sh"

bal_net
ip netns exec b1 nft -f - <<-END || bail "nft refuses the rules"
	table inet t {
		chain in {
			type filter hook input priority -20;
			tcp dport 8098 tcp flags & (syn | ack) == syn drop
			tcp dport 8080 tcp sport 9000-9099 drop
		}
	}
END

# suspects SERVICE: whether each of its backends is one
suspects() { sluice -j backend show "$1" | jq -r '[.[] | .suspect // false] | join(" ")'; }
is_suspect() { [[ $(suspects "$1") == "true"* ]]; }
of() { sluice -j backend stats "$1" | jq -r "[.[].\"$2\"] | join(\" \")"; }
# tries FAMILY PORT COUNT: how many connections were served by b2, and how many by nobody
tries() {
	local i all=
	names "$1" "$2"
	for ((i = 0; i < $3; i++)); do
		all+=$(talk_from client -t 20 "$vip" who 2>&1)$'\n'
	done
	echo "$(grep -c "local=${b2//[][]/\\&}:8080" <<<"$all") $(grep -c refused <<<"$all")"
}

# --- refusing ---------------------------------------------------------------------------

for method in nat fullnat; do
	BAL_FORWARD=$method
	port=80 x=''
	[ $method = nat ] || { port=81 x=f; }
	balance ${x}no tcp $port b1:8099 b2:8080
	for f in 4 6; do
		s=${x}no
		[ $f = 4 ] || s=${x}no6
		claim "$s: a suspect is one for an hour" sluice pool set $s fail-timeout 3600
		is "$s: it gets three connections, and none after these" "$(tries $f $port 12)" "9 3"
		is "it is a suspect, and seen to be one" "$(suspects $s)" "true false"
		match "for people, too" ":8099 .*suspect" sluice backend show $s
	done
done
BAL_FORWARD=nat
for s in no no6; do
	f=4
	[ $s = no ] || f=6
	claim "$s: where no number makes a suspect" sluice pool set $s max-fails 0
	is "it gets its share" "$(tries $f 80 4)" "2 2"
	is "and is not called one" "$(suspects $s)" "false false"
	claim "where one does" sluice pool set $s max-fails 1
	is "it gets none" "$(tries $f 80 4)" "4 0"
done

# There is no other: suspects come before those who say sorry.
claim "a pool that says sorry" sluice pool add sorry
claim "which has a backend" sluice backend add sorry 10.0.1.3:8080
claim "for when no other is up" sluice pool set no sorry sorry
claim "the other one goes down" sluice backend set no 10.0.1.2:8080 state down
is "the suspect is asked all the same" "$(tries 4 80 2)" "0 2"
claim "it goes down, too" sluice backend set no 10.0.1.1:8099 state down
n=$((n + 1))
names 4 80
match "then somebody says sorry" "local=10.0.1.3:8080" tcp 4 80 who

# --- coming back ------------------------------------------------------------------------

balance back tcp 82 b1:8097 b2:8080
for s in back back6; do
	f=4
	[ $s = back ] || f=6
	claim "$s: a suspect is one for 4 seconds" sluice pool set $s fail-timeout 4
	tries $f 82 6 >/dev/null
	claim "it is one" is_suspect $s
done
server b1 8097
nap 4.2
not_suspect() { ! is_suspect "$1"; }
for s in back back6; do
	f=4 from=$CLIENT4
	[ $s = back ] || f=6 from=$CLIENT6
	names $f 82
	before=$(stat bad-packet)
	client python3 -S "$TOOLS/firsts.py" tcp-wrong "$vip" "$from" 6000-6007 >/dev/null ||
		bail "no SYNs"
	claim "SYNs with a wrong checksum do not try it (IPv$f)" \
		wait_for -t 3 eval '[ "$(stat bad-packet)" -gt "$before" ]'
	is "one connection tries it, and is served (IPv$f)" "$(tries $f 82 2)" "1 0"
	claim "and all is well" not_suspect $s
	is "it has its share again" "$(tries $f 82 4)" "2 0"
done

# --- silent -----------------------------------------------------------------------------

for f in 4 6; do
	vip=$VIP4
	[ $f = 4 ] || vip="[$VIP6]"
	service mute$f tcp "$vip:83" accept-proxy trust 10.0.0.254,fd00::fe scheduler rr \
		fail-timeout 3600
	for b in b1:8098 b2:8080; do
		claim "a backend (IPv$f)" sluice backend add mute$f "$(at $f $b)"
	done
	all=
	for ((i = 0; i < 6; i++)); do
		n=$((n + 1))
		names $f 83
		all+=$(talk_from router -t 20 --v2 --client "$me" "$vip" who)$'\n'
	done
	is "a header's backend is silent for three connections, which another one has (IPv$f)" \
		"$(grep -c peer= <<<"$all") $(of mute$f connect-retried)" "6 3 0"
	is "then it is a suspect" "$(suspects mute$f)" "true false"
done

# The same connection says so once, however long it waits for the only one there is.
for f in 4 6; do
	names $f 85
	service only$f tcp "$vip" accept-proxy trust 10.0.0.254,fd00::fe max-fails 2 \
		fail-timeout 3600
	claim "the only backend is silent (IPv$f)" sluice backend add only$f "$(at $f b1:8098)"
	n=$((n + 1))
	names $f 85
	launch only$f router client -t 90 --v2 --client "$me" "$vip" who
done
for f in 4 6; do
	claim "a connection waits for it to the end (IPv$f)" wait_for -t 80 grep -q . "$TMP/only$f"
	is "which is one failure, not two (IPv$f)" "$(suspects only$f)" "false"
done

# A slow backend gets few of ewma's connections, and somebody whom the fast one drops
# must not be able to say that this is slower.
sw tc qdisc add dev b2 root netem delay 200ms || bail "no netem"
service fast tcp "$VIP4:86" accept-proxy trust 10.0.0.254,fd00::fe scheduler ewma
for b in b1:8080 b2:8080; do claim "a backend" sluice backend add fast "$(at 4 $b)"; done
# served COUNT: of so many connections with headers those that b2 had
by_b2() {
	local i all=
	for ((i = 0; i < $1; i++)); do
		n=$((n + 1))
		names 4 86
		all+=$(talk_from router -t 20 --v2 --client "$me" "$vip" who)$'\n'
	done
	grep -c "local=$b2:8080" <<<"$all"
}
by_b2 4 >/dev/null
names 4 86
launch stranger router client -t 30 --v2 --client "$CLIENT4:9042" "$vip" who
slow=$(until grep -q . "$TMP/stranger"; do by_b2 1; done | grep -c 1)
is "a stranger whom b1 drops is served by the other one" "$(grep -c "local=$b2:8080" "$TMP/stranger")" 1
claim "while he waits, and after it, b1 has the connections: b2 had $slow" test "$slow" -le 2
is "nobody believes him" "$(by_b2 8)" 0
sw tc qdisc del dev b2 root

# --- strangers --------------------------------------------------------------------------

# unheard FAMILY PORT: four clients whose SYNs b1 drops, each three times and more
unheard() {
	local i
	for i in 1 2 3 4; do
		n=$((n + 1))
		names "$1" "$2"
		launch unheard$i client client -t 6 --bind "${me%:*}:$((9000 + n % 100))" "$vip" who
	done
}
balance alone tcp 84 b1:8080
over() { grep -q . "$TMP/unheard1" && grep -q . "$TMP/unheard4"; }
for f in 4 6; do
	s=alone
	[ $f = 4 ] || s=alone6
	unheard $f 84
	# while they wait, somebody else is served
	names $f 84
	is "whom it drops it has not failed, while it serves another (IPv$f)" "$(
		while ! over; do
			talk_from client -t 10 "$vip" who >/dev/null || echo not served
		done
		suspects $s)" "false"
	wait_for -t 20 over
	unheard $f 84
	claim "if it answers nobody, it has (IPv$f)" wait_for -t 20 is_suspect $s
	wait_for -t 20 over
	n=$((n + 1))
	names $f 84
	says "the only one is asked all the same" "peer=$me local=$b1:8080" tcp $f 84 who
	is "and is no suspect" "$(suspects $s)" "false"
done

# Clients that never hear the answer
ip netns exec router nft -f - <<-END || bail "nft refuses the rules"
	table inet deaf {
		chain lost {
			type filter hook forward priority 0;
			tcp sport 84 tcp dport 9500-9599 drop
		}
	}
END
for f in 4 6; do
	s=alone
	[ $f = 4 ] || s=alone6
	for i in 1 2 3 4; do
		names $f 84
		launch deaf$i client client -t 6 --bind "${me%:*}:$((9500 + f * 10 + i))" "$vip" who
	done
	deaf() { grep -q . "$TMP/deaf1" && grep -q . "$TMP/deaf4"; }
	claim "clients that hear nothing give up (IPv$f)" wait_for -t 20 deaf
	is "the backend had answered" "$(suspects $s)" "false"
done

finish
