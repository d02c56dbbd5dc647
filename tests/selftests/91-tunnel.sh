#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 60
# limit: 300
#
# A backend that answers clients directly, and whose balancer sends it their packets in
# tunnels. No device of the backend's is one's end.
#
#     client -- router -- bal (IPVS, tunnelling; tunnel.py) -- b1 (Sluice)
#
# The network is drawn in viplib.sh.

# shellcheck disable=SC2317,SC2016,SC2034,SC2154	# called by name, evaluated later
. "$(dirname "$0")/viplib.sh"

said_status() { local out; out=$("$@" 2>&1) || out="status $?: $out"; echo "$out"; }

vip_net
size=$(small 1000000 300000)
trust=10.0.1.9,fd00:1::9

# --- what is refused -------------------------------------------------------------------------

says "a tunnel needs trust" \
	"status 2: sluice: service add: tunnel any: needs trust: whose tunnels to open" \
	sluice service add x tcp 10.0.1.80:80 to 10.0.1.1 tunnel any
match "headers do not come in one" "status 2: .*tunnel any: a tunnel leads to this host as it is" \
	said_status sluice service add x tcp 10.0.1.80:80 accept-proxy trust any to 10.0.1.1 tunnel any
match "ipip has no port" "status 2: .*tunnel-port 1: is for tunnel gue, or any" \
	said_status sluice service add x tcp 10.0.1.80:80 to 10.0.1.1 tunnel ipip tunnel-port 1 trust any
says "nothing of that is there" "" sluice service show

# --- IPVS ---------------------------------------------------------------------------------------

# From here on the firewall of b1 knows clients and the application, and no tunnel.
ns b1 nft -f - <<-END || bail "nft refuses the rules"
	table inet fw {
		counter raw { }
		counter outer { }
		counter ce { }
		chain raw {
			type filter hook prerouting priority -300;
			ip saddr $CLIENT4 ip daddr $VIP4 counter name raw
			ip6 saddr $CLIENT6 ip6 daddr $VIP6 counter name raw
			ip ecn ce udp dport 53 counter name ce
			ip6 ecn ce udp dport 53 counter name ce
		}
		chain in {
			type filter hook input priority 0; policy drop;
			meta l4proto { 4, 41 } counter name outer
			udp dport { 6080, 7000 } counter name outer
			meta l4proto { icmp, icmpv6 } accept
			ct state established,related accept
			ip saddr $CLIENT4 tcp dport 8080 ct state new accept
			ip6 saddr $CLIENT6 tcp dport 8080 ct state new accept
			ip saddr $CLIENT4 udp dport 5300 accept
			ip6 saddr $CLIENT6 udp dport 5300 accept
		}
	}
END
vip_alone client
here ipip tcp 80 b1:8080 tunnel ipip trust $trust
here gue tcp 81 b1:8080 tunnel gue trust $trust
here other tcp 82 b1:8080 tunnel any tunnel-port 7000 trust $trust
here cross tcp 83 b1:8080 tunnel any trust any
here closed tcp 84 b1:8080
match "a service shows its tunnel" "tunnel any tunnel-port 7000" sluice service show other4
ipvs tcp 80 b1 -i || bail "no IPVS"
ipvs tcp 81 b1 -i --tun-type gue --tun-port 6080 --tun-nocsum
ipvs tcp 82 b1 -i --tun-type gue --tun-port 7000 --tun-csum
ipvs tcp 84 b1 -i
bal ipvsadm -A -t "10.0.1.80:83" -s rr
bal ipvsadm -a -t "10.0.1.80:83" -r "[fd00:1::1]:83" -i
bal ipvsadm -A -t "[fd00:1::80]:83" -s rr
bal ipvsadm -a -t "[fd00:1::80]:83" -r 10.0.1.1:83 -i --tun-type gue --tun-port 6080 --tun-csum
both_ways "ipip" 80
both_ways "gue" 81
each "gue at another port, with checksums: both ways" "both $size ok" tcp 82 "both=$size"
each "a tunnel of the other family: both ways" "both $size ok" tcp 83 "both=$size"
claim "all of that came out of tunnels" test "$(stat decapsulated)" -ge 100
is "and nothing was refused" "$(stat tunnel-refused)" 0
is "the client has seen nobody but the VIP" "$(counter client wrong)" 0
claim "raw has seen what was inside" test "$(counter b1 raw fw)" -ge 100
is "the firewall has seen no tunnel" "$(counter b1 outer fw)" 0
opts=(-t 2)
each "a service that takes no tunnel has none opened" "status 4: timeout" tcp 84 who
opts=()
claim "they are the stack's" test "$(counter b1 outer fw)" -ge 2
for off in "tx off" "gro off gso off tso off" "tx on gro on gso on tso on"; do
	for host in client:eth0 router:cl router:eth0 sw:router sw:bal sw:b1 bal:eth0 b1:eth0; do
		# shellcheck disable=SC2086
		ip netns exec "${host%:*}" ethtool -K "${host#*:}" $off >/dev/null 2>&1
	done
	for port in 80 82; do
		each "port $port with $off" "both $size ok" tcp $port "both=$size"
	done
