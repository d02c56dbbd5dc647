#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 26
#
# Firewalls and conntrack on the application's host see the client and nobody
# else. Rules are nftables, policy drop in every chain.
#
#     lb (client.py) -> app (nft, conntrack, server.py)
#
# The network is drawn in lib.sh.

# shellcheck disable=SC2317,SC2016,SC2059	# called by name, evaluated later
. "$(dirname "$0")/lib.sh"

net_up
server app 8080 8081
service web tcp "$SERVICE4:8080" accept-proxy trust 10.0.0.0/24 forward local
service web6 tcp "[$SERVICE6]:8080" accept-proxy trust fd00::/64 forward local

n=5000
# works NAME: connections in both families, in and out, with their ends
works() {
	n=$((n + 1))
	says "$1" "peer=$CLIENT4:$n local=$SERVICE4:${2:-8080}
both 1000000 ok
bye" talk --v2 --client "$CLIENT4:$n" "$SERVICE4:8080" who both=1000000 half
	says "$1 (IPv6)" "peer=[$CLIENT6]:$n local=[$SERVICE6]:${2:-8080}
both 1000000 ok
bye" talk --v1 --client "[$CLIENT6]:$n" "[$SERVICE6]:8080" who both=1000000 half
	n=$((n + 1))
	says "$1: LOCAL" "peer=10.0.0.1:$n local=$SERVICE4:${2:-8080}
both 100000 ok" talk --v2 --local --bind "10.0.0.1:$n" "$SERVICE4:8080" who both=100000
	says "$1: the application's reset" "reset" \
		talk --v2 --client "$CLIENT4:$((n + 1000))" "$SERVICE4:8080" peer-rst
}

# Loaded, and not in use (00-no-conntrack.sh is about it being absent)
modprobe nf_conntrack 2>/dev/null
claim "conntrack is loaded" test -e /proc/sys/net/netfilter/nf_conntrack_max
works "no rules"
is "it tracks nothing where no rule asks it to" \
	"$(app cat /proc/sys/net/netfilter/nf_conntrack_count)" 0

# counter NAME: packets of a named counter of table inet t
counter() { app nft -j list counter inet t "$1" | jq '.nftables[].counter? | numbers // .packets // empty'; }
rules() {
	app nft flush ruleset
	app nft -f - || bail "nft refuses the rules"
}

# --- conntrack in use, policy drop everywhere ------------------------------------

rules <<END
table inet t {
	counter client4 { }
	counter client6 { }
	counter lb_in { }
	counter lb_out { }
	counter invalid { }
	counter untracked { }
	chain raw {
		type filter hook prerouting priority -300; policy drop;
		meta nfproto ipv6 meta l4proto ipv6-icmp accept
		ip saddr { 10.0.0.0/24, 203.0.113.0/24 } tcp dport 8080 accept
		ip6 saddr { fd00::/64, $CLIENT6 } tcp dport 8080 accept
	}
	chain pre {
		type filter hook prerouting priority -150; policy drop;
		ct state invalid counter name invalid drop
		meta l4proto { tcp, ipv6-icmp } accept
	}
	chain input {
		type filter hook input priority 0; policy drop;
		meta l4proto ipv6-icmp accept
		ct state invalid counter name invalid drop
		ip saddr 10.0.0.0/24 tcp sport != 5000-5999 counter name lb_in
		ip6 saddr fd00::/64 tcp dport 8080 counter name lb_in
		ip saddr $CLIENT4 tcp dport 8080 ct state new counter name client4 accept
		ip6 saddr $CLIENT6 tcp dport 8080 ct state new counter name client6 accept
		ip saddr 10.0.0.1 tcp dport 8080 tcp sport 5000-5999 accept
		ct state established accept
	}
	chain output {
		type filter hook output priority 0; policy drop;
		meta l4proto ipv6-icmp accept
		ct state invalid counter name invalid drop
		ct state untracked counter name untracked drop
		ip daddr 10.0.0.0/24 tcp dport != 5000-5999 counter name lb_out
		ip6 daddr fd00::/64 tcp sport 8080 counter name lb_out
		ct state established accept
	}
	chain forward { type filter hook forward priority 0; policy drop; }
	chain post {
		type filter hook postrouting priority 200; policy drop;
		meta l4proto ipv6-icmp accept
		ct state invalid counter name invalid drop
		ct state untracked counter name untracked drop
		ct state established accept
	}
	chain early {
		type filter hook postrouting priority -150; policy drop;
		meta l4proto ipv6-icmp accept
		ct state untracked counter name untracked drop
		ct state established accept
	}
}
END
works "policy drop in every chain"
claim "INPUT counts new connections of the real client" test "$(counter client4)" -ge 1
claim "and over IPv6" test "$(counter client6)" -ge 1
is "INPUT never sees the balancer in the client's place" "$(counter lb_in)" 0
is "OUTPUT never sees it either" "$(counter lb_out)" 0
is "nothing is invalid to conntrack" "$(counter invalid)" 0
is "nothing of ours passes a chain untracked" "$(counter untracked)" 0

