#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 150
# limit: 300
#
# What monitoring systems are told: metrics in Prometheus's text, by `sluice export` and
# by HTTP; records of connections, complete, with why each ended, and none of them lost
# in silence. What is read strictly is read by tools/prom.py.
#
#     lb 10.0.0.1 (trusted) -> app (Sluice, and the exporter at 10.0.1.2:9100)
#
# The network is drawn in lib.sh.
# shellcheck disable=SC2317,SC2016	# called by name, evaluated later
. "$(dirname "$0")/lib.sh"

net_up
prom() { python3 "$TOOLS/prom.py" "$@"; }
server app 8080
service web tcp 10.0.1.2:8080 accept-proxy trust 10.0.0.0/24
service shut tcp 10.0.1.2:8081 accept-proxy trust 10.0.0.0/24
sluice pool add files >/dev/null
sluice backend add files 10.0.1.2:8080
sluice backend add files '[fd00:1::2]:8080' state drain

# --- metrics ----------------------------------------------------------------------------

talk --v2 --client 203.0.113.7:5001 10.0.1.2:8080 who half >/dev/null
talk --v1 --client 203.0.113.7:5002 10.0.1.2:8081 who >/dev/null
talk --raw 00112233445566778899aabbccddeeff 10.0.1.2:8080 who >/dev/null
closed() { [ "$(stat flows-closed)" = 1 ]; }
wait_for closed
sluice export >"$TMP/text"
claim "the text is as its format and its conventions say" prom check "$TMP/text"
sluice -j stats >"$TMP/stats"
claim "counters are those of stats" prom same "$TMP/text" "$TMP/stats"
sluice -j stats web >"$TMP/stats"
claim "those of a service are its own" prom same "$TMP/text" "$TMP/stats" web
says "and not nothing" "1" prom get "$TMP/text" sluice_service_connections_refused_total \
	service=web reason=bad-signature
says "a backend is in one state" "0
0
1" prom get "$TMP/text" sluice_backend_state "backend=[fd00:1::2]:8080"
claim "the dashboard finds all that it asks for" prom names "$TMP/text" \
	"$TESTS/../docs/grafana/sluice.json"
if command -v promtool >/dev/null; then
	claim "promtool finds nothing wrong" eval 'promtool check metrics <"$TMP/text"'
fi
nobody=(setpriv --reuid 65534 --clear-groups --bounding-set=-all --inh-caps=-all)
status "who may not configure may not read either" 3 app "${nobody[@]}" "$SLUICE" export

# --- by HTTP ------------------------------------------------------------------------------

export_at() {
	spawn "export-$1.log" ip netns exec app "$SLUICE" export "$2"
	wait_for grep -q listening "$TMP/export-$1.log"
}
get() { lb curl -sS --max-time 20 "$@"; }
claim "it listens" export_at v4 10.0.1.2:9100
get http://10.0.1.2:9100/metrics >"$TMP/http"
claim "what it serves is right" prom check "$TMP/http"
sluice -j stats >"$TMP/stats"
claim "and of now" prom same "$TMP/http" "$TMP/stats"
match "it says of what kind it is" "^Content-Type: text/plain; version=0.0.4; charset=utf-8" \
	get -I http://10.0.1.2:9100/metrics
code() { get -o /dev/null -w '%{http_code}\n' "$@"; }
says "there is nothing else" "404" code http://10.0.1.2:9100/other
says "but the way there" "200" code http://10.0.1.2:9100/
says "and nothing to change" "405" code -d x=y http://10.0.1.2:9100/metrics
claim "of IPv6, too" export_at v6 '[fd00:1::2]:9100'
says "it is served there" "200" code 'http://[fd00:1::2]:9100/metrics'
claim "or at any address" export_at any '*:9101'
says "of IPv4" "200" code http://10.0.1.2:9101/metrics
says "and IPv6" "200" code 'http://[fd00:1::2]:9101/metrics'
match "where somebody else listens it does not" "Address already in use" \
	eval 'app "$SLUICE" export 10.0.1.2:9100 2>&1 || :'
