#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 75
#
# PROXY headers that backends are sent, over TCP: by segments of our own, before anything
# that the client says.
#
#     client -- router -- bal -- b1, b2, b3
#
# The network is drawn in ballib.sh: the one with two arms. Backends read a header at 8090
# (server.py), 8091 (nginx), 8092 (HAProxy), 8093 and 8095 (another Sluice), speak before they
# have read it at 8094 and read none at 8080. b4 is behind a router, and reads one at 8090.
# HAProxy at 8092 of b2 sends one on.

# shellcheck disable=SC2317,SC2016,SC2034,SC2154	# called by name, evaluated later
. "$(dirname "$0")/ballib.sh"

bal_net
server b4 --proxy 8090
for b in b1 b2; do
	server $b --proxy 8090
	server $b --proxy --banner hello --banner-first 8094
done
nginx_up b1 <<END
http {
	log_format who '\$proxy_protocol_addr \$proxy_protocol_port \$proxy_protocol_server_addr \$proxy_protocol_server_port';
	access_log $TMP/nginx-b1/access.log who;
	client_body_temp_path $TMP/nginx-b1/body;
	proxy_temp_path $TMP/nginx-b1/proxy;
	fastcgi_temp_path $TMP/nginx-b1/fastcgi;
	uwsgi_temp_path $TMP/nginx-b1/uwsgi;
	scgi_temp_path $TMP/nginx-b1/scgi;
	server {
		listen 8091 proxy_protocol;
		listen [::]:8091 proxy_protocol;
		location / { return 200 "\$proxy_protocol_addr \$proxy_protocol_port\n"; }
	}
}
END
haproxy_up b1 <<END
frontend f
	bind :::8092 v4v6 accept-proxy
	log-format "%ci %cp"
	default_backend b
backend b
	server s 127.0.0.1:8080
END
# What it passes on where a header names nobody
haproxy_up b2 <<END
frontend f
	bind 0.0.0.0:8092 accept-proxy
	bind [::]:8092 v6only accept-proxy
	default_backend b
backend b
	server s 127.0.0.1:8090 send-proxy-v2
END
# The next Sluice, which delivers to the application there
SLUICE_NS=b1
for f in 4 6; do
	a=10.0.1.1
	[ $f = 4 ] || a="[fd00:1::1]"
	service next$f tcp "$a:8093" accept-proxy trust any to "$a:8080"
	service last$f tcp "$a:8095" accept-proxy trust any scheduler rr forward nat send-proxy v2 \
		tlv unique-id
	claim "a second Sluice with a header of its own (IPv$f)" sluice backend add last$f "$a:8090"
done
SLUICE_NS=bal

# sends NAME METHOD PORT VERSION BACKEND...: services NAME4 and NAME6 without headers of their own
sends() {
	local f vip b out
	for f in 4 6; do
		vip=$VIP4
		[ $f = 4 ] || vip="[$VIP6]"
		service "$1$f" tcp "$vip:$3" scheduler rr forward "$2" send-proxy "$4" "${POOLED[@]}"
		for b in "${@:5}"; do
			out=$(sluice backend add "$1$f" "$(at $f "$b")" 2>&1) ||
				bail "backend add $b: $out"
		done
	done
}

# --- who is named ---------------------------------------------------------------------

for how in nat:100 fullnat:110; do
	method=${how%:*} port=${how#*:}
	sends "$method-a" "$method" "$port" v1 b1:8090
	sends "$method-b" "$method" "$((port + 1))" v2 b1:8090
	sends "$method-c" "$method" "$((port + 2))" v2 b1:8094
	for f in 4 6; do
		n=$((n + 1)); names $f "$port"
		match "$method: v1 names the client (IPv$f)" \
			"header=v1 PROXY TCP$f $([ $f = 4 ] && echo "$CLIENT4" || echo "$CLIENT6") $ip $n $port" tcp $f "$port" who
		n=$((n + 1))
		match "$method: v2 names the client (IPv$f)" \
			"header=v2 21$([ $f = 4 ] && echo 1 || echo 2)1 $([ $f = 4 ] && echo "$CLIENT4" || echo "$CLIENT6") $ip $n $((port + 1))" \
			tcp $f $((port + 1)) who
		is "$method: one was sent, and taken (IPv$f)" "$(stat header-sent "$method-b$f") $(stat header-unacked "$method-b$f") $(
			stat flows-opened "$method-b$f")" "1 0 1"
	done
	each "$method: all of it comes through" 'both 300000 ok
