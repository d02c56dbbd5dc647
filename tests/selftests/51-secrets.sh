#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 16
#
# Cookies and sequence numbers of one namespace, or of the module before it was
# loaded anew, tell nothing of another's: see tools/wire/guess.py. The same
# sender, address, port and number each time.

. "$(dirname "$0")/lib.sh"
. "$TOOLS/wire/wire.sh"

step() {
	export SLUICE_STEP=$1
	service web tcp 10.0.0.2:8080 accept-proxy trust 10.0.0.0/16 header-timeout 30 forward local
	service web6 tcp '[fd00::2]:8080' accept-proxy trust fd00::/8 header-timeout 30 forward local
	SLUICE_KEEP=$TMP/keep wire guess
	SLUICE_KEEP=$TMP/keep6 WIRE_V6=1 wire guess
	sluice service del web force
	sluice service del web6 force
}

wire_net
step take
# The names are the same, the namespaces are others.
for n in "${NAMESPACES[@]}"; do ip netns del "$n"; done
NAMESPACES=()
wire_net
step other
for n in "${NAMESPACES[@]}"; do ip netns del "$n"; done
NAMESPACES=()
rmmod sluice || bail "the module does not unload"
wire_net
step again

finish