n=$((n + 1))
launch held.log lb client --v2 --client "$CLIENT4:$n" \
	"$SERVICE4:8080" who "file=$TMP/go"
wait_for grep -q peer= "$TMP/held.log"
says "conntrack -L has one entry for it: the client's" \
	"src=$CLIENT4 dst=$SERVICE4 sport=$n dport=8080 src=$SERVICE4 dst=$CLIENT4 sport=8080 dport=$n [ASSURED]" \
	sh -c "ip netns exec app conntrack -L -p tcp --state ESTABLISHED 2>/dev/null | grep -o 'src=.*ASSURED.'"
: >"$TMP/go"

# What the client may not do, nobody may do in its name.
app nft insert rule inet t input ip saddr 203.0.113.66 counter drop
status "a client that INPUT drops does not get in by way of the balancer" 4 \
	talk -t 4 --v2 --client 203.0.113.66:5000 "$SERVICE4:8080" who
app nft insert rule inet t input ip saddr 203.0.113.67 tcp dport 8080 reject with tcp reset
app nft insert rule inet t output ip daddr 203.0.113.67 accept
app nft insert rule inet t post ip daddr 203.0.113.67 accept
app nft insert rule inet t early ip daddr 203.0.113.67 accept
status "a client that INPUT rejects is reset" 3 \
	talk -t 10 --v2 --client 203.0.113.67:5000 "$SERVICE4:8080" who

# --- NAT of the application's port ---------------------------------------------------

rules <<END
table inet t {
	chain nat {
		type nat hook prerouting priority -100;
		tcp dport 8080 redirect to :8081
	}
}
END
works "nat redirect to the application's port" 8081
# To another address: the inner packet is routed anew, as the client's, and rp_filter
# judges the client. Here the way back to it is the device it came by.
ip -n app addr add 10.0.1.3/24 dev eth0
rules <<END
table ip t {
	chain nat { type nat hook prerouting priority -100; tcp dport 8080 dnat to 10.0.1.3:8081; }
}
END
n=$((n + 1))
says "dnat to another address of this host" "peer=$CLIENT4:$n local=10.0.1.3:8081
both 1000000 ok
bye" talk --v2 --client "$CLIENT4:$n" "$SERVICE4:8080" who both=1000000 half
says "dnat: the application's reset" "reset" \
	talk --v2 --client "$CLIENT4:$((n + 1000))" "$SERVICE4:8080" peer-rst
ns_add box
link box eth0 app box0
addr app box0 10.0.2.254/24
addr box eth0 10.0.2.2/24
via box 10.0.2.254
server box 8081
app sysctl -qw net.ipv4.ip_forward=1
app nft flush ruleset
app nft add table ip t
app nft add chain ip t nat '{ type nat hook prerouting priority -100; }'
app nft add rule ip t nat tcp dport 8080 dnat to 10.0.2.2:8081
n=$((n + 1))
says "dnat to a container" "peer=$CLIENT4:$n local=10.0.2.2:8081
both 1000000 ok
bye" talk --v2 --client "$CLIENT4:$n" "$SERVICE4:8080" who both=1000000 half

# GRO may leave lists of segments that each keep their own header, to forward them.
# A veth does any where its peer does no TSO.
lists() {
	local rest=$2
	app ethtool -K eth0 rx-gro-list "$1" gro on &&
		app ethtool -K box0 tx-gso-list "$rest" tso "$rest" gso "$rest" &&
		router ethtool -K ap tso "$rest" && lb ethtool -K eth0 tso "$rest" gso "$rest"
}
again() { lb nstat -asz TcpRetransSegs | awk '/Retrans/ { print $2 }'; }
if lists on off; then
	n=$((n + 1)) before=$(again)
	says "dnat to a container, of lists" "both 1000000 ok" \
		talk -t 60 --v2 --client "$CLIENT4:$n" "$SERVICE4:8080" both=1000000
	claim "which are taken as they come" test "$(($(again) - before))" -lt 50
	lists off on
