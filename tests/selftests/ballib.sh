# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the tests of balancing share, on top of lib.sh. Two networks, each in IPv4 and
# IPv6. bal_net, where the balancer has two arms:
#
#     client 203.0.113.7 (.8), 2001:db8:c::7
#       |
#       | cl 203.0.113.1, 2001:db8:c::1
#     router
#       | bl 10.0.0.254, fd00::fe
#       |
#       | wan 10.0.0.2, fd00::2; the VIP: 10.0.0.80, fd00::80; on lo: 192.0.2.80
#     bal
#       | lan 10.0.1.254, fd00:1::fe
#       |
#     sw (a bridge)
#       |-- b1 10.0.1.1, fd00:1::1
#       |-- b2 10.0.1.2, fd00:1::2
#       '-- b3 10.0.1.3, fd00:1::3
#           | far 10.0.2.3, fd00:2::3
#           |
#           b4 10.0.2.4, fd00:2::4
#
# one_arm_net, where all are on one wire and the balancer is everybody's router:
#
#     client 203.0.113.7 ---.           .--- b1 10.0.1.1, fd00:1::1
#     2001:db8:c::7         |-- sw -----|--- b2 10.0.1.2, fd00:1::2
#                           |           '--- b3 10.0.1.3, fd00:1::3
#                          bal eth0 203.0.113.1, 2001:db8:c::1, 10.0.1.254, fd00:1::fe
#                              the VIP: 203.0.113.80, 2001:db8:c::80
#
# Backends answer TCP at 8080 (server.py) and UDP at 5300 (udp.py); their names here are
# b1 to b4, and `here` for the balancer itself. In each namespace of a backend or of the
# client the device is eth0.

# Functions reach their callers by name, and expressions by eval.
# shellcheck disable=SC2317,SC2016,SC2034

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

export SLUICE_NS=bal
VIP4=10.0.0.80 VIP6=fd00::80 LO4=192.0.2.80
HERE4=10.0.1.254 HERE6=fd00:1::fe
export VIP4 VIP6 LO4 HERE4 HERE6

# --- networks --------------------------------------------------------------------------

# bal_hosts NAME...: namespaces. Those that route say so themselves.
bal_hosts() {
	local n
	NAMESPACES+=("$@")
	printf 'netns add %s\n' "$@" | ip -batch - || bail "no namespaces"
	for n; do
		# However often a claim makes somebody complain, he does.
		set_sysctl "$n" net.ipv6.conf.default.accept_dad=0 \
			net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
		ip -n "$n" link set lo up
	done
}

forwards() { set_sysctl "$1" net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1; }

# bal_wire: b1, b2, b3 and others, each at a port of the bridge that bears its name
bal_wire() {
	local n
	ip -n sw link add br0 type bridge forward_delay 0
	# Frames are not looked at by anybody in sw, whatever the kernel has.
	sw sysctl -eqw net.bridge.bridge-nf-call-iptables=0 net.bridge.bridge-nf-call-ip6tables=0
	ip -n sw link set br0 up
	for n; do
		ip link add eth0 netns "$n" type veth peer name "$n" netns sw ||
			bail "no wire to $n"
		ip -n sw link set "$n" master br0 up
	done
}

bal_backends() {
	local i
	for i in 1 2 3; do
		net_host "b$i" 10.0.1.254 fd00:1::fe "10.0.1.$i/24" "fd00:1::$i/64"
		server "b$i" 8080
		udp_server "b$i" 5300
	done
	closed_ports b1
}

sw() { ip netns exec sw "$@"; }
bal() { ip netns exec bal "$@"; }

