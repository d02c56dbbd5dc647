#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 15
# limit: 200
#
# What a backend is sent, byte by byte: a datagram and a SYN by each way that the client's
# packets go as they are, in both families and across them, against what is kept in
# 96-golden.txt. There dots stand for what may differ. SLUICE_GOLDEN=1 prints what is seen in
# the words of that file.

# shellcheck disable=SC2317,SC2016,SC2034,SC2154	# called by name, evaluated later
. "$(dirname "$0")/ballib.sh"

bal_net
direct_net b1 b2 b4
golden=$(dirname "$0")/96-golden.txt

# By a ring, into which packets are copied: the stack changes them in place (fou_recv_pull()).
capture b1 eth0 -Q in
# seen PORT COMMAND...: the first packet for the port that comes to b1
seen() {
	local port=$1
	shift
	"$@" >/dev/null 2>&1 || :
	first() { python3 "$TOOLS/golden.py" "$(ls "$TMP"/b1-eth0.pcap*)" "$port" >"$TMP/golden"; }
	wait_for -t 5 first || :
	cat "$TMP/golden"
}

port=9100
while read -r method from to; do
	port=$((port + 2))
	vip=$VIP4 me=$CLIENT4
	[ "$from" = 4 ] || { vip="[$VIP6]" me="[$CLIENT6]"; }
	service "u$port" udp "$vip:$port" scheduler rr forward "$method"
	service "t$port" tcp "$vip:$((port + 1))" scheduler rr forward "$method"
	for s in u t; do sluice backend add $s$port "$(at "$to" b1)" || bail "no backend"; done
	for proto in udp tcp; do
		if [ $proto = udp ]; then
			got=$(seen $port udp_from client -t 1 --bind "$me:7000" "$vip:$port" push=8)
		else
			got=$(seen $((port + 1)) talk_from client -t 1 --bind "$me:7001" "$vip:$((port + 1))" who)
		fi
		name="$method $from>$to $proto"
		if [ -n "${SLUICE_GOLDEN:-}" ]; then
			note "$name $got"
		fi
		is "$name" "$got" "$(sed -n "s/^$name //p" "$golden")"
	done
done <<-END
	dsr 4 4
	dsr 6 6
	ipip 4 4
	ipip 6 6
	ipip 4 6
	ipip 6 4
	gue 4 4
	gue 6 6
	gue 4 6
	gue 6 4
END

finish
