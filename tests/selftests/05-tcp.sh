#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 12
#
# The things two TCPs do to each other, with Sluice between them.
#
#     lb (client.py) -> app (server.py)
#
# The network is drawn in lib.sh.

# shellcheck disable=SC2317,SC2016,SC2059	# called by name, evaluated later
. "$(dirname "$0")/lib.sh"

net_up
server app 8080
service web tcp "$SERVICE4:8080" accept-proxy trust 10.0.0.0/24 forward local
service web6 tcp "[$SERVICE6]:8080" accept-proxy trust fd00::/64 forward local

n=5000
# both_families NAME WANT COMMAND...: with a header, over IPv4 and IPv6
both_families() {
	local name=$1 want=$2
	shift 2
	n=$((n + 1))
	says "$name" "$want" talk "${opts[@]}" --v2 --client "$CLIENT4:$n" "$SERVICE4:8080" "$@"
	says "$name (IPv6)" "$want" talk "${opts[@]}" --v1 --client "[$CLIENT6]:$n" "[$SERVICE6]:8080" "$@"
}
opts=()

both_families "half-close by the sender: the application still answers" "bye" half
both_families "half-close after data" $'both 100000 ok\nbye' both=100000 half
both_families "the application closes first" "closed by peer" peer-fin
served_rest() { grep -c "after fin: .*:$n .*'still here'" "$TMP/server-app-8080.log"; }
claim "and still gets what the sender has to say" wait_for -t 5 eval '[ "$(served_rest)" = 2 ]'
both_families "the application resets: so does the outer leg" "reset" peer-rst
both_families "the sender resets" "hello" echo=hello rst
reset_seen() { grep -c "error .*:$n .*ConnectionResetError" "$TMP/server-app-8080.log"; }
claim "so does the inner leg" wait_for -t 5 eval '[ "$(reset_seen)" = 2 ]'
claim "resets are counted" test "$(stat flows-reset)" -ge 4

both_families "urgent data keeps its place" "before=abc urgent=Xdef" oob

opts=(--keepalive)
both_families "keep-alives in an idle connection" $'hello\nagain' echo=hello hold=5 echo=again
opts=(--keepalive --late 4)
both_families "keep-alives while no header has come" "hello" echo=hello
opts=(--keepalive --split 30 --gap 3)
both_families "keep-alives in the middle of a header" "hello" echo=hello

opts=()
both_families "a window closed for 3 seconds, then opened" "both 3000000 ok" stall=3 both=3000000
opts=(--rcvbuf 4096)
both_families "a sender with a tiny window" "both 300000 ok" both=300000

# The same source port again at once: the old connection's end must not matter.
opts=()
for i in 1 2 3; do
	says "one tuple, time $i: the outer leg's port reused" "peer=$CLIENT4:5900 local=$SERVICE4:8080" \
		talk --v2 --client "$CLIENT4:5900" --bind 10.0.0.1:5900 "$SERVICE4:8080" who rst
done
for i in 1 2 3; do
	says "one client, time $i: the application closes first and is in TIME_WAIT" \
		"closed by peer" talk --v2 --client "$CLIENT4:5901" "$SERVICE4:8080" peer-fin
done

# A header that names a connection which lives
launch live.log client client --bind "$CLIENT4:5950" \
	"$SERVICE4:8080" who "file=$TMP/go" both=100000
SLUICE_NS=app sluice service set web untrusted pass
wait_for -t 10 grep -q peer= "$TMP/live.log" || note "$(cat "$TMP/live.log")"
counted "a header that names a live connection is refused" client-in-use 1 \
	talk --v2 --client "$CLIENT4:5950" "$SERVICE4:8080" who
: >"$TMP/go"
claim "the live connection is unharmed" wait_for -t 10 grep -q "both 100000 ok" "$TMP/live.log"

# No listener, and one whose backlog is full
service none tcp "$SERVICE4:8099" accept-proxy trust 10.0.0.0/24 forward local
status "no listener: the sender is reset" 3 talk --v2 --client "$CLIENT4:5960" "$SERVICE4:8099" who
is "it is counted" "$(stat connect-refused none)" 1

finish
