#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 15
# limit: 300
#
# Balancing with `forward nat` over one arm: the client, the balancer and the backends are
# on one wire, and whatever passes goes out where it came in. Routers say of such packets
# that there is a shorter way (an ICMP redirect), which is just what must not be taken.
#
#     client, bal, b1, b2, b3 -- sw
#
# The network is drawn in ballib.sh: the one with one arm.

# shellcheck disable=SC2317,SC2016,SC2034,SC2154	# called by name, evaluated later
. "$(dirname "$0")/ballib.sh"

one_arm_net
balance web tcp 80 b1:8080 b2:8080 b3:8080
balance one tcp 81 b1:8080
balance gone tcp 82 b1:8099
balance dns udp 54 b1:5300
balance dnsgone udp 55 b1:5399

redirects() { echo "$(mib bal IcmpOutRedirects) of IPv4, $(mib bal Icmp6OutRedirects) of IPv6"; }
# The balancer would say so in both families: of what it just routes, it does.
server client 8080
match "plain connections over the same arm" "^peer=$CLIENT4:.* local=10.0.1.1:8080" \
	talk_from client 10.0.1.1:8080 who
match "plain connections over the same arm (IPv6)" "^peer=.$CLIENT6.:.* local=.fd00:1::1.:8080" \
	talk_from client "[fd00:1::1]:8080" who
claim "of which routers would speak, in IPv4" test "$(mib bal IcmpOutRedirects)" -ge 1
claim "and in IPv6" test "$(mib bal Icmp6OutRedirects)" -ge 1
# Nobody obeys them here, or what follows would prove nothing of the balancer.
for h in client b1 b2 b3; do ip -n $h route flush cache; ip -n $h -6 route flush cache; done
before=$(redirects)
if [ "${BAL_WITH:-}" = nft ]; then
	# Its hosts would take the shorter way, and who speaks of it has no word left for errors.
	set_sysctl bal net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.eth0.send_redirects=0
	for h in client b1 b2 b3; do
		set_sysctl $h net.ipv4.conf.all.accept_redirects=0 net.ipv4.conf.eth0.accept_redirects=0 \
			net.ipv6.conf.eth0.accept_redirects=0
	done
fi

for f in 4 6; do
	names $f
	says "six connections: each backend has two, and sees the client (IPv$f)" \
		"2 local=$b1:8080
2 local=$b2:8080
2 local=$b3:8080" turns $f 80 6 client "${me%:*}" 5000
done
n=5010
size=$(small 3000000 500000)
each "much data, and the client closes its half" 'peer=$me local=$b1:8080
both $size ok
bye' tcp 81 who "both=$size" half
each "the backend closes first" "closed by peer" tcp 81 peer-fin
each "the backend resets" "reset" tcp 81 peer-rst
each "nobody listens" "status 3: refused: Connection refused" tcp 82 who
is "at the backend" "$(asked b1)" 2
each "a conversation" 'peer=$me local=$b1:5300 answer=$vip
size 1400 ok
size 20000 ok
zero ok' udp 54 who size=1400 size=20000 zero
n=$((n + 1))
says "no UDP server" "type=3 code=3 by=$VIP4 about=$VIP4:55" udp 4 55 error
says "no UDP server (IPv6)" "type=1 code=4 by=$VIP6 about=[$VIP6]:55" udp 6 55 error
is "no UDP server at the backend" "$(asked b1)" 4
n=5050
says "30 conversations" "local=10.0.1.1:5300 30" udp 4 54 many=30
says "30 conversations (IPv6)" "local=[fd00:1::1]:5300 30" udp 6 54 many=30
n=5100
opts=(--ttl 1)
n=$((n + 1))
match "the balancer is a hop" "^type=11 code=0 by=203.0.113.(1|80) about=$VIP4:54" udp 4 54 error
match "the balancer is a hop (IPv6)" "^type=3 code=0 by=2001:db8:c::(1|80) about=.$VIP6.:54" \
	udp 6 54 error
opts=(--ttl 2)
each "and no more than one" 'peer=$me local=$b1:5300 answer=$vip' udp 54 who
opts=()
if only_sluice "nobody is told of a shorter way"; then
	is "nobody is told of a shorter way" "$(redirects)" "$before"
fi

finish
