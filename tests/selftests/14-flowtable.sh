#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 16
#
# The application's host is a router too and puts what it forwards into a
# flowtable, which then passes by every hook. Sluice's connections must not get
# there; those of others must, as before.
#
#     lb (client.py) -- router -- app (nft flowtable, Sluice, server.py) -- beyond (server.py)
#                                     10.0.2.1, fd00:2::1                    10.0.2.2, fd00:2::2
#
# The network is drawn in lib.sh.

# shellcheck disable=SC2317,SC2016,SC2059	# called by name, evaluated later
. "$(dirname "$0")/lib.sh"

net_up
ns_add beyond
link app far beyond eth0
addr app far 10.0.2.1/24 fd00:2::1/64
addr beyond eth0 10.0.2.2/24 fd00:2::2/64
via beyond 10.0.2.1 fd00:2::1
ip -n router route add 10.0.2.0/24 via 10.0.1.2
ip -n router route add fd00:2::/64 via fd00:1::2
set_sysctl app net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
via app 10.0.1.254 fd00:1::fe 2>/dev/null
server app 8080
server beyond 8080
# Any address of the host: what is only on its way through has the port as well.
service web tcp '*:8080' accept-proxy trust any forward local

app nft -f - <<END || bail "nft refuses the rules"
table inet t {
	counter offered { }
	flowtable f {
		hook ingress priority 0
		devices = { eth0, far }
	}
	chain forward {
		type filter hook forward priority 0
		meta l4proto tcp counter name offered flow add @f
	}
	chain input { type filter hook input priority 0; ct state new,established accept; }
}
END
offered() { app nft -j list counter inet t offered | jq '.nftables[].counter.packets // empty'; }
# entries PATTERN: conntrack's, on the application's host
entries() {
	if app test -e /proc/net/nf_conntrack; then
		app cat /proc/net/nf_conntrack
	else
		app conntrack -L 2>/dev/null
		app conntrack -L -f ipv6 2>/dev/null
	fi | grep -E "$1"
}

# held NAME OPTION... ADDR: a connection that has carried data and stays
size=$(small 3000000 300000)
held() {
	local name=$1
	shift
	launch "$name.log" lb client "$@" \
		who "both=$size" "file=$TMP/go" "both=$size"
	wait_for -t 40 grep -q "both $size ok" "$TMP/$name.log"
}
held past4 --bind 10.0.0.3:7001 10.0.2.2:8080
held past6 --bind '[fd00::3]:7001' '[fd00:2::2]:8080'
held four --bind 10.0.0.1:7001 --v2 --client "$CLIENT4:5001" "$SERVICE4:8080"
held six --bind '[fd00::1]:7001' --v1 --client "[$CLIENT6]:5001" "[$SERVICE6]:8080"
held local --bind 10.0.0.1:7002 --v2 --local "$SERVICE4:8080"
held cross --bind 10.0.0.1:7003 --v2 --client "[$CLIENT6]:5003" --dest "[$SERVICE6]:1" "$SERVICE4:8080"

says "Sluice's connection names its client (IPv4)" "peer=$CLIENT4:5001 local=$SERVICE4:8080" \
	sed -n 1p "$TMP/four.log"
says "Sluice's connection names its client (IPv6)" "peer=[$CLIENT6]:5001 local=[$SERVICE6]:8080" \
	sed -n 1p "$TMP/six.log"
match "what is forwarded is the sender's own (IPv4)" "^peer=10.0.0.3:7001 local=10.0.2.2:8080" \
	sed -n 1p "$TMP/past4.log"
match "what is forwarded is the sender's own (IPv6)" "^peer=.fd00::3.:7001 local=.fd00:2::2.:8080" \
	sed -n 1p "$TMP/past6.log"

claim "what is forwarded is offloaded (IPv4)" \
	wait_for -t 10 entries 'src=10\.0\.0\.3 dst=10\.0\.2\.2 sport=7001 .*\[OFFLOAD\]'
claim "what is forwarded is offloaded (IPv6)" \
	wait_for -t 10 entries 'src=fd00:.*dst=fd00:.*sport=7001 .*src=fd00:.*\[OFFLOAD\]'
for w in "$CLIENT4 dst=$SERVICE4 sport=5001" "10\.0\.0\.1 dst=$SERVICE4 sport=7002" \
	"2001:.* dst=fd00:.* sport=5001" "2001:.* dst=fd00:.* sport=5003"; do
	match "conntrack has Sluice's connection: ${w//\\/}" "ASSURED" entries "src=$w dport=8080 "
	is "and it is not offloaded" "$(entries "src=$w dport=8080 " | grep -c OFFLOAD)" 0
done
is "nothing is offloaded but what is forwarded" "$(entries OFFLOAD | grep -c .)" 2
match "flow show does not have what is forwarded" "^4$" eval 'sluice -j flow show | jq length'

before=$(offered)
: >"$TMP/go"
twice() { [ "$(grep -c "both $size ok" "$TMP/$1.log")" = 2 ]; }
for c in past4 past6 four six local cross; do
	claim "data again: $c" wait_for -t 40 twice $c
done
claim "the forward chain saw next to nothing of what is forwarded" \
	test $(($(offered) - before)) -lt 100
opened=$(stat flows-opened web)
n=5100
for i in 1 2 3; do
	n=$((n + 1))
	says "a new connection while others are offloaded ($i)" "peer=$CLIENT4:$n local=$SERVICE4:8080
both 300000 ok
bye" talk --v2 --client "$CLIENT4:$n" "$SERVICE4:8080" who both=300000 half
	match "and one that is forwarded ($i)" "^peer=10.0.0." talk 10.0.2.2:8080 who
done
is "Sluice opened its own and no other" $(($(stat flows-opened web) - opened)) 3
# A client that is a forwarded connection's other end, towards another address
says "a header that names an end of what is offloaded" "peer=10.0.0.3:7001 local=$SERVICE4:8080" \
	talk --v2 --client 10.0.0.3:7001 "$SERVICE4:8080" who
app nft flush ruleset

finish
