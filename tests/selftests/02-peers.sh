#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 19
#
# Senders and applications that others wrote.
#
#     client --> lb (HAProxy, nginx stream, curl) --> app (nginx, SMTP, SSH, Redis)
#
# The client calls the balancer; the application must log the client. The
# network is drawn in lib.sh.

# shellcheck disable=SC2317,SC2016,SC2059	# called by name, evaluated later
. "$(dirname "$0")/lib.sh"

net_up
# Ports that are named below are nobody's by chance.
for n in client lb; do set_sysctl "$n" net.ipv4.ip_local_reserved_ports=40000-40999; done
# smtpd wants to know who calls; here nobody does, and it is told so at once.
mkdir -p /etc/netns/app
echo nameserver 127.0.0.1 >/etc/netns/app/resolv.conf
nginx_up app < <(http_block app 8080)
service web tcp "$SERVICE4:8080" accept-proxy trust 10.0.0.0/24 forward local
service web6 tcp "[$SERVICE6]:8080" accept-proxy trust fd00::/64 forward local

openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=lb.example.org \
	-keyout "$TMP/key.pem" -out "$TMP/crt.pem" 2>/dev/null
cat "$TMP/crt.pem" "$TMP/key.pem" >"$TMP/cert.pem"

# A frontend for each way of sending; over IPv4 on 810x, over IPv6 on 820x
haproxy_up lb <<END
frontend v1
	bind :8101
	use_backend v1
frontend v2
	bind :8102
	use_backend v2
frontend crc
	bind :8103
	unique-id-format %[uuid]
	use_backend crc
frontend ssl
	bind :8104 ssl crt $TMP/cert.pem
	unique-id-format id-%[src]
	use_backend ssl
frontend smtp
	bind :8125
	use_backend smtp
frontend ssh
	bind :8122
	use_backend ssh
frontend redis
	bind :8163
	use_backend redis
frontend v1-6
	bind :::8201
	use_backend v1-6
frontend v2-6
	bind :::8202
	use_backend v2-6
backend v1
	server s $SERVICE4:8080 send-proxy
backend v2
	server s $SERVICE4:8080 send-proxy-v2
backend crc
	server s $SERVICE4:8080 send-proxy-v2 proxy-v2-options crc32c,unique-id
backend ssl
	server s $SERVICE4:8080 send-proxy-v2 proxy-v2-options ssl,cert-cn,authority,crc32c,unique-id
backend smtp
	server s $SERVICE4:25 send-proxy-v2
backend ssh
	server s $SERVICE4:22 send-proxy
backend redis
	server s $SERVICE4:6379 send-proxy-v2 proxy-v2-options crc32c
backend v1-6
	server s $SERVICE6:8080 send-proxy
backend v2-6
	server s $SERVICE6:8080 send-proxy-v2
END

# called NAME FROM URL: one request from client; the port it used, and nginx's answer
# and log line must both name it.
called() {
	local name=$1 from=$2 url=$3 port=$((20000 + RANDOM % 20000)) got
	got=$(client curl -sk --max-time 20 \
		--resolve "lb.example.org:8104:$LB4" --local-port "$port" "$url")
	is "$name: nginx answers the client itself" "$got" "$from $port"
	wait_for -t 5 grep -q " $port GET" "$TMP/nginx-app/access.log"
	is "$name: nginx logs the client's address and port" \
		"$(access_log app | tail -n 1)" "$from $port GET ${url##*0?} HTTP/1.1"
}

app nft -f - <<END || bail "nft refuses the rules"
table inet t {
	counter client4 { }
	counter client6 { }
	counter others { }
	chain input {
		type filter hook input priority 0;
		tcp dport 8080 ip saddr $CLIENT4 ct state new counter name client4
		tcp dport 8080 ip6 saddr $CLIENT6 ct state new counter name client6
		tcp dport 8080 ip saddr != $CLIENT4 counter name others
		tcp dport 8080 ip6 saddr != $CLIENT6 counter name others
	}
}
END
counter() { app nft -j list counter inet t "$1" | jq '.nftables[].counter.packets // empty'; }

