#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 40
# limit: 900
#
# What is counted of backends and pools, beside what others count of the same: the
# devices that lead to them, nft, the flows, and the service.
#
#     client                     router (Sluice)
#     203.0.113.7    ------- cl [ 203.0.113.1:80 ] ap ------- app, a backend
#     2001:db8:c::7             [                ] lb ------- lb, a backend
#
# The network is drawn in lib.sh. Each backend has a device of the router's for itself.

# shellcheck disable=SC2317,SC2016	# called by name, evaluated later
. "$(dirname "$0")/lib.sh"

SLUICE_NS=router
VIP4=203.0.113.1 VIP6=2001:db8:c::1

net_up
# Nothing but what is counted is to pass: whole packets, known neighbours, no router
# that is looked for.
mac() { ip -n "$1" -j link show dev "$2" | jq -r '.[0].address'; }
# acquaint NS DEV ADDRESS...: the router and this host know each other
acquaint() {
	local n=$1 d=$2 a
	ip netns exec "$n" ethtool -K eth0 tso off gso off gro off >/dev/null
	router ethtool -K "$d" tso off gso off gro off >/dev/null
	set_sysctl "$n" net.ipv6.conf.eth0.router_solicitations=0
	for a in "${@:3}"; do
		ip -n router neigh replace "$a" dev "$d" lladdr "$(mac "$n" eth0)" nud permanent
	done
	for a in $(ip -n router -j addr show dev "$d" | jq -r '.[0].addr_info[].local'); do
		ip -n "$n" neigh replace "$a" dev eth0 lladdr "$(mac router "$d")" nud permanent
	done
}
acquaint app ap 10.0.1.2 fd00:1::2
acquaint lb lb 10.0.0.1 fd00::1
acquaint client cl 203.0.113.7 2001:db8:c::7
server app 8080
server lb 8080

# pool NAME BACKEND...
pool() {
	local b
	sluice pool add "$1" || bail "no pool $1"
	for b in "${@:2}"; do
		sluice backend add "$1" "$b" || bail "no backend $b"
	done
}
pool web 10.0.1.2:8080 10.0.0.1:8080
pool web6 "[fd00:1::2]:8080" "[fd00::1]:8080"
service web tcp "$VIP4:80" pool web
service web6 tcp "[$VIP6]:80" pool web6

# What the firewall counts in FORWARD, where packets are between client and backend
router nft -f - <<-END || bail "nft refuses the rules"
	table inet t {
		counter ap-in { }
		counter ap-out { }
		counter lb-in { }
		counter lb-out { }
		chain forward {
			type filter hook forward priority 0;
			oifname "ap" counter name ap-in
			iifname "ap" counter name ap-out
			oifname "lb" counter name lb-in
			iifname "lb" counter name lb-out
		}
	}
END

# --- reading all of them -------------------------------------------------------------

# Each prints "PACKETS-IN BYTES-IN PACKETS-OUT BYTES-OUT" of what leads to a backend's host.

# by_device DEV: as the stack counts, without the link layer's header
by_device() {
	ip -n router -s -j link show dev "$1" | jq -r '.[0].stats64 |
		"\(.tx.packets) \(.tx.bytes - 14 * .tx.packets) " +
		"\(.rx.packets) \(.rx.bytes - 14 * .rx.packets)"'
}
# by_nft DEV
by_nft() {
	router nft -j list counters | jq -r --arg d "$1" '[.nftables[].counter | select(.)] |
		map({ key: .name, value: "\(.packets) \(.bytes)" }) | from_entries |
		"\(.[$d + "-in"]) \(.[$d + "-out"])"'
}
# sums: of the records that are read
sums() {
	jq -r '"\(map(."packets-in") | add) \(map(."bytes-in") | add) " +
		"\(map(."packets-out") | add) \(map(."bytes-out") | add)"'
}
# by_backend HOST: all of its backends
by_backend() {
	sluice -j backend stats | jq --arg h "$1" 'map(select(.address | test($h)))' | sums
}
# by_flow HOST
by_flow() {
	sluice -j flow show | jq --arg h "$1" 'map(select(.backend | test($h)))' | sums
}
# by_pool, by_service: of both hosts
by_pool() { sluice -j pool stats | sums; }
by_service() { { sluice -j stats web; sluice -j stats web6; } | jq -s . | sums; }
APP='10\.0\.1\.2|fd00:1::2' LB='10\.0\.0\.1|fd00::1'

