#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 40
#
# A backend refuses a connection whose header ended here, or does not answer it: another
# one has it, and its sender is none the wiser.
#
#     client -- router (the sender) -- bal -- b1, b2, b3
#
# The network is drawn in ballib.sh: the one with two arms. Nobody listens at 8099, and
# what comes to 8098 is dropped.

# shellcheck disable=SC2317,SC2016,SC2034,SC2154	# called by name, evaluated later
. "$(dirname "$0")/ballib.sh"

bal_net
for b in b1 b2 b3; do
	ip netns exec $b nft -f - <<-END || bail "nft refuses the rules"
		table inet t {
			counter syn { }
			counter rst { }
			chain in {
				type filter hook input priority -20;
				tcp dport 8098 tcp flags & (syn | ack) == syn counter name syn drop
				tcp dport 8098 tcp flags & rst == rst counter name rst drop
			}
		}
	END
done
# What the client itself hears of connections that are made in its name
ip netns exec client nft -f - <<-END || bail "nft refuses the rules"
	table inet t {
		counter heard { }
		chain in {
			type filter hook prerouting priority -400;
			meta l4proto tcp ip saddr 10.0.1.0/24 counter name heard
			meta l4proto tcp ip6 saddr fd00:1::/64 counter name heard
		}
	}
END

POOLED=(max-fails 0)

# told FAMILY PORT [COMMAND...]: from the sender, with a header that names the client
opts=()
told() {
	names "$1" "$2"
	talk_from router -t 60 --v2 --client "$me" "${opts[@]}" "$vip" "${@:3}"
}

# of SERVICE COUNTER: of each of its backends
of() { sluice -j backend stats "$1" | jq -r "[.[].\"$2\"] | join(\" \")"; }
# summed SERVICE COUNTER: of the service, which is what its backends have
summed() {
	local sum
	sum=$(sluice -j backend stats "$1" | jq "[.[].\"$2\"] | add")
	[ "$sum" = "$(stat "$2" "$1")" ] || sum="service $(stat "$2" "$1"), backends $sum"
	echo "$sum"
}

# --- refused ----------------------------------------------------------------------------

pooled no nat 80 b1:8099 b2:8080
each "b2 has what b1 refuses" 'peer=$me local=$b2:8080' told 80 who
each "and all of it" 'both 300000 ok' told 80 both=300000
opts=(--crc --split 10)
each "with a header in pieces" 'peer=$me local=$b2:8080' told 80 who
opts=()
for f in 4 6; do
	is "counted of the one that was left (IPv$f)" "$(of no$f connect-retried)" "3 0"
	is "which has no other" "$(of no$f connect-refused) $(of no$f flows-opened)" "0 0 0 3"
	is "the service has the sum" "$(summed no$f connect-retried) $(summed no$f connect-refused) $(
		summed no$f flows-opened)" "3 0 3"
	is "nothing is left there" "$(of no$f flows)" "0 0"
done

pooled fno fullnat 81 b1:8099 b2:8080
for f in 4 6; do
	n=$((n + 1))
	names $f
	match "full NAT: b2 has what b1 refuses (IPv$f)" "local=${b2//[][]/\\&}:8080" told $f 81 who
	is "the port that b1 had is nobody's" "$(of fno$f flows)" "0 0"
done

pooled all nat 82 b1:8099 b2:8099 b3:8099
each "where all refuse, the sender is reset" 'status 3: refused: Connection reset by peer' told 82 who
for f in 4 6; do
	is "two were left, the third has refused (IPv$f)" \
		"$(of all$f connect-retried | tr ' ' '\n' | sort | xargs) $(summed all$f connect-refused)" "0 1 1 1"
done

pooled few nat 83 b1:8099 b2:8099 b3:8080
for f in 4 6; do
	claim "one more may be tried (IPv$f)" sluice pool set few$f retries 1
done
each "and no third" 'status 3: refused: Connection reset by peer' told 83 who
for f in 4 6; do
	claim "none but the first (IPv$f)" sluice pool set no$f retries 0
	is "one was left" "$(summed few$f connect-retried) $(summed few$f connect-refused)" "1 1"
done
each "which refuses" 'status 3: refused: Connection reset by peer' told 80 who
for f in 4 6; do
	claim "as many as there are (IPv$f)" sluice pool set no$f retries 16
done

pooled far nat 84 b1:8080 b2:8080
bal nft -f - <<-END || bail "nft refuses the rules"
	table inet fw {
		chain forward {
			type filter hook forward priority 0;
			ip daddr 10.0.1.1 tcp dport 8080 reject
			ip6 daddr fd00:1::1 tcp dport 8080 reject
		}
	}
END
each "b2 has what the firewall says is unreachable" 'peer=$me local=$b2:8080' told 84 who
for f in 4 6; do
	is "counted (IPv$f)" "$(of far$f connect-retried) $(stat connect-unreachable far$f)" "1 0 0"
