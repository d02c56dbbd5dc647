#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 80
# limit: 600
#
# What becomes of connections and conversations when their backend is removed, with
# force and without, and how it is drained.
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
balance roll tcp 84 b1:8080 b2:8080
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
# to carries something, and then does $fin
fin=eof
held() {
	n=$((n + 1))
	names "$2" "$3"
	if [ "$3" -eq 82 ] || [ "$3" -eq 83 ]; then
		launch "$1" router client -t 600 --v2 --client "$me" "$vip" who \
			"file=$TMP/$1.go" both=10000 "$fin"
	else
		launch "$1" client client -t 600 --bind "$me" "$vip" who \
			"file=$TMP/$1.go" both=10000 "$fin"
	fi
	[ "$3" -eq 83 ] || wait_for grep -q peer= "$TMP/$1" || bail "$1 is not served"
}
carries() { touch "$TMP/$1.go" && wait_for -t 10 grep -q '^both 10000 ok' "$TMP/$1"; }
# runs LOG: its backend, b2, has a connection from the port that it says
runs() {
	local port
	port=$(sed -n 's/^peer=.*:\([0-9]*\) .*/\1/p' "$TMP/$1")
	ip netns exec b2 ss -Htn state established "dport = :$port" | grep -q .
}
# Who waits for a file hears of a reset when he goes on.
is_reset() { touch "$TMP/$1.go" && wait_for -t 10 grep -q '^refused: ' "$TMP/$1"; }
# open_at FAMILY HOST: how many connections its application has
open_at() { ip netns exec "$2" ss -Htn state established "sport = :8080" | grep -cF "$(at "$1" "$2")"; }
has() { [ "$(open_at "$1" "$2")" = "$3" ]; }

