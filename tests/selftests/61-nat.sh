#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 40
# limit: 400
#
# Balancing with `forward nat`: clients reach backends by the VIP. Who sees whom, ports,
# how connections end, much data over all offloads and packet sizes, conversations.
#
#     client (client.py, udp.py, curl) -- router -- bal -- b1, b2, b3 (server.py, udp.py, nginx)
#
# The network is drawn in ballib.sh: the one with two arms.

# shellcheck disable=SC2317,SC2016,SC2034,SC2154	# called by name, evaluated later
. "$(dirname "$0")/ballib.sh"

bal_net
balance web tcp 80 b1:8080 b2:8080 b3:8080
balance one tcp 81 b1:8080
balance gone tcp 82 b1:8099
balance range tcp 8000-8009 b2
balance http tcp 8888 b3:8090
balance dns udp 53 b1:5300 b2:5300 b3:5300
balance dns1 udp 54 b1:5300
balance dnsrange udp 8000-8009 b2
balance_at 4 lo tcp "$LO4:80" b2:8080
balance_at 4 lodns udp "$LO4:53" b2:5300

# Neither side may see an address of the other's that is not meant for it, be it in one
# packet: the client none of a backend's, a backend none of the balancer's.
client nft -f - <<-END || bail "nft refuses the rules"
	table inet t {
		counter backends { }
		counter vip { }
		chain pre {
			type filter hook prerouting priority -300;
			meta l4proto { tcp, udp } ip saddr 10.0.1.0/24 counter name backends
			meta l4proto { tcp, udp } ip6 saddr fd00:1::/64 counter name backends
			meta l4proto { tcp, udp } ip saddr { $VIP4, $LO4 } counter name vip
			meta l4proto { tcp, udp } ip6 saddr $VIP6 counter name vip
		}
	}
END
for b in b1 b2 b3; do
	ip netns exec $b nft -f - <<-END || bail "nft refuses the rules"
		table inet t {
			counter balancer { }
			counter clients { }
			chain pre {
				type filter hook prerouting priority -300;
				meta l4proto { tcp, udp } ip saddr { 10.0.0.0/24, $LO4, 10.0.1.254 } counter name balancer
				meta l4proto { tcp, udp } ip daddr { 10.0.0.0/24, $LO4 } counter name balancer
				meta l4proto { tcp, udp } ip6 saddr { fd00::/64, fd00:1::fe } counter name balancer
				meta l4proto { tcp, udp } ip6 daddr fd00::/64 counter name balancer
				meta l4proto { tcp, udp } ip saddr 203.0.113.0/24 counter name clients
				meta l4proto { tcp, udp } ip6 saddr $CLIENT6 counter name clients
			}
		}
	END
done

# --- who sees whom -----------------------------------------------------------------------

says "six connections: each backend has two, and sees the client" \
	"2 local=10.0.1.1:8080
2 local=10.0.1.2:8080
2 local=10.0.1.3:8080" turns 4 80 6 client "$CLIENT4" 5000
says "six connections: each backend has two, and sees the client (IPv6)" \
	"2 local=[fd00:1::1]:8080
2 local=[fd00:1::2]:8080
2 local=[fd00:1::3]:8080" turns 6 80 6 client "[$CLIENT6]" 5000
n=5010
each "one connection, its addresses at the backend" 'peer=$me local=$b1:8080' tcp 81 who
match "the backend's own log names the client" \
	"^accept peer=$CLIENT4:$((n - 1)) local=10.0.1.1:8080" served b1 8080
match "the backend's own log names the client (IPv6)" \
	"^accept peer=\[$CLIENT6\]:$n local=\[fd00:1::1\]:8080" served b1 8080
server b2 8000 8004 8009
for p in 8000 8004 8009; do
	each "port $p of the range, to a backend without a port, is kept" "peer=\$me local=\$b2:$p" tcp $p who
done
each "a port that is in no range is none of ours" "status 3: refused: Connection refused" \
	tcp 8010 who
says "a VIP on lo" "peer=$CLIENT4:6001 local=10.0.1.2:8080
both 100000 ok" talk_from client --bind "$CLIENT4:6001" "$LO4:80" who both=100000
says "another address of the client's host" "peer=203.0.113.8:6001 local=10.0.1.1:8080" \
	talk_from client --bind 203.0.113.8:6001 "$VIP4:81" who

nginx_up b3 < <(http_block b3 8090)
says "curl and nginx" "$CLIENT4 40001" \
	client curl -s --max-time 20 --local-port 40001 "http://$VIP4:8888/"
says "curl and nginx (IPv6)" "$CLIENT6 40002" \
	client curl -s --max-time 20 --local-port 40002 "http://[$VIP6]:8888/"
says "nginx's log has the client of both" "$CLIENT4 40001 GET / HTTP/1.1
$CLIENT6 40002 GET / HTTP/1.1" access_log b3
head -c 3000000 /dev/urandom >"$TMP/nginx-b3/blob"
says "curl fetches a file as it is" "$(sha256sum <"$TMP/nginx-b3/blob")" \
	sh -c "ip netns exec client curl -s --max-time 20 http://$VIP4:8888/blob | sha256sum"

# --- how connections end -------------------------------------------------------------------

each "the client closes its half: the backend still answers" "both 100000 ok
bye" tcp 81 both=100000 half
each "the backend closes first" "closed by peer" tcp 81 peer-fin
rest() { [ "$(grep -c "after fin: .*'still here'" "$TMP/server-b1-8080.log")" = 2 ]; }
claim "and still gets what the client has to say" wait_for rest
each "the backend resets" "reset" tcp 81 peer-rst
each "the client resets" "hello" tcp 81 echo=hello rst
resets() { [ "$(grep -c "error .*ConnectionResetError" "$TMP/server-b1-8080.log")" = 2 ]; }
claim "so the backend is reset" wait_for resets
each "nobody listens at the backend: the client is refused" \
	"status 3: refused: Connection refused" tcp 82 who
