#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 120
# limit: 600
#
# Balancing with `forward fullnat`: backends see an address of the balancer's and a port that it
# lends, and have no way to clients but by answering that. What 61 to 65 prove of nat, once each,
# and what is fullnat's own: ports, how many there are, and who else has them.
#
#     client -- router -- bal (client.py, server.py, nft) -- b1, b2, b3 -- b4
#
# and then, over one arm,
#
#     client, bal, b1, b2, b3 -- sw
#
# The networks are drawn in ballib.sh; here no backend has a default route, and b4 has one to the
# balancer's wire alone. All of them judge sources by the way back.

# shellcheck disable=SC2317,SC2016,SC2034,SC2154	# called by name, evaluated later
. "$(dirname "$0")/ballib.sh"

BAL_FORWARD=fullnat

# lent COMMAND...: what it says, "lent" instead of an address and port that the balancer may lend
lent() {
	local out rc=0
	out=$("$@") || rc=$?
	if [[ $out =~ ^peer=("$HERE4"|"[$HERE6]"):([0-9]+)" "(.*)$ ]] &&
		[ "${BASH_REMATCH[2]}" -ge 1024 ]
	then
		out="peer=lent ${BASH_REMATCH[3]}"
	fi
	echo "$out"
	return "$rc"
}
lent_tcp() { lent tcp "$@"; }
lent_udp() { lent udp "$@"; }

# lonely NS...: they have no routes but to their own networks, and rp_filter
lonely() {
	local b
	for b; do
		set_sysctl "$b" net.ipv4.conf.all.rp_filter=1 net.ipv4.conf.eth0.rp_filter=1
		{ ip -n "$b" route del default && ip -n "$b" -6 route del default; } ||
			bail "routes of $b"
	done
}

bal_net
lonely b1 b2 b3 b4
{ ip -n b4 route add 10.0.1.0/24 via 10.0.2.3 &&
	ip -n b4 route add fd00:1::/64 via fd00:2::3; } || bail "routes of b4"
balance web tcp 80 b1:8080 b2:8080 b3:8080
balance one tcp 81 b1:8080
balance gone tcp 82 b1:8099
balance far tcp 83 b4:8080
balance forbidden tcp 84 b2:8081
balance near tcp 85 here:8080
balance range tcp 8000-8009 b2
balance dns udp 53 b1:5300 b2:5300 b3:5300
balance dns1 udp 54 b1:5300
balance dnsgone udp 55 b1:5399
balance dnsfar udp 56 b4:5300
balance dnsnear udp 57 here:5300
balance_at 4 sink udp "$VIP4:90" b1:5310
balance_at 4 sinktcp tcp "$VIP4:90" b1:8110
server bal 8080
udp_server bal 5300
server b2 8004

# Neither side may see an address that is not meant for it.
vip_alone client
for b in b1 b2 b3; do
	ip netns exec $b nft -f - <<-END || bail "nft refuses the rules"
		table inet t {
			counter wrong { }
			counter lent { }
			chain pre {
				type filter hook prerouting priority -300;
				ip saddr 10.0.2.4 accept
				ip6 saddr fd00:2::4 accept
				meta l4proto { tcp, udp } th sport < 1024 counter name wrong
				meta l4proto { tcp, udp } ip saddr $HERE4 counter name lent accept
				meta l4proto { tcp, udp } ip6 saddr $HERE6 counter name lent accept
				meta l4proto { tcp, udp } counter name wrong
			}
		}
	END
done

# --- who sees whom -----------------------------------------------------------------------

for f in 4 6; do
	names $f
	says "six connections: each backend has two (IPv$f)" "2 local=$b1:8080
2 local=$b2:8080
2 local=$b3:8080" shares $f 80 6
done
each "the backend sees the balancer's address and a port that is lent" \
	'peer=lent local=$b1:8080' lent_tcp 81 who
each "a port of a range is kept" 'peer=lent local=$b2:8004' lent_tcp 8004 who
each "a conversation: the same, and answers come from the VIP" \
	'peer=lent local=$b1:5300 answer=$vip
size 1400 ok
size 20000 ok
zero ok' lent_udp 54 who size=1400 size=20000 zero
says "30 clients: a third to each backend, each stays with its own" \
	"local=10.0.1.1:5300 10
