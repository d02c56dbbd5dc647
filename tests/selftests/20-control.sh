#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 24
#
# The tool, the netlink interface and the routes that come with services.
#
#     lb 10.0.0.1 (trusted) -> app, which has no default route but for one claim
#
# The network is drawn in lib.sh.

# shellcheck disable=SC2317,SC2016	# called by name, evaluated later
. "$(dirname "$0")/lib.sh"

net_up
# Only the way to the sender: answers to clients have none.
ip -n app route del default
ip -n app -6 route del default
ip -n app route add 10.0.0.0/24 via 10.0.1.254
ip -n app -6 route add fd00::/64 via fd00:1::fe
server app 8080

sl() { ip netns exec app "$SLUICE" "$@"; }
rules() { ip -n app rule show; ip -n app -6 rule show; }
ours() { rules | grep -c 'proto 92'; }

# --- what is refused, and how -----------------------------------------------------

says "a service without trust is refused after the argument" \
	"status 2: sluice: service add: accept-proxy: needs trust: whose headers to believe" \
	sl service add web tcp 10.0.1.2:8080 accept-proxy
says "a service without accept-proxy is refused" \
	"status 2: sluice: service add: a service needs accept-proxy, a pool, or an address of this host to deliver to" \
	sl service add web tcp 10.0.1.2:8080
status "a multicast address is refused" 2 \
	sl service add web tcp 224.0.0.1:80 accept-proxy trust any
status "a bad prefix is refused before it is sent" 1 \
	sl service add web tcp 10.0.1.2:8080 accept-proxy trust 10.0.0.0/33
for word in reset rate help; do
	says "stats has a word $word, so no service has" \
		"status 1: sluice: service add: name $word: is a word of this tool" \
		sl service add "$word" tcp 10.0.1.2:8080 accept-proxy trust any
done
says "nothing of that is there" "" sl service show
is "nor has it left a rule" "$(ours)" 0
status "another user namespace may not look" 3 unshare -Urn "$SLUICE" service show
match "and is told why" "namespaces of other user namespaces" \
	sh -c "unshare -Urn '$SLUICE' service show 2>&1 || :"
status "somebody else may not look" 3 \
	ip netns exec app setpriv --reuid 65534 --clear-groups "$SLUICE" service show

# --- services ---------------------------------------------------------------------

claim "the contract's example works as written" \
	sl service add web tcp 10.0.1.2:8080 accept-proxy trust 10.0.0.0/24 forward local
says "a name is taken once" \
	"status 2: sluice: service add: name web: a service of this name exists" \
	sl service add web tcp 10.0.1.2:81 accept-proxy trust any
says "an overlap names the other service" \
	"status 2: sluice: service add: address 10.0.1.2:8000-9000: service web has this address and port" \
	sl service add x tcp 10.0.1.2:8000-9000 accept-proxy trust any
claim "any address may have the same port" \
	sl service add all tcp '*:8080' accept-proxy trust 10.0.0.0/24
claim "a range up to the last port works" \
	sl service add last tcp '10.0.1.2:65000-65535' accept-proxy trust any
claim "set changes what is given" sl service set web mark 0x5/0xff
match "and nothing else" "trust 10.0.0.0/24 mark 0x5/0xff" sl service show web
claim "set takes it back" sl service set web mark none
for i in $(seq 256); do echo "10.$((i / 256)).$((i % 256)).0/24"; done |
	paste -sd, >"$TMP/prefixes"
claim "256 prefixes fit" \
	sl service add long tcp 10.0.1.2:9999 accept-proxy trust "$(cat "$TMP/prefixes")"
is "and come back" "$(sl -j service show long | grep -o '/24"' | wc -l)" 256
status "257 do not" 1 sl service set long trust "$(cat "$TMP/prefixes"),10.9.9.9"
n=$(small 40 15)
for i in $(seq "$n"); do
	sl service add "s$i" tcp "10.0.1.2:$((20000 + i))" accept-proxy trust any || break
