#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 6
#
# Without connection tracking: the module neither needs it nor brings it along.
#
#     lb (client.py) -> app (server.py)
#
# The network is drawn in lib.sh.

# shellcheck disable=SC2317,SC2016,SC2059	# called by name, evaluated later
. "$(dirname "$0")/lib.sh"

ct_loaded() { grep -q '^nf_conntrack ' /proc/modules; }
# Whatever another test has had loaded, dependents first
ct_unload() {
	local m
	for _ in 1 2 3 4 5 6; do
		ct_loaded || return 0
		while read -r m; do
			rmmod "$m" 2>/dev/null
		done < <(awk '$3 == 0 && $1 ~ /^(nf|nft|xt|nfnetlink|br_netfilter|act|openvswitch)/ { print $1 }' \
			/proc/modules)
	done
	! ct_loaded
}

if ! ct_loaded && [ -e /proc/net/nf_conntrack ]; then
	skip "works without conntrack" "conntrack is built into this kernel"
	finish
fi
claim "conntrack is not loaded" ct_unload
net_up
server app 8080
service web tcp "$SERVICE4:8080" accept-proxy trust 10.0.0.0/24 mark 0x51 forward local
service web6 tcp "[$SERVICE6]:8080" accept-proxy trust fd00::/64 mark 0x51 forward local

says "PROXY without conntrack" "peer=$CLIENT4:5001 local=$SERVICE4:8080
both 1000000 ok
bye" talk --v2 --client "$CLIENT4:5001" "$SERVICE4:8080" who both=1000000 half
says "PROXY without conntrack (IPv6)" "peer=[$CLIENT6]:5001 local=[$SERVICE6]:8080
both 1000000 ok
bye" talk --v1 --client "[$CLIENT6]:5001" "[$SERVICE6]:8080" who both=1000000 half
says "LOCAL without conntrack" "peer=10.0.0.1:5002 local=$SERVICE4:8080
both 100000 ok" talk --v2 --local --bind 10.0.0.1:5002 "$SERVICE4:8080" who both=100000
says "the application's reset, without conntrack" "reset" \
	talk --v2 --client "$CLIENT4:5003" "$SERVICE4:8080" peer-rst
# A backend of the other family than its client, which is on the same host as that here.
server lb 8099
out=$(agent lb "$TMP/udp.log" udp serve 8098)
[[ $out == "pid "* ]] || bail "no UDP server: $out"
PIDS+=("${out#pid }")
udp_from_lb() {
	out=$(agent lb - udp talk "$@")
	echo "${out%$'\n'*}"
}
set_sysctl app net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
for p in "tcp 90 8099" "udp 91 8098"; do
	# shellcheck disable=SC2086	# words
	set -- $p
	service "four$1" "$1" "[$SERVICE6]:$2" scheduler rr forward fullnat
	service "six$1" "$1" "$SERVICE4:$2" scheduler rr forward fullnat
	sluice backend add "four$1" "$LB4:$3" >/dev/null || bail "no backend"
	sluice backend add "six$1" "[$LB6]:$3" >/dev/null || bail "no backend"
done
says "an IPv4 backend of an IPv6 client, without conntrack" "both 1000000 ok
bye" talk "[$SERVICE6]:90" both=1000000 half
says "an IPv6 backend of an IPv4 client, without conntrack" "both 1000000 ok
bye" talk "$SERVICE4:90" both=1000000 half
says "a conversation with an IPv4 backend" "size 9000 ok" udp_from_lb "[$SERVICE6]:91" size=9000
says "a conversation with an IPv6 backend" "size 9000 ok" udp_from_lb "$SERVICE4:91" size=9000
claim "nothing of this has loaded it" eval '! ct_loaded'

finish