bye' tcp $((port + 1)) both=300000 half
	each "$method: a server that speaks first" 'hello' tcp $((port + 2)) banner
	each "$method: and is spoken to" 'hello
both 100000 ok' tcp $((port + 2)) banner both=100000
done

# --- those who read them ---------------------------------------------------------------

sends nginx1 nat 120 v1 b1:8091
sends nginx2 nat 121 v2 b1:8091
sends haproxy1 fullnat 122 v1 b1:8092
sends haproxy2 fullnat 123 v2 b1:8092
sends chain nat 124 v2 b1:8093
sends fchain fullnat 125 v2 b1:8093
sends chain1 nat 126 v1 b1:8095
for f in 4 6; do
	c=$([ $f = 4 ] && echo "$CLIENT4" || echo "$CLIENT6")
	names $f
	url=$([ $f = 4 ] && echo "$VIP4" || echo "[$VIP6]")
	for v in 1 2; do
		match "nginx: v$v (IPv$f)" "^$c [0-9]+" client curl -sS --max-time 20 "http://$url:$((119 + v))/"
		claim "HAProxy: v$v (IPv$f)" tcp $f $((121 + v)) both=10000
		claim "HAProxy: v$v names the client (IPv$f)" wait_for -t 5 \
			grep -q "^$c $n" "$TMP/haproxy-b1.log"
		n=$((n + 1))
	done
	n=$((n + 1)); names $f
	says "a second Sluice, behind nat (IPv$f)" "peer=$me local=$b1:8080" tcp $f 124 who
	n=$((n + 1)); names $f
	says "a second Sluice, behind full NAT (IPv$f)" "peer=$me local=$b1:8080" tcp $f 125 who
	claim "and all of it (IPv$f)" tcp $f 125 both=300000
	n=$((n + 1)); names $f
	match "two Sluices: v1 in between, v2 behind (IPv$f)" \
		"header=v2 21.. $c $ip $n 126 5=[0-9a-f]{32}\$" tcp $f 126 who
	claim "and all of it (IPv$f)" tcp $f 126 both=300000
done

# --- header in, header out ---------------------------------------------------------------

# told FAMILY PORT [COMMAND...]: from the sender, with a header that names the client
how=(--v2)
told() {
	names "$1" "$2"
	talk_from router -t 60 "${how[@]}" --client "$me" "${opts[@]}" "$vip" "${@:3}"
}
relays() {
	pooled "$1" "$2" "$3" "${@:5}"
	for f in 4 6; do
		claim "$1: $4 (IPv$f)" sluice pool set "$1$f" send-proxy "$4"
	done
}
relays to1 nat 130 v1 b1:8090
relays to2 fullnat 131 v2 b1:8090
relays tonone fullnat 132 none b1:8080
for f in 4 6; do
	c=$([ $f = 4 ] && echo "$CLIENT4" || echo "$CLIENT6")
	r=$([ $f = 4 ] && echo 10.0.0.254 || echo fd00::fe)
	how=(--v2); n=$((n + 1)); names $f
	match "v2 in, v1 out (IPv$f)" "header=v1 PROXY TCP$f $c $ip $n 130" told $f 130 who
	how=(--v1); n=$((n + 1))
	match "v1 in, v2 out (IPv$f)" "header=v2 21.. $c $ip $n 131\$" told $f 131 who
	opts=(--local); n=$((n + 1))
	match "UNKNOWN in: the sender (IPv$f)" "header=v2 21.. $r $ip [0-9]+ 131\$" told $f 131 who
	how=(--v2)
	match "LOCAL in: the sender (IPv$f)" "header=v2 21.. $r $ip [0-9]+ 131\$" told $f 131 who
	# As HAProxy has it, who knows the sender and where that has called.
	rb=$r hb=$([ $f = 4 ] && echo 10.0.1.2 || echo fd00:1::2)
	[ $f = 4 ] || rb="[$r]"
	for how in --v1 --v2; do
		n=$((n + 1)); names $f 131
		ours=$(talk_from router -t 30 $how --local --bind "$rb:$n" "$vip" who)
		is "nobody named in $how: the sender and whom it called (IPv$f)" "${ours#*header=}" \
			"v2 21$([ $f = 4 ] && echo 1 || echo 2)1 $r $ip $n 131"
		theirs=$(talk_from router -t 30 $how --local --bind "$rb:$((n + 1))" "${b2}:8092" who)
		is "HAProxy says the same of itself (IPv$f)" "${theirs#*header=}" \
			"v2 21$([ $f = 4 ] && echo 1 || echo 2)1 $r $hb $((n + 1)) 8092"
		n=$((n + 1))
	done
	how=(--v2)
	opts=(); n=$((n + 1))
	match "v2 in, none out (IPv$f)" "^peer=[^ ]+ local=[^ ]+\$" told $f 132 who
	for i in 5 1; do
		opts=(--split "$i")
		claim "in pieces of $i, and all of it (IPv$f)" told $f 131 both=300000
	done
	opts=()
