#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 10
#
# Tracepoints: every state of a handshake and of a connection, in order, every end
# and every refusal by the name of its counter. 46-wire-reasons.sh has all the reasons.
#
# The network is drawn in tools/wire/wire.sh.

. "$(dirname "$0")/lib.sh"
. "$TOOLS/wire/wire.sh"
. "$TOOLS/wire/trace.sh"

wire_net
addr lb eth0 10.0.0.3/24
if ! traced; then
	skip "a handshake is seen" "this kernel has no event tracing"
	finish
fi
# Who reads traces in user space knows no names of ours.
ours=$(grep -hoE "SLC_[A-Z]+_[A-Z_]+|SLUICE_[A-Z_]+" "$TRACING"/events/sluice/*/format)
is "words are told by numbers" "$ours" ""
for port in 8080 8082 8090; do
	service "web$port" tcp "10.0.0.2:$port" accept-proxy trust 10.0.0.1,10.0.9.0/24 \
		header-timeout 3 forward local
done

# states EVENT FIELD: the values of state= in the order of their traces, with that of
# why= behind it if there is one, a line for each value of FIELD
states() {
	grep "sluice_$1: " "$TMP/trace" | awk -v key="$2" '
		{
			k = s = ""
			for (i = 1; i <= NF; i++) {
				if (index($i, key "=") == 1)
					k = $i
				if ($i ~ /^state=/)
					s = substr($i, 7)
				if ($i ~ /^why=/ && $i != "why=none")
					s = s ":" substr($i, 5)
			}
			if (!(k in all))
				order[n++] = k
			all[k] = all[k] " " s
		}
		END { for (i = 0; i < n; i++) print substr(all[order[i]], 2) }'
}

server app 8090
trace_on
talk --v2 --bind 10.0.0.1:6001 --client 203.0.113.7:5001 10.0.0.2:8090 who >/dev/null
talk --raw 00112233445566778899aabbccddeeff --bind 10.0.0.1:6002 10.0.0.2:8090 who >/dev/null
talk -t 1 --bind 10.0.0.3:6003 10.0.0.2:8090 who >/dev/null
trace_off
of() { grep -F ":$1 " "$TMP/trace"; }
is "the states of handshakes, and why one fails" "$(states handshake src)" \
	"half-open gather connect done
half-open gather gather:bad-signature dead"
match "the connection as it opens, with its client" \
	"sluice_flow: .*src=\[.*10\.0\.0\.1\]:6001 .*client=\[.*203\.0\.113\.7\]:5001 backend=\[.*10\.0\.0\.2\]:8090 bytes=0/0 state=established why=none$" of 6001
match "a bad header, with the reason" "sluice_handshake: .* state=gather .*why=bad-signature$" of 6002
match "a sender not trusted, with the reason" "sluice_refuse: .* why=untrusted-dropped$" of 6003

trace_on
wire inner "the sender closed first: FIN again"
trace_off
is "the states of a connection whose sender closes first" "$(states flow id)" \
	"established fin-in fin-out closing:flows-closed"
trace_on
wire inner "the application closed first: FIN again"
trace_off
is "the states of a connection whose application does" "$(states flow id)" \
	"established fin-out fin-in closing:flows-closed"
trace_on
wire inner "resets an established"
trace_off
is "the states of a connection that is reset" "$(states flow id)" "established reset:flows-reset"
trace_on
wire inner "a flush counts"
trace_off
match "of one that is flushed" "^established reset:flows-flushed$" states flow id
match "and of a handshake that is" "^half-open gather gather:flows-flushed dead$" states handshake src
trace_on
wire pitfalls "forgot in silence"
trace_off
match "of one that its application has forgotten" "^established reset:flows-expired$" states flow id
trace_on
wire inner "ICMP port unreachable"
trace_off
match "an application that cannot be reached, with the reason" \
	"sluice_handshake: .* state=connect .*why=connect-unreachable$" cat "$TMP/trace"

finish
