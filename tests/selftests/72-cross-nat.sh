#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 90
# limit: 600
#
# Balancing to backends of the other family than the client's, by `forward fullnat`: IPv4
# clients whose backend speaks IPv6, and the reverse; and headers that name a client of
# the other family than the sender's, by either method.
#
#     client -- router -- bal (client.py, udp.py, nft) -- b1, b2, b3 -- b4
#
# The network is drawn in ballib.sh, the one with two arms. "IPv4" is the client's family.

# shellcheck disable=SC2317,SC2016,SC2034,SC2154	# called by name, evaluated later
. "$(dirname "$0")/ballib.sh"

# crossing FAMILY [PORT]: names, the backends' in the other family than the client's
crossing() {
	local a=10.0.1 b=''
	names "$@"
	far=10.0.2.4 lent=$HERE4
	[ "$1" = 6 ] || { a='[fd00:1::' b=']' far='[fd00:2::4]' lent=[$HERE6]; }
	[ -n "$b" ] || a=$a.
	b1=${a}1$b b2=${a}2$b b3=${a}3$b b4=$far here=$lent
}
# across NAME tcp|udp PORT[-PORT] BACKEND[:PORT]...: services at both VIPs, backends of
# the other family
across() {
	across_at 4 "$1" "$2" "$VIP4:$3" "${@:4}"
	across_at 6 "${1}6" "$2" "[$VIP6]:$3" "${@:4}"
}
across_at() {
	local b out
	service "$2" "$3" "$4" scheduler rr forward fullnat
	for b in "${@:5}"; do
		out=$(sluice backend add "$2" "$(at $((10 - $1)) "$b")" 2>&1) ||
			bail "backend add $2 $b: $out"
	done
}
# both TEXT WANT COMMAND PORT [ARGUMENT...]: as each of ballib.sh, names as crossing has them
both() {
	local text=$1 want=$2 f
	shift 2
	for f in 4 6; do
		n=$((n + 1))
		crossing $f "$2"
		eval "says \"\$text (IPv$f)\" \"$want\" \"\$1\" $f \"\${@:2}\""
	done
}
# lent COMMAND...: what it says, "lent" instead of the balancer's address and a port
lent() {
	local out rc=0 where=$lent
	out=$("$@") || rc=$?
	if [[ $out == "peer=$where:"* ]]; then
		out="peer=lent ${out#* }"
	fi
	echo "$out"
	return "$rc"
}
lent_tcp() { lent tcp "$@"; }
lent_udp() { lent udp "$@"; }

bal_net
across one tcp 81 b1:8080
across web tcp 80 b1:8080 b2:8080 b3:8080
across gone tcp 82 b1:8099
across behind tcp 83 b4:8080
across near tcp 85 here:8080
across range tcp 8000-8009 b2
across dns1 udp 54 b1:5300
across dns udp 53 b1:5300 b2:5300 b3:5300
across dnsgone udp 55 b1:5399
across dnsfar udp 56 b4:5300
across dnsnear udp 57 here:5300
across dnscut udp 58 b1:5301
udp_server b1 --cut 5301
server bal 8080
udp_server bal 5300
server b2 8004

# --- who sees whom -----------------------------------------------------------------------

both "the backend sees the balancer, in its own family" 'peer=lent local=$b1:8080' lent_tcp 81 who
both "a port of a range is kept" 'peer=lent local=$b2:8004' lent_tcp 8004 who
for f in 4 6; do
	crossing $f
	says "six connections: each backend has two (IPv$f)" "2 local=$b1:8080
2 local=$b2:8080
2 local=$b3:8080" shares $f 80 6
done
both "a conversation: answers come from the VIP" 'peer=lent local=$b1:5300 answer=$vip
zero ok' lent_udp 54 who zero
opts=(--cut)
both "datagrams of all sizes, fragments too" "$(printf 'size %s ok\n' 1 2 7 512 1231 1232 1233 1400 \
	1452 1453 1472 1473 3000 9000 20000 65000)" udp 58 size={1,2,7,512,1231,1232,1233,1400} \
	size={1452,1453,1472,1473,3000,9000,20000,65000}
