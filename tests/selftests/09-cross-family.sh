#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 22
#
# A header of the other family than the connection it comes in by: the client is
# IPv6 and the balancer speaks IPv4, and the reverse. The application is called in
# the client's family.
#
#     client 2001:db8:c::7 ... lb (client.py) == IPv4 ==> app (server.py, IPv6)
#     client 203.0.113.7   ... lb (client.py) == IPv6 ==> app (server.py, IPv4)
#
# limit: 400
#
# The network is drawn in lib.sh.

# shellcheck disable=SC2317,SC2016,SC2059	# called by name, evaluated later
. "$(dirname "$0")/lib.sh"

net_up
server app 8080
server app -b "$SERVICE4" 8084
server app -b "$SERVICE6" 8086
server app -b ::1 8087
server app -b 127.0.0.1 8088
trust=10.0.0.0/24,fd00::/64
service web tcp "$SERVICE4:8080" accept-proxy trust $trust forward local
service web6 tcp "[$SERVICE6]:8080" accept-proxy trust $trust forward local

n=5000
# six OPTION... COMMAND...: an IPv6 client by an IPv4 leg; four: the reverse.
# $port is the service's, $v the header's version.
port=8080 v=2 opts=()
six() {
	talk -t 20 "${opts[@]}" "--v$v" --client "[$CLIENT6]:$n" --dest "[$SERVICE6]:443" "$SERVICE4:$port" "$@"
}
four() {
	talk -t 20 "${opts[@]}" "--v$v" --client "$CLIENT4:$n" --dest "$SERVICE4:443" "[$SERVICE6]:$port" "$@"
}
# ways NAME WANT COMMAND...: both ways across, WANT with the addresses filled in
ways() {
	local name=$1 want=$2
	shift 2
	n=$((n + 1))
	says "$name (IPv6 client, IPv4 leg)" \
		"$(peer=[$CLIENT6]:$n local=[$SERVICE6] eval "echo \"$want\"")" six "$@"
	says "$name (IPv4 client, IPv6 leg)" \
		"$(peer=$CLIENT4:$n local=$SERVICE4 eval "echo \"$want\"")" four "$@"
}
who='peer=$peer local=$local:$port'

for v in 1 2; do
	ways "v$v header: the client's address, in its family" "$who" who
done
size=$(small 2000000 300000)
ways "bulk both ways" "$who
both $size ok" who "both=$size"
ways "half-close by the sender: the application still answers" "both 100000 ok
bye" both=100000 half
ways "the application closes first" "closed by peer" peer-fin
rest() { [ "$(grep -c "after fin: .*:$n .*'still here'" "$TMP/server-app-8080.log")" = 2 ]; }
claim "and still gets what the sender has to say" wait_for rest
ways "the application resets: so does the outer leg" "reset" peer-rst
ways "the sender resets" "hello" echo=hello rst
resets() { [ "$(grep -c "error .*:$n .*ConnectionResetError" "$TMP/server-app-8080.log")" = 2 ]; }
claim "so does the inner leg" wait_for resets
ways "urgent data keeps its place" "before=abc urgent=Xdef" oob

# IPv4 has paths that are narrower than an IPv6 application goes.
n=$((n + 1))
launch narrow.log lb client --v2 --client "[$CLIENT6]:$n" \
	--dest "[$SERVICE6]:443" "$SERVICE4:8080" who "file=$TMP/narrow" both=100000
wait_for grep -q peer= "$TMP/narrow.log"
claim "the path to the sender gets as narrow as 700 bytes" \
	app ip route replace 10.0.0.1 via 10.0.1.254 mtu lock 700
: >"$TMP/narrow"
claim "a connection goes on (IPv6 client, IPv4 leg)" \
	wait_for -t 20 grep -q "both 100000 ok" "$TMP/narrow.log"
claim "in fragments" \
	sh -c 'ip netns exec app nstat -asz IpFragOKs | grep -Eq "IpFragOKs +[1-9]"'
app ip route del 10.0.0.1
app ip -6 route flush cache