done
narrower "the client's path narrows" client 1300 80
cable client 1500

# --- each kind of tunnel --------------------------------------------------------------------------

for host in bal b2; do
	mkfifo "$TMP/$host.in"
	eval "exec {in_$host}<>'$TMP/$host.in'"
	spawn "tunnel-$host.log" sh -c \
		"exec ip netns exec $host python3 '$TOOLS/tunnel.py' <'$TMP/$host.in'"
done
# sent NS LINES: so many lines are done
sent() { [ "$(grep -c '^sent' "$TMP/tunnel-$1.log")" = "$2" ]; }
# tunnels NS FROM[@PORT] TO CASE...: the client's datagrams, from ports 6001 and on
tunnels() {
	local to=$VIP4:53 client=$CLIENT4:6001 fd=in_$1 before
	if [ "$inside" = 6 ]; then to=[$VIP6]:53 client=[$CLIENT6]:6001; fi
	before=$(grep -c '^sent' "$TMP/tunnel-$1.log")
	echo "$2 $3 $client $to ${*:4}" >&"${!fd}"
	wait_for -t 60 sent "$1" $((before + 1)) || note "$(tail -n 3 "$TMP/tunnel-$1.log")"
}
# arrived: numbers of the cases that the application has seen
log=$TMP/udp-b1-5300.log
arrived() {
	local to=$CLIENT4 i got=
	[ "$inside" = 4 ] || to="[$CLIENT6]"
	for i in {1..12}; do
		! tail -n "+$((seen + 1))" "$log" | grep -qF "peer=$to:$((6000 + i)) " || got+="$i "
	done
	echo "${got% }"
}
# cases TEXT WANT DECAPSULATED REFUSED NS FROM TO CASE...: what arrives, and is counted
cases() {
	local opened refused
	sluice flow flush >/dev/null
	seen=$(wc -l <"$log") opened=$(stat decapsulated) refused=$(stat tunnel-refused)
	tunnels "${@:5}"
	wait_for -t 3 eval '[ "$(arrived)" = "'"$2"'" ]'
	is "$1, IPv$inside inside: what arrives" "$(arrived)" "$2"
	is "$1, IPv$inside inside: is counted" \
		"+$(($(stat decapsulated) - opened)) -$(($(stat tunnel-refused) - refused))" "+$3 -$4"
}
service dns4 udp "$VIP4:53" to 10.0.1.1:5300 tunnel any trust $trust
service dns6 udp "[$VIP6]:53" to "[fd00:1::1]:5300" tunnel any trust $trust
b1_4=10.0.1.1 b1_6=fd00:1::1 bal_4=10.0.1.9 bal_6=fd00:1::9
for outside in 4 6; do
	here=b1_$outside from=bal_$outside
	for inside in 4 6; do
		cases "in IPv$outside" "1 2 3 5 6" 5 3 bal "${!from}" "${!here}" \
			ipip gue gue-sum gue-badsum gue-private gue-bare gue-control gue-version gue-flags gue-badsum
		cases "in IPv$outside" "1 2 5 7" 5 1 bal "${!from}" "${!here}" \
			pieces options nested inner-pieces ce ce-deaf padded short gue-long
	done
done
is "congestion on the way is told inside" "$(counter b1 ce fw)" 4
inside=4
cases "another port" "2" 1 0 bal "$bal_4@7000" "$b1_4" gue ipip
sluice service set dns4 tunnel-port 7000
cases "another port that is the service's" "1 2" 2 0 bal "$bal_4@7000" "$b1_4" gue ipip
sluice service set dns4 tunnel gue tunnel-port 0
cases "gue alone" "1" 1 0 bal "$bal_4" "$b1_4" gue ipip
sluice service set dns4 tunnel ipip
cases "ipip alone" "2" 1 0 bal "$bal_4" "$b1_4" gue ipip
cases "a wrong sum inside is IP's to refuse" "" 1 0 bal "$bal_4" "$b1_4" badsum

# --- who may ------------------------------------------------------------------------------------------

