#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 1
#
# Memory that is not there, and memory that moves: every allocation of every
# request fails once; under traffic some fail at random; and every packet's head
# moves whenever it may. Nothing may crash or leak, no connection may get a wrong
# address, and all is well afterwards. For kernels with fault injection: debug.
#
#     lb (wire.py, load.py) -> app (server.py)
#
# limit: 300

# shellcheck disable=SC2317	# called by name
. "$(dirname "$0")/lib.sh"
. "$TOOLS/wire/wire.sh"

DEBUG=/sys/kernel/debug
if [ ! -d $DEBUG/failslab ]; then
	skip "faults are survived" "this kernel injects none"
	finish
fi

# faults NAME PERCENT: 0 ends them
faults() {
	local d=$DEBUG/$1
	echo 0 >"$d/probability"
	echo 0 >"$d/verbose"
	echo 1 >"$d/interval"
	[ "$2" = 0 ] || echo $ENOUGH >"$d/times"
	echo "$2" >"$d/probability"
}
ENOUGH=1000000000
# fired NAME: how many there were
fired() { echo $((ENOUGH - $(cat "$DEBUG/$1/times"))); }
trap 'echo 0 >$DEBUG/failslab/probability; cleanup' EXIT

wire_net
service web tcp 10.0.0.2:8080 accept-proxy trust 10.0.9.0/24,10.0.0.0/24 header-timeout 30 forward local
service web6 tcp '[fd00::2]:8080' accept-proxy trust fd09::/64,fd00::/64 header-timeout 30 forward local

# --- requests ----------------------------------------------------------------------

# Each allocation, those too that may sleep; what fails is not to be shown.
for f in failslab fail_page_alloc fail_skb_realloc fail_usercopy; do
	[ ! -d $DEBUG/$f ] || faults $f 0
done
echo N >$DEBUG/failslab/ignore-gfp-wait
echo N >$DEBUG/fail_page_alloc/ignore-gfp-wait
ns_add first
attack() { ip netns exec "$1" python3 "$TOOLS/nlattack.py" fail-nth; }
for n in app first; do
	attack $n >"$TMP/attack-$n" 2>&1
	match "requests whose every allocation fails once: $n" "^done [1-9][0-9]+$" \
		cat "$TMP/attack-$n"
	is "change nothing, or all, and say so" "$(grep -v '^done' "$TMP/attack-$n")" ""
	note "$(tail -n1 "$TMP/attack-$n")"
done
ns_add heard
addr heard lo 10.0.1.2/32 10.0.1.9/32
ip -n heard route add 203.0.113.0/24 dev lo
claim "whatever fails of a change, it holds or not, and who listens knows what he has not heard" \
	ip netns exec heard python3 "$TOOLS/events.py" faults
note "$(cat "$TMP/claim.out")"
# All that is larger than two pages, of who asks for it
echo 2 >$DEBUG/fail_page_alloc/min-order
echo Y >$DEBUG/fail_page_alloc/task-filter
faults fail_page_alloc 100
claim "where no event can be made changes hold, and who listens is told of the loss" \
	ip netns exec heard python3 "$TOOLS/events.py" unmade
claim "memory for events did fail" test "$(fired fail_page_alloc)" -ge 5
faults fail_page_alloc 0
echo N >$DEBUG/fail_page_alloc/task-filter
echo Y >$DEBUG/failslab/ignore-gfp-wait
echo Y >$DEBUG/fail_page_alloc/ignore-gfp-wait

# --- packets whose head moves --------------------------------------------------------

if [ -d $DEBUG/fail_skb_realloc ]; then
	faults fail_skb_realloc 100
	wire header rides super_packet nonlinear ip_options ip6_extension urgent options
	wire icmp shrinks
	faults fail_skb_realloc 0
	claim "heads did move ($(fired fail_skb_realloc) times)" \
		test "$(fired fail_skb_realloc)" -ge 100
else
	skip "packets whose head moves" "this kernel moves none"
fi

# --- traffic without memory ------------------------------------------------------------

spawn server.log ip netns exec app python3 "$TOOLS/server.py" 8080
wait_for listening app 8080
n=$(small 2000 200)
# Of packets, flows and handshakes; what watches the kernel here needs memory too.
may_fail() {
	local c
	for c in slc_flow slc_early skbuff_head_cache skbuff_fclone_cache; do
		echo 1 >"/sys/kernel/slab/$c/failslab" || return
	done
	c=/sys/kernel/slab/skbuff_small_head/failslab
	[ ! -e "$c" ] || echo 1 >"$c"
}
claim "memory can fail where it is to" may_fail
spawn heard.log ip netns exec app python3 "$TOOLS/events.py" heard "$TMP/over"
wait_for grep -q ready "$TMP/heard.log"
opened=$(stat flows-opened) lost=$(stat events-lost)
echo Y >$DEBUG/failslab/cache-filter
faults failslab 2
lb timeout 120 python3 "$TOOLS/load.py" --count "$n" 10.0.0.2:8080 >"$TMP/under" 2>&1
faults failslab 0
note "with 2 % of allocations failing: $(tail -n1 "$TMP/under")"
claim "memory did fail ($(fired failslab) times)" test "$(fired failslab)" -ge 10
claim "it is called so" test "$(stat no-memory)" -ge 1
is "and not a limit" "$(stat flow-limit)" 0
sluice flow flush >/dev/null
touch "$TMP/over"
wait_for grep -q ^heard "$TMP/heard.log"
opened=$(($(stat flows-opened) - opened)) lost=$(($(stat events-lost) - lost))
is "who listens has heard of each beginning and end but those whose loss is counted" \
	"$(($(awk '/^heard/ { print $2 }' "$TMP/heard.log") + lost))" $((2 * opened))
claim "and was told that there were $lost of them" \
	[ "$(grep -c 'of a loss' "$TMP/heard.log")" = $((lost > 0)) ]
match "some get through, be it late" "ok=[1-9]" cat "$TMP/under"
is "nobody was called by anyone but a client" \
	"$(grep -o 'peer=[^ ]*' "$TMP/server.log" | grep -vc '^peer=203\.0\.113\.')" 0
# The application may still wait for a client whose reset did not get memory.
says "afterwards all is well for other clients" "ok=100 bad=0" \
	lb python3 "$TOOLS/load.py" --count 100 '[fd00::2]:8080'

finish
