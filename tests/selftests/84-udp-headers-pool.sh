#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 60
#
# Headers in datagrams that end here, of conversations that go on to backends: by nat and
# full NAT, of this host and of others, of either family. The sender (udp.py) is the
# router, or another host; the backend sees the client, or the port that full NAT lends.
#
#     client -- router (the sender) -- bal -- b1, b2, b3
#
# The network is drawn in ballib.sh: the one with two arms.

# shellcheck disable=SC2317,SC2016,SC2034,SC2154	# called by name, evaluated later
. "$(dirname "$0")/ballib.sh"

bal_net

# steered NAME MODE METHOD PORT BACKEND[:PORT]...: services NAME4 and NAME6
steered() {
	local f b vip=$VIP4 out
	for f in 4 6; do
		[ $f = 4 ] || vip=[$VIP6]
		service "$1$f" udp "$vip:$4" accept-proxy "$2" trust 10.0.0.254,fd00::fe \
			scheduler rr forward "$3"
		for b in "${@:5}"; do
			out=$(sluice backend add "$1$f" "$(at $f "$b")" 2>&1) ||
				bail "backend add $b: $out"
		done
	done
}

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
for f in 4 6; do
	vip=$VIP4
	[ $f = 4 ] || vip=[$VIP6]
	for m in each first spp; do
		service "across-$m$f" udp "$vip:5$((460 + ${#m}))" accept-proxy $m \
			trust 10.0.0.254,fd00::fe scheduler rr forward fullnat
		sluice backend add "across-$m$f" "$(at $((10 - f)) b1:5300)" >"$TMP/claim.out" ||
			bail "no backend of the other family"
	done
done
udp_server bal -b "$HERE4" 5300
agent bal "$TMP/udp-bal6.log" udp serve -b "$HERE6" 5300 >"$TMP/agent.out"
PIDS+=("$(sed 's/^pid //' "$TMP/agent.out")")

# told FAMILY PORT HEADER [COMMAND...]: from the router, with headers that name the client;
# as=@PORT is the client by another port
from=router
told() {
	local -a say=("${@:4}")
	names "$1" "$2"
	udp_from "$from" -t 5 "${opts[@]}" --header "$3" --client "$me" "$vip" \
		"${say[@]/#as=@/as=${me%:*}:}"
}
b1s=([4]=10.0.1.1 [6]="[fd00:1::1]")
lans=([4]=10.0.1.254 [6]="[fd00:1::fe]")
full() { told "$@" | sed 's/peer=\(.*\):[0-9]* local/peer=\1 local/'; }

kinds=("5401 each" "5402 first" "5403 spp")
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
	for m in "${kinds[@]}"; do
		# shellcheck disable=SC2086	# a port and a word
		each "nat, offloads $on: $m" "$everything" told $m "${do_all[@]}"
	done
	for m in "5411 each" "5412 first" "5413 spp"; do
		# shellcheck disable=SC2086
		each "full NAT, offloads $on: $m" "${everything/\$me/\${lans[\$f]\}}" full $m "${do_all[@]}"
	done
	for m in "5464 each" "5465 first" "5463 spp"; do
		# shellcheck disable=SC2086
		each "full NAT to the other family, offloads $on: $m" \
			"${everything/\$me local=\$b1/\${lans[10-\$f]\} local=\${b1s[10-\$f]\}}" \
			full $m "${do_all[@]}"
	done
done
offload tx on rx on gso on gro on
for m in "5431 each" "5432 first"; do
	# shellcheck disable=SC2086
	each "nat to this host: $m" 'peer=$me local=$here:5300 answer=$vip
size 5000 ok' told $m who size=5000
done
each "full NAT to this host" 'peer=$here local=$here:5300 answer=$vip
size 5000 ok' full 5433 spp who size=5000

finish
