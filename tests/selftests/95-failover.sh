#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 25
# limit: 300
#
# Two balancers in front of the same backends, with maglev and one secret: where the VIP goes
# from one to the other, connections go on, for the second finds their backends by the same
# hash (`adopt hash`). Compared with IPVS's mh, which does so with sloppy_tcp.
#
#     client -- router -- bal, bal2 -- sw -- b1, b2
#                  '--------------------'
#
# The network is that of 93-direct.sh, and one more balancer. VIPs are only routed to them.

# shellcheck disable=SC2317,SC2016,SC2034,SC2154	# called by name, evaluated later
. "$(dirname "$0")/ballib.sh"

bal_net
direct_net b1 b2 b4
bal_hosts bal2
forwards bal2
{ ip link add bl2 netns router type veth peer name wan netns bal2 &&
	ip link add lan netns bal2 type veth peer name bal2 netns sw &&
	ip -n sw link set bal2 master br0 up; } || bail "no second balancer"
{
	echo link set bl2 up
	addr_lines bl2 10.0.3.254/24 fd00:3::fe/64
} | ip -n router -batch - || bail "no way to the second balancer"
{
	printf 'link set %s up\n' wan lan
	addr_lines wan 10.0.3.2/24 fd00:3::2/64
	addr_lines lan 10.0.1.252/24 fd00:1::fc/64
	printf 'route add default via %s\n' 10.0.3.254 fd00:3::fe
} | ip -n bal2 -batch - || bail "no network in the second balancer"
V4=198.18.0.80 V6=2001:db8:5::80
for h in b1 b2; do
	addr_lines lo $V4/32 $V6/128 | ip -n $h -batch - || bail "no VIP on $h"
	server $h 8081
	server $h 8082
done

# leads BALANCER: the VIPs are there, and the way back of nat
leads() {
	local via=10.0.0.2 via6=fd00::2 back=10.0.1.254 back6=fd00:1::fe h
	[ "$1" = bal ] || { via=10.0.3.2 via6=fd00:3::2 back=10.0.1.252 back6=fd00:1::fc; }
	ip -n router route replace $V4/32 via $via
	ip -n router -6 route replace $V6/128 via $via6
	for h in b1 b2; do
		ip -n $h route replace 203.0.113.8/32 via $back
		ip -n $h -6 route replace 2001:db8:c::8/128 via $back6
	done
}
leads bal
ip -n client -6 addr add 2001:db8:c::8/64 dev eth0 nodad

# both NAME METHOD PORT OPTION...: a service of either family on both, of one secret
key=00112233445566778899aabbccddeeff
both() {
	local on f vip a
	for on in bal bal2; do
		for f in 4 6; do
			vip=$V4
			[ $f = 4 ] || vip="[$V6]"
			SLUICE_NS=$on service "$1$f" tcp "$vip:$3" scheduler maglev hash src-port \
				hash-key $key forward "$2" "${@:4}"
			for a in b1 b2; do
				SLUICE_NS=$on sluice backend add "$1$f" "$(at $f $a)" || bail "no backend"
			done
		done
	done
}
both kept dsr 8080 adopt hash
both tunnel ipip 8081 adopt hash
both nat nat 8082 adopt hash
for h in b1 b2; do server $h 8083; done
both left dsr 8083

count=$(small 20 6)
# begin PORT FROM4 FROM6: so many connections of each family that talk until they are told
begin() {
	local f i from vip
	for f in 4 6; do
		from=$2 vip=$V4
		[ $f = 4 ] || { from="[$3]" vip="[$V6]"; }
		for ((i = 0; i < count; i++)); do
			launch "on-$1-$f-$i.log" client client -t 60 --bind "$from:$(($1 + 1000 + i * 7))" \
				"$vip:$1" who "until=$TMP/enough" half
		done
	done
	for f in 4 6; do
		for ((i = 0; i < count; i++)); do
			wait_for grep -q peer= "$TMP/on-$1-$f-$i.log"
		done
	done
}
# went_on PORT: how many of them have come to their end
went_on() { cat "$TMP"/on-"$1"-*.log | grep -c '^bye'; }
all_on() { [ "$(went_on "$1")" = $((2 * count)) ]; }
adopted() { echo $(($(SLUICE_NS=bal2 stat flows-adopted "${1}4") + $(SLUICE_NS=bal2 stat flows-adopted "${1}6"))); }

begin 8080 "$CLIENT4" "$CLIENT6"
begin 8081 "$CLIENT4" "$CLIENT6"
begin 8082 203.0.113.8 2001:db8:c::8
begin 8083 "$CLIENT4" "$CLIENT6"
claim "connections have both backends" test "$(cat "$TMP"/on-8080-*.log | grep -c peer=)" = $((2 * count))
leads bal2
sleep 1
: >"$TMP/enough"
for p in 8080 8081 8082; do
	claim "port $p: all go on by the other balancer" wait_for -t 40 all_on $p