done
is "a listing of many is complete and in order" \
	"$(sl service show | awk '$1 ~ /^s[0-9]/ { print $1 }' | paste -sd' ')" \
	"$(seq -f 's%g' "$n" | paste -sd' ')"
for i in $(seq "$n"); do sl service del "s$i"; done
claim "services go" sl service del all
claim "one after the other" sl service del last
claim "the last of them too" sl service del long

# --- routes -----------------------------------------------------------------------

match "without a default route the service gets one" "plumbing no-route" sl service show web
match "it is after all others" "^40000:.*sport 8080 lookup 20749" rules
claim "others still have none" sh -c '! ip -n app route get 203.0.113.7 from 10.0.1.2'
match "a client to whom there is no route is served" "^peer=203.0.113.7:5001 " \
	talk --v1 --client 203.0.113.7:5001 --bind 10.0.0.1:0 10.0.1.2:8080 who
claim "to 127.0.0.1 brings a rule for answers from there" \
	sl service add lo tcp 10.0.1.2:90 accept-proxy trust 10.0.0.0/24 to 127.0.0.1:8080
match "just for its port" "^32700:.*from 127.0.0.1 .*sport 8080 lookup 20748" rules
match "and the application there is reached" "^peer=203.0.113.7:5002 local=127.0.0.1:8080" \
	talk --v1 --client 203.0.113.7:5002 --bind 10.0.0.1:0 10.0.1.2:90 who
claim "to ::1 needs no rule of its own" \
	sl service add lo6 tcp '[fd00:1::2]:90' accept-proxy trust fd00::/64 to '[::1]:8080'
match "and the application there is reached too" \
	'^peer=\[?2001:db8:c::7\]?:5005 local=\[?::1\]?:8080' \
	talk --v2 --client '[2001:db8:c::7]:5005' --bind '[fd00::1]:0' '[fd00:1::2]:90' who
claim "the rule goes with the service" sl service del lo force
claim "and that one" sl service del lo6 force
claim "none is left" sh -c "! ip -n app rule show | grep -q 20748"

# Several at once: each has its rules from when it was added until it is deleted.
add_at() { sl service add "at$1" tcp "10.0.1.2:900$1" accept-proxy trust any; }
del_at() { sl service del "at$1"; }
at_rules() { rules | grep -c 'sport 900[1-4] '; }
for i in 1 2 3 4; do
	spawn "at$i" ip netns exec app bash -c '
		for ((i = 0; i < $2; i++)); do
			"$SLUICE" service add "at$1" tcp "10.0.1.2:900$1" accept-proxy trust any
			ip rule show | grep -q "sport 900$1 " || echo lost
			"$SLUICE" service del "at$1"
		done
		echo done' - "$i" "$(small 100 10)"
done
claim "services come and go, several at once" \
	wait_for -t 60 eval '[ "$(cat "$TMP"/at? | grep -c done)" = 4 ]'
is "each has its rules as long as it is there, and nothing is said" \
	"$(sort -u "$TMP"/at?)" "done"
is "none is left" "$(at_rules)" 0
# lock: keeps others of the namespace from making rules, until unlock
lock() {
	spawn lock.log ip netns exec app flock -F /proc/self/ns/net sleep 1000
	lock=${PIDS[-1]}
	wait_for sh -c "! ip netns exec app flock -n /proc/self/ns/net true"
}
unlock() { kill "$lock"; wait "$lock"; } 2>/dev/null
claim "somebody keeps the lock of a namespace" lock
begun=$(date +%s%N)
ip netns exec lb "$SLUICE" service add at tcp 10.0.0.1:9 accept-proxy trust any 2>/dev/null
ip netns exec lb "$SLUICE" service del at
claim "in another one nobody waits for it" [ $(($(date +%s%N) - begun)) -lt 4000000000 ]
begun=$(date +%s%N)
add_at 1
claim "there one does" [ $(($(date +%s%N) - begun)) -ge 4000000000 ]
one=$(at_rules)
claim "but not for ever" [ "$one" -gt 0 ]
unlock
del_at 1
lock
spawn slow.log ip netns exec app "$SLUICE" service add at1 tcp 10.0.1.2:9001 accept-proxy trust any
slow=${PIDS[-1]}
wait_for sluice service show at1
sleep 0.3
kill -STOP "$slow"
unlock
add_at 2
kill -CONT "$slow"
wait "$slow"
is "who has waited knows what has come meanwhile" "$(at_rules)" $((2 * one))
del_at 1
del_at 2

