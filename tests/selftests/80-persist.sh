#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 60
# limit: 300
#
# persist: a client keeps its backend, for how long, unless which; who is remembered, and how many.
# Pools give in turn, so a client that nobody remembers has another backend each time.
#
#     client (client.py, udp.py, firsts.py) -- router -- bal -- b1, b2, b3 (server.py, udp.py, nft)
#
# The network is drawn in ballib.sh: the one with two arms, with sinks h1 to h10.

# shellcheck disable=SC2317,SC2016,SC2034,SC2154	# called by name, evaluated later
. "$(dirname "$0")/ballib.sh"

bal_net
bal_sinks
# A thousand datagrams wait for it.
room=$(sysctl -n net.core.rmem_default)
sysctl -qw net.core.rmem_default=4194304
udp_server b1 5321
sysctl -qw "net.core.rmem_default=$room"
for i in 1 2 3 4 5 6; do addr_lines eth0 "203.0.113.$((20 + i))/24" "2001:db8:c::$((20 + i))/64"; done |
	ip -n client -batch - || bail "no addresses"

# of FAMILY PORT, who FAMILY I: the service, and client I's address
of() { if [ "$1" = 4 ]; then echo "$VIP4:$2"; else echo "[$VIP6]:$2"; fi; }
who() { if [ "$1" = 4 ]; then echo "203.0.113.$((20 + $2))"; else echo "[2001:db8:c::$((20 + $2))]"; fi; }
# to FAMILY I PORT [COUNT]: which backend client I's connections have; conv for conversations
to() { served_by talk_from "$@"; }
conv() { served_by udp_from "$@"; }
served_by() {
	local i out all=
	for ((i = 0; i < ${5:-1}; i++)); do
		out=$("$1" client -t 10 --bind "$(who "$2" "$3"):0" "$(of "$2" "$4")" who 2>&1)
		all+="${all:+ }${out##*local=}"
	done
	echo "$all"
}
thrice() { echo "$1 $1 $1"; }

