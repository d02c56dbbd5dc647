#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 110
# limit: 500
#
# The daemon that checks backends: each kind of check against servers we did not write, what
# it takes to bring a backend down and up, and what the kernel does with what it is told.
#
#     client -- router -- bal (the daemon) -- b1, b2, b3
#
# The network is drawn in ballib.sh: the one with two arms. In b1, nobody listens at 8099, and
# what comes to 8098 is dropped.

# shellcheck disable=SC2317,SC2016,SC2034,SC2154	# called by name, evaluated later
. "$(dirname "$0")/ballib.sh"

bal_net
ip netns exec b1 nft -f - <<-END || bail "nft refuses the rules"
	table inet t {
		chain in {
			type filter hook input priority -20;
			tcp dport 8098 drop
			udp dport 5398 drop
		}
	}
END
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=small.test -days 2 \
	-keyout "$TMP/key" -out "$TMP/cert" >/dev/null 2>&1 || bail "no certificate"
nginx_up b2 <<-END
	http {
		log_format who '\$remote_addr "\$request" \$host \$http_user_agent \$ssl_server_name';
		access_log $TMP/nginx-b2/access.log who;
		server {
			listen 10.0.1.2:8000;
			listen [fd00:1::2]:8000;
			location = /ok { return 200 "all is well here\n"; }
			location = /bad { return 500 "no\n"; }
			location = /moved { return 302 /ok; }
			location = /flag { root $TMP; }
			location = /post { if (\$request_method != POST) { return 405; } return 204; }
		}
		server { listen 10.0.1.2:8001 proxy_protocol; location / { return 200 "\$proxy_protocol_addr"; } }
		server {
			listen 10.0.1.2:8443 ssl;
			ssl_certificate $TMP/cert;
			ssl_certificate_key $TMP/key;
			location / { return 200 "secret\n"; }
		}
	}
END
dnsmasq_up b3 --local=/unknown.test/
# Whoever asks without a header is not answered, and of whom that speaks it is told.
mkdir "$TMP/dnsdist"
cat >"$TMP/dnsdist/conf" <<-END
	setLocal('10.0.1.3:5353', {})
	addLocal('[fd00:1::3]:5353', {})
	setACL({'0.0.0.0/0', '::/0'})
	setProxyProtocolACL({'0.0.0.0/0', '::/0'})
	newServer({address='127.0.0.1:53'}):setUp()
	addAction(AllRule(), LogAction('$TMP/dnsdist/log', false, true, false, false))
END
spawn dnsdist.log ip netns exec b3 dnsdist --supervised --disable-syslog -C "$TMP/dnsdist/conf"
wait_for eval 'ip netns exec b3 ss -Hlun "sport = :5353" | grep -q .' ||
	{ cat "$TMP/dnsdist.log"; bail "dnsdist does not start"; }
server b1 --proxy 8090
udp_server b1 --headers v2 5310
udp_server b1 --headers spp 5311
udp_server b1 --headers spp --bare 5312

# --- the daemon ---------------------------------------------------------------------------

# Whoever starts it may ignore what it needs to hear of.
daemon_up() {
	health_up python3 -c 'if True:
		import os, signal, sys
		signal.signal(signal.SIGCHLD, signal.SIG_IGN)
		os.execvp(sys.argv[1], sys.argv[1:])' ip netns exec bal "$SLUICE" health run
}
# apply <<FILE: without a service, a pool is enough to be checked
apply() { cat >"$TMP/sluice.yaml"; claim "$1" sluice apply "$TMP/sluice.yaml"; }
# health_of POOL: of its backends, in the order of their addresses
health_of() { sluice -j backend show "$1" | jq -r '[sort_by(.address)[] | .health // "unknown"] | join(" ")'; }
is_health() { [ "$(health_of "$1")" = "$2" ]; }
# comes TEXT POOL WANT: some time
comes() {
	wait_for -t 8 is_health "$2" "$3"
	is "$1" "$(health_of "$2")" "$3" ||
		sluice health show "$2" 2>&1 | sed 's/^/# /'
}
result_of() { sluice -j health show "$1" | jq -r '[sort_by(.address)[].result // "none"] | join("; ")'; }

