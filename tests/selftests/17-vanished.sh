#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 16
#
# A sender that is gone without a word: its line is dead. The application's TCP
# finds out, by keep-alive or because nothing is acknowledged; then the client may
# call anew, by another sender, and what the old one still says harms nobody.
#
#     lb 10.0.0.1 (vanishes), lb 10.0.0.3 (lives) -> app (server.py)
#
# limit: 300
#
# The network is drawn in lib.sh.

# shellcheck disable=SC2317,SC2016,SC2059	# called by name, evaluated later
. "$(dirname "$0")/lib.sh"

net_up
server app --keepalive 8080
server app --user-timeout 2000 8081
service web tcp "$SERVICE4:8080-8081" accept-proxy trust 10.0.0.0/24 forward local
service web6 tcp "[$SERVICE6]:8080-8081" accept-proxy trust fd00::/64 forward local
router nft -f - <<END || bail "nft refuses the rules"
table inet dead {
	chain line {
		type filter hook forward priority 0; policy accept;
	}
}
END
cut() {
	router nft add rule inet dead line ip saddr 10.0.0.1 drop
	router nft add rule inet dead line ip daddr 10.0.0.1 drop
	router nft add rule inet dead line ip6 saddr fd00::1 drop
	router nft add rule inet dead line ip6 daddr fd00::1 drop
}
mend() { router nft flush chain inet dead line; }

# old PORT N COMMAND...: two connections of the sender that is about to go
old() {
	local port=$1 i=$2
	shift 2
	launch "old4-$port" lb client -t 100 --bind 10.0.0.1:7001 \
		--v2 --client "$CLIENT4:$i" "$SERVICE4:$port" who "$@"
	launch "old6-$port" lb client -t 100 --bind '[fd00::1]:7001' \
		--v2 --client "[$CLIENT6]:$i" "[$SERVICE6]:$port" who "$@"
	wait_for grep -q peer= "$TMP/old4-$port" && wait_for grep -q peer= "$TMP/old6-$port"
}
# No socket of the application's has this client any more.
forgotten() { [ -z "$(app ss -Htn "sport = :$1")" ]; }
errors() { [ "$(served app "$1" | grep -c "^error .*$2")" = 2 ]; }
# anew PORT N: the same client by the other sender
anew() {
	says "$3" "peer=$CLIENT4:$2 local=$SERVICE4:$1
both 100000 ok" talk --bind 10.0.0.3:0 --v2 --client "$CLIENT4:$2" "$SERVICE4:$1" who both=100000
	says "$3 (IPv6)" "peer=[$CLIENT6]:$2 local=[$SERVICE6]:$1
both 100000 ok" talk --bind '[fd00::3]:0' --v1 --client "[$CLIENT6]:$2" "[$SERVICE6]:$1" who both=100000
}

# --- keep-alive ----------------------------------------------------------------------

claim "two connections stand" old 8080 5001 "file=$TMP/go" echo=again
for a in 10.0.0.3:0 '[fd00::3]:0'; do
	case $a in
	1*) set -- --v2 --client "$CLIENT4:5001" "$SERVICE4:8080" ;;
	*) set -- --v2 --client "[$CLIENT6]:5001" "[$SERVICE6]:8080" ;;
	esac
	counted "their client is taken as long as they live ($a)" client-in-use 1 \
		talk --bind "$a" "$@" who
done
cut
claim "the application's keep-alive finds the sender gone" wait_for -t 40 errors 8080 TimeoutError
claim "its sockets are gone" wait_for forgotten 8080
gone=$(sluice -j flow show state established | jq length)
is "Sluice knows: nothing is established" "$gone" 0
anew 8080 5001 "the client calls by another sender"

# What the old sender still has to say
launch new.log lb client -t 100 --bind 10.0.0.3:7002 --v2 \
	--client "$CLIENT4:5001" "$SERVICE4:8080" who "file=$TMP/go2" both=100000
claim "and stays" wait_for grep -q peer= "$TMP/new.log"
mend
: >"$TMP/go"
spoke() { [ "$(lb ss -Htn "dst $SERVICE4 sport = :7001" | awk '{print $3}')" != 0 ]; }
claim "the old sender is back and speaks, or has heard that it is gone" wait_for -t 30 spoke
: >"$TMP/go2"
claim "the new connection is unharmed" wait_for -t 30 grep -q "both 100000 ok" "$TMP/new.log"
is "the old one got no answer of the new one's" "$(grep -c again "$TMP/old4-8080")" 0

# --- nothing acknowledged: the application's TCP gives up without a word -----------------

stop_all
rm -f "$TMP"/go*
server app --user-timeout 2000 8081
claim "two connections stand, about to be sent much" old 8081 5002 "file=$TMP/go" pull=3000000
# Their request gets through, the answer does not.
router nft add rule inet dead line ip daddr 10.0.0.1 drop
router nft add rule inet dead line ip6 daddr fd00::1 drop
: >"$TMP/go"
claim "the application's TCP gives up" wait_for -t 60 errors 8081 Error
claim "its sockets are gone" wait_for forgotten 8081
mend
anew 8081 5002 "the client calls by another sender, the old one's line is back"

finish
