#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 25
# limit: 300
#
# Balancing with `forward nat`, as the path has it: hops, what ICMP says and of what,
# packets that are too large for a cable somewhere, fragments.
#
#     client -- router -- bal -- b1, b2, b3 -- b4
#
# The network is drawn in ballib.sh: the one with two arms.

# shellcheck disable=SC2317,SC2016,SC2034,SC2154	# called by name, evaluated later
. "$(dirname "$0")/ballib.sh"

bal_net
balance one tcp 81 b1:8080
balance far tcp 83 b4:8080
balance forbidden tcp 84 b2:8081
balance absent tcp 86 b77:8080
balance dns udp 54 b1:5300
balance dnsgone udp 55 b1:5399
balance dnsfar udp 56 b4:5300
balance dnscut udp 57 b1:5301
balance dnsforbidden udp 58 b2:5301
balance dnslax udp 59 b1:5302
balance dnsabsent udp 87 b77:5300

about4="about=$VIP4" about6="about=.$VIP6."

# --- hops -----------------------------------------------------------------------------------

opts=(--ttl 1)
hears "the first hop is the router" \
	"type=11 code=0 by=203.0.113.1 $about4:56" udp 4 56 error
hears "the first hop is the router (IPv6)" \
	"type=3 code=0 by=2001:db8:c::1 $about6:56" udp 6 56 error
opts=(--ttl 2)
hears "the second is the balancer" \
	"type=11 code=0 by=10.0.0.(2|80) $about4:56" udp 4 56 error
hears "the second is the balancer (IPv6)" \
	"type=3 code=0 by=fd00::(2|80) $about6:56" udp 6 56 error
hears "of a connection, too" \
	"OSError: .Errno 113." tcp 4 83 who
hears "of a connection, too (IPv6)" \
	"OSError: .Errno 113." tcp 6 83 who
opts=(--ttl 3)
hears "the third is behind it, and speaks of the VIP" \
	"type=11 code=0 by=[0-9.]* $about4:56" udp 4 56 error
hears "the third is behind it, and speaks of the VIP (IPv6)" \
	"type=3 code=0 by=[0-9a-f:]* $about6:56" udp 6 56 error
hears "of a connection, too, behind it" \
	"OSError: .Errno 113." tcp 4 83 who
hears "of a connection, too, behind it (IPv6)" \
	"OSError: .Errno 113." tcp 6 83 who
each "or it is a backend on the balancer's wire" 'peer=$me local=$b1:5300 answer=$vip' udp 54 who
opts=(--ttl 4)
each "the fourth is a backend behind a router" 'peer=$me local=$b4:5300 answer=$vip' udp 56 who
each "for connections, too" 'peer=$me local=$b4:8080' tcp 83 who
opts=()

# What sets out with 64 has passed two routers.
rules() {
	ip netns exec "$1" nft -f - <<-END || bail "nft refuses the rules"
		table inet t {
			counter right { }
			counter wrong { }
			counter recorded { }
			chain pre {
				type filter hook prerouting priority -300;
				meta l4proto { tcp, udp } ip ttl 62 counter name right
				meta l4proto { tcp, udp } ip ttl != 62 counter name wrong
				meta l4proto { tcp, udp } ip6 hoplimit 62 counter name right
				meta l4proto { tcp, udp } ip6 hoplimit != 62 counter name wrong
				meta l4proto { tcp, udp } ip option rr ptr 16 counter name recorded
			}
		}
	END
}
for host in client b1; do rules $host; done
each "data both ways" "both 1000000 ok" tcp 81 both=1000000
each "datagrams both ways" "size 1400 ok
size 9000 ok" udp 54 size=1400 size=9000
for host in client b1; do
	claim "packets come to $host" test "$(counter $host right)" -ge 20
	is "each has lost one hop at the router and one at the balancer" "$(counter $host wrong)" 0
done

# Record route, room for three: the client, the router and the balancer fill it.
opts=(--options 070f0400000000000000000000000000)
n=$((n + 1))
says "a connection with IP options" "both 100000 ok" tcp 4 81 both=100000
says "a datagram with IP options" "peer=$CLIENT4:$n local=10.0.1.1:5300 answer=$VIP4:54
size 9000 ok" udp 4 54 who size=9000
opts=()
claim "the balancer has obeyed them" test "$(counter b1 recorded)" -ge 10

# --- what ICMP says ---------------------------------------------------------------------------

hears "a backend's port is unreachable: the client hears it of the VIP, from the VIP" \
	"type=3 code=3 by=$VIP4 $about4:55" udp 4 55 error
hears "a backend's port is unreachable (IPv6)" \
	"type=1 code=4 by=$VIP6 $about6:55" udp 6 55 error
is "from the backend, for it is there that nobody is" "$(asked b1)" 2
ns b2 nft -f - <<-END || bail "nft refuses the rules"
	table inet t {
		counter refused { }
		chain in {
			type filter hook input priority 0;
			tcp dport 8081 counter name refused reject
			udp dport 5301 reject with icmpx admin-prohibited
		}
	}
END
each "a backend's firewall says so by ICMP: the client is refused" \
	"status 3: refused: Connection refused" tcp 84 who
# Once more, if the answer comes while the client's socket is busy.
claim "by the backend" test "$(counter b2 refused)" -ge 2
hears "a backend's firewall forbids it: the client hears it of the VIP" \
	"type=3 code=13 by=$VIP4 $about4:58" udp 4 58 error