done

# A chain, where the first Sluice passes on what the second does, too
relays through nat 134 v2 b1:8095
for f in 4 6; do
	claim "an id for the chain (IPv$f)" sluice pool set through$f tlv unique-id
	n=$((n + 1))
	opts=(--tlv "5=id7")
	match "two Sluices: one id (IPv$f)" " 134 5=id7\$" told $f 134 who
	opts=()
done

# --- little at a time ---------------------------------------------------------------------

server b1 --proxy --rcvbuf 1 8096
sends tiny nat 135 v2 b1:8096
for f in 4 6; do
	claim "a header of 2 kB (IPv$f)" sluice pool set tiny$f tlv \
		"$(for t in e0 e1 e2 e3 e4 e5 e6 e7; do printf '0x%s=%0500d,' $t 0; done)crc32c"
done
each "a backend's window that the header does not fit in" 'both 30000 ok' tcp 135 both=30000
opts=(--rcvbuf 1)
each "and a client's that is as small" 'both 30000 ok' tcp 135 both=30000
opts=()
each "a client's segments of one byte" 'drip 300 ok' tcp 101 drip=300
each "by full NAT" 'drip 300 ok' tcp 111 drip=300

# --- a backend of the other family ------------------------------------------------------

for v in 1 2; do
	for f in 4 6; do
		names $f
		service across$v$f tcp "${vip}16$v" scheduler rr forward fullnat send-proxy v$v
		claim "a backend of the other family (IPv$f)" sluice backend add across$v$f "$(at $((10 - f)) b1:8090)"
		n=$((n + 1))
		c=$([ $f = 4 ] && echo "$CLIENT4" || echo "$CLIENT6")
		want="v1 PROXY TCP$f"
		[ $v = 1 ] || want="v2 21$([ $f = 4 ] && echo 1 || echo 2)1"
		match "v$v: its header is of the client's family (IPv$f)" "header=$want $c $ip $n 16$v\$" tcp $f 16$v who
		n=$((n + 1))
		says "v$v: and all of it (IPv$f)" "both 100000 ok" tcp $f 16$v both=100000
	done
done

# --- TLVs -----------------------------------------------------------------------------

for f in 4 6; do
	claim "TLVs (IPv$f)" sluice pool set to2$f tlv authority,0xea=6869,unique-id,crc32c
	n=$((n + 1))
	opts=(--tlv "2=example" --tlv "5=id7" --tlv "0xe0=secret" --crc)
	match "passed on, added, summed up anew (IPv$f)" " 131 2=example 234=hi 5=id7 3=good\$" told $f 131 who
	opts=(); n=$((n + 1))
	match "a unique id where none came (IPv$f)" " 131 234=hi 5=[0-9a-f]{32} 3=good\$" told $f 131 who
	# Longer than a segment
	claim "long ones (IPv$f)" sluice pool set to2$f tlv \
		"$(for t in e0 e1 e2 e3 e4 e5 e6 e7 e8 e9; do printf '0x%s=%0510d,' $t 0; done)crc32c"
	match "a header of several segments (IPv$f)" " 3=good\$" told $f 131 who
	claim "and all behind it (IPv$f)" told $f 131 both=100000
