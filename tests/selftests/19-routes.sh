#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 15
#
# Policy routing of the outer leg. The way to the sender is in a table of its own, and
# a rule leads there by what the outer leg's packets are: the mark that the sender's
# had, their ports, who sends them.
#
#     lb (client.py) -- router -- app (server.py)
#
# The network is drawn in lib.sh; app's table main knows the way to clients alone.

# shellcheck disable=SC2317,SC2016,SC2059	# called by name, evaluated later
. "$(dirname "$0")/lib.sh"

net_up
server app 8082
# The application's port is not the service's: each leg has ports of its own.
service web tcp "$SERVICE4:8080" accept-proxy trust 10.0.0.0/24 to "$SERVICE4:8082" forward local
service web6 tcp "[$SERVICE6]:8080" accept-proxy trust fd00::/64 to "[$SERVICE6]:8082" forward local

ip -n app -batch - <<-END || bail "no routes"
	route del default
	route add 203.0.113.0/24 via 10.0.1.254
	route add 10.0.0.0/24 via 10.0.1.254 table 7
END
ip -n app -6 -batch - <<-END || bail "no routes"
	route del default
	route add 2001:db8:c::/64 via fd00:1::fe
	route add fd00::/64 via fd00:1::fe table 7
END

# rule add|del SELECTOR...: of both families, to the table that knows the sender
rule() {
	ip -n app rule "$1" "${@:2}" lookup 7 && ip -n app -6 rule "$1" "${@:2}" lookup 7
}

n=5000
# unreachable TEXT: there is no way to the sender
unreachable() {
	status "$1: no way to the sender" 4 \
		talk -t 3 --v2 --client "$CLIENT4:4000" "$SERVICE4:8080" who
	status "$1: no way to the sender (IPv6)" 4 \
		talk -t 3 --v2 --client "[$CLIENT6]:4000" "[$SERVICE6]:8080" who
}
# later ADDRESS CLIENT SENDER: a connection goes on when its routes have to be looked up again,
# and when it is deleted the sender is told
later() {
	n=$((n + 1))
	rm -f "$TMP/go"
	launch "later-$n.log" lb client --bind "$3:$((n + 35000))" --v2 --client "$2:$n" "$1:8080" \
		both=100000 "file=$TMP/go" both=100000 eof
	wait_for grep -q both "$TMP/later-$n.log"
	ip -n app route add 198.51.100.0/24 via 10.0.1.254
	ip -n app -6 route add 2001:db8:d::/64 via fd00:1::fe
	: >"$TMP/go"
	wait_for eval '[ "$(grep -c both "$TMP/later-$n.log")" = 2 ]'
	sluice flow flush >"$TMP/flush"
	wait_for -t 5 grep -q refused "$TMP/later-$n.log"
	cat "$TMP/later-$n.log"
	ip -n app route del 198.51.100.0/24
	ip -n app -6 route del 2001:db8:d::/64
}
works() {
	n=$((n + 1))
	says "$1" "peer=$CLIENT4:$n local=$SERVICE4:8082
both 100000 ok
bye" talk -t 10 --bind "$LB4:$((n + 35000))" --v2 --client "$CLIENT4:$n" \
		"$SERVICE4:8080" who both=100000 half
	says "$1 (IPv6)" "peer=[$CLIENT6]:$n local=[$SERVICE6]:8082
both 100000 ok
bye" talk -t 10 --bind "[$LB6]:$((n + 35000))" --v1 --client "[$CLIENT6]:$n" \
		"[$SERVICE6]:8080" who both=100000 half
	says "$1: a header is refused" "refused: Connection reset by peer" eval \
		'talk -t 10 --bind "$LB4:$((n + 36000))" --raw 474554202f "$SERVICE4:8080" who || :'
	says "$1: routes change under a connection, and it is reset" "both 100000 ok
both 100000 ok
refused: Connection reset by peer" later "$SERVICE4" "$CLIENT4" "$LB4"
	says "$1: routes change, and it is reset (IPv6)" "both 100000 ok
both 100000 ok
refused: Connection reset by peer" later "[$SERVICE6]" "[$CLIENT6]" "[$LB6]"
}

unreachable "no rule"

# --- the mark ----------------------------------------------------------------------------

marks() {
	app nft -f - <<-END || bail "nft refuses the rules"
		table inet t {
			chain raw {
				type filter hook prerouting priority -300;
				ip saddr 10.0.0.0/24 $1 meta mark set 0x7
				ip6 saddr fd00::/64 $1 meta mark set 0x7
			}
		}
	END
}
rule add fwmark 0x7
unreachable "a rule for a mark that nothing has"
marks ""
# Reverse path filtering does not look at marks unless told to, whoever serves the port.
counted "the sender is judged without its mark" rp-filtered 1 \
	talk -t 1 --v2 --client "$CLIENT4:4000" "$SERVICE4:8080" who
set_sysctl app net.ipv4.conf.all.src_valid_mark=1
works "by the mark of the sender's packets"
app nft flush ruleset
set_sysctl app net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.eth0.rp_filter=0
marks "tcp flags & (syn | ack) == syn"
works "by the mark of its SYN alone"
app nft flush ruleset
rule del fwmark 0x7

# --- ports, protocol, user ----------------------------------------------------------------

set_sysctl app net.ipv4.conf.all.rp_filter=1 net.ipv4.conf.all.src_valid_mark=0
rule add ipproto tcp sport 8082
unreachable "a rule for the inner leg's port"
rule del ipproto tcp sport 8082
rule add ipproto tcp sport 8080 dport 40000-41999
works "by the ports of the outer leg"
rule del ipproto tcp sport 8080 dport 40000-41999
rule add ipproto udp sport 8080
unreachable "a rule for another protocol"
rule del ipproto udp sport 8080
rule add uidrange 0-0
works "as root's"
rule del uidrange 0-0
rule add uidrange 1-65535
unreachable "a rule for others"

finish