for f in 4 6; do
	a=10.0.1.1 b=10.0.1.2 s=''
	[ $f = 4 ] || { a='[fd00:1::1]' b='[fd00:1::2]' s=6; }
	for fw in nat fullnat; do
		port=80 udp=53
		[ $fw = nat ] || { port=81; udp=54; }
		pool $fw$s tcp "$(of $f $port)" "forward $fw persist 300" "$a:8080" "$b:8080"
		pool $fw-udp$s udp "$(of $f $udp)" "forward $fw persist 300" "$a:5300" "$b:5300"
		first=$(to $f 1 $port)
		is "$fw: a client's connections have one backend (IPv$f)" \
			"$(to $f 1 $port 3)" "$(thrice "$first")"
		second=$(to $f 2 $port)
		claim "$fw: another client has another (IPv$f): $second" [ "$second" != "$first" ]
		is "$fw: and keeps that (IPv$f)" "$(to $f 2 $port 3)" "$(thrice "$second")"
		first=$(conv $f 1 $udp)
		is "$fw: so it is with conversations (IPv$f)" \
			"$(conv $f 1 $udp 3)" "$(thrice "$first")"
		claim "$fw: of each client (IPv$f)" [ "$(conv $f 2 $udp)" != "$first" ]
	done

	# Whatever the service is
	service tls$s tcp "$(of $f 443)" pool nat$s
	is "another service of the same pool: the client has the same backend (IPv$f)" \
		"$(to $f 1 443) $(to $f 2 443)" "$(to $f 1 80) $(to $f 2 80)"

	# --- unless that may not be had

	other() { if [ "$1" = "$a:8080" ]; then echo "$b:8080"; else echo "$a:8080"; fi; }
	for what in "state drain" "state down" "weight 0" "max-flows 1"; do
		mine=$(to $f 1 80)
		if [ "$what" = "max-flows 1" ]; then
			rm -f "$TMP/go"
			launch full.log client client -t 60 --bind "$(who $f 1):0" "$(of $f 80)" \
				who "file=$TMP/go"
			wait_for grep -q peer= "$TMP/full.log"
		fi
		# shellcheck disable=SC2086	# an option and its value
		sluice backend set nat$s "$mine" $what
		is "$what: the client has the other (IPv$f)" \
			"$(to $f 1 80 3)" "$(thrice "$(other "$mine")")"
		: >"$TMP/go"
		sluice backend set nat$s "$mine" weight 1 state up max-flows 0
		is "after $what: it stays there (IPv$f)" \
			"$(to $f 1 80 3)" "$(thrice "$(other "$mine")")"
	done
	mine=$(to $f 1 80)
	sluice backend del nat$s "$mine"
	is "removed: the client has the other (IPv$f)" \
		"$(to $f 1 80 3)" "$(thrice "$(other "$mine")")"
	sluice backend add nat$s "$mine"
	is "added again: it stays there (IPv$f)" "$(to $f 1 80 3)" "$(thrice "$(other "$mine")")"

	# --- as long as is said

	sluice pool set nat$s persist 0
	claim "not any more when the pool is told so (IPv$f)" [ "$(to $f 1 80)" != "$(to $f 1 80)" ]
	sluice pool set nat$s persist 1
	rm -f "$TMP/go"
	launch held.log client client -t 60 --bind "$(who $f 3):0" "$(of $f 80)" who "file=$TMP/go" who
	wait_for grep -q peer= "$TMP/held.log"
	mine=$(<"$TMP/held.log")
	mine=${mine##*local=}
	# More than the second that the pool remembers a client
	sleep 2
	is "while one connection lives its client has the same backend (IPv$f)" \
		"$(to $f 3 80) $(sleep 2; to $f 3 80)" "$mine $mine"
	: >"$TMP/go"
	wait_for eval '[ "$(grep -c peer= "$TMP/held.log")" = 2 ]'
	sleep 2.5
	got=$(to $f 3 80)
	sleep 2.5
	claim "more than a second after its last one it has the next (IPv$f)" \
		[ "$(to $f 3 80)" != "$got" ]
done

# --- headers: the client that they name -----------------------------------------------------------------

pool pp tcp "$VIP4:84" "accept-proxy trust 10.0.0.254 persist 300" 10.0.1.1:8080 10.0.1.2:8080
# named I [COUNT]
named() {
	local i out all=
	for ((i = 0; i < ${2:-1}; i++)); do
		n=$((n + 1))
		out=$(talk_from router -t 10 --v2 --client "203.0.113.$((20 + $1)):$n" "$VIP4:84" who)
		all+="${all:+ }${out##*local=}"
	done
	echo "$all"
}
first=$(named 1)
is "a client that a header names has one backend" "$(named 1 3)" "$(thrice "$first")"
second=$(named 2)
claim "another of the same sender's another: $second" [ "$second" != "$first" ]
is "and keeps it" "$(named 2 3)" "$(thrice "$second")"

# --- a pool that stands in has clients of its own ----------------------------------------------------------

sluice pool add busy persist 300 && sluice backend add busy 10.0.1.2:8080 && sluice backend add busy 10.0.1.3:8080
pool shop tcp "$VIP4:85" "persist 300 sorry busy" 10.0.1.1:8080
is "the pool's own backend" "$(to 4 1 85)" 10.0.1.1:8080
sluice backend set shop 10.0.1.1:8080 state down
first=$(to 4 1 85)
is "what stands in keeps its clients, too" "$(to 4 1 85 3)" "$(thrice "$first")"
sluice backend set shop 10.0.1.1:8080 state up
is "and lets them go" "$(to 4 1 85)" 10.0.1.1:8080

# --- who is remembered ----------------------------------------------------------------------------------

# moved: how many clients of the last round have another backend in this
moved() { seen 4 >"$TMP/now"; comm -23 "$TMP/before" "$TMP/now" | wc -l; }
pool mute udp "$VIP4:90" "persist 300" "$(h 4 1)" "$(h 4 2)" "$(h 4 3)"
clients 4 90 500
seen 4 >"$TMP/before"
is "nobody answers 500 clients" "$(wc -l <"$TMP/before")" 500
clients 4 90 500
is "so they are not remembered: each has the next one" "$(moved)" 500
is "and nobody has gone for them" "$(stat persist-full)" 0

# answered PORT COUNT: so many clients ask, and are answered
answered() {
	local before
	before=$(stat packets-out "$3")
	clients 4 "$1" "$2"
	claim "$2 clients of $3 are answered" \
		wait_for eval '[ "$(stat packets-out '"$3"')" -ge '$((before + $2))' ]'
}
sluice flow flush >"$TMP/claim.out" 2>&1
sluice limits set max-flows 1200
pool dns udp "$VIP4:91" "persist 300" 10.0.1.11:5321 10.0.1.12:5321 10.0.1.13:5321
answered 91 500 dns
seen 4 >"$TMP/before"
sluice flow flush >"$TMP/claim.out" 2>&1
answered 91 500 dns
is "500 clients that are answered are remembered" "$(moved)" 0
first=$(named 1)
sluice flow flush >"$TMP/claim.out" 2>&1
before=$(stat persist-full)
answered 91 1000 dns
got=$(($(stat persist-full) - before))
claim "of conversations there is room for half of max-flows: $got went, or were not remembered" \
	within 400 420 "$got"
is "connections' clients keep their place" "$(named 1 3)" "$(thrice "$first")"
sluice flow flush >"$TMP/claim.out" 2>&1
pool dns2 udp "$VIP4:92" "persist 300" 10.0.1.11:5321 10.0.1.12:5321 10.0.1.13:5321
before=$(stat persist-full)
answered 92 100 dns2
is "who is new takes the place of one who has no flow" "$(($(stat persist-full) - before))" 100
seen 4 >"$TMP/before"
sluice flow flush >"$TMP/claim.out" 2>&1
answered 92 100 dns2
is "and is remembered" "$(moved)" 0
sluice flow flush >"$TMP/claim.out" 2>&1
sluice pool set dns persist 1
sluice limits set max-flows 1048576
match "shown as it was said" "persist 300" sluice pool show pp

finish
