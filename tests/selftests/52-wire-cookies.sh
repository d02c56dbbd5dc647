#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 22
#
# How long and where a cookie is good. One waits two minutes; in virtual time that
# is nothing.
#
#     twin (10.0.0.2, fd00::2 too) --- eth1 lb eth0 --- app
#
# limit: 500

. "$(dirname "$0")/lib.sh"
. "$TOOLS/wire/wire.sh"

wire_net
ns_add twin
link lb eth1 twin eth0
addr twin eth0 10.0.0.2/24 fd00::2/64
ip netns exec twin ethtool -K eth0 tx off tso off gso off gro off >/dev/null
mac=$(ip -n lb -j link show eth1 | jq -r '.[0].address')
ip -n twin neigh add 10.0.0.9 lladdr "$mac" dev eth0 nud permanent
ip -n twin neigh add fd00::9 lladdr "$mac" dev eth0 nud permanent
via twin 10.0.0.9 fd00::9
wire cookies
WIRE_V6=1 wire cookies

finish