done

# --- one of them otherwise ----------------------------------------------------------------

sends mixed nat 140 v2 b1:8090 b2:8080
for f in 4 6; do
	names $f
	claim "b2 is sent none (IPv$f)" sluice backend set mixed$f "$(at $f b2:8080)" send-proxy none
	n=$((n + 1))
	a=$(tcp $f 140 who)
	n=$((n + 1))
	b=$(tcp $f 140 who)
	match "the one has a header (IPv$f)" "header=v2" echo "$a $b"
	match "the other none (IPv$f)" "local=${b2//[][]/\\&}:8080( |\$)" echo "$a $b"
	claim "as the pool again (IPv$f)" sluice backend set mixed$f "$(at $f b2:8080)" send-proxy pool
	is "which is what is shown (IPv$f)" "$(sluice -j backend show mixed$f "$(at $f b2:8080)" | jq -r '.[0]["send-proxy"]')" pool
	# A flow that lives keeps what it has.
	names $f 101
	launch live$f client client -t 30 --bind "$([ $f = 4 ] && echo "$CLIENT4" || echo "[$CLIENT6]"):76$f" "$vip" \
		both=1000 file="$TMP/edited" both=1000
done
for f in 4 6; do
	claim "it lives (IPv$f)" wait_for -t 10 grep -q "both 1000 ok" "$TMP/live$f"
	claim "its pool is edited (IPv$f)" sluice pool set nat-b$f send-proxy none
done
touch "$TMP/edited"
for f in 4 6; do
	claim "it goes on (IPv$f)" wait_for -t 10 eval "[ \$(grep -c 'both 1000 ok' $TMP/live$f) = 2 ]"
	claim "and back (IPv$f)" sluice pool set nat-b$f send-proxy v2
done

# --- numbers ----------------------------------------------------------------------------

# Both ends of connections of which segments are lost, and so acknowledged one by one, compared
# packet by packet (legs.py).
# lose NS MATCH: of each connection's segments there that match, the first
lose() {
	ip netns exec "$1" nft -f - <<-END || bail "nft refuses the rules"
		table inet lose {
			set seen { type inet_service . inet_service; flags dynamic; timeout 60s; }
			counter lost { }
			chain in {
				type filter hook prerouting priority -300;
				tcp sport . tcp dport @seen accept
				$2 add @seen { tcp sport . tcp dport } counter name lost drop
			}
		}
	END
}
claim "segments are as small as they are on a cable" offload tso off gso off
for d in wan lan; do
	watched=101,111,130,132
	[ $d = wan ] || watched=8080,8090
	spawn "tcpdump-$d.log" ip netns exec bal tcpdump -U -s 0 -Z root -i $d -w "$TMP/bal-$d.pcap" \
		"tcp and (port ${watched//,/ or port })"
	wait_for grep -q listening "$TMP/tcpdump-$d.log"
done
lose b1 'tcp dport { 8080, 8090 } meta length > 1000'
lose router 'tcp sport { 101, 111, 130, 132 } meta length > 1000'
how=(--v2)
each "watched: no header, v2" 'both 20000 ok' tcp 101 both=20000
each "watched: no header, v2, by full NAT" 'both 20000 ok' tcp 111 both=20000
each "watched: v2, v1" 'both 20000 ok' told 130 both=20000
each "watched: v2, no header" 'both 20000 ok' told 132 both=20000
is "of each a segment was lost, both ways" "$(counter b1 lost lose) $(counter router lost lose)" "8 8"
ip netns exec b1 nft delete table inet lose
ip netns exec router nft delete table inet lose
lose b1 'tcp dport 8090 tcp flags & (syn | psh | ack) == (psh | ack)'
each "watched: the header's segment is lost" 'both 20000 ok' tcp 101 both=20000
is "it was" "$(counter b1 lost lose)" 2
ip netns exec b1 nft delete table inet lose
legs() { python3 "$TOOLS/legs.py" "$TMP/bal-wan.pcap" "$TMP/bal-lan.pcap" "$VIP4" "$VIP6"; }
# What a connection has said is "both 20000" and as many bytes; what it hears, with digests.
twice() { printf '%s\n%s\n' "$1" "$1"; }
wanted=$(
	for k in "none v2 sent=1" "none v2 sent=1" "v2 v1 sent=1" "v2 none sent=1"; do
		twice "$k sacks=client,backend bytes=20011,20142"
	done
	twice "none v2 sent=2 sacks=none bytes=20011,20142"
)
# What has been seen may not have been written yet.
are_wanted() { [ "$(legs)" = "$wanted" ]; }
wait_for -t 10 are_wanted
says "every number is off by one distance, and a header that is sent again has its own" "$wanted" legs
claim "segments as they were" offload tso on gso on

