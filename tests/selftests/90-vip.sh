#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 40
# limit: 300
#
# A backend that answers clients directly: it takes what is for a VIP that none of its
# interfaces has, and its answers leave from there, past the balancer.
#
#     client -- router -- bal (IPVS, direct routing) -- b1 (Sluice)
#
# The network is drawn in viplib.sh.

# shellcheck disable=SC2317,SC2016,SC2034,SC2154	# called by name, evaluated later
. "$(dirname "$0")/viplib.sh"

said_status() { local out; out=$("$@" 2>&1) || out="status $?: $out"; echo "$out"; }
onlo() { [ "$1" = 4 ] && echo 192.0.2.1 || echo "[2001:db8:1::1]"; }
plain() { [ "$1" = 4 ] && echo "$CLIENT4" || echo "$CLIENT6"; }
curl_vip() { names "$@"; client curl -s --max-time 20 --local-port "$n" "http://$vip/"; }
regex() {
	local t=${1//./\\.}
	t=${t//[/\\[}
	echo "${t//]/\\]}"
}

vip_net
size=$(small 2000000 300000)
ip -n b1 addr add 192.0.2.1/32 dev lo
ip -n b1 addr add 2001:db8:1::1/128 dev lo nodad

# --- what is refused -------------------------------------------------------------------------

says "a service needs somewhere to deliver to" \
	"status 2: sluice: service add: a service needs accept-proxy, a pool, or an address of this host to deliver to" \
	sluice service add x tcp 10.0.1.80:80
says "a loopback address is none" \
	"status 2: sluice: service add: to 127.0.0.1: no answer leaves from a loopback address without accept-proxy; let the application listen on another one" \
	sluice service add x tcp 10.0.1.80:80 to 127.0.0.1
match "nor is ::1" "status 2: .* to .?::1.?: no answer leaves from a loopback address" \
	said_status sluice service add x tcp "[fd00:1::80]:80" to ::1
match "nor is one of the other family" "status 2: .* has to be of the service's family" \
	said_status sluice service add x tcp 10.0.1.80:80 to fd00:1::1
match "any address is none of a VIP" "status 2: .*: without accept-proxy or a pool a service has an address" \
	said_status sluice service add x tcp "*:80" to 10.0.1.1
match "trust is for those who say something" "status 2: .* trust.*: is for services with accept-proxy" \
	said_status sluice service add x tcp 10.0.1.80:80 to 10.0.1.1 trust any
match "an address that this host has not is told of" "192.0.2.77 is not an address of this host" \
	said_status sluice service add x tcp 10.0.1.80:80 to 192.0.2.77
sluice service del x
says "nothing of that is there" "" sluice service show

# --- behind IPVS --------------------------------------------------------------------------------

here web tcp 80 b1:8080
here gone tcp 81 b1:8099
for port in 80 81; do
	ipvs tcp $port b1 -g || bail "no IPVS"
done
# Whom do client and application see?
vip_alone client
both_ways "direct routing" 80
each "direct routing: nobody listens" "status 3: refused: Connection refused" tcp 81 who
is "direct routing: at the application's port" "$(asked b1)" 2
is "the client has seen nobody but the VIP" "$(counter client wrong)" 0
bal nft -f - <<-END || bail "nft refuses the rules"
	table inet t {
		counter answers { }
		chain pre {
			type filter hook prerouting priority -300;
			tcp sport { 80, 8080 } counter name answers
		}
	}
END
each "a connection, watched" "both $size ok" tcp 80 "both=$size"
is "the balancer has seen none of the answers" "$(counter bal answers)" 0
narrower "behind the balancer a path narrows" client 1300 80
cable client 1500

# --- no balancer, no ARP ------------------------------------------------------------------------

vip_lone
here lone tcp 80 b1:8080
here lonegone tcp 81 b1:8099
here range tcp 8080-8081 b1
here onlo tcp 82 b1:8080
sluice service set onlo4 to 192.0.2.1:8080
sluice service set onlo6 to "[2001:db8:1::1]:8080"
here away tcp 83 b2:8080
here dns udp 53 b1:5300
here dnsgone udp 55 b1:5399
for f in 4 6; do
	vip=VIP$f
	status "nobody answers for the VIP (IPv$f)" 1 router ping -c 2 -i 0.2 -W 1 "${!vip}"
	claim "so the router does not know where it is (IPv$f)" eval \
		"! ip -n router neigh show ${!vip} | grep -q lladdr"
done
claim "it is told" lone_is_at b1
both_ways "the VIP is on no interface" 80
each "nobody listens" "status 3: refused: Connection refused" tcp 81 who
each "a port of a range is kept" 'peer=$me local=$b1:8080' tcp 8080 who
each "the application's address is on lo" 'peer=$me local=$(onlo $f):8080' tcp 82 who
each "a conversation" 'peer=$me local=$b1:5300 answer=$vip
size 1400 ok
size 20000 ok
zero ok' udp 53 who size=1400 size=20000 zero
hears "no UDP server" "type=3 code=3 by=$VIP4 about=$VIP4:55" udp 4 55 error
hears "no UDP server (IPv6)" "type=1 code=4 by=$VIP6 about=.$VIP6.:55" udp 6 55 error
nginx_up b1 < <(http_block b1 8090)
here http tcp 85 b1:8090
each "curl and nginx" '$(plain $f) $n' curl_vip 85
is "nothing is forwarded where the application's address is another host's" "$(
	forwards b1
	counted_away=$(stat connect-unreachable)
	tcp 4 83 who >/dev/null 2>&1 &
	pid=$!
	wait_for -t 5 eval '[ "$(stat connect-unreachable)" -gt '"$counted_away"' ]' && echo unreachable
	kill $pid 2>/dev/null
	grep -c "203.0.113.7" "$TMP/server-b2-8080.log"
)" "unreachable
0"
sluice flow flush >/dev/null

# --- checksums, large packets ---------------------------------------------------------------------

for off in "tx off" "gro off gso off tso off" "tx on gro on gso on tso on"; do
	for host in client:eth0 router:cl router:eth0 sw:router sw:b1 b1:eth0; do
		# shellcheck disable=SC2086
		ip netns exec "${host%:*}" ethtool -K "${host#*:}" $off >/dev/null 2>&1
	done
	each "with $off" "both $size ok" tcp 80 "both=$size"
	each "datagrams with $off" "size 1400 ok
size 9000 ok" udp 53 size=1400 size=9000
done
narrower "a path narrows" client 1300 80
opts=()
each "answers that are too large for it are cut up" "size 1400 ok
size 9000 ok" udp 53 size=1400 size=9000
cable client 1500

# --- the firewall ---------------------------------------------------------------------------------

ns b1 nft -f - <<-END || bail "nft refuses the rules"
	table inet fw {
		counter new { }
		counter invalid { }
		counter vip { }
		chain in {
			type filter hook input priority 0; policy drop;
			meta l4proto { icmp, icmpv6 } accept
			iif lo accept
			ct state invalid counter name invalid
			ip daddr $VIP4 counter name vip
			ip6 daddr $VIP6 counter name vip
			ct state established,related accept
			ip saddr $CLIENT4 tcp dport 8080 ct state new counter name new accept
			ip6 saddr $CLIENT6 tcp dport 8080 ct state new counter name new accept
			udp dport 5300 accept
		}
		chain out {
			type filter hook output priority 0; policy drop;
			meta l4proto icmpv6 accept
			oif lo accept
			ct state established,related accept
		}
	}
END
each "a firewall that lets in the client and nobody else" "both $size ok" tcp 80 "both=$size"
each "and conversations" "size 1400 ok" udp 53 size=1400
is "it has seen two new connections" "$(counter b1 new fw)" 2
is "none was invalid" "$(counter b1 invalid fw)" 0
is "nor has anything been for the VIP" "$(counter b1 vip fw)" 0
ns b1 nft delete table inet fw

# --- the application's host as a client, the VIP on an interface ------------------------------------

from_b1() { names "$@"; talk_from b1 -t 20 "$vip" "${@:3}"; }
each "a client on the application's host" "hello
both 100000 ok" from_b1 80 echo=hello both=100000
addr b1 lo 10.0.1.81/32 fd00:1::81/128
both_ways "the VIP is on lo" 80
each "a conversation with a VIP on lo" 'peer=$me local=$b1:5300 answer=$vip' udp 53 who
ip -n b1 addr del 10.0.1.81/32 dev lo
ip -n b1 addr del fd00:1::81/128 dev lo

# --- what is shown, and what changes -----------------------------------------------------------------

rm -f "$TMP/go"
for f in 4 6; do
	n=$((n + 1))
	names $f 80
	launch kept-$f.log client client -t 60 --bind "$me" "$vip" \
		echo=hello "file=$TMP/go" both=100000
	wait_for grep -q hello "$TMP/kept-$f.log"
	match "flow show names client, VIP and application (IPv$f)" \
		"$(regex "$me").*$(regex "$vip").*$(regex "$b1:8080")" sluice flow show
done
says "a service with connections stays" \
	"status 2: sluice: service del: name lone4: has connections; force resets them" \
	sluice service del lone4
claim "it may lead elsewhere" sluice service set lone4 to 192.0.2.1
claim "in either family" sluice service set lone6 to 2001:db8:1::1
: >"$TMP/go"
for f in 4 6; do
	claim "the connection that there was goes on (IPv$f)" wait_for grep -q "both 100000 ok" "$TMP/kept-$f.log"
done
each "a new one goes there, and nobody listens" "status 3: refused: Connection refused" tcp 80 who
sluice service set lone4 to 10.0.1.1:8080
sluice service set lone6 to "[fd00:1::1]:8080"
rm -f "$TMP/go"
n=$((n + 1))
names 4 80
launch reset.log client client -t 60 --bind "$me" "$vip" echo=hello "file=$TMP/go" echo=again
wait_for grep -q hello "$TMP/reset.log"
# The client does not hear of it.
ip -n sw link set b1 down
counted "force resets the application's end" flows-flushed 1 sluice service del lone4 force
here_again() { service lone4 tcp "$VIP4:80" to 10.0.1.1:8080; }
here_again
ip -n sw link set b1 up
before=$(stat no-flow)
: >"$TMP/go"
claim "a connection that is not known is reset" wait_for grep -q "reset\|Reset" "$TMP/reset.log"
claim "and counted" test "$(stat no-flow)" -gt "$before"
match "packets are counted" '"packets-in":[1-9]' sluice -j stats lone6

finish
