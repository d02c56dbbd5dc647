#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Senders and applications that others wrote.
#
#     client --> lb (HAProxy, nginx stream, curl) --> app (nginx, SMTP, SSH, Redis)
#
# The client calls the balancer; the application must log the client. The
# network is drawn in lib.sh.

. "$(dirname "$0")/lib.sh"

net_up
nginx_up app < <(http_block app 8080)
service web tcp "$SERVICE4:8080" accept-proxy trust 10.0.0.0/24 forward local
service web6 tcp "[$SERVICE6]:8080" accept-proxy trust fd00::/64 forward local

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
	bind :8104
	http-request set-var(txn.none) int(0) if FALSE
	use_backend ssl
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
	server s $SERVICE4:8080 send-proxy-v2 proxy-v2-options ssl,cert-cn,authority,crc32c
backend v1-6
	server s $SERVICE6:8080 send-proxy
backend v2-6
	server s $SERVICE6:8080 send-proxy-v2
END

# called NAME FROM URL: one request from client; the port it used, and nginx's answer
# and log line must both name it.
called() {
	local name=$1 from=$2 url=$3 port=$((20000 + RANDOM % 20000)) got
	got=$(client curl -s --max-time 20 --local-port "$port" "$url")
	is "$name: nginx answers the client itself" "$got" "$from $port"
	wait_for -t 5 grep -q " $port GET" "$TMP/nginx-app/access.log"
	is "$name: nginx logs the client's address and port" \
		"$(access_log app | tail -n 1)" "$from $port GET ${url##*0?} HTTP/1.1"
}

called "HAProxy send-proxy" "$CLIENT4" "http://$LB4:8101/1"
called "HAProxy send-proxy-v2" "$CLIENT4" "http://$LB4:8102/2"
called "HAProxy v2, CRC32C, unique id" "$CLIENT4" "http://$LB4:8103/3"
called "HAProxy v2, SSL and authority TLVs" "$CLIENT4" "http://$LB4:8104/4"
called "HAProxy send-proxy over IPv6" "$CLIENT6" "http://[$LB6]:8201/1"
called "HAProxy send-proxy-v2 over IPv6" "$CLIENT6" "http://[$LB6]:8202/2"

finish