# --- a firewall ---------------------------------------------------------------------------

# Which lets in nobody, and sees clients and backends speak to each other.
bal nft -f - <<-END || bail "nft refuses the rules"
	table inet t {
		counter new { }
		counter invalid { }
		counter other { }
		chain in {
			type filter hook input priority 0; policy drop;
			meta l4proto { icmp, ipv6-icmp } accept
			ct state invalid counter name invalid
			counter name other
		}
		chain forward {
			type filter hook forward priority 0; policy drop;
			ct state invalid counter name invalid drop
			ct state established,related accept
			iifname wan oifname lan ct state new tcp dport 8090 counter name new accept
			counter name other
		}
		chain out {
			type filter hook output priority 0; policy drop;
			meta l4proto { icmp, ipv6-icmp } accept
			ct state invalid counter name invalid
			counter name other
		}
	}
END
how=(--v2)
each "nat, where a firewall lets in nobody" 'both 100000 ok
bye' tcp 101 both=100000 half
each "by full NAT" 'both 100000 ok
bye' tcp 111 both=100000 half
each "and with a header inside" 'both 100000 ok
bye' told 130 both=100000 half
is "it has seen all of them, and nothing that it does not know" \
	"$(counter bal new) $(counter bal invalid) $(counter bal other)" "6 0 0"
bal nft delete table inet t

# --- mishaps -------------------------------------------------------------------------------

# Where others who insert headers have failed: at checksums that a device was to finish, at
# large segments that were to be cut, at segments without room for options.
claim "no checksum offload, no segmentation offload" offload tx off tso off gso off
each "peers' failures: checksums are whole with tx off" 'both 300000 ok' tcp 101 both=300000
claim "offloads again" offload tx on tso on gso on
each "peers' failures: large segments of the client's (GSO) right behind the header" 'push 500000 ok' tcp 101 push=500000

set_sysctl client net.ipv4.tcp_timestamps=0 net.ipv4.tcp_sack=0 net.ipv4.tcp_window_scaling=0
each "peers' failures: a client without any options, TCP headers of 20 bytes" 'both 300000 ok' tcp 101 both=300000
each "a client without any options, full NAT" 'both 300000 ok' tcp 111 both=300000
set_sysctl client net.ipv4.tcp_timestamps=1 net.ipv4.tcp_sack=1 net.ipv4.tcp_window_scaling=1
set_sysctl b1 net.ipv4.tcp_timestamps=0 net.ipv4.tcp_sack=0 net.ipv4.tcp_window_scaling=0
each "a backend without any options" 'both 300000 ok' tcp 101 both=300000
set_sysctl b1 net.ipv4.tcp_timestamps=1 net.ipv4.tcp_sack=1 net.ipv4.tcp_window_scaling=1