# bal_net: the network with two arms, with the module loaded
bal_net() {
	bal_module
	bal_hosts client router bal sw b1 b2 b3 b4
	forwards router
	forwards bal
	forwards b3
	# Whoever judges sources by the route back must have nothing to say.
	set_sysctl bal net.ipv4.conf.all.rp_filter=1 net.ipv4.conf.default.rp_filter=1
	ip -batch - <<-END || bail "no network"
		link add eth0 netns client type veth peer name cl netns router
		link add bl netns router type veth peer name wan netns bal
		link add far netns b3 type veth peer name eth0 netns b4
	END
	bal_wire b1 b2 b3
	ip link add lan netns bal type veth peer name bal netns sw
	ip -n sw link set bal master br0 up
	{
		printf 'link set %s up\n' wan lan
		addr_lines wan 10.0.0.2/24 fd00::2/64 "$VIP4/32" "$VIP6/128"
		addr_lines lo "$LO4/32"
		addr_lines lan 10.0.1.254/24 fd00:1::fe/64
		printf 'route add default via %s\n' 10.0.0.254 fd00::fe
		echo route add 10.0.2.0/24 via 10.0.1.3
		echo route add fd00:2::/64 via fd00:1::3
	} | ip -n bal -batch - || bail "no network in bal"
	{
		printf 'link set %s up\n' cl bl
		addr_lines cl 203.0.113.1/24 2001:db8:c::1/64
		addr_lines bl 10.0.0.254/24 fd00::fe/64
		printf 'route add %s via 10.0.0.2\n' 10.0.1.0/24 10.0.2.0/24 "$LO4"
		printf 'route add %s via fd00::2\n' fd00:1::/64 fd00:2::/64
	} | ip -n router -batch - || bail "no network in router"
	net_host client 203.0.113.1 2001:db8:c::1 203.0.113.7/24 203.0.113.8/24 2001:db8:c::7/64
	bal_backends
	{
		echo link set far up
		addr_lines far 10.0.2.3/24 fd00:2::3/64
	} | ip -n b3 -batch - || bail "no network in b3"
	net_host b4 10.0.2.3 fd00:2::3 10.0.2.4/24 fd00:2::4/64
	server b4 8080
	udp_server b4 5300
	bal_ready
}

# one_arm_net: the network with one arm. All sysctls are as they come.
one_arm_net() {
	VIP4=203.0.113.80 VIP6=2001:db8:c::80
	bal_module
	bal_hosts client bal sw b1 b2 b3
	forwards bal
	bal_wire client bal b1 b2 b3
	{
		printf 'link set %s up\n' eth0
		addr_lines eth0 203.0.113.1/24 2001:db8:c::1/64 10.0.1.254/24 fd00:1::fe/64 \
			"$VIP4/32" "$VIP6/128"
	} | ip -n bal -batch - || bail "no network in bal"
	net_host client 203.0.113.1 2001:db8:c::1 203.0.113.7/24 2001:db8:c::7/64
	bal_backends
	bal_ready
}

# closed_ports NS: counts what comes to ports where nobody is, TCP 8099 and UDP 5399, so
# that who refuses is known to be the backend. asked NS: how much that was
closed_ports() {
	ip netns exec "$1" nft -f - <<-END || bail "nft refuses the rules"
		table inet closed {
			counter asked { }
			chain in {
				type filter hook input priority -10;
				tcp dport 8099 counter name asked
				udp dport 5399 counter name asked
			}
		}
	END
}
asked() { counter "$1" asked closed; }

# bal_ready: everybody has met their router, so that nothing that follows waits for ARP
bal_ready() {
	local a
	for a in 10.0.1.1 fd00:1::1 10.0.1.2 fd00:1::2 10.0.1.3 fd00:1::3; do
		wait_for -t 10 client ping -c 1 -W 1 "$a" || bail "$a is not reached"
	done
}

