#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 12
#
# Sender and application on one host: all packets go over lo.
#
#     app: client.py, HAProxy -- lo --> nginx, server.py
#
# The network is drawn in lib.sh.

# shellcheck disable=SC2317,SC2016,SC2059	# called by name, evaluated later
. "$(dirname "$0")/lib.sh"

net_up
server app 8080
service web tcp "$SERVICE4:8080" accept-proxy trust "$SERVICE4,127.0.0.0/8" forward local
service web6 tcp "[$SERVICE6]:8080" accept-proxy trust "$SERVICE6,::1" forward local
service lo tcp 127.0.0.1:8080 accept-proxy trust 127.0.0.0/8 forward local
service lo6 tcp "[::1]:8080" accept-proxy trust ::1 forward local

here() { talk_from app "$@"; }
says "PROXY, IPv4" "peer=$CLIENT4:5001 local=$SERVICE4:8080
both 500000 ok
bye" here --v2 --client "$CLIENT4:5001" "$SERVICE4:8080" who both=500000 half
says "PROXY, IPv6" "peer=[$CLIENT6]:5001 local=[$SERVICE6]:8080
both 500000 ok
bye" here --v1 --client "[$CLIENT6]:5001" "[$SERVICE6]:8080" who both=500000 half
says "LOCAL, IPv4" "peer=$SERVICE4:6001 local=$SERVICE4:8080
both 500000 ok
bye" here --v2 --local --bind "$SERVICE4:6001" "$SERVICE4:8080" who both=500000 half
says "LOCAL, IPv6" "peer=[$SERVICE6]:6001 local=[$SERVICE6]:8080
both 500000 ok
bye" here --v2 --local --bind "[$SERVICE6]:6001" "[$SERVICE6]:8080" who both=500000 half
says "UNKNOWN, IPv4" "peer=$SERVICE4:6002 local=$SERVICE4:8080" \
	here --v1 --local --bind "$SERVICE4:6002" "$SERVICE4:8080" who
says "LOCAL over 127.0.0.1" "peer=127.0.0.1:6003 local=127.0.0.1:8080
both 500000 ok" here --v2 --local --bind 127.0.0.1:6003 127.0.0.1:8080 who both=500000
says "LOCAL over ::1" "peer=[::1]:6003 local=[::1]:8080
both 500000 ok" here --v2 --local --bind "[::1]:6003" "[::1]:8080" who both=500000
says "PROXY over 127.0.0.1" "peer=$CLIENT4:5004 local=127.0.0.1:8080
both 500000 ok" here --v2 --client "$CLIENT4:5004" 127.0.0.1:8080 who both=500000
says "PROXY over ::1" "peer=[$CLIENT6]:5004 local=[::1]:8080
both 500000 ok" here --v2 --client "[$CLIENT6]:5004" "[::1]:8080" who both=500000
says "the application resets" "reset" here --v2 --client "$CLIENT4:5005" "$SERVICE4:8080" peer-rst
says "no listener is a reset" "refused: Connection reset by peer" eval \
	'service gone tcp "$SERVICE4:8099" accept-proxy trust "$SERVICE4" forward local
	here --v2 --client "$CLIENT4:5006" "$SERVICE4:8099" who; true'

nginx_up app < <(http_block app 8090)
service nginx tcp "$SERVICE4:8090" accept-proxy trust "$SERVICE4" forward local
haproxy_up app <<END
listen web
	bind :8091
	server s $SERVICE4:8090 send-proxy-v2
END
says "HAProxy and nginx on one host" "$CLIENT4 40001" \
	client curl -s --max-time 20 --local-port 40001 "http://$SERVICE4:8091/"

finish