hears "a backend's firewall forbids it (IPv6)" \
	"type=1 code=1 by=$VIP6 $about6:58" udp 6 58 error
# Nobody answers ARP for it, which takes the balancer three seconds to say.
for f in 4 6; do
	n=$((n + 1))
	names $f
	launch absent-$f.log client client -t 9 --bind "$me" "${vip}86" who
	launch absent-udp-$f.log client udp talk -t 9 --bind "$me" "${vip}87" error
done
for f in 4 6; do
	wait_for test -s "$TMP/absent-$f.log"
	wait_for test -s "$TMP/absent-udp-$f.log"
done
for f in 4 6; do
	match "a backend that is not there: a connection is told (IPv$f)" "Errno 113" \
		cat "$TMP/absent-$f.log"
done
match "a backend that is not there: a conversation is told, of the VIP" \
	"type=3 code=1 by=10.0.0.(2|80) $about4:87" cat "$TMP/absent-udp-4.log"
match "a backend that is not there: a conversation is told, of the VIP (IPv6)" \
	"type=1 code=3 by=fd00::(2|80) $about6:87" cat "$TMP/absent-udp-6.log"

# --- fragments ----------------------------------------------------------------------------------

udp_server b1 --cut 5301
each "datagrams in many fragments, both ways" "size 4000 ok
size 20000 ok
size 60000 ok" udp 54 size=4000 size=20000 size=60000
for d in cl bl; do
	router tc qdisc add dev $d root netem limit 10000 delay 4ms 2ms reorder 50% || bail "no netem"
done
each "fragments out of order" "size 9000 ok
size 20000 ok
size 30000 ok" udp 54 size=9000 size=20000 size=30000
for d in cl bl; do router tc qdisc del dev $d root; done

cut() { mib bal IpFragOKs; }
opts=(--cut)
n=$((n + 1)) before=$(cut)
cable lan 1280
says "the backends' side is narrower: what may be cut is cut by the balancer" "push 1400 ok" \
	udp 4 57 push=1400
claim "it comes to the backend as it was" wait_for -t 5 \
	grep -q "peer=$CLIENT4:$n .*bytes=1400" "$TMP/udp-b1-5301.log"
is "in fragments of the balancer's" "$(($(cut) - before))" 1
cable lan 1500
cable wan 1280
before=$(cut)
# What the client sends is cut by the router, the answer by the balancer.
says "the client's side is narrower: so is an answer" "size 1400 ok" udp 4 57 size=1400
claim "by the balancer as well" test "$(cut)" -gt "$before"
cable wan 1500
opts=()

# --- a header inside ----------------------------------------------------------------------------

udp_server b1 --lax 5302
for how in none sum; do
	each "a header inside whose checksum is left to the device, outside: $how" "inside ok" \
		inside 59 $how
done
is "nobody has seen a wrong checksum" \
	"$(sum_mib "client b1" UdpInCsumErrors Udp6InCsumErrors IpInHdrErrors Ip6InHdrErrors)" 0

# --- paths that become narrower -----------------------------------------------------------------
#
# Each time a bit more than before, as hosts remember what they were told.

opts=(--whole)
cable lan 1440
hears "the backends' side is narrower: the balancer says so, of the VIP" \
	"type=3 code=4 by=10.0.0.(2|80) $about4:54 mtu=1440" udp 4 54 error=1450
hears "the backends' side is narrower (IPv6)" \
	"type=2 code=0 by=fd00::(2|80) $about6:54 mtu=1440" udp 6 54 error=1450
cable lan 1500
cable far 1430
hears "a backend is behind a narrow cable: the router there says so, of the VIP" \
	"type=3 code=4 by=[0-9.]* $about4:56 mtu=1430" udp 4 56 error=1405
hears "a backend is behind a narrow cable (IPv6)" \
	"type=2 code=0 by=[0-9a-f:]* $about6:56 mtu=1430" udp 6 56 error=1385
cable far 1500
opts=(-t 2)
cable client 1420
# The first answer is lost, the backend cuts the next.
n=$((n + 1))
for f in 4 6; do
	udp $f 54 size=1395 >"$TMP/claim.out"
	says "the client is behind a narrow cable: an answer comes (IPv$f)" "size 1395 ok" \
		udp $f 54 size=1395
done
claim "the backend was told of its own packet" knows b1 "$CLIENT4" 1420
claim "the backend was told of its own packet (IPv6)" knows b1 "$CLIENT6" 1420
cable client 1500
opts=()

size=$(small 1000000 300000)
narrower "the client's cable becomes narrower" client 1400 81
claim "the router tells the backend, by the balancer" knows b1 "$CLIENT4" 1400
claim "the router tells the backend, by the balancer (IPv6)" knows b1 "$CLIENT6" 1400
cable client 1500
narrower "the cable between router and balancer" wan 1370 81
claim "the balancer tells the backend" knows b1 "$CLIENT4" 1370
claim "the balancer tells the backend (IPv6)" knows b1 "$CLIENT6" 1370
cable wan 1500
narrower "the backends' cable" lan 1340 81
claim "the balancer tells the client, of the VIP" knows client "$VIP4" 1340
claim "the balancer tells the client, of the VIP (IPv6)" knows client "$VIP6" 1340
cable lan 1500
narrower "a cable behind the balancer's" far 1310 83
claim "its router tells the client, of the VIP" knows client "$VIP4" 1310
claim "its router tells the client, of the VIP (IPv6)" knows client "$VIP6" 1310
each "a path that is narrow from the start" "both $size ok" tcp 83 "both=$size"
cable far 1500

finish