# pair NAME FAMILY PORT: two connections, on[NAME b1] and on[NAME b2]
declare -A on
pair() {
	local i b
	for i in 1 2; do
		held "$1$i" "$2" "$3"
		b=$(sed -n 's/.* local=\[\{0,1\}.*[.:]\([12]\)\]\{0,1\}:8080.*/\1/p' "$TMP/$1$i")
		on[$1 b$b]=$1$i
	done
	[[ ${on[$1 b1]} && ${on[$1 b2]} ]] || bail "$1: not one at each backend"
}
# converse NAME FAMILY PORT: the same with conversations, whose ports they are
converse() {
	local i b
	for i in 1 2; do
		n=$((n + 1))
		b=$(udp "$2" "$3" who | sed -n 's/.* local=\[\{0,1\}.*[.:]\([12]\)\]\{0,1\}:5300.*/\1/p')
		on[$1 b$b]=$n
	done
	[[ ${on[$1 b1]} && ${on[$1 b2]} ]] || bail "$1: not one at each backend"
}
# goes_on TEXT NAME FAMILY PORT HOST: the conversation that has this name is answered by HOST
goes_on() {
	n=${on[$2]}
	names "$3"
	match "$1 (IPv$3)" "local=${!5//[][]/.}:5300 " udp "$3" "$4" who
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

# --- drain ---------------------------------------------------------------------------------

# drains LOG NAME FAMILY HOST:PORT OPTION...: in the background; ended LOG: its status
drains() {
	local name=$2
	[ "$3" = 4 ] || name=${name}6
	spawn "$1" "$SLUICE" -n bal drain "$name" "$(at "$3" "$4")" "${@:5}"
	waits=$!
	wait_for grep -q connections "$TMP/$1" || bail "$1: $(cat "$TMP/$1")"
}
ended() {
	local rc=0
	wait "$waits" || rc=$?
	echo "status $rc: $(grep -v '^connections: ' "$TMP/$1")"
}
drained() {
	local name=$1
	[ "$2" = 4 ] || name=${name}6
	sluice drain "$name" "$(at "$2" "$3")" "${@:4}"
}
open="sluice: drain: connections still open:"
for f in 4 6; do
	n=$((f * 5000 + 4000))
	fin=half
	pair roll$f $f 84
	fin=eof
	drains drain$f roll $f b1:8080
	n=$((n + 1))
	match "one that drains gets nothing new (IPv$f)" "local=\[?[0-9a-f.:]*2\]?:8080" tcp $f 84 who
	claim "what it has is served on" carries "${on[roll$f b1]}"
	ended drain$f >"$TMP/ended"
	is "and is waited for" "$(<"$TMP/ended")" "status 0: "
	is "which is told" "$(<"$TMP/drain$f")" "connections: 1"
	says "one that has drained is so at once" "" drained roll $f b1:8080
	claim "it is there again" backend set roll $f b1:8080 state up

	pair late$f $f 84
	before=$(open_at $f b2)
	is "at the deadline what is left is reset" "$(drained roll $f b1:8080 deadline 1 2>&1)" \
		"connections: 1, seconds left: 1
$open 1, they have been reset"
	claim "the client hears of it" is_reset "${on[late$f b1]}"
	match "it goes on draining, and has none" " state drain .*flows 0$" backend show roll $f b1:8080
	is "those of another backend go on" "$(open_at $f b2)" "$before"
	status "one that has none any more is not asked for a reset" 0 drained roll $f b1:8080 deadline 0

	drains stop$f roll $f b2:8080
	kill -TERM "$waits"
	ended stop$f >"$TMP/ended"
	is "who stops waiting leaves it draining" "$(<"$TMP/ended")" \
		"status 2: $open 2, the backend goes on draining"
	match "so it is" " state drain .*flows 2$" backend show roll $f b2:8080
	drains up$f roll $f b2:8080 deadline 600
	claim "somebody else sets it up again" backend set roll $f b2:8080 state up
	ended up$f >"$TMP/ended"
	is "who waits is told" "$(<"$TMP/ended")" \
		"status 2: sluice: drain: address $(at $f b2:8080): somebody else has set its state to up"
	drains gone$f roll $f b2:8080
	claim "somebody else removes it" backend del roll $f b2:8080
	ended gone$f >"$TMP/ended"
	is "who waits is told of that" "$(<"$TMP/ended")" \
		"status 2: sluice: drain: address $(at $f b2:8080): somebody else has removed it"

	backend add proxy $f b1:8080
	pair sent$f $f 82
	is "headers: at once" "$(drained proxy $f b1:8080 deadline 0 2>&1)" "$open 1, they have been reset"
	claim "headers: the sender hears of it" is_reset "${on[sent$f b1]}"
	backend add full $f b1:8080
	pair hidden$f $f 81
	is "full NAT: at once" "$(drained full $f b1:8080 deadline 0 2>&1)" "$open 1, they have been reset"
	claim "full NAT: the client hears of it" is_reset "${on[hidden$f b1]}"
	backend add dns $f b1:5300
	converse asks$f $f 53
	match "conversations: at once" "^$open [1-9][0-9]*, they have been reset" \
		eval "drained dns $f b2:5300 deadline 0 2>&1 || :"
	goes_on "the next datagram goes to the other" "asks$f b2" $f 53 b1
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
	before=$(open_at $f b2)
	for kind in "web$f b2" "again$f b2" "proxy$f b2" "full$f b2"; do
		claim "all are still there: ${kind% *}" runs "${on[$kind]}"
	done
	claim "in a batch a backend goes with its connections" nl \
		"'batch', [('del-backend', {'pool': 'proxy$six', $of, $force}),
		('set-pool', {'name': 'proxy$six', 'retries': 1})]"
	claim "they are reset" eval 'is_reset "${on[proxy$f b2]}" && is_reset "${on[sent$f b2]}"'
	claim "the others are not" has $f b2 $((before - 2))
	claim "with force a pool goes with all of them" sluice pool del web$six force
	for kind in "web$f b2" "again$f b2"; do
		claim "they are reset: ${kind% *}" is_reset "${on[$kind]}"
	done
	claim "at the backend, too" wait_for has $f b2 $((before - 4))