called "HAProxy send-proxy" "$CLIENT4" "http://$LB4:8101/1"
called "HAProxy send-proxy-v2" "$CLIENT4" "http://$LB4:8102/2"
called "HAProxy v2, CRC32C, unique id" "$CLIENT4" "http://$LB4:8103/3"
called "HAProxy v2, SSL and authority TLVs" "$CLIENT4" "https://lb.example.org:8104/4"
called "HAProxy send-proxy over IPv6" "$CLIENT6" "http://[$LB6]:8201/1"
called "HAProxy send-proxy-v2 over IPv6" "$CLIENT6" "http://[$LB6]:8202/2"

# The blob is larger than any buffer on the way.
head -c 4000000 /dev/urandom >"$TMP/nginx-app/blob"
blob=$(sha256sum <"$TMP/nginx-app/blob")
for url in "$LB4:8101" "$LB4:8102" "$LB4:8103" "[$LB6]:8201" "[$LB6]:8202"; do
	says "4 MB by way of HAProxy, $url: the same bytes" "$blob" \
		sh -c "ip netns exec client curl -s --max-time 40 http://$url/blob | sha256sum"
done
is "the firewall counts a new connection of the client's for each" "$(counter client4) $(counter client6)" "7 4"
is "and nobody else's packets" "$(counter others)" 0
app nft flush ruleset

# --- other senders -----------------------------------------------------------------

nginx_up lb <<END
stream {
	server {
		listen 8301;
		listen [::]:8301;
		proxy_pass $SERVICE4:8080;
		proxy_protocol on;
	}
	server {
		listen [::]:8302 ipv6only=on;
		proxy_pass [$SERVICE6]:8080;
		proxy_protocol on;
	}
}
END
called "nginx stream" "$CLIENT4" "http://$LB4:8301/nginx"
called "nginx stream over IPv6" "$CLIENT6" "http://[$LB6]:8302/nginx"

# curl itself speaks PROXY; its header names its own ends unless told another client.
curl_is() {
	local name=$1 want=$2
	shift 2
	match "$name" "$want" lb curl -s --max-time 20 "$@"
}
curl_is "curl --haproxy-protocol: its own address" '^10\.0\.0\.1 [0-9]+$' \
	--haproxy-protocol "http://$SERVICE4:8080/curl"
curl_is "curl --haproxy-protocol over IPv6" '^fd00::[13] [0-9]+$' \
	--haproxy-protocol "http://[$SERVICE6]:8080/curl"