# add A B, less A B: number by number
add() { op 1 "$1" "$2"; }
less() { op -1 "$1" "$2"; }
op() {
	local i a b out=()
	read -ra a <<<"$2"
	read -ra b <<<"$3"
	for i in "${!a[@]}"; do
		out+=("$((a[i] + $1 * b[i]))")
	done
	echo "${out[*]}"
}
# still: nothing has moved for half a second
still() {
	local before
	before="$(by_device ap) $(by_device lb)"
	nap 0.5
	[ "$before" = "$(by_device ap) $(by_device lb)" ]
}
# count POOL ADDRESS NAME: of one backend
count() { sluice -j backend show "$1" "$2" | jq ".[0].\"$3\""; }
# total POOL NAME...: of a pool, and that of this name and a 6
total() {
	local name names=
	for name in "${@:2}"; do names+=", (map(.\"$name\") | add)"; done
	sluice -j pool stats | jq --arg p "$1" \
		"map(select(.pool == \$p or .pool == \$p + \"6\")) | ${names#, }" | paste -sd' '
}
totals() { [ "$(total "${@:2}")" = "$1" ]; }

# --- the sums ---------------------------------------------------------------------------

wait_for still
d_ap=$(by_device ap) d_lb=$(by_device lb)
is "nothing was counted yet" "$(by_pool)" "0 0 0 0"

# each_family COMMAND...: a connection of each
each_family() {
	talk_from client "$VIP4:80" "$@" && talk_from client "[$VIP6]:80" "$@"
}
six_times() { for _ in 1 2 3 4 5 6; do each_family "$@" || return; done; }
claim "connections are made" six_times "both=$(small 300000 30000)" half
talking=(who)
for _ in {1..60}; do talking+=(echo=still-here hold=0.2); done
launch held4 client client -t 300 "$VIP4:80" who push=1000 "file=$TMP/go" "${talking[@]}" \
	"file=$TMP/never"
launch held6 client client -t 300 "[$VIP6]:80" who push=1000 "file=$TMP/go" \
	"file=$TMP/never"
claim "two more are held" wait_for eval "grep -q peer= $TMP/held4 && grep -q peer= $TMP/held6"
wait_for still
s_ap=$(by_backend "$APP") s_lb=$(by_backend "$LB")
is "what went to one host, and came back, is what its device says" \
	"$s_ap" "$(less "$(by_device ap)" "$d_ap")"
is "and to the other" "$s_lb" "$(less "$(by_device lb)" "$d_lb")"
is "it is what nft says" "$s_ap" "$(by_nft ap)"
is "of the other too" "$s_lb" "$(by_nft lb)"
is "it is the sum of the flows, those that live and those that are over" \
	"$s_ap" "$(by_flow "$APP")"
is "of the other too" "$s_lb" "$(by_flow "$LB")"
is "a pool has the sums of its backends" "$(by_pool)" "$(add "$s_ap" "$s_lb")"
is "which are those of the services" "$(by_pool)" "$(by_service)"
claim "and not nothing" test "$(count web 10.0.1.2:8080 bytes-in)" -gt "$(small 900000 90000)"

# of NAME...: of all backends, the sums of a family's two
of() {
	local name
	for name; do
		sluice -j backend stats | jq -r --arg n "$name" \
			'group_by(.pool) | map(map(.[$n]) | sort | join("+")) | join(" ")'
	done
}
says "each backend of a family has its share of what was opened" "3+4 3+4" of flows-opened
says "of what was closed, and of what lives" "3+3 3+3
0+1 0+1" of flows-closed flows

# --- rates ------------------------------------------------------------------------------

# A connection that lives for long is seen while it does.
touch "$TMP/go"
claim "a connection goes on" wait_for eval "[ \$(grep -c still-here $TMP/held4) -gt 0 ]"
sluice -j backend stats rate 1 >"$TMP/rates"
sluice -j pool stats web rate 1 >"$TMP/pool-rates"
claim "what goes on shows in the rates of its backend, and of no other" \
	jq -e 'map(select(."bytes-out" > 10 and ."packets-in" > 1)) | length == 1' "$TMP/rates"
claim "nothing was opened" jq -e 'map(."flows-opened") | add == 0' "$TMP/rates"
claim "and in its pool's" jq -e '.[0] | ."bytes-out" > 10 and .backends == 2 and .flows == 1' \
	"$TMP/pool-rates"

# --- how connections end, and why some do not begin ------------------------------------------

before=$(total web flows-reset flows-opened)
each_family peer-rst >/dev/null
claim "what is reset is counted as that" \
	wait_for -t 5 totals "$(add "$before" "2 2")" web flows-reset flows-opened
sluice flow flush >/dev/null
is "what is flushed, of what lived" "$(total web flows-flushed flows)" "2 0"
is "each that was opened has ended, once" "$(
	total web flows-closed flows-reset flows-flushed flows-expired flows-moved |
		awk '{ print $1 + $2 + $3 + $4 + $5 }'
)" "$(total web flows-opened)"

