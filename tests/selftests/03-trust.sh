#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 15
#
# Who may send headers, and what becomes of all others.
#
#     lb 10.0.0.1 (trusted), lb 10.0.0.3 and client (not) -> app
#
# The network is drawn in lib.sh.

# shellcheck disable=SC2317,SC2016,SC2059	# called by name, evaluated later
. "$(dirname "$0")/lib.sh"

net_lines
server app 8080 8081 8082 8083
to=$SERVICE4:8080

# Plain connections of who will be trusted and who will not, in both families, that
# were there before their service, and before the module.
olders=''
before() {
	local i=0 a to
	for a in 10.0.0.1 10.0.0.3 '[fd00::1]' '[fd00::3]'; do
		i=$((i + 1))
		case $a in *::*) to="[$SERVICE6]:8080" ;; *) to=$SERVICE4:8080 ;; esac
		launch "$1-$i" lb client --bind "$a:700$2" "$to" \
			who "file=$TMP/go" who both=200000
		olders="$olders $1-$i"
		wait_for grep -q "peer=.*:700$2 " "$TMP/$1-$i" || bail "no plain connection"
	done
}
claim "the module is not loaded yet" eval '! grep -q "^sluice " /proc/modules'
before module 1
module_load
before service 2

service to-drop tcp "$to" accept-proxy trust 10.0.0.1 untrusted drop header-timeout 3 forward local
service to-reset tcp "$SERVICE4:8081" accept-proxy trust 10.0.0.1 untrusted reset forward local
service to-pass tcp "$SERVICE4:8082" accept-proxy trust 10.0.0.1 untrusted pass forward local
service to-drop6 tcp "[$SERVICE6]:8080" accept-proxy trust fd00::1 untrusted drop forward local
service to-reset6 tcp "[$SERVICE6]:8081" accept-proxy trust fd00::1 untrusted reset forward local
service to-pass6 tcp "[$SERVICE6]:8082" accept-proxy trust fd00::1 untrusted pass forward local

says "the trusted sender is believed" "peer=203.0.113.7:5001 local=$to" \
	talk --v1 --client 203.0.113.7:5001 --bind 10.0.0.1:0 "$to" who

for v in 4 6; do
	case $v in
	4) who=10.0.0.3:0 addr=$SERVICE4 x='' head=(--v1 --client 203.0.113.7:5002) ;;
	6) who='[fd00::3]:0' addr="[$SERVICE6]" x=6 head=(--v2 --client '[2001:db8:c::7]:5002') ;;
	esac
	status "untrusted drop: silence (IPv$v)" 4 \
		talk -t 2 --bind "$who" "${head[@]}" "$addr:8080" who
	claim "it is counted" test "$(stat untrusted-dropped "to-drop$x")" -ge 1
	status "untrusted reset: connection refused (IPv$v)" 3 \
		talk -t 5 --bind "$who" "${head[@]}" "$addr:8081" who
	is "it is counted" "$(stat untrusted-reset "to-reset$x")" 1
	match "untrusted pass: a plain connection reaches the application (IPv$v)" \
		"^peer=\\[?(10.0.0.3|fd00::3)\\]?:[0-9]+ local=" \
		talk --bind "$who" "$addr:8082" who
	match "untrusted pass: it gets the header as data" "^what\\?" \
		talk --bind "$who" --raw "$(hex 'PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n')" "$addr:8082" banner
	claim "what passed is counted" test "$(stat untrusted-passed "to-pass$x")" -ge 2
done
match "untrusted pass: the trusted sender's header is taken off on the same port" \
	"^peer=203.0.113.7:5003 " talk --bind 10.0.0.1:0 --v1 --client 203.0.113.7:5003 "$SERVICE4:8082" who
match "a port without a service is not looked at" "^peer=10.0.0.1:[0-9]+ " \
	talk --bind 10.0.0.1:0 "$SERVICE4:8083" who
claim "no application saw the untrusted header's client" \
	sh -c "! grep -q :5002 $TMP/server-app-8083.log"

# --- older connections -----------------------------------------------------------------

: >"$TMP/go"
for b in $olders; do
	claim "a connection older than its ${b%-*} lives on, sender ${b#*-} of 4" \
		wait_for grep -q "both 200000 ok" "$TMP/$b"
done

# --- header timeout -----------------------------------------------------------------------

log=$(served app 8083)
status "no header in time: the sender is reset" 3 \
	talk -t 20 --v1 --late 5 --bind 10.0.0.1:0 --client 203.0.113.7:5004 "$to" who
is "header-timeout is counted" "$(stat header-timeout to-drop)" 1
status "half a header in time: the sender is reset" 3 \
	talk -t 20 --v1 --split 20 --gap 5 --bind 10.0.0.1:0 --client 203.0.113.7:5005 "$to" who
is "it is counted too" "$(stat header-timeout to-drop)" 2
counted "a sender that leaves before its header is whole" header-cut 1 \
	talk --raw 50524f585920 --bind 10.0.0.1:0 "$to" half
is "the application has seen none of these" "$(served app 8083)" "$log"
says "a header after 2 of 3 seconds is in time" "peer=203.0.113.7:5006 local=$to" \
	talk --v1 --late 2 --bind 10.0.0.1:0 --client 203.0.113.7:5006 "$to" who

finish
