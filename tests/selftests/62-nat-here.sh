#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 25
# limit: 300
#
# Balancing with `forward nat` where the balancer is an end itself: it has the backend, it
# has the client, or both.
#
#     client -- router -- bal (server.py, udp.py; client.py, udp.py) -- b1, b2, b3
#
# The network is drawn in ballib.sh: the one with two arms. The balancer's own backend is
# `here`, 10.0.1.254 and fd00:1::fe, the address of its other arm.

# shellcheck disable=SC2317,SC2016,SC2034,SC2154	# called by name, evaluated later
. "$(dirname "$0")/ballib.sh"

bal_net
server bal 8080
udp_server bal 5300
balance mixed tcp 80 here:8080 b1:8080
balance near tcp 81 here:8080
balance gone tcp 82 here:8099
balance away tcp 83 b1:8080
balance awaygone tcp 84 b1:8099
balance http tcp 85 b2:8090
balance nearrange tcp 8000-8009 here
balance dns udp 53 here:5300
balance dnsgone udp 55 here:5399
balance dnsaway udp 56 b1:5300
balance dnsawaygone udp 57 b1:5399
server bal 8004

closed_ports bal

size=$(small 5000000 500000)

# ends NAME PORT SERVER: data both ways and each way to end, on a service whose backend is
# SERVER; the client's command is in $how, addresses in $seen
ends() {
	local log=$TMP/server-$3-8080.log before
	each "$1: both ways, and the client closes its half" "$seen
both $size ok
bye" "$how" "$2" who "both=$size" half
	each "$1: the backend closes first" "closed by peer" "$how" "$2" peer-fin
	each "$1: the backend resets" "reset" "$how" "$2" peer-rst
	before=$(grep -c "error .*ConnectionResetError" "$log")
	each "$1: the client resets" "hello" "$how" "$2" echo=hello rst
	claim "$1: so the backend is reset" wait_for eval \
		'[ "$(grep -c "error .*ConnectionResetError" '"$log"')" = '$((before + 2))' ]'
	before=$(asked "$3")
	each "$1: nobody listens" "status 3: refused: Connection refused" "$how" "$(($2 + 1))" who
	is "$1: at the backend" "$(($(asked "$3") - before))" 2
}

# --- the backend is here ---------------------------------------------------------------------

how=tcp seen='peer=$me local=$here:8080'
ends "the backend is here" 81 bal
each "the backend is here: a port of a range is kept" 'peer=$me local=$here:8004' \
	tcp 8004 who
for f in 4 6; do
	names $f
	says "one backend here, one away: two connections each (IPv$f)" "2 local=$b1:8080
2 local=$here:8080" turns $f 80 4 client "${me%:*}" 5050
done
each "the backend is here: a conversation" 'peer=$me local=$here:5300 answer=$vip
size 1400 ok
size 20000 ok
zero ok' udp 53 who size=1400 size=20000 zero
# silent NAME PORT NS: a conversation with a port of NS's where nobody is, by $how
silent() {
	local before
	before=$(asked "$3")
	n=$((n + 1))
	says "$1: no UDP server" "type=3 code=3 by=$VIP4 about=$VIP4:$2" "$how" 4 "$2" error
	says "$1: no UDP server (IPv6)" "type=1 code=4 by=$VIP6 about=[$VIP6]:$2" "$how" 6 "$2" error
	is "$1: no UDP server at the backend" "$(($(asked "$3") - before))" 2
}
how=udp
silent "the backend is here" 55 bal

# --- the client is here ------------------------------------------------------------------------

# What connects to an address of its own host does so from that very address, unless it
# says otherwise.
own4=$VIP4 own6=$VIP6
own() {
	names "$@"
	if [ "$1" = 4 ]; then own=$own4:$n; else own=[$own6]:$n; fi
}
here_tcp() { own "$@"; talk_from bal -t 20 "$vip" "${@:3}"; }
here_udp() { own "$@"; udp_from bal -t 10 "$vip" "${@:3}"; }
bound_tcp() { own "$@"; talk_from bal -t 20 --bind "$own" "$vip" "${@:3}"; }
bound_udp() { own "$@"; udp_from bal -t 10 --bind "$own" "$vip" "${@:3}"; }

how=bound_tcp seen='peer=$(own $f; echo $own) local=$b1:8080'
ends "the client is here" 83 b1
each "the client is here: a conversation" 'peer=$(own $f; echo $own) local=$b1:5300 answer=$vip
size 1400 ok
size 20000 ok
zero ok' bound_udp 56 who size=1400 size=20000 zero
how=bound_udp
silent "the client is here" 57 b1
each "the client is here, and binds to nothing" "hello
both 100000 ok" here_tcp 83 echo=hello both=100000
match "a conversation from here that binds to nothing" \
	"^peer=.* local=10.0.1.1:5300 answer=$VIP4:56" here_udp 4 56 who
match "a conversation from here that binds to nothing (IPv6)" \
	"^peer=.* local=\[fd00:1::1\]:5300 answer=\[$VIP6\]:56" here_udp 6 56 who
own4=10.0.1.254 own6=fd00:1::fe
each "the client is here, with the address of the backends' side" \
	'peer=$(own $f; echo $own) local=$b1:8080
both 100000 ok
bye' bound_tcp 83 who both=100000 half
own4=10.0.0.2 own6=fd00::2
each "the client is here, with the address of the other side" \
	'peer=$(own $f; echo $own) local=$b1:8080
both 100000 ok
bye' bound_tcp 83 who both=100000 half
nginx_up b2 < <(http_block b2 8090)
curl_here() { names "$@"; bal curl -s --max-time 20 --local-port "$n" "http://$vip/"; }
own4=$VIP4 own6=$VIP6
each "curl from here" '$ip $n' curl_here 85

# --- both -----------------------------------------------------------------------------------------

own4=$VIP4 own6=$VIP6
how=bound_tcp seen='peer=$(own $f; echo $own) local=$here:8080'
ends "client and backend are here" 81 bal
each "client and backend are here: a conversation" \
	'peer=$(own $f; echo $own) local=$here:5300 answer=$vip
size 1400 ok
size 20000 ok
zero ok' bound_udp 53 who size=1400 size=20000 zero
how=bound_udp
silent "client and backend are here" 55 bal
own4=10.0.0.2 own6=fd00::2
each "client and backend are here, the client with another address" \
	'peer=$(own $f; echo $own) local=$here:8080
both 100000 ok
bye' bound_tcp 81 who both=100000 half
own4=$VIP4 own6=$VIP6
for f in 4 6; do
	own $f
	says "one backend here, one away, the client here: two connections each (IPv$f)" \
		"2 local=$b1:8080
2 local=$here:8080" turns $f 80 4 bal "${own%:*}" 5150
done

finish
