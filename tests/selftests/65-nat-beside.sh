#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 25
# limit: 300
#
# Balancing with `forward nat`, and what is beside it: the firewall and connection tracking
# of the balancer, a backend that cannot answer, traffic that is no service's.
#
#     client -- router -- bal (nft, conntrack) -- b1, b2, b3
#
# The network is drawn in ballib.sh: the one with two arms.

# shellcheck disable=SC2317,SC2016,SC2034,SC2154	# called by name, evaluated later
. "$(dirname "$0")/ballib.sh"

bal_net
balance web tcp 80 b1:8080 b2:8080 b3:8080
balance one tcp 81 b1:8080
balance gone tcp 82 b1:8099
balance dns udp 53 b1:5300 b2:5300 b3:5300
balance dns1 udp 54 b1:5300
balance dnsgone udp 55 b1:5399
server bal 2222
udp_server bal 5353
server client 7000
udp_server client 7001

# --- what is no service's ---------------------------------------------------------------------

# beside NAME: connections that pass the balancer or end there, and are not balanced
beside() {
	each "$1: plain connections to a backend" 'peer=$me local=$b2:8080
both 200000 ok
bye' plain_tcp 8080 who both=200000 half
	each "$1: plain datagrams to a backend" 'peer=$me local=$b2:5300 answer=$b2:5300
size 9000 ok' plain_udp 5300 who size=9000
	each "$1: a backend connects to the client" 'peer=$b1:8099 local=${me%:*}:7000
both 200000 ok' back_tcp 7000 who both=200000
	each "$1: a backend's datagrams to the client" \
		'peer=$b1:5399 local=${me%:*}:7001 answer=${me%:*}:7001' back_udp 7001 who
	each "$1: a port of the VIP that is the balancer's own" 'peer=$me local=$vip
both 200000 ok' tcp 2222 who both=200000
	each "$1: and of UDP" 'peer=$me local=$vip answer=$vip' udp 5353 who
	claim "$1: the VIP answers a ping" client ping -c 1 -W 5 "$VIP4"
	claim "$1: the VIP answers a ping (IPv6)" client ping -c 1 -W 5 "$VIP6"
	claim "$1: a backend answers a ping" client ping -c 1 -W 5 10.0.1.1
	claim "$1: a backend answers a ping (IPv6)" client ping -c 1 -W 5 fd00:1::1
}
plain_tcp() { names "$1"; talk_from client -t 10 --bind "$me" "$b2:$2" "${@:3}"; }
plain_udp() { names "$1"; udp_from client -t 10 --bind "$me" "$b2:$2" "${@:3}"; }
refused_tcp() { names "$1"; talk_from client -t 2 "$b2:$2" who; }
# From the very ports that are backends', whose packets are looked at
back_tcp() { names "$1"; talk_from b1 -t 10 --bind "$b1:8099" "${me%:*}:$2" "${@:3}"; }
back_udp() { names "$1"; udp_from b1 -t 10 --bind "$b1:5399" "${me%:*}:$2" "${@:3}"; }

# Of UDP port 53 there is a service, of TCP port 53 none, and the reverse.
beside "beside services"
each "a port that is a service's of the other protocol" "status 3: refused: Connection refused" \
	tcp 53 who
n=$((n + 1))
match "a port that is a service's of the other protocol: UDP" \
	"type=3 code=3 by=$VIP4 about=$VIP4:80" udp 4 80 error
match "a service's port at another address of the balancer's" "^refused: " \
	eval 'talk_from client 10.0.0.2:81 who || :'
match "a service's port at another address of the balancer's (IPv6)" "^refused: " \
	eval 'talk_from client "[fd00::2]:81" who || :'
# The same port of the client's, balanced to one backend and plainly to another
launch twin.log client client --bind "$CLIENT4:5199" "$VIP4:81" who "file=$TMP/go" both=100000
wait_for grep -q peer= "$TMP/twin.log"
says "one port of the client's: plainly to another backend" \
	"peer=$CLIENT4:5199 local=10.0.1.2:8080" talk_from client -t 10 --bind "$CLIENT4:5199" 10.0.1.2:8080 who
: >"$TMP/go"
claim "and balanced at the same time" wait_for grep -q "both 100000 ok" "$TMP/twin.log"

# --- a backend that cannot answer ---------------------------------------------------------------

ns b3 ip route del default
ns b3 ip -6 route del default
launch old.log client client --bind "$CLIENT4:5198" "$VIP4:81" "until=$TMP/stop"
launch old6.log client client --bind "[$CLIENT6]:5198" "[$VIP6]:81" "until=$TMP/stop"
# others tcp|udp PORT SERVED: nine at once, of which a third goes to each backend, at port SERVED
others() {
	local i f program
	program=(client)
	[ "$1" = tcp ] || program=(udp talk)
	rm -f "$TMP"/nine-*
	for f in 4 6; do
		names $f "$2"
		for i in 1 2 3 4 5 6 7 8 9; do
			launch "nine-$f-$i" client "${program[@]}" -t 3 --bind "${me%:*}:$((5200 + i))" "$vip" who
		done
	done
	wait_for -t 10 eval '[ -z "$(find "$TMP" -name "nine-*" -empty)" ]'
	for f in 4 6; do
		names $f
		claim "b3 cannot answer: those that go to b1 are served ($1, IPv$f)" test \
			"$(cat "$TMP/nine-$f"-* | grep -cF "local=$b1:$3")" -ge 3
		claim "b3 cannot answer: those that go to b2 are served ($1, IPv$f)" test \
			"$(cat "$TMP/nine-$f"-* | grep -cF "local=$b2:$3")" -ge 3
	done
}
others tcp 80 8080
others udp 53 5300
: >"$TMP/stop"
claim "and those that were there before" wait_for grep -q "all came through" "$TMP/old.log"
claim "and those that were there before (IPv6)" wait_for grep -q "all came through" "$TMP/old6.log"
ns b3 ip route add default via 10.0.1.254
ns b3 ip -6 route add default via fd00:1::fe
n=5220
match "when it can again, it has its turn" "local=10.0.1.3:8080" \
	turns 4 80 3 client "$CLIENT4" "$n"