# --haproxy-clientip: newer than Debian 12's curl. nc says then what it would say: the
# address told, its own port, the request behind (curl's lib/cf-haproxy.c).
clientip() {
	local to=$1 who=$2 family=$3 port=$4
	if lb curl --help all | grep -q haproxy-clientip; then
		lb curl -s --max-time 20 --local-port "$port" --haproxy-clientip "$who" "http://$to:8080/curl"
	else
		to=${to#[}
		printf 'PROXY %s %s %s %s 8080\r\nGET /curl HTTP/1.0\r\n\r\n' \
			"$family" "$who" "${to%]}" "$port" | lb timeout 20 nc -p "$port" "${to%]}" 8080
	fi
}
match "curl --haproxy-clientip, or its words: the address it is told" '^192\.0\.2\.77 40177.?$' \
	clientip "$SERVICE4" 192.0.2.77 TCP4 40177
match "the same over IPv6" '^2001:db8:9::77 40177.?$' \
	clientip "[$SERVICE6]" 2001:db8:9::77 TCP6 40177

# --- what flow show says ----------------------------------------------------------------

mkfifo "$TMP/hold"
client openssl s_client -quiet -connect "$LB4:8104" -servername www.example.org \
	-bind "$CLIENT4:40004" <"$TMP/hold" >"$TMP/hold.log" 2>&1 &
PIDS+=($!)
exec 4>"$TMP/hold"
printf 'GET /hold HTTP/1.1\r\nHost: x\r\n\r\n' >&4
wait_for grep -q "$CLIENT4 40004" "$TMP/hold.log"
sluice flow show client "$CLIENT4:40004" >"$TMP/flow"
claim "flow show has one line for it" test "$(wc -l <"$TMP/flow")" = 1
match "it names sender, client, service and header" \
	"web established sender 10\.0\.0\.1:[0-9]+ client $CLIENT4:40004 address $SERVICE4:8080 .*header v2" \
	cat "$TMP/flow"
match "it names the TLVs" "tlv .*authority=www\\.example\\.org.*unique-id=.*ssl=0x01" cat "$TMP/flow"
says "and so does JSON" '["crc32c","authority","unique-id","ssl"]' \
	sh -c "ip netns exec app $SLUICE -j flow show client $CLIENT4:40004 | jq -c '[.[0].tlv[].type]'"
match "nothing is wrong with a filter that fits nothing" '^\[\]$' \
	sluice -j flow show client "$CLIENT4:40005"
exec 4>&-

# --- applications -------------------------------------------------------------------------

mkdir -p "$TMP/ssh" /run/sshd
ssh-keygen -q -t ed25519 -N '' -f "$TMP/ssh/key"
spawn sshd.log ip netns exec app /usr/sbin/sshd -D -e -h "$TMP/ssh/key" -p 22 \
	-o PidFile=none -o LogLevel=VERBOSE -f /dev/null
cat >"$TMP/smtpd.conf" <<END
listen on $SERVICE4 port 25
action "keep" maildir "$TMP/mail"
match from any for any action "keep"
END
chmod 600 "$TMP/smtpd.conf"
spawn smtpd.log ip netns exec app smtpd -dv -f "$TMP/smtpd.conf"
spawn redis.log ip netns exec app redis-server --port 6379 --bind 0.0.0.0 --protected-mode no \
	--save '' --dir "$TMP"
for port in 22 25 6379; do
	wait_for listening app $port || bail "nothing listens on $port: $(cat "$TMP"/{sshd,smtpd,redis}.log)"
	service "app$port" tcp "$SERVICE4:$port" accept-proxy trust 10.0.0.0/24 forward local
done

# say_to TEXT PORT BALANCER-PORT: after the server has spoken
say_to() {
	: >"$TMP/heard"
	(wait_for -t 15 test -s "$TMP/heard"; printf "$1") |
		client timeout 30 nc -q 2 -p "$2" "$LB4" "$3" | tee "$TMP/heard"
}
match "SMTP: the server speaks first" '^220 ' say_to 'QUIT\r\n' 40025 8125
match "SMTP: and logs the client" "address=$CLIENT4" cat "$TMP/smtpd.log"
match "SSH: the server speaks first" '^SSH-2\.0' say_to 'x\n' 40022 8122
wait_for -t 5 grep -q "$CLIENT4" "$TMP/sshd.log"
match "SSH: and logs the client's address and port" "$CLIENT4 port 40022" cat "$TMP/sshd.log"
redis_list() {
	printf 'CLIENT LIST\r\nQUIT\r\n' | client timeout 20 nc -q 2 -p 40063 "$LB4" 8163
}
# A value up and down again
redis_value() {
	client redis-cli -h "$LB4" -p 8163 -x set k <"$TMP/nginx-app/blob" >/dev/null
	client redis-cli -h "$LB4" -p 8163 --raw get k | head -c -1 | sha256sum
}
says "Redis: a value comes back as it went" \
	"$blob" redis_value
match "Redis: CLIENT LIST names the client" "addr=$CLIENT4:40063 " redis_list

# --- LOCAL: HAProxy's own checks ---------------------------------------------------------------

haproxy_check() {
	cat >"$TMP/check.cfg" <<-END
		global
			stats socket $TMP/check.sock
		defaults
			mode http
			timeout connect 5s
			timeout client 9s
			timeout server 9s
		backend b
			option httpchk GET /check
			http-check expect status 200
			server s $SERVICE4:8080 check check-send-proxy send-proxy-v2 inter 500
			server s6 $SERVICE6:8080 check check-send-proxy send-proxy-v2 inter 500
	END
	spawn check.log ip netns exec lb haproxy -db -f "$TMP/check.cfg"
	wait_for test -S "$TMP/check.sock"
}
before=$(stat header-local)
haproxy_check
# Servers begin as up: only checks that passed count.
checked() { [ "$(grep -c 'GET /check' "$TMP/nginx-app/access.log")" -ge 4 ]; }
claim "HAProxy's checks arrive" wait_for -t 20 checked
state() { echo "show servers state" | nc -U -N "$TMP/check.sock" | awk '$4 ~ /^s6?$/ {print $4, $6}' | xargs; }
is "HAProxy finds its servers up" "$(state)" "s 2 s6 2"
match "a check is the balancer's own: nginx logs its address" '^10\.0\.0\.1 [0-9]+ GET /check' access_log app
match "over IPv6 too" '^fd00::[13] [0-9]+ GET /check' access_log app
claim "they came with LOCAL" test "$(stat header-local)" -gt "$before"

rm -r /etc/netns/app
finish