# An IPv4 application may leave it to the path to cut its packets up.
set_sysctl app net.ipv4.ip_no_pmtu_disc=1
server app 8092
set_sysctl app net.ipv4.ip_no_pmtu_disc=0
service uncut tcp "[$SERVICE6]:8092" accept-proxy trust $trust forward local
n=$((n + 1))
launch uncut.log lb client --v2 --client "$CLIENT4:$n" \
	--dest "$SERVICE4:443" --bind '[fd00::1]:0' "[$SERVICE6]:8092" who "file=$TMP/uncut" both=100000
wait_for grep -q peer= "$TMP/uncut.log"
claim "the path to the sender gets narrower" \
	app ip -6 route replace fd00::1 via fd00:1::fe mtu lock 1300
: >"$TMP/uncut"
claim "a connection goes on (IPv4 client that does no discovery, IPv6 leg)" \
	wait_for -t 20 grep -q "both 100000 ok" "$TMP/uncut.log"
claim "in fragments too" \
	sh -c 'ip netns exec app nstat -asz Ip6FragOKs | grep -Eq "Ip6FragOKs +[1-9]"'
app ip -6 route del fd00::1

# --- the header in pieces, and what it may name --------------------------------

n=$((n + 1)) v=1 opts=(--split 1 --gap 0.005)
says "byte by byte (IPv6 client, IPv4 leg)" "peer=[$CLIENT6]:$n local=[$SERVICE6]:8080" \
	six who
says "byte by byte (IPv4 client, IPv6 leg)" "peer=$CLIENT4:$n local=$SERVICE4:8080" \
	four who
n=$((n + 1)) v=2 opts=()
says "a destination of the balancer's: this host's address towards the client (IPv6 client)" \
	"peer=[$CLIENT6]:$n local=[$SERVICE6]:8080" \
	talk --v2 --client "[$CLIENT6]:$n" --dest "[$LB6]:443" "$SERVICE4:8080" who
says "a destination of the balancer's: this host's address towards the client (IPv4 client)" \
	"peer=$CLIENT4:$n local=$SERVICE4:8080" \
	talk --v1 --client "$CLIENT4:$n" --dest "$LB4:443" "[$SERVICE6]:8080" who
log=$(served app 8080)
counted "an IPv6 client that cannot be one is refused" client-refused 1 \
	talk --v2 --client "[ff02::1]:$n" --dest "[$SERVICE6]:443" "$SERVICE4:8080" who
counted "an IPv4 client that cannot be one is refused" client-refused 1 \
	talk --v2 --client "127.0.0.1:$n" --dest "$SERVICE4:443" "[$SERVICE6]:8080" who
is "the application has seen neither" "$(served app 8080)" "$log"

# --- where the application listens ------------------------------------------------

for port in 8084 8086; do
	service "only$port" tcp "$SERVICE4:$port" accept-proxy trust $trust forward local
	service "only$port-6" tcp "[$SERVICE6]:$port" accept-proxy trust $trust forward local
done
n=$((n + 1)) port=8086
says "an application on IPv6 alone, balancer on IPv4" \
	"peer=[$CLIENT6]:$n local=[$SERVICE6]:8086" six who
counted "it is not called over IPv4: refused" connect-refused 1 four who
port=8084
says "an application on IPv4 alone, balancer on IPv6" \
	"peer=$CLIENT4:$n local=$SERVICE4:8084" four who
counted "it is not called over IPv6: refused" connect-refused 1 six who
status "refused is reset" 3 six who

