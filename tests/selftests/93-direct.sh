#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 60
# limit: 400
#
# Backends that answer the client themselves (`forward dsr`, `ipip`, `gue`): what the client
# sends reaches them as it is, by their link layer address or in a tunnel, and what they
# answer does not come by the balancer. They are a stock kernel with the VIP on lo and its
# own tunnels.
#
#     client -- router -- bal -- sw -- b1, b2, b3 -- b4
#                  '-------------'
#
# The network is drawn in ballib.sh: the one with two arms, and one more of the router's, by
# which the answers go. b4 is behind b3, and so on no link of the balancer's.

# shellcheck disable=SC2317,SC2016,SC2034,SC2154	# called by name, evaluated later
. "$(dirname "$0")/ballib.sh"

bal_net
direct_net b1 b2 b4

# Each service has a port of its own, which is the backend's too.
ways="dsr ipip gue over6 over4 gue6 gue4"
tcp_port() { local i=0 w; for w in $ways; do [ "$w" = "$1" ] && break; i=$((i + 1)); done; echo $((8100 + i)); }
udp_port() { echo $(($(tcp_port "$1") - 3000)); }
for h in b1 b2 b4; do
	spawn "server-$h-8100.log" ip netns exec $h python3 "$TOOLS/server.py" 8100 8101 8102 8103 8104 8105 8106
	agent $h "$TMP/udp-$h.log" udp serve 5100 5101 5102 5103 5104 5105 5106 >/dev/null ||
		bail "no UDP servers on $h"
	wait_for listening $h 8106 || bail "no servers on $h"
done

