#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 110
# limit: 300
#
# Headers in the datagrams that backends are sent: in each, in the first, and the simple
# one, which is in answers, too. Of clients without headers, and of senders with some.
#
#     client -- router (a sender) -- bal -- b1, b2, b3
#
# The network is drawn in ballib.sh: the one with two arms. Backends read headers of
# version 2 at 5310 and simple ones at 5311; at 5312 they leave these out of answers.

# shellcheck disable=SC2317,SC2016,SC2034,SC2154	# called by name, evaluated later
. "$(dirname "$0")/ballib.sh"

bal_net
for b in b1 b2; do
	udp_server $b --lax --headers v2 5310
	udp_server $b --headers spp 5311
	udp_server $b --headers spp --bare 5312
done
for a in "$HERE4" "$HERE6"; do
	udp_server bal --headers v2 -b "$a" 5310
done

# sends NAME METHOD PORT HOW BACKEND [OPTION...]: services NAME4 and NAME6 of their clients
sends() {
	local f vip out
	for f in 4 6; do
		vip=$VIP4
		[ $f = 4 ] || vip="[$VIP6]"
		service "$1$f" udp "$vip:$3" scheduler rr forward "$2" send-proxy "$4" "${@:6}"
		out=$(sluice backend add "$1$f" "$(at $f "$5")" 2>&1) || bail "backend add $5: $out"
	done
}

# dgram WHAT: what a header in version 2 says of a datagram's client
c=([4]=$CLIENT4 [6]=$CLIENT6) fam=([4]=1 [6]=2)
v2='v2 21${fam[f]}2 ${c[f]} $ip ${me##*:}'
spp='spp ${c[f]} $ip ${me##*:}'

full() { udp "$@" | sed 's/peer=\(.*\):[0-9]* local/peer=\1 local/'; }
lans=([4]=10.0.1.254 [6]="[fd00:1::fe]")
all=(who size=1200 zero size=5000 size=40000 train=20x1000)
done_all='size 1200 ok
zero ok
size 5000 ok
size 40000 ok
train 20x1000 ok'

sends each nat 5501 each b1:5310
sends first nat 5502 first b1:5310
sends simple nat 5503 spp b1:5311
sends full-each fullnat 5511 each b1:5310
sends full-first fullnat 5512 first b1:5310
sends full-simple fullnat 5513 spp b1:5311
sends bare nat 5504 spp b1:5312
# A firewall that lets through what clients, or this host for them, begin with backends
firewall() {
	bal nft -f - <<-END || bail "nft refuses the rules"
		table inet t {
			counter new { }
			counter other { }
			chain forward {
				type filter hook forward priority 0; policy drop;
				ct state established,related accept
				iifname wan oifname lan ct state new udp dport 5310-5312 counter name new accept
				counter name other
			}
			chain output {
				type filter hook output priority 0; policy drop;
				ct state established,related accept
				meta l4proto { icmp, ipv6-icmp } accept
				counter name other
			}
		}
	END
}

for on in on off; do
	[ $on = on ] || firewall
	offload tx $on rx $on gso $on gro $on || bail "offloads are not $on"
	# Trains are refused by kernels before 6.2 where the device leaves sums to them.
	client ethtool -K eth0 tx on >"$TMP/claim.out"
	for m in each:1:5310 first:2:5310 simple:3:5311; do
		IFS=: read -r name k to <<<"$m"
		says=$v2
		[ "$name" != simple ] || says=$spp
		each "nat, offloads $on: $name" "peer=\$me local=\$b1:$to header=$says 550$k answer=\$vip
$done_all" udp "550$k" "${all[@]}"
		each "full NAT, offloads $on: $name" \
			"peer=\${lans[f]} local=\$b1:$to header=$says 551$k answer=\$vip
$done_all" full "551$k" "${all[@]}"
	done
	each "answers without it, offloads $on" "$done_all" udp 5504 "${all[@]:1}"