done

# --- what was not meant -------------------------------------------------------------------

for f in 4 6; do
	for kind in "web$f b1" "full$f b2" "hidden$f b2" "roll$f b2" "late$f b2"; do
		claim "nobody meant that of ${kind% *}" carries "${on[$kind]}"
	done
done

# --- a whole node ---------------------------------------------------------------------------

sluice flow flush >/dev/null
wait_for eval '[ "$(flows)" = 0 ]' || bail "flows do not go"
BAL_FORWARD=nat
balance node tcp 85 b1:8080
balance nodedns udp 55 b1:5300
n=30000
# node_drain LOG OPTION...: in the background, once it waits
node_drain() {
	spawn "$1" "$SLUICE" -n bal node drain "${@:2}"
	waits=$!
	wait_for grep -q connections "$TMP/$1" || bail "$1: $(cat "$TMP/$1")"
}
fin=half
held node4 4 85
held node6 6 85
fin=eof
node_drain node deadline 600
match "a node drains" "^draining +on$" sluice node show
match "it has two connections" "^flows +2$" sluice node show
before=$(stat draining)
for f in 4 6; do
	n=$((n + 1))
	status "it refuses new ones (IPv$f)" 3 tcp $f 85 who
	n=$((n + 1))
	status "and new conversations (IPv$f)" 4 udp_from client -t 1 "$([ $f = 4 ] && echo $VIP4 || echo "[$VIP6]"):55" who
done
claim "which is counted" [ "$(stat draining)" -ge $((before + 4)) ]
claim "what it has is served on" carries node4
claim "to the end" carries node6
ended node >"$TMP/ended"
is "and is waited for" "$(<"$TMP/ended")" "status 0: "
claim "it still drains" eval 'sluice node show | grep -Eq "^draining +on$"'
claim "it is up again" sluice node up
for f in 4 6; do
	n=$((n + 1))
	match "and serves (IPv$f)" ":8080" tcp $f 85 who
done
wait_for eval '[ "$(flows)" = 0 ]'
held late4 4 85
node_drain stopped
kill -INT "$waits"
ended stopped >"$TMP/ended"
is "who stops waiting leaves it draining" "$(<"$TMP/ended")" \
	"status 2: sluice: node drain: connections still open: 1, it goes on draining"
status "an unload that is refused" 2 sluice unload
match "leaves it so, too" "^draining +on$" sluice node show
is "at the deadline what is left is reset" "$(sluice node drain deadline 1 2>&1)" \
	"connections: 1, seconds left: 1
sluice: node drain: connections still open: 1, they have been reset"
claim "the client hears of it" is_reset late4
claim "it is up again at last" sluice node up
service head4 tcp "$VIP4:86" accept-proxy tcp trust 10.0.0.254 scheduler rr forward nat
sluice backend add head4 10.0.1.1:8080 || bail "no backend"
spawn half.log ip netns exec router bash -c "exec 3<>/dev/tcp/$VIP4/86; echo in
	until [ -e '$TMP/header' ]; do sleep 0.1; done
	printf 'PROXY TCP4 203.0.113.7 $VIP4 6000 86\r\nwho\n' >&3; head -n 1 <&3"
wait_for grep -q in "$TMP/half.log"
node_drain half deadline 600
: >"$TMP/header"
ended half >"$TMP/ended"
is "a header that is under way is waited for" "$(<"$TMP/ended")" "status 0: "
match "and served" "^peer=203.0.113.7:6000 " cat "$TMP/half.log"
claim "it is up again" sluice node up
held last4 4 85
node_drain meddled
sluice node up
ended meddled >"$TMP/ended"
is "who waits is told that somebody else has ended it" "$(<"$TMP/ended")" \
	"status 2: sluice: node drain: somebody else has ended it"
claim "and the connection is served on" carries last4

finish
