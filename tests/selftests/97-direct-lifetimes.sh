#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# limit: 1000000
# cost: 15
#
# How long a flow is remembered whose backend answers the client past the balancer: an idle
# session is not cut, what is over goes. For guests whose clock runs ahead while nothing
# happens.
#
#     client -- router -- bal -- sw -- b1, b2, b3
#                  '-------------'
#
# The network is that of 93-direct.sh.

# shellcheck disable=SC2317,SC2016,SC2034,SC2154	# called by name, evaluated later
. "$(dirname "$0")/ballib.sh"

if [ -z "${SLUICE_VIRTUAL:-}" ]; then
	skip "silence ends what it is to end, past the balancer" "this guest's clock is the real one"
	finish
fi
bal_net
direct_net b1 b2 b4
BAL_FORWARD=dsr balance web tcp 8080 b1
BAL_FORWARD=ipip balance dns udp 5300 b1
BAL_FORWARD=dsr balance nobody tcp 8099 b1
ns b1 nft -f - <<-END || bail "nft refuses the rules"
	table inet silent { chain in { type filter hook input priority 0; tcp dport 8099 drop; }; }
END
# The sweep comes by each five seconds.
SWEEP=10
# there SERVICE: states of its flows, in both families
there() { sluice -j flow show | jq -r --arg s "$1" '.[] | select(.service | test("^" + $s + "6?$")).state' |
	sort | xargs; }
both() { echo $(($(stat "$1" "$2") + $(stat "$1" "${2}6"))); }

n=$((n + 1))
for f in 4 6; do
	names $f 8080
	launch "idle-$f.log" client client -t 900000 --bind "$me" "$vip" who "file=$TMP/go" \
		both=100000 half
	wait_for grep -q peer= "$TMP/idle-$f.log"
done
sleep 7200
is "a session that is idle for two hours is remembered" "$(there web)" "established established"
: >"$TMP/go"
for f in 4 6; do
	claim "and goes on (IPv$f)" wait_for -t 20 grep -q bye "$TMP/idle-$f.log"
done
sleep $((10 + SWEEP))
is "a while after the client's end it is over" "$(there web) $(both flows-closed web)" "closing closing 2"
is "and no connection of the backend's any more" \
	"$(sluice -j backend show web 10.0.1.1 | jq ".[0].flows")" 0
sleep $((120 + SWEEP))
is "and then forgotten" "$(there web)" ""

n=$((n + 1))
for f in 4 6; do
	names $f 8099
	launch "silent-$f.log" client client -t 200 --bind "$me" "$vip" who
done
sleep 5
is "a connection that nothing answers" "$(there nobody)" "connect connect"
sleep 150
is "is forgotten a minute after the last SYN" "$(there nobody) $(both connect-timeout nobody)" " 2"

n=$((n + 1))
for f in 4 6; do udp $f 5300 who >/dev/null || note "no answer (IPv$f)"; done
sleep 20
is "a question is remembered" "$(there dns)" "established established"
sleep $((10 + SWEEP))
is "for 30 s" "$(there dns)" ""
n=$((n + 1))
for f in 4 6; do
	names $f 5300
	launch "talk-$f.log" client udp talk -t 900 --bind "$me" "$vip" who "file=$TMP/more" who
	wait_for grep -q peer= "$TMP/talk-$f.log"
done
sleep 5
: >"$TMP/more"
sleep 200
is "a conversation that has gone on is for longer" "$(there dns)" "established established"
sleep $((100 + SWEEP))
is "but not for ever" "$(there dns)" ""

finish