apply "pools with a check of each kind" <<-END
	pools:
	  tcp:
	    backends: [10.0.1.1:8080, 10.0.1.1:8099, 10.0.1.1:8098, "[fd00:1::1]:8080", "[fd00:1::1]:8099"]
	    health: {type: tcp, interval: 0.3, timeout: 0.2}
	  port:
	    backends: [10.0.1.1]
	    health: {type: tcp, interval: 0.3, port: 8080}
	  noport:
	    backends: [10.0.1.1]
	    health: {type: tcp, interval: 0.3}
	  said:
	    backends: [10.0.1.1:8080, 10.0.1.2:8000]
	    health: {type: tcp, interval: 0.3, payload: 0x77686f0a, reply: "local="}
	  ok:
	    backends: [10.0.1.2:8000, "[fd00:1::2]:8000", 10.0.1.1:8099, 10.0.1.1:8080]
	    health: {type: http, interval: 0.3, path: /ok, host: www.small.test, body: "is well"}
	  other:
	    backends: [10.0.1.2:8000]
	    health: {type: http, interval: 0.3, path: /ok, body: "is ill"}
	  bad:
	    backends: [10.0.1.2:8000]
	    health: {type: http, interval: 0.3, path: /bad}
	  moved:
	    backends: [10.0.1.2:8000]
	    health: {type: http, interval: 0.3, path: /moved}
	  just:
	    backends: [10.0.1.2:8000]
	    health: {type: http, interval: 0.3, path: /moved, status: "200,204-299"}
	  post:
	    backends: [10.0.1.2:8000]
	    health: {type: http, interval: 0.3, path: /post, method: POST, status: 204}
	  tls:
	    backends: [10.0.1.2:8443, 10.0.1.2:8000]
	    health: {type: https, interval: 0.5, host: small.test, body: secret}
	  v1:
	    backends: [10.0.1.2:8001, 10.0.1.2:8000]
	    health: {type: http, interval: 0.3, send-proxy: v1, body: 10.0.1.254}
	  v2:
	    backends: [10.0.1.2:8001, 10.0.1.2:8000]
	    health: {type: http, interval: 0.3, send-proxy: v2}
	  local:
	    backends: [10.0.1.1:8090, "[fd00:1::1]:8090"]
	    health: {type: tcp, interval: 0.3, send-proxy: v2, payload: 0x77686f0a, reply: "header=v2 2000\n"}
	  udplocal:
	    backends: [10.0.1.1:5310, "[fd00:1::1]:5310", 10.0.1.1:5300]
	    health: {type: udp, interval: 0.3, send-proxy: v2, payload: who, reply: "header=v2 2000"}
	  udpspp:
	    backends: [10.0.1.1:5311, 10.0.1.1:5312, 10.0.1.1:5310]
	    health: {type: udp, interval: 0.3, send-proxy: spp, payload: who, reply: "header=spp 10.0.1.254 10.0.1.1 "}
	  udpspp6:
	    backends: ["[fd00:1::1]:5311"]
	    health: {type: udp, interval: 0.3, send-proxy: spp, payload: who, reply: "header=spp fd00:1::fe fd00:1::1 "}
	  behind:
	    backends: [10.0.1.1:5311, 10.0.1.1:5312]
	    health: {type: udp, interval: 0.3, send-proxy: spp, payload: who, reply: 0x56ec}
	  dnslocal:
	    backends: [10.0.1.3:5353, "[fd00:1::3]:5353"]
	    health: {type: dns, interval: 0.3, timeout: 0.2, send-proxy: v2, host: small.test, reply: 192.0.2.1}
	  dnsbare:
	    backends: [10.0.1.3:5353, "[fd00:1::3]:5353"]
	    health: {type: dns, interval: 0.3, timeout: 0.2, host: small.test, reply: 192.0.2.1}
	  udp:
	    backends: [10.0.1.1:5300, 10.0.1.1:5399, 10.0.1.1:5398]
	    health: {type: udp, interval: 0.3, timeout: 0.2, payload: sdrawkcab, reply: backwards}
	  words:
	    backends: [10.0.1.1:5300]
	    health: {type: udp, interval: 0.3, payload: sdrawkcab, reply: forwards}
	  dns:
	    backends: [10.0.1.3:53, 10.0.1.1:5300, 10.0.1.1:5399]
	    health: {type: dns, interval: 0.3, timeout: 0.2, host: small.test, reply: 192.0.2.1}
	  dns6:
	    backends: [10.0.1.3:53]
	    health: {type: dns, interval: 0.3, host: small.test, reply: "2001:db8::1"}
	  nodns:
	    backends: [10.0.1.3:53]
	    health: {type: dns, interval: 0.3, host: unknown.test}
	  exec:
	    backends: [10.0.1.1:8080, 10.0.1.2:8080]
	    health: {type: exec, interval: 0.5, command: [$TMP/script, argument]}
	  hangs:
	    backends: [10.0.1.1:8080]
	    health: {type: exec, interval: 0.5, timeout: 0.3, command: $TMP/hangs}
	  absent:
	    backends: [10.0.1.1:8080]
	    health: {type: exec, interval: 0.5, command: $TMP/absent}
	  nobody:
	    backends: [10.0.1.1:8099]