done
bal nft delete table inet fw

# Nobody has a way there.
for f in 4 6; do
	to=192.168.77.1:80
	[ $f = 4 ] || to="[fd77::1]:80"
	pooled_to=$VIP4
	[ $f = 4 ] || pooled_to="[$VIP6]"
	service "way$f" tcp "$pooled_to:85" accept-proxy trust 10.0.0.254,fd00::fe scheduler rr
	bal ip -$f route add unreachable "$([ $f = 4 ] && echo 192.168.77.1 || echo fd77::1)"
	claim "a backend without a way to it (IPv$f)" sluice backend add way$f "$to"
	claim "and another" sluice backend add way$f "$(at $f b2:8080)"
done
each "b2 has what cannot go there" 'peer=$me local=$b2:8080' told 85 who

# --- silent -----------------------------------------------------------------------------

pooled mute nat 86 b1:8098 b2:8080
pooled fmute fullnat 87 b1:8098 b2:8080
each "b2 has what b1 does not answer" 'peer=$me local=$b2:8080' told 86 who
for f in 4 6; do
	is "counted of the one that was left (IPv$f)" "$(of mute$f connect-retried) $(
		of mute$f connect-timeout)" "1 0 0 0"
	is "which has no flow" "$(of mute$f flows)" "0 0"
	n=$((n + 1))
	names $f
	match "full NAT: b2 has what b1 does not answer (IPv$f)" "local=${b2//[][]/\\&}:8080" told $f 87 who
done
is "b1 was asked twice or more each time, and told once that it is over" \
	"$(($(counter b1 syn) >= 8)) $(counter b1 rst)" "1 4"

# What a sender says meanwhile is held.
launch slow router client -t 60 --v2 --client "$CLIENT4:7000" "$VIP4:86" both=200000
claim "what is held goes to the next one" wait_for -t 20 grep -q "both 200000 ok" "$TMP/slow"

# b3 answers, but late: its SYN-ACKs are lost until it has been left, and so is what it is
# told then.
late() {
	lost
	ip netns exec b3 nft -f - <<-END || bail "nft refuses the rules"
		table inet late {
			chain in {
				type filter hook input priority -20;
				tcp dport 8080 tcp flags & rst == rst drop
			}
		}
	END
}
# Lost on their way: who cannot send one gives up.
lost() {
	bal nft -f - <<-END || bail "nft refuses the rules"
		table inet lost {
			chain in {
				type filter hook prerouting priority -350;
				iif lan ip saddr 10.0.1.3 tcp flags & (syn | ack) == syn | ack drop
				iif lan ip6 saddr fd00:1::3 tcp flags & (syn | ack) == syn | ack drop
			}
		}
	END
}
half_open() { ip netns exec b3 ss -Htn state syn-recv | wc -l; }
is_half_open() { [ "$(half_open)" = 1 ]; }
none_half_open() { [ "$(half_open)" = 0 ]; }
pooled late nat 88 b3:8080 b2:8080
pooled fslow fullnat 89 b3:8080 b2:8080
for s in late fslow; do
	port=88
	[ $s = late ] || port=89
	for f in 4 6; do
		late
		n=$((n + 1))
		names $f
		match "$s: b2 has it (IPv$f)" "local=${b2//[][]/\\&}:8080" told $f $port who
		is "b3 waits for an answer" "$(half_open)" 1
		before=$(stat no-flow $s$f)
		ip netns exec b3 nft delete table inet late
		bal nft delete table inet lost
		claim "it is told that there is none when it says more" wait_for -t 30 none_half_open
		is "that was for nobody else" "$(($(stat no-flow $s$f) > before)) $(counter client heard)" "1 0"
	done
done

# Its SYN-ACKs are lost, but it hears that it was left.
lost
for f in 4 6; do
	n=$((n + 1))
	names $f 88
	launch left$f router client -t 60 --v2 --client "$me" "$vip" who eof
	claim "b3 has a connection half open (IPv$f)" wait_for -t 10 is_half_open
	claim "another one has it" wait_for -t 20 grep -q "peer=" "$TMP/left$f"
	claim "b3 has it no more" wait_for -t 2 none_half_open
done
bal nft delete table inet lost

# Without another one it is waited for, as ever.
pooled alone nat 90 b1:8098
launch alone router client -t 60 --v2 --client "$CLIENT4:7001" "$VIP4:90" who
was=$(counter b1 syn)
asked_four() { [ "$(($(counter b1 syn) - was))" -ge 4 ]; }
claim "the only one is asked again, and again" wait_for -t 30 asked_four
ip netns exec b1 nft flush chain inet t in
claim "it is reset once b1 hears it, where nobody listens" wait_for -t 60 grep -q refused "$TMP/alone"
is "which is a refusal" "$(of alone4 connect-refused) $(of alone4 connect-retried)" "1 0"

finish
