#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 60
# limit: 600
#
# What becomes of connections and conversations when their backend is removed, with
# force and without.
#
#     client -- router -- bal -- b1, b2, b3
#
# The network is drawn in ballib.sh: the one with two arms. The router is a sender of
# headers, too.

# shellcheck disable=SC2317,SC2016,SC2034,SC2154	# called by name, evaluated later
. "$(dirname "$0")/ballib.sh"

# head NAME PORT BACKEND:PORT...: services that take headers, of either family
head() {
	local f b six
	for f in 4 6; do
		names $f "$2"
		six=''
		[ $f = 4 ] || six=6
		service "$1$six" tcp "$vip" accept-proxy trust 10.0.0.254,fd00::fe \
			scheduler rr forward nat
		for b in "${@:3}"; do
			sluice backend add "$1$six" "$(at $f "$b")" || bail "no backend $b"
		done
	done
}

bal_net
balance web tcp 80 b1:8080 b2:8080
balance dns udp 53 b1:5300 b2:5300
BAL_FORWARD=fullnat
balance full tcp 81 b1:8080 b2:8080
balance fulldns udp 54 b1:5300 b2:5300
head proxy 82 b1:8080 b2:8080
head mute 83 b3:8080
ns b3 nft -f - <<-END || bail "nft refuses the rules"
	table inet mute {
		chain in {
			type filter hook input priority 0;
			tcp dport 8080 drop
		}
	}
END

# held LOG FAMILY PORT: a connection that goes on until somebody ends it, and when told
# to carries something
held() {
	n=$((n + 1))
	names "$2" "$3"
	if [ "$3" -ge 82 ]; then
		launch "$1" router client -t 600 --v2 --client "$me" "$vip" who \
			"file=$TMP/$1.go" both=10000 eof
	else
		launch "$1" client client -t 600 --bind "$me" "$vip" who \
			"file=$TMP/$1.go" both=10000 eof
	fi
	[ "$3" -eq 83 ] || wait_for grep -q peer= "$TMP/$1" || bail "$1 is not served"
}
carries() { touch "$TMP/$1.go" && wait_for -t 10 grep -q '^both 10000 ok' "$TMP/$1"; }
# Who waits for a file hears of a reset when he goes on.
is_reset() { touch "$TMP/$1.go" && wait_for -t 10 grep -q '^refused: ' "$TMP/$1"; }
# has FAMILY HOST N: so many connections of its application are open
has() { [ "$(ip netns exec "$2" ss -Htn state established "sport = :8080" | grep -cF "$(at "$1" "$2")")" = "$3" ]; }

# pair NAME FAMILY PORT: two connections, on[NAME b1] and on[NAME b2]
declare -A on
pair() {
	local i b
	for i in 1 2; do
		held "$1$i" "$2" "$3"
		b=$(sed -n 's/.* local=\[\{0,1\}.*[.:]\([12]\)\]\{0,1\}:8080.*/\1/p' "$TMP/$1$i")
		on[$1 b$b]=$1$i
	done
	[ "${on[$1 b1]}" ] && [ "${on[$1 b2]}" ] || bail "$1: not one at each backend"
}
# converse NAME FAMILY PORT: the same with conversations, whose ports they are
converse() {
	local i b
	for i in 1 2; do
		n=$((n + 1))
		b=$(udp "$2" "$3" who | sed -n 's/.* local=\[\{0,1\}.*[.:]\([12]\)\]\{0,1\}:5300.*/\1/p')
		on[$1 b$b]=$n
	done
	[ "${on[$1 b1]}" ] && [ "${on[$1 b2]}" ] || bail "$1: not one at each backend"
}
# goes_on TEXT NAME FAMILY PORT HOST: the conversation that has this name is answered by HOST
goes_on() {
	n=${on[$2]}
	names "$3"
	match "$1 (IPv$3)" "local=$(sed 's/[][]/\\&/g' <<<"${!5}"):5300 " udp "$3" "$4" who
}
# backend add|del|.. NAME FAMILY HOST:PORT OPTION...: of the service's pool in this family
backend() {
	local name=$2
	[ "$3" = 4 ] || name=${name}6
	sluice backend "$1" "$name" "$(at "$3" "$4")" "${@:5}"
}

