#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Cookies and sequence numbers of one namespace, or of the module before it was
# loaded anew, tell nothing of another's: see tools/wire/secrets.py. The same
# sender, address, port and number each time.

. "$(dirname "$0")/lib.sh"
. "$TOOLS/wire/wire.sh"

export SLUICE_KEEP=$TMP/keep

step() {
	export SLUICE_STEP=$1
	service web tcp 10.0.0.2:8080 accept-proxy trust 10.0.0.0/16 header-timeout 30 forward local
	wire secrets
	sluice service del web force
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
