#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 85
# limit: 400
#
# Backends that are found: by the daemon, of names that a real server of names answers for, and
# of files that somebody else writes.
#
#     client -- router -- bal (the daemon) -- b1, b2, b3 (the server of names)
#
# The network is drawn in ballib.sh: the one with two arms.

# shellcheck disable=SC2317,SC2016,SC2034,SC2154	# called by name, evaluated later
. "$(dirname "$0")/ballib.sh"

bal_net

# --- the server of names -------------------------------------------------------------------

# serve RECORD...: it knows these addresses of app.test from now on, and nothing else of it
serve() {
	dns_down
	spawn dnsmasq.log ip netns exec b3 dnsmasq -k -C /dev/null --user=root --group=root \
		--pid-file= --no-resolv --no-hosts --local-ttl=0 --local=/test/ \
		"${@/#/--host-record=}"
	DNS=$!
	wait_for listening b3 53 || bail "dnsmasq does not start"
}
DNS=
dns_down() {
	[ -n "$DNS" ] || return 0
	kill "$DNS"
	wait "$DNS" 2>/dev/null
	DNS=
}

# The daemon's own /etc/resolv.conf and hosts: nobody else sees them.
printf 'nameserver 10.0.1.3\noptions timeout:1 attempts:1\n' >"$TMP/resolv.conf"
printf 'hosts: dns\n' >"$TMP/nsswitch.conf"
cat >"$TMP/daemon" <<-END
	mount --bind $TMP/resolv.conf /etc/resolv.conf || exit
	mount --bind $TMP/nsswitch.conf /etc/nsswitch.conf || exit
	exec $SLUICE health run
END
daemon_up() {
	health_up ip netns exec bal unshare -m --propagation private sh "$TMP/daemon"
}
log() { cat "$TMP/health.log"; }

apply() { cat >"$TMP/sluice.yaml"; claim "$1" sluice apply "$TMP/sluice.yaml"; }
# has POOL: its backends, those that were found with a +
has() {
	sluice -j backend show "$1" |
		jq -r '[sort_by(.address)[] | (if .found == "on" then "+" else "" end) + .address] | join(" ")'
}
is_has() { [ "$(has "$1")" = "$2" ]; }
# comes TEXT POOL WANT: some time
comes() {
	wait_for -t 8 is_has "$2" "$3"
	is "$1" "$(has "$2")" "$3" || log | tail -n 5 | sed 's/^/# /'
}
# stays TEXT POOL WANT: for longer than all is looked at again
stays() {
	nap 3
	is "$1" "$(has "$2")" "$3"
}
id_of() { sluice -j backend show "$1" "$2" | jq '.[0].id'; }

# --- names ------------------------------------------------------------------------------------

serve app.test,10.0.1.1 app.test,10.0.1.2 app.test,fd00:1::2
apply "a pool with a name and an address" <<-END
	services:
	  web: {proto: tcp, address: $VIP4:80, pool: web}
	pools:
	  web:
	    forward: fullnat
	    scheduler: rr
	    found: {interval: 1}
	    backends: [10.0.1.3:8080, app.test:8080]
	  heavy:
	    forward: fullnat
	    found: {interval: 1}
	    backends: [{address: app.test:8080, weight: 7}]
	  absent:
	    found: {interval: 1}
	    backends: [none.test:8080]