pool dead 10.0.1.2:9999
pool dead6 "[fd00:1::2]:9999"
service dead tcp "$VIP4:81" pool dead
service dead6 tcp "[$VIP6]:81" pool dead6
for vip in "$VIP4" "[$VIP6]"; do
	says "a backend that nobody listens at refuses: $vip" "refused: Connection refused" \
		eval "talk_from client $vip:81 who || :"
done
says "it is counted as that, and nothing was opened, reset or lives" "2 0 0 0" \
	total dead connect-refused flows-opened flows-reset flows
is "for the services too" "$(stat connect-refused dead) $(stat connect-refused dead6) $(stat flows-reset dead)" "1 1 0"
match "people see it, and not what there is none of" \
	"^dead 10\.0\.1\.2:9999 +flows 0 flows-opened 0 packets-in 1 packets-out 1 bytes-in 60 bytes-out 40 connect-refused 1$" \
	sluice backend stats dead 10.0.1.2:9999

# raw NS FROM PORT TO PORT FLAGS SEQ ACK: a segment that no socket sends
cat >"$TMP/raw.py" <<-END
	import socket, struct, sys
	src, sport, dst, dport, flags, seq, ack = sys.argv[1:]
	flags = {"S": 2, "R": 4, "RA": 20}[flags]
	tcp = struct.pack("!HHIIBBHHH", int(sport), int(dport), int(seq), int(ack), 5 << 4, flags, 64000, 0, 0)
	ip = socket.inet_aton(src) + socket.inet_aton(dst) + struct.pack("!HH", 6, len(tcp))
	total = sum(struct.unpack("!16H", ip + tcp))
	total = (total & 0xffff) + (total >> 16)
	check = ~(total + (total >> 16)) & 0xffff
	s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP)
	s.bind((src, 0))
	s.sendto(tcp[:16] + struct.pack("!H", check) + tcp[18:], (dst, 0))
END
raw() { ip netns exec "$1" python3 -S "$TMP/raw.py" "${@:2}"; }

before=$(total web connect-abandoned flows-opened)
# Its own host answers the SYN-ACK with a reset.
raw client "$CLIENT4" 5555 "$VIP4" 80 S 1000 0
claim "a client that resets before there is a connection is counted as that" \
	wait_for -t 5 totals "$(add "$before" "1 0")" web connect-abandoned flows-opened

app nft -f - <<-END || bail "nft refuses the rules"
	table inet silent {
		chain in {
			type filter hook input priority 0;
			tcp dport 9998 drop
		}
	}
END
pool silent 10.0.1.2:9998
service silent tcp "$VIP4:82" pool silent
state() { sluice -j flow show service silent | jq -r '.[].state' | paste -sd' '; }
is_state() { [ "$(state)" = "$1" ]; }
raw client "$CLIENT4" 5556 "$VIP4" 82 S 5000 0
claim "one that is not answered waits" wait_for is_state connect
in_before=$(count silent 10.0.1.2:9998 packets-out)
raw app 10.0.1.2 9998 "$CLIENT4" 5556 RA 0 4999
raw app 10.0.1.2 9998 "$CLIENT4" 5556 R 0 0
claim "resets that do not acknowledge the SYN go by" wait_for eval \
	"[ \$(count silent 10.0.1.2:9998 packets-out) = $((in_before + 2)) ]"
is "and refuse nothing" "$(state) $(count silent 10.0.1.2:9998 connect-refused)" "connect 0"
raw app 10.0.1.2 9998 "$CLIENT4" 5556 RA 77 5001
claim "one that does refuses, whatever its number" wait_for -t 5 is_state reset
is "and is counted" "$(count silent 10.0.1.2:9998 connect-refused)" 1

# --- conversations that move -----------------------------------------------------------------

cat >"$TMP/udp.py" <<-END
	import socket, sys
	s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	if sys.argv[1] == "serve":
	    s.bind(("", 5300))
	    print("ready", flush=True)
	    while True:
	        data, peer = s.recvfrom(2000)
	        s.sendto(data, peer)
	s.bind(("$CLIENT4", 6000))
	s.settimeout(10)
	for i in range(5):
	    s.sendto(b"x" * 100, ("$VIP4", 53))
	    s.recv(2000)
END
spawn udp-app ip netns exec app python3 -S "$TMP/udp.py" serve
spawn udp-lb ip netns exec lb python3 -S "$TMP/udp.py" serve
wait_for eval "grep -q ready $TMP/udp-app && grep -q ready $TMP/udp-lb"
pool dns 10.0.1.2:5300 10.0.0.1:5300
service dns udp "$VIP4:53" pool dns
claim "a conversation" client python3 -S "$TMP/udp.py" ask
first=$(sluice -j flow show service dns | jq -r '.[0].backend')
is "its five datagrams, of 128 bytes each, and their answers" \
	"$(total dns packets-in bytes-in packets-out bytes-out flows-opened)" "5 640 5 640 1"
