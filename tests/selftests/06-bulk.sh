#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# limit: 600
# cost: 40
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

# offload NAME on|off...: at every end of a cable, and it is so
offload() {
	local on n d k want got
	for on in app:eth0 lb:eth0 router:ap router:lb; do
		n=${on%:*} d=${on#*:}
		ip netns exec "$n" ethtool -K "$d" "$@" >"$TMP/claim.out" 2>&1
		want=" $*" got=
		for k in $(printf '%s\n' "$@" | grep -v '^o'); do
			got="$got $k $(ip netns exec "$n" ethtool -k "$d" | awk -v k="$k" '
				BEGIN { long["tso"] = "tcp-segmentation-offload:"
					long["gso"] = "generic-segmentation-offload:"
					long["gro"] = "generic-receive-offload:"
					long["tx"] = "tx-checksumming:" }
				$1 == long[k] { print $2 }')"
		done
		[ "$got" = "$want" ] || { note "$on:$got"; return 1; }
	done
}
all_on() { offload tx on tso on gso on gro on; }

# 30 MB each where the guest runs at native speed, 100 if SLUICE_FULL is set; an
# emulated one would need an hour. Of corners 10 MB say as much.
size=$(small 10 1)
bad=$(small 10 1)
corner=$bad
case ${KERNEL_NAME:-} in uml) size=$(small 30 1) bad=$(small 30 1) ;; esac
[ -z "${SLUICE_FULL:-}" ] || size=100 bad=100 corner=100
offloads=("tso off" "tso on gso off" "gso on gro off" "gro on tx off" "tx off tso off gso off gro off")
for o in "${offloads[@]}"; do
	all_on
	# shellcheck disable=SC2086	# a list
	claim "offloads are set: $o" offload $o
	both "$size MB, $o" $((size * mb))
done
claim "all offloads are on" all_on

# BIG TCP: packets of more than 64 kB, which older kernels give a header of their own
# over IPv6, that no segment of theirs will have.
if app ip link set eth0 gso_max_size 150000 2>/dev/null; then
	app nft -f - <<-'EOF'
		table ip6 big {
			chain out {
				type filter hook output priority 0;
				tcp sport 8080 meta length > 65600 counter
			}
		}
	EOF
	n=$((n + 1)) before=$(stat too-big)
	pull=$(($(small 20 4) * mb))
	says "BIG TCP" "pull $pull ok" talk -t 120 --v2 --client "[$CLIENT6]:$n" \
		"[$SERVICE6]:8080" pull=$pull
	claim "there were packets of more than 64 kB" \
		sh -c "ip netns exec app nft list table ip6 big | grep -q 'packets [1-9]'"
	is "none of them was too big for its path" "$(($(stat too-big) - before))" 0
	app nft delete table ip6 big
	app ip link set eth0 gso_max_size 65536
else
	skip "BIG TCP" "this kernel has none"
fi

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
good_line() {
	router tc qdisc del dev ap root 2>/dev/null
	router tc qdisc del dev lb root 2>/dev/null
}
lines=("loss 2%" "delay 2ms 1ms reorder 25% 50%" "duplicate 5%" "loss 1% duplicate 2% delay 3ms 2ms")
for line in "${lines[@]}"; do
	# shellcheck disable=SC2086	# a list
	bad_line $line || bail "no netem"
	both "$bad MB, $line" $((bad * mb))
done

# cell MB OFFLOADS MTU LINE: all of them at once
cell() {
	all_on
	# shellcheck disable=SC2086	# a list
	offload $2 || bail "offloads are not set"
	mtu "$3"
	good_line
	# shellcheck disable=SC2086
	[ -z "$4" ] || bad_line $4 || bail "no netem"
	both "$1 MB, $2, MTU $3, ${4:-a good line}" $(($1 * mb))
}
cell "$corner" "tx off tso off gso off gro off" 1280 "loss 2%"
cell "$corner" "tso on gso on gro on tx on" 9000 "delay 2ms 1ms reorder 25% 50%"
if [ -z "${SLUICE_SMALL:-}" ]; then
	cell "$corner" "gro off" 1280 "loss 1% duplicate 2% delay 3ms 2ms"
	cell "$corner" "tso off" 9000 "duplicate 5%"
fi

# SLUICE_BYTES: all cells, until so much has gone through
left=${SLUICE_BYTES:-0}
while [ "$left" -gt 0 ]; do
	for o in "tx on" "${offloads[@]}"; do for m in 1280 1500 9000; do for line in '' "${lines[@]}"; do
		size=$([ -n "$line" ] && echo 100 || echo 1000)
		[ "$left" -le 0 ] || cell "$size" "$o" $m "$line"
		# Two families, both ways
		left=$((left - 4 * size * mb))
	done; done; done
done
all_on
mtu 1500
bad_line loss 10%
for i in 1 2 3; do
	n=$((n + 1))
	says "a header byte by byte and 100 kB, 10 % lost ($i)" "both 100000 ok" \
		talk -t 120 --v1 --split 1 --gap 0 --client "$CLIENT4:$n" "$SERVICE4:8080" both=100000
done

is "no segment came to the application with a wrong checksum" "$(csum_errors)" 0

finish