# cable NAME MTU: both its ends
cable() {
	case $1 in
	client)	ip -n client link set eth0 mtu "$2" && ip -n router link set cl mtu "$2" ;;
	wan)	ip -n router link set bl mtu "$2" && ip -n bal link set wan mtu "$2" ;;
	lan)	ip -n bal link set lan mtu "$2" && ip -n sw link set bal mtu "$2" &&
			ip -n sw link set b1 mtu "$2" && ip -n b1 link set eth0 mtu "$2" ;;
	back)	ip -n router link set bk mtu "$2" && ip -n sw link set router mtu "$2" ;;
	far)	ip -n b3 link set far mtu "$2" && ip -n b4 link set eth0 mtu "$2" ;;
	esac || bail "no MTU of $2 for $1"
}

# offload on|off...: at every end of a cable between client and b1
offload() {
	local on
	for on in client:eth0 router:cl router:bl bal:wan bal:lan sw:bal sw:b1 b1:eth0; do
		ip netns exec "${on%:*}" ethtool -K "${on#*:}" "$@" >"$TMP/claim.out" 2>&1 || return
	done
}

# gro forwarding|list|off: whether devices merge datagrams that come one behind another, and
# how; nobody sends them as one then. What is merged when it comes to the balancer is counted,
# in inet merge.
gro() {
	local forwarding=off list=off segments=off
	case $1 in
	forwarding)	forwarding=on ;;
	list)	list=on ;;
	off)	segments=on ;;
	esac
	offload tx on gro on rx-udp-gro-forwarding $forwarding rx-gro-list $list \
		tx-udp-segmentation $segments || bail "offloads are not those of GRO, $1"
	bal nft delete table inet merge 2>/dev/null
	[ "$1" = off ] || bal nft -f - <<-END || bail "nft refuses the rules"
		table inet merge {
			counter merged { }
			chain raw {
				type filter hook prerouting priority -450;
				meta l4proto udp meta length > 1500 counter name merged
			}
		}
	END
}

# bad_cables NS:DEVICE...: much that goes out there is lost, comes twice or in another order
bad_cables() {
	local at
	for at; do
		ip netns exec "${at%:*}" tc qdisc add dev "${at#*:}" root netem \
			loss 15% duplicate 10% reorder 20% delay 2ms || bail "no netem"
	done
}
good_cables() {
	local at
	for at; do ip netns exec "${at%:*}" tc qdisc del dev "${at#*:}" root; done
}

# knows HOST ADDRESS MTU: as the host has heard
knows() { ip -n "$1" route get "$2" | grep -qw "mtu $3"; }

# --- services --------------------------------------------------------------------------

# at FAMILY NAME[:PORT]: a backend as an address
at() {
	local host=${2%%:*} port='' a
	[ "$host" = "$2" ] || port=:${2#*:}
	case $1$host in
	4here)	a=$HERE4 ;;
	6here)	a=$HERE6 ;;
	4b4)	a=10.0.2.4 ;;
	6b4)	a=fd00:2::4 ;;
	4*)	a=10.0.1.${host#b} ;;
	6*)	a=fd00:1::${host#b} ;;
	esac
	[ "$1" = 4 ] || [ -z "$port" ] || a="[$a]"
	echo "$a$port"
}

# balance NAME tcp|udp PORT[-PORT] BACKEND[:PORT]...: services NAME and NAME6 at the VIP
# of either family
balance() {
	balance_at 4 "$1" "$2" "$VIP4:$3" "${@:4}"
	balance_at 6 "${1}6" "$2" "[$VIP6]:$3" "${@:4}"
}

# balance_at FAMILY NAME tcp|udp ADDRESS:PORT[-PORT] BACKEND[:PORT]...: one service
balance_at() {
	local family=$1 name=$2 b out
	if [ -n "${BAL_WITH:-}" ]; then
		"balance_with_$BAL_WITH" "$family" "${@:3}"
		return
	fi
	service "$name" "$3" "$4" scheduler rr forward "${BAL_FORWARD:-nat}"
	for b in "${@:5}"; do
		out=$(sluice backend add "$name" "$(at "$family" "$b")" 2>&1) ||
			bail "backend add $name $b: $out"
	done
}

