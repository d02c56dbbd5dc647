#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 50
# limit: 400
#
# What others than checks say of a backend: an agent on its host, in the words that HAProxy
# has for that, and connections, which make a suspect of it.
#
#     client -- router -- bal (the daemon; HAProxy) -- b1 (an agent), b2, b3
#
# The network is drawn in ballib.sh: the one with two arms.

# shellcheck disable=SC2317,SC2016,SC2034,SC2154	# called by name, evaluated later
. "$(dirname "$0")/ballib.sh"

bal_net

# The agent says what is in a file, and notes what it is told, and what it says to that.
echo up >"$TMP/says"
: >"$TMP/heard"
cat >"$TMP/agent.py" <<-'END'
	import socket, sys
	port, says, heard = sys.argv[1:]
	s = socket.create_server(("::", int(port)), family=socket.AF_INET6, dualstack_ipv6=True)
	while True:
	    c, _ = s.accept()
	    c.settimeout(0.05)
	    try:
	        what = c.recv(100)
	    except OSError:
	        what = b""
	    with open(says, "rb") as f:
	        word = f.read()
	    try:
	        c.sendall(word)
	    except OSError:
	        pass
	    c.close()
	    with open(heard, "a") as f:
	        print(what.decode().strip() or "nothing", ascii(word.decode()), file=f)
END
agent_up() {
	spawn says.log ip netns exec b1 python3 "$TMP/agent.py" 8090 "$TMP/says" "$TMP/heard"
	AGENT=$!
	wait_for listening b1 8090
}
agent_up
haproxy_up bal <<-END
	backend own
		server b1 10.0.1.1:8080 weight 100 check inter 200ms agent-check agent-port 8090 agent-inter 100ms
END
daemon_up() { health_up ip netns exec bal "$SLUICE" health run; }
sluice_file() { cat >"$TMP/sluice.yaml"; claim "$1" sluice apply "$TMP/sluice.yaml"; }
sluice_file "a pool whose backends have agents" <<-END
	services:
	  web: {proto: tcp, address: $VIP4:80, pool: web}
	pools:
	  web:
	    forward: nat
	    scheduler: rr
	    backends: [10.0.1.1:8080, 10.0.1.2:8080]
	    health: {type: tcp, interval: 0.1, timeout: 1, rise: 1, fall: 50, agent: 8090, agent-send: "say\n"}
	  six:
	    forward: nat
	    backends: ["[fd00:1::1]:8080"]
	    health: {type: tcp, interval: 0.1, timeout: 1, agent: 8090, agent-send: "six\n"}
END
daemon_up

# --- an agent's words, and what HAProxy makes of them -----------------------------------------

