#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 20
#
# A balancer that others wrote, which puts a header into each datagram, or reads them, and
# DNS servers that know nothing of headers: dnsdist, dnsmasq, asked by kdig. And go-mmproxy,
# which reads headers for an application that knows nothing of them.
#
#     client (kdig) -- router (dnsdist) -- bal (dnsmasq) -- b1 (dnsdist, dnsmasq, go-mmproxy), b2 (dnsmasq)
#
# The network is drawn in ballib.sh: the one with two arms.

# shellcheck disable=SC2317,SC2016,SC2034,SC2154	# called by name, evaluated later
. "$(dirname "$0")/ballib.sh"

bal_net

dnsmasq_up b1
dnsmasq_up b2
dnsmasq_up bal
# dnsdist speaks to servers from one socket each, whoever asks. It is to be kept from
# asking them itself whether they are there, which it does without a header.
mkdir -p "$TMP/dnsdist"
cat >"$TMP/dnsdist/conf" <<END
setLocal('203.0.113.1:5311', {})
addLocal('203.0.113.1:5312', {})
addLocal('[2001:db8:c::1]:5311', {})
addLocal('[2001:db8:c::1]:5312', {})
setACL({'0.0.0.0/0', '::/0'})
newServer({address='$VIP4:53', pool='here4', useProxyProtocol=true}):setUp()
newServer({address='[$VIP6]:53', pool='here6', useProxyProtocol=true}):setUp()
newServer({address='$VIP4:5300', pool='there4', useProxyProtocol=true}):setUp()
newServer({address='[$VIP6]:5300', pool='there6', useProxyProtocol=true}):setUp()
six = newNMG()
six:addMask('::/0')
four = newNMG()
four:addMask('0.0.0.0/0')
for port, pool in pairs({[5311] = 'here', [5312] = 'there'}) do
	addAction(AndRule({DSTPortRule(port), NetmaskGroupRule(four)}), PoolAction(pool .. '4'))
	addAction(AndRule({DSTPortRule(port), NetmaskGroupRule(six)}), PoolAction(pool .. '6'))
end
END
spawn dnsdist.log ip netns exec router dnsdist --supervised --disable-syslog -C "$TMP/dnsdist/conf"
udp_open() { ip netns exec "$1" ss -Hlun "sport = :5312" | grep -q .; }
wait_for udp_open router || { cat "$TMP/dnsdist.log"; bail "dnsdist does not start"; }

service here4 udp "$VIP4:53" accept-proxy each trust 10.0.0.254
service here6 udp "[$VIP6]:53" accept-proxy each trust fd00::fe
POOLED_BY=each pooled there nat 5300 b1:53 b2:53

# dns FAMILY PORT NAME TYPE: how many answers there are
dns() {
	names "$@"
	local at=203.0.113.1
	[ "$1" = 4 ] || at=2001:db8:c::1
	client kdig -b "${me%:*}" +noall +answer +timeout=5 +retry=0 -p "$2" "@$at" "$3" "$4" |
		grep -c "$4"
}
# asked_by NS ADDRESS: how many questions it has seen from there
asked_by() { grep -c "query\\[.* from $2\$" "$TMP/dns-$1.log"; }

for f in 4 6; do
	names $f
	who=${me%:*}
	who=${who#[}
	who=${who%]}
	says "an answer, by dnsdist and a header (IPv$f)" 1 dns $f 5311 small.test A
	says "dnsmasq knows who asks" 1 asked_by bal "$who"
	says "four of a pool's" "1
1
1
1" eval "for i in 1 2 3 4; do dns $f 5312 small.test A; done"
	says "two by each of its backends, which know it too" "2 2" eval \
		"echo \$(asked_by b1 $who) \$(asked_by b2 $who)"
done

# --- headers that dnsdist reads -------------------------------------------------------------

