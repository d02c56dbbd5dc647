#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the kernel's log is told: which module it is, and what has run out, once and not for
# each who finds it so; strangers fill no log.
#
#     lb 10.0.0.1 (trusted) -> app; client
#
# The network is drawn in lib.sh.
# shellcheck disable=SC2317,SC2016,SC2119,SC2120	# called by name, evaluated later
. "$(dirname "$0")/lib.sh"

from=$(dmesg | wc -l)
# logged [REGEX]: lines of ours since then that match
logged() { dmesg | tail -n +$((from + 1)) | sed -n 's/^\(<[0-9]*>\)\{0,1\}\[[^]]*\] sluice: //p' | grep -v 'taints kernel' | grep -E -- "${1:-}"; }
lines() { logged "$@" | wc -l; }

net_up
is "a module says which one it is" "$(logged)" "version $(sluice -j version | jq -r .module)"
server app 8080
service web tcp 10.0.1.2:8080 accept-proxy trust 10.0.0.0/24
# number NS: of a network namespace, as lsns(8) has it
number() { command stat -Lc %i "/run/netns/$1"; }

# --- connections -----------------------------------------------------------------------

says "one that is served is nothing to talk about" "ok=20 bad=0" \
	lb python3 "$TOOLS/load.py" --count 20 10.0.1.2:8080
client python3 "$TOOLS/client.py" -t 2 10.0.1.2:8080 who >/dev/null 2>&1
talk --raw "$(hex 'GET / HTTP/1.0\r\n\r\n')" 10.0.1.2:8080 >/dev/null 2>&1
is "nor is who is refused for his own faults" "$(lines)" 1
sluice flow flush >/dev/null
wait_for eval '[ "$(flows)" = 0 ]'
claim "one connection is allowed" sluice limits set max-flows 1
launch held.log lb client --v1 --client "$CLIENT4:5001" 10.0.1.2:8080 who "file=$TMP/never"
wait_for grep -q peer= "$TMP/held.log"
before=$(stat flow-limit)
for i in 1 2 3 4 5; do
	talk -t 2 --v1 --client "$CLIENT4:600$i" 10.0.1.2:8080 who >/dev/null 2>&1
done
claim "more are refused" [ "$(stat flow-limit)" -ge $((before + 5)) ]
is "which is a line, once, with where and what is to be done" "$(logged max-flows)" \
	"network namespace $(number app): max-flows is reached, new connections are refused: sluice limits"

# --- handshakes -----------------------------------------------------------------------

sluice limits set max-flows 1000 max-half-open-bytes 65536
sluice service set web header-timeout 30
# Many at once, and none of them says anything.
spawn many.log ip netns exec lb python3 -c '
import socket, time
all = []
for i in range(400):
    s = socket.socket()
    s.setblocking(False)
    s.connect_ex(("10.0.1.2", 8080))
    all.append(s)
time.sleep(60)'
claim "when handshakes take all that they may cookies answer" \
	wait_for eval '[ "$(stat cookie-sent)" -gt 3 ]'
is "which is a line" "$(logged max-half-open)" \
	"network namespace $(number app): max-half-open-bytes is reached, SYN cookies answer: sluice limits"
kill "${PIDS[-1]}"

# --- another namespace -------------------------------------------------------------------

ns_add other
addr other lo 10.9.0.1/32
sluice limits set max-flows 1000
"$SLUICE" -n other service add web tcp 10.9.0.1:8080 accept-proxy trust any
"$SLUICE" -n other limits set max-flows 1
server other 8080
spawn held2.log ip netns exec other python3 "$TOOLS/client.py" --v1 --client 203.0.113.7:5001 10.9.0.1:8080 who "file=$TMP/never"
wait_for grep -q peer= "$TMP/held2.log"
other() { ip netns exec other "$@"; }
other python3 "$TOOLS/client.py" -t 2 --v1 --client 203.0.113.7:5002 10.9.0.1:8080 who >/dev/null 2>&1
is "another namespace has a line of its own" "$(logged max-flows | tail -n 1)" \
	"network namespace $(number other): max-flows is reached, new connections are refused: sluice limits"
is "and that is all" "$(lines)" 4
claim "the module goes" sluice unload force
is "and says so" "$(logged | tail -n 1)" removed

finish
