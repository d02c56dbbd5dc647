#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 20
#
# Of a conversation over UDP only that socket is told which could have its datagrams: not one
# of the same port at another address, of the other family, or for another peer.
#
#     client -- router (the sender) -- bal (who asks) -- b1
#
# The network is drawn in ballib.sh: the one with two arms.

# shellcheck disable=SC2317,SC2016,SC2034,SC2154	# called by name, evaluated later
. "$(dirname "$0")/ballib.sh"

bal_net
POOLED_BY=each pooled away nat 5401 b1:5300
POOLED_BY=each pooled here nat 5431 here:5310

# ask TEXT WANT ARGUMENT...: of the last one's datagrams, as nobody in particular
ask() {
	local text=$1 want=$2
	shift 2
	says "$text" "$want" ip netns exec bal setpriv --reuid 65534 --clear-groups --bounding-set=-all \
		--inh-caps=-all python3 "$TOOLS/whoasks.py" "$@" "$peer" "$n"
}
# of FAMILY PORT: a conversation, whose server goes
of() {
	local server='' said
	n=$((n + 1))
	if [ "$2" = 5431 ]; then
		server=$HERE4
		[ "$1" = 4 ] || server=$HERE6
		said=$(agent bal "$TMP/one.log" udp serve -b "$server" 5310)
		[[ $said == "pid "* ]] || bail "no server: $said"
	fi
	claim "a conversation (IPv$1)" told_udp "$1" "$2" each who
	[ -z "$server" ] || { kill "${said#pid }"; wait_for gone "$server"; }
	peer=$CLIENT4
	[ "$1" = 4 ] || peer=$CLIENT6
}
gone() { ! bal ss -Hlun "sport = :5310" | grep -q .; }
nobody="refused 2 did not come through a service"

of 4 5401
ask "not of another host's, as if it had come here" "$nobody" plain 0.0.0.0 5300 10.0.1.1
ask "nor bound to the other's address" "$nobody" freebind 10.0.1.1 5300 -
of 6 5401
ask "not of another host's (IPv6)" "$nobody" plain :: 5300 fd00:1::1
of 6 5431
ask "not of IPv6, for a socket of IPv4" "$nobody" plain 0.0.0.0 5310 "$HERE6"
ask "but for one of IPv6" "told of here6" plain :: 5310 "$HERE6"
of 4 5431
ask "not of IPv4, for a socket of IPv6 alone" "$nobody" v6only :: 5310 "$HERE4"
ask "but for one of IPv4" "told of here4" plain 0.0.0.0 5310 "$HERE4"
ask "for one of both" "told of here4" plain :: 5310 "$HERE4"
ask "and for one that is bound to its address" "told of here4" plain "$HERE4" 5310 -
ask "not of another peer's than the socket's" "$nobody" connected "$HERE4" 5310 -

finish
