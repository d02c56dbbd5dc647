#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 75
#
# Headers in datagrams that end here, for applications of this host: in each datagram, in
# the first of a conversation, of the simple protocol. The sender (udp.py) is the router,
# the application sees the client.
#
#     client -- router (the sender) -- bal (the application)
#
# The network is drawn in ballib.sh: the one with two arms.

# shellcheck disable=SC2317,SC2016,SC2034,SC2154	# called by name, evaluated later
. "$(dirname "$0")/ballib.sh"

bal_net

# carried NAME MODE PORT [OPTION...]: services NAME4 and NAME6 that take headers from router
carried() {
	service "${1}4" udp "$VIP4:$3" accept-proxy "$2" trust 10.0.0.254 "${@:4}"
	service "${1}6" udp "[$VIP6]:$3" accept-proxy "$2" trust fd00::fe "${@:4}"
}

# An application that answers from where it was asked, one that leaves that to the stack,
# and one that is bound to the address
carried every each 5311
carried once first 5312
carried simple spp 5313
carried any each 5321
carried any-once first 5322
carried any-simple spp 5323
carried bound each 5331
carried whole spp 5343
for p in 5311 5312 5313; do udp_server bal $p; done
for p in 5321 5322 5323; do udp_server bal --any --cut $p; done
udp_server bal --whole 5343
udp_server bal -b "$VIP4" 5331
udp_server bal -b "$VIP6" --any 5331

# told_as FAMILY PORT HEADER DESTINATION [COMMAND...]: of whom opts say that it is the
# client, and where it has called
told_as() {
	names "$1" "$2"
	udp_from router -t 5 "${opts[@]}" --dst "$4" --header "$3" "$vip" "${@:5}"
}
# told_named FAMILY PORT HEADER [COMMAND...]: of a client that is nobody else
named=([4]=198.51.100.7 [6]="[2001:db8:d::7]")
senders=([4]=203.0.113.8:0 [6]="[$CLIENT6]:0")
told_named() {
	names "$1" "$2"
	udp_from "$from" -t 5 "${opts[@]}" --header "$3" --client "${named[$1]}:$n" "$vip" "${@:4}"
}
# told_client CLIENT: a datagram from there
told_client() { udp_from router -t 1 --header each --client "$1" "$VIP4:5311" push=4; }
lo=([4]=127.0.0.1 [6]="[::1]")
seen='peer=$me local=$vip answer=$vip'

each "a header in each datagram" "$seen
$seen" told_udp 5311 each who who
each "a header in the first" "$seen
$seen" told_udp 5312 first who who
each "the simple header, which answers have too" "$seen
$seen" told_udp 5313 spp who who
each "an application that is bound to any address (each)" "$seen" told_udp 5321 each who
each "(first)" "$seen
$seen" told_udp 5322 first who who
each "(spp)" "$seen" told_udp 5323 spp who
each "one that is bound to the service's" "$seen" told_udp 5331 each who

service lo4 udp "$VIP4:5351" accept-proxy each trust 10.0.0.254 to 127.0.0.1:5352
service lo6 udp "[$VIP6]:5351" accept-proxy each trust fd00::fe to "[::1]:5352"
udp_server bal -b 127.0.0.1 5352
udp_server bal -b ::1 --any 5352
each "one that none but this host can reach" 'peer=$me local=${lo[$f]}:5352 answer=$vip
size 5000 ok' told_udp 5351 each who size=5000

# --- what datagrams may be ------------------------------------------------------------------

all='size 1 ok
size 1300 ok
zero ok
size 5000 ok
size 60000 ok
size 2 ok'
sizes=(size=1 size=1300 zero size=5000 size=60000 size=2)
for m in "5311 each" "5312 first" "5313 spp" "5323 spp"; do
	# shellcheck disable=SC2086	# a port and a word
	each "small, large, in fragments, empty: $m" "$all" told_udp $m "${sizes[@]}"
