#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# limit: 600
# cost: 38
#
# Many short connections; and the module, a service or the whole namespace taken
# away while connections run, again and again: both legs must be reset, and
# nothing may hang or leak.
#
#     lb (load.py, client.py) -> app (server.py), or a container behind it
#
# The network is drawn in lib.sh.

# shellcheck disable=SC2317,SC2016,SC2015	# called by name, evaluated later; each step or out
. "$(dirname "$0")/lib.sh"

net_up
server app 8080
add_services() {
	sluice service add web tcp "$SERVICE4:8080" accept-proxy trust 10.0.0.0/24 forward local &&
	sluice service add web6 tcp "[$SERVICE6]:8080" accept-proxy trust fd00::/64 forward local
}
add_services || bail "services are refused"

# --- short connections ------------------------------------------------------------

total=${SLUICE_CONNS:-$(small 10000 500)}
says "$total short connections, each with its own client" "ok=$total bad=0" \
	lb python3 "$TOOLS/load.py" --count "$total" "$SERVICE4:8080"
is "as many opened" "$(stat flows-opened web)" "$total"
is "as many headers" "$(stat header-v2 web)" "$total"
n=$(small 2000 200)
says "$n short connections over IPv6" "ok=$n bad=0" \
	lb python3 "$TOOLS/load.py" --count "$n" "[$SERVICE6]:8080"

# --- a live connection holds the module and its service -----------------------------

launch live.log lb client --v2 --client "$CLIENT4:5001" \
	"$SERVICE4:8080" who "file=$TMP/go" who
wait_for grep -q peer= "$TMP/live.log"
status "unload refuses while connections live" 2 sluice unload
match "and says why" "connections open" sh -c "! ip netns exec app $SLUICE unload 2>&1"
status "service del refuses while connections live" 2 sluice service del web
: >"$TMP/go"
twice() { [ "$(grep -c peer= "$TMP/live.log")" = 2 ]; }
claim "the connection never noticed" wait_for -t 5 twice
launch found.log lb client --v2 --client "$CLIENT4:5002" "$SERVICE4:8080" who "file=$TMP/never"
wait_for grep -q peer= "$TMP/found.log"
claim "among all that are over a connection is found, and reset by its id" \
	app python3 "$TOOLS/control.py" found 5002
note "$(cat "$TMP/claim.out")"

# --- taken away under load --------------------------------------------------------------

# hold NAME [ADDR4 ADDR6]: connections that stay, in both families, over which data
# runs
hold() {
	launch "$1-4" lb load --hold 8 "${2:-$SERVICE4:8080}"
	launch "$1-6" lb load --hold 8 "${3:-[$SERVICE6]:8080}"
	held=("$TMP/$1-4" "$TMP/$1-6")
	wait_for grep -q holding "${held[0]}" && wait_for grep -q holding "${held[1]}"
}
# Each of the connections held must have been reset, at both ends.
sender_reset() { grep -q 'reset=8' "${held[0]}" && grep -q 'reset=8' "${held[1]}"; }
app_free() { [ -z "$(app ss -Htn state established "sport = :8080")" ]; }

times=$(small 20 4)
[ -z "${SLUICE_FULL:-}" ] || times=100
times=${SLUICE_CYCLES:-$times}
good=0
for ((i = 1; i <= times; i++)); do
	hold "rmmod$i" || break
	rmmod sluice || break
	wait_for -t 10 sender_reset && wait_for -t 10 app_free || break
	sluice-insmod && add_services || break
	rm -f "${held[@]}"
	good=$((good + 1))
done
[ "$good" = "$times" ] || note "$(cat "${held[@]}" 2>/dev/null; app ss -tn state established)"
is "rmmod under load resets both legs, $times times" "$good" "$times"

good=0
for ((i = 1; i <= times; i++)); do
	hold "del$i" || break
	sluice service del web force && sluice service del web6 force || break
	wait_for -t 10 sender_reset && wait_for -t 10 app_free || break
	add_services || break
	rm -f "${held[@]}"
	good=$((good + 1))
done
[ "$good" = "$times" ] || note "$(cat "${held[@]}" 2>/dev/null; app ss -tn state established)"
is "service del force under load resets both legs, $times times" "$good" "$times"

# The namespace goes with its service and its connections. No process is in it, or
# it would stay: the application is in a container behind it. The sender hears of
# it by our resets alone.
ns_add box
server box 8081
gone() { ! ip netns list | grep -q "^doomed"; }
line_gone() { ! ip -n router link show dm; }
doom() {
	ns_new doomed && link doomed eth0 router dm && link doomed box0 box eth0 || return
	addr router dm 10.0.2.254/24 fd00:2::fe/64
	addr doomed eth0 10.0.2.2/24 fd00:2::2/64
	addr doomed box0 10.0.3.254/24 fd00:3::fe/64
	addr box eth0 10.0.3.2/24 fd00:3::2/64
	via doomed 10.0.2.254 fd00:2::fe
	via box 10.0.3.254 fd00:3::fe
	set_sysctl doomed net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 \
		net.ipv4.conf.all.rp_filter=0
	ip netns exec doomed nft -f - <<-END &&
		table ip t { chain nat { type nat hook prerouting priority -100; tcp dport 8080 dnat to 10.0.3.2:8081; }; }
		table ip6 t { chain nat { type nat hook prerouting priority -100; tcp dport 8080 dnat to [fd00:3::2]:8081; }; }
	END
	ip netns exec doomed "$SLUICE" service add web tcp '*:8080' accept-proxy trust any forward local
}
good=0
for ((i = 1; i <= times; i++)); do
	doom || break
	hold "ns$i" 10.0.2.2:8080 '[fd00:2::2]:8080' || break
	ip netns del doomed
	wait_for -t 20 gone && wait_for -t 20 line_gone || break
	wait_for -t 10 sender_reset || break
	rm -f "${held[@]}"
	good=$((good + 1))
done
[ "$good" = "$times" ] || note "$(cat "${held[@]}" 2>/dev/null; ip netns list; lb ss -tn)"
is "a namespace deleted under load goes, and resets its senders, $times times" "$good" "$times"

finish