# heads: what is in a header for the client, who calls at port 101
heads() {
	local a=${me%:*}
	a=${a#[}; a=${a%]}
	case $a in
	*:*)	echo "2121 $a $ip $n 101" ;;
	*)	echo "2111 $a $ip $n 101" ;;
	esac
}
# once MATCH: of each client's segments to 8090 in b1 with data, and with MATCH, the first is lost
once() {
	ip netns exec b1 nft -f - <<-END || bail "nft refuses the rules"
		table inet once {
			set seen4 { type ipv4_addr . inet_service; flags dynamic; timeout 60s; }
			set seen6 { type ipv6_addr . inet_service; flags dynamic; timeout 60s; }
			counter lost { }
			chain in {
				type filter hook prerouting priority -300;
				ip saddr . tcp sport @seen4 accept
				ip6 saddr . tcp sport @seen6 accept
				tcp dport 8090 tcp flags & (syn | psh | ack) == (psh | ack) $1 ip version 4 add @seen4 { ip saddr . tcp sport } counter name lost drop
				tcp dport 8090 tcp flags & (syn | psh | ack) == (psh | ack) $1 ip6 version 6 add @seen6 { ip6 saddr . tcp sport } counter name lost drop
			}
		}
	END
}
lost() {
	is "$1" "$(counter b1 lost once)" 2
	ip netns exec b1 nft delete table inet once
}
# Two headers, and the second would be taken for a command.
once ''
each "peers' failures: the header's segment is lost, and comes once" 'peer=$me local=$b1:8090 header=v2 $(heads)
both 100000 ok' tcp 101 who both=100000
lost "it was"
# "who", with timestamps
once 'meta length { 56, 76 }'
each "peers' failures: the client's first segment is lost behind the header, which does not come again" 'peer=$me local=$b1:8090 header=v2 $(heads)
both 100000 ok' tcp 101 who both=100000
lost "it was"
for s in lan b1; do
	case $s in
	lan)	where=(bal lan) ;;
	b1)	where=(b1 eth0) ;;
	esac
	claim "a bad cable at $s" ip netns exec "${where[0]}" tc qdisc add dev "${where[1]}" root netem loss 15% duplicate 10% reorder 20% delay 2ms
done
opts=(-t 90)
for i in 1 2 3; do
	each "loss, duplicates, another order ($i)" 'both 50000 ok' tcp 101 both=50000
	each "and a banner ($i)" 'hello
both 20000 ok' tcp 102 banner both=20000
done
opts=()
ip netns exec bal tc qdisc del dev lan root
ip netns exec b1 tc qdisc del dev eth0 root

# What is wrong in a SYN-ACK shows in its checksum alone: the number in it is another one.
claim "no checksum offload" offload tx off
ip netns exec bal nft -f - <<-END || bail "nft refuses the rules"
	table inet bend {
		set seen4 { type ipv4_addr . inet_service; flags dynamic; timeout 60s; }
		set seen6 { type ipv6_addr . inet_service; flags dynamic; timeout 60s; }
		counter bent { }
		chain in {
			type filter hook prerouting priority -400;
			ip daddr . tcp dport @seen4 accept
			ip6 daddr . tcp dport @seen6 accept
			tcp sport 8090 tcp flags & (syn | ack) == (syn | ack) ip version 4 add @seen4 { ip daddr . tcp dport } jump bend
			tcp sport 8090 tcp flags & (syn | ack) == (syn | ack) ip6 version 6 add @seen6 { ip6 daddr . tcp dport } jump bend
		}
		chain bend {
			counter name bent @th,32,32 set 0x12345678
		}
	}
END
each "a SYN-ACK with a wrong checksum does not count" 'both 20000 ok' tcp 101 both=20000
is "it was wrong" "$(counter bal bent bend)" 2
ip netns exec bal nft delete table inet bend
claim "checksum offload again" offload tx on

# A header that is too long for a cable further on, of which nobody hears
sends far nat 156 v2 b4:8090 b1:8090
ip -n b3 link set far mtu 1280
for f in 4 6; do
	claim "a long header (IPv$f)" sluice pool set far$f tlv \
		"$(for t in e0 e1 e2 e3 e4 e5 e6 e7; do printf '0x%s=%0510d,' $t 0; done)crc32c"
done
each "gets through a narrow path" hi tcp 156 echo=hi
for f in 4 6; do
	is "without another backend (IPv$f)" "$(stat connect-retried far$f)" 0
done
ip -n b3 link set far mtu 1500

# --- a backend that does not take it ----------------------------------------------------

sends none nat 150 v2 b1:8099
each "who refuses the connection" 'status 3: refused: Connection reset by peer' tcp 150 who
sends retry nat 151 v2 b1:8099 b2:8090
for f in 4 6; do
	n=$((n + 1)); names $f
	match "another one has it, and its header (IPv$f)" "local=${b2//[][]/\\&}:8090 header=v2 21.. .* $n 151" tcp $f 151 who
	is "one was left (IPv$f)" "$(stat connect-retried retry$f) $(stat header-sent retry$f)" "1 1"
