#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# limit: 400
# cost: 35
#
# The TCP settings of both hosts: what is agreed through Sluice, on either leg, is
# what the two would have agreed upon without it, and every byte arrives.
#
#     lb (client.py) -> app (server.py; 8080 is a service, 8081 is not)
#
# The network is drawn in lib.sh.

# shellcheck disable=SC2317,SC2016,SC2059	# called by name, evaluated later
. "$(dirname "$0")/lib.sh"

net_up
server app 8080 8081
service web tcp "$SERVICE4:8080" accept-proxy trust 10.0.0.0/24 forward local
service web6 tcp "[$SERVICE6]:8080" accept-proxy trust fd00::/64 forward local

# settings NS [KEY=VALUE]...: these, the others as Linux has them
settings() {
	local n=$1
	shift
	set "window_scaling=1" sack=1 timestamps=1 ecn=2 "$@"
	set_sysctl "$n" "${@/#/net.ipv4.tcp_}"
}

# agreed NS PORT LOCAL-OR-REMOTE-PORT: what ss says of the one connection there
agreed() {
	local said word words=()
	said=$(ip netns exec "$1" ss -Htino state established "$2")
	for word in ecn sack ts 'wscale:[0-9]+,[0-9]+'; do
		[[ " ${said//[[:space:]]/ } " =~ \ ($word)\  ]] && words+=("${BASH_REMATCH[1]}")
	done
	echo "${words[*]}"
}

n=5000
# same NAME: one connection through Sluice, one past it, looked at from both ends
same() {
	local name=$1 six=$((n % 2)) to client pids
	n=$((n + 1))
	if [ "$six" = 1 ]; then
		to="[$SERVICE6]" client="[$CLIENT6]:$n" name="$name, IPv6"
	else
		to=$SERVICE4 client=$CLIENT4:$n
	fi
	rm -f "$TMP"/go*
	talk --v2 --client "$client" "$to:8080" who both=200000 "touch=$TMP/go1" \
		"file=$TMP/go" both=200000 >"$TMP/spliced" &
	pids=$!
	talk "$to:8081" who both=200000 "touch=$TMP/go2" "file=$TMP/go" both=200000 \
		>"$TMP/direct" &
	pids+=" $!"
	wait_for test -e "$TMP/go1" && wait_for test -e "$TMP/go2"
	is "$name: the sender agrees to what it would directly" \
		"$(agreed lb 'dport = 8080')" "$(agreed lb 'dport = 8081')"
	is "$name: so does the application" \
		"$(agreed app 'sport = 8080')" "$(agreed app 'sport = 8081')"
	seen=$(agreed app 'sport = 8080')
	: >"$TMP/go"
	# shellcheck disable=SC2086	# two
	wait $pids
	is "$name: every byte" "$(sed 1d "$TMP/spliced")" "both 200000 ok
both 200000 ok"
	wait_for eval '[ -z "$(app ss -Htn state established)" ]'
}
# agreed upon is WORD...: of the last one, lest two wrongs be the same
words() { is "    that is: ${1:-nothing}" "${seen%%:*}" "$1"; }

# No `talk` in the background before its process is there
says "a connection" "peer=$CLIENT4:4999 local=$SERVICE4:8080" \
	talk --v2 --client "$CLIENT4:4999" "$SERVICE4:8080" who

settings app
settings lb
same "as Linux has them"
words "sack ts wscale"
while read -r want app lb; do
	# shellcheck disable=SC2086	# lists
	settings app ${app//,/ }
	# shellcheck disable=SC2086
	settings lb ${lb//,/ }
	same "application ${app:-as usual}, sender ${lb:-as usual}"
	words "${want//,/ }"
done <<END
sack,ts window_scaling=0 sack=1
ts,wscale sack=0 sack=1
sack,wscale timestamps=0 sack=1
sack,ts sack=1 window_scaling=0
ts,wscale sack=1 sack=0
sack,wscale sack=1 timestamps=0
ecn,sack,ts,wscale ecn=2 ecn=1
ecn,sack,ts,wscale ecn=1 ecn=1
sack,ts,wscale ecn=0 ecn=1
sack,ts,wscale ecn=1 ecn=2
ts window_scaling=0 sack=0
ecn,sack timestamps=0 window_scaling=0,ecn=1
wscale sack=0 timestamps=0
END
for where in app lb "app lb"; do
	settings app
	settings lb
	for w in $where; do settings "$w" window_scaling=0 sack=0 timestamps=0; done
	same "no option at all at: $where"
	words ""
done
is "no segment came to the application with a wrong checksum" \
	"$(app nstat -asz TcpInCsumErrors | awk '/TcpInCsumErrors/ {print $2}')" 0
is "nothing was promised that had to be taken back" "$(stat downgraded)" 0

finish
