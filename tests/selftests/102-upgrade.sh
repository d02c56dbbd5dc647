#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 20
#
# The module is changed for another version: what is configured, each option that there is
# among it, is the same before and after, byte for byte, and who looks on or checks need not
# be started again.
#
#     app: services, pools, backends; the daemon that checks and finds; a monitor; top
#
# The network is drawn in lib.sh.
# shellcheck disable=SC2317,SC2016	# called by name, evaluated later
. "$(dirname "$0")/lib.sh"

net_up
set_sysctl app net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
server app 8080
mkdir "$TMP/found"
echo "127.0.0.1:8080 weight 5" >"$TMP/found/found"

# All that can be said. What is usual is not saved, so nothing here is.
cat >"$TMP/all.yaml" <<-END
	services:
	  here:
	    proto: tcp
	    address: 10.0.1.2:8000,9000-9010
	    accept-proxy: tcp
	    trust: [10.0.0.0/24, 192.0.2.1, "fd00::/64"]
	    untrusted: pass
	    header-timeout: 7.5
	    header-max: 1000
	    mark: 0x1/0xff
	    to: 127.0.0.1:8080
	    idle-timeout: 1000
	  any: {proto: tcp, address: "10.0.1.2:8001", accept-proxy: tcp, trust: any, untrusted: reset}
	  six: {proto: tcp, address: "[fd00:1::2]:80", pool: six}
	  web: {proto: tcp, address: "10.0.1.2:80", accept-proxy: tcp, trust: 10.0.0.1, pool: web}
	  each: {proto: udp, address: "10.0.1.2:53", accept-proxy: each, trust: any, pool: udp}
	  spp: {proto: udp, address: "10.0.1.2:54", accept-proxy: spp, trust: any}
	  vip: {proto: udp, address: "10.0.1.77:53", to: "10.0.1.2:5300", tunnel: gue, tunnel-port: 6090, trust: 10.9.0.0/16}
	  left: {proto: udp, address: "10.0.1.2:55", reply-from: "10.0.1.78:5555"}
	  adopts: {proto: tcp, address: "10.0.1.2:81", pool: straight, adopt: hash, max-mss: 1400}
	  found: {proto: tcp, address: "10.0.1.2:82", pool: found}
	pools:
	  web:
	    scheduler: maglev
	    hash: [src, src-port, dst, dst-port]
	    hash-key: 0123456789abcdef0123456789abcdef
	    forward: fullnat
	    send-proxy: v2
	    tlv: [authority, 0xe0=0102]
	    retries: 5
	    max-fails: 7
	    fail-timeout: 20
	    persist: 300
	    slow-start: 30
	    sorry: six
	    min-up: 2
	    on-down: reset
	    health: {type: http, path: /alive, interval: 0.5, rise: 1, fall: 9, host: www.example.org, status: 200-299}
	    backends:
	      - {address: 10.0.1.11:80, weight: 7, state: drain, max-flows: 100, send-proxy: v1}
	      - {address: 10.0.1.12:80, weight: 0, state: down}
	      - {address: 10.0.1.13, forward: nat}
	      - {address: 10.0.1.15:80, forward: nat, send-proxy: none}
	  six: {scheduler: wlc, backends: ["[fd00:1::11]:80"]}
	  udp: {send-proxy: spp, backends: [10.0.1.14:53]}
	  straight:
	    scheduler: sh
	    forward: dsr
	    hash: src
	    backends:
	      - 10.0.1.21
	      - {address: 10.0.1.22, forward: gue, tunnel-port: 6081, tunnel-csum: "on"}
	  found: {found: {directory: $TMP/found, interval: 1}, health: {type: tcp, interval: 0.2}, backends: ["nowhere.test:80"]}
	limits: {max-flows: 123456, max-half-open-bytes: 1234567, user-namespaces: "on", probe-mark: 0x51000000/0xff000000}
