#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 10
#
# A service of all addresses ("*") is one of this host's. What app forwards, and what it
# takes in others' place by TPROXY, is no business of its.
#
#     lb (client.py) -- router -- app (nft, server.py) -- box 10.0.2.2, fd00:2::2
#
# The rest of the network is drawn in lib.sh.

# shellcheck disable=SC2317,SC2016,SC2059	# called by name, evaluated later
. "$(dirname "$0")/lib.sh"

net_up
ns_add box
link box eth0 app box0
addr app box0 10.0.2.254/24 fd00:2::fe/64
addr box eth0 10.0.2.2/24 fd00:2::2/64
via box 10.0.2.254 fd00:2::fe
ip -n router route add 10.0.2.0/24 via 10.0.1.2
ip -n router -6 route add fd00:2::/64 via fd00:1::2
set_sysctl app net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
# What is intercepted is for this host, as far as routes say. Those of the mark:
ip -n app rule add fwmark 1 lookup 100
ip -n app -6 rule add fwmark 1 lookup 100
ip -n app route add local default dev lo table 100
ip -n app -6 route add local default dev lo table 100
server box 8080
server app --transparent 8080
server app --transparent 8085
n=5000
# own TEXT: what is this host's is the service's
own() {
	n=$((n + 1))
	says "$1: the host's own is served" "peer=$CLIENT4:$n local=$SERVICE4:8080
both 100000 ok" talk --v2 --client "$CLIENT4:$n" "$SERVICE4:8080" who both=100000
	says "$1: the host's own is served (IPv6)" "peer=[$CLIENT6]:$n local=[$SERVICE6]:8080
both 100000 ok" talk --v1 --client "[$CLIENT6]:$n" "[$SERVICE6]:8080" who both=100000
}
# others TEXT WHO PORT: what is box's is left alone, and WHO serves it there
others() {
	local before
	before=$(served "$2" "$3" | grep -c accept)
	n=$((n + 1))
	says "$1: box's is not touched" "peer=$LB4:$n local=10.0.2.2:8080
both 100000 ok
bye" talk -t 10 --bind "$LB4:$n" 10.0.2.2:8080 who both=100000 half
	says "$1: box's is not touched (IPv6)" "peer=[$LB6]:$n local=[fd00:2::2]:8080
both 100000 ok
bye" talk -t 10 --bind "[$LB6]:$n" "[fd00:2::2]:8080" who both=100000 half
	is "$1: it came to $2's port $3" "$(served "$2" "$3" | grep -c accept)" $((before + 2))
}
# intercept PRIORITY PORT: what is for box's port 8080 is for ours
intercept() {
	app nft flush ruleset 2>/dev/null
	app nft -f - 2>/dev/null <<-END
		table inet t {
			chain pre {
				type filter hook prerouting priority $1;
				ip daddr 10.0.2.2 tcp dport 8080 tproxy ip to :$2 meta mark set 1 accept
				ip6 daddr fd00:2::2 tcp dport 8080 tproxy ip6 to :$2 meta mark set 1 accept
			}
		}
	END
}

modprobe nft_tproxy 2>/dev/null
if intercept -300 8085; then
	others "before there is a service" app 8085
	app nft flush ruleset
fi
service star tcp '*:8080' accept-proxy trust any forward local
own "forwarding"
others "forwarding" box 8080
if intercept -150 8085; then
	others "intercepted" app 8085
	own "intercepted"
	intercept -150 8080
	others "intercepted, to the service's own port" app 8080
	own "intercepted, to the service's own port"
	intercept -300 8085
	others "intercepted in raw" app 8085
	intercept -300 8080
	others "intercepted in raw, to the service's own port" app 8080
	own "intercepted in raw"
	# As far as routes go it needs no mark, either.
	ip -n app rule add iif eth0 to 10.0.2.0/24 lookup 100
	ip -n app -6 rule add iif eth0 to fd00:2::/64 lookup 100
	others "intercepted by a rule for its address" app 8080
	own "intercepted by a rule for its address"
	app nft flush ruleset
	is "nothing was refused" "$(stat bypass-refused) $(stat bad-signature) $(stat untrusted-dropped)" "0 0 0"
else
	skip "what is intercepted" "this kernel has no TPROXY"
fi

finish