else
	skip "dnat to a container, of lists" "this kernel has none"
fi

# The way to it is narrower than the sender was told before there was an application:
# what is too big is refused by this host, and the sender is to hear of it.
addr app box0 fd00:2::fe/64
addr box eth0 fd00:2::2/64
via box fd00:2::fe
set_sysctl app net.ipv6.conf.all.forwarding=1
app nft add table ip6 t
app nft add chain ip6 t nat '{ type nat hook prerouting priority -100; }'
app nft add rule ip6 t nat tcp dport 8080 dnat to '[fd00:2::2]:8081'
ip -n app link set box0 mtu 1280
ip -n box link set eth0 mtu 1280
# pmtu ADDRESS: what lb thinks fits the path to it
pmtu() { lb ip route get "$1" | grep -o 'mtu [0-9]*'; }
n=$((n + 1))
translated=$(stat icmp-translated)
says "a narrow way to the container" "peer=$CLIENT4:$n local=10.0.2.2:8081
both 1000000 ok
bye" talk --v2 --client "$CLIENT4:$n" "$SERVICE4:8080" who both=1000000 half
is "the sender was told so" "$(pmtu "$SERVICE4")" "mtu 1280"
says "a narrow way to the container (IPv6)" "peer=[$CLIENT6]:$n local=[fd00:2::2]:8081
both 1000000 ok
bye" talk --v1 --client "[$CLIENT6]:$n" "[$SERVICE6]:8080" who both=1000000 half
is "the sender was told so (IPv6)" "$(pmtu "$SERVICE6")" "mtu 1280"
claim "each by an ICMP error, translated" test "$(stat icmp-translated)" -ge $((translated + 2))
set_sysctl app net.ipv4.ip_forward=0 net.ipv6.conf.all.forwarding=0
rules <<END
table inet t {
	chain nat {
		type nat hook postrouting priority 100;
		oifname eth0 masquerade
	}
	chain out { type nat hook output priority -100; }
}
END
works "masquerade on the uplink"
rules <<END
table inet t {
	chain raw { type filter hook prerouting priority -300; tcp dport 8080 notrack; }
	chain rawout { type filter hook output priority -300; tcp sport 8080 notrack; }
	chain post { type filter hook postrouting priority 200; ct state established drop; }
}
END
works "notrack on the service's port"

# --- a zone of conntrack -----------------------------------------------------------------

# A template in raw says in which zone to look, and is no entry that belongs to the
# outer leg: it holds for the inner one.
rules <<END
table inet t {
	counter zoned { }
	counter elsewhere { }
	chain raw { type filter hook prerouting priority -300; tcp dport 8080 ct zone set 7; }
	chain rawout { type filter hook output priority -300; tcp sport 8080 ct zone set 7; }
	chain input {
		type filter hook input priority 0; policy drop;
		meta l4proto ipv6-icmp accept
		tcp dport 8080 ct state new,established ct zone 7 counter name zoned accept
		counter name elsewhere
	}
}
END
works "a conntrack zone"
claim "INPUT sees it in that zone" test "$(counter zoned)" -ge 40
is "and nowhere else" "$(counter elsewhere)" 0
n=$((n + 1))
rm -f "$TMP/go"
launch zone.log lb client --v2 --client "$CLIENT4:$n" \
	"$SERVICE4:8080" both=100000 who "file=$TMP/go"
wait_for grep -q peer= "$TMP/zone.log"
says "conntrack -L has one entry for it, of that zone" \
	"src=$CLIENT4 dst=$SERVICE4 sport=$n dport=8080 src=$SERVICE4 dst=$CLIENT4 sport=8080 dport=$n [ASSURED] mark=0 zone=7" \
	sh -c "ip netns exec app conntrack -L -p tcp --state ESTABLISHED --orig-port-src $n 2>/dev/null | grep -o 'src=.*zone=[0-9]*'"
: >"$TMP/go"

app nft flush ruleset

finish
