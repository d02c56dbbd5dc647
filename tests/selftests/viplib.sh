# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the tests of backends that answer clients directly share, on top of ballib.sh.
#
#     client 203.0.113.7, 2001:db8:c::7
#       |
#       | cl 203.0.113.1, 2001:db8:c::1
#     router
#       | eth0 10.0.1.254, fd00:1::fe
#       |
#     sw (a bridge)
#       |-- bal 10.0.1.9, fd00:1::9, and the VIP: 10.0.1.80, fd00:1::80
#       |-- b1  10.0.1.1, fd00:1::1; Sluice
#       '-- b2  10.0.1.2, fd00:1::2
#
# The balancer is IPVS, which we did not write. Nobody has the VIP 10.0.1.81, fd00:1::81
# (vip_lone): the router is told that it is at b1's MAC. Backends answer TCP at 8080 and UDP
# at 5300.

# Functions reach their callers by name, and expressions by eval.
# shellcheck disable=SC2317,SC2016,SC2034,SC2154

. "$(dirname "${BASH_SOURCE[0]}")/ballib.sh"

export SLUICE_NS=b1
ns_b1() { ip netns exec b1 "$@"; }

vip_at_bal() { VIP4=10.0.1.80 VIP6=fd00:1::80; }
vip_lone() { VIP4=10.0.1.81 VIP6=fd00:1::81; }
vip_at_bal

# vip_net: the network, with the module loaded
vip_net() {
	bal_module
	bal_hosts client router sw bal b1 b2
	forwards router
	forwards bal
	# Whoever judges sources by the route back must have nothing to say.
	set_sysctl b1 net.ipv4.conf.all.rp_filter=1 net.ipv4.conf.default.rp_filter=1
	bal_wire router bal b1 b2
	ip link add eth0 netns client type veth peer name cl netns router || bail "no wire"
	{
		printf 'link set %s up\n' cl eth0
		addr_lines cl 203.0.113.1/24 2001:db8:c::1/64
		addr_lines eth0 10.0.1.254/24 fd00:1::fe/64
	} | ip -n router -batch - || bail "no network in router"
	net_host client 203.0.113.1 2001:db8:c::1 203.0.113.7/24 203.0.113.8/24 2001:db8:c::7/64
	net_host bal 10.0.1.254 fd00:1::fe 10.0.1.9/24 fd00:1::9/64 "$VIP4/32" "$VIP6/128"
	# Nor does the balancer speak for itself from there.
	ip -n bal addr change "$VIP6/128" dev eth0 preferred_lft 0 || bail "no VIP"
	net_host b1 10.0.1.254 fd00:1::fe 10.0.1.1/24 fd00:1::1/64
	net_host b2 10.0.1.254 fd00:1::fe 10.0.1.2/24 fd00:1::2/64
	for host in b1 b2; do
		server $host 8080
		udp_server $host 5300
	done
	closed_ports b1
	for a in 10.0.1.1 fd00:1::1 10.0.1.9 fd00:1::9; do
		wait_for -t 10 client ping -c 1 -W 1 "$a" || bail "$a is not reached"
	done
}

# lone_is_at NS: where the VIP that nobody has is to be found
lone_is_at() {
	local mac
	mac=$(ip netns exec "$1" cat /sys/class/net/eth0/address)
	ip -n router neigh replace 10.0.1.81 lladdr "$mac" dev eth0 nud permanent &&
		ip -n router neigh replace fd00:1::81 lladdr "$mac" dev eth0 nud permanent
}

# ipvs tcp|udp PORT BACKEND[:PORT] OPTION...: in both families; BACKEND's port, if it is none
# of the VIP's, counts for nobody who forwards packets as they are
ipvs() {
	local f vip o=-t to
	[ "$1" = tcp ] || o=-u
	for f in 4 6; do
		vip=10.0.1.80:$2
		[ $f = 4 ] || vip="[fd00:1::80]:$2"
		bal ipvsadm -A $o "$vip" -s rr || return
		to=$(at $f "$3")
		[ $f = 4 ] || [[ $to == *]* ]] || to="[$to]"
		bal ipvsadm -a $o "$vip" -r "$to:$2" "${@:4}" || return
	done
}

# here NAME tcp|udp PORT[-PORT] APPLICATION[:PORT] [OPTION...]: services NAME4 and NAME6 at the
# VIP, in b1
here() {
	service "${1}4" "$2" "$VIP4:$3" forward local to "$(at 4 "$4")" "${@:5}"
	service "${1}6" "$2" "[$VIP6]:$3" forward local to "$(at 6 "$4")" "${@:5}"
}

# both_ways TEXT PORT: data, and each way to end, of a service whose application is b1:8080
both_ways() {
	local log=$TMP/server-b1-8080.log before
	each "$1: who sees whom" 'peer=$me local=$b1:8080' tcp "$2" who
	each "$1: both ways, and the client closes its half" "both $size ok
bye" tcp "$2" "both=$size" half
	each "$1: the application closes first" "closed by peer" tcp "$2" peer-fin
	each "$1: the application resets" "reset" tcp "$2" peer-rst
	before=$(grep -c "error .*ConnectionResetError" "$log")
	each "$1: the client resets" "hello" tcp "$2" echo=hello rst
	claim "$1: so the application is reset" wait_for eval \
		'[ "$(grep -c "error .*ConnectionResetError" '"$log"')" = '$((before + 2))' ]'
}