done
opts=(--unsummed)
says "without a checksum (each)" "size 100 ok" told_udp 4 5311 each size=100
says "without a checksum (spp)" "size 100 ok" told_udp 4 5313 spp size=100
opts=(--cut)
each "fragments made on the way out" "size 1472 ok" told_udp 5311 each size=1472
opts=(--tlv 100 --crc)
each "with a TLV and a checksum" "size 700 ok" told_udp 5311 each size=700
opts=(--tlv 2000 --crc)
each "a header larger than a packet" "size 700 ok" told_udp 5311 each size=700
opts=()
for on in on off; do
	offload tx $on rx $on gso $on gro $on || bail "offloads are not $on"
	# Trains are refused by kernels before 6.2 where the device leaves sums to them.
	router ethtool -K bl tx on >"$TMP/claim.out"
	each "a train of datagrams, offloads $on (each)" "train 20x1000 ok" told_udp 5311 each train=20x1000
	each "(first)" "train 20x1000 ok
$seen" told_udp 5312 first train=20x1000 who
	each "(spp)" "train 20x1000 ok" told_udp 5313 spp train=20x1000
	each "large ones, offloads $on" "size 20000 ok" told_udp 5313 spp size=20000
done
offload tx on rx on gso on gro on
for how in forwarding list; do
	gro $how
	for m in "5311 each" "5312 first" "5313 spp"; do
		# shellcheck disable=SC2086	# a port and a word
		each "datagrams that GRO has made one, $how: $m" "train 20x1000 ok
$seen" told_udp $m train=20x1000 who
	done
	claim "it did" test "$(counter bal merged merge)" -ge 6
done
gro off

# --- who is who -----------------------------------------------------------------------------

each "one socket speaks for many clients" 'peer=$me local=$vip answer=$vip
peer=${me%:*}:9001 local=$vip answer=$vip
peer=${me%:*}:9002 local=$vip answer=$vip
peer=${me%:*}:9001 local=$vip answer=$vip' told_udp 5311 each who \
	as=@9001 who as=@9002 who as=@9001 who
each "and for one after the other, where only the first datagram says so" \
	'peer=$me local=$vip answer=$vip
peer=${me%:*}:9003 local=$vip answer=$vip
peer=${me%:*}:9003 local=$vip answer=$vip' told_udp 5312 first who as=@9003 who who
each "a later one that has overtaken the first is lost, and the first one counts" "$seen
$seen" told_udp 5312 first "raw=$(hex later)" who who
each "a first one that comes twice" "$seen
$seen" told_udp 5312 first who again who

# A client whose datagrams come by another of the sender's sockets: answers go there.
for f in 4 6; do
	n=5900
	told_udp $f 5311 each who >"$TMP/claim.out"
	counted "a client that comes by another socket of the sender's is in another conversation" \
		flows-moved 1 told_udp $f 5311 each who
	names $f 5311
	says "with the same application" "$(eval "echo $seen")" told_udp $f 5311 each who
done
opts=()
each "the command LOCAL: the sender itself" 'peer=${lbs[$f]}:$n local=$vip answer=$vip
peer=${lbs[$f]}:$n local=$vip answer=$vip' told_local 5311 each who who
each "(first)" 'peer=${lbs[$f]}:$n local=$vip answer=$vip' told_local 5312 first who
opts=(--stream --bind "10.0.0.254:7001")
says "a header for TCP: the sender itself" "peer=10.0.0.254:7001 local=$VIP4:5311 answer=$VIP4:5311" \
	told_udp 4 5311 each who
opts=(--client "[$CLIENT6]:9101")
says "a client of IPv6, a sender of IPv4" \
	"peer=[$CLIENT6]:9101 local=[$VIP6]:5311 answer=$VIP4:5311
size 3000 ok" told_as 4 5311 each "$VIP6" who size=3000
opts=(--client "$CLIENT4:9102")
says "and the other way round" "peer=$CLIENT4:9102 local=$VIP4:5313 answer=[$VIP6]:5313
size 3000 ok
train 20x1000 ok" told_as 6 5313 spp "$VIP4" who size=3000 train=20x1000
opts=()

# --- the firewall, and paths that are narrow --------------------------------------------------

bal nft -f - <<-END || bail "nft refuses the rules"
	table inet t {
		chain in {
			type filter hook input priority 0; policy drop;
			ct state established,related accept
			meta l4proto { icmp, icmpv6 } accept
			ip saddr $CLIENT4 udp dport 5300-5399 accept
			ip6 saddr $CLIENT6 udp dport 5300-5399 accept
		}
		chain out {
			type filter hook output priority 0; policy drop;
			ct state established,related accept
			meta l4proto icmpv6 accept
		}
	}
