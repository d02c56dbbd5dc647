#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 60
# limit: 600
#
# Which backend gets a connection: the schedulers, and what an administrator says of backends,
# weights, states, limits, a pool that stands in. Seen by backends: by TCP's servers, and for
# clients by the thousand by who has sent what to which address.
#
#     client (client.py, udp.py, firsts.py) -- router -- bal -- b1, b2, b3 (server.py, nft)
#
# The network is drawn in ballib.sh: the one with two arms, with sinks h1 to h10.

# shellcheck disable=SC2317,SC2016,SC2034,SC2154	# called by name, evaluated later
. "$(dirname "$0")/ballib.sh"

bal_net
bal_sinks
for i in 1 2 3 4 5 6; do addr_lines eth0 "203.0.113.$((20 + i))/24"; done |
	ip -n client -batch - || bail "no addresses"
b1=10.0.1.1:8080 b2=10.0.1.2:8080 b3=10.0.1.3:8080
d1=10.0.1.1:5300 d2=10.0.1.2:5300

# --- in turn ---------------------------------------------------------------------------------

pool rr tcp "$VIP4:80" "scheduler rr" $b1 $b2 $b3
says "rr: nine connections, three each" "3 local=$b1
3 local=$b2
3 local=$b3" shares 4 80 9
pool wrr tcp "$VIP4:81" "scheduler wrr" "$b1 weight 5" "$b2 weight 3" "$b3 weight 1"
says "wrr: 18 connections by weights 5, 3, 1" "10 local=$b1
6 local=$b2
2 local=$b3" shares 4 81 18
talk_from client "$VIP4:81" who >"$TMP/claim.out"
says "wrr: any nine in a row" "5 local=$b1
3 local=$b2
1 local=$b3" shares 4 81 9
sluice backend set wrr $b1 weight 1 && sluice backend set wrr $b2 weight 2 &&
	sluice backend set wrr $b3 weight 1
says "wrr: by other weights, 1, 2, 1" "2 local=$b1
4 local=$b2
2 local=$b3" shares 4 81 8
for f in 4 6; do
	vip=$VIP4:81
	[ $f = 4 ] || vip=[$VIP6]:81
	pool wrr-udp-$f udp "$vip" "scheduler wrr" "$(h $f 1) weight 500" "$(h $f 2) weight 300" \
		"$(h $f 3) weight 100"
	clients $f 81 900
	is "wrr: 900 conversations by weights 500, 300, 100 (IPv$f)" "$(taken $f)" "500 300 100"
done

# --- at random, and by how many there are ----------------------------------------------------------

few=$(small 9000 3000)
pool random udp "$VIP4:82" "scheduler random" "$(h 4 1) weight 2" "$(h 4 2)" "$(h 4 3) weight 0"
clients 4 82 "$few"
# Six standard deviations of a third of them
read -r -a got < <(taken 4)
claim "random: two thirds to the one that weighs twice as much, but for chance: ${got[*]}" \
	within $((few * 2 / 3 - few / 30)) $((few * 2 / 3 + few / 30)) "${got[0]}"
is "random: all have one, and none has the one without weight" \
	"$((got[0] + got[1])) of ${#got[@]}" "$few of 2"
few=3000
pool lc udp "$VIP4:83" "scheduler lc" "$(h 4 1)" "$(h 4 2)" "$(h 4 3)"
clients 4 83 $few
is "lc: 3000 conversations, 1000 each" "$(taken 4)" "1000 1000 1000"
pool wlc udp "$VIP4:84" "scheduler wlc" "$(h 4 1) weight 3" "$(h 4 2) weight 1"
clients 4 84 4000
is "wlc: 4000 conversations by weights 3, 1" "$(taken 4)" "3000 1000"
pool p2c udp "$VIP4:85" "scheduler p2c" "$(h 4 1)" "$(h 4 2)" "$(h 4 3)"
clients 4 85 $few
read -r -a got < <(taken 4)
claim "p2c: 3000 conversations, 1000 each but for a few: ${got[*]}" within 990 1010 "${got[@]}"
sluice flow flush >"$TMP/claim.out" 2>&1

