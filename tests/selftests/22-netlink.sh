#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 16
#
# Requests that the tool would never make: see tools/nlattack.py, and, for what is
# made from the specification, tools/nlspec.py. SLUICE_MUTATE says how many
# requests that one makes at random.
#
#     app: a service, spoken to by netlink alone
#
# limit: 300
. "$(dirname "$0")/lib.sh"

module_load
ns_add app
addr app lo 10.0.1.2/32 10.0.1.9/32
service web tcp 10.0.1.2:8080 accept-proxy trust 10.0.0.0/24
attack() { ip netns exec app python3 "$TOOLS/nlattack.py" "$@"; }

edges=$(grep -o '}, \(True\|False\))' "$TOOLS/nlattack.py" | wc -l)
says "each attribute is good up to its limits and refused beyond" "done $edges" attack edges
before=$(sluice service show web)
n=$(small 200000 2000)
says "$n odd requests are answered" "done $n" attack odd "$n" "$(small $RANDOM 7)"
is "and have changed nothing of a service they do not name" "$(sluice service show web)" "$before"

# What nlspec.py asks for is not there, or is put back, but for the service above.
sluice service del web
ip -n app route add 203.0.113.0/24 dev lo
# Backends of other hosts are for hosts that forward.
set_sysctl app net.ipv4.ip_forward=1
spec() { ip netns exec app python3 "$TOOLS/nlspec.py" "$@"; }
match "so is each attribute of each request, as the specification has it, in a batch too" \
	"^done " spec edges
n=${SLUICE_MUTATE:-$(small 20000 1000)}
says "$n requests made of good ones are answered" "done $n" \
	spec mutate "$n" "$(small $RANDOM 7)"

finish
