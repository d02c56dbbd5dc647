#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# limit: 1000000
# cost: 24
#
# How long a service lets its conversations and connections be silent: what its idle-timeout
# says, and what is usual. For guests whose clock runs ahead while nothing happens.
#
#     client -- router (sends headers) -- bal -- b1, b2, b3
#
# The network is drawn in ballib.sh: the one with two arms.

# shellcheck disable=SC2317,SC2016,SC2034,SC2154	# called by name, evaluated later
. "$(dirname "$0")/ballib.sh"

if [ -z "${SLUICE_VIRTUAL:-}" ]; then
	skip "silence ends what a service says it ends" "this guest's clock is the real one"
	finish
fi
bal_net
balance usual udp 53 b1:5300
balance short udp 54 b2:5300
balance long udp 55 b3:5300
balance tcp tcp 80 b1:8080
for s in short short6; do sluice service set $s idle-timeout 20; done
for s in long long6; do sluice service set $s idle-timeout 900; done
for s in tcp tcp6; do sluice service set $s idle-timeout 60; done
for f in 4 6; do
	vip=$VIP4
	[ $f = 4 ] || vip=[$VIP6]
	service head$f tcp "$vip:81" accept-proxy trust 10.0.0.254,fd00::fe scheduler rr forward nat \
		idle-timeout 60
	sluice backend add head$f "$(at $f b1:8080)" || bail "no backend"
done
# The sweep comes by each five seconds.
SWEEP=10

# there: which services have flows that are not over, and in what state
there() { sluice -j flow show | jq -r '.[] | "\(.service) \(.state)"' | sort | paste -sd, ; }
# asks SERVICE-PORT...: a question from the client's port $n, and its answer, in both families
asks() {
	local p f
	for p; do
		for f in 4 6; do
			[[ $(udp $f "$p" who) == peer=* ]] || note "no answer from $p (IPv$f)"
		done
	done
}
e=established
all="long $e,long6 $e,short $e,short6 $e,usual $e,usual6 $e"

# --- datagrams -----------------------------------------------------------------------------

n=$((n + 1))
asks 53 54 55
sleep 15
is "questions are remembered for as long as is usual, or as their service says" "$(there)" "$all"
sleep $((5 + SWEEP))
is "the short time of one that says 20 s is as long" "$(there)" \
	"long $e,long6 $e,usual $e,usual6 $e"
sleep 10
is "where it is 900 s a question is still forgotten after 30 s" "$(there)" ""
is "they have expired" "$(stat flows-expired short) $(stat flows-expired long6)" "1 1"

n=$((n + 1))
asks 53 54 55
sleep 5
asks 53 54 55
is "what goes on is one conversation" "$(stat flows-opened long)" 2
sleep 15
is "conversations stand" "$(there)" "$all"
sleep $((5 + SWEEP))
is "one of 20 s no longer" "$(there)" "long $e,long6 $e,usual $e,usual6 $e"
sleep 260
is "the others after 290 s" "$(there)" "long $e,long6 $e,usual $e,usual6 $e"
sleep $((10 + SWEEP))
is "what is usual is 300 s" "$(there)" "long $e,long6 $e"
sleep $((590 - SWEEP))
is "what is 900 s stands after 890" "$(there)" "long $e,long6 $e"
sleep $((10 + SWEEP))
is "and no longer" "$(there)" ""

n=$((n + 1))
asks 55
sleep 5
asks 55
for s in long long6; do sluice service set $s idle-timeout 20; done
n=$((n + 1))
asks 55
sleep $((20 + SWEEP))
is "another time holds for what begins from then on" "$(there)" "long $e,long6 $e"
sleep 880
is "and not for what was there" "$(there)" ""
for s in long long6; do sluice service set $s idle-timeout 0; done
n=$((n + 1))
asks 55
sleep 5
asks 55
sleep 290
is "with 0 it is as usual" "$(there)" "long $e,long6 $e"
sleep $((10 + SWEEP))
is "and no longer" "$(there)" ""

# --- connections ---------------------------------------------------------------------------------

for f in 4 6; do
	n=$((n + 1))
	names $f 80
	launch open$f client client -t 400000 --bind "$me" "$vip" who hold=40 who hold=300000
	n=$((n + 1))
	names $f 80
	launch half$f client client -t 400000 --bind "$me" "$vip" who stall=300000 half
	n=$((n + 1))
	names $f 81
	launch head$f router client -t 400000 --v2 --client "$me" "$vip" who hold=40 who hold=300000
done
open="head4 $e,head6 $e,tcp $e,tcp fin-in,tcp6 $e,tcp6 fin-in"
claim "connections of 60 s are open" wait_for -t 20 eval '[ "$(there)" = "$open" ]'
sleep 45
is "they stand" "$(there)" "$open"
sleep $((10 + SWEEP))
is "what is half closed no longer" "$(there)" "head4 $e,head6 $e,tcp $e,tcp6 $e"
sleep 20
is "what spoke after 40 s stands till then" "$(there)" "head4 $e,head6 $e,tcp $e,tcp6 $e"
sleep $((10 + SWEEP))
is "and no longer" "$(there)" ""
is "they have expired" "$(stat flows-expired tcp) $(stat flows-expired head6)" "2 1"
is "the backend has been told" "$(ip netns exec b1 ss -Htan "sport = :8080" | grep -vc TIME-WAIT)" 1
is "and so were those who had closed their side" \
	"$(cat "$TMP/half4" "$TMP/half6" | grep -c '^refused: Connection reset')" 2

finish