done
is "each is counted once" "$(adopted kept) $(adopted tunnel) $(adopted nat)" \
	"$((2 * count)) $((2 * count)) $((2 * count))"
# Where nobody adopts them they are over.
over() { ! ns client ss -Htn state established "dport = :8083" | grep -q .; }
claim "those of a service that adopts none are reset" wait_for -t 20 over
is "none has come to its end" "$(went_on 8083)" 0
claim "and counted so" test "$(SLUICE_NS=bal2 stat no-flow left4)" -ge "$count"
spread() {
	local f a
	for f in 4 6; do
		SLUICE_NS=bal2 sluice -j backend show "kept$f" | jq -c '[.[]."flows-opened" > 0]'
	done
}
is "both backends have some" "$(spread | xargs)" "[true,true] [true,true]"

# Whoever makes one up has it for a minute, and no more than half-open ones.
client python3 - "$V4" <<-'END' || bail "no made-up segments"
	import socket, struct, sys
	def csum(d):
	    d += b"\0" * (len(d) % 2)
	    s = sum(struct.unpack("!%dH" % (len(d) // 2), d))
	    while s >> 16:
	        s = (s & 0xffff) + (s >> 16)
	    return ~s & 0xffff
	s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP)
	src, dst = socket.inet_aton("203.0.113.7"), socket.inet_aton(sys.argv[1])
	for port in range(20000, 20100):
	    t = struct.pack("!HHIIBBHHH", port, 8080, 1, 1, 5 << 4, 0x10, 1000, 0, 0)
	    c = csum(src + dst + struct.pack("!BBH", 0, 6, len(t)) + t)
	    s.sendto(t[:16] + struct.pack("!H", c) + t[18:], (sys.argv[1], 8080))
END
fresh() { [ "$(SLUICE_NS=bal2 sluice -j flow show service kept4 | jq length)" -ge 90 ]; }
claim "segments that somebody makes up are adopted" wait_for fresh

# --- what is refused -------------------------------------------------------------------------------

export SLUICE_NS=bal2
refused() { is "$1" "$(sluice "${@:3}" 2>&1)" "sluice: $2"; }
refused "of UDP" "service add: adopt hash: adopt is for tcp services with a pool and without accept-proxy" \
	service add r1 udp "$V4:9001" scheduler maglev adopt hash
NEEDS="adopt needs pools by maglev or sh, without persist: another has to have chosen as they do"
refused "without a hash" "service add: adopt hash: $NEEDS" \
	service add r2 tcp "$V4:9002" scheduler rr adopt hash
refused "by full NAT" "backend add: forward fullnat: adopt is for backends by nat, dsr, ipip, gue and dsr-nat that are sent no header: what is between fullnat or a header and its backend only one balancer knows" \
	backend add kept4 10.0.1.3 forward fullnat
refused "what is set later" "pool set: name kept4: $NEEDS" pool set kept4 persist 60

# --- beside IPVS ------------------------------------------------------------------------------------

rm -f "$TMP/enough" "$TMP"/on-*.log
modprobe -qa ip_vs ip_vs_mh
if command -v ipvsadm >/dev/null; then
	for on in bal bal2; do
		for s in kept tunnel nat left; do
			for f in 4 6; do SLUICE_NS=$on sluice service del $s$f force; done
		done
		# It wants the VIP here.
		ip -n $on addr add $V4/32 dev lo
		ns $on sysctl -qw net.ipv4.vs.sloppy_tcp=1
		{ ns $on ipvsadm -A -t $V4:8080 -s mh -b mh-port &&
			ns $on ipvsadm -a -t $V4:8080 -r 10.0.1.1 -g &&
			ns $on ipvsadm -a -t $V4:8080 -r 10.0.1.2 -g; } || bail "no IPVS"
	done
	leads bal
	for ((i = 0; i < count; i++)); do
		launch "on-8080-4-$i.log" client client -t 60 --bind "$CLIENT4:$((15000 + i * 7))" \
			"$V4:8080" who "until=$TMP/enough" half
	done
	for ((i = 0; i < count; i++)); do wait_for grep -q peer= "$TMP/on-8080-4-$i.log"; done
	leads bal2
	sleep 1
	: >"$TMP/enough"
	wait_for -t 20 all_on 8080 || :
	note "IPVS with mh and sloppy_tcp: $(went_on 8080) of $count went on"
	claim "as they do by IPVS" test "$(went_on 8080)" = "$count"
	for on in bal bal2; do ns $on ipvsadm -C; done
fi

finish