# Of b1: up or down, and how much of its weight it has
ours() {
	sluice -j backend show "$1" "${2:-10.0.1.1:8080}" |
		jq -r '.[0] | "\(.health // "unknown") \(."health-weight" // 100)"'
}
# HAProxy has one word for all of it.
theirs() {
	ip netns exec bal python3 -c 'if True:
		import csv, socket, sys
		s = socket.socket(socket.AF_UNIX)
		s.connect(sys.argv[1])
		s.sendall(b"show stat\n")
		text = b"".join(iter(lambda: s.recv(65536), b"")).decode()
		for row in csv.DictReader(text[2:].splitlines()):
		    if row["svname"] == "b1":
		        up = row["status"].split()[0] in ("UP", "DRAIN", "no")
		        drain = row["status"].split()[0] == "DRAIN"
		        print("up" if up else "down", 0 if drain else row["weight"])
	' "$TMP/haproxy-bal.sock"
}
is_ours() { [ "$(ours web)" = "$1" ]; }
is_theirs() { [ "$(theirs)" = "$1" ]; }
# told WHO...: each has asked twice since $heard, and so has made of the first answer what it does
told() {
	local who
	for who; do
		[ "$(tail -n "+$((heard + 1))" "$TMP/heard" | grep -c "^$who ")" -ge 2 ] || return
	done
}
# say WORDS: what all are told from now on
say() {
	printf '%b' "$1" >"$TMP/says.new"
	mv "$TMP/says.new" "$TMP/says"
	heard=$(wc -l <"$TMP/heard")
}
# both TEXT WORDS WANT
both() {
	say "$2"
	wait_for -t 10 told say nothing
	wait_for is_ours "$3"
	is "$1" "$(ours web)" "$3"
	wait_for -t 4 is_theirs "$3"
	is "as HAProxy has it" "$(theirs)" "$3"
}
both "an agent that says up" 'up\n' "up 100"
both "a part of its weight" '75%\n' "up 75"
both "down" 'down\n' "down 75"
match "it is said why" "pool web: 10.0.1.1:8080 is down: its agent says down" cat "$TMP/health.log"
both "up" 'up\n' "up 75"
both "several words" 'up 50%\n' "up 50"
both "stopped, and why" 'stopped #for a new version\r\n' "down 50"
both "failed, and a part" 'fail 20%\n' "down 20"
both "up again" 'up,100%\n' "up 100"
both "drain" 'drain\n' "up 0"
both "which a part does not end" '30%\n' "up 0"
both "but ready does" 'ready\n' "up 30"
both "words by other marks" 'ready;up\t60%\n' "up 60"
both "all of it" '100%\n' "up 100"

say 'maint\n'
wait_for is_ours "down 100"
is "maint" "$(ours web)" "down 100"
say 'ready up 40%\n'
wait_for is_ours "up 40"
is "ready ends it" "$(ours web)" "up 40"
is "an agent at an IPv6 address is heard, too" "$(ours six '[fd00:1::1]:8080')" "up 40"
match "it is told what it is to be told" "^say " cat "$TMP/heard"
match "what it says is shown" "10.0.1.1:8080 .*health-weight 40 .*agent ready up 40%" sluice health show web
match "so is one that is not there" "10.0.1.2:8080 .*agent connection refused" sluice health show web
is "of which nothing follows" "$(ours web 10.0.1.2:8080)" "up 100"

# --- the part ----------------------------------------------------------------------------------

say '50%\n'
wait_for is_ours "up 50"
# got ADDRESS: how many of 90 connections
take() { all=$(shares 4 80 90); }
got() { awk -v at="local=$1" '$2 == at { print $1 }' <<<"$all"; }
take
claim "half of a share, but for chance: $(got 10.0.1.1:8080) of 90" within 18 42 "$(got 10.0.1.1:8080)"
is "the other has the rest" "$(($(got 10.0.1.1:8080) + $(got 10.0.1.2:8080)))" 90
generation() {
	bal python3 -c 'import sys; sys.path.insert(0, sys.argv[1]); from slnl import Sluice
print(Sluice().do("get-info")["generation"])' "$TOOLS"
}
before=$(generation)
say '0%\n'
wait_for is_ours "up 0"
is "nothing of it" "$(shares 4 80 6)" "6 local=10.0.1.2:8080"
is "is no change of the configuration" "$(generation)" "$before"
claim "nor of the file" sluice diff "$TMP/sluice.yaml"
is "it is not ready" "$(sluice -j pool show web | jq '.[0].up')" 1
claim "what is saved has no word of it" eval '! sluice save - | grep -q health-weight'

# nothing TEXT WORDS: what is no word of an agent's changes nothing
nothing() {
	say "$2"
	wait_for -t 10 told say
	is "$1" "$(ours web)" "up 0"
}
nothing "no word" 'upp 70%\n'
nothing "half of one" '70\n'
nothing "none" '\n'
nothing "all but one" 'up 70% or so\n'
nothing "what moves a cursor" 'up\033[7m\n'
nothing "too long a line" "up $(printf '%0200d' 0)"
nothing "nothing" ''
match "which is told" "pool web: 10.0.1.1:8080: its agent says nothing, what it said stands: no word" \
	cat "$TMP/health.log"
