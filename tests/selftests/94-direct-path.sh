#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 60
# limit: 500
#
# Backends that answer the client themselves, as the path has it: hops, sizes, what ICMP says
# and to whom, the firewall, offloads, clients and backends of the balancer's own; what ends a
# connection of which one direction is seen; and what is refused.
#
#     client -- router -- bal -- sw -- b1, b2, b3 -- b4
#                  '-------------'
#
# The network is that of 93-direct.sh. b4 is behind b3.

# shellcheck disable=SC2317,SC2016,SC2034,SC2154	# called by name, evaluated later
. "$(dirname "$0")/ballib.sh"

bal_net
direct_net b1 b2 b4
server b1 8081 && server b1 8082 && server b4 8083 && server b4 8084
udp_server b1 5301 && udp_server b1 5302 && udp_server b4 5303 && udp_server b4 5304

# direct METHOD NAME PORT UDPPORT BACKEND: services NAME and NAMEudp, in both families
direct() {
	BAL_FORWARD=$1 balance "$2" tcp "$3" "$5"
	BAL_FORWARD=$1 balance "${2}udp" udp "$4" "$5"
}
direct dsr dsr 8080 5300 b1
direct ipip ipip 8081 5301 b1
direct gue gue 8082 5302 b1
direct ipip far 8083 5303 b4
direct gue farther 8084 5304 b4
about4="about=$VIP4" about6="about=.$VIP6."

# --- hops -----------------------------------------------------------------------------------

opts=(--ttl 2)
for p in 5300 5301 5302; do
	hears "port $p: the balancer is a hop" \
		"type=11 code=0 by=10.0.0.(2|80) $about4:$p" udp 4 $p error
	hears "port $p: the balancer is a hop (IPv6)" \
		"type=3 code=0 by=fd00::(2|80) $about6:$p" udp 6 $p error
done
opts=(--ttl 3)
for p in 5300 5301 5302 5303 5304; do
	each "port $p: and the only one" 'peer=$me local=${vip} answer=$vip' udp $p who
done
opts=()

# --- sizes ------------------------------------------------------------------------------------

# The tunnel's headers: 20 for IPv4, 40 for IPv6, and 12 of gue's
opts=(--whole)
room() {
	hears "port $1: a datagram of $2 is too large" \
		"type=3 code=4 by=10.0.0.(2|80) $about4:$1 mtu=$2" udp 4 "$1" error=$(($2 - 27))
	hears "port $1: a datagram of $3 is too large (IPv6)" \
		"type=2 code=0 by=fd00::(2|80) $about6:$1 mtu=$3" udp 6 "$1" error=$(($3 - 47))
}
room 5301 1480 1460
room 5302 1468 1448
each "what just fits goes" 'size 1400 ok' udp 5302 size=1400
opts=()
each "what may be cut up goes, too" 'size 1472 ok
size 30000 ok' udp 5302 size=1472 size=30000
size=$(small 3000000 500000)
for p in 8081 8082; do
	each "port $p: a connection finds out" "both $size ok" tcp $p "both=$size"
done
claim "the client has been told" knows client "$VIP4" 1468
claim "the client has been told (IPv6)" knows client "$VIP6" 1448

# A router inside the tunnel's path speaks of the tunnel, to the balancer.
cable far 1400
opts=(--whole)
hears "a router behind the balancer says that the tunnel is too large: the client is told" \
	"type=3 code=4 by=10.0.0.(2|80) $about4:5303 mtu=1380" udp 4 5303 error=1400
hears "a router behind the balancer says so (IPv6)" \
	"type=2 code=0 by=fd00::(2|80) $about6:5303 mtu=1360" udp 6 5303 error=1380
opts=()
each "a connection goes on" "both $size ok" tcp 8083 "both=$size"
cable far 1390
each "and one through a tunnel of UDP" "both $size ok" tcp 8084 "both=$size"
cable far 1500
is "each was told of" "$(($(stat icmp-translated farudp) > 0)) $(($(stat icmp-translated farther) > 0))" "1 1"

cable lan 1300
narrower "the backends' cable becomes narrower" lan 1290 8080
claim "the client is told" knows client "$VIP4" 1290
claim "the client is told (IPv6)" knows client "$VIP6" 1290
cable lan 1500

# --- what ICMP says ---------------------------------------------------------------------------

direct dsr closed 8089 5309 b1
hears "nobody listens at the backend: it says so itself" \
	"type=3 code=3 by=$VIP4 $about4:5309" udp 4 5309 error
hears "nobody listens at the backend (IPv6)" \
	"type=1 code=4 by=$VIP6 $about6:5309" udp 6 5309 error
