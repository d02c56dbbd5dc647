#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 15
#
# Clients that are not there, at services that are balanced: SYNs and datagrams that
# nobody follows up. Their memory is bounded, and who is there is served all the while.
#
#     client -- router -- bal -- b1 (answers), b2 (does not)
#
# The network is drawn in ballib.sh: the one with two arms.

# shellcheck disable=SC2317,SC2016,SC2034,SC2154	# called by name, evaluated later
. "$(dirname "$0")/ballib.sh"

bal_net
balance web tcp 80 b1:8080
balance dns udp 53 b1:5300
balance mute tcp 81 b2:8080
balance quiet udp 54 b2:5300
# What goes to b2 gets there, and no answer comes back.
ip netns exec b2 nft -f - <<-END || bail "nft refuses the rules"
	table inet t {
		chain in {
			type filter hook input priority 0;
			tcp dport 8080 drop
			udp dport 5300 drop
		}
	}
END

# strangers PROTO FAMILY COUNT: so many first packets to b2, each from a port of its own
strangers() {
	names "$2" 1
	client python3 - "$1" "$ip" "$3" <<-'END'
		import socket, struct, sys
		proto, ip, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
		family = socket.AF_INET6 if ":" in ip else socket.AF_INET
		for i in range(count):
		    s = socket.socket(family, socket.SOCK_DGRAM if proto == "udp" else socket.SOCK_STREAM)
		    s.setblocking(False)
		    s.bind(("::" if ":" in ip else "0.0.0.0", 10000 + i))
		    try:
		        s.connect((ip, 54 if proto == "udp" else 81))
		        if proto == "udp":
		            s.send(b"x")
		    except BlockingIOError:
		        pass
		    s.close()
	END
}
flows() { sluice -j limits show | jq '.flows'; }

# Room for some hundred of them
claim "the room for what is half done can be little" sluice limits set max-half-open-bytes 65536
most=$((65536 / 400))	# a flow takes more
for p in udp tcp; do
	for f in 4 6; do
		sluice flow flush >/dev/null
		before=$(stat half-open-evicted)
		claim "strangers come ($p, IPv$f)" strangers $p $f 1000
		n=$((n + 1))
		names $f 80
		says "a connection is served (IPv$f)" "peer=$me local=$b1:8080" tcp $f 80 who
		names $f 53
		match "and a conversation (IPv$f)" "peer=" udp $f 53 who
		got=$(flows)
		claim "no more than $most flows are kept: $got ($p, IPv$f)" [ "$got" -le $((most + 2)) ]
		claim "and no fewer than a tenth of that" [ "$got" -ge $((most / 10)) ]
		got=$(($(stat half-open-evicted) - before))
		claim "the others went, and were counted: $got" [ "$got" -ge 500 ]
	done
done
# Whoever has been answered is none of them.
launch held client client -t 60 --bind "$CLIENT4:9999" "$VIP4:80" who eof
wait_for grep -q peer= "$TMP/held"
claim "strangers come once more" strangers udp 4 1000
match "a connection that lives is not among those that go" "established +sender $CLIENT4:9999" \
	sluice flow show

finish