END
for m in "5311 each" "5321 each" "5322 first" "5323 spp"; do
	# shellcheck disable=SC2086	# a port and a word
	each "where the client alone may come in, and answers alone go out: $m" "$seen
size 5000 ok" told_udp $m who size=5000
done
bal nft delete table inet t

# in_time NAME ARGUMENT...: told_udp, or told_named, until it succeeds. Who sends too much
# hears so, and does better the next time.
in_time() {
	local i
	for i in 1 2 3 4; do
		"$@" && return
	done
}
opts=(-t 0.5)
each "an answer that has no room for the header goes in pieces" "size 1460 ok" \
	told_udp 5313 spp size=1460
for f in 4 6; do
	status "if it must not, nothing comes (IPv$f)" 4 told_udp $f 5343 spp size=1460
	told_udp $f 5343 spp size=1460 >"$TMP/claim.out"
done
claim "and the application hears of it, in either family" \
	[ "$(grep -c "Message too long" "$TMP/udp-bal-5343.log")" -ge 2 ]
opts=()
# trusting PREFIX,..: from here on
trusting() {
	local s
	for s in every4 every6 simple4 simple6; do
		sluice service set $s trust "$1" >"$TMP/claim.out" || bail "no trust in $1"
	done
}
from=client
trusting "10.0.0.254,203.0.113.8,fd00::fe,$CLIENT6"
cable client 1400
for m in "5311 each" "5313 spp"; do
	for f in 4 6; do
		opts=(-t 0.5 --bind "${senders[$f]}")
		n=$((n + 1))
		# shellcheck disable=SC2086	# a port and a word
		match "a sender behind a narrow path: $m (IPv$f)" "^size 1420 ok" in_time told_named $f $m size=1420
	done
done
cable client 1500
from=router
opts=()
trusting 10.0.0.254,fd00::fe

# told_apart FAMILY PORT HEADER N: clients from port $n on, each by a socket of the sender's
told_apart() {
	names "$1" "$2"
	udp_from router -t 5 --header "$3" --client "$me" "$vip" "lossy=$4"
}
bad_cables router:bl bal:wan
before="$(stat header-missing every4) $(stat header-missing every6) $(stat bad-signature)"
n=8000
for m in "5311 each" "5312 first" "5313 spp"; do
	# shellcheck disable=SC2086	# a port and a word
	each "loss, duplicates, another order: what comes is for who gets it: $m" "lossy ok" told_apart $m 8x5
	n=$((n + 10))
done
good_cables router:bl bal:wan
is "and has a header, but where later ones have none" \
	"$(stat header-missing every4) $(stat header-missing every6) $(stat bad-signature)" "$before"

# --- what is refused ------------------------------------------------------------------------

n=9200
counted "a later datagram whose first one never came" header-missing 1 \
	told_udp 4 5312 first "raw=$(hex question)"
counted "no header where each has one" bad-signature 1 told_udp 4 5311 each "raw=$(hex question)"
counted "a header of version 1" bad-version 1 told_udp 4 5311 each \
	"raw=$(hex 'PROXY TCP4 203.0.113.7 10.0.0.80 1 2\r\nquestion')"
addrs='\xcb\0\x71\x07\x0a\0\0\x02\x15\xb3\0\x50'
counted "a checksum that is none" bad-crc 1 told_udp 4 5311 each \
	"raw=$(hex "\r\n\r\n\0\r\nQUIT\n\x21\x12\0\x13$addrs\x03\0\x04\0\0\0\0question")"
counted "a TLV that goes on into what is said" bad-tlv 1 told_udp 4 5311 each \
	"raw=$(hex "\r\n\r\n\0\r\nQUIT\n\x21\x12\0\x0f$addrs\x04\0\x01question")"
counted "half a header" bad-length 1 told_udp 4 5311 each \
	"raw=$(hex '\r\n\r\n\0\r\nQUIT\n\x21\x12\0\x0c\x01')"
counted "half a simple one" bad-length 1 told_udp 4 5313 spp "raw=56ec0000"
counted "something else" bad-signature 1 told_udp 4 5313 spp "raw=$(hex question)"
counted "a client that nobody can be" client-refused 1 told_client 224.0.0.1:53
counted "one that is this host" client-refused 1 told_client 10.0.0.2:53
counted "one without a port" client-refused 1 told_client "$CLIENT4:0"