done
# It answers the SYN, and nothing else reaches it.
ip netns exec b1 nft -f - <<-END || bail "nft refuses the rules"
	table inet deaf {
		counter rst { }
		chain in {
			type filter hook input priority -20;
			tcp dport 8090 tcp flags & rst == rst counter name rst drop
			tcp dport 8090 tcp flags & syn != syn drop
		}
	}
END
sends deaf nat 152 v2 b1:8090 b2:8090
for f in 4 6; do
	n=$((n + 1)); names $f
	match "who does not take its header is left (IPv$f)" "local=${b2//[][]/\\&}:8090 header=v2" tcp $f 152 who
	is "counted (IPv$f)" "$(stat header-unacked deaf$f) $(stat connect-retried deaf$f) $(stat header-sent deaf$f)" "0 1 2"
done
is "it was told so, by either number" "$(($(counter b1 rst deaf) >= 4))" 1
ip netns exec b1 nft delete table inet deaf
# Nobody at all
sends nobody nat 153 v2
each "a pool without backends refuses at once" 'status 3: refused: Connection refused' tcp 153 who

# --- this host ------------------------------------------------------------------------------

server bal --proxy 8090
sends here nat 154 v2 here:8090
for f in 4 6; do
	n=$((n + 1)); names $f
	match "a backend on this host (IPv$f)" "peer=${me//[][]/\\&} local=.*:8090 header=v2 21.. .* $n 154" tcp $f 154 who
	says "no client of this host's has one elsewhere (IPv$f)" "status 3: refused: Connection reset by peer" talk_from bal -t 10 "${vip}101" who
	is "which is counted (IPv$f)" "$(stat connect-unreachable nat-b$f)" 1
done

# --- over the budget --------------------------------------------------------------------------

ip netns exec b1 nft -f - <<-END || bail "nft refuses the rules"
	table inet mute {
		chain in {
			type filter hook input priority -20;
			tcp dport 8097 drop
		}
	}
END
POOLED=(max-fails 0 retries 0)
# half PORT: bytes that a connection to PORT uses which its sender begins with a long header,
# and that nobody takes
half_bytes() { sluice -j limits show | jq '.["half-open-bytes"] // .[0]["half-open-bytes"]'; }
half() {
	local was
	wait_for -t 60 eval '[ "$(half_bytes)" = 0 ]'
	launch "half$1" router client -t 2 --v2 --client "$CLIENT4:9$1" --tlv "0xe0=$(printf %03500d 0)" "$VIP4:$1" who
	wait_for -t 5 eval '[ "$(half_bytes)" -gt 3500 ]'
	half_bytes
	sluice flow flush >/dev/null
}
pooled unsent fullnat 157 b1:8097
pooled unread fullnat 158 b1:8097
for f in 4 6; do
	sluice pool set unread$f send-proxy v2 tlv crc32c >"$TMP/claim.out" || bail "no header"
done
a=$(half 157) b=$(half 158)
is "the room for a header of our own counts" "$((b - a >= 3500)) ($a, $b)" "1 ($a, $b)"
sends mute nat 155 v2 b1:8097
claim "the room for what is half done can be little" sluice limits set max-half-open-bytes 65536
for i in $(seq 60); do
	launch "mute$i" client client -t 120 --bind "$CLIENT4:$((20000 + i))" "$VIP4:155" who
done
full() { [ "$(stat cookie-sent mute4)" -gt 0 ]; }
claim "it is used up" wait_for -t 20 full
before=$(stat cookie-accepted nat-b4)
n=$((n + 1))
says "who is answered by a cookie gets there" "both 20000 ok" tcp 4 101 both=20000
is "as it was" "$(($(stat cookie-accepted nat-b4) - before))" 1
claim "room again" sluice limits set max-half-open-bytes 67108864

# --- what is refused -------------------------------------------------------------------------

says "udp has no connections" "status 2: sluice: service add: pool u: send-proxy v1 and v2 begin connections, which udp has not: it takes each, first or spp" \
	sluice service add u udp "$VIP4:160" send-proxy v2 forward nat

finish
