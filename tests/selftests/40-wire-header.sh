#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 14
#
# The ways a header can arrive, packet by packet: in pieces, again, late, with
# other content, around numbers that wrap, with odd bits and options.
#
# limit: 500

. "$(dirname "$0")/lib.sh"
. "$TOOLS/wire/wire.sh"

wire_net
# Where a rule of the application's host may lead to; what is too long for that
# cable is cut up before it.
ns_add box
link app box0 box eth0
app ethtool -K box0 tx off tso off gso off >/dev/null
addr app box0 10.0.2.1/24 fd02::1/64
addr box eth0 10.0.2.2/24 fd02::2/64
via box 10.0.2.1 fd02::1
service web tcp 10.0.0.2:8080 accept-proxy trust 10.0.9.0/24 header-timeout 3 forward local
service web6 tcp '[fd00::2]:8080' accept-proxy trust fd09::/64 header-timeout 3 forward local
wire header
WIRE_V6=1 wire header

finish