local=10.0.1.2:5300 10
local=10.0.1.3:5300 10" udp_from client "$VIP4:53" many=30
says "30 clients: a third to each backend, each stays with its own (IPv6)" \
	"local=[fd00:1::1]:5300 10
local=[fd00:1::2]:5300 10
local=[fd00:1::3]:5300 10" udp_from client "[$VIP6]:53" many=30
each "behind a router of the backends'" 'peer=lent local=$b4:8080
both 100000 ok' lent_tcp 83 who both=100000

# --- flows by their ends -------------------------------------------------------------------

balance twin tcp 86 b1:8080
# left SERVICE: how many flows of its the client has from its port
left() { sluice flow show client "$me" | awk -v s="$1" '$2 == s && $0 !~ / (reset|closing) /' | wc -l; }
for f in 4 6; do
	six=''
	[ $f = 4 ] || six=6
	n=$((n + 1))
	names $f
	udp $f 54 who >"$TMP/claim.out"
	is "a conversation has an end at the client (IPv$f)" "$(left dns1$six)" 1
	claim "by that and the backend's it is forgotten" sluice flow del "$me-$b1:5300"
	is "so there is none" "$(left dns1$six)" 0
	udp $f 54 who >"$TMP/claim.out"
	names $f
	claim "another is by its sender and the service" sluice flow del "$me-${vip}54"
	is "then there is none of that" "$(left dns1$six)" 0
	launch one$f client client -t 60 --bind "$me" "${vip}81" who eof
	wait_for grep -q peer= "$TMP/one$f"
	names $f
	match "nobody else's is found" "there is no such connection" \
		said sluice flow del "${me%:*}:1-$b1:8080"
	launch twin$f client client -t 60 --bind "$me" "${vip}86" who eof
	wait_for grep -q peer= "$TMP/twin$f"
	match "of two that have the same ends none is reset" "several connections have these ends" \
		said sluice flow del "$me-$b1:8080"
	is "they go on" "$(left one$six) $(left twin$six)" "1 1"
	claim "one goes by sender and service" sluice flow del "$me-${vip}86"
	claim "when it has gone" wait_for eval '[ "$(left twin$six)" = 0 ]'
	claim "the other goes by client and backend" wait_for -t 5 sluice flow del "$me-$b1:8080"
	claim "its client hears of it" wait_for -t 10 grep -q reset "$TMP/one$f"
done
sluice service del twin
sluice service del twin6

# --- how connections end -------------------------------------------------------------------

each "the client closes its half: the backend still answers" "both 100000 ok
bye" tcp 81 both=100000 half
each "the backend closes first" "closed by peer" tcp 81 peer-fin
each "the backend resets" "reset" tcp 81 peer-rst
resets() { grep -c "error .*ConnectionResetError" "$TMP/server-b1-8080.log"; }
before=$(resets)
each "the client resets" "hello" tcp 81 echo=hello rst
claim "so the backend is reset" wait_for eval '[ "$(resets)" = $((before + 2)) ]'
before=$(asked b1)
each "nobody listens at the backend: the client is refused" \
	"status 3: refused: Connection refused" tcp 82 who
is "by the backend" "$(($(asked b1) - before))" 2

# --- much data ---------------------------------------------------------------------------------

errors() { sum_mib "client b1" TcpInCsumErrors UdpInCsumErrors Udp6InCsumErrors; }
size=$(small 3000000 500000)
for o in "tx on tso on gso on gro on" "gro off" "gro on tx off tso off gso off" "gro off"; do
	# shellcheck disable=SC2086	# a list
	offload $o || bail "offloads are not set: $o"
	each "$((size / 1000)) kB each way, $o" "both $size ok" tcp 81 "both=$size"
	each "datagrams, $o" "size 1400 ok
size 9000 ok" udp 54 size=1400 size=9000
done
offload tx on tso on gso on gro on
is "nobody has seen a wrong checksum" "$(errors)" 0

# --- what ICMP says -------------------------------------------------------------------------------

about4="about=$VIP4" about6="about=.$VIP6."
before=$(asked b1)
hears "a backend's port is unreachable: the client hears it of the VIP, from the VIP" \
	"type=3 code=3 by=$VIP4 $about4:55" udp 4 55 error
hears "a backend's port is unreachable (IPv6)" \
	"type=1 code=4 by=$VIP6 $about6:55" udp 6 55 error
