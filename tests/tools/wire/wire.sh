# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The network for single packets; sourced after selftests/lib.sh.
#
#     lb ----------------------------------- app
#     10.0.0.1/24, fd00::1/64                10.0.0.2/24, fd00::2/64
#     10.0.9.0/24, fd09::/64: nobody's;      routes to them and to everything else
#     wire.py speaks for them                lead to lb's device
#
# Offloads are off, so that each packet is one the wire would see, and each
# checksum is one.

wire_net() {
	local mac
	module_load
	ns_add lb app
	link lb eth0 app eth0
	addr lb eth0 10.0.0.1/24 fd00::1/64
	addr app eth0 10.0.0.2/24 fd00::2/64
	for n in lb app; do
		ip netns exec "$n" ethtool -K eth0 tx off tso off gso off gro off >/dev/null
	done
	mac=$(ip -n lb -j link show eth0 | jq -r '.[0].address')
	ip -n app neigh add 10.0.0.9 lladdr "$mac" dev eth0 nud permanent
	ip -n app neigh add fd00::9 lladdr "$mac" dev eth0 nud permanent
	via app 10.0.0.9 fd00::9
	set_sysctl app net.ipv4.conf.all.rp_filter=1
	# The application answers every probe, not one in half a second.
	set_sysctl app net.ipv4.tcp_invalid_ratelimit=0
}

# wire FILE [CASE...]: the claims of tools/wire/FILE.py; WIRE_CASE picks some.
# With WIRE_V6 they are about IPv6, and those picked may all be about IPv4.
wire() {
	local line seen=0 done=
	while IFS= read -r line; do
		case $line in
		'ok - '*) result ok "${line#ok - }"; seen=$((seen + 1)) ;;
		'not ok - '*) result not "${line#not ok - }"; seen=$((seen + 1)) ;;
		'# all judged') done=1 ;;
		*) echo "# ${line#\# }" ;;
		esac
	done < <(python3 "$TOOLS/wire/$1.py" "${@:2}" ${WIRE_CASE:+"$WIRE_CASE"} 2>&1 </dev/null)
	if [ -z "$done" ] || [ "$seen${WIRE_V6:-}" = 0 ]; then
		result not "$1.py gets to its end"
	fi
}