# bal_module, only_sluice TEXT: what is different where something else balances
if [ -n "${BAL_WITH:-}" ]; then
	. "$(dirname "${BASH_SOURCE[0]}")/balwith.sh"
else
	bal_module() { module_load; }
	only_sluice() { :; }
fi

# pooled NAME METHOD PORT BACKEND[:PORT]...: services NAME4 and NAME6 at the VIPs that take
# headers of POOLED_BY from the router and have a pool; its other options are POOLED
POOLED=() POOLED_BY=tcp
pooled() {
	local f vip b out proto=udp
	[ "$POOLED_BY" != tcp ] || proto=tcp
	for f in 4 6; do
		vip=$VIP4
		[ $f = 4 ] || vip="[$VIP6]"
		service "$1$f" $proto "$vip:$3" accept-proxy "$POOLED_BY" trust 10.0.0.254,fd00::fe \
			scheduler rr forward "$2" "${POOLED[@]}"
		for b in "${@:4}"; do
			out=$(sluice backend add "$1$f" "$(at $f "$b")" 2>&1) ||
				bail "backend add $b: $out"
		done
	done
}

# vip_alone NS...: clients that may see nobody but the service. They count, in inet t, what
# comes from the VIP (vip) and from anybody else (wrong).
vip_alone() {
	local h
	for h; do
		ip netns exec "$h" nft -f - <<-END || bail "nft refuses the rules"
			table inet t {
				counter wrong { }
				counter vip { }
				chain pre {
					type filter hook prerouting priority -300;
					meta l4proto { tcp, udp } ip saddr $VIP4 counter name vip accept
					meta l4proto { tcp, udp } ip6 saddr $VIP6 counter name vip accept
					meta l4proto { tcp, udp } counter name wrong
				}
			}
		END
	done
}

# --- peers -------------------------------------------------------------------------------

# udp_server NS [OPTION...] PORT: its log is $TMP/udp-NS-PORT.log
udp_server() {
	local n=$1 port=${*: -1} said
	shift
	said=$(agent "$n" "$TMP/udp-$n-$port.log" udp serve "$@")
	[[ $said == "pid "* ]] || bail "UDP server on $n:$port does not start: $said"
	PIDS+=("${said#pid }")
}

# dnsmasq_up NS [OPTION...]: it knows small.test, and logs who asks in $TMP/dns-NS.log
dnsmasq_up() {
	spawn "dnsmasq-$1.log" ip netns exec "$1" dnsmasq -k -C /dev/null --user=root --group=root \
		--pid-file= --no-resolv --no-hosts --log-queries=extra --log-facility="$TMP/dns-$1.log" \
		--host-record=small.test,192.0.2.1 "${@:2}"
	wait_for listening "$1" 53 || { cat "$TMP/dnsmasq-$1.log"; bail "dnsmasq does not start"; }
}

# udp_from NS [OPTION...] ADDR:PORT COMMAND...: a conversation
udp_from() {
	local n=$1 out
	shift
	out=$(agent "$n" - udp talk "$@") || return 99
	[ "${out%$'\n'*}" = "$out" ] || echo "${out%$'\n'*}"
	return "${out##*$'\n'}"
}

# names FAMILY [PORT]: sets what things are called in a family: $me the client at port $n,
# $vip the service, $ip the VIP alone, $b1 to $b4 and $here, to which :PORT is added.
# Without a process, as all that is said hundreds of times.
names() {
	if [ "$1" = 4 ]; then
		me=$CLIENT4:$n ip=$VIP4 vip=$VIP4:${2:-}
		b1=10.0.1.1 b2=10.0.1.2 b3=10.0.1.3 b4=10.0.2.4 here=$HERE4
	else
		me=[$CLIENT6]:$n ip=$VIP6 vip=[$VIP6]:${2:-}
		b1="[fd00:1::1]" b2="[fd00:1::2]" b3="[fd00:1::3]" b4="[fd00:2::4]" here="[$HERE6]"
	fi
}

