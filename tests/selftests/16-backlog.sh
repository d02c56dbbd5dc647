#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 17
#
# An application that accepts nothing for a while: its queues fill up. Who calls
# through Sluice fares as who calls directly: waits and is served in the end, or is
# reset where the host says so (tcp_abort_on_overflow).
#
#     lb (client.py) -> app (server.py with a backlog of 3; 8080 and 8082 are
#                            services, 8081 and 8083 are not)
#
# The network is drawn in lib.sh.

# shellcheck disable=SC2317,SC2016,SC2059	# called by name, evaluated later
. "$(dirname "$0")/lib.sh"

net_up
service web tcp "$SERVICE4:8080" accept-proxy trust 10.0.0.0/24 forward local
service web2 tcp "$SERVICE4:8082" accept-proxy trust 10.0.0.0/24 forward local
# Nobody is to give up before the application wakes.
set_sysctl app net.ipv4.tcp_syncookies=0 net.ipv4.tcp_synack_retries=8

# Prepares `talk`: what is not there yet must not be started in the background.
status "no listener" 3 talk "$SERVICE4:8089" who

# An ACK that opens a connection, and data, do not come in as long as "closed" holds.
app nft -f - <<END || bail "nft refuses the rules"
table inet t {
	set closed { type inet_service; }
	chain input {
		type filter hook input priority 0; policy accept;
		tcp dport @closed tcp flags & (syn | ack) == ack drop
	}
}
END

# call NAME I OPTION...: the I-th caller, in the background; its exit status and
# words are in $TMP/NAME-I
call() {
	local out=$TMP/$1-$2
	shift 2
	{
		talk -t 150 "$@" who >"$out.words"
		echo "$?" >"$out"
	} &
}
# spliced PORT I, direct PORT I
spliced() { call "$1" "$2" --v2 --client "$CLIENT4:$(($1 % 100 * 10 + 5000 + $2))" "$SERVICE4:$1"; }
direct() { call "$1" "$2" "$SERVICE4:$1"; }

queued() { [ "$(app ss -Htln "sport = :$1" | awk '{print $2}')" = "$2" ]; }
opening() { [ "$(app ss -Htn state syn-recv "sport = :$1" | wc -l)" = "$2" ]; }
ended() { [ "$(cat "$TMP/$1-"[0-9] 2>/dev/null | wc -l)" = "$2" ]; }
# fates PORT: how many were served, how many reset
fates() {
	sort "$TMP/$1-"[0-9] | uniq -c | sed 's/ *\([0-9]*\) 0/\1 served/; s/ *\([0-9]*\) 3/\1 reset/' |
		paste -sd' '
}

# overflow HOW PORT: three connections wait to be accepted, three more have opened
# but for the last ACK, and there is room for one.
overflow() {
	local how=$1 port=$2 i
	server app --backlog 3 --accept-when "$TMP/accept-$port" "$port"
	for i in 1 2 3; do $how "$port" "$i"; done
	claim "$how: three wait to be accepted" wait_for queued "$port" 3
	app nft add element inet t closed "{ $port }"
	for i in 4 5 6; do $how "$port" "$i"; done
	claim "$how: three more are half open" wait_for opening "$port" 3
	app nft delete element inet t closed "{ $port }"
	claim "$how: one of them finds room" wait_for -t 60 queued "$port" 4
}

app sysctl -qw net.ipv4.tcp_abort_on_overflow=0
overflow direct 8081
overflow spliced 8080
is "abort_on_overflow=0: nobody has been told anything (direct)" "$(cat "$TMP/8081-"[0-9] 2>&1 | grep -c '^[0-9]')" 0
is "abort_on_overflow=0: nobody has been told anything (Sluice)" "$(cat "$TMP/8080-"[0-9] 2>&1 | grep -c '^[0-9]')" 0
# A SYN finds the queue full: it is not answered, and asked again.
spliced 8080 7
direct 8081 7
dropped() { app nstat -asz TcpExtListenOverflows | awk '/Listen/ {print $2}'; }
again() { [ "$(dropped)" -gt $(($1 + 2)) ]; }
claim "a SYN that finds no room is asked again" wait_for -t 40 again "$(dropped)"
: >"$TMP/accept-8081"
: >"$TMP/accept-8080"
claim "the application wakes: all are answered (direct)" wait_for -t 120 ended 8081 7
claim "the application wakes: all are answered (Sluice)" wait_for -t 120 ended 8080 7
is "all were served (direct)" "$(fates 8081)" "7 served"
is "all were served (Sluice)" "$(fates 8080)" "7 served"
is "each as who it is" "$(cat "$TMP/8080-"?.words | sort)" \
	"$(for i in 1 2 3 4 5 6 7; do echo "peer=$CLIENT4:$((5800 + i)) local=$SERVICE4:8080"; done)"
is "all opened" "$(stat flows-opened web)" 7
is "none was refused" "$(stat connect-refused web) $(stat connect-timeout web)" "0 0"

app sysctl -qw net.ipv4.tcp_abort_on_overflow=1
overflow direct 8083
overflow spliced 8082
claim "abort_on_overflow=1: two are reset (direct)" wait_for -t 60 ended 8083 2
claim "abort_on_overflow=1: two are reset (Sluice)" wait_for -t 60 ended 8082 2
is "and counted" "$(stat flows-reset web2)" 2
: >"$TMP/accept-8083"
: >"$TMP/accept-8082"
claim "the others are answered (direct)" wait_for -t 120 ended 8083 6
claim "the others are answered (Sluice)" wait_for -t 120 ended 8082 6
is "four were served, two reset (direct)" "$(fates 8083)" "4 served 2 reset"
is "four were served, two reset (Sluice)" "$(fates 8082)" "4 served 2 reset"
finish