for inside in 4 6; do
	sluice service set dns$inside tunnel any
	cases "a stranger's tunnels" "" 0 3 b2 10.0.1.2 10.0.1.1 ipip gue gue-bare
	cases "a stranger's tunnels in IPv6" "" 0 3 b2 fd00:1::2 fd00:1::1 ipip gue gue-bare
	sluice service set dns$inside trust 10.0.1.2
	cases "whom the service trusts now" "1 2 3" 3 0 b2 10.0.1.2 10.0.1.1 ipip gue gue-bare
	cases "and whom no more" "" 0 1 bal "$bal_4" "$b1_4" ipip
	sluice service set dns$inside trust $trust
done
claim "without a tunnel trust goes" sluice service set dns4 tunnel none
is "with it" "$(sluice service show dns4 | grep -c 'trust\|tunnel')" 0
says "so a tunnel needs it again" \
	"status 2: sluice: service set: tunnel ipip: needs trust: whose tunnels to open" \
	sluice service set dns4 tunnel ipip
sluice service set dns4 tunnel any trust $trust

# What ICMP says of an answer comes by the balancer, as a client's packet does.
for inside in 4 6; do
	counted "an ICMP error in a tunnel is translated (IPv$inside)" icmp-translated 1 \
		tunnels bal "$bal_4" "$b1_4" ipip "mtu=1280"
done

# --- tunnels of the stack's go on -----------------------------------------------------------------------

if ip -n b1 link add t0 type ipip local 10.0.1.1 remote 10.0.1.9 2>/dev/null; then
	ip -n bal link add t0 type ipip local 10.0.1.9 remote 10.0.1.1
	ns b1 nft insert rule inet fw in meta l4proto 4 accept
	for end in b1:172.16.0.1 bal:172.16.0.2; do
		ip -n "${end%:*}" addr add "${end#*:}/24" dev t0
		ip -n "${end%:*}" link set t0 up
	done
	claim "a tunnel of the stack's carries what is its own" bal ping -c 2 -i 0.2 -W 2 172.16.0.1
else
	skip "a tunnel of the stack's carries what is its own" "this kernel has no ipip"
fi
# --- how much a segment may have --------------------------------------------------------------------

ip netns exec client nft -f - <<-END || bail "nft refuses the rules"
	table inet mss {
		counter less { }
		counter other { }
		chain pre {
			type filter hook prerouting priority -300;
			tcp flags & (syn | ack) == syn | ack tcp option maxseg size 1111 counter name less
			tcp flags & (syn | ack) == syn | ack tcp option maxseg size != 1111 counter name other
		}
	}
END
for s in ipip4 ipip6; do sluice service set $s max-mss 1111 || bail "no MSS"; done
ns_b1 ethtool -K eth0 tx off >/dev/null 2>&1
each "segments are to be small" 'both $size ok' tcp 80 "both=$size"
is "so the backend says to clients" "$(counter client less mss) $(counter client other mss)" "2 0"
ns_b1 ethtool -K eth0 tx on >/dev/null 2>&1
for s in ipip4 ipip6; do sluice service set $s max-mss 0 || bail "no MSS"; done
each "they may be as large as they like" 'both $size ok' tcp 80 "both=$size"
is "and then it does not" "$(counter client less mss) $(counter client other mss)" "2 2"

claim "services go" eval 'for s in $(sluice -j service show | jq -r ".[].name"); do
	sluice service del "$s" force || exit; done'

# --- who may be anybody -----------------------------------------------------------------------------

service dnsany udp "$VIP4:57" to 10.0.1.1:5300 tunnel any trust any
before=$(stat decapsulated)
ns_b1 python3 - "$VIP4" <<-'END' || bail "nothing is sent"
	import os, socket, struct, sys
	def csum(d):
	    s = sum(struct.unpack("!%dH" % (len(d) // 2), d))
	    while s >> 16:
	        s = (s & 0xffff) + (s >> 16)
	    return ~s & 0xffff
	os.setuid(65534)
	a = socket.inet_aton
	udp = struct.pack("!HHHH", 6001, 57, 11, 0) + b"who"
	ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0) + a("198.51.100.66") + a(sys.argv[1])
	ip = ip[:10] + struct.pack("!H", csum(ip)) + ip[12:]
	s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	for _ in range(3):
	    s.sendto(bytes((0, 4, 0, 0)) + ip + udp, ("10.0.1.1", 6080))
END
sleep 0.5
is "who is on this host speaks for nobody, whomever the service trusts" \
	"$(($(stat decapsulated) - before)) $(grep -c 198.51.100.66 "$TMP/udp-b1-5300.log")" "0 0"

finish