# tcp FAMILY PORT [COMMAND...], udp FAMILY PORT [COMMAND...]: from the client to the VIP,
# from its address and port $n; opts are more options of the program's
n=5000
opts=()
tcp() {
	names "$1" "$2"
	talk_from client -t 20 "${opts[@]}" --bind "$me" "$vip" "${@:3}"
}
udp() {
	names "$1" "$2"
	udp_from client -t 10 "${opts[@]}" --bind "$me" "$vip" "${@:3}"
}

# told_udp FAMILY PORT HEADER [COMMAND...]: from the router, or $from, with headers that name
# the client; as=@PORT is the client by another port
from=router
told_udp() {
	local -a say=("${@:4}")
	names "$1" "$2"
	udp_from "$from" -t 5 "${opts[@]}" --header "$3" --client "$me" "$vip" \
		"${say[@]/#as=@/as=${me%:*}:}"
}

# told_local FAMILY PORT HEADER [COMMAND...]: headers name nobody; the sender's port is $n
lbs=([4]=10.0.0.254 [6]="[fd00::fe]")
told_local() {
	names "$1" "$2"
	udp_from router -t 5 "${opts[@]}" --bind "${lbs[$1]}:$n" --header "$3" "$vip" "${@:4}"
}

# inside FAMILY PORT none|sum: a datagram of the client's with a header inside whose checksum is
# left to the last device (inside.py), which is the balancer's, by software: who takes it in
# believes what is left, and so would not see that another sum is wrong
inside() {
	local mac
	names "$1" "$2"
	bal ethtool -K lan tx off >/dev/null 2>&1
	mac=$(router cat /sys/class/net/cl/address)
	client python3 "$TOOLS/inside.py" eth0 "$mac" "$me" "$vip" "$3"
	bal ethtool -K lan tx on >/dev/null 2>&1
}

# each TEXT WANT COMMAND PORT [ARGUMENT...]: says, of tcp, udp or another COMMAND FAMILY
# PORT..., in both families, each from a port of its own. Names in WANT are those of names.
each() {
	local text=$1 want=$2 f
	shift 2
	for f in 4 6; do
		n=$((n + 1))
		names $f "$2"
		[ $f = 4 ] || text="$text (IPv6)"
		eval "says \"\$text\" \"$want\" \"\$1\" $f \"\${@:2}\""
	done
}

# shares FAMILY PORT COUNT: who took so many connections from the client, as it says
shares() {
	local i all=
	names "$1" "$2"
	for ((i = 1; i <= $3; i++)); do
		all+=$(talk_from client -t 10 "$vip" who)$'\n'
	done
	awk 'NF { n[$2]++ } END { for (i in n) print n[i], i }' <<<"$all" | sort -k 2
}

# turns FAMILY PORT COUNT NS ADDRESS PORTS: who took so many connections from NS of those
# that saw the client at ADDRESS, its ports being PORTS + 1 and on
turns() {
	local i all=
	names "$1" "$2"
	for ((i = 1; i <= $3; i++)); do
		all+=$(talk_from "$4" -t 10 --bind "$5:$(($6 + i))" "$vip" who)" $5:$(($6 + i))"$'\n'
	done
	awk '$1 == "peer=" $3 { n[$2]++ } END { for (i in n) print n[i], i }' <<<"$all" | sort
}

# hears TEXT WANT COMMAND FAMILY PORT [ARGUMENT...]: what comes of it matches WANT, which
# has names, whatever its exit status
hears() {
	local text=$1 want=$2
	shift 2
	n=$((n + 1))
	names "$2" "$3"
	eval "match \"\$text\" \"^$want\" said \"\$@\""
}
said() { "$@" || :; }