END
is "nobody has looked: there is what has an address" "$(has web)" 10.0.1.3:8080
daemon_up
sorted="+10.0.1.1:8080 +10.0.1.2:8080 10.0.1.3:8080 +[fd00:1::2]:8080"
comes "each answer of IPv4 and IPv6 is a backend" web "$sorted"
comes "with the options of its name" heavy "+10.0.1.1:8080 +10.0.1.2:8080 +[fd00:1::2]:8080"
is "which are" "$(sluice -j backend show heavy | jq -c '[.[].weight] | unique')" '[7]'
is "a name that is not found has none" "$(has absent)" ""
match "which is told" "pool absent: none.test: it is not found, backends stay as they are" log
is "connections reach all of them" "$(shares 4 80 8)" "2 local=10.0.1.1:8080
2 local=10.0.1.2:8080
2 local=10.0.1.3:8080
2 local=[fd00:1::2]:8080"
claim "the file is in force" sluice diff "$TMP/sluice.yaml"
claim "to apply it again changes nothing" sluice apply "$TMP/sluice.yaml"
is "as is seen" "$(has web)" "$sorted"
claim "what is saved has the name" sluice save "$TMP/saved.yaml"
is "and not what was found" "$(grep -c 'app.test:8080\|10.0.1.1' "$TMP/saved.yaml")" 2

# One goes, the others stay as they are.
id=$(id_of web 10.0.1.1:8080)
for i in 1 2 3 4; do
	n=$((n + 1))
	names 4 80
	launch "long-$i.log" client client -t 60 --bind "$me" "$vip" who "file=$TMP/go" who
done
# went COUNT: so many answers came to each of the connections
went() { [ "$(cat "$TMP"/long-?.log | grep -c local=)" = $((4 * $1)) ]; }
wait_for went 1
match "connections last, one at each" "local=10.0.1.2:8080" cat "$TMP"/long-1.log "$TMP"/long-2.log \
	"$TMP"/long-3.log "$TMP"/long-4.log
claim "the administrator gives one a weight" sluice backend set web 10.0.1.1:8080 weight 5
serve app.test,10.0.1.1
comes "what is no longer an answer goes" web "+10.0.1.1:8080 10.0.1.3:8080"
match "which is told" "pool web: 10.0.1.2:8080 is found no more" log
is "what still is one is the same as before" "$(id_of web 10.0.1.1:8080)" "$id"
is "with the administrator's weight" \
	"$(sluice -j backend show web 10.0.1.1:8080 | jq '.[0].weight')" 5
: >"$TMP/go"
claim "connections go on, those of what has gone too" wait_for went 2
claim "what somebody gives by hand" sluice backend add web 10.0.1.2:8080
serve app.test,10.0.1.2
comes "is his, and is no matter of names" web "10.0.1.2:8080 10.0.1.3:8080"
claim "even if it is found; he takes it away" sluice backend del web 10.0.1.2:8080
comes "and then it is found" web "+10.0.1.2:8080 10.0.1.3:8080"

# Nothing is emptied by what fails.
before=$(grep -c 'pool web: app.test: .*not found' "$TMP/health.log")
dns_down
stays "the server is gone: all stays" web "+10.0.1.2:8080 10.0.1.3:8080"
match "which is told" "pool web: app.test: it is not found, backends stay" log
is "once" "$(($(grep -c 'pool web: app.test: .*not found' "$TMP/health.log") - before))" 1
serve other.test,10.0.1.1
stays "there is no such name: all stays" web "+10.0.1.2:8080 10.0.1.3:8080"
serve app.test,224.0.0.1
stays "what the kernel does not take is no reason to lose what there is" web \
	"+10.0.1.2:8080 10.0.1.3:8080"
match "which is told" "224.0.0.1:8080 is found, but the kernel does not take it: .*unicast" log
serve app.test,10.0.1.1 app.test,10.0.1.2
comes "it is there again" web "+10.0.1.1:8080 +10.0.1.2:8080 10.0.1.3:8080"
comes "in the other pool, too" heavy "+10.0.1.1:8080 +10.0.1.2:8080"

# Options of a name, and what is as usual again when it has none.
weights() { sluice -j backend show "$1" | jq -c '[.[].weight] | unique'; }
sed 's/{address: app.test:8080, weight: 7}/app.test:8080/' "$TMP/sluice.yaml" >"$TMP/unweighed.yaml"
claim "a name loses its option" sluice apply "$TMP/unweighed.yaml"
wait_for -t 8 eval '[ "$(weights heavy)" = "[1]" ]'
is "its backends are as usual" "$(weights heavy)" '[1]'
claim "the file with it" sluice apply "$TMP/sluice.yaml"
wait_for -t 8 eval '[ "$(weights heavy)" = "[7]" ]'
is "has them back" "$(weights heavy)" '[7]'

