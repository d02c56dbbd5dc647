#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cost: 1
# limit: 60
#
# Memory that fails at random, now and then half of it, while strangers and clients come as
# fast as they can and eight edit what they use: in packets, connections, conversations and
# requests. Nothing is asked of them meanwhile but that they come back; nothing may crash or
# leak, and all is well afterwards. $SLUICE_FAULTS says how often it is to fail. For kernels
# with fault injection: debug.
#
#     router (starve.py) -- bal, edited by eight -- b1, b2, b3
#
# The network is drawn in ballib.sh: the one with two arms.

# shellcheck disable=SC2317,SC2016,SC2034,SC2154	# called by name, evaluated later
. "$(dirname "$0")/ballib.sh"

FAIL=/sys/kernel/debug/failslab
TRACE=/sys/kernel/tracing
ENOUGH=1000000000
if [ ! -d $FAIL ]; then
	skip "faults are survived" "this kernel injects none"
	finish
fi
FAULTS=${SLUICE_FAULTS:-2000}

bal_net
# What the eight edit. b1 refuses 8099 and 5399, which have others take over.
services() {
	local f
	for f in 4 6; do
		names $f 90
		pool nat$f tcp "$vip" "forward nat retries 3 persist 300" "$b3:8080" "$b1:8099"
		pool udp$f udp "$vip" "forward fullnat persist 300" "$b3:5300" "$b1:5399"
		names $f 91
		pool full$f tcp "$vip" "forward fullnat send-proxy v2" "$b3:8080" "$b1:8099"
		pool told$f udp "$vip" "accept-proxy each trust 10.0.0.254,fd00::fe forward nat send-proxy each" \
			"$b3:5300" "$b1:5399"
		names $f 92
		pool head$f tcp "$vip" "accept-proxy tcp trust 10.0.0.254,fd00::fe forward fullnat send-proxy v1" \
			"$b3:8080" "$b1:8099"
	done
}
services
balance web tcp 80 b1:8080 b2:8080
balance dns udp 53 b1:5300 b2:5300

# --- who comes ------------------------------------------------------------------------------

STOP=$TMP/stop
# starve NS send|talk|edit [ARGUMENT...]
starve() { spawn "starve-$2" ip netns exec "$1" python3 "$TOOLS/starve.py" "$2" "$STOP" "${@:3}"; }
starve router send "$VIP4" "$VIP6" 10.0.0.254 fd00::fe
starve router talk "$VIP4" "$VIP6"
starve bal edit
# all_say WORD: the two, and the eight
all_say() { [ "$(cat "$TMP"/starve-* | grep -c "^$1")" = 10 ]; }
wait_for all_say ready || bail "not all begin: $(cat "$TMP"/starve-*)"
used() { [ "$(flows)" -ge 100 ]; }
wait_for used || bail "nothing comes"

# --- what fails ------------------------------------------------------------------------------

# Without a process, which nobody can count on now. An order that fails is given again.
order() { until echo "$1" >"$2"; do nap 0.05; done 2>/dev/null; }
quiet() { order 0 "$FAIL/probability"; }
usual() {
	quiet
	order N "$FAIL/cache-filter"
	order Y "$FAIL/ignore-gfp-wait"
	echo 0 >"$TRACE/events/kmem/enable"
}
trap 'usual; cleanup' EXIT
# fired: sets $fired
fired=0
fired() {
	local left
	read -r left <$FAIL/times && fired=$((ENOUGH - left))
} 2>/dev/null
# The module's own caches, and those of sizes: kmalloc-cg is charged to who asks. Without 32
# bytes what tracks references complains. What is larger than a page is asked of vmalloc() next
# by who makes a hash table larger, and that complains, too.
for c in /sys/kernel/slab/{slc_*,kmalloc-[1-9]*,kmalloc-cg-*}/failslab; do
	[[ $c == */kmalloc-@(32|8k)/* ]] || echo 1 >"$c"
done
# Of packets, heads and data. Requests are made of them, too, and so get to us but now and then.
packets=(/sys/kernel/slab/skbuff_{head_cache,fclone_cache,small_head}/failslab)
for f in verbose=0 interval=1 times=$ENOUGH cache-filter=Y ignore-gfp-wait=N; do
	echo "${f#*=}" >"$FAIL/${f%=*}"
done
# Who got none, of late
echo 4096 >$TRACE/buffer_size_kb
for e in kmem_cache_alloc kmalloc; do
	echo 'ptr == 0' >$TRACE/events/kmem/$e/filter
	echo 1 >$TRACE/events/kmem/$e/enable
done
before=$(stat no-memory)
begin=$SECONDS
deadline=$((SECONDS + ${SLUICE_FAULTS_TIME:-300}))
while [ "$fired" -lt "$FAULTS" ] && [ "$SECONDS" -lt "$deadline" ]; do
	on=$((RANDOM % 3 == 0))
	for c in "${packets[@]}"; do order $on "$c"; done
	order $((1 + RANDOM % 50)) $FAIL/probability
	nap 0.3
	# And then there is some.
	quiet
	nap 0.05
	fired
done
claim "memory has failed $fired times in $((SECONDS - begin)) s" test "$fired" -ge "$FAULTS"
: >"$STOP"
claim "everybody comes back, and has done something" wait_for -t 6 all_say "done [1-9]"
for i in send talk edit; do sed "s/^done/# $i &/" "$TMP/starve-$i"; done | grep '^#'
sed -n 's/.*call_site=\([a-z_0-9]*\).*/\1/p' $TRACE/trace | sort | uniq -c | sort -rn >"$TMP/who"
note "of the last $(awk '{ n += $1 } END { print n }' "$TMP/who"): $(awk '{ printf "%s%s %s", s, $1, $2; s = ", " }' "$TMP/who")"
for i in flow_make slc_early_alloc slc_client_keep slc_draft_begin slc_pick_build __alloc_skb; do
	claim "so it has in $i" grep -qw "$i" "$TMP/who"
done
got=$(($(stat no-memory) - before))
claim "packets had none $got times, and it is called so" test "$got" -ge 10

# --- afterwards -------------------------------------------------------------------------------

# An application that did not survive it is not what is tested.
for h in b1 b2 b3; do
	ip netns pids "$h" | xargs -r kill -9
	wait_for eval '[ -z "$(ip netns pids "$h")" ]'
	server "$h" 8080
	udp_server "$h" 5300
done
for f in 4 6; do
	names $f 80
	says "connections of who was not edited are well (IPv$f)" "ok=20 bad=0
0" agent client - load --plain --count 20 "$vip"
	names $f 53
	match "so are conversations (IPv$f)" "peer=" udp_from client "$vip" who
done
is "what was there can be taken away" "$(
	for i in {0..8}; do
		sluice service del "x$i" force
		sluice pool del "x$i" force
	done >/dev/null 2>&1
	for i in {nat,udp,full,told,head}{4,6}; do
		sluice service del "$i" force 2>&1
	done
	sluice -j limits show | jq -c '[.services, .pools, .backends]'
)" "[4,4,8]"
nothing() { [ "$(sluice flow flush >"$TMP/none"; left)" = "[0,0,0]" ]; }
left() { sluice -j limits show | jq -c '[.flows, ."half-open", ."half-open-bytes"]'; }
claim "and with it all flows" wait_for -t 3 nothing || note "$(left)"
services
for f in 4 6; do
	names $f 90
	match "what is made anew is well (IPv$f)" "peer=" talk_from client -t 20 "$vip" who
	match "for conversations, too (IPv$f)" "peer=" udp_from client -t 20 "$vip" who
done

finish