done
offload tx on rx on gso on gro on
claim "a firewall has seen the clients' conversations" test "$(counter bal new)" -ge 14
is "and nothing else" "$(counter bal other)" 0
bal nft delete table inet t
says "one header was sent a conversation" "2 2" eval 'echo $(stat header-sent each4) $(stat header-sent bare6)'

# near_udp FAMILY PORT [COMMAND...]: a client next to the balancer, who sends what he has at once
near_udp() {
	names "$1" "$2"
	udp_from router -t 5 --bind "${lbs[$1]}:$n" "$vip" "${@:3}"
}
for how in forwarding list; do
	gro $how
	for k in 01 02 03 11; do
		each "datagrams that GRO has made one, $how: 55$k" "train 20x1000 ok" near_udp 55$k train=20x1000
	done
	claim "it did" test "$(counter bal merged merge)" -ge 8
done
gro forwarding
each "so with answers, whose headers go" "burst 500 ok" udp 5503 burst=500
claim "it did" test "$(counter bal merged merge)" -ge 2
gro off

# --- what it says --------------------------------------------------------------------------

# The last of these has an odd number of bytes, so a TLV that says nothing follows.
sends tlvs nat 5520 each b1:5310 tlv 0xe0=61626364,crc32c
sends even nat 5521 each b1:5310 tlv 0xe0=6162
sends passed nat 5522 first b1:5310 tlv 0xee
each "TLVs, and a checksum" "peer=\$me local=\$b1:5310 header=$v2 5520 224=abcd 3=good answer=\$vip
size 5000 ok" udp 5520 who size=5000
each "an odd number of bytes is made even" \
	"peer=\$me local=\$b1:5310 header=$v2 5521 224=ab 4= answer=\$vip
size 1201 ok" udp 5521 who size=1201
each "nothing came that could be passed on" \
	"peer=\$me local=\$b1:5310 header=$v2 5522 answer=\$vip" udp 5522 who
unique() { udp "$@" | grep -o ' 5=[0-9a-f]*' | sort | uniq -c | awk '{ print $1, length($2) }'; }
sends unique nat 5523 each b1:5310 tlv unique-id
each "a conversation has one unique id" "3 34" unique 5523 who who who

# A secret of 4 kB has no room.
tlvs=$(printf "%0500d" 0)
sends huge nat 5524 each b1:5310 "tlv" "$(for i in $(seq 17); do printf ',0x%x=%s' $((0xe0 + i)) "$tlvs"; done | cut -c2-)"
for f in 4 6; do
	opts=(-t 1)
	counted "a header that is too long (IPv$f)" header-too-long 1 udp $f 5524 push=4
	opts=()
done

for how in none sum; do
	each "a header inside whose checksum is left to the device, outside: $how" "inside ok" \
		inside 5501 $how
done

# --- first -----------------------------------------------------------------------------------

# seen BACKEND PORT: the headers of datagrams of a client's, as the backend had them
seen() { grep "peer=${me//[][]/\\&} " "$TMP/udp-$1-$2.log" | sed 's/.*header=\(v2\|none\).*/\1/' | uniq -c | awk '{ print $2, $1 }'; }
for f in 4 6; do
	n=$((n + 1))
	names $f 5502
	claim "some that are not answered (IPv$f)" udp_from client --bind "$me" "$vip" push=4 push=4 push=4
	says "each of them may be the first (IPv$f)" "v2 3" seen b1 5310
	claim "more that are (IPv$f)" udp_from client --bind "$me" "$vip" push=4 size=50 size=60 size=70
	says "which have none when one was answered (IPv$f)" "v2 5
none 2" seen b1 5310
	eval "me$f=$me"
done
paused=$SECONDS

# --- header in, header out ---------------------------------------------------------------------