each "nobody listens" "status 3: refused: Connection refused" tcp 8089 who
{ ip -n b3 route add unreachable 10.0.2.4/32 && ip -n b3 -6 route add unreachable fd00:2::4/128; } ||
	bail "no unreachable route"
hears "there is no way through the tunnel: the client is told" \
	"type=3 code=1 by=10.0.0.(2|80) $about4:5303" udp 4 5303 error
hears "there is no way through the tunnel (IPv6)" \
	"type=1 code=3 by=fd00::(2|80) $about6:5303" udp 6 5303 error
ip -n b3 route del unreachable 10.0.2.4/32
ip -n b3 -6 route del unreachable fd00:2::4/128
# Of the answers a router speaks to the service, which the balancer has. What the client knows
# of the path it tells the backend, for all it sends.
for h in client b1; do ip -n $h route flush cache; ip -n $h -6 route flush cache; done
for p in 8080 8081 8082; do
	narrower "port $p: the client's cable becomes narrower" client $((1400 - (p - 8080) * 20)) $p
	claim "port $p: the backend is told" knows b1 "$CLIENT4" $((1400 - (p - 8080) * 20))
	claim "port $p: the backend is told (IPv6)" knows b1 "$CLIENT6" $((1400 - (p - 8080) * 20))
done
cable client 1500

# Whatever each of the ways can take, from the least of IPv6 to jumbo frames
for c in client wan lan back; do cable $c 9000; done
for c in client wan lan; do
	for mtu in 1280 9000; do
		cable $c $mtu
		for h in client b1; do ip -n $h route flush cache; ip -n $h -6 route flush cache; done
		for p in 8080 8081 8082; do
			each "$c of $mtu, others of 9000, port $p" 'peer=$me local=$vip
both $size ok
bye' tcp $p who "both=$size" half
			# Over UDP what is too large is lost, and then they know.
			opts=(-t 1)
			for f in 4 6; do
				udp $f $((p - 2780)) size=8900 size=8900 >/dev/null 2>&1
				udp $f $((p - 2780)) size=8900 >/dev/null 2>&1
			done
			opts=()
			each "$c of $mtu, others of 9000, port $((p - 2780)), over UDP" \
				'peer=$me local=$vip answer=$vip
size 1200 ok
size 1500 ok
size 8900 ok
size 30000 ok' udp $((p - 2780)) who size=1200 size=1500 size=8900 size=30000
		done
	done
done
ns b1 nft -f - <<-END || bail "nft refuses the rules"
	table netdev t {
		counter jumbo { }
		chain in {
			type filter hook ingress device eth0 priority 0;
			meta length 8000-9000 counter name jumbo
		}
	}
END
offload tso off gso off gro off
for p in 8080 8081 8082; do
	each "frames of 9000 bytes, port $p" 'both $size ok' tcp $p "both=$size"
done
offload tso on gso on gro on
claim "they are so large" test "$(ip netns exec b1 nft list counter netdev t jumbo |
	awk '$1 == "packets" { print $2 }')" -ge 30
ip netns exec b1 nft delete table netdev t
for c in client wan lan back; do cable $c 1500; done

# --- offloads, fragments, loss ------------------------------------------------------------------

offload tx off || bail "no offload"
for p in 8080 8081 8082; do
	each "port $p: no offloads" "both $size ok" tcp $p "both=$size"
done
offload tx on || bail "no offload"
# Without a device that makes segments of what is in tunnels, the stack does.
soft() { bal ethtool -K lan tx-udp_tnl-segmentation "$1" tx-udp_tnl-csum-segmentation "$1" \
	tx-ipxip4-segmentation "$1" tx-ipxip6-segmentation "$1" >"$TMP/claim.out" 2>&1; }
soft off || bail "no offload"
lost() { bal cat /sys/class/net/lan/statistics/tx_dropped; }
before=$(lost)
for p in 8081 8082; do
	each "port $p: the stack makes segments in tunnels" "both $size ok" tcp $p "both=$size"
done
is "of which none is lost" "$(($(lost) - before))" 0
soft on
is "nobody has seen a wrong checksum" \
	"$(sum_mib "client b1 b4" UdpInCsumErrors Udp6InCsumErrors TcpInCsumErrors IpInHdrErrors)" 0
if client ethtool -K eth0 tx-udp-segmentation on >/dev/null 2>&1; then
	for p in 5300 5301 5302; do
		each "port $p: a train of datagrams" "train 20x1000 ok" udp $p train=20x1000
	done
fi
for d in cl bl bk; do
	router tc qdisc add dev $d root netem limit 10000 delay 3ms 2ms reorder 50% loss 1% || bail "no netem"
