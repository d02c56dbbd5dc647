#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 27
#
# An application asks who its client is: anyone may, of a socket of one's own.
#
#     lb (trusted) -> app (whoami.py, as nobody)
#
# The network is drawn in lib.sh.
# shellcheck disable=SC2317,SC2016	# called by name, evaluated later
. "$(dirname "$0")/lib.sh"

net_up
nobody=(setpriv --reuid 65534 --clear-groups --bounding-set=-all --inh-caps=-all)
# whoami_up ADDRESS PORT [WRAPPER...]: it answers there
whoami_up() {
	spawn "whoami-$2.log" ip netns exec app "${nobody[@]}" "${@:3}" \
		python3 "$TOOLS/whoami.py" "$1" "$2"
	wait_for listening app "$2" || bail "whoami.py does not start"
}

service web tcp 10.0.1.2:8080 accept-proxy trust 10.0.0.0/24
service web6 tcp '[fd00:1::2]:8081' accept-proxy trust fd00::/64
service to tcp 10.0.1.2:90 accept-proxy trust 10.0.0.0/24 to 127.0.0.1:8082
service users tcp 10.0.1.2:8084 accept-proxy trust 10.0.0.0/24
whoami_up 0.0.0.0 8080
whoami_up :: 8081
whoami_up :: 8082
whoami_up 0.0.0.0 8084 unshare -Ur

match "who has the socket is told sender, client and header" \
	"^sender 10.0.0.1:7001 service web 10.0.1.2:8080 client 203.0.113.7:5001 header 198.51.100.9:443 v1 tlvs $" \
	talk --bind 10.0.0.1:7001 --v1 --client 203.0.113.7:5001 --dest 198.51.100.9:443 \
	10.0.1.2:8080 banner eof
match "of IPv6 too, and TLVs" \
	"^sender fd00::1:7002 service web6 fd00:1::2:8081 client 2001:db8:c::7:5002 header 2001:db8::9:443 v2 tlvs 02000161$" \
	talk --bind '[fd00::1]:7002' --v2 --tlv 2=a --client '[2001:db8:c::7]:5002' \
	--dest '[2001:db8::9]:443' '[fd00:1::2]:8081' banner eof
match "an application at another address, on a socket of both families" \
	"service to 10.0.1.2:90 client 203.0.113.7:5003" \
	talk --v1 --client 203.0.113.7:5003 10.0.1.2:90 banner eof
match "one in a user namespace of its own" "service users .* client 203.0.113.7:5004" \
	talk --v1 --client 203.0.113.7:5004 10.0.1.2:8084 banner eof
match "that there was no client in the header" "service web .* header None:None v2 local" \
	talk --v2 --local 10.0.1.2:8080 banner eof
status "and has the socket for itself: closing it ends the connection" 0 \
	talk -t 5 --v1 --client 203.0.113.7:5006 10.0.1.2:8080 banner eof

match "nothing is told of a connection that came plainly" \
	"^refused 2 did not come through a service" app python3 "$TOOLS/whoami.py" fd plain
for kind in "none 9 is no socket" "negative 9 is no socket" "file 88 is no socket" \
	"udp 107 is not connected" "unix 95 is no TCP" "new 107 is not connected" \
	"listening 107 is not connected"; do
	match "nor of a descriptor that is: ${kind%% *}" "^refused ${kind#* }" \
		app python3 "$TOOLS/whoami.py" fd "${kind%% *}"
done
service far tcp 10.0.1.2:8083 accept-proxy trust 10.0.0.0/24
spawn other.log ip netns exec app python3 "$TOOLS/whoami.py" 0.0.0.0 8083 lb
wait_for listening app 8083 || bail "whoami.py does not start"
match "nor of a socket of another namespace" "^refused 18 is of another network namespace" \
	talk --v1 --client 203.0.113.7:5005 10.0.1.2:8083 banner

service tool tcp 10.0.1.2:8085 accept-proxy trust 10.0.0.0/24
spawn tool.log ip netns exec app "${nobody[@]}" python3 "$TOOLS/whoami.py" tool 8085 "$SLUICE"
wait_for listening app 8085 || bail "whoami.py does not start"
talk --v2 --client 203.0.113.7:5007 --dest 198.51.100.9:443 10.0.1.2:8085 >/dev/null
asked() { jq -r '"\(.service) \(.client) \(.destination) \(.header)"' "$TMP/tool.log"; }
wait_for -t 10 asked
says "the tool asks for nobody in particular, too" \
	"tool 203.0.113.7:5007 198.51.100.9:443 v2" asked

# Of another process: whoever may trace it
service held tcp 10.0.1.2:8086 accept-proxy trust 10.0.0.0/24
spawn holds.log ip netns exec app "${nobody[@]}" python3 -c 'if True:
	import os, socket
	s = socket.create_server(("10.0.1.2", 8086))
	c, _ = s.accept()
	print(f"{os.getpid()}:{c.fileno()}", flush=True)
	c.recv(1)'
wait_for listening app 8086 || bail "nobody listens"
launch held.log lb client -t 60 --v1 --client 203.0.113.7:5008 10.0.1.2:8086 "file=$TMP/never"
wait_for -t 10 test -s "$TMP/holds.log"
whose=$(<"$TMP/holds.log")
match "root is told of a socket of another process" "client +203.0.113.7:5008" \
	sluice whoami "$whose"
match "so is whose process it is" "client +203.0.113.7:5008" \
	app "${nobody[@]}" "$SLUICE" whoami "$whose"
match "another user is not" "whoami: socket $whose: not permitted, needs to be allowed to trace" \
	eval 'app "${nobody[@]/65534/65533}" "$SLUICE" whoami "$whose" 2>&1 || :'

finish