# relays NAME MODE HOW METHOD PORT BACKEND: a sender's headers end here
relays() {
	POOLED=(send-proxy "$3" "${@:7}")
	POOLED_BY=$2 pooled "$1" "$4" "$5" "$6"
}
relays each-each each each nat 5531 b1:5310 tlv 0xee
relays first-each first each fullnat 5532 b1:5310
relays spp-each spp each nat 5533 b1:5310
relays each-spp each spp nat 5534 b1:5311
relays spp-spp spp spp fullnat 5535 b1:5311
relays each-first each first nat 5536 b1:5310
relays spp-here spp each nat 5537 here:5310
POOLED=()
opts=(--tlv 8 --crc)
each "each: one TLV is passed on, the checksum is not" \
	"peer=\$me local=\$b1:5310 header=$v2 5531 238=$(printf '00%.0s' 1 2 3 4 5 6 7 8) 4= answer=\$vip
$done_all" told_udp 5531 each "${all[@]}"
opts=()
told_full() { told_udp "$@" | sed 's/peer=\(.*\):[0-9]* local/peer=\1 local/'; }
each "first to each" "peer=\${lans[f]} local=\$b1:5310 header=$v2 5532 answer=\$vip
$done_all" told_full 5532 first "${all[@]}"
each "simple to each" "peer=\$me local=\$b1:5310 header=$v2 5533 answer=\$vip
$done_all" told_udp 5533 spp "${all[@]}"
each "each to simple" "peer=\$me local=\$b1:5311 header=$spp 5534 answer=\$vip
$done_all" told_udp 5534 each "${all[@]}"
each "simple to simple" "peer=\${lans[f]} local=\$b1:5311 header=$spp 5535 answer=\$vip
$done_all" told_full 5535 spp "${all[@]}"
each "each to first" "peer=\$me local=\$b1:5310 header=$v2 5536 answer=\$vip
$done_all" told_udp 5536 each "${all[@]}"
each "to this host" "peer=\$me local=\$here:5310 header=$v2 5537 answer=\$vip
size 5000 ok" told_udp 5537 spp who size=5000

each "LOCAL: the sender itself is told of" \
	"peer=\${lbs[f]}:\$n local=\$b1:5310 header=v2 21\${fam[f]}2 \$(tr -d '[]' <<<\${lbs[f]}) \$ip \$n 5531 answer=\$vip" \
	told_local 5531 each who

# From another port of the sender's a client keeps its backend, and that its header.
for f in 4 6; do
	n=$((n + 1))
	names $f 5531
	want="peer=$me local=$b1:5310 header=$(eval "echo \"$v2\"") 5531 answer=$vip"
	for turn in one another; do
		says "a conversation from $turn port of the sender's (IPv$f)" "$want" told_udp $f 5531 each who
	done
	is "it has moved (IPv$f)" "$(stat flows-moved each-each$f)" 1
done

# --- the other family -----------------------------------------------------------------------

for f in 4 6; do
	vip=$VIP4
	[ $f = 4 ] || vip="[$VIP6]"
	service "cross$f" udp "$vip:5540" scheduler rr forward fullnat send-proxy each
	claim "a backend of the other family (IPv$f)" sluice backend add "cross$f" "$(at $((10 - f)) b1:5310)"
done
b1s=([4]=10.0.1.1 [6]="[fd00:1::1]")
each "one of the other family is told of the client in his own" \
	"peer=\${lans[10-f]} local=\${b1s[10-f]}:5310 header=$v2 5540 answer=\$vip
$done_all" full 5540 "${all[@]}"

# --- one backend otherwise ------------------------------------------------------------------------

sends mixed nat 5570 each b1:5310
for f in 4 6; do
	claim "a second backend (IPv$f)" sluice backend add mixed$f "$(at $f b2:5310)"
done
others() {
	for f in 4 6; do
		sluice backend set "mixed$f" "$(at "$f" b2:5310)" send-proxy "$1" || return
	done
}
as_pool="peer=\$me local=\$b1:5310 header=$v2 5570 answer=\$vip
peer=\$me local=\$b1:5310 header=$v2 5570 answer=\$vip"
bare="peer=\$me local=\$b2:5310 header=none answer=\$vip"
claim "one of two is sent none" others none
each "the other has them as the pool says" "$as_pool" udp 5570 who who
each "that one has none" "$bare
$bare" udp 5570 who who
claim "or one in the first alone" others first
each "the other as before" "$as_pool" udp 5570 who who
each "that one has it in the first" "${bare/none/$v2 5570}
$bare" udp 5570 who who