sluice backend set dns "$first" state down
claim "goes on when its backend is down" client python3 -S "$TMP/udp.py" ask
is "it has moved from the one" "$(count dns "$first" flows-moved) $(count dns "$first" flows-opened) $(count dns "$first" flows)" "1 1 0"
is "to the other" "$(total dns flows-opened flows flows-moved)" "2 1 1"

# --- headers that end here ------------------------------------------------------------------------

pool proxied 10.0.1.2:8080
pool gone 10.0.1.2:9999
service proxied tcp "$VIP4:83" accept-proxy trust 203.0.113.0/24 pool proxied
service gone tcp "$VIP4:84" accept-proxy trust 203.0.113.0/24 pool gone
claim "a client behind a header is served" \
	talk_from client --v2 --client 203.0.113.9:5000 "$VIP4:83" both=20000 half
claim "it is counted, too" wait_for -t 5 totals "1 1 0" proxied flows-opened flows-closed flows
is "as the service counts it" "$(sluice -j pool stats proxied | sums)" \
	"$(sluice -j stats proxied | jq -s . | sums)"
claim "and not nothing" test "$(total proxied bytes-out)" -gt 20000
talk_from client --v2 --client 203.0.113.9:5000 "$VIP4:84" who >/dev/null
is "and so is one that is refused" "$(total gone connect-refused flows-opened flows-reset flows)" "1 0 0 0"

# --- a client on this host ---------------------------------------------------------------------

wait_for still
d_ap=$(less "$(by_device ap)" "$(by_backend "$APP")")
d_lb=$(less "$(by_device lb)" "$(by_backend "$LB")")
before=$(by_pool)
for vip in "$VIP4" "[$VIP6]"; do
	# Little: what a socket of this host gives to its device at once is one packet.
	match "a client on this host is served: $vip" "^two$" talk_from router "$vip:80" echo=one echo=two half
done
wait_for still
is "and counted as the device says" "$(by_backend "$APP")" "$(less "$(by_device ap)" "$d_ap")"
is "at the other host too" "$(by_backend "$LB")" "$(less "$(by_device lb)" "$d_lb")"
claim "which is more than before" test "$(by_pool)" != "$before"

# --- who is silent too long ----------------------------------------------------------------------

if [ -n "${SLUICE_VIRTUAL:-}" ]; then
	before=$(total silent connect-timeout connect-abandoned flows-expired)
	raw client "$CLIENT4" 5557 "$VIP4" 82 S 1000 0
	claim "nobody answers a SYN" wait_for eval "sluice flow show service silent state connect | grep -q ."
	sleep 70
	is "after a minute that is the backend's fault" \
		"$(total silent connect-timeout connect-abandoned flows-expired)" "$(add "$before" "1 0 0")"
	client nft -f - <<-END || bail "nft refuses the rules"
		table inet mute {
			chain out {
				type filter hook output priority 0;
				tcp flags & rst == rst drop
			}
		}
	END
	before=$(total web connect-timeout connect-abandoned flows-expired)
	raw client "$CLIENT4" 5558 "$VIP4" 80 S 1000 0
	# The backend repeats its SYN-ACK for that long.
	sleep 200
	is "a client that does not answer the SYN-ACK, the client's" \
		"$(total web connect-timeout connect-abandoned flows-expired)" "$(add "$before" "0 1 0")"
else
	skip "who is silent too long is counted as that" "this guest's clock is the real one"
fi

# --- zero, and the last word -----------------------------------------------------------------------

before=$(by_pool)
sluice stats reset web
is "a service's counters at zero leave those of its backends" "$(by_pool)" "$before"
sluice stats reset
is "all at zero are those of backends, too" "$(by_pool) $(total dead connect-refused)" "0 0 0 0 0"
each_family echo=hi half >/dev/null
claim "and they count on" wait_for totals "2" web flows-closed
spawn events ip netns exec router "$SLUICE" -j monitor config
mark=0
change() {
	mark=$((mark + 1))
	sluice backend set web 10.0.1.2:8080 weight "$mark"
	grep -q '"changed"' "$TMP/events"
}
wait_for change
for b in 10.0.1.2:8080 10.0.0.1:8080; do sluice backend del web "$b"; done
removed() { [ "$(grep -c '"removed"' "$TMP/events")" = 2 ]; }
claim "each backend that goes is told of" wait_for removed
is "with what it had counted" \
	"$(grep '"removed"' "$TMP/events" | jq -s 'map(."flows-opened") | add')" 1
says "a pool without backends has counted nothing" \
	"web backends 0 flows 0 flows-opened 0 packets-in 0 packets-out 0 bytes-in 0 bytes-out 0" \
	sluice pool stats web
finish