is "from the backend, for it is there that nobody is" "$(($(asked b1) - before))" 2
ns b2 nft -f - <<-END || bail "nft refuses the rules"
	table inet refusing {
		counter refused { }
		chain in {
			type filter hook input priority 0;
			tcp dport 8081 counter name refused reject
		}
	}
END
each "a backend's firewall says so by ICMP: the client is refused" \
	"status 3: refused: Connection refused" tcp 84 who
match "by the backend" "packets [2-9]" ns b2 nft list counter inet refusing refused
opts=(--ttl 3)
hears "a router behind the balancer: too many hops, of the VIP" \
	"type=11 code=0 by=10.0.1.3 $about4:56" udp 4 56 error
hears "a router behind the balancer: too many hops, of the VIP (IPv6)" \
	"type=3 code=0 by=fd00:1::3 $about6:56" udp 6 56 error
opts=(--whole)
cable lan 1440
hears "the backends' side is narrower: the balancer says so, of the VIP" \
	"type=3 code=4 by=10.0.0.(2|80) $about4:54 mtu=1440" udp 4 54 error=1450
hears "the backends' side is narrower (IPv6)" \
	"type=2 code=0 by=fd00::(2|80) $about6:54 mtu=1440" udp 6 54 error=1450
cable lan 1500
cable far 1430
hears "a backend is behind a narrow cable: the router there says so, of the VIP" \
	"type=3 code=4 by=10.0.1.3 $about4:56 mtu=1430" udp 4 56 error=1405
hears "a backend is behind a narrow cable (IPv6)" \
	"type=2 code=0 by=fd00:1::3 $about6:56 mtu=1430" udp 6 56 error=1385
cable far 1500
opts=()

# As one that is in neither of their networks, the router could not talk to backends himself.
size=$(small 1000000 300000)
narrower "the client's cable becomes narrower" client 1400 81
claim "the router tells the backend, by the balancer" knows b1 "$HERE4" 1400
claim "the router tells the backend, by the balancer (IPv6)" knows b1 "$HERE6" 1400
cable client 1500
narrower "the cable between router and balancer" wan 1370 81
claim "the balancer tells the backend" knows b1 "$HERE4" 1370
claim "the balancer tells the backend (IPv6)" knows b1 "$HERE6" 1370
cable wan 1500
narrower "the backends' cable" lan 1340 81
claim "the balancer tells the client, of the VIP" knows client "$VIP4" 1340
claim "the balancer tells the client, of the VIP (IPv6)" knows client "$VIP6" 1340
cable lan 1500
narrower "a cable behind the balancer's" far 1310 83
claim "its router tells the client, of the VIP" knows client "$VIP4" 1310
claim "its router tells the client, of the VIP (IPv6)" knows client "$VIP6" 1310
cable far 1500

# --- the balancer is an end itself ---------------------------------------------------------------

own() {
	names "$@"
	own=$ip:$n
	[ "$1" = 4 ] || own=[$ip]:$n
}
here_tcp() { own "$@"; lent talk_from bal -t 20 --bind "$own" "$vip" "${@:3}"; }
here_udp() { own "$@"; lent udp_from bal -t 10 --bind "$own" "$vip" "${@:3}"; }
each "the client is here" 'peer=lent local=$b1:8080
both 500000 ok
bye' here_tcp 81 who both=500000 half
each "the client is here: a conversation" 'peer=lent local=$b1:5300 answer=$vip
size 20000 ok' here_udp 54 who size=20000
each "the client is here: nobody listens" "status 3: refused: Connection refused" here_tcp 82 who
n=$((n + 1))
says "the client is here: no UDP server" "type=3 code=3 by=$VIP4 about=$VIP4:55" \
	here_udp 4 55 error
says "the client is here: no UDP server (IPv6)" "type=1 code=4 by=$VIP6 about=[$VIP6]:55" \
	here_udp 6 55 error
each "the backend is here" 'peer=lent local=$here:8080
both 500000 ok
bye' lent_tcp 85 who both=500000 half
each "the backend is here: a conversation" 'peer=lent local=$here:5300 answer=$vip
size 20000 ok' lent_udp 57 who size=20000
each "both are here" 'peer=lent local=$here:8080
both 500000 ok
bye' here_tcp 85 who both=500000 half
each "both are here: a conversation" 'peer=lent local=$here:5300 answer=$vip
size 20000 ok' here_udp 57 who size=20000