END
claim "all that can be said is applied" sluice apply "$TMP/all.yaml"
claim "and saved" sluice save "$TMP/saved.yaml"
says "and is what was said" "" sluice diff "$TMP/all.yaml"
# options OBJECT: that it has, but for what commands do, what daemons find, and what is always so
options() {
	"$SLUICE" help "$1" | sed -nE '/^Options:/,$s/^  ([a-z-]+) .*/\1/p' |
		grep -vxE 'force|address|rate|found|health|health-weight|bind' | sort -u
}
for object in service pool backend limits; do
	for option in $(options $object); do
		# As most options of pools are a service's too, and that is where it puts them
		grep -qE "[{ -]$option: " "$TMP/saved.yaml" || result not "$object $option is in this test"
	done
done
# all: of everything, as it is shown; numbers and counts are another matter
all() {
	local i
	for i in service pool backend limits; do
		sluice -j $i show | jq -S 'if type == "array" then sort_by(.pool, .name, .address)[] else . end |
			with_entries(select(.key | test("^(id|flows|health|half-open.*|suspect|packets-.*|bytes-.*|flows-.*|connect-.*)$") | not))'
	done
}
all >"$TMP/before"

# --- who must not be started again -----------------------------------------------------------

spawn health.log ip netns exec app "$SLUICE" health run
daemon=$!
spawn monitor.log ip netns exec app "$SLUICE" -j monitor
monitor=$!
# On a terminal
term() { tmux -S "$TMP/term" -f /dev/null "$@"; }
term new-session -d -x 80 -y 24 "exec ip netns exec app '$SLUICE' top 0.2"
PIDS+=("$(term display -p '#{pid}')")
screen() { term capture-pane -p | grep -q "$1"; }
claim "somebody watches" wait_for screen "10.0.1.2:8000"
found() { sluice backend show found | grep -q '127.0.0.1:8080 .*weight 5 .*health up'; }
claim "a backend is found, and checked" wait_for found
all >"$TMP/before"

# --- another version -------------------------------------------------------------------------

