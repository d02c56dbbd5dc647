#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 15
#
# An application asks who its client is, by libsluice: over TCP and UDP, as nobody in
# particular.
#
#     lb (trusted) -> app (whois, greet)
#
# The network is drawn in lib.sh.
# shellcheck disable=SC2317,SC2016	# called by name, evaluated later
. "$(dirname "$0")/lib.sh"

BIN=$(dirname "$NLCLIENT")
net_up
nobody=(setpriv --reuid 65534 --clear-groups --bounding-set=-all --inh-caps=-all)
# up PROGRAM PORT [ARGUMENT...]
up() {
	spawn "$1-$2.log" ip netns exec app "${nobody[@]}" "$BIN/$1" "${@:2}"
	wait_for listening app "$2" || { cat "$TMP/$1-$2.log"; bail "$1 does not start"; }
}
up whois 8080
up whois 8090 fd00:1::2
up greet 8081

service web tcp 10.0.1.2:8080 accept-proxy trust 10.0.0.0/24
service web6 tcp '[fd00:1::2]:8080' accept-proxy trust fd00::/64
service hello tcp 10.0.1.2:8081 accept-proxy trust 10.0.0.0/24
service dns udp 10.0.1.2:8080 accept-proxy each trust 10.0.0.0/24
service dns6 udp '[fd00:1::2]:8080' accept-proxy first trust fd00::/64
service spp udp 10.0.1.2:5300 accept-proxy spp trust 10.0.0.0/24 to 10.0.1.2:8080
service bound udp '[fd00:1::2]:8090' accept-proxy each trust fd00::/64

# --- TCP ------------------------------------------------------------------------------------

says "sender, service, client, destination and TLVs" \
	"web v2 sender=10.0.0.1:7001 service=10.0.1.2:8080 client=203.0.113.7:5001 destination=198.51.100.9:443 2=6578616d706c65 5=0102 authority=example
eof" talk --bind 10.0.0.1:7001 --v2 --tlv 2=example --tlv $'5=\x01\x02' \
	--client 203.0.113.7:5001 --dest 198.51.100.9:443 10.0.1.2:8080 banner eof
says "of IPv6, version 1" \
	"web6 v1 sender=[fd00::1]:7002 service=[fd00:1::2]:8080 client=[2001:db8:c::7]:5002 destination=[2001:db8::9]:443
eof" talk --bind '[fd00::1]:7002' --v1 --client '[2001:db8:c::7]:5002' --dest '[2001:db8::9]:443' \
	'[fd00:1::2]:8080' banner eof
says "that no client was named" \
	"web v2 local sender=10.0.0.1:7003 service=10.0.1.2:8080 client=10.0.0.1:7003 destination=none
eof" talk --bind 10.0.0.1:7003 --v2 --local 10.0.1.2:8080 banner eof
says "a program out of the documentation" "you asked for example
eof" talk --v2 --tlv 2=example --client 203.0.113.7:5004 10.0.1.2:8081 banner eof
direct() { app python3 "$TOOLS/client.py" "127.0.0.1:$1" banner eof; }
says "who came directly came through no service" "ENOENT
eof" direct 8080
says "as the program says in its words" "you came here directly
eof" direct 8081

# --- UDP ------------------------------------------------------------------------------------

ask() { lb python3 "$TOOLS/udp.py" talk -t 3 "$@"; }
said() { ask "$@" | sed 's/ answer=.*//; /^$/d'; }
says "of a datagram, on a socket that is bound to no address" \
	"dns v2 sender=10.0.0.1:7011 service=10.0.1.2:8080 client=203.0.113.7:5011 destination=10.0.1.2:8080 238=0000" said --bind 10.0.0.1:7011 --header each --client 203.0.113.7:5011 --tlv 2 10.0.1.2:8080 who
says "of one that has had its header" \
	"dns6 v2 sender=[fd00::1]:7012 service=[fd00:1::2]:8080 client=[2001:db8:c::7]:5012 destination=[fd00:1::2]:8080
dns6 v2 sender=[fd00::1]:7012 service=[fd00:1::2]:8080 client=[2001:db8:c::7]:5012 destination=[fd00:1::2]:8080" said --bind '[fd00::1]:7012' --header first --client '[2001:db8:c::7]:5012' '[fd00:1::2]:8080' who who
says "of one with the simple header, to another port" \
	"spp v3 sender=10.0.0.1:7013 service=10.0.1.2:5300 client=203.0.113.7:5013 destination=10.0.1.2:5300" said --bind 10.0.0.1:7013 --header spp --client 203.0.113.7:5013 10.0.1.2:5300 who
plain() {
	python3 - "$@" <<-'END'
		import sys
		sys.path.insert(0, sys.argv[1])
		import socket, pplib
		to, client = pplib.endpoint(sys.argv[2]), pplib.endpoint(sys.argv[3])
		s = socket.socket(socket.AF_INET6 if ":" in to[0] else socket.AF_INET, socket.SOCK_DGRAM)
		s.settimeout(3)
		s.sendto(pplib.v2(client, to, datagram=True) + b"plain", to)
		print(s.recv(65536).decode().split()[0])
	END
}
ask_plain() { lb bash -c "$(declare -f plain); plain $TOOLS $1 $2"; }
says "without the address that it came to nothing is told" EDESTADDRREQ \
	ask_plain 10.0.1.2:8080 203.0.113.7:5014
says "unless the socket is bound to it" bound ask_plain '[fd00:1::2]:8090' '[2001:db8:c::7]:5015'
stranger() { app python3 "$TOOLS/udp.py" talk -t 3 127.0.0.1:8080 who | sed 's/ answer=.*//; /^$/d'; }
says "who came directly came through no service" ENOENT stranger

finish
