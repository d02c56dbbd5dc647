#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 28
#
# What an uplink can be: a port of a bridge with br_netfilter, a macvlan, a VLAN,
# a VRF's port, and under an IPsec policy.
#
#     lb (client.py) -- router -- app (the device under test, server.py)
#
# limit: 400
#
# The network is drawn in lib.sh; here app's addresses are on another device than
# eth0.

# shellcheck disable=SC2317,SC2016,SC2059	# called by name, evaluated later
. "$(dirname "$0")/lib.sh"

net_up
server app 8080
service web tcp "$SERVICE4:8080" accept-proxy trust 10.0.0.0/24 forward local
service web6 tcp "[$SERVICE6]:8080" accept-proxy trust fd00::/64 forward local

n=5000
size=$(small 5000000 500000)
works() {
	n=$((n + 1))
	says "$1" "peer=$CLIENT4:$n local=$SERVICE4:8080
both $size ok
bye" talk -t 15 --v2 --client "$CLIENT4:$n" "$SERVICE4:8080" who "both=$size" half
	says "$1 (IPv6)" "peer=[$CLIENT6]:$n local=[$SERVICE6]:8080
both $size ok
bye" talk -t 15 --v1 --client "[$CLIENT6]:$n" "[$SERVICE6]:8080" who "both=$size" half
	n=$((n + 1))
	says "$1: LOCAL" "peer=10.0.0.1:$n local=$SERVICE4:8080
both 100000 ok" talk -t 15 --v2 --local --bind "10.0.0.1:$n" "$SERVICE4:8080" who both=100000
	says "$1: the application's reset" "reset" \
		talk -t 15 --v2 --client "$CLIENT4:$((n + 1000))" "$SERVICE4:8080" peer-rst
	match "$1: plain connections to the host's other ports" "^peer=10.0.0." \
		talk "$SERVICE4:8081" who
}
server app 8081

# move DEV: app's addresses and routes, from wherever they are
move() {
	app ip -4 addr flush scope global
	app ip -6 addr flush scope global
	app ip -6 route flush default
	ip -n app link set "$1" up
	router ip neigh flush dev ap
	addr app "$1" 10.0.1.2/24 fd00:1::2/64
	via app 10.0.1.254 fd00:1::fe
	wait_for -t 10 lb ping -c 1 -W 1 "$SERVICE4"
	wait_for -t 10 lb ping -c 1 -W 1 "$SERVICE6"
}

# --- a bridge ---------------------------------------------------------------------

ip -n app link add br0 type bridge forward_delay 0
ip -n app link set eth0 master br0
move br0
works "a bridge"
if modprobe br_netfilter 2>/dev/null && app sysctl -qw net.bridge.bridge-nf-call-iptables=1 \
		net.bridge.bridge-nf-call-ip6tables=1; then
	works "a bridge with br_netfilter"
	# Frames through the bridge that are not for this host are not ours.
	ns_add beyond
	link beyond eth0 app port2
	ip -n app link set port2 master br0
	addr beyond eth0 10.0.1.9/24 fd00:1::9/64
	via beyond 10.0.1.254 fd00:1::fe
	server beyond 8080
	service star tcp '*:8080' accept-proxy trust any forward local
	match "what a bridge passes on is nobody's service" "^peer=10.0.0." talk 10.0.1.9:8080 who
	match "nor over IPv6" "^peer=.fd00::" talk "[fd00:1::9]:8080" who
	sluice service del star force
	ip -n app link del port2
	# The sender comes untagged and belongs to VLAN 10, where this host is too.
	ip -n app link set br0 type bridge vlan_filtering 1 vlan_default_pvid 0
	app bridge vlan add dev eth0 vid 10 pvid untagged
	app bridge vlan add dev br0 vid 10 self
	ip -n app link add link br0 name v10 type vlan id 10
	move v10
	works "a VLAN of a bridge with br_netfilter"
	app sysctl -qw net.bridge.bridge-nf-call-iptables=0 net.bridge.bridge-nf-call-ip6tables=0
	works "and without"
	ip -n app link del v10
else
	skip "a bridge with br_netfilter" "this kernel has no br_netfilter"
fi
ip -n app link set eth0 nomaster
ip -n app link del br0

# --- macvlan and VLAN ------------------------------------------------------------------

ip -n app link add mac0 link eth0 type macvlan mode bridge
move mac0
works "a macvlan"
ip -n app link del mac0

