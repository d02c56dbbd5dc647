#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 48
#
# docs/operations.md, block by block, word for word.
#
#     client --> lb (HAProxy, nginx; trusted) --> app (nginx, sshd, fail2ban)
#
# The network is drawn in lib.sh.
#
# shellcheck disable=SC2317,SC2016	# called by name, evaluated later
. "$(dirname "$0")/lib.sh"

doc=$TESTS/../docs/operations.md
installed=(/usr/sbin/sluice /usr/sbin/sluice-export /usr/libexec/sluice /var/lib/prometheus /etc/modprobe.d/sluice.conf
	/etc/sluice /run/sluice.yaml /var/log/nginx/access.log
	/etc/fail2ban/filter.d/web-login.conf /etc/fail2ban/jail.d/web-login.conf)
trap 'rm -rf "${installed[@]}"; cleanup' EXIT

# block SECTION N: its N-th block
block() {
	awk -v title="## $1" -v n="$2" '
		/^## / { here = $0 == title; k = 0 }
		!here { next }
		/^```/ { k += !inside; inside = !inside; next }
		inside && k == n' "$doc" | tee -a "$TMP/used"
}
# run SECTION N: as commands, on the application's host; at says where else
at=(app)
run() {
	block "$1" "$2" >"$TMP/block"
	[ -s "$TMP/block" ] || { echo "no block $2 in $1"; return 99; }
	"${at[@]}" bash "$TMP/block" 2>&1
}

net_up
install "$SLUICE" /usr/sbin/sluice
mkdir -p /etc/sluice
echo "install sluice SLUICE_KO='$SLUICE_KO' sluice-insmod" >/etc/modprobe.d/sluice.conf

# --- HAProxy in front, nginx behind ----------------------------------------------------

here="HAProxy in front, nginx behind"
mkdir -p /var/log/nginx
nginx_up app < <(echo "http {"; block "$here" 2; block "An application on 127.0.0.1" 1; echo "}")
match "$here: the service is there" '^web tcp 10\.0\.1\.2:80 ' run "$here" 3
# Without a service its first check would fail, and the next come two seconds later.
haproxy_up lb < <(block "$here" 1)
get() { client curl -s --max-time 5 "http://$LB4/${1:-}"; }
unserved() { ! client curl -s --max-time 2 "http://$LB4/"; }
claim "HAProxy finds the application" wait_for get
says "nginx greets the client" "hello, $CLIENT4" get
# open_one PORT: the client connects and hears what the server says
open_one() {
	spawn "held-$1.log" ip netns exec client bash -c "exec cat <>/dev/tcp/$LB4/$1"
}
open_one 80
wait_for eval 'sluice flow show service web client 203.0.113.7 | grep -q established'
run "$here" 4 >"$TMP/said"
match "the flow shows both" "sender $LB4:.* client $CLIENT4:" cat "$TMP/said"
match "so does the log" "^$CLIENT4 .*\"GET / HTTP" cat "$TMP/said"

# --- This port only through Sluice ------------------------------------------------------

here="This port only through Sluice"
says "$here: the rule is taken" "" run "$here" 1
says "through it, yes" "hello, $CLIENT4" get
sluice -j save "$TMP/saved" && sluice service del web force
addr app eth0 10.0.1.3/24
status "past it, no" 28 lb curl -s --max-time 1 http://10.0.1.3/
status "nor without the service" 28 lb curl -s --max-time 1 http://10.0.1.2/
sluice apply "$TMP/saved"
wait_for get

# --- Banning clients ----------------------------------------------------------------------

here="Banning clients"
says "$here: by hand" "" run "$here" 1
claim "who is banned gets nothing" unserved
says "until it is taken back" "" run "$here" 2
wait_for get
says "then not" "hello, $CLIENT4" get
open_one 80
wait_for eval '[ -n "$(sluice flow show client 203.0.113.7)" ]'
says "open connections are ended" "" run "$here" 3
is "none is left" "$(sluice flow show client "$CLIENT4" | grep -v closing)" ""
block "$here" 4 >/etc/fail2ban/filter.d/web-login.conf
block "$here" 5 >/etc/fail2ban/jail.d/web-login.conf
[ ! -e /etc/fail2ban/jail.d/defaults-debian.conf ] ||
	mv /etc/fail2ban/jail.d/defaults-debian.conf "$TMP/"
spawn fail2ban.log ip netns exec app fail2ban-server -xf --logtarget stderr start
wait_for app fail2ban-client ping
match "fail2ban has the jail" 'Status for the jail: web-login' run "$here" 6
for _ in 1 2 3; do get login >/dev/null; done
claim "and bans who fails three times" \
	wait_for eval 'app fail2ban-client status web-login | grep -q "Banned IP list:.*203.0.113.7"'
claim "who gets nothing then" wait_for unserved
says "and welcome again when unbanned" 1 run "$here" 7
wait_for get
says "and served" "hello, $CLIENT4" get
app fail2ban-client stop >/dev/null &
[ ! -e "$TMP/defaults-debian.conf" ] || mv "$TMP/defaults-debian.conf" /etc/fail2ban/jail.d/

# --- nginx in front, servers that speak first ----------------------------------------------

here="nginx in front, servers that speak first"
nginx_up lb < <(block "$here" 1)
mkdir -p "$TMP/ssh" /run/sshd
ssh-keygen -q -t ed25519 -N '' -f "$TMP/ssh/key"
spawn sshd.log ip netns exec app /usr/sbin/sshd -D -e -h "$TMP/ssh/key" -p 22 \
	-o PidFile=none -o LogLevel=VERBOSE -f /dev/null
wait_for listening app 22
says "$here: the service is there" "" run "$here" 2
open_one 22
ssh=${PIDS[-1]}
claim "the server speaks" wait_for grep -q '^SSH-2\.0' "$TMP/held-22.log"
run "$here" 3 >"$TMP/said"
match "the flow shows both" "ssh established .*sender $LB4:.* client $CLIENT4:" cat "$TMP/said"
match "so does the kernel" "^0 .*10\.0\.1\.2:22 +$CLIENT4:" cat "$TMP/said"
match "and sshd" "^Connection from $CLIENT4 port" cat "$TMP/sshd.log"
: >"$TMP/sshd.log"
match "who comes another way is served" '^SSH-2\.0' client nc -w 5 -q 0 10.0.1.2 22
claim "as himself" wait_for grep -q "^Connection from $CLIENT4 port" "$TMP/sshd.log"
kill "$ssh"

# --- An application on 127.0.0.1 --------------------------------------------------------------

here="An application on 127.0.0.1"
match "$here: with its route" '^private tcp 10\.0\.1\.2:8000 .* to 127\.0\.0\.1:8000 .*plumbing loopback' \
	run "$here" 2
private() { client curl -s --max-time 5 "http://$LB4:8000/"; }
says "it sees the client" "privately, $CLIENT4" private
says "the firewall takes the rules" "" run "$here" 3
good=0
for _ in 1 2 3 4 5 6 7; do private >/dev/null && good=$((good + 1)); done
is "who comes too often is served five times" "$good" 5
says "and nobody else is shut out" "privately, $LB4" lb curl -s --haproxy-protocol http://10.0.1.2:8000/
run "$here" 4 >"$TMP/said"
match "it is known who" "203\.0\.113\.7 " cat "$TMP/said"
is "and nobody else" "$(grep -oE '([0-9]+\.){3}[0-9]+' "$TMP/said" | sort -u)" "$CLIENT4"
says "and served when pardoned" "privately, $CLIENT4" private

# --- A configuration file, and the next boot -------------------------------------------------

here="A configuration file, and the next boot"
says "$here: it is saved" "" run "$here" 1
cp /etc/sluice/sluice.yaml "$TMP/before.yaml"
block "$here" 2 >/etc/sluice/sluice.yaml
run "$here" 3 >"$TMP/said"
match "an edit is compared" '^~ service web: trust 10\.0\.0\.1 -> 10\.0\.0\.0/24$' cat "$TMP/said"
match "by what is new, too" '^\+ service mail' cat "$TMP/said"
is "and is all that is different" "$(grep -c '^[-+~] ' "$TMP/said")" 2
says "and would change nothing once it is applied" "" sluice diff /etc/sluice/sluice.yaml
server app 25 587
for port in 25 587; do
	match "mail has port $port" "peer=$CLIENT4:" talk_from client "$LB4:$port" who
done
run "$here" 4 >"$TMP/said"
match "a mistake is shown, and what was meant" '^<stdin>:[0-9]+:[0-9]+: service web thrust: .*mean trust' \
	cat "$TMP/said"
watch=$(block "$here" 5)
spawn watch.log ip netns exec app bash -c "exec $watch"
wait_for grep -q ^applied "$TMP/watch.log"
cp "$TMP/before.yaml" /etc/sluice/sluice.yaml
claim "what is saved is applied" wait_for -t 5 eval '! sluice service show mail'
kill "${PIDS[-1]}"

# --- Watching --------------------------------------------------------------------------------

here="Watching"
run "$here" 1 >"$TMP/said"
match "$here: counters" '^header-v2 +[1-9]' cat "$TMP/said"
match "and limits" 'max-flows' cat "$TMP/said"
run "$here" 2 >"$TMP/said"
match "a file for Prometheus" \
	'^sluice_service_headers_received_total\{service="web",version="v2"\} [1-9][0-9]*$' \
	cat /var/lib/prometheus/node-exporter/sluice.prom
claim "which is right" python3 "$TOOLS/prom.py" check /var/lib/prometheus/node-exporter/sluice.prom
install "$(dirname "$SLUICE")/sluice-export" /usr/sbin/sluice-export
spawn export.log run "$here" 3
served() { app curl -s --max-time 5 http://127.0.0.1:9763/metrics; }
claim "it is served" wait_for eval 'served | grep -q sluice_build_info'
spawn csv.log run "$here" 4
record() { lb curl -s --max-time 5 "http://10.0.1.2/" >/dev/null; grep -q ',web,' "$TMP/csv.log"; }
claim "connections that are over are CSV" wait_for record

# --- Checking backends -----------------------------------------------------------------------

here="Checking backends"
install -D "$SLUICE-health" /usr/libexec/sluice/sluice-health
{ sed /^pools:/d "$TMP/before.yaml"; block "$here" 1; } >"$TMP/checked.yaml"
claim "$here: a pool is taken" sluice apply "$TMP/checked.yaml"
spawn health.log ip netns exec app sluice health run
shown() { run "$here" 2 | grep -q "^web .*10.0.2.2:80 .*health down .*check http"; }
claim "nobody is there, which is found and shown" wait_for shown
{ cat "$TMP/checked.yaml"; block "$here" 3; } >"$TMP/marked.yaml"
claim "checks may have a mark" sluice apply "$TMP/marked.yaml"
claim "and need none" sluice apply "$TMP/checked.yaml"
says "a script may say something else" "" run "$here" 4
sluice pool del web force

# --- Finding backends ------------------------------------------------------------------------

here="Finding backends"
{ sed /^pools:/d "$TMP/before.yaml"; block "$here" 1; } >"$TMP/found.yaml"
claim "$here: a name and an address" sluice apply "$TMP/found.yaml"
match "both are kept, and the address is a backend" "^app 10.0.2.9:8080 " sluice backend show app
sed -i "s,{interval: 10},{directory: /run/sluice/backends.d}," "$TMP/found.yaml"
claim "a file in place of names" sluice apply "$TMP/found.yaml"
mkdir -p /run/sluice/backends.d
says "which somebody writes" "" run "$here" 2
weighs() { sluice backend show app | grep -qE '^app 10.0.2.2:80 .*weight 2 .*found on'; }
claim "is read, and backends are made" wait_for weighs
kill "${PIDS[-1]}"
rm -r /run/sluice/backends.d
sluice pool del app force

# --- Updating backends --------------------------------------------------------------------

here="Updating backends, one after the other"
{
	sluice pool add shop && sluice backend add shop 10.0.2.1:80 &&
		sluice backend add shop 10.0.2.2:80
} || bail "no pool to update"
cat >"$TMP/update-shop" <<END
#!/bin/sh
sluice backend show shop "\$1:80" >>"$TMP/updated"
END
chmod 755 "$TMP/update-shop"
at=(app env "PATH=$TMP:$PATH")
says "$here: none is left" "" run "$here" 1
at=(app)
is "each has drained when its turn comes" \
	"$(sed 's/ id .* state/ state/' "$TMP/updated")" "shop 10.0.2.1:80 state drain flows 0
shop 10.0.2.2:80 state drain flows 0"
match "and takes connections again after that" '10\.0\.2\.1:80 .*weight 1 flows 0' sluice backend show shop
sluice pool del shop force

# --- Taking a host out ---------------------------------------------------------------------------

here="Taking a host out"
sluice flow flush >/dev/null
run "$here" 1 >"$TMP/said"
match "$here: it drains" '^draining +on' cat "$TMP/said"
claim "nobody new is served" wait_for unserved
says "it is up again" "" run "$here" 2
claim "and serves again" wait_for get

# --- Upgrading and unloading -------------------------------------------------------------------

here="Upgrading and unloading"
admin() { lb nc -N -U "$TMP/haproxy-lb.sock" <<<"$*" >/dev/null; }
admin disable server web/app
says "$here: the module is changed" "" run "$here" 1
admin enable server web/app
wait_for get
says "and serves" "hello, $CLIENT4" get

# --- Looking for what is wrong -------------------------------------------------------------------

here="Looking for what is wrong"
match "$here: the service is looked at" '^VERIFIED address service web: ' run "$here" 1
match "and tried" '^VERIFIED live service web: ' run "$here" 2

# --- When it does not work ----------------------------------------------------------------------

here="When it does not work"
match "$here: counters, from zero" '^header-v2 +[0-9]$' run "$here" 1
for counter in $(sed -n '/^| what you see/,/^$/p' "$doc" | cut -d'|' -f3 | grep -o '`[a-z-]*`' | tr -d '`'); do
	[ "$(stat "$counter")" != "no such counter" ] || result not "there is a counter $counter"
done
at=()
if [ -e /sys/kernel/tracing/events/sluice ]; then
	run "$here" 2
	lb curl -s --max-time 5 "http://10.0.1.2/" >/dev/null
	match "a try is traced, with the reason" 'why=bad-signature' run "$here" 3
else
	skip "a try is traced, with the reason" "this kernel has no event tracing"
fi
is "no block of the page was left out" "$(sort -u "$TMP/used" | wc -l)" \
	"$(awk '/^```/ { inside = !inside; next } inside' "$doc" | sort -u | wc -l)"
finish