# --- flows ------------------------------------------------------------------------

launch held.log lb client --bind 10.0.0.1:7001 \
	--v1 --client 203.0.113.7:5003 --dest 198.51.100.9:443 10.0.1.2:8080 who "file=$TMP/never" who
wait_for grep -q peer= "$TMP/held.log"
match "a flow names who, for whom, where to and how" \
	"web +established sender 10.0.0.1:7001 client 203.0.113.7:5003 address 10.0.1.2:8080 backend 10.0.1.2:8080 header v1 .* destination 198.51.100.9:443" \
	sl flow show state established
server app 8090
claim "a second service" sl service add two tcp 10.0.1.2:8090 accept-proxy trust 10.0.0.0/24
launch held2.log lb client --bind 10.0.0.1:7002 \
	--v2 --client 203.0.113.8:5004 10.0.1.2:8090 who "file=$TMP/never"
wait_for grep -q peer= "$TMP/held2.log"
one=203.0.113.7:5003 two=203.0.113.8:5004
# found FILTER...: which of the two it shows; others that are over may be there yet
found() {
	sl -j flow show "$@" | jq -r '.[].client' | grep -Fx -e $one -e $two |
		sort | paste -sd' '
}
id_of() { sl -j flow show client "$1" | jq '.[0].id'; }
while read -r filter value other; do
	is "filter $filter finds a flow and hides another" \
		"$(found "$filter" "$value"), $(found "$filter" "$other")" "$one, $two"
done <<-END
	id $(id_of $one) $(id_of $two)
	service web two
	sender 10.0.0.1:7001 10.0.0.1:7002
	client $one $two
	client 203.0.113.7 203.0.113.8
	address 10.0.1.2:8080 10.0.1.2:8090
	backend 10.0.1.2:8080 10.0.1.2:8090
	header v1 v2
END
is "filter state finds both or none" \
	"$(found state established), $(found state connect)" "$one $two, "
for end in sender address backend; do
	is "filter $end has an address" "$(found "$end" 203.0.113.9)" ""