mkdir -p "$TMP/dnsdist-b1"
cat >"$TMP/dnsdist-b1/conf" <<END
setLocal('10.0.1.1:5312', {})
addLocal('[fd00:1::1]:5312', {})
setACL({'0.0.0.0/0', '::/0'})
setProxyProtocolACL({'10.0.1.254', 'fd00:1::fe'})
newServer({address='127.0.0.1:53'}):setUp()
addAction(AllRule(), LogAction('$TMP/dnsdist-b1/log', false, true, false, false))
END
spawn dnsdist-b1.log ip netns exec b1 dnsdist --supervised --disable-syslog -C "$TMP/dnsdist-b1/conf"
wait_for udp_open b1 || { cat "$TMP/dnsdist-b1.log"; bail "dnsdist does not start"; }
service read4 udp "$VIP4:5320" scheduler rr forward fullnat send-proxy each tlv crc32c
service read6 udp "[$VIP6]:5320" scheduler rr forward fullnat send-proxy each
sluice backend add read4 10.0.1.1:5312 || bail "no backend"
sluice backend add read6 "[fd00:1::1]:5312" || bail "no backend"
for f in 4 6; do
	n=$((n + 1))
	names $f
	ip=$VIP4
	[ $f = 4 ] || ip=$VIP6
	match "an answer, by a header for dnsdist (IPv$f)" 192.0.2.1 client kdig \
		-b "$(tr -d '[]' <<<"${me%:*}")#$n" +short +timeout=5 +retry=0 -p 5320 "@$ip" small.test A
	claim "which knows who asks (IPv$f)" grep -F "from $me for" "$TMP/dnsdist-b1/log"
done
# --- headers that go-mmproxy reads -----------------------------------------------------------

# It speaks to an application at a loopback address as the client itself, and answers must
# find their way back to it.
ip -n b1 rule add from 127.0.0.0/8 iif lo lookup 123
ip -n b1 route add local default dev lo table 123
ip -n b1 -6 rule add from ::1 iif lo lookup 123
ip -n b1 -6 route add local default dev lo table 123
ip netns exec b1 sysctl -qw net.ipv4.conf.all.route_localnet=1
for p in tcp udp; do
	for f in 4 6; do
		at=10.0.1.1:541$f
		[ $f = 4 ] || at="[fd00:1::1]:541$f"
		spawn "mmproxy-$p$f.log" ip netns exec b1 go-mmproxy -p $p -l "$at" -4 127.0.0.1:5410 -6 "[::1]:5410"
	done
done
server b1 5410
udp_server b1 5410
open_in_b1() { [ "$(ip netns exec b1 ss -Hlntu "sport = :541$1" | wc -l)" = 2 ]; }
for f in 4 6; do wait_for open_in_b1 $f || { cat "$TMP"/mmproxy-*; bail "go-mmproxy does not start"; }; done
for f in 4 6; do
	for how in v1 v2; do
		names $f "540${how#v}"
		service mm$how$f tcp "$vip" scheduler rr forward fullnat send-proxy $how
		sluice backend add mm$how$f "$b1:541$f" || bail "no backend"
	done
	names $f 5403
	service mmeach$f udp "$vip" scheduler rr forward fullnat send-proxy each
	sluice backend add mmeach$f "$b1:541$f" || bail "no backend"
	for how in v1 v2; do
		n=$((n + 1))
		names $f
		match "the client's address, by $how and go-mmproxy (IPv$f)" "^peer=${me//[][]/\\&} " \
			tcp $f "540${how#v}" who
	done
	for i in first second; do
		n=$((n + 1))
		names $f
		is "by headers in datagrams, too, of a $i conversation (IPv$f)" \
			"$(udp $f 5403 who who | grep -o '^peer=[^ ]*')" "peer=$me
peer=$me"
	done
done

says "nothing was refused" "" eval \
	"sluice -j stats | jq -r 'to_entries[] | select(.key | test(\"^bad|refused|missing|dropped\")) | select(.value > 0) | .key'"

finish
