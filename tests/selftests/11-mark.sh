#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 8
#
# `mark` tells Sluice's connections from others: on packets, on conntrack
# entries, in flow show; and the firewall rule it is for: this port only
# through Sluice.
#
#     lb (client.py), client (curl without a header) -> app (nft, server.py)
#
# The network is drawn in lib.sh.

# shellcheck disable=SC2317,SC2016,SC2059	# called by name, evaluated later
. "$(dirname "$0")/lib.sh"

net_up
server app 8080
service web tcp "$SERVICE4:8080" accept-proxy trust 10.0.0.1 untrusted pass mark 0x51 forward local
service web6 tcp "[$SERVICE6]:8080" accept-proxy trust fd00::1 untrusted pass mark 0x5100/0xff00 forward local

app nft -f - <<END || bail "nft refuses the rules"
table inet t {
	counter marked4 { }
	counter marked6 { }
	counter plain { }
	chain input {
		type filter hook input priority 0;
		tcp dport 8080 meta mark 0x51 counter name marked4
		tcp dport 8080 meta mark & 0xff00 == 0x5100 counter name marked6
		tcp dport 8080 meta mark 0 counter name plain
		tcp dport 8080 ct state new meta mark != 0 ct mark != 0 accept
	}
}
END
counter() { app nft -j list counter inet t "$1" | jq '.nftables[].counter.packets // empty'; }

says "a connection through Sluice" "peer=$CLIENT4:5001 local=$SERVICE4:8080" \
	talk --bind 10.0.0.1:0 --v2 --client "$CLIENT4:5001" "$SERVICE4:8080" who
claim "its packets bear the mark in INPUT" test "$(counter marked4)" -ge 4
is "all of them" "$(counter plain)" 0
says "a connection through Sluice (IPv6)" "peer=[$CLIENT6]:5001 local=[$SERVICE6]:8080" \
	talk --bind '[fd00::1]:0' --v2 --client "[$CLIENT6]:5001" "[$SERVICE6]:8080" who
claim "its packets bear the masked mark" test "$(counter marked6)" -ge 4
match "a plain connection from elsewhere" "^peer=10.0.0.3:" \
	talk --bind 10.0.0.3:0 "$SERVICE4:8080" who
claim "its packets bear none" test "$(counter plain)" -ge 3

launch held.log lb client --bind 10.0.0.1:0 --v2 \
	--client "$CLIENT4:5002" "$SERVICE4:8080" who "file=$TMP/go"
wait_for grep -q peer= "$TMP/held.log"
match "the conntrack entry bears the mark" "src=$CLIENT4 .*mark=81 " app conntrack -L -p tcp
match "and over IPv6" "src=$CLIENT6 .*mark=20736 " app conntrack -f ipv6 -L -p tcp
match "flow show names it" 'mark 0x51' sluice flow show client "$CLIENT4:5002"
: >"$TMP/go"

# This port only through Sluice, but for this host itself
app nft -f - <<END || bail "nft refuses the rules"
flush ruleset
table inet only {
	chain input {
		type filter hook input priority 0; policy accept;
		tcp dport 8080 ct state new meta mark & 0xff != 0x51 ip saddr != 127.0.0.1 drop
	}
}
END
says "this port only through Sluice: through it, yes" "peer=$CLIENT4:5003 local=$SERVICE4:8080" \
	talk --bind 10.0.0.1:0 --v2 --client "$CLIENT4:5003" "$SERVICE4:8080" who
status "this port only through Sluice: past it, no" 4 \
	talk -t 3 --bind 10.0.0.3:0 "$SERVICE4:8080" who

# The manual's example, word for word
man() { sed -n "s/^$1/$1/p" "$TESTS/../docs/man/sluice-service.8" | grep "$2"; }
sluice service set web mark none
app nft -f - <<END || bail "nft refuses the rules"
flush ruleset
table inet filter {
	chain input { type filter hook input priority 0; }
}
END
says "without the rule it is open" "peer=10.0.0.3:6001 local=$SERVICE4:8080" \
	talk --bind 10.0.0.3:6001 "$SERVICE4:8080" who
set=$(man sluice "mark 0x1/0x1") rule=$(man nft 8080)
# shellcheck disable=SC2086	# the words of a command
claim "the manual's: $set" sluice ${set#sluice }
# shellcheck disable=SC2086
claim "the manual's: $rule" app $rule
says "the manual's example: through Sluice, yes" "peer=$CLIENT4:5004 local=$SERVICE4:8080
both 100000 ok" talk --bind 10.0.0.1:0 --v2 --client "$CLIENT4:5004" "$SERVICE4:8080" who both=100000
status "the manual's example: past it, no" 4 \
	talk -t 3 --bind 10.0.0.3:0 "$SERVICE4:8080" who

finish