status "somebody else is not answered" 4 udp_from client -t 1 "$VIP4:5311" who
sluice service set every4 untrusted reset >"$TMP/claim.out"
says "or told that nobody is there" "type=3 code=3 by=$VIP4 about=$VIP4:5311" \
	udp_from client "$VIP4:5311" error
sluice service set every6 untrusted reset >"$TMP/claim.out"
says "(IPv6)" "type=1 code=4 by=$VIP6 about=[$VIP6]:5311" udp_from client "[$VIP6]:5311" error
sluice service set every4 untrusted pass >"$TMP/claim.out"
says "or speaks to the application without a header" \
	"peer=$CLIENT4:9300 local=$VIP4:5311 answer=$VIP4:5311" \
	udp_from client --bind "$CLIENT4:9300" "$VIP4:5311" who
told_udp 4 5311 each "as=$CLIENT4:9300" push=4 >"$TMP/claim.out"
counted "but not as a client that the sender has named" spoofed 1 \
	udp_from client --bind "$CLIENT4:9300" "$VIP4:5311" push=4

# An answer that is no service's: of a socket that is bound to another address, to a client
# who asks both
udp_server bal -b 10.0.0.2 5331
udp_server bal -b fd00::2 5331
mine=([4]=10.0.0.2:5331 [6]="[fd00::2]:5331")
for f in 4 6; do
	n=9310
	told_udp $f 5331 each who >"$TMP/claim.out"
	names $f
	says "who is bound to another address answers from there (IPv$f)" \
		"peer=$me local=${mine[$f]} answer=${mine[$f]}" \
		udp_from client -t 2 --bind "$me" "${mine[$f]}" who
done

# Conversations that nothing answers: with large headers there are fewer
as=()
for ((i = 20000; i < 20200; i++)); do as+=("as=@$i" push=4); done
sluice flow flush >"$TMP/claim.out"
sluice limits set max-half-open-bytes 65536 >"$TMP/claim.out" || bail "no limit"
told_udp 4 5311 each "${as[@]}" >"$TMP/claim.out"
small=$(flows)
opts=(--tlv 4000)
told_udp 4 5311 each "${as[@]/#as=@20/as=@21}" >"$TMP/claim.out"
opts=()
large=$(flows)
claim "what is half done takes no more for large headers: $large, not $small" \
	[ "$small" -gt 50 -a "$((large * 4))" -lt "$small" ]
sluice limits set max-half-open-bytes 67108864 >"$TMP/claim.out"

# --- what the administrator sees --------------------------------------------------------------

sluice flow flush >"$TMP/claim.out"
opts=(--tlv 4)
n=9400
told_udp 4 5311 each who >"$TMP/claim.out"
n=9401
opts=()
told_udp 4 5313 spp who >"$TMP/claim.out"
shown() {
	sluice -j flow show | jq -r '.[] | "\(.service) \(.client) \(.header) \(.backend) \(."packets-in") \(."packets-out") \(.sender | sub(":.*"; ""))"'
}
says "flows are shown by their clients" "every4 $CLIENT4:9400 v2 $VIP4:5311 1 1 10.0.0.254
simple4 $CLIENT4:9401 spp $VIP4:5313 1 1 10.0.0.254" eval 'shown | sort'
match "with what else the header said" '"tlv"' sluice -j flow show
says "and are found by them" 1 eval "sluice -j flow show client $CLIENT4:9400 | jq length"
claim "one is deleted by client and backend" sluice flow del "$CLIENT4:9400-$VIP4:5311"
claim "one by sender and service" sluice flow del "10.0.0.254:$(
	sluice -j flow show | jq -r '.[0].sender | sub(".*:"; "")')-$VIP4:5313"
says "none is left" "[]" sluice -j flow show

# --- the end ----------------------------------------------------------------------------------

n=9500
told_udp 4 5311 each who >"$TMP/claim.out"
spawn unload.log bal "$SLUICE" unload drain 6
draining() { [ "$(told_udp 4 5311 each as=@9501 who)" = timeout ]; }
opts=(-t 0.5)
claim "who drains takes no new conversations" wait_for -t 5 draining
opts=()
names 4 5311
says "but one that there is goes on, by another socket of its sender's" \
	"peer=$me local=$vip answer=$vip" told_udp 4 5311 each who

finish
