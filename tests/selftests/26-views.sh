#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 16
#
# What the tool shows of what goes on: stats rate, top, monitor. The
# terminal is tmux.
#
#     lb 10.0.0.1 (trusted) -> app
#
# The network is drawn in lib.sh.
#
# shellcheck disable=SC2317,SC2016	# called by name, evaluated later
. "$(dirname "$0")/lib.sh"

net_up
server app 8080

service web tcp "$SERVICE4:8080" accept-proxy trust 10.0.0.0/24 forward local

# --- stats rate -----------------------------------------------------------------

# The first reading may come late: connections go on.
port=6000
more() {
	port=$((port + 1))
	talk --v1 --client "$CLIENT4:$port" --bind "$LB4:0" "$SERVICE4:8080" who
}
rated() { more && [ -s "$TMP/rate.json" ]; }
spawn rate.json ip netns exec app "$SLUICE" -j stats web rate 3
wait_for rated
claim "stats rate counts what came meanwhile" \
	jq -e '."flows-opened" > 0.2 and .seconds >= 3' "$TMP/rate.json"

# --- top ------------------------------------------------------------------------

mux() { tmux -S "$TMP/tmux" -f /dev/null "$@"; }
screen() { mux capture-pane -p; }
shown() { screen | grep -qE -- "$1"; }
# first REGEX: it matches the first row below the titles, which are in capitals
first() { screen | sed '1,/^[A-Z]\{4,\}[v^ ]/d' | head -n 1 | grep -qE -- "$1"; }
# fits COLUMNS ROWS: no line is longer than the screen, whose last row is the status
fits() {
	screen | awk -v columns="$1" -v rows="$2" '
		length > columns { exit bad = 1 }
		NR == rows { found = /^q quit/ }
		END { exit bad || !found }'
}
# sees TEXT COMMAND...: the screen comes to be so
sees() {
	local text=$1
	shift
	claim "$text" wait_for -t 10 "$@" || screen | sed 's/^/#   /'
}
# on_terminal COLUMNS ROWS ARGUMENT...: the tool, which shows its status after it
on_terminal() {
	mux new-session -d -x "$1" -y "$2" \
		"trap : INT; ip netns exec app $SLUICE ${*:3}; echo status \$?; exec sleep 1000"
	mux set-option -g status off
	server=$(mux display-message -p '#{pid}')
}
# The next terminal is one of another server: this one must be gone.
terminal_ends() {
	mux kill-server
	wait_for -t 10 server_gone
}
server_gone() { ! kill -0 "$server" 2>/dev/null; }

service idle tcp "$SERVICE4:8081" accept-proxy trust 10.0.0.0/24 forward local
router tc qdisc add dev lb root netem delay 50ms || bail "no netem"
launch held.log lb client --bind "$LB4:7001" \
	--v2 --tlv 2=shop.example.org --client "$CLIENT4:5003" "$SERVICE4:8080" \
	who "file=$TMP/moved" who pull=200000 "file=$TMP/never"
wait_for grep -q peer= "$TMP/held.log"
rtt=$(sluice -j flow show client "$CLIENT4:5003" | jq '.[0].rtt * 1000 | round')
claim "flow show knows how far away the sender is, in milliseconds" \
	test "$rtt" -ge 50 -a "$rtt" -lt 250 || note "$rtt"
on_terminal 80 24 top 0.5
sees "top shows the service" shown '^web +10\.0\.1\.2:80[^ ]* +1 '
sees "on 80 columns and 24 rows" fits 80 24
mux send-keys '<' '<' '<' '<' '<' '<' '<'
sees "sorted by name" shown '^NAME\^'
sees "from A" first '^idle '
mux send-keys r
sees "and from Z" first '^web '
mux send-keys f
sees "and who is connected for whom" \
	first "^10\.0\.0\.1:7[^ ]* +203\.0\.113\.7:5003 +10\.0\.1\.2:8080 +esta"
sees "and how far away its sender is" first " ${rtt}ms "
touch "$TMP/moved"
sees "and how much was said" first ' 2[0-9]{2}k '
mux send-keys Right Right Right
sees "beside the client, by Right, its service and the TLVs of its header" \
	first "^203\.0\.113\.7:5003 .* web +authority=shop\.example\.org"
sees "and nothing too long" fits 80 24
mux send-keys Left Left Left
mux resize-window -x 160 -y 30
sees "on 160 columns also the TLVs of its header" first 'web +authority=shop\.example\.org'
sees "and nothing too long" fits 160 30
mux resize-window -x 40 -y 10
sees "on 40 columns too the client" shown "^$CLIENT4:5003 "
sees "and nothing too long" fits 40 10
mux resize-window -x 80 -y 24
sees "and 80 again" shown "^10\.0\.0\.1:7[^ ]* +$CLIENT4:5003"
sees "fill the screen" fits 80 24
mux send-keys q
sees "and it ends" shown '^status 0'
terminal_ends

# --- monitor --------------------------------------------------------------------

on_terminal 160 24 monitor
# When it listens nobody says: one change after another.
mark=0
change() {
	mark=$((mark + 1))
	sluice service set web mark "$mark"
	shown "^$(date +%Y)-[-0-9]+T[:.0-9]+[^ ]+ changed service web .* mark 0x[0-9a-f]+"
}
sees "monitor shows a change as it comes, and when" change
more >/dev/null
sees "and the end of a connection" shown "Z? ended flow [0-9]+ web .* client $CLIENT4:$port " ||
	note "$port"
mux send-keys C-c
sees "an interrupt ends it" shown 'status 0$'
terminal_ends
finish