match "nor at what is no address of this host" "Cannot assign requested address" \
	eval 'app "$SLUICE" export 10.0.9.9:9100 2>&1 || :'
status "it says so by its status" 3 app "$SLUICE" export 10.0.9.9:9100

# With what the unit gives it
least=(setpriv --reuid 65534 --clear-groups "--inh-caps=-all,+net_admin"
	--ambient-caps=+net_admin "--bounding-set=-all,+net_admin")
spawn export-least.log ip netns exec app "${least[@]}" "$SLUICE" export 10.0.1.2:9102
wait_for grep -q listening "$TMP/export-least.log"
least_pid=$!
says "one capability is all that it needs" "200" code http://10.0.1.2:9102/metrics
# rights PID: of each of its threads
rights() { cat /proc/"$1"/task/*/status | awk '/^(CapPrm|CapEff|CapAmb|NoNewPrivs):/ { print $2 }' | sort -u; }
is "who speaks HTTP has not even that, nor gets it again" "$(rights "$least_pid")" "0000000000000000
1"
is "but who runs the tool" "$(rights "$(pgrep -P "$least_pid")" | tail -n 1)" 0000000000001000
spawn none.log ip netns exec app bash -c 'exec "$0" export 10.0.1.2:9103 <&- >&- 2>&-' "$SLUICE"
none_pid=$!
wait_for listening app 9103
says "without standard files nothing else is taken for them" "/dev/null /dev/null /dev/null" eval \
	'readlink /proc/$none_pid/fd/[012] | xargs'
says "and it serves" "200" code http://10.0.1.2:9103/metrics
kill "$least_pid" "$none_pid"
alone() { [ -z "$(pgrep -f "sluice-export 10.0.1.2 910[23]")" ]; }
claim "who runs the tool ends with it" wait_for alone
sed 's|@SBINDIR@|/usr/sbin|' "$TESTS/../docs/systemd/sluice-export.service.in" \
	>"$TMP/sluice-export.service"
install "$SLUICE" /usr/sbin/sluice
says "systemd finds nothing wrong with the unit" "" \
	systemd-analyze --man=no verify "$TMP/sluice-export.service"
rm -f /usr/sbin/sluice

# Many at once, of several addresses, while connections come and go
n=$(small 36 12)
many() {
	local i from=(10.0.0.1 10.0.0.3 10.0.1.254)
	for ((i = 0; i < n; i++)); do
		ns "$([ $((i % 3)) = 2 ] && echo router || echo lb)" curl -sS --max-time 20 \
			--interface "${from[i % 3]}" -o "$TMP/many-$i" http://10.0.1.2:9100/metrics &
	done
	wait
}
all_right() {
	local i
	for ((i = 0; i < n; i++)); do
		prom check "$TMP/many-$i" && grep -q sluice_packets_total "$TMP/many-$i" || return
	done
}
launch load.log lb load --count "$(small 1000 100)" 10.0.1.2:8080
( many )
claim "$n who ask at once are all answered" all_right
wait_for grep -q '^ok=' "$TMP/load.log"

# One who holds all connections that he gets
cat >"$TMP/hold.py" <<-'END'
	import socket, time
	held = []
	for i in range(100):
	    s = socket.create_connection(("10.0.1.2", 9100))
	    s.send(b"GET /metrics HTTP/1.1\r\n")
	    held.append(s)
	print("held", flush=True)
	time.sleep(600)
END
spawn hold.log ip netns exec lb python3 "$TMP/hold.py"
hold_pid=$!
wait_for grep -q held "$TMP/hold.log"
says "another is served" "200" code --max-time 5 --interface 10.0.0.3 http://10.0.1.2:9100/metrics
few() { [ "$(app ss -Htn state established "sport = :9100" | wc -l)" -le 16 ]; }
claim "for one address has no more than its share" wait_for -t 5 few
kill "$hold_pid"

# A tool that does what is asked of it
cat >"$TMP/tool" <<-END
	#!/bin/bash
	echo "\$\$" >>$TMP/runs
	. $TMP/does
END
chmod 755 "$TMP/tool"
does() { echo "$*" >"$TMP/does"; : >"$TMP/runs"; }
spawn export-tool.log ip netns exec app env SLUICE="$TMP/tool" "$SLUICE-export" 10.0.1.2 9104
wait_for grep -q listening "$TMP/export-tool.log"
tool=http://10.0.1.2:9104
does 'echo "some=metrics"; echo secret >&2; exit 1'
says "a tool that fails makes no metrics" "500" code $tool/metrics
says "who asks is told so, and not what it says" "there are no metrics, the exporter's log has why" \
	get $tool/metrics
claim "which is in the log" grep -qx secret "$TMP/export-tool.log"
does 'echo secret >&2; echo some'
says "nor is what it warns of among metrics" some get $tool/metrics
does 'sleep 2; echo some'
at_once() {
	local i
	for ((i = 0; i < 12; i++)); do get $tool/metrics & done
	wait
}
is "those that ask at once are all answered" "$(at_once | grep -c some)" 12
claim "by few runs of the tool" test "$(wc -l <"$TMP/runs")" -le 3
# It keeps nobody waiting by its output, but does not end.
does 'exec >&-; sleep 4321 & wait'
{ get -w '%{http_code}\n' -o "$TMP/late" $tool/metrics >"$TMP/late-code" 2>&1 & } 2>/dev/null
late=$!
wait_for test -s "$TMP/runs"
says "while one waits for it another page is served" "200" code --max-time 3 $tool/
wait "$late"
is "a tool that does not end is ended" "$(cat "$TMP/late-code" "$TMP/late")" \
	"503
there are no metrics, the tool was too slow"
claim "and is gone" eval '! kill -0 $(<"$TMP/runs")'
pkill -x -f "sleep 4321"
does 'echo some'
says "the next one is served as before" some get $tool/metrics

# --- records ----------------------------------------------------------------------------

spawn records ip netns exec app "$SLUICE" -j monitor flow
spawn csv ip netns exec app "$SLUICE" monitor flow csv
wait_for grep -q flowId "$TMP/csv"
# The first that is heard of says that somebody listens.
heard() {
	talk --v1 --client 203.0.113.7:4999 10.0.1.2:8080 who half >/dev/null
	grep -q 203.0.113.7:4999 "$TMP/records"
}
wait_for heard
# ended PORT: the record of the end of the client with this port
ended() { grep '"event":"ended"' "$TMP/records" | grep -F "203.0.113.7:$1\""; }
# record TEXT PORT EXPRESSION: what jq is to find true of it
record() {
	wait_for -t 20 ended "$2"
	claim "$1" jq -e "$3" <(ended "$2")
}
talk --v2 --client 203.0.113.7:5011 --dest 198.51.100.9:443 10.0.1.2:8080 who push=20000 half >/dev/null
record "one that is closed has all of its course" 5011 '.reason == "flows-closed" and
	.proto == "tcp" and .opened >= 0 and .["first-byte"] >= .opened and
	.age >= .["first-byte"] and .rtt > 0'
record "and both legs, and its header" 5011 '(.sender | startswith("10.0.0.1:")) and
	.address == "10.0.1.2:8080" and .client == "203.0.113.7:5011" and
	.backend == "10.0.1.2:8080" and .header == "v2" and .destination == "198.51.100.9:443"'
record "and what it has carried" 5011 '.["bytes-in"] > 20000 and .["bytes-in"] < 30000 and
	.["packets-in"] > 2 and .["bytes-out"] > 100'
begun() { grep '"event":"added"' "$TMP/records" | grep -F "203.0.113.7:5011\""; }
claim "at its beginning it has no end" jq -e \
	'.opened >= 0 and (has("reason") or has("first-byte") | not)' <(begun)
talk --v2 --client 203.0.113.7:5012 10.0.1.2:8080 who peer-rst >/dev/null
record "one that is reset" 5012 '.reason == "flows-reset"'
launch held.log lb client --v1 --client 203.0.113.7:5013 10.0.1.2:8080 who "file=$TMP/never" who
wait_for grep -q peer= "$TMP/held.log"
sluice flow flush >/dev/null
record "one that is flushed" 5013 '.reason == "flows-flushed"'
service brief tcp 10.0.1.2:8090 accept-proxy trust 10.0.0.0/24 to 10.0.1.2:8080 idle-timeout 1
launch brief.log lb client --v1 --client 203.0.113.7:5014 10.0.1.2:8090 who "file=$TMP/never" who
record "one that was silent for too long" 5014 '.reason == "flows-expired" and .idle >= 1'
talk --v1 --client 203.0.113.7:5015 10.0.1.2:8081 who >/dev/null
talk --v2 --client 203.0.113.7:5016 10.0.1.2:8080 who half >/dev/null
wait_for ended 5016
is "one that was refused never began, and is counted" \
	"$(grep -c 5015 "$TMP/records") $(stat connect-refused)" "0 2"
# column NAME PORT: of the line of CSV of that client
column() {
	python3 -c 'import csv, sys
for row in csv.DictReader(open(sys.argv[1])):
    if row["sluiceClient"] == f"203.0.113.7:{sys.argv[3]}":
        print(row[sys.argv[2]])' "$TMP/csv" "$@"
}
of_csv() { for c in "${@:2}"; do column "$c" "$1"; done | paste -sd' '; }
says "a line of CSV has why by IPFIX's numbers" "3 3 4 1" eval \
	'for p in 5011 5012 5013 5014; do column flowEndReason $p; done | paste -sd" "'
says "and the ends" "6 10.0.0.1 10.0.1.2 8080 203.0.113.7 5011 10.0.1.2 8080 web v2" of_csv 5011 \
	protocolIdentifier sourceIPv4Address destinationIPv4Address destinationTransportPort \
	postNATSourceIPv4Address postNAPTSourceTransportPort postNATDestinationIPv4Address \
	postNAPTDestinationTransportPort applicationName sluiceHeader
is "what it has carried is what JSON says" "$(of_csv 5011 initiatorOctets responderOctets)" \
	"$(ended 5011 | jq -r '"\(.["bytes-in"]) \(.["bytes-out"])"')"
took() { local t; t=$(of_csv 5014 flowStartMilliseconds flowEndMilliseconds); echo $((${t#* } - ${t% *})); }
claim "it lasted for as long as it did" eval '[ $(took) -ge 1000 ] && [ $(took) -lt 60000 ]'

# --- and none is lost in silence -----------------------------------------------------------

before=$(stat events-lost)
sluice export >"$TMP/text"
says "nothing was lost till now" "$before" prom get "$TMP/text" sluice_events_lost_total
mapfile -t pids < <(ip netns pids app |
	xargs -I{} sh -c 'grep -qz "^monitor$" /proc/{}/cmdline && echo {}')
kill -STOP "${pids[@]}"
lost() {
	agent lb - load --count 200 10.0.1.2:8080 >/dev/null
	[ "$(stat events-lost)" -gt "$before" ]
}
claim "what does not fit in the buffer of one who sleeps is counted" wait_for -t 120 lost
sluice export >"$TMP/text"
claim "and told" test "$(prom get "$TMP/text" sluice_events_lost_total)" -gt "$before"
kill -CONT "${pids[@]}"
told() { grep -q '"event":"lost"' "$TMP/records" && grep -q "connections were lost" "$TMP/csv"; }
claim "and said by both when they wake" wait_for -t 20 told

sluice unload force
says "without the module there are no metrics" "500" code http://10.0.1.2:9100/metrics
match "but the reason, in the log" "module is not loaded" cat "$TMP/export-v4.log"
claim "another module is loaded" sluice-insmod
says "then there are, without another word" "200" code http://10.0.1.2:9100/metrics

finish