# way METHOD FAMILY>FAMILY NAME BACKEND...: a service of either protocol at the VIP
way() {
	local p f=${2%>*} b out vip=$VIP4
	[ "$f" = 4 ] || vip="[$VIP6]"
	for p in tcp udp; do
		service "$3$f$p" $p "$vip:$(${p}_port "$3")" scheduler rr forward "$1"
		for b in "${@:4}"; do
			out=$(sluice backend add "$3$f$p" "$(at "${2#*>}" "$b")" 2>&1) || bail "backend add $b: $out"
		done
	done
}
for w in dsr ipip gue; do
	way $w '4>4' $w b1
	way $w '6>6' $w b1
done
way ipip '4>6' over6 b1
way ipip '6>4' over4 b1
way gue '4>6' gue6 b1
way gue '6>4' gue4 b1

# How packets come to b1, as its device sees them, and that none comes back to the balancer
ns b1 nft -f - <<-END || bail "nft refuses the rules"
	table netdev t {
		counter plain4 { }
		counter plain6 { }
		counter v4in4 { }
		counter v6in4 { }
		counter v4in6 { }
		counter v6in6 { }
		counter gue4 { }
		counter gue6 { }
		counter late { }
		chain in {
			type filter hook ingress device eth0 priority 0;
			ip daddr $VIP4 ip ttl != 62 counter name late
			ip6 daddr $VIP6 ip6 hoplimit != 62 counter name late
			ip daddr $VIP4 counter name plain4
			ip6 daddr $VIP6 counter name plain6
			ip protocol 4 counter name v4in4
			ip protocol 41 counter name v6in4
			ip6 nexthdr 4 counter name v4in6
			ip6 nexthdr 41 counter name v6in6
			meta protocol ip udp dport 6080 counter name gue4
			meta protocol ip6 udp dport 6080 counter name gue6
		}
	}
	table inet t {
		counter late { }
		chain pre {
			type filter hook prerouting priority -300;
			ip daddr $VIP4 ip ttl != 62 counter name late
			ip6 daddr $VIP6 ip6 hoplimit != 62 counter name late
		}
	}
END
bal nft -f - <<-END || bail "nft refuses the rules"
	table inet t {
		counter back { }
		chain pre {
			type filter hook prerouting priority -300;
			meta l4proto { tcp, udp } ip saddr { $VIP4, 10.0.1.1 } counter name back
			meta l4proto { tcp, udp } ip6 saddr { $VIP6, fd00:1::1 } counter name back
		}
	}
END
vip_alone client
came() { ip netns exec b1 nft list counters table netdev t | awk '$1 == "counter" { n = $2 }
	$1 == "packets" && $2 > 5 { print n }' | xargs; }
forget() { ip netns exec b1 nft reset counters table netdev t >/dev/null; }

# --- each way -------------------------------------------------------------------------------------

size=$(small 10000000 500000)
n=5000
# works NAME FAMILY HOW: a connection and a conversation
works() {
	local f=$2 t u
	t=$(tcp_port "$1") u=$(udp_port "$1") n=$((n + 1))
	names "$f" "$t"
	forget
	says "$1, IPv$f: a connection" "peer=$me local=$vip
both $size ok
bye" tcp "$f" "$t" who "both=$size" half
	names "$f" "$u"
	says "$1, IPv$f: a conversation" "peer=$me local=$vip answer=$vip
size 1300 ok
size 20000 ok
zero ok" udp "$f" "$u" who size=1300 size=20000 zero
	is "$1, IPv$f: as it comes to the backend" "$(came)" "$3"
	is "$1, IPv$f: counted" "$(stat flows-opened "$1${f}tcp") $(stat flows-opened "$1${f}udp") $(
		stat packets-out "$1${f}tcp") $(stat packets-out "$1${f}udp")" "1 1 0 0"
}
works dsr 4 plain4
works dsr 6 plain6
works ipip 4 v4in4
works ipip 6 v6in6
works gue 4 gue4
works gue 6 gue6
works over6 4 v4in6
works over4 6 v6in4
works gue6 4 gue6
works gue4 6 gue4
# The end of a tunnel may have another port.
ns b1 ip fou add port 6099 gue || bail "no gue"
for s in gue4tcp gue4udp; do
	sluice backend set $s 10.0.1.1 tunnel-port 6099 || bail "no port"
done
ns b1 nft 'add counter netdev t other; insert rule netdev t in udp dport 6099 counter name other' ||
	bail "nft refuses the rules"
n=$((n + 1))
names 4 "$(tcp_port gue)"
says "gue to another port" "both 100000 ok" tcp 4 "$(tcp_port gue)" both=100000
claim "goes there" test "$(ip netns exec b1 nft list counter netdev t other | awk '$1 == "packets" { print $2 }')" -ge 5
# Checksums of the tunnel
ns b1 nft -f - <<-END || bail "nft refuses the rules"
	table netdev t {
		counter sum { }
		counter nosum { }
		chain sums {
			type filter hook ingress device eth0 priority 1;
			udp dport { 6080, 6099 } udp checksum 0 counter name nosum
			udp dport { 6080, 6099 } udp checksum != 0 counter name sum
		}
	}
END
# sums FAMILY PORT: tunnel's packets with one and without, of a connection
sums() {
	forget
	n=$((n + 1))
	names "$1" "$2"
	says "IPv$1, port $2: a connection" "peer=$me local=$vip
both $size ok" tcp "$1" "$2" who "both=$size"
	is "IPv$1, port $2: checksums outside" "$(for c in sum nosum; do
		[ "$(ip netns exec b1 nft list counter netdev t $c |
			awk '$1 == "packets" { print $2 }')" -gt 0 ] && echo $c; done | xargs)" "$3"
}
sums 4 "$(tcp_port gue)" nosum
sums 6 "$(tcp_port gue)" sum
sums 4 "$(tcp_port gue6)" sum
for s in "gue4tcp 10.0.1.1" "gue64tcp fd00:1::1" "gue46tcp 10.0.1.1"; do
	read -ra s <<<"$s"
	sluice backend set "${s[@]}" tunnel-csum on || bail "no checksum"
done
sums 4 "$(tcp_port gue)" sum
sums 4 "$(tcp_port gue6)" sum
sums 6 "$(tcp_port gue4)" sum
match "it is shown" "tunnel-csum on" sluice backend show gue4tcp
is "no packet has come to the backend with more or fewer hops" "$(counter b1 late)" 0
is "no answer has come by the balancer" "$(counter bal back)" 0
# Who is at that port here sends it back, to the balancer.
agent b1 "$TMP/lax.log" udp serve --lax -b :: 6098 >/dev/null || bail "no server"
sluice backend set gue6tcp fd00:1::1 tunnel-csum off tunnel-port 6098 || bail "no port"
n=$((n + 1))
tcp 6 "$(tcp_port gue)" who >/dev/null 2>&1 &
claim "who takes them over IPv6 gets them without" wait_for -t 5 grep -q "^datagram .*bytes=84$" "$TMP/lax.log"
kill $! && wait $! 2>/dev/null
is "the client sees nobody but the service" "$(counter client wrong)" 0
is "who is at which backend, as shown" "$(sluice -j flow show | jq -r '.[] | [.service,
	(.client | sub("]?:[0-9]+$"; "")), .backend] | join(" ")' | grep -E '^(dsr|over6)' | sort)" \
	"dsr4tcp 203.0.113.7 10.0.1.1:8100
dsr4udp 203.0.113.7 10.0.1.1:5100
dsr6tcp [2001:db8:c::7 [fd00:1::1]:8100
dsr6udp [2001:db8:c::7 [fd00:1::1]:5100
over64tcp 203.0.113.7 [fd00:1::1]:8103
over64udp 203.0.113.7 [fd00:1::1]:5103"

finish
