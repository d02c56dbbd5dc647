#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 20
#
# Headers that end here, of connections that go on to backends of other hosts: the
# sender speaks PROXY to the VIP, the backend sees the client that the header names.
#
#     client -- router (the sender: HAProxy, client.py) -- bal -- b1, b2, b3
#
# The network is drawn in ballib.sh: the one with two arms.

# shellcheck disable=SC2317,SC2016,SC2034,SC2154	# called by name, evaluated later
. "$(dirname "$0")/ballib.sh"

bal_net
haproxy_up router <<END
frontend four
	bind 203.0.113.1:8101
	default_backend four
frontend six
	bind [2001:db8:c::1]:8101
	default_backend six
backend four
	server s $VIP4:80 send-proxy-v2 proxy-v2-options crc32c,unique-id
backend six
	server s $VIP6:80 send-proxy
END

pooled web nat 80 b1:8080 b2:8080
pooled one nat 81 b1:8080
pooled gone nat 82 b1:8099
pooled full fullnat 83 b1:8080 b3:8080
pooled same nat 8080 b2
pooled none nat 84

# told FAMILY PORT [COMMAND...]: from the sender, with a header that names the client
opts=()
told() {
	names "$1" "$2"
	talk_from router -t 20 --v2 --client "$me" "${opts[@]}" "$vip" "${@:3}"
}

each "the backend sees the client, and its port" 'peer=$me local=$b1:8080' told 81 who
each "a port is kept where the backend has none" 'peer=$me local=$b2:8080' told 8080 who
opts=(--crc --split 10)
each "a header in pieces, with its checksum" 'peer=$me local=$b1:8080' told 81 who
opts=()
each "a million bytes each way" 'both 1000000 ok' told 81 both=1000000
each "the client closes its half" 'both 100000 ok
bye' told 81 both=100000 half
each "nobody listens: the sender is reset" 'status 3: refused: Connection reset by peer' told 82 who
each "no backend: the sender is reset" 'status 3: refused: Connection reset by peer' told 84 who

for f in 4 6; do
	n=$((n + 20))
	is "HAProxy's connections go to each backend in turn, as the clients' (IPv$f)" "$(
		for ((i = 1; i <= 4; i++)); do
			if [ $f = 4 ]; then
				talk_from client --bind "$CLIENT4:$((n + i))" 203.0.113.1:8101 who
			else
				talk_from client --bind "[$CLIENT6]:$((n + i))" \
					"[2001:db8:c::1]:8101" who
			fi
		done | sed 's/.*peer=\(.*\):[0-9]* local=\(.*\)/\1 \2/' | sort | uniq -c | sort
	)" "$(
		names $f
		for b in "$b1" "$b2"; do
			printf '      2 %s %s:8080\n' "${me%:*}" "$b"
		done
	)"
done

# --- full NAT -----------------------------------------------------------------------------

for b in b1 b3; do
	ip -n $b route del default
	ip -n $b -6 route del default
done
for f in 4 6; do
	n=$((n + 1))
	names $f 83
	match "full NAT: the backend sees an address of the balancer's (IPv$f)" \
		"^peer=\[?(10\.0\.1\.254|fd00:1::fe)\]?:[0-9]+ " told $f 83 who
done
each "full NAT: a million bytes each way" 'both 1000000 ok' told 83 both=1000000
# Two connections of the same client that are over, one to each backend
for i in 1 2; do
	talk_from router --v2 --client "$CLIENT4:7777" "$VIP4:83" who peer-fin >/dev/null
done
launch held router client -t 60 --v2 --client "$CLIENT4:7777" "$VIP4:83" who eof
wait_for grep -q peer= "$TMP/held"
match "flow show names sender, client and backend" \
	"sender 10\.0\.0\.254:[0-9]+ client $CLIENT4:7777 +address $VIP4:83 +backend 10\.0\.1\.[13]:8080 +header v2" \
	sluice flow show
backend=$(sluice flow show client "$CLIENT4:7777" state established | sed -n 's/.* backend \([^ ]*\) .*/\1/p')
claim "flow del finds it by the client and the backend that it shows" \
	sluice flow del "$CLIENT4:7777-$backend"
claim "the sender hears of it" wait_for -t 10 grep -q reset "$TMP/held"
for b in b1 b3; do
	ip -n $b route add default via 10.0.1.254
	ip -n $b route add default via fd00:1::fe
done

# --- what is refused ----------------------------------------------------------------------

opts=(--client "[$CLIENT6]:5000" --dest "[2001:db8::9]:80")
counted "a client of the other family is refused" family-refused 1 told 4 81 who
opts=(--client 10.0.1.254:5000)
counted "an address of this host is no client's" client-refused 1 told 4 81 who
opts=()

# --- beside a firewall -----------------------------------------------------------------------

bal nft -f - <<-END || bail "nft refuses the rules"
	table inet fw {
		counter other { }
		chain forward {
			type filter hook forward priority 0; policy drop;
			ct state established,related accept
			ct state new ip saddr 203.0.113.7 ip daddr 10.0.1.0/24 tcp dport 8080 accept
			ct state new ip6 saddr $CLIENT6 ip6 daddr fd00:1::/64 tcp dport 8080 accept
			meta l4proto tcp counter name other
		}
	}
END
each "a firewall that lets clients through to backends" 'peer=$me local=$b1:8080' told 81 who
each "a million bytes through it" 'both 1000000 ok' told 81 both=1000000
is "it has nothing else to say" \
	"$(counter bal other fw)" 0
bal nft delete table inet fw

# --- the end -----------------------------------------------------------------------------------

launch kept router client -t 60 --v2 --client "$CLIENT4:7778" "$VIP4:81" who eof
wait_for grep -q peer= "$TMP/kept"
claim "a service goes with its connections" sluice service del one4 force
wait_for -t 10 grep -q reset "$TMP/kept"
match "the sender is reset" reset cat "$TMP/kept"
is "and so is the backend's end" "$(ip netns exec b1 ss -Htn state established sport = :8080 |
	grep -c 7778)" 0

finish