# --- the daemon's end -----------------------------------------------------------------------

spawn monitor.log ip netns exec bal "$SLUICE" -j monitor config
nap 0.5
dns_down
kill -TERM "$DAEMON"
wait "$DAEMON"
is "the daemon ends when told to" "$?" 0
daemon_up
stays "another one, and no server: all stays" web "+10.0.1.1:8080 +10.0.1.2:8080 10.0.1.3:8080"
serve app.test,10.0.1.1 app.test,10.0.1.2
nap 6
is "nothing flaps: no event" "$(cat "$TMP/monitor.log")" ""
serve app.test,10.0.1.1
comes "it finds" web "+10.0.1.1:8080 10.0.1.3:8080"
sed 's/app.test:8080/10.0.1.1:8080/; s/, app.test/, 10.0.1.2/' "$TMP/sluice.yaml" >"$TMP/without.yaml"
sed -i '/backends: \[10.0.1.3/s/10.0.1.1/10.0.1.2/' "$TMP/without.yaml"
claim "a file without the name" sluice apply "$TMP/without.yaml"
is "has what it says and no more" "$(has web)" "10.0.1.2:8080 10.0.1.3:8080"

# --- files of others ----------------------------------------------------------------------------

D=$TMP/backends.d
# write POOL <<TEXT: as it should be done
write() { cat >"$D/.$1.new"; mv "$D/.$1.new" "$D/$1"; }
apply "a pool with a folder that is not there" <<-END
	services:
	  web: {proto: tcp, address: $VIP4:80, pool: door}
	pools:
	  door:
	    forward: fullnat
	    scheduler: rr
	    found: {interval: 1, directory: $D}
	  slow:
	    forward: nat
	    found: {interval: 3600, directory: $TMP/slow.d}
END
stays "has none" door ""
match "which is told" "pool door: $D/door: No such file or directory, backends stay" log
mkdir "$D" "$TMP/slow.d"
write door <<-END
	# two of them
	10.0.1.1:8080
	10.0.1.2:8080 weight 2	# a strong one

	[fd00:1::3]:8080
END
comes "a file of backends" door "+10.0.1.1:8080 +10.0.1.2:8080 +[fd00:1::3]:8080"
is "with a weight" "$(sluice -j backend show door 10.0.1.2:8080 | jq '.[0].weight')" 2
is "connections reach all of them" "$(shares 4 80 6)" "2 local=10.0.1.1:8080
2 local=10.0.1.2:8080
2 local=[fd00:1::3]:8080"
D=$TMP/slow.d
claim "SIGHUP" kill -HUP "$DAEMON"
apply "the folder is there now, with nothing in it" <<-END
	services:
	  web: {proto: tcp, address: $VIP4:80, pool: door}
	  other: {proto: tcp, address: $VIP4:81, pool: slow}
	pools:
	  door:
	    forward: fullnat
	    scheduler: rr
	    found: {interval: 3600, directory: $D}
	  slow:
	    forward: nat
	    found: {interval: 3599, directory: $D}
END
nap 1
was="+10.0.1.1:8080 +10.0.1.2:8080 +[fd00:1::3]:8080"
is "backends stay" "$(has door)" "$was"
write door <<<"10.0.1.1:8080"
comes "what is renamed into it is seen at once" door "+10.0.1.1:8080"
printf '10.0.1.2:80\n[fd00:1::2]:80\n' | write slow
comes "for each pool" slow "+10.0.1.2:80"
match "which takes what it can reach" \
	"pool slow: \[fd00:1::2\]:80 is found, but the kernel does not take it: .*one family" log