claim "once" test "$(grep -c '10.0.1.1:8080: its agent says nothing' "$TMP/health.log")" -le 2
kill "$AGENT"
nap 0.5
is "an agent that is gone has said nothing else" "$(ours web)" "up 0"

# --- who says it -------------------------------------------------------------------------------

spawn monitor.log ip netns exec bal "$SLUICE" -j monitor health
nap 0.3
kill -9 "$DAEMON"
wait "$DAEMON" 2>/dev/null
daemon_up
nap 1
is "without daemon or agent it stays, and nothing flaps" "$(ours web) $(wc -l <"$TMP/monitor.log")" \
	"up 0 0"
echo 'up 80%' >"$TMP/says"
agent_up
wait_for is_ours "up 80"
is "both are back" "$(ours web)" "up 80"
wait_for grep -q '"health-weight": *80' "$TMP/monitor.log"
is "which is an event of health" "$(jq -r 'select(.pool == "web") | "\(.health) \(."health-weight")"' \
	"$TMP/monitor.log")" "up 80"
claim "somebody else gives it another" sluice backend set web 10.0.1.1:8080 health-weight 10
wait_for is_ours "up 80"
is "the agent has the last word" "$(ours web)" "up 80"
sed 's/, agent: 8090.*}/}/' "$TMP/sluice.yaml" >"$TMP/none.yaml"
claim "no agent any more" sluice apply "$TMP/none.yaml"
wait_for is_ours "up 100"
is "nobody says that it is to have less" "$(ours web)" "up 100"
# The daemon may not have read it yet, and has something to take back when it does.
claim "the daemon has read that" wait_for eval '! sluice health show web | grep -q "agent"'
claim "but by hand" sluice backend set web 10.0.1.1:8080 health-weight 10
nap 0.5
is "which stays" "$(ours web)" "up 10"
status "101 is refused" 1 sluice backend set web 10.0.1.1:8080 health-weight 101
claim "an agent again" sluice apply "$TMP/sluice.yaml"
wait_for is_ours "up 80"
kill -TERM "$DAEMON"
wait "$DAEMON"
claim "no agent any more, while no daemon runs" sluice apply "$TMP/none.yaml"
is "takes back what it said" "$(ours web)" "up 100"

# --- suspects ----------------------------------------------------------------------------------

# Checks are far apart: it is connections that tell.
sluice_file "checks now and then" <<-END
	services:
	  web: {proto: tcp, address: $VIP4:80, pool: web}
	pools:
	  web:
	    forward: nat
	    scheduler: rr
	    max-fails: 1
	    fail-timeout: 3600
	    backends: [10.0.1.1:8099, 10.0.1.2:8080]
	    health: {type: tcp, interval: 6, rise: 1, fall: 1}
END
spawn server.log ip netns exec b1 python3 "$TOOLS/server.py" -b 10.0.1.1 8099
SERVER=$!
wait_for listening b1 8099
daemon_up
of() { sluice -j backend show web 10.0.1.1:8099 | jq -r '.[0] | "\(.health) \(.suspect // false)"'; }
is_of() { [ "$(of)" = "$1" ]; }
claim "all is well" wait_for -t 20 is_of "up false"
before=$(wc -l <"$TMP/monitor.log")
kill "$SERVER"
wait "$SERVER" 2>/dev/null
shares 4 80 2 >/dev/null 2>&1
wait_for -t 3 is_of "down true"
is "a connection finds that it is gone, and the check is made at once" "$(of)" "down true"
is "both are events of health" "$(tail -n +$((before + 1)) "$TMP/monitor.log" |
	jq -r '"\(.health) \(.suspect // false)"')" "up true
down true"
spawn server.log ip netns exec b1 python3 "$TOOLS/server.py" -b 10.0.1.1 8099
wait_for listening b1 8099
claim "when a check finds it well it is no suspect, whatever its time" wait_for -t 20 is_of "up false"
is "and has its share" "$(shares 4 80 4)" "2 local=10.0.1.1:8099
2 local=10.0.1.2:8080"
finish