opts=(--options 0707040000000000)
n=$((n + 1)) crossing 4 54
says "an IPv4 header with options" "size 1400 ok" udp 4 54 size=1400
opts=(--unsummed)
n=$((n + 1)) crossing 4 54
says "datagrams without a checksum get one for IPv6" "$(printf 'size %s ok\n' 4 1400 9000)
zero ok" udp 4 54 size={4,1400,9000} zero
opts=()
says "30 clients: a third to each backend, each stays with its own" "$(
	printf 'local=[fd00:1::%s]:5300 10\n' 1 2 3)" udp_from client "$VIP4:53" many=30
says "30 clients: a third to each backend, each stays with its own (IPv6)" "$(
	printf 'local=10.0.1.%s:5300 10\n' 1 2 3)" udp_from client "[$VIP6]:53" many=30
both "behind a router of the backends'" 'peer=lent local=$b4:8080
both 100000 ok' lent_tcp 83 who both=100000

# --- how connections end -------------------------------------------------------------------

both "the client closes its half: the backend still answers" "both 100000 ok
bye" tcp 81 both=100000 half
both "the backend closes first" "closed by peer" tcp 81 peer-fin
both "the backend resets" "reset" tcp 81 peer-rst
resets() { grep -c "error .*ConnectionResetError" "$TMP/server-b1-8080.log"; }
before=$(resets)
both "the client resets" "hello" tcp 81 echo=hello rst
claim "so the backend is reset" wait_for eval '[ "$(resets)" = $((before + 2)) ]'
before=$(asked b1)
both "nobody listens at the backend: the client is refused" \
	"status 3: refused: Connection refused" tcp 82 who
is "by the backend" "$(($(asked b1) - before))" 2
both "urgent data keeps its place" "before=abc urgent=Xdef" tcp 81 oob

# --- much data ---------------------------------------------------------------------------------

errors() {
	sum_mib "client b1 b2" TcpInCsumErrors UdpInCsumErrors Udp6InCsumErrors IcmpInCsumErrors \
		Icmp6InCsumErrors IpInHdrErrors Ip6InHdrErrors
}
size=$(small 10000000 500000)
for o in "tx on tso on gso on gro on" "gro off" "gro on tx off tso off gso off" "gro off"; do
	# shellcheck disable=SC2086	# a list
	offload $o || bail "offloads are not set: $o"
	both "$((size / 1000)) kB each way, $o" "both $size ok" tcp 81 "both=$size"
	both "datagrams, $o" "size 1400 ok
size 9000 ok" udp 54 size=1400 size=9000
done
offload tx on tso on gso on gro on
is "nobody has seen a wrong checksum" "$(errors)" 0

for how in none sum; do
	both "a header inside whose checksum is left to the device, outside: $how" "inside ok" \
		inside 54 $how
done
is "nor of those" "$(errors)" 0

# --- counters, hops -------------------------------------------------------------------------

counts() { jq -c '[."packets-in", ."packets-out", ."bytes-in", ."bytes-out", ."flows-opened"]'; }
for s in one one6 dns1 dns16; do
	is "what $s has counted is what its backend has" \
		"$(sluice -j backend stats "$s" | jq -c '.[]' | counts)" \
		"$(sluice -j stats "$s" | counts)"
done
for h in client b1; do
	ip netns exec $h nft -f - <<-END || bail "nft refuses the rules"
		table inet hops {
			counter hops { }
			counter other { }
			chain in {
				type filter hook input priority 0;
				tcp sport != { 80, 81 } tcp dport != 8080 accept
				meta l4proto != tcp accept
				ip ttl 62 counter name hops accept
				ip6 hoplimit 62 counter name hops accept
				meta l4proto { tcp, udp } counter name other
			}
		}
	END