done
is "filter client has a port" "$(found client "${one%:*}:${two#*:}")" ""
is "filters hide what one of them does" "$(found service web sender 10.0.0.1:7002)" ""
# More than one message holds
spawn many.log ip netns exec lb env PYTHONPATH="$TOOLS" python3 -c '
import time, load
socks = [load.connect(("10.0.1.2", 8080), i) for i in range(120)]
print("holding", flush=True)
time.sleep(1000)'
wait_for -t 30 grep -q holding "$TMP/many.log"
is "a list of many has each once" \
	"$(sl -j flow show state established | jq -r 'map(.id) | "\(length) \(unique | length)"')" \
	"122 122"
kill "${PIDS[-1]}"
claim "without the second service" sl service del two force
status "a service with flows stays" 2 sl service del web
status "so does the module" 2 sl unload
match "a refused unload accepts new connections again" "^peer=203.0.113.7:5004 " \
	talk --v1 --client 203.0.113.7:5004 --bind 10.0.0.1:0 10.0.1.2:8080 who
claim "a flow is deleted by its ends" sl flow del 10.0.0.1:7001-10.0.1.2:8080
status "once" 2 sl flow del 10.0.0.1:7001-10.0.1.2:8080
is "it is counted" "$(sl -j stats web | grep -o '"flows-flushed":[0-9]*')" '"flows-flushed":1'
claim "counters go back to zero" sl stats reset
is "for a service too" "$(sl -j stats web | grep -o '"flows-flushed":[0-9]*')" '"flows-flushed":0'

hooks() { app nft list hooks 2>/dev/null | grep -c '\[sluice\]'; }
before=$(hooks)
claim "del force takes a service and its flows" sl service del web force
is "and brings back nothing from before the reset" \
	"$(sl -j stats | grep -o '"flows-flushed":[0-9]*')" '"flows-flushed":0'
if [ "$before" -gt 0 ]; then
	# Or it is called when the module is gone.
	is "no hook is left, of the $before there were" "$(hooks)" 0 || finish
else
	skip "no hook is left" "this kernel does not list them"
fi
is "no rule is left" "$(ours)" 0
claim "no device is left" sh -c '! ip -n app link show sluice0'
says "no service is left" "" sl service show

# Somebody removes our rules; what they led to is to go all the same.
routes() { ip -n app route show table all proto 92 | wc -l; }
sl service add lo tcp 10.0.1.2:90 accept-proxy trust any to 127.0.0.1:8080
is "routes of both kinds" "$(routes)" 3
ip -n app rule flush protocol 92
ip -n app -6 rule flush protocol 92
is "whose rules others removed" "$(ours)" 0
claim "go with the last service" sl service del lo
is "all of them" "$(routes)" 0
claim "and the device does" sh -c '! ip -n app link show sluice0'

# Its device is there and down, which the tool leaves to whom that was.
ip -n app link add sluice0 type dummy
match "routes that the kernel does not take are a warning" \
	"^sluice: service add: warning: route for answers: " \
	sh -c "ip netns exec app '$SLUICE' service add web tcp 10.0.1.2:8080 accept-proxy trust any 2>&1"
match "the service is there" "^web " sl service show web
sl service del web
claim "the device stays, which is not ours" ip -n app link show sluice0
ip -n app link del sluice0
: >/var/run/netns/none
status "a file is no network namespace" 3 "$SLUICE" -n none service show
rm /var/run/netns/none

# --- what is over, and draining ---------------------------------------------------

claim "a service once more" \
	sl service add web tcp 10.0.1.2:8080 accept-proxy trust 10.0.0.0/24 forward local
match "serves a connection, which ends" "^bye" \
	talk --v1 --client 203.0.113.7:5006 --bind 10.0.0.1:0 10.0.1.2:8080 who half
closing() { sl flow show state closing | grep -q :5006; }
claim "that is remembered" wait_for -t 5 closing
claim "but does not hold the service" sl service del web

claim "and once more" \
	sl service add web tcp 10.0.1.2:8080 accept-proxy trust 10.0.0.0/24 forward local
launch last.log lb client \
	--v1 --client 203.0.113.7:5007 10.0.1.2:8080 who "file=$TMP/end"
wait_for grep -q peer= "$TMP/last.log"
spawn unload.log ip netns exec app "$SLUICE" unload drain 60
unload=${PIDS[-1]}
wait_for grep -q 'connections: 1' "$TMP/unload.log"
ns_add late
link late eth0 router lt
addr router lt 10.0.3.254/24
addr late eth0 10.0.3.2/24
ip -n late route add 10.0.0.0/24 via 10.0.3.254
server late 8080
SLUICE_NS=late service new tcp 10.0.3.2:8080 accept-proxy trust any forward local
match "where there is a service, and a route of its own" "proto 92" ip -n late rule show
status "unload drain refuses new connections in namespaces made later, too" 3 \
	talk -t 10 --v1 --client 203.0.113.7:5008 10.0.3.2:8080 who
is "counted" "$(SLUICE_NS=late stat draining)" 1
: >"$TMP/end"
claim "with the last connection the module goes" \
	wait_for -t 20 sh -c '! grep -q "^sluice " /proc/modules'
claim "and ends" wait_for -t 5 sh -c "! kill -0 $unload"
is "no rule is left, in whatever namespace" "$(ours) $(ip -n late rule show | grep -c 'proto 92')" "0 0"
claim "and no device" sh -c '! ip -n app link show sluice0 && ! ip -n late link show sluice0'
finish