is "by the backend" "$(asked b1)" 2
each "urgent data keeps its place" "before=abc urgent=Xdef" tcp 81 oob
# again FAMILY PORT: connections from one port, with no time between them
again() {
	tcp "$1" "$2" echo=one rst
	tcp "$1" "$2" echo=two rst
	tcp "$1" "$2" peer-fin
	tcp "$1" "$2" who
}
each "the same client port at once again, after a reset, and while the backend remembers it" \
	'one
two
closed by peer
peer=$me local=$b1:8080' again 81

# Many at once
count=$(small 200 60)
for f in 4 6; do
	names $f 80
	says "short connections, eight at a time (IPv$f)" "ok=$count bad=0
0" agent client - load --plain --count "$count" "$vip"
done

# --- conversations ----------------------------------------------------------------------------

each "a conversation: the backend sees the client, the answer comes from the VIP" \
	'peer=$me local=$b1:5300 answer=$vip' udp 54 who
each "a datagram without data, and its answer" "zero ok" udp 54 zero
each "datagrams of some sizes" "size 1 ok
size 100 ok
size 1472 ok" udp 54 size=1 size=100 size=1472
udp_server b2 8004
each "a port of a range of UDP" 'peer=$me local=$b2:8004 answer=$vip' udp 8004 who
says "a VIP on lo" "peer=$CLIENT4:6002 local=10.0.1.2:5300 answer=$LO4:53" \
	udp_from client --bind "$CLIENT4:6002" "$LO4:53" who
n=5100
says "60 clients: a third to each backend, each stays with its own" "local=10.0.1.1:5300 20
local=10.0.1.2:5300 20
local=10.0.1.3:5300 20" udp 4 53 many=60
says "60 clients: a third to each backend, each stays with its own (IPv6)" \
	"local=[fd00:1::1]:5300 20
local=[fd00:1::2]:5300 20
local=[fd00:1::3]:5300 20" udp 6 53 many=60
n=5200

# --- much data ----------------------------------------------------------------------------------

errors() { sum_mib "client b1" TcpInCsumErrors UdpInCsumErrors Udp6InCsumErrors; }
mb=1000000

size=$(($(small 3 1) * mb))
[ -z "${SLUICE_FULL:-}" ] || size=$((100 * mb))
for o in "tx on tso on gso on gro on" "tso off" "tso on gso off" "gso on gro off" "gro on tx off" \
		"tx off tso off gso off gro off"; do
	# shellcheck disable=SC2086	# a list
	{ offload tx on tso on gso on gro on && offload $o; } || bail "offloads are not set: $o"
	each "$((size / mb)) MB each way, $o" "both $size ok" tcp 81 "both=$size"
	each "datagrams, $o" "size 1400 ok
size 9000 ok" udp 54 size=1400 size=9000
done
offload tx on tso on gso on gro on

# wide MTU, near MTU: the cables on the client's and on the backends' side
wide() {
	ip -n client link set eth0 mtu "$1" && ip -n router link set cl mtu "$1" &&
		ip -n router link set bl mtu "$1" && ip -n bal link set wan mtu "$1"
}
near() {
	ip -n bal link set lan mtu "$1" && ip -n sw link set bal mtu "$1" &&
		ip -n sw link set b1 mtu "$1" && ip -n b1 link set eth0 mtu "$1"
}
size=$((size / 6))
for w in 1280 1500 9000; do
	for d in 1280 1500 9000; do
		{ wide $w && near $d; } || bail "no MTU of $w or $d"
		each "$((size / 1000)) kB each way, MTU $w at the client, $d at the backend" \
			"both $size ok" tcp 81 "both=$size"
	done
done
wide 1500
near 1500

# Lines that lose, and bring things out of order
for d in wan lan; do
	bal tc qdisc replace dev $d root netem limit 10000 loss 1% delay 2ms 1ms reorder 25% 50% ||
		bail "no netem"
done
each "a bad line" "both 1000000 ok" tcp 81 both=1000000
for d in wan lan; do bal tc qdisc del dev $d root; done
is "nobody has seen a wrong checksum" "$(errors)" 0

# --- what everybody has seen of it ----------------------------------------------------------------

claim "the client has seen the VIP" test "$(counter client vip)" -ge 1000
is "the client has seen no packet from a backend" "$(counter client backends)" 0
for b in b1 b2 b3; do
	claim "$b has seen clients" test "$(counter $b clients)" -ge 30
	is "$b has seen no packet of the balancer, nor of the VIP" "$(counter $b balancer)" 0
done
if only_sluice "flow show names client, VIP and backend"; then
	n=$((n + 1))
	names 4 81
	launch flow.log client client --bind "$me" "$vip" who hold=60
	wait_for grep -q peer= "$TMP/flow.log"
	match "flow show names client, VIP and backend" \
		"^ *[0-9]+ one established .*client $me address $vip backend 10\.0\.1\.1:8080" \
		sluice flow show client "$me"
	says "the backend counts it" 1 eval 'sluice -j backend show one 10.0.1.1:8080 | jq ".[].flows"'
fi
if only_sluice "conntrack is not needed"; then
	is "conntrack is not needed: it tracks nothing where no rule asks it to" \
		"$(bal cat /proc/sys/net/netfilter/nf_conntrack_count 2>/dev/null || echo 0)" 0
fi

finish