END
cat >"$TMP/script" <<-END
	#!/bin/sh
	echo "\$1 \$SLUICE_POOL \$SLUICE_ADDRESS \$SLUICE_PORT" >>$TMP/script.log
	grep -E '^(Uid|Cap(Prm|Eff|Amb)):' /proc/self/status >>$TMP/rights 2>&1
	[ "\$SLUICE_ADDRESS" = 10.0.1.1 ]
END
cat >"$TMP/hangs" <<-END
	#!/bin/sh
	sleep 4321 &
	sleep 4321
END
chmod 755 "$TMP/script" "$TMP/hangs"
match "nobody checks: it is told" "nobody checks" sluice health show
daemon_up

# --- each kind ------------------------------------------------------------------------------

comes "tcp: who listens, refuses, is silent; and in IPv6" tcp "up down down up down"
comes "another port is checked" port up
match "a backend without a port needs one" "no port to check" sluice health show noport
comes "tcp with a reply" said "up down"
comes "http: who answers by a text, in IPv6 too; refuses; speaks no HTTP" ok "down down up up"
match "it is asked for the host by the daemon" \
	'^10.0.1.254 "GET /ok HTTP/1.1" www.small.test sluice/' access_log b2
comes "http: the text is another" other down
is "which is why" "$(result_of other)" "another body"
comes "http: status 500" bad down
is "which is why" "$(result_of bad)" "status 500"
comes "http: any status below 400 is good" moved up
comes "http: unless those that are are given" just down
comes "http: by another method" post up
comes "https: who has any certificate; speaks no TLS" tls "down up"
match "it is asked for the host by TLS" '" small.test sluice/[0-9.]* small.test$' access_log b2
comes "a header of version 1, with the daemon's address; who wants none" v1 "down up"
comes "a header of version 2" v2 "down up"
comes "which says LOCAL" local "up up"
comes "udp: a header of version 2 says so, too; who knows none" udplocal "down up up"
comes "udp: the simple header says who asks; who wants another" udpspp "down up up"
comes "and so in IPv6" udpspp6 up
comes "where answers have it, it is none of what they say" behind "down down"
comes "dns: dnsdist, which wants a header of version 2" dnslocal "up up"
claim "and learns from it that it is the daemon who asks" grep -F "from 10.0.1.254:" "$TMP/dnsdist/log"
comes "dns: and is silent without one" dnsbare "down down"
comes "udp: who replies, refuses, is silent" udp "up down down"
comes "udp: another reply" words down
comes "dns: who knows the address; is no server, is not there" dns "down down up"
comes "dns: who knows it not" dns6 down
comes "dns: there is no such name" nodns down
is "which is why" "$(result_of nodns)" "there is no such name"
comes "exec: by what it says" exec "up down"
match "it is told what to check" "^argument exec 10.0.1.2 8080$" cat "$TMP/script.log"
is "it has no rights, root as it is" "$(head -n 4 "$TMP/rights" | awk '{ print $1, $2 }' | xargs)" \
	"Uid: 0 CapPrm: 0000000000000000 CapEff: 0000000000000000 CapAmb: 0000000000000000"
comes "exec: who hangs" hangs down
is "which is why" "$(result_of hangs)" "timed out"
few() { [ "$(pgrep -fc 'sleep 4321')" -le 2 ]; }
claim "and is ended with all it has started" few
comes "exec: who is not there" absent down
is "who is not to be checked is not" "$(health_of nobody)" unknown
match "state and health are shown side by side" \
	"^tcp +10.0.1.1:8099 .*health down" sluice backend show tcp
match "and by whom it was found" "tcp +10.0.1.1:8099 +state up +health down +check tcp .*connection refused" \
	sluice health show tcp