# --- bad cables ----------------------------------------------------------------------------------

# apart FAMILY PORT N: clients from port $n on, each by a socket of its own
apart() {
	names "$1" "$2"
	udp_from client -t 5 --bind "$me" "$vip" "lossy=$3"
}
bad_cables bal:lan b1:eth0
n=8000
for k in 1 2 3; do
	each "loss, duplicates, another order: what comes is for who gets it: 550$k" "lossy ok" apart 550$k 8x5
	n=$((n + 10))
done
good_cables bal:lan b1:eth0
n=5900

# --- clients of this host ------------------------------------------------------------------------

here_udp() {
	names "$1" "$2"
	udp_from bal -t 5 --bind "${here:?}:$n" "$vip" "${@:3}"
}
ip netns exec bal ethtool -K lan tx on >"$TMP/claim.out"
ip netns exec b1 ethtool -K eth0 tx on >"$TMP/claim.out"
each "a client of this host's" "peer=\$here:\$n local=\$b1:5310 header=v2 21\${fam[f]}2 \$(tr -d '[]' <<<\$here) \$ip \$n 5501 answer=\$vip
$done_all" here_udp 5501 "${all[@]}"

each "by full NAT" "$done_all" here_udp 5511 "${all[@]:1}"
each "and the simple header, in answers of ten" "burst 500 ok" here_udp 5503 burst=500
each "by full NAT, too" "burst 500 ok" here_udp 5513 burst=500
each "answers of ten to another host" "burst 500 ok" udp 5503 burst=500
each "by full NAT" "burst 500 ok" udp 5513 burst=500

# --- sizes ------------------------------------------------------------------------------------

ip -n bal link set lan mtu 1400 || bail "no MTU"
ip -n sw link set bal mtu 1400 || bail "no MTU"
opts=(--whole)
says "what grows too large: how much may come (IPv4)" "type=3 code=4 by=10.0.0.2 about=$VIP4:5501 mtu=1372" \
	udp 4 5501 error=1360
says "what grows too large: how much may come (IPv6)" "type=2 code=0 by=$VIP6 about=[$VIP6]:5501 mtu=1348" \
	udp 6 5501 error=1320
each "what fits goes" "size 1294 ok" udp 5501 size=1294
reassembled() { ip netns exec b1 nstat -asz Ip6ReasmOKs | awk '/ReasmOKs/ { print $2 }'; }
before=$(reassembled)
n=$((n + 1))
says "as it is, where there is room" "size 1232 ok" udp 6 5501 size=1232
is "and not in fragments" "$(($(reassembled) - before))" 0
opts=()
ip -n bal link set lan mtu 1280 || bail "no MTU"
ip -n sw link set bal mtu 1280 || bail "no MTU"
n=$((n + 1))
says "who can go no lower has it cut up" "size 1232 ok" udp 6 5501 size=1232
is "in fragments" "$(($(reassembled) - before))" 1
ip -n bal link set lan mtu 1500
ip -n sw link set bal mtu 1500

# --- what is refused ------------------------------------------------------------------------------

sends closed nat 5550 each b1:5399
for f in 4 6; do
	names $f 5550
	says "where nobody listens: its error is the service's (IPv$f)" \
		"$([ $f = 4 ] && echo "type=3 code=3" || echo "type=1 code=4") by=$ip about=$vip" \
		udp $f 5550 error
done
sends closed-full fullnat 5552 each b1:5399
each "what it quotes is not for the client: the backend's header" "zeros" udp 5550 quoted=100
each "by full NAT" "zeros" udp 5552 quoted=100
each "nor for a client of this host's" "zeros" here_udp 5550 quoted=100
each "by full NAT, too" "zeros" here_udp 5552 quoted=100