twice() { [ "$(grep -c "both $size ok" "$TMP/$1")" = 2 ]; }
# narrower NAME CABLE MTU PORT: in the middle of a connection, which carries $size twice
narrower() {
	local f
	rm -f "$TMP/go"
	for f in 4 6; do
		n=$((n + 1))
		names $f "$4"
		launch mtu-$f.log client client -t 30 --bind "$me" "$vip" \
			"both=$size" "file=$TMP/go" "both=$size"
	done
	for f in 4 6; do
		wait_for grep -q "both $size ok" "$TMP/mtu-$f.log"
	done
	cable "$2" "$3"
	: >"$TMP/go"
	for f in 4 6; do
		claim "$1: a connection goes on (IPv$f)" wait_for -t 15 twice mtu-$f.log
	done
}

# --- sinks ---------------------------------------------------------------------------------

# bal_sinks: ten more addresses of b1, 10.0.1.11 to .20 and fd00:1::11 to ::20, whom nobody
# gets an answer from: h1 to h10, backends of conversations with clients by the thousand. At
# port 5321 one may, of who serves it.
HOSTS=(1 2 3 4 5 6 7 8 9 10)
bal_sinks() {
	local i
	for i in "${HOSTS[@]}"; do
		addr_lines eth0 "10.0.1.$((10 + i))/24" "fd00:1::$((10 + i))/64"
	done | ip -n b1 -batch - || bail "no addresses"
	ns b1 nft -f - <<-END || bail "nft refuses the rules"
		table inet sink {
			set seen4 { type ipv4_addr . ipv4_addr; flags dynamic; size 65536; }
			set seen6 { type ipv6_addr . ipv6_addr; flags dynamic; size 65536; }
			set ports4 { type ipv4_addr . inet_service . ipv4_addr; flags dynamic; size 65536; }
			set ports6 { type ipv6_addr . inet_service . ipv6_addr; flags dynamic; size 65536; }
			chain pre {
				type filter hook prerouting priority -300;
				udp dport 5320 add @seen4 { ip saddr . ip daddr } drop
				udp dport 5320 add @seen6 { ip6 saddr . ip6 daddr } drop
				udp dport 5321 add @seen4 { ip saddr . ip daddr }
				udp dport 5321 add @seen6 { ip6 saddr . ip6 daddr }
				udp dport 5322 add @ports4 { ip saddr . udp sport . ip daddr } drop
				udp dport 5322 add @ports6 { ip6 saddr . udp sport . ip6 daddr } drop
			}
		}
	END
}
h() { [ "$1" = 4 ] && echo "10.0.1.$((10 + $2)):5320" || echo "[fd00:1::$((10 + $2))]:5320"; }