for f in 4 6; do
	n=$((f * 5000))
	for kind in web:80 full:81 proxy:82; do
		pair "${kind%:*}$f" $f "${kind#*:}"
	done
	converse dns$f $f 53
	converse fulldns$f $f 54

	# --- without force --------------------------------------------------------------

	claim "a backend is removed (IPv$f)" backend del web $f b1:8080
	claim "and one of conversations" backend del dns $f b1:5300
	claim "its connections are still there" has $f b1 3
	goes_on "its conversations go on with it" "dns$f b1" $f 53 b1
	n=$((n + 1000))
	match "new ones go to the other" "local=\[?[0-9a-f.:]*2\]?:8080" tcp $f 80 who
	match "new conversations, too" "local=\[?[0-9a-f.:]*2\]?:5300" udp $f 53 who
	n=$((n + 1000))

	# --- with force ------------------------------------------------------------------

	claim "it comes back, as another one" backend add web $f b1:8080
	claim "so does that of conversations" backend add dns $f b1:5300
	match "which has nothing of what was its own" " flows 0$" backend show web $f b1:8080
	pair again$f $f 80
	converse anew$f $f 53
	claim "that one is removed with force" backend del web $f b1:8080 force
	claim "and that of conversations" backend del dns $f b1:5300 force
	claim "the backend hears of it, but of that one's alone" wait_for -t 10 has $f b1 3
	claim "and so does the client" is_reset "${on[again$f b1]}"
	goes_on "a conversation goes on with the other" "anew$f b1" $f 53 b2
	goes_on "that of the first one where it was" "dns$f b1" $f 53 b1
	claim "full NAT: one is removed with force" backend del full $f b1:8080 force
	claim "full NAT: the backend hears of it" wait_for -t 10 has $f b1 2
	claim "full NAT: and so does the client" is_reset "${on[full$f b1]}"
	claim "full NAT: and one of conversations" backend del fulldns $f b1:5300 force
	goes_on "full NAT: a conversation goes on with the other" "fulldns$f b1" $f 54 b2
	claim "headers: one is removed with force" backend del proxy $f b1:8080 force
	claim "headers: the backend hears of it" wait_for -t 10 has $f b1 1
	claim "headers: and so does the sender" is_reset "${on[proxy$f b1]}"
	held mute$f $f 83
	asked() { sluice flow show state connect | grep -q ":83 "; }
	claim "headers: a backend is asked, and is silent" wait_for asked
	claim "headers: it is removed with force" backend del mute $f b3:8080 force
	claim "headers: the sender need not wait" is_reset mute$f
	n=$((n + 1000))
done

# --- batches and pools ----------------------------------------------------------------------

# nl EXPRESSION...: of Python, s being a socket; what each of them says, if anything
nl() {
	bal python3 - "$TOOLS" "$@" <<-'END'
		import sys
		sys.path.insert(0, sys.argv[1])
		from slnl import Refused, Sluice
		s = Sluice()
		for text in sys.argv[2:]:
		    try:
		        s.do(*eval(text))
		    except Refused as e:
		        print(e.text)
	END
}
force="'force': True"
for f in 4 6; do
	six=''
	[ $f = 4 ] || six=6
	b2=$(at $f b2)
	of="'addr': '$b2', 'port': 8080"
	claim "services get another pool (IPv$f)" nl \
		"'batch', [('new-pool', {'name': 'other$f'}), ('new-backend', {'pool': 'other$f', $of}),
		('set-service', {'name': 'web$six', 'pool': 'other$f'}),
		('set-service', {'name': 'full$six', 'pool': 'other$f'})]"
	says "a batch that is refused, or only tried, resets nothing" "the pool has no such backend" nl \
		"'batch', [('del-backend', {'pool': 'web$six', $of, $force}),
		('del-backend', {'pool': 'web$six', $of, $force})]" \
		"'batch', [('dry-run', True), ('del-backend', {'pool': 'web$six', $of, $force})]"
	says "a pool goes with its backends, and connections go on" "" nl \
		"'del-pool', {'name': 'full$six', $force}"
	claim "all are still there" has $f b2 4
	claim "in a batch a backend goes with its connections" nl \
		"'batch', [('del-backend', {'pool': 'proxy$six', $of, $force}),
		('set-pool', {'name': 'proxy$six', 'retries': 1})]"
	claim "they are reset" is_reset "${on[proxy$f b2]}"
	claim "the others are not" has $f b2 3
	claim "with force a pool goes with all of them" sluice pool del web$six force
	for kind in "web$f b2" "again$f b2"; do
		claim "they are reset: ${kind% *}" is_reset "${on[$kind]}"
	done
	claim "at the backend, too" wait_for has $f b2 1
done

# --- what was not meant -------------------------------------------------------------------

for f in 4 6; do
	for kind in "web$f b1" "full$f b2"; do
		claim "a backend that goes leaves its connections: ${kind% *}" carries "${on[$kind]}"
	done
done

finish
