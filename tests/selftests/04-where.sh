#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 13
#
# Which addresses and ports a service is, where its application listens, and the
# routes that answers need.
#
#     lb (client.py) -> app (server.py on *, on 127.0.0.1, on ::1)
#
# The network is drawn in lib.sh.

# shellcheck disable=SC2317,SC2016,SC2059	# called by name, evaluated later
. "$(dirname "$0")/lib.sh"

net_up
server app 8080 8081 8082 8083
server app -b 127.0.0.1 9001
server app -b ::1 9002
rules=$(app ip rule; app ip -6 rule; app ip route show table all; app ip -6 route show table all; app ip link)

# port N ADDR:PORT LOCAL: a connection with a header from client port N
port() {
	talk --v2 --client "203.0.113.7:$1" "$2" who both=100000
}
port6() {
	talk --v2 --client "[2001:db8:c::7]:$1" "$2" who both=100000
}
expect() { printf 'peer=%s local=%s\nboth 100000 ok' "$1" "$2"; }

# --- port ranges and any address ----------------------------------------------------

service range tcp "$SERVICE4:8080-8082" accept-proxy trust 10.0.0.0/24 forward local
for p in 8080 8081 8082; do
	says "port $p of a range" "$(expect "203.0.113.7:5$p" "$SERVICE4:$p")" \
		port "5$p" "$SERVICE4:$p"
done
match "the port after the range is not the service's" "^peer=10.0.0." talk "$SERVICE4:8083" who
claim "del" sluice service del range force

