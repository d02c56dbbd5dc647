#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 30
# limit: 300
#
# A backend that answers clients directly, whose balancer has changed the VIP to the backend's
# address and port: its answers leave from the VIP.
#
#     client -- router -- bal (nft, without state) -- b1 (Sluice)
#
# The network is drawn in viplib.sh.

# shellcheck disable=SC2317,SC2016,SC2034,SC2154	# called by name, evaluated later
. "$(dirname "$0")/viplib.sh"

said_status() { local out; out=$("$@" 2>&1) || out="status $?: $out"; echo "$out"; }

vip_net
size=$(small 2000000 300000)
# What is for the VIP is b1's, and is remembered by nobody; but fragments are joined.
{
	echo "table inet t { chain on { type filter hook forward priority 0; ct state invalid accept; }"
	echo "chain pre { type filter hook prerouting priority -300;"
	while read -r l4 from to; do
		echo "ip daddr $VIP4 $l4 dport $from $l4 dport set $to ip daddr set 10.0.1.1 notrack"
		echo "ip6 daddr $VIP6 $l4 dport $from $l4 dport set $to ip6 daddr set fd00:1::1 notrack"
	done <<-END
		tcp 80 8080
		tcp 81 8099
		tcp 8004 8004
		udp 53 5300
		udp 55 5399
	END
	echo "}; }"
} | bal nft -f - || bail "nft refuses the rules"

# --- what is refused -------------------------------------------------------------------------

match "a VIP of the other family" "status 2: .*reply-from .*has to be of the service's family" \
	said_status sluice service add x tcp 10.0.1.1:8080 reply-from "[fd00:1::80]:80"
match "a VIP for what is delivered elsewhere" "status 2: .*reply-from .*: what answers from a VIP comes as it is to be delivered" \
	said_status sluice service add x tcp 10.0.1.1:8080 reply-from 10.0.1.80:80 to 10.0.1.1:81
match "one for any address" "status 2: .*: who answers from a VIP has an address himself" \
	said_status sluice service add x tcp "*:8080" reply-from 10.0.1.80:80
match "one port for several" "status 2: .*: a service of several ports answers from the same ports" \
	said_status sluice service add x tcp 10.0.1.1:8080-8081 reply-from 10.0.1.80:80
match "a loopback address" "status 2: .*: not a global unicast address" \
	said_status sluice service add x tcp 10.0.1.1:8080 reply-from 127.0.0.1:80
says "nothing of that is there" "" sluice service show

# --- connections and conversations -------------------------------------------------------------

server b1 8004
# from NAME tcp|udp PORT VIP-PORT
from() {
	service "${1}4" "$2" "10.0.1.1:$3" forward local reply-from "$VIP4${4:+:$4}"
	service "${1}6" "$2" "[fd00:1::1]:$3" forward local reply-from "$([ -n "$4" ] &&
		echo "[$VIP6]:$4" || echo "$VIP6")"
}
from web tcp 8080 80
from gone tcp 8099 81
from range tcp 8000-8009 ""
from dns udp 5300 53
from dnsgone udp 5399 55
match "it is shown" "reply-from 10.0.1.80:80" sluice service show web4
vip_alone client
both_ways "" 80
each "nobody listens" "status 3: refused: Connection refused" tcp 81 who
is "at the application's port" "$(asked b1)" 2
each "a port of a range is kept" 'peer=$me local=$b1:8004' tcp 8004 who
each "a conversation" 'peer=$me local=$b1:5300 answer=$vip
size 1400 ok
size 20000 ok
zero ok' udp 53 who size=1400 size=20000 zero
is "the client has seen nobody but the VIP" "$(counter client wrong)" 0
hears "no UDP server" "type=3 code=3 by=$VIP4 about=$VIP4:55" udp 4 55 error
hears "no UDP server (IPv6)" "type=1 code=4 by=$VIP6 about=.$VIP6.:55" udp 6 55 error
for off in "tx off" "gro off gso off tso off" "tx on gro on gso on tso on"; do
	for host in client:eth0 router:cl router:eth0 sw:router sw:bal sw:b1 bal:eth0 b1:eth0; do
		# shellcheck disable=SC2086
		ip netns exec "${host%:*}" ethtool -K "${host#*:}" $off >/dev/null 2>&1
	done
	each "with $off" "both $size ok" tcp 80 "both=$size"
	each "datagrams with $off" "size 1400 ok
size 9000 ok" udp 53 size=1400 size=9000
done

# --- what ICMP says of an answer comes to the VIP -------------------------------------------------

# By the balancer, which sends it on as it is: by b1's MAC.
lone_is_at b1
mac=$(ns_b1 cat /sys/class/net/eth0/address)
ip -n bal addr del 10.0.1.80/32 dev eth0
ip -n bal addr del fd00:1::80/128 dev eth0
for a in 10.0.1.80 fd00:1::80; do
	ip -n router neigh replace "$a" lladdr "$(bal cat /sys/class/net/eth0/address)" dev eth0 nud permanent
	ip -n bal neigh replace "$a" lladdr "$mac" dev eth0 nud permanent
done
set_sysctl bal net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.eth0.send_redirects=0
before=$(stat icmp-translated)
narrower "a path narrows" client 1300 80
cable client 1500
claim "errors were translated" test "$(stat icmp-translated)" -ge $((before + 2))

# --- others ---------------------------------------------------------------------------------------------

near() { names "$@"; talk_from b1 -t 20 "$([ "$1" = 4 ] && echo 10.0.1.1 || echo "[fd00:1::1]"):8080" "${@:3}"; }
each "who is on the application's host has it as it is" "both 100000 ok" near 8080 both=100000
rm -f "$TMP/go"
n=$((n + 1))
names 4 80
launch kept.log client client -t 60 --bind "$me" "$vip" echo=hello "file=$TMP/go" both=100000
wait_for grep -q hello "$TMP/kept.log"
match "flow show names client, VIP and application" "203.0.113.7:$n .*10.0.1.80:80 .*10.0.1.1:8080" \
	sluice flow show
claim "it may be given up" sluice service set web4 reply-from 10.0.1.81:80
: >"$TMP/go"
claim "the connection that there was goes on" wait_for grep -q "both 100000 ok" "$TMP/kept.log"
sluice service set web4 reply-from 10.0.1.80:80
rm -f "$TMP/go"
n=$((n + 1))
names 4 80
launch reset.log client client -t 60 --bind "$me" "$vip" echo=hello "file=$TMP/go" echo=again
wait_for grep -q hello "$TMP/reset.log"
ip -n sw link set b1 down
counted "force resets the application's end" flows-flushed 1 sluice service del web4 force
# It has been reset here, where its client hears of nothing.
alone() { ! ns_b1 ss -Htn state established "sport = :8080" | grep -q .; }
claim "which is over" wait_for -t 5 alone
service web4 tcp 10.0.1.1:8080 reply-from 10.0.1.80:80
ip -n sw link set b1 up
before=$(stat no-flow)
: >"$TMP/go"
claim "a connection that is not known is reset, by the VIP" wait_for grep -q "reset\|Reset" "$TMP/reset.log"
claim "and counted" test "$(stat no-flow)" -gt "$before"

finish
