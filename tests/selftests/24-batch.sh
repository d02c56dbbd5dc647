#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 30
#
# Changes that are made together or not at all, and who sees them: connections,
# listings. What is said and heard is in tools/batches.py.
#
#     lb 10.0.0.1 (trusted) -> app
#
# The network is drawn in lib.sh.
#
# limit: 600
# shellcheck disable=SC2317,SC2016	# called by name, evaluated later
. "$(dirname "$0")/lib.sh"

net_up
batches() { ip netns exec app python3 "$TOOLS/batches.py" "$@"; }

# --- batches ------------------------------------------------------------------------

claim "whatever fails in a batch, wherever, nothing has changed and it is named" batches batch
claim "a batch that is made for other limits than there are changes nothing" batches generations
n=$(small 1000 60)
claim "$n services and $n pools of 10 backends in one batch" batches big "$n" 10
sed 's/^/  /' "$TMP/claim.out"
if [ -z "${SLUICE_SMALL:-}" ]; then
	claim "as many as there may be fit, and no more" batches limits
fi
claim "a listing that changes come between says so, and misses nothing that stays" \
	batches interrupted

# --- connections while batches swap ---------------------------------------------------

# Each service marks its connections; the two are swapped in one step, so that
# at no time both have the same mark.
service one tcp 10.0.1.2:8001 accept-proxy trust 10.0.0.0/24 mark 1
service two tcp 10.0.1.2:8002 accept-proxy trust 10.0.0.0/24 mark 2
server app 8001
server app 8002
spawn swap.log ip netns exec app python3 "$TOOLS/batches.py" swap "$TMP/stop"
wait_for grep -q begun "$TMP/swap.log"
bad=0
n=$(small 60 10)
for i in $(seq "$n"); do
	talk --v1 --client "203.0.113.7:$((20000 + i))" "10.0.1.2:$((8001 + i % 2))" who \
		>/dev/null || bad=$((bad + 1))
done
is "connections made while settings change are made" "$bad" 0
touch "$TMP/stop"
wait_for -t 30 grep -q '^[0-9]' "$TMP/swap.log"
match "and there were such changes" '^[1-9]' cat "$TMP/swap.log"
marks() { sluice -j flow show | jq -c '[.[] | .mark] | unique'; }
match "each has one mark or the other" '^\["?(0x)?1.*2' marks

# --- what a handshake began with ------------------------------------------------------

sluice service del one force
sluice service del two force
service web tcp 10.0.1.2:8080 accept-proxy trust 10.0.0.0/24 mark 1
server app 8080
# The sender says half of its header, and the rest when told to.
spawn slow.log ip netns exec lb bash -c '
	exec 3<>/dev/tcp/10.0.1.2/8080
	printf "PROXY TCP4 203.0.113.7 10.0.1.2 7777 " >&3
	while [ ! -e "$1" ]; do sleep 0.1; done
	printf "8080\r\nwho\n" >&3
	read -r -t 10 line <&3
	echo "$line"
	sleep 1000' - "$TMP/go"
early() { [ "$(sluice -j stats web | jq '."syn-ack-sent"')" -ge 1 ]; }
wait_for early
sleep 0.3
sluice service set web mark 2
touch "$TMP/go"
wait_for grep -q 203.0.113.7:7777 "$TMP/slow.log"
mark_of() { sluice -j flow show client 203.0.113.7:7777 | jq -r '.[0].mark'; }
match "a connection keeps what its service said when it began" '^(0x)?1(/|$)' mark_of

finish