# --- traffic ---------------------------------------------------------------------------------

apply "a service with a pool that is checked" <<-END
	services:
	  web: {proto: tcp, address: $VIP4:80, pool: web}
	pools:
	  web:
	    forward: nat
	    scheduler: rr
	    backends: [10.0.1.1:8080, 10.0.1.2:8080, 10.0.1.3:8080]
	    health: {type: exec, interval: 0.2, timeout: 5, rise: 3, fall: 4, command: $TMP/asks}
END
# What it finds are the figures of a file, one after the other, and 0 then.
cat >"$TMP/asks" <<-END
	#!/bin/sh
	exec 9>$TMP/lock-\$SLUICE_ADDRESS
	flock 9
	results=$TMP/results-\$SLUICE_ADDRESS
	result=0
	if [ -s \$results ]; then
		read -r all <\$results
		result=\${all%\${all#?}}
		printf %s\\\\n "\${all#?}" >\$results.new
		mv \$results.new \$results
	fi
	echo "\$result" >>$TMP/asked-\$SLUICE_ADDRESS
	exit \${result:-0}
END
# finds ADDRESS FIGURES: what checks of it find from now on
finds() {
	flock "$TMP/lock-$1" sh -c "echo $2 >$TMP/results-$1; : >$TMP/asked-$1"
}
times() { printf "%.0s$2" $(seq "$1"); }
# asked ADDRESS COUNT: so often, since it was said what is found
was_asked() { [ "$(wc -l <"$TMP/asked-$1")" -ge "$2" ]; }
chmod 755 "$TMP/asks"
comes "all are up" web "up up up"
is "each takes its share" "$(shares 4 80 6)" "2 local=10.0.1.1:8080
2 local=10.0.1.2:8080
2 local=10.0.1.3:8080"
is "checks of pools that are gone are gone" "$(sluice -j health show | jq -r '[.[].pool] | unique | join(" ")')" web
spawn monitor.log ip netns exec bal "$SLUICE" -j monitor health
events() { wc -l <"$TMP/monitor.log"; }
nap 0.3
finds 10.0.1.2 1110111
claim "one is found ill, now and then" wait_for was_asked 10.0.1.2 8
is "it stays up: four in a row it takes" "$(health_of web)" "up up up"
finds 10.0.1.2 "1111$(times 200 001)"
comes "one goes down by the fourth" web "up down up"
is "it takes nothing more" "$(shares 4 80 6)" "3 local=10.0.1.1:8080
3 local=10.0.1.3:8080"
claim "two good ones of three" wait_for was_asked 10.0.1.2 13
is "do not bring it up: three in a row it takes" "$(health_of web)" "up down up"
finds 10.0.1.2 000
comes "it comes back by the third" web "up up up"
is "each change was told once" "$(jq -r '"\(.address) \(.health)"' "$TMP/monitor.log")" \
	"10.0.1.2:8080 down
10.0.1.2:8080 up"
claim "the administrator takes one out" sluice backend set web 10.0.1.1:8080 state down
is "it is found well nevertheless" "$(health_of web)" "up up up"
is "and takes nothing" "$(shares 4 80 4)" "2 local=10.0.1.2:8080
2 local=10.0.1.3:8080"
claim "and puts it back" sluice backend set web 10.0.1.1:8080 state up
claim "somebody else finds one ill" sluice backend set web 10.0.1.3:8080 health down
comes "the daemon's checks find it well again" web "up up up"

# --- the daemon's end ---------------------------------------------------------------------------

finds 10.0.1.2 "$(times 900 1)"
comes "one is down" web "up down up"
before=$(events)
kill -9 "$DAEMON"
wait "$DAEMON" 2>/dev/null
match "a daemon that died is told of" "nobody checks" sluice health show
match "and by the doctor" "^WARNING  health pool web: nobody checks backends any more" sluice doctor
is "what it found last stays" "$(health_of web)" "up down up"
is "and is what holds" "$(shares 4 80 4)" "2 local=10.0.1.1:8080
2 local=10.0.1.3:8080"
daemon_up
: >"$TMP/asked-10.0.1.2"
claim "it begins anew" wait_for was_asked 10.0.1.2 6
is "nothing flaps: no event" "$(($(events) - before))" 0
status "there is but one in a namespace" 3 ip netns exec bal "$SLUICE" health run

# --- what changes meanwhile --------------------------------------------------------------------------

kill -STOP "$DAEMON"
lost=$(stat events-lost)
bal python3 - "$TOOLS" <<-'END' || bail "nothing changes"
	import sys
	sys.path.insert(0, sys.argv[1])
	from slnl import Sluice
	s = Sluice()
	s.do("new-pool", {"name": "many"})
	for i in range(6000):
	    s.do("set-pool", {"name": "many", "user-data": b"%d" % (i % 2) * 4000})
	s.do("del-pool", {"name": "many"})
END
claim "that is more than a daemon hears that is stopped" test "$(stat events-lost)" -gt "$lost"
kill -CONT "$DAEMON"
: >"$TMP/asked-10.0.1.1"
claim "it goes on" wait_for was_asked 10.0.1.1 5
claim "a backend more" sluice backend add web 10.0.2.4:8080
comes "is checked" web "up down up up"
claim "one that goes" sluice backend del web 10.0.1.2:8080
is "is not" "$(health_of web)" "up up up"
nap 0.5
: >"$TMP/asked-10.0.1.2"
nap 1
is "and nobody asks it" "$(wc -l <"$TMP/asked-10.0.1.2")" 0
finds 10.0.1.1 "$(times 900 1)"
comes "one is down" web "down up up"
sed '/health:/d' "$TMP/sluice.yaml" >"$TMP/without.yaml"
claim "the pool wants no checks any more" sluice apply "$TMP/without.yaml"
nobody() { [ "$(health_of web | tr ' ' '\n' | sort -u)" = unknown ]; }
claim "nothing is known of its backends then" wait_for nobody

# --- what is not the backend's fault ---------------------------------------------------------

# It answers well, "late" some time after the daemon was stopped for longer than a check may
# take, else with a reset behind the answer, of which the daemon hears at once.
cat >"$TMP/odd" <<-'END'
	import os, signal, socket, struct, sys, time
	port, how, daemon, count = sys.argv[1:]
	s = socket.create_server(("10.0.1.1", int(port)))
	while True:
	    c, _ = s.accept()
	    asked = c.recv(4096)
	    os.kill(int(daemon), signal.SIGSTOP)
	    if how == "late":
	        time.sleep(1.2)
	        os.kill(int(daemon), signal.SIGCONT)
	        time.sleep(0.2)
	    c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwell")
	    c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
	    c.close()
	    time.sleep(0.1)
	    os.kill(int(daemon), signal.SIGCONT)
	    with open(count, "a") as f:
	        f.write("%r\n" % asked)
END
# odd PORT HOW POOL HEALTH: is well by three checks
odd() {
	spawn odd.log ip netns exec b1 python3 "$TMP/odd" "$1" "$2" "$DAEMON" "$TMP/count-$3"
	ODD=$!
	wait_for listens b1 "$1"
	apply "$3" <<-ODD
		pools:
		  $3:
		    backends: [10.0.1.1:$1]
		    health: $4
	ODD
	counted() { [ "$(wc -l <"$TMP/count-$1" 2>/dev/null || echo 0)" -ge 3 ]; }
	claim "$3: three checks" wait_for -t 20 counted "$3"
	nap 0.3
	is "$3: it has never been down" "$(health_of "$3"), $(jq -r "select(.pool == \"$3\") | .health" \
		"$TMP/monitor.log" | xargs)" "up, up"
	kill "$ODD"
	kill -CONT "$DAEMON"
}
listens() { ip netns exec "$1" ss -Hltn "sport = :$2" | grep -q .; }
odd 8097 late busy '{type: tcp, interval: 1, timeout: 0.6, fall: 1, payload: hello, reply: well}'
odd 8096 reset talkreset '{type: tcp, interval: 0.5, fall: 1, payload: hello, reply: well}'
odd 8095 reset webreset '{type: http, interval: 0.5, fall: 1, body: well}'

apply "checks of each kind, of those that are well" <<-END
	pools:
	  tcp: {backends: [10.0.1.1:8080], health: {type: tcp, interval: 0.2, fall: 1}}
	  udp: {backends: [10.0.1.1:5300], health: {type: udp, interval: 0.2, fall: 1, payload: hello}}
	  web: {backends: [10.0.1.2:8000], health: {type: http, interval: 0.2, fall: 1, path: /ok}}
	  run: {backends: [10.0.1.1:8080], health: {type: exec, interval: 0.2, fall: 1, command: /bin/true}}
END
all_are() { [ "$(sluice -j health show | jq -r '[.[].result] | unique | join(";")')" = "$1" ]; }
claim "all are good" wait_for all_are good
prlimit --pid "$DAEMON" --nofile=3:3
claim "the daemon can open no more files, which it says" \
	wait_for grep -q "a check could not be made: Too many open files" "$TMP/health.log"
nap 1
is "nobody is down for that" "$(sluice -j backend show | jq -r '[.[].health] | unique | join(" ")')" up
prlimit --pid "$DAEMON" --nofile=1024:1024
claim "all are good again" wait_for all_are good

apply "sixty to be told of" <<-END
	pools:
	  many:
	    backends: [$(seq -s , -f 10.0.1.1:%g 9001 9060)]
	    health: {type: tcp}
END
sixty() { [ "$(sluice -j health show | jq length)" = 60 ]; }
claim "all are told of" wait_for sixty
# What it has to say to who does not read is more than a socket holds.
wmem=$(cat /proc/sys/net/core/wmem_default)
echo 4608 >/proc/sys/net/core/wmem_default
spawn silent.log bal python3 -c 'if True:
	import glob, socket, time
	s = [socket.socket(socket.AF_UNIX) for i in range(3)]
	for i in s:
	    i.connect([p for p in glob.glob("/run/sluice-health/*") if p[-1].isdigit()][-1])
	print("asked", flush=True)
	time.sleep(300)'
wait_for grep -q asked "$TMP/silent.log"
echo "$wmem" >/proc/sys/net/core/wmem_default
nap 0.3
kill -TERM "$DAEMON"
claim "three who ask and do not read do not keep it from ending" wait_for -t 5 eval '! kill -0 $DAEMON'
wait "$DAEMON"
is "the daemon ends when told to" "$?" 0
daemon_up

# --- what goes up and down, and what stays down ------------------------------------------------

apply "a pool that damps, and one that backs off" <<-END
	pools:
	  damps:
	    backends: [10.0.1.1:8080]
	    health: {type: exec, interval: 0.2, rise: 1, fall: 1, damping: 60, command: $TMP/asks}
	  backs:
	    backends: [10.0.1.2:8080]
	    health: {type: exec, interval: 0.2, rise: 1, fall: 1, backoff: 60, command: $TMP/asks}
END
wait_for is_health damps up
finds 10.0.1.1 10101
claim "it goes down for the third time" wait_for was_asked 10.0.1.1 9
is "and stays down, found well as it is" "$(health_of damps), $(result_of damps)" "down, good"
match "as it is held" "^damps .* held" sluice health show damps
is "which was told" "$(jq -r 'select(.pool == "damps") | .health' "$TMP/monitor.log" | tail -n 5 | xargs)" \
	"down up down up down"
wait_for is_health backs up
finds 10.0.1.2 "$(times 900 1)"
comes "another goes down" backs down
nap 3
# At 0, 0.2, 0.6, 1.4, 3.0
claim "it is asked less and less often" [ "$(wc -l <"$TMP/asked-10.0.1.2")" -le 6 ]
kill -TERM "$DAEMON"
wait "$DAEMON"
is "the daemon ends when told to" "$?" 0
sed '/health:/d' "$TMP/sluice.yaml" >"$TMP/without.yaml"
claim "pools want no checks any more, and nobody makes any" sluice apply "$TMP/without.yaml"
is "what was down is not for ever" "$(health_of backs)" unknown
daemon_up
claim "the module is removed" sluice unload force
claim "the daemon says that it waits" wait_for grep -q "module is gone, waiting for it" "$TMP/health.log"
claim "it stays away until somebody loads it" [ ! -e /sys/module/sluice ]
claim "which somebody does, twice" eval 'sluice-insmod && rmmod sluice && sluice-insmod'
claim "the daemon says that it is there" wait_for eval '[ "$(grep -c "module is there again" "$TMP/health.log")" = 2 ]'
finds 10.0.1.2 "$(times 900 1)"
claim "what was saved is applied" sluice apply "$TMP/sluice.yaml"
comes "and checked as before" backs down
kill -TERM "$DAEMON"
wait "$DAEMON"
is "the daemon is the same one, and ends when told to" "$?" 0

finish
