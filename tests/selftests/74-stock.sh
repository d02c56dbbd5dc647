#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 30
# limit: 400
#
# Applications as they come, behind balanced services: nginx, iperf3 and dnsmasq, asked by
# curl, iperf3 and kdig. By nat they see clients, by full NAT the balancer.
#
#     client (curl, iperf3, kdig) -- router -- bal -- b1, b3 (nat), b2 (full NAT)
#
# The network is drawn in ballib.sh: the one with two arms. b2 has no way to clients.

# shellcheck disable=SC2317,SC2016,SC2034,SC2154	# called by name, evaluated later
. "$(dirname "$0")/ballib.sh"

bal_net
{ ip -n b2 route del default && ip -n b2 -6 route del default; } || bail "routes of b2"
mb=$(small 10 2)

# --- the applications -----------------------------------------------------------------------

# Twelve texts, in all more than two packets
texts=()
for ((i = 10; i < 22; i++)); do
	texts+=("$i$(printf '%0238d' 0)")
done

iperf_up() {
	spawn "iperf-$1.log" ip netns exec "$1" iperf3 -s -p 5201 --forceflush
	wait_for listening "$1" 5201 || bail "iperf3 does not start"
}
for b in b1 b2 b3; do
	iperf_up $b
	dnsmasq_up $b --edns-packet-max=4096 "${texts[@]/#/--txt-record=big.test,}"
done
for b in b1 b2; do
	nginx_up $b < <(http_block $b 8090)
	head -c $((mb * 1000000)) /dev/urandom >"$TMP/nginx-$b/blob"
done

# --- what is asked of them -------------------------------------------------------------------

# http FAMILY PORT: three requests: who nginx sees, and how many connections each has made
http() {
	names "$@"
	client curl -s --max-time 20 --local-port "$n" -w '%{num_connects}\n' \
		"http://$vip/1" "http://$vip/2" "http://$vip/3"
}
# blob FAMILY PORT: its hash
blob() {
	names "$@"
	client curl -s --max-time 60 "http://$vip/blob" | sha256sum
}

# iperf FAMILY PORT [OPTION...]: "good" if most of what was sent has come: a second's worth, of
# which iperf3 does not await the last. A server has one client at a time.
idle() {
	local b
	for b in b1 b2 b3; do
		tail -n 2 "$TMP/iperf-$b.log" | grep -q "Server listening" || return
	done
}
iperf() {
	wait_for idle
	names "$1"
	client iperf3 -J -c "$ip" -p "$2" -t 1 "${@:3}" >"$TMP/iperf.json"
	jq -r '.error // (.end | .sum_sent.bytes as $s | (.sum.lost_packets // 0) as $lost |
		.sum_received.bytes as $r |
		if $s >= 200000 and $r > $s / 2 and $lost * 4 <= (.sum.packets // 0) then "good"
		else "sent \($s), received \($r), lost \($lost) of \(.sum.packets)" end)' \
		"$TMP/iperf.json"
}
# iperf_all TEXT FAMILY PORT
iperf_all() {
	says "$1: iperf3" good iperf "$2" "$3" -b 40M
	says "$1: iperf3, to the client" good iperf "$2" "$3" -b 40M -R
	says "$1: iperf3, four streams" good iperf "$2" "$3" -b 10M -P 4
	says "$1: iperf3, datagrams" good iperf "$2" "$3" -u -l 1000 -b 2M
	says "$1: iperf3, datagrams to the client" good iperf "$2" "$3" -u -l 1000 -b 2M -R
}
# iperf_saw NS: who its control and data connections were with
iperf_saw() {
	sed -n 's/^Accepted connection from \([^,]*\),.*/\1/p; s/.* connected to \([^ ]*\) port.*/\1/p' \
		"$TMP/iperf-$1.log" | sort -u
}

# dns FAMILY PORT [ARGUMENT...]
dns() {
	names "$1"
	client kdig "@$ip" -p "$2" +short "${@:3}"
}
# big FAMILY PORT [ARGUMENT...]: the hash of the large answer, and what kdig has to say of it
big() {
	dns "$@" big.test TXT 2>"$TMP/kdig.err" >"$TMP/kdig.out"
	grep '^"' "$TMP/kdig.out" | sort | sha256sum
	sed -n 's/.*\(truncated reply\) from [^ ]*(UDP)/\1/p' "$TMP/kdig.err"
}
whole=$(printf '"%s"\n' "${texts[@]}" | sha256sum)
# dns_saw NS: who asked, and how often
dns_saw() { sed -n 's/.*query\[.* from //p' "$TMP/dns-$1.log" | sort | uniq -c | sed 's/^ *//'; }