version=$(sluice -j version | jq -r .module)
next=${version%.*}.$(( (${version##*.} + 1) % 10 ))
# It is in the file as text, and so is the sum of its source.
sed "s/\(\x00\|^\)version=$version/\1version=$next/; s/srcversion=./srcversion=F/" "$SLUICE_KO" >"$TMP/sluice.ko"
launch held.log lb client --v1 --client "$CLIENT4:5555" 10.0.1.2:8000 who "file=$TMP/go" half
wait_for grep -q peer= "$TMP/held.log"
status "while connections live it stays" 2 sluice unload
status "also when they have had a second" 2 sluice unload drain 1
# Half a header, for as long as it takes
sluice service set here header-timeout 30 || bail "no time for headers"
spawn half.log ip netns exec lb bash -c "exec 3<>/dev/tcp/10.0.1.2/8000; echo in
	until [ -e '$TMP/header' ]; do sleep 0.1; done
	printf 'PROXY TCP4 $CLIENT4 10.0.1.2 6000 8000\r\nwho\n' >&3; head -n 1 <&3"
wait_for grep -q in "$TMP/half.log"
touch "$TMP/go"
alone() { sluice node show | grep -Eq '^flows +0$'; }
claim "they end" wait_for alone
spawn unload.log ip netns exec app "$SLUICE" unload drain 60
unload=$!
claim "a header that is under way is waited for" wait_for grep -q connections "$TMP/unload.log"
touch "$TMP/header"
claim "when all have ended it goes" wait "$unload"
match "and who came with it was served" "^peer=$CLIENT4:6000 " cat "$TMP/half.log"
status "there is no module" 3 sluice service show
claim "who watches is told" wait_for screen "^waiting for the module"
claim "and another one is loaded" env SLUICE_KO="$TMP/sluice.ko" sluice-insmod
is "which is of another version" "$(sluice -j version | jq -r .module)" "$next"
is "and has nothing" "$(sluice service show)$(sluice pool show)" ""
claim "what was saved is applied" sluice apply "$TMP/saved.yaml"
says "it is what was said" "" sluice diff "$TMP/all.yaml"
claim "saved again it is the same to the byte" sh -c "ip netns exec app '$SLUICE' save | cmp - '$TMP/saved.yaml'"
claim "a backend is found and checked again" wait_for found
all >"$TMP/after"
claim "and all is as it was" diff "$TMP/before" "$TMP/after"
claim "by the same daemon" kill -0 "$daemon"
claim "somebody looks on" kill -0 "$monitor"
heard() { jq -r '.event + " " + .object + " " + (.name // "")' "$TMP/monitor.log" | sed -n '/^removed module/,$p' | grep -x "$1"; }
for i in "removed module " "added module " "added service here"; do
	claim "who has heard: ${i% }" wait_for heard "$i"
done
claim "who watches sees what there is now" wait_for screen "^q quit"
claim "which is what there was" screen "10.0.1.2:8000"
# What tells of it is lost, with much else: more than the 16 MB that wait for who listens. That
# is a matter of the tool's, so not of each kernel.
if [ "${KERNEL_NAME:-uml}" = uml ]; then
	# Another is not stopped while the module goes, but its reader has not read yet
	# what waits: until it has, the kernel drops what comes, and tells of that no more.
	mkfifo "$TMP/pipe"
	spawn slow.log bash -c "while read -r line; do
			echo \"\$line\"
			[[ \$line = *'\"lost\"'* ]] || continue
			touch '$TMP/told'
			until [ -e '$TMP/read' ]; do sleep 0.1; done
			exec cat
		done <'$TMP/pipe'"
	ip netns exec app "$SLUICE" -j monitor >"$TMP/pipe" 2>"$TMP/slow.err" </dev/null &
	slow=$!
	PIDS+=("$slow")
	listens() { sluice pool add there && sluice pool del there && grep -q '"there"' "$TMP/slow.log"; }
	claim "a slow one listens" wait_for listens
	kill -STOP "$monitor" "$slow"
	{
		printf 'pools:\n  many:\n    backends: ['
		for i in {1..10000}; do printf '10.9.%s.%s:80, ' $((i / 250)) $((i % 250)); done
		echo ']'
	} >"$TMP/many.yaml"
	for i in many saved many saved many saved; do
		sluice apply "$TMP/$i.yaml" force >/dev/null 2>&1 || bail "no $i"
	done
	kill -CONT "$slow"
	claim "a slow reader hears that there is more" wait_for -t 20 test -e "$TMP/told"
	claim "the module goes once more" sluice unload force
	claim "and comes" sluice-insmod
	claim "what was saved is applied again" sluice apply "$TMP/saved.yaml"
	touch "$TMP/read"
	slowly() { [ "$(grep -cE '"event": *"(added|removed)".*"object": *"module"' "$TMP/slow.log")" = 2 ]; }
	claim "which it reads, and that the module went and came" wait_for -t 30 slowly
	claim "and listens on" kill -0 "$slow"
	kill -CONT "$monitor"
	claim "who cannot keep up is told" wait_for -t 20 grep -q '"event": *"lost"' "$TMP/monitor.log"
	both() { [ "$(grep -cE '"event": *"(added|removed)".*"object": *"module"' "$TMP/monitor.log")" = 4 ]; }
	claim "and that the module went and came, too" wait_for -t 20 both
	claim "what comes next" sluice pool add next
	claim "is heard" wait_for heard "added pool next"
	claim "by all" wait_for grep -q '"event": *"added".*"next"' "$TMP/slow.log"
fi
says "it serves" "peer=$CLIENT4:5556 local=127.0.0.1:8080" \
	talk --v1 --client "$CLIENT4:5556" 10.0.1.2:8000 who

finish
