#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 12
#
# A header in all its forms: who does the application think is calling?
#
#     lb (client.py: headers made from the specification) -> app (server.py)
#
# The network is drawn in lib.sh.

# shellcheck disable=SC2317,SC2016,SC2059	# called by name, evaluated later
. "$(dirname "$0")/lib.sh"

net_up
server app 8080
service web tcp "$SERVICE4:8080" accept-proxy trust 10.0.0.1 forward local
service web6 tcp "[$SERVICE6]:8080" accept-proxy trust fd00::/64 forward local

four=$SERVICE4:8080 six=[$SERVICE6]:8080

# forms ARGUMENTS...: in which pieces the header comes
forms() {
	local name=$1
	shift
	says "$name in one piece" "peer=$who local=$to" talk "$@" "$to" who
	who=${who%:*}:$((${who##*:} + 1))
	says "$name, one byte a segment" "peer=$who local=$to" \
		talk "$@" --client "$who" --split 1 --gap 0.01 "$to" who
	who=${who%:*}:$((${who##*:} + 1))
	says "$name in two pieces, the second late" "peer=$who local=$to" \
		talk "$@" --client "$who" --split 13 --gap 0.5 "$to" who
	who=${who%:*}:$((${who##*:} + 1))
	says "$name a second after the handshake" "peer=$who local=$to" \
		talk "$@" --client "$who" --late 1 "$to" who
}

to=$four who=203.0.113.7:5000
forms "v1 TCP4" --v1 --client "$who"
who=203.0.113.7:5100
forms "v2 TCP4" --v2 --client "$who"
who=203.0.113.7:5200
forms "v2 TCP4 with TLVs and CRC32C" --v2 --crc --tlv 2=www.example.org --tlv 5=id-1 --client "$who"
to=$six who="[$CLIENT6]:5000"
forms "v1 TCP6" --v1 --client "$who"
who="[$CLIENT6]:5100"
forms "v2 TCP6" --v2 --client "$who"

says "v1 UNKNOWN: the sender itself" "peer=10.0.0.1:6001 local=$four" \
	talk --v1 --local --bind 10.0.0.1:6001 "$four" who
says "v2 LOCAL: the sender itself" "peer=10.0.0.1:6002 local=$four" \
	talk --v2 --local --bind 10.0.0.1:6002 "$four" who
says "v1 UNKNOWN over IPv6: the sender itself" "peer=[fd00::1]:6001 local=$six" \
	talk --v1 --local --bind '[fd00::1]:6001' "$six" who
says "v2 LOCAL over IPv6: the sender itself" "peer=[fd00::1]:6002 local=$six" \
	talk --v2 --local --bind '[fd00::1]:6002' "$six" who

says "payload right behind the header arrives whole" "both 300000 ok" \
	talk --v2 --client 203.0.113.7:5300 "$four" both=300000
says "the same over IPv6" "both 300000 ok" \
	talk --v1 --client "[$CLIENT6]:5300" "$six" both=300000

is "nothing of it was too big for a path of the same MTU" "$(stat too-big)" 0

log=$(served app 8080)
counted "no header: the sender is reset" bad-signature 1 \
	talk --raw "$(hex 'GET / HTTP/1.0\r\n\r\n')" "$four" who
status "a wrong CRC32C: the sender is reset" 3 talk --raw \
	"0d0a0d0a000d0a515549540a21110013cb0071070a00000115b300500300040bad0bad" "$four" who
counted "a header that names 127.0.0.1 is refused" client-refused 1 \
	talk --v1 --client 127.0.0.1:5400 "$four" who
counted "a header that names the service's host is refused" client-refused 1 \
	talk --v2 --client 10.0.1.2:5400 "$four" who
counted "a header that names port 0 is refused" client-refused 1 \
	talk --v2 --client 203.0.113.7:0 "$four" who
is "the application has seen none of these" "$(served app 8080)" "$log"

finish
