#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 84
#
# Cookies and guesses, floods of SYNs and of half headers, names that are not
# the sender's to give.
#
# limit: 900

. "$(dirname "$0")/lib.sh"
. "$TOOLS/wire/wire.sh"

wire_net
service web tcp 10.0.0.2:8080 accept-proxy \
	trust 10.0.0.1,10.0.7.0/24,10.0.8.0/24,10.0.9.0/24 header-timeout 3 forward local
service web6 tcp '[fd00::2]:8080' accept-proxy \
	trust fd00::1,fd07::/64,fd08::/64,fd09::/64 header-timeout 3 forward local
service mixed tcp 10.0.0.2:8084 accept-proxy trust 10.0.9.0/24 untrusted pass forward local
service mixed6 tcp '[fd00::2]:8084' accept-proxy trust fd09::/64 untrusted pass forward local
match "handshakes under way may have 64 MiB unless something else is said" \
	'^max-half-open-bytes +67108864$' sluice limits show
wire hostile
WIRE_V6=1 wire hostile

finish
