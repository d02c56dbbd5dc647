#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 30
# limit: 300
#
# sluice doctor finds what is broken on purpose, and what it prints to mend it does.
#
#     lb (client.py) -> app (server.py)
#
# The network is drawn in lib.sh.

# shellcheck disable=SC2317,SC2016,SC2034	# called by name, evaluated later
. "$(dirname "$0")/lib.sh"

SAID=$TMP/said
# doctor [ARGUMENT...]: what it says, in $SAID, and its exit status
doctor() { sluice doctor "$@" >"$SAID" 2>&1 </dev/null; }

# line VERDICT CHECK: how the line of a check begins
line() { printf '^%-8s %s' "$1" "$2"; }

# mended_by CHECK: the command under the line that complains
mended_by() { grep -E -A 1 "^(WARNING|FAILED) +$1" "$SAID" | sed -n 's/^ *mend: //p' | head -n 1; }

# verified CHECK, with no complaint of it left
verified() {
	doctor
	grep -Eq "$(line VERIFIED "$1")" "$SAID" && ! grep -Eq "^(WARNING|FAILED) +$1" "$SAID"
}

# finds VERDICT CHECK TEXT [NS]: it complains, and what it prints, run as it stands or in
# NS, ends that. A FAILED makes it fail.
finds() {
	local rc=0 mend
	doctor || rc=$?
	if ! grep -Eq "$(line "$1" "$2").*$3" "$SAID"; then
		result not "$2: $1, $3"
		sed 's/^/#   /' "$SAID"
		return
	fi
	result ok "$2: $1, $3"
	[ "$1" != FAILED ] || is "$2: the exit status says so" "$rc" 1
	mend=$(mended_by "$2")
	[ -n "$mend" ] || { result not "$2: something mends it"; return; }
	mend=${mend//ROUTER/10.0.1.254}
	note "$mend"
	eval "${4:+ip netns exec $4 }$mend" >"$TMP/mend.out" 2>&1 </dev/null
	if verified "$2"; then
		result ok "$2: what is printed mends it"
	else
		result not "$2: what is printed mends it"
		sed 's/^/#   /' "$TMP/mend.out" "$SAID"
	fi
}

net_up
server app 8080

# --- nothing is there ------------------------------------------------------------------------

status "without a service all is well" 0 sluice doctor
status "a service that is not there" 1 sluice doctor web
match "the versions are told" "^VERIFIED version: tool and module are [0-9]" sluice doctor

# --- a service, and an application ------------------------------------------------------------

service web tcp 10.0.1.2:8080 accept-proxy trust 10.0.0.1 forward local
finds WARNING "live service web" "no address of this host is in trust"
doctor
is "then nothing is wrong" "$(grep -Ev '^VERIFIED' "$SAID")" ""
before=$(stat header-local)
doctor
is "the application is told that nobody is spoken for" "$(($(stat header-local) - before))" 1
claim "the application has been reached" grep -Eq 'local=10.0.1.2:8080' "$TMP/server-app-8080.log"
match "a source can be chosen" "^VERIFIED live service web: .* from 10.0.1.2 to" \
	sluice doctor web source 10.0.1.2
match "not one that is not trusted" "^WARNING  live service web: not tried: 127.0.0.9 is not in trust" \
	sluice doctor web source 127.0.0.9
match "nor one that this host has not" "^WARNING  live service web: not tried from 10.0.0.1: " \
	sluice doctor web source 10.0.0.1
keys() { sluice -j doctor "$@" | jq -r 'map(keys | join(" ")) | unique[]'; }
says "JSON has an object for each" "name object text verdict
name text verdict" keys web

service down tcp 10.0.1.2:8081 accept-proxy trust 10.0.0.1,10.0.1.2 forward local
doctor
is "a service whose application is down makes it fail" \
	"$(grep -Ec '^FAILED +(live|listener) service down: ' "$SAID")" 2
claim "by the live test" grep -q "^FAILED   live service down: .* reset after its header" "$SAID"
claim "others are as they were" grep -q "^VERIFIED live service web" "$SAID"
status "so it says" 1 sluice doctor down
status "but not of the other" 0 sluice doctor web
server app 8081
claim "the application comes up" wait_for verified "live service down"
claim "and is seen" verified "listener service down"
sluice service del down force

# --- one family ------------------------------------------------------------------------------

server app --bind 10.0.1.2 8082
service six tcp '[fd00:1::2]:8082' accept-proxy trust fd00::/64,fd00:1::2 forward local
doctor six
claim "an application of the other family" \
	grep -q "^FAILED   listener service six: .* listens for IPv4 only" "$SAID"
claim "is not reached" grep -q "^FAILED   live service six" "$SAID"
sluice service set six to '[fd00:1::2]:8080'
claim "one of this family is" verified "live service six"
sluice service del six force
service four tcp 10.0.1.2:8082 accept-proxy trust 10.0.0.1,10.0.1.2 forward local
match "one that is deaf to clients of the other family" \
	"^WARNING  listener service four: .* clients of IPv6 that headers name are refused" sluice doctor four
sluice service del four force

# --- addresses --------------------------------------------------------------------------------

service moved tcp 10.0.1.77:8080 accept-proxy trust 10.0.0.1,10.0.1.2 forward local 2>/dev/null
finds FAILED "address service moved" "10.0.1.77 is not an address of this host"
claim "connections to it are taken then" verified "live service moved"
says "of others, too" "peer=203.0.113.7:5001 local=10.0.1.77:8080" \
	talk --v2 --client 203.0.113.7:5001 10.0.1.77:8080 who
sluice service del moved force
ip -n app addr del 10.0.1.77/32 dev eth0

says "service add tells of an address that is routed here, if at all" \
	"sluice: service add: warning: 198.51.100.9 is on no interface of this host, what is for it has to be routed here" \
	sluice service add routed tcp 198.51.100.9:8099 scheduler rr forward nat
finds WARNING "address service routed" "198.51.100.9 is on no interface and nothing for it has been routed here"
ip -n app addr del 198.51.100.9/32 dev eth0
ip -n router route add 198.51.100.9 via 10.0.1.2
talk -t 1 198.51.100.9:8099
claim "what has come shows that it is routed" verified "address service routed"
sluice service del routed force

# --- rp_filter ---------------------------------------------------------------------------------

link app eth1 router ap2
addr app eth1 10.0.3.2/24
addr router ap2 10.0.3.254/24
ip -n app route add 10.0.0.1 via 10.0.3.254
hello() { talk -t 3 --v2 --client "203.0.113.7:$1" 10.0.1.2:8080 who; }
claim "a sender whose way back is another one is not heard" eval '! hello 5002'
finds WARNING "rp-filter service web" "rp_filter is strict on eth0"
says "then it is" "peer=203.0.113.7:5003 local=10.0.1.2:8080" hello 5003
ip -n app link del eth1
set_sysctl app net.ipv4.conf.eth0.rp_filter=0

# --- routes for answers ------------------------------------------------------------------------

service lo tcp 10.0.1.2:8083 accept-proxy trust 10.0.0.1,10.0.1.2 forward local to 127.0.0.1:8080
claim "an application at a loopback address has a route" verified "answers service lo"
ip -n app rule del pref 32700 || bail "no rule"
finds FAILED "answers service lo" "answers from 127.0.0.1 have no route"
sluice service del lo force

service shop tcp 10.0.1.2:80 scheduler rr forward fullnat 2>/dev/null
set_sysctl app net.ipv4.ip_forward=1
claim "a backend of another host" sluice backend add shop 192.0.2.99:8080
ip -n app route add 10.0.0.0/24 via 10.0.1.254
ip -n app route del default via 10.0.1.254
finds FAILED "backend-route backend shop" "there is no route to 192.0.2.99"
finds WARNING "client-route service shop" "no default route of IPv4"
ip -n app route del 192.0.2.99
ip -n app route del default via 10.0.1.254
finds FAILED "client-route service web" "no route to clients of IPv4"
claim "clients are answered by it" eval '[[ $(hello 5004) == peer=203.0.113.7:5004* ]]'
via app 10.0.1.254

# --- forwarding ----------------------------------------------------------------------------------

set_sysctl app net.ipv4.ip_forward=0
finds FAILED "forwarding" "net.ipv4.ip_forward is off"
is "it is on then" "$(app sysctl -n net.ipv4.ip_forward)" 1
sluice service del shop force

# --- tunnels, and backends that answer directly -------------------------------------------------

service far tcp 10.0.1.2:82 scheduler rr forward ipip 2>/dev/null
claim "a backend in a tunnel" sluice backend add far 10.0.0.1
finds WARNING "mtu backend far" "leaves 1480 bytes in the tunnel"
is "its device is wider then" "$(app cat /sys/class/net/eth0/mtu)" 1520
ip -n app link set eth0 mtu 1280
match "one that is very narrow still carries IPv4" "^WARNING  mtu backend far 10.0.0.1: an MTU of 1280" \
	sluice doctor far
ip -n app link set eth0 mtu 1500
sluice service del far force

ip -n app addr add 10.0.1.90/32 dev eth0
service dsr tcp 10.0.1.90:82 scheduler rr forward dsr 2>/dev/null
claim "a backend that has the address as well" sluice backend add dsr 10.0.1.254
claim "and says so to nobody" verified "arp service dsr"
ip -n router addr add 10.0.1.90/32 dev lo
finds FAILED "arp service dsr" "[0-9a-f:]{17} answers ARP for 10.0.1.90 on eth0, too" router
sluice backend set dsr 10.0.1.254 state down
sluice backend add dsr 10.0.0.3
finds FAILED "backend-route backend dsr 10.0.0.3" "is behind a router, and dsr reaches neighbours alone"
sluice service del dsr force
ip -n app addr del 10.0.1.90/32 dev eth0
ip -n router addr del 10.0.1.90/32 dev lo

service vip tcp 10.0.1.80:81 to 10.0.1.2:8080 2>/dev/null
claim "the address of a backend need not be on an interface" verified "arp service vip"
ip -n app addr add 10.0.1.80/32 dev eth0
finds WARNING "arp service vip" "10.0.1.80 is on eth0, so this host answers ARP"
sluice service del vip force

# --- the firewall ---------------------------------------------------------------------------------

app nft -f - <<-END || bail "nft refuses the rules"
	table inet t {
		chain input {
			type filter hook input priority 0; policy drop;
			ct state established,related accept
			ip protocol icmp accept
			meta l4proto ipv6-icmp accept
			tcp dport { 22, 443, 9000-9100 } accept
		}
	}
END
claim "a policy that drops keeps clients out" eval '! hello 5005'
finds WARNING "firewall service web" "chain inet t input drops new tcp to 10.0.1.2:8080"
says "and clients" "peer=203.0.113.7:5006 local=10.0.1.2:8080" hello 5006
doctor
claim "what this host says to itself is not taken for a failure" \
	eval '! grep -q "^FAILED" "$SAID"'
sed -n 's/^\([A-Z]* *live.*\)/# \1/p' "$SAID"
app nft insert rule inet t input iif lo accept
claim "nor is it dropped where lo is let in" verified "live service web"
app nft delete table inet t

app nft -f - <<-END || bail "nft refuses the rules"
	table inet t {
		chain pre {
			type filter hook prerouting priority raw;
			tcp dport 8080 ct zone set 7
		}
	}
END
finds WARNING "conntrack-zone service web" "zone 7 of conntrack, and no rule of output"
app nft delete table inet t

# hook HOOK PRIORITY POLICY RULE [FLAGS]: a chain there
hook() {
	app nft -f - <<-END || bail "nft refuses the rules"
		table inet t {
			${5:-}
			chain c {
				type filter hook $1 priority $2; policy $3;
				$4
			}
		}
	END
}
unhook() { app nft delete table inet t; }
service moved tcp 10.0.1.2:8084 accept-proxy trust 10.0.0.1,10.0.1.2 forward local to 10.0.1.2:8080
moved() { talk -t 3 --v2 --client "203.0.113.7:$1" 10.0.1.2:8084 who; }
says "an application at another port" "peer=203.0.113.7:5010 local=10.0.1.2:8080" moved 5010

hook prerouting raw drop "tcp dport 22 accept"
claim "what raw drops never comes to a service" eval '! hello 5011'
finds WARNING "firewall service web" "chain inet t c drops tcp to 10.0.1.2:8080: no rule can accept it"
says "then it does" "peer=203.0.113.7:5012 local=10.0.1.2:8080" hello 5012
unhook

hook prerouting raw accept "tcp dport 8080 drop"
claim "nor does the first segment to an application" eval '! moved 5013'
finds WARNING "firewall service moved" "chain inet t c drops tcp to 10.0.1.2:8080: a rule does"
says "then that does" "peer=203.0.113.7:5014 local=10.0.1.2:8080" moved 5014
unhook

hook prerouting filter drop "tcp dport 8084 accept; ct state established accept"
claim "prerouting behind the module sees what is for the application" eval '! moved 5015'
finds WARNING "firewall service moved" "chain inet t c drops new tcp to 10.0.1.2:8080: no rule can accept it"
says "which comes in then" "peer=203.0.113.7:5016 local=10.0.1.2:8080" moved 5016
unhook

hook prerouting filter accept "tcp dport 8084 drop"
says "and nothing of the service's port" "peer=203.0.113.7:5017 local=10.0.1.2:8080" moved 5017
claim "which is no fault" verified "firewall service moved"
unhook
sluice service del moved force

hook postrouting filter drop "udp dport 53 accept"
claim "postrouting sees what the application answers" eval '! hello 5018'
finds WARNING "firewall service web" "chain inet t c drops established tcp from 10.0.1.2:8080: no rule can accept it"
says "which goes out then" "peer=203.0.113.7:5019 local=10.0.1.2:8080" hello 5019
unhook

hook input filter drop "tcp dport 22 accept" "flags dormant;"
says "a table that is dormant drops nothing" "peer=203.0.113.7:5020 local=10.0.1.2:8080" hello 5020
claim "which is no fault either" verified "firewall service web"
unhook

# --- no module ---------------------------------------------------------------------------------------

claim "the module goes" sluice unload force
status "without it nothing can be asked" 3 sluice doctor
match "but said" "^FAILED   version: the module is not loaded" eval 'sluice doctor || :'

finish