# --- ports that others have ------------------------------------------------------------------------

# borrow FAMILY COUNT: which ports as many new connections to b1 are lent, into $ports
borrow() {
	local i out
	names "$1" 81
	ports=
	for ((i = 0; i < $2; i++)); do
		out=$(talk_from client "$vip" who)
		out=${out%% local=*}
		ports+=" ${out##*:}"
	done
	ports=${ports# }
}
# after PORT N...: those that are so many after it
after() {
	local p=$1 i out=
	for i in "${@:2}"; do out+=" $((1024 + (p - 1024 + i) % 64512))"; done
	echo "${out# }"
}
for f in 4 6; do
	borrow $f 1
	last=$ports taken=$(after "$ports" 4)
	rm -f "$TMP/stop"
	launch local-$f.log bal client --bind "$here:$taken" "$b1:8080" who "until=$TMP/stop"
	wait_for grep -q peer= "$TMP/local-$f.log"
	borrow $f 6
	is "ports are lent in turn, but one that a socket of this host has with the backend (IPv$f)" \
		"$ports" "$(after "$last" 1 2 3 5 6 7)"
	: >"$TMP/stop"
	claim "whose connection is unharmed (IPv$f)" wait_for grep -q "all came through" \
		"$TMP/local-$f.log"
done

# A program here that would call a backend from a port that is lent is told so at once.
in_use() { sluice -j stats "$1" | jq ".\"client-in-use\""; }
for f in 4 6; do
	names $f 81
	rm -f "$TMP/stop"
	launch lent-$f.log client client "$vip" who "until=$TMP/stop"
	wait_for grep -q peer= "$TMP/lent-$f.log"
	p=$(<"$TMP/lent-$f.log") p=${p%% local=*} p=${p##*:}
	before=$(in_use "one${f#4}")
	says "a socket that wants a port that is lent is refused (IPv$f)" \
		"status 3: refused: Connection refused" talk_from bal --bind "$here:$p" "$b1:8080" who
	is "and counted (IPv$f)" "$(($(in_use "one${f#4}") - before))" 1
	: >"$TMP/stop"
	claim "whose flow is unharmed (IPv$f)" wait_for grep -q "all came through" "$TMP/lent-$f.log"
	says "when that is over the port is anybody's again (IPv$f)" "peer=$here:$p local=$b1:8080" \
		talk_from bal --bind "$here:$p" "$b1:8080" who
	names $f 54
	p=$(udp_from client "$vip" who) p=${p%% local=*} p=${p##*:}
	before=$(in_use "dns1${f#4}")
	says "a datagram from one is refused (IPv$f)" \
		"status 1: ConnectionRefusedError: [Errno 111] Connection refused" \
		udp_from bal --bind "$here:$p" "$b1:5300" who
	is "and counted (IPv$f)" "$(($(in_use "dns1${f#4}") - before))" 1
done

# --- the firewall of the balancer, and connection tracking -----------------------------------------

bal nft -f - <<-END || bail "nft refuses the rules"
	table inet t {
		counter new4 { }
		counter new6 { }
		counter back { }
		counter host { }
		counter invalid { }
		counter other { }
		chain input {
			type filter hook input priority 0; policy drop;
			meta l4proto { icmp, ipv6-icmp } accept
			counter name host
		}
		chain output {
			type filter hook output priority 0; policy drop;
			meta l4proto { icmp, ipv6-icmp } accept
			counter name host
		}
		chain forward {
			type filter hook forward priority 0; policy drop;
			ct state invalid counter name invalid drop
			meta l4proto { icmp, ipv6-icmp } ct state related accept
			iifname wan oifname lan ct state new,established th dport { 8080, 8099, 5300, 5399 } jump ours
			iifname lan oifname wan ct state established jump theirs
			counter name other
		}
		chain ours {
			ct state established ip saddr $HERE4 accept
			ct state established ip6 saddr $HERE6 accept
			ip saddr $HERE4 ip daddr 10.0.1.0/24 counter name new4 accept
			ip6 saddr $HERE6 ip6 daddr fd00:1::/64 counter name new6 accept
		}
		chain theirs {
			ip saddr 10.0.1.0/24 ip daddr $HERE4 counter name back accept
			ip6 saddr fd00:1::/64 ip6 daddr $HERE6 counter name back accept
		}
		chain post {
			type filter hook postrouting priority 200; policy drop;
			meta l4proto { icmp, ipv6-icmp } accept
			ct state new,established,related accept
			counter name other
		}
	}
END
before=$(asked b1)
each "policy drop: a connection" 'peer=lent local=$b1:8080
both 1000000 ok
bye' lent_tcp 81 who both=1000000 half
each "policy drop: the backend closes first" "closed by peer" tcp 81 peer-fin
each "policy drop: the backend resets" "reset" tcp 81 peer-rst
each "policy drop: nobody listens" "status 3: refused: Connection refused" tcp 82 who
each "policy drop: a conversation" 'peer=lent local=$b1:5300 answer=$vip
size 20000 ok
zero ok' lent_udp 54 who size=20000 zero
hears "policy drop: no UDP server" "type=3 code=3 by=$VIP4 $about4:55" udp 4 55 error
hears "policy drop: no UDP server (IPv6)" "type=1 code=4 by=$VIP6 $about6:55" udp 6 55 error
is "policy drop: nobody listens at the backend, and there is no server" \
	"$(($(asked b1) - before))" 4
size=200000
narrower "policy drop: the client's cable becomes narrower" client 1290 81
claim "policy drop: the backend is told" knows b1 "$HERE4" 1290
claim "policy drop: the backend is told (IPv6)" knows b1 "$HERE6" 1290
cable client 1500
claim "FORWARD sees this host call the backend" test "$(counter bal new4)" -ge 6
claim "FORWARD sees this host call the backend (IPv6)" test "$(counter bal new6)" -ge 6
claim "and the backend answer this host" test "$(counter bal back)" -ge 50
is "neither INPUT nor OUTPUT sees any of it" "$(counter bal host)" 0
is "nothing is invalid on its way" "$(counter bal invalid)" 0
is "nor is there anything that no rule is for" "$(counter bal other)" 0
n=$((n + 1))
rm -f "$TMP/go"
launch ct.log client client --bind "$CLIENT4:$n" "$VIP4:81" who "file=$TMP/go"
wait_for grep -q peer= "$TMP/ct.log"
p=$(<"$TMP/ct.log") p=${p%% local=*} p=${p##*:}
match "conntrack has a plain connection, from this host to the backend" \
	"src=$HERE4 dst=10.0.1.1 sport=$p dport=8080 .*src=10.0.1.1 dst=$HERE4 sport=8080 dport=$p .*ASSURED" \
	bal conntrack -L -p tcp --state ESTABLISHED
: >"$TMP/go"
bal nft delete table inet t

# --- how many ports there are ----------------------------------------------------------------------

# What nobody answers: only which ports it came from is noted.
sink() {
	ns b1 nft -f - <<-END || bail "nft refuses the rules"
		table inet sink {
			counter n_udp { }
			counter n_tcp { }
			set from_udp { type inet_service; flags dynamic; size 65536; }
			set from_tcp { type inet_service; flags dynamic; size 65536; }
			chain pre {
				type filter hook prerouting priority -290;
				ip saddr $HERE4 udp dport 5310 counter name n_udp add @from_udp { udp sport } drop
				ip saddr $HERE4 tcp dport 8110 tcp flags & (syn | rst) == syn \
					counter name n_tcp add @from_tcp { tcp sport } drop
				tcp dport 8110 drop
			}
		}
	END
}
# noted udp|tcp: packets, and from how many different ports
noted() {
	echo "$(ns b1 nft list counter inet sink "n_$1" | awk '$1 == "packets" { print $2 }') packets," \
		"$(ns b1 nft list set inet sink "from_$1" | grep -oE '\b[0-9]{4,5}\b' |
			grep -vx 65536 | sort -u | wc -l) ports"
}
# firsts udp|tcp CLIENT PORTS: so many connections by the VIP
firsts() { client python3 -S "$TOOLS/firsts.py" "$1" "$VIP4:90" "$2" "$3"; }
all=64512
sink
# Both where there is time: they differ in how a port is found to be free.
protos=(udp tcp)
[ -z "${SLUICE_SMALL:-}" ] || protos=(tcp)
for p in "${protos[@]}"; do
	service=sink
	[ "$p" = udp ] || service=sinktcp
	says "$p: $all connections at once" $all firsts "$p" 203.0.113.9 1024-65535
	is "$p: each has a port, and none has another's" "$(noted "$p")" "$all packets, $all ports"
	is "$p: nobody went without" "$(stat no-port "$service")" 0
	firsts "$p" 203.0.113.10 2000-2049 >"$TMP/claim.out"
	is "$p: 50 more do" "$(stat no-port "$service")" 50
	is "$p: and come to no backend" "$(noted "$p")" "$all packets, $all ports"
done
n=$((n + 1))
says "tcp: a client is refused then" "status 3: refused: Connection refused" tcp 4 90 who
each "ports with the same backend's other services are as they were" \
	'peer=lent local=$b1:8080' lent_tcp 81 who
for service in sink sinktcp; do
	sluice flow flush $service >"$TMP/claim.out" 2>&1 || cat "$TMP/claim.out"
done
ns b1 nft delete table inet sink
sink
# They are given back behind the last who may have seen them.
nap 0.5
before=$(stat no-port)
again=$(small $all 2000)
says "when all are gone there are others" "$again" \
	firsts tcp 203.0.113.9 $((65536 - again))-65535
is "each of which is lent once" "$(noted tcp)" "$again packets, $again ports"
is "and nobody goes without" "$(stat no-port)" "$before"

# --- what everybody has seen of it -----------------------------------------------------------------

claim "the client has seen the VIP" test "$(counter client vip)" -ge 1000
is "the client has seen nobody else" "$(counter client wrong)" 0
for b in b1 b2 b3; do
	claim "$b has seen the balancer" test "$(counter $b lent)" -ge 20
	is "$b has seen nobody else, and no port that is not lent" "$(counter $b wrong)" 0
done

# --- over one arm ----------------------------------------------------------------------------------

end_checks
printf 'netns del %s\n' "${NAMESPACES[@]}" | ip -batch - || bail "namespaces stay"
NAMESPACES=()
one_arm_net
lonely b1 b2
balance web tcp 80 b1:8080 b2:8080
balance one tcp 81 b1:8080
balance gone tcp 82 b1:8099
balance dns udp 54 b1:5300
balance dnsgone udp 55 b1:5399
redirects() { echo "$(mib bal IcmpOutRedirects) of IPv4, $(mib bal Icmp6OutRedirects) of IPv6"; }
before=$(redirects)
for f in 4 6; do
	names $f
	says "one arm: four connections: each backend has two (IPv$f)" "2 local=$b1:8080
2 local=$b2:8080" shares $f 80 4
done
each "one arm: much data, and the client closes its half" "peer=lent local=\$b1:8080
both $size ok
bye" lent_tcp 81 who "both=$size" half
each "one arm: the backend resets" "reset" tcp 81 peer-rst
each "one arm: nobody listens" "status 3: refused: Connection refused" tcp 82 who
each "one arm: a conversation" 'peer=lent local=$b1:5300 answer=$vip
size 20000 ok' lent_udp 54 who size=20000
hears "one arm: no UDP server" "type=3 code=3 by=$VIP4 about=$VIP4:55" udp 4 55 error
hears "one arm: no UDP server (IPv6)" "type=1 code=4 by=$VIP6 about=.$VIP6.:55" udp 6 55 error
# A client that backends could answer directly, were it not for the balancer's address: b3, and
# b1 itself
for h in b3 b1; do
	[ $h = b3 ] || { ip -n b1 route add "$VIP4" via 10.0.1.254 && ip -n b1 route add "$VIP6" via fd00:1::fe; }
	near() { names "$@"; lent talk_from "$h" -t 10 "$vip" "${@:3}"; }
	near_udp() { names "$@"; lent udp_from "$h" -t 10 "$vip" "${@:3}"; }
	each "one arm: $h, of the backends' network, is the client" 'peer=lent local=$b1:8080
both 100000 ok
bye' near 81 who both=100000 half
	each "one arm: $h has a conversation" 'peer=lent local=$b1:5300 answer=$vip
size 9000 ok' near_udp 54 who size=9000
done
is "one arm: nobody is told of a shorter way" "$(redirects)" "$before"

finish