done
for p in 8080 8081 8082; do
	each "port $p: loss, and packets out of order" "both 300000 ok" tcp $p both=300000
done
for d in cl bl bk; do router tc qdisc del dev $d root; done

# --- the firewall --------------------------------------------------------------------------------

bal nft -f - <<-END || bail "nft refuses the rules"
	table inet fw {
		counter seen { }
		chain forward {
			type filter hook forward priority 0; policy drop;
			ct state invalid drop
			icmp type destination-unreachable accept
			icmpv6 type packet-too-big accept
			ct state untracked ip daddr $VIP4 iifname wan oifname lan counter name seen accept
			ct state untracked ip6 daddr $VIP6 iifname wan oifname lan counter name seen accept
		}
		chain output { type filter hook output priority 0; policy drop; icmp type 3 accept; icmpv6 type { 2, 133, 134, 135, 136 } accept; }
		chain post { type filter hook postrouting priority 0; ct state untracked drop; }
	}
END
for p in 8080 8081 8082; do
	each "port $p: a firewall that knows what may pass" "both 100000 ok" tcp $p both=100000
done
claim "has seen the client's packets" test "$(counter bal seen fw)" -ge 60
bal nft delete table inet fw
# Who is refused in FORWARD is told, also where the tunnel is of another family.
balance_at_across() {
	service across udp "$VIP4:5306" scheduler rr forward ipip
	sluice backend add across fd00:1::1 || bail "no backend"
}
balance_at_across
bal nft -f - <<-END || bail "nft refuses the rules"
	table inet fw {
		chain forward {
			type filter hook forward priority 0;
			meta l4proto udp ip daddr $VIP4 reject with icmpx admin-prohibited
			meta l4proto udp ip6 daddr $VIP6 reject with icmpx admin-prohibited
		}
	}
END
hears "a firewall refuses: the client is told" "type=3 code=13 by=10.0.0.(2|80) $about4:5301" \
	udp 4 5301 error
hears "a firewall refuses (IPv6)" "type=1 code=1 by=fd00::(2|80) $about6:5301" udp 6 5301 error
hears "a firewall refuses what is for a tunnel of the other family" \
	"type=3 code=13 by=10.0.0.(2|80) $about4:5306" udp 4 5306 error
bal nft delete table inet fw
if modprobe -q nfnetlink_queue && modprobe -q nft_queue; then
	bal nft -f - <<-END || bail "nft refuses the rules"
		table inet q {
			chain forward {
				type filter hook forward priority 0;
				meta l4proto { tcp, udp } queue num 7
			}
		}
	END
	spawn nfq.log ip netns exec bal python3 "$TOOLS/nfq.py" 7
	queue=$!
	wait_for grep -q ready "$TMP/nfq.log"
	for p in 8080 8081 8082; do
		each "port $p: by a queue to user space" "both 20000 ok" tcp $p both=20000
	done
	kill -TERM $queue
	wait_for grep -q '^[0-9]' "$TMP/nfq.log"
	claim "which has seen them" test "$(tail -n 1 "$TMP/nfq.log")" -ge 60
	bal nft delete table inet q
fi

# --- clients and backends on this host -------------------------------------------------------------

direct dsr here 8085 5305 here
server bal 8085
udp_server bal 5305
each "a backend on the balancer" 'peer=$me local=$vip
both 100000 ok' tcp 8085 who both=100000
each "a backend on the balancer, over UDP" 'peer=$me local=$vip answer=$vip
size 1400 ok' udp 5305 who size=1400
is "a client on the balancer, which has the VIP" \
	"$(talk_from bal -t 5 "$VIP4:8080" who 2>&1)" "refused: Connection refused"
is "is refused" "$(stat connect-unreachable dsr)" 1
# A VIP that is only routed here
for h in b1 b4; do ip -n $h addr add 198.18.0.80/32 dev lo; done
BAL_FORWARD=dsr balance_at 4 routed tcp 198.18.0.80:8080 b1
BAL_FORWARD=ipip balance_at 4 routedtun tcp 198.18.0.80:8083 b4
router ip route add 198.18.0.80/32 via 10.0.0.2
n=$((n + 1))
says "a VIP that is on no interface" "peer=$CLIENT4:$n local=198.18.0.80:8080" \
	talk_from client -t 5 --bind "$CLIENT4:$n" 198.18.0.80:8080 who
says "a client on the balancer calls it" "peer=10.0.0.2:$n local=198.18.0.80:8080
both 100000 ok" talk_from bal -t 5 --bind "10.0.0.2:$n" 198.18.0.80:8080 who both=100000
says "a client on the balancer calls it through a tunnel" "peer=10.0.0.2:$n local=198.18.0.80:8083
both 100000 ok" talk_from bal -t 5 --bind "10.0.0.2:$n" 198.18.0.80:8083 who both=100000

