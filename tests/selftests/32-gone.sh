#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# limit: 600
# cost: 23
#
# The namespace, the service or the module is taken away while connections carry
# data and headers are half there. Each sender must get a reset, on the wire; each
# connection of the application must end; and nothing may be left.
#
#     lb (load.py, gone.py) eth0 ---------- router -- app
#                           up0 == low0 [macvlan] == doomed (10.0.2.2, fd00:2::2)
#
# doomed's device sits on one that outlives it, so that its last words are heard.
#
# The network is drawn in lib.sh.

# shellcheck disable=SC2317,SC2016,SC2015	# called by name, evaluated later; each step or out
. "$(dirname "$0")/lib.sh"

net_up
ns_add ground
link lb up0 ground low0
addr lb up0 10.0.2.1/24 fd00:2::1/64
times=$(small 20 4)
conns=4

# What the connections and the half headers of one round are to
ends4="10.0.2.2:8080" ends6="[fd00:2::2]:8080"

# begin NAME ADDR4 ADDR6: connections that carry data, headers that are half there
begin() {
	spawn "$1" ip netns exec lb python3 "$TOOLS/gone.py" "$conns" "$2" "$3"
	log=$TMP/$1
	wait_for grep -q holding "$log"
}
# All senders were reset; gone.py says of each how it ended.
resets() { grep -q "^reset=$((4 * conns)) closed=0 stuck=0" "$log"; }
# RSTs towards lb that the wire saw: one for each of its ports
on_wire() {
	tcpdump -nr "$1" 'tcp[tcpflags] & tcp-rst != 0 or (ip6 and ip6[6] = 6 and ip6[53] & 4 != 0)' 2>/dev/null |
		grep -oE '> [^ ]+:' | sort -u | wc -l
}
pernet() { ip netns exec "$1" python3 "$TOOLS/wire/left.py"; }

# --- a namespace -----------------------------------------------------------------------

# Its predecessor had this MAC address: as long as that is about, ours stays down.
doom() {
	ns_new doomed &&
	ip -n ground link add mv0 link low0 address 02:00:00:00:02:02 type macvlan mode bridge &&
	ip -n ground link set mv0 netns doomed name eth0 &&
	wait_for -t 20 ip -n doomed link set eth0 up &&
	addr doomed eth0 10.0.2.2/24 fd00:2::2/64 &&
	via doomed 10.0.2.1 fd00:2::1 &&
	ip netns exec doomed "$SLUICE" service add web tcp "$ends4" accept-proxy trust any header-timeout 30 forward local &&
	ip netns exec doomed "$SLUICE" service add web6 tcp "$ends6" accept-proxy trust any header-timeout 30 forward local
}
spawn capture.log ip netns exec lb tcpdump -U -i up0 -s 96 -B 8192 -w "$TMP/lb-up0.pcap" tcp
wait_for grep -q listening "$TMP/capture.log"
good=0 all=0
for ((i = 1; i <= times; i++)); do
	doom || break
	ip netns exec doomed python3 "$TOOLS/server.py" 8080 >/dev/null 2>&1 &
	doomed=$!
	wait_for listening doomed 8080 && begin "ns$i" "$ends4" "$ends6" || break
	ip netns del doomed
	kill -9 "$doomed"
	wait "$doomed" 2>/dev/null
	wait_for -t 20 resets || break
	all=$((all + 4 * conns))
	good=$((good + 1))
done
[ "$good" = "$times" ] || note "$(cat "$log")"
is "a namespace goes under load: every sender is reset, $times times" "$good" "$times"
claim "the wire has seen it" wait_for -t 10 eval \
	'[ "$(on_wire "$TMP/lb-up0.pcap")" -ge $((all * 9 / 10)) ]'
note "$(on_wire "$TMP/lb-up0.pcap") ports of $all connections, some used twice, were sent a RST"

# --- a service, and the module ----------------------------------------------------------

server app 8080
add_services() {
	sluice service add web tcp "$SERVICE4:8080" accept-proxy trust any header-timeout 30 forward local &&
	sluice service add web6 tcp "[$SERVICE6]:8080" accept-proxy trust any header-timeout 30 forward local
}
app_free() { [ -z "$(app ss -Htn state established "sport = :8080")" ]; }
left() { [ "$(pernet app)" = "flows=0 half-open=0 bytes=0" ]; }
slab() { awk '/^Slab:/ {print $2}' /proc/meminfo; }

add_services || bail "services are refused"
good=0 before=0
for ((i = 1; i <= times; i++)); do
	begin "del$i" "$SERVICE4:8080" "[$SERVICE6]:8080" || break
	sluice service del web force && sluice service del web6 force || break
	wait_for -t 20 resets && wait_for -t 20 app_free && wait_for -t 20 left || break
	add_services || break
	good=$((good + 1))
done
[ "$good" = "$times" ] || note "$(cat "$log"; pernet app; app ss -tn state established; sluice flow show)"
is "service del force under load resets both legs and leaves nothing, $times times" "$good" "$times"

good=0
for ((i = 1; i <= times; i++)); do
	begin "rmmod$i" "$SERVICE4:8080" "[$SERVICE6]:8080" || break
	rmmod sluice || break
	wait_for -t 20 resets && wait_for -t 20 app_free || break
	# What its caches still held would be told in the kernel's log (see run).
	! grep -q '^slc_' /proc/slabinfo || break
	sluice-insmod && add_services || break
	[ "$i" != 2 ] || before=$(slab)
	good=$((good + 1))
done
[ "$good" = "$times" ] || note "$(cat "$log"; pernet app; app ss -tn state established)"
is "rmmod under load resets both legs and leaves nothing, $times times" "$good" "$times"
grew=$(($(slab) - before))
claim "memory is back: 4 MiB more at most ($grew KiB)" test "$grew" -lt 4096

finish