ip -n app addr add 10.0.1.3/24 dev eth0
ip -n app -6 addr add fd00:1::3/64 dev eth0 nodad
service any tcp '*:8080' accept-proxy trust 10.0.0.0/24,fd00::/64 forward local
for a in 10.0.1.2 10.0.1.3; do
	says "any address: $a" "$(expect "203.0.113.7:600${a##*.}" "$a:8080")" \
		port "600${a##*.}" "$a:8080"
done
for a in fd00:1::2 fd00:1::3; do
	says "any address: $a" "$(expect "[2001:db8:c::7]:600${a##*:}" "[$a]:8080")" \
		port6 "600${a##*:}" "[$a]:8080"
done
claim "del" sluice service del any force

# '*' is this host, not what it forwards: the service is in the router.
server client 8080
SLUICE_NS=router service transit tcp '*:8080' accept-proxy trust any forward local
match "any address is never transit traffic" "^peer=10.0.0.1:[0-9]+ " talk "203.0.113.7:8080" who
SLUICE_NS=router claim "del" sluice service del transit force

# --- to another address ---------------------------------------------------------------------

service port tcp "$SERVICE4:9000" accept-proxy trust 10.0.0.0/24 to "$SERVICE4:8080" forward local
says "to another port of the same address" \
	"$(expect 203.0.113.7:6010 "$SERVICE4:8080")" port 6010 "$SERVICE4:9000"
claim "del" sluice service del port force
service addr tcp "$SERVICE4:9000" accept-proxy trust 10.0.0.0/24 to 10.0.1.3:8080 forward local
says "to another address of this host" \
	"$(expect 203.0.113.7:6011 10.0.1.3:8080)" port 6011 "$SERVICE4:9000"
claim "del" sluice service del addr force

service lo tcp "$SERVICE4:9001" accept-proxy trust 10.0.0.0/24 to 127.0.0.1 forward local
says "to 127.0.0.1, where the application is hidden" \
	"$(expect 203.0.113.7:6012 127.0.0.1:9001)" port 6012 "$SERVICE4:9001"
service lo2 tcp "$SERVICE4:9003" accept-proxy trust 10.0.0.0/24 to 127.0.0.1:9001 forward local
says "to 127.0.0.1 and another port" \
	"$(expect 203.0.113.7:6013 127.0.0.1:9001)" port 6013 "$SERVICE4:9003"
match "LOCAL to 127.0.0.1: the sender itself" "^peer=10.0.0.1:6014 local=127.0.0.1:9001" \
	talk --v2 --local --bind 10.0.0.1:6014 "$SERVICE4:9003" who both=100000
service lo6 tcp "[$SERVICE6]:9002" accept-proxy trust fd00::/64 to ::1 forward local
says "to ::1" "$(expect '[2001:db8:c::7]:6015' '[::1]:9002')" port6 6015 "[$SERVICE6]:9002"
match "a local application still reaches 127.0.0.1 by itself" "^peer=127.0.0.1:[0-9]+ " \
	talk_from app 127.0.0.1:9001 who
for s in lo lo2 lo6; do claim "del $s" sluice service del $s force; done

# --- to each other ------------------------------------------------------------------------

# What one of them gives is never the other's: it would go round for ever.
service ring tcp "$SERVICE4:9100" accept-proxy trust any to 10.0.1.3:9101 forward local
service ring2 tcp 10.0.1.3:9101 accept-proxy trust any to "$SERVICE4:9100" forward local
service self tcp "$SERVICE4:9102" accept-proxy trust any to "$SERVICE4:9102" forward local
syns=$(sluice -j stats | jq '[.. | objects | .["syn-received"]? // 0] | add')
for at in "$SERVICE4:9100" 10.0.1.3:9101 "$SERVICE4:9102"; do
	status "what leads back to itself is refused: $at" 3 \
		talk -t 5 --v2 --client 203.0.113.7:6016 "$at" who
done
is "each went there once" \
	"$(sluice -j stats | jq '[.. | objects | .["syn-received"]? // 0] | add')" $((syns + 3))
is "and nothing of it is left" "$(flows)" 0
for s in ring ring2 self; do claim "del $s" sluice service del $s force; done

# --- no route to the client -------------------------------------------------------------------

ip -n app route del default
ip -n app -6 route del default
ip -n app route add 10.0.0.0/24 via 10.0.1.254
ip -n app -6 route add fd00::/64 via fd00:1::fe
no_default=$(app ip route show table all; app ip rule)
service web tcp "$SERVICE4:8080" accept-proxy trust 10.0.0.0/24 forward local
service web6 tcp "[$SERVICE6]:8080" accept-proxy trust fd00::/64 forward local
says "without a default route the tool's plumbing carries answers" \
	"$(expect 203.0.113.7:6020 "$SERVICE4:8080")" port 6020 "$SERVICE4:8080"
says "over IPv6 too" "$(expect '[2001:db8:c::7]:6020' "[$SERVICE6]:8080")" \
	port6 6020 "[$SERVICE6]:8080"
status "nobody else of this host got a default route" 2 app ip route get 198.51.100.1
# Take the plumbing away behind the tool's back.
app ip rule | sed -n 's/^\([0-9]*\):.*/\1/p' | grep -vx '0\|32766\|32767' | sort -u |
	while read -r pref; do
		while app ip rule del pref "$pref" 2>/dev/null; do :; done
	done
counted "without a route to the client the sender is reset, counted" client-no-route 1 \
	talk --v2 --client 203.0.113.7:6021 "$SERVICE4:8080" who
status "it was a reset" 3 talk --v2 --client 203.0.113.7:6022 "$SERVICE4:8080" who
claim "del" sluice service del web force
claim "del" sluice service del web6 force
is "the plumbing went with its services" \
	"$(app ip route show table all; app ip rule)" "$no_default"

via app 10.0.1.254 fd00:1::fe
ip -n app route del 10.0.0.0/24
ip -n app -6 route del fd00::/64
ip -n app addr del 10.0.1.3/24 dev eth0
ip -n app -6 addr del fd00:1::3/64 dev eth0
is "nothing else of routes, rules and devices has changed" \
	"$(app ip rule; app ip -6 rule; app ip route show table all; app ip -6 route show table all; app ip link)" \
	"$rules"

finish