done
both "two routers on the way" "both 10000 ok" tcp 81 both=10000
for h in client b1; do
	is "$h: nothing has fewer hops or more left" "$(ip netns exec $h nft -j list counter inet \
		hops other | jq '.nftables[].counter? | numbers // .packets // empty')" 0
	match "$h: all of it two less" "packets [1-9]" ip netns exec $h nft list counter inet hops hops
	ip netns exec $h nft delete table inet hops
done

# --- what ICMP says -------------------------------------------------------------------------------

about4="about=$VIP4" about6="about=.$VIP6."
hears "a backend's port is unreachable: the client hears it of the VIP, from the VIP" \
	"type=3 code=3 by=$VIP4 $about4:55" udp 4 55 error
hears "a backend's port is unreachable (IPv6)" \
	"type=1 code=4 by=$VIP6 $about6:55" udp 6 55 error
for t in "2 the balancer" "3 a router behind it"; do
	opts=(--ttl "${t%% *}")
	hears "too many hops: ${t#* }" "type=11 code=0 by=$VIP4 $about4:56" udp 4 56 error
	hears "too many hops: ${t#* } (IPv6)" "type=3 code=0 by=$VIP6 $about6:56" udp 6 56 error
done
opts=(--whole)
cable lan 1440
hears "the backends' side is narrower: the balancer says so, by what differs" \
	"type=3 code=4 by=$VIP4 $about4:54 mtu=1420" udp 4 54 error=1400
hears "the backends' side is narrower (IPv6)" \
	"type=2 code=0 by=$VIP6 $about6:54 mtu=1460" udp 6 54 error=1450
cable lan 1500
forget() { client ip route flush cache; client ip -6 route flush cache; }
forget
cable far 1430
hears "a backend is behind a narrow cable: the router there says so" \
	"type=3 code=4 by=$VIP4 $about4:56 mtu=1410" udp 4 56 error=1405
hears "a backend is behind a narrow cable (IPv6)" \
	"type=2 code=0 by=$VIP6 $about6:56 mtu=1450" udp 6 56 error=1425
cable far 1500
opts=()
forget