# to: the address of the client's family is told by hand
n=$((n + 1)) port=8085
service to tcp "$SERVICE4:8085" accept-proxy trust $trust to "[$SERVICE6]:8086" forward local
service to6 tcp "[$SERVICE6]:8085" accept-proxy trust $trust to "$SERVICE4:8084" forward local
says "to an IPv6 address, balancer on IPv4" "peer=[$CLIENT6]:$n local=[$SERVICE6]:8086
both 200000 ok" six who both=200000
says "to an IPv4 address, balancer on IPv6" "peer=$CLIENT4:$n local=$SERVICE4:8084
both 200000 ok" four who both=200000
n=$((n + 1)) port=8089
service lo tcp "$SERVICE4:8089" accept-proxy trust $trust to '[::1]:8087' forward local
service lo6 tcp "[$SERVICE6]:8089" accept-proxy trust $trust to 127.0.0.1:8088 forward local
says "to ::1, balancer on IPv4" "peer=[$CLIENT6]:$n local=[::1]:8087
both 200000 ok" six who both=200000
says "to 127.0.0.1, balancer on IPv6" "peer=$CLIENT4:$n local=127.0.0.1:8088
both 200000 ok" four who both=200000
# Where the client is of the sender's family after all, it cannot be told so.
n=$((n + 1))
service same tcp "$SERVICE4:8091" accept-proxy trust $trust to '[::1]:8080' forward local
service same6 tcp "[$SERVICE6]:8091" accept-proxy trust $trust to 127.0.0.1:8080 forward local
says "to ::1, client and balancer on IPv4" "peer=$CLIENT4:$n local=$SERVICE4:8080
both 200000 ok" talk -t 20 --v2 --client "$CLIENT4:$n" --dest "$SERVICE4:443" "$SERVICE4:8091" who both=200000
says "to 127.0.0.1, client and balancer on IPv6" "peer=[$CLIENT6]:$n local=[$SERVICE6]:8080
both 200000 ok" talk -t 20 --v2 --client "[$CLIENT6]:$n" --dest "[$SERVICE6]:443" "[$SERVICE6]:8091" who both=200000
says "to ::1, LOCAL on IPv4" "peer=10.0.0.1:$n local=$SERVICE4:8080" \
	talk -t 20 --v2 --local --bind "10.0.0.1:$n" "$SERVICE4:8091" who
says "to 127.0.0.1, LOCAL on IPv6" "peer=[fd00::1]:$n local=[$SERVICE6]:8080" \
	talk -t 20 --v2 --local --bind "[fd00::1]:$n" "[$SERVICE6]:8091" who
port=8080

# --- what flow show says -------------------------------------------------------------

n=$((n + 1))
launch six.log lb client --v2 --client "[$CLIENT6]:$n" \
	--dest "[$SERVICE6]:443" --bind 10.0.0.1:7001 "$SERVICE4:8080" who "file=$TMP/go" both=100000
launch four.log lb client --v2 --client "$CLIENT4:$n" \
	--dest "$SERVICE4:443" --bind '[fd00::1]:7001' "[$SERVICE6]:8080" who "file=$TMP/go" both=100000
wait_for grep -q peer= "$TMP/six.log"
wait_for grep -q peer= "$TMP/four.log"
match "flow show: IPv4 sender and service, IPv6 client and backend" \
	"web established sender 10\.0\.0\.1:7001 client \[$CLIENT6\]:$n address $SERVICE4:8080 backend \[$SERVICE6\]:8080 " \
	sluice flow show client "[$CLIENT6]:$n"
match "flow show: IPv6 sender and service, IPv4 client and backend" \
	"web6 established sender \[fd00::1\]:7001 client $CLIENT4:$n address \[$SERVICE6\]:8080 backend $SERVICE4:8080 " \
	sluice flow show client "$CLIENT4:$n"

# --- a live tuple is protected across families too -----------------------------------------

counted "a header that names the live IPv6 client is refused" client-in-use 1 six who
counted "a header that names the live IPv4 client is refused" client-in-use 1 four who
: >"$TMP/go"
claim "the live ones are unharmed (IPv6 client)" wait_for grep -q "both 100000 ok" "$TMP/six.log"
claim "the live ones are unharmed (IPv4 client)" wait_for grep -q "both 100000 ok" "$TMP/four.log"

# --- conntrack and policy drop -------------------------------------------------------------

