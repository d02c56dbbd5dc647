#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 7
#
# The parser's whole table through connections: see tools/wire/vectors.py.
#
# limit: 400

. "$(dirname "$0")/lib.sh"
. "$TOOLS/wire/wire.sh"

wire_net
service web tcp 10.0.0.2:8080 accept-proxy trust 10.0.9.0/24 header-timeout 30 forward local
service web6 tcp '[fd00::2]:8080' accept-proxy trust fd09::/64 header-timeout 30 forward local
wire vectors
WIRE_V6=1 wire vectors

finish
