#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Who may do what: nobody anything without CAP_NET_ADMIN in the user namespace
# that owns the network namespace, and that one is to be the first.
#
#     app: a service, asked by who may and who may not
#
# shellcheck disable=SC2317,SC2016	# called by name, evaluated later
. "$(dirname "$0")/lib.sh"

module_load
ns_add app
addr app lo 10.0.1.2/32
service web tcp 10.0.1.2:8080 accept-proxy trust 10.0.0.0/24

before=$(sluice service show)

# Each command of the tool, such that it would succeed
commands=(
	"service add more tcp 10.0.1.2:8081 accept-proxy trust any"
	"service set web mark 5"
	"service show"
	"service show web"
	"service del web"
	"flow show"
	"flow flush"
	"stats"
	"stats web"
	"stats reset"
	"unload"
)
# refused TEXT WRAPPER...: no command works for whom WRAPPER makes of us
refused() {
	local text=$1 c rc may=()
	shift
	for c in "${commands[@]}"; do
		rc=0
		# shellcheck disable=SC2086	# words
		app "$@" "$SLUICE" $c >"$TMP/out" 2>&1 </dev/null || rc=$?
		[ "$rc" = 3 ] || may+=("$c: status $rc: $(head -c 200 "$TMP/out")")
	done
	is "$text" "${may[*]}" ""
}

drop=(setpriv --bounding-set -net_admin --inh-caps -net_admin)
refused "somebody without any right may do nothing" setpriv --reuid 65534 --clear-groups
refused "root without CAP_NET_ADMIN may do nothing" "${drop[@]}"
refused "CAP_SYS_ADMIN alone does not help" \
	setpriv --bounding-set=-all,+sys_admin --inh-caps=-all
refused "root of a user namespace of one's own may do nothing here" unshare -Ur
refused "nor in a network namespace of its own" unshare -Urn
refused "nor may somebody who made them both" \
	setpriv --reuid 65534 --clear-groups unshare -Urn

# A socket that somebody with the right opened, asked by one without
cat >"$TMP/handed.py" <<'END'
import os
import socket
import struct

s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
s.bind((0, 0))
seq = 0


def ask(family, cmd, attrs=b""):
    """The reply, if there is one, and the error"""
    global seq
    seq += 1
    body = struct.pack("BBH", cmd, 1, 0) + attrs
    s.send(struct.pack("IHHII", 16 + len(body), family, 5, seq, 0) + body)
    reply = b""
    while True:
        got = s.recv(65536)
        if struct.unpack_from("H", got, 4)[0] == 2:
            return reply, struct.unpack_from("i", got, 16)[0]
        reply = got


reply, _ = ask(16, 3, struct.pack("HH", 11, 2) + b"sluice\0\0")
at = 20
while struct.unpack_from("H", reply, at + 2)[0] != 1:
    at += struct.unpack_from("H", reply, at)[0] + 3 & ~3
family = struct.unpack_from("H", reply, at + 4)[0]
print("with the right", ask(family, 10)[1])
os.setuid(65534)
print("without", *(ask(family, cmd)[1] for cmd in range(1, 12)))
END
says "who asks counts, not only who opened the socket" "with the right 0
without -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1" app python3 "$TMP/handed.py"

is "the service is as it was, and alone" "$(sluice service show)" "$before"
status "who may, can" 0 sluice stats reset

finish