# hold NAME PORT: a connection that stays until goes_on NAME, and its backend in $at
hold() {
	rm -f "$TMP/go-$1"
	launch "hold-$1.log" client client -t 120 "$VIP4:$2" who "file=$TMP/go-$1" both=100000
	wait_for grep -q peer= "$TMP/hold-$1.log" || note "hold $1: $(<"$TMP/hold-$1.log")"
	at=$(<"$TMP/hold-$1.log")
	at=${at##*local=}
}
# goes_on TEXT NAME: it carries data, and ends
goes_on() {
	: >"$TMP/go-$2"
	claim "$1" wait_for grep -q "both 100000 ok" "$TMP/hold-$2.log"
}
# flows_of POOL: how many the backends have
flows_of() { sluice -j backend show "$1" | jq -r '[.[].flows | tostring] | join(" ")'; }

pool lc-tcp tcp "$VIP4:86" "scheduler lc" $b1 $b2 $b3
declare -A has=()
for i in 1 2 3 4 5 6; do
	hold lc$i 86
	has[$at]+=" lc$i"
done
is "lc: of six connections that stay each backend has two" \
	"$(wc -w <<<"${has[$b1]:-}") $(wc -w <<<"${has[$b2]:-}") $(wc -w <<<"${has[$b3]:-}")" "2 2 2"
for i in ${has[$b2]:-}; do goes_on "lc: one of b2's ends" "$i"; done
wait_for eval '[ "$(flows_of lc-tcp)" = "2 0 2" ]'
hold lc7 86
one=$at
hold lc8 86
is "lc: so the next two are b2's" "$one $at" "$b2 $b2"
for i in 1 2 3 4 5 6 7 8; do : >"$TMP/go-lc$i"; done
pool wlc-tcp tcp "$VIP4:87" "scheduler wlc" "$b1 weight 2" $b2
has=()
for i in 1 2 3 4 5 6; do
	hold wlc$i 87
	has[$at]+=" wlc$i"
done
is "wlc: of six connections that stay b1, of twice the weight, has four" \
	"$(wc -w <<<"${has[$b1]:-}") $(wc -w <<<"${has[$b2]:-}")" "4 2"
for i in 1 2 3 4 5 6; do : >"$TMP/go-wlc$i"; done

# --- who answers faster ------------------------------------------------------------------------------

sw tc qdisc add dev b1 root netem delay 200ms || bail "no netem"
pool ewma tcp "$VIP4:88" "scheduler ewma" $b1 $b2
slow=$(shares 4 88 12 | awk -v b="local=$b1" '$2 == b { slow = $1 } { all += $1 }
	END { print slow + 0, "of", all }')
claim "ewma: of two backends the slow one has few connections: $slow" \
	within 0 3 "${slow% of 12}"
sw tc qdisc del dev b1 root
match "ewma is refused for udp" "scheduler.*measures handshakes, which only tcp has" \
	said sluice service add fast udp "$VIP4:88" scheduler ewma
status "as the kernel's refusal" 2 sluice service add fast udp "$VIP4:88" scheduler ewma
match "and for the pool of a service for udp" "measures handshakes, which only tcp has" \
	said sluice pool set p2c scheduler ewma
match "which is as it was" "scheduler p2c" sluice pool show p2c

# --- by the client -----------------------------------------------------------------------------------

many=$(small 5000 1000)
# moved A B: how many lines differ between what two rounds have seen
moved() { comm -23 "$TMP/$1" "$TMP/$2" | wc -l; }
round() { clients "$f" "$1" "$many"; seen "$f" >"$TMP/$2"; }
keeps() {
	local s=$1 port=$2 f=$3 i own vip=$VIP4:$2 backends=()
	[ "$f" = 4 ] || vip=[$VIP6]:$2
	for i in "${HOSTS[@]}"; do backends+=("$(h "$f" "$i")"); done
	pool "$s-$f" udp "$vip" "scheduler $s" "${backends[@]}"
	round "$port" first
	is "$s: each client has a backend, and one (IPv$f)" "$(wc -l <"$TMP/first")" "$many"
	read -r -a got < <(taken "$f")
	claim "$s: backends have as many, but for chance: ${got[*]} (IPv$f)" \
		within $((many * 5 / 100)) $((many * 15 / 100)) "${got[@]}"
	is "$s: all ten of them (IPv$f)" "${#got[@]}" 10
	round "$port" again
	is "$s: a client stays with its backend (IPv$f)" "$(moved first again)" 0
	own=$(h "$f" 3)
	own=${own%:5320} own=${own#[} own=${own%]}
	grep -vE " $own\$" "$TMP/first" >"$TMP/others"
	sluice backend set "$s-$f" "$(h "$f" 3)" state down
	round "$port" down
	is "$s: while one is down, all others' clients stay (IPv$f)" "$(moved others down)" 0
	is "$s: and it has none (IPv$f)" "$(grep -cE " $own\$" "$TMP/down")" 0
	is "$s: for its own have others (IPv$f)" "$(wc -l <"$TMP/down")" "$many"
	claim "$s: all of these (IPv$f)" test "$(comm -13 "$TMP/others" "$TMP/down" |
		awk '{ print $3 }' | sort -u | wc -l)" -eq 9
	sluice backend set "$s-$f" "$(h "$f" 3)" state up
	round "$port" up
	is "$s: when it is back, so are they (IPv$f)" "$(moved first up)" 0
}
keeps sh 90 4
keeps maglev 91 4
sluice backend del maglev-4 "$(h 4 3)"
f=4
round 91 gone
claim "maglev: when one is removed, its clients move and 1 % of the others at most: $(moved others gone)" \
	within 0 $((many / 100)) "$(moved others gone)"
sluice backend add maglev-4 "$(h 4 3)"
round 91 back
is "maglev: when it is added again, all are where they were" "$(moved first back)" 0
sluice backend add maglev-4 10.0.1.1:5320
round 91 more
comm -13 "$TMP/first" "$TMP/more" >"$TMP/moves"
claim "maglev: one more takes its part" \
	within $((many * 5 / 100)) $((many * 14 / 100)) "$(grep -c ' 10\.0\.1\.1$' "$TMP/moves")"
claim "maglev: and moves 1 % beside at most: $(grep -vc ' 10\.0\.1\.1$' "$TMP/moves")" \
	within 0 $((many / 100)) "$(grep -vc ' 10\.0\.1\.1$' "$TMP/moves")"
keeps maglev 92 6
sluice flow flush >"$TMP/claim.out" 2>&1
# by_address PORT: each of six clients' backends, for three connections
by_address() {
	local i j out
	for i in 1 2 3 4 5 6; do
		for j in 1 2 3; do
			out=$(talk_from client -t 10 --bind "203.0.113.$((20 + i)):0" "$VIP4:$1" who)
			echo "$i ${out##*local=}"
		done
	done | sort | uniq -c | awk '{ print $1, $2, $3 }'
}
for s in sh maglev; do
	port=93
	[ $s = sh ] || port=94
	pool $s-tcp tcp "$VIP4:$port" "scheduler $s" $b1 $b2 $b3
	by_address $port >"$TMP/first"
	is "$s: three connections of a client's have one backend" \
		"$(awk '{ print $1 }' "$TMP/first" | xargs)" "3 3 3 3 3 3"
	sluice backend set $s-tcp $b1 state drain
	by_address $port >"$TMP/drain"
	is "$s: while b1 is drained, the others' clients stay" \
		"$(grep -v $b1 "$TMP/first" | grep -vxFf "$TMP/drain")" ""
	is "$s: and it gets none" "$(grep -c $b1 "$TMP/drain")" 0
done

# --- by what a pool says of client and service --------------------------------------------------------

for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
	addr_lines wan "10.0.0.$((80 + i))/32" "$(printf 'fd00::8%x/128' "$i")"
done | ip -n bal -batch - || bail "no addresses"
# asks FAMILY ADDRESS:PORT PORTS: datagrams from these ports of two clients', none of which had a
# conversation before
asks() {
	client python3 -S "$TOOLS/firsts.py" udp "$2" "$one" "$3" >"$TMP/claim.out"
	client python3 -S "$TOOLS/firsts.py" udp "$2" "$two" "$3" >"$TMP/claim.out"
}
# by_port FAMILY CLIENT: a line for each of its ports, with the backend that had it; wait for so many
by_port() {
	ns b1 nft list set inet sink "ports$1" | grep -oE '[0-9a-f.:]+ \. [0-9]+ \. [0-9a-f.:]+' |
		awk -v c="$2" '$1 == c { print $3, $5 }' | sort -n
}
come() { wait_for eval '[ "$(by_port '"$1"' "$two" | wc -l)" -ge '"$2"' ]' || note "not all came"; }
homes() { by_port "$@" | awk '{ print $2 }' | sort -u | wc -l; }
# hashed POOL FIELDS: by other words from now on, and what came by those before is forgotten
hashed() {
	sluice pool set "$1" hash "$2" || bail "hash $2 is refused"
	ns b1 nft flush set inet sink "ports$f"
}
everywhere=()
for f in 4 6; do
	for i in "${HOSTS[@]}"; do
		own=$(h "$f" "$i")
		everywhere+=("${own%0}2")
	done
done
pool anywhere udp "*:5481" "scheduler sh hash dst" "${everywhere[@]}"
for f in 4 6; do
	one=198.18.7.1 two=198.18.7.2 vip=$VIP4
	[ $f = 4 ] || one=2001:db8:f::701 two=2001:db8:f::702 vip="[$VIP6]"
	pool fields-$f udp "$vip:5401-5430" "scheduler maglev" \
		"${everywhere[@]:$((f == 4 ? 0 : 10)):10}"
	asks $f "$vip:5401" 20001-20200
	come $f 200
	is "hash src, the usual: all ports of a client have one backend (IPv$f)" \
		"$(homes $f $one) $(homes $f $two)" "1 1"
	hashed fields-$f src-port
	asks $f "$vip:5401" 21001-21200
	come $f 200
	claim "hash src-port: they have many (IPv$f)" within 8 10 "$(homes $f $one)"
	is "hash src-port: another client's have the same (IPv$f)" "$(by_port $f $two)" "$(by_port $f $one)"
	hashed fields-$f src-port,src
	asks $f "$vip:5401" 22001-22200
	come $f 200
	claim "hash src,src-port: they have many (IPv$f)" within 8 10 "$(homes $f $one)"
	claim "hash src,src-port: another client's have others (IPv$f)" \
		test "$(by_port $f $two)" != "$(by_port $f $one)"
	hashed fields-$f dst-port
	for ((i = 1; i <= 30; i++)); do asks $f "$vip:$((5400 + i))" $((23000 + i)); done
	come $f 30
	claim "hash dst-port: ports of a service have many (IPv$f)" within 4 10 "$(homes $f $one)"
	is "hash dst-port: each of them one (IPv$f)" "$(by_port $f $two)" "$(by_port $f $one)"
	hashed fields-$f dst-port
	asks $f "$vip:5401" 23101-23150
	come $f 50
	is "hash dst-port: whatever the client's port is (IPv$f)" "$(homes $f $one)" 1
	hashed anywhere dst
	for ((i = 0; i < 16; i++)); do
		to="10.0.0.$((80 + i))"
		[ $f = 4 ] || printf -v to '[fd00::8%x]' "$i"
		asks $f "$to:5481" $((24000 + i))
	done
	come $f 16
	claim "hash dst: addresses of a service have several (IPv$f)" within 3 10 "$(homes $f $one)"
	is "hash dst: each of them one (IPv$f)" "$(by_port $f $two)" "$(by_port $f $one)"

	# Where a header ends here
	pool header-$f tcp "$vip:103" \
		"accept-proxy trust 203.0.113.0/24,2001:db8:c::/64 scheduler maglev" \
		"$(at $f b1:8080)" "$(at $f b2:8080)" "$(at $f b3:8080)"
	net=198.51.100. end=''
	[ $f = 4 ] || net=[2001:db8:cc:: end=]
	# homes_of "CLIENT..." [DESTINATION]: how many backends have these clients
	homes_of() {
		local c
		for c in $1; do
			talk_from client -t 10 --v2 --client "$c" ${2:+--dest "$2"} "$vip:103" who
		done | awk '{ print $2 }' | sort -u | wc -l
	}
	named='' ports=''
	for ((i = 1; i <= 16; i++)); do
		named+="$net$i$end:$((5000 + i)) "
		ports+="${net}1$end:$((5000 + i)) "
	done
	claim "hash src: clients that headers name have several (IPv$f)" within 2 3 "$(homes_of "$named")"
	is "hash src: one client's connections have one (IPv$f)" \
		"$(homes_of "${net}1$end:1 ${net}1$end:2 ${net}1$end:3 ${net}1$end:4 ${net}1$end:5")" 1
	hashed header-$f src-port
	claim "hash src-port: the ports that headers name have several (IPv$f)" \
		within 2 3 "$(homes_of "$ports")"
	hashed header-$f dst,dst-port
	is "hash dst,dst-port: all that the sender connected to is one (IPv$f)" \
		"$(homes_of "$named" "${net}7$end:443")" 1
done

# --- on two balancers ------------------------------------------------------------------------------------

# The other one is between router and sw, too: 10.0.3.80 and fd00:3::80 are its VIP.
bal_hosts bal2
forwards bal2
ip -batch - <<-END || bail "no second balancer"
	link add bl2 netns router type veth peer name wan netns bal2
	link add lan netns bal2 type veth peer name bal2 netns sw
END
ip -n sw link set bal2 master br0 up
{
	printf 'link set %s up\n' wan lan
	addr_lines wan 10.0.3.2/24 fd00:3::2/64 10.0.3.80/32 fd00:3::80/128
	addr_lines lan 10.0.1.253/24 fd00:1::fd/64
	printf 'route add default via %s\n' 10.0.3.254 fd00:3::fe
} | ip -n bal2 -batch - || bail "no network in bal2"
{
	echo link set bl2 up
	addr_lines bl2 10.0.3.254/24 fd00:3::fe/64
} | ip -n router -batch - || bail "no way to bal2"
for a in 10.0.3.80 fd00:3::80; do
	wait_for -t 10 client ping -c 1 -W 1 "$a" || bail "$a is not reached"
done
bal2() { SLUICE_NS=bal2 "$@"; }
key=00112233445566778899aabbccddeeff
few=$(small 5000 500)
# differ PORT: $far, how many of so many clients the two send to different backends
differ() {
	clients "$f" "$1" "$few"
	seen "$f" >"$TMP/here"
	VIP4=10.0.3.80 VIP6=fd00:3::80 clients "$f" "$1" "$few"
	seen "$f" >"$TMP/there"
	[ "$(wc -l <"$TMP/here") $(wc -l <"$TMP/there")" = "$few $few" ] || note "some were lost"
	far=$(moved here there)
}
for f in 4 6; do
	for s in sh maglev; do
		port=104 there=10.0.3.80 vip=$VIP4
		[ $s = sh ] || port=105
		[ $f = 4 ] || there="[fd00:3::80]" vip="[$VIP6]"
		backends=() backwards=()
		for i in "${HOSTS[@]}"; do
			backends+=("$(h "$f" "$i") weight $((1 + i % 3))")
			backwards=("$(h "$f" "$i") weight $((1 + i % 3))" "${backwards[@]}")
		done
		pool twin-$s-$f udp "$vip:$port" "scheduler $s hash-key $key" "${backends[@]}"
		bal2 pool twin-$s-$f udp "$there:$port" "scheduler $s" "${backwards[@]}"
		differ "$port"
		claim "$s: with secrets of their own two balancers choose for themselves: $far (IPv$f)" \
			within $((few * 7 / 10)) "$few" "$far"
		bal2 sluice pool set twin-$s-$f hash-key $key || bail "no key"
		differ "$port"
		is "$s: with one they choose alike, in whatever order they list (IPv$f)" "$far" 0
		sluice backend set twin-$s-$f "$(h "$f" 4)" state down
		bal2 sluice backend set twin-$s-$f "$(h "$f" 4)" state down
		differ "$port"
		is "$s: also while one is down for both (IPv$f)" "$far" 0
		bal2 sluice pool set twin-$s-$f hash-key "${key/0/f}" || bail "no key"
		differ "$port"
		claim "$s: and with another key not: $far (IPv$f)" \
			within $((few * 7 / 10)) "$few" "$far"
		bal2 sluice pool set twin-$s-$f hash-key none || bail "no key"
		differ "$port"
		claim "$s: nor when one has its own again: $far (IPv$f)" \
			within $((few * 7 / 10)) "$few" "$far"
	done
done
match "text does not show a key" "hash-key \(set\)" sluice pool show twin-sh-4
is "JSON does" "$(sluice -j pool show twin-sh-4 | jq -r '.[0]."hash-key"')" "$key"
is "one of its own is nobody's to see" \
	"$(bal2 sluice -j pool show twin-sh-4 | jq -r '.[0] | has("hash-key")')" false
sluice flow flush >"$TMP/claim.out" 2>&1

# --- what the administrator says -----------------------------------------------------------------------

pool pair tcp "$VIP4:100" "scheduler rr" $b1 $b2
pool pairdns udp "$VIP4:100" "scheduler rr" $d1 $d2
# both_on NAME: a connection at b1, $held, and a conversation there, whose log is $talk
both_on() {
	local i
	for i in 1 2; do
		held=$1-$i
		hold "$held" 100
		[ "$at" != $b1 ] || break
		: >"$TMP/go-$held"
	done
	rm -f "$TMP/go-udp"
	for i in 1 2; do
		n=$((n + 1))
		talk=$TMP/$1-udp-$i.log
		launch "$1-udp-$i.log" client udp talk --bind "$CLIENT4:$n" "$VIP4:100" \
			who "file=$TMP/go-udp" who
		wait_for grep -q peer= "$talk"
		! grep -q "local=$d1 " "$talk" || break
	done
	is "$1: a connection and a conversation are b1's" \
		"$at $(grep -c "local=$d1 " "$talk")" "$b1 1"
}
# no_more TEXT leaves|stays: b1 gets nothing new; what it has stays, or conversations leave
no_more() {
	local to=$d1
	[ "$2" = stays ] || to=$d2
	says "$1: b1 gets no new connections" "4 local=$b2" shares 4 100 4
	says "$1: nor conversations" "local=$d2 4" udp_from client "$VIP4:100" many=4
	goes_on "$1: its connection goes on" "$held"
	: >"$TMP/go-udp"
	wait_for eval '[ "$(wc -l <"$talk")" -ge 2 ]'
	match "$1: its conversation $2" "local=$to " tail -n 1 "$talk"
}
# once_more TEXT
once_more() {
	says "$1: it has its turn again" "2 local=$b1
2 local=$b2" shares 4 100 4
	says "$1: with conversations, too" "local=$d1 2
local=$d2 2" udp_from client "$VIP4:100" many=4
}
for what in "weight 0" "state drain" "state down"; do
	both_on "${what// /-}"
	# shellcheck disable=SC2086	# an option and its value
	sluice backend set pair $b1 $what && sluice backend set pairdns $d1 $what
	how=stays
	[ "$what" != "state down" ] || how=leaves
	no_more "$what" $how
	sluice backend set pair $b1 weight 1 state up && sluice backend set pairdns $d1 weight 1 state up
	once_more "after $what"
done
both_on health
health pair "${b1%:*}" "${b1#*:}" down && health pairdns "${d1%:*}" "${d1#*:}" down
match "health says down" "health down" sluice backend show pair $b1
no_more "health down" leaves
health pair "${b1%:*}" "${b1#*:}" up && health pairdns "${d1%:*}" "${d1#*:}" up
once_more "after health down"
both_on removed
sluice backend del pair $b1 && sluice backend del pairdns $d1
no_more "a backend is removed" stays
sluice backend add pair $b1 && sluice backend add pairdns $d1
once_more "when it is added again"

# --- limits of a backend -------------------------------------------------------------------------------

pool limit tcp "$VIP4:101" "scheduler rr" "$b1 max-flows 2" "$b2 max-flows 1"
has=()
for i in 1 2 3; do
	hold max$i 101
	has[$at]+=" max$i"
done
is "max-flows: of three connections b1 takes two and b2 one" \
	"$(wc -w <<<"${has[$b1]:-}") $(wc -w <<<"${has[$b2]:-}")" "2 1"
counted "max-flows: there is none for a fourth" no-backend 1 talk_from client "$VIP4:101" who
status "max-flows: it is refused" 3 talk_from client "$VIP4:101" who
read -r i _ <<<"${has[$b1]:-}"
goes_on "max-flows: one of b1's ends" "$i"
wait_for eval '[ "$(flows_of limit)" = "1 1" ]'
match "max-flows: so there is room for one" "local=$b1" talk_from client "$VIP4:101" who
sluice backend set limit $b1 max-flows 1 && sluice backend set limit $b2 max-flows 0
says "max-flows: a lower one counts those that are there; with none b2 takes them all" \
	"3 local=$b2" shares 4 101 3
for i in 1 2 3; do : >"$TMP/go-max$i"; done
pool limitdns udp "$VIP4:101" "scheduler lc" "$(h 4 1) max-flows 30" "$(h 4 2) max-flows 20"
before=$(stat no-backend)
clients 4 101 100
is "max-flows: of 100 conversations 30 and 20" "$(taken 4)" "30 20"
is "max-flows: the others are counted" "$(($(stat no-backend) - before))" 50

# --- the pool that stands in ------------------------------------------------------------------------------

sluice pool add busy forward nat && sluice backend add busy $b3
pool shop tcp "$VIP4:102" "scheduler rr sorry busy" $b1 $b2
says "sorry: not while all are up" "2 local=$b1
2 local=$b2" shares 4 102 4
sluice backend set shop $b1 state down
says "sorry: nor while one is" "4 local=$b2" shares 4 102 4
hold shop 102
sluice backend set shop $b2 state down
says "sorry: when none is, all go there" "3 local=$b3" shares 4 102 3
goes_on "sorry: but those that are elsewhere" shop
sluice backend set busy $b3 state down
counted "sorry: if that has none, either, there is none" no-backend 1 talk_from client "$VIP4:102" who
sluice backend set busy $b3 state up && sluice backend set shop $b1 state up
says "sorry: when one is back it has them all" "4 local=$b1" shares 4 102 4

# --- fewer than there must be -----------------------------------------------------------------------

claim "a pool needs two" sluice pool set shop min-up 2
is "there is one" "$(sluice -j pool show shop | jq '.[0].up')" 1
says "min-up: all go to the other pool" "3 local=$b3" shares 4 102 3
sluice backend set shop $b2 state up
hold shop 102
says "min-up: with two they are back" "2 local=$b1
2 local=$b2" shares 4 102 4
health shop 10.0.1.2 8080 down
says "min-up: health counts" "3 local=$b3" shares 4 102 3
goes_on "min-up: but those that are elsewhere" shop
claim "a pool needs one" sluice pool set shop min-up 1
says "min-up: then the one has them all" "4 local=$b1" shares 4 102 4
claim "a pool needs two, and nobody stands in" sluice pool set shop min-up 2 sorry none
counted "min-up: nobody else, nothing" no-backend 1 talk_from client "$VIP4:102" who

finish