# A datagram that says that it is shorter than its header, or longer than it is
lies() {
	client python3 - "$CLIENT4" "$VIP4" 5501 <<-'END'
		import socket, struct, sys
		s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP)
		s.bind((sys.argv[1], 0))
		for length in (0, 4, 7, 65526):
		    head = struct.pack("!HHHH", 7000 + length % 999, int(sys.argv[3]), length, 0)
		    s.sendto(head + b"lie" * 5, (sys.argv[2], 0))
	END
}
counted "lengths that lie" bad-packet 4 lies
is "bear no part of a header to anybody" "$(grep -c "peer=$CLIENT4:7[0-9]* " "$TMP/udp-b1-5310.log")" 0

# The first datagram's backend is not there, the second has another. The error about the first
# comes when the conversation is the other's.
service moves udp "$VIP4:5560" scheduler rr forward nat send-proxy each tlv 0xe0=736563726574
claim "a backend that is not there" sluice backend add moves 10.0.1.99:5310
set_sysctl bal net.ipv4.neigh.lan.mcast_solicit=4
moved() {
	client python3 - "$CLIENT4" "$VIP4" "$TMP/moved" <<-'END'
		import os, select, socket, sys, time
		s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		s.setsockopt(socket.SOL_IP, 11, 1)  # IP_RECVERR
		s.bind((sys.argv[1], 7777))
		s.sendto(b"x" * 40, (sys.argv[2], 5560))
		open(sys.argv[3], "w").close()
		while os.path.exists(sys.argv[3]):
		    time.sleep(0.05)
		s.sendto(b"x" * 40, (sys.argv[2], 5560))
		poll = select.poll()
		poll.register(s, 0)
		if not poll.poll(20000):
		    sys.exit("no error")
		quote = s.recvmsg(65536, 512, 0x2000)[0]
		print("zeros" if quote and not any(quote) else quote)
	END
}
moved >"$TMP/moved.out" 2>&1 &
mover=$!
wait_for test -e "$TMP/moved"
claim "another one" sluice backend add moves 10.0.1.2:5310
claim "to which the conversation goes" sluice backend set moves 10.0.1.99:5310 state down
rm "$TMP/moved"
wait $mover
is "what an error quotes of a conversation that has moved is hidden, too" "$(cat "$TMP/moved.out")" zeros
says "tcp has no datagrams" "status 2: sluice: service add: pool t: send-proxy each, first and spp are for udp, a tcp service takes v1 or v2" \
	sluice service add t tcp "$VIP4:5551" send-proxy each forward nat

# --- another Sluice ---------------------------------------------------------------------

SLUICE_NS=b1
for f in 4 6; do
	a=10.0.1.1
	[ $f = 4 ] || a="[fd00:1::1]"
	for m in each:5321 first:5322; do
		service "next-${m%:*}$f" udp "$a:${m#*:}" accept-proxy "${m%:*}" trust 10.0.1.254,fd00:1::fe \
			to "$a:5300"
	done
	service "next-spp$f" udp "$a:5323" accept-proxy spp trust 10.0.1.254,fd00:1::fe to "$a:5300"
done
SLUICE_NS=bal
sends chain-each fullnat 5541 each b1:5321
sends chain-first fullnat 5542 first b1:5322
sends chain-spp fullnat 5543 spp b1:5323
for m in each:5541 first:5542 simple:5543; do
	each "two Sluices, ${m%:*}: the application sees the client" "peer=\$me local=\$b1:5300 answer=\$vip
$done_all" udp "${m#*:}" "${all[@]}"
done
relays chain-both each each fullnat 5545 b1:5321
POOLED=()
each "three, of which one was the sender" "peer=\$me local=\$b1:5300 answer=\$vip
$done_all" told_udp 5545 each "${all[@]}"

# --- first, after a pause -----------------------------------------------------------------------

sleep $((paused + 31 > SECONDS ? paused + 31 - SECONDS : 0))
for f in 4 6; do
	names $f 5502
	eval "me=\$me$f"
	claim "after a pause the conversation goes on (IPv$f)" udp_from client --bind "$me" "$vip" size=80 size=90
	says "and any may be the first again (IPv$f)" "v2 5
none 2
v2 1
none 1" seen b1 5310
done

finish
