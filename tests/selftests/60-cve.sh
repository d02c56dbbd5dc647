#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 12
#
# What broke other receivers of the PROXY protocol, end to end.
#
# limit: 300

. "$(dirname "$0")/lib.sh"
. "$TOOLS/wire/wire.sh"

wire_net
service web tcp 10.0.0.2:8080 accept-proxy trust 10.0.9.0/24 header-timeout 3 forward local
service web6 tcp '[fd00::2]:8080' accept-proxy trust fd09::/64 header-timeout 3 forward local
WIRE_V6=1 wire cve
wire cve	# last, for one turns IPv6 off

finish