# --- connection tracking, policy drop in every chain ---------------------------------------------

n=5230
bal nft -f - <<-END || bail "nft refuses the rules"
	table inet t {
		counter new4 { }
		counter new6 { }
		counter host { }
		counter invalid { }
		counter other { }
		chain input {
			type filter hook input priority 0; policy drop;
			meta l4proto { icmp, ipv6-icmp } accept
			counter name host
		}
		chain output {
			type filter hook output priority 0; policy drop;
			meta l4proto { icmp, ipv6-icmp } accept
			counter name host
		}
		chain forward {
			type filter hook forward priority 0; policy drop;
			ct state invalid counter name invalid drop
			ct state established,related accept
			iifname wan oifname lan ct state new meta l4proto { tcp, udp } \
				th dport { 8080, 8099, 5300, 5399 } jump clients
			meta l4proto { tcp, udp } counter name other
		}
		chain clients {
			ip saddr 203.0.113.0/24 ip daddr 10.0.1.0/24 counter name new4 accept
			ip6 saddr 2001:db8:c::/64 ip6 daddr fd00:1::/64 counter name new6 accept
		}
		chain post {
			type filter hook postrouting priority 200; policy drop;
			meta l4proto { icmp, ipv6-icmp } accept
			ct state new,established,related accept
			counter name other
		}
	}
END
# firewalled NAME: all that a firewall can be in the way of
firewalled() {
	local before
	before=$(asked b1)
	each "$1: a connection" 'peer=$me local=$b1:8080
both 1000000 ok
bye' tcp 81 who both=1000000 half
	each "$1: the backend closes first" "closed by peer" tcp 81 peer-fin
	each "$1: the backend resets" "reset" tcp 81 peer-rst
	each "$1: nobody listens" "status 3: refused: Connection refused" tcp 82 who
	each "$1: a conversation" 'peer=$me local=$b1:5300 answer=$vip
size 20000 ok
zero ok' udp 54 who size=20000 zero
	n=$((n + 1))
	says "$1: no UDP server" "type=3 code=3 by=$VIP4 about=$VIP4:55" udp 4 55 error
	says "$1: no UDP server (IPv6)" "type=1 code=4 by=$VIP6 about=[$VIP6]:55" udp 6 55 error
	is "$1: nobody listens at the backend, and there is no server" "$(($(asked b1) - before))" 4
}
firewalled "policy drop"
claim "FORWARD sees the client call the backend" test "$(counter bal new4)" -ge 6
claim "FORWARD sees the client call the backend (IPv6)" test "$(counter bal new6)" -ge 6
is "neither INPUT nor OUTPUT sees any of it" "$(counter bal host)" 0
is "nothing is invalid on its way" "$(counter bal invalid)" 0
is "nor is there anything that no rule is for" "$(counter bal other)" 0
each "what no rule allows stays out: a plain connection elsewhere" "status 4: timeout" refused_tcp 7777
# A router's word has to get to the backend, past the firewall
for f in 4 6; do
	n=$((n + 1))
	names $f 81
	launch mtu-$f.log client client -t 30 --bind "$me" "$vip" \
		both=300000 "file=$TMP/narrow" both=300000
	wait_for grep -q "both 300000 ok" "$TMP/mtu-$f.log"
done
ip -n client link set eth0 mtu 1400
ip -n router link set cl mtu 1400
: >"$TMP/narrow"
twice() { [ "$(grep -c "both 300000 ok" "$TMP/$1")" = 2 ]; }
claim "policy drop: the client's path becomes narrower" wait_for -t 15 twice mtu-4.log
claim "policy drop: the client's path becomes narrower (IPv6)" wait_for -t 15 twice mtu-6.log
ip -n client link set eth0 mtu 1500
ip -n router link set cl mtu 1500
rm -f "$TMP/go"
n=$((n + 1))
launch ct.log client client --bind "$CLIENT4:$n" "$VIP4:81" who "file=$TMP/go"
wait_for grep -q peer= "$TMP/ct.log"
match "conntrack has the connection, with answers from the backend" \
	"src=$CLIENT4 .*sport=$n .*src=10.0.1.1 dst=$CLIENT4 sport=8080 dport=$n .*ASSURED" \
	bal conntrack -L -p tcp --state ESTABLISHED
if only_sluice "and it is a plain one, from client to backend"; then
	match "and it is a plain one, from client to backend" \
		"src=$CLIENT4 dst=10.0.1.1 sport=$n dport=8080 " \
		bal conntrack -L -p tcp --state ESTABLISHED
fi
: >"$TMP/go"
bal nft delete table inet t

# --- a flowtable, past which answers might go ----------------------------------------------------

if bal nft -f - 2>"$TMP/claim.out" <<-END
	table inet t {
		flowtable f { hook ingress priority 0; devices = { wan, lan }; }
		chain forward {
			type filter hook forward priority 10;
			meta l4proto { tcp, udp } ct state established flow add @f
		}
	}
END
then
	firewalled "a flowtable"
	bal nft delete table inet t
else
	skip "a flowtable" "this kernel has none: $(head -n 1 "$TMP/claim.out")"
fi
beside "after all that"

finish