# fragments FAMILY: packets that the client has put together
fragments() { mib client "$([ "$1" = 4 ] && echo IpReasmOKs || echo Ip6ReasmOKs)"; }

# --- by either way ----------------------------------------------------------------------------

# stock METHOD BACKEND FIRST-PORT
stock() {
	local f who before
	BAL_FORWARD=$1
	balance "http-$1" tcp "$(($3))" "$2:8090"
	balance "iperf-$1" tcp "$(($3 + 1))" "$2:5201"
	balance "iperfu-$1" udp "$(($3 + 1))" "$2:5201"
	balance "dns-$1" tcp "$(($3 + 2))" "$2:53"
	balance "dnsu-$1" udp "$(($3 + 2))" "$2:53"
	for f in 4 6; do
		n=$((n + 1))
		names $f
		who=$([ $f = 4 ] && echo "$HERE4" || echo "$HERE6")
		if [ "$1" = nat ]; then
			who=$([ $f = 4 ] && echo "$CLIENT4" || echo "$CLIENT6")
			says "$1, IPv$f: HTTP, three requests in one connection of the client's" \
				"$who $n"$'\n'1$'\n'"$who $n"$'\n'0$'\n'"$who $n"$'\n'0 http $f "$3"
		else
			match "$1, IPv$f: HTTP, three requests in one connection of the balancer's" \
				"^($who [0-9]+) 1 \\1 0 \\1 0\$" eval "http $f $3 | paste -sd ' '"
		fi
		says "$1, IPv$f: HTTP, $mb MB" "$(sha256sum <"$TMP/nginx-$2/blob")" blob $f "$3"
		is "$1, IPv$f: nginx's log has four requests, of whom it should" \
			"$(cut -d ' ' -f 1 "$TMP/nginx-$2/access.log" | sort | uniq -c | sed 's/^ *//' |
				grep " $who\$")" "4 $who"

		iperf_all "$1, IPv$f" $f $(($3 + 1))

		says "$1, IPv$f: DNS, four questions" "192.0.2.1
192.0.2.1
192.0.2.1
192.0.2.1" dns $f $(($3 + 2)) small.test small.test small.test small.test
		says "$1, IPv$f: DNS over TCP" "192.0.2.1" dns $f $(($3 + 2)) +tcp small.test
		before=$(fragments $f)
		says "$1, IPv$f: DNS, an answer of 3 kB in one datagram" "$whole" \
			big $f $(($3 + 2)) +bufsize=4096 +ignore
		is "$1, IPv$f: which came in fragments" "$(($(fragments $f) - before))" 1
		says "$1, IPv$f: DNS, an answer that is too large for a datagram, over TCP then" \
			"$whole"$'\n'"truncated reply, retrying over TCP" big $f $(($3 + 2)) +bufsize=1232
	done
	is "$1: iperf3 has seen whom it should" "$(iperf_saw "$2" | paste -sd ' ')" \
		"$([ "$1" = nat ] && echo "$CLIENT6 $CLIENT4" || echo "$HERE4 $HERE6" )"
	is "$1: dnsmasq has seen whom it should" "$(dns_saw "$2")" \
		"$([ "$1" = nat ] && printf '8 %s\n' "$CLIENT6" "$CLIENT4" || printf '8 %s\n' "$HERE4" "$HERE6")"
}
stock nat b1 80
stock fullnat b2 90

# --- several backends ------------------------------------------------------------------------

# A pool that several services share, of TCP and UDP, keeps a client's connections together by sh.
for f in 4 6; do
	names $f
	sluice pool add "sh$f" scheduler sh forward nat || bail "no pool"
	for b in b1 b3; do
		sluice backend add "sh$f" "$(at $f $b:5201)" || bail "no backend $b"
	done
	service "sh-tcp$f" tcp "${vip}100" pool "sh$f"
	service "sh-udp$f" udp "${vip}100" pool "sh$f"
	iperf_all "two backends and sh, IPv$f" $f 100
done
BAL_FORWARD=nat
balance turn udp 110 b1:53 b3:53
for f in 4 6; do
	says "two backends in turn, IPv$f: DNS, four questions" "192.0.2.1
192.0.2.1
192.0.2.1
192.0.2.1" dns $f 110 small.test small.test small.test small.test
done
is "half of them came to either" "$(dns_saw b3)" "2 $CLIENT6
2 $CLIENT4"

finish