# Whom input routing would not believe
bal ip route add unreachable 203.0.113.8/32
says "a client that there is no way back to is not believed" "status 4: timeout" \
	talk_from client -t 1 --bind "203.0.113.8:$n" "$VIP4:8080" who
claim "which is counted" test "$(stat rp-filtered dsr)" -ge 1
bal ip route del unreachable 203.0.113.8/32

# --- dsr-nat ----------------------------------------------------------------------------------------

# The backend undoes itself what was done, by rules of its own.
direct_undo() {
	ns b2 nft -f - <<-END || bail "nft refuses the rules"
		table inet t {
			chain out {
				type filter hook postrouting priority 300;
				ip saddr 10.0.1.2 tcp sport 8080 ip saddr set $VIP4 tcp sport set 8090
				ip6 saddr fd00:1::2 tcp sport 8080 ip6 saddr set $VIP6 tcp sport set 8090
				ip saddr 10.0.1.2 udp sport 5300 ip saddr set $VIP4 udp sport set 5390
				ip6 saddr fd00:1::2 udp sport 5300 ip6 saddr set $VIP6 udp sport set 5390
			}
		}
	END
}
direct_undo
BAL_FORWARD=dsr-nat balance undone tcp 8090 b2:8080
BAL_FORWARD=dsr-nat balance undoneudp udp 5390 b2:5300
each "dsr-nat" "peer=\$me local=\$b2:8080
both $size ok" tcp 8090 who "both=$size"
each "dsr-nat, over UDP" 'peer=$me local=$b2:5300 answer=$vip
size 1400 ok' udp 5390 who size=1400
is "its answers do not come this way" "$(stat packets-out undone) $(stat packets-out undoneudp)" "0 0"

# --- a firewall that tracks connections ------------------------------------------------------------

# It knows no connection whose answers go past, and every one that stays here.
server bal 8091
BAL_FORWARD=dsr-nat balance herenat tcp 8091 here:8091
bal nft -f - <<-END || bail "nft refuses the rules"
	table inet s {
		counter stray { }
		counter odd { }
		counter told { }
		chain in {
			type filter hook input priority 0; policy drop;
			icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
			ct state established,related accept
			ct state new tcp dport 8091 accept
		}
		chain on {
			type filter hook forward priority 0;
			ip daddr 10.0.1.2 ct state untracked counter name stray
			ip daddr 10.0.1.2 ct state invalid counter name odd
			ip daddr $CLIENT4 ct state untracked counter name told
			ip daddr $CLIENT4 ct state invalid drop
		}
	}
