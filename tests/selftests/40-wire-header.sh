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
service web tcp 10.0.0.2:8080 accept-proxy trust 10.0.9.0/24 header-timeout 3 forward local
service web6 tcp '[fd00::2]:8080' accept-proxy trust fd09::/64 header-timeout 3 forward local
wire header
WIRE_V6=1 wire header

finish