# pool NAME tcp|udp ADDRESS:PORT "OPTION..." "BACKEND OPTION..."...: a service with its pool
pool() {
	local b out
	# shellcheck disable=SC2086	# lists
	service "$1" "$2" "$3" $4
	for b in "${@:5}"; do
		# shellcheck disable=SC2086
		out=$(sluice backend add "$1" $b 2>&1) || bail "backend add $1 $b: $out"
	done
}
# clients FAMILY PORT COUNT: a datagram from each of so many clients, from a port of their own
clients() {
	local first=198.18.0.0 last to=$VIP4:$2
	last=198.18.$((($3 - 1) / 256)).$((($3 - 1) % 256))
	n=$((n + 1))
	if [ "$1" = 6 ]; then
		first=2001:db8:f:: last=2001:db8:f::$(printf %x $(($3 - 1))) to=[$VIP6]:$2
	fi
	ns b1 nft flush set inet sink "seen$1"
	client python3 -S "$TOOLS/firsts.py" udp "$to" "$first-$last" "$n" >"$TMP/claim.out"
}
# seen FAMILY: a line for each of these clients, with the backend that had it
seen() {
	ns b1 nft list set inet sink "seen$1" | grep -oE '[0-9a-f.:]+ \. [0-9a-f.:]+' | sort
}
# taken FAMILY: how many clients each backend had, in the order of their addresses
taken() {
	seen "$1" | awk '{ n[$3]++ } END { for (i in n) print i, n[i] }' | sort |
		awk '{ printf "%s%s", s, $2; s = " " } END { print "" }'
}
# within LOW HIGH NUMBER...: all of them are
within() {
	local i
	for i in "${@:3}"; do [ "$i" -ge "$1" ] && [ "$i" -le "$2" ] || return; done
	[ $# -ge 3 ]
}

# health_up COMMAND...: the daemon that checks, until it answers; sets DAEMON
health_up() {
	spawn health.log "$@"
	DAEMON=$!
	wait_for eval '! sluice health show 2>&1 | grep -q "nobody checks"' ||
		{ cat "$TMP/health.log"; bail "the daemon does not start"; }
}

# health POOL ADDRESS PORT up|down|unknown: what a daemon that checks health says
health() {
	bal python3 - "$@" <<-END
		import sys
		sys.path.insert(0, "$TOOLS")
		import slnl
		pool, addr, port, health = sys.argv[1:]
		slnl.Sluice().do("set-backend", {"pool": pool, "addr": addr, "port": int(port), "health": health})
	END
}

# counter NS NAME [TABLE]: packets of a named counter of table inet TABLE, or t
counter() {
	ip netns exec "$1" nft -j list counter inet "${3:-t}" "$2" |
		jq '.nftables[].counter? | numbers // .packets // empty'
}

# mib NS NAME: a counter of the network stack
mib() { ip netns exec "$1" nstat -asz "$2" | awk -v n="$2" '$1 == n { print $2 }'; }
# sum_mib "HOST..." COUNTER...: of all of them
sum_mib() {
	local host what sum=0
	for host in $1; do
		for what in "${@:2}"; do sum=$((sum + $(mib "$host" "$what"))); done
	done
	echo $sum
}

# --- backends that answer past the balancer ------------------------------------------------------

# direct_net HOST...: of the network with two arms. The backends have a router to the client
# that is not the balancer, the VIPs on lo, of which they speak to nobody, and an end of each
# tunnel there is. b3 is b4's router, and so has none where b4 does: it would not believe its
# answers. DIRECT_ROUTED names those that get that router, usually all.
direct_net() {
	local h
	modprobe -qa ipip sit ip6_tunnel fou fou6
	ip link add bk netns router type veth peer name router netns sw ||
		bail "no second arm of the router"
	ip -n sw link set router master br0 up
	{
		echo link set bk up
		addr_lines bk 10.0.1.253/24 fd00:1::fd/64
		# Nothing of theirs goes by the balancer.
		printf 'route del %s via 10.0.0.2\n' 10.0.1.0/24 10.0.2.0/24
		printf 'route del %s via fd00::2\n' fd00:1::/64 fd00:2::/64
		echo route add 10.0.2.0/24 via 10.0.1.3
		echo route add fd00:2::/64 via fd00:1::3
	} | ip -n router -batch - || bail "no second arm of the router"
	for h; do
		direct_backend "$h"
	done
	for h in ${DIRECT_ROUTED:-b1 b2 b3}; do
		{ ip -n "$h" route replace default via 10.0.1.253 &&
			ip -n "$h" -6 route replace default via fd00:1::fd; } || bail "no router of $h's"
	done
}

direct_backend() {
	local t
	set_sysctl "$1" net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2
	addr_lines lo "$VIP4/32" "$VIP6/128" "$LO4/32" | ip -n "$1" -batch - || bail "no VIP on $1"
	{
		echo link add v4in4 type ipip local "$(at 4 "$1")"
		echo link add v6in4 type sit local "$(at 4 "$1")"
		echo link add in6 type ip6tnl mode any local "$(at 6 "$1" | tr -d '[]')"
		printf 'link set %s up\n' v4in4 v6in4 in6
	} | ip -n "$1" -batch - || bail "no tunnels on $1"
	{ ip netns exec "$1" ip fou add port 6080 gue &&
		ip netns exec "$1" ip -6 fou add port 6080 gue; } || bail "no gue on $1"
}
