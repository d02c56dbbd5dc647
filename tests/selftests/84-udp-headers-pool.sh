#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 70
#
# Headers in datagrams that end here, of conversations that go on to backends: by nat and
# full NAT, of this host and of others, of either family. The sender (udp.py) is the
# router; the backend sees the client, or the port that full NAT lends.
#
#     client -- router (the sender) -- bal -- b1, b2, b3
#
# The network is drawn in ballib.sh: the one with two arms.

# shellcheck disable=SC2317,SC2016,SC2034,SC2154	# called by name, evaluated later
. "$(dirname "$0")/ballib.sh"

bal_net

# steered NAME MODE METHOD PORT BACKEND[:PORT]...: services NAME4 and NAME6
steered() { POOLED_BY=$2 pooled "$1" "$3" "$4" "${@:5}"; }

steered every each nat 5401 b1:5300
steered once first nat 5402 b1:5300
steered simple spp nat 5403 b1:5300
steered every-full each fullnat 5411 b1:5300
steered once-full first fullnat 5412 b1:5300
steered simple-full spp fullnat 5413 b1:5300
steered turns each nat 5420 b1:5300 b2:5300
steered here-each each nat 5431 here:5300
steered here-first first nat 5432 here:5300
steered here-spp spp fullnat 5433 here:5300
steered none each nat 5440
steered closed each nat 5450 b1:5399
port=5460
for m in each first spp; do
	port=$((port + 1))
	steered "across-$m" $m fullnat $port
	for f in 4 6; do
		claim "a backend of the other family ($m, IPv$f)" \
			sluice backend add "across-$m$f" "$(at $((10 - f)) b1:5300)"
	done
done
udp_server bal -b "$HERE4" 5300
udp_server bal -b "$HERE6" 5300

b1s=([4]=10.0.1.1 [6]="[fd00:1::1]")
lans=([4]=10.0.1.254 [6]="[fd00:1::fe]")
full() { told_udp "$@" | sed 's/peer=\(.*\):[0-9]* local/peer=\1 local/'; }

everything='peer=$me local=$b1:5300 answer=$vip
size 1300 ok
zero ok
size 5000 ok
size 40000 ok
train 20x1000 ok'
do_all=(who size=1300 zero size=5000 size=40000 train=20x1000)
for on in on off; do
	offload tx $on rx $on gso $on gro $on || bail "offloads are not $on"
	# Trains are refused by kernels before 6.2 where the device leaves sums to them.
	router ethtool -K bl tx on >"$TMP/claim.out"
	for m in "5401 each" "5402 first" "5403 spp"; do
		# shellcheck disable=SC2086	# a port and a word
		each "nat, offloads $on: $m" "$everything" told_udp $m "${do_all[@]}"
	done
	for m in "5411 each" "5412 first" "5413 spp"; do
		# shellcheck disable=SC2086
		each "full NAT, offloads $on: $m" "${everything/\$me/\${lans[\$f]\}}" full $m "${do_all[@]}"
	done
	for m in "5461 each" "5462 first" "5463 spp"; do
		# shellcheck disable=SC2086
		each "full NAT to the other family, offloads $on: $m" \
			"${everything/\$me local=\$b1/\${lans[10-\$f]\} local=\${b1s[10-\$f]\}}" \
			full $m "${do_all[@]}"
	done
done
offload tx on rx on gso on gro on
for how in forwarding list; do
	gro $how
	for m in "5401 each" "5402 first" "5403 spp"; do
		# shellcheck disable=SC2086
		each "datagrams that GRO has made one, $how: $m" "train 20x1000 ok" told_udp $m train=20x1000
	done
	each "by full NAT" "train 20x1000 ok" told_udp 5413 spp train=20x1000
	claim "it did" test "$(counter bal merged merge)" -ge 8
done
gro off
for m in "5431 each" "5432 first"; do
	# shellcheck disable=SC2086
	each "nat to this host: $m" 'peer=$me local=$here:5300 answer=$vip
size 5000 ok' told_udp $m who size=5000
done
each "full NAT to this host" 'peer=$here local=$here:5300 answer=$vip
size 5000 ok' full 5433 spp who size=5000

# --- sizes -------------------------------------------------------------------------------------

# What comes may be larger than what goes on, by its header.
ip -n bal link set lan mtu 1400 || bail "no MTU"
ip -n sw link set bal mtu 1400 || bail "no MTU"
# too_large FAMILY PORT HEADER SIZE: whom is it said of what; nobody remembers one before
too_large() {
	ip -n router route flush cache
	ip -n router -6 route flush cache
	told_udp "$1" "$2" "$3" "error=$4"
}
opts=(--whole)
for m in "5401 each nat" "5403 spp nat" "5411 each full NAT" "5413 spp full NAT"; do
	read -r port how method <<<"$m"
	n=$((n + 1))
	says "what is too large without its header: $how, $method (IPv4)" \
		"type=3 code=4 by=$VIP4 about=$VIP4:$port mtu=$([ "$how" = each ] && echo 1428 || echo 1438)" \
		too_large 4 "$port" "$how" 1400
	says "(IPv6)" \
		"type=2 code=0 by=$VIP6 about=[$VIP6]:$port mtu=$([ "$how" = each ] && echo 1452 || echo 1438)" \
		too_large 6 "$port" "$how" 1380
	each "what fits then goes" "size 1352 ok" told_udp "$port" "$how" size=1352
done
opts=()
ip -n bal link set lan mtu 1500
ip -n sw link set bal mtu 1500

# --- which backend, and none ------------------------------------------------------------------

each "clients of one socket's have backends in turn, each its own" \
	'peer=${me%:*}:9001 local=$b1:5300 answer=$vip
peer=${me%:*}:9002 local=$b2:5300 answer=$vip
peer=${me%:*}:9001 local=$b1:5300 answer=$vip' told_udp 5420 each \
	as=@9001 who as=@9002 who as=@9001 who
each "LOCAL: the sender itself" 'peer=${lbs[$f]}:$n local=$b1:5300 answer=$vip
peer=${lbs[$f]}:$n local=$b1:5300 answer=$vip' told_local 5401 each who who
each "LOCAL, by the first" 'peer=${lbs[$f]}:$n local=$b1:5300 answer=$vip
peer=${lbs[$f]}:$n local=$b1:5300 answer=$vip' told_local 5402 first who who
# Which ports are the same: those of clients of one socket's, as the backend sees them
alike() { told_udp "$@" | awk '{ if (!($1 in at)) at[$1] = ++k; print at[$1] }'; }
each "by full NAT clients of one socket's have each a port, and keep it" "1
2
1
2" alike 5411 each as=@9001 who as=@9002 who as=@9001 who as=@9002 who
for f in 4 6; do
	opts=(-t 1)
	counted "a pool of nobody's (IPv$f)" no-backend 1 told_udp $f 5440 each push=4
	opts=()
	names $f 5450
	says "a backend where nobody listens: its error is the service's (IPv$f)" \
		"$([ $f = 4 ] && echo "type=3 code=3" || echo "type=1 code=4") by=$ip about=$vip" \
		told_udp $f 5450 each error
done

finish