ip -n app link add link eth0 name v7 type vlan id 7
ip -n router link add link ap name v7 type vlan id 7
router ip addr flush dev ap scope global
ip -n router link set v7 up
addr router v7 10.0.1.254/24 fd00:1::fe/64
move v7
works "a VLAN"
ip -n app link del v7
ip -n router link del v7
addr router ap 10.0.1.254/24 fd00:1::fe/64

# --- a service on lo, an application bound to a device -----------------------------------------

move eth0
ip -n app -6 addr add fd00:1::99/128 dev lo
ip -n router -6 route add fd00:1::99 via fd00:1::2
spawn bound.log ip netns exec app socat "TCP6-LISTEN:8090,so-bindtodevice=eth0,fork,reuseaddr" \
	'SYSTEM:echo peer=$SOCAT_PEERADDR'
wait_for listening app 8090
service bound tcp '[fd00:1::99]:8090' accept-proxy trust fd00::/64 forward local
match "an application bound to the uplink, its address on lo (IPv6)" \
	"^peer=.2001:0db8:000c:0000:0000:0000:0000:0007" \
	talk -t 10 --v1 --client "[$CLIENT6]:4998" '[fd00:1::99]:8090' banner

# --- IPsec on the outer leg ------------------------------------------------------------------

service other tcp "$SERVICE4:8082" accept-proxy trust 10.0.0.0/24 to "$SERVICE4:8081" forward local

move eth0
# esp NS ME PEER: transport mode, both ways, required
esp() {
	local n=$1 me=$2 peer=$3 dir
	for dir in "$me $peer" "$peer $me"; do
		# shellcheck disable=SC2086	# two words
		set -- $dir
		ip -n "$n" xfrm state add src "$1" dst "$2" proto esp spi 0x1001 reqid 1 mode transport \
			aead 'rfc4106(gcm(aes))' 0x00112233445566778899aabbccddeeff00112233 128 || return
	done
	ip -n "$n" xfrm policy add src "$me" dst "$peer" dir out \
		tmpl src "$me" dst "$peer" proto esp reqid 1 mode transport &&
	ip -n "$n" xfrm policy add src "$peer" dst "$me" dir in \
		tmpl src "$peer" dst "$me" proto esp reqid 1 mode transport
}
if esp app 10.0.1.2 10.0.0.1 && esp lb 10.0.0.1 10.0.1.2; then
	n=$((n + 1))
	says "IPsec between balancer and application: PROXY" "peer=$CLIENT4:$n local=$SERVICE4:8080
both $size ok
bye" talk -t 15 --bind 10.0.0.1:0 --v2 --client "$CLIENT4:$n" "$SERVICE4:8080" who "both=$size" half
	n=$((n + 1))
	says "IPsec: LOCAL, whose inner leg meets the same policies" "peer=10.0.0.1:$n local=$SERVICE4:8080
both 100000 ok" talk -t 15 --v2 --local --bind "10.0.0.1:$n" "$SERVICE4:8080" who both=100000
	says "IPsec: LOCAL to another port" "peer=10.0.0.1:$n local=$SERVICE4:8081
both 100000 ok" talk -t 15 --v1 --local --bind "10.0.0.1:$n" "$SERVICE4:8082" who both=100000
	# A reset of ours has to get past the policy, too.
	launch local.log lb client --v2 --local --bind 10.0.0.1:4999 \
		"$SERVICE4:8080" who hold=60
	wait_for grep -q peer= "$TMP/local.log"
	claim "IPsec: a LOCAL connection is deleted" sluice flow del 10.0.0.1:4999-10.0.1.2:8080
	claim "IPsec: and the application knows" wait_for -t 5 \
		sh -c '[ -z "$(ip netns exec app ss -Htn state established dport = :4999)" ]'
	claim "IPsec: it was used" sh -c \
		"ip -n app -s xfrm state list src 10.0.0.1 | grep -Eq '[1-9][0-9]{5,}\\(bytes\\)'"
	# The policy is the outer leg's: what should come encrypted and does not, is refused.
	lb ip xfrm policy flush
	lb ip xfrm state flush
	status "IPsec: a sender that must encrypt and does not is not served" 4 \
		talk -t 3 --bind 10.0.0.1:0 --v2 --client "$CLIENT4:5999" "$SERVICE4:8080" who
	app ip xfrm policy flush
	app ip xfrm state flush
	esp app fd00:1::2 fd00::1 && esp lb fd00::1 fd00:1::2
	n=$((n + 1))
	says "IPsec over IPv6: PROXY" "peer=[$CLIENT6]:$n local=[$SERVICE6]:8080
