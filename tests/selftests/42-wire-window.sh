#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 13
#
# Resets, SYNs, data and probes around the windows, by somebody who guesses.
#
# limit: 400

. "$(dirname "$0")/lib.sh"
. "$TOOLS/wire/wire.sh"

wire_net
modprobe br_netfilter 2>/dev/null
service web tcp 10.0.0.2:8080 accept-proxy trust 10.0.9.0/24 header-timeout 30 forward local
service raw tcp 10.0.0.2:8082 accept-proxy trust 10.0.9.0/24 header-timeout 30 forward local
service web6 tcp '[fd00::2]:8080' accept-proxy trust fd09::/64 header-timeout 30 forward local
service raw6 tcp '[fd00::2]:8082' accept-proxy trust fd09::/64 header-timeout 30 forward local
wire window
WIRE_V6=1 wire window

finish