END
narrower "a backend here: the client's cable becomes narrower" client 1300 8091
cable client 1500
for h in client bal; do ip -n $h route flush cache; ip -n $h -6 route flush cache; done
n=$((n + 1))
names 4 8080
launch quoted.log client client -t 60 --bind "$me" "$vip" who "file=$TMP/sent"
wait_for grep -q peer= "$TMP/quoted.log"
cat >"$TMP/forge" <<-'END'
	import socket, struct, sys
	to, me, port, vip = sys.argv[1:]
	def csum(d):
	    s = sum(struct.unpack("!%dH" % (len(d) // 2), d))
	    while s >> 16:
	        s = (s & 0xffff) + (s >> 16)
	    return ~s & 0xffff
	a = socket.inet_aton
	quote = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 40, 1, 0, 64, 6, 0, a(me), a(vip))
	quote += struct.pack("!HHI", int(port), 8080, 1)
	error = struct.pack("!BBHI", 3, 1, 0, 0) + quote
	error = error[:2] + struct.pack("!H", csum(error)) + error[4:]
	s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
	s.sendto(error, (to, 0))
END
# forge NS TO: an error about that connection
forge() { ip netns exec "$1" python3 "$TMP/forge" "$2" "$CLIENT4" $n "$VIP4" || bail "nothing is sent"; }
router ip route add 10.0.1.2/32 via 10.0.0.2
forge client 10.0.1.2
claim "an error about a connection that goes past is for its client" \
	wait_for eval '[ "$(counter bal odd s)" = 1 ]'
is "for anybody else it is no more than invalid" "$(counter bal stray s)" 0
router ip route del 10.0.1.2/32
ip -n b1 route add "$CLIENT4/32" via 10.0.1.254
forge b1 "$CLIENT4"
claim "one of a backend's that comes this way reaches the client" \
	wait_for eval '[ "$(counter bal told s)" = 1 ]'
ip -n b1 route del "$CLIENT4/32"
bal nft delete table inet s
: >"$TMP/sent"

# --- the end of it -------------------------------------------------------------------------------------

n=$((n + 1))
names 4 8080
launch end.log client client -t 60 --bind "$me" "$vip" "file=$TMP/end" echo=on rst
wait_for flows 1 "client $me" 2>/dev/null || :
state() { sluice -j flow show sender "$1" | jq -r '.[].state' | xargs; }
wait_for -t 5 test "$(state "$me")" = established
is "a connection that the client has begun" "$(state "$me")" established
: >"$TMP/end"
gone() { [ "$(state "$me")" = reset ] || [ -z "$(state "$me")" ]; }
claim "is over when the client resets it" wait_for -t 10 gone
rm -f "$TMP/end"

ended() { [ "$(($(stat flows-closed dsr)))" -gt "$closed" ]; }
closed=$(stat flows-closed dsr)
each "the client closes, then the backend" 'both 1000 ok
bye' tcp 8080 both=1000 half
claim "it counts as closed soon after" wait_for -t 30 ended
# The one of IPv6, which may be a round behind.
closing() { [ "$(state "$me")" = closing ]; }
claim "until it is forgotten it is in closing" wait_for -t 30 closing

# alone NS PORT: nobody is connected there
alone() { ! ip netns exec "$1" ss -Htn state established "sport = :$2" | grep -q .; }
for p in 8080 8081; do
	n=$((n + 1))
	names 4 $p
	launch hold-$p.log client client -t 60 --bind "$me" "$vip" who hold=60
	wait_for grep -q peer= "$TMP/hold-$p.log"
	claim "port $p: a connection is deleted" sluice flow del "$me-$vip"
	claim "port $p: the client is reset" wait_for -t 10 alone client "$n"
	claim "port $p: and so is the backend" wait_for -t 10 alone b1 $p
done
n=$((n + 1))
names 6 8082
launch last.log client client -t 60 --bind "$me" "$vip" who hold=60
wait_for grep -q peer= "$TMP/last.log"
claim "a service goes by force" sluice service del gue6 force
claim "its client is reset" wait_for -t 10 alone client "$n"
claim "and its backend" wait_for -t 10 alone b1 8082

# --- what is refused ---------------------------------------------------------------------------------

refused() { is "$1" "$(sluice "${@:3}" 2>&1)" "sluice: $2"; }
DIRECT="backends by dsr, ipip, gue or dsr-nat answer past this host: their service and its pools take no PROXY headers, and send none"
sluice pool add away forward dsr || bail "no pool"
sluice backend add away 10.0.1.1 || bail "no backend"
refused "headers that come in" "service add: pool away: $DIRECT" \
	service add p1 tcp "$VIP4:9001" accept-proxy trust any pool away
sluice service add p2 tcp "$VIP4:9002" accept-proxy trust any scheduler rr || bail "no service"
refused "headers that come in, and a backend" "backend add: forward dsr: $DIRECT" \
	backend add p2 10.0.1.1 forward dsr
sluice service add p3 tcp "$VIP4:9003" scheduler rr send-proxy v2 forward gue || bail "no service"
refused "headers that go out" "backend add: address 10.0.1.1: $DIRECT" backend add p3 10.0.1.1
sluice service add p4 tcp "$VIP4:9004" scheduler rr forward ipip || bail "no service"
refused "another port" \
	"backend add: address 10.0.1.1:80: dsr, ipip and gue keep the service's port: a backend of them has none, or that one" \
	backend add p4 10.0.1.1:80
sluice service add p5 tcp "$VIP4:9005" scheduler ewma forward nat || bail "no service"
refused "who is told how fast they answer" \
	"backend add: forward dsr: its pool's scheduler measures answers, which do not come back by dsr, ipip, gue or dsr-nat" \
	backend add p5 10.0.1.1 forward dsr
sluice service add p6 tcp "$VIP4:9006" scheduler rr forward dsr || bail "no service"
refused "the other family" \
	"backend add: address fd00:1::1: nat, dsr and dsr-nat keep the client's address, so service and backends have to be of one family; fullnat, ipip and gue reach either" \
	backend add p6 fd00:1::1
sluice backend add p6 10.0.2.4 || bail "no backend"
n=$((n + 1))
names 4 9006
claim "a backend that is on no link is not reached" \
	test "$(talk_from client -t 2 --bind "$me" "$vip" who 2>&1 | tail -n 1)" != "peer=$me"
claim "and that is counted" test "$(stat connect-unreachable p6)" -ge 1

finish
