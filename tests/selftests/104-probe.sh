#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 60
# limit: 300
#
# Checks of backends that answer clients themselves, by the way that connections take: to the
# VIP, by the backend's MAC or a tunnel to it.
#
#     client -- router -- bal (the daemon) -- sw -- b1, b2
#                  '--------------------------'
#
# The network is that of 93-direct.sh. What b1 and b2 serve they do at the VIPs alone.

# shellcheck disable=SC2317,SC2016,SC2034,SC2154	# called by name, evaluated later
. "$(dirname "$0")/ballib.sh"

bal_net
direct_net b1 b2
# dsr-nat: the backend undoes what was done.
ns() { ip netns exec "$@"; }
for h in b1 b2; do
	ns $h nft -f - <<-END || bail "nft refuses the rules"
		table inet t {
			chain out {
				type filter hook postrouting priority 300;
				ip saddr 10.0.1.${h#b} tcp sport 8075 ip saddr set $VIP4 tcp sport set 8074
				ip6 saddr fd00:1::${h#b} tcp sport 8075 ip6 saddr set $VIP6 tcp sport set 8074
			}
		}
	END
done
cat >"$TMP/web" <<-'END'
	import http.server, socket, socketserver, sys, threading
	class Page(http.server.BaseHTTPRequestHandler):
	    def do_GET(self):
	        self.send_response(200)
	        self.end_headers()
	        self.wfile.write(b"all is well\n")
	class Four(http.server.ThreadingHTTPServer):
	    # Nobody is asked what the host is called.
	    def server_bind(self):
	        socketserver.TCPServer.server_bind(self)
	        self.server_name, self.server_port = self.server_address[:2]
	class Six(Four):
	    address_family = socket.AF_INET6
	for at in sys.argv[1:]:
	    addr, port = at.rsplit("-", 1)
	    kind = Six if ":" in addr else Four
	    threading.Thread(target=kind((addr, int(port)), Page).serve_forever).start()
END
# serves HOST: sets WEB to what does
serves() {
	local i=${1#b} at=()
	for p in 8071 8072 8073; do at+=("$VIP4-$p" "$VIP6-$p"); done
	spawn "web-$1.log" ip netns exec "$1" python3 "$TMP/web" "${at[@]}" "10.0.1.$i-8075" "fd00:1::$i-8075"
	WEB=${PIDS[-1]}
	wait_for -t 20 listening "$1" 8075 || bail "no server on $1"
}
listening() { ip netns exec "$1" ss -Hltn "sport = :$2" | grep -q .; }
serves b1
serves b2 && WEB2=$WEB
dnsmasq_up b1 "--listen-address=$VIP4,$VIP6" --bind-interfaces

# pools: of each method and family, as a file
pools() {
	local m p f vip b
	echo "services:"
	while read -r m p b; do
		echo "  ${m}4: {proto: tcp, address: \"$VIP4:$p\", pool: ${m}4}"
		echo "  ${m}6: {proto: tcp, address: \"[$VIP6]:$p\", pool: ${m}6}"
	done <"$TMP/methods"
	echo "  dns: {proto: udp, address: \"$VIP4:53\", pool: dns}"
	echo "  a-dns: {proto: udp, address: \"[$VIP6]:53\", pool: dns}"
	echo "pools:"
	while read -r m p b; do
		echo "  ${m}4: {forward: $m, backends: [10.0.1.1$b, 10.0.1.2$b], health: $1}"
		echo "  ${m}6: {forward: $m, backends: [\"$(six 1 "$b")\", \"$(six 2 "$b")\"], health: $1}"
	done <"$TMP/methods"
	echo "  dns: {forward: ipip, backends: [10.0.1.1, 10.0.1.2], health: {type: dns, interval: 0.5, timeout: 1, fall: 2, host: small.test}}"
}
six() { if [ -n "$2" ]; then echo "[fd00:1::$1]$2"; else echo "fd00:1::$1"; fi; }
cat >"$TMP/methods" <<-END
	dsr 8071
	ipip 8072
	gue 8073
	dsr-nat 8074 :8075
END
# apply TEXT [LIMITS]: the same, to the kernel
apply() {
	{ [ -z "${2:-}" ] || echo "limits: $2"; pools "$how"; } >"$TMP/sluice.yaml"
	claim "$1" sluice apply "$TMP/sluice.yaml"
}
health_of() { sluice -j backend show "$1" | jq -r '[sort_by(.address)[] | .health // "unknown"] | join(" ")'; }
all_are() {
	local m f
	for m in dsr ipip gue dsr-nat; do
		for f in 4 6; do
			[ "$(health_of "$m$f")" = "$1" ] || return
		done
	done
}
told() { for m in dsr4 dsr6 ipip4 ipip6 gue4 gue6 dsr-nat4 dsr-nat6; do echo "# $m: $(health_of $m)"; done; }
# become TEXT WANT: all pools of each method
become() {
	local rc=0
	claim "$1" wait_for -t 30 all_are "$2" || rc=$?
	all_are "$2" || { told; sluice health show | sed 's/^/# /'; }
	return $rc
}
stay() {
	nap 4
	claim "$1" all_are "$2"
	all_are "$2" || { told; sluice health show | sed 's/^/# /'; }
}
how="{type: http, interval: 0.5, timeout: 1, fall: 2, rise: 1, path: /, body: is well}"

# --- the mark -----------------------------------------------------------------------------------

refused() { match "$1" "$2" said_status sluice limits set probe-mark "$3"; }
said_status() { local out; out=$("$@" 2>&1) || out="status $?: $out"; echo "$out"; }
refused "a mark that leaves no bit for backends" "status 2: .*one that is not in the mask" 0x51
refused "a mark of packets that have none" "status 2: .*needs a bit in the mark" 0/0xff000000
refused "a mark with more than its mask" "status 1: .*the value has bits that the mask has not" 0x51/0xf0
claim "one is taken" sluice limits set probe-mark 0x51000000/0xff000000
match "and shown" "probe-mark +0x51000000/0xff000000" sluice limits show
claim "and taken back" sluice limits set probe-mark none

# --- without it, and with it ---------------------------------------------------------------------

apply "pools of each method, which are checked"
spawn health.log ip netns exec bal "$SLUICE" health run
DAEMON=$!
down() { [ "$(health_of dsr4)" = "down down" ]; }
claim "at its own address a backend serves nothing" wait_for down
apply "a mark for checks" "{probe-mark: 0x51000000/0xff000000}"
become "each is found as clients find it" "up up"
up() { [ "$(health_of dns)" = "up down" ]; }
claim "by UDP, too" wait_for up
match "which is shown" "^gue6 .*check http by-service" sluice health show
counted() { sluice stats | grep -E 'flows|packets|bytes|syn|connect' || echo nothing; }
is "nothing is counted of that" "$(counted)" nothing
match "they are no connections" "^flows +0$" sluice limits show
# asks: by one port to the VIPs, of b1, of b2, of b1 again, and then as anybody
cat >"$TMP/asks" <<-'END'
	import socket, struct, sys
	vip, port, *marks = sys.argv[2:]
	question = struct.pack("!6H", 7, 0x100, 1, 0, 0, 0) + b"\5small\4test\0" + struct.pack("!2H", 1, 1)
	for mark in marks:
	    s = socket.socket(socket.AF_INET6 if ":" in vip else socket.AF_INET, socket.SOCK_DGRAM)
	    s.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, int(mark))
	    s.settimeout(0.7)
	    s.bind((sys.argv[1], int(port)))
	    s.connect((vip, 53))
	    try:
	        s.send(question)
	        print("yes" if s.recv(1000) else "none")
	    except OSError:
	        print("no")
END
meant() { echo $((0x51000000 + $(sluice -j backend show dns | jq ".[] | select(.address == \"10.0.1.$1\") | .id"))); }
one=$(meant 1) two=$(meant 2)
says "a port that comes again leads to whom its check means now" "yes
no
yes
no
yes" bal python3 "$TMP/asks" 10.0.1.254 "$VIP4" 40001 "$one" "$two" "$one" "$two" "$one"
# Who is no check is not answered by it, and is told so.
says "nor one of this host's" "no
no" bal python3 "$TMP/asks" 10.0.1.254 "$VIP4" 40002 "$two" 0
match "who gets such a port has a backend of its own" "$VIP4:53 .*10.0.1.1" \
	eval "sluice flow show | grep :40002"
is "a flush ends no check that counts" "$(sluice flow flush; sluice flow flush)" \
	"1 connections reset
0 connections reset"
kill "$WEB2"
become "one serves no more: it is found, and no other" "up down"
serves b2 && WEB2=$WEB
become "it serves again" "up up"

# --- the way there ---------------------------------------------------------------------------------

ns b1 nft -f - <<-END || bail "nft refuses the rules"
	table inet broken {
		chain in { type filter hook prerouting priority -400; ip protocol 4 drop; }
	}
END
dead() { [ "$(health_of ipip4)" = "down up" ]; }
claim "a tunnel is dead: its backend is down" wait_for dead
is "and is not by other ways" "$(health_of gue4), $(health_of dsr4)" "up up, up up"
ns b1 nft delete table inet broken
become "the tunnel is back" "up up"
bal nft -f - <<-END || bail "nft refuses the rules"
	table inet s {
		chain in {
			type filter hook input priority 0; policy drop;
			icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
			iif lo accept
			ct state established,related accept
			counter name others
			ct state untracked accept
		}
		chain out { type filter hook output priority 0; ct state invalid drop; }
		counter others { }
	}
END
stay "a firewall that tracks connections sees nothing that is invalid" "up up"
is "answers by tunnels are untracked for it" "$([ "$(counter bal others s)" -gt 20 ] && echo yes)" yes
bal nft flush chain inet s in
bal nft add rule inet s in "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept"
bal nft add rule inet s in iif lo accept
bal nft add rule inet s in ct state established,related accept
untracked() { [ "$(health_of gue4) $(health_of dsr-nat6)" = "down down down down" ]; }
claim "it has to let these in" wait_for -t 15 untracked
is "but none by a backend's MAC" "$(health_of dsr4), $(health_of dsr6)" "up up, up up"
bal nft delete table inet s
addr_del() { ip -n bal addr del "$VIP4/32" dev wan && ip -n bal addr del "$VIP6/128" dev wan; }
claim "the VIPs leave the balancer" addr_del
stay "they are found by a route to anywhere, too" "up up"
addr_lines wan "$VIP4/32" "$VIP6/128" | ip -n bal -batch - || bail "no VIPs"

# --- whom it is for ----------------------------------------------------------------------------------

# stays TEXT OPTION VALUE: a backend that gets no connections for that, or few
stays() {
	sluice backend set dsr4 10.0.1.2 "$2" "$3" >"$TMP/claim.out" 2>&1 || bail "no $2 $3"
	nap 2
	is "$1" "$(health_of dsr4)" "up up"
}
stays "a backend that is drained is checked as well" state drain
stays "one of no weight" weight 0
sluice backend set dsr4 10.0.1.2 state up weight 1 >"$TMP/claim.out" 2>&1
# Each has one that goes on.
for i in 1 2; do
	spawn hold-$i.log ip netns exec client bash -c "exec 3<>/dev/tcp/$VIP4/8071; sleep 1000"
done
held() { [ "$(sluice -j backend show dsr4 | jq '[.[].flows // 0] | add')" = 2 ]; }
claim "two connections of a client's" wait_for held
stays "one that is full" max-flows 1

drains() {
	bal python3 -c "import sys; sys.path.insert(0, '$TOOLS'); import slnl; slnl.Sluice().do('set-info', {'draining': $1})"
}
claim "the network namespace refuses new connections" drains 1
stay "checks go on" "up up"
claim "and takes them again" drains 0

# A mark that a client's packet has here is not a socket's.
id=$(sluice -j backend show dsr4 | jq '.[] | select(.address == "10.0.1.1") | .id')
bal nft -f - <<-END || bail "nft refuses the rules"
	table inet m {
		chain in { type filter hook prerouting priority -310; ip saddr $CLIENT4 meta mark set $((0x51000000 + id)); }
	}
END
sluice backend set dsr4 10.0.1.2 max-flows 0 >"$TMP/claim.out" 2>&1
sluice stats reset >"$TMP/claim.out" 2>&1
for i in 1 2 3 4; do ns client curl -s -m 5 "http://$VIP4:8071/" >"$TMP/claim.out"; done
opened() { sluice -j backend stats dsr4 | jq -r 'map(."flows-opened" // 0) | join(" ")'; }
is "clients have no backend by their marks" "$(opened)" "2 2"
bal nft delete table inet m

claim "a backend is taken out" sluice backend set dsr4 10.0.1.2 state down
kill "$WEB2"
become "what is out is checked as well" "up down"
serves b2 && WEB2=$WEB
become "and found again" "up up"
claim "what is checked all the time can be removed" sluice service del dsr6
kill -TERM "$DAEMON"
wait "$DAEMON"
is "the daemon ends" "$?" 0

finish