printf '10.0.1.1:8080\n10.0.1.2:8080\n' >"$D/door"
comes "so is what is written in place" door "+10.0.1.1:8080 +10.0.1.2:8080"
write door <<<"10.0.1.1:8080 weight 9"
comes "so is another weight" door "+10.0.1.1:8080"
is "which is" "$(sluice -j backend show door 10.0.1.1:8080 | jq '.[0].weight')" 9
write door <<<"10.0.1.1:8080"
wait_for -t 8 eval '[ "$(weights door)" = "[1]" ]'
is "it is as usual if none is given" "$(weights door)" '[1]'

# refused TEXT WHY: the file that was just written
refused() {
	nap 0.7
	is "$1: nothing changes" "$(has door)" "+10.0.1.1:8080"
	match "it is said why" "pool door: $D/door$2, backends stay as they are" log
}
write door <<-END
	10.0.1.2:8080
	10.0.1.3:http
END
refused "one bad line" ":2: '10.0.1.3:http': a port must be a number from 1 to 65535"
write door <<<"; rm -rf /"
refused "something else" ":1: ';' is not an IPv4 or IPv6 address"
write door <<<"10.0.1.2:8080 weight -1"
refused "a weight below none" ":1: weight '-1': must be a number from 0 to 65535"
write door <<<"10.0.1.2:8080 state down"
refused "other options" ":1: 'state' is no option, there is weight"
printf '10.0.1.2:8080\n10.0.1.3:80\0 80\n' | write door
refused "no text" ":2: is no text"
printf '10.0.1.2:8080\n10.0.1.2:08080\n' | write door
refused "one twice" ":2: 10.0.1.2:8080 is given twice"
for i in {1..257}; do echo "10.0.1.2:$i"; done | write door
refused "too many" ":257: at most 256 backends of a pool are found"
head -c 70000 /dev/zero | tr '\0' '#' | write door
refused "too much" " has more than 65536 bytes"
write door <<<"# all are gone"
refused "none" " has no backends in it"
rm "$D/door"
refused "no file" ": No such file or directory"
mkfifo "$D/door"
refused "a pipe" " is no file"
rm "$D/door"
write door <<<"10.0.1.2:8080"
comes "a good one" door "+10.0.1.2:8080"
match "is told, too" "pool door: $D/door is good again" log
rm -r "$D"
nap 0.5
mkdir "$D"
write door <<<"10.0.1.3:8080"
comes "another folder is watched again" door "+10.0.1.3:8080"
write door <<<"10.0.1.1:8080"
comes "as the first one was" door "+10.0.1.1:8080"
claim "to apply the file again leaves it" sluice apply "$TMP/sluice.yaml"
is "as it is" "$(has door)" "+10.0.1.1:8080"
claim "what was refused may be taken now" sluice pool set slow forward fullnat
wait_for -t 40 is_has slow "+10.0.1.2:80 +[fd00:1::2]:80"
is "what was refused is tried again" "$(has slow)" "+10.0.1.2:80 +[fd00:1::2]:80"
kill -TERM "$DAEMON"
wait "$DAEMON"
is "the daemon ends" "$?" 0

# --- too many ----------------------------------------------------------------------------------

# Their server turns them round; which ones are taken must not turn with them.
serve $(seq -f many.test,10.0.2.%g 1 150) $(seq -f many.test,10.0.3.%g 1 150)
apply "a name with more than a pool may find" <<-END
	pools:
	  many:
	    forward: fullnat
	    found: {interval: 1}
	    backends: [many.test:8080]
END
daemon_up
count() { sluice -j backend show many | jq length; }
wait_for -t 8 eval '[ "$(count)" = 256 ]'
is "so many are taken" "$(count)" 256
match "which is told" "pool many: 300 backends are found, no more than 256 are taken" log
spawn many.log ip netns exec bal "$SLUICE" -j monitor config
stays "they are the same ones all the time" many "$(has many)"
is "none comes or goes" "$(cat "$TMP/many.log")" ""
kill -TERM "$DAEMON"
wait "$DAEMON"

finish