app nft -f - <<END || bail "nft refuses the rules"
table inet t {
	counter client4 { }
	counter client6 { }
	counter lb_in { }
	counter bad { }
	chain pre {
		type filter hook prerouting priority -150; policy drop;
		ct state { invalid, untracked } meta l4proto tcp counter name bad drop
		meta l4proto { tcp, ipv6-icmp, icmp } accept
	}
	chain input {
		type filter hook input priority 0; policy drop;
		meta l4proto { ipv6-icmp, icmp } accept
		ip saddr 10.0.0.0/24 counter name lb_in drop
		ip6 saddr fd00::/64 counter name lb_in drop
		ct state { invalid, untracked } counter name bad drop
		ip saddr $CLIENT4 tcp dport 8080 ct state new counter name client4 accept
		ip6 saddr $CLIENT6 tcp dport 8080 ct state new counter name client6 accept
		ct state established accept
	}
	chain output {
		type filter hook output priority 0; policy drop;
		meta l4proto { ipv6-icmp, icmp } accept
		ct state { invalid, untracked } counter name bad drop
		ip daddr 10.0.0.0/24 counter name lb_in drop
		ip6 daddr fd00::/64 counter name lb_in drop
		ct state established accept
	}
	chain post {
		type filter hook postrouting priority 200; policy drop;
		meta l4proto { ipv6-icmp, icmp } accept
		ct state { invalid, untracked } counter name bad drop
		ct state established accept
	}
}
END
counter() { app nft -j list counter inet t "$1" | jq '.nftables[].counter? | numbers // .packets // empty'; }
ways "policy drop in every chain" "$who
both 300000 ok
bye" who both=300000 half
ways "policy drop in every chain: the application's reset" "reset" peer-rst
claim "INPUT counts the IPv6 client" test "$(counter client6)" -ge 2
claim "INPUT counts the IPv4 client" test "$(counter client4)" -ge 2
is "neither INPUT nor OUTPUT sees the balancer" "$(counter lb_in)" 0
is "nothing is invalid or untracked on its way" "$(counter bad)" 0
n=$((n + 1))
rm -f "$TMP/go"
launch ct.log lb client --v2 --client "[$CLIENT6]:$n" \
	--dest "[$SERVICE6]:443" "$SERVICE4:8080" who "file=$TMP/go"
wait_for grep -q peer= "$TMP/ct.log"
match "conntrack has the inner leg, in the client's family" \
	"src=$CLIENT6 dst=$SERVICE6 sport=$n dport=8080 .*ASSURED" \
	app conntrack -L -f ipv6 -p tcp --state ESTABLISHED
is "and nothing of the outer one" "$(app conntrack -L -f ipv4 -p tcp 2>/dev/null | grep -c "10\.0\.0\.")" 0
: >"$TMP/go"
app nft flush ruleset

# --- the path becomes narrower -----------------------------------------------------------------

n=$((n + 1))
rm -f "$TMP/go"
size=300000
for f in six four; do
	case $f in
	six) head=(--client "[$CLIENT6]:$n" --dest "[$SERVICE6]:443" "$SERVICE4:8080") ;;
	four) head=(--client "$CLIENT4:$n" --dest "$SERVICE4:443" "[$SERVICE6]:8080") ;;
	esac
	launch "mtu-$f.log" lb client --v2 "${head[@]}" \
		"both=$size" "file=$TMP/go" "both=$size"
done
for f in six four; do
	claim "a wide path carries ($f)" wait_for -t 40 grep -q "both $size ok" "$TMP/mtu-$f.log"
done
ip -n router link set lb mtu 1400
ip -n lb link set eth0 mtu 1400
: >"$TMP/go"
twice() { [ "$(grep -c "both $size ok" "$TMP/$1")" = 2 ]; }
claim "a path that became narrower carries (IPv6 client, IPv4 leg)" wait_for -t 60 twice mtu-six.log
claim "a path that became narrower carries (IPv4 client, IPv6 leg)" wait_for -t 60 twice mtu-four.log
sent() { router nstat -asz "$1" | awk -v n="$1" '$1 == n {print $2}'; }
claim "the router said so over IPv6" test "$(sent Icmp6OutPktTooBigs)" -ge 1
claim "and over IPv4" test "$(sent IcmpOutDestUnreachs)" -ge 1
is "nothing was left to fragments" "$(sent IpFragOKs)" 0
match "this host knows what is left for its packets to the IPv6 client: 1400 + 20" "mtu 1420" \
	app ip -6 route get "$CLIENT6"
match "and to the IPv4 client: 1400 - 20" "mtu 1380" app ip route get "$CLIENT4"
ways "a path that is narrow from the start carries" "both $size ok" "both=$size"

# --- lines that lose ------------------------------------------------------------------------------

for d in ap lb; do
	router tc qdisc replace dev $d root netem limit 10000 loss 2% || bail "no netem"
done
size=200000
ways "2 % lost" "both $size ok" "both=$size"
is "no segment came to the application with a wrong checksum" \
	"$(app nstat -asz TcpInCsumErrors | awk '/TcpInCsumErrors/ {print $2}')" 0

finish
