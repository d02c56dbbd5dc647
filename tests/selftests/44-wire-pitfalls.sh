#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 16
#
# What a trial module got wrong: see tools/wire/pitfalls.py.
#
# limit: 400

. "$(dirname "$0")/lib.sh"
. "$TOOLS/wire/wire.sh"

wire_net
service web tcp 10.0.0.2:8080 accept-proxy trust 10.0.9.0/24 forward local
service web6 tcp '[fd00::2]:8080' accept-proxy trust fd09::/64 forward local
service raw tcp 10.0.0.2:8082 accept-proxy trust 10.0.9.0/24 forward local
service raw6 tcp '[fd00::2]:8082' accept-proxy trust fd09::/64 forward local
wire pitfalls
WIRE_V6=1 wire pitfalls

finish
