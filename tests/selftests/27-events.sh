#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 24
#
# What happens is told to those who listen, whole and in order; nobody waits for
# them. What is said and heard is in tools/events.py.
#
#     lb 10.0.0.1 (trusted) -> app (listens)
#
# The network is drawn in lib.sh.
# shellcheck disable=SC2317,SC2016	# called by name, evaluated later
. "$(dirname "$0")/lib.sh"

net_up
events() { ip netns exec app python3 "$TOOLS/events.py" "$@"; }

# --- the configuration ----------------------------------------------------------------

claim "an event of an object is what get says of it, and what happened" events config
claim "what three tell while they change things adds up to what there is" \
	events race "$(small 1000 100)"
note "$(cat "$TMP/claim.out")"
claim "who does not keep up is told, and it is counted" events lost

# --- connections ------------------------------------------------------------------------

server app 8080
service web tcp 10.0.1.2:8080 accept-proxy trust 10.0.0.0/24
spawn monitor.log ip netns exec app "$SLUICE" monitor
spawn flow.log ip netns exec app python3 "$TOOLS/events.py" flow "$(small 8 4)"
wait_for grep -q ready "$TMP/flow.log"
talk --v1 --client 203.0.113.7:5001 --dest 198.51.100.9:443 10.0.1.2:8080 who half >/dev/null
match "a connection that opens is told of" \
	"^added established web 203.0.113.7:5001 198.51.100.9:443 v1 .* True" cat "$TMP/flow.log"
ended() { grep -Eq "^ended closing web 203.0.113.7:5001 .* packets [1-9][0-9]* [1-9].* True" "$TMP/flow.log"; }
claim "so is its end, with its counts" wait_for -t 5 ended
# Long ones are more than such an event has room for without them.
long=$(printf 'x%.0s' {1..1500})
talk --v2 --tlv 2=shop.example.org --tlv "0xe0=$long" --client 203.0.113.7:5004 \
	10.0.1.2:8080 who half >/dev/null
borne() { [ "$(grep -Ec " (added|ended) +flow .*203.0.113.7:5004 .*authority=shop.example.org.*$long" "$TMP/monitor.log")" = 2 ]; }
claim "both bear the TLVs of its header" wait_for -t 5 borne
launch held.log lb client --v1 --client 203.0.113.7:5002 \
	10.0.1.2:8080 who "file=$TMP/never" who
wait_for grep -q peer= "$TMP/held.log"
sluice flow flush >/dev/null
reset() { grep -q "^ended reset web 203.0.113.7:5002 " "$TMP/flow.log"; }
claim "and the end of one that is reset" wait_for -t 5 reset

# It never opens, so nobody is told of it.
service none tcp 10.0.1.2:8081 accept-proxy trust 10.0.0.0/24
status "a connection that the application refuses" 3 \
	talk --v1 --client 203.0.113.7:5003 10.0.1.2:8081 who

# By one that comes back with another processor's packets, an end may be known first.
n=$(small 2000 100)
lb python3 "$TOOLS/load.py" --count "$n" "$SERVICE4:8080" >"$TMP/load"
sluice service del web force
sluice service del none force
claim "of $n connections each begins and ends once, and in this order" \
	wait_for -t 60 grep -q "^over $((n + 3)) alive 0" "$TMP/flow.log"
is "each that was opened" "$(stat flows-opened)" $((n + 3))

match "the tool shows a service that was removed" " removed +service web" cat "$TMP/monitor.log"
match "and a connection that ended" " ended +flow .*client 203.0.113.7:5002" cat "$TMP/monitor.log"
is "none of it twice" "$(grep -Ec ' (added|ended) +flow .*203.0.113.7:500[12]' "$TMP/monitor.log")" 4

service names udp 10.0.1.2:5305 accept-proxy each trust 10.0.0.0/24
spawn udp.log ip netns exec app python3 "$TOOLS/udp.py" serve 5305
wait_for eval 'app ss -Hlun "sport = :5305" | grep -q .'
match "a conversation, whose datagrams have headers" peer=203.0.113.7:5009 \
	lb python3 "$TOOLS/udp.py" talk --header each --client 203.0.113.7:5009 --tlv 3 10.0.1.2:5305 who
sluice service del names force
spoken() { [ "$(grep -Ec " (added|ended) +flow .*203.0.113.7:5009 .*0xee=0x000000" "$TMP/monitor.log")" = 2 ]; }
claim "both of its events bear their TLVs, too" wait_for -t 5 spoken ||
	grep 203.0.113.7:5009 "$TMP/monitor.log" | sed 's/^/# /'

service web tcp 10.0.1.2:8080 accept-proxy trust 10.0.0.0/24
before=$(stat events-lost)
spawn deaf.log ip netns exec app python3 "$TOOLS/events.py" deaf flow "$TMP/wake"
wait_for grep -q ready "$TMP/deaf.log"
match "who listens and does not read holds up no connection" "^ok=40 bad=0" \
	lb python3 "$TOOLS/load.py" --count 40 "$SERVICE4:8080"
claim "and what is lost to it is counted" test "$(stat events-lost)" -gt "$before"
touch "$TMP/wake"
wait_for grep -q woken "$TMP/deaf.log"
says "and told, when it reads" "ready
woken" cat "$TMP/deaf.log"

finish
