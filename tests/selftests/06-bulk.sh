#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# limit: 600
#
# Much data both ways at once, every byte compared, over all offload settings,
# packet sizes, and lines that lose, reorder and duplicate.
#
#     lb (client.py) -> app (server.py); lines are made bad on the router's side
#
# The network is drawn in lib.sh.

# shellcheck disable=SC2317,SC2016,SC2059	# called by name, evaluated later
. "$(dirname "$0")/lib.sh"

net_up
server app 8080
# Ten percent loss and a header byte by byte need patience.
service web tcp "$SERVICE4:8080" accept-proxy trust 10.0.0.0/24 header-timeout 30 forward local
service web6 tcp "[$SERVICE6]:8080" accept-proxy trust fd00::/64 forward local

n=5000
csum_errors() { app nstat -asz TcpInCsumErrors | awk '/TcpInCsumErrors/ {print $2}'; }

# both NAME BYTES: both ways, over IPv4 and IPv6
both() {
	n=$((n + 1))
	says "$1" "both $2 ok" talk -t 300 --v2 --client "$CLIENT4:$n" "$SERVICE4:8080" "both=$2"
	says "$1 (IPv6)" "both $2 ok" talk -t 300 --v2 --client "[$CLIENT6]:$n" "[$SERVICE6]:8080" "both=$2"
}
mb=1000000

size=$(small 100 4)
both "$size MB each way" $((size * mb))

offload() {
	app ethtool -K eth0 "$@" >/dev/null 2>&1
	lb ethtool -K eth0 "$@" >/dev/null 2>&1
	router ethtool -K ap "$@" >/dev/null 2>&1
	router ethtool -K lb "$@" >/dev/null 2>&1
}
# 100 MB each where the guest runs at native speed, or if SLUICE_FULL is set; an
# emulated one would need an hour. What is lost is waited for in any guest.
size=$(small 10 2)
bad=$(small 10 1)
case ${KERNEL_NAME:-} in uml) size=$(small 100 2) ;; esac
[ -z "${SLUICE_FULL:-}" ] || size=100 bad=100
for o in "tso off" "tso on gso off" "gso on gro off" "gro on tx off" "tx off tso off gso off gro off"; do
	# shellcheck disable=SC2086	# a list
	offload tso on gso on gro on tx on
	# shellcheck disable=SC2086
	offload $o
	both "$size MB, $o" $((size * mb))
done
offload tso on gso on gro on tx on

mtu() {
	local m=$1
	ip -n app link set eth0 mtu "$m"
	ip -n router link set ap mtu "$m"
	ip -n router link set lb mtu "$m"
	ip -n lb link set eth0 mtu "$m"
}
for m in 1280 9000; do
	mtu $m
	both "$size MB, MTU $m" $((size * mb))
done
ip -n app link set eth0 mtu 9000
ip -n router link set ap mtu 9000
ip -n lb link set eth0 mtu 1400
ip -n router link set lb mtu 1400
both "20 MB, MTU 1400 at the sender, 9000 at the application" $(($(small 20 2) * mb))
mtu 1500

bad_line() {
	router tc qdisc replace dev ap root netem limit 10000 "$@" &&
		router tc qdisc replace dev lb root netem limit 10000 "$@"
}
for line in "loss 2%" "delay 2ms 1ms reorder 25% 50%" "duplicate 5%" "loss 1% duplicate 2% delay 3ms 2ms"; do
	# shellcheck disable=SC2086	# a list
	bad_line $line || skip "$bad MB, $line" "no netem"
	both "$bad MB, $line" $((bad * mb))
done
bad_line loss 10%
for i in 1 2 3; do
	n=$((n + 1))
	says "a header byte by byte and 100 kB, 10 % lost ($i)" "both 100000 ok" \
		talk -t 120 --v1 --split 1 --gap 0 --client "$CLIENT4:$n" "$SERVICE4:8080" both=100000
done

is "no segment came to the application with a wrong checksum" "$(csum_errors)" 0

finish