# Nobody hears what does not fit: both ends know of their own cables, which are wide.
for h in "router oifname cl" "bal oifname lan"; do
	ip netns exec "${h%% *}" nft -f - <<-END || bail "nft refuses the rules"
		table inet mute {
			chain post {
				type filter hook postrouting priority 0;
				${h#* } icmp type destination-unreachable drop
				${h#* } icmpv6 type packet-too-big drop
			}
		}
	END
done
ip -n bal link set lan mtu 1400 || bail "no MTU"
ip -n sw link set bal mtu 1400 || bail "no MTU"
both "the backends' side is narrower, and ICMP is dropped" "both 1000000 ok" tcp 81 both=1000000
cable lan 1500
router nft delete table inet mute
bal nft delete table inet mute

size=$(small 1000000 300000)
narrower "the client's cable becomes narrower" client 1400 81
claim "the router tells the IPv6 backend of an IPv4 client" knows b1 "$HERE6" 1420
claim "and the IPv4 backend of an IPv6 client" knows b1 "$HERE4" 1380
cable client 1500
narrower "the cable between router and balancer" wan 1370 81
claim "the balancer tells the IPv6 backend of an IPv4 client" knows b1 "$HERE6" 1390
claim "and the IPv4 backend of an IPv6 client" knows b1 "$HERE4" 1350
cable wan 1500
narrower "the backends' cable" lan 1340 81
claim "the balancer tells the IPv4 client, of the VIP" knows client "$VIP4" 1320
claim "the balancer tells the IPv6 client, of the VIP" knows client "$VIP6" 1360
cable lan 1500
narrower "a cable behind the balancer's" far 1310 83
claim "its router tells the IPv4 client, of the VIP" knows client "$VIP4" 1290
claim "its router tells the IPv6 client, of the VIP" knows client "$VIP6" 1330
cable far 1500
is "nobody has seen a wrong checksum of any of it" "$(errors)" 0

# Who lets routers cut up what he sends hears of no narrow path: none needs to cut it, or can. The
# path is narrow one way, so that the other end does not know of it either, nor is anybody told.
ip -n b4 -6 route replace default via fd00:2::3 mtu 1280 advmss 1440 || bail "no route"
ip -n b3 link set far mtu 1280 || bail "no MTU"
ns b3 nft -f - <<-END || bail "nft refuses the rules"
	table inet mute {
		chain out {
			type filter hook output priority 0;
			icmpv6 type packet-too-big drop
		}
	}
END
opts=(--cut -t 2)
n=$((n + 1)) before=$(mib b3 Ip6InTooBigErrors)
says "what may be cut up comes by a path of IPv6 that is narrow" "$(printf 'size %s ok\n' 1232 1300 \
	1440 9000)" udp 4 56 size={1232,1300,1440,9000}
set_sysctl client net.ipv4.ip_no_pmtu_disc=1
opts=(-t 10)
n=$((n + 1))
for o in "off" "on"; do
	offload tso $o gso $o gro $o
	says "segments that may be, too, offloads $o" "both 300000 ok" tcp 4 83 both=300000
	n=$((n + 1))
done
set_sysctl client net.ipv4.ip_no_pmtu_disc=0
is "none of it was too big" "$(mib b3 Ip6InTooBigErrors)" "$before"
ns b3 nft delete table inet mute
ip -n b3 link set far mtu 1500
ip -n b4 -6 route replace default via fd00:2::3
cable client 1280
opts=(--cut -t 2)
n=$((n + 1))
says "and so do answers" "$(printf 'size %s ok\n' 1232 1300 1440 9000)" udp 6 58 \
	size={1232,1300,1440,9000}
cable client 1500
opts=()
forget

# --- the balancer is an end itself ---------------------------------------------------------------

both "the backend is here" 'peer=lent local=$here:8080
both 500000 ok
bye' lent_tcp 85 who both=500000 half
both "the backend is here: a conversation" 'peer=lent local=$here:5300 answer=$vip
size 20000 ok' lent_udp 57 who size=20000
here_tcp() { talk_from bal -t 5 "$vip" "${@:3}"; }
for f in 4 6; do
	crossing $f 81
	counted "the client is here: refused (IPv$f)" family-refused 1 here_tcp $f 81 who
	says "and told so (IPv$f)" "status 3: refused: Connection refused" here_tcp $f 81 who
done

# --- pools of both families --------------------------------------------------------------------

for f in 4 6; do
	crossing $f 90
	service "mixed$f" tcp "$vip" scheduler wrr forward fullnat
	for b in "b1:8080 weight 1" "b2:8080 weight 2"; do
		# shellcheck disable=SC2086	# words
		sluice backend add "mixed$f" "$(at 4 "${b%% *}")" ${b#* } >/dev/null || bail "no backend $b"
	done
	sluice backend add "mixed$f" "$(at 6 b3:8080)" weight 3 >/dev/null || bail "no backend b3"
	says "shares are by weight, whatever the family (IPv$f)" "2 local=10.0.1.1:8080
4 local=10.0.1.2:8080
6 local=[fd00:1::3]:8080" shares $f 90 12
done
# turned FAMILY COUNT: as shares, from the balancer
turned() {
	local i
	names "$1" 90
	for ((i = 1; i <= $2; i++)); do talk_from bal -t 10 "$vip" who; done |
		awk 'NF { n[$2]++ } END { for (i in n) print n[i], i }' | sort -k 2
}
says "a client here has those of its own family" "1 local=10.0.1.1:8080
2 local=10.0.1.2:8080" turned 4 3
says "a client here has those of its own family (IPv6)" "3 local=[fd00:1::3]:8080" turned 6 3
# It is the family only if another one would have had somebody.
for f in 4 6; do
	names $f 88
	service "full$f" tcp "$vip" scheduler rr forward nat
	sluice backend add "full$f" "$(at $f b1:8080)" max-flows 1 >/dev/null || bail "no backend b1"
	n=$((n + 1))
	rm -f "$TMP/go"
	launch "full$f.log" client client -t 20 --bind "${me%:*}:$n" "$vip" who "file=$TMP/go"
	wait_for grep -q peer= "$TMP/full$f.log"
	counted "a client here, of a backend that is full (IPv$f)" no-backend 1 here_tcp $f 88 who
	: >"$TMP/go"
	names $f 89
	service "down$f" tcp "$vip" scheduler sh forward fullnat
	sluice backend add "down$f" "$(at 4 b1:8080)" state down >/dev/null || bail "no backend b1"
	sluice backend add "down$f" "$(at 6 b1:8080)" state down >/dev/null || bail "no backend b1"
	counted "a client here, of backends that are down (IPv$f)" no-backend 1 here_tcp $f 89 who
done
# What may have any address has clients of both families.
service any tcp '*:86' scheduler rr forward nat
for b in "$(at 4 b1:8080)" "$(at 6 b2:8080)" "$(at 6 b3:8080) forward fullnat"; do
	# shellcheck disable=SC2086	# words
	sluice backend add any $b >/dev/null || bail "no backend $b"
done
says "nat has clients of its own family, fullnat of either" "2 local=10.0.1.1:8080
2 local=[fd00:1::3]:8080" shares 4 86 4
says "nat has clients of its own family, fullnat of either (IPv6)" "2 local=[fd00:1::2]:8080
2 local=[fd00:1::3]:8080" shares 6 86 4

# --- the firewall of the balancer, and connection tracking -----------------------------------------

bal nft -f - <<-END || bail "nft refuses the rules"
	table inet t {
		counter new4 { }
		counter new6 { }
		counter back { }
		counter invalid { }
		counter other { }
		chain pre {
			type filter hook prerouting priority -150;
			meta l4proto { tcp, udp } ct state invalid,untracked counter name invalid drop
		}
		chain input {
			type filter hook input priority 0; policy drop;
			meta l4proto { icmp, ipv6-icmp } ct state related accept
			icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
			ct state established ip saddr 10.0.1.0/24 ip daddr $HERE4 counter name back accept
			ct state established ip6 saddr fd00:1::/64 ip6 daddr $HERE6 counter name back accept
			meta l4proto { tcp, udp } counter name other
		}
		chain output {
			type filter hook output priority 0; policy drop;
			meta l4proto { icmp, ipv6-icmp } accept
			meta l4proto { tcp, udp } counter name other
		}
		chain forward {
			type filter hook forward priority 0; policy drop;
			ct state invalid counter name invalid drop
			meta l4proto { icmp, ipv6-icmp } ct state related accept
			iifname wan oifname lan ct state new,established th dport { 8080, 8099, 5300, 5399 } jump ours
			meta l4proto { tcp, udp } counter name other
		}
		chain ours {
			ct state established ip saddr $HERE4 accept
			ct state established ip6 saddr $HERE6 accept
			ip saddr $HERE4 ip daddr 10.0.1.0/24 counter name new4 accept
			ip6 saddr $HERE6 ip6 daddr fd00:1::/64 counter name new6 accept
		}
		chain post {
			type filter hook postrouting priority 200; policy drop;
			meta l4proto { icmp, ipv6-icmp } accept
			ct state new,established,related accept
			meta l4proto { tcp, udp } counter name other
		}
	}
END
before=$(asked b1)
both "policy drop: a connection" 'peer=lent local=$b1:8080
both 1000000 ok
bye' lent_tcp 81 who both=1000000 half
both "policy drop: the backend closes first" "closed by peer" tcp 81 peer-fin
both "policy drop: the backend resets" "reset" tcp 81 peer-rst
both "policy drop: nobody listens" "status 3: refused: Connection refused" tcp 82 who
both "policy drop: a conversation" 'peer=lent local=$b1:5300 answer=$vip
size 20000 ok
zero ok' lent_udp 54 who size=20000 zero
hears "policy drop: no UDP server" "type=3 code=3 by=$VIP4 $about4:55" udp 4 55 error
hears "policy drop: no UDP server (IPv6)" "type=1 code=4 by=$VIP6 $about6:55" udp 6 55 error
is "policy drop: nobody listens at the backend, and there is no server" \
	"$(($(asked b1) - before))" 4
size=200000
# Who knows of a narrow path says so when he connects, and nobody else need be told.
forget
told6=$(mib b1 Icmp6InPktTooBigs) told4=$(mib b1 IcmpInDestUnreachs)
narrower "policy drop: the client's cable becomes narrower" client 1290 81
claim "policy drop: the backend is told" test "$(mib b1 Icmp6InPktTooBigs)" -gt "$told6"
claim "policy drop: the backend is told (IPv6)" test "$(mib b1 IcmpInDestUnreachs)" -gt "$told4"
cable client 1500
claim "FORWARD sees this host call the IPv6 backend" test "$(counter bal new6)" -ge 6
claim "and the IPv4 backend" test "$(counter bal new4)" -ge 6
claim "INPUT sees them answer this host" test "$(counter bal back)" -ge 50
is "nothing is invalid or untracked on its way" "$(counter bal invalid)" 0
is "nor is there anything that no rule is for" "$(counter bal other)" 0

for f in 4 6; do
	n=$((n + 1))
	crossing $f 81
	launch live-$f.log client client --bind "$me" "$vip" who eof
	wait_for grep -q peer= "$TMP/live-$f.log"
	p=$(<"$TMP/live-$f.log") p=${p%% local=*} p=${p##*:}
	h=$lent b=$b1
	[ $f = 6 ] || { h=$HERE6 b=fd00:1::1; }
	match "conntrack has a plain connection, from this host to the backend (IPv$f)" \
		"src=$h dst=$b sport=$p dport=8080 .*src=$b dst=$h sport=8080 dport=$p .*ASSURED" \
		bal conntrack -L -f ipv$((10 - f)) -p tcp --state ESTABLISHED
	is "and nothing of the client's (IPv$f)" \
		"$(bal conntrack -L -f ipv$f -p tcp 2>/dev/null | grep -c "$ip")" 0
done
bal nft delete table inet t

# --- what is shown, and what ends it ---------------------------------------------------------------

match "flow show: an IPv4 client and an IPv6 backend" \
	"established +sender $CLIENT4:[0-9]+ .*address $VIP4:81 .*backend \[fd00:1::1\]:8080" \
	sluice flow show
match "flow show: an IPv6 client and an IPv4 backend" \
	"established +sender \[$CLIENT6\]:[0-9]+ .*address \[$VIP6\]:81 .*backend 10.0.1.1:8080" \
	sluice flow show
before=$(resets)
claim "flush" sluice flow flush
for f in 4 6; do
	claim "the client is reset (IPv$f)" wait_for grep -q reset "$TMP/live-$f.log"
done
claim "and so are the backends" wait_for eval '[ "$(resets)" -ge $((before + 2)) ]'

# --- errors that nobody would send ------------------------------------------------------------------

# icmp4 PORT PROTO: b1 says all kinds of things about what the balancer has sent it from PORT
icmp4() {
	ip netns exec b1 python3 - "$1" "$2" "$HERE4" <<-'END'
		import socket, struct, sys
		port, proto, here = int(sys.argv[1]), int(sys.argv[2]), socket.inet_aton(sys.argv[3])
		def total(data):
		    s = sum(struct.unpack(f"!{len(data) // 2}H", data))
		    while s >> 16:
		        s = (s & 0xffff) + (s >> 16)
		    return ~s & 0xffff
		def quote(frag=0x4000, size=1400, ihl=5, have=8):
		    ip = struct.pack("!BBHHHBBH4s4s", 64 + ihl, 0, size, 1, frag, 60, proto, 0, here,
		                     socket.inet_aton("10.0.1.1")) + b"\1" * (ihl * 4 - 20)
		    return ip + struct.pack("!HHI", port, 8080 if proto == 6 else 5300, 77)[:have]
		s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
		def send(kind, code, mtu=0, q=None, bad=0):
		    body = struct.pack("!BBHHH", kind, code, 0, 0, mtu) + (quote() if q is None else q)
		    body = body[:2] + struct.pack("!H", total(body) ^ bad) + body[4:]
		    s.sendto(body, (sys.argv[3], 0))
		# These are said to the client ...
		for code in range(14):
		    send(3, code, 68)
		send(3, 15)
		send(11, 0)
		send(11, 1)
		send(3, 4, 65535)
		send(3, 1, q=quote(ihl=6))
		send(3, 1, q=quote() + b"\0" * 1200)
		# ... and these are not.
		send(3, 14)
		send(3, 16)
		send(4, 0)
		send(11, 2)
		send(12, 0)
		send(3, 1, bad=1)
		send(3, 1, q=quote(frag=0x2000))
		send(3, 1, q=quote(size=19))
	END
}
names 6
hurt() { # PORT PROTO
	local t d
	t=$(stat icmp-translated) d=$(stat icmp-dropped)
	icmp4 "$1" "$2" || echo "status $?"
	wait_for -t 5 eval "[ \$((\$(stat icmp-translated) + \$(stat icmp-dropped))) -ge $((t + d + 28)) ]"
	echo "$(($(stat icmp-translated) - t)) translated, $(($(stat icmp-dropped) - d)) dropped"
}
rm -f "$TMP/go"
n=$((n + 1))
crossing 6 81
launch live.log client client -t 30 --bind "$me" "$vip" who "file=$TMP/go" both=200000
wait_for grep -q peer= "$TMP/live.log"
p=$(<"$TMP/live.log") p=${p%% local=*} p=${p##*:}
says "errors of a connection" "20 translated, 8 dropped" hurt "$p" 6
: >"$TMP/go"
claim "which is unharmed" wait_for -t 20 grep -q "both 200000 ok" "$TMP/live.log"
forget
n=$((n + 1))
crossing 6 54
launch talk.log client udp talk --bind "$me" "$vip" who "file=$TMP/gone"
wait_for grep -q peer= "$TMP/talk.log"
p=$(<"$TMP/talk.log") p=${p%% local=*} p=${p##*:}
says "errors of a conversation" "20 translated, 8 dropped" hurt "$p" 17
claim "no path of IPv6 is narrower than it can be" knows client "$VIP6" 1280
n=$((n + 1))
says "a conversation by such a path" "size 1400 ok
size 9000 ok" udp 6 58 size=1400 size=9000
forget
is "the client has seen nothing that was wrong" "$(errors)" 0
options6() {
	client python3 - "$VIP6" <<-'END'
		import socket, sys
		s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
		s.settimeout(5)
		s.setsockopt(socket.IPPROTO_IPV6, 59, bytes([0, 0, 1, 4, 0, 0, 0, 0]))
		s.sendto(b"who", (sys.argv[1], 54))
		print(s.recvfrom(999)[0].decode().split()[1])
	END
}
says "an IPv6 header with options" "local=10.0.1.1:5300" options6

claim "a path of IPv4 is narrower than IPv6 goes" \
	ip -n router route replace "$CLIENT4" dev cl mtu lock 700
n=$((n + 1))
says "an IPv6 backend reaches an IPv4 client by it" "both 100000 ok" tcp 4 81 both=100000
claim "for its packets may be cut up there" test "$(mib router IpFragOKs)" -ge 10
ip -n router route del "$CLIENT4" dev cl

# --- headers ---------------------------------------------------------------------------------------

# headed FAMILY PORT METHOD BACKEND: a service at the VIP of FAMILY, its backend of the other
headed() {
	names "$1" "$2"
	service "head$2$1" tcp "$vip" accept-proxy trust 10.0.0.254,fd00::fe scheduler rr forward "$3"
	sluice backend add "head$2$1" "$(at "$4" b1:8080)" >/dev/null || bail "no backend b1"
}
for f in 4 6; do
	headed $f 91 nat $((10 - f))
	headed $f 92 fullnat $((10 - f))
	headed $f 93 fullnat $f
done
# from FAMILY PORT COMMAND...: a header that names the client $client
from() {
	names "$1" "$2"
	talk_from router -t 20 --v2 --client "$client" --dest "$(dest)" "$vip" "${@:3}"
}
dest() { if [ "${client:0:1}" = "[" ]; then echo "[$VIP6]:80"; else echo "$VIP4:80"; fi; }
# heads TEXT WANT CLIENT PORT COMMAND...: of a client of the sender's family (own) or the other's
heads() {
	local f c
	for f in 4 6; do
		n=$((n + 1))
		c=$f
		[ "$3" = own ] || c=$((10 - f))
		names $c
		client=$me
		crossing $f "$4"
		[ "$4" != 93 ] || names $f "$4"
		lent=$HERE4
		[ "${b1:0:1}" != "[" ] || lent=[$HERE6]
		eval "says \"\$1 (sender IPv$f, client IPv$c)\" \"$2\" lent from $f \"\${@:4}\""
	done
}
heads "nat: the backend sees the client, in its family" 'peer=$client local=$b1:8080
both 300000 ok
bye' other 91 who both=300000 half
heads "nat: the backend resets" "reset" other 91 peer-rst
heads "nat: the client resets" "hello" other 91 echo=hello rst
heads "full NAT to the client's family" 'peer=lent local=$b1:8080
both 300000 ok
bye' other 92 who both=300000 half
heads "full NAT to neither's" 'peer=lent local=$b1:8080
both 300000 ok
bye' own 92 who both=300000 half
heads "full NAT to the sender's, of a client of the other" 'peer=lent local=$b1:8080
both 300000 ok
bye' other 93 who both=300000 half
for f in 4 6; do
	n=$((n + 1))
	names $f
	client=$me
	names $f 91
	counted "nat has no backend of the client's family (IPv$f)" no-backend 1 \
		talk_from router --v2 --client "$client" --dest "$(dest)" "$vip" who
done
for f in 4 6; do
	sluice backend set "head93$f" "$(at $f b1:8080)" state down || bail "b1 does not go down"
	sluice pool set "head93$f" scheduler sh || bail "no sh"
	names $((10 - f))
	client=$me
	names $f 93
	counted "a header's other family is not why there is nobody (IPv$f)" no-backend 1 \
		talk_from router --v2 --client "$client" --dest "$(dest)" "$vip" who
done
ip -n bal -6 route del default
names 6
client=$me
names 4 91
counted "nat: there is no way to the client" client-no-route 1 \
	talk_from router --v2 --client "$client" --dest "$(dest)" "$vip" who
ip -n bal -6 route add default via fd00::fe

# --- what is configured -------------------------------------------------------------------------------

one_family="service and backends have to be of one family"
for f in 4 6; do
	names $f 95
	service "plain$f" tcp "$vip" scheduler rr forward nat
	match "nat to a backend of the other family is refused (IPv$f)" "$one_family" \
		said sluice backend add "plain$f" "$(at $((10 - f)) b1:8080)"
	claim "by fullnat it is not (IPv$f)" \
		sluice backend add "plain$f" "$(at $((10 - f)) b1:8080)" forward fullnat
	match "nor can that become nat (IPv$f)" "$one_family" \
		said sluice backend set "plain$f" "$(at $((10 - f)) b1:8080)" forward none
	match "nor can a pool (IPv$f)" "$one_family" said sluice pool set mixed$f forward nat
	match "nor can a service be without headers (IPv$f)" "accept-proxy|$one_family" \
		said sluice service set "head91$f" accept-proxy none
done

# --- without IPv6 -------------------------------------------------------------------------------------

# What came by a device without it IPv6 would not receive; nor is it the backend's fault.
sluice pool set one max-fails 1 || bail "max-fails"
set_sysctl bal net.ipv6.conf.wan.disable_ipv6=1
names 4 81
counted "the client's device has no IPv6" connect-unreachable 1 talk_from client -t 0.5 "$vip" who
until_gone() { ! sluice flow show service one state connect | grep -q .; }
claim "it is forgotten" wait_for -t 90 until_gone
is "and no backend has been silent" "$(sluice -j backend show one | jq '.[0].suspect // false')" false

finish