both $size ok
bye" talk -t 15 --bind '[fd00::1]:0' --v1 --client "[$CLIENT6]:$n" "[$SERVICE6]:8080" who "both=$size" half
	says "IPsec over IPv6: LOCAL" "peer=[fd00::1]:$n local=[$SERVICE6]:8080
both 100000 ok" talk -t 15 --v2 --local --bind "[fd00::1]:$n" "[$SERVICE6]:8080" who both=100000
	for i in app lb; do
		ip netns exec "$i" ip xfrm policy flush
		ip netns exec "$i" ip xfrm state flush
	done
else
	skip "IPsec" "this kernel cannot do ESP with AES-GCM"
fi

# --- a VRF ---------------------------------------------------------------------------------------

modprobe vrf 2>/dev/null
if ip -n app link add red type vrf table 100; then
	ip -n app link set red up
	app ip -6 addr flush dev eth0 scope global
	app ip -6 route flush default
	ip -n app link set eth0 master red
	addr app eth0 10.0.1.2/24 fd00:1::2/64 2>/dev/null
	ip -n app route add default via 10.0.1.254 vrf red
	ip -n app -6 route add default via fd00:1::fe vrf red
	wait_for -t 10 lb ping -c 1 -W 1 "$SERVICE4"
	wait_for -t 10 lb ping -c 1 -W 1 "$SERVICE6"
	# Who is bound to no VRF is not reached from one, by anybody, without the sysctl.
	is "a VRF: tcp_l3mdev_accept is off" "$(app sysctl -n net.ipv4.tcp_l3mdev_accept)" 0
	server app --device red 8084
	service vrf tcp "$SERVICE4:8085" accept-proxy trust 10.0.0.0/24 to "$SERVICE4:8084" forward local
	service vrf6 tcp "[$SERVICE6]:8085" accept-proxy trust fd00::/64 to "[$SERVICE6]:8084" forward local
	status "a VRF: an application that is not bound to it refuses plain connections" 3 \
		talk -t 10 "$SERVICE4:8081" who
	status "a VRF: over IPv6 as well" 3 talk -t 10 "[$SERVICE6]:8081" who
	counted "a VRF: and ours" connect-refused 1 \
		talk -t 10 --v2 --client "$CLIENT4:4996" "$SERVICE4:8080" who
	counted "a VRF: and ours over IPv6" connect-refused 1 \
		talk -t 10 --v2 --client "[$CLIENT6]:4996" "[$SERVICE6]:8080" who
	match "a VRF: one that is bound to it takes plain connections" "^peer=10.0.0." \
		talk -t 10 "$SERVICE4:8084" who
	match "a VRF: over IPv6 as well" "^peer=.fd00::" talk -t 10 "[$SERVICE6]:8084" who
	says "a VRF: and ours" "peer=$CLIENT4:4995 local=$SERVICE4:8084
both 100000 ok" talk -t 10 --v2 --client "$CLIENT4:4995" "$SERVICE4:8085" who both=100000
	says "a VRF: and ours over IPv6" "peer=[$CLIENT6]:4995 local=[$SERVICE6]:8084
both 100000 ok" talk -t 10 --v2 --client "[$CLIENT6]:4995" "[$SERVICE6]:8085" who both=100000
	app sysctl -qw net.ipv4.tcp_l3mdev_accept=1
	works "a VRF"
	n=$((n + 1))
	says "a VRF: a client of the other family" "peer=[$CLIENT6]:$n local=[$SERVICE6]:8080
both 100000 ok" talk -t 15 --v2 --client "[$CLIENT6]:$n" --dest "[$SERVICE6]:8080" \
		"$SERVICE4:8080" who both=100000
	counted "a VRF: the other way round is refused" family-refused 1 \
		talk -t 15 --v2 --client "$CLIENT4:$n" --dest "$SERVICE4:8080" "[$SERVICE6]:8080" who
	status "a VRF: by a reset" 3 talk -t 15 --v2 --client "$CLIENT4:$n" \
		--dest "$SERVICE4:8080" "[$SERVICE6]:8080" who
	service self tcp "$SERVICE4:8083" accept-proxy trust any to "$SERVICE4:8080" forward local
	match "a VRF: a sender on this host" "^peer=$CLIENT4:4997 " sh -c \
		'printf "PROXY TCP4 203.0.113.7 10.0.1.2 4997 8083\r\nwho\n" | ip netns exec app \
			timeout 10 socat -T 5 - TCP:10.0.1.2:8083,so-bindtodevice=red'
else
	skip "a VRF" "this kernel has no VRF"
fi

finish
